"""The clinician's report of one patient: what the record, the engine and the patient's page say, in the report's model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from labtrack import __version__
from labtrack.clinic.choices import MISSING, screening_states
from labtrack.clinic.cohorts import load_cohorts
from labtrack.clinic.display import day_text
from labtrack.clinic.engine import Judgment
from labtrack.clinic.grid import Grid, GridRow, grid_of
from labtrack.clinic.grid_cells import Cell
from labtrack.clinic.judging import Judge
from labtrack.clinic.patient_page import FoundLine, PatientPage, read_page
from labtrack.clinic.report_trends import chosen_analytes, trends_of
from labtrack.clinic.rulebook import MARKS
from labtrack.clinic.series_views import HIGH, LOW, TrendReading, trend_readings
from labtrack.core.judgment import Check, CheckStatus, Reason, Region, Severity, Verdict
from labtrack.core.record import Course, Event, Sex
from labtrack.exchange.report.model import Flag, Found, Headings, Item, Person, Report, Row, Sign
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN
from labtrack.rules.sources import sources_for
from labtrack.store import Reader, StoredPatient

SEXES = {Sex.FEMALE: "female", Sex.MALE: "male"}
SIGNS = {Severity.URGENT: Sign.URGENT, Severity.ACTION: Sign.ACTION, Severity.WATCH: Sign.WATCH}
#: Analytes that get a chart.
_CHARTS = 4
#: Characters of a headline, and of a name at the foot of a page.
_HEADLINE, _NAME = 72, 48
_SCREENING = "screening"
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
HEADINGS = Headings(
    "What was found", "", "What was checked", "Trends", "What is missing", "Next checks", "Sources", "The numbers behind the charts"
)
LEGEND = (
    "Gray: reference range. Dashed: thresholds of rules. B: baseline. Filled: reported, ring: calculated, ▼ less than, ▲ more than. "
    "No line over a gap. Dotted: start of a dose."
)
_COLUMNS = ("Test", "Latest", "Unit", "Collected", "Baseline", "Change", "Reference", "Flag")
_SHARES = (0.10, 0.10, 0.13, 0.11, 0.18, 0.09, 0.11, 0.18)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of one patient on one day that a report is made from."""

    stored: StoredPatient
    as_of: date
    page: PatientPage
    grid: Grid
    judgment: Judgment
    courses: tuple[Course, ...]
    events: tuple[Event, ...]


def read_facts(reader: Reader, judge: Judge, stored: StoredPatient, as_of: date, units: str) -> Facts:
    """One patient as the record stands, judged on a day; UsageError for units that there are not."""
    (loaded,) = load_cohorts(reader, judge.engine.catalogue, [stored.id])
    return Facts(
        stored,
        as_of,
        read_page(reader, judge, stored, as_of),
        grid_of(judge.engine, reader, stored, as_of, units),
        judge.engine.judge_today(loaded.cohort, as_of.toordinal()),
        tuple(reader.courses(stored.id).get(stored.id, ())),
        tuple(reader.events(stored.id).get(stored.id, ())),
    )


def clinician_report(facts: Facts, judge: Judge, units: str, clinic_name: str) -> Report:
    """The report in the words of the rules."""
    patient, page, region = facts.stored.patient, facts.page, judge.engine.region
    rows = tuple(_rows(facts))
    standing_out = [proof.analyte for line in page.found if line.finding.verdict is Verdict.MET for proof in line.finding.evidence]
    keys = chosen_analytes(facts.judgment, standing_out, facts.as_of.toordinal(), _CHARTS)
    sources = tuple(_sources(facts, judge))
    checked = sorted({judge.engine.catalogue.sources[each.note].checked_on for each in sources})
    return Report(
        plain=False,
        paper=paper_of(region),
        title="Laboratory monitoring",
        clinic=clinic_name,
        as_of=f"as of {day_text(facts.as_of)}",
        person=Person(patient.name, patient.mrn, about_text(facts)),
        treatment=spoken(capital(page.treatment.text)),
        facts=tuple(f"{capital(risk.fact)}. {risk.says}" for risk in page.risks),
        headings=HEADINGS,
        found=tuple(_found(each, judge) for each in page.found),
        tally=_tally(facts.judgment),
        asks=(),
        columns=_COLUMNS,
        shares=_SHARES,
        rows=rows,
        no_rows="Nothing was checked: there is no result on record.",
        in_range="Also in range:",
        no_range="No reference range:",
        trends=trends_of(patient, facts.judgment, facts.courses, keys, facts.as_of, units, plain=False),
        legend=LEGEND,
        gaps=tuple(_gaps(facts, judge)),
        no_gaps="No required test is missing.",
        dates=tuple(_date(each, facts, judge) for each in page.checks),
        no_dates="No check is planned: no treatment is running or planned.",
        sources=tuple(Item(each.label, each.text) for each in sources),
        sources_note=_sources_note(sources, checked),
        rest=f"The HTML page and `labtrack show {patient.mrn}` have them.",
        footer=(
            f"{shortened(patient.name)}, MRN {patient.mrn}.",
            f"labtrack {__version__}, rule set {judge.rule_set}, labels of region {region.value}.",
            "labtrack says what label and article say and decides nothing; it is not a medical device.",
        ),
        made_on=(facts.as_of.year, facts.as_of.month, facts.as_of.day),
        program=f"labtrack {__version__}",
    )


def paper_of(region: Region) -> str:
    """The paper in use where a region's labels are."""
    return "letter" if region is Region.US else "a4"


def about_text(facts: Facts) -> str:
    """Birth date, age and sex, each also where it is not recorded."""
    patient, age = facts.stored.patient, facts.page.age
    born = "birth date not recorded" if patient.birth_date is None else f"born {day_text(patient.birth_date)} ({age} years)"
    return f"{born}  ·  {SEXES.get(patient.sex, 'sex not recorded')}"


def capital(text: str) -> str:
    """A sentence with its first letter raised, unless that is a part of an abbreviation.

    >>> capital("not settled"), capital("eGFR 27")
    ('Not settled', 'eGFR 27')
    """
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def shortened(name: str) -> str:
    """A name for the foot of a page, where the head has all of it."""
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"


def spoken(text: str) -> str:
    """ISO dates in a sentence as a reader writes them.

    >>> spoken("since 2026-03-03 (week 37)")
    'since 3 Mar 2026 (week 37)'
    """

    def said(match: re.Match[str]) -> str:
        try:
            return day_text(date.fromisoformat(match[0]))
        except ValueError:
            return match[0]

    return _ISO_DAY.sub(said, text)


def _found(line: FoundLine, judge: Judge) -> Found:
    finding = line.finding
    if finding.verdict is not Verdict.MET:
        reason = finding.reason.in_words if finding.reason else "for no known reason"
        rules = ", ".join(each.rule for each in (finding, *line.others))
        return Found(Sign.UNKNOWN, "cannot evaluate", f"{reason}: {rules}")
    basis = f" ({finding.basis})" if finding.basis else ""
    seen = ""
    if line.acknowledged:
        seen = f", acknowledged{f' until {day_text(line.until)}' if line.until else ''}"
    also = f"Also met: {'; '.join(spoken(each.headline) for each in line.others)}." if line.others else ""
    differs = judge.engine.rules[finding.rule].sections["Differs from the label"]
    message = capital(finding.message)
    return Found(
        SIGNS[finding.severity],
        finding.severity.value,
        f"{_brief(spoken(finding.headline))}{basis}{seen}",
        " ".join(filter(None, [spoken(message), also])),
        (f"Rule {finding.rule}. Sources: {finding.source}. Where article and label differ: {differs}",),
    )


def _brief(headline: str) -> str:
    """A headline that is one: a long list stands in the message as well."""
    return headline if len(headline) <= _HEADLINE else f"{headline[:_HEADLINE].rpartition(' ')[0].rstrip(',:')} …"


def _tally(judgment: Judgment) -> str:
    """How many rules were asked and what they answered: nothing found is never nothing checked."""
    counts = Counter(int(each.answer[0]) for each in judgment.rules)
    met, no, unknown = counts[MET], counts[NOT_MET], counts[UNKNOWN]
    rest = len(judgment.rules) - met - no - unknown
    return f"{len(judgment.rules)} rules were asked: {met} met, {no} not met, {unknown} cannot be evaluated, {rest} do not apply."


def _rows(facts: Facts) -> Iterator[Row]:
    """The table: the last usable value of each analyte, and a line for a required one that has none."""
    grid, day, old = facts.grid, facts.as_of, stale_analytes(facts.page)
    for panel in grid.panels:
        for row in panel.rows:
            usable, newest = newest_cells(grid, row, day)
            if usable is None and newest is None and not row.is_required:
                continue
            readings = list(trend_readings(facts.judgment, [row.analyte], day.toordinal()))
            yield _row(panel.name, row, usable, doubt_of(row, newest, old), readings[-1] if readings else None)


#: A cell and the day of its column.
Dated = tuple[Cell, date]


def newest_cells(grid: Grid, row: GridRow, day: date) -> tuple[Dated | None, Dated | None]:
    """The last usable cell up to a day, and the newest one after it that cannot be used."""
    usable: Dated | None = None
    newest: Dated | None = None
    for place in sorted(row.cells):
        on = grid.columns[place].on
        if on > day:
            break
        cell = row.cells[place]
        if cell.is_usable:
            usable, newest = (cell, on), None
        else:
            newest = (cell, on)
    return usable, newest


def stale_analytes(page: PatientPage) -> dict[str, date]:
    """Analytes with a result that some rule finds too old to rely on, and its day."""
    return {
        proof.analyte: proof.collected_on
        for line in page.found
        for finding in (line.finding, *line.others)
        if Reason.STALE in finding.reasons
        for proof in finding.evidence
    }


def doubt_of(row: GridRow, newest: Dated | None, old: Mapping[str, date]) -> str:
    """Why a value, though usable, is not to be relied on; empty where nothing speaks against it."""
    if newest:
        return f"newer report unusable ({newest[0].text}, {day_text(newest[1])})"
    return "too old to rely on" if row.analyte in old else ""


def _row(panel: str, row: GridRow, usable: Dated | None, doubt: str, reading: TrendReading | None) -> Row:
    baseline = f"{row.baseline.cell.text} ({day_text(row.baseline.on)})" if row.baseline else "none"
    if usable is None:
        cells = (row.short, "none", row.unit, "", baseline, "", row.limits)
        return Row(panel, (*cells, doubt.removeprefix("newer ") or "never tested"), Flag.OPEN)
    cell, on = usable
    flag, words = flag_of(cell, reading)
    if doubt and flag is Flag.INSIDE:
        flag, words = Flag.OPEN, "was in range"
    sign = SIGNS[Severity(cell.finding)] if cell.finding else None
    told = [words, f"· {cell.finding}" if cell.finding else "", f"· {doubt}" if doubt else ""]
    marks = ("*" if cell.is_amended else "") + (" calc." if cell.method else "")
    change = f"{row.change} %" if row.change else ""
    calm = flag in (Flag.INSIDE, Flag.NONE) and sign is None and not doubt
    rank = 0 if not calm or row.is_required else 1 if row.panel else 2
    cells = (row.short, f"{cell.text}{marks}", row.unit, day_text(on), baseline, change, row.limits)
    return Row(panel, (*cells, " ".join(filter(None, told))), flag, sign, rank, f"{row.short} {cell.text}{marks} {row.unit}")


def flag_of(cell: Cell, reading: TrendReading | None) -> tuple[Flag, str]:
    """Where a value stands; *in range* only where it surely does."""
    if cell.flag == HIGH:
        return Flag.HIGH, "high"
    if cell.flag == LOW:
        return Flag.LOW, "low"
    if reading is None or (reading.lower != reading.lower and reading.upper != reading.upper):
        return Flag.NONE, "no range"
    value = reading.value
    if not value.is_exact and (value.low < reading.lower or value.high > reading.upper):
        return Flag.OPEN, "not certain"
    return Flag.INSIDE, "in range"


def _gaps(facts: Facts, judge: Judge) -> Iterator[Item]:
    """What was never tested, cannot be read, is too old, or was left out of a set."""
    catalogue, grid, day = judge.engine.catalogue, facts.grid, facts.as_of
    cells = [(row, *newest_cells(grid, row, day)) for row in grid.rows]
    never = [row.short for row, usable, newest in cells if row.is_required and usable is None and newest is None]
    if never:
        yield Item("Never tested:", ", ".join(never))
    for row, _, newest in cells:
        if newest:
            status = f", {newest[0].status}" if newest[0].status else ""
            yield Item("Unusable:", f"{row.short} “{newest[0].text}” of {day_text(newest[1])}{status}")
    old = stale_analytes(facts.page)
    if old:
        yield Item("Too old to rely on:", ", ".join(f"{catalogue.analytes[key].short} of {day_text(on)}" for key, on in old.items()))
    for check in facts.page.checks:
        if check.missing:
            names = ", ".join(catalogue.analytes[key].short for key in check.missing)
            yield Item("Incomplete:", f"the last {catalogue.panels[check.panel].name.lower()} set lacks {names}")
    if any(check.panel == _SCREENING for check in facts.page.checks):
        states = screening_states(catalogue, facts.stored.patient, facts.events, day)
        items = [each.name for each in states if each.state == MISSING]
        if items:
            told = any(items[-1] in line.finding.message for line in facts.page.found)
            yield Item("Screening not settled:", f"{len(items)} items, named above" if told else ", ".join(items))


def _date(check: Check, facts: Facts, judge: Judge) -> Item:
    catalogue = judge.engine.catalogue
    if check.panel in catalogue.panels:
        name = catalogue.panels[check.panel].name
    elif check.panel in catalogue.event_kinds:
        name = catalogue.event_kinds[check.panel].name
    else:
        name = "Screening"
    days = (facts.as_of - check.due_on).days
    status = f"OVERDUE by {days} days" if check.status is CheckStatus.OVERDUE else "due now" if check.status is CheckStatus.DUE else "later"
    return Item(f"{name}:", f"{day_text(check.due_on)}, {status}", f"({check.reason})" if check.reason else "")


def _sources(facts: Facts, judge: Judge) -> Iterator[Item]:
    """The sources of what was found and of what could not be told, of the risk factors and of the schedule; ``note`` is the id."""
    catalogue, region = judge.engine.catalogue, judge.engine.region
    drug = catalogue.drug_numbered(int(facts.judgment.labs.treatment.drug[0]))
    findings = [each for line in facts.page.found for each in (line.finding, *line.others)]
    found = {
        source.id: source
        for finding in sorted(findings, key=lambda each: each.verdict is not Verdict.MET)
        for source in sources_for(judge.engine.rules[finding.rule], drug, region)
    }
    found.update((risk.source.id, risk.source) for risk in facts.page.risks)
    if facts.page.checks:
        found["schedule"] = catalogue.sources["schedule"]
    for source in found.values():
        yield Item(f"[{source.mark}]", source.text, source.id)


def _sources_note(sources: Sequence[Item], checked: Sequence[date]) -> str:
    """What the marks mean, and when the sources were checked."""
    if not sources:
        return "No source is cited: nothing was found and nothing is planned."
    marks = dict.fromkeys(each.label for each in sources)
    told = "; ".join(f"{each} {MARKS[each.strip('[]')]}" for each in marks)
    days = day_text(checked[0]) if checked[0] == checked[-1] else f"{day_text(checked[0])} to {day_text(checked[-1])}"
    return f"{told}. Checked on {days}."
