"""One patient at a glance: who, on what, what was found, what is next. The gravest of each family of rules, the rest folded under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue
from labtrack.clinic.judging import Judge, acknowledgements_of
from labtrack.clinic.lines import Acknowledged
from labtrack.clinic.risks import RiskFactor, drug_on, risk_factors, years_between
from labtrack.core.judgment import Assessment, Check, Finding, Verdict
from labtrack.core.record import Course, DoseStep, Hold, Patient
from labtrack.store import Reader, StoredPatient


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A met rule, or rules that cannot be evaluated for one reason.

    ``on`` is the day of the result it rests on. ``others`` are folded under it: of its family, or with the same reason.
    """

    finding: Finding
    on: date | None = None
    others: tuple[Finding, ...] = ()
    acknowledged: bool = False
    until: date | None = None

    @property
    def kind(self) -> str:
        """Severity if met, else the verdict."""
        met = self.finding.verdict is Verdict.MET
        return self.finding.severity.value if met else self.finding.verdict.value


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is taken on a day: the course, the dose in force, the hold in force, and all of it in a line."""

    text: str
    course: Course | None = None
    dose: DoseStep | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class PatientPage:
    """One patient on one day; ``results`` counts what is recorded, standing or not."""

    patient: Patient
    as_of: date
    age: int | None
    treatment: Treatment
    risks: tuple[RiskFactor, ...]
    found: tuple[FoundLine, ...]
    checks: tuple[Check, ...]
    results: int = 0


def found_lines(assessment: Assessment, judge: Judge, acknowledged: Sequence[Acknowledged] = ()) -> tuple[FoundLine, ...]:
    """Met findings, worst first, one for each family, those acknowledged last; then what cannot be evaluated, by reason."""
    rules, versions = judge.engine.rules, judge.versions
    by_family: dict[str, list[Finding]] = {}
    by_reason: dict[object, list[Finding]] = {}
    for each in assessment.findings:
        if each.verdict is Verdict.MET:
            by_family.setdefault(rules[each.rule].family, []).append(each)
        elif each.verdict is Verdict.CANNOT_EVALUATE:
            by_reason.setdefault(each.reason, []).append(each)
    lines = []
    for family in by_family.values():
        covering = {each.rule: _covering(each, acknowledged, versions, assessment.as_of) for each in family}
        first, *others = sorted(family, key=lambda each: (bool(covering[each.rule]), each.severity.rank))
        ends = [one.until for one in covering[first.rule] if one.until is not None]
        on = first.evidence[0].collected_on if first.evidence else None
        lines.append(FoundLine(first, on, tuple(others), bool(covering[first.rule]), min(ends, default=None)))
    lines.sort(key=lambda each: (each.acknowledged, each.finding.severity.rank))
    for first, *others in by_reason.values():
        lines.append(FoundLine(first, None, tuple(others)))
    return tuple(lines)


def _covering(finding: Finding, acknowledged: Sequence[Acknowledged], versions: Mapping[str, str], on: date) -> list[Acknowledged]:
    return [each for each in acknowledged if each.covers(finding, versions.get(finding.rule, ""), on)]


def treatment_on(courses: Sequence[Course], on: date, catalogue: Catalogue) -> Treatment:
    """The open course of a day, else the next planned, else the last one that was stopped."""
    ordered = sorted(courses, key=lambda each: each.start_on)
    taken = [each for each in ordered if each.start_on <= on and (each.stop_on is None or each.stop_on > on)]
    planned = [each for each in ordered if each.start_on > on and each.stop_on != each.start_on]
    ended = [each for each in ordered if each.start_on <= on and each.stop_on is not None and each.stop_on <= on]
    course = (taken or planned or ended[-1:] or [None])[0]  # type: ignore[list-item]
    if course is None:
        return Treatment("no treatment recorded")
    drug = catalogue.drugs[course.drug].name if course.drug in catalogue.drugs else course.drug
    dose = dose_on(course, max(on, course.start_on))
    said = f"{drug.lower()} {dose.dose_mg:g} mg {dose.frequency}"
    if course in planned:
        return Treatment(f"{said} planned from {course.start_on.isoformat()}", course, dose)
    if course not in taken:
        return Treatment(f"{drug.lower()} stopped on {course.stop_on and course.stop_on.isoformat()}", course, dose)
    holds = [each for each in course.holds if each.start_on <= on and (each.end_on is None or each.end_on > on)]
    weeks = (on - course.start_on).days // 7
    text = f"{said} since {course.start_on.isoformat()} (week {weeks})"
    if holds:
        text += f", ON HOLD since {holds[0].start_on.isoformat()} ({holds[0].reason})"
    return Treatment(text, course, dose, holds[0] if holds else None)


def dose_on(course: Course, on: date) -> DoseStep:
    """The dose in force on a day; of several steps of one day the last counts."""
    steps = [DoseStep(course.start_on, course.dose_mg, course.frequency, course.reason)]
    return [*steps, *sorted((each for each in course.doses if each.on <= on), key=lambda each: each.on)][-1]


def read_page(reader: Reader, judge: Judge, stored: StoredPatient, today: date) -> PatientPage:
    """The page of one patient as the record stands."""
    engine = judge.engine
    ((_, assessment),) = judge.assessments(reader, today, [stored.id])
    acknowledged = acknowledgements_of(reader, [stored.id]).get(stored.id, ())
    courses = tuple(reader.courses(stored.id).get(stored.id, ()))
    return PatientPage(
        stored.patient,
        today,
        None if stored.patient.birth_date is None else years_between(stored.patient.birth_date, today),
        treatment_on(courses, today, engine.catalogue),
        risk_factors(stored.patient, drug_on(courses, today, engine.catalogue), engine.region, today, engine.catalogue),
        found_lines(assessment, judge, acknowledged),
        tuple(sorted(assessment.checks, key=lambda each: each.due_on)),
        reader.result_count(stored.id),
    )
