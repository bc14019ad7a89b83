"""A passphrase comes from a descriptor, the keyring or a prompt, and from nowhere else; what is wrong is one message with the next step."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from labtrack.cli import passphrases
from labtrack.core.errors import DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase

PATH = Path("clinic.db")
Give = Callable[[bytes], None]


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Iterator[Give]:
    """Puts bytes behind a descriptor and numbers it."""
    opened = []

    def give(content: bytes) -> None:
        reading, writing = os.pipe()
        os.write(writing, content)
        os.close(writing)
        opened.append(reading)
        monkeypatch.setenv("LABTRACK_PASSPHRASE_FD", str(reading))

    yield give
    for each in opened:
        os.close(each)


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring in memory."""
    kept: dict[tuple[str, str], str] = {}
    module = ModuleType("keyring")
    module.errors = SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {}))  # type: ignore[attr-defined]
    module.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    module.set_password = lambda service, name, value: kept.__setitem__((service, name), value)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed at prompts, one after the other."""
    lines: list[str] = []
    monkeypatch.setattr(passphrases, "_has_terminal", lambda: True)
    monkeypatch.setattr(passphrases, "getpass", lambda prompt, stream: lines.pop(0))
    return lines


@pytest.fixture
def unlock(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str]]:
    """What was used to unlock what; the right passphrase is "right"."""
    tried: list[tuple[Path, str]] = []

    def unlock(path: Path, passphrase: str) -> None:
        tried.append((path, passphrase))
        if passphrase != "right":
            raise WrongPassphrase("wrong", "", path)

    monkeypatch.setattr("labtrack.clinic.encryption.unlock", unlock)
    return tried


def deed(tried: list[tuple[Path, str]], *paths: Path) -> Callable[[], str]:
    def do() -> str:
        for path in paths:
            if (path, "right") not in tried:
                raise PassphraseNeeded("needed", "type it", path)
        return "done"

    return do


def test_nothing_is_asked_for_what_is_in_clear(unlock: list[tuple[Path, str]]) -> None:
    assert passphrases.unlocked(deed(unlock)) == "done"
    assert unlock == []


def test_a_line_for_each_file_that_is_wanted(give: Give, unlock: list[tuple[Path, str]]) -> None:
    give(b"right\r\nright\nleft over")
    assert passphrases.unlocked(deed(unlock, PATH, Path("copy.db"))) == "done"
    assert unlock == [(PATH, "right"), (Path("copy.db"), "right")]


def test_it_is_asked_for_at_a_prompt(typed: list[str], unlock: list[tuple[Path, str]]) -> None:
    typed.append("right")
    assert passphrases.unlocked(deed(unlock, PATH)) == "done"


def test_a_wrong_one_is_told_and_not_asked_for_again(typed: list[str], unlock: list[tuple[Path, str]]) -> None:
    typed += ["wrong", "right"]
    with pytest.raises(WrongPassphrase):
        passphrases.unlocked(deed(unlock, PATH))
    assert typed == ["right"]


def test_without_a_terminal_the_message_says_how(unlock: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrases, "_has_terminal", lambda: False)
    with pytest.raises(PassphraseNeeded, match="needed"):
        passphrases.unlocked(deed(unlock, PATH))
    with pytest.raises(PassphraseNeeded, match="no terminal"):
        passphrases.new_passphrase(PATH)


def test_the_keyring_is_asked_only_if_that_was_said(
    ring: dict[tuple[str, str], str], typed: list[str], unlock: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    passphrases.keep_in_keyring(PATH, "right")
    assert ring == {("labtrack", str(PATH.absolute())): "right"}
    typed.append("wrong")
    with pytest.raises(WrongPassphrase):
        passphrases.unlocked(deed(unlock, PATH))
    monkeypatch.setenv("LABTRACK_KEYRING", "yes")
    assert passphrases.unlocked(deed(unlock, PATH)) == "done"
    typed.append("right")
    assert passphrases.unlocked(deed(unlock, Path("unknown.db"))) == "done"
    assert typed == []


def test_a_keyring_that_is_not_there_or_does_not_answer_is_told(ring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*given: object) -> None:
        raise sys.modules["keyring"].errors.KeyringError("secret words")

    monkeypatch.setattr(sys.modules["keyring"], "set_password", locked)
    with pytest.raises(DatabaseUnavailable, match="does not answer") as caught:
        passphrases.keep_in_keyring(PATH, "right")
    assert "secret" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(DatabaseUnavailable, match="not installed"):
        passphrases.keyring()


def test_a_new_one_is_typed_twice(typed: list[str]) -> None:
    typed += ["right", "right", "right", "wrong"]
    assert passphrases.new_passphrase(PATH) == "right"
    with pytest.raises(Refused, match="not the same"):
        passphrases.new_passphrase(PATH)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\n"])
def test_a_descriptor_without_a_passphrase_is_told(give: Give, content: bytes) -> None:
    give(content)
    with pytest.raises(PassphraseNeeded) as caught:
        passphrases.new_passphrase(PATH)
    assert caught.value.next_step


@pytest.mark.parametrize("number", ["x", "-1", "98765", "9" * 30, "3.5"])
def test_a_number_of_no_descriptor_is_told(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("LABTRACK_PASSPHRASE_FD", number)
    with pytest.raises(PassphraseNeeded, match="numbers no file descriptor"):
        passphrases.present_passphrase(PATH)


def test_the_screens_find_the_way_open_only_where_a_variable_says_so(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("labtrack.clinic.encryption.ask", asked.append)
    passphrases.unlock_ahead("clinic.db")
    assert asked == []
    give(b"right\n")
    passphrases.unlock_ahead("clinic.db")
    assert asked == ["clinic.db"]
