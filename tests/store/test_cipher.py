"""An encrypted clinic opens with its passphrase alone, and nothing of what it holds stands in any file in clear."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase
from labtrack.core.record import Patient
from labtrack.store import Store, cipher
from labtrack.store.backup import backup, restore
from labtrack.store.verify import verify

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

WORDS = "correct horse battery staple"
NAME = "Zebulon Quartermain"
MRN = "MRN-77441-XQ"


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins in a process that knows no key, and with few rounds, which are tried in a test of their own."""
    monkeypatch.setattr(cipher, "ROUNDS", 1000)
    cipher.forget()
    yield
    cipher.forget()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "clinic" / "clinic.db"


def filled(place: Path, passphrase: str | None = WORDS, name: str = NAME) -> Store:
    store = Store.open(place, passphrase=passphrase)
    with store.write() as writer:
        number = writer.add_patient(Patient(MRN, name))
        writer.audit("add-patient", {"mrn": MRN, "name": name}, number)
    return store


def names(place: Path, passphrase: str | None = None) -> list[str]:
    with closing(Store.open(place, create=False, passphrase=passphrase)) as store, store.read() as reader:
        return [each.patient.name for each in reader.patients()]


def in_clear(folder: Path) -> list[str]:
    """The files that hold the name or the MRN."""
    told = [NAME.encode(), MRN.encode(), NAME.encode("utf-16-le"), b"SQLite format 3"]
    return [str(each) for each in folder.rglob("*") if each.is_file() and any(text in each.read_bytes() for text in told)]


def test_nothing_stands_in_clear_while_it_is_open_nor_after(place: Path) -> None:
    store = filled(place)
    assert place.with_name("clinic.db-wal").stat().st_size > 4096
    assert in_clear(place.parent) == []
    store.close()
    assert in_clear(place.parent) == []
    plain = filled(place.with_name("plain.db"), None)
    assert len(in_clear(place.parent)) >= 1, "the search finds what stands in clear"
    plain.close()


def test_it_opens_with_its_passphrase_and_with_no_other(place: Path) -> None:
    filled(place).close()
    cipher.forget()
    with pytest.raises(PassphraseNeeded) as needed:
        Store.open(place)
    assert "LABTRACK_PASSPHRASE_FD" in needed.value.next_step
    assert needed.value.path == place
    with pytest.raises(WrongPassphrase) as wrong:
        Store.open(place, passphrase="correct horse battery stable")
    assert "nobody can open" in wrong.value.next_step
    assert "export" in wrong.value.next_step
    assert names(place, WORDS) == [NAME]


def test_the_key_is_derived_once_in_a_process(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place).close()
    cipher.forget()
    derived: list[int] = []
    derive = cipher.derive
    monkeypatch.setattr(cipher, "derive", lambda *given: derived.append(1) or derive(*given))
    with closing(Store.open(place, passphrase=WORDS)) as store, store.read() as outer, store.read() as inner:
        assert outer.count("patient") == inner.count("patient") == 1
        backup(place, place.with_name("copy.db"))
        assert verify(place.with_name("copy.db")) == []
    assert names(place) == [NAME]
    assert len(derived) == 1


def test_the_same_letters_typed_on_another_keyboard_open_it(place: Path) -> None:
    filled(place, "Gru\u0308n und schattig").close()
    cipher.forget()
    assert names(place, "Gr\u00fcn und schattig") == [NAME]


def test_the_file_is_what_sqlcipher_itself_opens(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the full number of rounds, by the passphrase, and no word of ours about how."""
    from sqlcipher3 import dbapi2

    monkeypatch.undo()
    filled(place).close()
    with closing(dbapi2.connect(str(place))) as connection:
        connection.set_key(WORDS)
        assert connection.execute("SELECT name FROM patient").fetchone() == (NAME,)


def test_a_short_passphrase_is_refused_and_nothing_made(place: Path) -> None:
    with pytest.raises(Refused, match="at least 8"):
        Store.open(place, passphrase="short")
    assert not place.exists()


def test_a_passphrase_for_a_clinic_in_clear_is_refused(place: Path) -> None:
    filled(place, None).close()
    with pytest.raises(Refused, match="not encrypted"):
        Store.open(place, passphrase=WORDS)
    with pytest.raises(Refused, match="server"):
        Store.open("postgresql://nobody@nowhere/clinic", passphrase=WORDS)


def test_without_the_extra_it_says_what_to_install(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place).close()
    cipher.forget()
    monkeypatch.setitem(__import__("sys").modules, "labtrack.store.keyed", None)
    monkeypatch.delattr("labtrack.store.keyed", raising=False)
    with pytest.raises(PassphraseNeeded):
        Store.open(place)
    with pytest.raises(DatabaseUnavailable, match="sqlcipher3") as caught:
        Store.open(place, passphrase=WORDS)
    assert "labtrack[encryption]" in caught.value.next_step


def test_what_is_no_clinic_is_not_taken_for_an_encrypted_one(place: Path) -> None:
    place.parent.mkdir()
    place.write_text("mrn,name\n" + "A1,Ada Example\n" * 1000)
    assert not cipher.is_encrypted(place)
    with pytest.raises(DatabaseDamaged):
        Store.open(place)


def test_a_clinic_in_clear_that_opened_once_is_not_taken_for_the_encrypted_one_that_stood_there(place: Path) -> None:
    filled(place).close()
    known = cipher.known_key(place)
    assert known is not None
    plain = place.with_name("plain.db")
    filled(plain, None, "Ada Example").close()
    cipher._BY_FILE[plain.stat().st_dev, plain.stat().st_ino] = known
    assert names(plain) == ["Ada Example"]
    assert cipher.known_key(plain) is None


def test_the_key_is_in_no_text(place: Path) -> None:
    filled(place).close()
    key = cipher.known_key(place)
    assert key is not None
    assert repr(key) == "Key()"
    assert key.raw.hex() not in f"{key} {key.part('drafts')!r}"
    assert key.part("drafts").raw not in (key.raw, key.part("other").raw)


def test_backups_are_encrypted_with_the_same_key(place: Path) -> None:
    filled(place).close()
    copy = place.with_name("copy.db")
    backup(place, copy)
    assert in_clear(place.parent) == []
    assert [each.name for each in place.parent.iterdir() if "part" in each.name] == []
    cipher.forget()
    with pytest.raises(PassphraseNeeded) as needed:
        verify(copy)
    assert needed.value.path == copy
    assert names(copy, WORDS) == [NAME]


def test_a_restored_backup_opens_with_the_same_passphrase(place: Path) -> None:
    store = filled(place)
    copy = place.with_name("copy.db")
    backup(place, copy)
    with store.write() as writer:
        writer.audit("note", {"text": "later"})
    store.close()
    cipher.forget()
    with pytest.raises(PassphraseNeeded):
        restore(place, copy)
    cipher.unlock(copy, WORDS)
    kept = restore(place, copy).kept
    assert kept is not None
    assert names(place, WORDS) == [NAME]
    assert in_clear(place.parent) == []
    assert verify(kept) == []


def test_a_clinic_whose_beginning_is_damaged_is_replaced_by_its_backup(place: Path) -> None:
    filled(place).close()
    copy = place.with_name("copy.db")
    backup(place, copy)
    content = bytearray(place.read_bytes())
    content[100] ^= 1
    place.write_bytes(content)
    cipher.forget()
    cipher.unlock(copy, WORDS)
    with pytest.raises(DatabaseDamaged):
        Store.open(place, passphrase=WORDS)
    restore(place, copy)
    assert names(place, WORDS) == [NAME]


def test_a_backup_in_clear_is_encrypted_on_its_way_into_an_encrypted_clinic(place: Path) -> None:
    plain = place.with_name("plain.db")
    filled(plain, None).close()
    copy = place.parent.parent / "copy.db"
    backup(plain, copy)
    plain.unlink()
    filled(place, name="Ada Example").close()
    restore(place, copy)
    assert names(place, WORDS) == [NAME]
    assert in_clear(place.parent) == []


def test_a_backup_of_an_older_passphrase_takes_that_of_the_clinic(place: Path) -> None:
    filled(place.with_name("older.db"), "another passphrase of old").close()
    copy = place.with_name("copy.db")
    backup(place.with_name("older.db"), copy)
    filled(place, name="Ada Example").close()
    cipher.forget()
    cipher.unlock(copy, "another passphrase of old")
    with pytest.raises(PassphraseNeeded) as needed:
        restore(place, copy)
    assert needed.value.path == place
    cipher.unlock(place, WORDS)
    restore(place, copy)
    cipher.forget()
    assert names(place, WORDS) == [NAME]


def test_a_flipped_bit_of_any_page_is_found(place: Path) -> None:
    filled(place).close()
    whole = place.read_bytes()
    for page in range(1, len(whole) // cipher.PAGE, 5):
        place.write_bytes(whole)
        content = bytearray(whole)
        content[page * cipher.PAGE + 1234] ^= 4
        place.write_bytes(content)
        assert verify(place) != [], f"page {page}"


def test_an_older_schema_is_upgraded_encrypted(place: Path) -> None:
    from labtrack.store.migrate import HEAD, revision_of

    dump = (Path(__file__).parent / "dumps" / "0001.sql").read_text(encoding="utf-8")
    place.parent.mkdir()
    place.touch()
    key = cipher.new_key(WORDS)
    with closing(cipher.connect_keyed(place, "rw", key, isolation_level=None)) as connection:
        connection.executescript(dump)  # type: ignore[attr-defined]
    cipher.forget()
    with closing(Store.open(place, passphrase=WORDS)) as store, store.read() as reader:
        assert reader.count("patient") > 0
    assert revision_of(place) == HEAD
    kept = list(place.parent.rglob("*.upgrade-0001.*.bak"))
    assert len(kept) == 1
    assert kept[0].read_bytes()[:16] == key.salt
    assert in_clear(place.parent) == []


@pytest.mark.skipif(os.name != "posix", reason="no such limit elsewhere")
def test_a_process_that_knows_a_key_leaves_no_core_dump(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", lambda *given: limits.append(given))
    filled(place, None).close()
    assert limits == []
    filled(place.with_name("keyed.db")).close()
    cipher.forget()
    names(place.with_name("keyed.db"), WORDS)
    assert limits == [(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))] * 2


def test_a_second_copy_of_sqlite_never_reaches_an_open_encrypted_clinic(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever library closes a file lets go of the other's locks on it: POSIX knows locks of a process, not of a connection."""
    with closing(filled(place)) as store, store.write():

        def refused(*given: object, **options: object) -> None:
            raise AssertionError("the file was opened by the other library")

        monkeypatch.setattr(sqlite3, "connect", refused)
        monkeypatch.setattr(cipher, "_head", refused)
        assert names(place) == [NAME]
        assert cipher.is_encrypted(place)
        assert verify(place) == []


@pytest.mark.parametrize("passphrase", [WORDS, None], ids=["encrypted", "in clear"])
def test_a_journal_that_a_killed_process_left_is_rolled_back_by_who_only_reads(place: Path, passphrase: str | None) -> None:
    filled(place, passphrase).close()
    with closing(cipher.connect(place, "rw", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO setting VALUES (?, ?)", [(f"key {number}", "x" * 3000) for number in range(50)])
        other = place.with_name("killed.db")
        other.write_bytes(place.read_bytes())
        other.with_name("killed.db-journal").write_bytes(place.with_name("clinic.db-journal").read_bytes())
        connection.rollback()
    if passphrase is not None:  # nor does a wrong one open it meanwhile, or do any harm
        cipher.forget()
        with pytest.raises(WrongPassphrase):
            cipher.unlock(other, "another passphrase of old")
    assert names(other, passphrase) == [NAME]
    assert verify(other) == []


def test_a_flipped_bit_of_a_page_in_no_use_is_found_too(place: Path) -> None:
    store = filled(place)
    with store.write() as writer:
        writer.session.cursor.execute("CREATE TABLE filling AS SELECT randomblob(40000) AS x")
        writer.session.cursor.execute("DROP TABLE filling")
        writer.audit("note", {})
    store.close()
    with closing(cipher.connect(place)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 5
    content = bytearray(place.read_bytes())
    content[-2000] ^= 4
    place.write_bytes(content)
    assert [str(each.kind) for each in verify(place)] == ["pages"]
