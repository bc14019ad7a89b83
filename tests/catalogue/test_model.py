"""What the frozen values of the catalogue answer by themselves."""

from __future__ import annotations

import pytest

from labtrack.catalogue import ScreeningItem, UnitRow, catalogue
from labtrack.core.record import Sex


@pytest.mark.parametrize(
    ("sex", "age", "applies"),
    [
        (Sex.FEMALE, 55, True),
        (Sex.FEMALE, 56, False),
        (Sex.FEMALE, None, None),
        (Sex.MALE, 30, False),
        (Sex.MALE, None, False),
        (Sex.UNKNOWN, 30, None),
        (Sex.UNKNOWN, 56, False),
        (Sex.UNKNOWN, None, None),
    ],
)
def test_pregnancy_status_is_for_women_under_56(sex: Sex, age: int | None, applies: bool | None) -> None:
    assert catalogue().screening_items["screen-pregnancy"].applies(sex, age) is applies


def test_every_other_item_is_for_everyone() -> None:
    for key, item in catalogue().screening_items.items():
        assert key == "screen-pregnancy" or item.applies(Sex.UNKNOWN, None) is True


def test_an_item_may_be_for_an_age_alone() -> None:
    item = ScreeningItem("x", "X", "x", "house", under_age=18)
    assert (item.applies(Sex.MALE, 17), item.applies(Sex.UNKNOWN, 18), item.applies(Sex.FEMALE, None)) == (True, False, None)


def test_a_unit_row_fits_its_variant_and_code() -> None:
    assert UnitRow("g/L", 0.1, (), "ucum").fits("bun", "")
    assert not UnitRow("mg/dL", 0.357, (), "ucum", variant="bun").fits("", "")
    assert UnitRow("mg/dL", 0.1665, (), "ucum", variant="").fits("", "22664-7")
    assert not UnitRow("mL/min", 1.0, (), "ucum", coded=True).fits("", "")
    assert UnitRow("mL/min", 1.0, (), "ucum", coded=True).fits("", "33914-3")
