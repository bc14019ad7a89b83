"""``labtrack user``, and every command of the tree as a viewer and as a patient."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack, Ran
from tests.clinic.homes import ADA
from tests.clinic.people import BO, MARIA, PAT, VERA, WORDS, cheap_passphrases, make, opened
from tests.clinic.test_gate import kept

from labtrack.cli.app import command
from labtrack.clinic.access import COMMANDS, Need, Role, may
from labtrack.clinic.accounts import Account

RunAs = Callable[..., Ran]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


@pytest.fixture
def run_as(labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunAs:
    """Runs a command as somebody; lines are what else the descriptor has."""

    def run(account: Account | None, *arguments: str | Path, lines: tuple[str, ...] = ()) -> Ran:
        reading, writing = os.pipe()
        given = ((account.passphrase,) if account else ()) + lines
        os.write(writing, "".join(f"{line}\n" for line in given).encode())
        os.close(writing)
        with monkeypatch.context() as patched, (tmp_path / "file-passphrase").open("w+") as other:
            other.write("nine silver trouts\n" * 3)
            other.seek(0)
            patched.setenv("LABTRACK_PASSPHRASE_FD", str(other.fileno()))
            patched.setenv("LABTRACK_ACCOUNT_FD", str(reading))
            if account:
                patched.setenv("LABTRACK_USER", account.name)
            told = labtrack(*arguments)
        os.close(reading)
        return told

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make(tmp_path)
    (tmp_path / "patients.csv").write_text("mrn,name,birth_date,sex\n7,New,1970-01-01,F\n", encoding="utf-8")
    return tmp_path


def leaves(group: object, path: str = "") -> Iterator[str]:
    """Every command of the tree by its whole name; the kinds of export one by one."""
    for name, each in group.commands.items():  # type: ignore[attr-defined]
        whole = f"{path} {name}".strip()
        if hasattr(each, "commands"):
            yield from leaves(each, whole)
        elif whole == "export":
            yield from (f"export {kind}" for kind in ("summary", "results", "all", "ics", "fhir", "report"))
        else:
            yield whole


LEAVES = sorted(leaves(command()))
ON = ("--on", "2026-11-20")
#: Those that say first that the clinic is not encrypted, and those that have nothing to say.
IN_CLEAR = ("decrypt", "rekey")
QUIET = ("upgrade", "init", "verify", "export all", "export report")
#: How each command is called on a patient; ``{folder}`` is the test's own.
CALLS: dict[str, tuple[str, ...]] = {
    "assess": ("--patient", "{mrn}"),
    "due": ("--patient", "{mrn}"),
    "worklist": (),
    "show": ("{mrn}",),
    "trend": ("{mrn}", "anc"),
    "acknowledge": ("{mrn}", "anc-below-1", "--reason", "known"),
    "view": ("{mrn}",),
    "rules": (),
    "demo": ("--keep", "{folder}/demo"),
    "record": ("{mrn}", "anc=2.0:10*9/L", "--at", "2026-11-20"),
    "amend": ("1", "2.9", "--reason", "typing error"),
    "strike": ("1", "--reason", "typing error"),
    "import": ("{folder}/patients.csv",),
    "export summary": ("--patient", "{mrn}", "-o", "-"),
    "export results": ("--patient", "{mrn}", "-o", "-"),
    "export all": ("--patient", "{mrn}", "-o", "{folder}/all"),
    "export ics": ("--patient", "{mrn}", "-o", "-"),
    "export fhir": ("--patient", "{mrn}", "-o", "-"),
    "export report": ("--patient", "{mrn}", "-o", "{folder}/report.html"),
    "backup": ("{folder}/copy.db",),
    "restore": ("{folder}/source.db",),
    "verify": (),
    "upgrade": (),
    "info": (),
    "audit": (),
    "watch": ("{folder}/inbox", "--once"),
    "patient add": ("8", "--name", "New", "--birth-date", "1970-01-01", "--sex", "F"),
    "patient edit": ("{mrn}", "--name", "Other"),
    "patient list": (),
    "patient show": ("{mrn}",),
    "course start": ("{mrn}", "baricitinib", "--dose-mg", "2", "--frequency", "daily", *ON),
    "course dose": ("{mrn}", "--dose-mg", "4", *ON),
    "course hold": ("{mrn}", "--reason", "other: trip", *ON),
    "course resume": ("{mrn}", *ON),
    "course stop": ("{mrn}", "--reason", "other", *ON),
    "course baseline": ("{mrn}", "anc", "--at", "2026-03-01T08:00", "--reason", "fasting"),
    "event add": ("{mrn}", "herpes-zoster", *ON),
    "event end": ("{mrn}", "herpes-zoster", *ON),
    "init": ("--db", "{folder}/another.db"),
    "encrypt": (),
    "decrypt": (),
    "rekey": (),
    "user add": ("otto", "--role", "clinician"),
    "user list": (),
    "user passphrase": ("maria",),
    "user disable": ("vera",),
    "user enable": ("vera",),
}


def line_of(name: str, mrn: str, folder: Path) -> list[str]:
    return [*name.split(), *(each.format(mrn=mrn, folder=folder) for each in CALLS[name])]


def test_every_command_stands_in_the_table_of_who_may_do_what_and_is_tried_here() -> None:
    assert sorted(COMMANDS) == LEAVES
    assert sorted(CALLS) == LEAVES


def is_allowed(name: str, role: Role, mrn: str) -> bool:
    return may(role, COMMANDS[name].need, is_own=role is Role.PATIENT and mrn == ADA.mrn and COMMANDS[name].need is Need.OWN_RECORD)


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_is_allowed_or_denied_with_status_3_and_then_changes_nothing(name: str, home: Path, run_as: RunAs) -> None:
    (home / "inbox").mkdir()
    make(home / "inbox").rename(home / "source.db")
    before = kept(home)
    for account, role, mrn in (
        (VERA, Role.VIEWER, ADA.mrn),
        (VERA, Role.VIEWER, BO.mrn),
        (PAT, Role.PATIENT, BO.mrn),
        (PAT, Role.PATIENT, "nosuch"),
        (PAT, Role.PATIENT, ADA.mrn),
    ):
        files = sorted(home.rglob("*"))
        told = run_as(account, *line_of(name, mrn, home), lines=("eleven loud geese",))
        if is_allowed(name, role, mrn):
            assert told.status == 0 or name == "init", told.err
            assert told.out or mrn == BO.mrn or name in QUIET
        else:
            assert told.status == 3, told.err
            assert "Ask a clinician" in told.err or name in IN_CLEAR
            assert told.out == ""
            assert not [path for path in home.rglob("*") if path not in files and path.suffix in (".csv", ".ics", ".json", ".bak")]
        if account is PAT and name not in ("rules", "demo", "upgrade", "init"):
            assert not any(each in told.out + told.err for each in (BO.name, BO.mrn, "Beringer"))
            assert mrn == ADA.mrn or ADA.name not in told.out + told.err
    assert kept(home) == before


@pytest.mark.parametrize("name", sorted(set(LEAVES) - {"rules", "demo", "upgrade", "init"}))
def test_no_command_says_anything_of_the_record_without_signing_in(
    name: str, home: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "inbox").mkdir()
    make(home / "inbox").rename(home / "source.db")
    before = kept(home)
    told = labtrack(*line_of(name, ADA.mrn, home))
    assert told.status == 3, told.err
    assert "accounts" in told.err or name in (*IN_CLEAR, "encrypt")
    assert told.out == ""
    assert kept(home) == before


@pytest.mark.parametrize("named", [("--user", "maria", "patient", "list"), ("patient", "list", "--user", "maria")])
def test_the_account_may_be_named_before_or_after_the_command(named: tuple[str, ...], home: Path, run_as: RunAs) -> None:
    told = run_as(None, *named, lines=(WORDS,))
    assert told.status == 0, told.err
    assert BO.name in told.out


def test_the_first_account_is_told_what_follows(tmp_path: Path, run_as: RunAs, labtrack: Labtrack) -> None:
    assert "There are no accounts" in labtrack("user", "list").err or labtrack("user", "list").status == 3
    told = run_as(None, "user", "add", "vera", "--role", "viewer", lines=(WORDS,))
    assert told.status == 3
    assert "must be a clinician's" in told.err
    told = run_as(None, "user", "add", "Maria", "--role", "clinician", lines=(WORDS,))
    assert told.status == 0
    assert "From now on this clinic asks" in told.err
    assert WORDS not in told.err + told.out
    assert labtrack("info").status == 3


def test_accounts_are_listed_disabled_and_enabled(home: Path, run_as: RunAs) -> None:
    assert run_as(MARIA, "user", "disable", "vera").status == 0
    assert run_as(VERA, "worklist").status == 3
    rows = {row["name"]: row for row in run_as(MARIA, "user", "list", "--format", "csv").rows}
    assert [(each["role"], each["mrn"], bool(each["disabled_at"])) for each in rows.values()] == [
        ("patient", ADA.mrn, False),
        ("clinician", "", False),
        ("viewer", "", True),
    ]
    assert run_as(MARIA, "user", "enable", "vera").status == 0
    assert run_as(MARIA, "user", "disable", "maria").status == 3
    assert run_as(MARIA, "user", "disable", "nobody").status == 3


def test_a_passphrase_is_changed_by_its_owner_and_by_a_clinician(home: Path, run_as: RunAs) -> None:
    assert run_as(PAT, "user", "passphrase", "ada", lines=("eleven loud geese",)).status == 0
    changed = Account("ada", "eleven loud geese")
    assert run_as(changed, "view", ADA.mrn).status == 0
    assert run_as(MARIA, "user", "passphrase", "ada", lines=("short",)).status == 3
    assert run_as(MARIA, "user", "passphrase", "ada", lines=(WORDS,)).status == 0
    assert run_as(PAT, "view", ADA.mrn).status == 0


def test_the_wrong_passphrase_and_the_wrong_name_are_told_alike(home: Path, run_as: RunAs) -> None:
    told = {run_as(Account(name, "not hers at all"), "worklist").err for name in ("maria", "nobody")}
    assert len(told) == 1
    assert "The next attempt is possible in 1 second." in told.pop()


def test_info_says_whether_there_are_accounts(tmp_path: Path, home: Path, run_as: RunAs, labtrack: Labtrack) -> None:
    assert run_as(MARIA, "info", "--format", "json").objects[0]["accounts"] == 3
    other = tmp_path / "other.db"
    labtrack("--db", other, "patient", "add", "1", "--name", "A", "--birth-date", "1960-01-01", "--sex", "F")
    told = labtrack("--db", other, "info")
    assert told.status == 0
    assert "no accounts" in told.err


def test_the_audit_says_in_words_who_saw_and_changed_what(home: Path, run_as: RunAs) -> None:
    run_as(VERA, "patient", "show", ADA.mrn)
    run_as(PAT, "view", BO.mrn)
    table = run_as(MARIA, "audit").out
    for words in ("Looked at", "Was refused", "Signed in", "Added an account", "Entered results", "Added the patient"):
        assert words in table
    assert "{" not in table, "no JSON"
    rows = run_as(MARIA, "audit", "--format", "csv").rows
    assert {"at", "actor", "action", "mrn", "detail"} == set(rows[0])
    assert ("vera", "view", ADA.mrn, '{"view":"page"}') in {(row["actor"], row["action"], row["mrn"], row["detail"]) for row in rows}
    only = run_as(MARIA, "audit", "--patient", BO.mrn, "--format", "csv").rows
    assert {row["mrn"] for row in only} == {BO.mrn}
    assert ("ada", "denied") in {(row["actor"], row["action"]) for row in only}


def test_a_look_that_could_not_be_written_down_is_told(home: Path, run_as: RunAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.clinic.gate._opened", lambda books: None)
    told = run_as(MARIA, "view", ADA.mrn)
    assert told.status == 0
    assert "could not be written into the audit" in told.err


def test_a_clinician_restores(home: Path, run_as: RunAs) -> None:
    copy = home / "copy.db"
    assert run_as(MARIA, "backup", copy).status == 0
    told = run_as(MARIA, "restore", copy)
    assert told.status == 0, told.err
    with opened(home, MARIA) as clinic:
        assert clinic.verify() == []


@pytest.mark.parametrize("kind", ["summary", "results", "ics", "fhir"])
def test_who_may_only_read_cannot_write_an_export_over_the_clinic(kind: str, home: Path, run_as: RunAs) -> None:
    before = kept(home)
    told = run_as(VERA, "export", kind, "-o", home / "clinic.db")
    assert told.status == 3
    assert "left as it is" in told.err
    assert kept(home) == before
