"""What a clinic remembers of watched folders, so that silence is told: absence of results is data too.

One setting for each folder tells since when it is watched, when it was last looked into, when something that could be read last came, and
after how many days without anything a person wants to be told; another is the receipt of the last file that was imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from labtrack.store import Writer

_PREFIX, _RECEIPT = "watched folder ", "receipt of folder "
#: Days of silence after which the worklist tells, unless somebody says another number; 0 is never.
SILENT_DAYS = 7


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """One folder. ``arrived`` is None while nothing has come since it was watched. Days are the clinic's, as it judges."""

    path: str
    since: date
    looked: date
    arrived: date | None = None
    silent_days: int = SILENT_DAYS

    def silence(self, today: date) -> str:
        """What a person should know by now, a sentence or two; empty where nothing is to be told."""
        days = (today - (self.arrived or self.since)).days
        if not self.silent_days or days < self.silent_days:
            return ""
        never = "" if self.arrived else "never yet; "
        text = f"Nothing has arrived in the watched folder {self.path} for {_days(days)} ({never}asked to tell after {self.silent_days:,})."
        unseen = (today - self.looked).days
        return f"{text} Last looked into {_days(unseen)} ago: is labtrack watch running?" if unseen > 1 else text

    def facts(self) -> str:
        """Where it is, and when what happened, in one line."""
        arrived = f"last arrival {self.arrived}" if self.arrived else f"nothing has arrived since {self.since}"
        return f"{self.path} ({arrived}, last looked into {self.looked})"


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a file's import was committed: its name and hash, the number in its reports, whether any row was refused, the counts."""

    name: str
    sha256: str
    number: str
    refused: bool
    summary: str


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number:,} days"


def name_of(folder: Path) -> str:
    """A folder's path as it is remembered; bytes that are no text are spelled out."""
    return str(folder).encode("utf-8", "backslashreplace").decode()


def watched_folders(settings: Mapping[str, str]) -> list[WatchedFolder]:
    """The folders that a clinic knows of, by path."""
    return [_read(key.removeprefix(_PREFIX), text) for key, text in sorted(settings.items()) if key.startswith(_PREFIX) and text]


def silences(settings: Mapping[str, str], today: date) -> tuple[str, ...]:
    """What is to be told of folders into which nothing has come for too long."""
    return tuple(text for each in watched_folders(settings) if (text := each.silence(today)))


def watched_facts(settings: Mapping[str, str], today: date) -> dict[str, str]:
    """The same as facts about the clinic; none where no folder is watched."""
    said = {
        "watched": "; ".join(each.facts() for each in watched_folders(settings)),
        "silent": " ".join(silences(settings, today)),
    }
    return {name: text for name, text in said.items() if text}


def looked(writer: Writer, path: str, today: date, silent_days: int | None = None) -> None:
    """Remember that a folder was looked into, and after how many days of silence to tell if that is said anew."""
    known = _known(writer, path) or WatchedFolder(path, today, today)
    days = known.silent_days if silent_days is None else silent_days
    _keep(writer, replace(known, looked=max(today, known.looked), silent_days=days))


def arrived(writer: Writer, path: str, today: date, receipt: Receipt) -> None:
    """Remember that something came that could be read; written in the transaction of its import, the receipt proves the import."""
    known = _known(writer, path) or WatchedFolder(path, today, today)
    _keep(writer, replace(known, looked=max(today, known.looked), arrived=max(today, known.arrived or today)))
    writer.note(_RECEIPT + path, json.dumps(asdict(receipt)))


def receipt_of(settings: Mapping[str, str], path: str) -> Receipt | None:
    """The receipt of the last file that was imported from a folder."""
    text = settings.get(_RECEIPT + path, "")
    return Receipt(**json.loads(text)) if text else None


def forget(writer: Writer, path: str) -> bool:
    """Tell nothing more of a folder; whether it was known."""
    if _known(writer, path) is None:
        return False
    writer.note(_PREFIX + path, "")
    writer.note(_RECEIPT + path, "")
    return True


def _known(writer: Writer, path: str) -> WatchedFolder | None:
    text = writer.settings().get(_PREFIX + path, "")
    return _read(path, text) if text else None


def _keep(writer: Writer, folder: WatchedFolder) -> None:
    said = {
        "since": folder.since.isoformat(),
        "looked": folder.looked.isoformat(),
        "arrived": folder.arrived.isoformat() if folder.arrived else None,
        "silent_days": folder.silent_days,
    }
    text = json.dumps(said)
    if writer.settings().get(_PREFIX + folder.path) != text:
        writer.note(_PREFIX + folder.path, text)


def _read(path: str, text: str) -> WatchedFolder:
    said = json.loads(text)
    arrived = date.fromisoformat(said["arrived"]) if said["arrived"] else None
    return WatchedFolder(path, date.fromisoformat(said["since"]), date.fromisoformat(said["looked"]), arrived, said["silent_days"])
