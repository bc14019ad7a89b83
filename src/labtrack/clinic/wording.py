"""The sentences of findings and checks. Facts and what label or article say; never advice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from labtrack.catalogue import Drug
from labtrack.core.judgment import Evidence, Reason, Verdict
from labtrack.core.quantity import Interval, format_interval, format_number
from labtrack.labs.snapshot import Labs
from labtrack.labs.treatment import STOPPED
from labtrack.labs.verdicts import Relation, Term
from labtrack.rules import Rule
from labtrack.rules.sources import sources_for, statement_for
from labtrack.schedule.checks import BASELINE_MISSING, FIRST_RECHECK, MILESTONE, REPEATING, RESTART, PanelChecks, Recheck

_NOT_YET = {
    Relation.BELOW: "not below",
    Relation.ABOVE: "not above",
    Relation.AT_LEAST: "below",
    Relation.AT_MOST: "above",
    Relation.WITHIN: "not within the band from",
}


def describe_value(proof: Evidence, name: str, unit: str) -> str:
    """``ANC 0.82 ×10⁹/L on 2026-11-19 (calculated: WBC × %)``."""
    text = f"{name} {format_interval(proof.value)} {unit} on {proof.collected_on.isoformat()}"
    if proof.method:
        text += f" (calculated: {proof.method})"
    if not proof.value.is_exact and len(proof.result_ids) > 1:
        text += " (results of one time that differ)"
    return text


def describe_change(proof: Evidence) -> str:
    """``, baseline 108 on 2026-02-20, +40.7 %``; empty without a baseline."""
    if proof.baseline is None:
        return ""
    text = f", baseline {format_interval(proof.baseline)}"
    if proof.baseline_on is not None:
        text += f" on {proof.baseline_on.isoformat()}"
    if proof.change_percent is not None:
        text += f", {proof.change_percent:+.1f} %"
    return text


def term_sentence(labs: Labs, term: Term, proof: Evidence, row: int, met: bool) -> str:
    """One comparison in words, with what makes it doubtful or old."""
    analyte = term.lab.analyte
    text = describe_value(proof, analyte.short, analyte.display_unit)
    if proof.limit is not None:
        relation = term.relation.value if met else _NOT_YET[term.relation]
        text += f" is {relation} {format_interval(proof.limit)}"
    text += describe_change(proof)
    if met and term.lab.doubt[row]:
        text += "; the newest report of it cannot be read"
    if met and term.lab.stale[row]:
        text += f"; {int(labs.treatment.as_of[row] - term.lab.day[row])} days old"
    return text


def cannot_tell(rule: Rule, reasons: Sequence[Reason], sentences: Sequence[str], missing: Sequence[str]) -> str:
    """Every reason that applies, then what there is."""
    about = f" ({', '.join(missing)})" if missing else ""
    told = "; ".join(reason.in_words for reason in reasons)
    known = f". Known: {'; '.join(sentences)}" if sentences else ""
    return f"{rule.title.rstrip('.')}: cannot be evaluated, {told}{about}{known}."


def met_message(
    labs: Labs, rule: Rule, drug: Drug | None, row: int, sentences: Sequence[str], details: Sequence[str], note: str
) -> str:
    """What meets the rule, then what the label says of it."""
    facts = "; ".join([*sentences, *details]) or rule.title.rstrip(".")
    parts = [f"{facts}{f', {note}' if note else ''}."]
    before_start = bool(labs.before_start[row])
    statement = statement_for(rule, drug, labs.region, before_start) if drug else None
    if statement is not None:
        parts.append(statement.text)
    if labs.treatment.state[row] == STOPPED:
        parts.append("As of the stop date; listed until a later result.")
    return " ".join(parts)


def source_text(rule: Rule, drug: Drug | None, labs: Labs) -> str:
    """The ids and marks of the rule's sources, as one cell."""
    listed = "; ".join(f"{source.id} [{source.mark}]" for source in sources_for(rule, drug, labs.region))
    return f"local; {listed}" if rule.is_local else listed


def check_reason(checks: PanelChecks, rechecks: Sequence[Recheck], row: int) -> str:
    """Why a check is due, in a few words."""
    why = int(checks.why[row])
    if checks.panel == "response-review":
        return "response to treatment at week 12"
    if checks.panel == "screening":
        return "screening items open"
    if why >= FIRST_RECHECK:
        return f"repeat: {rechecks[why - FIRST_RECHECK].rule}"
    weeks = int(checks.milestone[row]) // 7
    return {
        BASELINE_MISSING: "baseline missing",
        MILESTONE: f"week {weeks}",
        REPEATING: f"every {weeks} weeks",
        RESTART: "after dose increase or resumption",
    }[why]


def day_text(day: int) -> str:
    """An ordinal day as ISO date."""
    return date.fromordinal(day).isoformat()


def verdict_title(rule: Rule, verdict: Verdict, sentences: Sequence[str]) -> str:
    """A line for *not met* and *not applicable*."""
    if verdict is Verdict.NOT_APPLICABLE:
        return f"{rule.title.rstrip('.')}: not applicable."
    return f"{'; '.join(sentences) or rule.title.rstrip('.') + ': not so'}."


def limit_text(limit: Interval) -> str:
    """A limit for a table cell."""
    return format_number(limit.low) if limit.is_exact else format_interval(limit)
