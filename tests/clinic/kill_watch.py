"""``labtrack watch`` killed at random points while results stream in: run by hand, and in short by the tests.

    PYTHONPATH=src:. python tests/clinic/kill_watch.py --kills 200 --messages 1000 --seed 7 [--format csv]

One process writes messages into a folder as laboratories do: one or many in a file, whole or slowly, names used again; corrections,
deletions and repetitions are among them. Another is ``labtrack watch``, which is killed (SIGKILL) and started again. In the end every
result must be in the clinic exactly once with what it replaces, every file in ``done`` with its reports, which tell of each result once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

TODAY = date(2026, 11, 22)
#: Our key, LOINC code, unit, least and greatest value.
ANALYTES = (
    ("plt", "777-3", "10*3/uL", 160, 380),
    ("hb", "718-7", "g/dL", 11, 16),
    ("wbc", "6690-2", "10*3/uL", 4, 9),
    ("alt", "1742-6", "U/L", 12, 38),
    ("creatinine", "2160-0", "mg/dL", 1, 1),
)
PATIENTS = 24
CSV_HEAD = "mrn,analyte,value,unit,collected_at,specimen_id,status\n"
STATUSES = {"F": "final", "C": "corrected", "A": "amended", "D": "entered-in-error"}
#: Seconds that a file must stay the same; a slow writer pauses for less.
SETTLE = 0.1


@dataclass(frozen=True)
class Message:
    """One version of an order: its analytes (places in ANALYTES) and their values as printed."""

    order: int
    mrn: str
    at: datetime
    status: str
    values: tuple[tuple[int, str], ...]

    def text(self, number: int, format: str) -> str:
        """As it is sent; ``number`` counts what is sent."""
        if format == "csv":
            start, end = f"{self.mrn},", f",{self.at:%Y-%m-%dT%H:%M},S{self.order},{STATUSES[self.status]}\n"
            return "".join(f"{start}{ANALYTES[place][0]},{value},{ANALYTES[place][2]}{end}" for place, value in self.values)
        segments = [
            f"MSH|^~\\&|LIS|ACME|||20261120||ORU^R01|{number}|P|2.5",
            f"PID|1||{self.mrn}^^^HOSP^MR||Person^{self.mrn}||19600101|F",
            f"OBR|1||F{self.order}^LIS|CBC^Counts^L|||{self.at:%Y%m%d%H%M}",
        ]
        for row, (place, value) in enumerate(self.values, 1):
            _, code, unit, *_ = ANALYTES[place]
            segments.append(f"OBX|{row}|NM|{code}^x^LN||{value}|{unit}|||||{self.status}|||{self.at:%Y%m%d%H%M}")
        return "\r".join(segments) + "\r"


@dataclass
class Plan:
    """What is sent, file by file, and what the clinic must hold in the end: every version, and the value that it replaces if any."""

    files: list[list[Message]]
    wanted: Counter[tuple[str, str, str, str, str, str, bool]] = field(default_factory=Counter)


def planned(seed: int, messages: int, format: str) -> Plan:
    """About four messages to a file; a sixth of the messages corrects or deletes, one in thirty repeats an earlier one.

    Rows of CSV name no report that they are a version of: there, a correction of a correction is "amended".
    """
    chance, sent, newest = Random(seed), list[Message](), dict[int, Message]()
    history: dict[int, list[Message]] = {}
    while len(sent) < messages:
        kind = chance.random()
        if newest and kind < 0.16:
            before = newest[chance.choice(list(newest))]
            if kind < 0.02:
                message = Message(before.order, before.mrn, before.at, "D", before.values)
                del newest[before.order]
            else:
                tries = len(history[before.order])
                values = tuple((place, _value(chance, place, tries)) for place, _ in before.values)
                message = newest[before.order] = Message(
                    before.order, before.mrn, before.at, "A" if before.status == "C" and format == "csv" else "C", values
                )
            history[before.order].append(message)
        elif sent and kind < 0.19:
            message = chance.choice(sent)
        else:
            order = len(history) + 1
            at = datetime(2026, 1, 1) + timedelta(minutes=37 * order)
            places = chance.sample(range(len(ANALYTES)), chance.randint(1, 4))
            values = tuple((place, _value(chance, place, 0)) for place in places)
            message = Message(order, f"P{chance.randint(1, PATIENTS):03d}", at, "F", values)
            newest[order], history[order] = message, [message]
        sent.append(message)
    plan, first = Plan([]), 0
    while first < len(sent):
        size = chance.choice((1, 1, 1, 2, 4, 12))
        plan.files.append(sent[first : first + size])
        first += size
    for versions in history.values():
        for place, version in enumerate(versions):
            for part, (analyte, value) in enumerate(version.values):
                replaced = versions[place - 1].values[part][1] if place else ""
                is_gone = place + 1 < len(versions)
                row = (
                    version.mrn,
                    ANALYTES[analyte][0],
                    f"{version.at:%Y-%m-%dT%H:%M}",
                    value,
                    STATUSES[version.status],
                    replaced,
                    is_gone,
                )
                plan.wanted[row] += 1
    return plan


def _value(chance: Random, place: int, version: int) -> str:
    """A value that no other version of the order has: its last digits are the version's number."""
    *_, low, high = ANALYTES[place]
    return f"{chance.randint(low, high)}.{version:02d}"


def write_stream(folder: Path, progress: Path, seed: int, messages: int, format: str, kills: int) -> None:
    """The writer's process: file by file, no faster than the kills come, so that the stream lasts as long as they do."""
    plan, chance, number = planned(seed, messages, format), Random(seed + 1), 0
    manifest = folder.parent / "sent.txt"
    for place, batch in enumerate(plan.files):
        while int(progress.read_text() or "0") * len(plan.files) < (place - 2) * kills:
            time.sleep(0.01)
        text = CSV_HEAD if format == "csv" else ""
        for message in batch:
            number += 1
            text += message.text(number, format)
        name = f"results.{format}" if chance.random() < 0.3 else f"m{place}.{format}"
        path = folder / name
        while path.exists():  # no sender may count on another's file being gone
            time.sleep(0.01)
        _send(path, text, slowly=chance.random() < 0.15)
        with manifest.open("a", encoding="utf-8") as stream:
            stream.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n")
        time.sleep(0.006 + 0.02 * chance.random())  # modification times of two files must differ


def _send(path: Path, text: str, *, slowly: bool) -> None:
    if slowly:
        with path.open("w", encoding="utf-8", newline="") as stream:
            for first in range(0, len(text), len(text) // 2 + 1):
                stream.write(text[first : first + len(text) // 2 + 1])
                stream.flush()
                time.sleep(SETTLE / 10)
        return
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    part.rename(path)


@dataclass
class Figures:
    """What was done and found. ``found`` names the states of the folder ``taking`` after kills."""

    seed: int
    kills: int = 0
    files: int = 0
    messages: int = 0
    results: int = 0
    seconds: float = 0.0
    found: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def environment(home: Path) -> dict[str, str]:
    """The processes' own world."""
    own = {"LABTRACK_TODAY": TODAY.isoformat(), "LABTRACK_DB": str(home / "clinic.db"), "LABTRACK_CONFIG": str(home / "config" / "s.toml")}
    return {**os.environ, **own, "HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}


def campaign(home: Path, seed: int, kills: int, messages: int, format: str) -> Figures:
    """Kill and start again, then let it end in peace, then count."""
    began, chance, figures = time.monotonic(), Random(seed + 2), Figures(seed, messages=messages)
    inbox, progress, surroundings = home / "inbox", home / "progress", environment(home)
    inbox.mkdir()
    progress.write_text("0")
    _make_clinic(home, add_all=format == "csv")
    code = "import sys; from pathlib import Path; from tests.clinic.kill_watch import write_stream as w\n"
    code += "w(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5], int(sys.argv[6]))"
    arguments = [str(inbox), str(progress), str(seed), str(messages), format, str(kills)]
    writer = subprocess.Popen([sys.executable, "-c", code, *arguments], env=surroundings)
    try:
        while figures.kills < kills:
            with _started(inbox, surroundings) as watcher:
                _wait_for_some_time(watcher, chance)
                watcher.send_signal(signal.SIGKILL)
                if watcher.wait() != -signal.SIGKILL:
                    figures.faults.append(f"it ended by itself with status {watcher.returncode}")
                    break
            figures.kills += 1
            figures.found[_state(inbox)] += 1
            progress.with_suffix(".new").write_text(str(figures.kills))
            progress.with_suffix(".new").replace(progress)
        progress.write_text(str(kills + 10))
        if not figures.faults:
            figures.faults += _ended_in_peace(inbox, surroundings, writer)
    finally:
        writer.kill()
        writer.wait()
    figures.faults += _faults(home, planned(seed, messages, format), figures)
    figures.seconds = time.monotonic() - began
    return figures


def _make_clinic(home: Path, *, add_all: bool) -> None:
    from labtrack.clinic import Clinic, Settings
    from labtrack.core.record import Patient, Sex

    with Clinic.open(home / "clinic.db", today=TODAY, settings=Settings(), actor="harness") as clinic:
        for number in range(1, PATIENTS + 1 if add_all else PATIENTS // 2 + 1):
            clinic.add_patient(Patient(f"P{number:03d}", f"Person, P{number:03d}", date(1960, 1, 1), Sex.FEMALE))


def _started(inbox: Path, surroundings: dict[str, str]) -> subprocess.Popen[str]:
    options = ["--every", "0.05", "--settle", str(SETTLE), "--add-patients"]
    command = [sys.executable, "-m", "labtrack", "watch", str(inbox), *options]
    return subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True)


def _wait_for_some_time(watcher: subprocess.Popen[str], chance: Random) -> None:
    """One in eight is killed while it starts, the others while they watch: most of them soon after a file was there to take."""
    if chance.random() < 0.125:
        time.sleep(chance.random())
        return
    assert watcher.stderr is not None
    for line in watcher.stderr:
        if line.startswith("Watching "):
            break
    time.sleep(chance.choice((0.15, 0.4)) * chance.random())


def _state(inbox: Path) -> str:
    """Where the kill hit."""
    taking = inbox / "taking"
    names = sorted(path.name for path in taking.iterdir()) if taking.is_dir() else []
    reports = [name for name in names if name.endswith((".report.csv", ".report.txt"))]
    parts = [name for name in names if name.endswith(".part")]
    if len(names) == len(reports) + len(parts):
        return "between files"
    return f"a file being taken, {len(reports)} reports there{', one half written' if parts else ''}"


def _ended_in_peace(inbox: Path, surroundings: dict[str, str], writer: subprocess.Popen[bytes]) -> Iterator[str]:
    """Let it take the rest, then end it as a person would."""
    with _started(inbox, surroundings) as watcher:
        assert watcher.stderr is not None
        lines = iter(watcher.stderr.readline, "")
        next(lines, "")  # it says that it watches once it can be ended in peace
        deadline = time.monotonic() + 600
        while writer.poll() is None or any(path.is_file() and path.name[0] != "." for path in inbox.iterdir()) or _state(inbox)[0] == "a":
            if time.monotonic() > deadline or watcher.poll() is not None:
                yield "it did not come to an end"
                break
            time.sleep(0.05)
        watcher.send_signal(signal.SIGTERM)
        for line in lines:
            if "Traceback" in line:
                yield f"it said {line}"
        if watcher.wait(60) != 0:
            yield f"it ended with status {watcher.returncode}"
    if writer.returncode != 0:
        yield f"the writer ended with status {writer.returncode}"


def _faults(home: Path, plan: Plan, figures: Figures) -> Iterator[str]:
    from labtrack.clinic import Clinic, Settings

    figures.files = len(plan.files)
    with Clinic.open(home / "clinic.db", today=TODAY, settings=Settings(), actor="harness") as clinic:
        found: Counter[tuple[str, str, str, str, str, str, bool]] = Counter()
        for patient in clinic.patients():
            results = {each.result_id: each for each in clinic.chart(patient.mrn).results}
            for each in results.values():
                replaced = "+".join(results[number].value_text for number in each.supersedes)
                at = str(each.collected_at)[:16]
                found[patient.mrn, each.analyte, at, each.value_text, each.status.value, replaced, each.superseded] += 1
        figures.results = found.total()
        yield from (f"lost: {row} x {number}" for row, number in (plan.wanted - found).items())
        yield from (f"too many: {row} x {number}" for row, number in (found - plan.wanted).items())
        yield from clinic.verify()
    yield from _file_faults(home, plan)
    said = subprocess.run([sys.executable, "-m", "labtrack", "verify"], env=environment(home), capture_output=True, text=True, check=False)
    if said.returncode != 0:
        yield f"verify: {said.stderr}"


def _file_faults(home: Path, plan: Plan) -> Iterator[str]:
    inbox = home / "inbox"
    left = [str(path) for path in (*inbox.iterdir(), *(inbox / "taking").iterdir(), *(inbox / "refused").iterdir()) if path.is_file()]
    yield from (f"left: {path}" for path in left if not path.endswith("/.labtrack.lock"))
    data = [path for path in (inbox / "done").iterdir() if not path.name.endswith((".report.csv", ".report.txt"))]
    there = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in data)
    sent = Counter((home / "sent.txt").read_text().split())
    if sent.total() != len(plan.files) or there != sent:
        yield f"{sent.total()} of {len(plan.files)} files were sent, {there.total()} are done; differing: {(there - sent) + (sent - there)}"
    accepted = 0
    for path in data:
        table, text = path.with_name(f"{path.name}.report.csv"), path.with_name(f"{path.name}.report.txt")
        if not (table.is_file() and text.is_file()):
            yield f"{path.name} is without its reports"
            continue
        said = text.read_text(encoding="utf-8")
        if hashlib.sha256(path.read_bytes()).hexdigest() not in said or table.read_bytes() != b"file,line,column,text,reason\r\n":
            yield f"the reports of {path.name} are not its own"
        counts = re.search(r"^taken +([\d,]+) accepted", said, re.MULTILINE)
        accepted += int(counts[1].replace(",", "")) if counts else 0
    if accepted != plan.wanted.total():
        yield f"the reports tell of {accepted} results, {plan.wanted.total()} were sent"
    if len(list((inbox / "done").iterdir())) != 3 * len(data):
        yield "there are reports without a file"


def main(arguments: Sequence[str]) -> int:
    """Run one campaign and print its figures."""
    parser = argparse.ArgumentParser()
    for name, default in (("kills", 200), ("messages", 1000), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--format", choices=("hl7", "csv"), default="hl7")
    said = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="labtrack-kill-") as folder:
        figures = campaign(Path(folder), said.seed, said.kills, said.messages, said.format)
    print(f"seed {figures.seed}, {said.format}: {figures.kills} kills, {figures.messages} messages in {figures.files} files,", end=" ")
    print(f"{figures.results} results, {figures.seconds:.0f} s")
    for state, times in figures.found.most_common():
        print(f"  {times:4} {state}")
    print("\n".join(figures.faults[:40]) or "each exactly once; no fault")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
