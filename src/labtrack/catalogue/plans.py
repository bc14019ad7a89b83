"""Panels, the monitoring schedule, event kinds and screening items: from ``panels.toml``, ``protocols.toml`` and ``events.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from labtrack.catalogue.model import Analyte, DoseChange, Drug, Due, EventKind, Panel, Protocols, ScreeningItem, Source, Staleness
from labtrack.catalogue.rows import Row
from labtrack.core.record import Sex

PANELS_FILE = "panels.toml"
PROTOCOLS_FILE = "protocols.toml"
EVENTS_FILE = "events.toml"
_STALENESS_GROUPS = ("general", "lipids")
_GROUPS = ("infection", "thrombosis", "thrombosis-risk", "contraindication", "review", "other")


def panels_of(table: Mapping[str, object], analytes: Mapping[str, Analyte], sources: Mapping[str, Source]) -> Mapping[str, Panel]:
    """The panels in order of the file.

    Raises:
        CatalogueError: a row is wrong or names an unknown analyte.
    """
    panels = {}
    for key, fields in table.items():
        row = Row(PANELS_FILE, key, fields)
        panels[key] = Panel(
            key=key,
            name=row.text("name"),
            plain_name=row.text("plain_name"),
            required=row.all_of("required", analytes),
            expected=row.all_of("expected", analytes),
            staleness=row.one_of("staleness", _STALENESS_GROUPS),
            source=row.one_of("source", sources),
        )
        row.done()
        if not panels[key].required:
            raise row.wrong("required is empty")
    return MappingProxyType(panels)


class Plans:
    """The tables of ``protocols.toml``, each taken once; :meth:`done` finds what nobody asked for."""

    def __init__(self, table: Mapping[str, object], sources: Mapping[str, Source]) -> None:
        """Keep the tables and the sources that they may cite."""
        self._file = Row(PROTOCOLS_FILE, "file", table)
        self._sources = sources
        #: The source cited by each table, by its name.
        self.cited: dict[str, str] = {}

    def part(self, name: str) -> Row:
        """One table, its source noted."""
        row = Row(PROTOCOLS_FILE, name, self._file.table(name).rest())
        self.cited[name] = row.one_of("source", self._sources)
        return row

    def done(self) -> None:
        """Nothing more is expected."""
        self._file.done()

    def frequencies(self) -> Mapping[str, float]:
        """Doses a day by frequency, in lower case."""
        row = self.part("frequency")
        words = {word: Row(PROTOCOLS_FILE, "frequency", {word: doses}).number(word) for word, doses in row.rest().items()}
        return MappingProxyType(words)

    def staleness(self) -> Staleness:
        """The greatest ages of a result that *not met* can rest on."""
        row = self.part("staleness")
        staleness = Staleness(row.integer("on_treatment"), row.integer("before"), row.integer("lipids"))
        row.done()
        return staleness

    def protocols(self, panels: Mapping[str, Panel], drugs: Mapping[str, Drug]) -> Protocols:
        """The monitoring schedule."""
        milestones = self.part("milestones")
        by_drug = {
            (drug, panel): dues for drug in drugs if milestones.kind_of(drug) for panel, dues in _by_panel(milestones.table(drug), panels)
        }
        by_panel = dict(_by_panel(milestones, panels))
        repeat = self.part("repeat")
        repeats = {panel: _due(repeat.table(panel)) for panel in panels}
        repeat.done()
        for panel in panels:
            if panel not in by_panel:
                raise milestones.wrong(f"{panel} is missing")
        change = self.part("after-dose-change")
        after = DoseChange(change.integer("days"), change.integer("window"), change.integer("credit"), change.all_of("panels", panels))
        change.done()
        return Protocols(
            panel_milestones=MappingProxyType(by_panel),
            drug_milestones=MappingProxyType(by_drug),
            repeats=MappingProxyType(repeats),
            after_dose_change=after,
            **self._single_numbers(),
            response_review=_due(self.part("response-review")),
            screening=_due(self.part("screening")),
            sources=MappingProxyType(self.cited),
        )

    def _single_numbers(self) -> dict[str, int]:
        baseline, completion, recheck = self.part("baseline"), self.part("completion"), self.part("recheck")
        numbers = {
            "baseline_window": baseline.integer("window"),
            "baseline_reach": baseline.integer("reach"),
            "completion_span": completion.integer("span"),
            "recheck_window": recheck.integer("window"),
        }
        for row in (baseline, completion, recheck):
            row.done()
        return numbers


def _by_panel(row: Row, panels: Mapping[str, Panel]) -> list[tuple[str, tuple[Due, ...]]]:
    found = [(panel, tuple(_due(each) for each in row.tables(panel))) for panel in panels if row.kind_of(panel)]
    row.done()
    for panel, dues in found:
        if not dues or list(dues) != sorted(dues, key=lambda due: due.days):
            raise row.wrong(f"{panel} has no milestones, or not in order")
    return found


def _due(row: Row) -> Due:
    due = Due(row.integer("days"), row.integer("window"))
    row.done()
    return due


def screening_items_of(rows: Mapping[str, object], sources: Mapping[str, Source]) -> Mapping[str, ScreeningItem]:
    """The screening items in order of the file.

    Raises:
        CatalogueError: a row is wrong.
    """
    items = {}
    for key, fields in rows.items():
        row = Row(EVENTS_FILE, key, fields)
        items[key] = ScreeningItem(
            key=key,
            name=row.text("name"),
            plain_name=row.text("plain_name"),
            source=row.one_of("source", sources),
            sex=Sex(row.one_of("sex", ("F", "M"))) if row.kind_of("sex") else None,
            under_age=row.integer("under_age") if row.kind_of("under_age") else None,
        )
        row.done()
    return MappingProxyType(items)


def event_kinds_of(
    rows: Mapping[str, object], items: Mapping[str, ScreeningItem], sources: Mapping[str, Source]
) -> Mapping[str, EventKind]:
    """The closed list of event kinds: those of the file, then each screening item done, then each declined.

    Raises:
        CatalogueError: a row is wrong, or a kind has the key of a screening item.
    """
    kinds = {}
    for key, fields in rows.items():
        row = Row(EVENTS_FILE, key, fields)
        if key in items:
            raise row.wrong("is also a screening item")
        kinds[key] = EventKind(
            key=key,
            name=row.text("name"),
            plain_name=row.text("plain_name"),
            group=row.one_of("group", _GROUPS),
            lasting=row.flag("lasting"),
            source=row.one_of("source", sources),
        )
        row.done()
    for item in items.values():
        kinds[item.key] = _settled(item, item.key, "done", declined=False)
    for item in items.values():
        key = f"declined-{item.key}"
        kinds[key] = _settled(item, key, "declined", declined=True)
    return MappingProxyType(kinds)


def _settled(item: ScreeningItem, key: str, how: str, *, declined: bool) -> EventKind:
    return EventKind(key, f"{item.name}: {how}", f"{item.plain_name}: {how}", "screening", False, item.source, item.key, declined)
