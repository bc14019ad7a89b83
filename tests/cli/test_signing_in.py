"""Where name and passphrase come from: options, variables, a descriptor, a terminal; never from where others can read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.cli.conftest import Stream
from tests.clinic.people import MARIA, WORDS

from labtrack.cli import signing_in
from labtrack.cli.options import Given
from labtrack.cli.signing_in import as_somebody, asked_account, from_descriptor, new_passphrase, user_name
from labtrack.clinic.accounts import Account
from labtrack.core.errors import SignInNeeded, SignInRefused, UsageError


@pytest.fixture
def descriptor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """A file of two lines, open for reading under a number that the environment gives."""
    (tmp_path / "lines").write_text(f"{WORDS}\r\nthe second line\n", encoding="utf-8")
    number = os.open(tmp_path / "lines", os.O_RDONLY)
    monkeypatch.setenv("LABTRACK_ACCOUNT_FD", str(number))
    return number


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A terminal at which these answers are typed, the last one first; the prompts are not looked at."""
    answers: list[str] = []
    monkeypatch.setattr("sys.stdin", Stream(terminal=True))
    monkeypatch.setattr(signing_in, "getpass", lambda prompt, stream: answers.pop())
    return answers


def test_each_passphrase_is_one_line_of_the_descriptor(descriptor: int) -> None:
    assert [from_descriptor(), from_descriptor(), from_descriptor()] == [WORDS, "the second line", ""]


@pytest.mark.parametrize("number", ["x", "-1", "987654"])
def test_a_descriptor_that_is_none_is_told_with_an_example(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTRACK_ACCOUNT_FD", number)
    with pytest.raises(UsageError, match="LABTRACK_ACCOUNT_FD") as caught:
        from_descriptor()
    assert "3<" in caught.value.next_step


def test_a_line_that_is_no_text_is_told_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"secret \xff\n")
    monkeypatch.setenv("LABTRACK_ACCOUNT_FD", str(os.open(tmp_path / "lines", os.O_RDONLY)))
    with pytest.raises(UsageError) as caught:
        from_descriptor()
    assert "secret" not in str(caught.value)


def test_the_name_comes_from_the_option_or_the_variable(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTRACK_USER", "otto")
    assert (user_name("maria"), user_name(None)) == ("maria", "otto")
    assert asked_account("maria") == MARIA


def test_at_a_terminal_it_is_asked_for_without_showing_it(terminal: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(terminal=True)
    stream.buffer.write(b"maria\n")
    stream.seek(0)
    monkeypatch.setattr("sys.stdin", stream)
    terminal.append(WORDS)
    assert asked_account(None) == MARIA


def test_without_a_terminal_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Stream())
    with pytest.raises(SignInNeeded) as caught:
        asked_account(None)
    assert "LABTRACK_USER" in caught.value.next_step
    with pytest.raises(SignInNeeded) as caught:
        asked_account("maria")
    assert "LABTRACK_ACCOUNT_FD" in caught.value.next_step


def test_a_new_passphrase_is_typed_twice(terminal: list[str], descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert new_passphrase("ada") == WORDS, "from the descriptor once"
    monkeypatch.delenv("LABTRACK_ACCOUNT_FD")
    terminal += [WORDS, WORDS, WORDS, "something else"]
    with pytest.raises(UsageError):
        new_passphrase("ada")
    assert new_passphrase("ada") == WORDS


def test_nobody_is_asked_before_the_clinic_asks_and_then_once(descriptor: int) -> None:
    said, seen = Given(user="maria"), []

    def free(account: Account | None) -> str:
        return "open"

    def asking(account: Account | None) -> str:
        seen.append(account)
        if account is None:
            raise SignInNeeded("who?")
        return "signed in"

    assert as_somebody(said, free) == "open"
    assert said.account is None
    assert as_somebody(said, asking) == "signed in"
    assert as_somebody(said, asking) == "signed in"
    assert seen == [None, MARIA, MARIA]
    with pytest.raises(SignInRefused):
        as_somebody(said, _refusing)


def _refusing(account: Account | None) -> None:
    raise SignInRefused("no")
