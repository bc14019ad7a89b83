"""Everything that labtrack writes for others: nothing of the record acts in it, and what was recorded comes back out."""

from __future__ import annotations

import csv
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from tests.hostile.clinics import EVERYTHING, TODAY
from tests.hostile.tricks import INK, MARK, TRICKS, harms, runs

from labtrack.clinic import Clinic, Settings
from labtrack.exchange.cells import unguard

PEOPLE = len(TRICKS) + 1


@pytest.mark.parametrize("what", ["summary", "results"])
def test_no_spreadsheet_runs_a_cell(forced: Path, labtrack: Labtrack, what: str) -> None:
    ran = labtrack("--db", forced, "export", what)
    cells = [cell for row in ran.rows for cell in row.values()]
    assert [cell for cell in cells if runs(cell)] == []
    assert {*TRICKS.values(), EVERYTHING} <= set(map(unguard, cells))


def test_all_that_is_exported_comes_back_as_it_was(entered: Path, labtrack: Labtrack, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert labtrack("--db", entered, "export", "all", "-o", one).status == 0
    assert labtrack("--db", tmp_path / "copy.db", "import", *one.iterdir()).status == 0
    assert labtrack("--db", tmp_path / "copy.db", "export", "all", "-o", other).status == 0
    assert {each.name: each.read_bytes() for each in one.iterdir()} == {each.name: each.read_bytes() for each in other.iterdir()}
    for path in one.iterdir():
        with path.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream, strict=True) for cell in row]
        assert MARK in "".join(cells)
        assert [cell for cell in cells if runs(cell)] == []
    with (
        Clinic.open(entered, today=TODAY, settings=Settings()) as before,
        Clinic.open(tmp_path / "copy.db", today=TODAY, settings=Settings()) as after,
    ):
        # By their text: a limit that cannot be read is a NaN, and equals no other.
        charts = [[repr(clinic.chart(each.mrn)) for each in clinic.patients()] for clinic in (before, after)]
    assert charts[0] == charts[1]
    assert len(charts[0]) > 40


def test_fhir_is_json_without_a_character_that_acts(forced: Path, labtrack: Labtrack) -> None:
    ran = labtrack("--db", forced, "export", "fhir")
    assert (ran.status, [*harms(ran.out)]) == (0, [])
    bundle = json.loads(ran.out)
    assert sum(entry["resource"]["resourceType"] == "Patient" for entry in bundle["entry"]) == PEOPLE
    assert MARK in ran.out


@pytest.mark.parametrize("clinical", [[], ["--clinical"]], ids=["own", "clinical"])
@pytest.mark.parametrize("whose", [[], ["--patient", EVERYTHING]], ids=["all", "one"])
def test_a_calendar_has_its_own_lines_alone(forced: Path, labtrack: Labtrack, clinical: list[str], whose: list[str]) -> None:
    ran = labtrack("--db", forced, "export", "ics", *clinical, *whose)
    lines = ran.out.replace("\r\n ", "").split("\r\n")
    assert [*harms("\n".join(lines))] == []
    assert {line.partition(":")[2] for line in lines if line.startswith(("BEGIN:", "END:"))} == {"VCALENDAR", "VEVENT", "VALARM"}
    assert not any(line.startswith("SUMMARY:") and line.removeprefix("SUMMARY:") == MARK for line in lines)
    assert len({line for line in lines if line.startswith("UID:")}) == lines.count("BEGIN:VEVENT")
    assert all(re.match(r"[A-Z-]+[:;]", line) for line in lines if line)
    assert (MARK in ran.out) is bool(clinical)


class _Seen(HTMLParser):
    """The tags and attributes of a page, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        """A text between tags."""
        self.text += data


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_page_holds_no_script_no_link_and_no_tag_of_the_records(
    forced: Path, entered: Path, labtrack: Labtrack, tmp_path: Path, audience: str
) -> None:
    for number, (db, mrn) in enumerate(((forced, EVERYTHING), (entered, "E30"))):
        page = tmp_path / f"{number}.html"
        assert labtrack("--db", db, "export", "report", "--for", audience, "--patient", mrn, "-o", page).status == 0
        text = page.read_text(encoding="utf-8")
        seen = _Seen()
        seen.feed(text)
        assert MARK in seen.text
        assert [*harms(text)] == []
        assert seen.tags.isdisjoint({"script", "img", "iframe", "object", "embed", "link", "a", "form", "input", "base", "x"})
        assert [name for name, _ in seen.attributes if name.startswith("on") or name in ("href", "src", "srcdoc", "action")] == []
        assert MARK not in "".join(value for name, value in seen.attributes if name in ("style", "id", "class"))
        assert INK not in "".join(re.findall(r"<style>.*?</style>", text, re.DOTALL))


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_a_pdf_opens_nothing_and_does_nothing(forced: Path, labtrack: Labtrack, tmp_path: Path, audience: str) -> None:
    place = tmp_path / "report.pdf"
    assert labtrack("--db", forced, "export", "report", "--for", audience, "--patient", EVERYTHING, "-o", place).status == 0
    raw = place.read_bytes()
    streams = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
    outside = streams.sub(b"", raw)
    for word in (b"/JavaScript", b"/JS", b"/Launch", b"/URI", b"/OpenAction (?!\\[)", b"/AA", b"/SubmitForm", b"/EmbeddedFile", b"/Annots"):
        assert not re.search(word + rb"(?![A-Za-z])", outside), word
    for packed in streams.findall(raw):
        try:
            drawn = zlib.decompress(packed)
        except zlib.error:
            continue
        assert MARK.encode() not in drawn, "texts are drawn by the numbers of their glyphs, so that none can end its string"


@pytest.mark.parametrize("what", ["summary", "results", "fhir", "ics"])
def test_on_a_terminal_no_export_acts(forced: Path, labtrack: Labtrack, what: str) -> None:
    ran = labtrack("--db", forced, "export", what, *(["--clinical"] if what == "ics" else []), terminal=True)
    assert (ran.status, MARK in ran.out) == (0, True)
    assert [*harms(ran.out.replace("\r\n", "\n"))] == []


def test_a_folder_of_reports_is_named_by_safe_names_alone(forced: Path, labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("--db", forced, "export", "report", "--patient", EVERYTHING, "-o", tmp_path / "reports")
    assert ran.status == 0
    assert MARK not in ran.err
    assert sorted(each.suffix for each in (tmp_path / "reports").iterdir()) == [".html", ".pdf"]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,90}\.(html|pdf)", each.name) for each in (tmp_path / "reports").iterdir())
