"""The promises of SECURITY.md: each is broken once, in a copy of the source, and a test that it names must fail.

``python tests/promises.py`` breaks them all and prints what happened; ``--only TEXT`` those whose words hold it (``copies:`` those of a
part); ``--write`` writes the tables of SECURITY.md from ``tests/promises.toml``. Ends with 1 when a promise was broken and nothing failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "promises.toml"
DOCUMENT = ROOT / "SECURITY.md"
#: What a copy needs of the working tree.
COPIED = ("src", "tests", "migrations", "docs", "pyproject.toml", "README.md", "SECURITY.md")
#: Seconds after which tests that a broken promise made wait count as failed.
LONGEST = 900
_TABLE = re.compile(r"(<!-- promises: (?P<about>[^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Promise:
    """``says`` in SECURITY.md under ``about``, held by ``tests``; broken by writing ``broken`` for ``was``, which is once in ``file``."""

    about: str
    says: str
    tests: tuple[str, ...]
    file: str
    was: str
    broken: str


def promises() -> list[Promise]:
    """All of them, in the order of the document."""
    found = tomllib.loads(LIST.read_text(encoding="utf-8"))["promise"]
    return [Promise(**{**each, "tests": tuple(each["tests"])}) for each in found]


def with_tables(text: str, made: Sequence[Promise]) -> str:
    """The document with its tables as the list has them."""

    def table(match: re.Match[str]) -> str:
        rows = [each for each in made if each.about == match["about"].strip()]
        lines = [f"| {each.says} | {'<br>'.join(f'`{test}`' for test in each.tests)} |" for each in rows]
        return "\n".join([match[1] + "| Promise | Held by |", "| --- | --- |", *lines, match[3]])

    return _TABLE.sub(table, text)


def fails_when_broken(promise: Promise) -> tuple[bool, str]:
    """Whether a test of it fails once it is broken, and the last line that pytest printed."""
    status, line = tried(promise.tests, promise)
    # 1: tests failed. Anything else (nothing collected, no such test) says nothing about the promise.
    return status == 1, line


def tried(tests: Sequence[str], broken_promise: Promise | None = None) -> tuple[int, str]:
    """pytest's status on a copy of the source, in which a promise may be broken, and its last line."""
    with tempfile.TemporaryDirectory(prefix="promise-") as folder:
        for name in COPIED:
            source, target = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, target)
        if broken_promise is not None:
            place = Path(folder, broken_promise.file)
            text = place.read_text(encoding="utf-8")
            if text.count(broken_promise.was) != 1:
                return -1, f"{broken_promise.file} has what is to be broken {text.count(broken_promise.was)} times"
            place.write_text(text.replace(broken_promise.was, broken_promise.broken), encoding="utf-8")
        path = os.pathsep.join([str(Path(folder, "src")), folder])
        options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
        try:
            run = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *tests],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1, f"did not end within {LONGEST} s"
    lines = run.stdout.strip().splitlines()
    return run.returncode, lines[-1] if lines else run.stderr.strip()[-200:]


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="promises whose words hold this")
    parser.add_argument("--write", action="store_true", help="write the tables of SECURITY.md")
    given = parser.parse_args()
    made = promises()
    if given.write:
        DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8"), made), encoding="utf-8")
        return 0
    made = [each for each in made if given.only.casefold() in f"{each.about}: {each.says}".casefold()]
    if not made:
        parser.error(f"no promise holds {given.only!r}")
    status, line = tried(sorted({test for each in made for test in each.tests}))
    print(f"unbroken: [{line}]", flush=True)
    if status:
        return 1
    unnoticed = 0
    for each in made:
        began = time.monotonic()
        noticed, line = fails_when_broken(each)
        unnoticed += not noticed
        print(f"{'fails as it must' if noticed else 'NOT NOTICED'}: {each.says}  [{line}] {time.monotonic() - began:.0f} s", flush=True)
    print(f"{len(made)} promises, {unnoticed} not noticed when broken.")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
