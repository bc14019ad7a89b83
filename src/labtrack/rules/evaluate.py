"""Runs every rule on a snapshot. A rule that raises is answered for: ``cannot evaluate: rule-failed``, never silence."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from labtrack.core.judgment import Reason, Severity
from labtrack.labs.bounds import Answers, Days, Flags
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, Verdicts, unknown
from labtrack.rules.registry import Rule

#: Beside the verdicts' +1, 0 and −1: the rule has nothing to say here.
NOT_APPLICABLE = -2
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Judged:
    """One rule's answers on every row of a snapshot: +1 met, 0 cannot evaluate, −1 not met, −2 not applicable."""

    rule: Rule
    answer: Answers
    verdicts: Verdicts

    def collected(self) -> Days:
        """Per met row: the day that a recheck counts from (of several results that meet it the earliest); 0 elsewhere."""
        met = self.answer == MET
        if not np.count_nonzero(met):
            return np.zeros(len(met), np.int64)
        if self.verdicts.recheck_from is not None:
            return np.where(met, self.verdicts.recheck_from, 0)
        earliest = np.zeros(len(met), np.int64)
        for term in self.verdicts.terms:
            counts = met & (term.answer == MET) & (term.lab.analyte.panel == self.rule.panel)
            day = term.lab.day
            earliest = np.where(counts & ((earliest == 0) | (day < earliest)), day, earliest)
        return earliest


def judge(labs: Labs, rules: Iterable[Rule]) -> list[Judged]:
    """Every rule on every row, in the rules' order."""
    with np.errstate(all="ignore"):
        judged = [_one(labs, rule) for rule in rules]
        if labs.treatment.stopped.any():
            for each in judged:
                _after_stop(labs, each)
    return judged


def _one(labs: Labs, rule: Rule) -> Judged:
    """One rule on every row. Whatever it raises, and an answer of the wrong shape, is ``rule-failed`` where the rule applies."""
    applies = labs.every_row
    try:
        applies = rule.applies(labs)
        if applies is not labs.every_row and not np.count_nonzero(applies):
            return Judged(rule, np.full(len(labs), np.int8(NOT_APPLICABLE)), unknown(len(labs), Reason.RULE_FAILED))
        verdicts = rule(labs)
        if verdicts.answer.shape != applies.shape or verdicts.reasons.shape != applies.shape:
            raise ValueError(f"answers of shape {verdicts.answer.shape} for {len(labs)} rows")
    except Exception:  # noqa: BLE001 - a rule may fail in any way, and must not take the others with it
        _log.exception("rule %s failed", rule.id)
        verdicts = unknown(len(labs), Reason.RULE_FAILED)
    if verdicts.applicable is not None:
        applies = applies & verdicts.applicable
    if applies is labs.every_row:
        return Judged(rule, verdicts.answer, verdicts)
    return Judged(rule, np.where(applies, verdicts.answer, np.int8(NOT_APPLICABLE)), verdicts)


def _after_stop(labs: Labs, judged: Judged) -> None:
    """A stopped course: urgent laboratory findings of the stop date stay until a later result; nothing else is said."""
    stays = np.zeros(len(labs), np.bool_)
    if judged.rule.panel:
        stays = _is_urgent(labs, judged.rule) & (judged.answer == MET) & ~_all_renewed(labs, judged)
    judged.answer = np.where(labs.treatment.stopped & ~stays, np.int8(NOT_APPLICABLE), judged.answer)


def _is_urgent(labs: Labs, rule: Rule) -> Flags:
    urgent = np.full(len(labs), rule.severity is Severity.URGENT)
    for drug, severity in rule.severity_on.items():
        urgent = np.where(labs.on_drug(drug), severity is Severity.URGENT, urgent)
    return urgent


def _all_renewed(labs: Labs, judged: Judged) -> Flags:
    """Whether every result that meets the rule has been followed by a later one."""
    renewed = np.ones(len(labs), np.bool_)
    for term in judged.verdicts.terms:
        renewed &= (term.answer != MET) | labs.has_later_result(term.lab)
    return renewed
