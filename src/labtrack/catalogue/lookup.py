"""The catalogue as the rest of labtrack uses it: what a name means, what a unit means, what a drug's label says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from labtrack.catalogue.model import Analyte, Drug, EventKind, Identity, Panel, Protocols, ScreeningItem, Source, Staleness, Traps, UnitRow
from labtrack.catalogue.units import UnitTable
from labtrack.core.quantity import clean_text

_LOINC_CODE = re.compile(r"[0-9]{1,7}-[0-9]")
_PUNCTUATION = re.compile(r"[\s,;:._\-–—/()\[\]]+")
_REMEMBERED = 4096
#: Longer than any name or unit; such texts are not remembered and mean nothing.
_LONGEST_NAME = 200
_SHOWN = 60


def fold_name(text: str) -> str:
    """A name without what does not matter in it: case, invisible characters, punctuation, repeated white space.

    ``#`` and ``%`` are kept, for they tell counts from shares.

    >>> fold_name(" Bilirubin, TOTAL "), fold_name("LDL-C"), fold_name("Neut%")
    ('bilirubin total', 'ldl c', 'neut %')
    """
    spaced = clean_text(text).casefold().replace("%", " % ").replace("#", " # ")
    return _PUNCTUATION.sub(" ", spaced).strip()


@dataclass(frozen=True, slots=True, eq=False)
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
    traps: Traps
    index: NameIndex
    units: Mapping[str, UnitTable]
    by_number: Mapping[int, Analyte] = field(init=False)
    _find_identity: Callable[[str, str], Identity | None] = field(init=False, repr=False)
    _find_unit: Callable[[Identity, str], UnitRow | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Derive the index by number and give this catalogue its own memory of look-ups."""
        put = object.__setattr__
        put(self, "by_number", MappingProxyType({analyte.number: analyte for analyte in self.analytes.values()}))
        put(self, "_find_identity", lru_cache(_REMEMBERED)(self._identity_of))
        put(self, "_find_unit", lru_cache(_REMEMBERED)(self._unit_row_of))

    def identify(self, name: str, unit: str = "") -> Identity | None:
        """What a report measures, by our key, an accepted name in any case, or a LOINC code; None if it is not known.

        A bare ``neutrophils`` or ``lymphocytes`` is the share of white cells when ``unit`` is a share (``%``), else the count.
        """
        if len(name) > _LONGEST_NAME:
            return None
        return self._find_identity(name, unit[:_LONGEST_NAME])

    def _identity_of(self, name: str, unit: str) -> Identity | None:
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
        shown = clean_text(name[:_LONGEST_NAME])
        folded = fold_name(shown)
        if _LOINC_CODE.fullmatch(shown):
            reason = self.index.reasons.get(shown)
            return f"{shown} is {reason}" if reason else f"LOINC code {shown} is not one that labtrack follows"
        if folded in self.index.reasons:
            return f"{shown}: {self.index.reasons[folded]}"
        from difflib import get_close_matches

        close = get_close_matches(folded, self.index.names, n=1, cutoff=0.8)
        meant = f" (did you mean {self.index.names[close[0]].analyte.key}?)" if close else ""
        return f"unknown analyte {shown[:_SHOWN]!r}{meant}; known: {', '.join(self.analytes)}"

    def unit_row(self, identity: Identity, unit: str) -> UnitRow | None:
        """The row of the closed table for a unit as reported; None if the unit is not known for such a report."""
        if len(unit) > _LONGEST_NAME:
            return None
        return self._find_unit(identity, unit)

    def _unit_row_of(self, identity: Identity, unit: str) -> UnitRow | None:
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

    def drug_numbered(self, number: int) -> Drug | None:
        """A drug by its permanent number; None for a number that is no drug's (0: none named)."""
        return next((drug for drug in self.drugs.values() if drug.number == number), None)

    def doses_per_day(self, frequency: str) -> float | None:
        """How many doses a day: daily 1, twice daily 2, every other day 0.5; None for any other word (house policy, section 4)."""
        return self.frequencies.get(" ".join(clean_text(frequency).casefold().split()))
