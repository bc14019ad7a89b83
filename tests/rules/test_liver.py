"""Liver: multiples of the upper limit, and Hy's law against the words of the clinical reference in plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import USUAL, case_of, judged_cases, verdicts_of

from labtrack.core.judgment import Region
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Relation, Term
from labtrack.rules import REGISTRY

AS_OF = date(2026, 6, 10)
LIMITS = {"ALT": 40, "AST": 40, "bilirubin": 12, "ALP": 120}
UNITS = {"ALT": "U/L", "AST": "U/L", "ALP": "U/L", "bilirubin": "mg/dL"}
#: Analyte, days before the as-of date, value (bilirubin in tenths of mg/dL).
Report = tuple[str, int, int]


@given(st.lists(st.tuples(st.integers(1, 700), st.integers(1, 700)), min_size=1, max_size=20), st.integers(200, 600))
def test_either_one_above_a_multiple_of_its_limit(pairs: list[tuple[int, int]], tenths: int) -> None:
    limit = Decimal(tenths) / 10
    entries = [{"results": [f"2026-06-01 ALT {alt} U/L [0..{limit}]", f"2026-06-01 AST {ast} U/L [0..{limit}]"]} for alt, ast in pairs]
    for rule, times in (("transaminase-raised", 1), ("transaminase-3x", 3), ("transaminase-5x", 5)):
        assert verdicts_of(rule, entries) == ["met" if max(pair) > times * limit else "not met" for pair in pairs]


def latest(reports: list[Report], analyte: str, youngest: int = 0, oldest: int = 10_000) -> Report | None:
    """The newest report of an analyte that is between two ages in days."""
    inside = [each for each in reports if each[0] == analyte and youngest <= each[1] <= oldest]
    return min(inside, key=lambda each: each[1], default=None)


def by_the_words(reports: list[Report]) -> str:
    """Section 4, *hys-law*, for exact numbers that are neither in doubt nor too old."""
    bilirubin = latest(reports, "bilirubin")
    raised = [each for each in (latest(reports, "ALT"), latest(reports, "AST")) if each is not None and each[2] >= 120]
    if bilirubin is not None:
        near = {name: latest(reports, name, bilirubin[1] - 7, bilirubin[1] + 7) for name in ("ALT", "AST", "ALP")}
        high = any(near[name] is not None and near[name][2] >= 120 for name in ("ALT", "AST"))  # type: ignore[index]
        blocked = near["ALP"] is not None and near["ALP"][2] > 240
        if high and bilirubin[2] > 24 and not blocked:
            return "met"
    if not raised:
        both = latest(reports, "ALT") is not None and latest(reports, "AST") is not None
        return "not met" if both else "cannot evaluate: no-result"
    if bilirubin is None:
        return "cannot evaluate: no-result"
    within = any(abs(each[1] - bilirubin[1]) <= 7 for each in raised)
    newer = any(bilirubin[1] - each[1] > 7 for each in raised)
    return "not met" if within and not newer else "cannot evaluate: no-result"


def test_hys_law_on_random_charts() -> None:
    chance = Random(7)
    values = {"ALT": (30, 119, 120, 300), "AST": (25, 119, 120, 300), "bilirubin": (6, 24, 25, 40), "ALP": (90, 240, 241, 400)}
    charts: list[list[Report]] = []
    for _ in range(1500):
        names = [name for name in values for _ in range(chance.randint(0, 2))]
        ages = {name: chance.sample(range(30), 2) for name in values}
        charts.append([(name, ages[name].pop(), chance.choice(values[name])) for name in names])
    found = verdicts_of("hys-law", [{"as_of": AS_OF, "results": [printed(*report) for report in chart]} for chart in charts])
    expected = [by_the_words(chart) for chart in charts]
    assert found == expected
    assert min(expected.count(verdict) for verdict in set(expected)) > 100


def printed(analyte: str, age: int, value: int) -> str:
    shown = Decimal(value) / 10 if analyte == "bilirubin" else value
    limit = Decimal(LIMITS[analyte]) / 10 if analyte == "bilirubin" else LIMITS[analyte]
    return f"{AS_OF - timedelta(age)} {analyte} {shown} {UNITS[analyte]} [0..{limit}]"


def terms_of(*reports: Report) -> list[Term]:
    case = case_of("hys-law", {**USUAL, "as_of": AS_OF, "results": [printed(*report) for report in reports]})
    return list(judged_cases([case], {"hys-law": REGISTRY.rules["hys-law"]}, Region.US).rules[0].verdicts.terms)


def told(terms: list[Term]) -> list[tuple[str, Relation, float, int]]:
    """Analyte, relation, limit and answer of each comparison."""
    return [(term.lab.analyte.key, term.relation, float(term.limit.low[0]), int(term.answer[0])) for term in terms]  # type: ignore[union-attr]


def test_a_met_hys_law_rests_on_the_bilirubin_and_on_what_lies_near_it() -> None:
    terms = terms_of(("ALT", 9, 160), ("ALT", 0, 30), ("AST", 9, 30), ("bilirubin", 9, 30), ("ALP", 9, 90))
    assert told(terms)[:3] == [
        ("bilirubin", Relation.ABOVE, 2.4, MET),
        ("alt", Relation.AT_LEAST, 120.0, MET),
        ("ast", Relation.AT_LEAST, 120.0, NOT_MET),
    ]
    assert int(terms[1].lab.bounds.low[0]) == 160, "the one near the bilirubin, not the newest"


def test_otherwise_it_rests_on_the_current_ones() -> None:
    terms = terms_of(("ALT", 1, 160), ("AST", 1, 30), ("bilirubin", 1, 6))
    assert told(terms) == [
        ("bilirubin", Relation.ABOVE, 2.4, NOT_MET),
        ("alt", Relation.AT_LEAST, 120.0, UNKNOWN),
        ("ast", Relation.AT_LEAST, 120.0, UNKNOWN),
        ("alt", Relation.AT_LEAST, 120.0, MET),
        ("ast", Relation.AT_LEAST, 120.0, NOT_MET),
    ]
