"""Charts prepared from the engine: readings, limits that the rules compared with, baseline, doses, holds, units, words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, START, nasty_people, open_clinic, put_people, record, with_ada

from labtrack.charts import Series, chart_lines
from labtrack.charts.model import Shape
from labtrack.clinic import Clinic
from labtrack.clinic.trends import rule_limits
from labtrack.core.errors import NotFound, UsageError
from labtrack.core.judgment import Region, Verdict
from labtrack.core.record import CollectedAt
from labtrack.core.text import width

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def one(clinic: Clinic, *keys: str, units: str = "conventional", as_of: date | None = None) -> Series:
    """The only series of a chart."""
    (series,) = clinic.trend_charts(ADA.mrn, keys, as_of, units).chart.series
    return series


def limits(series: Series) -> dict[str, float]:
    return {each.label: each.value for each in series.thresholds}


def test_readings_are_points_in_time(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="<0.5 10*9/L")
    series = one(ada, "anc")
    assert (series.name, series.unit) == ("ANC  Neutrophils (absolute count)", "×10⁹/L")
    assert [(point.text, point.shape) for point in series.points] == [("3.1", Shape.EXACT), ("<0.5", Shape.BELOW)]
    assert [int(point.at) for point in series.points] == [BEFORE.toordinal(), DAY.toordinal()]
    assert series.points[0].at % 1 == pytest.approx(8 / 24)
    assert (series.latest, series.usual) == ("<0.5 on 19 Nov 2026", "2–7.5")
    assert (series.points[0].low, series.points[0].high) == (2.0, 7.5)


def test_calculated_readings_are_marked(ada: Clinic) -> None:
    record(ada, DAY, creatinine="1.0 mg/dL")
    assert one(ada, "egfr").points[0].calculated
    assert not one(ada, "creatinine").points[0].calculated


@pytest.mark.parametrize(
    ("drug", "region", "key", "values", "expected"),
    [
        ("baricitinib", Region.US, "anc", "10*9/L", {"anc-below-1 <1": 1.0, "neutropenia <1.5": 1.5}),
        ("tofacitinib", Region.US, "anc", "10*9/L", {"tofa-anc <1": 1.0, "neutropenia <1.5": 1.5}),
        ("baricitinib", Region.US, "alc", "10*9/L", {"alc-below-0.5 <0.5": 0.5}),
        ("tofacitinib", Region.EU, "alc", "10*9/L", {"tofa-alc <0.75": 0.75}),
        ("baricitinib", Region.US, "ldl", "mg/dL", {"ldl-rise-30 >140.4": 140.4, "ldl-190 ≥190": 190.0}),
        (
            "baricitinib",
            Region.US,
            "egfr",
            "mL/min/{1.73_m2}",
            {"egfr-below-30 <30": 30.0, "egfr-30-60-dose ≥30": 30.0, "egfr-30-60-dose <60": 60.0, "egfr-fall-25 <81": 81.0},
        ),
        (
            "baricitinib",
            Region.US,
            "alt",
            "U/L",
            {"transaminase-raised >44": 44.0, "transaminase-3x >132": 132.0, "transaminase-5x >220": 220.0},
        ),
    ],
)
def test_the_limits_are_those_of_drug_and_region(
    tmp_path: Path, drug: str, region: Region, key: str, values: str, expected: dict[str, float]
) -> None:
    with open_clinic(tmp_path, region=region) as clinic:
        with_ada(clinic, drug)
        record(clinic, BEFORE, **{key: f"108 {values}" if key != "anc" else f"3 {values}"})
        record(clinic, DAY, **{key: f"100 {values}" if key != "anc" else f"2 {values}"})
        found = limits(one(clinic, key))
        hys = {label: value for label, value in found.items() if label.startswith("hys-law")}
        assert {label: value for label, value in found.items() if label not in hys} == pytest.approx(expected)
        assert all(value == pytest.approx(132.0) for value in hys.values())


def test_the_clearance_has_no_line_on_the_creatinine(tmp_path: Path) -> None:
    with open_clinic(tmp_path, region=Region.EU) as clinic:
        with_ada(clinic)
        record(clinic, DAY, creatinine="1.2 mg/dL")
        assert limits(one(clinic, "creatinine")) == {}


def test_a_pinned_baseline_is_marked(ada: Clinic) -> None:
    early = CollectedAt(date(2026, 1, 5), time(8, 0))
    record(ada, early.on, hb="12.0 g/dL")
    record(ada, BEFORE, hb="13.3 g/dL")
    record(ada, DAY, hb="12.5 g/dL")
    ada.pin_baseline(ADA.mrn, "hb", early, "agreed")
    series = one(ada, "hb")
    assert series.baseline is series.points[0]
    assert limits(series)["hb-fall-2 <10"] == pytest.approx(10.0)


def test_a_line_is_the_number_that_decided(ada: Clinic) -> None:
    record(ada, BEFORE, ldl="2.30 mmol/L", hb="13.3 g/dL")
    record(ada, DAY, ldl="3.1 mmol/L", hb="11.1 g/dL")
    evidence = {
        each.rule: each.evidence[0].limit for each in ada.assessment(ADA.mrn).findings if each.verdict is Verdict.MET and each.evidence
    }
    for key, rule in (("ldl", "ldl-rise-30"), ("hb", "hb-fall-2"), ("hb", "anemia")):
        limit = evidence[rule]
        assert limit is not None
        assert limit.low in [value for label, value in limits(one(ada, key)).items() if label.startswith(rule)]


def test_without_a_baseline_there_is_no_line_for_it(ada: Clinic) -> None:
    record(ada, DAY, ldl="100 mg/dL")
    assert list(limits(one(ada, "ldl"))) == ["ldl-190 ≥190"]
    assert one(ada, "ldl").baseline is None


def test_a_baseline_that_is_a_bound_has_no_line(ada: Clinic) -> None:
    record(ada, BEFORE, ldl="<100 mg/dL")
    record(ada, DAY, ldl="90 mg/dL")
    assert list(limits(one(ada, "ldl"))) == ["ldl-190 ≥190"]


def test_the_baseline_is_one_of_the_points(ada: Clinic) -> None:
    record(ada, date(2026, 1, 5), hb="12.0 g/dL")
    record(ada, BEFORE, hb="13.3 g/dL")
    series = one(ada, "hb")
    assert series.baseline is series.points[1], "marked before there is anything to compare with"
    record(ada, DAY, hb="12.5 g/dL")
    series = one(ada, "hb")
    assert series.baseline is series.points[1]
    assert one(ada, "hb", as_of=date(2026, 3, 1)).baseline is None, "nothing has started yet"


def test_too_old_for_a_baseline(ada: Clinic) -> None:
    record(ada, START - timedelta(181), hb="13.3 g/dL")
    record(ada, DAY, hb="12.5 g/dL")
    assert one(ada, "hb").baseline is None


def test_doses_and_holds_are_on_the_same_axis(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    ada.change_dose(ADA.mrn, 4.0, date(2026, 6, 1))
    ada.hold(ADA.mrn, "neutropenia", date(2026, 9, 1))
    ada.resume(ADA.mrn, date(2026, 9, 20))
    record(ada, DAY, anc="2.0 10*9/L")
    chart = ada.trend_charts(ADA.mrn, ["anc"]).chart
    dose, hold = chart.strip
    assert [(span.text, span.start) for span in dose.spans] == [
        ("baricitinib 2 mg daily", START.toordinal()),
        ("baricitinib 4 mg daily", date(2026, 6, 1).toordinal()),
    ]
    assert dose.spans[0].end == dose.spans[1].start
    assert [(span.text, span.start, span.end) for span in hold.spans] == [
        ("neutropenia", date(2026, 9, 1).toordinal(), date(2026, 9, 20).toordinal())
    ]
    assert hold.is_hold
    assert int(chart.first) == BEFORE.toordinal()
    assert int(chart.last) == ada.today.toordinal()


def test_a_stopped_course_ends_its_bar(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    ada.stop_course(ADA.mrn, "remission", date(2026, 10, 1))
    (dose,) = ada.trend_charts(ADA.mrn, ["anc"]).chart.strip
    assert dose.spans[-1].end == date(2026, 10, 1).toordinal()


def test_gaps_are_twice_the_routine_of_the_panel(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L", ldl="100 mg/dL", crp="2 mg/L")
    assert [each.gap_days for each in ada.trend_charts(ADA.mrn, ["anc", "ldl", "crp"]).chart.series] == [168.0, 728.0, 168.0]


def test_other_units_change_what_is_shown_and_nothing_else(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13.3 g/dL")
    record(ada, DAY, hb="12.5 g/dL")
    shown = ada.trend_charts(ADA.mrn, ["hb"], units="SI")
    (series,) = shown.chart.series
    assert series.unit == "g/L"
    assert [point.text for point in series.points] == ["133", "125"]
    assert limits(series)["hb-below-8 <80"] == pytest.approx(80.0)
    assert series.baseline is series.points[0]
    assert shown.rows[0]["value"] == "133"
    assert shown.rows[0]["unit"] == "g/L"
    assert shown.rows[1]["change_percent"] == ada.trend_charts(ADA.mrn, ["hb"]).rows[1]["change_percent"]
    with pytest.raises(UsageError):
        ada.trend_charts(ADA.mrn, ["hb"], units="metric")


def test_the_table_holds_the_numbers_of_the_chart(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13.3 g/dL", anc="3 10*9/L")
    record(ada, DAY, hb="12.5 g/dL")
    shown = ada.trend_charts(ADA.mrn, ["hb", "anc"])
    assert [row["value"] for row in shown.rows] == [point.text for series in shown.chart.series for point in series.points]
    assert [dict(row) for row in ada.trend(ADA.mrn, ["hb"])] == [{**row, "unit": "g/dL"} for row in ada.trend_charts(ADA.mrn, ["hb"]).rows]


def test_what_a_finding_rests_on_is_proposed(ada: Clinic) -> None:
    assert ada.trend_charts(ADA.mrn).chosen == ()
    record(ada, DAY, hb="12.5 g/dL", wbc="5 10*9/L")
    assert ada.trend_charts(ADA.mrn).chosen == ("wbc",)
    record(ada, DAY, anc="0.8 10*9/L")
    shown = ada.trend_charts(ADA.mrn)
    assert shown.chosen == ("anc",)
    assert [(each.key, each.readings, each.is_met) for each in shown.choices] == [("wbc", 1, False), ("anc", 1, True), ("hb", 1, False)]


def test_an_analyte_without_results_has_no_plot_and_an_unknown_one_is_told(ada: Clinic) -> None:
    record(ada, DAY, hb="12.5 g/dL")
    assert [each.name[:2] for each in ada.trend_charts(ADA.mrn, ["hb", "plt"]).chart.series] == ["Hb"]
    with pytest.raises(NotFound):
        ada.trend_charts(ADA.mrn, ["nonsense"])
    with pytest.raises(NotFound):
        ada.trend_charts("999", ["hb"])


def fall(clinic: Clinic, values: Sequence[float]) -> None:
    for place, value in enumerate(values):
        record(clinic, date(2026, 3, 20) + timedelta(60 * place), egfr=f"{value} mL/min/{{1.73_m2}}")


def test_an_estimate_needs_four_readings(ada: Clinic) -> None:
    fall(ada, [90, 82, 74])
    assert one(ada, "egfr").note == ""
    fall(ada, [90, 82, 74, 66])
    assert one(ada, "egfr").note.startswith("estimate: at this rate 60 about ")
    assert one(ada, "egfr").note.endswith("(egfr-30-60-dose)")


def test_no_estimate_from_a_bound(ada: Clinic) -> None:
    fall(ada, [90, 82, 74, 66])
    record(ada, DAY, egfr=">60 mL/min/{1.73_m2}")
    assert one(ada, "egfr").note == ""


def test_plain_words_leave_rules_out(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13.3 g/dL")
    ada.hold(ADA.mrn, "neutropenia", date(2026, 9, 1))
    chart = ada.trend_charts(ADA.mrn, ["hb"], plain=True).chart
    (series,) = chart.series
    assert series.name.startswith("Hemoglobin (carries oxygen")
    assert series.thresholds == ()
    assert series.whole_band
    assert chart.plain
    assert [span.text for row in chart.strip if row.is_hold for span in row.spans] == [""]


def test_everybody_can_be_drawn(clinic: Clinic) -> None:
    people = nasty_people(7, 30)
    put_people(clinic, [each.person for each in people])
    drawn = 0
    for each in people:
        shown = clinic.trend_charts(each.person.patient.mrn)
        keys = [choice.key for choice in shown.choices]
        for first in range(0, len(keys), 4):
            chart = clinic.trend_charts(each.person.patient.mrn, keys[first : first + 4]).chart
            assert all(width(line) == 100 for line in chart_lines(chart, 100, 40))
            drawn += len(chart.series)
    assert drawn > 50


def test_limits_of_everybody_are_numbers(clinic: Clinic) -> None:
    people = nasty_people(11, 20)
    put_people(clinic, [each.person for each in people])
    with clinic.store.read() as reader:
        for _, judgment in clinic.judge.judgments(reader, clinic.today, [1]):
            for key in clinic.catalogue.analytes:
                assert all(each.value == each.value for each in rule_limits(judgment, key))
