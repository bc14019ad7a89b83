"""init, encrypt, decrypt, rekey; and every other command on an encrypted clinic."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack, Ran

from labtrack.store import cipher

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

WORDS, OTHER = "correct horse battery staple", "a wholly different passphrase"


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cipher, "ROUNDS", 1000)
    cipher.forget()
    yield
    cipher.forget()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the commands find the clinic."""
    return tmp_path / "clinic.db"


Given = Callable[..., Ran]


@pytest.fixture
def said(labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Runs a command in a process that knows no key, with these passphrases behind the descriptor."""

    def run(*arguments: str | Path, words: tuple[str, ...] = (WORDS,)) -> Ran:
        cipher.forget()
        reading, writing = os.pipe()
        os.write(writing, "".join(f"{each}\n" for each in words).encode())
        os.close(writing)
        with monkeypatch.context() as patched:
            patched.setenv("LABTRACK_PASSPHRASE_FD", str(reading))
            ran = labtrack(*arguments)
        os.close(reading)
        assert not any(each in ran.out + ran.err for each in (WORDS, OTHER))
        return ran

    return run


def told(ran: Ran, what: str, step: str) -> None:
    """One message with the next step, status 3."""
    assert ran.status == 3, ran.err
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert sum(line.startswith("labtrack: ") for line in lines) == 1
    assert what in ran.err
    assert step in ran.err


def test_a_clinic_is_made_encrypted_and_every_command_works_on_it(said: Given, place: Path) -> None:
    ran = said("init", "--encrypt")
    assert ran.status == 0, ran.err
    assert "encrypted" in ran.err
    assert "nobody can open" in ran.err
    assert cipher.is_encrypted(place)
    for line in (
        ["patient", "add", "10021", "--name", "Okafor, Ada", "--birth-date", "1968-02-11", "--sex", "F"],
        ["course", "start", "10021", "baricitinib", "--dose-mg", "2", "--frequency", "daily", "--on", "2026-03-03"],
        ["record", "10021", "anc=0.82:10*9/L", "--at", "2026-11-19T08:15"],
        ["show", "10021"],
        ["worklist", "--format", "csv"],
        ["export", "all", "-o", place.parent / "out"],
        ["backup", place.parent / "copy.db"],
        ["verify"],
        ["upgrade"],
        ["audit"],
    ):
        ran = said(*line)
        assert ran.status == 0, (line, ran.err)
    for each in (file for file in place.parent.iterdir() if file.is_file()):
        assert b"Okafor" not in each.read_bytes(), each
    assert cipher.is_encrypted(place.parent / "copy.db")
    assert said("restore", place.parent / "copy.db").status == 0
    assert "Okafor" in said("patient", "list").out


def test_a_new_clinic_says_that_it_runs_without_accounts(labtrack: Labtrack) -> None:
    ran = labtrack("init")
    assert ran.status == 0
    assert "has no accounts" in ran.err
    assert "labtrack user add" in ran.err


def test_info_says_whether_it_is_encrypted(said: Given, labtrack: Labtrack, ada: str) -> None:
    assert labtrack("info", "--format", "json").objects[0]["encrypted"] == "no"
    assert said("encrypt").status == 0
    assert said("info", "--format", "json").objects[0]["encrypted"].startswith("yes, SQLCipher 4")


def test_there_and_back_everything_is_the_same(said: Given, labtrack: Labtrack, ada: str, tmp_path: Path) -> None:
    before = labtrack("show", ada).out
    assert before.count("2026") > 3
    ran = said("encrypt")
    assert (ran.status, ran.out) == (0, "")
    assert said("show", ada).out == before
    assert said("rekey", words=(WORDS, OTHER)).status == 0
    assert said("show", ada, words=(OTHER,)).out == before
    told(said("show", ada), "does not open", "nobody can open")
    ran = said("decrypt", words=(OTHER,))
    assert ran.status == 0
    assert "in clear" in ran.err
    cipher.forget()
    assert labtrack("show", ada).out == before


def test_an_export_does_not_replace_an_encrypted_clinic_or_its_copies(said: Given, ada: str, place: Path) -> None:
    assert said("encrypt").status == 0
    assert said("backup", place.with_name("copy.db")).status == 0
    before = said("show", ada).out
    for name in (place, place.with_name("copy.db")):
        told(said("export", "summary", "-o", name), "left as it is", "another file")
    assert said("show", ada).out == before
    assert said("restore", place.with_name("copy.db")).status == 0


def test_the_original_is_kept_if_asked(said: Given, ada: str, tmp_path: Path) -> None:
    ran = said("encrypt", "--keep-original")
    assert ran.status == 0
    (kept,) = tmp_path.glob("clinic.db.as-before-encrypt-*")
    assert str(kept) in ran.err
    assert not cipher.is_encrypted(kept)


def test_wrong_use_is_told_in_one_message(said: Given, labtrack: Labtrack, ada: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(said("decrypt"), "is not encrypted", "labtrack encrypt")
    told(said("rekey", words=(WORDS, OTHER)), "is not encrypted", "labtrack encrypt")
    told(said("encrypt", words=("short",)), "at least 8", "four or more words")
    told(labtrack("encrypt"), "no terminal", "LABTRACK_PASSPHRASE_FD")
    told(said("init"), "already", "labtrack encrypt")
    told(said("encrypt", "--db", place.with_name("none.db")), "There is no clinic", "labtrack init")
    assert not cipher.is_encrypted(place), "nothing of it did anything"
    assert said("encrypt").status == 0
    told(said("encrypt"), "encrypted already", "labtrack rekey")
    told(said("worklist", words=(OTHER,)), "does not open", "export")
    told(said("worklist", words=()), "gives no passphrase", "LABTRACK_PASSPHRASE_FD=3")
    cipher.forget()
    told(labtrack("worklist"), "no passphrase was given", "LABTRACK_PASSPHRASE_FD")
    assert said("worklist").status == 0, "nothing is lost"


def test_without_the_extra_it_says_what_to_install(said: Given, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "labtrack.store.keyed", None)
    monkeypatch.delattr("labtrack.store.keyed", raising=False)
    told(said("encrypt"), "sqlcipher3", "labtrack[encryption]")


def test_a_database_on_a_server_is_told_its_own_means(said: Given) -> None:
    ran = said("encrypt", "--db", "postgresql://nobody@nowhere/clinic")
    assert ran.status == 2
    assert "server" in ran.err


def test_what_a_stopped_encryption_left_is_told_until_it_is_finished(said: Given, ada: str, place: Path, labtrack: Labtrack) -> None:
    from labtrack.store.conversion import convert

    copy = place.with_name("clinic.db.before-restore-20261122T101112Z")
    assert labtrack("backup", copy).status == 0
    cipher.forget()
    convert(place, cipher.new_key(WORDS))
    ran = said("worklist")
    assert ran.status == 0
    assert copy.name in ran.err
    assert "labtrack encrypt" in ran.err
    assert said("encrypt").status == 0
    assert copy.name not in said("worklist").err
    assert cipher.is_encrypted(copy)


def test_a_copy_that_cannot_be_encrypted_is_told_with_status_1(said: Given, ada: str, place: Path, labtrack: Labtrack) -> None:
    copy = place.with_name("clinic.db.before-restore-20261122T101112Z")
    assert labtrack("backup", copy).status == 0
    content = bytearray(copy.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    copy.write_bytes(content)
    ran = said("encrypt")
    assert ran.status == 1
    assert f"Left as it was: {copy}" in ran.err


def test_the_log_of_an_encrypted_clinic_quotes_nobody(said: Given, ada: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("encrypt").status == 0

    def fail(*given: object, **named: object) -> None:
        raise ValueError("Okafor, Ada has 0.82")

    monkeypatch.setattr("labtrack.clinic.facade.Clinic.show", fail)
    ran = said("show", ada)
    assert ran.status == 3
    log = place.with_suffix(".log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "in fail" in log
    assert "Okafor" not in log.replace('raise ValueError("Okafor, Ada has 0.82")', "")
