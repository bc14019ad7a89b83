"""A resource together with those that it contains, each found once however many refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from labtrack.exchange.fhir.entries import Found
from labtrack.exchange.fhir.index import Report, report_facts
from labtrack.exchange.fhir.references import references_at


class Holder:
    """``found`` and what stands in its ``contained``."""

    def __init__(self, found: Found) -> None:
        self.found = found

    def contained(self, id: str) -> Mapping[str, Any]:
        """The contained resource of an id; empty where there is none, or two."""
        return self._by_id.get(id, {}) if id and "contained" in self.found.resource else {}

    def reports(self, id: str) -> list[Report]:
        """What it says for a contained Observation as a DiagnosticReport that has it among its results."""
        if self.found.kind != "DiagnosticReport" or not id or id not in self._results:
            return []
        return [self._facts]

    def observations(self) -> list[Found]:
        """The Observations among them."""
        held = self.found.resource.get("contained")
        place = self.found.place._replace(url="")
        return [
            Found(each, "Observation", f"{self.found.where}.contained[{number}]", self.found.line, place)
            for number, each in enumerate(held if isinstance(held, list) else ())
            if isinstance(each, Mapping) and each.get("resourceType") == "Observation"
        ]

    @cached_property
    def _by_id(self) -> dict[str, Mapping[str, Any]]:
        known: dict[str, Mapping[str, Any]] = {}
        held = self.found.resource.get("contained")
        for each in held if isinstance(held, list) else ():
            if isinstance(each, Mapping) and isinstance(id := each.get("id"), str):
                known[id] = {} if id in known else each
        return known

    @cached_property
    def _results(self) -> frozenset[str]:
        return frozenset(each.local for each in references_at(self.found.resource, "result") if each.local)

    @cached_property
    def _facts(self) -> Report:
        return report_facts(self.found)
