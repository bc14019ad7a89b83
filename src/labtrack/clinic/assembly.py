"""From columns to values: the findings, checks and evidence of one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from labtrack.catalogue import Drug
from labtrack.clinic.engine import Judgment
from labtrack.clinic.headlines import basis, headline, open_headline
from labtrack.clinic.validity import valid_until
from labtrack.clinic.wording import (
    basis_text,
    cannot_tell_text,
    change_text,
    check_reason,
    compared_of,
    comparison_text,
    dose_text,
    doubt_text,
    event_text,
    interval_of,
    is_outside,
    limit_of,
    resume_text,
    source_text,
    value_text,
)
from labtrack.core.judgment import Assessment, Check, CheckStatus, Evidence, Finding, Verdict, reasons_of
from labtrack.core.quantity import Interval
from labtrack.labs.columns import FOREVER
from labtrack.labs.derived import CKD_EPI_2021, METHODS, REPORTED
from labtrack.labs.lab import Lab
from labtrack.labs.renal import Clearance, EgfrLab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Term
from labtrack.rules import NOT_APPLICABLE, Judged, Rule
from labtrack.rules.sources import RESUME
from labtrack.schedule import statuses

VERDICT_OF = {
    MET: Verdict.MET,
    NOT_MET: Verdict.NOT_MET,
    UNKNOWN: Verdict.CANNOT_EVALUATE,
    NOT_APPLICABLE: Verdict.NOT_APPLICABLE,
}
#: Events that may count after they ended.
CLOTS = frozenset({"vte", "prior-vte"})
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
        shown = [(term, self.evidence(term, row)) for term in terms if measured(term).present[row]]
        proofs = tuple(proof for _, proof in shown)
        if verdict is Verdict.CANNOT_EVALUATE:
            reasons = reasons_of(int(judged.verdicts.reasons[row]))
            open_ones = [term.lab.analyte.short for term in terms if term.answer[row] == UNKNOWN]
            about = open_ones if len(terms) > 1 or not shown else []
            message = cannot_tell_text(title, reasons, [value_text(*each, row) for each in shown], about)
            return Finding(rule.id, verdict, severity, reasons, proofs, message, source, open_headline(rule, reasons))
        if verdict is Verdict.NOT_MET:
            return Finding(rule.id, verdict, severity, (), proofs, self._not_met(judged, shown, row), source)
        deciding = [each for each in shown if each[0].answer[row] == MET]
        sentences = [comparison_text(*each, row, met=True) + doubt_text(each[0], row) for each in deciding]
        details = self._details(judged, row)
        facts = "; ".join([*sentences, *details]) or title
        parts = [f"{facts}.", self._basis(judged, drug, row)]
        if self.labs.treatment.stopped[row]:
            parts.append("As of the stop date; listed until a later result.")
        said, whose = " ".join(filter(None, parts)), basis(rule, drug, self.labs.region, bool(self.labs.before_start[row]))
        return Finding(rule.id, verdict, severity, (), proofs, said, source, headline(rule, deciding, row, details), whose)

    def _not_met(self, judged: Judged, shown: Sequence[tuple[Term, Evidence]], row: int) -> str:
        """Why not: the comparisons that fail, else the rule's title and the values it rests on."""
        dose = dose_text(judged.rule, self.labs.region, float(self.labs.treatment.dose_per_day[row]))
        failing = [each for each in shown if each[0].answer[row] == NOT_MET]
        if dose or (failing and all(each[0].upper is None or is_outside(each[0], row) for each in failing)):
            said = [comparison_text(*each, row, met=False) for each in failing]
            return f"{'; '.join(filter(None, [*said, dose]))}."
        title = f"{judged.rule.title.rstrip('.')}: not so."
        values = "; ".join(value_text(*each, row) + change_text(each[1]) for each in shown)
        return f"{title} {values}." if values else title

    def _basis(self, judged: Judged, drug: Drug | None, row: int) -> str:
        """What label and article say of it."""
        rule, region = judged.rule, self.labs.region
        text = basis_text(rule, drug, region, bool(self.labs.before_start[row]))
        if drug is None or RESUME not in rule.topics:
            return text
        analytes = dict.fromkeys(term.lab.analyte.key for term in judged.verdicts.terms_of(row) if term.answer[row] == MET)
        return " ".join(filter(None, [resume_text(drug, region, each) for each in analytes])) or text

    def _details(self, judged: Judged, row: int) -> list[str]:
        """What stands beside the comparisons: the rule's own note, the dose, the events, the hold, the open items."""
        rule, note = judged.rule, judged.verdicts.note
        details = [rule.notes[int(note[row])]] if note is not None and rule.notes else []
        details.append(dose_text(rule, self.labs.region, float(self.labs.treatment.dose_per_day[row])))
        if RESUME in rule.topics:
            details += self._holds(row)
        if rule.id == "screening-incomplete":
            details.append(f"not settled: {', '.join(self.labs.unsettled_items(row))}")
        return [*filter(None, details), *self._events(judged, row)]

    def _holds(self, row: int) -> list[str]:
        """The holds in force."""
        treatment, holds = self.labs.treatment, self.labs.cohort.holds
        day = treatment.day[row]
        mine = np.flatnonzero((holds.owner == treatment.course[row]) & (holds.start <= day) & (day < holds.end))
        return [f"on hold since {date.fromordinal(int(holds.start[each])).isoformat()} ({holds.kinds[holds.kind[each]]})" for each in mine]

    def _events(self, judged: Judged, row: int) -> list[str]:
        """The events that the rule looked at and that count for it."""
        looked_at = judged.verdicts.kinds
        names = self.labs.catalogue.event_kinds
        return [
            event_text(names[kind].name, date.fromordinal(since), date.fromordinal(ended) if ended < FOREVER else None)
            for kind, since, ended in (self.labs.treatment.recorded(row) if looked_at else ())
            if kind in looked_at and self._counts(judged.rule, kind, since, ended, row)
        ]

    def _counts(self, rule: Rule, kind: str, since: int, ended: int, row: int) -> bool:
        """Whether an event counts: a clot in the days that the rule names or since the start, anything else while it is open."""
        treatment = self.labs.treatment
        day, start = int(treatment.day[row]), int(treatment.start[row])
        if kind in CLOTS and "recent_days" in rule.limits:
            until = start if treatment.started[row] else day
            return until - int(rule.limits["recent_days"]) <= since <= until
        if kind in CLOTS and rule.needs == "started":
            return start <= since
        return day < ended

    def _by_weight(self, judged: Judged, answer: int, row: int) -> list[Term]:
        """Terms that share the verdict first, the one nearest to its limit leading; each analyte once, by its value if it has one."""

        def weight(term: Term) -> tuple[bool, bool, float]:
            return term.answer[row] != answer, not term.lab.present[row], _distance(term, row)

        unique: dict[str, Term] = {}
        for term in sorted(judged.verdicts.terms_of(row), key=weight):
            other = unique.get(term.lab.analyte.key)
            if other is None or (term.lab.present[row] and not other.lab.present[row]):
                unique[term.lab.analyte.key] = term
        return list(unique.values())

    def evidence(self, term: Term, row: int) -> Evidence:
        """The reading behind one comparison, in canonical units; behind a clearance that is the creatinine."""
        lab = measured(term)
        readings = lab.readings
        place = int(lab.row[row])
        method = METHODS[int(readings.method(lab.row[row : row + 1])[0])]
        if term.compared is not None and self.labs.egfr.by_calculation[row]:
            method = METHODS[CKD_EPI_2021]
        baseline, baseline_on, baseline_method = self._baseline(lab, row)
        return Evidence(
            analyte=lab.analyte.key,
            value=interval_of(lab.bounds, row) if lab is not term.lab else compared_of(term, row),
            unit=lab.analyte.unit,
            collected_on=date.fromordinal(int(lab.day[row])),
            limit=limit_of(term, row) if lab is term.lab else None,
            baseline=baseline,
            baseline_on=baseline_on,
            method=method,
            result_ids=tuple(int(self.labs.cohort.results.result_id[source]) for source in readings.sources(place)),
            in_doubt=bool(term.lab.doubt[row]),
            baseline_method=baseline_method,
        )

    def _baseline(self, lab: Lab, row: int) -> tuple[Interval | None, date | None, str]:
        """The baseline that some rule compared this analyte with, its day, and how it was calculated if it was."""
        used = lab.used_baseline
        if used is None or not self.labs.treatment.started[row] or np.isnan(used[0].low[row]):
            return None, None, ""
        bounds, day = used
        if isinstance(lab, EgfrLab):
            method = CKD_EPI_2021 if lab.by_calculation[row] else REPORTED
        else:
            place = lab.baseline_lab.row[row : row + 1]
            method = int(lab.readings.method(place)[0])
        return interval_of(bounds, row), date.fromordinal(int(day[row])) if day[row] else None, METHODS[method]


def measured(term: Term) -> Lab:
    """What was measured for a comparison: the analyte itself, but for a clearance the creatinine."""
    return term.lab.labs.creatinine if isinstance(term.lab, Clearance) else term.lab


def _distance(term: Term, row: int) -> float:
    """How far the value lies from its limit, relative to the limit; infinite where either is missing."""
    limit = limit_of(term, row)
    if limit is None or not term.lab.present[row] or limit.low == 0:
        return float("inf")
    value = compared_of(term, row)
    return min(abs(value.low - limit.low), abs(value.high - limit.low)) / abs(limit.low)
