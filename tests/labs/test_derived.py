"""Calculated results: eGFR, LDL, ANC and ALC, and the doubt that an unusable ingredient casts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.labs.build import asked, case, cell, current, labs, labs_of, series, told

from labtrack.labs.columns import HIGH_OPEN, LOW_OPEN
from labtrack.labs.derived import METHODS, age_at, among, swapped_ends

TUBE = ("2026-06-01 tc 200 mg/dL #a", "2026-06-01 hdl 50 mg/dL #a", "2026-06-01 tg 150 mg/dL #a")


def doubt(key: str, *results: str, **fields: object) -> list[str]:
    lab = labs(*results, **fields).analyte(key)
    return told(lab.doubt[0])


def method(key: str, *results: str) -> str:
    lab = labs(*results).analyte(key)
    return METHODS[int(lab.readings.method(lab.row)[0])]


# eGFR


def test_egfr_is_calculated_from_creatinine_where_none_is_reported() -> None:
    """142 · (1.0/0.7)^−1.2 · 0.9938^66 · 1.012 for the woman of 66."""
    assert float(current("egfr", "2026-06-01 creatinine 1.0 mg/dL")) == pytest.approx(
        142 * (1 / 0.7) ** -1.2 * 0.9938**66 * 1.012, rel=1e-9
    )
    assert method("egfr", "2026-06-01 creatinine 1.0 mg/dL") == "CKD-EPI 2021"


def test_a_calculated_value_rests_on_its_own_ingredients_only() -> None:
    others = ("2026-05-01 hb 12 g/dL", "2026-05-02 alt 20 U/L", "2026-05-03 ast 20 U/L")
    count = ("2026-06-01 wbc 4.0 10*9/L #b", "2026-06-01 neut_pct 50 % #b")
    snapshot = labs(*others, "2026-06-01 creatinine 1.0 mg/dL #a", *count)
    ids = snapshot.cohort.results.result_id
    for lab, expected in ((snapshot.egfr, {4}), (snapshot.anc, {5, 6})):
        assert {int(ids[row]) for row in snapshot.readings.sources(int(lab.row[0]))} == expected


def test_age_is_that_at_collection() -> None:
    before, after = (float(current("egfr", f"{day} creatinine 1.0 mg/dL")) for day in ("2026-04-30", "2026-05-01"))
    assert after / before == pytest.approx(0.9938)


def test_a_reported_egfr_of_the_specimen_wins() -> None:
    assert series("egfr", "2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 egfr 58 mL/min/1.73m2 #a") == ["2026-06-01T00:00 58"]
    assert method("egfr", "2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 egfr 58 mL/min/1.73m2 #a") == ""


def test_a_reported_egfr_wins_for_all_of_its_specimen() -> None:
    results = ("2026-06-01T07:00 creatinine 1.0 mg/dL #a", "2026-06-01T09:00 egfr 58 mL/min/1.73m2 #a")
    assert series("egfr", *results) == ["2026-06-01T09:00 58"]


def test_without_ids_the_collection_time_is_the_specimen() -> None:
    assert len(series("egfr", "2026-06-01T07:00 creatinine 1.0 mg/dL", "2026-06-01T07:00 egfr 58 mL/min/1.73m2")) == 1
    assert len(series("egfr", "2026-06-01T07:00 creatinine 1.0 mg/dL", "2026-06-01T08:00 egfr 58 mL/min/1.73m2")) == 2


def test_an_unusable_reported_egfr_leaves_the_calculated_one() -> None:
    results = ("2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 egfr TNP mL/min/1.73m2 #a")
    assert len(series("egfr", *results)) == 1
    assert doubt("egfr", *results) == []


def test_a_reported_and_a_calculated_one_of_one_instant_span() -> None:
    snapshot = labs("2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 egfr 58 mL/min/1.73m2 #b")
    assert cell(snapshot.egfr.bounds).startswith("58–62.13")
    assert METHODS[int(snapshot.readings.method(snapshot.egfr.row)[0])] == "reported and calculated"


def test_a_clash_of_creatinines_is_covered_only_if_each_specimen_is() -> None:
    clash = ("2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 creatinine 2.0 mg/dL #b")
    one = (*clash, "2026-06-01 egfr 40 mL/min/1.73m2 #a")
    reading = labs(*one).egfr.bounds
    assert (reading.low[0], reading.high[0]) == pytest.approx((27.04, 62.13), abs=0.01), "both calculated ones and the reported one"
    assert current("egfr", *one, "2026-06-01 egfr 41 mL/min/1.73m2 #b") == "40–41"


def test_a_clash_that_is_partly_covered_leaves_other_days_as_they_are() -> None:
    """Beside it a covered specimen keeps its reported eGFR alone, and an unusable creatinine is doubt."""
    clash = ("2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 creatinine 2.0 mg/dL #b", "2026-06-01 egfr 40 mL/min/1.73m2 #a")
    covered = ("2026-05-01 creatinine 1.0 mg/dL #c", "2026-05-01 egfr 58 mL/min/1.73m2 #c")
    assert series("egfr", *clash, *covered)[0] == "2026-05-01T00:00 58"
    assert doubt("egfr", *clash, "2026-06-02 creatinine hemolyzed mg/dL #d") == ["text-result"]


def test_a_bounded_creatinine_gives_a_bounded_egfr() -> None:
    assert current("egfr", "2026-06-01 creatinine <1.0 mg/dL").startswith(">62.")
    assert current("egfr", "2026-06-01 creatinine <=1.0 mg/dL").startswith(">=62.")
    assert current("egfr", "2026-06-01 creatinine >1.0 mg/dL").startswith("<62.")


@pytest.mark.parametrize(
    ("patient", "reasons"),
    [
        ("sex unknown born 1960-05-01", ["no-result", "sex-unknown"]),
        ("F birth date unknown", ["no-result", "age-unknown"]),
        ("sex unknown birth date unknown", ["no-result", "sex-unknown", "age-unknown"]),
        ("F born 2008-06-02", ["no-result", "age-unknown"]),
        ("F born 2008-06-01", []),
    ],
)
def test_egfr_needs_sex_and_an_age_of_18(patient: str, reasons: list[str]) -> None:
    lab = labs("2026-06-01 creatinine 1.0 mg/dL", patient=patient).egfr
    assert told(lab.missing[0]) == reasons


def test_a_creatinine_without_sex_is_doubt_about_an_older_reported_egfr() -> None:
    results = ("2026-05-01 egfr 80 mL/min/1.73m2 #a", "2026-06-01 creatinine 6.0 mg/dL #b")
    assert asked("egfr-below-30", *results, patient="sex unknown born 1960-05-01") == "cannot evaluate: sex-unknown"
    assert asked("egfr-below-30", *results) == "met"


def test_an_unusable_creatinine_is_doubt_about_egfr_unless_the_specimen_has_a_reported_one() -> None:
    results = ("2026-05-01 egfr 80 mL/min/1.73m2 #a", "2026-06-01 creatinine hemolyzed mg/dL #b")
    assert doubt("egfr", *results) == ["text-result"]
    assert doubt("egfr", *results, "2026-05-20 egfr 81 mL/min/1.73m2 #b") == []


def test_the_age_on_a_leap_day() -> None:
    born = replace(case().chart, patient=replace(case().chart.patient, birth_date=date(1968, 2, 29)))
    cohort = labs_of([replace(case(), chart=born)]).cohort
    days = np.array([date(2026, 2, 28).toordinal(), date(2026, 3, 1).toordinal(), date(1969, 2, 28).toordinal()])
    assert age_at(cohort.patients, np.zeros(3, np.int64), days).tolist() == [57.0, 58.0, 0.0]


def test_ends_change_places() -> None:
    flags = np.array([0, LOW_OPEN, HIGH_OPEN, LOW_OPEN | HIGH_OPEN], np.uint8)
    assert swapped_ends(flags).tolist() == [0, HIGH_OPEN, LOW_OPEN, LOW_OPEN | HIGH_OPEN]


# LDL


def test_ldl_by_friedewald() -> None:
    assert current("ldl", *TUBE) == "120"
    assert method("ldl", *TUBE) == "Friedewald"


@pytest.mark.parametrize(
    ("tg", "equation"), [("399 mg/dL", "Friedewald"), ("400 mg/dL", "Sampson-NIH"), ("800 mg/dL", "Sampson-NIH"), ("801 mg/dL", "")]
)
def test_which_equation_by_triglycerides(tg: str, equation: str) -> None:
    tube = ("2026-06-01 tc 320 mg/dL", "2026-06-01 hdl 40 mg/dL", f"2026-06-01 tg {tg}")
    assert (method("ldl", *tube) if equation else current("ldl", *tube)) == (equation or "missing")


def test_no_ldl_where_the_estimate_is_not_positive() -> None:
    assert current("ldl", "2026-06-01 tc 90 mg/dL", "2026-06-01 hdl 95 mg/dL", "2026-06-01 tg 50 mg/dL") == "missing"


def test_a_reported_ldl_of_the_specimen_wins_and_a_preliminary_one_does_not() -> None:
    assert series("ldl", *TUBE, "2026-06-01 ldl 99 mg/dL #a") == ["2026-06-01T00:00 99"]
    assert series("ldl", *TUBE, "2026-06-01 ldl 99 mg/dL #a (preliminary)") == ["2026-06-01T00:00 120"]


def test_ldl_is_of_one_specimen() -> None:
    assert current("ldl", TUBE[0], TUBE[1], "2026-06-01 tg 150 mg/dL #b") == "missing"
    assert current("ldl", TUBE[0], TUBE[1]) == "missing"


def test_ldl_is_dated_at_the_latest_of_the_three() -> None:
    assert series("ldl", *TUBE[:2], "2026-06-01T09:30 tg 150 mg/dL #a") == ["2026-06-01T09:30 120"]


def test_specimens_of_two_patients_may_have_one_number() -> None:
    snapshot = labs_of([case(*TUBE[:2]), case(TUBE[2])])
    assert [cell(snapshot.ldl.bounds, row) for row in range(2)] == ["missing", "missing"]


@pytest.mark.parametrize("part", ["tc <200 mg/dL", "hdl >50 mg/dL", "tg <=150 mg/dL"])
def test_ldl_takes_exact_numbers_only(part: str) -> None:
    name = part.split()[0]
    others = [each for each in TUBE if f" {name} " not in each]
    assert current("ldl", *others, f"2026-06-01 {part} #a") == "missing"


def test_a_clash_is_no_exact_number_also_from_another_specimen() -> None:
    assert current("ldl", *TUBE, "2026-06-01 tc 210 mg/dL #a") == "missing"
    assert current("ldl", *TUBE, "2026-06-01 tc 210 mg/dL #b") == "missing"


def test_the_same_number_twice_is_exact_also_in_two_units() -> None:
    assert current("ldl", *TUBE, "2026-06-01 tc 200.0 mg/dL #b") == "120"
    equal = ("2026-06-01 tc 193.35 mg/dL #a", "2026-06-01 tc 5.0 mmol/L #a", *TUBE[1:])
    assert float(current("ldl", *equal)) == pytest.approx(193.35 - 50 - 30)


@pytest.mark.parametrize("part", ["tc", "hdl", "tg"])
def test_an_unusable_part_is_doubt_about_ldl(part: str) -> None:
    unusable = [each.replace(each.split()[2], "hemolyzed") if f" {part} " in each else each for each in TUBE]
    older = "2026-05-01 ldl 200 mg/dL #z"
    assert doubt("ldl", older, *unusable) == ["text-result"]
    assert doubt("ldl", older, *unusable, "2026-06-01 ldl 150 mg/dL #a") == [], "unless the specimen has a usable reported one"
    missing = [each for each in unusable if f" {'tg' if part != 'tg' else 'tc'} " not in each]
    assert doubt("ldl", older, *missing) == [], "all three must be reported"
    assert asked("ldl-190", older, *unusable) == "met", "doubt never removes a finding"


def test_a_tube_of_which_nothing_can_be_read_is_doubt() -> None:
    tube = [each.replace(each.split()[2], "hemolyzed") for each in TUBE]
    assert doubt("ldl", "2026-05-01 ldl 100 mg/dL #z", *tube) == ["text-result"]
    counts = ("2026-06-01 wbc clotted 10*9/L #a", "2026-06-01 lymph_pct clotted % #a")
    assert doubt("alc", "2026-05-01 alc 3.0 10*9/L #z", *counts) == ["text-result"]


def test_doubt_about_ldl_is_dated_at_the_latest_of_the_three() -> None:
    tube = ("2026-06-01 tc hemolyzed mg/dL #a", "2026-06-01 hdl 50 mg/dL #a", "2026-06-03 tg 150 mg/dL #a")
    assert doubt("ldl", *tube, "2026-06-02 ldl 150 mg/dL #z") == ["text-result"]
    assert doubt("ldl", *tube, "2026-06-03 ldl 150 mg/dL #z") == [], "a usable one of the same instant removes it"


def test_a_repeat_that_cannot_be_read_does_not_remove_what_the_usable_one_gave() -> None:
    tube = ("2026-06-01 tc 300 mg/dL #a", *TUBE[1:])
    assert asked("ldl-190", *tube) == "met"
    assert asked("ldl-190", *tube, "2026-06-02 tc hemolyzed mg/dL #a") == "met"
    assert asked("ldl-190", *TUBE, "2026-06-02 tc hemolyzed mg/dL #a") == "cannot evaluate: text-result"
    assert asked("ldl-190", *TUBE, "2026-06-01 tc hemolyzed mg/dL #a") == "not met", "at the same instant the usable one counts"


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_usable_and_an_unusable_part_of_one_instant_the_usable_one_counts(order: int) -> None:
    """Also where it gives no LDL, for triglycerides are above 800: nothing newer casts doubt on the LDL of May."""
    cholesterol = ("2026-06-01 tc 300 mg/dL #a", "2026-06-01 tc hemolyzed mg/dL #a")[::order]
    tube = (*cholesterol, "2026-06-01 hdl 50 mg/dL #a", "2026-06-01 tg 900 mg/dL #a")
    assert asked("ldl-190", "2026-05-01 ldl 100 mg/dL #z", *tube) == "not met"


def test_of_several_reports_of_one_specimen_the_latest_counts() -> None:
    parts = ("T09:00 tc {} mg/dL", "T09:30 tc {} mg/dL", "T08:00 hdl 50 mg/dL", "T08:00 tg 150 mg/dL", "T08:30 hdl 40 mg/dL")
    days = [f"2026-05-0{number}" for number in range(1, 7)]
    totals = dict(zip(days, ((200 + number, 210 + number) for number in range(6)), strict=True))
    first = [day + part.format(totals[day][0]) + f" #{day}" for day in days for part in parts if "09:30" not in part]
    repeats = [day + part.format(totals[day][1]) + f" #{day}" for day in days for part in parts if "09:30" in part]
    assert series("ldl", *first) == [f"{day}T09:00 {totals[day][0] - 40 - 30}" for day in days]
    assert series("ldl", *first, *repeats) == [f"{day}T09:30 {totals[day][1] - 40 - 30}" for day in days]


def test_clashes_of_several_ingredients() -> None:
    twice = [each.replace("#a", "#b") for each in TUBE[:2]]
    assert series("ldl", *TUBE, *twice) == ["2026-06-01T00:00 120"]
    assert current("ldl", *TUBE, twice[0].replace("200", "210"), twice[1].replace("50", "60")) == "missing"


# ANC and ALC


@pytest.mark.parametrize(("key", "percent"), [("anc", "neut_pct"), ("alc", "lymph_pct")])
def test_a_count_from_white_cells_and_a_percentage(key: str, percent: str) -> None:
    tube = ("2026-06-01T07:00 wbc 4.0 10*9/L #a", f"2026-06-01T08:00 {percent} 30 % #a")
    assert series(key, *tube) == ["2026-06-01T08:00 1.2"]
    assert method(key, *tube) == "WBC × %"
    assert series(key, *tube, f"2026-06-01 {key} 1.3 10*9/L #a") == ["2026-06-01T00:00 1.3"], "a reported one of the specimen wins"
    assert current(key, tube[0], f"2026-06-01T08:00 {percent} 30 % #b") == "missing"


@pytest.mark.parametrize(
    ("wbc", "percent", "count"),
    [
        ("<4.0", "50", "<2"),
        ("4.0", ">=50", ">=2"),
        ("<=4.0", "<50", "<2"),
        (">4.0", ">50", ">2"),
        ("0", ">50", "0"),
        ("0", "50", "0"),
        (">4.0", "0", "0"),
        ("1.0", "50", "0.5"),
        ("4.0", "1", "0.04"),
    ],
)
def test_bounds_in_a_count(wbc: str, percent: str, count: str) -> None:
    assert current("anc", f"2026-06-01 wbc {wbc} 10*9/L", f"2026-06-01 neut_pct {percent} %") == count


@pytest.mark.parametrize(("wbc", "percent"), [("0", ">50"), (">4.0", "0"), ("0", "0")])
def test_a_count_of_nothing_is_exactly_zero(wbc: str, percent: str) -> None:
    anc = labs(f"2026-06-01 wbc {wbc} 10*9/L", f"2026-06-01 neut_pct {percent} %").anc
    assert ((anc > 0.0).answer.tolist(), (anc < 0.0).answer.tolist()) == ([-1], [-1])


@pytest.mark.parametrize(
    ("first", "second", "count"), [("4.0", "6.0", "2–3"), ("<4.0", "4.0", "<=2"), ("<4.0", "<4.0", "<2"), (">4.0", "4.0", ">=2")]
)
def test_a_clash_of_white_cells_spans_the_count(first: str, second: str, count: str) -> None:
    results = (f"2026-06-01 wbc {first} 10*9/L #a", f"2026-06-01 wbc {second} 10*9/L #b", "2026-06-01 neut_pct 50 % #a")
    assert current("anc", *results) == count
    earlier = ("2026-05-01 wbc 9.0 10*9/L #z", "2026-05-01 neut_pct 50 % #z")
    assert series("anc", *earlier, *results) == ["2026-05-01T00:00 4.5", f"2026-06-01T00:00 {count}"]


@pytest.mark.parametrize(
    ("first", "second", "above", "below"),
    [
        ("4.0", "6.0", "unknown", "unknown"),
        (">4.0", "6.0", "met", "unknown"),
        (">4.0", "4.0", "unknown", "unknown"),
        ("4.0", ">5.0", "unknown", "unknown"),
        (">=4.0", "5.0", "unknown", "unknown"),
        ("<6.0", "5.0", "unknown", "met"),
        ("<6.0", "6.0", "unknown", "unknown"),
        ("<=6.0", "<5.0", "unknown", "unknown"),
        ("<5.0", "6.0", "unknown", "unknown"),
    ],
)
def test_an_end_of_a_spanned_count_is_open_only_if_all_results_there_are(first: str, second: str, above: str, below: str) -> None:
    """Of 2 to 3: whether ANC is above 2 and below 3, as a resumption and an interruption ask."""
    results = (f"2026-06-01 wbc {first} 10*9/L #a", f"2026-06-01 wbc {second} 10*9/L #b", "2026-06-01 neut_pct 50 % #a")
    anc = labs(*results).anc
    words = {1: "met", 0: "unknown", -1: "not met"}
    assert (words[int((anc > 2.0).answer[0])], words[int((anc < 3.0).answer[0])]) == (above, below)


def test_results_that_clash_stay_as_they_were_reported() -> None:
    """Also where a calculation has taken them for their span: the clash is listed, each with its own number and limits."""
    results = ("2026-06-01 wbc 4.0 10*9/L [n/a..11]", "2026-06-01 wbc 6.0 10*9/L [n/a..11] #b", "2026-06-01 neut_pct 50 % #b")
    snapshot = labs(*results)
    assert cell(snapshot.anc.bounds) == "2–3"
    recorded = snapshot.cohort.results
    assert sorted(zip(recorded.low.tolist(), recorded.high.tolist(), strict=True)) == [(4.0, 4.0), (6.0, 6.0), (50.0, 50.0)]
    assert [len(clash.rows) for clash in snapshot.readings.clashes] == [2]
    assert told(snapshot.wbc.lln.reasons[0]) == ["no-uln"]


def test_an_unusable_ingredient_of_a_count_is_doubt_about_it() -> None:
    older = "2026-05-01 anc 3.0 10*9/L #z"
    tube = ("2026-06-01 wbc clotted 10*9/L #a", "2026-06-01 neut_pct 30 % #a")
    assert doubt("anc", older, *tube) == ["text-result"]
    assert doubt("anc", older, *tube, "2026-06-01 anc 3.0 10*9/L #a") == []
    assert doubt("anc", older, tube[0]) == []
    assert doubt("alc", older, *tube) == []


def test_which_specimens_are_among_others_also_where_codes_end_in_the_same_bits() -> None:
    few, alike = [7, -1, 1 << 62], [5, 5 + (1 << 40), 5 + (2 << 40)]
    assert among(np.array(few), np.array([8, 7, 1 << 62, -1, -2])).tolist() == [False, True, True, True, False]
    for order in (1, -1):
        wanted = np.array([5 + (3 << 40), *alike, 5 - (1 << 40)])
        assert among(np.array(alike[::order]), wanted).tolist() == [False, True, True, True, False]
    assert among(np.array([0]), np.array([1, 0, 16])).tolist() == [False, True, False]
    assert among(np.array([0]), np.array([], np.int64)).tolist() == []
