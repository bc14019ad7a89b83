"""FHIR JSON as a stream of resources: a Bundle's entries, the lines of a bulk export, or one resource, each decoded on its own.

The standard decoder does the work, on a window that slides over the text, so that a file of any size takes the memory of its largest
entry. Numbers keep the text that was printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from labtrack.core.errors import ImportFailed
from labtrack.exchange.feed import LARGEST_ITEM

#: Objects and arrays within one another; what FHIR itself nests stays far below.
DEEPEST = 100
#: A value of more characters that may be a Bundle is taken apart by its names instead of at once.
_AT_ONCE = 1 << 20
#: An error nearer to the end of the window than this may only mean that more text is needed.
_LONGEST_TOKEN = 16
#: What may follow digits that are not the whole number: ``.`` or ``e+``.
_LONGEST_MARK = 2

_SPACE = re.compile(r"[ \t\n\r]*")
_BUNDLE = re.compile(r'\{[ \t\n\r]*"resourceType"[ \t\n\r]*:[ \t\n\r]*"Bundle"')
_OPENING = 200
_NEXT_STEP = "Ask for the file again; it must be FHIR JSON."


class Number(str):
    """A JSON number as printed, told apart from a string."""

    __slots__ = ()


def decimals(value: Any) -> Any:
    """A decoded value with its numbers as decimals, exact and of a type that is none of text."""
    if type(value) is Number:
        return Decimal(value)
    if type(value) is dict:
        return {name: decimals(each) for name, each in value.items()}
    return [decimals(each) for each in value] if type(value) is list else value


class Item(NamedTuple):
    """One decoded value. ``bundle`` counts the file's Bundles from 1 and ``at`` its entries from 0, of which this is one.

    Without a Bundle ``bundle`` is 0, and ``at`` the place in an array of resources, or −1. ``line`` is where the resource begins.
    """

    value: Any
    line: int
    bundle: int = 0
    at: int = -1


class _TooLarge(ImportFailed):
    """One value is larger than may be held in memory."""


class _Constant(ValueError):
    """NaN or Infinity, which JSON does not have."""


def _no_constant(name: str) -> Any:
    raise _Constant(name)


class Scanner:
    """The resources of a text that comes in ``blocks``. Without ``check`` nesting is not looked at: the text has been scanned before.

    ``histories`` are the numbers of the Bundles that are histories, each known after the Bundle's last entry at the latest.
    """

    def __init__(self, blocks: Iterator[str], file: str, *, check: bool = True) -> None:
        self.histories: set[int] = set()
        self._blocks, self._file, self._check = blocks, file, check
        decoder = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant)
        self._decode: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]
        self._text = ""
        self._at = self._start = 0
        self._ended = False
        #: The line of the character at ``_counted``, and how many characters of its line are no longer in the window.
        self._line, self._counted, self._dropped = 1, 0, 0
        self._walked = 0
        #: How many Bundles were taken apart.
        self.bundles = 0

    def items(self) -> Iterator[Item]:
        """Every entry and every resource, in order. Raises ImportFailed, naming line and column, where the text is no JSON."""
        if not self._peek():
            raise ImportFailed(f"{self._file} is empty.", _NEXT_STEP)
        while mark := self._peek():
            if mark == "{":
                yield from self._object()
            elif mark == "[":
                yield from self._elements(0)
            else:
                line = self._line_at(self._at)
                yield Item(self._value(), line)

    def _object(self) -> Iterator[Item]:
        """A resource; of a Bundle over several lines its entries."""
        line = self._line_at(self._at)
        while len(self._text) - self._at < _OPENING and self._more():
            pass
        if not _BUNDLE.match(self._text, self._at):
            try:
                value = self._value(_AT_ONCE)
            except _TooLarge:
                pass
            else:
                if value.get("resourceType") != "Bundle" or "\n" not in self._text[self._start : self._at]:
                    yield Item(value, line)
                    return
                self._at = self._start
        self._walked += 1
        yield from self._by_name(self._walked, line)

    def _by_name(self, bundle: int, line: int) -> Iterator[Item]:
        """A Bundle's entries; at its end the rest, should it be another resource."""
        rest: dict[Any, Any] = {}
        size = 0
        self._take("{")
        while True:
            if self._peek() == "}" and not rest:
                self._at += 1
                break
            if self._peek() != '"':
                raise self._error(self._at, "a name in quotes is expected")
            name = self._value()
            self._take(":")
            if name == "entry" and self._peek() == "[":
                yield from self._elements(bundle)
            else:
                self._peek()
                rest[name] = self._value()
                size += self._at - self._start
                if size > LARGEST_ITEM:
                    raise self._too_large()
                if name == "type" and rest[name] == "history":
                    self.histories.add(bundle)
            if self._comma_or("}"):
                break
        if rest.get("resourceType") == "Bundle":
            self.bundles += 1
        else:
            yield Item(rest, line)

    def _elements(self, bundle: int) -> Iterator[Item]:
        """The elements of an array, one by one."""
        self._take("[")
        if self._peek() == "]":
            self._at += 1
            return
        index = 0
        while True:
            self._peek()
            value = self._value()
            place = self._text.find('"resource"', self._start, self._at) if bundle else -1
            yield Item(value, self._line_at(max(self._start, place)), bundle, index)
            index += 1
            if self._comma_or("]"):
                return

    def _value(self, largest: int = LARGEST_ITEM) -> Any:
        """The value that begins here, which it then stands after; ``_start`` is where it began."""
        while True:
            text = self._text
            try:
                value, end = self._decode(text, self._at)
            except StopIteration as stop:
                at, problem = stop.value, "a value is expected"
            except json.JSONDecodeError as error:
                at, problem = error.pos, error.msg
            except _Constant as error:
                raise self._error(self._at, f"{error} is no JSON number", "in the value that begins here, ") from None
            except RecursionError:
                raise self._too_deep(self._at) from None
            else:
                if end < len(text) - _LONGEST_MARK or self._ended or text[end - 1] in '}]"':
                    self._start, self._at = self._at, end
                    if end - self._start > largest:
                        self._at = self._start
                        raise self._too_large()
                    if self._check and text.count("{", self._start, end) + text.count("[", self._start, end) > DEEPEST:
                        self._measure(value)
                    return value
                at, problem = end, ""
            if self._ended or (problem and at < len(text) - _LONGEST_TOKEN and not problem.startswith("Unterminated")):
                raise self._error(at, problem)
            if len(text) - self._at > largest:
                raise self._too_large()
            self._more()

    def _measure(self, value: Any) -> None:
        """Refuse what is nested too deeply, a level at a time."""
        level = [value]
        for _ in range(DEEPEST):
            inner = [each for outer in level for each in (outer.values() if type(outer) is dict else outer) if type(each) in (dict, list)]
            if not inner:
                return
            level = inner
        raise self._too_deep(self._start)

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._error(self._at, f"{mark} is expected")
        self._at += 1

    def _comma_or(self, closing: str) -> bool:
        """Step over a comma, or over the bracket that closes: then true."""
        mark = self._peek()
        if mark != "," and mark != closing:
            raise self._error(self._at, f"a comma or {closing} is expected")
        self._at += 1
        return mark == closing

    def _more(self) -> bool:
        """Twice the text that is not yet read, so that a long value is not tried too often; what was read is let go."""
        if self._ended:
            return False
        self._line_at(self._at)
        last = self._text.rfind("\n", 0, self._at)
        self._dropped = self._at - last - 1 if last >= 0 else self._dropped + self._at
        kept = self._text[self._at :]
        parts, wanted = [kept], max(1, len(kept))
        while wanted > 0:
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
                break
            parts.append(block)
            wanted -= len(block)
        self._text = "".join(parts)
        self._at = self._start = self._counted = 0
        return len(self._text) > len(kept)

    def _line_at(self, at: int) -> int:
        """The line of a character that is not before any asked for earlier."""
        if at > self._counted:
            self._line += self._text.count("\n", self._counted, at)
            self._counted = at
        return self._line

    def _error(self, at: int, problem: str, where: str = "") -> ImportFailed:
        line = self._line + self._text.count("\n", self._counted, at)
        last = self._text.rfind("\n", 0, at)
        column = at - last if last >= 0 else self._dropped + at + 1
        if self._ended and at >= len(self._text.rstrip(" \t\r\n")):
            problem = f"the file ends in the middle ({problem.rstrip(': ')})"
        return ImportFailed(f"{self._file}, line {line}, column {column}: {where}{problem.rstrip(': ')}.", _NEXT_STEP)

    def _too_large(self) -> _TooLarge:
        line = self._line_at(self._at)
        return _TooLarge(
            f"{self._file}, line {line}: the resource that begins here is larger than {LARGEST_ITEM:,} characters.",
            "Ask for the results without attachments.",
        )

    def _too_deep(self, at: int) -> ImportFailed:
        return self._error(at, f"in the value that begins here more than {DEEPEST} stand within one another")
