"""The chain holds only when nothing in it was changed, removed or put in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.store.audit import GENESIS, AuditEntry, canonical, chain_faults, entry_hash


def chain(count: int = 4) -> list[AuditEntry]:
    """A sound chain."""
    entries: list[AuditEntry] = []
    previous = GENESIS
    for number in range(1, count + 1):
        content = (number, "2026-11-22T10:11:12.000+00:00", "ada", "record", number % 2 or None, canonical({"n": number}))
        digest = entry_hash(previous, *content)
        entries.append(AuditEntry(*content, previous, digest))
        previous = digest
    return entries


def test_an_empty_chain_and_a_sound_one_hold() -> None:
    assert chain_faults([]) == []
    assert chain_faults(chain()) == []


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    "change", [{"at": "2020"}, {"actor": "eve"}, {"action": "strike"}, {"patient_id": 77}, {"detail": "{}"}, {"hash": "0" * 64}]
)
def test_a_changed_entry_is_named(place: int, change: dict[str, object]) -> None:
    entries = chain()
    entries[place] = replace(entries[place], **change)  # type: ignore[arg-type]
    assert f"audit entry {place + 1} was changed" in chain_faults(entries)


def test_an_entry_that_was_changed_with_its_hash_breaks_the_next() -> None:
    entries = chain()
    forged = replace(entries[1], actor="eve")
    content = (forged.id, forged.at, forged.actor, forged.action, forged.patient_id, forged.detail)
    entries[1] = replace(forged, hash=entry_hash(forged.previous_hash, *content))
    assert chain_faults(entries) == ["audit entry 3 does not follow the one before it"]


@pytest.mark.parametrize("place", range(3))
def test_a_removed_entry_is_named(place: int) -> None:
    entries = chain()
    del entries[place]
    assert f"audit entry {place + 1} is missing" in chain_faults(entries)


def test_entries_in_another_order_are_found() -> None:
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]
    assert chain_faults(entries)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ä"}) == canonical({"a": "ä", "b": 1}) == '{"a":"ä","b":1}'


@given(st.tuples(*[st.text(max_size=5)] * 4), st.tuples(*[st.text(max_size=5)] * 4))
def test_different_entries_have_different_hashes(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    def digest(fields: tuple[str, ...]) -> str:
        at, actor, action, detail = fields
        return entry_hash(GENESIS, 1, at, actor, action, None, detail)

    assert (digest(one) == digest(other)) == (one == other)


def test_a_separator_inside_a_field_does_not_make_two_entries_alike() -> None:
    assert entry_hash(GENESIS, 1, "a\x1fb", "c", "d", None, "{}") != entry_hash(GENESIS, 1, "a", "b\x1fc", "d", None, "{}")
