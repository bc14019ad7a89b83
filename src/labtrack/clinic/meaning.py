"""What recording some values would mean, without recording them: what the form shows while a person types.

It is what :meth:`labtrack.clinic.recording.Recorder.record` would store, judged by the same engine on the same columns; a test holds
the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from labtrack.catalogue import Catalogue, Identity
from labtrack.clinic.assembly import Assembler
from labtrack.clinic.cohorts import pins_of
from labtrack.clinic.recording import Entry, Plan, Read, Recorder
from labtrack.clinic.segments import updated_segment
from labtrack.clinic.series_views import flag_of
from labtrack.clinic.suggestions import Suggestion, suggested
from labtrack.clinic.traps import unit_ratio
from labtrack.clinic.unit_texts import unit_text
from labtrack.clinic.variation import is_beyond
from labtrack.core.judgment import Assessment, Check, Finding, Severity, Verdict
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, Unusable
from labtrack.labs.columns import HIGH_OPEN, LOW_OPEN, RESULT_ROW, UNUSABLE, Chart, ResultColumns, cohort_of, instant
from labtrack.store import Reader, StoredPatient

#: So many analytes changed beyond expected variation ask whether this is the right patient.
MANY_CHANGES = 5


@dataclass(frozen=True, slots=True)
class EntryMeaning:
    """What one typed value would be.

    ``problem`` is why it is refused; ``warnings`` may make a person look again; ``suggestion`` is another unit that makes it plausible.
    ``change_percent`` is counted from the last value before it, ``is_beyond`` says that expected variation does not explain it (None:
    not known). ``flag`` is L or H. ``confirm`` says why it is to be typed twice or confirmed with its unit: beyond an urgent threshold
    (``is_urgent``) or the soft bounds, no number, or any other warning; empty where it need not.
    """

    analyte: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()
    suggestion: Suggestion | None = None
    change_percent: float | None = None
    is_beyond: bool | None = None
    flag: str = ""
    confirm: str = ""
    is_urgent: bool = False
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What recording would mean: ``entries`` in their order, then what is judged as of today with them.

    ``newly`` are met findings that are not met now, ``still`` those that are; ``ended`` are met now and would not be. ``unknown`` are
    the rules of the typed panels that could not be evaluated. ``checks`` are the next ones of the typed panels, and any other that would
    change. ``questions`` are about all of it. ``families`` names the family of each rule. ``silent`` says why the rules on treatment
    say nothing, where no drug is taken: then nothing met means nothing good.
    """

    patient: Patient
    entries: tuple[EntryMeaning, ...]
    assessment: Assessment
    newly: tuple[Finding, ...] = ()
    still: tuple[Finding, ...] = ()
    ended: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    questions: tuple[str, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    silent: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether recording would be refused."""
        return any(each.problem for each in self.entries)

    def gravest(self, findings: Iterable[Finding]) -> tuple[tuple[Finding, int], ...]:
        """The gravest finding of each family, gravest first, with how many of its family stand behind it."""
        found: dict[str, list[Finding]] = {}
        for each in sorted(findings, key=lambda each: each.severity.rank):
            found.setdefault(self.families.get(each.rule, each.rule), []).append(each)
        return tuple((group[0], len(group) - 1) for group in found.values())


def meaning_of(
    recorder: Recorder, reader: Reader, stored: StoredPatient, entries: Sequence[Entry], at: CollectedAt, lab: str, specimen_id: str
) -> Meaning:
    """What recording would mean. Bad entries are told and left out of the judgment; Refused for a bad collection."""
    plan = recorder.plan(reader, stored, entries, at, lab, specimen_id)
    segment = reader.segment(stored.id)
    chart = _chart(reader, stored)
    before, after, *others = _judged(recorder, chart, segment, plan, at)
    earlier = _last_before(recorder.catalogue, segment, at)
    urgent = _urgent_results([after, *others])
    told = tuple(
        _entry(recorder.catalogue, stored.patient, entry, read, _remarks(plan, place), earlier, urgent, plan.new)
        for place, (entry, read) in enumerate(zip(entries, plan.read, strict=True))
    )
    rules = recorder.judge.engine.rules
    panels = {recorder.catalogue.analytes[each.analyte].panel for each in told if each.result is not None}
    was, will = _met(before), _met(after)
    return Meaning(
        stored.patient,
        told,
        after,
        newly=tuple(each for rule, each in will.items() if rule not in was),
        still=tuple(each for rule, each in will.items() if rule in was),
        ended=tuple(each for rule, each in was.items() if rule not in will),
        unknown=tuple(
            each for each in after.findings if each.verdict is Verdict.CANNOT_EVALUATE and rules[each.rule].panel in panels - {""}
        ),
        checks=tuple(each for each in after.checks if each.panel in panels or each not in before.checks),
        questions=(*_remarks(plan, -1), *_right_patient(recorder.catalogue, told)),
        families={id: rule.family for id, rule in rules.items()},
        silent=_silent(chart, recorder.today),
    )


def _chart(reader: Reader, stored: StoredPatient) -> Chart:
    return Chart(
        stored.patient,
        tuple(reader.courses(stored.id).get(stored.id, ())),
        tuple(reader.events(stored.id).get(stored.id, ())),
        tuple(pins_of(reader, stored.id).get(stored.id, ())),
    )


def _judged(recorder: Recorder, chart: Chart, segment: bytes, plan: Plan, at: CollectedAt) -> Iterable[Assessment]:
    """As of today without and with the new results; then with them in other lights, for what is urgent in any of these.

    The others are the results' own day where that is not today, and both days as if a drug that was stopped were still taken: a value
    beyond an urgent threshold is to be confirmed whether or not a rule still speaks of it.
    """
    judge, catalogue = recorder.judge, recorder.catalogue
    with_new = updated_segment(segment, plan.new, plan.gone, catalogue) if plan.new else segment
    charts, segments = [chart, chart], [segment, with_new]
    days = dict.fromkeys((recorder.today, at.on))
    rows = [(0, recorder.today), *((1, day) for day in days)]
    if chart.courses and chart.courses[-1].stop_on is not None:
        charts.append(replace(chart, courses=(*chart.courses[:-1], replace(chart.courses[-1], stop_on=None))))
        segments.append(with_new)
        rows += [(2, day) for day in days]
    cohort = cohort_of(charts, ResultColumns.from_segments(segments), catalogue)
    judgment = judge.engine.judge(cohort, np.array([row for row, _ in rows]), np.array([day.toordinal() for _, day in rows]))
    return Assembler(judgment, judge.rule_set).assessments()


def _silent(chart: Chart, today: date) -> str:
    """Why the rules on treatment say nothing today; empty where they speak."""
    if not chart.courses:
        return "no treatment is recorded"
    stop = chart.courses[-1].stop_on
    return "treatment is stopped" if stop is not None and stop <= today else ""


def _met(assessment: Assessment) -> dict[str, Finding]:
    return {each.rule: each for each in assessment.findings if each.verdict is Verdict.MET}


def _remarks(plan: Plan, place: int) -> tuple[str, ...]:
    """What is told of one entry; -1: of no single one."""
    return tuple(text for of, text in plan.remarks if of == place)


def _urgent_results(assessments: Sequence[Assessment]) -> dict[int, Finding]:
    """The urgent finding that each result is part of."""
    found: dict[int, Finding] = {}
    for assessment in assessments:
        for finding in _met(assessment).values():
            if finding.severity is Severity.URGENT:
                found.update({id: finding for proof in finding.evidence for id in proof.result_ids if id not in found})
    return found


def _last_before(catalogue: Catalogue, segment: bytes, at: CollectedAt) -> dict[str, Interval]:
    """The last usable value of each analyte before a collection, canonical units."""
    rows = np.frombuffer(segment, RESULT_ROW)
    rows = rows[((rows["flags"] & UNUSABLE) == 0) & (rows["at"] < instant(at.ordering))]
    rows = rows[np.lexsort((rows["result_id"], rows["at"]))]
    return {
        catalogue.by_number[number].key: Interval(low, high, bool(flags & LOW_OPEN), bool(flags & HIGH_OPEN))
        for number, low, high, flags in rows[["analyte", "low", "high", "flags"]].tolist()
    }


def _entry(
    catalogue: Catalogue,
    patient: Patient,
    entry: Entry,
    read: Read,
    remarks: tuple[str, ...],
    earlier: Mapping[str, Interval],
    urgent: Mapping[int, Finding],
    new: Sequence[Result],
) -> EntryMeaning:
    """What one entry would be."""
    identity = catalogue.identify(entry.name.strip(), entry.unit.strip())
    key = identity.analyte.key if identity is not None else ""
    last = earlier.get(key)
    number = last.low if last is not None and last.is_exact else None
    result = read.result
    if identity is None or result is None:
        text = entry.value.strip().replace(",", ".")
        suggestion = suggested(catalogue, identity, text, entry.unit, number) if identity is not None else None
        return EntryMeaning(key, read.problem, remarks, suggestion)
    value = result.value
    change = (value.low / number - 1) * 100 if value is not None and value.is_exact and number else None
    cvi = identity.analyte.cvi
    recorded = next((each for each in new if each.analyte == result.analyte and each.value_text == result.value_text), None)
    is_soft = bool(read.warnings) and result.unusable is Unusable.NOT
    is_odd = value is not None and value.is_exact and bool(number) and bool(float(unit_ratio(value.low, number or 0.0)))
    finding = urgent.get(recorded.result_id) if recorded is not None else None
    return EntryMeaning(
        key,
        "",
        remarks,
        suggested(catalogue, identity, result.value_text, result.unit, number) if is_soft or is_odd else None,
        change,
        None if change is None or cvi is None else is_beyond(change, cvi),
        flag_of(result, identity.analyte, patient),
        _confirm(identity, result, is_soft=is_soft, is_odd=is_odd, finding=finding) or "; ".join(remarks),
        finding is not None,
        result,
    )


def _confirm(identity: Identity, result: Result, *, is_soft: bool, is_odd: bool, finding: Finding | None) -> str:
    """Why a value is to be confirmed with its unit."""
    said = f"{identity.analyte.short} {result.value_text} {unit_text(result.unit)}".strip()
    if result.unusable is Unusable.TEXT:
        return f"{said[:80]}: not a number or a bound"
    if result.unusable is Unusable.UNIT:
        return f"{said}: the unit is not known"
    if is_soft:
        return f"{said}: outside what is usual"
    if is_odd:
        return f"{said}: near a unit's factor from the last value"
    return f"{said}: urgent ({finding.rule})" if finding is not None else ""


def _right_patient(catalogue: Catalogue, entries: Sequence[EntryMeaning]) -> list[str]:
    """Whether this is the right patient, where too much changed."""
    changed = [catalogue.analytes[each.analyte].short for each in entries if each.is_beyond]
    if len(changed) < MANY_CHANGES:
        return []
    return [f"{', '.join(changed)} changed beyond expected variation: is this the right patient?"]
