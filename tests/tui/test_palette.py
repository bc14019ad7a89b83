"""The command palette: actions that work here, patients, rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tui.conftest import HOSTILE, hostile_patient, opening_of, screen_text, settled
from textual.command import CommandPalette, DiscoveryHit, Hit, Provider

from labtrack.clinic import Clinic
from labtrack.core.text import visible
from labtrack.tui.app import LabtrackApp
from labtrack.tui.palette import ActionProvider, PatientProvider, RuleProvider
from labtrack.tui.screens.patient import PatientScreen
from labtrack.tui.screens.rule import RuleScreen


async def found(app: LabtrackApp, kind: type[Provider], query: str) -> list[Any]:
    provider = kind(app.screen)
    provider._post_init()
    await provider._wait_init()
    return [hit async for hit in (provider.search(query) if query else provider.discover())]


async def test_actions_are_those_that_work_here(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        everything = await found(app, ActionProvider, "")
        assert all(isinstance(hit, DiscoveryHit) and hit.help for hit in everything)
        words = {hit.text for hit in everything}
        assert {"Find", "New patient", "Import", "Export", "Settings", "Quit"} <= words
        assert "Amend" not in words
        assert {hit.text for hit in await found(app, ActionProvider, "import")} >= {"Import"}


async def test_a_patient_is_found_by_name_and_by_number_and_opened(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        for query in ("okafor", "DEMO-01"):
            hits = await found(app, PatientProvider, query)
            assert [hit.text for hit in hits] == ["Okafor, Ada DEMO-01"]
            assert isinstance(hits[0], Hit)
        await hits[0].command()
        await settled(pilot)
        assert isinstance(app.screen, PatientScreen)
        assert "Okafor, Ada" in screen_text(app)


async def test_a_rule_is_found_and_opened(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        (hit, *_) = await found(app, RuleProvider, "ldl-rise-30")
        await hit.command()
        await settled(pilot)
        assert isinstance(app.screen, RuleScreen)


async def test_names_are_shown_as_text(empty_file: Path, open_clinic: Callable[[Path], Clinic]) -> None:
    clinic = open_clinic(empty_file)
    names = [name for name in HOSTILE if "\x1b" not in name]  # which no form takes
    for number, name in enumerate(names):
        clinic.add_patient(hostile_patient(f"M{number}", name))
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        hits = await found(app, PatientProvider, "M")
        assert {hit.match_display.plain.split("  MRN ")[0] for hit in hits} == {visible(name) for name in names}


async def test_it_opens_with_its_key_and_finds_while_typing(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+p")
        await settled(pilot)
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"haddad")
        for _ in range(20):
            await settled(pilot)
            if "Haddad, Noor" in screen_text(app):
                break
        assert "Haddad, Noor" in screen_text(app)
