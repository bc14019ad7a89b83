"""The entry point."""

from __future__ import annotations

import sys

import pytest
from tests.cli.conftest import Labtrack

from labtrack import __version__
from labtrack.cli import main


def test_the_version_is_answered_at_once(labtrack: Labtrack) -> None:
    assert labtrack("--version").out == f"labtrack {__version__}\n"
    assert labtrack("--db", "x.db", "--version").out == f"labtrack {__version__}\n"


def test_without_arguments_it_takes_those_of_the_process(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["labtrack", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"labtrack {__version__}\n"
