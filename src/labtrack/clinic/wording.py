"""The sentences of findings and checks. Facts, and what label or article say; never advice."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache

import numpy as np

from labtrack.catalogue import Drug, Source
from labtrack.core.judgment import Evidence, Reason, Region
from labtrack.core.quantity import Interval, format_interval, format_number, format_percent, format_rounded
from labtrack.labs.bounds import TOLERANCE, Bounds
from labtrack.labs.derived import METHODS, MIXED
from labtrack.labs.renal import Clearance
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
#: A sentence ends before the next capital letter or number; "10⁹/L" and "2.0" hold no such end.
_SENTENCE_END = re.compile(r"(?<=[.])\s+(?=[A-Z0-9])")
_OF_THE_LABEL = re.compile(r"\blabels?\b", re.IGNORECASE)


def value_text(term: Term, proof: Evidence, row: int) -> str:
    """``ANC 0.82 ×10⁹/L on 2026-11-19 (calculated: WBC × %)``."""
    compared = compared_of(term, row)
    number = _number_format(compared, _limits(term, row))
    shown = format_interval(proof.value, number)
    text = f"{term.lab.analyte.short} {shown} {term.lab.analyte.display_unit} on {proof.collected_on.isoformat()}"
    if proof.method == METHODS[MIXED]:
        text += f" (results of one time that differ, {proof.method})"
    elif proof.method:
        text += f" (calculated: {proof.method})"
    elif not proof.value.is_exact and len(proof.result_ids) > 1:
        text += " (results of one time that differ)"
    if isinstance(term.lab, Clearance) and term.lab.present[row]:
        return f"creatinine clearance {format_interval(compared, number)} mL/min (Cockcroft-Gault, from {text})"
    return text


def compared_of(term: Term, row: int) -> Interval:
    """What was compared with the limit; for a clearance in mL/min, otherwise in the analyte's unit."""
    return interval_of(term.compared or term.lab.bounds, row)


def limit_of(term: Term, row: int) -> Interval | None:
    """The limit that the value was compared with, in the same unit; None where it is not known."""
    limit = term.limit
    if isinstance(limit, Bounds):
        return None if math.isnan(limit.low[row]) else interval_of(limit, row)
    number = float(limit[row]) if isinstance(limit, np.ndarray) else float(limit)
    return Interval(number, number)


def interval_of(bounds: Bounds, row: int) -> Interval:
    """One cell of a column."""
    return Interval(float(bounds.low[row]), float(bounds.high[row]), bool(bounds.low_open[row]), bool(bounds.high_open[row]))


def _limits(term: Term, row: int) -> list[float]:
    limit = limit_of(term, row)
    ends = [] if limit is None else [limit.low, limit.high]
    return ends if term.upper is None else [*ends, term.upper]


def _number_format(value: Interval, limits: Sequence[float]) -> Callable[[float], str]:
    """Four significant digits for value and limits, more where fewer would hide how they stand to each other."""
    ends = [each for each in (value.low, value.high) if math.isfinite(each)]
    for digits in range(4, 12):

        def rounded(number: float, digits: int = digits) -> float:
            return float(f"{number:.{digits}g}")

        if all(_order(rounded(end), rounded(limit)) == _order(end, limit) for end in ends for limit in limits if math.isfinite(limit)):
            return lambda number: format_number(rounded(number))
    return format_number


def _order(one: float, other: float) -> int:
    if abs(one - other) <= TOLERANCE * min(abs(one), abs(other)):
        return 0
    return 1 if one > other else -1


def comparison_text(term: Term, proof: Evidence, row: int, *, met: bool) -> str:
    """The value and how it stands to its limit: ``… is below 1``; nothing of the limit where a wide bound leaves that open."""
    text = value_text(term, proof, row)
    value, limit = compared_of(term, row), limit_of(term, row)
    if limit is not None:
        number = _number_format(value, _limits(term, row))
        if term.upper is None:
            text += f" is {term.relation.value if met else _NOT_SO[term.relation]} {format_interval(limit, number)}"
        else:
            text += _band_text(value, (limit.low, term.upper), number, closed=isinstance(term.lab, Clearance))
    return text + change_text(proof)


def _band_text(value: Interval, band: tuple[float, float], number: Callable[[float], str], *, closed: bool) -> str:
    """How a value stands to a band; where the test on the dose fails it may be inside, or a wide bound leave that open."""
    low, high = band
    until = f"{number(low)} to {'' if closed else 'below '}{number(high)}"
    if _lies_outside(value, band, closed=closed):
        return f" is outside {until}"
    ends_inside = _order(value.high, high) < 0 or (_order(value.high, high) == 0 and (closed or value.high_open))
    return f" is from {until}" if _order(value.low, low) >= 0 and ends_inside else ""


def _lies_outside(value: Interval, band: tuple[float, float], *, closed: bool) -> bool:
    low, high = band
    below = _order(value.high, low) < 0 or (_order(value.high, low) == 0 and value.high_open)
    return below or _order(value.low, high) > 0 or (_order(value.low, high) == 0 and (value.low_open or not closed))


def is_outside(term: Term, row: int) -> bool:
    """Whether a value surely lies outside the band that it was compared with."""
    low, _, high = _limits(term, row)
    return _lies_outside(compared_of(term, row), (low, high), closed=isinstance(term.lab, Clearance))


def change_text(proof: Evidence) -> str:
    """The baseline that a value was compared with, its day and the change; empty without one."""
    if proof.baseline is None:
        return ""
    text = f", baseline {format_interval(proof.baseline, format_rounded)}"
    if proof.baseline_method:
        text += f" (calculated: {proof.baseline_method})"
    if proof.baseline_on is not None:
        text += f" on {proof.baseline_on.isoformat()}"
    if proof.change_percent is not None:
        change = format_percent(proof.change_percent, 1)
        text += f", {change if change.startswith('-') else f'+{change}'} %"
    return text


def doubt_text(term: Term, row: int) -> str:
    """What makes a met finding less than certain: a newer report that cannot be read, age."""
    text = "; the newest report of it cannot be read" if term.lab.doubt[row] else ""
    if term.lab.stale[row]:
        text += f"; more than {_relied_on(term, row)} days old"
    return text


def _relied_on(term: Term, row: int) -> int:
    """So many days such a result is relied on."""
    labs = term.lab.labs
    limits = labs.catalogue.staleness
    if term.lab.analyte.panel == "lipid":
        return limits.lipids
    after_start = bool(labs.treatment.started[row]) and term.lab.day[row] > labs.treatment.start[row]
    return limits.on_treatment if after_start else limits.before


def cannot_tell_text(title: str, reasons: Sequence[Reason], known: Sequence[str], concerned: Sequence[str]) -> str:
    """Every reason that applies, the analytes that they concern where that is not plain, then the results there are."""
    told = "; ".join(reason.in_words for reason in reasons)
    about = f" ({', '.join(concerned)})" if concerned else ""
    last = f" Last: {'; '.join(known)}." if known else ""
    return f"{title}: cannot be evaluated: {told}{about}.{last}"


def dose_text(rule: Rule, region: Region, per_day: float) -> str:
    """The daily dose beside the one that a rule compares it with; empty for other rules."""
    name = f"dose_{region.value.lower()}" if f"dose_{region.value.lower()}" in rule.limits else "limit" if "dose" in rule.topics else ""
    limit = rule.limits.get(name)
    if limit is None or math.isnan(per_day):
        return ""
    number = _number_format(Interval(per_day, per_day), [limit])
    above = "above" if _order(per_day, limit) > 0 else "not above"
    return f"{number(per_day)} mg a day is {above} {number(limit)} mg"


def event_text(name: str, since: date, ended: date | None) -> str:
    """``Herpes zoster since 2026-11-01``."""
    return f"{name} since {since.isoformat()}" if ended is None else f"{name} {since.isoformat()} to {ended.isoformat()}"


@cache
def basis_text(rule: Rule, drug: Drug | None, region: Region, before_start: bool) -> str:
    """Where a met finding comes from: the rule's own source, then what the label of this drug and region says on its topics."""
    label = " ".join(said.text for said in statements_for(rule, drug, region, before_start)) if drug else ""
    if rule.is_local and not rule.plugin:
        own = "The threshold is this clinic's own."
    else:
        own = _own_source(rule, told=bool(label)) if rule.sources or not label else ""
    return " ".join(filter(None, (own, label)))


def _own_source(rule: Rule, *, told: bool) -> str:
    """The sentence of the rule's page that names its source; one on labels only where no label of this drug says it."""
    sentences = _SENTENCE_END.split(rule.sections["Says"])
    if not told or not _OF_THE_LABEL.search(sentences[0]):
        return sentences[0]
    return next((each for each in sentences if each.startswith("The article")), "")


def resume_text(drug: Drug, region: Region, analyte: str) -> str:
    """The label's condition for ending a hold for an analyte; empty where it names none."""
    condition = drug.resume_for(region, analyte)
    if condition is None:
        return ""
    if condition.limit is None:
        return "Label says: it may be resumed once the value is normal."
    limit = format_number(condition.limit)
    return f"Label says: it may be resumed {f'at {limit} or above' if condition.inclusive else f'above {limit}'}."


@cache
def source_text(rule: Rule, drug: Drug | None, region: Region) -> str:
    """The ids and evidence marks of the rule's sources, as one cell; of a rule that is for other drugs or regions, theirs."""
    if (drug is not None and drug.key not in rule.drugs) or region.value not in rule.regions:
        return _cell(rule, sources_for(rule))
    return _cell(rule, sources_for(rule, drug, region))


def _cell(rule: Rule, sources: Iterable[Source]) -> str:
    listed = "; ".join(f"{source.id} [{source.mark}]" for source in sources)
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
