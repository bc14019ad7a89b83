"""The log and what is told of a crash: where and of what kind, never of whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from tests.hostile.clinics import EVERYTHING, TODAY
from tests.hostile.test_screens import opening
from tests.hostile.tricks import ALL, MARK, harms
from tests.tui.conftest import WIDE, settled

from labtrack.cli.log import log_to
from labtrack.clinic import Clinic, Settings
from labtrack.clinic.importing import ImportOptions
from labtrack.clinic.watching import Watcher, inbox_of
from labtrack.core.judgment import Region
from labtrack.rules.registry import Rule
from labtrack.tui.app import LabtrackApp

SOURCE = Path(__file__).parents[2] / "src" / "labtrack"
#: What a log line may name: our own rules, our own counts, the hash of a file, the type of something.
MAY_BE_LOGGED = {"rule.id", "arrival.sha256", "type(raised.object).__name__", "unrecorded_text(len(self._waiting))"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def crash(*_: object, **__: object) -> None:
    """A fault of ours, whose words and frames hold all that the record holds."""
    name, value = ALL, f"{MARK} Okafor, Ada 10021 ANC 0.82 +43 660 1234567"
    try:
        int(name)
    except ValueError as error:
        raise RuntimeError(value, EVERYTHING) from error


def clean(path: Path) -> str:
    """A log, which holds nothing of the record."""
    text = path.read_text(encoding="utf-8")
    for part in (MARK, "Okafor", "10021", "0.82", "660", "H-1"):
        assert part not in text, part
    assert [*harms(text)] == []
    return text


LINES = (
    ("show", EVERYTHING), ("view", EVERYTHING), ("trend", EVERYTHING, "hb"), ("export", "summary", "--patient", EVERYTHING),
    ("assess", "--patient", EVERYTHING), ("patient", "edit", EVERYTHING, "--name", "Okafor, Ada"),
)  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_crash_of_a_command_is_logged_without_the_record(
    forced: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...]
) -> None:
    for method in ("show", "own_page", "trend", "trend_charts", "edit_patient", "export_summary", "assess"):
        monkeypatch.setattr(Clinic, method, crash)
    ran = labtrack("--db", forced, *line)
    assert (ran.status, "something unexpected went wrong (RuntimeError)" in ran.err) == (3, True), ran.err
    assert MARK not in ran.err
    assert "RuntimeError (its words are left out" in clean(forced.with_suffix(".log"))


def test_a_rule_that_fails_is_logged_without_the_record(forced: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    del labtrack  # closes the log
    monkeypatch.setattr(Rule, "__call__", crash)
    log_to(forced.with_suffix(".log"))
    with Clinic.open(forced, today=TODAY, settings=Settings(), region=Region.US) as clinic:
        assert any("rule-failed" in str(row["reason"]) for row in clinic.assess(every_verdict=True))
    assert "rule hb-below-8 failed" in clean(forced.with_suffix(".log"))


def test_a_crash_over_an_arriving_file_is_logged_without_its_name(
    tmp_path: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "arrivals"
    folder.mkdir()
    (folder / f"Okafor Ada 10021 {MARK}.csv").write_text("mrn,name,birth_date,sex\n10021,Okafor,1968-02-11,F\n")
    log_to(tmp_path / "watch.log")
    monkeypatch.setattr(Clinic, "import_files", crash)
    with Clinic.open(tmp_path / "c" / "clinic.db", today=TODAY, settings=Settings()) as clinic:
        watcher = Watcher(inbox_of(folder, clinic.location, 0, lambda _: None), ImportOptions())
        with watcher.alone(clinic):
            assert [each.refused for each in watcher.look(clinic)] == [True]
    assert "while importing the file of SHA-256" in clean(tmp_path / "watch.log")


async def test_a_crash_in_the_background_of_the_screens_is_logged_without_the_record(
    forced: Path, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_to(forced.with_suffix(".log"))
    app = LabtrackApp(opening(forced))
    monkeypatch.setattr(LabtrackApp, "is_headless", property(lambda _: False), raising=False)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.run_worker(_failing(), exit_on_error=True)
        await settled(pilot)
        assert any("The log holds the rest" in told.message for told in app._notifications)
        assert not any(MARK in told.message for told in app._notifications)
    clean(forced.with_suffix(".log"))


async def _failing() -> None:
    crash()


def test_no_module_logs_anything_that_may_be_data() -> None:
    logged = [call for path in SOURCE.rglob("*.py") for call in calls(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(logged) >= 5
    for call in logged:
        first, *more = call.args
        assert isinstance(first, ast.Constant) or ast.unparse(first) in MAY_BE_LOGGED, ast.unparse(call)
        assert all(ast.unparse(each) in MAY_BE_LOGGED for each in more), ast.unparse(call)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """What a module logs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            called = ast.unparse(node.func.value)
            if "getLogger" in called or called in ("_log", "log", "logger", "logging"):
                yield node
