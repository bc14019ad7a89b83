"""Do the tests notice a changed comparison? Mutates modules one place at a time and runs tests on each mutant.

Usage: ``python tests/mutants.py MODULE-OR-FOLDER... --tests PATH... [--jobs N] [--only TEXT]``. Prints every survivor with its line.
The paths are run in their order until one fails; ``{}`` in a path stands for the module's name (``tests/rules/test_{}.py``).

mutmut leaves decorated functions alone, and every rule is one; so the mutants are made here. Each runs in a forked process that has
the heavy libraries loaded already; a mutant is killed by a failing test, an error or a time-out.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

SOURCE = Path(__file__).parents[1] / "src"
#: Seconds after which a mutant counts as killed: it loops.
LONGEST = 240
#: Exit statuses of a forked process. Any other means that the runner itself failed: that counts as survived, so that it is looked at.
KILLED, SURVIVED = 76, 77
QUIET = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::ResourceWarning")

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitXor: ast.BitOr,
}  # fmt: skip
NAMES = {
    "URGENT": "ACTION", "ACTION": "WATCH", "WATCH": "URGENT", "BARICITINIB": "TOFACITINIB", "TOFACITINIB": "UPADACITINIB",
    "UPADACITINIB": "BARICITINIB", "MET": "NOT_MET", "NOT_MET": "MET", "UNKNOWN": "MET", "maximum": "minimum", "minimum": "maximum",
    "less": "more", "more": "less", "US": "EU", "EU": "US", "low": "high", "high": "low", "low_open": "high_open",
    "high_open": "low_open", "LOW_OPEN": "HIGH_OPEN", "HIGH_OPEN": "LOW_OPEN", "uln": "lln", "lln": "uln",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place of one module."""

    path: Path
    line: int
    number: int
    what: str


class Mutator(ast.NodeTransformer):
    """Counts the places that can be changed and changes the one numbered ``wanted``."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[tuple[int, str]] = []

    def _offer(self, node: ast.AST, what: str) -> bool:
        self.found.append((getattr(node, "lineno", 0), what))
        return len(self.found) - 1 == self.wanted

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        node.args.defaults = [self.visit(each) for each in node.args.defaults]
        node.args.kw_defaults = [each and self.visit(each) for each in node.args.kw_defaults]
        node.body = [self.visit(each) for each in node.body]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        for place, operator in enumerate(node.ops):
            other = COMPARISONS.get(type(operator))
            if other is not None and self._offer(node, f"{type(operator).__name__} -> {other.__name__}"):
                node.ops[place] = other()
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        other = OPERATORS.get(type(node.op))
        if other is not None and self._offer(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        if self._offer(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if self._offer(node, f"{type(node.op).__name__} dropped"):
            return self.generic_visit(node.operand)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool):
            changed: object = not value
        elif isinstance(value, int):
            changed = value + 1
        elif isinstance(value, float):
            changed = value * 1.01 if value else 1.0
        else:
            return node
        return ast.copy_location(ast.Constant(changed), node) if self._offer(node, f"{value} -> {changed}") else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        other = NAMES.get(node.id) if isinstance(node.ctx, ast.Load) else None
        if other is not None and self._offer(node, f"{node.id} -> {other}"):
            node.id = other
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        other = NAMES.get(node.attr) if isinstance(node.ctx, ast.Load) else None
        if other is not None and self._offer(node, f".{node.attr} -> .{other}"):
            node.attr = other
        return self.generic_visit(node)


class MutatedLoader(importlib.abc.Loader):
    """Gives one module's changed code."""

    def __init__(self, code: CodeType) -> None:
        self._code = code

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, vars(module))


class MutatedFinder(importlib.abc.MetaPathFinder):
    """Finds the one changed module before anyone else does."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        package = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, self._path, loader=MutatedLoader(self._code), submodule_search_locations=package
        )


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every place of a module that can be changed."""
    mutator = Mutator()
    mutator.visit(ast.parse(path.read_text(encoding="utf-8")))
    for number, (line, what) in enumerate(mutator.found):
        yield Mutant(path, line, number, what)


def mutated_code(mutant: Mutant) -> CodeType:
    """The module with its one place changed."""
    tree = Mutator(mutant.number).visit(ast.parse(mutant.path.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(mutant.path), "exec")


def _run_tests(mutant: Mutant, tests: Sequence[str]) -> None:
    """In a forked process: exit with KILLED or SURVIVED."""
    import pytest

    parts = mutant.path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    sys.meta_path.insert(0, MutatedFinder(name, mutant.path, mutated_code(mutant)))
    signal.alarm(LONGEST)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for each in tests:
            path = Path(each.format(mutant.path.stem))
            if path.exists() and pytest.main([*QUIET, str(path)]) != pytest.ExitCode.OK:
                os._exit(KILLED)
    os._exit(SURVIVED)


def is_killed(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether any test notices."""
    process = multiprocessing.get_context("fork").Process(target=_run_tests, args=(mutant, tests))
    process.start()
    process.join()
    return process.exitcode in (KILLED, -signal.SIGALRM)


def main() -> None:
    """Run and print survivors, then the count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("targets", nargs="+", type=Path)
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="only mutants whose description holds this text")
    asked = parser.parse_args()
    sys.path.insert(0, str(SOURCE))
    for heavy in ("numpy", "numpy.ma", "pytest", "tomllib", "xml.etree.ElementTree"):
        importlib.import_module(heavy)
    paths = [path for target in asked.targets for path in (sorted(target.rglob("*.py")) if target.is_dir() else [target])]
    mutants = [each for path in paths for each in mutants_of(path.resolve()) if asked.only in each.what]
    began, survivors = time.monotonic(), 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, killed in zip(mutants, pool.map(lambda each: is_killed(each, asked.tests), mutants), strict=True):
            if not killed:
                survivors += 1
                print(f"survived: {mutant.path.relative_to(SOURCE)}:{mutant.line} {mutant.what}", flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"{len(mutants)} mutants, {len(mutants) - survivors} killed, {survivors} survived, {minutes:.0f} min")


if __name__ == "__main__":
    main()
