"""The shape of the source: every module mirrored by a test file, every import along an allowed arrow, sizes a reader can hold."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "labtrack"
TESTS = ROOT / "tests"

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
#: A module may be longer when its docstring says why, with these words.
EXCUSE = "Long because"

#: Modules without a test file of their own, each with the reason. Keep it short.
EXEMPT = {
    "__main__.py": "two lines; tests/test_cold_start.py runs them in a subprocess",
}

#: What each package may import (docs/architecture.md). "core values" of cli and tui means labtrack.core.
LIBRARIES = frozenset(sys.stdlib_module_names)
ARROWS: dict[str, frozenset[str]] = {
    "__init__": frozenset(),
    "__main__": frozenset({"cli"}),
    "core": frozenset(),
    "catalogue": frozenset({"core"}),
    "labs": frozenset({"core", "catalogue", "numpy"}),
    "rules": frozenset({"core", "catalogue", "labs", "numpy"}),
    "schedule": frozenset({"core", "catalogue", "labs", "numpy"}),
    "store": frozenset({"core", "sqlmodel", "sqlalchemy", "alembic", "platformdirs", "sqlcipher3"}),
    "exchange": frozenset({"core", "catalogue", "pandas", "numpy", "hl7", "icalendar", "fpdf"}),
    "charts": frozenset({"core", "plotext"}),
    "demo": frozenset({"core", "catalogue"}),
    "clinic": frozenset(
        {"core", "catalogue", "labs", "rules", "schedule", "store", "exchange", "charts", "demo", "numpy", "platformdirs", "argon2"},
    ),
    "cli": frozenset({"core", "clinic", "demo", "tui", "typer", "click", "keyring"}),
    "tui": frozenset({"core", "clinic", "charts", "textual", "rich"}),
}
#: Imported inside functions only, so that nothing pays for them before it needs them.
LATE = {"pandas", "alembic", "plotext", "hl7", "icalendar", "fpdf", "argon2", "keyring"}
#: The screens, which the commands open: (who, what) imported inside functions only as well.
LATE_ARROWS = {("cli", "tui")}

SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(tree: ast.Module) -> list[tuple[str, ast.stmt]]:
    """Every absolute name that is imported, with its statement. Relative imports are refused elsewhere."""
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.extend((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            if node.module == "labtrack":
                found.extend((f"labtrack.{alias.name}", node) for alias in node.names)
            else:
                found.append((node.module or "", node))
    return found


def target_of(name: str) -> str:
    """The part of labtrack, or the library, that an imported name belongs to; empty for the standard library."""
    parts = name.split(".")
    if parts[0] == "labtrack":
        return parts[1] if len(parts) > 1 else ""
    return "" if parts[0] in LIBRARIES else parts[0]


def owner_of(path: Path) -> str:
    first = name_of(path).split("/")[0]
    return first.removesuffix(".py")


def mirrored(path: Path) -> Path:
    """``labs/series.py`` is tested in ``tests/labs/test_series.py``, a package's ``__init__`` in ``tests/labs/test_init.py``."""
    relative = path.relative_to(PACKAGE)
    stem = "init" if relative.stem == "__init__" else relative.stem
    return TESTS / relative.parent / f"test_{stem}.py"


def is_bare(path: Path) -> bool:
    """Whether a module only holds its docstring, imports and ``__all__``: there is nothing in it to test."""
    for node in parsed(path).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        public = isinstance(node, ast.Assign) and all(isinstance(it, ast.Name) and it.id.startswith("__") for it in node.targets)
        if not (docstring or public or isinstance(node, (ast.Import, ast.ImportFrom))):
            return False
    return True


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_has_a_mirrored_test_file(path: Path) -> None:
    if name_of(path) in EXEMPT or is_bare(path):
        return
    assert mirrored(path).is_file(), f"{name_of(path)} has no {mirrored(path).relative_to(ROOT)}"


def test_every_exemption_is_still_needed() -> None:
    for name in EXEMPT:
        assert (PACKAGE / name).is_file(), f"{name} is exempt but does not exist"
        assert not mirrored(PACKAGE / name).exists(), f"{name} is exempt but has a test file"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_follow_the_arrows(path: Path) -> None:
    owner = owner_of(path)
    assert owner in ARROWS, f"{owner} is not in docs/architecture.md: give it its arrows there and here"
    for name, node in imports_of(parsed(path)):
        target = target_of(name)
        assert target in {"", "__version__", owner} | ARROWS[owner], f"{name_of(path)}:{node.lineno} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    tree = parsed(path)
    guarded = {
        id(inner) for node in tree.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) for inner in node.body
    }
    at_top = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    inside = {id(inner) for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for inner in ast.walk(node)}
    owner = owner_of(path)
    late = {id(node) for name, node in imports_of(tree) if target_of(name) in LATE or (owner, target_of(name)) in LATE_ARROWS}
    for node in at_top:
        if id(node) in late:
            assert id(node) in inside | guarded, f"{name_of(path)}:{node.lineno} pays for a heavy library on import"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_says_what_it_is_and_fits_a_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, f"{name_of(path)} has no docstring"
    lines = text.count("\n")
    assert lines <= LONGEST_MODULE or EXCUSE in docstring, f"{name_of(path)}: {lines} lines, and its docstring does not say why"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_functions_fit_a_screen(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < LONGEST_FUNCTION, f"{name_of(path)}:{node.lineno} {node.name}: {length} lines"


@pytest.mark.parametrize("path", [*SOURCES, *sorted(TESTS.rglob("*.py"))], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_left_unfinished(path: Path) -> None:
    left = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "NotImplemented" + "Error"))
    text = path.read_text(encoding="utf-8")
    assert not re.findall(rf"\b({left})\b", text), path.name
    assert ast.get_docstring(ast.parse(text)), f"{path.name} has no docstring"
