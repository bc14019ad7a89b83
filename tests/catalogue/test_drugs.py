"""What the labels say, by drug and region, against section 2 of the clinical reference."""

from __future__ import annotations

import math

import pytest

from labtrack.catalogue import Drug, catalogue
from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval

US, EU = Region.US, Region.EU


def drug(name: str) -> Drug:
    found = catalogue().drug(name)
    assert found is not None
    return found


def test_the_three_drugs_and_their_permanent_numbers() -> None:
    assert {key: each.number for key, each in catalogue().drugs.items()} == {"baricitinib": 1, "tofacitinib": 2, "upadacitinib": 3}


@pytest.mark.parametrize(
    ("name", "region", "phase", "alc", "anc", "hb"),
    [
        *(("baricitinib", region, phase, 0.5, 1.0, 8.0) for region in Region for phase in ("before", "on")),
        *(("upadacitinib", region, phase, 0.5, 1.0, 8.0) for region in Region for phase in ("before", "on")),
        ("tofacitinib", US, "before", 0.5, 1.0, 9.0),
        ("tofacitinib", EU, "before", 0.75, 1.0, 9.0),
        ("tofacitinib", US, "on", 0.5, 1.0, 8.0),
        ("tofacitinib", EU, "on", 0.75, 1.0, 8.0),
    ],
)
def test_thresholds(name: str, region: Region, phase: str, alc: float, anc: float, hb: float) -> None:
    statements = [drug(name).label(region, phase, topic) for topic in ("alc", "anc", "hb")]
    assert [each.below if each else None for each in statements] == [alc, anc, hb]
    assert all(each and ("do not start" in each.text) == (phase == "before") for each in statements)


RESUME = {
    ("baricitinib", US): {"alc": (0.5, True), "anc": (1.0, True), "hb": (8.0, True)},
    ("baricitinib", EU): {"alc": (0.5, False), "anc": (1.0, False), "hb": (8.0, False)},
    ("upadacitinib", US): {"alc": (0.5, False), "anc": (1.0, False), "hb": (8.0, False)},
    ("upadacitinib", EU): {"alc": (0.5, False), "anc": (1.0, False), "hb": (8.0, False)},
    ("tofacitinib", US): {"anc": (1.0, False), "hb": (None, False)},
    ("tofacitinib", EU): {"alc": (0.75, False), "anc": (1.0, False), "hb": (None, False)},
}


@pytest.mark.parametrize(("name", "region"), RESUME)
def test_when_a_hold_may_end(name: str, region: Region) -> None:
    found = {key: drug(name).resume_for(region, key) for key in ("alc", "anc", "hb", "alt")}
    assert {key: (each.limit, each.inclusive) for key, each in found.items() if each} == RESUME[name, region]
    assert all(each.to_normal == (each.limit is None) for each in found.values() if each)


INF = math.inf
BANDS = {
    ("baricitinib", US): [
        (Interval(60, INF, high_open=True), 2),
        (Interval(30, 60, high_open=True), 1),
        (Interval(0, 30, high_open=True), 0),
    ],
    ("baricitinib", EU): [
        (Interval(60, INF, low_open=True, high_open=True), 4),
        (Interval(30, 60), 2),
        (Interval(0, 30, high_open=True), 0),
    ],
    ("tofacitinib", US): [(Interval(0, 50), 5)],
    ("tofacitinib", EU): [(Interval(0, 30, high_open=True), 5)],
    ("upadacitinib", US): [(Interval(0, 15, high_open=True), 0)],
    ("upadacitinib", EU): [(Interval(0, 15, high_open=True), 0)],
}


@pytest.mark.parametrize(("name", "region"), BANDS)
def test_doses_by_kidney_function(name: str, region: Region) -> None:
    bands = drug(name).renal_for(region)
    assert [(each.band, each.daily_mg) for each in bands] == BANDS[name, region]
    by_clearance = (name, region) in {("baricitinib", EU), ("tofacitinib", US), ("tofacitinib", EU)}
    assert {each.by for each in bands} == {"cockcroft-gault" if by_clearance else "egfr"}
    assert all(each.recommended == (each.daily_mg > 0) for each in bands)


def test_the_highest_labelled_dose_of_baricitinib() -> None:
    assert drug("baricitinib").max_daily_mg == {US: 2.0, EU: 4.0}
    assert drug("tofacitinib").max_daily_mg == {}


@pytest.mark.parametrize("name", list(catalogue().drugs))
@pytest.mark.parametrize("region", list(Region))
def test_each_label_says_something_on_every_topic_that_a_rule_needs(name: str, region: Region) -> None:
    for topic in ("alc", "anc", "hb", "liver", "renal", "infection", "zoster", "vte", "lipid", "plt", "ck", "ldl"):
        statement = drug(name).label(region, "on", topic)
        assert statement is not None, topic
        assert statement.text.endswith(".")
    assert drug(name).label(region, "on", "weather") is None


def test_statements_report_and_never_advise() -> None:
    for each in catalogue().drugs.values():
        for statement in each.labels:
            assert statement.text.startswith(("Label says: ", "Label is silent: ", "No label names", "EMA 2023: "))
            assert "you should" not in f"{statement.text} {statement.differs}".casefold()
            assert statement.source in catalogue().sources
        for cited in (*each.sources.values(), *(row.source for row in each.resume), *(row.source for row in each.renal)):
            assert cited in catalogue().sources


def test_what_the_article_says_otherwise_is_beside_the_label() -> None:
    alc = drug("baricitinib").label(US, "on", "alc")
    silent = drug("tofacitinib").label(US, "on", "hb-8-9")
    infection = drug("upadacitinib").label(EU, "on", "infection")
    assert alc is not None
    assert silent is not None
    assert infection is not None
    assert "article does not mention lymphocytes" in alc.differs
    assert "EU label: resume only above" in alc.differs
    assert silent.text.startswith("Label is silent")
    assert "controlled" in infection.text
    assert "resolved" in infection.differs
