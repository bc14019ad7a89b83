"""A patient's own page as text and as data, for whoever has no terminal that shows screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli import quick, viewing
from labtrack.cli.viewing import page_lines
from labtrack.clinic.own_page import Block, Kind


@pytest.fixture
def bob(ada: str, labtrack: Labtrack) -> str:
    """Somebody else in the same clinic."""
    assert labtrack("patient", "add", "20077", "--name", "Quist, Bob", "--birth-date", "1950-05-05", "--sex", "M").status == 0
    return "20077"


def test_the_text_tells_what_stands_out_what_is_next_and_what_is_missing(ada: str, bob: str, labtrack: Labtrack) -> None:
    ran = labtrack("view", ada)
    assert ran.status == 0
    text = " ".join(ran.out.split())
    assert "Okafor, Ada (MRN 10021)" in text
    assert "Neutrophils are white blood cells that fight bacteria. Yours were low in this test." in text
    assert "Neutrophils (white cells that fight bacteria): 0.82 ×10⁹/L on 19 Nov 2026" in text
    assert "Blood count: was due on 3 Mar 2026, 37 weeks ago. The first test" in text
    assert "No result that counts yet: ALT (a liver enzyme)" in text
    assert "Baricitinib, 2 mg daily, since 3 Mar 2026." in text
    assert "Quist" not in text
    assert bob not in text
    assert all(len(line) <= 80 for line in ran.out.split("\n"))


def test_the_data_are_the_same_page(ada: str, labtrack: Labtrack) -> None:
    page = labtrack("view", ada, "--format", "json").objects
    assert page["mrn"] == ada
    assert page["findings"][0]["results"] == ["Neutrophils (white cells that fight bacteria): 0.82 ×10⁹/L on 19 Nov 2026"]
    values = {value["analyte"]: value for panel in page["panels"] for value in panel["values"]}
    assert values["anc"]["on"] == "2026-11-19"
    assert {each["what"] for each in page["dates"]} >= {"Blood count", "Liver tests", "Checks before the treatment"}


def test_it_can_be_read_as_of_another_day(ada: str, labtrack: Labtrack) -> None:
    out = labtrack("view", ada, "--as-of", "2026-03-01").out
    assert "0.82" not in out
    assert "is planned from 3 Mar 2026" in out


def test_units_are_those_of_the_settings(ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "si.toml"
    settings.write_text('units = "SI"\n', encoding="utf-8")
    monkeypatch.setenv("LABTRACK_CONFIG", str(settings))
    assert "129 g/L on 19 Nov 2026" in labtrack("view", ada).out


def test_nobody_by_that_number(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("view", "999")
    assert ran.status == 3
    assert "999" in ran.err
    assert labtrack("view", ada, "--format", "csv").status == 2


def test_a_clinic_that_cannot_be_written_to_is_enough(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    place = tmp_path / "clinic.db"
    before = place.read_bytes()
    assert labtrack("view", ada).status == 0
    assert place.read_bytes() == before


def test_on_a_terminal_it_is_a_screen_of_that_patient_alone(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(quick, "has_terminal", lambda: True)
    monkeypatch.setattr(quick, "show", lambda opening: opened.append(opening) or 0)
    ran = labtrack("view", ada, "--as-of", "2026-11-20")
    assert (ran.status, ran.out) == (0, "")
    assert [each.mrn for each in opened] == [ada]
    assert opened[0].today.isoformat() == "2026-11-20"
    assert labtrack("view", ada, "--format", "table").out.startswith("Okafor, Ada")
    assert labtrack("view", "999").status == 3
    assert len(opened) == 1


def test_data_cannot_steer_the_terminal() -> None:
    lines = list(
        page_lines(
            [Block(Kind.TITLE, "a\x1b[2Jb"), Block(Kind.HEADING, "h"), Block(Kind.ITEM, "one two three"), Block(Kind.DETAIL, "d")], 10
        )
    )
    assert lines == ["a\\x1b[2Jb", "", "h", "- one two", "  three", "  d"]
    assert viewing.Format("table") is viewing.Format.TABLE
