"""Accounts of a clinic: who has one, signing in, and how long the next attempt waits after those that failed."""

from __future__ import annotations

import hashlib
import json
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labtrack.clinic.access import Need, Role, may, refused
from labtrack.clinic.care import find
from labtrack.clinic.passphrases import NOBODY, fits, hashed
from labtrack.core.errors import (
    DatabaseDamaged,
    DatabaseUnavailable,
    LabtrackError,
    NotFound,
    Refused,
    SignInNeeded,
    SignInRefused,
    UsageError,
)
from labtrack.store import Reader, Store, Writer
from labtrack.store.rows import StoredUser

LONGEST_NAME = 40
#: The longest wait after a failure, and what has not been tried for so long is forgotten.
LONGEST_WAIT, FORGOTTEN = timedelta(minutes=5), timedelta(days=1)
#: Seconds that a failure costs where it cannot be counted: the clinic cannot be written to.
_UNCOUNTED = 1.0
_CHANGED = ("add user", "set passphrase", "disable user", "enable user")


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody says who they are. Shown nowhere."""

    name: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has an account. ``mrn`` is a patient's own, empty for others; times are UTC, ISO."""

    name: str
    role: Role
    mrn: str = ""
    created_at: str = ""
    disabled_at: str | None = None

    @classmethod
    def of(cls, stored: StoredUser) -> User:
        """What may be shown of an account."""
        return cls(stored.name, Role(stored.role), stored.mrn, stored.created_at, stored.disabled_at)


def name_of(text: str) -> str:
    """A name as it is kept: the same however it is typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _new_name(text: str) -> str:
    name = name_of(text)
    if not 0 < len(name) <= LONGEST_NAME or not name[0].isalnum() or not all(each.isalnum() or each in "._-@" for each in name):
        raise Refused(
            "That is no name for an account.", f"Up to {LONGEST_NAME} letters, digits, '.', '_', '-' or '@', the first a letter or digit."
        )
    return name


# Signing in


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What an attempt came to: the account if it got in, else the sentence, the failures in a row and when the next is allowed.

    ``is_counted``: it was a wrong passphrase, and not merely too early.
    """

    user: StoredUser | None = None
    error: LabtrackError | None = None
    known: str = ""
    failed: int = 0
    next_at: str = ""
    is_counted: bool = False


def sign_in(store: Store, account: Account) -> StoredUser:
    """The account that a name and a passphrase belong to.

    Each attempt is one transaction that holds the write lock, so that attempts made at once are counted one after the other. Raises
    SignInRefused, and DatabaseDamaged for an account that the audit does not explain.
    """
    name = name_of(account.name)
    try:
        with store.write() as writer:
            found = _attempt(writer, name, account.passphrase, datetime.fromisoformat(writer.now()))
            _count(writer, name, found)
    except DatabaseUnavailable:  # it can be read and not be written
        with store.read() as reader:
            found = _attempt(reader, name, account.passphrase, datetime.now(UTC))
        if found.is_counted:
            time.sleep(_UNCOUNTED)
    if found.user is None:
        raise found.error or SignInRefused("", "")
    return found.user


def _attempt(reader: Reader, name: str, passphrase: str, now: datetime) -> _Attempt:
    failed, next_at = reader.failed_sign_in(name_key(name))
    moment = datetime.fromisoformat(next_at) if failed else now
    if moment - now > wait_after(failed):  # the clock went back: the wait begins again, lest it never end
        moment = now + wait_after(failed)
        return _Attempt(error=_too_early(wait_after(failed)), failed=failed, next_at=_text(moment))
    if moment > now:
        return _Attempt(error=_too_early(moment - now))
    if now - moment > FORGOTTEN:
        failed = 0
    user = reader.user(name)
    is_whole = user is None or is_explained(reader, user)
    # What somebody wrote into the table is not computed with.
    is_right = fits(user.passphrase_hash if user is not None and is_whole else NOBODY, passphrase)
    if not is_whole:
        return _Attempt(error=DatabaseDamaged("The accounts of this clinic were changed by hand.", _AFTER_TAMPERING))
    if user is not None and is_right and user.disabled_at is None:
        return _Attempt(user, known=name)
    wait = wait_after(failed + 1)
    error = SignInRefused("Name and passphrase do not go together.", f"The next attempt is possible in {_seconds(wait)}.")
    return _Attempt(None, error, name if user is not None else "", failed + 1, _text(now + wait), is_counted=True)


_AFTER_TAMPERING = "Nobody was let in. Keep a copy of the file as it is, then restore the newest backup: labtrack restore FILE"


def _count(writer: Writer, name: str, found: _Attempt) -> None:
    """Write down what an attempt came to; one that was merely too early is none."""
    key = name_key(name)
    if found.user is not None:
        if writer.failed_sign_in(key)[0]:
            writer.put_failed_sign_in(key, 0, "")
        writer.actor = found.user.name
        writer.audit("sign in", {"user": found.user.name, "key": key}, found.user.patient_id)
    elif found.failed:
        writer.put_failed_sign_in(key, found.failed, found.next_at)
        action = "sign in failed" if found.is_counted else "sign in delayed"
        writer.audit(action, {"user": found.known, "key": key, "failed": found.failed, "next_at": found.next_at})


def wait_after(failed: int) -> timedelta:
    """How long nobody may try again after so many failures in a row: 1, 2, 4 … seconds, five minutes at most."""
    if failed <= 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failed - 1, 20)), LONGEST_WAIT)


def name_key(name: str) -> str:
    """A digest of a name, short enough to say nothing certain of it: somebody may have typed their passphrase there."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=3).hexdigest()


def _too_early(wait: timedelta) -> SignInRefused:
    return SignInRefused("It is too early for another attempt under this name.", f"The next one is possible in {_seconds(wait)}.")


def _seconds(wait: timedelta) -> str:
    seconds = max(1, -int(-wait.total_seconds() // 1))
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


# Managing


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account that is to be made: checked but for what only the clinic knows."""

    name: str
    role: Role
    passphrase_hash: str = field(repr=False)
    mrn: str = ""

    @classmethod
    def of(cls, name: str, role: str, passphrase: str, mrn: str = "") -> NewUser:
        """Refused for a name or passphrase that cannot be taken; UsageError for a role, or one that does not go with the MRN."""
        try:
            kind = Role(role)
        except ValueError:
            raise UsageError(f"There is no role {role!r}.", f"Roles: {', '.join(Role)}.") from None
        if (kind is Role.PATIENT) != bool(mrn):
            raise UsageError("A patient's account needs the MRN of its record, and only a patient's has one.", "--role patient --mrn MRN")
        kept = _new_name(name)
        return cls(kept, kind, hashed(passphrase, kept), mrn)


def add_user(writer: Writer, new: NewUser) -> User:
    """Make an account; the first is a clinician's. Refused if the name is taken, NotFound for a record that is not there."""
    if writer.user(new.name) is not None:
        raise Refused(f"There is an account {new.name} already.", "Give another name, or enable that one: labtrack user enable NAME")
    if not writer.has_accounts() and new.role is not Role.CLINICIAN:
        raise Refused("The first account must be a clinician's.", "From then on the clinic asks everybody who they are.")
    patient_id = find(writer, new.mrn).id if new.mrn else None
    stored = StoredUser(new.name, new.role.value, patient_id, new.passphrase_hash, writer.now(), None, 0, new.mrn)
    writer.add_user(stored, {"user": new.name, "role": new.role.value})
    return User.of(stored)


def set_passphrase(writer: Writer, name: str, passphrase_hash: str) -> StoredUser:
    """Another passphrase for an account; the account."""
    return _edited(writer, replace(_found(writer, name), passphrase_hash=passphrase_hash), "set passphrase")


def disable(writer: Writer, name: str) -> User:
    """Let nobody in under a name any more. Refused for the last clinician who can get in."""
    user = _found(writer, name)
    others = [each for each in writer.users() if each.role == Role.CLINICIAN and each.disabled_at is None and each.name != user.name]
    if user.role == Role.CLINICIAN and not others:
        raise Refused(f"{user.name} is the last clinician who can sign in.", "Add or enable another clinician first.")
    if user.disabled_at is not None:
        raise Refused(f"{user.name} is disabled already.", "labtrack user list shows since when.")
    return User.of(_edited(writer, replace(user, disabled_at=writer.now()), "disable user"))


def enable(writer: Writer, name: str) -> User:
    """Let somebody in again."""
    user = _found(writer, name)
    if user.disabled_at is None:
        raise Refused(f"{user.name} is not disabled.", "labtrack user list shows who is.")
    return User.of(_edited(writer, replace(user, disabled_at=None), "enable user"))


def _found(reader: Reader, name: str) -> StoredUser:
    user = reader.user(name_of(name))
    if user is None:
        raise NotFound("There is no such account.", "labtrack user list shows all.")
    if not is_explained(reader, user):
        raise DatabaseDamaged("The accounts of this clinic were changed by hand.", _AFTER_TAMPERING)
    return user


def _edited(writer: Writer, user: StoredUser, action: str) -> StoredUser:
    writer.edit_user(user, action, {"user": user.name})
    return user


# Checking


def is_explained(reader: Reader, user: StoredUser) -> bool:
    """Whether the audit entry that an account names holds its hash, and is about it."""
    entry = reader.audit_entry(user.audit_id)
    if entry is None or entry.action not in _CHANGED:
        return False
    detail = json.loads(entry.detail)
    return bool(detail.get("user") == user.name and detail.get("row") == user.digest)


def faults(reader: Reader) -> Iterator[str]:
    """Accounts, and counts of failed attempts, that are not what the audit says was done last."""
    rows: dict[str, tuple[str, int]] = {}
    failed: dict[str, tuple[int, str]] = {}
    for entry in reader.audit_entries():
        if entry.action in _CHANGED:
            detail = json.loads(entry.detail)
            rows[detail["user"]] = (detail["row"], entry.id)
        elif entry.action in ("sign in failed", "sign in delayed"):
            detail = json.loads(entry.detail)
            failed[detail["key"]] = (detail["failed"], detail["next_at"])
        elif entry.action == "sign in":
            failed.pop(json.loads(entry.detail)["key"], None)
    for user in reader.users():
        if user.name not in rows:
            yield f"account {user.name} is in no audit entry"
        elif rows.pop(user.name) != (user.digest, user.audit_id):
            yield f"account {user.name} is not as the audit says it was left"
    yield from (f"account {name} is gone, and no audit entry says so" for name in rows)
    kept = reader.failed_sign_ins()
    if kept != failed:
        yield "the counts of failed attempts to sign in are not what the audit says"


def require_clinician(location: Path, account: Account | None, copy: Path | None = None) -> None:
    """Raise unless a clinic that can be read has no accounts, or ``account`` is one of its clinicians'.

    One that is damaged cannot tell who is asking: then the backup ``copy`` that is to take its place does, and where that cannot
    either it is up to who may write the files.
    """
    if not location.exists() or _is_clinicians(location, account):
        return
    if copy is not None and copy.exists():
        _is_clinicians(copy, account, read_only=True)


def _is_clinicians(place: Path, account: Account | None, *, read_only: bool = False) -> bool:
    """Whether a file let the account in, or asks nobody; False where it cannot be read. SignInNeeded, SignInRefused, NotAllowed."""
    try:
        store = Store.open(place, create=False, read_only=read_only)
    except (DatabaseDamaged, DatabaseUnavailable):
        return False
    try:
        with store.read() as reader:
            if not reader.has_accounts():
                return True
        if account is None:
            raise sign_in_needed()
        user = sign_in(store, account)
    except (DatabaseDamaged, DatabaseUnavailable):
        return False
    finally:
        store.close()
    if not may(Role(user.role), Need.KEEP, is_own=False):
        raise refused(Role(user.role))
    return True


def sign_in_needed() -> SignInNeeded:
    """The clinic has accounts and does not know who asks."""
    return SignInNeeded("This clinic has accounts: say who you are.", "Give --user NAME or LABTRACK_USER; the passphrase is asked for.")
