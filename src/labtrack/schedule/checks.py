"""The next check of each panel, from the protocols' milestones, dose changes and the rechecks of met rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Due
from labtrack.labs.bounds import Days, Flags
from labtrack.labs.columns import FOREVER
from labtrack.labs.snapshot import Labs
from labtrack.schedule.completion import lacking, last_completion

LATER, DUE, OVERDUE = range(3)
RESPONSE_REVIEW, SCREENING = "response-review", "screening"
#: Why a panel is due; rules' rechecks follow, in the order they are handed in.
BASELINE_MISSING, MILESTONE, REPEATING, RESTART, FIRST_RECHECK = range(5)


@dataclass(slots=True)
class Recheck:
    """A met rule's repeat: the panel it wants, days after collection, and the day of collection per row (0: not met)."""

    panel: str
    rule: str
    days: int
    collected: Days


@dataclass(slots=True)
class PanelChecks:
    """The next check of one panel, shape (rows,): day (0: none), window in days, why, and which required analytes lack.

    ``why`` is one of the constants above, ``FIRST_RECHECK + n`` for the nth recheck handed in; ``milestone`` is the day after the
    start that a milestone names, or the days between repeats.
    """

    panel: str
    due: Days
    window: Days
    why: npt.NDArray[np.int16]
    milestone: Days
    missing: dict[str, Flags]

    @property
    def exists(self) -> Flags:
        """Where there is a check at all."""
        return self.due > 0


def statuses(checks: PanelChecks, as_of: Days) -> npt.NDArray[np.int8]:
    """LATER (more than the window before due), DUE (within it, either side), OVERDUE (more than the window after)."""
    early, late = as_of < checks.due - checks.window, as_of > checks.due + checks.window
    return np.where(early, np.int8(LATER), np.where(late, np.int8(OVERDUE), np.int8(DUE)))


def next_checks(labs: Labs, rechecks: Iterable[Recheck]) -> list[PanelChecks]:
    """The next check of every panel with a protocol, then of the response review and the screening.

    A patient without a course has none; a stopped course has only the rechecks handed in for it.
    """
    protocols = labs.catalogue.protocols
    handed = list(rechecks)
    found = []
    for key, panel in labs.catalogue.panels.items():
        last = last_completion(labs, panel.required, labs.treatment.start - protocols.baseline_reach, protocols.completion_span)
        checks = _routine(labs, key, last)
        if key in protocols.after_dose_change.panels:
            _after_restart(labs, checks, last)
        _only_under_treatment(labs, checks)
        for place, recheck in enumerate(handed):
            if recheck.panel == key:
                _bring_forward(labs, checks, recheck, FIRST_RECHECK + place)
        lacks = lacking(labs, panel.required, protocols.completion_span)
        checks.missing = dict(zip(panel.required, lacks, strict=True))
        found.append(checks)
    return [*found, _response_review(labs), _screening(labs)]


def _routine(labs: Labs, panel: str, last: Days) -> PanelChecks:
    """The first milestone that the last completion does not already cover; past them all, the repeat."""
    protocols, start = labs.catalogue.protocols, labs.treatment.start
    since = last - start  # before the start: negative, which covers no milestone
    steps = tuple((drug.number, protocols.milestones(panel, drug.key)) for drug in labs.catalogue.drugs.values())
    plan = _plan(steps, protocols.repeat(panel))
    drug = labs.treatment.drug
    step = (since >= plan.covered_from.take(drug, axis=1)).sum(axis=0)
    milestone, window = plan.days[step, drug], plan.window[step, drug]
    repeats = step == len(plan.covered_from)
    due = np.where(repeats, last, start) + milestone
    why = np.where(repeats, np.int16(REPEATING), np.int16(MILESTONE))
    no_baseline = last == 0
    due = np.where(no_baseline, start, due)
    window = np.where(no_baseline, protocols.baseline_window, window)
    why = np.where(no_baseline, np.int16(BASELINE_MISSING), why)
    return PanelChecks(panel, due, window, why, milestone, {})


@dataclass(frozen=True, slots=True)
class _Plan:
    """A panel's steps by drug number, shape (steps, drugs): days, window, and from how many days on a completion covers a milestone.

    The last step is the repeat; it has no row in ``covered_from``. Drugs with fewer milestones than others are filled up with ones
    that every completion covers.
    """

    days: Days
    window: Days
    covered_from: Days


@cache
def _plan(milestones: tuple[tuple[int, tuple[Due, ...]], ...], repeat: Due) -> _Plan:
    most = max(len(steps) for _, steps in milestones)
    size = max(number for number, _ in milestones) + 1
    days, window = np.zeros((most + 1, size), np.int64), np.zeros((most + 1, size), np.int64)
    covered = np.full((most, size), -FOREVER)
    days[most], window[most] = repeat.days, repeat.window
    for number, steps in milestones:
        for place, each in enumerate(steps, start=most - len(steps)):
            days[place, number], window[place, number] = each.days, each.window
            covered[place, number] = each.days - each.window
    return _Plan(days, window, covered)


def _after_restart(labs: Labs, checks: PanelChecks, last: Days) -> None:
    """A dose increase or resumption asks for a check, unless the panel was complete late enough after it."""
    rule = labs.catalogue.protocols.after_dose_change
    restart = labs.treatment.first_restart_after(last - (rule.days - rule.credit))
    _replace(checks, (restart > 0) & (restart + rule.days <= checks.due), restart + rule.days, rule.window, RESTART)


def _only_under_treatment(labs: Labs, checks: PanelChecks) -> None:
    """Routine checks are for a planned or running course."""
    under_treatment = labs.treatment.has_course & ~labs.treatment.stopped
    checks.due = np.where(under_treatment, checks.due, 0)


def _bring_forward(labs: Labs, checks: PanelChecks, recheck: Recheck, why: int) -> None:
    """A met rule makes its panel due, not before the start of a started course, if that is no later than the routine date."""
    treatment = labs.treatment
    due = recheck.collected + recheck.days
    due = np.where(treatment.started, np.maximum(due, treatment.start), due)
    applies = (recheck.collected > 0) & treatment.has_course & ((checks.due == 0) | (due <= checks.due))
    _replace(checks, applies, due, labs.catalogue.protocols.recheck_window, why)


def _replace(checks: PanelChecks, chosen: Flags, due: Days, window: int, why: int) -> None:
    checks.due = np.where(chosen, due, checks.due)
    checks.window = np.where(chosen, window, checks.window)
    checks.why = np.where(chosen, np.int16(why), checks.why)


def _response_review(labs: Labs) -> PanelChecks:
    """Due once, some weeks after the start, until an event of that kind is recorded."""
    plan, start = labs.catalogue.protocols.response_review, labs.treatment.start
    done = labs.treatment.event_since(start, labs.treatment.day, RESPONSE_REVIEW)
    return _once(labs, RESPONSE_REVIEW, start + plan.days, plan.window, done)


def _screening(labs: Labs) -> PanelChecks:
    """Due on the start date until every item is done or declined."""
    plan, start = labs.catalogue.protocols.screening, labs.treatment.start
    certain, perhaps = labs.screening_open
    return _once(labs, SCREENING, start + plan.days, plan.window, ~(certain | perhaps))


def _once(labs: Labs, panel: str, due: Days, window: int, done: Flags) -> PanelChecks:
    nothing = np.zeros(len(labs), np.int64)
    checks = PanelChecks(panel, np.where(done, 0, due), nothing + window, nothing.astype(np.int16) + MILESTONE, nothing, {})
    _only_under_treatment(labs, checks)
    return checks
