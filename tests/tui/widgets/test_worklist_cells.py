"""Tests of labtrack.tui.widgets.worklist_cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labtrack.clinic.overview import WorklistEntry
from labtrack.tui.widgets.worklist_cells import COLUMNS, cells_of

ADA = WorklistEntry(
    mrn="10021", name="Okafor, Ada", age=58, sex="F", treatment="baricitinib 2 mg w37", state="needs-action", worst="urgent",
    rule="anc-below-1", headline="ANC 0.82 below 1", basis="label", message="…", next_panel="cbc", next_due=date(2026, 11, 26),
    next_status="later", cannot_evaluate=0, last_result_on="2026-11-19", unreviewed=True,
)  # fmt: skip


def plain(**changes: object) -> list[str]:
    return [each.plain for each in cells_of(replace(ADA, **changes))]  # type: ignore[arg-type]


def test_a_line_has_a_cell_for_each_column() -> None:
    assert plain() == ["‼•", "Okafor, Ada", "10021", "58 F", "baricitinib 2 mg w37", "ANC 0.82 below 1 (label)", "CBC    26 Nov"]
    assert len(plain()) == len(COLUMNS)


@pytest.mark.parametrize(
    ("changes", "sign", "finding"),
    [
        ({"worst": "action"}, "▲•", "ANC 0.82 below 1 (label)"),
        ({"worst": "", "state": "clear", "headline": "", "unreviewed": False}, "  ", "no finding"),
        ({"worst": "", "state": "no-schedule", "headline": ""}, "–•", "no treatment"),
        ({"worst": "", "state": "cannot-evaluate", "headline": "ldl: no result", "cannot_evaluate": 3}, "?•", "ldl: no result (+2)"),
        ({"worst": "", "state": "acknowledged"}, "a•", "acknowledged: ANC 0.82 below 1"),
        ({"state": "not-assessed", "as_of": date(2026, 11, 1)}, "∅•", "as of 1 Nov: ANC 0.82 below 1"),
        ({"state": "not-assessed", "as_of": date(2026, 11, 1), "headline": ""}, "∅•", "last judged 1 Nov"),
        ({"state": "not-assessed", "headline": ""}, "∅•", "never judged"),
    ],
)
def test_the_sign_and_the_finding_agree(changes: dict[str, object], sign: str, finding: str) -> None:
    cells = plain(**changes)
    assert (cells[0], cells[5]) == (sign, finding)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"next_due": None}, ""),
        ({"next_status": "overdue"}, "CBC    late 26 Nov"),
        ({"next_status": "due", "next_panel": "liver"}, "liver  due 26 Nov"),
        ({"next_panel": "response-review"}, "review 26 Nov"),
        ({"next_panel": "screening", "next_status": "overdue"}, "screen late 26 Nov"),
    ],
)
def test_a_late_check_is_called_late(changes: dict[str, object], check: str) -> None:
    assert plain(**changes)[6] == check
    assert len(check) <= COLUMNS[6].width


def test_what_is_not_recorded_is_said() -> None:
    cells = plain(age=None, sex="", name="")
    assert (cells[1], cells[3]) == ("no name", "   ?")
