"""The gate before every method of ``Clinic``: who may call it, and what of it the audit is told.

Below both front ends, so that neither can forget it. Methods call each other behind the gate: what was asked for is what counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import isfunction, signature
from threading import local
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from labtrack.clinic.access import ACCESS, Need, Role, may, refused
from labtrack.clinic.accounts import Account, User, name_of, sign_in, sign_in_needed
from labtrack.core.errors import DatabaseLocked, SignInNeeded, StoreError
from labtrack.exchange.cells import guard, mrn_of
from labtrack.store import Reader, Store

if TYPE_CHECKING:
    from labtrack.store.rows import StoredUser

#: Milliseconds that an entry about a look waits for another writer, while somebody waits to see; and when the clinic is left.
PATIENCE, LAST_PATIENCE = 200, 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry for the audit; ``at`` is when it happened, UTC."""

    action: str
    detail: tuple[tuple[str, str], ...]
    patient_id: int | None
    at: str


class Gate:
    """Who uses one opened clinic, and what they looked at since it was opened.

    ``books`` is where the audit is written: the store, or one that can be written to where that was opened for reading only.
    """

    def __init__(self, store: Store, books: Store | None = None, user: StoredUser | None = None) -> None:
        self._store = store
        self._books = books or store
        self._user = user
        self._here = local()
        self._told: set[tuple[object, ...]] = set()
        self._waiting: list[_Entry] = []
        #: Entries that could not be written, for the clinic can be read and not be written to.
        self.unrecorded = 0
        if user is not None:
            self._store.actor = self._books.actor = user.name

    @classmethod
    def open(cls, store: Store, account: Account | None, books: Callable[[], Store]) -> Gate:
        """Let somebody in. A clinic without accounts asks nobody; SignInNeeded, SignInRefused otherwise.

        ``books`` opens the store that the audit is written to where ``store`` is for reading only.
        """
        with store.read() as reader:
            if not reader.has_accounts():
                return cls(store)
        if account is None:
            raise sign_in_needed()
        writable = _opened(books) if store.database.read_only else None
        try:
            return cls(store, writable, sign_in(writable or store, account))
        except BaseException:
            if writable is not None:
                writable.close()
            raise

    @property
    def user(self) -> User | None:
        """Who signed in; None where the clinic has no accounts."""
        return User.of(self._user) if self._user is not None else None

    @property
    def is_inside(self) -> bool:
        """Whether a method was let in on this thread and has not come back."""
        return getattr(self._here, "is_inside", False)

    def renew(self, user: StoredUser) -> None:
        """Go on after somebody changed their own account."""
        if self._user is not None and self._user.name == user.name:
            self._user = user

    def run(self, call: Callable[[], T], name: str, mrn: object, user: object) -> T:
        """Call a method whose name is ``name`` for the patient of an MRN (None: everybody) or the account ``user``, if that may be.

        Raises NotAllowed, SignInNeeded.
        """
        if self.is_inside:
            return call()
        self._enter(name, mrn, user)
        self._here.is_inside = True
        try:
            return call()
        finally:
            self._here.is_inside = False

    def _enter(self, name: str, mrn: object, user: object) -> None:
        deed = ACCESS.get(name)
        with self._store.read() as reader:
            who = self._present(reader)
            if who is None:
                return
            patient = reader.patient(mrn_of(guard(mrn))) if isinstance(mrn, str) else None
        number = patient.id if patient is not None else None
        role = Role(who.role)
        is_own = number is not None and number == who.patient_id
        is_own = is_own or (user is not None and name_of(str(user)) == who.name)
        if deed is None or not may(role, deed.need, is_own=is_own):
            self._tell("denied", (("asked", name),), number)
            raise refused(role)
        if deed.view and mrn is None:
            self._tell("list", (("view", deed.view),), None)
        elif deed.view and number is not None:
            self._tell("view", (("view", deed.view),), number)

    def _present(self, reader: Reader) -> StoredUser | None:
        """Who is asking, as their account stands now; None where the clinic has no accounts."""
        if self._user is None:
            if reader.has_accounts():
                raise sign_in_needed()
            return None
        now = reader.user(self._user.name)
        if now is None or now.digest != self._user.digest:
            raise SignInNeeded("This account was changed or disabled since it signed in.", "Sign in again.")
        return self._user

    def _tell(self, action: str, detail: tuple[tuple[str, str], ...], patient_id: int | None) -> None:
        """Write into the audit what happened, once for each kind, patient and opening; before anything is shown."""
        key = (action, detail, patient_id)
        if key in self._told and not self._waiting:
            return
        if key not in self._told:
            self._told.add(key)
            self._waiting.append(_Entry(action, detail, patient_id, self._books.now()))
        self._write(PATIENCE)

    def _write(self, patience: int) -> None:
        """Write what is waiting in a transaction of its own. While another program writes, it waits for the next time."""
        try:
            with self._books.write(patience) as writer:
                now = writer.now()
                for each in self._waiting:
                    late = {"at": each.at} if each.at[:19] != now[:19] else {}
                    writer.audit(each.action, {**dict(each.detail), **late}, each.patient_id)
        except DatabaseLocked:
            return
        except StoreError:
            self._give_up()
        self._waiting.clear()

    def _give_up(self) -> None:
        self.unrecorded += len(self._waiting)
        logging.getLogger("labtrack").warning(unrecorded_text(len(self._waiting)))

    def close(self) -> None:
        """Write what is still waiting, and let go."""
        if self._waiting:
            self._write(LAST_PATIENCE)
        if self._waiting:
            self._give_up()
            self._waiting.clear()
        if self._books is not self._store:
            self._books.close()


def unrecorded_text(number: int) -> str:
    """What is said when looks could not be written into the audit."""
    looks = "One look at the record" if number == 1 else f"{number} looks at the record"
    return f"{looks} could not be written into the audit: the clinic can be read and not be written to now."


def _opened(books: Callable[[], Store]) -> Store | None:
    try:
        return books()
    except StoreError:
        return None


C = TypeVar("C")


def guarded(kind: type[C]) -> type[C]:
    """Put the gate (``self._gate``) before every public method and property of a class that needs anything.

    What has no instance asks for an account itself, as its row says; without a row it is refused.
    """
    for name, member in list(vars(kind).items()):
        if name.startswith("_") or _is_free(name):
            continue
        if isfunction(member):
            setattr(kind, name, _behind(name, member))
        elif isinstance(member, property) and member.fget is not None:
            setattr(kind, name, property(_behind(name, member.fget), doc=member.__doc__))
        elif isinstance(member, staticmethod | classmethod) and name not in ACCESS:
            setattr(kind, name, staticmethod(_denied))
    return kind


def _denied(*given: object, **named: object) -> NoReturn:
    """What declares nothing and has no clinic at hand whose accounts could be asked: nobody may."""
    raise refused(Role.CLINICIAN)


def _is_free(name: str) -> bool:
    deed = ACCESS.get(name)
    return deed is not None and deed.need is Need.NOTHING


def _behind(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """A method behind the gate. Those that answer row by row are asked for at once, whenever the rows are taken."""
    names = list(signature(method).parameters)
    about_patient, about_user = _taker(names, "mrn"), _taker(names, "user")

    @wraps(method)
    def asked(clinic: Any, *given: Any, **named: Any) -> Any:
        mrn, user = about_patient(given, named), about_user(given, named)
        return clinic._gate.run(lambda: method(clinic, *given, **named), name, mrn, user)

    return asked


def _taker(names: list[str], name: str) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    """Finds one argument of a call; None where a method has none of this name, or it was left out."""
    place = names.index(name) - 1 if name in names else None

    def take(given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if place is not None and len(given) > place:
            return given[place]
        return named.get(name) if place is not None else None

    return take
