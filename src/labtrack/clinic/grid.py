"""The cumulative grid that clinicians know: analytes down, collections across, the baseline before and the change after them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from labtrack.catalogue import Analyte, Catalogue
from labtrack.clinic.assembly import measured
from labtrack.clinic.cohorts import load_cohorts
from labtrack.clinic.display import checked_units, factor_of, unit_of
from labtrack.clinic.engine import Engine, Judgment
from labtrack.clinic.grid_cells import Cell, Shown
from labtrack.clinic.settings import UNITS
from labtrack.clinic.variation import is_beyond
from labtrack.clinic.wording import interval_of, limit_of
from labtrack.core.judgment import Severity
from labtrack.core.quantity import Interval, format_percent, format_rounded
from labtrack.core.record import CollectedAt, Patient, Result
from labtrack.labs.columns import HIGH_OPEN, LOW_OPEN, instant
from labtrack.labs.derived import CKD_EPI_2021, METHODS, REPORTED
from labtrack.labs.lab import Lab
from labtrack.labs.renal import EgfrLab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET
from labtrack.store import Reader, StoredPatient

BEYOND, WITHIN = "beyond variation", "within variation"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the change is counted from."""

    cell: Cell
    on: date
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """One analyte: ``cells`` by place of their column; ``change`` (percent) and ``variation`` of the last usable value, or empty."""

    analyte: str
    short: str
    name: str
    unit: str
    limits: str
    panel: str
    is_required: bool
    cells: Mapping[int, Cell]
    baseline: Baseline | None = None
    change: str = ""
    variation: str = ""


@dataclass(frozen=True, slots=True)
class GridPanel:
    """Analytes checked together; the last one, without a key, holds those of no panel."""

    key: str
    name: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """All results of one patient. ``columns`` are the collections, oldest first."""

    patient: Patient
    units: str
    columns: tuple[CollectedAt, ...]
    panels: tuple[GridPanel, ...]

    @property
    def rows(self) -> tuple[GridRow, ...]:
        """Every analyte, panel by panel."""
        return tuple(row for panel in self.panels for row in panel.rows)


def grid_of(engine: Engine, reader: Reader, stored: StoredPatient, today: date, units: str = UNITS[0]) -> Grid:
    """The grid of one patient; UsageError for units that there are not."""
    checked_units(units)
    (loaded,) = load_cohorts(reader, engine.catalogue, [stored.id])
    judgment = engine.judge_today(loaded.cohort, today.toordinal())
    with np.errstate(all="ignore"):
        return _Builder(judgment, engine.catalogue, stored.patient, reader.results(stored.id), units).grid()


class _Cells(Mapping[int, Cell]):
    """Cells by place of their column, oldest first, each made when it is first asked for: a screen shows few of many."""

    def __init__(self, instants: Mapping[int, int], make: Callable[[int], Cell]) -> None:
        self._instants = instants
        self._make = make
        self._made: dict[int, Cell] = {}

    def __getitem__(self, place: int) -> Cell:
        cell = self._made.get(place)
        if cell is None:
            cell = self._made[place] = self._make(self._instants[place])
        return cell

    def __iter__(self) -> Iterator[int]:
        return iter(self._instants)

    def __len__(self) -> int:
        return len(self._instants)

    def __contains__(self, place: object) -> bool:
        return place in self._instants


class _Builder:
    """Puts one grid together."""

    def __init__(self, judgment: Judgment, catalogue: Catalogue, patient: Patient, results: Sequence[Result], units: str) -> None:
        self.judgment = judgment
        self.labs: Labs = judgment.labs
        self.catalogue = catalogue
        self.patient = patient
        self.units = units
        self.by_id = {each.result_id: each for each in results}
        self.found: dict[str, dict[int, list[Result]]] = defaultdict(lambda: defaultdict(list))
        times: dict[int, CollectedAt] = {}
        for each in results:
            at = instant(each.collected_at.ordering)
            self.found[each.analyte][at].append(each)
            times.setdefault(at, each.collected_at)
        instants = sorted(times)
        self.columns = tuple(times[at] for at in instants)
        self.place = {at: place for place, at in enumerate(instants)}
        self.limits, self.severities = self._judged()

    def _judged(self) -> tuple[dict[str, set[float]], dict[tuple[str, tuple[int, ...]], Severity]]:
        """Per analyte the limits that rules compare it with; per reading that meets a rule the gravest severity."""
        limits: dict[str, set[float]] = defaultdict(set)
        gravest: dict[tuple[str, tuple[int, ...]], Severity] = {}
        drug = self.catalogue.drug_numbered(int(self.labs.treatment.drug[0]))
        for judged in self.judgment.rules:
            severity = judged.rule.severity_for(drug.key if drug else "")
            for term in judged.verdicts.terms_of(0):
                lab, limit = measured(term), limit_of(term, 0)
                if limit is not None and lab is term.lab:
                    limits[lab.analyte.key].update((limit.low, *([] if term.upper is None else [term.upper])))
                if judged.answer[0] == MET and term.answer[0] == MET and lab.present[0]:
                    key = (lab.analyte.key, tuple(self._ids(int(lab.row[0]))))
                    gravest[key] = min(severity, gravest.get(key, severity), key=lambda each: each.rank)
        return limits, gravest

    def _ids(self, row: int) -> list[int]:
        """The numbers of the results behind a reading, in order of entry."""
        return sorted(int(self.labs.cohort.results.result_id[each]) for each in self.labs.readings.sources(row))

    def grid(self) -> Grid:
        panels = []
        for key, panel in self.catalogue.panels.items():
            order = [*panel.required, *panel.expected]
            order += [each.key for each in self.catalogue.analytes.values() if each.panel == key and each.key not in order]
            panels.append(GridPanel(key, panel.name, tuple(self._rows(order, key))))
        known = {row.analyte for panel in panels for row in panel.rows}
        rest = [key for key, each in self.catalogue.analytes.items() if each.panel not in self.catalogue.panels and key not in known]
        panels.append(GridPanel("", "Other", tuple(self._rows(rest, ""))))
        return Grid(self.patient, self.units, self.columns, tuple(each for each in panels if each.rows))

    def _rows(self, keys: Sequence[str], panel: str) -> Iterator[GridRow]:
        """Rows of the analytes that have any result, and of those that the panel requires."""
        required = self.catalogue.panels[panel].required if panel else ()
        for key in keys:
            row = self._row(self.catalogue.analytes[key], panel, key in required)
            if row.cells or row.is_required:
                yield row

    def _row(self, analyte: Analyte, panel: str, is_required: bool) -> GridRow:
        lab = self.labs.analyte(analyte.key)
        ends = [float(each.low[0]) for each in (lab.lln, lab.uln)]
        known = tuple(each for each in ends if not np.isnan(each))
        shown = Shown(analyte, self.patient, factor_of(analyte, self.units), (*self.limits[analyte.key], *known))
        calculated = self._calculated(analyte)
        severity = self._severity(lab)

        def make(at: int) -> Cell:
            beside = self.found[analyte.key].get(at, [])
            if at in calculated:
                value, method, ids = calculated[at]
                sources = [self.by_id[each] for each in ids]
                cell = shown.calculated(value, method, [*sources, *(each for each in beside if each not in sources)])
            else:
                cell = shown.cell(beside)
            return replace(cell, finding=severity[1]) if severity and severity[0] == at else cell

        instants = sorted(at for at in {*self.found[analyte.key], *calculated} if at in self.place)
        cells = _Cells({self.place[at]: at for at in instants}, make)
        baseline = self._baseline(lab, shown, cells)
        change = self._change(lab) if baseline is not None else None
        return GridRow(
            analyte.key,
            analyte.short,
            analyte.name,
            unit_of(analyte, self.units),
            _limits_text(ends, shown),
            panel,
            is_required,
            cells,
            baseline,
            "" if change is None else _signed(format_percent(change, 1)),
            "" if change is None or analyte.cvi is None else BEYOND if is_beyond(change, analyte.cvi) else WITHIN,
        )

    def _severity(self, lab: Lab) -> tuple[int, str] | None:
        """When the current reading was collected and the gravest severity of the met rules that rest on it, if any does."""
        if not lab.present[0]:
            return None
        found = self.severities.get((lab.analyte.key, tuple(self._ids(int(lab.row[0])))))
        return None if found is None else (int(lab.at[0]), found.value)

    def _calculated(self, analyte: Analyte) -> dict[int, tuple[Interval, str, list[int]]]:
        """The calculated readings of an analyte by instant: value, method, and the results they come from."""
        readings = self.labs.readings
        rows = readings.view.row(readings.places_of(analyte.number))
        rows = rows[readings.method(rows) != REPORTED]
        flags = readings.flags(rows)
        ends = (readings.low(rows), readings.high(rows), (flags & LOW_OPEN) != 0, (flags & HIGH_OPEN) != 0)
        columns = (rows, readings.at(rows), readings.method(rows), *ends)
        return {
            at: (Interval(low, high, low_open, high_open), METHODS[method], self._ids(row))
            for row, at, method, low, high, low_open, high_open in zip(*(each.tolist() for each in columns), strict=True)
        }

    def _baseline(self, lab: Lab, shown: Shown, cells: Mapping[int, Cell]) -> Baseline | None:
        """The baseline of the course, where there is one; of eGFR the one of the kind that the comparison uses."""
        treatment, reach = self.labs.treatment, self.catalogue.protocols.baseline_reach
        if isinstance(lab, EgfrLab) and not np.isnan(lab.baseline.low[0]):
            day = date.fromordinal(int(lab.baseline_day[0]))
            value = interval_of(lab.baseline, 0)
            of_that_day = [cells[place] for place in cells if self.columns[place].on == day and cells[place].value == value]
            method = METHODS[CKD_EPI_2021] if lab.by_calculation[0] else ""
            return Baseline(of_that_day[0] if of_that_day else Cell(shown.text(value), method=method, value=value), day)
        base = lab.baseline_lab
        if not (treatment.started[0] and base.present[0] and (base.pinned[0] or base.day[0] >= treatment.start[0] - reach)):
            return None
        cell = cells.get(self.place.get(int(base.at[0]), -1))
        return None if cell is None else Baseline(replace(cell, finding=""), date.fromordinal(int(base.day[0])), bool(base.pinned[0]))

    def _change(self, lab: Lab) -> float | None:
        """Change of the current value from baseline in percent, where both are one number and comparable."""
        current, base = lab.like_with_like if isinstance(lab, EgfrLab) else (lab.bounds, lab.baseline)
        now, then = interval_of(current, 0), interval_of(base, 0)
        return (now.low / then.low - 1) * 100 if now.is_exact and then.is_exact and then.low > 0 else None


def _signed(text: str) -> str:
    return text if text.startswith("-") or text == "0" else f"+{text}"


def _limits_text(ends: Sequence[float], shown: Shown) -> str:
    """``2–7.5``, ``<5``, ``≥60`` in the unit shown; empty where neither limit is known."""
    low, high = (None if np.isnan(each) else format_rounded(each * shown.factor) for each in ends)
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
