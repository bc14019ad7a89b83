"""One patient's record: visits as the protocols ask, values where the case puts them, reports as the laboratory prints them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from tests.conftest import TODAY

from labtrack.catalogue import catalogue
from labtrack.core.record import ResultStatus, Sex
from labtrack.demo import CASES
from labtrack.demo.case import Case, Happening, Report, Shows, Therapy
from labtrack.demo.chart import PANELS, Chart, chart_of, panel_days
from labtrack.demo.laboratories import CITY, HARBOR, RIVERSIDE, SAINT_ANNE

PLAIN = Case("Sample, Sam", Sex.MALE, 50, (Shows("a test"),), (Therapy("baricitinib", 2, started=200),))


def chart(case: Case) -> Chart:
    return chart_of(case, 7, TODAY, seed=3)


def days(case: Case) -> dict[str, list[int]]:
    return panel_days(case, Random(1))


def texts(made: Chart, analyte: str) -> list[str]:
    return [result.value_text for result in made.results if result.analyte == analyte]


def test_protocol_visits_stand_close_to_the_milestones() -> None:
    cbc = days(PLAIN)["cbc"]
    assert cbc[0] == 207
    assert [abs(ago - due) <= 3 for ago, due in zip(cbc[1:], (172, 116, 32), strict=True)] == [True] * 3


def test_lipids_are_measured_before_the_start_and_at_week_12() -> None:
    assert len(days(PLAIN)["lipid"]) == 2
    tofacitinib = replace(PLAIN, therapies=(Therapy("tofacitinib", 5, started=200),))
    assert days(tofacitinib)["lipid"] == [207, 144]


def test_lipids_come_again_within_the_year() -> None:
    long = replace(PLAIN, therapies=(Therapy("baricitinib", 2, started=900),))
    lipids = days(long)["lipid"]
    assert all(first - second <= 378 for first, second in pairwise(lipids[1:]))
    assert lipids[-1] < 378


def test_a_resting_patient_has_no_newer_visit() -> None:
    assert min(days(replace(PLAIN, resting=100))["cbc"]) >= 100


def test_a_planned_course_has_its_baseline_already() -> None:
    planned = replace(PLAIN, therapies=(Therapy("baricitinib", 2, started=-10),))
    assert {tuple(each) for each in days(planned).values()} == {(7,)}


def test_a_candidate_is_measured_once() -> None:
    assert {tuple(each) for each in days(replace(PLAIN, therapies=())).values()} == {(6,)}


def test_what_is_never_measured_has_no_results() -> None:
    assert chart(replace(PLAIN, never=PANELS)).results == ()


def test_rechecks_add_one_panel_alone() -> None:
    made = chart(replace(PLAIN, rechecks={"cbc": (2,)}))
    newest = {result.analyte for result in made.results if result.collected_at.on == TODAY - timedelta(days=2)}
    assert {"Hemoglobin", "ANC", "Platelets"} <= newest
    assert not {"ALT", "LDL", "Creatinine"} & newest


def test_values_are_the_newest_in_order_of_time() -> None:
    made = chart(replace(PLAIN, values={"plt": (180, 90)}))
    assert texts(made, "Platelets")[-2:] == ["180", "90"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_case_gives_more_values_than_it_has_visits(case: Case) -> None:
    for analyte, values in case.values.items():
        assert len(values) <= len(days(case)[catalogue().analytes[analyte].panel]), analyte


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reports_of_a_case_fall_on_its_visits(case: Case) -> None:
    for report in case.reports:
        assert report.ago in days(case)[catalogue().analytes[report.analyte].panel], report.analyte


def test_not_before_start_leaves_out_the_baseline() -> None:
    made = chart(replace(PLAIN, not_before_start=("lipid",)))
    assert all(result.collected_at.on > TODAY - timedelta(days=200) for result in made.results if result.analyte == "LDL")
    assert texts(made, "LDL")


def test_a_report_takes_the_place_of_the_visits_own() -> None:
    ago = days(PLAIN)["cbc"][-1]
    reports = (Report(ago, "hb", "5.0", status=ResultStatus.PRELIMINARY), Report(ago, "hb", "clotted", unit="", upper_limit="?"))
    made = chart(replace(PLAIN, reports=reports))
    newest = [result for result in made.results if result.analyte == "Hemoglobin"][-2:]
    assert [(result.value_text, result.status.value) for result in newest] == [("5.0", "preliminary"), ("clotted", "final")]
    assert (newest[1].unit, newest[1].ref_high) == ("", "?")
    assert newest[0].specimen_id == newest[1].specimen_id
    assert newest[0].collected_at == newest[1].collected_at


def test_shares_and_counts_agree() -> None:
    made = chart(replace(PLAIN, laboratory=HARBOR, values={"anc": (4.0,)}))
    wbc, share = float(texts(made, "6690-2")[-1]), float(texts(made, "770-8")[-1])
    assert wbc * share / 100 == pytest.approx(4.0, abs=0.05)


def test_total_cholesterol_agrees_with_its_parts() -> None:
    made = chart(PLAIN)
    for total, ldl, hdl, tg in zip(*(texts(made, name) for name in ("Total cholesterol", "LDL", "HDL", "Triglycerides")), strict=True):
        assert float(total) == pytest.approx(float(ldl) + float(hdl) + float(tg) / 5, abs=2)


def test_a_laboratory_without_times_prints_bare_dates_and_no_specimens() -> None:
    made = chart(replace(PLAIN, laboratory=RIVERSIDE))
    assert {result.collected_at.at for result in made.results} == {None}
    assert {result.specimen_id for result in made.results} == {""}
    assert set(texts(made, "eGFR")) == {">60"}


def test_another_laboratory_prints_its_offset() -> None:
    made = chart(replace(PLAIN, laboratory=SAINT_ANNE))
    assert {result.collected_at.offset_minutes for result in made.results} == {60}
    assert {result.lab for result in made.results} == {"Labor St. Anna"}


def test_screening_is_done_before_the_start_but_for_what_is_left_open() -> None:
    made = chart(replace(PLAIN, unscreened=("screen-tb",), happenings=(Happening("obesity", 300, ended=10),)))
    kinds = {event.kind for event in made.events}
    assert "screen-hepatitis-b" in kinds
    assert not {"screen-tb", "screen-pregnancy"} & kinds
    assert all(event.on < made.courses[0].start_on for event in made.events if event.kind.startswith(("screen", "vaccine")))
    obesity = next(event for event in made.events if event.kind == "obesity")
    assert obesity.ended_on == TODAY - timedelta(days=10)


def test_the_response_is_reviewed_at_week_12_unless_it_is_not() -> None:
    assert "response-review" in {event.kind for event in chart(PLAIN).events}
    assert "response-review" not in {event.kind for event in chart(replace(PLAIN, is_reviewed=False)).events}


def test_doses_and_holds_stand_on_their_days() -> None:
    therapy = replace(PLAIN.therapies[0], doses=((60, 4, "daily", "why"),), holds=((30, 20, "anc-below-1"), (5, None, "vte")))
    course = chart(replace(PLAIN, therapies=(therapy,))).courses[0]
    assert (course.doses[0].on, course.doses[0].dose_mg) == (TODAY - timedelta(days=60), 4)
    assert [hold.end_on for hold in course.holds] == [TODAY - timedelta(days=20), None]


def test_no_weight_is_recorded_of_who_was_not_weighed() -> None:
    assert chart(PLAIN).patient.weight_kg
    assert chart(replace(PLAIN, is_weighed=False)).patient.weight_kg is None
    assert chart(replace(PLAIN, age=None)).patient.birth_date is None


def test_the_city_laboratory_prints_limits_by_sex() -> None:
    limits = {result.ref_low for result in chart(PLAIN).results if result.analyte == "Hemoglobin"}
    assert limits == {CITY.printed_limits("hb", Sex.MALE)[0]}
