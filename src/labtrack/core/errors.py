"""The one exception tree.

::

    LabtrackError                 could not be done; carries the next step (exit status 3)
    ├── UsageError                the request itself is wrong (exit status 2)
    ├── NotFound                  no such patient, course, result or rule
    ├── Refused                   valid request, forbidden by a rule of the record (a second open course, …)
    ├── NotAllowed                the account may not do this; nothing of the record is in the words
    ├── SignInNeeded              the clinic has accounts and does not know who asks
    │   └── SignInRefused         name and passphrase do not go together, or it is too early for another attempt
    ├── ImportFailed              nothing was changed by an import (strict refusal, unreadable file, …)
    ├── CatalogueError            a catalogue or settings file is wrong
    └── StoreError                the clinic file
        ├── PassphraseNeeded      it is encrypted, and nobody has said how to open it
        │   └── WrongPassphrase   what was said does not open it
        ├── DatabaseLocked        another program holds the write lock
        ├── DatabaseTooNew        made by a newer labtrack
        ├── DatabaseDamaged       not a database, or fails its integrity check
        └── DatabaseUnavailable   missing, read-only, no permission, disk full

Bad *data* (a value that cannot be read, a row that is refused) is never an exception: it comes back as a value.
"""

from __future__ import annotations

from pathlib import Path


class LabtrackError(Exception):
    """Could not be done and nothing changed. ``next_step`` says what the person can do about it."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class UsageError(LabtrackError):
    """The request itself is wrong; ``next_step`` shows the right one."""


class NotFound(LabtrackError):
    """No such patient, course, result or rule."""


class Refused(LabtrackError):
    """The record forbids it: a second open course, a date in the future, a value past its hard bound."""


class NotAllowed(LabtrackError):
    """The account may not do this. The words are the same whatever was asked for, and whether it exists or not."""


class SignInNeeded(LabtrackError):
    """The clinic has accounts and does not know who asks, or no longer knows."""


class SignInRefused(SignInNeeded):
    """Name and passphrase do not go together, or it is too early for another attempt; the same words for a name that nobody has."""


class ImportFailed(LabtrackError):
    """An import changed nothing."""


class CatalogueError(LabtrackError):
    """A catalogue table, rule declaration or settings file is wrong."""


class StoreError(LabtrackError):
    """The clinic file could not be used."""


class PassphraseNeeded(StoreError):
    """The file at ``path`` is encrypted, and nobody has said how to open it."""

    def __init__(self, message: str, next_step: str = "", path: Path | None = None) -> None:
        super().__init__(message, next_step)
        self.path = path


class WrongPassphrase(PassphraseNeeded):
    """The passphrase does not open it."""


class DatabaseLocked(StoreError):
    """Another program holds the write lock."""


class DatabaseTooNew(StoreError):
    """The clinic was made by a newer labtrack."""


class DatabaseDamaged(StoreError):
    """Not a database, or one that fails its integrity check."""


class DatabaseUnavailable(StoreError):
    """Missing, read-only, without permission, or on a full disk."""
