"""Loads the TOML tables that stand beside this module and checks them against one another."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from labtrack.catalogue.analytes import analyte_entries, name_index, unit_tables
from labtrack.catalogue.drugs import drugs_of
from labtrack.catalogue.lookup import Catalogue
from labtrack.catalogue.model import Source
from labtrack.catalogue.plans import Plans, event_kinds_of, panels_of, screening_items_of
from labtrack.catalogue.rows import Row
from labtrack.catalogue.traps import traps_of
from labtrack.core.errors import CatalogueError

#: The folder of the tables.
TABLES = Path(__file__).parent
_MARKS = ("L", "G", "2", "A", "H", "u")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that labtrack ships, loaded and checked once per process.

    Raises:
        CatalogueError: a table is missing or wrong; the message names file and row.
    """
    return load(TABLES)


def load(folder: Path) -> Catalogue:
    """Load and check the tables of a folder.

    Raises:
        CatalogueError: a table is missing or wrong; the message names file and row.
    """
    sources = _sources(_read(folder, "sources.toml"))
    analyte_rows = _read(folder, "analytes.toml")
    never = Row("analytes.toml", "never", analyte_rows.pop("never", None))
    entries = analyte_entries(analyte_rows, sources)
    analytes = MappingProxyType({entry.analyte.key: entry.analyte for entry in entries})
    panels = panels_of(_read(folder, "panels.toml"), analytes, sources)
    for entry in entries:
        if entry.analyte.panel and entry.analyte.panel not in panels:
            raise entry.row.wrong(f"panel {entry.analyte.panel!r} is not one of {', '.join(panels)}")
    drugs = drugs_of(_read(folder, "drugs.toml"), analytes, sources)
    events = Row("events.toml", "file", _read(folder, "events.toml"))
    items = screening_items_of(events.table("item").rest(), sources)
    kinds = event_kinds_of(events.table("kind").rest(), items, sources)
    events.done()
    plans = Plans(_read(folder, "protocols.toml"), sources)
    loaded = Catalogue(
        analytes=analytes,
        panels=panels,
        drugs=drugs,
        protocols=plans.protocols(panels, drugs),
        staleness=plans.staleness(),
        event_kinds=kinds,
        screening_items=items,
        sources=sources,
        frequencies=plans.frequencies(),
        traps=traps_of(_read(folder, "traps.toml"), sources),
        index=name_index(entries, never, sources),
        units=unit_tables(_read(folder, "units.toml"), entries, sources),
    )
    plans.done()
    return loaded


def _read(folder: Path, file: str) -> dict[str, object]:
    try:
        with (folder / file).open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise CatalogueError(f"catalogue table {file} cannot be read ({error.strerror}).", "Reinstall labtrack.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"catalogue table {file} is not TOML: {error}.", "Correct the line or reinstall labtrack.") from error


def _sources(table: dict[str, object]) -> Mapping[str, Source]:
    head = Row("sources.toml", "checked_on", table)
    checked_on = head.day("checked_on")
    rows = head.table("source").rest()
    head.done()
    sources = {}
    for key, fields in rows.items():
        row = Row("sources.toml", key, fields)
        sources[key] = Source(key, row.text("text"), row.one_of("mark", _MARKS), checked_on)
        row.done()
    return MappingProxyType(sources)
