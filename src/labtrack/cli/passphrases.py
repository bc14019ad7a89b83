"""The passphrase of an encrypted clinic: asked for when the clinic turns out to need it, and not before.

It comes from the file descriptor that ``LABTRACK_PASSPHRASE_FD`` numbers (one line for each that is wanted), from the operating system's
keyring where ``LABTRACK_KEYRING`` asks for that, or from a prompt. Never from an argument or a variable, which other programs can read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from labtrack.core.errors import DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase

if TYPE_CHECKING:
    from types import ModuleType

DESCRIPTOR_VARIABLE, KEYRING_VARIABLE = "LABTRACK_PASSPHRASE_FD", "LABTRACK_KEYRING"
#: Bytes of a line that are looked at.
_LONGEST = 8_192
_SERVICE = "labtrack"
T = TypeVar("T")


def unlocked(deed: Callable[[], T]) -> T:
    """Do what needs a clinic; for each file that turns out to be encrypted, once, find its passphrase and try again.

    Raises PassphraseNeeded where none is to be had, WrongPassphrase.
    """
    asked: set[Path | None] = set()
    while True:
        try:
            return deed()
        except WrongPassphrase:
            raise
        except PassphraseNeeded as needed:
            if needed.path is None or needed.path in asked:
                raise
            asked.add(needed.path)
            _unlock(needed.path, needed)


def unlock_ahead(location: str) -> None:
    """Open the way for the screens where a variable says where the passphrase is; else they ask for it themselves."""
    if not (os.environ.get(DESCRIPTOR_VARIABLE) or is_keyring_asked()):
        return
    from labtrack.clinic.encryption import ask

    unlocked(lambda: ask(location))


def _unlock(path: Path, needed: PassphraseNeeded) -> None:
    from labtrack.clinic.encryption import unlock

    passphrase = _from_descriptor()
    if passphrase is None and is_keyring_asked():
        passphrase = _from_keyring(path)
    if passphrase is None:
        if not _has_terminal():
            raise needed
        passphrase = _hidden(f"Passphrase of {path}: ")
    unlock(path, passphrase)


def present_passphrase(path: Path) -> str:
    """The passphrase that an encrypted clinic has; typed once."""
    passphrase = _from_descriptor()
    return _hidden(f"Passphrase of {path}: ") if passphrase is None else passphrase


def new_passphrase(path: Path) -> str:
    """One that a clinic is to have: the next line of the descriptor, else typed twice. Refused when those differ."""
    passphrase = _from_descriptor()
    if passphrase is None:
        passphrase = _hidden(f"New passphrase of {path}: ")
        if _hidden("Once more: ") != passphrase:
            raise Refused("The two passphrases are not the same.", "Nothing was changed. Try again.")
    return passphrase


def is_keyring_asked() -> bool:
    """Whether a passphrase may be looked up in the operating system's keyring."""
    return os.environ.get(KEYRING_VARIABLE, "").lower() in ("1", "yes", "true", "on")


def keyring() -> ModuleType:
    """The library that reaches the operating system's keyring. DatabaseUnavailable where it is not installed."""
    try:
        import keyring
    except ImportError as error:
        raise DatabaseUnavailable("The keyring cannot be reached: keyring is not installed.", "pip install keyring") from error
    module: ModuleType = keyring
    return module


def keep_in_keyring(path: Path, passphrase: str) -> None:
    """Put the passphrase of a clinic into the operating system's keyring. DatabaseUnavailable where that cannot be done."""
    _asked(lambda: keyring().set_password(_SERVICE, _name(path), passphrase))


def _from_keyring(path: Path) -> str | None:
    found: str | None = _asked(lambda: keyring().get_password(_SERVICE, _name(path)))
    return found


def _asked(question: Callable[[], Any]) -> Any:
    errors = keyring().errors.KeyringError
    try:
        return question()
    except errors as error:
        step = f"Leave {KEYRING_VARIABLE} and --keyring out, and type the passphrase."
        raise DatabaseUnavailable(f"The operating system's keyring does not answer ({type(error).__name__}).", step) from error


def _name(path: Path) -> str:
    return str(path.expanduser().absolute())


def _from_descriptor() -> str | None:
    """The next line of the descriptor; None where none is named. PassphraseNeeded where it gives none."""
    text = os.environ.get(DESCRIPTOR_VARIABLE)
    if not text:
        return None
    step = f"For example: {DESCRIPTOR_VARIABLE}=3 labtrack worklist 3< file"
    line = bytearray()
    try:
        # Byte by byte: what follows the line is for whoever asks next.
        while len(line) <= _LONGEST and (byte := os.read(int(text), 1)) not in (b"", b"\n"):
            line += byte
        passphrase = bytes(line.removesuffix(b"\r")).decode("utf-8")
    except UnicodeDecodeError:
        raise PassphraseNeeded("The passphrase is not text in UTF-8.", "Write it in UTF-8.") from None
    except (OSError, ValueError, OverflowError) as error:
        raise PassphraseNeeded(f"{DESCRIPTOR_VARIABLE} numbers no file descriptor that can be read.", step) from error
    if not passphrase:
        raise PassphraseNeeded(f"The file descriptor that {DESCRIPTOR_VARIABLE} numbers gives no passphrase.", step)
    return passphrase


def _hidden(prompt: str) -> str:
    if not _has_terminal():
        step = f"Without one, {DESCRIPTOR_VARIABLE} numbers a file descriptor to read the passphrase from."
        raise PassphraseNeeded("There is no terminal to ask for a passphrase.", step)
    return getpass(prompt, stream=sys.stderr)


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
