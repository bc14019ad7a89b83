"""The charts of a report: what stands out first, on one axis, in the units shown."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.homes import START, record

from labtrack.clinic import Clinic
from labtrack.clinic.report_facts import Facts, read_facts
from labtrack.clinic.report_trends import chosen_analytes, trends_of
from labtrack.exchange.report.model import Shape, Trend

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def facts_of(clinic: Clinic, units: str = "conventional") -> Facts:
    with clinic.store.read() as reader:
        (stored,) = reader.patients()
        return read_facts(reader, clinic.judge, stored, clinic.today, units)


def drawn(clinic: Clinic, *keys: str, units: str = "conventional", plain: bool = False) -> tuple[Trend, ...]:
    facts = facts_of(clinic, units)
    return trends_of(facts.stored.patient, facts.judgment, facts.courses, keys, facts.as_of, units, plain=plain)


def test_what_stands_out_comes_first_then_what_has_a_course(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L", hb="13 g/dL", alt="20 U/L")
    record(ada, DAY, hb="13 g/dL", alt="30 U/L", plt="60 10*9/L")
    facts = facts_of(ada)
    day = ada.today.toordinal()
    assert chosen_analytes(facts.judgment, ["ldl"], day, 4) == ["plt", "hb", "alt"]  # one reading each: platelets stand out
    assert chosen_analytes(facts.judgment, ["alt"], day, 2) == ["alt", "plt"]


def test_a_chart_has_its_limits_baseline_and_treatment(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="<2 10*9/L")
    (trend,) = drawn(ada, "anc")
    assert (trend.title, trend.unit) == ("ANC", "×10⁹/L")
    assert [each.shape for each in trend.marks] == [Shape.EXACT, Shape.BELOW]
    assert [each.label for each in trend.limits] == ["anc-below-1 <1", "neutropenia <1.5"]
    assert trend.baseline == trend.marks[0]
    ((dose,),) = [strip.spans for strip in trend.strips]
    assert (dose.start, dose.text) == (START.toordinal(), "baricitinib 2 mg daily")
    assert trend.low <= 2.0 <= 7.5 <= trend.high  # the whole reference range, so that noise stays small
    assert trend.summary.startswith("2 readings from 20 Feb 2026 (3.1) to 19 Nov 2026 (<2 ×10⁹/L). Baseline 3.1 on 20 Feb 2026.")


def test_a_plain_chart_has_no_thresholds(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    (trend,) = drawn(ada, "anc", plain=True)
    assert trend.title == "Neutrophils"
    assert trend.limits == ()
    assert "Before the treatment 3.1" in trend.summary


def test_units_are_those_chosen(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13 g/dL")
    (trend,) = drawn(ada, "hb", units="SI")
    assert (trend.unit, trend.marks[0].low) == ("g/L", pytest.approx(130))
    assert drawn(ada) == ()
