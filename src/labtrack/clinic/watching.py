"""Imports what arrives in a folder, each file exactly once.

A file's reports are written before its import is committed, and the commit itself remembers the receipt in them. So a program that was
killed finds out at its next start whether the file it was at is in the record, and then only puts it away. A file that is taken twice all
the same, because somebody sent it twice, changes nothing: every row is a duplicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from logging import getLogger
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING
from uuid import uuid4

from labtrack.clinic import arrivals
from labtrack.clinic.arrival_report import Arrival, Heard, counts_text, has_receipt, refused_text, taken_text, whole_refusal
from labtrack.clinic.arrivals import Receipt
from labtrack.clinic.importing import REJECT_COLUMNS, ImportOptions, ImportStopped
from labtrack.clinic.inbox import Inbox, checked_folder, folder_lock, mark_of, only_one, reports_of, sha256_of
from labtrack.clinic.mappings import with_hint
from labtrack.clinic.settings import config_path
from labtrack.clinic.toml_text import write_private
from labtrack.core.errors import ImportFailed, LabtrackError, StoreError
from labtrack.exchange.encodings import encoding_of
from labtrack.exchange.remarks import Refusal
from labtrack.exchange.writing import row_writer, whole_file, write_csv
from labtrack.store import Writer
from labtrack.store.connection import sqlite_path

if TYPE_CHECKING:
    from labtrack.clinic.facade import Clinic


def inbox_of(named: Path, clinic: str, settle: float, tell: Callable[[str], None]) -> Inbox:
    """The folder to watch; LabtrackError where there is none, UsageError for one that labtrack itself or the system keeps things in."""
    path = sqlite_path(clinic)
    own = {"the folder of the settings": config_path().parent} | ({"the folder of the clinic": path.parent} if path else {})
    return Inbox(checked_folder(named, own), settle, tell)


def checked_encoding(name: str) -> str:
    """The name of an encoding, told to be none before a file is touched (UsageError)."""
    encoding_of(BytesIO(), "", name)
    return name


def forget(clinic: Clinic, named: Path) -> bool:
    """Tell nothing more of a folder, which may be gone; whether it was known."""
    with clinic.store.write() as writer:
        return sum(arrivals.forget(writer, arrivals.name_of(each)) for each in {named.resolve(), named.absolute()}) > 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: its name as it was taken, where it is now, and what there is to say of it."""

    name: str
    place: Path
    refused: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Watcher:
    """Takes what has arrived in an inbox into a clinic. ``options`` are those of every import.

    ``silent_days`` is after how many days without anything the worklist tells: None leaves it as it is, 0 is never.
    """

    inbox: Inbox
    options: ImportOptions
    silent_days: int | None = None

    @property
    def stop(self) -> Event:
        """Once set, nothing more is begun, and an import that runs is undone; its file is taken at the next start."""
        return self.inbox.stop

    @contextmanager
    def alone(self, clinic: Clinic) -> Iterator[None]:
        """Be the only one who watches this folder, and who watches for this clinic if it is a file. LabtrackError if there is another."""
        path = sqlite_path(clinic.location)
        with ExitStack() as stack:
            stack.enter_context(only_one(folder_lock(self.inbox.folder), str(self.inbox.folder)))
            if path is not None:
                path = path.resolve()
                stack.enter_context(only_one(path.with_name(f"{path.name}.watch"), f"A folder for the clinic {path}"))
            self.inbox.prepare()
            yield

    def look(self, clinic: Clinic) -> Iterator[Taken]:
        """Take every file that is complete, oldest first, each in a transaction of its own; what was begun before comes first.

        Raises StoreError where the clinic cannot be used (DatabaseLocked: look again later) and LabtrackError where the folder cannot:
        what was not taken then is where it was, or in ``taking``, and comes first at the next look.
        """
        self._remember(clinic)
        try:
            for path in self.inbox.begun():
                yield self._take(clinic, path)
            for found in self.inbox.ready():
                if self.stop.is_set():
                    return
                clinic.probe()
                claimed = self.inbox.claim(found)
                if claimed is not None:
                    yield self._take(clinic, claimed)
        except ImportStopped:
            return

    @property
    def _name(self) -> str:
        return arrivals.name_of(self.inbox.folder)

    def _remember(self, clinic: Clinic) -> None:
        """Note that the folder was looked into; once a day is enough."""
        with clinic.store.read() as reader:
            known = {each.path: each for each in arrivals.watched_folders(reader.settings())}.get(self._name)
        if known is None or known.looked < clinic.today or self.silent_days not in (None, known.silent_days):
            with clinic.store.write() as writer:
                arrivals.looked(writer, self._name, clinic.today, self.silent_days)

    def _take(self, clinic: Clinic, path: Path) -> Taken:
        """Import a file, unless that was done when the program was killed, and put it away."""
        found = self._is_recorded(clinic, path)
        while found is None:
            before = mark_of(path)
            found = self._import(clinic, path)
            if mark_of(path) != before:
                self.inbox.tell(f"{path.name} was changed while it was read: it is read again.")
                self.inbox.steady(path)
                found = None
        return Taken(path.name, self.inbox.put_away(path, refused=found.refused), found.refused, found.summary)

    def _is_recorded(self, clinic: Clinic, path: Path) -> Receipt | None:
        """The receipt of a file whose import was committed, but which was not put away any more."""
        with clinic.store.read() as reader:
            receipt = arrivals.receipt_of(reader.settings(), self._name)
        if receipt is None or (receipt.name, receipt.sha256) != (path.name, sha256_of(path)):
            return None
        places = (path, self.inbox.place(path.name, refused=receipt.refused))
        return receipt if any(has_receipt(reports_of(place)[1], receipt.number) for place in places) else None

    def _import(self, clinic: Clinic, path: Path) -> Receipt:
        arrival = Arrival.of(path, sha256_of(path), clinic.location, uuid4().hex)
        try:
            return self._imported(clinic, path, arrival)
        except ImportStopped:
            raise
        except ImportFailed as error:
            problem = str(with_hint(error, [path], self.options.encoding))
        except StoreError as error:
            if type(error) is not StoreError:
                raise
            problem = f"the clinic does not take it: {error}"
        except (LabtrackError, OSError):
            raise
        except Exception as error:
            # A fault of ours must not hold back the files after this one, nor come again at each start. Its name may be a patient's.
            getLogger("labtrack").error("while importing the file of SHA-256 %s", arrival.sha256, exc_info=error)
            problem = f"something unexpected went wrong ({type(error).__name__}); the log beside the clinic tells more"
        table, text = reports_of(path)
        refusal = whole_refusal(path.name, problem)
        write_csv(table, REJECT_COLUMNS, [_cells(refusal)], inside=True)
        write_private(text, refused_text(arrival, problem))
        return Receipt(arrival.name, arrival.sha256, arrival.receipt, True, problem)

    def _imported(self, clinic: Clinic, path: Path, arrival: Arrival) -> Receipt:
        """One import, its reports and its receipt. Raises what the import raises."""
        table, text = reports_of(path)
        heard = Heard()
        kept: list[Receipt] = []
        with ExitStack() as stack:
            write = row_writer(stack.enter_context(whole_file(table, inside=True)), REJECT_COLUMNS)

            def settle(writer: Writer) -> None:
                """Everything was read, nothing is committed: the reports, and what proves that they are true."""
                stack.close()
                write_private(text, taken_text(arrival, heard))
                receipt = Receipt(arrival.name, arrival.sha256, arrival.receipt, heard.count.refused > 0, counts_text(heard.count))
                arrivals.arrived(writer, self._name, clinic.today, receipt)
                kept.append(receipt)

            options = replace(
                self.options,
                on_refusal=lambda refusal: write(_cells(refusal)),
                on_notice=heard.warned,
                watch=heard,
                cancel=self.stop.is_set,
            )
            outcome = clinic.import_files([path], options, also=settle)
            if not kept:
                with clinic.store.write() as writer:
                    settle(writer)
        if outcome.unknown:
            write_private(text, taken_text(arrival, heard, outcome))
        return kept[0]


def _cells(refusal: Refusal) -> tuple[str, ...]:
    return refusal.file, str(refusal.line), refusal.column, refusal.text, refusal.reason
