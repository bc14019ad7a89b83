"""When a draft is written, and that a failure is told once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.conftest import until
from tests.tui.entering import MRN, entering, type_in

from labtrack.clinic.drafts import Drafts, DraftValue
from labtrack.tui.drafting import draft_of


def test_empty_fields_make_no_draft() -> None:
    assert draft_of("today", "City Lab", ()) is None
    made = draft_of("today", "City Lab", (DraftValue("hb", "1", "g/dL"),))
    assert made is not None
    assert (made.collected, made.lab, len(made.kept_at)) == ("today", "City Lab", 16)


async def test_typing_is_in_the_draft_a_moment_later(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.drafting.AFTER", 0.01)
    drafts = Drafts.beside(clinic_file, "m.ruiz")
    async with entering(clinic_file) as (pilot, screen):
        await type_in(pilot, "13.4")
        await until(pilot, lambda: drafts.find(MRN).draft is not None)
        await until(pilot, lambda: drafts.find(MRN).draft.values[0].text == "13.4")  # type: ignore[union-attr]
        await pilot.press(*["backspace"] * 4)
        await until(pilot, lambda: drafts.find(MRN).draft is None)
        assert not screen.drafts.stop()


async def test_what_waits_is_written_when_the_screen_goes(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.drafting.AFTER", 60)
    drafts = Drafts.beside(clinic_file, "m.ruiz")
    async with entering(clinic_file) as (pilot, screen):
        await type_in(pilot, "13.4")
        assert drafts.find(MRN).draft is None
        screen.dismiss(None)
        await until(pilot, lambda: drafts.find(MRN).draft is not None)


async def test_what_is_discarded_is_not_written_again(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.drafting.AFTER", 60)
    async with entering(clinic_file) as (pilot, screen):
        await type_in(pilot, "13.4")
        await screen.drafts.discard()
        assert not screen.drafts.stop()
    assert Drafts.beside(clinic_file, "m.ruiz").find(MRN).draft is None
