"""A patient's line on the worklist: its state, the worst finding, the next check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from labtrack.core.judgment import GAPS, Assessment, Check, CheckStatus, Finding, Severity, Verdict, WorklistState
from labtrack.core.text import folded
from labtrack.store import StoredPatient

#: Ranks after the three severities: nothing met, or all of it acknowledged.
NO_FINDING = 3
#: Sorts after every date.
NO_DATE = "~"
#: Characters of a line that are searched: an index holds them.
_SEARCHED = 300
#: Checks that are no panel of the laboratory's.
_NO_PANELS = frozenset({"response-review", "screening"})
_STATUS_RANK = {CheckStatus.OVERDUE: 0, CheckStatus.DUE: 1, CheckStatus.LATER: 2}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement in force: of which rule, under which version, for which results, until when."""

    id: int
    rule: str
    rule_version: str
    evidence_key: str
    until: date | None

    def covers(self, finding: Finding, rule_version: str, as_of: date) -> bool:
        """Whether it still stands for a finding: same rule in the same version, same results, not past its date."""
        same_rule = (self.rule, self.rule_version) == (finding.rule, rule_version)
        return same_rule and (self.until is None or as_of <= self.until) and self.evidence_key == evidence_key(finding)


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """What the worklist shows of one patient; texts are empty where there is nothing."""

    state: WorklistState
    severity_rank: int
    worst: str
    rule: str
    message: str
    next_panel: str
    next_due: str
    next_status: str
    cannot_evaluate: int
    last_result_on: str
    valid_until: date | None
    gaps: int = 0
    headline: str = ""
    basis: str = ""
    last_result_id: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a line needs to know besides the assessment: whether a course is planned or running, whether it has begun, the ordinal
    day of the last result (0: none), the number of the newest result entered, and of the newest that somebody has seen."""

    under_treatment: bool
    started: bool = False
    last_result: int = 0
    newest: int = 0
    reviewed: int = 0


def evidence_key(finding: Finding) -> str:
    """The results (or, for a rule on events, the sentence) that a finding fired on, and whether a newer report puts them in doubt."""
    ids = sorted({each for proof in finding.evidence for each in proof.result_ids})
    doubt = "?" if any(proof.in_doubt for proof in finding.evidence) else ""
    return f"{','.join(map(str, ids))}{doubt}" if ids else finding.message


def worklist_line(
    stored: StoredPatient,
    assessment: Assessment,
    acknowledged: Sequence[Acknowledged],
    versions: Mapping[str, str],
    facts: Facts,
) -> WorklistLine:
    """The line of one assessment. The state is the first of :class:`WorklistState` that holds; ``versions`` are the rules', by id."""
    as_of = assessment.as_of
    met = [each for each in assessment.findings if each.verdict is Verdict.MET]
    covering = {each.rule: [one for one in acknowledged if one.covers(each, versions[each.rule], as_of)] for each in met}
    waiting = sorted((each for each in met if not covering[each.rule]), key=lambda each: each.severity.rank)
    unknown = [each for each in assessment.findings if each.verdict is Verdict.CANNOT_EVALUATE]
    check = _next(assessment.checks)
    shown = waiting[0] if waiting else None
    ends = [one.until + timedelta(1) for each in covering.values() for one in each if one.until not in (None, date.max)]
    candidates = [*ends, *([assessment.valid_until] if assessment.valid_until else [])]
    state = _state(waiting, check, bool(unknown), facts.under_treatment, bool(met))
    told = shown or next(iter([*met, *unknown] if state is WorklistState.ACKNOWLEDGED else [*unknown, *met]), None)
    return WorklistLine(
        state=state,
        severity_rank=shown.severity.rank if shown else NO_FINDING,
        worst=shown.severity.value if shown else "",
        rule=shown.rule if shown else "",
        message=shown.message if shown else "",
        next_panel=check.panel if check else "",
        next_due=check.due_on.isoformat() if check else "",
        next_status=check.status.value if check else "",
        cannot_evaluate=len(unknown),
        last_result_on=date.fromordinal(facts.last_result).isoformat() if facts.last_result else "",
        valid_until=min(candidates, default=None),
        gaps=_gaps(assessment.checks, facts),
        headline=told.headline if told else "",
        basis=told.basis if told else "",
        last_result_id=facts.newest,
    )


def search_text(name: str, mrn: str) -> str:
    """What a line is searched by."""
    return f"{folded(name)} {folded(mrn)}"[:_SEARCHED]


def _gaps(checks: Sequence[Check], facts: Facts) -> int:
    """Bits of :data:`labtrack.core.judgment.GAPS`."""
    lacks = {
        "never-tested": facts.started and not facts.newest,
        "incomplete": any(each.missing for each in checks),
        "drug-without-schedule": facts.started and all(each.panel in _NO_PANELS for each in checks),
        "unreviewed": facts.newest > facts.reviewed,
    }
    return sum(GAPS[name] for name, so in lacks.items() if so)


def _next(checks: Sequence[Check]) -> Check | None:
    """The check that presses most: overdue before due before later, then by date."""
    return min(checks, key=lambda each: (_STATUS_RANK[each.status], each.due_on), default=None)


def _state(waiting: Sequence[Finding], check: Check | None, unknown: bool, under_treatment: bool, met: bool) -> WorklistState:
    """Watch findings alone do not outrank a check that is due or a rule that cannot be evaluated, but never leave a patient clear."""
    if any(each.severity is not Severity.WATCH for each in waiting):
        return WorklistState.NEEDS_ACTION
    if check is not None and check.status is CheckStatus.OVERDUE:
        return WorklistState.OVERDUE
    if check is not None and check.status is CheckStatus.DUE:
        return WorklistState.DUE
    if unknown:
        return WorklistState.CANNOT_EVALUATE
    if not under_treatment:
        return WorklistState.NO_SCHEDULE
    if waiting:
        return WorklistState.NEEDS_ACTION
    return WorklistState.ACKNOWLEDGED if met else WorklistState.CLEAR
