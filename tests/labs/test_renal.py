"""The fall of eGFR compares like with like; the clearance of the EU label."""

from __future__ import annotations

from datetime import date

import pytest
from tests.labs.build import asked, case, cell, labs, labs_of, told
from tests.rules.casefile import verdicts_of

from labtrack.core.judgment import Region
from labtrack.labs.formulas import cockcroft_gault
from labtrack.labs.snapshot import Labs

UNIT = "mL/min/1.73m2"
START = date(2026, 1, 10).toordinal()


def fall(*results: str, **fields: object) -> str:
    return asked("egfr-fall-25", *results, **fields)  # type: ignore[arg-type]


def kind(snapshot: Labs) -> str:
    """What was compared: ``calculated`` or ``reported``."""
    return "calculated" if snapshot.egfr.by_calculation[0] else "reported"


def test_reported_with_reported() -> None:
    assert fall(f"2026-01-09 egfr 80 {UNIT}", f"2026-06-01 egfr 60 {UNIT}") == "not met"
    assert fall(f"2026-01-09 egfr 80 {UNIT}", f"2026-06-01 egfr 59.9 {UNIT}") == "met"


def test_reported_with_reported_also_where_creatinine_would_tell_otherwise() -> None:
    results = (f"2026-01-09 egfr 80 {UNIT} #a", "2026-01-09 creatinine 0.5 mg/dL #a", f"2026-06-01 egfr 75 {UNIT} #b")
    assert fall(*results, "2026-06-01 creatinine 2.0 mg/dL #b") == "not met"
    assert kind(labs(*results)) == "reported"


def test_calculated_with_calculated() -> None:
    assert fall("2026-01-09 creatinine 1.0 mg/dL", "2026-06-01 creatinine 1.2 mg/dL") == "not met"
    assert fall("2026-01-09 creatinine 1.0 mg/dL", "2026-06-01 creatinine 1.4 mg/dL") == "met"
    assert kind(labs("2026-01-09 creatinine 1.0 mg/dL", "2026-06-01 creatinine 1.4 mg/dL")) == "calculated"


def test_a_calculated_one_is_compared_with_the_creatinine_beside_a_reported_baseline() -> None:
    baseline = (f"2026-01-09 egfr 90 {UNIT} #a", "2026-01-09 creatinine 1.0 mg/dL #a")
    assert fall(*baseline, "2026-06-01 creatinine 1.4 mg/dL #b") == "met"
    assert fall(baseline[0], "2026-06-01 creatinine 1.4 mg/dL #b") == "cannot evaluate: no-baseline"


def test_a_reported_one_without_a_baseline_is_compared_by_its_days_creatinine() -> None:
    now = (f"2026-06-01T08:00 egfr 70 {UNIT} #b", "2026-06-01T08:00 creatinine 1.4 mg/dL #b")
    assert fall("2026-01-09 creatinine 1.0 mg/dL #a", *now) == "met"
    assert fall("2026-01-09 creatinine 1.0 mg/dL #a", now[0], "2026-06-01T07:00 creatinine 1.4 mg/dL #b") == "met"
    assert fall("2026-01-09 creatinine 1.0 mg/dL #a", now[0], "2026-05-31 creatinine 1.4 mg/dL #b") == "cannot evaluate: no-baseline"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([f"2025-06-01 egfr 80 {UNIT}"], "cannot evaluate: baseline-too-old"),
        ([f"2025-06-01 egfr 80 {UNIT}", "2025-05-01 creatinine 1.0 mg/dL"], "cannot evaluate: baseline-too-old"),
        ([], "cannot evaluate: no-baseline"),
    ],
)
def test_too_old_if_any_older_one_exists(results: list[str], expected: str) -> None:
    assert fall(*results, f"2026-06-01 egfr 40 {UNIT}") == expected


def test_too_old_where_the_older_one_is_calculated() -> None:
    now = (f"2026-06-01 egfr 40 {UNIT} #b", "2026-06-01 creatinine 1.4 mg/dL #b")
    assert fall("2025-06-01 creatinine 1.0 mg/dL #a", *now) == "cannot evaluate: baseline-too-old"
    assert fall("2025-06-01 creatinine 1.0 mg/dL #a", "2026-06-01 creatinine 1.4 mg/dL #b") == "cannot evaluate: baseline-too-old"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"course": "none"}, "cannot evaluate: no-treatment-start"),
        ({"course": "baricitinib 2 mg daily from 2026-07-01"}, "cannot evaluate: no-treatment-start"),
        ({"course": "baricitinib 2 mg daily from 2026-06-01"}, "cannot evaluate: no-result"),
    ],
)
def test_it_needs_a_start_and_a_result_after_it(fields: dict[str, str], expected: str) -> None:
    assert fall(f"2026-06-01 egfr 40 {UNIT}", **fields) == expected


def test_nothing_at_all() -> None:
    assert fall() == "cannot evaluate: no-baseline, no-result"
    snapshot = labs()
    assert (snapshot.egfr.is_calculated.tolist(), snapshot.egfr.used_baseline) == ([False], None)


def test_doubt_and_age_apply() -> None:
    results = (f"2026-01-09 egfr 80 {UNIT}", f"2026-02-01 egfr 70 {UNIT}")
    assert fall(*results) == "cannot evaluate: stale"
    assert fall(*results, f"2026-06-01 egfr TNP {UNIT}", as_of="2026-03-01") == "not met"
    assert fall(*results, f"2026-02-20 egfr TNP {UNIT}", as_of="2026-03-01") == "cannot evaluate: text-result"


def test_bounds() -> None:
    assert fall("2026-01-09 creatinine 1.0 mg/dL", "2026-06-01 creatinine >1.4 mg/dL") == "met"
    assert fall("2026-01-09 creatinine 1.0 mg/dL", "2026-06-01 creatinine <1.4 mg/dL") == "cannot evaluate: bound-too-wide"
    assert fall(f"2026-01-09 egfr >60 {UNIT}", f"2026-06-01 egfr 44 {UNIT}") == "met"
    assert fall(f"2026-01-09 egfr >60 {UNIT}", f"2026-06-01 egfr 50 {UNIT}") == "cannot evaluate: bound-too-wide"


def test_a_calculated_baseline_needs_an_adult() -> None:
    now = "2026-06-01 creatinine 1.4 mg/dL"
    expected = "cannot evaluate: age-unknown, no-baseline"
    found = fall("2026-01-09 creatinine 1.0 mg/dL", now, patient="F born 2008-02-01")
    assert set(found.removeprefix("cannot evaluate: ").split(", ")) & set(expected.removeprefix("cannot evaluate: ").split(", "))


@pytest.mark.parametrize(
    ("pin", "day"),
    [("egfr 2025-03-01", 315), ("creatinine 2025-03-01", 315), ("egfr 2025-02-01", 2)],
)
def test_a_pinned_egfr_counts_also_where_it_was_calculated(pin: str, day: int) -> None:
    results = ("2025-03-01 creatinine 0.8 mg/dL", "2026-01-08 creatinine 1.4 mg/dL", "2026-06-01 creatinine 1.4 mg/dL")
    snapshot = labs(*results, pins=[pin])
    verdicts = snapshot.egfr.fallen_below(0.75)
    assert snapshot.egfr.baseline_day.tolist() == [START - day]
    assert verdicts.answer.tolist() == [1 if day == 315 else -1]


def test_a_pinned_reported_egfr() -> None:
    results = (f"2025-03-01 egfr 100 {UNIT}", f"2026-01-09 egfr 70 {UNIT}", f"2026-06-01 egfr 70 {UNIT}")
    assert fall(*results) == "not met"
    assert fall(*results, pins=["egfr 2025-03-01"]) == "met"


def test_the_baseline_that_was_used_is_known_afterwards() -> None:
    snapshot = labs(f"2026-01-09 egfr 80 {UNIT}", f"2026-06-01 egfr 50 {UNIT}")
    assert snapshot.egfr.used_baseline is None
    verdicts = snapshot.egfr.fallen_below(0.75)
    used = snapshot.egfr.used_baseline
    assert used is not None
    assert (cell(used[0]), used[1].tolist()) == ("80", [START - 1])
    compared = verdicts.terms[0].compared
    assert compared is not None
    assert cell(compared) == "50"


#: On a creatinine of 1.0 it makes exactly 25 % less eGFR, at the same age.
QUARTER = f"{0.75 ** (-1 / 1.2):.15f}"
TOO_WIDE = "cannot evaluate: bound-too-wide"
NO_BASELINE = "cannot evaluate: no-baseline"
#: What stood before the start, what stands now (of one specimen), and what the fall of eGFR says.
FALLS = {
    "reported 80 to 60": ("egfr 80", "egfr 60", "not met"),
    "reported above 80 to 60": ("egfr >80", "egfr 60", "met"),
    "reported from 80 up to 60": ("egfr >=80", "egfr 60", TOO_WIDE),
    "reported 80 to below 60": ("egfr 80", "egfr <60", "met"),
    "reported 80 to 60 at most": ("egfr 80", "egfr <=60", TOO_WIDE),
    "reported below 80 to above 60": ("egfr <80", "egfr >60", "not met"),
    "reported above 80 to above 60": ("egfr >80", "egfr >60", TOO_WIDE),
    "reported below 80 to 50": ("egfr <80", "egfr 50", TOO_WIDE),
    "reported though creatinine is there": ("egfr 80, creatinine 0.5", "egfr 75, creatinine 2.0", "not met"),
    "reported, too wide, an old creatinine": ("egfr >60, old creatinine 1.0", "egfr 50, creatinine 1.0", TOO_WIDE),
    "calculated, a quarter": ("creatinine 1.0", f"creatinine {QUARTER}", "not met"),
    "calculated, on below 1": ("creatinine <1.0", f"creatinine {QUARTER}", "met"),
    "calculated, on 1 at most": ("creatinine <=1.0", f"creatinine {QUARTER}", TOO_WIDE),
    "calculated, on above 1": ("creatinine >1.0", "creatinine 1.4", TOO_WIDE),
    "calculated, on above 1, less than a quarter": ("creatinine >1.0", "creatinine 1.2", "not met"),
    "calculated, above a quarter": ("creatinine 1.0", f"creatinine >{QUARTER}", "met"),
    "calculated, from a quarter": ("creatinine 1.0", f"creatinine >={QUARTER}", TOO_WIDE),
    "calculated, below 1.4": ("creatinine 1.0", "creatinine <1.4", TOO_WIDE),
    "calculated on reported": ("egfr 90", "creatinine 2.0", NO_BASELINE),
    "by its creatinine, above a quarter": ("creatinine 1.0", f"egfr 70, creatinine >{QUARTER}", "met"),
    "by its creatinine, from a quarter": ("creatinine 1.0", f"egfr 70, creatinine >={QUARTER}", TOO_WIDE),
    "by its creatinine, below 1.4": ("creatinine 1.0", "egfr 70, creatinine <1.4", TOO_WIDE),
    "by its creatinine, on below 1": ("creatinine <1.0", f"egfr 70, creatinine {QUARTER}", "met"),
    "by its creatinine, on above 1": ("creatinine >1.0", "egfr 70, creatinine 1.4", TOO_WIDE),
    "nothing before": ("", "egfr 40", NO_BASELINE),
    "nothing at all": ("", "", "cannot evaluate: no-baseline, no-result"),
}


def chart_of(before: str, now: str) -> dict[str, object]:
    """The fields of a chart in which no birthday lies between the results."""
    results = []
    for on, tube, texts in (("2026-01-09", "a", before), ("2026-06-01", "b", now)):
        for text in filter(None, texts.split(", ")):
            words = text.removeprefix("old ")
            day, specimen = ("2025-01-09", "c") if text.startswith("old ") else (on, tube)
            results.append(f"{day} {words} {UNIT if words.startswith('egfr') else 'mg/dL'} #{specimen}")
    return {"results": results, "patient": "F born 1960-12-01 70 kg"}


@pytest.mark.parametrize("name", FALLS)
def test_falls_with_bounds_and_of_both_kinds(name: str) -> None:
    before, now, expected = FALLS[name]
    assert verdicts_of("egfr-fall-25", [chart_of(before, now)]) == [expected]


@pytest.mark.parametrize("kind", ["reported", "calculated", "by its creatinine", ""])
def test_each_patient_of_a_cohort_is_judged_as_alone(kind: str) -> None:
    """Some cohorts take a shorter way: those whose current eGFR are all reported with a baseline, or all calculated."""
    falls = {name: each for name, each in FALLS.items() if name.startswith(kind)}
    found = verdicts_of("egfr-fall-25", [chart_of(before, now) for before, now, _ in falls.values()])
    assert dict(zip(falls, found, strict=True)) == {name: expected for name, (_, _, expected) in falls.items()}


def test_a_calculated_egfr_among_reported_ones_is_not_compared_with_a_reported_baseline() -> None:
    charts = [chart_of("egfr 90", "creatinine 2.0"), chart_of("egfr 80", "egfr 50")]
    assert verdicts_of("egfr-fall-25", charts) == [NO_BASELINE, "met"]


# Creatinine clearance


def test_the_clearance_is_by_cockcroft_gault_with_the_age_at_collection() -> None:
    lab = labs("2026-04-30 creatinine 1.0 mg/dL", patient="M born 1960-05-01 72 kg").creatinine_clearance
    assert float(cell(lab.bounds)) == pytest.approx(140 - 65)
    assert cockcroft_gault.__doc__


@pytest.mark.parametrize(
    ("patient", "results", "reasons"),
    [
        ("M born 1960-05-01", ["2026-06-01 creatinine 1.0 mg/dL"], ["no-weight"]),
        ("sex unknown born 1960-05-01 72 kg", ["2026-06-01 creatinine 1.0 mg/dL"], ["sex-unknown"]),
        ("M birth date unknown 72 kg", ["2026-06-01 creatinine 1.0 mg/dL"], ["age-unknown"]),
        ("M born 1960-05-01 72 kg", [], ["no-result"]),
        ("M born 1960-05-01 72 kg", ["2026-06-01 creatinine TNP mg/dL"], ["text-result", "no-result"]),
        ("M born 1960-05-01 72 kg", ["2026-06-01 creatinine 1.0 mg/dL"], []),
    ],
)
def test_why_there_is_no_clearance(patient: str, results: list[str], reasons: list[str]) -> None:
    lab = labs(*results, patient=patient).creatinine_clearance
    assert told(lab.missing[0]) == reasons
    assert lab.present.tolist() == [not reasons]
    assert (cell(lab.bounds) == "missing") == bool(reasons)


@pytest.mark.parametrize(
    ("creatinine", "dose", "expected"),
    [
        ("1.0", "4 mg daily", "not met"),
        ("1.2", "4 mg daily", "met"),
        ("2.4", "4 mg daily", "met"),
        ("2.5", "4 mg daily", "not met"),
        ("1.2", "2 mg daily", "not met"),
        (">1.2", "4 mg daily", "cannot evaluate: bound-too-wide"),
        (">2.4", "4 mg daily", "not met"),
        ("<1.2", "4 mg daily", "not met"),
        ("<=1.2", "4 mg daily", "cannot evaluate: bound-too-wide"),
        (">=2.4", "4 mg daily", "cannot evaluate: bound-too-wide"),
        (">1.2", "2 mg daily", "not met"),
    ],
)
def test_the_european_band_is_30_to_60_both_included(creatinine: str, dose: str, expected: str) -> None:
    """(140 − 68) · 72 kg / (72 · 1.2) = 60, and 30 at 2.4."""
    result = f"2026-06-01 creatinine {creatinine} mg/dL"
    fields = {"patient": "M born 1958-01-01 72 kg", "course": f"baricitinib {dose} from 2026-01-10", "region": "EU"}
    assert asked("egfr-30-60-dose", result, **{**fields, "region": Region.EU}) == expected  # type: ignore[arg-type]


def test_a_clearance_without_weight_is_not_blamed_on_an_older_unreadable_creatinine() -> None:
    results = ("2026-05-01 creatinine TNP mg/dL", "2026-06-01 creatinine 1.0 mg/dL")
    assert asked("egfr-30-60-dose", *results, region=Region.EU, patient="M born 1958-01-01") == "cannot evaluate: no-weight"


def test_a_newer_unreadable_creatinine_is_doubt_about_the_clearance() -> None:
    results = ("2026-05-01 creatinine 0.7 mg/dL", "2026-06-01 creatinine TNP mg/dL")
    assert asked("egfr-30-60-dose", *results, region=Region.EU, patient="M born 1958-01-01 72 kg") == "cannot evaluate: text-result"


def test_many_rows_at_once() -> None:
    snapshot = labs_of([case(f"2026-01-09 egfr 80 {UNIT}", f"2026-06-01 egfr 50 {UNIT}"), case(), case("2026-06-01 creatinine 1 mg/dL")])
    assert snapshot.egfr.is_calculated.tolist() == [False, False, True]
    assert snapshot.egfr.fallen_below(0.75).answer.tolist() == [1, 0, 0]
