"""The settings file's own text with some values changed: line by line, so that comments and tables of a person's own stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from labtrack.clinic.toml_text import key_text, quoted
from labtrack.core.errors import CatalogueError

_TABLE = re.compile(r"\s*\[")
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*')"""


def changed_text(text: str, values: Mapping[str, str], keys: Mapping[str, str] | None, path: Path) -> str:
    """``text`` with top-level ``values``, and with ``keys`` as its table of keys if not None.

    Raises CatalogueError when the text is laid out so that this would not read back as meant; then it is for a person to change.
    """
    before = tomllib.loads(text)
    lines = text.removeprefix("\ufeff").splitlines()
    top = _end_of_top(lines)
    head, tail = lines[:top], lines[top:]
    for name, value in values.items():
        _put(head, name, value)
    if keys is not None:
        tail = _with_keys(tail, keys)
    if tail and head and head[-1].strip():
        head.append("")
    changed = "\n".join([*head, *tail]) + "\n"
    wanted = {**before, **values}
    if keys is not None:
        wanted["keys"] = dict(keys)
    try:
        read = tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        read = {}
    if {**read, "keys": read.get("keys", {})} != {**wanted, "keys": wanted.get("keys", {})}:
        names = ", ".join([*values, *(["keys"] if keys is not None else [])])
        raise CatalogueError(f"The settings file {path} is written in a way that cannot be changed from here.", f"Change {names} by hand.")
    return changed


def _end_of_top(lines: list[str]) -> int:
    """The number of the first line of a table; comments right above it belong to it."""
    end = next((place for place, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    while end < len(lines) and end > 0 and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def _put(lines: list[str], name: str, value: str) -> None:
    """Change or add one ``name = "value"``; what stands behind it on the line stays."""
    pattern = re.compile(rf"(\s*(?:{re.escape(name)}|{re.escape(quoted(name))})\s*=\s*){_STRING}(.*)")
    for place, line in enumerate(lines):
        match = pattern.fullmatch(line)
        if match is not None:
            lines[place] = f"{match[1]}{quoted(value)}{match[2]}"
            return
    while lines and not lines[-1].strip():
        lines.pop()
    lines.append(f"{key_text(name)} = {quoted(value)}")


def _with_keys(lines: list[str], keys: Mapping[str, str]) -> list[str]:
    """The tables with ``[keys]`` holding just these; it comes last where there was none."""
    start = next((place for place, line in enumerate(lines) if re.fullmatch(r"\s*\[\s*keys\s*\]\s*(#.*)?", line)), None)
    if start is None:
        return [*lines, *([""] if lines and lines[-1].strip() else []), "[keys]", *_pairs(keys)] if keys else lines
    end = next((place for place in range(start + 1, len(lines)) if _TABLE.match(lines[place])), len(lines))
    kept = [line for line in lines[start + 1 : end] if not line.strip() or line.lstrip().startswith("#")]
    trailing = []
    while kept and not kept[-1].strip():
        trailing.append(kept.pop())
    return [*lines[: start + 1], *kept, *_pairs(keys), *trailing, *lines[end:]]


def _pairs(keys: Mapping[str, str]) -> list[str]:
    return [f"{quoted(name)} = {quoted(value)}" for name, value in keys.items()]
