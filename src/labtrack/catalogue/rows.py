"""Rows of the TOML tables, read field by field: a wrong one is an error that names its file and row."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import TypeVar, overload

from labtrack.core.errors import CatalogueError

_T = TypeVar("_T")


class Row:
    """One table of a TOML file. Every field must be asked for before :meth:`done`, so that none is misspelled in silence."""

    def __init__(self, file: str, name: str, fields: object) -> None:
        """Wrap ``fields``.

        Raises:
            CatalogueError: it is not a table.
        """
        self.file = file
        self.name = name
        if not isinstance(fields, dict):
            raise self.wrong("is not a table")
        self._fields: dict[str, object] = dict(fields)

    def wrong(self, what: str) -> CatalogueError:
        """The error that names this row."""
        return CatalogueError(f"catalogue table {self.file}, row {self.name}: {what}.", "Correct the row or reinstall labtrack.")

    def _take(self, field: str, kind: type[_T] | tuple[type[_T], ...], said: str, default: object) -> _T:
        value = self._fields.pop(field, default)
        if value is _REQUIRED:
            raise self.wrong(f"{field} is missing")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(f"{field} is not {said}")
        return value

    def text(self, field: str, default: str | None = None) -> str:
        """A text field."""
        return self._take(field, str, "a text", _REQUIRED if default is None else default)

    def flag(self, field: str) -> bool:
        """A true or false field, false if absent."""
        return self._take(field, bool, "true or false", False)

    def integer(self, field: str) -> int:
        """A whole number of zero or more."""
        value = self._take(field, int, "a whole number", _REQUIRED)
        if value < 0:
            raise self.wrong(f"{field} is negative")
        return value

    @overload
    def number(self, field: str) -> float: ...
    @overload
    def number(self, field: str, default: None) -> float | None: ...
    def number(self, field: str, default: object = ...) -> float | None:
        """A finite number of zero or more; ``None`` where it may be absent and is."""
        if default is None and field not in self._fields:
            return None
        value = float(self._take(field, (int, float), "a number", _REQUIRED))
        if not math.isfinite(value) or value < 0:
            raise self.wrong(f"{field} is not a finite number of zero or more")
        return value

    def numbers(self, field: str) -> tuple[float, ...]:
        """A list of numbers above zero."""
        values = self._take(field, list, "a list", _REQUIRED)
        if not values or not all(isinstance(value, (int, float)) and 0 < value < math.inf for value in values):
            raise self.wrong(f"{field} is not a list of numbers above zero")
        return tuple(map(float, values))

    def day(self, field: str) -> date:
        """A date field."""
        return self._take(field, date, "a date", _REQUIRED)

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts, empty if absent."""
        values = self._take(field, list, "a list", [])
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{field} is not a list of texts")
        return tuple(values)

    def text_map(self, field: str) -> dict[str, str]:
        """A table of texts, empty if absent."""
        values = self._take(field, dict, "a table", {})
        if not all(isinstance(value, str) for value in values.values()):
            raise self.wrong(f"{field} is not a table of texts")
        return values

    def pair(self, field: str) -> tuple[float | None, float | None]:
        """Two numbers in order, either of them ``""`` for an open end."""
        values = self._take(field, list, "a list", _REQUIRED)
        if len(values) != 2:
            raise self.wrong(f"{field} is not two numbers")
        ends = [None if value == "" else value for value in values]
        if not all(end is None or (isinstance(end, (int, float)) and math.isfinite(end)) for end in ends):
            raise self.wrong(f"{field} is not two numbers")
        low, high = (None if end is None else float(end) for end in ends)
        if low is not None and high is not None and low > high:
            raise self.wrong(f"{field} has its ends the wrong way round")
        return low, high

    def bounds(self, field: str) -> tuple[float, float]:
        """Two numbers in order."""
        low, high = self.pair(field)
        if low is None or high is None:
            raise self.wrong(f"{field} has an open end")
        return low, high

    def one_of(self, field: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text field that must be one of the known ones."""
        value = self.text(field, default)
        if value not in allowed:
            raise self.wrong(f"{field} {value!r} is not one of {', '.join(allowed)}")
        return value

    def all_of(self, field: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of texts that must each be one of the known ones."""
        values = self.texts(field)
        for value in values:
            if value not in allowed:
                raise self.wrong(f"{field} {value!r} is not one of {', '.join(allowed)}")
        return values

    def kind_of(self, field: str) -> type | None:
        """The type of a field's value, None if it is absent."""
        return type(self._fields[field]) if field in self._fields else None

    def table(self, field: str) -> Row:
        """A table within the row."""
        return Row(self.file, f"{self.name}.{field}", self._take(field, dict, "a table", _REQUIRED))

    def tables(self, field: str) -> Iterator[Row]:
        """A list of tables within the row, none if absent."""
        for place, fields in enumerate(self._take(field, list, "a list of tables", []), 1):
            yield Row(self.file, f"{self.name}.{field} {place}", fields)

    def rest(self) -> Mapping[str, object]:
        """The fields not asked for yet, which are then taken."""
        rest, self._fields = self._fields, {}
        return rest

    def done(self) -> None:
        """Nothing more is expected.

        Raises:
            CatalogueError: a field was never asked for.
        """
        if self._fields:
            raise self.wrong(f"unknown field {', '.join(self._fields)}")


_REQUIRED = object()
