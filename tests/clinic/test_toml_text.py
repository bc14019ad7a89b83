"""Writing TOML."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.clinic.toml_text import key_text, quoted, table_lines, write_private
from labtrack.core.errors import LabtrackError

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(TEXTS, TEXTS)
def test_any_text_reads_back(name: str, text: str) -> None:
    lines = table_lines(key_text(name), {name: text})
    assert tomllib.loads("\n".join(lines)) == {name: {name: text}}
    assert len(quoted(text).splitlines()) == 1 or any(each in text for each in "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e")


def test_an_empty_table_is_left_out() -> None:
    assert table_lines("keys", {}) == []


def test_a_file_is_private_and_whole(tmp_path: Path) -> None:
    place = tmp_path / "new" / "settings.toml"
    write_private(place, "a = 1\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    link = tmp_path / "link.toml"
    link.symlink_to(place)
    write_private(link, "a = 2\n")
    assert link.is_symlink()
    assert place.read_text(encoding="utf-8") == "a = 2\n"
    with pytest.raises(LabtrackError):
        write_private(place, "a = '\ud800'")
    with pytest.raises(LabtrackError):
        write_private(place / "under.toml", "a = 1")
    assert place.read_text(encoding="utf-8") == "a = 2\n"
    assert [each.name for each in place.parent.iterdir()] == ["settings.toml"]
