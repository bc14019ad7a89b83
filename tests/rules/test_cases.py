"""Every rule against its case file, through the real engine, case by case and all cases of a region together."""

from __future__ import annotations

from itertools import groupby

import pytest
from tests.rules.casefile import KINDS, Case, answers, case_files, cases_of, in_order, judged_cases

from labtrack.core.judgment import Region
from labtrack.labs.verdicts import UNKNOWN
from labtrack.rules import NOT_APPLICABLE, REGISTRY, Rule

CASES = [case for path in case_files() for case in cases_of(path)]
BY_RULE = {id: list(cases) for id, cases in groupby(sorted(CASES, key=lambda case: case.rule), key=lambda case: case.rule)}

#: What the cases of every rule show.
ALWAYS = {"fires", "silent", "before-start", "drug", "region"}
#: What those of a rule on laboratory values show beside it.
ON_VALUES = {"threshold", "missing", "bound", "stale", "doubt", "unit", "clash"}


def kinds_needed(rule: Rule) -> set[str]:
    if rule.panel:
        return ALWAYS | ON_VALUES
    return ALWAYS


def said(case: Case) -> dict[str, object]:
    """What the engine says of a case, limited to what the case speaks of."""
    answer = answers([case], {case.rule: REGISTRY.rules[case.rule]}, case.region)[0][case.rule]
    found: dict[str, object] = {"expect": answer.expect}
    for name in ("note", "recheck", "severity"):
        if getattr(case, name) is not None:
            found[name] = getattr(answer, name)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case) -> None:
    expected: dict[str, object] = {"expect": in_order(case.expect)}
    for name in ("note", "recheck", "severity"):
        if getattr(case, name) is not None:
            expected[name] = getattr(case, name)
    assert said(case) == expected


@pytest.mark.parametrize("region", Region)
def test_all_cases_as_one_cohort_answer_as_they_do_alone(region: Region) -> None:
    cases = [case for case in CASES if case.region is region]
    together = answers(cases, REGISTRY.rules, region)
    for case, answer in zip(cases, together, strict=True):
        assert answer[case.rule].expect == in_order(case.expect), case.id
        if case.recheck is not None:
            assert answer[case.rule].recheck == case.recheck, case.id


@pytest.mark.parametrize("region", Region)
def test_there_is_a_reason_exactly_where_a_rule_cannot_be_evaluated(region: Region) -> None:
    cases = [case for case in CASES if case.region is region]
    for judged in judged_cases(cases, REGISTRY.rules, region).rules:
        applies = judged.answer != NOT_APPLICABLE
        has_reason = judged.verdicts.reasons != 0
        assert (has_reason == (judged.answer == UNKNOWN))[applies].all(), judged.rule.id


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_a_case_file_is_called_after_its_rule_and_names_no_case_twice(path: object) -> None:
    cases = list(cases_of(path))
    assert {case.rule for case in cases} == {path.stem}
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]


@pytest.mark.parametrize("rule", REGISTRY.rules.values(), ids=lambda rule: rule.id)
def test_every_rule_has_cases_of_every_kind_that_it_can_have(rule: Rule) -> None:
    kinds = {case.kind for case in BY_RULE.get(rule.id, [])}
    assert kinds_needed(rule) <= kinds, f"cases/{rule.id}.toml shows no {sorted(kinds_needed(rule) - kinds)}"
    assert kinds <= KINDS.keys()


@pytest.mark.parametrize("rule", REGISTRY.rules.values(), ids=lambda rule: rule.id)
def test_the_plain_cases_say_what_their_kind_promises(rule: Rule) -> None:
    for case in BY_RULE.get(rule.id, []):
        if case.kind == "fires":
            assert case.expect == "met", case.id
            assert case.severity is not None, f"{case.id}: says no severity"
            assert (case.recheck is not None) == (rule.recheck_days is not None), f"{case.id}: recheck"
        if case.kind == "silent":
            assert case.expect == "not met", case.id


def test_every_note_of_a_rule_is_shown_by_some_case() -> None:
    for rule in REGISTRY.rules.values():
        shown = {case.note for case in BY_RULE.get(rule.id, []) if case.note is not None}
        assert set(rule.notes) == shown, rule.id
