"""Automatic backups, their anchors, and the way back; each on a real file."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, open_clinic, record
from tests.clinic.people import MARIA, PAT, VERA, cheap_passphrases, opened
from tests.clinic.people import make as make_people
from tests.clinic.tampering import cut_off, tamper, write_anew

from labtrack.clinic import Clinic, Settings, backups
from labtrack.clinic.backups import Daily, candidates, folder_of, folders_of, newest_good, offer, room_for_upgrade
from labtrack.core.errors import DatabaseUnavailable, LabtrackError, NotAllowed, NotFound, PassphraseNeeded, SignInNeeded
from labtrack.store import anchored, cipher
from labtrack.store.anchored import Kept, kept_in
from labtrack.store.verify import verify


class Clock:
    """The machine's date, which a test turns."""

    def __init__(self) -> None:
        self.day = TODAY


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(backups, "machine_day", lambda: clock.day)
    return clock


@pytest.fixture
def home(tmp_path: Path, ada: Clinic) -> Path:
    """The clinic's file, with a few results."""
    record(ada, date(2026, 2, 20), ldl="108 mg/dL", hb="12.9 g/dL")
    return tmp_path / "clinic.db"


def made(path: Path) -> list[Kept]:
    return kept_in(path.with_name("clinic-backups"), path.name)


def daily(clinic: Clinic) -> Daily:
    plan = clinic.daily_backup()
    assert plan is not None
    return plan


# Making


def test_the_first_start_of_a_day_makes_one_that_is_audited_and_no_other_does(ada: Clinic, home: Path, clock: Clock) -> None:
    before = ada.info()["audit_entries"]
    assert daily(ada).is_due
    assert daily(ada).make() == ""
    assert not daily(ada).is_due
    assert daily(ada).make() == ""
    (kept,) = made(home)
    assert (kept.on, kept.kind, kept.anchor.entry) == (TODAY, "daily", before)
    assert verify(kept.path) == []
    *_, entry = ada.audit()
    assert (entry["action"], entry["actor"]) == ("backup", "tester")
    assert json.loads(entry["detail"]) == {"file": kept.path.name, "head": str(kept.anchor)}
    clock.day += timedelta(1)
    assert daily(ada).make() == ""
    assert [each.on for each in made(home)] == [TODAY, clock.day]
    assert ada.verify() == []


def test_opening_a_clinic_alone_makes_none(home: Path) -> None:
    with open_clinic(home.parent) as clinic:
        clinic.worklist()
    assert made(home) == []


def test_none_is_made_where_none_is_wanted_or_nothing_may_be_written(home: Path) -> None:
    with open_clinic(home.parent, settings=Settings(daily_backups=False)) as clinic:
        assert clinic.daily_backup() is None
    with open_clinic(home.parent, read_only=True) as clinic:
        assert clinic.daily_backup() is None


def test_two_programs_at_once_make_one(ada: Clinic, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, slow, go_on = daily(ada), threading.Event(), threading.Event()
    make = anchored.make

    def slowly(*given: object) -> object:
        slow.set()
        assert go_on.wait(10)
        return make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(backups, "make", slowly)
    first = threading.Thread(target=plan.make)
    first.start()
    assert slow.wait(10)
    assert plan.is_due
    assert plan.make() == ""  # another one is at it
    go_on.set()
    first.join()
    assert len(made(home)) == 1


def test_older_ones_go_and_what_a_person_made_stays(ada: Clinic, home: Path, clock: Clock) -> None:
    folder = home.with_name("clinic-backups")
    clock.day = TODAY - timedelta(40)
    for _ in range(3):
        daily(ada).make()
        clock.day += timedelta(1)
    by_hand = ada.backup(folder)
    other = folder / "clinic.db.2026-10-01.daily.1-0123456789abcdef.bak.txt"
    other.touch()
    clock.day = TODAY - timedelta(20)
    for _ in range(21):
        assert daily(ada).make() == ""
        clock.day += timedelta(1)
    days = [each.on for each in made(home) if each.is_automatic]
    assert days[-7:] == [TODAY - timedelta(back) for back in range(6, -1, -1)]
    assert len(days) < 14
    assert date(2026, 10, 14) not in days
    assert by_hand.exists()
    assert other.exists()
    assert ada.verify() == []


def test_nothing_goes_while_something_is_wrong(ada: Clinic, home: Path, clock: Clock) -> None:
    clock.day = TODAY - timedelta(30)
    for _ in range(12):
        daily(ada).make()
        clock.day += timedelta(1)
    before = [each.path for each in made(home)]
    cut_off(home, 2)
    write_anew(home)
    clock.day = TODAY
    said = daily(ada).make()
    assert "something is wrong with the clinic: audit entry" in said
    assert "No older backup was removed" in said
    assert [each.path for each in made(home)][:-1] == before
    assert len(made(home)) == len(before) + 1


@pytest.mark.parametrize(
    "error", [DatabaseUnavailable("The disk is full.", "Free some space. Nothing was changed."), OSError(28, "Full", "x")]
)
def test_one_that_cannot_be_made_is_told_with_the_newest_there_is(
    ada: Clinic, home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(backups, "make", fails)
        with pytest.raises(DatabaseUnavailable, match=r"Today's backup could not be made: .*There is none yet\."):
            daily(ada).make()
    daily(ada).make()
    clock.day += timedelta(3)
    monkeypatch.setattr(backups, "make", fails)
    with pytest.raises(DatabaseUnavailable, match=r"could not be made: .*The newest is of 2026-11-22 \(3 days ago\)\.") as caught:
        daily(ada).make()
    assert "Nothing was changed" not in str(caught.value)
    assert len(made(home)) == 1


def test_a_folder_that_may_not_be_written_to_is_told(ada: Clinic, home: Path) -> None:
    home.with_name("clinic-backups").write_text("a file", encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match="could not be made"):
        daily(ada).make()
    assert ada.verify() == []


def test_a_backup_that_the_audit_cannot_be_told_of_is_there_all_the_same(ada: Clinic, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("locked")

    plan = daily(ada)
    monkeypatch.setattr(backups.Store, "open", locked)
    assert plan.make() == ""
    assert len(made(home)) == 1


def test_the_backups_of_an_encrypted_clinic_are_encrypted(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    place = tmp_path / "clinic.db"
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="t", passphrase="seven quiet herons") as clinic:
        clinic.add_patient(ADA)
        assert daily(clinic).make() == ""
        (kept,) = made(place)
        assert b"Okafor" not in kept.path.read_bytes()
        assert not kept.path.read_bytes().startswith(b"SQLite")
        clinic.backup(tmp_path / "copy.db")
        assert clinic.verify([tmp_path / "copy.db"]) == []
    # Its passphrase changes with the clinic's
    Clinic.rekey(place, "eight loud geese", account=None)
    assert cipher.has_salt(kept.path, cipher.key_of(place))  # type: ignore[arg-type]
    cipher.forget()
    with pytest.raises(PassphraseNeeded):
        offer(place)


# Where


def test_a_folder_that_is_set_holds_each_clinic_by_itself(tmp_path: Path, ada: Clinic, home: Path) -> None:
    settings = Settings(backup_folder=str(tmp_path / "disk"))
    one, two = (folder_of(tmp_path / name / "clinic.db", settings) for name in ("a", "b"))
    assert one != two
    assert one.parent == two.parent == tmp_path / "disk"
    assert folders_of(home, settings) == [tmp_path / "clinic-backups", folder_of(home, settings)]
    assert folders_of(home, Settings()) == [tmp_path / "clinic-backups"]
    assert room_for_upgrade(home, settings) == tmp_path / "clinic-backups"
    assert room_for_upgrade("postgresql://host/x", settings) is None
    with open_clinic(tmp_path, settings=settings) as clinic:
        with pytest.raises(DatabaseUnavailable, match="disk is not there"):
            daily(clinic).make()
        assert not (tmp_path / "disk").exists()
        (tmp_path / "disk").mkdir()
        assert room_for_upgrade(home, settings) == folder_of(home, settings)
        assert daily(clinic).make() == ""
    assert len(kept_in(folder_of(home, settings), "clinic.db")) == 1
    assert made(home) == []


# Anchors


def denied(clinic: Clinic, times: int) -> None:
    """Entries of the audit that nothing else depends on."""
    with clinic.store.write() as writer:
        for number in range(times):
            writer.audit("denied", {"asked": f"{times} {number}"})


@pytest.fixture
def looked(ada: Clinic, home: Path) -> Path:
    """Entries that no record depends on, then a backup: who removes them afterwards leaves no trace in the file itself."""
    denied(ada, 3)
    daily(ada).make()
    return home


def test_a_chain_that_was_cut_off_is_found_by_the_name_of_a_backup(ada: Clinic, looked: Path) -> None:
    assert ada.verify() == []
    cut_off(looked, 3)
    (kept,) = made(looked)
    faults = ada.verify()
    assert faults == [f"audit entry {kept.anchor.entry}, which the backup {kept.path.name} tells of, is missing: the audit was cut off"]
    kept.path.unlink()
    assert ada.verify() == []  # nothing else could have told


def test_a_chain_that_was_cut_off_and_goes_on_is_found(ada: Clinic, looked: Path) -> None:
    cut_off(looked, 3)
    denied(ada, 9)
    (fault,) = ada.verify()
    assert "is not the one that the backup clinic.db.2026-11-22.daily." in fault
    assert fault.endswith("the audit was written anew")


def test_a_chain_that_was_written_anew_is_found(ada: Clinic, looked: Path) -> None:
    tamper(looked, "UPDATE audit_entry SET actor = 'somebody else' WHERE action = 'denied'")
    write_anew(looked)
    (fault,) = ada.verify()
    assert "the audit was written anew" in fault


def test_a_backup_that_a_person_named_anchors_too_here_and_elsewhere(ada: Clinic, looked: Path, tmp_path: Path) -> None:
    for each in made(looked):
        each.path.unlink()
    elsewhere = tmp_path / "elsewhere"
    named = ada.backup(tmp_path / "stick" / "my copy.db")
    elsewhere.mkdir()
    in_folder = ada.backup(elsewhere)
    assert in_folder.name.startswith("clinic.db.2026-11-22.by-hand.")
    assert ada.verify([named, elsewhere, in_folder]) == []
    cut_off(looked, 4)
    assert ["my copy.db" in each for each in ada.verify()] == [True]
    (tmp_path / "clinic-backups" / "clinic.db.anchors").unlink()
    assert ada.verify() == []
    assert len(ada.verify([named])) == 1
    assert len(ada.verify([elsewhere])) == 1
    assert len(ada.verify([named, elsewhere, in_folder])) == 2
    with pytest.raises(NotFound, match="There is no backup at"):
        ada.verify([tmp_path / "none.db"])


def test_after_a_lawful_restore_verify_is_quiet_and_still_finds_what_is_cut_off(ada: Clinic, looked: Path, clock: Clock) -> None:
    (first,) = made(looked)
    clock.day += timedelta(1)
    ada.add_event(ADA.mrn, "vte", TODAY)
    daily(ada).make()
    ada.close()
    Clinic.restore(looked, first.path)
    with open_clinic(looked.parent) as clinic:
        assert clinic.verify() == []
        *_, entry = clinic.audit()
        second = made(looked)[1]
        assert json.loads(entry["detail"])["superseded"] == [str(second.anchor)]
        clock.day += timedelta(1)
        denied(clinic, 1)
        assert daily(clinic).make() == ""
        assert clinic.verify() == []
        # And forth again to what it was before: what came in between is out of force now
        third = made(looked)[2]
    Clinic.restore(looked, second.path)
    with open_clinic(looked.parent) as clinic:
        assert clinic.verify() == []
        assert json.loads([*clinic.audit()][-1]["detail"])["superseded"] == [str(third.anchor)]
        clock.day += timedelta(1)
        denied(clinic, 2)
        assert daily(clinic).make() == ""
        cut_off(looked, 2)
        assert len(clinic.verify()) == 1


def test_a_restore_is_audited_from_the_first_moment(ada: Clinic, looked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labtrack.store import backup

    move, seen = backup.move, []

    def look(part: Path, target: Path) -> None:
        from labtrack.store import Store

        store = Store.open(part, create=False)
        with store.read() as reader:
            seen.extend(each.action for each in reader.audit_entries())
        store.close()
        move(part, target)

    ada.close()
    monkeypatch.setattr(backup, "move", look)
    Clinic.restore(looked, made(looked)[0].path)
    assert seen[-1] == "restore"


# Going back


def damage(path: Path) -> None:
    """Overwrite the middle of the file."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xa5" * (size - 4096 * 2))


def test_the_newest_good_one_is_offered_with_what_would_be_lost(ada: Clinic, looked: Path, clock: Clock) -> None:
    record(ada, date(2026, 11, 20), anc="0.9 10*9/L", hb="12 g/dL")
    found = offer(looked)
    assert found is not None
    assert (found.kept, found.entries, found.results) == (made(looked)[0], 2, 2)  # the backup's own entry, and the results
    assert found.words.endswith("What was recorded since then would be lost: 2 entries of the audit, among them 2 results.")
    clock.day += timedelta(1)
    daily(ada).make()
    newest = made(looked)[-1]
    ada.close()
    assert newest_good(looked) == newest
    damage(newest.path)
    found = offer(looked)
    assert found is not None
    assert found.kept == made(looked)[0]
    assert "made on 2026-11-22 (1 day ago), is whole" in found.words
    damage(looked)
    found = offer(looked)
    assert found is not None
    assert found.entries is None
    assert "cannot be read far enough to tell" in found.words
    looked.write_bytes(made(looked)[0].path.read_bytes())
    found = offer(looked)
    assert found is not None
    assert "nothing would be lost" in found.words


def test_one_cut_off_or_of_another_content_than_its_name_is_not_good(ada: Clinic, looked: Path, clock: Clock) -> None:
    (first,) = made(looked)
    for change in (
        lambda path: path.write_bytes(path.read_bytes()[:20_000]),
        lambda path: path.write_bytes(b""),
        lambda path: cut_off(path, 1),
        lambda path: tamper(path, "DELETE FROM patient"),
    ):
        clock.day += timedelta(1)
        daily(ada).make()
        change(made(looked)[-1].path)
        assert newest_good(looked) == first
    damage(first.path)
    assert newest_good(looked) is None
    assert offer(looked) is None
    assert len(candidates(looked)) == 5


def test_after_a_clock_went_back_the_one_that_goes_on_is_the_newest(ada: Clinic, looked: Path, clock: Clock) -> None:
    clock.day = date(2020, 1, 1)
    record(ada, date(2026, 11, 20), anc="0.9 10*9/L")
    assert daily(ada).make() == ""
    old, new = made(looked)
    assert (old.on, new.on) == (date(2020, 1, 1), TODAY)
    assert newest_good(looked) == old


def test_without_any_there_is_nothing_to_offer(home: Path) -> None:
    assert offer(home) is None
    assert candidates(home) == []


# Accounts


@pytest.fixture
def peopled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clinic with an account of each role, a backup of it, and damaged."""
    cheap_passphrases(monkeypatch)
    path = make_people(tmp_path)
    with opened(tmp_path, MARIA) as clinic:
        daily(clinic).make()
    damage(path)
    return path


def test_a_damaged_clinic_with_accounts_is_restored_by_a_clinician_of_the_backup(peopled: Path) -> None:
    found = offer(peopled)
    assert found is not None
    assert found.has_accounts
    before = found.kept.path.read_bytes()
    for account, error in ((None, SignInNeeded), (VERA, NotAllowed), (PAT, NotAllowed), (replace(MARIA, passphrase="no"), SignInNeeded)):
        with pytest.raises(error):
            Clinic.restore(peopled, found.kept.path, account=account)
    assert found.kept.path.read_bytes() == before
    kept = Clinic.restore(peopled, found.kept.path, account=MARIA)
    assert kept is not None
    with opened(peopled.parent, MARIA) as clinic:
        assert clinic.verify() == []
        assert [each["actor"] for each in clinic.audit() if each["action"] == "restore"] == ["maria"]


def test_only_who_keeps_the_clinic_has_a_backup_of_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)
    make_people(tmp_path)
    for account in (VERA, PAT):
        with opened(tmp_path, account) as clinic:
            assert backups.daily_of(clinic) is None
            with pytest.raises(NotAllowed):
                clinic.daily_backup()
    with opened(tmp_path, MARIA) as clinic:
        assert backups.daily_of(clinic) is not None


@pytest.fixture(autouse=True)
def no_leftovers(tmp_path: Path) -> Iterator[None]:
    """Whatever a test does, no working file stays."""
    yield
    with suppress(LabtrackError):
        assert [name for _, _, names in os.walk(tmp_path) for name in names if ".part" in name] == []
