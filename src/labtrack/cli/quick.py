"""The way from ``labtrack`` to the screens that imports no parser: only ``--db``, ``--region``, ``--as-of`` and ``--user`` are read here.

Anything else is left to the full parser, which leads to the same screens or says what is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtrack.tui.opening import Opening

#: Where the passphrase of an encrypted clinic is said to be; else the screens ask for it.
_PASSPHRASE_VARIABLES = {"LABTRACK_PASSPHRASE_FD", "LABTRACK_KEYRING"}
_NAMES = {"--db": "db", "--region": "region", "--as-of": "as_of", "--user": "user"}


@dataclass(frozen=True, slots=True)
class Plain:
    """What a line says that names no command; texts as typed."""

    db: str | None = None
    region: str | None = None
    as_of: str | None = None
    user: str | None = None


def plain_line(arguments: Sequence[str]) -> Plain | None:
    """A line of nothing but those options, in any order, the last of each counting; None for any other line.

    >>> plain_line(["--as-of", "2026-11-22", "--db=x.db"])
    Plain(db='x.db', region=None, as_of='2026-11-22', user=None)
    >>> plain_line(["worklist"])
    """
    said: dict[str, str] = {}
    left = list(arguments)
    while left:
        name, equals, value = left.pop(0).partition("=")
        if not equals:
            value = left.pop(0) if left else "-"
        # What begins with a hyphen may be a forgotten value, and what is no text cannot be told: the full parser knows.
        if name not in _NAMES or value.startswith("-") or any("\ud800" <= each <= "\udfff" for each in value):
            return None
        said[_NAMES[name]] = value
    return Plain(**said)


def has_terminal() -> bool:
    """Whether screens can be shown: a terminal that can place a cursor. They are drawn on stderr, so that has to be one too."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(each is not None and each.isatty() for each in streams)


def opening(line: Plain) -> Opening:
    """What the screens are opened on. LabtrackError when an option, a variable or the settings file cannot be taken."""
    from labtrack.clinic.settings import TODAY_VARIABLE, Settings, chosen_region, chosen_today, database_location
    from labtrack.tui.opening import Opening

    settings = Settings.load()
    is_set = bool(line.as_of or os.environ.get(TODAY_VARIABLE))
    region = chosen_region(settings, line.region)
    from labtrack.cli.signing_in import USER_VARIABLE

    user = line.user or os.environ.get(USER_VARIABLE, "")
    where, today = database_location(line.db), chosen_today(line.as_of)
    return Opening(where, today, settings, region, is_today_set=is_set, user=user, keeps_backups=True)


def show(opening: Opening) -> int:
    """Open the screens, the log beside their clinic; the exit status. What ends them unexpectedly is one line and an entry in the log."""
    from labtrack.cli.log import log_path, log_to
    from labtrack.tui import run

    log_to(log_path(opening.location))
    if _PASSPHRASE_VARIABLES & os.environ.keys():
        from labtrack.cli.passphrases import unlock_ahead

        unlock_ahead(opening.location)
    try:
        return run(opening)
    except Exception as error:  # noqa: BLE001 - the last resort, as of any other command
        from labtrack.cli.run import unexpected

        return unexpected(error)


def start(arguments: Sequence[str]) -> int | None:
    """Open the screens if that is what a line asks for and there is a terminal; None leaves it to the full parser."""
    from labtrack.core.errors import LabtrackError

    line = plain_line(arguments) if has_terminal() else None
    if line is None:
        return None
    try:
        found = opening(line)
    except LabtrackError:
        return None  # the full parser meets the same error and tells it
    try:
        return show(found)
    except LabtrackError as error:
        from labtrack.cli.run import FAILED, told

        return told(error, FAILED)
