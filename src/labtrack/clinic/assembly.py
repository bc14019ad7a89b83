"""From columns to values: the findings, checks and evidence of one row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from labtrack.catalogue import Drug
from labtrack.clinic.engine import Judgment
from labtrack.clinic.validity import valid_until
from labtrack.clinic.wording import (
    cannot_tell_text,
    check_reason,
    comparison_text,
    doubt_text,
    label_text,
    source_text,
    value_text,
)
from labtrack.core.judgment import Assessment, Check, CheckStatus, Evidence, Finding, Verdict, reasons_of
from labtrack.core.quantity import Interval
from labtrack.labs.bounds import Bounds
from labtrack.labs.derived import METHODS
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Term
from labtrack.rules import NOT_APPLICABLE, Judged
from labtrack.schedule import statuses

VERDICT_OF = {
    MET: Verdict.MET,
    NOT_MET: Verdict.NOT_MET,
    UNKNOWN: Verdict.CANNOT_EVALUATE,
    NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}
STATUS_OF = (CheckStatus.LATER, CheckStatus.DUE, CheckStatus.OVERDUE)


class Assembler:
    """Turns the rows of one judgment into assessments."""

    def __init__(self, judgment: Judgment, rule_set: str, *, every_verdict: bool = False) -> None:
        self.judgment = judgment
        self.labs: Labs = judgment.labs
        self.rule_set = rule_set
        self.listed = (MET, UNKNOWN, NOT_MET, NOT_APPLICABLE) if every_verdict else (MET, UNKNOWN)
        as_of = self.labs.treatment.as_of
        self._statuses = [(checks, statuses(checks, as_of).tolist()) for checks in judgment.checks]
        self.drugs: dict[int, Drug] = {drug.number: drug for drug in self.labs.catalogue.drugs.values()}

    def assessments(self) -> Iterator[Assessment]:
        """One per row, in the judgment's order."""
        labs = self.labs
        until = valid_until(self.judgment).tolist()
        for row, as_of in enumerate(labs.treatment.as_of.tolist()):
            yield Assessment(
                as_of=date.fromordinal(as_of),
                findings=tuple(self.findings(row)),
                checks=tuple(self.checks(row)),
                valid_until=date.fromordinal(until[row]) if until[row] else None,
                rule_set=self.rule_set,
            )

    def findings(self, row: int) -> Iterator[Finding]:
        """The listed verdicts of one row, in the rules' order."""
        for judged in self.judgment.rules:
            if judged.answer[row] in self.listed:
                yield self.finding(judged, row)

    def checks(self, row: int) -> Iterator[Check]:
        """The next checks of one row."""
        for checks, status in self._statuses:
            due = int(checks.due[row])
            if due > 0:
                missing = tuple(key for key, lacks in checks.missing.items() if lacks[row])
                reason = check_reason(checks, self.judgment.rechecks, row)
                yield Check(checks.panel, date.fromordinal(due), STATUS_OF[status[row]], reason, missing)

    def finding(self, judged: Judged, row: int) -> Finding:
        """One rule's answer on one row; the deciding result comes first in its evidence."""
        rule, answer = judged.rule, int(judged.answer[row])
        verdict = VERDICT_OF[answer]
        drug = self.drugs.get(int(self.labs.treatment.drug[row]))
        severity = rule.severity_for(drug.key if drug else "")
        source = source_text(rule, drug, self.labs.region)
        title = rule.title.rstrip(".")
        if verdict is Verdict.NOT_APPLICABLE:
            return Finding(rule.id, verdict, severity, message=f"{title}: not applicable.", source=source)
        terms = self._by_weight(judged, answer, row)
        shown = [(term, self.evidence(term, row)) for term in terms if term.lab.present[row]]
        proofs = tuple(proof for _, proof in shown)
        if verdict is Verdict.CANNOT_EVALUATE:
            reasons = reasons_of(int(judged.verdicts.reasons[row]))
            missing = [term.lab.analyte.short for term in terms if not term.lab.present[row]]
            message = cannot_tell_text(title, reasons, [value_text(*each) for each in shown], missing)
            return Finding(rule.id, verdict, severity, reasons, proofs, message, source)
        sentences = [
            comparison_text(term, proof, verdict is Verdict.MET) + (doubt_text(term, row) if verdict is Verdict.MET else "")
            for term, proof in shown
            if term.answer[row] == answer
        ]
        if verdict is Verdict.NOT_MET:
            return Finding(rule.id, verdict, severity, (), proofs, f"{'; '.join(sentences) or f'{title}: not so'}.", source)
        details = [*sentences, *self._details(judged, row)]
        facts = "; ".join(details) or title
        parts = [f"{facts}.", label_text(rule, drug, self.labs.region, bool(self.labs.before_start[row])) if drug else ""]
        if self.labs.treatment.stopped[row]:
            parts.append("As of the stop date; listed until a later result.")
        return Finding(rule.id, verdict, severity, (), proofs, " ".join(filter(None, parts)), source)

    def _details(self, judged: Judged, row: int) -> list[str]:
        """What stands beside the comparisons: the rule's own note, the dose, the events, the open items."""
        rule, note = judged.rule, judged.verdicts.note
        details = [rule.notes[int(note[row])]] if note is not None and rule.notes else []
        if "dose" in rule.id:
            details.append(f"{self.labs.treatment.dose_per_day[row]:g} mg a day")
        if rule.id == "screening-incomplete":
            details.append(f"not settled: {', '.join(self.labs.unsettled_items(row))}")
        return [*filter(None, details), *self._events(judged, row)]

    def _events(self, judged: Judged, row: int) -> list[str]:
        looked_at = judged.verdicts.kinds
        names, day = self.labs.catalogue.event_kinds, self.labs.treatment.day[row]
        return [
            f"{names[kind].name} since {date.fromordinal(since).isoformat()}"
            for kind, since, ended in (self.labs.treatment.recorded(row) if looked_at else ())
            if kind in looked_at and (ended > day or kind in ("vte", "prior-vte"))
        ]

    def _by_weight(self, judged: Judged, answer: int, row: int) -> list[Term]:
        """Terms that share the verdict first, the one nearest to its limit leading; each analyte once."""

        def weight(term: Term) -> tuple[bool, bool, float]:
            return term.answer[row] != answer, not term.lab.present[row], _distance(term, row)

        unique: dict[str, Term] = {}
        for term in sorted(judged.verdicts.terms, key=weight):
            unique.setdefault(term.lab.analyte.key, term)
        return list(unique.values())

    def evidence(self, term: Term, row: int) -> Evidence:
        """The reading behind one comparison, in canonical units."""
        lab = term.lab
        readings = lab.readings
        place = int(lab.row[row])
        value = _cell(term.compared or lab.bounds, row)
        ids = tuple(int(self.labs.cohort.results.result_id[source]) for source in readings.sources(place))
        method = METHODS[int(readings.method(lab.row[row : row + 1])[0])]
        if term.compared is not None and lab.labs.egfr.by_calculation[row]:
            method = METHODS[1]
        baseline, baseline_on = self._baseline(lab, row)
        return Evidence(
            analyte=lab.analyte.key,
            value=value,
            unit=lab.analyte.unit,
            collected_on=date.fromordinal(int(lab.day[row])),
            limit=_limit(term, row),
            baseline=baseline,
            baseline_on=baseline_on,
            method=method,
            result_ids=ids,
        )

    def _baseline(self, lab: Lab, row: int) -> tuple[Interval | None, date | None]:
        """The baseline that some rule compared this analyte with."""
        used = lab.used_baseline
        if used is None or not self.labs.treatment.started[row]:
            return None, None
        bounds, day = used
        if np.isnan(bounds.low[row]):
            return None, None
        return _cell(bounds, row), date.fromordinal(int(day[row])) if day[row] else None


def _cell(bounds: Bounds, row: int) -> Interval:
    return Interval(float(bounds.low[row]), float(bounds.high[row]), bool(bounds.low_open[row]), bool(bounds.high_open[row]))


def _limit(term: Term, row: int) -> Interval | None:
    limit = term.limit
    if isinstance(limit, Bounds):
        return None if np.isnan(limit.low[row]) else _cell(limit, row)
    number = float(limit[row]) if isinstance(limit, np.ndarray) else float(limit)
    return Interval(number, number)


def _distance(term: Term, row: int) -> float:
    """How far the value lies from its limit, relative to the limit; infinite where either is missing."""
    limit = _limit(term, row)
    if limit is None or not term.lab.present[row] or limit.low == 0:
        return float("inf")
    bounds = term.compared or term.lab.bounds
    return min(abs(float(end) - limit.low) for end in (bounds.low[row], bounds.high[row])) / abs(limit.low)
