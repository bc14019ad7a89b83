"""OBX-5 by its type, and the units and flags beside it: texts as printed, never a number that the message does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from labtrack.exchange.hl7.segments import Encoding, component

#: Types whose value is a text, whatever it says.
_TEXTS = frozenset({"ST", "TX", "FT", "DT", "TM", "TS", "DTM", "ID", "IS", "CF"})
_CODED = frozenset({"CE", "CWE", "CNE", "CX"})
_COMPARATORS = frozenset({"<", "<=", ">", ">=", "=", ""})
LONGEST_VALUE = 2_000
_SPACES = re.compile(r"\s+")


class Value(NamedTuple):
    """The value as printed; or why there is none that could be kept."""

    text: str = ""
    problem: str = ""


def value_of(kind: str, raw: str, encoding: Encoding) -> Value:
    """A value by its type in OBX-2 (none is taken for ST); HL7's null (``""``) is an empty one."""
    if len(raw) > LONGEST_VALUE:
        return Value(problem=f"a value of more than {LONGEST_VALUE:,} characters")
    repeated = [each for each in encoding.repetitions(raw) if each.strip()]
    if kind in ("NM", "SN"):
        if len(repeated) > 1:
            return Value(problem=f"{len(repeated)} values in one field")
        only = repeated[0] if repeated else ""
        return Value(_null(encoding.text(only)) if kind == "NM" else _structured(encoding.components(only)))
    if kind in _CODED:
        return Value(_joined(_coded(encoding.components(each)) for each in repeated))
    if kind in _TEXTS or not kind:
        return Value(_null(_joined(encoding.text(each.replace(encoding.component, " ") if kind == "FT" else each) for each in repeated)))
    return Value(problem=f"a value of type {kind[:10]}, which is no laboratory value")


def _null(text: str) -> str:
    stripped = text.strip()
    return "" if stripped == '""' else stripped


def _joined(texts: Iterable[str]) -> str:
    return _SPACES.sub(" ", " ".join(texts)).strip()


def _coded(parts: Sequence[str]) -> str:
    """A coded value's text, else its code; the alternate one where it has no other."""
    return component(parts, 2) or component(parts, 1) or component(parts, 5) or component(parts, 4) or component(parts, 9)


def _structured(parts: Sequence[str]) -> str:
    """``<^5`` as ``<5``; a range, a ratio or an odd comparator as the text that it prints."""
    comparator, first, separator, second = (component(parts, number) for number in (1, 2, 3, 4))
    if not separator and not second and comparator in _COMPARATORS:
        return f"{'' if comparator == '=' else comparator}{first}"
    return f"{comparator}{first}{separator}{second}"


def unit_of(raw: str, encoding: Encoding) -> str:
    """The unit of OBX-6: UCUM's code where one is given, else the first code, else its text."""
    parts = encoding.components(encoding.repetitions(raw)[0])
    triplets = [tuple(component(parts, at + place) for place in range(3)) for at in (1, 4)]
    ucum = next((code for code, _, system in triplets if code and "ucum" in system.casefold()), "")
    return ucum or triplets[0][0] or triplets[0][1] or triplets[1][0] or triplets[1][1]


def range_of(raw: str, encoding: Encoding) -> str:
    """OBX-7 as one text; ``&lt;`` of senders that escape as HTML is undone, sub-components or not."""
    text = encoding.text(raw)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return _null(text)


def flags_of(raw: str, encoding: Encoding) -> str:
    """The laboratory's own flags but for ``N`` (normal), joined by a comma."""
    found = [component(encoding.components(each), 1) for each in encoding.repetitions(raw)]
    return ", ".join(flag for flag in dict.fromkeys(found) if flag and flag.upper() != "N")
