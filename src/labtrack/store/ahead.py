"""Compiles the statements of ``statements.py`` for SQLite ahead of time: ``python -m labtrack.store.ahead`` writes ``compiled.py``.

Importing SQLAlchemy and compiling would take longer than most commands take altogether.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import Executable

from labtrack.store.statements import STATEMENTS, TABLES

TARGET = Path(__file__).with_name("compiled.py")
_WIDTH = 120
_HEAD = '''"""The statements as SQLite takes them, and the columns of the tables. Made by ``python -m labtrack.store.ahead``: do not edit.

Long because it lists every statement of the store.
"""

from __future__ import annotations

from labtrack.store.connection import Statement

# fmt: off'''


def compile_all(dialect: Dialect, statements: Mapping[str, Executable] = STATEMENTS) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The text of each statement with positional markers, and the names of its parameters in their order.

    ``dialect`` must have a positional ``paramstyle``.
    """
    found = {}
    for name, statement in statements.items():
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        found[name] = (" ".join(str(compiled).split()), tuple(compiled.positiontup or ()))
    return found


def module_text() -> str:
    """The content of ``compiled.py``."""
    lines = [_HEAD]
    for name, (text, parameters) in compile_all(sqlite.dialect(paramstyle="qmark")).items():
        lines += [f"{name} = Statement(", f'    "{name}",', *_quoted(text), f"    {_tuple(parameters)},", ")"]
    lines += ["", "#: The columns of each table, in its order.", "COLUMNS: dict[str, tuple[str, ...]] = {"]
    for name, table in TABLES.items():
        lines += [f'    "{name}": (', *(f'        "{column.name}",' for column in table.columns), "    ),"]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> list[str]:
    """A text as string literals side by side, none longer than a line."""
    parts = textwrap.wrap(text, _WIDTH, drop_whitespace=False, break_long_words=False, break_on_hyphens=False)
    literals = [f"    '{part}'" if '"' in part else f'    "{part}"' for part in parts]
    return [*literals[:-1], literals[-1] + ","]


def _tuple(names: tuple[str, ...]) -> str:
    inside = ", ".join(f'"{name}"' for name in names)
    line = f"({inside}{',' if len(names) == 1 else ''})"
    if len(line) <= _WIDTH:
        return line
    return "(\n" + "".join(f'        "{name}",\n' for name in names) + "    )"


if __name__ == "__main__":
    TARGET.write_text(module_text(), encoding="utf-8")
