"""Every resource of a file with its place: entries of Bundles, of Bundles in Bundles, lines of a bulk export, Parameters.

Both passes walk the same way, so that what the first has counted the second counts alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from labtrack.exchange.fhir.elements import mapping_at, text_at
from labtrack.exchange.fhir.references import Place, place_of
from labtrack.exchange.fhir.scan import Scanner

_KIND = re.compile(r"[A-Z][A-Za-z]{1,60}")


class Found(NamedTuple):
    """A resource, where it stands in the file and among the others."""

    resource: Mapping[str, Any]
    kind: str
    where: str
    line: int
    place: Place


class Odd(NamedTuple):
    """What is no resource to be read: a refusal with its ``reason``, or, without one, an ``earlier`` version in a history."""

    where: str
    line: int
    text: str
    reason: str = ""
    earlier: str = ""


class Walk:
    """The resources of one pass. ``scanner`` gives the items."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._scopes = 0
        self._bundles = 0
        #: By scope of a history: the version of each resource that stood first.
        self._histories: dict[int, dict[str, tuple[str, str]]] = {}

    def resources(self) -> Iterator[Found | Odd]:
        """All of them, in order. Raises ImportFailed as the scanner does."""
        bundle = 0
        scopes: tuple[int, ...] = (0,)
        for item in self._scanner.items():
            if not item.bundle:
                where = f"[{item.at}]" if item.at >= 0 else ""
                yield from self._resource(item.value, where, item.line, (0,), "")
                continue
            if item.bundle != bundle:
                bundle, scopes = item.bundle, self._scope((0,))
            is_history = bundle in self._scanner.histories
            yield from self._entry(item.value, f"Bundle.entry[{item.at}]", item.line, scopes, is_history)

    @property
    def bundles(self) -> int:
        """How many Bundles there were so far, empty ones included."""
        return self._scanner.bundles + self._bundles

    def _scope(self, around: tuple[int, ...]) -> tuple[int, ...]:
        self._scopes += 1
        return (self._scopes, *around)

    def _entry(self, entry: Any, where: str, line: int, scopes: tuple[int, ...], is_history: bool) -> Iterator[Found | Odd]:
        if type(entry) is not dict:
            yield Odd(where, line, _text(entry), "it is no entry: an object is expected")
            return
        resource, full_url = entry.get("resource"), entry.get("fullUrl")
        deleted = self._deleted(entry, where, line) if "request" in entry else None
        if is_history and (odd := self._earlier(entry, resource, where, line, scopes[0])):
            yield odd
        elif deleted is not None:
            yield deleted
        elif resource is not None:
            yield from self._resource(resource, f"{where}.resource", line, scopes, full_url if isinstance(full_url, str) else "")

    def _resource(self, resource: Any, where: str, line: int, scopes: tuple[int, ...], full_url: str) -> Iterator[Found | Odd]:
        if type(resource) is not dict:
            yield Odd(where, line, _text(resource), "it is no FHIR resource: an object is expected")
            return
        kind = resource.get("resourceType")
        if type(kind) is not str or not _KIND.fullmatch(kind):
            yield Odd(where, line, _text(kind), "it is no FHIR resource: its resourceType is missing or unknown")
            return
        where = where or kind
        if kind == "Bundle":
            self._bundles += 1
            inner = self._scope(scopes)
            entries = resource.get("entry")
            for index, entry in enumerate(entries if isinstance(entries, list) else []):
                yield from self._entry(entry, f"{where}.entry[{index}]", line, inner, resource.get("type") == "history")
        elif kind == "Parameters":
            yield from self._parameters(resource, "parameter", where, line, scopes)
        else:
            yield Found(resource, kind, where, line, place_of(scopes, full_url, kind) if full_url else Place(scopes))

    def _parameters(self, holder: Mapping[str, Any], name: str, where: str, line: int, scopes: tuple[int, ...]) -> Iterator[Found | Odd]:
        found = holder.get(name)
        for index, each in enumerate(found if isinstance(found, list) else []):
            if isinstance(each, Mapping):
                place = f"{where}.{name}[{index}]"
                if "resource" in each:
                    yield from self._resource(each["resource"], f"{place}.resource", line, scopes, "")
                yield from self._parameters(each, "part", place, line, scopes)

    @staticmethod
    def _deleted(entry: Mapping[str, Any], where: str, line: int) -> Odd | None:
        """A deletion of a result: it cannot be told from an address alone which one is meant."""
        request = mapping_at(entry, "request")
        url = text_at(request, "url")
        if text_at(request, "method") != "DELETE" or "Observation" not in url:
            return None
        return Odd(where, line, url, "it deletes a result without saying which: strike it by hand, or ask for it as entered-in-error")

    def _earlier(self, entry: Mapping[str, Any], resource: Any, where: str, line: int, scope: int) -> Odd | None:
        """In a history, which begins with the newest, all but the first version of a resource."""
        if isinstance(resource, Mapping):
            kind, name = text_at(resource, "resourceType"), f"{text_at(resource, 'resourceType')}/{text_at(resource, 'id')}"
        else:
            url = text_at(mapping_at(entry, "request"), "url") or text_at(entry, "fullUrl")
            kind, _, id = url.partition("/_history/")[0].rpartition("/")
            kind = kind.rpartition("/")[2]
            name = f"{kind}/{id}"
        version = (text_at(mapping_at(resource, "meta"), "versionId"), text_at(mapping_at(resource, "meta"), "lastUpdated"))
        if name[-1:] == "/":
            return None
        seen = self._histories.setdefault(scope, {})
        if name not in seen:
            seen[name] = version
            return None
        if _is_newer(version, seen[name]):
            return Odd(where, line, name, "a later version stands after an earlier one: a history begins with the newest")
        return Odd(where, line, name, earlier=kind)


def _is_newer(version: tuple[str, str], than: tuple[str, str]) -> bool:
    (number, moment), (other, before) = version, than
    if number.isdecimal() and other.isdecimal() and max(len(number), len(other)) < 19:
        return int(number) > int(other)
    return bool(before) and moment > before and moment[19:][-6:] == before[19:][-6:]


def _text(value: Any) -> str:
    return str(value) if isinstance(value, (str, bool)) else "" if value is None else type(value).__name__
