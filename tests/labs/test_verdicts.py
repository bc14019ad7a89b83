"""Kleene's three-valued logic on columns, with reasons."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.labs.build import labs

from labtrack.core.judgment import Reason
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Verdicts, known, unknown

STALE, NO_RESULT = np.uint16(Reason.STALE.bit), np.uint16(Reason.NO_RESULT.bit)
KLEENE_OR = {(a, b): max(a, b) for a, b in product((-1, 0, 1), repeat=2)}
KLEENE_AND = {(a, b): min(a, b) for a, b in product((-1, 0, 1), repeat=2)}


def verdicts(answer: int, reason: np.uint16 = STALE, kinds: tuple[str, ...] = ()) -> Verdicts:
    return Verdicts(np.array([answer], np.int8), np.array([reason if answer == UNKNOWN else 0], np.uint16), kinds=kinds)


@pytest.mark.parametrize("sides", list(KLEENE_OR))
def test_either_and_both(sides: tuple[int, int]) -> None:
    one, other = verdicts(sides[0], STALE), verdicts(sides[1], NO_RESULT)
    assert (one | other).answer.tolist() == [KLEENE_OR[sides]]
    assert (one & other).answer.tolist() == [KLEENE_AND[sides]]


@pytest.mark.parametrize("answer", [MET, UNKNOWN, NOT_MET])
def test_negation_keeps_what_is_unknown(answer: int) -> None:
    turned = ~verdicts(answer, kinds=("vte",))
    assert turned.answer.tolist() == [-answer]
    assert (turned.reasons[0] != 0) == (answer == UNKNOWN)
    assert turned.kinds == ("vte",)


def test_reasons_of_both_sides_travel_with_an_unknown_answer_only() -> None:
    both = verdicts(UNKNOWN, STALE) | verdicts(UNKNOWN, NO_RESULT)
    assert both.reasons.tolist() == [STALE | NO_RESULT]
    assert (verdicts(UNKNOWN) | verdicts(NOT_MET)).reasons.tolist() == [STALE]
    assert (verdicts(UNKNOWN) | verdicts(MET)).reasons.tolist() == [0]
    assert (verdicts(UNKNOWN) & verdicts(NOT_MET)).reasons.tolist() == [0]


def test_joining_keeps_the_event_kinds_of_both() -> None:
    assert (verdicts(MET, kinds=("vte",)) | verdicts(MET, kinds=("surgery",))).kinds == ("vte", "surgery")


@pytest.mark.parametrize(("answer", "expected"), [(MET, MET), (UNKNOWN, NOT_MET), (NOT_MET, NOT_MET)])
def test_known_or_false(answer: int, expected: int) -> None:
    settled = verdicts(answer).known_or_false()
    assert (settled.answer.tolist(), settled.reasons.tolist()) == ([expected], [0])


def test_plain_facts_are_never_unknown() -> None:
    facts = known(np.array([True, False]), ("vte",))
    assert (facts.answer.tolist(), facts.reasons.tolist(), facts.kinds) == ([MET, NOT_MET], [0, 0], ("vte",))


def test_unknown_on_every_row() -> None:
    nothing = unknown(2, Reason.RULE_FAILED)
    assert (nothing.answer.tolist(), nothing.reasons.tolist()) == ([UNKNOWN] * 2, [Reason.RULE_FAILED.bit] * 2)


def test_the_terms_of_a_row_are_those_made_for_it() -> None:
    hb = labs("2026-06-01 hb 9 g/dL").hb
    everywhere, elsewhere = (hb < 10.0).terms[0], (hb < 8.0).terms[0]
    elsewhere.rows = np.array([False])
    both = Verdicts(np.array([MET], np.int8), np.zeros(1, np.uint16), (everywhere, elsewhere))
    assert both.terms_of(0) == (everywhere,)
