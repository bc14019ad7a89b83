"""The patient's own page: what was checked, what it means, what is missing and why it matters, next dates; in plain words.

What a finding means is said in the rule's own words for patients. Nothing here is about anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from labtrack.catalogue import Catalogue
from labtrack.clinic.choices import MISSING, screening_states
from labtrack.clinic.cohorts import load_cohorts
from labtrack.clinic.display import checked_units, day_text, factor_of, unit_of, value_text
from labtrack.clinic.engine import Judgment
from labtrack.clinic.judging import Judge
from labtrack.clinic.patient_page import FoundLine, Treatment, read_page
from labtrack.clinic.plain_words import WHY_PANEL, WHY_SCREENING, listed, missing_text, when_text, why_text
from labtrack.clinic.series_views import HIGH, LOW, TrendReading, trend_readings
from labtrack.clinic.trends import Choice, SeriesMaker, choices_of
from labtrack.core.judgment import Check, Reason, Verdict, reasons_of
from labtrack.core.quantity import format_number
from labtrack.core.record import Event
from labtrack.labs.verdicts import NOT_MET, UNKNOWN
from labtrack.store import Reader, StoredPatient

_FLAGS = {LOW: "below the usual range", HIGH: "above the usual range", "": "in the usual range"}
_SCREENING = "screening"


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """Something that stands out: what it means, and the results that it rests on."""

    text: str
    results: tuple[str, ...]
    is_seen: bool


@dataclass(frozen=True, slots=True)
class OwnValue:
    """The last result of one analyte: plain name, value, day, where it stands, and what it was before."""

    analyte: str
    name: str
    value: str
    on: date
    range: str
    earlier: str


@dataclass(frozen=True, slots=True)
class OwnPanel:
    """Results that belong together."""

    name: str
    values: tuple[OwnValue, ...]


@dataclass(frozen=True, slots=True)
class OwnGap:
    """What is missing, and why it matters."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnDate:
    """The next check of one kind."""

    what: str
    on: date
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One patient's page. ``answered`` questions could be judged, whatever the answer."""

    mrn: str
    name: str
    as_of: date
    medicine: str
    findings: tuple[OwnFinding, ...]
    panels: tuple[OwnPanel, ...]
    gaps: tuple[OwnGap, ...]
    dates: tuple[OwnDate, ...]
    choices: tuple[Choice, ...]
    answered: int


class Kind(StrEnum):
    """What a piece of the page is."""

    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"
    TEXT = "text"
    ITEM = "item"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of the page."""

    kind: Kind
    text: str


def read_own_page(reader: Reader, judge: Judge, stored: StoredPatient, today: date, units: str) -> OwnPage:
    """The page as the record stands."""
    checked_units(units)
    engine, catalogue = judge.engine, judge.engine.catalogue
    (loaded,) = load_cohorts(reader, catalogue, [stored.id])
    judgment = engine.judge_today(loaded.cohort, today.toordinal())
    page = read_page(reader, judge, stored, today)
    events = reader.events(stored.id).get(stored.id, ())
    return OwnPage(
        mrn=stored.patient.mrn,
        name=stored.patient.name,
        as_of=today,
        medicine=_medicine(page.treatment, today, catalogue),
        findings=tuple(_finding(each, judge, units) for each in page.found if each.finding.verdict is Verdict.MET),
        panels=tuple(_panels(judgment, today, units)),
        gaps=(*_gaps(judgment), *_sets(page.checks, catalogue), *_screening(page.checks, catalogue, stored, events, today)),
        dates=tuple(_date(each, catalogue, today) for each in page.checks),
        choices=tuple(choices_of(judgment, today.toordinal())),
        answered=sum(int(each.answer[0]) in (1, NOT_MET) for each in judgment.rules),
    )


def _medicine(treatment: Treatment, today: date, catalogue: Catalogue) -> str:
    course, dose = treatment.course, treatment.dose
    if course is None or dose is None:
        return "No treatment is recorded."
    drug = catalogue.drug(course.drug)
    name = drug.name if drug else course.drug
    amount = f"{name}, {format_number(dose.dose_mg)} mg {dose.frequency}"
    if course.stop_on is not None and course.stop_on <= today:
        return f"{name} was stopped on {day_text(course.stop_on)}."
    if course.start_on > today:
        return f"{amount}, is planned from {day_text(course.start_on)}."
    paused = f" It has been paused since {day_text(treatment.hold.start_on)}." if treatment.hold else ""
    return f"{amount}, since {day_text(course.start_on)}.{paused}"


def _finding(line: FoundLine, judge: Judge, units: str) -> OwnFinding:
    """The gravest of a family stands for it; its text is the rule's own."""
    finding, catalogue = line.finding, judge.engine.catalogue
    results = []
    for proof in finding.evidence:
        analyte = catalogue.analytes[proof.analyte]
        factor = factor_of(analyte, units)
        limits = [] if proof.limit is None else [proof.limit.low * factor]
        value = f"{value_text(proof.value.scaled(factor), limits)} {unit_of(analyte, units)} on {day_text(proof.collected_on)}"
        before = ""
        if proof.baseline is not None and proof.baseline_on is not None:
            before = f"; before the treatment {value_text(proof.baseline.scaled(factor))} on {day_text(proof.baseline_on)}"
        results.append(f"{_capital(analyte.plain_name)}: {value}{before}")
    return OwnFinding(judge.engine.rules[finding.rule].sections["For the patient"], tuple(results), line.acknowledged)


def _panels(judgment: Judgment, today: date, units: str) -> Iterator[OwnPanel]:
    catalogue = judgment.labs.catalogue
    maker = SeriesMaker(judgment, today, units, plain=True)
    by_panel: dict[str, list[OwnValue]] = {key: [] for key in (*catalogue.panels, "")}
    for key, analyte in catalogue.analytes.items():
        readings = list(trend_readings(judgment, [key], today.toordinal()))
        if readings:
            by_panel.setdefault(analyte.panel, []).append(_value(maker, readings, units))
    for panel, values in by_panel.items():
        if values:
            name = catalogue.panels[panel].plain_name if panel in catalogue.panels else "other tests"
            yield OwnPanel(_capital(name), tuple(values))


def _value(maker: SeriesMaker, readings: Sequence[TrendReading], units: str) -> OwnValue:
    analyte, newest = readings[-1].analyte, readings[-1]
    series = maker.series(analyte, readings)
    *before, last = series.points
    told = []
    if before:
        told.append(f"the time before {before[-1].text} on {day_text(date.fromordinal(int(before[-1].at)))}")
    if series.baseline is not None and series.baseline not in (last, *before[-1:]):
        told.append(f"before the treatment {series.baseline.text}")
    is_open = not newest.flag and not _is_inside(newest)
    where = f"usual range {series.usual}" if is_open else f"{_FLAGS[newest.flag]} ({series.usual})"
    where = where if series.usual else ""
    value = f"{last.text} {unit_of(analyte, units)}"
    return OwnValue(analyte.key, _capital(analyte.plain_name), value, date.fromordinal(int(last.at)), where, ", ".join(told))


def _is_inside(reading: TrendReading) -> bool:
    """Whether a value that is not flagged surely lies inside: a wide bound leaves that open."""
    value = reading.value
    return value.is_exact or not (value.low < reading.lower or value.high > reading.upper)


def _gaps(judgment: Judgment) -> Iterator[OwnGap]:
    """What could not be judged, by panel and reason, each analyte once."""
    found: dict[tuple[str, Reason], dict[str, None]] = {}
    for judged in judgment.rules:
        if judged.answer[0] != UNKNOWN:
            continue
        reason = reasons_of(int(judged.verdicts.reasons[0]))[0]
        names = found.setdefault((judged.rule.panel, reason), {})
        for term in judged.verdicts.terms_of(0):
            if term.answer[0] == UNKNOWN:
                names[term.lab.analyte.plain_name] = None
    for (panel, reason), names in found.items():
        if reason is not Reason.NO_TREATMENT_START:
            yield OwnGap(missing_text(reason, tuple(names)), WHY_PANEL.get(panel, WHY_PANEL[""]))


def _sets(checks: Sequence[Check], catalogue: Catalogue) -> Iterator[OwnGap]:
    """What the last set of a panel lacked."""
    for each in checks:
        if each.missing:
            names = tuple(catalogue.analytes[key].plain_name for key in each.missing)
            yield OwnGap(f"Your last {catalogue.panels[each.panel].plain_name} lacked: {listed(names)}.", WHY_PANEL.get(each.panel, ""))


def _screening(
    checks: Sequence[Check], catalogue: Catalogue, stored: StoredPatient, events: Sequence[Event], today: date
) -> Iterator[OwnGap]:
    if any(each.panel == _SCREENING for each in checks):
        states = screening_states(catalogue, stored.patient, events, today)
        names = tuple(each.plain_name for each in states if each.state == MISSING)
        if names:
            yield OwnGap(f"Not recorded yet: {listed(names)}. They may be done already.", WHY_SCREENING)


def _date(check: Check, catalogue: Catalogue, today: date) -> OwnDate:
    if check.panel in catalogue.panels:
        what = catalogue.panels[check.panel].plain_name
    elif check.panel in catalogue.event_kinds:
        what = catalogue.event_kinds[check.panel].plain_name
    else:
        what = "checks before the treatment"
    return OwnDate(_capital(what), check.due_on, when_text(check, today), why_text(check.reason))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def page_data(page: OwnPage) -> dict[str, object]:
    """The page as plain data for JSON: dates as texts, empty texts kept."""
    data = asdict(page)
    del data["choices"]
    data["as_of"] = page.as_of.isoformat()
    for each in data["dates"]:
        each["on"] = each["on"].isoformat()
    for panel in data["panels"]:
        for value in panel["values"]:
            value["on"] = value["on"].isoformat()
    return data


def blocks(page: OwnPage) -> Iterator[Block]:
    """The whole page as paragraphs, in the order of reading."""
    yield Block(Kind.TITLE, f"{page.name or 'Your page'} (MRN {page.mrn})")
    yield Block(Kind.TEXT, f"Your results as of {day_text(page.as_of)}. Questions about this page are questions for your team.")
    yield Block(Kind.HEADING, "Your treatment")
    yield Block(Kind.TEXT, page.medicine)
    yield Block(Kind.HEADING, "What stands out")
    yield from _finding_blocks(page)
    yield Block(Kind.HEADING, "What is next")
    if not page.dates:
        yield Block(Kind.TEXT, "No date is planned, because no treatment is running or planned.")
    for each in page.dates:
        yield Block(Kind.ITEM, f"{each.what}: {each.when}. {each.why}".rstrip())
    yield Block(Kind.HEADING, "What is missing, and why it matters")
    if not page.gaps:
        yield Block(Kind.TEXT, "Nothing is missing.")
    for gap in page.gaps:
        yield Block(Kind.ITEM, f"{gap.text} {gap.why}".rstrip())
    yield Block(Kind.HEADING, "What was checked")
    if not page.panels:
        yield Block(Kind.TEXT, "No result is on record yet.")
    for panel in page.panels:
        yield Block(Kind.SUBHEADING, panel.name)
        for value in panel.values:
            parts = [f"{value.name}: {value.value} on {day_text(value.on)}", value.range, value.earlier]
            yield Block(Kind.ITEM, f"{', '.join(filter(None, parts))}.")
    yield Block(Kind.TEXT, "The usual range is that of the laboratory. A value outside it is common and need not mean an illness.")


def _finding_blocks(page: OwnPage) -> Iterator[Block]:
    if not page.findings and not page.panels:
        yield Block(Kind.TEXT, "There is no result on record yet, so nothing can be said about your blood. See what is missing.")
    elif not page.findings:
        more = " Some could not be answered: see what is missing." if page.gaps else ""
        yield Block(Kind.TEXT, f"Nothing. {page.answered} questions about your results and your treatment were looked at.{more}")
    for each in page.findings:
        yield Block(Kind.ITEM, each.text + (" Your team has looked at this." if each.is_seen else ""))
        for result in each.results:
            yield Block(Kind.DETAIL, result)
