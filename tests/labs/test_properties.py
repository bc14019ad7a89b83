"""What must hold for every patient: units, widths and the past do not change answers, and the tolerance is exact arithmetic on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle.cohorts import people, read
from tests.oracle.compare import Line, cohort, engine_for, lines
from tests.oracle.model import CANNOT, NOT_APPLICABLE, Person
from tests.rules.casefile import verdicts_of

from labtrack.core.judgment import Region
from labtrack.core.quantity import Comparator, parse_quantity
from labtrack.core.record import CollectedAt, Result, ResultStatus

#: A unit and the number in it that a number in another unit is exactly, by the closed table of units.
EXACTLY = {
    ("anc", "10*9/L"): ("/uL", "1000"),
    ("alc", "10*9/L"): ("/uL", "1000"),
    ("wbc", "10*9/L"): ("/uL", "1000"),
    ("plt", "/uL"): ("10*9/L", "0.001"),
    ("plt", "lakh/cumm"): ("10*3/uL", "100"),
    ("neut_pct", "%"): ("FRACTION", "0.01"),
    ("hb", "g/dL"): ("g/L", "10"),
    ("hb", "mmol/L (monomer)"): ("g/dL", "1.61145"),
    ("alt", "ukat/L"): ("U/L", "60"),
    ("ast", "ukat/L"): ("U/L", "60"),
    ("bilirubin", "mg/dL"): ("umol/L", "17.104"),
    ("ldl", "mmol/L"): ("mg/dL", "38.67"),
    ("tc", "mmol/L"): ("mg/dL", "38.67"),
    ("hdl", "mmol/L"): ("mg/dL", "38.67"),
    ("tg", "mmol/L"): ("mg/dL", "88.57"),
    ("creatinine", "mg/dL"): ("umol/L", "88.4"),
}
RELATIVE = {"hb-fall-2", "ldl-rise-30", "egfr-fall-25"}


def converted(result: Result) -> Result:
    """The same result as another laboratory would print it; as it is where no other unit holds exactly the same number."""
    unit, factor = EXACTLY.get((result.analyte, result.unit), ("", ""))
    if result.value is None or not unit:
        return result

    def rewritten(text: str) -> str:
        quantity = parse_quantity(text)
        if quantity is None:
            return text
        return f"{quantity.comparator}{quantity.number * Decimal(factor):f}"

    text, low, high = map(rewritten, (result.value_text, result.ref_low, result.ref_high))
    reading = read(result.analyte, text, unit, low, high)
    assert reading.value is not None, (text, unit)
    return replace(
        result,
        value_text=text,
        unit=unit,
        value=reading.value,
        ref_low=low,
        ref_high=high,
        lower_limit=reading.lower_limit,
        upper_limit=reading.upper_limit,
    )


def judged(persons: Sequence[Person], days: Sequence[date], region: Region = Region.US) -> list[Line]:
    """Person n on day n."""
    patient, day = np.arange(len(persons)), np.array([each.toordinal() for each in days])
    return lines(engine_for(region).judge(cohort(persons), patient, day))


def drawn_on_days(seed: int, count: int) -> tuple[list[Person], list[date]]:
    """Random persons, each on each of its days."""
    rows = [(each.person, day) for each in people(seed, count) for day in each.days]
    return [person for person, _ in rows], [day for _, day in rows]


@pytest.mark.parametrize("region", list(Region))
def test_converting_units_changes_no_verdict_and_no_check(region: Region) -> None:
    usual, days = drawn_on_days(77, 250)
    other = [replace(person, results=tuple(map(converted, person.results))) for person in usual]
    assert sum(one.results != two.results for one, two in zip(usual, other, strict=True)) > 500
    assert judged(other, days, region) == judged(usual, days, region)


def widened(result: Result, random: Random) -> Result | None:
    """The result as a bound that holds its value: ``0.9`` becomes ``<=0.9``, ``<2`` and so on."""
    quantity = parse_quantity(result.value_text)
    if quantity is None or result.value is None or quantity.comparator is not Comparator.EXACT or quantity.number <= 0:
        return None
    text = random.choice((f"<={quantity.number}", f">={quantity.number}", f"<{quantity.number * 2}", f">{quantity.number / 2}"))
    reading = read(result.analyte, text, result.unit, result.ref_low, result.ref_high)
    if reading.value is None:
        return None
    return replace(result, value_text=text, value=reading.value)


def may_change(analyte: str) -> set[str]:
    """Rules that a bound may decide where a number did not, each for a reason of section 4.

    LDL is calculated from exact numbers only, so an older LDL comes back; an ALP that is no exact number leaves Hy's law met; a fall
    of hemoglobin that is not known does not speak against the band from 8 to 9.
    """
    if analyte in {"tc", "hdl", "tg"}:
        return {"ldl-190", "ldl-rise-30"}
    return {"hys-law"} if analyte == "alp" else {"tofa-hb-8-9"} if analyte == "hb" else set()


def test_a_wider_bound_keeps_an_answer_or_takes_it() -> None:
    random = Random(78)
    persons, days, others, bounds = [], [], [], []
    for person, day in zip(*drawn_on_days(78, 300), strict=True):
        wider = [(place, each) for place, result in enumerate(person.results) if (each := widened(result, random)) is not None]
        if wider:
            place, bound = random.choice(wider)
            persons.append(person)
            days.append(day)
            bounds.append(bound)
            others.append(replace(person, results=(*person.results[:place], bound, *person.results[place + 1 :])))
    changed = 0
    for before, after, bound in zip(judged(persons, days), judged(others, days), bounds, strict=True):
        for rule in before.rules.keys() - may_change(bound.analyte):
            was, now = before.rules[rule][0], after.rules[rule][0]
            # After a stop an urgent finding that cannot be told any more is no longer listed.
            assert now in {was, CANNOT, NOT_APPLICABLE}, (rule, bound, was, now)
            assert now == CANNOT or was != CANNOT, (rule, bound, was, now)
            changed += now != was
    assert changed > 30


@pytest.mark.parametrize("far", [False, True])
def test_an_older_result_changes_nothing_but_through_the_baseline(far: bool) -> None:
    """Older than all that is recorded, of an analyte that has a usable result already.

    It may be a baseline (and with it decide the band of 8 to 9 on tofacitinib), or lie within 7 days of the bilirubin of Hy's law;
    not where it is older still.
    """
    random = Random(79)
    exempt = set() if far else RELATIVE | {"tofa-hb-8-9", "hys-law"}
    persons, days, others, added = [], [], [], []
    for person, day in zip(*drawn_on_days(79, 250), strict=True):
        known = [each for each in person.results if each.collected_at.on <= day]
        usable = [each for each in known if each.value is not None and each.status is ResultStatus.FINAL and not each.superseded]
        if usable:
            first = min(each.collected_at.on for each in person.results)
            at = CollectedAt(first - timedelta(days=random.randint(300, 900) if far else random.randint(1, 30)))
            older = replace(random.choice(usable), collected_at=at, specimen_id="older", result_id=9_999)
            persons.append(person)
            days.append(day)
            added.append(older)
            others.append(replace(person, results=(*person.results, older)))
    assert len(others) > 500
    for before, after, older in zip(judged(persons, days), judged(others, days), added, strict=True):
        for rule in before.rules.keys() - exempt:
            # A creatinine that is covered by the eGFR of its specimen, reported after the judged day, leaves no eGFR on it.
            if "no-result" not in before.rules[rule][1]:
                assert after.rules[rule][0] == before.rules[rule][0], (rule, older)


# The tolerance is exact arithmetic on the printed numbers

FACTOR = {
    "mmol/L": Fraction("38.67"),
    "mg/dL": Fraction(1),
    "g/dL": Fraction(1),
    "g/L": Fraction(1, 10),
    "U/L": Fraction(1),
    "ukat/L": Fraction(60),
    "10*9/L": Fraction(1),
    "/uL": Fraction(1, 1000),
    "mL/min/1.73m2": Fraction(1),
}


def exactly(text: str) -> Fraction:
    number, unit = text.split()
    return Fraction(number) * FACTOR[unit]


def hundredths(first: str, last: str, step: str = "0.01") -> list[Decimal]:
    low, high, by = Decimal(first), Decimal(last), Decimal(step)
    return [low + by * count for count in range(int((high - low) / by) + 1)]


def relative(rule: str, name: str, pairs: list[tuple[str, str]]) -> list[str]:
    """Verdicts on (baseline, current), both as printed."""
    return verdicts_of(rule, [{"results": [f"2026-01-09 {name} {base}", f"2026-06-01 {name} {now}"]} for base, now in pairs])


def met(answer: bool) -> str:
    return "met" if answer else "not met"


def test_a_rise_of_30_percent_in_every_hundredth_of_a_millimole() -> None:
    pairs = [
        (f"{base} mmol/L", f"{now} mmol/L")
        for base in hundredths("1.00", "6.00")
        for now in {(base * 13 / 10).quantize(Decimal("0.01")) + step for step in hundredths("-0.01", "0.01")}
    ]
    expected = [met(exactly(now) > exactly(base) * Fraction(13, 10)) for base, now in pairs]
    assert relative("ldl-rise-30", "ldl", pairs) == expected
    assert {"met", "not met"} == set(expected)


def test_a_rise_of_30_percent_in_milligrams() -> None:
    pairs = [(f"{base} mg/dL", f"{base * 13 // 10 + step} mg/dL") for base in range(40, 240) for step in (-1, 0, 1)]
    assert relative("ldl-rise-30", "ldl", pairs) == [met(exactly(now) > exactly(base) * Fraction(13, 10)) for base, now in pairs]


@pytest.mark.parametrize(("base_unit", "now_unit"), [("g/dL", "g/dL"), ("g/L", "g/L"), ("g/L", "g/dL"), ("g/dL", "g/L")])
def test_a_fall_of_2_in_every_tenth(base_unit: str, now_unit: str) -> None:
    def printed(grams: Decimal, unit: str) -> str:
        return f"{grams if unit == 'g/dL' else (grams * 10).normalize():f} {unit}"

    pairs = [
        (printed(base, base_unit), printed(base - 2 + step, now_unit))
        for base in hundredths("8.0", "18.0", "0.1")
        for step in hundredths("-0.1", "0.1", "0.1")
    ]
    assert relative("hb-fall-2", "hb", pairs) == [met(exactly(base) - exactly(now) > 2) for base, now in pairs]


def test_a_fall_by_a_quarter() -> None:
    unit = "mL/min/1.73m2"
    pairs = [
        (f"{base} {unit}", f"{Decimal(base) * 3 / 4 + step} {unit}") for base in range(40, 121) for step in hundredths("-0.01", "0.01")
    ]
    assert relative("egfr-fall-25", "egfr", pairs) == [met(exactly(now) < exactly(base) * Fraction(3, 4)) for base, now in pairs]


@pytest.mark.parametrize(("rule", "times"), [("transaminase-raised", 1), ("transaminase-3x", 3), ("transaminase-5x", 5)])
def test_multiples_of_the_printed_limit_in_every_hundredth_of_a_microkatal(rule: str, times: int) -> None:
    cases = [(f"{limit * times + step} ukat/L", f"{limit}") for limit in hundredths("0.40", "1.20") for step in hundredths("-0.01", "0.01")]
    found = verdicts_of(rule, [{"results": [f"2026-06-01 alt {now} [..{limit}]", "2026-06-01 ast 10 U/L [..40]"]} for now, limit in cases])
    assert found == [met(exactly(now) > exactly(f"{limit} ukat/L") * times) for now, limit in cases]


@pytest.mark.parametrize(
    ("rule", "name", "unit", "values", "limit"),
    [
        ("anc-below-1", "anc", "/uL", hundredths("950", "1050", "1"), "1"),
        ("alc-below-0.5", "alc", "/uL", hundredths("450", "550", "1"), "0.5"),
        ("neutropenia", "anc", "10*9/L", hundredths("1.40", "1.60"), "1.5"),
        ("hb-below-8", "hb", "g/L", hundredths("70", "90", "1"), "8"),
        ("platelets-below-75", "plt", "/uL", hundredths("74900", "75100", "10"), "75"),
    ],
)
def test_thresholds_from_above(rule: str, name: str, unit: str, values: list[Decimal], limit: str) -> None:
    found = verdicts_of(rule, [{"results": [f"2026-06-01 {name} {value} {unit}"]} for value in values])
    assert found == [met(exactly(f"{value} {unit}") < Fraction(limit)) for value in values]


@pytest.mark.parametrize(
    ("rule", "name", "unit", "values", "limit"),
    [
        ("ldl-190", "ldl", "mmol/L", [*hundredths("4.80", "5.00"), Decimal("4.9133"), Decimal("4.9134"), Decimal("4.914")], "190"),
        ("ldl-190", "ldl", "mg/dL", hundredths("189.0", "191.0", "0.1"), "190"),
        ("triglycerides-500", "tg", "mg/dL", hundredths("499.0", "501.0", "0.1"), "500"),
    ],
)
def test_thresholds_from_below(rule: str, name: str, unit: str, values: list[Decimal], limit: str) -> None:
    found = verdicts_of(rule, [{"results": [f"2026-06-01 {name} {value} {unit}"]} for value in values])
    assert found == [met(exactly(f"{value} {unit}") >= Fraction(limit)) for value in values]


@given(
    base=st.decimals("1", "9", places=2), now=st.decimals("1", "9", places=2), units=st.tuples(*[st.sampled_from(("mmol/L", "mg/dL"))] * 2)
)
def test_a_rise_across_units(base: Decimal, now: Decimal, units: tuple[str, str]) -> None:
    """A baseline in one unit, the current one in another."""
    texts = [
        f"{number} mmol/L" if unit == "mmol/L" else f"{number * Decimal('38.67'):f} mg/dL"
        for number, unit in zip((base, now), units, strict=True)
    ]
    assert relative("ldl-rise-30", "ldl", [(texts[0], texts[1])]) == [met(Fraction(now) > Fraction(base) * Fraction(13, 10))]
