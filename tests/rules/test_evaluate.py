"""Running the rules: one that fails takes nothing with it, and a stopped course keeps only what is urgent and unanswered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.rules.casefile import Case, answers, case_of, judged_cases

from labtrack.core.judgment import Reason, Region, Severity
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts, known
from labtrack.rules import NOT_APPLICABLE, REGISTRY, Rule

RULES = REGISTRY.rules
FAILED = "cannot evaluate: rule-failed"
USUAL = {
    "name": "x",
    "kind": "fires",
    "patient": "F born 1960-05-01 70 kg",
    "course": "baricitinib 2 mg daily from 2026-01-10",
    "as_of": "2026-06-10",
    "expect": "",
}
LOW = ["2026-06-01 ANC 0.9 10*9/L"]


def case(**fields: object) -> Case:
    return case_of("anc-below-1", {**USUAL, **fields})


def with_test(like: str, test: Callable[..., Verdicts], **fields: object) -> Rule:
    return replace(RULES[like], test=test, limits={}, **fields)  # type: ignore[arg-type]


def raising(labs: Labs) -> Verdicts:
    raise ZeroDivisionError("nothing to divide by")


def misshapen(labs: Labs) -> Verdicts:
    return known(np.ones(len(labs) + 1, np.bool_))


def half_misshapen(labs: Labs) -> Verdicts:
    return Verdicts(np.ones(len(labs), np.int8), np.zeros(len(labs) + 1, np.uint16))


@pytest.mark.parametrize("test", [raising, misshapen, half_misshapen])
def test_a_rule_that_fails_says_so_and_the_others_go_on(test: Callable[..., Verdicts], caplog: pytest.LogCaptureFixture) -> None:
    rules = {"broken": with_test("anc-below-1", test, id="broken"), "neutropenia": RULES["neutropenia"]}
    first, second = answers([case(results=LOW), case(results=LOW, course="tofacitinib 5 mg twice daily from 2026-01-10")], rules, Region.US)
    assert first["broken"].expect == FAILED
    assert first["broken"].recheck is None
    assert second["broken"].expect == "not applicable", "it fails only where it applies"
    assert {first["neutropenia"].expect, second["neutropenia"].expect} == {"met"}
    assert "rule broken failed" in caplog.text


def test_a_rule_whose_drug_does_not_exist_fails_as_well(caplog: pytest.LogCaptureFixture) -> None:
    rules = {"broken": replace(RULES["anc-below-1"], id="broken", drugs=("aspirin",))}
    assert answers([case(results=LOW)], rules, Region.US)[0]["broken"].expect == FAILED
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_rule_that_applies_to_nobody_is_not_run() -> None:
    rules = {"broken": with_test("tofa-anc", raising, id="broken")}
    assert answers([case(results=LOW)], rules, Region.US)[0]["broken"].expect == "not applicable"


def test_a_rule_may_find_that_it_has_nothing_to_say() -> None:
    def test(labs: Labs) -> Verdicts:
        verdicts = known(np.ones(len(labs), np.bool_))
        verdicts.applicable = np.array([True, False])
        return verdicts

    found = answers([case(), case()], {"x": with_test("neutropenia", test, id="x")}, Region.US)
    assert [each["x"].expect for each in found] == ["met", "not applicable"]


def test_rules_are_judged_in_their_order() -> None:
    judgment = judged_cases([case(results=LOW)], RULES, Region.US)
    assert [judged.rule.id for judged in judgment.rules] == list(RULES)


def test_an_empty_clinic_is_judged_too() -> None:
    judgment = judged_cases([], RULES, Region.EU)
    assert {len(judged.answer) for judged in judgment.rules} == {0}


def test_numpy_does_not_warn_of_what_is_missing(recwarn: pytest.WarningsRecorder) -> None:
    judged_cases([case(results=["2026-06-01 LDL 0 mg/dL"])], RULES, Region.EU)
    assert not list(recwarn)


def test_a_recheck_counts_from_the_earliest_result_that_meets_the_rule_and_belongs_to_its_panel() -> None:
    def test(labs: Labs) -> Verdicts:
        return (labs.hb < 20.0) | (labs.anc < 20.0) | (labs.plt < 1.0) | (labs.crp < 999.0)

    results = ["2026-05-01 CRP 3 mg/L", "2026-05-02 PLT 200 10*9/L", "2026-05-04 ANC 2 10*9/L", "2026-05-03 Hb 12 g/dL"]
    found = answers([case(results=results), case(results=results[:3]), case()], {"x": with_test("neutropenia", test, id="x")}, Region.US)
    assert [each["x"].recheck for each in found] == [date(2026, 5, 17), date(2026, 5, 18), None]


def test_a_rule_may_say_itself_from_when_a_recheck_counts() -> None:
    def test(labs: Labs) -> Verdicts:
        verdicts = labs.anc < 1.0
        verdicts.recheck_from = np.full(len(labs), date(2026, 6, 5).toordinal())
        return verdicts

    rules = {"x": with_test("neutropenia", test, id="x")}
    found = answers([case(results=LOW), case(results=["2026-06-01 ANC 2 10*9/L"])], rules, Region.US)
    assert [each["x"].recheck for each in found] == [date(2026, 6, 19), None]


STOPPED = "{} from 2026-01-10 to 2026-05-20"
BARI, TOFA = STOPPED.format("baricitinib 2 mg daily"), STOPPED.format("tofacitinib 5 mg twice daily")


def after_stop(rule: Rule, results: list[str], course: str = BARI, **fields: object) -> str:
    return answers([case(results=results, course=course, **fields)], {rule.id: rule}, Region.US)[0][rule.id].expect


def test_after_a_stop_urgent_findings_stay_and_the_rest_is_silent() -> None:
    low = ["2026-05-18 ANC 0.9 10*9/L"]
    assert after_stop(RULES["anc-below-1"], low) == "met"
    assert after_stop(RULES["neutropenia"], low) == "not applicable"
    assert after_stop(RULES["anc-below-1"], ["2026-05-18 ANC 2.0 10*9/L"]) == "not applicable"
    assert after_stop(RULES["anc-below-1"], []) == "not applicable"


def test_after_a_stop_severity_is_the_drugs() -> None:
    fall = ["2026-01-05 Hb 13 g/dL", "2026-05-18 Hb 10 g/dL"]
    assert after_stop(RULES["hb-fall-2"], fall, TOFA) == "met"
    assert after_stop(RULES["hb-fall-2"], fall, BARI) == "not applicable"
    milder = replace(RULES["anc-below-1"], severity_on={"baricitinib": Severity.WATCH})
    assert after_stop(milder, ["2026-05-18 ANC 0.9 10*9/L"]) == "not applicable"


def test_after_a_stop_a_rule_on_events_is_silent() -> None:
    assert RULES["contraindication"].severity is Severity.URGENT
    assert after_stop(RULES["contraindication"], [], events=["2026-05-18 malignancy-active"]) == "not applicable"


def test_after_a_stop_a_finding_stays_until_each_result_behind_it_is_followed() -> None:
    high = ["2026-05-18 ALT 400 U/L [0..40]", "2026-05-18 AST 400 U/L [0..40]"]
    rule = RULES["transaminase-5x"]
    assert after_stop(rule, high) == "met"
    assert after_stop(rule, [*high, "2026-05-25 ALT 30 U/L"]) == "met"
    assert after_stop(rule, [*high, "2026-05-25 ALT 30 U/L", "2026-05-26 AST 30 U/L"]) == "not applicable"
    assert after_stop(rule, [high[0], "2026-05-18 AST 30 U/L", "2026-05-25 ALT 30 U/L"]) == "not applicable"
    assert after_stop(rule, [*high, "2026-06-11 ALT 30 U/L", "2026-06-11 AST 30 U/L"]) == "met", "not yet on the as-of date"


def test_beside_a_running_course_a_stopped_one_changes_nothing() -> None:
    running, stopped = case(results=["2026-06-01 ANC 1.2 10*9/L"]), case(results=["2026-05-18 ANC 1.2 10*9/L"], course=BARI)
    found = answers([running, stopped, running], {"neutropenia": RULES["neutropenia"]}, Region.US)
    assert [each["neutropenia"].expect for each in found] == ["met", "not applicable", "met"]


def test_not_applicable_is_told_apart_from_every_verdict() -> None:
    judgment = judged_cases([case(course="none")], {"vte-event": RULES["vte-event"]}, Region.US)
    assert judgment.rules[0].answer.tolist() == [NOT_APPLICABLE] == [-2]
    assert judgment.rules[0].verdicts.reasons.tolist() == [Reason.RULE_FAILED.bit]
