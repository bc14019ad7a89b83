"""Mappings of columns kept by name, in ``mappings.toml`` beside the settings: found again by the header that they were made for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labtrack.catalogue import catalogue
from labtrack.clinic.settings import config_path
from labtrack.clinic.toml_text import key_text, quoted, table_lines, write_private
from labtrack.core.errors import CatalogueError, ImportFailed, LabtrackError, Refused, UsageError
from labtrack.exchange.layouts import LAYOUTS
from labtrack.exchange.mapping import DATE_FORMATS, TIME, ColumnMapping, WideColumn, faults, layout_named, our_columns
from labtrack.exchange.sheet import Beginning, UnknownHeader, beginning

__all__ = [
    "DATE_FORMATS",
    "TIME",
    "Beginning",
    "ColumnMapping",
    "WideColumn",
    "analyte_called",
    "beginning",
    "columns_of",
    "fitting",
    "forget",
    "keep",
    "kept_mappings",
    "layout_names",
    "looks_like",
    "mapping_faults",
    "mapping_named",
    "mappings_path",
    "suggested",
    "with_hint",
]

_HEAD = "# Columns of laboratories' files, said once in labtrack's import screen. Used by: labtrack import FILE --map NAME\n"
_KNOWN = {"layout", "header", "date_format", "decimal", "columns", "fixed", "wide"}


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
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise CatalogueError(f"In {path}, the mapping {name!r} is not one: {error}.", "Correct or remove it.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
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


def looks_like(names: Iterable[str]) -> list[ColumnMapping]:
    """The usable mappings that were made for a header with these columns, by name."""
    names = list(names)
    found = (each for _, each in sorted(kept_mappings().items()) if each.is_made_for(names))
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
    lines += table_lines(f"{name}.columns", mapping.columns)
    lines += table_lines(f"{name}.fixed", mapping.fixed)
    for each in mapping.wide:
        lines += [f"[[{name}.wide]]", f"column = {quoted(each.column)}", f"analyte = {quoted(each.analyte)}", f"unit = {quoted(each.unit)}"]
    return "\n".join(lines) + "\n"


def layout_names() -> tuple[str, ...]:
    """The layouts that a file may be mapped to."""
    return tuple(each.name for each in LAYOUTS)


def columns_of(layout: str, *, wide: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional) columns of a layout that a mapping may say. UsageError for another layout."""
    found = layout_named(layout)
    if found is None:
        raise UsageError(f"There is no layout {layout!r}.", f"There are: {', '.join(layout_names())}.")
    return our_columns(found, wide=wide)


def fitting(names: Iterable[str]) -> list[ColumnMapping]:
    """The usable mappings whose columns all stand in a header, those made for it first."""
    names = list(names)
    found = [each for _, each in sorted(kept_mappings().items()) if not each.lacking(names) and not mapping_faults(each)]
    return sorted(found, key=lambda each: not each.is_made_for(names))


def with_hint(error: ImportFailed, paths: Iterable[Path], encoding: str = "") -> ImportFailed:
    """An error of an import, naming the kept mapping that was made for a header which is of no layout, where there is one."""
    if isinstance(error, UnknownHeader):
        for path in paths:
            with suppress(LabtrackError):
                begun = beginning(path, encoding)
                found = [] if begun.layout else looks_like(begun.names)
                if found:
                    return ImportFailed(error.message, f"{path.name} looks like {found[0].name!r}: --map {quoted(found[0].name)}")
    return error


def analyte_called(name: str) -> str:
    """The key of the analyte that a name stands for; empty where it stands for none or for several."""
    identity = catalogue().identify(name.replace("_", " "))
    return identity.import_name if identity is not None else ""


def suggested(names: Iterable[str], layout: str) -> dict[str, str]:
    """Columns of a file that bear the very name of one of ours: offered in a new mapping, not taken for granted."""
    required, optional = columns_of(layout)
    present = set(names)
    return {name: name for name in required + optional if name in present}
