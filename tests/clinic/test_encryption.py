"""Encrypting takes everything along that labtrack keeps of a clinic, and leaves nothing of it in clear that was not asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from labtrack.clinic import Clinic, Settings, encryption
from labtrack.clinic.drafts import Draft, Drafts, DraftValue, folder_of
from labtrack.clinic.recording import Entry
from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase
from labtrack.core.record import CollectedAt, Patient
from labtrack.store import Store, cipher

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

WORDS, OTHER = "correct horse battery staple", "a wholly different passphrase"
TODAY = date(2026, 11, 22)
NAME, MRN, LAB = "Zebulon Quartermain", "MRN-77441-XQ", "Laboratory at the Weir"
#: What must stand nowhere: who, the number, where, and a value as it was typed.
TOLD = [each.encode() for each in (NAME, "Quartermain", MRN, LAB, "13.97531")]


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cipher, "ROUNDS", 1000)
    cipher.forget()
    yield
    cipher.forget()


def opened(place: Path, passphrase: str | None = None) -> Clinic:
    return Clinic.open(place, today=TODAY, settings=Settings(), actor="m.ruiz", passphrase=passphrase)


def fill(clinic: Clinic, place: Path) -> None:
    """One patient with one set of results, a draft, and a backup beside the clinic."""
    clinic.add_patient(Patient(MRN, NAME, date(1970, 5, 17)))
    clinic.record(MRN, [Entry("hb", "13.97531", "g/dL")], CollectedAt(date(2026, 11, 2)), LAB)
    clinic.drafts.keep(MRN, Draft("2026-11-22", LAB, (DraftValue("hb", "13.97531", "g/dL"),)))
    clinic.backup(place.with_name(f"{place.name}.before-restore-20261122T101112Z"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data" / "clinic.db"


@pytest.fixture
def plain(place: Path) -> Path:
    with opened(place) as clinic:
        fill(clinic, place)
    return place


def in_clear(folder: Path) -> list[str]:
    """The files, of whatever kind, that hold any of it."""
    return sorted(each.name for each in folder.rglob("*") if each.is_file() and any(text in each.read_bytes() for text in TOLD))


def results(place: Path, passphrase: str | None = None) -> list[str]:
    with opened(place, passphrase) as clinic:
        return [each.value_text for each in clinic.chart(MRN).results]


def test_the_search_finds_what_stands_in_clear(plain: Path) -> None:
    draft = next(folder_of(plain).iterdir()).name
    assert in_clear(plain.parent) == sorted(["clinic.db", "clinic.db.before-restore-20261122T101112Z", draft])


def test_a_new_encrypted_clinic_writes_nothing_in_clear(place: Path) -> None:
    encryption.initialize(place, WORDS)
    with opened(place, WORDS) as clinic:
        fill(clinic, place)
        assert clinic.info()["encrypted"].startswith("yes, SQLCipher 4")  # type: ignore[union-attr]
        assert place.with_name("clinic.db-wal").stat().st_size > 0
        assert in_clear(place.parent) == []
    assert in_clear(place.parent) == []
    assert results(place) == ["13.97531"]


def test_after_a_crash_nothing_stands_in_clear(place: Path) -> None:
    """Killed in the middle of a transaction, with its log full and a draft begun."""
    code = """
        import os, signal, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[2])
        import test_encryption as it
        place = Path(sys.argv[1])
        it.encryption.initialize(place, it.WORDS)
        clinic = it.opened(place, it.WORDS)
        it.fill(clinic, place)
        with clinic.store.write() as writer:
            writer.session.cursor.execute("PRAGMA cache_size = 1")
            for number in range(200):
                writer.note(f"note {number}", it.NAME * 50)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(place), str(Path(__file__).parent)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert place.with_name("clinic.db-wal").stat().st_size > 100_000
    assert in_clear(place.parent) == []
    cipher.forget()


def test_encrypting_takes_drafts_and_copies_along(plain: Path) -> None:
    before = results(plain)
    done = encryption.encrypt(plain, WORDS, keep=False)
    assert (done.kept, done.copies, done.left) == (None, 1, ())
    assert in_clear(plain.parent) == []
    cipher.forget()
    with pytest.raises(PassphraseNeeded):
        opened(plain)
    assert results(plain, WORDS) == before
    with opened(plain) as clinic:
        draft = clinic.drafts.find(MRN).draft
        assert draft is not None
        assert draft.lab == LAB
        assert [row["action"] for row in clinic.audit()][-1] == "encrypt"
        assert clinic.verify() == []
    assert cipher.key_of(plain.with_name("clinic.db.before-restore-20261122T101112Z")) == cipher.known_key(plain)


def test_the_original_is_kept_if_asked_and_told_where(plain: Path) -> None:
    done = encryption.encrypt(plain, WORDS, keep=True)
    assert done.kept is not None
    assert in_clear(plain.parent) == [done.kept.name]
    assert results(done.kept) == ["13.97531"]
    assert encryption.in_clear(plain) == [], "what was kept on purpose is no left-over"


def test_a_new_passphrase_reaches_copies_and_drafts_and_the_old_opens_none_of_them(plain: Path) -> None:
    encryption.encrypt(plain, WORDS, keep=False)
    done = encryption.rekey(plain, OTHER, keep=False)
    assert (done.copies, done.left) == (1, ())
    cipher.forget()
    copy = plain.with_name("clinic.db.before-restore-20261122T101112Z")
    for each in (plain, copy):
        with pytest.raises(WrongPassphrase):
            cipher.unlock(each, WORDS)
    assert results(plain, OTHER) == results(copy) == ["13.97531"]
    with opened(plain) as clinic:
        assert clinic.drafts.find(MRN).draft is not None
        assert len(list(folder_of(plain).iterdir())) == 1


def test_decrypting_gives_the_plain_clinic_back(plain: Path) -> None:
    with opened(plain) as clinic:
        before = list(clinic.audit())
    encryption.encrypt(plain, WORDS, keep=False)
    done = encryption.decrypt(plain, keep=False)
    assert (done.copies, done.left) == (1, ())
    cipher.forget()
    with opened(plain) as clinic:
        assert list(clinic.audit())[: len(before)] == before
        assert clinic.info()["encrypted"] == "no"
        assert clinic.drafts.find(MRN).draft is not None
        assert clinic.verify() == []
    assert len(in_clear(plain.parent)) == 3


def test_a_copy_that_cannot_be_converted_is_told(plain: Path) -> None:
    copy = plain.with_name("clinic.db.before-restore-20261122T101112Z")
    content = bytearray(copy.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    copy.write_bytes(content)
    done = encryption.encrypt(plain, WORDS, keep=False)
    assert [path for path, _ in done.left] == [copy]
    assert done.left[0][1]
    assert encryption.in_clear(plain) == [copy]


def test_a_copy_of_an_older_passphrase_is_told(plain: Path) -> None:
    encryption.encrypt(plain, WORDS, keep=False)
    copy = plain.with_name("clinic.db.before-restore-20261122T101112Z")
    saved = copy.read_bytes()
    encryption.rekey(plain, OTHER, keep=False)
    copy.write_bytes(saved)
    cipher.forget()
    cipher.unlock(plain, OTHER)
    done = encryption.rekey(plain, WORDS + " anew", keep=False)
    assert done.left == ((copy, "It opens with an older passphrase only."),)


def test_what_a_stopped_encryption_left_is_finished_by_the_next(plain: Path) -> None:
    """Stopped right after the swap: the clinic is encrypted, its copy and its drafts are not."""
    from labtrack.store.conversion import convert

    convert(plain, cipher.new_key(WORDS))
    cipher.forget()
    with pytest.raises(WrongPassphrase):
        encryption.encrypt(plain, OTHER, keep=False)
    cipher.unlock(plain, WORDS)
    assert [each.name for each in encryption.in_clear(plain)] == ["clinic.db.before-restore-20261122T101112Z"]
    with opened(plain) as clinic:
        assert clinic.drafts.find(MRN).draft is not None
    assert in_clear(folder_of(plain)) == []
    done = encryption.encrypt(plain, WORDS, keep=False)
    assert done.copies == 1
    assert in_clear(plain.parent) == []
    with pytest.raises(Refused, match="encrypted already"):
        encryption.encrypt(plain, WORDS, keep=False)


def test_copies_of_every_past_schema_are_taken_along(plain: Path) -> None:
    import sqlite3

    for dump in sorted((Path(__file__).parents[1] / "store" / "dumps").glob("*.sql")):
        with closing(sqlite3.connect(plain.with_name(f"clinic.db.{dump.stem}.20261122T101112Z.bak"))) as connection:
            connection.executescript(dump.read_text(encoding="utf-8"))
    done = encryption.encrypt(plain, WORDS, keep=False)
    assert done.left == ()
    assert done.copies == 5
    assert encryption.in_clear(plain) == []


def test_what_is_no_clinic_beside_it_is_left_alone(plain: Path) -> None:
    other = plain.with_name("clinic.db.notes.txt")
    other.write_text("mine")
    elsewhere = plain.with_name("other.db")
    Store.open(elsewhere).close()
    assert encryption.encrypt(plain, WORDS, keep=False).copies == 1
    assert other.read_text() == "mine"
    assert not cipher.is_encrypted(elsewhere)


@pytest.mark.parametrize("deed", [encryption.decrypt, lambda path, keep: encryption.rekey(path, OTHER, keep=keep)])
def test_one_in_clear_is_neither_decrypted_nor_given_another_passphrase(plain: Path, deed) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match="not encrypted") as caught:
        deed(plain, keep=False)
    assert "labtrack encrypt" in caught.value.next_step
    with pytest.raises(DatabaseUnavailable, match="no clinic"):
        deed(plain.with_name("none.db"), keep=False)


def test_a_new_clinic_replaces_nothing(plain: Path) -> None:
    with pytest.raises(Refused, match="already"):
        encryption.initialize(plain, WORDS)
    assert results(plain) == ["13.97531"]


def test_drafts_that_cannot_be_written_stop_it_before_it_begins(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labtrack.clinic.encryption.rewrite", full)
    with pytest.raises(DatabaseUnavailable, match="drafts"):
        encryption.encrypt(plain, WORDS, keep=False)
    assert results(plain) == ["13.97531"]


def test_the_facade_takes_the_passphrase(place: Path) -> None:
    opened(place, WORDS).close()
    cipher.forget()
    with pytest.raises(WrongPassphrase):
        opened(place, OTHER)
    opened(place, WORDS).close()
    Clinic.rekey(place, OTHER)
    Clinic.decrypt(place)
    Clinic.encrypt(place, WORDS, keep=True)
    assert Drafts.beside(place, "m.ruiz", cipher.known_key(place)).key is not None


def test_a_clinic_with_accounts_is_converted_by_its_clinicians_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.clinic.people import MARIA, PAT, VERA, cheap_passphrases, make

    from labtrack.core.errors import NotAllowed, SignInNeeded

    cheap_passphrases(monkeypatch)
    path = make(tmp_path)
    for deed in (lambda **more: Clinic.encrypt(path, WORDS, **more), lambda **more: Clinic.rekey(path, OTHER, **more)):
        with pytest.raises(SignInNeeded):
            deed()
        for account in (VERA, PAT):
            with pytest.raises(NotAllowed):
                deed(account=account)
        deed(account=MARIA)
    with pytest.raises(NotAllowed):
        Clinic.decrypt(path, account=VERA)
    Clinic.decrypt(path, account=MARIA)
    assert not cipher.is_encrypted(path)
    with Clinic.open(path, today=TODAY, settings=Settings(), account=MARIA) as clinic:
        done = [(row["actor"], row["action"]) for row in clinic.audit() if row["action"] in ("encrypt", "rekey", "decrypt")]
    assert done == [("maria", "encrypt"), ("maria", "rekey"), ("maria", "decrypt")]


def test_one_that_is_cut_off_is_called_damaged_when_it_is_unlocked(place: Path) -> None:
    with opened(place, WORDS) as clinic:
        fill(clinic, place)
    cipher.forget()
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    for deed in (
        lambda: encryption.unlock(place, WORDS),
        lambda: encryption.encrypt(place, WORDS, keep=False),
        lambda: opened(place, WORDS),
    ):
        with pytest.raises(DatabaseDamaged) as told:
            deed()
        assert told.value.next_step
    assert place.read_bytes() == whole[: len(whole) // 2]


def test_what_killed_programs_left_half_written_is_gone_once_it_is_encrypted(plain: Path) -> None:
    left = [folder_of(plain) / ".a.json.part", folder_of(plain) / "tmpabcdefgh", plain.with_name(f".{plain.name}.4711.labtrack.part")]
    left.append(plain.with_name(f"{plain.stem}-backups") / f".{plain.name}.daily.4711.labtrack.part")
    for each in left:
        each.parent.mkdir(exist_ok=True)
        each.write_text(NAME)
    encryption.encrypt(plain, WORDS, keep=False)
    assert in_clear(plain.parent) == []
    assert not any(each.exists() for each in left)


def test_what_a_killed_conversion_left_of_a_draft_is_gone_when_it_is_opened(place: Path) -> None:
    with opened(place, WORDS) as clinic:
        fill(clinic, place)
    left = folder_of(place) / ".a.json.part"
    left.write_text(NAME)
    opened(place, WORDS).close()
    assert not left.exists()


def test_a_beginning_that_was_killed_at_once_can_be_begun_again(place: Path) -> None:
    place.parent.mkdir()
    place.touch(0o600)
    encryption.initialize(place, WORDS)
    assert cipher.is_encrypted(place)
    with pytest.raises(Refused):
        encryption.initialize(place, WORDS)
