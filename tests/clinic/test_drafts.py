"""Drafts: kept whole or not at all, for their owner alone, never in the way."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from labtrack.clinic.drafts import ASIDE, Draft, Drafts, DraftValue, rewrite, seal_all
from labtrack.core.errors import DatabaseUnavailable
from labtrack.store.cipher import Key

DRAFT = Draft("2026-11-22", "City [bold]Lab", (DraftValue("hb", "12.4 g/dL", "g/L", True), DraftValue("anc", "\x1b[31m", "")), "now")


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts.beside(tmp_path / "clinic.db", "m.ruiz")


def test_what_is_kept_is_found_again(drafts: Drafts) -> None:
    assert drafts.find("10021").draft is None
    drafts.keep("10021", DRAFT)
    found = drafts.find("10021")
    assert (found.draft, found.told) == (DRAFT, "")
    drafts.keep("10021", Draft("today", "", ()))
    assert drafts.find("10021").draft == Draft("today", "", ())
    drafts.discard("10021")
    drafts.discard("10021")
    assert drafts.find("10021").draft is None
    assert list(drafts.folder.iterdir()) == []


def test_it_is_the_owners_alone_and_names_nobody(drafts: Drafts) -> None:
    drafts.keep("10021", DRAFT)
    path = drafts.path("10021")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "10021" not in path.name


def test_each_person_and_patient_has_one_of_its_own(drafts: Drafts) -> None:
    drafts.keep("10021", DRAFT)
    assert drafts.find("10022").draft is None
    assert Drafts(drafts.folder, "other").find("10021").draft is None


@pytest.mark.parametrize("mrn", ["../../etc/passwd", "a/b", "\udcff", "x" * 300, ""])
def test_any_mrn_has_a_file_in_the_folder(drafts: Drafts, mrn: str) -> None:
    drafts.keep(mrn, DRAFT)
    assert drafts.path(mrn).parent == drafts.folder
    assert drafts.find(mrn).draft == DRAFT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 2}',
        b'{"version": 1, "mrn": "other"}',
        b'{"version": 1, "mrn": "10021", "values": [1], "collected": "", "lab": "", "kept_at": ""}',
        b'{"version": 1, "mrn": "10021", "values": [], "collected": 5, "lab": "", "kept_at": ""}',
        b"[" * 100_000,
        b"x" * 1_000_001,
    ],
)
def test_one_that_cannot_be_read_is_told_and_put_aside(drafts: Drafts, content: bytes) -> None:
    drafts.keep("10021", DRAFT)
    path = drafts.path("10021")
    path.write_bytes(content)
    found = drafts.find("10021")
    assert found.draft is None
    assert "put aside" in found.told
    assert path.with_name(path.name + ASIDE).read_bytes() == content
    assert drafts.find("10021").told == ""


def test_one_that_may_not_be_read_is_told(drafts: Drafts) -> None:
    drafts.folder.mkdir()
    drafts.path("10021").mkdir()
    found = drafts.find("10021")
    assert found.draft is None
    assert "cannot be read" in found.told


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "clinic.db.drafts").write_text("in the way")
    drafts = Drafts.beside(tmp_path / "clinic.db", "m.ruiz")
    with pytest.raises(DatabaseUnavailable):
        drafts.keep("10021", DRAFT)
    with pytest.raises(DatabaseUnavailable):
        drafts.discard("10021")


def test_a_write_that_fails_leaves_the_one_before(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts.keep("10021", DRAFT)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labtrack.clinic.drafts.os.fsync", full)
    with pytest.raises(DatabaseUnavailable, match="No space left"):
        drafts.keep("10021", Draft("", "", ()))
    monkeypatch.undo()
    assert drafts.find("10021").draft == DRAFT
    assert [each.name for each in drafts.folder.iterdir()] == [drafts.path("10021").name]


def test_a_database_on_a_server_has_its_drafts_among_ones_own_files(tmp_path: Path) -> None:
    drafts = Drafts.beside("postgresql+psycopg://host/clinic", "m.ruiz")
    assert tmp_path in drafts.folder.parents
    drafts.keep("10021", DRAFT)
    assert drafts.find("10021").draft == DRAFT


def test_a_program_that_is_killed_leaves_the_draft(tmp_path: Path) -> None:
    code = (
        "import os, signal\n"
        "from labtrack.clinic.drafts import Draft, Drafts, DraftValue\n"
        f"Drafts.beside({str(tmp_path / 'clinic.db')!r}, 'me').keep('10021', Draft('today', '', (DraftValue('hb', '12', 'g/dL'),)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    source = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, check=False)
    assert done.returncode == -9
    drafts = Drafts.beside(tmp_path / "clinic.db", "me")
    assert drafts.find("10021").draft == Draft("today", "", (DraftValue("hb", "12", "g/dL"),))
    assert json.loads(drafts.path("10021").read_bytes())["mrn"] == "10021"


class TestOfAnEncryptedClinic:
    """Drafts of an encrypted clinic."""

    KEY, NEW = Key(b"k" * 32, b"s" * 16), Key(b"n" * 32, b"t" * 16)

    @pytest.fixture(autouse=True)
    def _has_the_extra(self) -> None:
        pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

    def drafts(self, tmp_path: Path, key: Key | None = KEY) -> Drafts:
        return Drafts.beside(tmp_path / "clinic.db", "m.ruiz", key)

    def test_what_is_kept_is_found_again_and_stands_nowhere_in_clear(self, tmp_path: Path) -> None:
        drafts = self.drafts(tmp_path)
        drafts.keep("10021", DRAFT)
        assert drafts.find("10021").draft == DRAFT
        (path,) = drafts.folder.iterdir()
        assert path == drafts.path("10021")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not any(text in path.read_bytes() for text in (b"10021", b"12.4", b"City", b"SQLite"))
        drafts.discard("10021")
        assert list(drafts.folder.iterdir()) == []

    def test_the_name_of_the_file_cannot_be_found_by_trying_all_numbers(self, tmp_path: Path) -> None:
        plain, one, other = (self.drafts(tmp_path, key).path("10021").stem for key in (None, self.KEY, self.NEW))
        assert len({plain, one, other}) == 3

    def test_one_of_another_patient_or_another_key_is_put_aside(self, tmp_path: Path) -> None:
        drafts = self.drafts(tmp_path)
        drafts.keep("10021", DRAFT)
        drafts.path("10021").replace(drafts.path("10022"))
        assert "put aside" in drafts.find("10022").told
        self.drafts(tmp_path, self.NEW).keep("10023", DRAFT)
        self.drafts(tmp_path, self.NEW).path("10023").replace(drafts.path("10023"))
        assert "put aside" in drafts.find("10023").told

    @pytest.mark.parametrize(("before", "after"), [(None, KEY), (KEY, NEW), (KEY, None)], ids=["encrypt", "rekey", "decrypt"])
    def test_a_conversion_takes_everybodys_along(self, tmp_path: Path, before: Key | None, after: Key | None) -> None:
        clinic = tmp_path / "clinic.db"
        for actor in ("m.ruiz", "other"):
            Drafts.beside(clinic, actor, before).keep("10021", DRAFT)
        (tmp_path / "clinic.db.drafts" / f"damaged.{'json' if before is None else 'draft'}").write_bytes(b"\xff")
        old = rewrite(clinic, before, after)
        for key in (before, after):  # until the clinic is swapped both can be found
            assert [Drafts.beside(clinic, actor, key).find("10021").draft for actor in ("m.ruiz", "other")] == [DRAFT, DRAFT]
        for each in old:
            each.unlink()
        assert len(old) == 2
        assert [Drafts.beside(clinic, actor, after).find("10021").draft for actor in ("m.ruiz", "other")] == [DRAFT, DRAFT]
        assert Drafts.beside(clinic, "other", before).find("10021").draft is None

    def test_what_a_stopped_conversion_left_in_clear_is_encrypted(self, tmp_path: Path) -> None:
        self.drafts(tmp_path, None).keep("10021", DRAFT)
        seal_all(tmp_path / "clinic.db", self.KEY)
        assert [each.suffix for each in self.drafts(tmp_path).folder.iterdir()] == [".draft"]
        assert self.drafts(tmp_path).find("10021").draft == DRAFT

    def test_without_drafts_there_is_nothing_to_convert(self, tmp_path: Path) -> None:
        assert rewrite(tmp_path / "clinic.db", None, self.KEY) == []
        seal_all(tmp_path / "clinic.db", self.KEY)
        assert list(tmp_path.iterdir()) == []
