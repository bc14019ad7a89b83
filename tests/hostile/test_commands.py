"""Every command that reads, in every format: nothing in it acts on a terminal or a spreadsheet, and what was recorded is still there."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack, Ran
from tests.clinic.people import cheap_passphrases
from tests.hostile import clinics
from tests.hostile.clinics import EVERYTHING
from tests.hostile.tricks import ALL, BRIEF, HALF, MARK, TRICKS, harms, runs

from labtrack.exchange.cells import unguard
from labtrack.exchange.encodings import CONTROL

#: These tell values, dates and words of labtrack's own.
WITHOUT_TEXTS = ("rules", "info", "trend", "assess", "due")
FORMATS = ("table", "csv", "json")
#: Commands by what their first words are; those that take ``--format`` are read in all three.
LISTS = (
    ("worklist",), ("worklist", "--as-of", "2026-11-22"), ("due",), ("assess", "--all"), ("patient", "list"), ("audit",), ("info",),
    ("rules",),
)  # fmt: skip
OF_ONE = (
    ("assess", "--all", "--patient"), ("due", "--patient"), ("show",), ("trend",), ("patient", "show"), ("audit", "--patient"),
)  # fmt: skip
PLAIN = (("verify",), ("view", EVERYTHING), ("view", EVERYTHING, "--format", "json"))


#: What labtrack itself colors the words of its answers with.
OWN_COLORS = re.compile(r"\x1b\[(?:[0-9]|1;3[0-9]|3[0-9]|9[0-7])m")
CSV_HEADERS = ("mrn,",)


def check(ran: Ran, *, data: bool = False) -> None:
    """Nothing in what was written does harm; in CSV, whose cells are what was recorded, no spreadsheet runs one."""
    assert [*harms(ran.err)] == []
    if not data:
        assert [*harms(ran.out)] == []


def command(first: tuple[str, ...]) -> list[str]:
    """A command about the patient who has everything."""
    return [*first, EVERYTHING, *(("hb", "anc") if first == ("trend",) else ())]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("terminal", [False, True], ids=["piped", "terminal"])
def test_no_command_that_reads_lets_anything_through(forced: Path, labtrack: Labtrack, format: str, terminal: bool) -> None:
    for line in [*map(list, LISTS), *map(command, OF_ONE)]:
        ran = labtrack("--db", forced, *line, "--format", format, terminal=terminal)
        assert ran.status == 0, ran.err
        assert MARK in ran.out or line[0] in WITHOUT_TEXTS, f"{line} shows nothing of the record"
        if format == "csv":
            assert [cell for row in ran.rows for cell in row.values() if runs(cell)] == [], line
            check(Ran(0, ran.out.replace("\r\n", "\n"), ran.err), data=not terminal)
        else:
            check(Ran(0, OWN_COLORS.sub("", ran.out), ran.err))


@pytest.mark.parametrize("line", PLAIN, ids=lambda line: " ".join(line[::2]))
def test_nor_do_pages_and_lists_of_faults(forced: Path, labtrack: Labtrack, line: tuple[str, ...]) -> None:
    ran = labtrack("--db", forced, *line)
    assert MARK in ran.out + ran.err
    check(ran)


def test_the_list_of_accounts_lets_nothing_through(forced: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)
    clinics.add_account(forced)
    for format in FORMATS:
        reading, writing = os.pipe()
        os.write(writing, f"{clinics.WORDS}\n".encode())
        os.close(writing)
        monkeypatch.setenv("LABTRACK_ACCOUNT_FD", str(reading))
        ran = labtrack("--db", forced, "--user", "maria", "user", "list", "--format", format)
        os.close(reading)
        assert (ran.status, MARK in ran.out) == (0, True), ran.err
        check(ran, data=format == "csv")


def test_nothing_that_was_imported_or_typed_acts_on_a_terminal_even_as_csv(entered: Path, labtrack: Labtrack) -> None:
    for line in (["patient", "list"], ["audit"], ["worklist"], ["assess", "--all"], ["show", "E01"]):
        ran = labtrack("--db", entered, *line, "--format", "csv")
        assert MARK in ran.out
        assert CONTROL.findall(ran.out) == [], line


def test_csv_and_json_hold_the_texts_that_were_recorded(forced: Path, labtrack: Labtrack) -> None:
    listed = labtrack("--db", forced, "patient", "list", "--format", "csv").out
    read = list(csv.DictReader(io.StringIO(listed, newline="")))
    assert {unguard(row["name"]) for row in read} == {ALL, *TRICKS.values()}
    assert {unguard(row["phone"]) for row in read} == {ALL, *TRICKS.values()}
    objects = json.loads(labtrack("--db", forced, "patient", "list", "--format", "json").out)
    assert {each["name"] for each in objects} == {ALL, *TRICKS.values()}


#: What a person may type, with the trick in the place of ``*``; what it is about is there or not.
TYPED = (
    "show *", "trend E01 *", "trend * hb", "assess --patient *", "assess --as-of *", "assess --format *", "worklist --state *",
    "due --within *", "rules *", "view *", "patient show *", "patient edit * --name x", "patient edit E01 --name * --sex *",
    "patient edit E01 --weight-kg *", "patient add E01 --name * --birth-date 1970-01-01 --sex F",
    "patient add * --name * --birth-date 1970-01-01 --sex F", "patient add Q --name x --birth-date * --sex F",
    "course start E01 * --dose-mg 1 --frequency daily --on 2026-11-20", "course dose E01 --dose-mg * --on 2026-11-20",
    "course dose E01 --dose-mg 2 --frequency * --on 2026-11-20", "course hold E01 --reason * --on 2026-11-20",
    "course stop E01 --reason * --on *", "course resume * --on 2026-11-20", "course baseline E01 * --at 2026-11-19 --reason *",
    "event add E01 * --on 2026-11-20", "event add E01 vte --on 2026-11-20 --note *", "event end E01 * --on 2026-11-20",
    "record E01 *", "record E01 *=1:g/dL", "record E01 hb=*:g/dL", "record E01 hb=1:*", "record E01 hb=9:g/dL --at *",
    "record E01 hb=9:g/dL --at 2026-11-20 --lab *", "amend * 9:g/dL --reason x", "amend 1 *:* --reason *", "amend 1 9:* --reason *",
    "strike 1 --reason *", "strike * --reason x", "acknowledge E01 * --reason x", "acknowledge * hb-below-8 --reason *",
    "acknowledge E01 hb-below-8 --reason x --until *", "import *", "import x --as *", "import x --map *", "import x --encoding *",
    "export * -o -", "export report --patient E01 -o *", "export summary --patient * -o -", "backup nowhere/*", "restore *", "watch *",
    "user add *",
    "user disable *", "*", "--* show", "--db * info", "--region * info", "--as-of * due", "audit --patient *",
)  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_no_message_about_what_was_typed_lets_anything_through(
    entered: Path, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    ran = labtrack("--db", entered, *(part.replace("*", BRIEF) for part in typed.split(" ")))
    assert ran.status in (0, 1, 2, 3)
    check(ran, data=ran.out.startswith(CSV_HEADERS))
    assert "unexpected" not in ran.err
    assert not (tmp_path / "entered.log").exists()


def test_half_characters_are_refused_in_words(entered: Path, labtrack: Labtrack) -> None:
    for typed in ("show *", "patient edit E01 --name *", "event add E01 vte --on 2026-11-20 --note *", "import *"):
        ran = labtrack("--db", entered, *(part.replace("*", HALF) for part in typed.split(" ")))
        assert (ran.status, "is not text in UTF-8" in ran.err) == (2, True)
        check(ran)


def test_refused_rows_are_guarded_where_they_are_written(labtrack: Labtrack, tmp_path: Path) -> None:
    files = clinics.write_sheets(tmp_path, {name: text for name, text in TRICKS.items() if not any(map(clinics.is_control, text))})
    to_terminal = labtrack("import", *files)
    assert to_terminal.status == 1
    check(to_terminal)
    assert labtrack("--db", tmp_path / "other.db", "import", *files, "--rejects", tmp_path / "rejects.csv").status == 1
    for text in (to_terminal.err, (tmp_path / "rejects.csv").read_text(encoding="utf-8")):
        assert MARK in text
        assert [*harms(text.replace("\r\n", "\n"))] == []
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [cell for row in rows for cell in row if runs(cell)] == []
    assert len(rows) > 40
