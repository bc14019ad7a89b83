"""The log: beside the clinic, and only once there is something to tell. Imports no parser, so that the screens start without one."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

from labtrack.cli.output import note


def log_path(where: str) -> Path:
    """The log stands beside the clinic file, or beside the settings where the clinic is no file."""
    from labtrack.clinic.settings import config_path

    where = where.removeprefix("sqlite:///")
    clinic = config_path().with_name("labtrack.db") if "://" in where else Path(where).expanduser()
    return clinic.with_suffix(".log")


class _Format(logging.Formatter):
    """What went wrong is told by where and of what kind; the words of the errors are left out, for they quote what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        """One entry, whatever another handler has made of its error before."""
        anew = copy(record)
        anew.exc_text = None
        return super().format(anew)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The places, outermost first, of an error and of those that led to it."""
        return "".join(_places(ei[1], set())).rstrip()


def _places(error: BaseException, told: set[int]) -> Iterator[str]:
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from _places(before, told)
        yield "which led to:\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__} (its words are left out: they may hold patient data)\n"


class _Log(logging.FileHandler):
    """A log that exists only once there is something to tell, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self.setFormatter(_Format("%(asctime)s %(levelname)s %(message)s"))

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
