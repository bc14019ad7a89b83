"""What findings and checks say: the value and how it stands to its limit, why a rule cannot tell, what label and article say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.labs.build import case, judged, labs
from tests.oracle.cohorts import people
from tests.oracle.compare import cohort, engine_for
from tests.rules.casefile import cohort_of_cases

from labtrack.catalogue import catalogue
from labtrack.clinic import wording
from labtrack.clinic.assembly import Assembler
from labtrack.clinic.engine import Engine
from labtrack.core.judgment import Assessment, Evidence, Finding, Reason, Region, Verdict
from labtrack.core.quantity import Interval, format_interval
from labtrack.labs.bounds import Bounds
from labtrack.labs.verdicts import MET, Relation, Term
from labtrack.rules import REGISTRY
from labtrack.rules.local import effective_rules

TOFA = {"course": "tofacitinib 5 mg twice daily from 2026-01-10"}
DAY = date(2026, 6, 1)
BARI_ANC = "Label says: interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above."
TOFA_ANC = "Label says: interrupt while the ANC stays at 0.5 to 1.0, until it is above 1.0; discontinue when an ANC below 0.5 is confirmed."


def assessed(*results: str, **fields: object) -> Assessment:
    (found,) = Assembler(judged(*results, **fields), "", every_verdict=True).assessments()
    return found


def finding(rule: str, *results: str, **fields: object) -> Finding:
    (found,) = (each for each in assessed(*results, **fields).findings if each.rule == rule)
    return found


@pytest.mark.parametrize(
    ("rule", "fields", "results", "message"),
    [
        ("anc-below-1", {}, ["2026-06-01 anc 0.82 10*9/L"], f"ANC 0.82 ×10⁹/L on 2026-06-01 is below 1. {BARI_ANC}"),
        ("anc-below-1", {}, ["2026-06-01 anc 820 /uL"], f"ANC 0.82 ×10⁹/L on 2026-06-01 is below 1. {BARI_ANC}"),
        ("anc-below-1", {}, ["2026-06-01 anc <0.5 10*9/L"], f"ANC <0.5 ×10⁹/L on 2026-06-01 is below 1. {BARI_ANC}"),
        ("anc-below-1", {}, ["2026-06-01 anc 1.0 10*9/L"], "ANC 1 ×10⁹/L on 2026-06-01 is not below 1."),
        # Rounded no further than the threshold allows
        ("anc-below-1", {}, ["2026-06-01 anc 0.99996 10*9/L"], f"ANC 0.99996 ×10⁹/L on 2026-06-01 is below 1. {BARI_ANC}"),
        ("ldl-190", {}, ["2026-06-01 ldl 4.91 mmol/L"], "LDL 189.9 mg/dL on 2026-06-01 is below 190."),
        (
            "anc-below-1",
            {"course": "none"},
            ["2026-06-01 anc 0.82 10*9/L"],
            "ANC 0.82 ×10⁹/L on 2026-06-01 is below 1. Label says: do not start with an ANC below 1.0.",
        ),
        # Calculated, clashing, in doubt, old
        (
            "anc-below-1",
            {},
            ["2026-06-01 wbc 2.0 10*9/L", "2026-06-01 neut_pct 40 %"],
            f"ANC 0.8 ×10⁹/L on 2026-06-01 (calculated: WBC × %) is below 1. {BARI_ANC}",
        ),
        (
            "anc-below-1",
            {},
            ["2026-06-01 anc 0.7 10*9/L", "2026-06-01 anc 0.8 10*9/L"],
            f"ANC 0.7–0.8 ×10⁹/L on 2026-06-01 (results of one time that differ) is below 1. {BARI_ANC}",
        ),
        (
            "anc-below-1",
            {},
            ["2026-06-01 anc 0.8 10*9/L", "2026-06-03 anc hemolyzed 10*9/L"],
            f"ANC 0.8 ×10⁹/L on 2026-06-01 is below 1; the newest report of it cannot be read. {BARI_ANC}",
        ),
        (
            "anc-below-1",
            {},
            ["2026-02-01 anc 0.8 10*9/L"],
            f"ANC 0.8 ×10⁹/L on 2026-02-01 is below 1; more than 98 days old. {BARI_ANC}",
        ),
        (
            "anc-below-1",
            {"course": "none"},
            ["2025-12-01 anc 0.8 10*9/L"],
            "ANC 0.8 ×10⁹/L on 2025-12-01 is below 1; more than 180 days old. Label says: do not start with an ANC below 1.0.",
        ),
        (
            "anc-below-1",
            {"course": "baricitinib 2 mg daily from 2026-01-10 to 2026-05-01"},
            ["2026-04-01 anc 0.8 10*9/L"],
            f"ANC 0.8 ×10⁹/L on 2026-04-01 is below 1. {BARI_ANC} As of the stop date; listed until a later result.",
        ),
        # What the rule adds
        ("tofa-anc", TOFA, ["2026-06-01 anc 0.8 10*9/L"], f"ANC 0.8 ×10⁹/L on 2026-06-01 is below 1; repeat to confirm. {TOFA_ANC}"),
        (
            "tofa-anc",
            TOFA,
            ["2026-05-01 anc 0.3 10*9/L", "2026-06-01 anc 0.4 10*9/L"],
            f"ANC 0.4 ×10⁹/L on 2026-06-01 is below 1; confirmed: discontinue. {TOFA_ANC}",
        ),
        # Against the baseline
        (
            "ldl-rise-30",
            {},
            ["2026-01-05 ldl 100 mg/dL", "2026-06-01 ldl 150 mg/dL"],
            (
                "LDL 150 mg/dL on 2026-06-01 is above 130, baseline 100 on 2026-01-05, +50 %. The article asks for a statin when LDL rises "
                "by more than 30 %. Label says: check lipids at about 12 weeks, then follow the lipid guidelines."
            ),
        ),
        (
            "ldl-rise-30",
            {},
            ["2026-01-05 ldl 2.30 mmol/L", "2026-06-01 ldl 2.99 mmol/L"],
            "LDL 115.6 mg/dL on 2026-06-01 is not above 115.6, baseline 88.94 on 2026-01-05, +30 %.",
        ),
        (
            "hb-fall-2",
            {},
            ["2026-01-05 hb 14 g/dL", "2026-06-01 hb 13.5 g/dL"],
            "Hb 13.5 g/dL on 2026-06-01 is not below 12, baseline 14 on 2026-01-05, -3.6 %.",
        ),
        # The limit of the laboratory
        (
            "anemia",
            {},
            ["2026-06-01 hb 119 g/L [120..160]"],
            "Hb 11.9 g/dL on 2026-06-01 is below 12. The article asks for a blood count at baseline and periodically because of anemia.",
        ),
        # A dose beside a band
        (
            "egfr-30-60-dose",
            {"course": "baricitinib 1 mg daily from 2026-01-10"},
            ["2026-06-01 egfr 45 mL/min/1.73m2"],
            "eGFR 45 mL/min/1.73 m² on 2026-06-01 is from 30 to below 60; 1 mg a day is not above 1 mg.",
        ),
        (
            "egfr-30-60-dose",
            {},
            ["2026-06-01 egfr 60 mL/min/1.73m2"],
            "eGFR 60 mL/min/1.73 m² on 2026-06-01 is outside 30 to below 60; 2 mg a day is above 1 mg.",
        ),
        (
            "egfr-30-60-dose",
            {},
            ["2026-06-01 egfr <30 mL/min/1.73m2"],
            "eGFR <30 mL/min/1.73 m² on 2026-06-01 is outside 30 to below 60; 2 mg a day is above 1 mg.",
        ),
        (
            "egfr-30-60-dose",
            {"course": "baricitinib 1 mg daily from 2026-01-10"},
            ["2026-06-01 egfr >50 mL/min/1.73m2"],
            "eGFR >50 mL/min/1.73 m² on 2026-06-01; 1 mg a day is not above 1 mg.",
        ),
        (
            "egfr-30-60-dose",
            {"region": "EU", "course": "baricitinib 4 mg daily from 2026-01-10"},
            ["2026-06-01 creatinine 0.8 mg/dL"],
            (
                "creatinine clearance 76.44 mL/min (Cockcroft-Gault, from Crea 0.8 mg/dL on 2026-06-01) is outside 30 to 60; "
                "4 mg a day is above 2 mg."
            ),
        ),
        ("dose-above-label", {}, [], "2 mg a day is not above 2 mg."),
        (
            "dose-above-label",
            {"course": "baricitinib 4 mg daily from 2026-01-10"},
            [],
            (
                "4 mg a day is above 2 mg. The article starts with 2 mg and goes to 4 mg if the disease is still active after 12 weeks; "
                "the EU label knows 4 mg. Label says: 2 mg a day in rheumatoid arthritis."
            ),
        ),
        # Events, holds
        (
            "serious-infection",
            {"events": ["2026-06-01 serious-infection"]},
            [],
            (
                "Serious infection since 2026-06-01. The article says: pause until it is resolved, then reassess. Label says: interrupt "
                "for a serious or opportunistic infection until it is controlled."
            ),
        ),
        (
            "hold-may-end",
            {"holds": ["2026-06-02: anc-below-1"]},
            ["2026-06-05 anc 1.0 10*9/L"],
            (
                "ANC 1 ×10⁹/L on 2026-06-05 is at or above 1; on hold since 2026-06-02 (anc-below-1). "
                "Label says: it may be resumed at 1 or above."
            ),
        ),
        (
            "hold-may-end",
            {"holds": ["2026-06-02: anc-below-1"], "region": "EU"},
            ["2026-06-05 anc 1.0 10*9/L"],
            "ANC 1 ×10⁹/L on 2026-06-05 is not above 1.",
        ),
        # It cannot tell, and says why and what there is
        ("anc-below-1", {}, [], "Neutrophils below 1.0 ×10⁹/L: cannot be evaluated: no usable result (ANC)."),
        (
            "anc-below-1",
            {},
            ["2026-06-01 anc <1.5 10*9/L"],
            (
                "Neutrophils below 1.0 ×10⁹/L: cannot be evaluated: the reported bound or clash leaves both answers open. "
                "Last: ANC <1.5 ×10⁹/L on 2026-06-01."
            ),
        ),
        (
            "anc-below-1",
            {},
            ["2026-02-01 anc 3.8 10*9/L"],
            "Neutrophils below 1.0 ×10⁹/L: cannot be evaluated: the result is too old to rely on. Last: ANC 3.8 ×10⁹/L on 2026-02-01.",
        ),
        (
            "egfr-30-60-dose",
            {"region": "EU", "patient": "F born 1960-05-01", "course": "baricitinib 4 mg when needed from 2026-01-10"},
            ["2026-06-01 creatinine 1.4 mg/dL"],
            (
                "eGFR from 30 to below 60 and a daily dose above the label's for it (EU: creatinine clearance from 30 to 60): cannot be "
                "evaluated: weight is not recorded; the daily dose is not known. Last: Crea 1.4 mg/dL on 2026-06-01."
            ),
        ),
        ("tofa-anc", {}, [], "Neutrophils below 1.0 ×10⁹/L on tofacitinib: not applicable."),
        (
            "contraindication",
            {},
            [],
            ("Active malignancy, uncontrolled diabetes, recent thromboembolism, active tuberculosis or active hepatitis recorded: not so."),
        ),
    ],
)
def test_what_a_finding_says(rule: str, fields: dict[str, object], results: list[str], message: str) -> None:
    assert finding(rule, *results, **fields).message == message


def test_both_sides_of_a_rule_are_told() -> None:
    said = finding("transaminase-raised", "2026-06-01 alt 45 U/L", "2026-06-02 ast 60 U/L").message
    assert said.startswith("ALT 45 U/L on 2026-06-01 is above 44; AST 60 U/L on 2026-06-02 is above 40. The article asks ")
    said = finding("transaminase-raised", "2026-06-01 alt 44 U/L", "2026-06-02 ast 40 U/L").message
    assert sorted(said[:-1].split("; ")) == ["ALT 44 U/L on 2026-06-01 is not above 44", "AST 40 U/L on 2026-06-02 is not above 40"]
    said = finding("transaminase-raised", "2026-06-01 alt 44 U/L", "2026-06-02 ast n/a U/L").message
    assert "the newest report is text, not a number" in said
    assert said.endswith("Last: ALT 44 U/L on 2026-06-01.")


def test_hys_law_tells_which_side_fails() -> None:
    """A raised bilirubin is never told as one that is not."""
    said = finding("hys-law", "2026-06-01 bilirubin 3 mg/dL", "2026-06-01 alt 40 U/L", "2026-06-01 ast 30 U/L")
    assert said.verdict is Verdict.NOT_MET
    assert sorted(said.message[:-1].split("; ")) == ["ALT 40 U/L on 2026-06-01 is below 132", "AST 30 U/L on 2026-06-01 is below 120"]
    said = finding("hys-law", "2026-06-01 bilirubin 1 mg/dL", "2026-06-01 alt 400 U/L", "2026-06-01 ast 300 U/L")
    assert said.message == "Bili 1 mg/dL on 2026-06-01 is not above 2.4."
    liver = ["2026-06-01 bilirubin 3 mg/dL", "2026-06-01 alt 400 U/L", "2026-06-01 ast 30 U/L"]
    said = finding("hys-law", *liver, "2026-06-01 alp 300 U/L")
    assert said.verdict is Verdict.NOT_MET
    assert "is not above" not in said.message
    said = finding("hys-law", *liver)
    assert said.message.startswith("Bili 3 mg/dL on 2026-06-01 is above 2.4; ALT 400 U/L on 2026-06-01 is at or above 132; cholestasis ")


def test_what_is_open_is_named() -> None:
    settled = [f"2026-01-02 {item}" for item in catalogue().screening_items if item not in {"screen-tb", "vaccine-zoster"}]
    said = finding("screening-incomplete", events=settled).message
    assert said.startswith("not settled: Tuberculosis, Recombinant zoster vaccine (non-live). ")


def test_only_events_that_count_are_told() -> None:
    events = ["2025-06-01 vte", "2025-12-01 to 2025-12-20 vte", "2026-06-01 tb-active", "2026-03-01 to 2026-03-02 hepatitis-active"]
    said = finding("contraindication", events=events).message
    assert said.startswith("Venous thromboembolism 2025-12-01 to 2025-12-20; Active tuberculosis since 2026-06-01. ")
    said = finding("vte-event", events=["2025-12-01 vte", "2026-03-01 to 2026-03-20 vte"]).message
    assert said.startswith("Venous thromboembolism 2026-03-01 to 2026-03-20. Label says: ")


def test_lipids_are_old_after_a_year_and_what_is_from_before_the_start_later_than_the_rest() -> None:
    assert "more than 378 days old" in finding("ldl-190", "2025-05-01 ldl 200 mg/dL").message
    assert "more than 180 days old" in finding("platelets-below-75", "2025-12-01 plt 60 10*9/L").message
    assert "days old" not in finding("ldl-190", "2025-06-01 ldl 200 mg/dL").message


# What a message never does


@pytest.fixture(scope="module")
def crowd() -> list[tuple[Region, Assessment]]:
    """What is said of many people whose values lie on the thresholds."""
    drawn = people(20_261_124, 60)
    columns = cohort([each.person for each in drawn])
    rows = [(place, day) for place, each in enumerate(drawn) for day in each.days]
    places, days = np.array([place for place, _ in rows]), np.array([day.toordinal() for _, day in rows])
    return [
        (region, each)
        for region in Region
        for each in Assembler(engine_for(region).judge(columns, places, days), "", every_verdict=True).assessments()
    ]


def all_findings(crowd: list[tuple[Region, Assessment]]) -> Iterator[Finding]:
    return (each for _, assessment in crowd for each in assessment.findings)


def test_messages_are_whole_sentences_without_residue(crowd: list[tuple[Region, Assessment]]) -> None:
    wrong = re.compile(r"\bnan\b|\binf\b|None|  |\.\.|;\.|^[.,;: ]|\[\]|\{|\byou\b|\bshould\b|e[+-]\d\d")
    messages = {each.message for each in all_findings(crowd)}
    assert len(messages) > 1000
    assert [each for each in messages if wrong.search(each) or not each.endswith(".")] == []


def test_every_finding_names_its_sources_with_their_marks(crowd: list[tuple[Region, Assessment]]) -> None:
    for each in all_findings(crowd):
        assert re.fullmatch(r"[a-z0-9-]+ \[[LG2AHu]\](; [a-z0-9-]+ \[[LG2AHu]\])*", each.source), each


def test_the_words_are_those_of_the_verdict(crowd: list[tuple[Region, Assessment]]) -> None:
    for each in all_findings(crowd):
        assert (": cannot be evaluated: " in each.message) == (each.verdict is Verdict.CANNOT_EVALUATE)
        assert each.message.endswith(": not applicable.") == (each.verdict is Verdict.NOT_APPLICABLE)
        assert bool(each.reasons) == (each.verdict is Verdict.CANNOT_EVALUATE)
        assert all(reason.in_words in each.message for reason in each.reasons)


NUMBER = r"(?:[<>≤≥]=?)?(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))?"
COMPARISON = re.compile(
    rf"{NUMBER} [^ ]+(?: m²)? on [\d-]+(?: \([^)]*\))? is (below|above|not below|not above|at or above|at or below) {NUMBER}"
)


def test_numbers_as_shown_stand_to_each_other_as_is_said(crowd: list[tuple[Region, Assessment]]) -> None:
    """A reader who compares the two numbers comes to the same answer."""
    seen = 0
    for each in all_findings(crowd):
        for low, high, relation, limit, limit_high in COMPARISON.findall(each.message):
            ends, limits = {float(low), float(high or low)}, {float(limit), float(limit_high or limit)}
            seen += 1
            match relation:
                case "below":
                    assert max(ends) <= min(limits), each
                case "above":
                    assert min(ends) >= max(limits), each
                case "not below" | "at or above":
                    assert min(ends) >= max(limits), each
                case "not above" | "at or below":
                    assert max(ends) <= min(limits), each
    assert seen > 2000


def test_checks_say_why_they_are_due(crowd: list[tuple[Region, Assessment]]) -> None:
    reasons = {each.reason for _, assessment in crowd for each in assessment.checks}
    usual = {"baseline missing", "week 4", "week 12", "week 8", "every 12 weeks", "every 52 weeks", "after dose increase or resumption"}
    rest = reasons - usual - {"response to treatment", "screening items open"}
    assert usual - reasons <= {"week 8"}
    assert rest
    assert {each.removeprefix("repeat: ") for each in rest} <= set(REGISTRY.rules)


def test_checks_of_one_chart() -> None:
    complete = ("hb 14 g/dL", "anc 3 10*9/L", "alc 2 10*9/L", "alt 20 U/L", "ast 20 U/L")
    results = [f"{day} {each}" for day in ("2026-01-05", "2026-04-10") for each in complete]
    found = assessed(*results, "2026-01-05 egfr 90 mL/min/1.73m2", "2026-06-01 alt 140 U/L", doses=["4 mg daily from 2026-05-01"])
    assert {each.panel: (each.due_on.isoformat(), each.reason, each.missing) for each in found.checks} == {
        "cbc": ("2026-05-29", "after dose increase or resumption", ()),
        "liver": ("2026-05-29", "after dose increase or resumption", ("ast",)),
        "renal": ("2026-02-07", "week 4", ()),
        "lipid": ("2026-01-10", "baseline missing", ()),
        "response-review": ("2026-04-04", "response to treatment", ()),
        "screening": ("2026-01-10", "screening items open", ()),
    }
    found = assessed(*results, "2026-06-01 alt 140 U/L")
    assert [(each.due_on.isoformat(), each.reason) for each in found.checks[:2]] == [
        ("2026-07-03", "every 12 weeks"),
        ("2026-06-15", "repeat: transaminase-3x"),
    ]


# The parts


def term(value: Bounds | Interval, limit: float, relation: Relation = Relation.BELOW) -> tuple[Term, Evidence]:
    shown = value if isinstance(value, Interval) else wording.interval_of(value, 0)
    columns = Bounds(*(np.array([each]) for each in (shown.low, shown.high, shown.low_open, shown.high_open)), np.zeros(1, np.uint16))
    made = Term(labs("2026-06-01 anc 0.8 10*9/L").anc, relation, limit, np.array([MET], np.int8), compared=columns)
    return made, Evidence("anc", shown, "10*9/L", DAY)


POSITIVE = st.floats(1e-3, 1e4)


@given(value=POSITIVE, limit=POSITIVE)
def test_rounding_never_hides_the_threshold(value: float, limit: float) -> None:
    said = wording.comparison_text(*term(Interval(value, value), limit), 0, met=True)
    match = re.fullmatch(r"ANC (\S+) ×10⁹/L on 2026-06-01 is below (\S+)", said)
    assert match, said
    shown, shown_limit = float(match[1]), float(match[2])
    if abs(value - limit) > 1e-9 * min(value, limit):
        assert (shown < shown_limit) == (value < limit)
        assert shown != shown_limit
    assert shown == pytest.approx(value, rel=1e-3)
    assert shown_limit == pytest.approx(limit, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "band", "closed", "text"),
    [
        (Interval(45, 45), (30, 60), False, " is from 30 to below 60"),
        (Interval(30, 30), (30, 60), False, " is from 30 to below 60"),
        (Interval(60, 60), (30, 60), False, " is outside 30 to below 60"),
        (Interval(60, 60), (30, 60), True, " is from 30 to 60"),
        (Interval(29.999, 29.999), (30, 60), True, " is outside 30 to 60"),
        (Interval(0, 30, high_open=True), (30, 60), False, " is outside 30 to below 60"),
        (Interval(0, 30), (30, 60), False, ""),
        (Interval(60, float("inf"), low_open=True), (30, 60), True, " is outside 30 to 60"),
        (Interval(60, float("inf")), (30, 60), True, ""),
        (Interval(60, float("inf")), (30, 60), False, " is outside 30 to below 60"),
        (Interval(40, 60, high_open=True), (30, 60), False, " is from 30 to below 60"),
        (Interval(40, 60), (30, 60), False, ""),
        (Interval(40, 60), (30, 60), True, " is from 30 to 60"),
        (Interval(20, 40), (30, 60), False, ""),
    ],
)
def test_a_value_and_a_band(value: Interval, band: tuple[float, float], closed: bool, text: str) -> None:
    assert wording._band_text(value, band, lambda number: f"{number:g}", closed=closed) == text


def test_a_limit_that_is_not_known_is_not_told() -> None:
    made, proof = term(Interval(0.8, 0.8), float("nan"))
    made.limit = Bounds(*(np.array([each]) for each in (np.nan, np.nan, False, False)), np.zeros(1, np.uint16))
    assert wording.limit_of(made, 0) is None
    assert wording.comparison_text(made, proof, 0, met=True) == "ANC 0.8 ×10⁹/L on 2026-06-01"
    made.limit = np.array([1.5, 2.0])
    assert wording.limit_of(made, 1) == Interval(2.0, 2.0)


@pytest.mark.parametrize(
    ("baseline", "on", "text"),
    [
        (None, None, ""),
        (Interval(100, 100), None, ", baseline 100, +50 %"),
        (Interval(160, 160), date(2026, 1, 5), ", baseline 160 on 2026-01-05, -6.2 %"),
        (Interval(150, 150), date(2026, 1, 5), ", baseline 150 on 2026-01-05, +0 %"),
        (Interval(0, 100, high_open=True), date(2026, 1, 5), ", baseline <100 on 2026-01-05"),
        (Interval(0, 0), date(2026, 1, 5), ", baseline 0 on 2026-01-05"),
    ],
)
def test_the_change_from_baseline(baseline: Interval | None, on: date | None, text: str) -> None:
    proof = Evidence("ldl", Interval(150, 150), "mg/dL", DAY, baseline=baseline, baseline_on=on)
    assert wording.change_text(proof) == text


@pytest.mark.parametrize(
    ("reasons", "known", "missing", "text"),
    [
        ((Reason.NO_RESULT,), [], ["ANC"], "Title: cannot be evaluated: no usable result (ANC)."),
        ((Reason.STALE,), ["ANC 1"], [], "Title: cannot be evaluated: the result is too old to rely on. Last: ANC 1."),
        (
            (Reason.TEXT_RESULT, Reason.SEX_UNKNOWN),
            ["A", "B"],
            ["C", "D"],
            "Title: cannot be evaluated: the newest report is text, not a number; sex is not recorded (C, D). Last: A; B.",
        ),
    ],
)
def test_why_a_rule_cannot_tell(reasons: tuple[Reason, ...], known: list[str], missing: list[str], text: str) -> None:
    assert wording.cannot_tell_text("Title", reasons, known, missing) == text


def test_a_rule_for_another_drug_or_region_names_its_own_sources() -> None:
    """Not those of the label of the drug that it is not for."""
    assert finding("tofa-hb-8-9").source == "tofa-us [L]; tofa-eu [L]"
    assert "bari" not in finding("tofa-anc").source
    assert finding("anc-below-1", **TOFA).source.startswith("bari-us [L]")
    assert finding("dose-above-label", region="EU").source == finding("dose-above-label").source


def test_an_event_is_open_or_over() -> None:
    assert wording.event_text("Surgery", DAY, None) == "Surgery since 2026-06-01"
    assert wording.event_text("Surgery", DAY, date(2026, 6, 3)) == "Surgery 2026-06-01 to 2026-06-03"


@pytest.mark.parametrize(
    ("drug", "region", "analyte", "text"),
    [
        ("baricitinib", Region.US, "anc", "Label says: it may be resumed at 1 or above."),
        ("baricitinib", Region.EU, "anc", "Label says: it may be resumed above 1."),
        ("upadacitinib", Region.US, "alc", "Label says: it may be resumed above 0.5."),
        ("tofacitinib", Region.US, "hb", "Label says: it may be resumed once the value is normal."),
        ("baricitinib", Region.US, "ldl", ""),
    ],
)
def test_when_a_hold_may_end(drug: str, region: Region, analyte: str, text: str) -> None:
    assert wording.resume_text(catalogue().drugs[drug], region, analyte) == text


@pytest.mark.parametrize(
    ("rule", "region", "dose", "text"),
    [
        ("egfr-30-60-dose", Region.US, 2.0, "2 mg a day is above 1 mg"),
        ("egfr-30-60-dose", Region.EU, 2.0, "2 mg a day is not above 2 mg"),
        ("dose-above-label", Region.US, 2.00001, "2.00001 mg a day is above 2 mg"),
        ("dose-above-label", Region.US, float("nan"), ""),
        ("anc-below-1", Region.US, 2.0, ""),
    ],
)
def test_the_dose_beside_the_rules(rule: str, region: Region, dose: float, text: str) -> None:
    assert wording.dose_text(REGISTRY.rules[rule], region, dose) == text


def test_a_clinics_own_threshold_is_said_to_be_its_own() -> None:
    rules, _ = effective_rules({"platelets-below-75": {"limit": 100}}, "")
    local = rules["platelets-below-75"]
    assert local.is_local
    chart = case("2026-06-01 plt 90 10*9/L")
    judgment = Engine(catalogue(), rules, Region.US).judge_today(cohort_of_cases([chart]), chart.as_of.toordinal())
    ((found,),) = ([each for each in one.findings if each.rule == local.id] for one in Assembler(judgment, "").assessments())
    assert found.message.startswith("Plt 90 ×10⁹/L on 2026-06-01 is below 100. The threshold is this clinic's own.")
    assert found.source.startswith("local; ")


@pytest.mark.parametrize("drug", catalogue().drugs.values(), ids=lambda drug: drug.key)
@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize("before_start", [False, True])
def test_every_rule_has_a_basis_that_says_each_thing_once(drug: object, region: Region, before_start: bool) -> None:
    for rule in REGISTRY.rules.values():
        if drug.key in rule.drugs and region.value in rule.regions:  # type: ignore[attr-defined]
            text = wording.basis_text(rule, drug, region, before_start)  # type: ignore[arg-type]
            assert text.endswith("."), rule.id
            sentences = re.split(r"(?<=\.)\s+(?=[A-Z])", text)
            assert len(sentences) == len(set(sentences)), rule.id
            assert all(one != other for one, other in pairwise(sentences))


def test_an_interval_as_shown_is_an_interval_of_the_columns() -> None:
    bounds = Bounds(np.array([0.0]), np.array([5.0]), np.array([False]), np.array([True]), np.zeros(1, np.uint16))
    assert format_interval(wording.interval_of(bounds, 0)) == "<5"


def test_a_hold_for_one_value_is_not_told_by_another() -> None:
    """Also not where somebody judged at the same time is on hold for that other value."""
    results = ["2026-06-05 anc 0.8 10*9/L", "2026-06-05 hb 9.1 g/dL"]
    charts = [case(*results, holds=[f"2026-06-02: {reason}"]) for reason in ("anc-below-1", "hb-below-8")]
    judgment = Engine(catalogue(), REGISTRY.rules, Region.US).judge_today(cohort_of_cases(charts), charts[0].as_of.toordinal())
    one, other = (
        next(each for each in found.findings if each.rule == "hold-may-end")
        for found in Assembler(judgment, "", every_verdict=True).assessments()
    )
    assert one.message == "ANC 0.8 ×10⁹/L on 2026-06-05 is below 1."
    assert [each.analyte for each in one.evidence] == ["anc"]
    assert other.message.startswith("Hb 9.1 g/dL on 2026-06-05 is at or above 8; on hold since 2026-06-02 (hb-below-8).")
    assert [each.analyte for each in other.evidence] == ["hb"]


def test_patients_judged_together_are_told_what_each_is_told_alone() -> None:
    persons = [each.person for each in people(20_261_125, 40)]
    day = date(2025, 6, 1).toordinal()
    engine = engine_for(Region.EU)
    together = Assembler(engine.judge_today(cohort(persons), day), "", every_verdict=True).assessments()
    for person, found in zip(persons, together, strict=True):
        (alone,) = Assembler(engine.judge_today(cohort([person]), day), "", every_verdict=True).assessments()
        assert found == alone, person.patient.mrn
