"""Names of files: nothing is read or written but what somebody named, and no link leads out of a folder in which files arrive."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from tests.hostile.clinics import EVERYTHING, TODAY
from tests.hostile.tricks import ALL, BRIEF, MARK, TRICKS, harms

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.drafts import Draft
from labtrack.clinic.export_report import file_names
from labtrack.clinic.importing import ImportOptions
from labtrack.clinic.inbox import Inbox
from labtrack.clinic.watching import Watcher, inbox_of

SECRET = "mrn,name,birth_date,sex\nSECRET,Outside,1970-01-01,F\n"
PLAIN = "mrn,name,birth_date,sex\nP1,Inside,1970-01-01,F\n"


def tree(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: contents of files, targets of links, nothing followed."""
    found: dict[str, bytes | str] = {}
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(root) / name
            key = str(path.relative_to(folder))
            found[key] = f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes() if path.is_file() else "other"
    return found


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder that nobody named."""
    place = tmp_path / "outside"
    (place / "sub").mkdir(parents=True)
    (place / "secret.csv").write_text(SECRET)
    (place / "sub" / "secret.csv").write_text(SECRET)
    return place


@pytest.fixture
def arrivals(tmp_path: Path, outside: Path) -> Path:
    """A watched folder with everything in it that leads elsewhere, and one file that may be taken."""
    place = tmp_path / "arrivals"
    place.mkdir()
    (place / "ok.csv").write_text(PLAIN)
    (place / "link.csv").symlink_to(outside / "secret.csv")
    (place / "up.csv").symlink_to("../outside/secret.csv")
    (place / "folder").symlink_to(outside)
    (place / "dangling.csv").symlink_to(outside / "nothing.csv")
    (place / "round.csv").symlink_to("round.csv")
    (place / "device.csv").symlink_to("/dev/zero")
    (place / "really.csv").mkdir()
    (place / "really.csv" / "inner.csv").write_text(SECRET)
    os.mkfifo(place / "pipe.csv")
    return place


def look(folder: Path, place: Path, said: list[str]) -> tuple[set[str], list[str]]:
    """One look into a folder: the MRNs that are then on record, and the names that were taken."""
    with Clinic.open(place, today=TODAY, settings=Settings()) as clinic:
        inbox = inbox_of(folder, clinic.location, 0, said.append)
        watcher = Watcher(inbox, ImportOptions())
        with watcher.alone(clinic):
            taken = [each.name for each in watcher.look(clinic)]
        return {each.mrn for each in clinic.patients()}, taken


def test_nothing_is_taken_from_outside_a_watched_folder(arrivals: Path, outside: Path, tmp_path: Path) -> None:
    before, said = tree(outside), []
    on_record, taken = look(arrivals, tmp_path / "c" / "clinic.db", said)
    assert (on_record, taken) == ({"P1"}, ["ok.csv"])
    assert tree(outside) == before
    assert {line.partition(" ")[0] for line in said} == {
        "link.csv",
        "up.csv",
        "folder",
        "dangling.csv",
        "round.csv",
        "device.csv",
        "pipe.csv",
    }
    assert (arrivals / "really.csv" / "inner.csv").exists()


def test_a_file_that_becomes_a_link_between_look_and_reading_is_not_read(
    tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, said = tmp_path / "arrivals", []
    folder.mkdir()
    (folder / "a.csv").write_text(PLAIN)
    claim = Inbox.claim

    def swapped(self: Inbox, found: object) -> Path | None:
        (folder / "a.csv").unlink()
        (folder / "a.csv").symlink_to(outside / "secret.csv")
        return claim(self, found)  # type: ignore[arg-type]

    monkeypatch.setattr(Inbox, "claim", swapped)
    on_record, taken = look(folder, tmp_path / "c" / "clinic.db", said)
    assert (on_record, taken) == (set(), [])
    assert "nothing was read from it" in said[0]
    assert look(folder, tmp_path / "c" / "clinic.db", said) == (set(), [])


@pytest.mark.parametrize("own", ["taking", "done", "refused", ".labtrack.lock"])
def test_our_places_in_a_watched_folder_are_no_links(tmp_path: Path, outside: Path, labtrack: Labtrack, own: str) -> None:
    folder, before = tmp_path / "arrivals", tree(outside)
    folder.mkdir()
    (folder / "a.csv").write_text(PLAIN)
    (folder / own).symlink_to(outside / ("secret.csv" if own.startswith(".") else "sub"))
    assert labtrack("--db", tmp_path / "c" / "clinic.db", "init").status == 0
    ran = labtrack("--db", tmp_path / "c" / "clinic.db", "watch", folder, "--once")
    assert (ran.status, own in ran.err) == (3, True), ran.err
    assert tree(outside) == before
    assert (folder / "a.csv").exists()


def test_names_of_arriving_files_harm_nobody(tmp_path: Path) -> None:
    folder, said = tmp_path / "arrivals", []
    folder.mkdir()
    names = {text.replace("/", "⁄").replace("\0", "")[:60] + ".csv" for text in TRICKS.values()}
    for name in names:
        (folder / name).write_text(PLAIN)
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe.csv", os.O_CREAT | os.O_WRONLY))
    (folder / os.fsdecode(b"\xff\xfe.csv")).write_text(PLAIN)
    _, taken = look(folder, tmp_path / "c" / "clinic.db", said)
    assert len(taken) == sum(not name.startswith(".") for name in names) + 1
    for report in (folder / "done").glob("*.report.txt"):
        assert [*harms(report.read_text(encoding="utf-8"))] == []
    assert sorted(tree(tmp_path)) == sorted(each for each in tree(tmp_path) if each.startswith(("arrivals", "c", "home", "config")))


def test_an_export_into_a_folder_follows_no_link_in_it(forced: Path, labtrack: Labtrack, tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "folder"
    (name,) = file_names([EVERYTHING])
    folder.mkdir()
    for each in ("patients.csv", "results.csv", f"{name}.html", f"{name}.pdf"):
        (folder / each).symlink_to(outside / "secret.csv")
    os.mkfifo(folder / "courses.csv")
    before = tree(outside)
    assert labtrack("--db", forced, "export", "all", "-o", folder).status == 0
    assert labtrack("--db", forced, "export", "report", "--patient", EVERYTHING, "-o", folder).status == 0
    assert tree(outside) == before
    assert all(each.is_file() and not each.is_symlink() for each in folder.iterdir())


def test_no_report_is_named_outside_its_folder_nor_like_another() -> None:
    mrns = [
        *TRICKS.values(),
        "..",
        ".",
        "a/b",
        "a\\b",
        "CON",
        "con",
        "Nul",
        "LPT1",
        "é" * 200,
        "x" * 300,
        "X" * 300,
        "",
        " ",
        "-o",
        "~",
        "a\0b",
    ]
    names = list(file_names(mrns))
    assert len({each.casefold() for each in names}) == len(mrns)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", each) and len(each) < 200 for each in names)
    assert not {each.casefold() for each in names} & {"con", "prn", "aux", "nul", "lpt1", "com1"}


def test_a_name_that_is_no_text_is_imported_and_told(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xe2\x80\xae.csv")
    path.write_text(PLAIN + "P2,Bad,1970-13-01,F\n")
    with Clinic.open(tmp_path / "clinic.db", today=TODAY, settings=Settings()) as clinic:
        outcome = clinic.import_files([path], ImportOptions(rejects=tmp_path / "rejects.csv"))
        assert [each.file for each in outcome.files] == ["\\udcff\\u202e.csv"]
        assert "P1" in {each.mrn for each in clinic.patients()}
    assert [*harms((tmp_path / "rejects.csv").read_text(encoding="utf-8"))] == []


def test_a_draft_is_named_by_a_hash_whatever_the_mrn_and_the_person(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "d" / "clinic.db", today=TODAY, settings=Settings(actor=f"../../{ALL}")) as clinic:
        for mrn in (EVERYTHING, "../../../up", "/etc/passwd", "CON", "x" * 300, "a\0b"):
            clinic.drafts.keep(mrn, Draft(BRIEF, BRIEF, ()))
            found = clinic.drafts.find(mrn).draft
            assert (found is not None, clinic.drafts.path(mrn).parent) == (True, clinic.drafts.folder)
    written = [each for each in tree(tmp_path) if not each.startswith("d")]
    assert [each for each in written if not each.startswith(("home", "config"))] == []
    assert MARK not in "".join(tree(tmp_path))


def test_a_copy_is_never_written_through_a_link(entered: Path, labtrack: Labtrack, tmp_path: Path, outside: Path) -> None:
    for target in ("secret.csv", "nothing.db"):
        link = tmp_path / f"to-{target}"
        link.symlink_to(outside / target)
        before = tree(outside)
        labtrack("--db", entered, "backup", link)
        assert tree(outside) == before
    weird = tmp_path / "copies" / "..␀%3f#?mode=ro&x=[red]'; DROP"
    assert labtrack("--db", entered, "backup", weird).status == 0
    assert [each.name for each in (tmp_path / "copies").iterdir()] == [weird.name]
    assert labtrack("--db", weird, "verify").status == 0


@pytest.mark.parametrize(
    "name", ["CON", "-x.csv", "[red]x.csv", "%s{}.csv", "$HOME.csv", "`id`.csv", "=1+1.csv", "x;id.csv", "\u202ex.csv", "*.csv"]
)
def test_a_file_to_import_may_have_any_name(labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / name).write_text(PLAIN + "P2,Bad,1970-13-01,F\n")
    ran = labtrack("import", "--", name)
    assert (ran.status, [*harms(ran.err)]) == (1, [])
    assert [each.name for each in work.iterdir()] == [name]
    listed = labtrack("audit", "--format", "json")
    assert [*harms(listed.out)] == []


@pytest.mark.parametrize("named", ["/dev/zero", "/dev/tty", "pipe", "folder", "loop", "../work/../../../../../../dev/zero"])
def test_what_is_no_file_is_not_imported(labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    for more in ([], ["--as", "fhir"], ["--as", "hl7"], ["--as", "csv"]):
        ran = labtrack("import", named, *more)
        assert ran.status == 3, ran.err
        assert "unexpected" not in ran.err
