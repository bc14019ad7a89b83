"""A whole session of the real program on an encrypted clinic, killed in between: no file that it wrote holds anything of the record.

Everything that it may write to is in one folder (its home, its temporary files, the clinic), which is searched as bytes after each step:
for who, the number, the phone, a note, a laboratory and a value, and for the passphrases, in UTF-8, UTF-16, hexadecimal and base64.
Exports stand elsewhere, where they were told to.
"""

from __future__ import annotations

import base64
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal and /proc")]

WORDS, OTHER, HERS = "plover anvil quince ledger", "walrus tulip gasket ember", "kestrel oboe thimble"
NAME, MRN, PHONE, NOTE, LAB, VALUE = (
    "Quartermain, Zebulon",
    "MRN-77441-XQ",
    "+4915559876",
    "shingles zebra-striped",
    "Weirlab Oxbow",
    "13.97531",
)
SECRETS = (NAME, "Quartermain", "Zebulon", MRN, PHONE, NOTE, LAB, VALUE, WORDS, OTHER, HERS)
SOURCE = Path(__file__).resolve().parents[2] / "src"


def forms(text: str) -> Iterator[bytes]:
    """A text as it could stand in a file."""
    for each in (text, text.casefold(), text.upper()):
        raw = each.encode()
        yield raw
        yield raw.hex().encode()
        yield each.encode("utf-16-le")
        yield each.encode("utf-16-be")
        for shift in range(3):  # base64 of it wherever it begins, without the ends that its neighbors reach into
            yield base64.b64encode(b"x" * shift + raw)[4 if shift else 0 : -4]


NEEDLES = {needle: text for text in SECRETS for needle in forms(text) if len(needle) > 5}


def told(folder: Path) -> list[str]:
    """What of it stands in which file or file name."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = str(path.relative_to(folder)).encode("utf-8", "surrogateescape")
        with suppress(OSError):
            content += b"\n" + path.read_bytes() if path.is_file() else b""
        found += [f"{path.name}: {text}" for needle, text in NEEDLES.items() if needle in content]
    return found


class Session:
    """The program, with everything of its own in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root / "machine"
        self.out = root / "told-to"
        self.clinic = self.root / "data" / "clinic.db"
        for each in (self.root / "home", self.root / "tmp", self.root / "run", self.clinic.parent, self.out):
            each.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LABTRACK", "XDG", "TMP"))}
        self.environment = {
            **kept,
            "HOME": str(self.root / "home"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "TMPDIR": str(self.root / "tmp"),
            "SQLITE_TMPDIR": str(self.root / "tmp"),
            "PYTHONPATH": str(SOURCE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LABTRACK_DB": str(self.clinic),
            "LABTRACK_TODAY": "2026-11-22",
            "TERM": "xterm-256color",
        }

    @contextmanager
    def descriptors(self, words: tuple[str, ...], account: str) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
        """Pipes with the passphrases of the file and of the account."""
        ends, names = [], {}
        for variable, lines in (("LABTRACK_PASSPHRASE_FD", words), ("LABTRACK_ACCOUNT_FD", (HERS, HERS))):
            reading, writing = os.pipe()
            os.write(writing, "".join(f"{line}\n" for line in lines).encode())
            os.close(writing)
            ends.append(reading)
            names[variable] = str(reading)
        if account:
            names["LABTRACK_USER"] = account
        try:
            yield names, tuple(ends)
        finally:
            for each in ends:
                os.close(each)

    def run(self, *arguments: str | Path, words: tuple[str, ...] = (WORDS,), account: str = "", status: int = 0) -> str:
        """One command to its end; its output."""
        with self.descriptors(words, account) as (names, ends):
            ran = subprocess.run(
                [sys.executable, "-m", "labtrack", *map(str, arguments)],
                env={**self.environment, **names}, pass_fds=ends, capture_output=True, text=True, check=False, cwd=self.root,
            )  # fmt: skip
        assert ran.returncode == status, (arguments, ran.stderr)
        assert not any(each in ran.stdout + ran.stderr for each in (WORDS, OTHER, HERS))
        assert told(self.root) == [], arguments
        return ran.stdout

    def killed(self, *arguments: str | Path, after: float, words: tuple[str, ...] = (WORDS,), account: str = "") -> None:
        """One command, killed on the way."""
        with self.descriptors(words, account) as (names, ends):
            process = subprocess.Popen(
                [sys.executable, "-m", "labtrack", *map(str, arguments)],
                env={**self.environment, **names}, pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.root,
            )  # fmt: skip
            time.sleep(after)
            process.kill()
            process.wait()
        assert told(self.root) == [], arguments

    def on_screen(self, value: str, account: str) -> None:
        """Opens the screens on a terminal, types a value into the form of the first patient until a draft is kept, and is killed."""
        with self.descriptors((WORDS,), account) as (names, ends):
            master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
            process = subprocess.Popen(
                [sys.executable, "-m", "labtrack"],
                env={**self.environment, **names}, pass_fds=ends, stdin=slave, stdout=slave, stderr=slave, cwd=self.root,
                start_new_session=True,
            )  # fmt: skip
            os.close(slave)
            try:
                shown = read_until(master, b"Passphrase", 30)
                assert b"Passphrase" in shown
                os.write(master, f"{HERS}\r".encode())
                assert b"Quartermain" in read_until(master, b"Quartermain", 30)
                os.write(master, b"n")
                shown = read_until(master, b"Hemoglobin", 30)
                drafts = self.clinic.with_name("clinic.db.drafts")
                for _ in range(15):  # what is typed before the form is there is lost
                    os.write(master, value.encode())
                    shown += read_until(master, b"\0never", 2)
                    if any(drafts.glob("*.draft")):
                        break
                assert any(drafts.glob("*.draft")), shown[-3000:].decode(errors="replace")
                seen = Path(f"/proc/{process.pid}/cmdline").read_bytes()
                # What is in the environment of a process others of the same person can read.
                with suppress(OSError):
                    seen += Path(f"/proc/{process.pid}/environ").read_bytes()
                assert not any(each.encode() in seen for each in (WORDS, OTHER, HERS))
                assert told(self.root) == []
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
                os.close(master)
        assert told(self.root) == []


def read_until(master: int, what: bytes, seconds: float) -> bytes:
    """What the terminal was sent until it held something, or for so long."""
    found, end = b"", time.monotonic() + seconds
    while what not in found and time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                found += os.read(master, 65_536)
            except OSError:
                break
    return found


def test_the_search_finds_each_form(tmp_path: Path) -> None:
    for number, text in enumerate((NAME.encode("utf-16-le"), base64.b64encode(f"ab{VALUE}cd".encode()), PHONE.encode().hex().encode())):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "file").write_bytes(b"\0\x07" + text + b"\0")
        assert told(place), text
    assert told(SOURCE.parent / "docs") == []


def test_no_file_of_a_whole_session_holds_anything_of_the_record(tmp_path: Path) -> None:
    machine = Session(tmp_path)
    inbox = machine.out
    (inbox / "patients.csv").write_text(f'mrn,name,birth_date,sex,phone\n{MRN},"{NAME}",1961-04-05,M,{PHONE}\n', encoding="utf-8")
    rows = "".join(f"{MRN},hb,{VALUE},g/dL,2026-10-{day:02}T08:15,{LAB}\n" for day in range(1, 29))
    (inbox / "results.csv").write_text(f"mrn,analyte,value,unit,collected_at,lab\n{rows}", encoding="utf-8")
    (inbox / "bad.csv").write_text(f'mrn,analyte,value,unit,collected_at,lab\n{MRN},hb,{VALUE},g/dL,"{NAME}",{LAB}\n', encoding="utf-8")
    machine.run("init", "--encrypt")
    machine.run("import", inbox / "patients.csv", inbox / "results.csv")
    machine.run("event", "add", MRN, "herpes-zoster", "--on", "2026-11-10", "--note", NOTE)
    machine.run("import", inbox / "bad.csv", "--strict", status=3)
    machine.run("user", "add", "maria", "--role", "clinician")
    as_maria = {"account": "maria"}
    assert VALUE in machine.run("show", MRN, **as_maria)
    machine.run("export", "report", "--patient", MRN, "-o", inbox / "report.pdf", **as_maria)
    machine.run("export", "all", "-o", "/proc/nowhere", status=3, **as_maria)
    machine.run("export", "fhir", "-o", "/dev/full", status=3, **as_maria)
    machine.run("backup", machine.root / "copy.db", **as_maria)
    machine.on_screen(VALUE, "maria")
    for after in (0.4, 0.8):
        machine.killed("import", inbox / "results.csv", after=after, **as_maria)
        machine.killed("rekey", words=(WORDS, WORDS), after=after, **as_maria)
    machine.run("verify", **as_maria)
    machine.run("rekey", words=(WORDS, OTHER), **as_maria)
    shown = machine.run("show", MRN, words=(OTHER,), **as_maria)
    assert shown.count(VALUE) >= 1
    machine.run("restore", machine.root / "copy.db", words=(OTHER, WORDS), **as_maria)
    machine.run("worklist", words=(WORDS,), status=3, **as_maria)
    assert [each for each in Path("/dev/shm").glob("*") if each.name.startswith(("labtrack", "etilqs"))] == []
    shutil.rmtree(machine.root)
