"""Exit statuses and messages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli import judging, run
from labtrack.core.errors import DatabaseLocked, UsageError


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (DatabaseLocked("Another program is writing.", "Try again."), 3, "labtrack: Another program is writing.\n  Try again.\n"),
        (UsageError("So it is not said.", "Say it like this."), 2, "labtrack: So it is not said.\n  Say it like this.\n"),
        (KeyboardInterrupt(), 3, "has left the clinic as it was"),
        (EOFError(), 3, "has left the clinic as it was"),
        (OSError(28, "No space left on device"), 3, "The output cannot be written: No space left on device."),
        (PermissionError(13, "Permission denied", "/x/y"), 3, "/x/y: Permission denied."),
        (BrokenPipeError(), 0, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_status_and_its_words(
    error: BaseException, status: int, told: str, labtrack: Labtrack, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.delenv("LABTRACK_TODAY")
    monkeypatch.setattr(judging, "put_worklist", fail)
    ran = labtrack("worklist")
    assert (ran.status, ran.out) == (status, "")
    assert told in ran.err
    assert bool(ran.err) == bool(told)


def test_what_nobody_foresaw_is_one_line_and_a_log(labtrack: Labtrack, ada: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(judging, "put_worklist", lambda *_, **__: 1 / 0)
    ran = labtrack("worklist")
    log = tmp_path / "clinic.log"
    assert (ran.status, ran.out) == (3, "")
    assert f"labtrack: something unexpected went wrong (ZeroDivisionError). The whole of it is in {log}.\n" in ran.err
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o777 == 0o600


def test_without_a_place_for_the_log_the_line_still_comes(
    labtrack: Labtrack, ada: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "clinic.log").mkdir()
    monkeypatch.setattr(judging, "put_worklist", lambda *_, **__: 1 / 0)
    ran = labtrack("worklist")
    assert ran.status == 3
    assert "something unexpected went wrong (ZeroDivisionError)" in ran.err
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["asess"], "Did you mean 'assess'?"),
        (["assess", "--formta", "csv"], "--format"),
        (["assess", "--format"], "--format"),
        (["assess", "extra"], "extra"),
        (["due", "--within", "soon"], "write a whole number"),
        (["--region", "MARS", "due"], "choose from US, EU"),
        (["--as-of", "03/04/2026", "due"], "ambiguous date"),
    ],
    ids=" ".join,
)
def test_wrong_usage_names_the_right_one(arguments: list[str], told: str, labtrack: Labtrack) -> None:
    ran = labtrack(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert "Usage: labtrack" in ran.err
    assert "--help" in ran.err


@pytest.mark.parametrize("arguments", [["patient", "show", "a\udcff"], ["import", "a\udcff.csv"]])
def test_what_is_no_text_is_refused(arguments: list[str], labtrack: Labtrack) -> None:
    ran = labtrack(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "a\\udcff" in ran.err


def test_messages_cannot_steer_the_terminal(labtrack: Labtrack, ada: str) -> None:
    ran = labtrack("patient", "show", "x\x1b[2J")
    assert ran.status == 3
    assert "\x1b" not in ran.err
    assert "\\x1b[2J" in ran.err


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01"])
def test_a_date_of_the_environment_that_is_none(day: str, labtrack: Labtrack, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTRACK_TODAY", day)
    assert labtrack("due").status == 2


def test_help_comes_first(labtrack: Labtrack) -> None:
    ran = labtrack("record", "--at", "nonsense", "-h")
    assert ran.status == 0
    assert ran.out.startswith("Usage: labtrack record MRN KEY=VALUE:UNIT...")


def test_after_two_hyphens_nothing_is_an_option(labtrack: Labtrack, ada: str) -> None:
    assert "There is no patient --help." in labtrack("patient", "show", "--", "--help").err


def process(*arguments: str | Path, **variables: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    return subprocess.Popen(
        [sys.executable, "-m", "labtrack", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


def test_a_reader_that_leaves_early_is_no_error(labtrack: Labtrack, ada: str) -> None:
    ran = process("audit", "--format", "csv")
    assert ran.stdout is not None
    assert ran.stderr is not None
    ran.stdout.close()
    assert ran.wait() == run.DONE
    assert ran.stderr.read() == b"Today is taken to be 2026-11-22 (LABTRACK_TODAY).\n"
    ran.stderr.close()


@pytest.mark.parametrize("locale", ["C", "POSIX", "tr_TR.UTF-8"])
@pytest.mark.parametrize("utf8", ["0", "1"])
def test_data_is_the_same_in_every_locale(locale: str, utf8: str, labtrack: Labtrack, ada: str) -> None:
    labtrack("patient", "edit", ada, "--name", "Nguyễn, Thị Mai")
    expected = labtrack("worklist", "--format", "csv").out
    variables = {
        "LC_ALL": locale,
        "LANG": locale,
        "PYTHONUTF8": utf8,
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii" if utf8 == "0" else "",
    }
    out, err = process("worklist", "--format", "csv", **variables).communicate()
    assert out.decode("utf-8") == expected, err
    assert b"\r\n" in out
    table, err = process("worklist", **variables).communicate()
    assert b"Traceback" not in err
    assert (b"Nguy\\u1ec5n" if utf8 == "0" else "Nguyễn".encode()) in table


@pytest.mark.parametrize("arguments", [("export", "summary"), ("export", "results"), ("rules",), ("--help",)], ids=" ".join)
def test_nothing_is_said_when_the_reader_leaves_early(arguments: tuple[str, ...], labtrack: Labtrack, ada: str) -> None:
    ran = process(*arguments)
    assert ran.stdout is not None
    assert ran.stderr is not None
    ran.stdout.close()
    assert ran.wait() == run.DONE
    assert ran.stderr.read().decode().replace("Today is taken to be 2026-11-22 (LABTRACK_TODAY).\n", "") == ""
    ran.stderr.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [("due",), ("export", "summary"), ("--version",), ("--help",)], ids=" ".join)
def test_an_output_that_is_full_is_told_once(arguments: tuple[str, ...], labtrack: Labtrack, ada: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "labtrack", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            text=True,
            check=False,
        )
    assert ran.returncode == run.FAILED
    assert ran.stderr.count("labtrack: The output cannot be written: No space left on device.") == 1
    assert "Traceback" not in ran.stderr
    assert "ignored" not in ran.stderr


@pytest.mark.parametrize("closed", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids=" ".join)
def test_closed_streams_lead_nowhere(closed: list[str], labtrack: Labtrack, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"import sys; {'; '.join(f'sys.{name} = None' for name in closed)}; from labtrack.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for arguments in (["due"], ["--version"], ["show", "nobody"]):
        ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, env=environment, check=False)
        assert ran.returncode == (run.FAILED if arguments[0] == "show" else run.DONE), ran.stderr
