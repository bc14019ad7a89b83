"""The catalogue as the rest of labtrack uses it: what a name means, what a unit means, what a drug's label says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from labtrack.catalogue.model import Analyte, Drug, EventKind, Identity, Panel, Protocols, ScreeningItem, Source, Staleness, UnitRow
from labtrack.catalogue.units import UnitTable
from labtrack.core.quantity import clean_text

_LOINC_CODE = re.compile(r"[0-9]{1,7}-[0-9]")
_PUNCTUATION = re.compile(r"[\s,;:._\-–—/()\[\]]+")
_REMEMBERED = 4096


def fold_name(text: str) -> str:
    """A name without what does not matter in it: case, invisible characters, punctuation, repeated white space.

    ``#`` and ``%`` are kept, for they tell counts from shares.

    >>> fold_name(" Bilirubin, TOTAL "), fold_name("LDL-C"), fold_name("Neut%")
    ('bilirubin total', 'ldl c', 'neut %')
    """
    spaced = clean_text(text).casefold().replace("%", " % ").replace("#", " # ")
    return _PUNCTUATION.sub(" ", spaced).strip()


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Folded names and codes of every analyte."""

    names: Mapping[str, Identity]
    codes: Mapping[str, Identity]
    shares: Mapping[str, Identity]
    reasons: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All the tables, checked. One is loaded per process (:func:`labtrack.catalogue.catalogue`)."""

    analytes: Mapping[str, Analyte]
    panels: Mapping[str, Panel]
    drugs: Mapping[str, Drug]
    protocols: Protocols
    staleness: Staleness
    event_kinds: Mapping[str, EventKind]
    screening_items: Mapping[str, ScreeningItem]
    sources: Mapping[str, Source]
    frequencies: Mapping[str, float]
    index: NameIndex
    units: Mapping[str, UnitTable]
    by_number: Mapping[int, Analyte] = field(init=False)

    def __post_init__(self) -> None:
        """Derive the index by number and give this catalogue its own memory of look-ups."""
        put = object.__setattr__
        put(self, "by_number", MappingProxyType({analyte.number: analyte for analyte in self.analytes.values()}))
        put(self, "identify", lru_cache(_REMEMBERED)(self.identify))
        put(self, "unit_row", lru_cache(_REMEMBERED)(self.unit_row))
        put(self, "doses_per_day", lru_cache(_REMEMBERED)(self.doses_per_day))

    def identify(self, name: str, unit: str = "") -> Identity | None:
        """What a report measures, by our key, an accepted name in any case, or a LOINC code; None if it is not known.

        A bare ``neutrophils`` or ``lymphocytes`` is the share of white cells when ``unit`` is a share (``%``), else the count.
        """
        by_code = self.index.codes.get(clean_text(name))
        if by_code is not None:
            return by_code
        folded = fold_name(name)
        share = self.index.shares.get(folded)
        if share is not None and self.unit_row(share, unit) is not None:
            return share
        return self.index.names.get(folded)

    def why_not(self, name: str) -> str:
        """Why :meth:`identify` does not know a name, as something a person can act on; empty if it does."""
        if self.identify(name) is not None:
            return ""
        shown = clean_text(name)
        reason = self.index.reasons.get(shown) or self.index.reasons.get(fold_name(name))
        if reason:
            return f"{shown} is {reason}" if _LOINC_CODE.fullmatch(shown) else f"{shown}: {reason}"
        if _LOINC_CODE.fullmatch(shown):
            return f"LOINC code {shown} is not one that labtrack follows"
        return f"unknown analyte {shown[:60]!r}{self._meant(name)}; known: {', '.join(self.analytes)}"

    def _meant(self, name: str) -> str:
        from difflib import get_close_matches

        close = get_close_matches(fold_name(name)[:60], self.index.names, n=1, cutoff=0.8)
        return f" (did you mean {self.index.names[close[0]].analyte.key}?)" if close else ""

    def unit_row(self, identity: Identity, unit: str) -> UnitRow | None:
        """The row of the closed table for a unit as reported; None if the unit is not known for such a report."""
        return self.units[identity.analyte.key].find(unit, identity.variant, identity.code)

    def factor(self, identity: Identity, unit: str) -> float | None:
        """What a number in ``unit`` is multiplied by to be in the analyte's canonical unit; None for an unknown unit."""
        row = self.unit_row(identity, unit)
        return None if row is None else row.factor

    def withheld_unit(self, identity: Identity, unit: str) -> UnitRow | None:
        """The row of a unit that is known for the analyte, but not for a report like this one (``mL/min`` without a code)."""
        return self.units[identity.analyte.key].withheld(unit, identity.variant, identity.code)

    def unit_refusal(self, identity: Identity, unit: str) -> str | None:
        """Why a report in this unit is refused outright, not merely kept as unusable (hemoglobin in bare mmol/L); else None."""
        row = self.withheld_unit(identity, unit)
        return row.otherwise if row is not None and row.refuse else None

    def units_of(self, analyte: Analyte) -> tuple[str, ...]:
        """Units to offer for an analyte, canonical one first."""
        return self.units[analyte.key].offered()

    def drug(self, name: str) -> Drug | None:
        """A drug by its name or brand name in any case."""
        folded = clean_text(name).casefold()
        for drug in self.drugs.values():
            if folded == drug.key or folded in drug.names:
                return drug
        return None

    def doses_per_day(self, frequency: str) -> float | None:
        """How many doses a day: daily 1, twice daily 2, every other day 0.5; None for any other word (house policy, section 4)."""
        return self.frequencies.get(" ".join(clean_text(frequency).casefold().split()))
