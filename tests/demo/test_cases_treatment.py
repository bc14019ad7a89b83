"""What each of these patients is there for is told in words and in rules or reasons that exist (test_sample.py holds the engine to it)."""

from __future__ import annotations

import pytest

from labtrack.catalogue import catalogue
from labtrack.demo.case import Case
from labtrack.demo.cases_treatment import CASES
from labtrack.rules import REGISTRY


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_says_what_it_is_there_for(case: Case) -> None:
    assert case.shows
    for shows in case.shows:
        assert shows.why
        assert shows.met or shows.reasons or shows.state
        assert set(shows.met) <= set(REGISTRY.rules)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_uses_the_closed_lists(case: Case) -> None:
    assert {happening.kind for happening in case.happenings} <= catalogue().event_kinds.keys()
    assert {therapy.drug for therapy in case.therapies} <= catalogue().drugs.keys()
    assert set(case.unscreened) <= catalogue().screening_items.keys()
    assert {report.analyte for report in case.reports} | case.values.keys() <= catalogue().analytes.keys()
    assert case.acknowledged.keys() <= set(REGISTRY.rules)
