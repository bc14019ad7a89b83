"""Encrypting, decrypting and a new passphrase, killed: one good clinic is left, which the one or the other passphrase opens.

With it lie a draft and a copy that labtrack keeps, which are converted after the clinic.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from tests.faults import keys
from tests.faults.drive import TODAY
from tests.faults.kill import Killed
from tests.faults.operations import Content, Operation
from tests.faults.place import Place, content, faults, file_faults, left_over, timeless
from tests.faults.templates import DRAFTED_BY, Templates

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.accounts import Account
from labtrack.core.errors import LabtrackError
from labtrack.store import cipher


class Conversion(Operation):
    """One of the three; ``before`` and ``after`` are the passphrases, empty for a clinic in clear."""

    before = ""
    after = ""

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.template = templates.whole(is_encrypted=bool(self.before))
        self.held = _record(self.template / "clinic.db")
        self.copies = _copies(self.template)

    def start(self) -> tuple[Place, tuple[object, ...]]:
        folder = self.folder / self.name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.template, folder)
        return self._given(Place(folder), self.before, self.after), ("command", self.name)

    def _given(self, place: Place, *words: str) -> Place:
        """The place, whose commands are told these passphrases, as far as there are any."""
        return replace(place, words=tuple(each for each in words if each), user=keys.USER if self.templates.is_locked else "")

    def in_clear(self, place: Place) -> list[str]:
        return place.in_clear() if self.before and self.after else []

    def problems(self, place: Place, killed: Killed) -> list[str]:
        words = keys.passphrase_of(place.clinic)
        if words not in (self.before, self.after):
            return ["neither passphrase opens the clinic" if words is None else "another passphrase than those two opens the clinic"]
        found = self._looked_at(place, words)
        if killed.is_acknowledged:
            found += [] if words == self.after else ["it was acknowledged, and the clinic is as it was"]
            found += self._finished(place)
        if found or not self.is_thorough:
            return found
        return self._again(place, words)

    def _again(self, place: Place, words: str) -> list[str]:
        """The same to its end; of one that was done but for what lies beside it, only ``encrypt`` can be done again."""
        is_done = words == self.after
        if is_done and self.name != "encrypt":
            return []
        ran = self._given(place, words, *(() if is_done else (self.after,))).run(self.name)
        if ran.status != 0 and not (is_done and ran.is_clear_refusal and "encrypted already" in ran.err):
            return [f"the next {self.name} ended with {ran.status}: {ran.err}"]
        return self._looked_at(place, self.after) + self._finished(place)

    def _looked_at(self, place: Place, words: str) -> list[str]:
        """What is wrong with the clinic, its copies and its draft."""
        found = file_faults(place.clinic)
        if _record(place.clinic) != self.held:
            found.append("rows are not as they were")
        if _copies(place.folder) != self.copies:
            found.append("a copy beside it is gone")
        for name in self.copies:
            is_whole = not file_faults(place.folder / name) and _record(place.folder / name) == self.held
            found += [] if is_whole else [f"{name} is not as it was"]
        return found + faults(place) + self._draft_missing(place, words)

    def _draft_missing(self, place: Place, words: str) -> list[str]:
        cipher.forget()
        account = Account(keys.USER, keys.SECRET) if self.templates.is_locked else None
        try:
            with Clinic.open(
                place.clinic, today=TODAY, settings=Settings(), account=account, actor=DRAFTED_BY, passphrase=words or None
            ) as clinic:
                draft = clinic.drafts.find("DEMO-01").draft
        except LabtrackError as error:
            return [f"the clinic does not open: {error}"]
        finally:
            cipher.forget()
        return [] if draft is not None and draft.values[0].text == "13.97" else ["the draft is gone"]

    def _finished(self, place: Place) -> list[str]:
        """What is wrong once it has come to its end."""
        found = [f"left behind: {each}" for each in left_over(place)]
        if keys.passphrase_of(place.clinic) != self.after:
            found.append("the clinic is as it was")
        if self.after:
            return found + place.in_clear()
        return found + [f"still encrypted: {name}" for name in self.copies if keys.passphrase_of(place.folder / name)]


def _copies(folder: Path) -> list[str]:
    """What labtrack keeps beside a clinic."""
    found = [*folder.glob("clinic.db.before-restore-*"), *folder.glob("clinic-backups/*.bak")]
    return sorted(str(each.relative_to(folder)) for each in found if not each.name.endswith(("-journal", "-wal", "-shm")))


def _record(path: Path) -> Content:
    """Every row, but that the conversion was audited."""
    return timeless(content(path), "deeds")


class Encrypt(Conversion):
    """A clinic in clear."""

    name, after = "encrypt", keys.NEW


class Decrypt(Conversion):
    """An encrypted one."""

    name, before = "decrypt", keys.OLD


class Rekey(Conversion):
    """An encrypted one that gets another passphrase."""

    name, before, after = "rekey", keys.OLD, keys.NEW


ALL: tuple[type[Conversion], ...] = (Encrypt, Decrypt, Rekey)
