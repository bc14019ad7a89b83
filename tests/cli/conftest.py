"""The command line in this process, through its entry point, with streams of its own."""

from __future__ import annotations

import csv
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labtrack.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """stdout as CSV."""
        return list(csv.DictReader(io.StringIO(self.out, newline="")))

    @property
    def objects(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.out)


class Stream(io.TextIOWrapper):
    """A standard stream that may be a terminal."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self, encoding: str = "utf-8") -> str:
        self.flush()
        data: bytes = self.buffer.getvalue()  # type: ignore[attr-defined]
        return data.decode(encoding)


Labtrack = Callable[..., Ran]


@pytest.fixture
def labtrack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Labtrack]:
    """Runs a command: ``labtrack("assess", "--all", terminal=True)``. 80 columns wide unless COLUMNS says another."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str | Path, terminal: bool = False, encoding: str = "utf-8") -> Ran:
        out, err = Stream(encoding, terminal), Stream("utf-8", terminal)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            status = main([str(each) for each in arguments])
        told = Ran(status, out.text(encoding if status is not None else "utf-8"), err.text())
        assert "Traceback" not in told.out + told.err
        return told

    yield run
    for handler in list(logging.getLogger("labtrack").handlers):
        handler.close()
        logging.getLogger("labtrack").removeHandler(handler)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of the test's own; its path."""

    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def ada(labtrack: Labtrack) -> str:
    """The MRN of a woman of 58, on baricitinib since 3 March 2026, whose neutrophils are 0.82 and whose hemoglobin is 12.9."""
    for line in (
        ["patient", "add", "10021", "--name", "Okafor, Ada", "--birth-date", "1968-02-11", "--sex", "F"],
        ["course", "start", "10021", "baricitinib", "--dose-mg", "2", "--frequency", "daily", "--on", "2026-03-03"],
        ["record", "10021", "anc=3.1:10*9/L", "hb=12.8:g/dL", "--at", "2026-02-24"],
        ["record", "10021", "anc=0.82:10*9/L", "hb=12.9:g/dL", "--at", "2026-11-19T08:15"],
    ):
        ran = labtrack(*line)
        assert ran.status == 0, ran.err
    return "10021"
