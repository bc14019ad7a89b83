"""Cells in which a laboratory prints more than one thing: a value with its flag, a range with its unit. Taken apart, never interpreted.

What cannot be taken apart with certainty stays whole, and is then text: no rule reads it as a number.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from labtrack.core.quantity import clean_text, parse_quantity
from labtrack.exchange.cells import tidy
from labtrack.exchange.ranges import parse_range

#: A longer cell is no value and no range.
_LONGEST = 200
_GAP = r"[\s\u200b-\u200d\u2060\ufeff]*"
_DIGITS = r"[0-9]+(?:[.,][0-9]+)*"
_NUMBER = rf"(?:<=|=<|>=|=>|[<>=≤≥]?)\s*[+-]?{_DIGITS}(?:[eE][+-]?[0-9]{{1,3}})?"

_SIGN = r"[*!#]{1,3}|[↑↓▲▼]{1,2}"
_WORD = r"(?i:(?:critical|crit|panic|alert|very)\s+(?:high|low)|critical|crit|panic|abnormal|abn|normal|high|low)"
_AFTER = rf"(?:HH|LL|H|L|AA|A|N|HI|LO|{_WORD}|{_SIGN})"
_BEFORE = rf"(?:HH|LL|H|L|{_WORD}|{_SIGN})"


def _bracketed(flag: str) -> str:
    return rf"(?:\({flag}\)|\[{flag}\])"


#: Only what cannot be a unit or an exponent may stand at the number without a gap.
_FLAG_LAST = re.compile(
    rf"(?P<value>{_NUMBER})"
    rf"(?P<flag>{_GAP}(?:{_bracketed(_AFTER)}|{_SIGN}|HH|LL|H|L)(?:{_GAP}(?:{_SIGN}))?|\s{_GAP}{_AFTER}(?:{_GAP}(?:{_SIGN}))?)"
)
_FLAG_FIRST = re.compile(rf"(?P<flag>(?:{_bracketed(_BEFORE)}|{_SIGN}){_GAP}|{_BEFORE}\s{_GAP})(?P<value>{_NUMBER})")

_SPAN = rf"[+-]?{_DIGITS}\s*(?:-|–|—|\.\.\.?|~|(?i:to|bis)|à)\s*[+-]?{_DIGITS}"
_BOUND = rf"(?:<=|=<|>=|=>|[<>≤≥])\s*{_DIGITS}"
_RANGE = rf"(?:{_SPAN}|{_BOUND})"
#: A range, and a unit behind it: behind a gap it may begin with anything (``10*9/L``), without one with no digit.
_RANGE_UNIT = re.compile(
    rf"(?P<range>{_RANGE}|\(\s*{_RANGE}\s*\)|\[\s*{_RANGE}\s*\])(?:\s+(?P<unit>\S.*)|(?P<stuck>[A-Za-zµμ%/].*))?", re.DOTALL
)
_OR_EQUAL = re.compile(r"^([<>])\s*or\s*=\s*", re.IGNORECASE)
#: Characters that become plain digits under NFKC though they are footnote marks, powers or fractions.
_RAISED = ("<super>", "<sub>", "<circle>", "<fraction>")


class PrintedRange(NamedTuple):
    """A range's limits as texts of their own, and the unit that stood behind them if one did."""

    low: str
    high: str
    unit: str = ""


def split_flag(cell: str) -> tuple[str, str]:
    """A value as printed and the laboratory's flag, which stood before or behind it; the cell itself and nothing where there is none.

    The number is never touched: what comes back as value is a part of the cell, character for character.

    >>> split_flag("14.9 H"), split_flag("* 3,2"), split_flag("<40 Low"), split_flag("14.9(H)"), split_flag("HIGH")
    (('14.9', 'H'), ('3,2', '*'), ('<40', 'Low'), ('14.9', 'H'), ('HIGH', ''))
    """
    if len(cell) > _LONGEST:
        return cell, ""
    text = tidy(cell)
    match = _FLAG_LAST.fullmatch(text) or _FLAG_FIRST.fullmatch(text)
    if match is None:
        return cell, ""
    return match["value"].strip(), " ".join(clean_text(match["flag"]).strip("()[]").split())


def split_range(cell: str) -> PrintedRange:
    """A range in one cell, its unit taken off. What is no range stands on both sides: a limit that cannot be read.

    >>> split_range("35-115 IU/L"), split_range("< 5,0"), split_range("4.0-11.0 10*9/L").unit, split_range("> OR = 60 mL/min").low
    (PrintedRange(low='35', high='115', unit='IU/L'), PrintedRange(low='', high='<5,0', unit=''), '10*9/L', '>=60')
    """
    text = tidy(cell)
    match = _RANGE_UNIT.fullmatch(_OR_EQUAL.sub(r"\1=", text)) if len(text) <= _LONGEST else None
    if match is None and (len(text) > _LONGEST or any(unicodedata.decomposition(each).startswith(_RAISED) for each in text)):
        return PrintedRange(text, text)
    low, high = parse_range(match["range"] if match else text)
    if low and low == high and match is None and parse_quantity(low) is not None:
        return PrintedRange(f"({low})", f"({low})")  # one number is no range, and must not be read as two limits
    return PrintedRange(low, high, "" if match is None else (match["unit"] or match["stuck"] or "").strip())


def same_unit(one: str, other: str) -> bool:
    """Whether two units are printed alike but for case and spaces.

    >>> same_unit("IU/L", " iu/l"), same_unit("mg/dL", "g/dL")
    (True, False)
    """
    return "".join(clean_text(one).casefold().split()) == "".join(clean_text(other).casefold().split())


_UNIT_IN_HEADER = re.compile(r"(?P<name>.*\S)\s*(?:\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\))\s*")


def split_header(cell: str) -> tuple[str, str]:
    """The name and the bracketed unit of a column's header; the whole and nothing where it ends with no bracket.

    >>> split_header("HGB [g/L]"), split_header("Platelets (10*9/L)"), split_header("Hb")
    (('HGB', 'g/L'), ('Platelets', '10*9/L'), ('Hb', ''))
    """
    match = _UNIT_IN_HEADER.fullmatch(cell) if len(cell) <= _LONGEST else None
    if match is None:
        return cell, ""
    return match["name"], (match["square"] or match["round"]).strip()
