"""Kills encrypt, decrypt, rekey and the restore of an encrypted backup at random moments: ``python -m tests.clinic.kill_encryption``.

After each kill the clinic must open, with the passphrase from before or the one from after, hold what it held, and verify; where it was
encrypted before and after, no file beside it may hold a name at that very moment. Then the same is done once more, to its end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from labtrack.clinic import Clinic, Settings, encryption
from labtrack.clinic.drafts import Draft, DraftValue
from labtrack.clinic.recording import Entry
from labtrack.core.errors import PassphraseNeeded, Refused
from labtrack.core.record import CollectedAt, Patient
from labtrack.store import cipher

OLD, NEW = "correct horse battery staple", "a wholly different passphrase"
TODAY, NAME, MRN = date(2026, 11, 22), "Zebulon Quartermain", "MRN-77441-XQ"
#: What each deed begins with and ends with: a passphrase, or none for a clinic in clear.
DEEDS = {"encrypt": ("", NEW), "decrypt": (OLD, ""), "rekey": (OLD, NEW), "restore": (OLD, OLD)}
#: Few rounds: what is tried here is the swap, not the derivation.
ROUNDS = 1_000
_LATER = 1.15


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one deed's kills: how many fell before it was done, and after."""

    name: str
    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.name:<8} {self.before + self.after:>4} kills: {self.before} left the old file, {self.after} the new one; all good"


def opened(place: Path, passphrase: str = "") -> Clinic:
    """The clinic, by a process that knows only this passphrase."""
    cipher.forget()
    return Clinic.open(place, today=TODAY, settings=Settings(), actor="m.ruiz", create=True, passphrase=passphrase or None)


def made(place: Path, passphrase: str, patients: int) -> None:
    """A clinic with drafts, a backup that labtrack keeps beside it, and one to restore from."""
    place.parent.mkdir(parents=True)
    with opened(place, passphrase) as clinic:
        for number in range(patients):
            mrn = f"{MRN}-{number}"
            clinic.add_patient(Patient(mrn, NAME))
            clinic.record(mrn, [Entry("hb", "13.97", "g/dL"), Entry("anc", "2.5", "10*9/L")], CollectedAt(date(2026, 11, 2)))
        clinic.drafts.keep(f"{MRN}-0", Draft("today", "", (DraftValue("hb", "13.97", "g/dL"),)))
        clinic.backup(place.with_name(f"{place.name}.before-restore-20261122T101112Z"))
        if passphrase:  # what a restore takes, and something that it changes
            clinic.backup(place.with_name("copy.db"))
            clinic.add_patient(Patient("LATER", NAME))


def do(place: Path, deed: str) -> None:
    """What is killed; this process knows the passphrase already."""
    if deed == "encrypt":
        encryption.encrypt(place, NEW, keep=False)
    elif deed == "decrypt":
        encryption.decrypt(place, keep=False)
    elif deed == "rekey":
        encryption.rekey(place, NEW, keep=False)
    else:
        Clinic.restore(place, place.with_name("copy.db"))


def child(place: Path, deed: str) -> None:
    """The process that is killed."""
    cipher.ROUNDS = ROUNDS
    if DEEDS[deed][0]:
        cipher.unlock(place, DEEDS[deed][0])
    print("go", flush=True)
    do(place, deed)


def killed(place: Path, deed: str, after: float | None) -> float:
    """Run one deed in a process of its own and kill it so many seconds after it began; how long it ran."""
    command = [sys.executable, "-m", "tests.clinic.kill_encryption", "--child", deed, str(place)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"go\n"
        begun = time.monotonic()
        if after is not None:
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
        status = process.wait()
    assert status in (0, -signal.SIGKILL), status
    assert after is not None or status == 0
    return time.monotonic() - begun


def in_clear(folder: Path) -> list[str]:
    """The files that hold the name."""
    return [each.name for each in folder.rglob("*") if each.is_file() and NAME.encode() in each.read_bytes()]


def looked_at(place: Path, deed: str, patients: int) -> bool:
    """Whether the deed was done when it was killed. AssertionError for anything that does not hold."""
    before, after = DEEDS[deed]
    if before and after:
        assert in_clear(place.parent) == []
    for passphrase in dict.fromkeys((after, before)):
        try:
            clinic = opened(place, passphrase)
        except (PassphraseNeeded, Refused):
            continue
        with clinic:
            assert clinic.verify() == []
            held = [each.mrn for each in clinic.patients()]
            assert len([mrn for mrn in held if mrn != "LATER"]) == patients
            assert clinic.drafts.find(f"{MRN}-0").draft is not None
        is_done = "LATER" not in held if deed == "restore" else passphrase == after
        assert not cipher.part_of(place).exists()
        return is_done
    raise AssertionError("no passphrase opens it")


def finished(place: Path, deed: str, *, is_done: bool) -> None:
    """Do it once more, to its end; then nothing is in clear that should not be."""
    before, after = DEEDS[deed]
    cipher.forget()
    passphrase = after if is_done else before
    if passphrase:
        cipher.unlock(place, passphrase)
    if deed == "restore" or not is_done or (deed == "encrypt" and encryption.in_clear(place)):
        do(place, deed)
    if deed != "decrypt":
        with opened(place, after):
            assert in_clear(place.parent) == []


def campaign(deed: str, kills: int, seed: int, folder: Path, patients: int = 40) -> Tally:
    """So many kills of one deed, each on a fresh copy."""
    random, template = Random(f"{deed} {seed}"), folder / f"{deed}-template"
    cipher.ROUNDS = ROUNDS
    made(template / "clinic.db", DEEDS[deed][0], patients)
    lasts = 0.0
    for _ in range(2):
        trial = folder / f"{deed}-trial"
        shutil.copytree(template, trial)
        lasts = killed(trial / "clinic.db", deed, None)
        shutil.rmtree(trial)
    found: Counter[bool] = Counter()
    for number in range(kills):
        place = folder / f"{deed}-{number}" / "clinic.db"
        shutil.copytree(template, place.parent)
        killed(place, deed, random.uniform(0, lasts * _LATER))
        is_done = looked_at(place, deed, patients)
        found[is_done] += 1
        finished(place, deed, is_done=is_done)
        shutil.rmtree(place.parent)
    return Tally(deed, found[False], found[True])


def main() -> None:
    """Every deed, or one, so many times."""
    parser = argparse.ArgumentParser(prog="python -m tests.clinic.kill_encryption", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="of each deed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(DEEDS))
    parser.add_argument("--child", nargs=2, metavar=("DEED", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(Path(chosen.child[1]), chosen.child[0])
        return
    with TemporaryDirectory() as folder:
        for deed in [chosen.only] if chosen.only else DEEDS:
            print(campaign(deed, chosen.kills, chosen.seed, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
