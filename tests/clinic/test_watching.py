"""Tests of labtrack.clinic.watching: each file exactly once, wherever the program is stopped."""

from __future__ import annotations

import csv
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA, open_clinic

from labtrack.clinic import Clinic, Settings
from labtrack.clinic import watching as module
from labtrack.clinic.importing import ImportOptions
from labtrack.clinic.inbox import Found, Inbox
from labtrack.clinic.watching import Taken, Watcher, checked_encoding, forget, inbox_of
from labtrack.core.errors import DatabaseLocked, DatabaseUnavailable, LabtrackError, UsageError

HEAD = "mrn,analyte,value,unit,collected_at,status\n"
GOOD = HEAD + "10021,hb,12.4,g/dL,2026-11-19T08:15,\n10021,plt,220,10*9/L,2026-11-19T08:15,\n"
#: One row is taken, one is beyond what any patient has, one is of nobody.
MIXED = HEAD + "10021,hb,12.5,g/dL,2026-11-20,\n10021,hb,124,g/dL,2026-11-20,\n9,hb,12,g/dL,2026-11-20,\n"
PATIENTS = "mrn,name,birth_date,sex,weight_kg\n10021,,,,60\n"


def message(number: int, status: str, value: str, *, filler: str = "F1", mrn: str = "10021") -> str:
    """One result of platelets as a laboratory sends it."""
    segments = (
        f"MSH|^~\\&|LIS|ACME|||20261120||ORU^R01|{number}|P|2.5",
        f"PID|1||{mrn}^^^HOSP^MR||Okafor^Ada||19680211|F",
        f"OBR|1||{filler}^LIS|777-3^Platelets^LN|||20261119081500",
        f"OBX|1|NM|777-3^Platelets^LN||{value}|10*3/uL|150-400||||{status}|||20261119081500",
    )
    return "\r".join(segments) + "\r"


class Stopped(BaseException):
    """The program ends here, as if it were killed: nothing after it is done."""


@pytest.fixture
def home(ada: Clinic, tmp_path: Path) -> Watcher:
    """A folder that is watched for the clinic of one patient; every file is complete at once."""
    del ada
    return watcher(tmp_path)


def watcher(tmp_path: Path, **options: Any) -> Watcher:
    """As if the program was started again."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    told: list[str] = []
    box = Inbox(folder, 0, told.append)
    box.prepare()
    return Watcher(box, ImportOptions(**options))


def put(home: Watcher, name: str, text: str, at: int = 1_000) -> None:
    path = home.inbox.folder / name
    path.write_text(text, encoding="utf-8", newline="")
    os.utime(path, (at, at))


def look(home: Watcher, clinic: Clinic) -> list[Taken]:
    return list(home.look(clinic))


def files(home: Watcher, folder: str) -> list[str]:
    return sorted(path.name for path in (home.inbox.folder / folder).iterdir())


def results(clinic: Clinic) -> list[tuple[str, str, str, bool]]:
    """Every result that was ever recorded: analyte, value, status, whether it was replaced."""
    return [(each.analyte, each.value_text, each.status.value, each.superseded) for each in clinic.chart(ADA.mrn).results]


def record(clinic: Clinic) -> list[str]:
    """The whole record, but for what the program keeps for itself."""
    assert clinic.store.database.path is not None
    with closing(sqlite3.connect(clinic.store.database.path)) as connection:
        return [line for line in connection.iterdump() if 'INTO "setting"' not in line]


def test_a_good_file_is_done_and_told(home: Watcher, ada: Clinic) -> None:
    put(home, "r.csv", GOOD)
    (taken,) = look(home, ada)
    assert (taken.name, taken.refused, taken.summary) == ("r.csv", False, "2 accepted")
    assert taken.place == home.inbox.folder / "done" / "r.csv"
    assert files(home, "done") == ["r.csv", "r.csv.report.csv", "r.csv.report.txt"]
    assert files(home, "taking") == files(home, "refused") == []
    assert (home.inbox.folder / "done" / "r.csv.report.csv").read_bytes() == b"file,line,column,text,reason\r\n"
    assert "taken     2 accepted\n" in (home.inbox.folder / "done" / "r.csv.report.txt").read_text()
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (home.inbox.folder / "done").glob("*.report.*"))
    assert look(home, ada) == []
    assert len(results(ada)) == 2
    assert "last arrival 2026-11-22" in str(ada.info()["watched"])


def test_what_is_refused_leaves_the_rest(home: Watcher, ada: Clinic) -> None:
    put(home, "r.csv", MIXED)
    (taken,) = look(home, ada)
    assert (taken.refused, taken.summary) == (True, "1 accepted, 2 refused")
    assert len(results(ada)) == 1
    with (home.inbox.folder / "refused" / "r.csv.report.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["file"], row["line"], row["column"], row["text"]) for row in rows] == [
        ("r.csv", "3", "value", "124"),
        ("r.csv", "4", "mrn", "9"),
    ]
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", HEAD + '"1', "{", "\0\0\0", "x"])
def test_an_unreadable_file_holds_nothing_back(home: Watcher, ada: Clinic, text: str) -> None:
    put(home, "bad", text, at=1)
    put(home, "good.csv", GOOD, at=2)
    bad, good = look(home, ada)
    assert (bad.refused, good.refused) == (True, False)
    assert files(home, "refused") == ["bad", "bad.report.csv", "bad.report.txt"]
    with (home.inbox.folder / "refused" / "bad.report.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["file"], row["line"]) == ("bad", "0")
    assert row["reason"] == bad.summary
    assert len(results(ada)) == 2


def test_a_file_that_cannot_be_read_is_no_arrival(home: Watcher, ada: Clinic) -> None:
    put(home, "bad", "x")
    look(home, ada)
    assert "nothing has arrived since" in str(ada.info()["watched"])


def test_a_fault_of_ours_holds_nothing_back_and_is_in_the_log(
    home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(home, "r.csv", GOOD)
    monkeypatch.setattr(module.Heard, "begin", lambda *_: 1 / 0)
    before = record(ada)
    (taken,) = look(home, ada)
    assert taken.refused
    assert "something unexpected went wrong (ZeroDivisionError)" in taken.summary
    assert "while importing the file of SHA-256 " in caplog.text
    assert "r.csv" not in caplog.text.partition("Traceback")[0]
    assert record(ada) == before


def test_what_the_clinic_itself_does_not_take_is_refused(home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "r.csv", GOOD)

    def refuse(*_: object, **__: object) -> None:
        raise module.StoreError("too big")

    monkeypatch.setattr(type(ada), "import_files", refuse)
    (taken,) = look(home, ada)
    assert (taken.refused, taken.summary) == (True, "the clinic does not take it: too big")


def test_corrections_come_after_what_they_correct(home: Watcher, ada: Clinic) -> None:
    put(home, "b.hl7", message(1, "F", "220"), at=5)
    put(home, "a.hl7", message(2, "C", "230"), at=6)
    assert [each.name for each in look(home, ada)] == ["b.hl7", "a.hl7"]
    assert results(ada) == [("plt", "220", "final", True), ("plt", "230", "corrected", False)]


STREAM = {
    "1.hl7": message(1, "P", "200") + message(2, "F", "210"),
    "2.hl7": message(3, "C", "215") + message(4, "F", "99", filler="F2", mrn="9"),
    "3.hl7": message(5, "D", "215"),
    "4.csv": MIXED,
    "5.csv": PATIENTS,
    "6.csv": GOOD,
}


#: Each is where the program ends: what is called next does not happen.
ENDS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "claimed": lambda patch: patch.setattr(module, "sha256_of", _end),
    "read": lambda patch: patch.setattr(module, "taken_text", _end),
    "reported": lambda patch: patch.setattr(module.arrivals, "arrived", _end),
    "committed": lambda patch: patch.setattr(Inbox, "put_away", _end),
    "reports moved": lambda patch: patch.setattr(Path, "replace", _end_at_data),
}


def _end(*_: object, **__: object) -> None:
    raise Stopped


def _end_at_data(path: Path, target: Path) -> Path:
    if not path.name.endswith((".report.csv", ".report.txt")):
        raise Stopped
    os.replace(path, target)  # noqa: PTH105 - Path.replace is what is taken away
    return target


@pytest.mark.parametrize("end", ENDS)
def test_wherever_it_ends_each_file_is_taken_once(ada: Clinic, tmp_path: Path, end: str) -> None:
    smooth = tmp_path / "smooth"
    smooth.mkdir()
    with open_clinic(smooth) as other:
        other.add_patient(ADA)
        other.start_course(ADA.mrn, "baricitinib", 2, "daily", ada.chart(ADA.mrn).courses[0].start_on)
        home = watcher(smooth)
        for place, (name, text) in enumerate(STREAM.items()):
            put(home, name, text, at=place)
        wanted = {each.name: (each.place.parent.name, each.summary) for each in look(home, other)}
        assert {name for name, (folder, _) in wanted.items() if folder == "refused"} == {"2.hl7", "4.csv"}
        expected, entries = results(other), other.info()["audit_entries"]

    home, begun = watcher(tmp_path), int(str(ada.info()["audit_entries"]))
    base = int(str(entries)) - 2  # the other clinic's patient and course
    got = {}
    for place, (name, text) in enumerate(STREAM.items()):
        put(home, name, text, at=place)
        home = watcher(tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            ENDS[end](patch)
            with pytest.raises(Stopped):
                look(home, ada)
        assert files(home, "taking")[0] == name
        home = watcher(tmp_path)
        (taken,) = look(home, ada)
        got[taken.name] = (taken.place.parent.name, taken.summary)
        assert taken.place.exists()
        text = taken.place.with_name(f"{name}.report.txt").read_text(encoding="utf-8")
        assert f"taken     {taken.summary}\n" in text
    assert got == wanted
    assert results(ada) == expected
    assert int(str(ada.info()["audit_entries"])) - begun == base
    assert files(home, "taking") == []
    assert ada.verify() == []


def test_without_its_receipt_a_file_is_read_again_and_changes_nothing(home: Watcher, ada: Clinic) -> None:
    for place, (name, text) in enumerate(STREAM.items()):
        put(home, name, text, at=place)
    first = look(home, ada)
    before = record(ada)
    forget(ada, home.inbox.folder)
    for place, (name, text) in enumerate(STREAM.items()):
        put(home, name, text, at=place)
    again = look(home, ada)
    assert [each.refused for each in again] == [each.refused for each in first]
    assert all("0 accepted" in each.summary for each in again)
    assert record(ada) == before
    assert {"1.hl7", "1-2.hl7", "1-2.hl7.report.txt"} <= set(files(home, "done"))


def test_what_a_person_changed_meanwhile_is_not_undone_by_taking_a_file_again(home: Watcher, ada: Clinic, tmp_path: Path) -> None:
    put(home, "p.csv", PATIENTS)
    with pytest.MonkeyPatch.context() as patch:
        ENDS["committed"](patch)
        with pytest.raises(Stopped):
            look(home, ada)
    assert ada.patient(ADA.mrn).weight_kg == 60
    ada.edit_patient(ADA.mrn, weight_kg=62.0)
    (taken,) = look(watcher(tmp_path), ada)
    assert taken.summary == "1 accepted (1 amended)"
    assert ada.patient(ADA.mrn).weight_kg == 62


def test_a_file_of_the_same_bytes_that_was_not_recorded_is_not_taken_for_the_one_before(home: Watcher, ada: Clinic, tmp_path: Path) -> None:
    put(home, "p.csv", PATIENTS)
    look(home, ada)
    ada.edit_patient(ADA.mrn, weight_kg=62.0)
    put(home, "p.csv", PATIENTS)
    with pytest.MonkeyPatch.context() as patch:
        ENDS["reported"](patch)
        with pytest.raises(Stopped):
            look(home, ada)
    (taken,) = look(watcher(tmp_path), ada)
    assert taken.place.name == "p-2.csv"
    assert ada.patient(ADA.mrn).weight_kg == 60


def test_a_file_that_changes_while_it_is_read_is_read_again(home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "r.csv", GOOD)
    whole, sizes = Watcher._import, []

    def grow(self: Watcher, clinic: Clinic, path: Path) -> Any:
        found = whole(self, clinic, path)
        sizes.append(path.stat().st_size)
        if len(sizes) == 1:
            path.write_text(GOOD + "10021,anc,3.1,10*9/L,2026-11-19,\n")
        return found

    monkeypatch.setattr(Watcher, "_import", grow)
    (taken,) = look(home, ada)
    assert taken.summary == "1 accepted, 2 duplicate"
    assert len(results(ada)) == 3
    assert len(sizes) == 2


def test_unknown_people_are_listed_or_added(ada: Clinic, tmp_path: Path) -> None:
    home = watcher(tmp_path)
    put(home, "m.hl7", message(1, "F", "220", mrn="777"))
    (taken,) = look(home, ada)
    assert taken.refused
    assert "  777 Ada Okafor, born 1968-02-11: 1\n" in taken.place.with_name("m.hl7.report.txt").read_text(encoding="utf-8")
    put(home, "m.hl7", message(1, "F", "220", mrn="777"))
    (taken,) = look(watcher(tmp_path, add_patients=True), ada)
    assert (taken.refused, taken.summary) == (False, "1 accepted, 1 patient added")


def test_a_clinic_in_use_leaves_the_file_where_it_is(home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    look(home, ada)
    put(home, "r.csv", GOOD)

    def busy(_: Clinic) -> None:
        raise DatabaseLocked("in use")

    with monkeypatch.context() as patch:
        patch.setattr(type(ada), "probe", busy)
        with pytest.raises(DatabaseLocked):
            look(home, ada)
    assert (home.inbox.folder / "r.csv").exists()
    assert [each.summary for each in look(home, ada)] == ["2 accepted"]


def test_a_clinic_that_is_lost_during_an_import_gets_the_file_at_the_next_start(
    home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(home, "r.csv", GOOD)

    def full(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(ada), "import_files", full)
        with pytest.raises(DatabaseUnavailable):
            look(home, ada)
    assert files(home, "taking") == ["r.csv"]
    assert [each.summary for each in look(watcher(tmp_path), ada)] == ["2 accepted"]


def test_reports_that_cannot_be_written_leave_nothing_recorded(home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "r.csv", GOOD)
    before = record(ada)

    def full(path: Path, text: str) -> None:
        raise LabtrackError(f"{path} cannot be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_private", full)
        with pytest.raises(LabtrackError, match="No space left"):
            look(home, ada)
    assert record(ada) == before
    assert [each.summary for each in look(home, ada)] == ["2 accepted"]


def test_stopping_undoes_what_runs_and_begins_nothing(home: Watcher, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home, "r.csv", GOOD, at=1)
    put(home, "s.csv", GOOD, at=2)
    before = record(ada)
    claim = Inbox.claim

    def claim_and_stop(box: Inbox, found: Found) -> Path | None:
        box.stop.set()
        return claim(box, found)

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "claim", claim_and_stop)
        assert look(home, ada) == []
    assert record(ada) == before
    assert files(home, "taking") == ["r.csv"]
    assert look(home, ada) == []
    home.stop.clear()
    assert [each.name for each in look(home, ada)] == ["r.csv", "s.csv"]


def test_one_watches_a_folder_and_a_clinic(home: Watcher, ada: Clinic, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = Watcher(Inbox(other, 0, print), ImportOptions())
    with home.alone(ada):
        with pytest.raises(LabtrackError, match=r"/in is watched already by process"), home.alone(ada):
            pytest.fail("two watch one folder")
        with pytest.raises(LabtrackError, match=r"A folder for the clinic .*clinic\.db is watched already"), second.alone(ada):
            pytest.fail("two watch for one clinic")
    with second.alone(ada), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ada, "location", "postgresql://somewhere/clinic")
        with home.alone(ada):
            pass


def test_days_of_silence_are_kept_until_others_are_said(home: Watcher, ada: Clinic) -> None:
    for said, kept in ((None, 7), (3, 3), (None, 3), (0, 0)):
        look(Watcher(home.inbox, home.options, said), ada)
        with ada.store.read() as reader:
            (known,) = module.arrivals.watched_folders(reader.settings())
        assert known.silent_days == kept
    assert forget(ada, home.inbox.folder)
    assert not forget(ada, home.inbox.folder)


def test_looking_writes_once_a_day(home: Watcher, ada: Clinic) -> None:
    look(home, ada)
    with ada.store.read() as reader:
        before = reader.session.version
        look(home, ada)
        assert reader.session.version == before


def test_what_is_asked_for_is_checked_before_a_file_is_touched(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no text encoding"):
        checked_encoding("nonsense")
    assert checked_encoding("latin-1") == "latin-1"
    with pytest.raises(UsageError, match="the folder of the clinic"):
        inbox_of(tmp_path, str(tmp_path / "clinic.db"), 0, print)
    (tmp_path / "config").mkdir()
    with pytest.raises(UsageError, match="the folder of the settings"):
        inbox_of(tmp_path / "config", "postgresql://somewhere/clinic", 0, print)


def test_a_clinic_of_another_day_knows_of_silence(home: Watcher, ada: Clinic, tmp_path: Path) -> None:
    put(home, "r.csv", GOOD)
    look(home, ada)
    with Clinic.open(tmp_path / "clinic.db", today=ada.today + timedelta(7), settings=Settings()) as later:
        assert "for 7 days" in later.silences()[0]
