"""The main paths, typed into the real program in a real terminal, and found again through the commands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.core.record import CollectedAt, Patient, Sex

TODAY = date(2026, 11, 22)


@pytest.fixture
def clinic_file(tmp_path: Path) -> Path:
    """A clinic of two: one with a baseline from before the start of treatment, and one other."""
    place = tmp_path / "clinic.db"
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="test") as clinic:
        clinic.add_patient(Patient("10021", "Okafor, Ada", date(1968, 2, 11), Sex.FEMALE))
        clinic.add_patient(Patient("10044", "Haddad, Noor", date(1977, 9, 5), Sex.FEMALE))
        clinic.start_course("10021", "baricitinib", 2, "daily", date(2026, 8, 3))
        before = [
            ("hb", "13.1", "g/dL"),
            ("anc", "3.1", "10*9/L"),
            ("ldl", "108", "mg/dL"),
            ("alt", "22", "U/L"),
            ("creatinine", "0.8", "mg/dL"),
        ]
        clinic.record("10021", [Entry(*each) for each in before], CollectedAt(date(2026, 7, 20)), lab="City Lab")
    return place


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.slow
def test_all_keys_of_a_panel_may_come_in_one_instant(clinic_file: Path, terminal: Callable[..., Any]) -> None:
    """As over a slow line: a patient is found, their form opened, and each value stands beside its own analyte."""
    screen = terminal("--db", str(clinic_file))
    screen.until("Okafor, Ada", "Haddad, Noor")
    panel = (*"12.9", "Enter", "Enter", *"0.82", "Enter", "Tab", *"22", "Enter", "C-f", *"ldl", "Enter", *"153", "BSpace", "2", "Enter")
    screen.press_at_once("/", *"10021", "Enter", "n", *panel)
    shown = screen.until("Ctrl+S records 4 values for Okafor, Ada", "ANC 0.82 below 1", "LDL 152").splitlines()
    for label, value in {"Hemoglobin": "12.9", "Neutrophils": "0.82", "Alanine": "22", "LDL chol": "152"}.items():
        (line,) = (each for each in shown if label in each)
        assert value in line.split()


@pytest.mark.slow
def test_a_panel_is_recorded_seen_acknowledged_exported_and_found_by_the_commands(
    clinic_file: Path, tmp_path: Path, terminal: Callable[..., Any], command: Callable[..., str]
) -> None:
    db = str(clinic_file)
    screen = terminal("--db", db)
    screen.until("Okafor, Ada", "Haddad, Noor")
    screen.press("/")
    screen.type("Okafor")
    screen.until("Okafor, Ada", gone="Haddad, Noor")
    screen.press("Enter")
    screen.press("n")
    screen.until("This would mean", "10021")
    for value in ("12.9", "", "0.82", "", "", "22", "", "152"):
        screen.type(value)
        screen.press("Enter")
    screen.until("ANC 0.82 below 1", "LDL 152", "anc-below-1", "ldl-rise-30")
    screen.press("C-s")
    screen.until("Record these as typed?")
    screen.press("y")
    screen.until("4 results recorded for Okafor, Ada", "Findings now")
    screen.press("Escape")
    screen.until("Needs action 1", "ANC 0.82 below 1", "LDL 152 mg/dL on 2026-11-22 is above 140.4, baseline 108")

    screen.press("a")
    screen.until("Acknowledge", "Reason")
    screen.press("Enter")
    screen.until("under care elsewhere")
    screen.press("Down", "Enter")
    screen.until("Reason           repeat ordered")
    screen.press("C-s")
    screen.until("Needs action 1", "LDL 152, +40.7 % from 108", gone="Reason")

    screen.press("e")
    screen.until("Export", "To")
    screen.press("Tab")
    screen.press("End", "C-u")
    screen.until("To ", gone="summary-2026-11-22.csv")
    summary = tmp_path / "summary.csv"
    screen.type(str(summary))
    screen.until("/summary.csv")
    screen.press("C-s")
    screen.until("summary.csv", gone="Choose place")
    screen.press("C-q")
    screen.until("ended with 0")

    assert {row["rule"] for row in rows_of(command("--db", db, "assess", "--format", "csv")) if row["verdict"] == "met"} >= {
        "anc-below-1",
        "ldl-rise-30",
    }
    acknowledged = [row for row in rows_of(command("--db", db, "audit", "--format", "csv")) if row["action"] == "acknowledge"]
    assert [row["mrn"] for row in acknowledged] == ["10021"]
    (ldl,) = [row for row in rows_of(summary.read_text(encoding="utf-8")) if (row["mrn"], row["analyte"]) == ("10021", "ldl")]
    assert (ldl["latest_value"], ldl["baseline_value"]) == ("152", "108")
    command("--db", db, "verify")
