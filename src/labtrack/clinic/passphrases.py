"""Passphrases of accounts: which are taken, and argon2id, the only thing that is kept of one."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from labtrack.core.errors import LabtrackError, Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 1_024
#: A hash of no passphrase that anybody knows, made with the parameters of :func:`hasher`: checking an attempt under a name that nobody has
#: takes as long as under any other.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$H/0dEF+zvQ5gkk+RQh3rNg$iBERrg2SwcykHpoouBO6obJNIdIqAQIB4NoZN+elSBw"


@cache
def hasher() -> PasswordHasher:
    """argon2id with the second recommendation of RFC 9106: 64 MiB, three passes, four lanes."""
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise LabtrackError("Accounts need argon2-cffi, which is not installed.", "pip install argon2-cffi") from error
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def refusal(passphrase: str, name: str) -> str:
    """Why a passphrase cannot be taken, without a part of it; empty when it can."""
    text = normal(passphrase)
    if len(text) < SHORTEST:
        return f"The passphrase is shorter than {SHORTEST} characters."
    if len(text) > LONGEST:
        return f"The passphrase is longer than {LONGEST:,} characters."
    if not text.isprintable():
        return "The passphrase holds a control character."
    if text.casefold() == name.casefold() or len(set(text)) < 3:
        return "The passphrase is too easy to guess."
    return ""


def hashed(passphrase: str, name: str) -> str:
    """argon2's text for a new passphrase; Refused when it cannot be taken."""
    if problem := refusal(passphrase, name):
        raise Refused(problem, "Several words are easier to keep in mind than signs, and harder to guess.")
    return hasher().hash(normal(passphrase))


def fits(kept: str, passphrase: str) -> bool:
    """Whether a passphrase is the one that was hashed."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher().verify(kept, normal(passphrase[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False


def normal(passphrase: str) -> str:
    """The same for the same passphrase from another keyboard (NFC, as RFC 8265)."""
    return unicodedata.normalize("NFC", passphrase)
