"""Opening the clinic that a command is about, and where its log is."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtrack.cli.options import given
from labtrack.cli.output import note

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Settings
    from labtrack.core.judgment import Region


def location(context: typer.Context) -> str:
    """Path or URL of the clinic: ``--db``, else ``LABTRACK_DB``, else in the user data folder."""
    from labtrack.clinic.settings import database_location

    return database_location(given(context).db)


def is_missing(where: str) -> bool:
    """Whether a clinic is a file that is not there. Of a database on a server that cannot be told before it is asked."""
    return "://" not in where and not Path(where).expanduser().exists()


def today() -> date:
    """The machine's date, or ``LABTRACK_TODAY``, which is told on stderr."""
    from labtrack.clinic.settings import TODAY_VARIABLE, chosen_today

    day = chosen_today()
    if os.environ.get(TODAY_VARIABLE):
        note(f"Today is taken to be {day.isoformat()} ({TODAY_VARIABLE}).")
    return day


def region(context: typer.Context, settings: Settings) -> Region:
    """Whose labels apply: ``--region``, else ``LABTRACK_REGION``, else the settings'."""
    from labtrack.clinic.settings import chosen_region

    return chosen_region(settings, given(context).region)


@contextmanager
def opened(context: typer.Context, *, create: bool = False, instead: Path | None = None) -> Iterator[Clinic]:
    """The clinic, or another file ``instead`` of it, open.

    A command that only reads does not make one: a mistyped path must not look like an empty clinic.
    """
    from labtrack.clinic import Clinic, Settings

    where = str(instead or location(context))
    settings = Settings.load()
    log_to(log_path(where))
    with Clinic.open(where, today=today(), settings=settings, region=region(context, settings), create=create) as clinic:
        yield clinic


def log_path(where: str) -> Path:
    """The log stands beside the clinic file, or beside the settings where the clinic is no file."""
    from labtrack.clinic.settings import config_path

    where = where.removeprefix("sqlite:///")
    clinic = config_path().with_name("labtrack.db") if "://" in where else Path(where).expanduser()
    return clinic.with_suffix(".log")


class _Log(logging.FileHandler):
    """A log that exists only once there is something to tell, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def _open(self):  # type: ignore[no-untyped-def] # the stream's type is not public
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(self.baseFilename, self.mode, encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))

    def emit(self, record: logging.LogRecord) -> None:
        """Write, opening the file first if it is not yet open."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A log that cannot be written must not hide what it was to tell."""
        note(f"(The log {self.baseFilename} cannot be written.)")


def log_to(path: Path) -> None:
    """Send what the engine has to tell its maintainers to this file, and to no other."""
    logger = logging.getLogger("labtrack")
    for handler in list(logger.handlers):
        if isinstance(handler, _Log):
            logger.removeHandler(handler)
            handler.close()
    logger.addHandler(_Log(path))
    logger.propagate = False


def current_log() -> Path:
    """The log in use; that of the clinic that would have been opened where none was yet."""
    logger = logging.getLogger("labtrack")
    if not any(isinstance(handler, _Log) for handler in logger.handlers):
        from labtrack.clinic.settings import database_location

        log_to(log_path(database_location()))
    return next(Path(handler.baseFilename) for handler in logger.handlers if isinstance(handler, _Log))
