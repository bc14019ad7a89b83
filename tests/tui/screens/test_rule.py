"""The rule reader: the rule, and its verdict on one patient with the results as reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.homes import ADA
from tests.tui.conftest import NARROW, WIDE, screen_text, settled
from tests.tui.patients import ada_file, hostile_file, press, running
from textual.widgets import Static

from labtrack.clinic import Settings
from labtrack.clinic.rulebook import MARKS, rule_info
from labtrack.tui.app import LabtrackApp
from labtrack.tui.screens.patient import PatientScreen
from labtrack.tui.screens.rule import RuleScreen, rule_lines


def said(app: LabtrackApp) -> str:
    """All of the text, also what is not on the screen."""
    parts = (app.screen.query_one(f"#{id}", Static) for id in ("rule-title", "verdict", "rule"))
    return "\n".join(str(each.render()) for each in parts if each.display)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_verdict_with_its_evidence_then_the_rule(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(ada_file(tmp_path), size) as (app, pilot):
        await app.go("rule", "ldl-rise-30", ADA.mrn)
        await settled(pilot)
        assert "Okafor, Ada   F 58   MRN 10021   born 1968-02-11" in screen_text(app)
        text = said(app)
        for each in (
            "▲ Met (action)", "LDL 152 mg/dL", "as reported: ldl 152 mg/dL   19 Nov 2026 08:00", "City Lab", "baseline 108 on 2026-02-20",
            "change +40.7 %", "The article asks for a statin", "Differs from the label", "For the patient", "When it cannot tell",
            "(the article; checked on 2026-11-22)",
        ):  # fmt: skip
            assert each in text, f"{each}\n{text}"


async def test_a_rule_alone_names_no_patient(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.go("rule", "anc-below-1")
        await settled(pilot)
        assert "Okafor" not in said(app)
        assert "Thresholds" in said(app)
        await press(pilot, "a", "o")
        assert isinstance(app.screen, RuleScreen)


async def test_every_rule_can_be_read_and_scrolled(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path), NARROW) as (app, pilot):
        rules = await app.desk.ask(lambda clinic: [each.id for each in clinic.rules()])
        for rule in rules[::7]:
            await app.go("rule", rule, ADA.mrn)
            await settled(pilot)
            assert rule in screen_text(app)
            await press(pilot, "end")
            assert "checked on" in screen_text(app)
            await press(pilot, "escape")


async def test_a_acknowledges_a_met_rule_only_and_o_goes_back_to_the_patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[tuple[object, ...]] = []

    async def answer(self: object, *arguments: object) -> None:
        asked_for.append(arguments)

    monkeypatch.setattr(LabtrackApp, "answer", answer)
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.go("patient", ADA.mrn)
        for rule in ("vte-event", "anc-below-1"):
            await app.go("rule", rule, ADA.mrn)
            await settled(pilot)
            await press(pilot, "a")
            await press(pilot, "o")
            assert isinstance(app.screen, PatientScreen)
    assert asked_for == [("acknowledge", ADA.mrn, "anc-below-1")]


async def test_from_elsewhere_o_opens_the_patient(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.go("rule", "anc-below-1", ADA.mrn)
        await settled(pilot)
        await press(pilot, "o")
        assert isinstance(app.screen, PatientScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, RuleScreen)


async def test_no_such_rule_is_told_and_left(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.go("rule", "no-such-rule")
        await settled(pilot)
        assert not isinstance(app.screen, RuleScreen)
        assert any("There is no rule no-such-rule" in each.message for each in app._notifications)


async def test_hostile_values_and_laboratories_show_as_text(tmp_path: Path) -> None:
    async with running(hostile_file(tmp_path)) as (app, pilot):
        for mrn, name in (("H0", "[bold]x[/]"), ("H1", "[@click=app.quit]y"), ("H5", "[/bad")):
            await app.go("rule", "hb-below-8", mrn)
            await settled(pilot)
            assert name in screen_text(app)
            assert said(app).count(name) >= 2  # the name and the laboratory


def test_a_threshold_of_the_clinics_own_is_marked_local() -> None:
    rules = {"anc-below-1": {"limit": 1.2}}
    text = "\n".join(each.plain for each in rule_lines(rule_info(Settings(rules=rules), "anc-below-1"), dict(MARKS)))
    assert "1.2 (local: changed by this clinic's settings)" in text
    assert "local" not in "\n".join(each.plain for each in rule_lines(rule_info(Settings(), "anc-below-1"), dict(MARKS)))
