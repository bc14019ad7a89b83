"""What is judged: findings, next checks, the worklist, one patient's results and trends, acknowledgements."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.help import command, program
from labtrack.cli.options import AsOf, Db, In, Mrn, OnlyPatient, Reason, RegionName, argument, given, option
from labtrack.cli.output import Format, Row, counted, is_plain, note, put
from labtrack.cli.session import opened
from labtrack.cli.tables import Cells, Column, has_color, terminal_width
from labtrack.cli.typed import choice, day, whole
from labtrack.core.errors import UsageError
from labtrack.core.judgment import Severity, Verdict, WorklistState

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

commands = program()


def _answer(cells: Cells) -> str:
    """How grave it is where the rule is met, the verdict where it is not."""
    return cells["severity"] if cells["verdict"] == Verdict.MET else cells["verdict"]


def _missing(cells: Cells) -> str:
    """The required analytes that the last set lacked."""
    return f" (last set lacked {cells['missing'].replace(';', ', ')})" if cells["missing"] else ""


_MRN = Column.of("mrn", "patient")
_FINDINGS = (Column("answer", _answer, toned=True), Column.of("rule"), Column.of("message", "what it says", soft=True))
_CHECKS = (
    Column.of("panel", "check"),
    Column.of("due_on", "due"),
    Column.of("status", toned=True),
    Column("because", lambda cells: cells["reason"] + _missing(cells), soft=True),
)


def put_findings(rows: Iterable[Row], format: Format = Format.TABLE, *, one_patient: bool = False) -> int:
    """Findings to stdout; how many."""
    from labtrack.clinic.views import ASSESS_COLUMNS

    if format is Format.TABLE:
        rows = _gravest_first(rows)
    return put(rows, ASSESS_COLUMNS, format, _FINDINGS if one_patient else (_MRN, *_FINDINGS))


def _gravest_first(rows: Iterable[Row]) -> Iterator[Row]:
    """Each patient's findings in the order in which a person wants to read them; the patients as they come."""
    order = {
        **{severity.value: severity.rank for severity in Severity},
        Verdict.CANNOT_EVALUATE.value: 3,
        Verdict.NOT_MET.value: 4,
        Verdict.NOT_APPLICABLE.value: 5,
    }
    for _, findings in groupby(rows, key=lambda row: row["mrn"]):
        yield from sorted(findings, key=lambda row: order[_answer({key: str(row[key]) for key in ("verdict", "severity")})])


def put_checks(rows: Iterable[Row], format: Format = Format.TABLE, *, names: Mapping[str, str] | None = None) -> int:
    """Next checks to stdout; how many. A table of several patients tells their ``names`` by MRN."""
    from labtrack.clinic.views import DUE_COLUMNS

    if format is not Format.TABLE or names is None:
        return put(rows, DUE_COLUMNS, format, _CHECKS)
    named = ({**row, "name": names.get(str(row["mrn"]), "")} for row in rows)
    return put(named, (*DUE_COLUMNS, "name"), format, (Column.of("mrn"), Column.of("name", soft=True), *_CHECKS))


def names_of(clinic: Clinic) -> dict[str, str]:
    """Every patient's name by MRN."""
    return {each.mrn: each.name for each in clinic.patients()}


@command(commands, "assess", "labtrack assess --patient 10021 --as-of 2026-11-22", "To look")
def assess(
    context: typer.Context,
    patient: OnlyPatient = None,
    every: Annotated[bool, option("--all", help="Also the rules that are not met or not applicable.")] = False,
    as_of: AsOf = None,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Judge every rule: what is met, and what cannot be evaluated and why."""
    with opened(context) as clinic:
        rows = clinic.assess(patient, given(context).as_of, every_verdict=every)
        number = put_findings(rows, format, one_patient=patient is not None)
        if not number:
            note(f"Nothing met and nothing that cannot be evaluated, of {_judged(clinic, patient)}.")


@command(commands, "due", "labtrack due --within 14", "To look")
def due(
    context: typer.Context,
    patient: OnlyPatient = None,
    within: Annotated[
        int | None, option("--within", metavar="DAYS", parser=whole, help="Only those due in so many days or before.")
    ] = None,
    as_of: AsOf = None,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """The next check of each panel, and what was missing at the last one."""
    with opened(context) as clinic:
        rows = clinic.due(patient, within, given(context).as_of)
        number = put_checks(rows, format, names=names_of(clinic) if patient is None and format is Format.TABLE else None)
        if not number:
            note(f"No check{' in that time' if within is not None else ''}, of {_judged(clinic, patient)}.")


def _judged(clinic: Clinic, patient: str | None) -> str:
    """Of whom nothing was found: nobody checked must not look like nothing found."""
    return f"patient {patient}" if patient is not None else counted(len(clinic.patients()), "patient")


_WORKLIST = (
    Column("patient", lambda cells: f"{cells['name']}\n{cells['mrn']}", soft=True),
    Column("finding", lambda cells: _line_of(cells), soft=True, toned=True, most=4),
    Column("next check", lambda cells: _next_of(cells)),
)


def _line_of(cells: Cells) -> str:
    """How grave it is and by which rule, or the state where nothing waits; what cannot be told; the finding itself."""
    parts = [] if cells["state"] == WorklistState.NEEDS_ACTION else [cells["state"]]
    parts += [f"{cells['worst']}: {cells['rule']}"] if cells["worst"] else []
    unknown = int(cells["cannot_evaluate"] or 0)
    parts += [f"{counted(unknown, 'rule')} cannot be evaluated"] if unknown else []
    return "\n".join(filter(None, ("; ".join(parts), cells["message"])))


def _next_of(cells: Cells) -> str:
    return f"{cells['next_panel']} {cells['next_status']}\n{cells['next_due']}" if cells["next_panel"] else "none"


@command(commands, "worklist", "labtrack worklist --state overdue", "To look")
def worklist(
    context: typer.Context,
    state: Annotated[
        WorklistState | None,
        option("--state", metavar="STATE", parser=choice(WorklistState), help=f"Only those in one state: {', '.join(WorklistState)}."),
    ] = None,
    as_of: AsOf = None,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Everyone, most urgent first: state, gravest finding, next check."""
    with opened(context) as clinic:
        put_worklist(clinic, given(context).as_of, format, state)


def put_worklist(clinic: Clinic, as_of: date | None, format: Format = Format.TABLE, state: WorklistState | None = None) -> None:
    """The worklist to stdout, how many are in each state to stderr."""
    from labtrack.clinic.views import WORKLIST_COLUMNS

    everyone = clinic.worklist(as_of=as_of)
    tallies = Counter(row["state"] for row in everyone)
    shown = [row for row in everyone if state is None or row["state"] == state]
    put(shown, WORKLIST_COLUMNS, format, _WORKLIST, spaced=True)
    note(f"{clinic.settings.clinic_name or 'Worklist'} on {(as_of or clinic.today).isoformat()}, {clinic.region.value} labels:")
    words = [f"{each.value.replace('-', ' ')} {tallies[each.value]:,}" for each in WorklistState]
    note(f"  all {len(everyone):,}, {', '.join(words)}.")
    for silence in clinic.silences():
        note(silence)
    if shown and format is Format.TABLE:
        note("All about one patient: labtrack patient show MRN")


def _range_of(cells: Cells) -> str:
    low, high = cells["ref_low"], cells["ref_high"]
    if low and high:
        return f"{low}–{high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


COLLECTED = Column("collected", lambda cells: cells["collected_at"].replace("T", " "))
_VALUE = Column("value", lambda cells: f"{cells['value']} {cells['unit']}".strip())
_SHOW = (
    Column.of("result_id", "number", right=True),
    COLLECTED,
    Column.of("analyte"),
    _VALUE,
    Column.of("flag"),
    Column("range", _range_of),
    Column(
        "remarks",
        lambda cells: ", ".join(
            each
            for each in (
                "superseded" if cells["superseded"] else "",
                "" if cells["status"] == "final" else cells["status"],
                cells["note"],
                cells["lab"],
            )
            if each
        ),
        soft=True,
    ),
)


@command(commands, "show", "labtrack show 10021", "To look")
def show(context: typer.Context, mrn: Mrn, format: In = Format.TABLE, db: Db = None, region: RegionName = None) -> None:
    """Every result of one patient as it was reported, newest first; replaced ones are marked."""
    from labtrack.clinic.views import SHOW_COLUMNS

    with opened(context) as clinic:
        number = put(clinic.show(mrn), SHOW_COLUMNS, format, _SHOW)
        if not number:
            note(f"No result is recorded for {mrn}.")


#: Rows of the terminal for each analyte of a chart, and for what stands below them.
_CHART_ROWS, _AXIS_ROWS = 12, 5
_TREND = (
    Column.of("analyte"),
    COLLECTED,
    _VALUE,
    Column.of("flag"),
    Column("range", _range_of),
    Column("change", lambda cells: f"{float(cells['change_percent']):+.1f} %" if cells["change_percent"] else "", right=True),
    Column("treatment", lambda cells: _treatment(cells), soft=True),
    Column.of("method", soft=True),
)


def _treatment(cells: Cells) -> str:
    if not cells["drug"]:
        return ""
    dose = f" {cells['dose_mg_per_day']} mg a day" if cells["dose_mg_per_day"] else ", dose not known"
    return f"{cells['drug']}{dose}{', on hold' if cells['on_hold'] else ''}"


@command(commands, "trend", "labtrack trend 10021 anc ldl", "To look")
def trend(
    context: typer.Context,
    mrn: Mrn,
    analytes: Annotated[list[str], argument(metavar="KEY", help="Analytes, such as anc ldl egfr.")],
    chart: Annotated[
        bool | None,
        option("--chart/--no-chart", help="Draw a chart above the table, or none; on a terminal there is one unless said."),
    ] = None,
    as_of: AsOf = None,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Some analytes of one patient over time, calculated values marked, with the change from baseline and the treatment."""
    from labtrack.clinic.views import TREND_COLUMNS

    if chart and format is not Format.TABLE:
        raise UsageError(f"A chart is drawn above the table; --format {format.value} is for data alone.", "Leave --chart or --format out.")
    with opened(context) as clinic:
        if format is Format.TABLE and (sys.stdout.isatty() if chart is None else chart):
            put_charts(clinic, mrn, analytes, given(context).as_of)
        number = put(clinic.trend(mrn, analytes, given(context).as_of), TREND_COLUMNS, format, _TREND)
        if not number:
            note(f"No usable result of {', '.join(analytes)} is recorded for {mrn}.")


def put_charts(clinic: Clinic, mrn: str, analytes: Sequence[str], as_of: date | None) -> None:
    """Charts to stdout as wide as the terminal, a few analytes above each other; in plain ASCII where stdout has no more."""
    from labtrack.clinic.series_views import named_analytes
    from labtrack.clinic.trends import MOST_SERIES, chart_lines

    keys = named_analytes(analytes, clinic.catalogue)
    for first in range(0, len(keys), MOST_SERIES):
        chart = clinic.trend_charts(mrn, keys[first : first + MOST_SERIES], as_of).chart
        if chart.series:
            height = _CHART_ROWS * len(chart.series) + _AXIS_ROWS
            for line in chart_lines(chart, terminal_width(), height, color=has_color(sys.stdout), ascii=is_plain(sys.stdout)):
                sys.stdout.write(f"{line.rstrip()}\n")
            sys.stdout.write("\n")


@command(commands, "acknowledge", "labtrack acknowledge 10021 ldl-rise-30 --reason 'statin started' --until 2027-01-15", "To record")
def acknowledge(
    context: typer.Context,
    mrn: Mrn,
    rule: Annotated[str, argument(metavar="RULE", help="The id of a rule that is met.")],
    reason: Reason,
    until: Annotated[date | None, option("--until", metavar="DATE", parser=day, help="It ends after this day.")] = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Mark a finding as seen. A new result or a changed rule ends it; the finding itself stays in `assess`."""
    with opened(context) as clinic:
        clinic.acknowledge(mrn, rule, reason, until)
        note(f"Acknowledged: {rule} of {mrn}{f', until {until.isoformat()}' if until else ''}.")
