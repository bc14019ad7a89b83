"""One patient in a few lines: the course of the main analytes, the gravest findings, the next check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from labtrack.clinic.cohorts import load_cohorts
from labtrack.clinic.display import number_text
from labtrack.clinic.judging import Judge, acknowledgements_of
from labtrack.clinic.series_views import trend_rows
from labtrack.clinic.taking import taken
from labtrack.clinic.views import TableRow
from labtrack.core.judgment import Check, Finding, Verdict
from labtrack.store import Reader, StoredPatient

#: What is shown of everybody, in this order.
MAIN = ("anc", "hb", "alt", "ldl", "egfr")
#: Readings of one analyte that its course is drawn from.
LAST = 8


@dataclass(frozen=True, slots=True)
class PreviewSeries:
    """The last readings of one analyte: ``values`` in order of time for the drawing, bounds left out; ``last`` as it is written, of
    the day ``on``; ``change`` from baseline in percent, empty where there is none; ``flag`` H, L or empty."""

    short: str
    values: tuple[float, ...]
    first: str
    last: str
    on: date
    change: str
    flag: str


@dataclass(frozen=True, slots=True)
class PreviewFinding:
    """A met or open finding, and whether it is acknowledged."""

    finding: Finding
    is_acknowledged: bool

    @property
    def kind(self) -> str:
        """What its sign says: its severity, that nobody can tell, or that somebody has seen it."""
        if self.is_acknowledged:
            return "acknowledged"
        return self.finding.severity.value if self.finding.verdict is Verdict.MET else "cannot evaluate"


@dataclass(frozen=True, slots=True)
class PatientPreview:
    """Findings: met ones first, the gravest of them leading, acknowledged ones after the others; then what cannot be evaluated."""

    mrn: str
    name: str
    birth_date: date | None
    treatment: str
    series: tuple[PreviewSeries, ...]
    findings: tuple[PreviewFinding, ...]
    checks: tuple[Check, ...]

    @property
    def has_results(self) -> bool:
        """Whether there is anything that could be drawn."""
        return bool(self.series)

    def to_acknowledge(self) -> str:
        """The rule whose finding is the gravest that nobody has acknowledged; empty where there is none."""
        waiting = (each.finding.rule for each in self.findings if each.finding.verdict is Verdict.MET and not each.is_acknowledged)
        return next(waiting, "")


def preview_of(judge: Judge, reader: Reader, stored: StoredPatient, today: date) -> PatientPreview:
    """Judged live, so that it is right even where what is kept is out of date."""
    (judged,) = judge.judged(reader, today, [stored.id])
    seen, versions = acknowledgements_of(reader, [stored.id]).get(stored.id, ()), judge.versions
    findings = [
        PreviewFinding(each, any(one.covers(each, versions[each.rule], today) for one in seen)) for each in judged.assessment.findings
    ]
    findings.sort(key=lambda each: (each.finding.verdict is not Verdict.MET, each.is_acknowledged, each.finding.severity.rank))
    led = [proof.analyte for each in findings[:2] if each.finding.verdict is Verdict.MET for proof in each.finding.evidence[:1]]
    (loaded,) = load_cohorts(reader, judge.engine.catalogue, [stored.id])
    rows: dict[str, list[TableRow]] = {}
    for row in trend_rows(judge.engine, loaded.cohort, list(dict.fromkeys([*led, *MAIN])), today.toordinal()):
        rows.setdefault(str(row["analyte"]), []).append(row)
    shorts = {key: judge.engine.catalogue.analytes[key].short for key in rows}
    patient = stored.patient
    return PatientPreview(
        patient.mrn,
        patient.name,
        patient.birth_date,
        taken(reader.courses(stored.id).get(stored.id, []), today),
        tuple(_series(shorts[key], each) for key, each in rows.items()),
        tuple(findings),
        judged.assessment.checks,
    )


def _series(short: str, rows: Sequence[TableRow]) -> PreviewSeries:
    """``rows`` in order of time, at least one."""
    some, last = rows[-LAST:], rows[-1]
    values = [_number(str(row["value"])) for row in some]
    return PreviewSeries(
        short,
        tuple(value for value in values if value is not None),
        _shown(str(some[0]["value"])),
        _shown(str(last["value"])),
        date.fromisoformat(str(last["collected_at"])[:10]),
        str(last["change_percent"]),
        str(last["flag"]),
    )


def _shown(text: str) -> str:
    """A number with as many digits as a person reads; a bound as it is."""
    number = _number(text)
    return text if number is None else number_text(number)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # a bound or a span: it has no one place in a drawing
        return None
