"""A sealed file opens with its key alone and is written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from labtrack.store.cipher import Key
from labtrack.store.sealed import seal, unseal

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

KEY = Key(b"k" * 32, b"s" * 16)
TEXT = "Zebulon Quartermain, 7.21 mmol/L"


def test_what_is_sealed_is_found_with_its_key_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.draft"
    seal(path, KEY, "name", TEXT)
    assert unseal(path, KEY) == ("name", TEXT)
    assert b"Quartermain" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ValueError, match="not one of ours"):
        unseal(path, KEY.part("another"))
    seal(path, KEY, "name", "")
    assert unseal(path, KEY) == ("name", "")


@pytest.mark.parametrize("content", [b"", b"text", os.urandom(4096), b"SQLite format 3\0" + b"\0" * 4080])
def test_anything_else_is_a_value_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "one.draft"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not one of ours"):
        unseal(path, KEY)
    with pytest.raises(FileNotFoundError):
        unseal(tmp_path / "none.draft", KEY)


def test_a_bit_that_flipped_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "one.draft"
    seal(path, KEY, "name", TEXT)
    content = bytearray(path.read_bytes())
    content[-200] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not one of ours"):
        unseal(path, KEY)


def test_a_write_that_fails_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.draft"
    seal(path, KEY, "name", TEXT)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labtrack.store.sealed.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        seal(path, KEY, "name", "later")
    assert unseal(path, KEY) == ("name", TEXT)
    assert [each.name for each in tmp_path.iterdir()] == ["one.draft"]
