"""A short run of the harness: each operation is killed a few times, and nothing is lost.

``python -m tests.faults --kills 500 --seed 1`` is the long one.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.faults import campaign, conversions, operations, steps
from tests.faults.conftest import SEED
from tests.faults.kill import Killed, Moments
from tests.faults.templates import Templates

#: Each costs seconds: amendments, the backup of the day and decrypting are killed by the long run alone.
KILLED = [kind for kind in campaign.ALL if kind.name not in ("amend", "daily", "decrypt")]
#: How long each works on the small clinics, seconds.
LASTS = {"import": 0.06, "migration": 0.15, "backup": 0.03, "restore": 0.03, "encrypt": 0.1, "rekey": 0.12}


@pytest.mark.parametrize("kind", KILLED, ids=lambda kind: kind.name)
def test_a_kill_at_any_moment_loses_nothing(kind: type[operations.Operation], templates: Templates, tmp_path: Path) -> None:
    if issubclass(kind, conversions.Conversion):
        pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")
    operation = kind(templates, tmp_path / "place", SEED)
    operation.looks = 1  # the same once more, to its end, is left to the long run
    tally = campaign.killed_often(operation, 1, SEED, tmp_path / "evidence", print, LASTS.get(kind.name, 0.0))
    assert tally.problems == []
    assert tally.kills == 1


def test_a_restore_that_is_killed_as_it_swaps_leaves_one_whole_clinic(templates: Templates, tmp_path: Path) -> None:
    reason = steps.reason_against()
    if reason:
        pytest.skip(reason)
    operation = operations.Restore(templates, tmp_path / "place", SEED)
    place, arguments = operation.start()
    step = [each for each in steps.listed(place, arguments) if each.call == "rename"][-1]
    operation.runs, operation.looks = 0, 1  # the same kind of restore once more; what it leaves is looked at, and no more
    place, arguments = operation.start()
    killed = steps.killed_at(place, arguments, step)
    assert killed.status == -9
    assert not killed.is_acknowledged
    assert operation.problems(place, killed) == []


def test_a_write_is_on_the_disk_before_it_is_acknowledged(templates: Templates, tmp_path: Path) -> None:
    reason = steps.reason_against()
    if reason:
        pytest.skip(reason)
    operation = operations.Backup(templates, tmp_path / "place", SEED)
    place, arguments = operation.start()
    calls = steps.listed(place, arguments)
    lines = [each.line for each in calls]
    renamed = next(number for number, line in enumerate(lines) if line.startswith("rename("))
    synced = [number for number, each in enumerate(calls) if each.call in ("fsync", "fdatasync")]
    part = [number for number in synced if ".labtrack.part>" in lines[number]]
    written = [number for number, each in enumerate(calls) if each.call == "pwrite64" and ".labtrack.part>" in each.line]
    assert max(written) < max(part) < renamed, "the copy stands under its name before it is on the disk"
    assert any(number > renamed and "/safe>" in lines[number] for number in synced), "its name is not on the disk"
    log = [number for number, each in enumerate(calls) if each.call == "pwrite64" and "clinic.db-wal>" in each.line]
    assert any(number > max(log) and "clinic.db-wal>" in lines[number] for number in synced), "the audit entry is not on the disk"


def test_the_same_seed_gives_the_same_moments() -> None:
    def chosen() -> list[tuple[str, float]]:
        moments = Moments(random.Random(SEED), {"start": [1.0], "begin": [0.5], "work": [0.25]})
        return [moments.choose() for _ in range(50)]

    assert chosen() == chosen()
    assert {word for word, _ in chosen()} == {"start", "begin", "work"}
    assert all(0 <= delay <= 1.08 for _, delay in chosen())


def test_every_operation_gets_its_share_and_together_they_are_enough() -> None:
    shares = campaign.shared_out(500, campaign.SHARES)
    assert sum(shares.values()) >= 500
    assert min(shares.values()) >= 25
    assert list(campaign.shared_out(7, ["entry"]).values()) == [7]


def test_the_phase_of_a_kill_is_told_by_its_marks() -> None:
    def phase(*words: str) -> str:
        return Killed([{"mark": word, "at": 1.0, "status": 0} for word in words], -9, "").phase

    assert phase() == "before"
    assert phase("begin") == phase("begin", "work") == phase("begin", "writing") == phase("begin", "written", "writing") == "during"
    assert phase("begin", "writing", "written") == "between"
    assert phase("begin", "work", "end") == "after"
