"""``labtrack init``, ``encrypt``, ``decrypt``, ``rekey``: a clinic that only its passphrase opens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.help import command, program
from labtrack.cli.log import log_path, log_to
from labtrack.cli.options import Db, given, option
from labtrack.cli.output import counted, note
from labtrack.cli.passphrases import keep_in_keyring, keyring, new_passphrase, present_passphrase, unlocked
from labtrack.cli.session import location
from labtrack.cli.signing_in import as_somebody

if TYPE_CHECKING:
    from labtrack.clinic.accounts import Account
    from labtrack.clinic.encryption import Converted

commands = program()

KeepOriginal = Annotated[bool, option("--keep-original", help="Keep the clinic as it was too, under another name beside it.")]
Keyring = Annotated[
    bool,
    option("--keyring", help="Keep the passphrase in the operating system's keyring; LABTRACK_KEYRING=1 then looks it up there."),
]


@command(commands, "init", "labtrack init --encrypt", "The record")
def init(
    context: typer.Context,
    encrypt: Annotated[bool, option("--encrypt", help="Encrypt it; the passphrase is asked for twice.")] = False,
    keyring: Keyring = False,
    db: Db = None,
) -> None:
    """Make an empty clinic, encrypted if wanted. What is there already is not touched."""
    from labtrack.clinic import encryption

    path = _path(context)
    encryption.refuse_existing(path)
    passphrase = _new(path, keyring) if encrypt else None
    encryption.initialize(path, passphrase)
    note(f"{path} is an empty clinic{', encrypted' if encrypt else ''}.")
    note("It has no accounts: whoever may open the file may do everything. To begin: labtrack user add NAME --role clinician")
    if passphrase is not None:
        _keep(path, passphrase, keyring)


@command(commands, "encrypt", "labtrack encrypt", "The record")
def encrypt(context: typer.Context, keep_original: KeepOriginal = False, keyring: Keyring = False, db: Db = None) -> None:
    """Encrypt the clinic with a passphrase that is asked for twice: AES-256 by SQLCipher, in a new file that is compared with the old one
    row by row and then takes its place.

    Its drafts, and the copies that labtrack made beside it (before upgrades and restores, automatic backups), are encrypted too. The old
    file is removed, unless you keep it; what a disk may still hold of it is not overwritten. Exports, and backups that you made
    elsewhere, stay as they are.

    Stopped on the way it leaves one good file, the old or the new one. Run it again to finish: it then asks for the passphrase that the
    clinic has, and encrypts what is still in clear beside it.
    """
    from labtrack.clinic import Clinic, encryption

    path = _path(context)
    if encryption.is_encrypted(path):
        encryption.refuse_nothing_left(path)
        passphrase = present_passphrase(path)
        unlocked(lambda: encryption.unlock(path, passphrase))
    else:
        encryption.refuse_missing(path)
        passphrase = _new(path, keyring)
    done = _done(context, lambda account: Clinic.encrypt(path, passphrase, keep=keep_original, account=account))
    note(f"{path} is encrypted{_with(done)}.")
    note("Exports, and backups that you made elsewhere, stay as they are.")
    _keep(path, passphrase, keyring)
    _tell(done)


@command(commands, "decrypt", "labtrack decrypt", "The record")
def decrypt(context: typer.Context, keep_original: KeepOriginal = False, db: Db = None) -> None:
    """Put an encrypted clinic in clear, so that nothing but the permissions of its file protects it; its drafts and copies beside it too.

    The encrypted file is removed, unless you keep it. Stopped on the way it leaves one good file, the old or the new one.
    """
    from labtrack.clinic import Clinic

    path = _path(context)
    done = _done(context, lambda account: Clinic.decrypt(path, keep=keep_original, account=account))
    note(f"{path} is in clear{_with(done)}: whoever can read the file can read the record.")
    _tell(done)


@command(commands, "rekey", "labtrack rekey", "The record")
def rekey(context: typer.Context, keep_original: KeepOriginal = False, keyring: Keyring = False, db: Db = None) -> None:
    """Give an encrypted clinic another passphrase: every page is encrypted anew in a new file, and drafts and copies beside it too.

    The present passphrase is asked for first, then the new one twice. The old file is removed, unless you keep it. Backups that you made
    elsewhere still open with the old passphrase. Stopped on the way it leaves one good file, the old or the new one.
    """
    from labtrack.clinic import Clinic, encryption

    path = _path(context)
    unlocked(lambda: encryption.must_be_encrypted(path))
    passphrase = _new(path, keyring)
    done = _done(context, lambda account: Clinic.rekey(path, passphrase, keep=keep_original, account=account))
    note(f"{path} has a new passphrase{_with(done)}. Backups that you made elsewhere still open with the old one.")
    _keep(path, passphrase, keyring)
    _tell(done)


def _path(context: typer.Context) -> Path:
    """The clinic's file; UsageError for a database on a server."""
    from labtrack.clinic.safety import path_of

    where = location(context)
    log_to(log_path(where))
    return path_of(where)


def _new(path: Path, with_keyring: bool) -> str:
    """A new passphrase; that it can be kept where it is to be kept is made sure of before."""
    from labtrack.clinic.encryption import refuse_weak

    if with_keyring:
        keyring()
    passphrase = new_passphrase(path)
    refuse_weak(passphrase)
    return passphrase


def _done(context: typer.Context, deed: Callable[[Account | None], Converted]) -> Converted:
    return as_somebody(given(context), lambda account: unlocked(lambda: deed(account)))


def _with(done: Converted) -> str:
    return f", with {counted(done.copies, 'copy', 'copies')} beside it" if done.copies else ""


def _keep(path: Path, passphrase: str, with_keyring: bool) -> None:
    from labtrack.clinic.encryption import LOST

    if with_keyring:
        keep_in_keyring(path, passphrase)
        note("The passphrase is in the operating system's keyring; set LABTRACK_KEYRING=1 to have it looked up there.")
    note(f"Keep the passphrase safe. {LOST}")


def _tell(done: Converted) -> None:
    """Where the clinic as it was is, and what could not be converted; then the status is 1."""
    if done.kept is not None:
        note(f"The clinic as it was is {done.kept}.")
    for path, reason in done.left:
        note(f"Left as it was: {path}. {reason}")
    if done.left:
        raise typer.Exit(1)
