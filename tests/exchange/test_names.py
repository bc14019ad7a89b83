"""Names that the catalogue does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.exchange import names
from labtrack.exchange.headers import beginning


def test_unknown_names_come_with_their_number_the_most_frequent_first(tmp_path: Path) -> None:
    path = tmp_path / "city.csv"
    rows = "\n".join(f"{name};1" for name in ("Gold", "Hb", "Lead", " Lead ", "lead", "", "x" * 300))
    path.write_text(f"City Lab\nTest;Value\n{rows}\nshort\n", encoding="utf-8")
    begun = beginning(path)
    assert names.unknown_names(begun, "test", catalogue()) == [("Lead", 2), ("Gold", 1), ("lead", 1), ("short", 1)]
    assert names.unknown_names(begun, "no such column", catalogue()) == []


def test_a_file_of_endless_names_is_looked_at_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "NAMES", 3)
    path = tmp_path / "city.csv"
    path.write_text("Test,Value\n" + "".join(f"n{number},1\n" for number in range(1000)) + 'x,"', encoding="utf-8")
    assert len(names.unknown_names(beginning(path), "test", catalogue())) == 3


def test_a_quoted_cell_without_an_end_is_for_the_preview_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "city.csv"
    path.write_text('Test,Value\nGold,1\nLead,"1\n', encoding="utf-8")
    assert names.unknown_names(beginning(path), "test", catalogue())[0] == ("Gold", 1)
