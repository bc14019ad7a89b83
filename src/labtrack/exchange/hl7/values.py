"""OBX-5 by its type, and the units, limits and flags beside it: texts as printed, never a number that the message does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from labtrack.core.quantity import clean_text, parse_quantity
from labtrack.exchange.hl7.segments import Encoding, component
from labtrack.exchange.said import one_line, unfit

#: A longer value is no laboratory result.
LONGEST_VALUE = 2_000
_SPACES = re.compile(r"\s+")
#: A unit with an unescaped ``^``, HL7's usual component separator: ``10^9/L``.
_POWER, _OF_TEN = re.compile(r"[0-9]{1,2}\s*/\s*[^\s]+"), re.compile(r"[x*×]?\s*10", re.IGNORECASE)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&le;", "≤"), ("&ge;", "≥"), ("&amp;", "&"))


_COMPARATORS = frozenset({"", "=", "<", "<=", "=<", "≤", ">", ">=", "=>", "≥", "<>"})
#: HL7's separators and suffixes of SN, but for the point, which would make one number of two.
_SEPARATORS = frozenset({"", "-", "+", "/", ":"})
_PARTS = "a structured number whose parts do not say one value"


class Value(NamedTuple):
    """The value as printed, empty for HL7's null; or why there is none that could be kept."""

    text: str = ""
    problem: str = ""


def value_of(kind: str, raw: str, encoding: Encoding) -> Value:
    """A value by its type in OBX-2; an empty type is taken for ST, for a text is kept as it is printed whatever it is."""
    if len(raw) > LONGEST_VALUE:
        return Value(problem=f"a value of more than {LONGEST_VALUE:,} characters")
    read = _READERS.get(kind)
    if read is None:
        what = _OTHERS.get(kind, "no type of a laboratory value")
        return Value(problem=f"its type, OBX-2 {one_line(kind, 20)}, is {what}")
    value = read([each for each in encoding.repetitions(raw) if each.strip()], encoding)
    problem = value.problem or unfit(value.text)
    return Value(problem=problem) if problem else value


def _number(repeated: Sequence[str], encoding: Encoding) -> Value:
    return _several(repeated) or Value(_null(encoding.text(repeated[0]) if repeated else ""))


def _structured(repeated: Sequence[str], encoding: Encoding) -> Value:
    """``<^5`` as ``<5``; a range, a ratio or a suffix as the text that it prints: ``2-5``, ``1:128``, ``2+``.

    Parts that would run together into another number (``^2^^5``, ``5^6``) are refused.
    """
    parts = [*(_parts(repeated[0], encoding) if repeated else ()), "", "", "", ""]
    return _several(repeated) or (Value("".join(parts)) if _is_one(*parts) else Value(problem=_PARTS))


def _is_one(comparator: str, first: str, separator: str, second: str, *more: str) -> bool:
    """Whether the parts of a structured number print as one value that cannot be taken for another."""
    if any(more) or separator not in _SEPARATORS:
        return False
    if not first:  # the whole in the first component, as many send it, or nothing
        return not separator and not second
    return comparator in _COMPARATORS and not (comparator and first[0] in "<>=≤≥") and bool(separator or not second)


def _parts(raw: str, encoding: Encoding) -> list[str]:
    parts = encoding.components(raw)
    return [component(parts, number) for number in range(1, len(parts) + 1)]


def _text(repeated: Sequence[str], encoding: Encoding) -> Value:
    """Text; several repetitions are lines of it, but several numbers are several values."""
    texts = [_null(_one(encoding.text(each))) for each in repeated]
    if len(texts) > 1 and all(parse_quantity(text) is not None for text in texts):
        return Value(problem=f"{len(texts)} values in one field")
    return Value(_one(" ".join(texts)))


def _coded(repeated: Sequence[str], encoding: Encoding) -> Value:
    """The text of a coded value, else its code, the alternate one where it has no other; a code is never a number."""
    texts = []
    for each in repeated:
        parts = encoding.components(each)
        text = component(parts, 2) or component(parts, 5) or component(parts, 9)
        code = component(parts, 1) or component(parts, 4)
        if not text and parse_quantity(code) is not None:
            return Value(problem=f"a code, {one_line(code, 40)}, without its text is no number")
        texts.append(_one(text or code))
    if len(texts) > 1 and all(parse_quantity(text) is not None for text in texts):
        return Value(problem=f"{len(texts)} values in one field")
    return Value(_one(" ".join(texts)))


def _several(repeated: Sequence[str]) -> Value | None:
    return Value(problem=f"{len(repeated)} values in one field") if len(repeated) > 1 else None


def _null(text: str) -> str:
    stripped = text.strip()
    return "" if stripped == '""' else stripped


def _one(text: str) -> str:
    """On one line; other control characters stay, to be refused."""
    return _SPACES.sub(" ", text).strip() if not text.isprintable() or "  " in text else text.strip()


_READERS: dict[str, Callable[[Sequence[str], Encoding], Value]] = {
    "NM": _number, "SN": _structured, **dict.fromkeys(("", "ST", "TX", "FT"), _text),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF", "IS", "ID"), _coded),
}  # fmt: skip
_OTHERS = {
    **dict.fromkeys(("DT", "TM", "TS", "DTM"), "a date or a time"),
    **dict.fromkeys(("ED", "RP"), "a document or a reference to one"),
    **dict.fromkeys(("NA", "MA", "NR", "DR"), "more than one value"),
}


def unit_of(raw: str, encoding: Encoding) -> str:
    """The unit of OBX-6: UCUM's code where one is given, else the first code, else its text."""
    parts = encoding.components(encoding.repetitions(raw)[0])
    if len(parts) == 2 and _OF_TEN.fullmatch(parts[0].strip()) and _POWER.fullmatch(parts[1].strip()):
        return "^".join(part.strip() for part in parts)
    triplets = [tuple(component(parts, at + place) for place in range(3)) for at in (1, 4)]
    ucum = next((code for code, _, system in triplets if code and "ucum" in system.casefold()), "")
    return ucum or triplets[0][0] or triplets[0][1] or triplets[1][0] or triplets[1][1]


def range_of(raw: str, encoding: Encoding) -> str:
    """OBX-7 as one text; ``&lt;`` of senders that escape as HTML is undone there, where it can mean nothing else.

    ``&`` is HL7's sub-component separator as well, by which such a text must not be split.
    """
    text = encoding.text(raw)
    if "&" in text:
        for entity, sign in _ENTITIES:
            text = text.replace(entity, sign)
    return one_line(_null(text))


def flags_of(raw: str, encoding: Encoding) -> str:
    """The laboratory's own flags but for ``N`` (normal), joined by a comma."""
    found: Iterable[str] = (clean_text(component(encoding.components(each), 1)) for each in encoding.repetitions(raw))
    return ", ".join(flag for flag in dict.fromkeys(found) if flag and flag.upper() != "N")
