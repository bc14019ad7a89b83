"""What batches and files say that they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.hl7.reading import message, obx, read

FHS, BHS = "FHS|^~\\&|LIS\r", "BHS|^~\\&|LIS\r"


def told(folder: Path, *parts: str) -> list[tuple[str, str]]:
    found = read(folder, "".join(parts))
    return [(each.column, each.reason) for each in found.refusals]


def one(number: int) -> str:
    return message(obx(), f"MSH|^~\\&|LIS|ACME|||20240301||ORU^R01|B{number}|P|2.5.1")


@pytest.mark.parametrize(
    "parts",
    [
        [FHS, BHS, one(1), one(2), "BTS|2\r", "FTS|1\r"],
        [FHS, BHS, one(1), "BTS|1\r", BHS, one(2), one(3), "BTS|002|all\r", "FTS|2\r"],
        [BHS, "BTS|0\r", one(1)],
        [BHS, one(1), "BTS\r"],
        [BHS, one(1), "BTS||no count\r"],
        [FHS, one(1), one(2), "FTS|1\r"],
        [FHS, one(1), one(2), "FTS|2\r"],
        [FHS, one(1), "BTS|1\r", "FTS|1\r"],
        [BHS, one(1), "BTS|1\r", "FTS|1\r"],
        ["BHS*^~\\&*LIS\r", one(1), "BTS*1\r"],
    ],
)
def test_right_counts_are_quiet(parts: list[str], tmp_path: Path) -> None:
    assert told(tmp_path, *parts) == []


@pytest.mark.parametrize(
    ("parts", "column", "reason"),
    [
        ([BHS, one(1), one(2), one(3), "BTS|5\r"], "BTS-1", "the batch says 5 messages, 3 are here: was the file cut off?"),
        ([BHS, one(1), one(2), "BTS|1\r"], "BTS-1", "the batch says 1 message, 2 are here: was the file cut off?"),
        (
            [BHS, one(1), "BTS|9999999999999999999999\r"],
            "BTS-1",
            "the batch says 9999999999999999999999 messages, 1 is here: was the file cut off?",
        ),
        ([BHS, one(1), "BTS|five\r"], "BTS-1", "the batch says five messages, 1 is here: was the file cut off?"),
        ([BHS, one(1), "BTS|\u00b2\r"], "BTS-1", "the batch says \u00b2 messages, 1 is here: was the file cut off?"),
        ([FHS, BHS, one(1), "BTS|1\r", "FTS|2\r"], "FTS-1", "the file says 2 batches, 1 is here: was the file cut off?"),
        ([FHS, one(1), one(2), one(3), "FTS|5\r"], "FTS-1", "the file says 5 batches, 3 are here: was the file cut off?"),
        ([BHS, one(1)], "BHS", "the batch begins with BHS, but has no BTS at its end: was the file cut off?"),
        ([FHS, one(1)], "FHS", "the file begins with FHS, but has no FTS at its end: was it cut off?"),
        ([BHS, one(1), BHS, one(2), "BTS|1\r"], "BHS", "the batch begins with BHS, but has no BTS at its end: was the file cut off?"),
    ],
)
def test_wrong_counts_and_missing_ends_are_named(parts: list[str], column: str, reason: str, tmp_path: Path) -> None:
    assert told(tmp_path, *parts) == [(column, reason)]


def test_the_results_are_taken_all_the_same(tmp_path: Path) -> None:
    assert len(read(tmp_path, BHS + one(1) + one(2) + "BTS|5\r").reports) == 2


def test_lines_outside_of_messages_are_told_once(tmp_path: Path) -> None:
    found = read(tmp_path, "garbage\rmore\r" + BHS + "PID|1\r" + one(1) + "BTS|1\rtrailing\r")
    assert [(each.line, each.column, each.text, each.reason) for each in found.refusals] == [
        (1, "outside of any message", "garbage", "2 lines that belong to no message"),
        (4, "outside of any message", "PID|1", "a line that belongs to no message"),
        (10, "outside of any message", "trailing", "a line that belongs to no message"),
    ]
    assert len(found.reports) == 1
