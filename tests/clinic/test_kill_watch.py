"""The campaign of kills, in short. ``tests/clinic/kill_watch.py`` runs it at length."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.kill_watch import campaign, planned


@pytest.mark.slow
@pytest.mark.parametrize(("format", "seed"), [("hl7", 1), ("csv", 2)])
def test_each_result_is_there_once_however_often_it_is_killed(tmp_path: Path, format: str, seed: int) -> None:
    figures = campaign(tmp_path, seed, kills=8, messages=40, format=format)
    assert figures.faults == []
    assert figures.kills == 8
    assert figures.results > 60


def test_a_plan_holds_what_may_go_wrong() -> None:
    plan = planned(7, 1000, "hl7")
    sent = [message for file in plan.files for message in file]
    assert len(sent) == 1000
    assert {1, 2, 4, 12} <= {len(file) for file in plan.files}
    assert {message.status for message in sent} == {"F", "C", "D"}
    assert len(set(sent)) < len(sent)
    assert max(plan.wanted.values()) == 1
    assert planned(7, 1000, "hl7").wanted == plan.wanted != planned(8, 1000, "hl7").wanted
    assert {message.status for file in planned(7, 1000, "csv").files for message in file} == {"F", "C", "A", "D"}
