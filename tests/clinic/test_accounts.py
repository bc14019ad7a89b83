"""Accounts: making them, getting in, waiting after failures, and finding what somebody changed by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clinic.homes import ADA, open_clinic, with_ada
from tests.clinic.people import MARIA, PAT, VERA, WORDS, actions, cheap_passphrases, make, opened

from labtrack.clinic import Clinic
from labtrack.clinic.access import Role
from labtrack.clinic.accounts import LONGEST_WAIT, Account, faults, name_key, name_of, sign_in, wait_after
from labtrack.core.errors import DatabaseDamaged, LabtrackError, NotAllowed, NotFound, Refused, SignInNeeded, SignInRefused, UsageError
from labtrack.store import Store

BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


class Clock:
    """The time, set by hand."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """The clinic of people.py, below the facade."""
    found = Store.open(make(tmp_path), create=False, actor="machine", clock=clock)
    yield found
    found.close()


def raised(store: Store, name: str, passphrase: str) -> LabtrackError:
    with pytest.raises(LabtrackError) as caught:
        sign_in(store, Account(name, passphrase))
    return caught.value


def test_the_first_account_is_a_clinicians_and_then_the_clinic_asks(tmp_path: Path) -> None:
    with open_clinic(tmp_path) as clinic:
        with_ada(clinic)
        assert (clinic.account, clinic.has_accounts, clinic.users()) == (None, False, [])
        for role, mrn in (("viewer", ""), ("patient", ADA.mrn)):
            with pytest.raises(Refused, match="first account"):
                clinic.add_user("vera", role, WORDS, mrn)
        made = clinic.add_user(" Maria ", "clinician", WORDS)
        assert (made.name, made.role) == ("maria", Role.CLINICIAN)
        with pytest.raises(SignInNeeded):
            clinic.patients()
    with pytest.raises(SignInNeeded) as caught:
        opened(tmp_path)
    assert "LABTRACK_USER" in caught.value.next_step
    with opened(tmp_path, Account("MARIA", WORDS)) as clinic:
        assert clinic.account == clinic.users()[0]
        assert clinic.actor == "maria"


@pytest.mark.parametrize(
    ("name", "role", "mrn", "error"),
    [
        ("maria", "viewer", "", Refused),
        ("MARIA", "viewer", "", Refused),
        ("", "viewer", "", Refused),
        ("-x", "viewer", "", Refused),
        ("a b", "viewer", "", Refused),
        ("a\x1b[2J", "viewer", "", Refused),
        ("x" * 41, "viewer", "", Refused),
        ("new", "admin", "", UsageError),
        ("new", "patient", "", UsageError),
        ("new", "viewer", ADA.mrn, UsageError),
        ("new", "patient", "nobody", NotFound),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_nothing_changes(
    tmp_path: Path, name: str, role: str, mrn: str, error: type[Exception]
) -> None:
    make(tmp_path)
    with opened(tmp_path, MARIA) as clinic:
        before = clinic.users()
        with pytest.raises(error):
            clinic.add_user(name, role, WORDS, mrn)
        assert clinic.users() == before
        with pytest.raises(Refused):
            clinic.add_user("new", "viewer", "short")


def test_the_last_clinician_cannot_be_disabled(tmp_path: Path) -> None:
    make(tmp_path)
    with opened(tmp_path, MARIA) as clinic:
        with pytest.raises(Refused, match="last clinician"):
            clinic.disable_user("maria")
        clinic.add_user("otto", "clinician", WORDS)
        clinic.disable_user("otto")
        with pytest.raises(Refused, match="last clinician"):
            clinic.disable_user("Maria")
        with pytest.raises(Refused, match="disabled already"):
            clinic.disable_user("otto")
        clinic.enable_user("otto")
        with pytest.raises(Refused, match="not disabled"):
            clinic.enable_user("otto")
        clinic.disable_user("maria")
        with pytest.raises(SignInNeeded):
            clinic.patients()


def test_a_disabled_account_gets_in_no_more_and_is_told_what_everybody_is(tmp_path: Path, store: Store) -> None:
    with opened(tmp_path, MARIA) as clinic, opened(tmp_path, VERA) as vera:
        clinic.disable_user("vera")
        with pytest.raises(SignInNeeded, match="changed or disabled"):
            vera.patients()
    right, wrong = raised(store, "vera", WORDS), raised(store, "nobody at all", WORDS)
    assert str(right) == str(wrong)


def test_a_changed_passphrase_counts_at_once(tmp_path: Path) -> None:
    make(tmp_path)
    with opened(tmp_path, MARIA) as clinic, opened(tmp_path, VERA) as vera:
        vera.set_passphrase("vera", "eleven loud geese")
        vera.patients()
        with pytest.raises(SignInRefused):
            opened(tmp_path, VERA)
        clinic.set_passphrase("vera", "twelve loud geese")
        with pytest.raises(SignInNeeded):
            vera.patients()
        with pytest.raises(NotFound):
            clinic.set_passphrase("nobody", "twelve loud geese")


def test_nobody_but_clinicians_changes_accounts_of_others(tmp_path: Path) -> None:
    make(tmp_path)
    for account in (VERA, PAT):
        with opened(tmp_path, account) as clinic:
            with pytest.raises(NotAllowed):
                clinic.set_passphrase("maria", "twelve loud geese")
            with pytest.raises(NotAllowed):
                clinic.add_user("mine", "clinician", WORDS)
            clinic.set_passphrase(account.name.upper(), "twelve loud geese")


# Waiting


@given(st.integers(min_value=-3, max_value=10_000))
def test_each_failure_doubles_the_wait_up_to_five_minutes(failed: int) -> None:
    wait, before = wait_after(failed), wait_after(failed - 1)
    assert before <= wait <= LONGEST_WAIT
    assert wait == timedelta(0) if failed <= 0 else wait >= timedelta(seconds=1)
    assert failed < 2 or wait == min(2 * before, LONGEST_WAIT)


@given(st.lists(st.tuples(st.booleans(), st.floats(min_value=-2.0, max_value=400.0)), max_size=14))
def test_whatever_the_attempts_known_and_unknown_names_are_told_the_same(attempts: list[tuple[bool, float]]) -> None:
    """Of a name that exists and one that does not: the same words after each attempt, at the same times; nobody tries too early."""
    import tempfile

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        cheap_passphrases(patch)
        clock = Clock()
        with closing(_with_maria(Path(folder), clock)) as store:
            failed, allowed = 0, clock.now
            for is_early, seconds in attempts:
                clock.now = (
                    max(clock.now, allowed - timedelta(milliseconds=2)) if is_early else allowed + timedelta(seconds=max(seconds, 0))
                )
                known, unknown = raised(store, "maria", "not hers at all"), raised(store, "nobody", "not hers at all")
                assert (str(known), type(known)) == (str(unknown), SignInRefused)
                assert ("too early" in known.message) == (clock.now < allowed)
                if clock.now >= allowed:
                    failed += 1
                    allowed = clock.now + wait_after(failed)
            with store.read() as reader:
                assert {count for count, _ in reader.failed_sign_ins().values()} == ({failed} if failed else set())


def _with_maria(folder: Path, clock: Clock) -> Store:
    with open_clinic(folder) as clinic:
        clinic.add_user("maria", "clinician", WORDS)
    return Store.open(folder / "clinic.db", create=False, clock=clock)


def test_the_wait_outlives_the_program_and_ends_with_the_right_passphrase(tmp_path: Path, clock: Clock) -> None:
    make(tmp_path)
    for _ in range(3):
        with closing(Store.open(tmp_path / "clinic.db", create=False, clock=clock)) as store:
            assert "do not go together" in raised(store, "maria", "not hers at all").message
        clock.wait(seconds=4)
    clock.wait(seconds=-1)
    with closing(Store.open(tmp_path / "clinic.db", create=False, clock=clock)) as store:
        assert "too early" in raised(store, "maria", WORDS).message, "the right one waits as well"
        clock.wait(seconds=1)
        assert sign_in(store, MARIA).name == "maria"
        assert "in 1 second." in raised(store, "maria", "not hers at all").next_step


def test_a_day_without_attempts_forgets_those_before(store: Store, clock: Clock) -> None:
    for _ in range(4):
        raised(store, "vera", "not hers at all")
        clock.wait(seconds=10)
    clock.wait(days=1, seconds=1)
    assert "in 1 second." in raised(store, "vera", "not hers at all").next_step


def test_a_clock_that_goes_back_neither_shortens_the_wait_nor_locks_out_for_ever(store: Store, clock: Clock) -> None:
    raised(store, "vera", "not hers at all")
    clock.wait(days=-3)
    assert "too early" in raised(store, "vera", WORDS).message
    clock.wait(seconds=1)
    assert sign_in(store, VERA).name == "vera"


def test_failures_are_audited_without_a_name_that_nobody_has(store: Store, tmp_path: Path) -> None:
    raised(store, "vera", "not hers at all")
    raised(store, "my secret passphrase", "x")
    with opened(tmp_path, MARIA) as clinic:
        entries = actions(clinic, "sign in failed")
        assert [('"user":"vera"' in detail, actor) for actor, _, _, detail in entries] == [(True, "machine"), (False, "machine")]
        assert clinic.verify() == []
    assert b"my secret" not in b"".join(path.read_bytes() for path in tmp_path.glob("clinic.db*"))
    assert len(name_key("x")) == 6


def test_attempts_made_at_once_are_all_counted(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    make(tmp_path)

    def attempt(_: int) -> str:
        with pytest.raises(SignInRefused) as caught:
            opened(tmp_path, Account("vera", "not hers at all"))
        return caught.value.message

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(attempt, range(4)))
    assert sum("do not go together" in each for each in told) == 1, "the others come too early"


def test_where_nothing_can_be_written_who_is_right_gets_in_and_who_is_wrong_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("labtrack.clinic.accounts.time.sleep", slept.append)
    make(tmp_path)
    with closing(Store.open(tmp_path / "clinic.db", create=False, read_only=True)) as store:
        assert sign_in(store, MARIA).name == "maria"
        assert slept == []
        assert "do not go together" in raised(store, "maria", "not hers at all").message
        assert slept == [1.0]


# By hand


TAMPERED = {
    "another passphrase": "UPDATE user SET passphrase_hash = (SELECT passphrase_hash FROM user WHERE name = 'vera') WHERE name = 'maria'",
    "another role": "UPDATE user SET role = 'clinician' WHERE name = 'vera'",
    "another record": "UPDATE user SET patient_id = 2 WHERE name = 'ada'",
    "another name": "UPDATE user SET name = 'otto' WHERE name = 'vera'",
    "one more": "INSERT INTO user SELECT 9, 'mallory', role, NULL, passphrase_hash, created_at, NULL, audit_id FROM user WHERE id = 1",
    "one less": "DELETE FROM user WHERE name = 'vera'",
    "another entry": "UPDATE user SET audit_id = 1 WHERE name = 'vera'",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_an_account_changed_by_hand_is_found(tmp_path: Path, how: str) -> None:
    path = make(tmp_path)
    with opened(tmp_path, MARIA) as clinic:
        assert clinic.verify() == []
        with closing(sqlite3.connect(path)) as raw:
            raw.execute(TAMPERED[how])
            raw.commit()
        with clinic._store.read() as reader:
            assert any("account" in each for each in faults(reader))


@pytest.mark.parametrize(
    ("how", "account"),
    [
        ("another passphrase", MARIA),
        ("another role", VERA),
        ("another record", PAT),
        ("one more", Account("mallory", WORDS)),
        ("another entry", VERA),
    ],
)
def test_an_account_changed_by_hand_lets_nobody_in(tmp_path: Path, how: str, account: Account) -> None:
    path = make(tmp_path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(TAMPERED[how])
        raw.commit()
    with pytest.raises(DatabaseDamaged, match="changed by hand") as caught:
        opened(tmp_path, account)
    assert "restore" in caught.value.next_step


def test_an_account_put_back_to_what_it_was_is_found(tmp_path: Path) -> None:
    """Each state of a row is explained by its own entry: only the last one counts for ``verify``."""
    path = make(tmp_path)
    with closing(sqlite3.connect(path)) as raw:
        old = raw.execute("SELECT disabled_at, audit_id FROM user WHERE name = 'vera'").fetchone()
    with opened(tmp_path, MARIA) as clinic:
        clinic.disable_user("vera")
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("UPDATE user SET disabled_at = ?, audit_id = ? WHERE name = 'vera'", old)
            raw.commit()
        assert "account vera is not as the audit says it was left" in clinic.verify()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM failed_sign_in", "UPDATE failed_sign_in SET failed = 0", "UPDATE failed_sign_in SET next_at = '2020-01-01'"]
)
def test_a_wait_ended_by_hand_is_found(tmp_path: Path, store: Store, statement: str) -> None:
    raised(store, "vera", "not hers at all")
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as raw:
        raw.execute(statement)
        raw.commit()
    with opened(tmp_path, MARIA) as clinic:
        assert any("failed attempts" in each for each in clinic.verify())


def test_removed_accounts_do_not_open_the_clinic(tmp_path: Path) -> None:
    path = make(tmp_path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM user")
        raw.commit()
    with pytest.raises(SignInNeeded):
        opened(tmp_path)
    with pytest.raises(SignInRefused):
        opened(tmp_path, MARIA)


# Restoring


def test_a_clinic_with_accounts_is_restored_by_its_clinicians_alone(tmp_path: Path) -> None:
    path = make(tmp_path)
    copy = tmp_path / "copy.db"
    with opened(tmp_path, MARIA) as clinic:
        clinic.backup(copy)
    before = path.read_bytes()
    for account, error in (
        (None, SignInNeeded),
        (VERA, NotAllowed),
        (PAT, NotAllowed),
        (Account("maria", "not hers at all"), SignInRefused),
    ):
        with pytest.raises(error):
            Clinic.restore(path, copy, account=account)
    assert not list(tmp_path.glob("*before-restore*"))
    assert path.read_bytes()[:100] == before[:100]


def test_names_are_the_same_however_they_are_typed() -> None:
    assert name_of("  ＭＡＲＩＡ ") == name_of("Maria") == "maria"
    assert WORDS not in repr(Account("maria", WORDS))
