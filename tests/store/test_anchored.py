"""Names that hold the head of the audit chain."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.sample import fill

from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable
from labtrack.store import Store, anchored
from labtrack.store.anchored import Anchor, Kept, anchors_in, default_folder, head_of, holds, kept_in, make, note_anchor, reach_of
from labtrack.store.verify import verify

DAY = date(2026, 11, 22)


@pytest.fixture
def full(store: Store, path: Path) -> Path:
    """The sample clinic, open."""
    fill(store)
    return path


def last(path: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(path)) as connection:
        found: tuple[int, str] = connection.execute("SELECT id, hash FROM audit_entry ORDER BY id DESC").fetchone()
        return found


def test_a_name_holds_day_kind_and_head(full: Path) -> None:
    number, digest = last(full)
    kept = make(full, default_folder(full), "daily", DAY).kept
    assert kept.path == full.parent / "clinic-backups" / f"clinic.db.2026-11-22.daily.{number}-{digest[:16]}.bak"
    assert kept_in(default_folder(full), "clinic.db") == [kept]
    assert verify(kept.path) == []
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert kept.path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in kept.path.parent.iterdir()] == [kept.path.name]


def test_the_same_twice_are_two_files(full: Path) -> None:
    one, two = (make(full, default_folder(full), "daily", DAY).kept for _ in range(2))
    assert one.path != two.path
    assert one.anchor == two.anchor
    assert len(kept_in(default_folder(full), "clinic.db")) == 2


def test_nothing_of_a_damaged_clinic_is_kept(store: Store, full: Path) -> None:
    store.close()
    with full.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * 4096 * 20)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        make(full, default_folder(full), "daily", DAY)
    assert list(default_folder(full).iterdir()) == []


def test_what_was_copied_whole_and_is_unsound_all_the_same_is_not_kept(store: Store, full: Path) -> None:
    store.close()
    with closing(sqlite3.connect(full)) as connection:
        connection.execute("DELETE FROM patient")
        connection.commit()
    with pytest.raises(DatabaseDamaged, match="belongs to no patient"):
        make(full, default_folder(full), "daily", DAY)
    assert list(default_folder(full).iterdir()) == []


def test_an_empty_chain_has_an_anchor_that_every_chain_holds(store: Store, path: Path) -> None:
    assert head_of(path) == Anchor(0, "0" * 16)
    assert holds(path, Anchor(0, "0" * 16))
    fill(store)
    assert holds(path, Anchor(0, "0" * 16))


def test_a_chain_holds_its_own_entries_and_no_others(store: Store, full: Path) -> None:
    head = head_of(full)
    with store.write() as writer:
        writer.audit("more", {})
    assert holds(full, head)
    assert holds(full, head_of(full))
    assert not holds(full, Anchor(head.entry, "f" * 16))
    assert not holds(full, Anchor(head.entry + 2, head.hash))


@pytest.mark.parametrize(
    "name",
    [
        "clinic.db",
        "clinic.db.2026-11-22.weekly.1-0123456789abcdef.bak",
        "clinic.db.2026-11-22.daily.1-0123456789abcde.bak",
        "clinic.db.2026-11-22.daily.1-0123456789ABCDEF.bak",
        "clinic.db.2026-02-30.daily.1-0123456789abcdef.bak",
        "clinic.db.2026-11-22.daily.1-0123456789abcdef.bak.old",
        "other.db.2026-11-22.daily.1-0123456789abcdef.bak",
        ".clinic.db.daily.4711.labtrack.part",
        "clinic.db.2026-11-22.daily.99999999999999999999-0123456789abcdef.bak",
    ],
)
def test_what_labtrack_did_not_name_is_none_of_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert kept_in(tmp_path, "clinic.db") == []


def test_links_and_folders_of_such_a_name_are_left_alone(tmp_path: Path) -> None:
    name = "clinic.db.2026-11-2{}.daily.1-0123456789abcdef.bak"
    (tmp_path / "precious").touch()
    (tmp_path / name.format(1)).mkdir()
    (tmp_path / name.format(2)).symlink_to(tmp_path / "precious")
    assert kept_in(tmp_path, "clinic.db") == []
    assert kept_in(tmp_path / "none", "clinic.db") == []


@given(st.integers(0, 10**17), st.binary(min_size=8, max_size=8))
def test_an_anchor_reads_back_from_its_text(entry: int, digits: bytes) -> None:
    anchor = Anchor(entry, digits.hex())
    assert Anchor.parse(str(anchor)) == anchor


def test_the_list_of_backups_that_a_person_named(full: Path, tmp_path: Path) -> None:
    folder = default_folder(full)
    for name, entry in (("a.db", 3), ("b\nc.db", 5)):
        note_anchor(folder, full, tmp_path / name, Anchor(entry, "ab" * 8), "2026-11-22T10:00:00Z")
    assert list(anchors_in(folder, "clinic.db")) == [("a.db", Anchor(3, "ab" * 8)), ("b\nc.db", Anchor(5, "ab" * 8))]
    assert list(anchors_in(folder)) == list(anchors_in(folder, "clinic.db"))
    assert list(anchors_in(folder, "other.db")) == []
    place = folder / "clinic.db.anchors"
    assert place.stat().st_mode & 0o777 == 0o600
    # Half a line, of a process that was killed, and what somebody else wrote
    with place.open("a", encoding="utf-8") as file:
        file.write('\n[1]\n{"anchor": 7, "file": "x"}\n{"anchor": "9-abababababababab", "fi')
    note_anchor(folder, full, tmp_path / "d.db", Anchor(9, "ab" * 8), "2026-11-22T10:00:00Z")
    assert [name for name, _ in anchors_in(folder, "clinic.db")] == ["a.db", "b\nc.db", "d.db"]


def test_a_list_that_cannot_be_written_says_so(full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full_disk)
    with pytest.raises(DatabaseUnavailable, match="No space left"):
        note_anchor(default_folder(full), full, tmp_path / "a.db", Anchor(1, "ab" * 8), "")


def test_how_far_a_file_goes_as_far_as_it_can_be_read(store: Store, full: Path, tmp_path: Path) -> None:
    reach = reach_of(full)
    assert reach.entries == last(full)[0]
    assert reach.results is not None
    assert reach.results > 0
    assert not reach.has_accounts
    with store.write() as writer:
        writer.audit("add user", {"user": "x", "row": "y"})
    assert reach_of(full).has_accounts
    (tmp_path / "no.db").write_bytes(b"x" * 9000)
    assert reach_of(tmp_path / "no.db") == anchored.Reach(None, None, False)


def test_a_name_may_be_of_any_clinic_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "my clinic.x.2026-11-22.upgrade-0003.12-0123456789abcdef-2.bak"
    kept = Kept.parse(path)
    assert kept == Kept(path, DAY, "upgrade-0003", Anchor(12, "0123456789abcdef"))
    assert kept is not None
    assert kept.is_automatic
