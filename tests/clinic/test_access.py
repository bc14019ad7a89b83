"""The table of who may do what: it names everything, and the page is made from it."""

from __future__ import annotations

import ast
from datetime import date
from inspect import signature
from pathlib import Path

import pytest

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.access import ACCESS, COMMANDS, DEEDS, Need, Role, in_words, may, page, refused

ROOT = Path(__file__).resolve().parents[2]
#: Inherited ones too: the gate stands before what a class holds itself.
PUBLIC = sorted(name for name in dir(Clinic) if not name.startswith("_"))
#: What every opened clinic shows without asking who one is: nothing of any record.
SHOWN = {"location", "today", "settings", "region", "latest_day", "catalogue", "judge", "rule_ids"}


def test_every_public_name_of_the_clinic_declares_what_it_needs() -> None:
    assert sorted(ACCESS) == PUBLIC, "a name without a row is refused to every account: give it one in clinic/access.py"


def test_what_belongs_to_a_record_is_asked_for_by_its_mrn() -> None:
    """Else the gate could not tell whose it is: the one name that it looks for."""
    for name, deed in ACCESS.items():
        if deed.need in (Need.OWN_RECORD, Need.OWN_ACCOUNT):
            assert ("mrn" if deed.need is Need.OWN_RECORD else "user") in signature(getattr(Clinic, name)).parameters, name


def test_an_opened_clinic_carries_nothing_of_a_record(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "clinic.db", today=date(2026, 11, 22), settings=Settings()) as clinic:
        assert {name for name in vars(clinic) if not name.startswith("_")} == SHOWN


def test_no_name_stands_in_two_rows() -> None:
    assert sum(len(deed.methods) for deed in DEEDS) == len(ACCESS)
    assert sum(len(deed.commands) for deed in DEEDS) == len(COMMANDS)


@pytest.mark.parametrize(
    ("need", "clinician", "viewer", "patient"),
    [
        (Need.NOTHING, "yes", "yes", "yes"),
        (Need.OWN_ACCOUNT, "yes", "own only", "own only"),
        (Need.OWN_RECORD, "yes", "yes", "own only"),
        (Need.READ, "yes", "yes", "no"),
        (Need.CHANGE, "yes", "no", "no"),
        (Need.KEEP, "yes", "no", "no"),
    ],
)
def test_what_each_role_gives(need: Need, clinician: str, viewer: str, patient: str) -> None:
    assert [in_words(role, need) for role in Role] == [clinician, viewer, patient]
    assert not may(Role.PATIENT, need, is_own=False) or need is Need.NOTHING


def test_the_page_is_in_step() -> None:
    assert (ROOT / "docs" / "who-may-do-what.md").read_text(encoding="utf-8") == page(), (
        "python -m labtrack.clinic.access docs/who-may-do-what.md"
    )


def test_a_refusal_names_nothing_that_was_asked_for() -> None:
    for role in Role:
        assert refused(role).next_step
        assert not any(character.isdigit() for character in str(refused(role)))


@pytest.mark.parametrize("package", ["cli", "tui"])
def test_the_front_ends_use_no_way_around_the_gate(package: str) -> None:
    """They touch neither the store below the clinic nor anything private of it."""
    for path in sorted((ROOT / "src" / "labtrack" / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"store", "_store", "_gate", "_judge_again"}, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("labtrack.store"), f"{path.name}:{node.lineno}"
