"""Forms that are typed and not yet saved, kept on disk so that a crash loses none: one per patient and person, beside the clinic's file.

A draft is no part of the record. Its file belongs to its owner alone (0600) and is written whole or not at all. Those of an encrypted
clinic are encrypted, each with a key that is made of the clinic's.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from platformdirs import user_state_path

from labtrack.core.errors import DatabaseUnavailable
from labtrack.store.cipher import Key
from labtrack.store.connection import private_folder, sqlite_path
from labtrack.store.sealed import seal, unseal

_VERSION = 1
#: A file longer than this was not written here.
_LONGEST = 1_000_000
#: A draft that cannot be read is kept under its name with this behind it.
ASIDE = ".unreadable"
_PLAIN, _SEALED = ".json", ".draft"
#: Drafts that are being written, in clear (the second so by earlier releases) and encrypted.
_PLAIN_PARTS, _SEALED_PARTS = (".*.json.part", "tmp*"), (".*.part",)


@dataclass(frozen=True, slots=True)
class DraftValue:
    """One field: what it is recorded under, the text as typed, the unit, and whether it was confirmed."""

    name: str
    text: str
    unit: str
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it was typed. ``kept_at`` is when, as text for the eye."""

    collected: str
    lab: str
    values: tuple[DraftValue, ...]
    kept_at: str = ""


@dataclass(frozen=True, slots=True)
class FoundDraft:
    """What was found for a patient: the draft, or None; ``told`` says what became of one that cannot be read."""

    draft: Draft | None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of one person at one clinic. Methods raise DatabaseUnavailable when a file cannot be written or removed.

    ``key`` is that of an encrypted clinic's drafts.
    """

    folder: Path
    actor: str
    key: Key | None = field(default=None, repr=False)

    @classmethod
    def beside(cls, location: str | Path, actor: str, key: Key | None = None) -> Drafts:
        """Beside the clinic's file, or, for a database on a server, among this account's own files. ``key`` is the clinic's."""
        path = sqlite_path(location)
        if path is not None:
            return cls(folder_of(path), actor, key and key.part("drafts"))
        digest = hashlib.blake2b(str(location).encode(), digest_size=8).hexdigest()
        return cls(Path(user_state_path("labtrack")) / f"{digest}.drafts", actor)

    def path(self, mrn: str) -> Path:
        """The file of a patient's draft. Its name tells nobody who that is."""
        return _place(self.folder, self._digest(mrn), self.key)

    def _digest(self, mrn: str) -> str:
        return hashlib.blake2b(f"{self.actor}\0{mrn}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    def find(self, mrn: str) -> FoundDraft:
        """The draft of a patient; a file that is none is put aside and told."""
        path = self.path(mrn)
        try:
            return FoundDraft(_draft_of(json.loads(_text_of(path, self.key)), mrn))
        except (FileNotFoundError, NotADirectoryError):
            return FoundDraft(None)
        except OSError as error:
            return FoundDraft(None, f"The draft of this form cannot be read: {error.strerror}. It is in {path}.")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            aside = path.with_name(path.name + ASIDE)
            try:
                path.replace(aside)
            except OSError:
                aside = path
            return FoundDraft(None, f"There is a draft of this form that cannot be read; it was put aside as {aside}.")

    def keep(self, mrn: str, draft: Draft) -> None:
        """Write a draft in place of the one before."""
        private_folder(self.folder)
        text = json.dumps({"version": _VERSION, "mrn": mrn, **asdict(draft)})
        try:
            _write(self.folder, self._digest(mrn), self.key, text)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise DatabaseUnavailable(
                f"The draft cannot be kept in {self.folder}: {reason}.", "What is typed is safe only while labtrack runs."
            ) from error

    def discard(self, mrn: str) -> None:
        """Remove a draft, if there is one."""
        try:
            self.path(mrn).unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(f"The draft cannot be removed from {self.folder}: {error.strerror}.", "Remove it by hand.") from error


def folder_of(clinic: Path) -> Path:
    """Where the drafts of a clinic in a file are."""
    return clinic.with_name(f"{clinic.name}.drafts")


def rewrite(clinic: Path, before: Key | None, after: Key | None) -> list[Path]:
    """Write everybody's drafts of a clinic for its new key, beside those for the old one; the old ones, which are to go.

    What cannot be read is left where it is. Raises OSError and the driver's errors.
    """
    old_key, new_key = before and before.part("drafts"), after and after.part("drafts")
    written = []
    for path in _files(folder_of(clinic), f"*{_PLAIN if before is None else _SEALED}"):
        try:
            digest, text = (path.stem, path.read_text(encoding="utf-8")) if old_key is None else unseal(path, old_key)
        except (OSError, ValueError):
            continue
        _write(path.parent, digest, new_key, text)
        written.append(path)
    return written


def remove_unfinished(clinic: Path, patterns: Iterable[str] = (*_PLAIN_PARTS, *_SEALED_PARTS)) -> None:
    """Remove what processes that were killed left of drafts they were writing. Raises OSError.

    One that writes a draft at this moment is told that it could not, and writes it again with the next change.
    """
    for each in [path for pattern in patterns for path in _files(folder_of(clinic), pattern)]:
        each.unlink(missing_ok=True)


def seal_all(clinic: Path, key: Key) -> None:
    """Encrypt what a conversion that was stopped has left in clear; nothing where that cannot be done now."""
    with suppress(OSError, sqlite3.Error):
        remove_unfinished(clinic, _PLAIN_PARTS)
        for path in _files(folder_of(clinic), f"*{_PLAIN}"):
            if not _place(path.parent, path.stem, key.part("drafts")).exists():
                _write(path.parent, path.stem, key.part("drafts"), path.read_text(encoding="utf-8"))
            path.unlink(missing_ok=True)


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


def _place(folder: Path, digest: str, key: Key | None) -> Path:
    """The file of a draft. A digest of who and whom could be found by trying all numbers: the key hides it."""
    if key is None:
        return folder / f"{digest}{_PLAIN}"
    return folder / f"{hashlib.blake2b(digest.encode(), key=key.raw, digest_size=12).hexdigest()}{_SEALED}"


def _text_of(path: Path, key: Key | None) -> str | bytes:
    """What a draft's file holds. Raises OSError, and ValueError for one that is none."""
    if path.stat().st_size > _LONGEST:
        raise ValueError("too long")
    return path.read_bytes() if key is None else unseal(path, key)[1]


def _write(folder: Path, digest: str, key: Key | None, text: str) -> None:
    """A file for its owner alone, whole or not at all. Raises OSError and the driver's errors."""
    path = _place(folder, digest, key)
    if key is not None:
        seal(path, key, digest, text)
        return
    temporary = ""
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix=".", suffix=".json.part", delete=False) as file:  # 0600 by itself
            temporary = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise


def _draft_of(content: Any, mrn: str) -> Draft:
    """A draft from its file's content. Raises ValueError, TypeError or KeyError for anything else."""
    if content["version"] != _VERSION or content["mrn"] != mrn:
        raise ValueError("another form")
    values = tuple(
        DraftValue(_text(each["name"]), _text(each["text"]), _text(each["unit"]), each["is_confirmed"] is True)
        for each in content["values"]
    )
    return Draft(_text(content["collected"]), _text(content["lab"]), values, _text(content["kept_at"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
