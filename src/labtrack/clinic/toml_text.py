"""Writing TOML: single values, and a private file that is whole or as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from labtrack.core.errors import LabtrackError

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def quoted(text: str) -> str:
    """A text as a TOML string on one line.

    >>> quoted('say "no"'), quoted("a\\x7fb")
    ('"say \\\\"no\\\\""', '"a\\\\u007fb"')
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_text(name: str) -> str:
    """A name as a TOML key: bare where it may be.

    >>> key_text("region"), key_text("City Lab")
    ('region', '"City Lab"')
    """
    return name if _BARE.fullmatch(name) else quoted(name)


def table_lines(header: str, values: Mapping[str, str]) -> list[str]:
    """A table of texts with its header line; nothing for an empty one."""
    return [f"[{header}]", *(f"{key_text(name)} = {quoted(text)}" for name, text in values.items())] if values else []


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, into a folder made so if there is none; all of it or nothing.

    Where ``path`` is a link, the file that it leads to is written. Raises LabtrackError.
    """
    from labtrack.exchange.writing import whole_file

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text.encode()
    except OSError as error:
        raise LabtrackError(f"The folder {path.parent} cannot be made: {error.strerror}.", "Choose another place or make room.") from error
    except UnicodeEncodeError as error:
        raise LabtrackError(f"{path} cannot be written: a character of it is none.", "Type it again.") from error
    with whole_file(path) as stream:
        stream.write(text)
