"""Tests of labtrack.clinic.inbox: which files are complete, in which order, and where they go."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from labtrack.clinic import inbox as module
from labtrack.clinic.inbox import Inbox, checked_folder, folder_lock, mark_of, only_one, reports_of, sha256_of
from labtrack.core.errors import LabtrackError, UsageError


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def box(tmp_path: Path, said: list[str]) -> Inbox:
    """An inbox in which every file is complete at once."""
    folder = tmp_path / "in"
    folder.mkdir()
    box = Inbox(folder, 0, said.append)
    box.prepare()
    return box


def put(box: Inbox, name: str, text: str = "x", at: int = 1_000) -> Path:
    path = box.folder / name
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def ready(box: Inbox) -> list[str]:
    return [each.name for each in box.ready()]


def taken(box: Inbox, name: str) -> Path:
    """A file claimed, with its reports written."""
    path = box.claim(next(each for each in box.ready() if each.name == name))
    assert path is not None
    for report in reports_of(path):
        report.write_text(f"of {name}")
    return path


def test_files_come_oldest_first_and_numbers_by_their_value(box: Inbox) -> None:
    for name, at in (("m10", 5), ("m9", 5), ("b", 4), ("a", 6), ("m9b", 5), ("ž", 5)):
        put(box, name, at=at)
    assert ready(box) == ["b", "m9", "m9b", "m10", "ž", "a"]


def test_what_is_not_finished_or_not_a_file_is_left(box: Inbox, said: list[str]) -> None:
    for name in (".hidden", "a.tmp", "a.PART", "a.filepart", "a~", "a.csv.report.csv", "b.report.txt", "ok.csv"):
        put(box, name)
    put(box, "empty.csv", "")
    (box.folder / "sub").mkdir()
    (box.folder / "link").symlink_to(box.folder / "ok.csv")
    os.mkfifo(box.folder / "pipe")
    assert ready(box) == ready(box) == ["ok.csv"]
    assert sorted(said) == [
        "a.csv.report.csv has the name of a report of labtrack's: it is left where it is.",
        "b.report.txt has the name of a report of labtrack's: it is left where it is.",
        "empty.csv is empty: it is left until something is in it.",
        "link is a link or no regular file: it is left where it is.",
        "pipe is a link or no regular file: it is left where it is.",
    ]
    assert box.waiting == []


def test_a_file_is_complete_once_it_stays_the_same(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    box.settle = 2
    put(box, "a", "1")
    assert (ready(box), box.waiting) == ([], ["a"])
    now[0] += 1
    put(box, "a", "12")
    assert ready(box) == []
    now[0] += 1.9
    assert ready(box) == []
    now[0] += 0.1
    assert (ready(box), box.waiting) == (["a"], [])
    put(box, "a", "13", at=1_001)
    assert ready(box) == []


def test_none_comes_before_an_older_one_that_is_not_complete(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    box.settle = 2
    put(box, "correction", at=5)
    put(box, "before", at=3)
    put(box, "empty", "", at=1)
    assert ready(box) == []
    now[0] += 2
    put(box, "corrected", at=4)
    assert (ready(box), box.waiting) == (["before"], ["corrected", "correction"])
    now[0] += 2
    assert (ready(box), box.waiting) == (["before", "corrected", "correction"], [])


def test_a_claimed_file_is_out_of_the_senders_reach(box: Inbox) -> None:
    path = put(box, "a.csv", "first")
    (found,) = box.ready()
    claimed = box.claim(found)
    assert claimed == box.taking / "a.csv"
    put(box, "a.csv", "second")
    assert claimed is not None
    assert claimed.read_text() == "first"
    assert path.read_text() == "second"
    assert box.begun() == [claimed]
    path.unlink()
    assert box.claim(found) is None


def test_one_that_was_changed_before_it_was_claimed_is_waited_for(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, "a.csv", "first")
    (found,) = box.ready()
    put(box, "a.csv", "first and more")
    waited: list[float] = []
    monkeypatch.setattr(box.stop, "wait", lambda seconds: bool(waited.append(seconds)))
    assert box.claim(found) is not None
    assert waited == [0]


def test_waiting_for_a_file_ends_when_it_is_still(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    path, more = put(box, "a", "1"), iter(["12", "123"])

    def wait(seconds: float) -> bool:
        del seconds
        path.write_text(next(more, "123"))
        os.utime(path, (1, len(path.read_text())))
        return False

    monkeypatch.setattr(box.stop, "wait", wait)
    box.steady(path)
    assert path.read_text() == "123"
    box.stop.set()
    path.unlink()
    box.steady(path)


def test_nothing_is_put_in_the_place_of_another(box: Inbox) -> None:
    places = []
    for text in ("1", "2", "2"):
        put(box, "r.csv", text)
        places.append(box.put_away(taken(box, "r.csv"), refused=False))
    assert [each.name for each in places] == ["r.csv", "r-2.csv", "r-3.csv"]
    assert [each.read_text() for each in places] == ["1", "2", "2"]
    assert all(report.read_text() == "of r.csv" for place in places for report in reports_of(place))
    assert box.begun() == []
    put(box, "r.csv")
    assert box.put_away(taken(box, "r.csv"), refused=True) == box.folder / "refused" / "r.csv"


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_what_was_half_put_away_is_put_away_whole(box: Inbox, moved: int) -> None:
    put(box, "r.csv")
    path = taken(box, "r.csv")
    place = box.place("r.csv", refused=False)
    for source, target in list(zip(reports_of(path), reports_of(place), strict=True))[:moved]:
        source.replace(target)
    assert box.begun() == [path]
    assert box.put_away(path, refused=False) == place
    assert all(report.read_text() == "of r.csv" for report in reports_of(place))
    assert list(box.taking.iterdir()) == []


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_took_a_files_place_is_put_away_unread(box: Inbox, said: list[str], tmp_path: Path, what: str) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret")
    path = put(box, "a.csv")
    (found,) = box.ready()
    path.unlink()
    {"link": lambda: path.symlink_to(outside), "pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[what]()
    assert box.claim(found) is None
    assert said == [f"a.csv became a link or no regular file: it is in {box.folder / 'refused'}, and nothing was read from it."]
    assert (box.begun(), os.path.lexists(box.folder / "refused" / "a.csv"), outside.read_text()) == ([], True, "secret")


def test_nothing_is_put_where_a_link_leads_that_took_our_folders_place(box: Inbox, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("a.csv", "b.csv"):
        put(box, name)
    first = taken(box, "a.csv")
    found = next(each for each in box.ready() if each.name == "b.csv")
    for own, move in (("done", lambda: box.put_away(first, refused=False)), ("taking", lambda: box.claim(found))):
        (box.folder / own).rename(box.folder / f"{own}.before")
        (box.folder / own).symlink_to(elsewhere)
        with pytest.raises(LabtrackError, match=f"{own} is not a folder of its own"):
            move()
    assert list(elsewhere.iterdir()) == []


def test_names_are_written_down_as_text_and_leave_room(box: Inbox) -> None:
    for name in ("\udcffa.csv", "é" * 125 + ".csv", "x" * 250, "n" + "." * 240 + "y"):
        put(box, name)
    found = box.ready()
    paths = [box.claim(each) for each in found]
    names = [path.name for path in paths if path is not None]
    assert "\\udcffa.csv" in names
    assert len(set(names)) == 4
    assert all(len(name.encode()) <= 200 for name in names)
    assert next(name for name in names if name.startswith("éé")).endswith(".csv")


def test_our_folders_are_private_and_cleared_of_what_was_being_written(box: Inbox) -> None:
    assert all(stat.S_IMODE((box.folder / name).stat().st_mode) == 0o700 for name in ("taking", "done", "refused"))
    (box.taking / ".a.csv.report.csv.12345678.part").write_text("half")
    (box.taking / "a.csv").write_text("whole")
    box.prepare()
    assert [path.name for path in box.taking.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_place_of_ours_that_is_something_else_is_told(box: Inbox, tmp_path: Path, what: str) -> None:
    own = box.folder / "done"
    own.rmdir()
    own.write_text("x") if what == "file" else own.symlink_to(tmp_path)
    with pytest.raises(LabtrackError, match="done is not a folder of its own"):
        box.prepare()


def test_what_cannot_be_read_or_moved_is_told_with_the_next_step(box: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, "a.csv")
    path = taken(box, "a.csv")
    (box.folder / "done").rmdir()
    with pytest.raises(LabtrackError, match=r"a\.csv was taken, but cannot be moved to .*done: No such file.*nothing is taken twice"):
        box.put_away(path, refused=False)
    assert path.exists()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(LabtrackError, match="cannot be used: no permission to write"):
        box.prepare()
    box.folder.rename(box.folder.with_name("gone"))
    for ask in (box.ready, box.begun):
        with pytest.raises(LabtrackError, match="cannot be read: No such file"):
            ask()


def test_the_hash_is_of_the_bytes(box: Inbox) -> None:
    assert sha256_of(put(box, "a", "")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256_of(box.folder / "nothing") == ""
    assert mark_of(box.folder / "nothing") is None
    assert mark_of(box.folder) is None


def test_only_a_folder_for_arrivals_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, folder = tmp_path / "home", tmp_path / "in"
    home.mkdir()
    folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert checked_folder(link, {"the folder of the clinic": tmp_path}) == folder
    for named, what in ((home, "the home folder"), (Path("/"), "the root"), (folder / "..", "the folder of the clinic")):
        with pytest.raises(UsageError, match=what):
            checked_folder(named, {"the folder of the clinic": tmp_path})
    for named in (tmp_path / "nowhere", tmp_path / "nowhere\0"):
        with pytest.raises(LabtrackError, match="There is no folder"):
            checked_folder(named, {})
    (tmp_path / "file").write_text("x")
    with pytest.raises(LabtrackError, match="is not a folder"):
        checked_folder(tmp_path / "file", {})


HOLD = "import sys, time; from pathlib import Path; from labtrack.clinic.inbox import only_one\n"
HOLD += "with only_one(Path(sys.argv[1]), 'it'):\n    print('held', flush=True)\n    time.sleep(60)"


def test_the_lock_is_held_by_one_process_and_goes_with_it(tmp_path: Path) -> None:
    path = folder_lock(tmp_path)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LabtrackError, match=f"it is watched already by process {holder.pid}"), only_one(path, "it"):
            pytest.fail("two hold it")
        holder.kill()
    with only_one(path, "it"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", lambda *_: os.ftruncate(-1, 0))  # an OSError, as on a full disk
        with only_one(path, "it"):
            assert path.read_text() == ""
    with pytest.raises(LabtrackError, match="cannot be made"), only_one(tmp_path / "nowhere" / "lock", "it"):
        pytest.fail("there is no such place")
