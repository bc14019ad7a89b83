"""From printed texts to a canonical value: text, units, bounds, limits, refusals."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import Identity, Reading, catalogue, read_value
from labtrack.core.quantity import DecimalMark, Interval
from labtrack.core.record import Unusable


def read(name: str, value: str, unit: str = "", low: str = "", high: str = "", decimal: DecimalMark = ".") -> Reading:
    identity = catalogue().identify(name, unit)
    assert identity is not None
    return read_value(identity, value, unit, low, high, decimal)


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        ("hb", "148", "g/L", 14.8),
        ("59260-0", "9.2", "mmol/L", 14.82534),
        ("bilirubin", "22", "umol/L", 22 / 17.104),
        ("creatinine", "142", "umol/L", 142 / 88.4),
        ("creatinine", "0.0884", "mmol/L", 1.0),
        ("tc", "6.8", "mmol/L", 262.956),
        ("tg", "2.4", "mmol/L", 212.568),
        ("alt", "0.72", "ukat/L", 43.2),
        ("wbc", "10560", "{cells}/uL", 10.56),
        ("plt", "1.5", "lakh/cumm", 150.0),
        ("hct", "0.44", "L/L", 44.0),
        ("bun", "20", "mg/dL", 7.14),
        ("urea", "40", "mg/dL", 6.66),
        ("crp", "1.2", "mg/dL", 12.0),
        ("neutrophils", "61", "%", 61.0),
    ],
)
def test_numbers_are_read_into_the_canonical_unit(name: str, value: str, unit: str, expected: float) -> None:
    reading = read(name, value, unit)
    assert reading.value is not None
    assert reading.value.is_exact
    assert reading.value.low == pytest.approx(expected, rel=1e-12)
    assert (reading.unusable, reading.refusal, reading.warnings) == (Unusable.NOT, None, ())
    assert (reading.lower_limit, reading.upper_limit) == (None, None)


def test_bounds_keep_their_open_ends() -> None:
    assert read("anc", "<500", "/uL").value == Interval(0.0, 0.5, high_open=True)
    assert read("egfr", ">=90", "mL/min/1.73m2").value == Interval(90.0, math.inf)
    assert read("crp", "<0,5", "mg/dL", decimal=",").value == Interval(0.0, 5.0, high_open=True)


@pytest.mark.parametrize("value", ["hemolyzed", "1,234", "see note", "1.2.3"])
def test_text_is_kept_and_cannot_be_used(value: str) -> None:
    reading = read("hb", value, "g/dL", "12", "16")
    assert reading == Reading(None, Unusable.TEXT, 12.0, 16.0, (f"'{value}' is not a number or a bound: kept as reported, not usable",))


def test_text_comes_before_every_complaint_about_the_unit() -> None:
    assert read("hb", "clotted", "mmol/L").refusal is None
    assert read("hb", "clotted", "mmol/L").unusable is Unusable.TEXT
    assert read("hb", "", "g/dL").warnings == ("no value is given: kept as reported, not usable",)


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("alt", "furlong", "unit 'furlong' is not known for ALT: kept as reported, not usable; known units: U/L, ukat/L"),
        ("ldl", " ", "no unit is given for LDL: kept as reported, not usable; known units: mg/dL, mmol/L"),
        ("egfr", "mL/min", "mL/min is taken as eGFR only under an eGFR LOINC code"),
        ("751-8", "%", "unit '%' is not known for ANC"),
    ],
)
def test_an_unknown_unit_is_kept_and_cannot_be_used(name: str, unit: str, said: str) -> None:
    reading = read(name, "20", unit, "1")
    assert reading.value is None
    assert reading.unusable is Unusable.UNIT
    assert reading.refusal is None
    assert reading.warnings[0].startswith(said)
    assert reading.lower_limit is not None
    assert math.isnan(reading.lower_limit)
    assert reading.upper_limit is None


def test_hemoglobin_in_bare_mmol_is_refused() -> None:
    for name in ("hb", "718-7"):
        reading = read(name, "9.2", "mmol/L")
        assert reading.value is None
        assert "59260-0" in (reading.refusal or "")


def test_ml_per_min_under_an_egfr_code_is_marked() -> None:
    reading = read("33914-3", "44", "mL/min")
    assert reading.value == Interval(44.0, 44.0)
    assert reading.method == "MDRD; mL/min under an eGFR code, read as per 1.73 m²"
    assert read("69405-9", "44", "mL/min").method == "mL/min under an eGFR code, read as per 1.73 m²"
    assert read("33914-3", "44", "mL/min/1.73m2").method == "MDRD"
    assert read("18262-6", "100", "mg/dL").method == "direct"


@pytest.mark.parametrize("key", list(catalogue().analytes))
def test_outside_the_hard_bounds_is_refused_and_the_bounds_themselves_are_not(key: str) -> None:
    analyte = catalogue().analytes[key]
    low, high = analyte.hard
    for inside in (low, high):
        assert read(key, str(inside), analyte.unit).refusal is None
    for outside in (high * 1.01, low - 0.01):
        for printed in (f"{outside}", f"<={outside}"):
            reading = read(key, printed, analyte.unit)
            assert reading.value is None
            assert printed in (reading.refusal or "")
            assert analyte.display_unit in (reading.refusal or "")


@pytest.mark.parametrize("key", list(catalogue().analytes))
def test_outside_the_soft_bounds_is_asked_about(key: str) -> None:
    analyte = catalogue().analytes[key]
    for inside in analyte.soft:
        assert read(key, str(inside), analyte.unit).warnings == ()
    if analyte.soft[1] < analyte.hard[1]:
        reading = read(key, f">{analyte.soft[1] * 1.01}", analyte.unit)
        assert reading.value is not None
        assert "usual" in reading.warnings[0]


def test_a_refusal_names_number_unit_and_bound() -> None:
    assert (
        read("hb", "450", "g/L").refusal
        == "Hb 450 g/L (45 g/dL) is outside 1 to 30 g/dL, which no patient has: check the number and the unit"
    )
    assert read("hb", "45", "g/dL").refusal == "Hb 45 g/dL is outside 1 to 30 g/dL, which no patient has: check the number and the unit"
    assert read("hb", "27", "g/dL").warnings == ("Hb 27 g/dL is outside the usual 3 to 25 g/dL: check the number and the unit",)
    assert read("alt", "<0", "U/L").refusal == "ALT <0: nothing is below zero"
    assert read("alt", "-4", "U/L").refusal is not None


def test_hard_bounds_hold_in_the_reported_unit_as_printed() -> None:
    assert read("hb", "300", "g/L").refusal is None
    assert read("hb", "300.1", "g/L").refusal is not None


NAN = math.nan


@pytest.mark.parametrize(
    ("low", "high", "lower", "upper"),
    [
        ("", "", None, None),
        ("120", "160", 12.0, 16.0),
        (" 120 ", "", 12.0, None),
        ("", "<160", None, 16.0),
        ("", "≤160", None, 16.0),
        (">120", "", 12.0, None),
        (">=120", "<=160", 12.0, 16.0),
        ("<120", "", NAN, None),
        ("", ">160", None, NAN),
        ("low", "160", NAN, 16.0),
        ("120", "see note", 12.0, NAN),
        ("160", "120", NAN, NAN),
        ("120", "120", 12.0, 12.0),
        ("120-160", "", NAN, None),
        ("", "1e309", None, NAN),
        ("120,5", "", NAN, None),
    ],
)
def test_printed_limits(low: str, high: str, lower: float | None, upper: float | None) -> None:
    reading = read("hb", "140", "g/L", low, high)
    for found, expected in ((reading.lower_limit, lower), (reading.upper_limit, upper)):
        assert found == (None if expected is None else pytest.approx(expected, rel=1e-12, nan_ok=True))


def test_a_limit_that_overflows_in_conversion_is_unreadable() -> None:
    upper = read("ldl", "3", "mmol/L", high="1e308").upper_limit
    assert upper is not None
    assert math.isnan(upper)


def test_a_value_at_its_limit_stays_at_it_after_conversion() -> None:
    reading = read("creatinine", "141.4", "umol/L", "70.7", "141.4")
    assert reading.value is not None
    assert reading.value.high == reading.upper_limit


PAIRS = st.sampled_from([(analyte, unit) for analyte in catalogue().analytes.values() for unit in catalogue().units_of(analyte)])


@given(PAIRS, st.decimals(min_value=0, max_value=5000, places=3))
def test_conversion_is_that_of_the_table_to_twelve_digits(pair: tuple[object, str], number: Decimal) -> None:
    analyte, unit = pair
    identity = Identity(analyte)  # type: ignore[arg-type]
    reading = read_value(identity, str(number), unit)
    factor = catalogue().factor(identity, unit)
    assert factor is not None
    if reading.value is None:
        assert reading.refusal is not None
    else:
        assert reading.value.low == pytest.approx(float(number) * factor, rel=1e-12)
        assert reading.value.is_exact


@given(PAIRS, st.text(max_size=50), st.text(max_size=12), st.text(max_size=12), st.text(max_size=12), st.sampled_from([".", ","]))
def test_any_text_is_read_kept_or_refused(
    pair: tuple[object, str], value: str, unit: str, low: str, high: str, decimal: DecimalMark
) -> None:
    analyte, known_unit = pair
    for each in (unit, known_unit):
        reading = read_value(Identity(analyte), value, each, low, high, decimal)  # type: ignore[arg-type]
        assert (reading.value is not None) == (reading.unusable is Unusable.NOT and reading.refusal is None)
        assert reading.value is not None or reading.warnings or reading.refusal
