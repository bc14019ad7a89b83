"""Counting: every remark is told, the first are kept."""

from __future__ import annotations

import pytest

from labtrack.clinic import import_outcome
from labtrack.clinic.import_outcome import Tally
from labtrack.exchange.remarks import Notice, Refusal


def test_all_remarks_are_counted_and_told_but_only_the_first_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_outcome, "KEPT", 2)
    refused: list[Refusal] = []
    noticed: list[Notice] = []
    tally = Tally(refused.append, noticed.append)
    for line in range(5):
        tally.refuse(Refusal("f", line, "", "", "no"))
        tally.notice(Notice("f", line, "", "", "hm"))
    assert (len(refused), len(noticed)) == (5, 5)
    assert (len(tally.outcome.refusals), len(tally.outcome.notices), tally.count.refused) == (2, 2, 5)


def test_counts_and_changes() -> None:
    tally = Tally()
    tally.outcome.files.append(tally.count)
    tally.accept(warned=True)
    tally.accept(amended=True)
    tally.count.duplicate += 1
    tally.added(7, "results", 2)
    tally.added(7, "results")
    tally.amended(7, "patient", {"name": ["a", "b"]})
    tally.superseded(8, 1, 2)
    assert (tally.count.rows, tally.count.accepted, tally.count.warned, tally.count.amended) == (3, 2, 1, 1)
    assert tally.outcome.total("accepted") == 2
    assert tally.changes == {7: {"added": {"results": 3}, "amended": [{"patient": {"name": ["a", "b"]}}]}, 8: {"superseded": [[1, 2]]}}
