"""Forms that are typed and not yet saved, kept on disk so that a crash loses none: one per patient and person, beside the clinic's file.

A draft is no part of the record. Its file belongs to its owner alone (0600) and is written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from platformdirs import user_state_path

from labtrack.core.errors import DatabaseUnavailable
from labtrack.store.connection import private_folder, sqlite_path

_VERSION = 1
#: A file longer than this was not written here.
_LONGEST = 1_000_000
#: A draft that cannot be read is kept under its name with this behind it.
ASIDE = ".unreadable"


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
    """The drafts of one person at one clinic. Methods raise DatabaseUnavailable when a file cannot be written or removed."""

    folder: Path
    actor: str

    @classmethod
    def beside(cls, location: str | Path, actor: str) -> Drafts:
        """Beside the clinic's file, or, for a database on a server, among this account's own files."""
        path = sqlite_path(location)
        if path is not None:
            return cls(path.with_name(f"{path.name}.drafts"), actor)
        digest = hashlib.blake2b(str(location).encode(), digest_size=8).hexdigest()
        return cls(Path(user_state_path("labtrack")) / f"{digest}.drafts", actor)

    def path(self, mrn: str) -> Path:
        """The file of a patient's draft. Its name tells nobody who that is."""
        digest = hashlib.blake2b(f"{self.actor}\0{mrn}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        return self.folder / f"{digest}.json"

    def find(self, mrn: str) -> FoundDraft:
        """The draft of a patient; a file that is none is put aside and told."""
        path = self.path(mrn)
        try:
            if path.stat().st_size > _LONGEST:
                raise ValueError("too long")
            return FoundDraft(_draft_of(json.loads(path.read_bytes()), mrn))
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
        temporary = ""
        try:
            with NamedTemporaryFile("w", encoding="utf-8", dir=self.folder, delete=False) as file:  # 0600 by itself
                temporary = file.name
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path(mrn))
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise DatabaseUnavailable(
                f"The draft cannot be kept in {self.folder}: {error.strerror}.", "What is typed is safe only while labtrack runs."
            ) from error

    def discard(self, mrn: str) -> None:
        """Remove a draft, if there is one."""
        try:
            self.path(mrn).unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(f"The draft cannot be removed from {self.folder}: {error.strerror}.", "Remove it by hand.") from error


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
