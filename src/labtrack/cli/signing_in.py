"""Who uses the clinic: the account's name and passphrase, asked for when the clinic asks, and not before.

A passphrase comes from a prompt, or from the file descriptor that ``LABTRACK_ACCOUNT_FD`` numbers: one line each time that one is
wanted. Never from an argument or a variable, which other programs can read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from getpass import getpass
from typing import TYPE_CHECKING, TypeVar

from labtrack.core.errors import SignInNeeded, UsageError

if TYPE_CHECKING:
    from labtrack.cli.options import Given
    from labtrack.clinic.accounts import Account

USER_VARIABLE, DESCRIPTOR_VARIABLE = "LABTRACK_USER", "LABTRACK_ACCOUNT_FD"
#: Bytes of a line that are looked at.
_LONGEST = 8_192
T = TypeVar("T")


def as_somebody(said: Given, deed: Callable[[Account | None], T]) -> T:
    """Do what needs a clinic; where that asks who one is, ask the person once. ``said`` keeps the answer for the next deed."""
    try:
        return deed(said.account)
    except SignInNeeded:
        if said.account is not None:
            raise
    said.account = asked_account(said.user)
    return deed(said.account)


def asked_account(named: str | None) -> Account:
    """The name given, else ``LABTRACK_USER``, else asked for; and the passphrase. SignInNeeded where nobody can be asked."""
    from labtrack.clinic.accounts import Account

    name = user_name(named) or _answer("Account: ", "Give --user NAME or LABTRACK_USER.")
    passphrase = from_descriptor()
    return Account(name, _hidden("Passphrase: ") if passphrase is None else passphrase)


def user_name(named: str | None) -> str:
    """The account's name as given, else by ``LABTRACK_USER``; empty if neither says."""
    return named or os.environ.get(USER_VARIABLE, "")


def new_passphrase(whose: str) -> str:
    """A passphrase that is to be kept: the next line of the descriptor, else typed twice. UsageError when those differ."""
    passphrase = from_descriptor()
    if passphrase is None:
        passphrase = _hidden(f"New passphrase for {whose}: ")
        if _hidden("Once more: ") != passphrase:
            raise UsageError("The two are not the same.", "Nothing was changed. Try again.")
    return passphrase


def from_descriptor() -> str | None:
    """The next line of the descriptor that ``LABTRACK_ACCOUNT_FD`` numbers; None where it is not set. UsageError where that cannot be."""
    text = os.environ.get(DESCRIPTOR_VARIABLE)
    if not text:
        return None
    line = bytearray()
    try:
        # Byte by byte: what follows the line is for the next who asks.
        while len(line) <= _LONGEST and (byte := os.read(int(text), 1)) not in (b"", b"\n"):
            line += byte
        return bytes(line.removesuffix(b"\r")).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("The passphrase is not text in UTF-8.", "Write it in UTF-8.") from None
    except (OSError, ValueError) as error:
        step = f"For example: {DESCRIPTOR_VARIABLE}=3 labtrack worklist 3< file"
        raise UsageError(f"{DESCRIPTOR_VARIABLE} numbers no file descriptor that can be read.", step) from error


def _answer(prompt: str, instead: str) -> str:
    _require_terminal(instead)
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _hidden(prompt: str) -> str:
    _require_terminal(f"Without one, {DESCRIPTOR_VARIABLE} numbers a file descriptor to read the passphrase from.")
    return getpass(prompt, stream=sys.stderr)


def _require_terminal(instead: str) -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise SignInNeeded("This clinic has accounts, and there is no terminal to ask for one.", instead)
