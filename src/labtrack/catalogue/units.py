"""Spellings of units, folded to one, and the closed table that says what they mean.

The table is ``units.toml``. Folding only removes differences that cannot change the meaning within one analyte: Unicode
compatibility forms, invisible characters, white space, letter case, µ and μ, the ways of writing a power of ten and of
writing a microliter. Whatever is not in the table after that is unknown: labtrack never guesses a unit, and never lets the
size of a number decide one (clinical reference, section 6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction

from labtrack.catalogue.model import UnitRow
from labtrack.core.quantity import clean_text

#: Longer than any unit; such a text is not looked up.
LONGEST_UNIT = 60

_SUPERSCRIPTS = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_LETTERS = str.maketrans({"μ": "u", "×": "x", "·": ".", "∙": ".", "⋅": ".", "∕": "/", "⁄": "/", "−": "-", "∗": "*"})
_POWER_OF_TEN = re.compile(r"^[x*]?10(?:(?:\^|\*\*?|e\+?)0?([39])|[\^*]?[(\[{]([39])[)\]}])(?=[a-z{/])")
_MICROLITER = re.compile(r"/(?:mcl|microl|mm\^?3|mm\*3|cmm|cumm|cu\.mm)$")
_LITER = re.compile(r"(?:liter|litre)$")
_MICRO = re.compile(r"^(?:mc|micro)(?=mol|kat)")
_FACTOR = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:/([0-9]+(?:\.[0-9]+)?))?")
_SQUARE_METER = re.compile(r"m(?:(?:\^|\*\*?)2|\(2\)|\[2\])")


def fold_unit(text: str) -> str:
    """One spelling for all spellings that are the same unit; empty for an empty or overlong text.

    >>> fold_unit("x10\\\\S\\\\9/L"), fold_unit("10^3/µL"), fold_unit("×10⁹/l"), fold_unit("K/mcL")
    ('10*9/l', '10*3/ul', '10*9/l', 'k/ul')
    """
    if len(text) > LONGEST_UNIT:
        return ""
    if not text.isascii():
        text = clean_text(_SUPERSCRIPTS.sub(lambda run: "^" + unicodedata.normalize("NFKC", run[0]), text))
    folded = "".join(text.casefold().translate(_LETTERS).replace("\\s\\", "^").split())
    folded = _POWER_OF_TEN.sub(lambda power: f"10*{power[1] or power[2]}", folded, count=1)
    folded = _MICROLITER.sub("/ul", _LITER.sub("l", folded))
    return _SQUARE_METER.sub("m2", _MICRO.sub("u", folded))


def factor_of(text: str) -> float:
    """A factor as written in the table (``0.1``, ``1/88.4``), computed once and correctly rounded.

    Raises:
        ValueError: it is not a positive number or fraction.
    """
    written = _FACTOR.fullmatch(text)
    if written is None:
        raise ValueError(f"{text!r} is not a number or a fraction of numbers")
    numerator, denominator = Fraction(written[1]), Fraction(written[2] or "1")
    if not (numerator and denominator):
        raise ValueError(f"{text!r} is not positive")
    return float(numerator / denominator)


class UnitTable:
    """The units of one analyte."""

    def __init__(self, rows: Sequence[UnitRow]) -> None:
        """Index the rows by folded spelling.

        Raises:
            ValueError: a spelling would mean two things for the same report.
        """
        self.rows = tuple(rows)
        by_spelling: dict[str, list[UnitRow]] = {}
        for row in self.rows:
            for spelling in {fold_unit(each) for each in (row.unit, *row.also)}:
                others = by_spelling.setdefault(spelling, [])
                if any(other.variant == row.variant or None in (other.variant, row.variant) for other in others):
                    raise ValueError(f"unit {row.unit!r} is there twice ({spelling!r})")
                others.append(row)
        self._by_spelling: Mapping[str, list[UnitRow]] = by_spelling

    def find(self, unit: str, variant: str, code: str) -> UnitRow | None:
        """The row for a unit as reported, or None where it is unknown for such a report."""
        for row in self._by_spelling.get(fold_unit(unit), ()):
            if row.fits(variant, code):
                return row
        return None

    def withheld(self, unit: str, variant: str, code: str) -> UnitRow | None:
        """The row that a unit would have in a report of another variant or by code, where it has none in this one."""
        rows = self._by_spelling.get(fold_unit(unit), [])
        return None if not rows or any(row.fits(variant, code) for row in rows) else rows[0]

    def offered(self) -> tuple[str, ...]:
        """The units that can always be used, canonical one first."""
        return tuple(dict.fromkeys(row.unit for row in self.rows if not row.coded and not row.refuse))
