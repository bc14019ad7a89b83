"""Mappings of columns kept by name, in ``mappings.toml`` beside the settings: found again by the header that they were made for.

A table of local codes for messages is a mapping too, of the layout ``codes``, with nothing but ``analytes``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from labtrack.catalogue import catalogue, fold_name
from labtrack.clinic.settings import config_path
from labtrack.clinic.toml_text import key_text, quoted, table_lines, write_private
from labtrack.core.errors import CatalogueError, ImportFailed, LabtrackError, Refused, UsageError
from labtrack.exchange.day_formats import DATE_FORMATS, header_moment, looks_like_a_date
from labtrack.exchange.headers import Beginning, beginning
from labtrack.exchange.layouts import LAYOUTS
from labtrack.exchange.mapping import CODES, TIME, ColumnMapping, WideColumn, faults, labels, layout_named, our_columns
from labtrack.exchange.names import unknown_names
from labtrack.exchange.printed_cells import split_header
from labtrack.exchange.sheet import UnknownHeader

__all__ = [
    "CODES",
    "DATE_FORMATS",
    "TIME",
    "Beginning",
    "ColumnMapping",
    "WideColumn",
    "analyte_and_unit",
    "analyte_names",
    "analyte_said",
    "beginning",
    "code_tables",
    "codes_of",
    "columns_of",
    "dates_among",
    "fitting",
    "forget",
    "keep",
    "kept_mappings",
    "labels",
    "layout_names",
    "looks_like",
    "mapping_faults",
    "mapping_named",
    "mappings_path",
    "suggested",
    "unfollowed_names",
    "with_hint",
]

Kind = TypeVar("Kind")
_HEAD = "# Columns of laboratories' files, said once in labtrack's import screen. Used by: labtrack import FILE --map NAME\n"
_KNOWN = {"layout", "header", "date_format", "decimal", "columns", "fixed", "wide", "by_date", "skip", "analytes"}


def mappings_path() -> Path:
    """The file of the mappings, beside the settings file."""
    return config_path().with_name("mappings.toml")


def kept_mappings(path: Path | None = None) -> dict[str, ColumnMapping]:
    """All that are kept, by name; none where there is no file. Raises CatalogueError for a file that cannot be read as such."""
    path = path or mappings_path()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"The mappings file {path} cannot be read: {error}.", "Correct or remove it.") from error
    return {name: _mapping_of(name, value, path) for name, value in table.items()}


def _mapping_of(name: str, table: Any, path: Path) -> ColumnMapping:
    """One table as a mapping, with its shape checked; what it says is checked when it is used."""
    try:
        if set(table) - _KNOWN:
            raise ValueError(f"unknown keys: {', '.join(sorted(set(table) - _KNOWN))}")
        return ColumnMapping(
            name,
            _text(table.get("layout", "results")),
            tuple(map(_text, table.get("header", []))),
            _texts(table.get("columns", {})),
            _texts(table.get("fixed", {})),
            tuple(WideColumn(_text(each["column"]), _text(each["analyte"]), _text(each.get("unit", ""))) for each in table.get("wide", [])),
            _text(table.get("date_format", "YYYY-MM-DD")),
            _text(table.get("decimal", "")),
            _of_kind(bool, table.get("by_date", False)),
            _of_kind(int, table.get("skip", 0)),
            _texts(table.get("analytes", {})),
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise CatalogueError(f"In {path}, the mapping {name!r} is not one: {error}.", "Correct or remove it.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _of_kind(kind: type[Kind], value: Any) -> Kind:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {'true or false' if kind is bool else 'a whole number'}")
    return value


def _texts(table: Any) -> Mapping[str, str]:
    return {name: _text(value) for name, value in table.items()}


def mapping_named(name: str) -> ColumnMapping:
    """One that is kept, fit to be used. UsageError, listing the names, where there is none; CatalogueError where it has faults."""
    kept = kept_mappings()
    found = kept.get(name) or next((each for each in kept.values() if each.name.casefold() == name.casefold()), None)
    if found is None:
        step = f"There are: {', '.join(sorted(kept))}." if kept else "None are kept yet: the import screen makes one when it meets a file."
        raise UsageError(f"There is no mapping {name!r}.", step)
    wrong = mapping_faults(found)
    if wrong:
        raise CatalogueError(f"In {mappings_path()}, the mapping {found.name!r} cannot be used: {wrong[0]}", "Correct or remove it.")
    return found


def mapping_faults(mapping: ColumnMapping) -> list[str]:
    """Why a mapping cannot be used, a sentence each; empty when it can."""
    return faults(mapping, catalogue())


def looks_like(*headers: Iterable[str]) -> list[ColumnMapping]:
    """The usable mappings that were made for one of these rows as a header (names of columns), by name."""
    rows = [list(names) for names in headers]
    found = (each for _, each in sorted(kept_mappings().items()) if any(each.is_made_for(names) for names in rows))
    return [each for each in found if not mapping_faults(each)]


def keep(mapping: ColumnMapping) -> None:
    """Keep a mapping, in place of one of the same name. Refused when it cannot be used."""
    wrong = mapping_faults(mapping)
    if wrong:
        raise Refused(wrong[0])
    _write({**kept_mappings(), mapping.name: mapping})


def forget(name: str) -> None:
    """Keep a mapping no longer."""
    _write({each: mapping for each, mapping in kept_mappings().items() if each != name})


def _write(mappings: Mapping[str, ColumnMapping]) -> None:
    write_private(mappings_path(), _HEAD + "".join(_toml(each) for each in mappings.values()))


def _toml(mapping: ColumnMapping) -> str:
    name = key_text(mapping.name)
    lines = ["", f"[{name}]", f"layout = {quoted(mapping.layout)}", f"header = [{', '.join(map(quoted, mapping.header))}]"]
    lines += [f"date_format = {quoted(mapping.date_format)}"]
    lines += [f"decimal = {quoted(mapping.decimal)}"] if mapping.decimal else []
    lines += ["by_date = true"] if mapping.by_date else []
    lines += [f"skip = {mapping.skip}"] if mapping.skip else []
    lines += table_lines(f"{name}.columns", mapping.columns)
    lines += table_lines(f"{name}.fixed", mapping.fixed)
    lines += table_lines(f"{name}.analytes", mapping.analytes)
    for each in mapping.wide:
        lines += [f"[[{name}.wide]]", f"column = {quoted(each.column)}", f"analyte = {quoted(each.analyte)}", f"unit = {quoted(each.unit)}"]
    return "\n".join(lines) + "\n"


def layout_names() -> tuple[str, ...]:
    """The layouts that a file may be mapped to."""
    return tuple(each.name for each in LAYOUTS)


def columns_of(layout: str, *, wide: bool = False, by_date: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional) columns of a layout that a mapping may say. UsageError for another layout."""
    found = layout_named(layout)
    if found is None:
        raise UsageError(f"There is no layout {layout!r}.", f"There are: {', '.join(layout_names())}.")
    return our_columns(found, wide=wide, by_date=by_date)


def fitting(*headers: Iterable[str]) -> list[ColumnMapping]:
    """The usable mappings whose columns all stand in one of these rows, those made for it first."""
    rows = [list(names) for names in headers]
    found = [each for _, each in sorted(kept_mappings().items()) if each.layout != CODES and not mapping_faults(each)]
    found = [each for each in found if any(not each.lacking(names) for names in rows)]
    return sorted(found, key=lambda each: not any(each.is_made_for(names) for names in rows))


def with_hint(error: ImportFailed, paths: Iterable[Path], encoding: str = "") -> ImportFailed:
    """An error of an import, naming the kept mapping that was made for a header which is of no layout, where there is one."""
    if isinstance(error, UnknownHeader):
        for path in paths:
            with suppress(LabtrackError):
                begun = beginning(path, encoding)
                found = [] if begun.layout else looks_like(*begun.headers)
                if found:
                    whose = f", which takes it for results of patient {found[0].patient}" if found[0].patient else ""
                    return ImportFailed(error.message, f"{path.name} looks like {found[0].name!r}: --map {quoted(found[0].name)}{whose}")
    return error


def code_tables() -> list[ColumnMapping]:
    """The usable mappings that say what local codes and names are, for files of messages; tables of nothing else first."""
    found = [each for _, each in sorted(kept_mappings().items()) if each.analytes and not mapping_faults(each)]
    return sorted(found, key=lambda each: each.layout != CODES)


def codes_of(mapping: ColumnMapping | None) -> dict[str, str]:
    """What a mapping says of local codes and names, for messages: our analyte by folded key, empty for what is not followed.

    Keys are folded by :func:`labtrack.catalogue.fold_name`. Our analyte is named as :meth:`labtrack.catalogue.Catalogue.identify`
    knows it: its key, or the name of its variant (``bun``).
    """
    return {fold_name(theirs): _import_name(ours) for theirs, ours in mapping.analytes.items()} if mapping is not None else {}


def _import_name(name: str) -> str:
    identity = catalogue().identify(name) if name else None
    return identity.import_name if identity is not None else ""


def analyte_said(mapping: ColumnMapping, name: str, unsaid: str) -> str:
    """What a mapping says of a laboratory's name: our analyte, empty for not followed, ``unsaid`` where it says nothing."""
    return codes_of(mapping).get(fold_name(name), unsaid)


def analyte_names() -> list[tuple[str, str]]:
    """Our analytes to choose from: (words, name that a mapping says)."""
    known = catalogue()
    found = [(f"{each.name} ({each.key})", each.key) for each in known.analytes.values()]
    variants = {each.import_name: each for each in known.index.names.values() if each.variant and not each.code}
    return found + [(f"{each.analyte.name} ({name})", name) for name, each in variants.items()]


def analyte_and_unit(header: str) -> tuple[str, str]:
    """The analyte that a column's header names, and its unit where one stands behind it in brackets; empty for what is not certain.

    >>> analyte_and_unit("HGB [g/L]"), analyte_and_unit("ALT (SGPT)"), analyte_and_unit("Ward")
    (('hb', 'g/L'), ('alt', ''), ('', ''))
    """
    known = catalogue()
    name, unit = split_header(header)
    identity = known.identify(name.replace("_", " "), unit)
    if unit and identity is not None and known.factor(identity, unit) is not None:
        return identity.import_name, unit
    return _import_name(header.replace("_", " ")), ""


def dates_among(names: Iterable[str], date_format: str) -> tuple[list[str], list[str]]:
    """Columns that are dates in a format, and columns that look like dates and are none in it."""
    names = list(names)
    dates = [name for name in names if header_moment(name, date_format)]
    return dates, [name for name in names if looks_like_a_date(name) and name not in dates]


def unfollowed_names(begun: Beginning, column: str) -> list[tuple[str, int]]:
    """Names in a file's column of analytes that the catalogue does not know, with their number, the most frequent first.

    ``column`` is a label of :func:`labels`. Raises ImportFailed for a file that cannot be read.
    """
    return unknown_names(begun, column, catalogue())


def suggested(names: Iterable[str], layout: str) -> dict[str, str]:
    """Columns of a file that bear the very name of one of ours: offered in a new mapping, not taken for granted."""
    required, optional = columns_of(layout)
    present = set(names)
    return {name: name for name in required + optional if name in present}
