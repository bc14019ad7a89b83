"""The audit chain: each entry holds the hash of the one before, so that a changed or missing entry shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

#: What the first entry names as its predecessor.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done: when (UTC, ISO), by whom, what, to whom, and the details as JSON text."""

    id: int
    at: str
    actor: str
    action: str
    patient_id: int | None
    detail: str
    previous_hash: str
    hash: str


def canonical(detail: object) -> str:
    """JSON with sorted keys and no spaces: the same facts always give the same text."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def entry_hash(previous: str, id: int, at: str, actor: str, action: str, patient_id: int | None, detail: str) -> str:
    """SHA-256, in hexadecimal, over the previous hash and the entry as canonical JSON, so that no field can run into the next."""
    return hashlib.sha256((previous + canonical([id, at, actor, action, patient_id, detail])).encode()).hexdigest()


def chain_faults(entries: Iterable[AuditEntry]) -> list[str]:
    """What is wrong with a chain given from its first entry; empty when it holds."""
    faults = []
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.id != expected:
            faults.append(f"audit entry {expected} is missing")
        if entry.previous_hash != previous:
            faults.append(f"audit entry {entry.id} does not follow the one before it")
        content = (entry.previous_hash, entry.id, entry.at, entry.actor, entry.action, entry.patient_id, entry.detail)
        if entry.hash != entry_hash(*content):
            faults.append(f"audit entry {entry.id} was changed")
        previous, expected = entry.hash, entry.id + 1
    return faults
