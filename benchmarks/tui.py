"""What the screens cost: from process start to the first frame and to the filled worklist, and a worklist of any length.

Processes run in a terminal of their own (a pseudo-terminal of 120 × 36); a frame counts as shown when a word of it has arrived there.
"""

from __future__ import annotations

import csv
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path

from benchmarks.clinic import TODAY, opened
from benchmarks.measure import Line, Section, environment, seconds, shown
from labtrack.clinic import Clinic, Entry
from labtrack.clinic.lines import NO_DATE, search_text
from labtrack.core.record import CollectedAt, Patient, Sex
from labtrack.store import compiled as sql

FEW, MANY = 1_000, 100_000
FIRST_FRAME, FILLED, MORE = 1.5, 3.0, 1.5
#: A patient with so many results opens within so many seconds; what typed values mean is known within the other.
RESULTS, OPENED, MEANT = 2_000, 0.150, 0.030
LONG = "long"
_USUAL = (
    ("hb", 13.1, "g/dL"), ("wbc", 6.1, "10*9/L"), ("anc", 3.5, "10*9/L"), ("alc", 1.6, "10*9/L"), ("plt", 240.0, "10*9/L"),
    ("alt", 24.0, "U/L"), ("ast", 22.0, "U/L"), ("ldl", 104.0, "mg/dL"), ("creatinine", 0.8, "mg/dL"), ("crp", 3.0, "mg/L"),
)  # fmt: skip
#: A Textual app that shows an empty table and nothing else.
BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer
class Bare(App):
    def compose(self):
        yield DataTable()
        yield Footer()
    def on_mount(self):
        self.query_one(DataTable).add_columns("Bareword", "Another")
Bare().run()
"""
_STATES = (("needs-action", 0), ("needs-action", 1), ("overdue", 3), ("due", 3), ("cannot-evaluate", 3), *[("clear", 3)] * 15)
_SECONDS = 60.0


def crowd(path: Path, count: int) -> Path:
    """A clinic of so many patients with a course and an assessment each, written through the store's own statements.

    Names are ``Patient 000000`` and so on; the last in the order of the worklist is ``Zuletzt``.
    """
    with closing(opened(path)) as clinic, clinic.store.write() as writer:
        run = writer.session.run_many
        people = [(f"{number:06d}", _name(number, count)) for number in range(1, count + 1)]
        run(sql.ADD_PATIENT, [(mrn, name, "1961-04-05", "F", None, "", "", 0) for mrn, name in people])
        since = (TODAY - timedelta(200)).isoformat()
        run(sql.ADD_COURSE, [(number, "baricitinib", 2.0, "daily", since, None, "") for number in range(1, count + 1)])
        run(sql.ADD_ASSESSMENT, [_assessment(clinic, number, *people[number - 1], count) for number in range(1, count + 1)])
        writer.audit("crowd", {"patients": count})
    with closing(opened(path)) as clinic:
        clinic.overview()
    return path


def long_record(path: Path, folder: Path) -> Path:
    """A clinic of one patient with :data:`RESULTS` results of ten analytes over some years."""
    with closing(opened(path)) as clinic:
        clinic.add_patient(Patient(LONG, "Long, Lena", date(1961, 4, 5), Sex.FEMALE, 61.0))
        clinic.start_course(LONG, "baricitinib", 2.0, "daily", TODAY - timedelta(1_300))
        file = folder / "results.csv"
        with file.open("w", newline="") as out:
            write = csv.writer(out)
            write.writerow(("mrn", "analyte", "value", "unit", "collected_at"))
            for place in range(RESULTS // len(_USUAL)):
                on = (TODAY - timedelta(7 * place)).isoformat()
                write.writerows((LONG, name, f"{usual * (1 + place % 7 / 50):.2f}", unit, on) for name, usual, unit in _USUAL)
        clinic.import_files([file])
        clinic.overview()
    return path


def _opening_a_patient(path: Path, folder: Path) -> float:
    """From the key in the list until the patient's birth date is on the screen; its modules were loaded while nothing was done."""
    terminal = Terminal(["-m", "labtrack", "--db", str(path)], folder)
    try:
        terminal.seen("MRN long")
        time.sleep(2.0)
        start = terminal.type("\r")
        return terminal.seen("born 1961-04-05") - start
    finally:
        terminal.close()


def _meanings(path: Path, rounds: int) -> float:
    """What a keystroke in the form costs the clinic: seconds, the median."""
    typed = [Entry("anc", "0.8", "10*9/L"), Entry("hb", "12.1", "g/dL"), Entry("alt", "30", "U/L"), Entry("ldl", "150", "mg/dL")]
    with closing(opened(path)) as clinic:
        clinic.meaning(LONG, typed, CollectedAt(TODAY))
        took = [seconds(lambda: clinic.meaning(LONG, typed, CollectedAt(TODAY))) for _ in range(rounds * 5)]
    return statistics.median(took)


def _name(number: int, count: int) -> str:
    return "Zuletzt, Zoe" if number == count else f"Patient {number:06d}"


def _assessment(clinic: Clinic, number: int, mrn: str, name: str, count: int) -> tuple[object, ...]:
    state, rank = ("clear", 3) if number == count else _STATES[number % len(_STATES)]
    due = "" if number == count else (TODAY + timedelta(number % 300 - 20)).isoformat()
    worst = ("urgent", "action", "", "")[rank]
    found = ("anc-below-1", "ANC 0.82 ×10⁹/L is below 1.", "ANC 0.82 below 1", "label") if worst else ("", "", "", "")
    return (
        number, TODAY.isoformat(), None, clinic.judge.rule_set, 0, state, rank, worst, found[0], found[1], "cbc" if due else "",
        due, "later" if due else "", 0, "", mrn, due or NO_DATE, search_text(name, mrn), 1, found[2], found[3], 0,
    )  # fmt: skip


class Terminal:
    """A program in a terminal of its own; ``seen`` waits for a text to arrive there."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self.start = time.perf_counter()
        main, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        surroundings = {
            **environment(), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LABTRACK_TODAY": TODAY.isoformat(),
            "LABTRACK_CONFIG": str(folder / "labtrack.toml"), "HOME": str(folder),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, *arguments], stdin=other, stdout=other, stderr=other, env=surroundings, start_new_session=True
        )
        os.close(other)
        self.main = main
        self.text = b""

    def seen(self, word: str) -> float:
        """Seconds from the start until a word is on the screen; what came before is forgotten."""
        wanted = word.encode()
        while wanted not in self.text:
            if time.perf_counter() - self.start > _SECONDS:
                raise RuntimeError(f"{word!r} never came; last: {self.text[-2000:]!r}")
            if select.select([self.main], [], [], 1.0)[0]:
                self.text += os.read(self.main, 65_536)
        found = time.perf_counter() - self.start
        self.text = self.text.partition(wanted)[2]
        return found

    def type(self, keys: str) -> float:
        """Press keys; when."""
        os.write(self.main, keys.encode())
        return time.perf_counter() - self.start

    def close(self) -> None:
        """End the program."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.main)


def _bare(folder: Path) -> float:
    terminal = Terminal(["-c", BARE], folder)
    try:
        return terminal.seen("Bareword")
    finally:
        terminal.close()


def _visit(path: Path, folder: Path) -> dict[str, float]:
    """One visit of the worklist: seconds to the first frame and to the first patient, then for finding one, and for the last line."""
    terminal = Terminal(["-m", "labtrack", "--db", str(path)], folder)
    try:
        took = {"first frame": terminal.seen("Opening the clinic"), "filled": terminal.seen("ANC 0.82 below 1")}
        terminal.seen("MRN")
        time.sleep(0.3)
        terminal.type("/")
        terminal.seen("MRN or rule")
        start = terminal.type("000777")
        took["find"] = terminal.seen("Patient 000777") - start
        time.sleep(0.3)
        terminal.type("\x1b")
        terminal.seen("Patient 000")
        time.sleep(0.3)
        start = terminal.type("\x1b[F")
        took["end"] = terminal.seen("Zuletzt") - start
        took["all"] = took["filled"] + took["find"] + took["end"]
        return took
    finally:
        terminal.close()


def _medians(found: Iterable[dict[str, float]]) -> dict[str, float]:
    listed = list(found)
    return {name: statistics.median(each[name] for each in listed) for name in listed[0]}


def measure(rounds: int) -> Section:
    """Medians of visits that take turns."""
    bare, few, many, patient = [], [], [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        small, large = crowd(folder / "few.db", FEW), crowd(folder / "many.db", MANY)
        long = long_record(folder / "long.db", folder)
        _visit(small, folder)
        _bare(folder)
        _opening_a_patient(long, folder)
        for _ in range(rounds):
            bare.append({"bare": _bare(folder)})
            few.append(_visit(small, folder))
            many.append(_visit(large, folder))
            patient.append(_opening_a_patient(long, folder))
        meant = _meanings(long, rounds)
    empty, less, more = _medians(bare)["bare"], _medians(few), _medians(many)
    against = "Textual, empty table"
    section = Section("Terminal screens")
    section.lines = [
        Line("start to first frame", less["first frame"], against, empty, FIRST_FRAME),
        Line(f"start to filled worklist, {FEW:,} patients", less["filled"], against, empty, FILLED),
        Line(f"open a patient with {RESULTS:,} results", statistics.median(patient), "the target", OPENED, 1.0),
        Line("what typed values mean, off the UI thread", meant, "the target", MEANT, 1.0),
        Line(f"worklist of {MANY:,}: open, find, go to the end", more["all"], f"of {FEW:,}", less["all"], MORE),
    ]
    section.header = ("worklist", f"{FEW:,} patients", f"{MANY:,} patients", "ratio")
    called = {"first frame": "start to first frame", "filled": "start to filled", "find": "find an MRN", "end": "go to the end"}
    section.rows = [(said, shown(less[key]), shown(more[key]), f"{more[key] / less[key]:.2f}×") for key, said in called.items()]
    section.notes = [f"Every process in a pseudo-terminal of 120 × 36. The empty Textual app: {shown(empty)}."]
    return section
