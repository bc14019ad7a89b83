"""The sentences of findings and checks. Facts, and what label or article say; never advice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from labtrack.catalogue import Drug
from labtrack.core.judgment import Evidence, Reason, Region
from labtrack.core.quantity import format_interval, format_rounded
from labtrack.labs.verdicts import Relation, Term
from labtrack.rules import Rule
from labtrack.rules.sources import sources_for, statements_for
from labtrack.schedule import PanelChecks, Recheck
from labtrack.schedule.checks import BASELINE_MISSING, FIRST_RECHECK, MILESTONE, REPEATING, RESPONSE_REVIEW, RESTART, SCREENING

_NOT_SO = {
    Relation.BELOW: "not below",
    Relation.ABOVE: "not above",
    Relation.AT_LEAST: "below",
    Relation.AT_MOST: "above",
    Relation.WITHIN: "outside",
}


def value_text(term: Term, proof: Evidence) -> str:
    """``ANC 0.82 ×10⁹/L on 2026-11-19 (calculated: WBC × %)``."""
    limit = proof.limit.low if proof.limit else None
    shown = format_interval(proof.value, partial(format_rounded, limit=limit))
    text = f"{term.lab.analyte.short} {shown} {term.lab.analyte.display_unit} on {proof.collected_on.isoformat()}"
    if proof.method:
        text += f" (calculated: {proof.method})"
    elif not proof.value.is_exact and len(proof.result_ids) > 1:
        text += " (results of one time that differ)"
    return text


def comparison_text(term: Term, proof: Evidence, met: bool) -> str:
    """The value and how it stands to its limit: ``… is below 1``."""
    text = value_text(term, proof)
    if proof.limit is not None:
        limit = format_interval(proof.limit, format_rounded)
        band = f" to below {term.upper:g}" if term.upper is not None else ""
        text += f" is {term.relation.value if met else _NOT_SO[term.relation]} {limit}{band}"
    return text + _change_text(proof)


def _change_text(proof: Evidence) -> str:
    if proof.baseline is None:
        return ""
    text = f", baseline {format_interval(proof.baseline, format_rounded)}"
    if proof.baseline_on is not None:
        text += f" on {proof.baseline_on.isoformat()}"
    if proof.change_percent is not None:
        text += f", {proof.change_percent:+.1f} %"
    return text


def doubt_text(term: Term, row: int) -> str:
    """What makes a met finding less than certain: a newer report that cannot be read, age."""
    text = "; the newest report of it cannot be read" if term.lab.doubt[row] else ""
    if term.lab.stale[row]:
        text += f"; {age_in_days(term, row)} days old"
    return text


def age_in_days(term: Term, row: int) -> int:
    """Days from collection to the judged day."""
    return int(term.lab.labs.treatment.day[row] - term.lab.day[row])


def cannot_tell_text(title: str, reasons: Sequence[Reason], known: Sequence[str], missing: Sequence[str]) -> str:
    """Every reason that applies, then the results there are."""
    told = "; ".join(reason.in_words for reason in reasons)
    about = f" ({', '.join(missing)})" if missing else ""
    last = f" Last: {'; '.join(known)}." if known else ""
    return f"{title}: cannot be evaluated: {told}{about}.{last}"


@cache
def label_text(rule: Rule, drug: Drug, region: Region, before_start: bool) -> str:
    """What the label says of it on each of the rule's topics, empty where no label has the rule."""
    return " ".join(statement.text for statement in statements_for(rule, drug, region, before_start))


@cache
def source_text(rule: Rule, drug: Drug | None, region: Region) -> str:
    """The ids and evidence marks of the rule's sources, as one cell."""
    listed = "; ".join(f"{source.id} [{source.mark}]" for source in sources_for(rule, drug, region))
    return f"local; {listed}" if rule.is_local else listed


def check_reason(checks: PanelChecks, rechecks: Sequence[Recheck], row: int) -> str:
    """Why a check is due, in a few words."""
    if checks.panel == RESPONSE_REVIEW:
        return "response to treatment"
    if checks.panel == SCREENING:
        return "screening items open"
    why = int(checks.why[row])
    if why >= FIRST_RECHECK:
        return f"repeat: {rechecks[why - FIRST_RECHECK].rule}"
    weeks = int(checks.milestone[row]) // 7
    return {
        BASELINE_MISSING: "baseline missing",
        MILESTONE: f"week {weeks}",
        REPEATING: f"every {weeks} weeks",
        RESTART: "after dose increase or resumption",
    }[why]
