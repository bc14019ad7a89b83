"""Which passphrases are taken, and what is kept of one."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from labtrack.clinic import passphrases
from labtrack.clinic.passphrases import NOBODY, fits, hashed, hasher, normal, refusal
from labtrack.core.errors import LabtrackError, Refused


@pytest.mark.parametrize(
    "text",
    ["", "short one", "x" * 1_025, "a\nb\x00cdefghijk", "ababababababab", "Maria.Ruiz-Sanz"],
    ids=["empty", "short", "long", "control", "two", "name"],
)
def test_a_passphrase_that_is_easy_or_cannot_be_typed_is_refused_without_being_repeated(text: str) -> None:
    problem = refusal(text, "maria.ruiz-sanz")
    assert problem
    assert not text or text not in problem
    with pytest.raises(Refused) as caught:
        hashed(text, "maria.ruiz-sanz")
    assert caught.value.next_step


def test_only_argon2_is_kept_and_only_the_same_passphrase_fits() -> None:
    kept = hashed("seven quiet herons", "maria")
    assert kept.startswith("$argon2id$")
    assert "heron" not in kept
    assert fits(kept, "seven quiet herons")
    assert not fits(kept, "seven quiet heron")
    assert kept != hashed("seven quiet herons", "maria"), "the same passphrase of two people must not show"


def test_the_same_letters_from_another_keyboard_fit() -> None:
    composed, split = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    assert normal(composed) == normal(split)
    assert fits(hashed(split, "m"), composed)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
def test_what_is_no_hash_fits_nothing(kept: str) -> None:
    assert not fits(kept, "seven quiet herons")


def test_an_attempt_under_a_name_that_nobody_has_costs_as_much_as_any() -> None:
    mine, nobody = hasher(), extract_parameters(NOBODY)
    assert (nobody.time_cost, nobody.memory_cost, nobody.parallelism) == (mine.time_cost, mine.memory_cost, mine.parallelism)
    assert (nobody.hash_len, nobody.salt_len, nobody.type) == (mine.hash_len, mine.salt_len, mine.type)


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(refusal(text, "m"), str)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *others: Any, **more: Any) -> Any:
        if name == "argon2":
            raise ImportError(name)
        return real(name, *others, **more)

    passphrases.hasher.cache_clear()
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(LabtrackError, match="argon2-cffi") as caught:
        hasher()
    assert "pip install" in caught.value.next_step
