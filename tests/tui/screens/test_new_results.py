"""Entering results: as fast as paper, right before saving, and nothing typed is ever lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tui.conftest import HOSTILE, NARROW, TODAY, WIDE, hostile_patient, screen_text, settled, until
from tests.tui.entering import MRN, SET, enter, entering, line_of, meant, opened, type_in

from labtrack.clinic import Clinic, Entry
from labtrack.clinic.drafts import ASIDE, Draft, DraftValue
from labtrack.core.judgment import Verdict
from labtrack.core.record import CollectedAt
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.page import BackPage
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.screens.saved_results import SavedResultsScreen
from labtrack.tui.screens.trouble import TroubleScreen

Opener = Callable[[Path], Clinic]


class SecondScreen(BackPage[None]):
    """Another screen on top."""


def count(place: Path) -> int:
    with closing(sqlite3.connect(place)) as connection:
        (found,) = connection.execute("select count(*) from result").fetchone()
    return int(found)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_twelve_values_need_three_keys_besides_digits_and_enter(
    clinic_file: Path, open_clinic: Opener, size: tuple[int, int]
) -> None:
    digits = enters = others = 0
    async with entering(clinic_file, size=size) as (pilot, screen):
        for text in SET.values():
            assert screen.form.current is not None
            assert set(text) <= set("0123456789.")
            digits += len(text)
            enters += 1
            await type_in(pilot, f"{text}\n")
        await meant(pilot, screen)
        for key, text in SET.items():
            line = line_of(screen, key)
            assert line.field.value == text
            shown = line._cells.content.plain  # type: ignore[union-attr]
            assert line.line.last is not None
            assert line.line.last.value_text in shown
            assert "%" in shown, key
            if key not in ("ldl", "hdl", "tg"):  # no laboratory prints limits for these, nor has the catalogue any
                assert line.line.range in shown
        said = screen.meaning
        assert said is not None
        assert "LDL 150" in screen_text(pilot.app)
        others += 1
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
    assert digits == sum(map(len, SET.values()))
    assert enters == len(SET)
    assert others <= 3
    after = open_clinic(clinic_file).assessment(MRN)
    assert said.assessment == after
    met = {each.rule for each in after.findings if each.verdict is Verdict.MET}
    assert met == {each.rule for each in (*said.newly, *said.still)}
    assert "ldl-rise-30" in {each.rule for each in said.newly}
    chart = open_clinic(clinic_file).chart(MRN)
    newest = chart.results[-len(SET) :]
    assert [(each.analyte, each.value_text) for each in newest] == list(SET.items())
    assert {str(each.collected_at) for each in newest} == {TODAY.isoformat()}


async def test_a_saved_form_leaves_no_draft(clinic_file: Path, open_clinic: Opener) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        await screen.drafts.keep()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SavedResultsScreen | NewResultsScreen))
    assert list((clinic_file.with_name(f"{clinic_file.name}.drafts")).iterdir()) == []


async def test_a_refused_value_keeps_its_text_and_says_why(clinic_file: Path) -> None:
    before = count(clinic_file)
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="124", wbc="5.1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.form.current is line_of(screen, "hb") and not screen._is_saving)
        line = line_of(screen, "hb")
        assert screen.form.current is line
        assert line.field.value == "124"
        text = screen_text(pilot.app)
        assert "no patient has" in text
        assert "did you mean 124 g/L" in text
        assert "Nothing is recorded" in text
        await pilot.press("f2")
        await meant(pilot, screen)
        assert (line.field.value, line.unit) == ("124", "g/L")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
    assert count(clinic_file) == before + 2


async def test_an_urgent_value_is_confirmed_before_it_is_recorded(clinic_file: Path) -> None:
    before = count(clinic_file)
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, anc="0.61")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        text = screen_text(pilot.app)
        assert "ANC 0.61 K/µL: urgent" in text
        assert "Park, Ji-woo  born 1960-06-17  MRN DEMO-04" in text
        await pilot.press("enter")  # the answer that has the focus records nothing
        await until(pilot, lambda: pilot.app.screen is screen)
        assert count(clinic_file) == before
        assert line_of(screen, "anc").field.value == "0.61"
        await pilot.press("f3", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
    assert count(clinic_file) == before + 1


async def test_many_changes_ask_for_the_patient(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="10.9", wbc="9.9", plt="420", alt="80", ldl="60", creatinine="1.1")
        assert "is this the right patient?" in screen_text(pilot.app)
        for key in ("hb", "wbc", "plt", "alt", "ldl", "creatinine"):
            line_of(screen, key).action_keep()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))


async def test_the_save_line_names_the_patient(clinic_file: Path) -> None:
    async with entering(clinic_file, size=NARROW) as (pilot, screen):
        assert "Ctrl+S records" not in screen_text(pilot.app)
        await enter(pilot, screen, hb="13.4")
        assert "Ctrl+S records 1 value for Park, Ji-woo  born 1960-06-17  MRN DEMO-04" in screen_text(pilot.app)
        await enter(pilot, screen, plt="99999")
        assert "Ctrl+S records" not in screen_text(pilot.app)
        assert "Nothing can be recorded until you correct 1 value: Park, Ji-woo" in screen_text(pilot.app)


async def test_find_goes_to_any_analyte_and_shows_it(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await pilot.press("ctrl+f")
        await type_in(pilot, "SGOT\n")
        await settled(pilot)
        assert screen.form.current is line_of(screen, "ast")
        await pilot.press("ctrl+f")
        await type_in(pilot, "ggt\n")
        await settled(pilot)
        assert screen.form.current is line_of(screen, "ggt")
        await pilot.press("ctrl+f")
        await type_in(pilot, "ferritin\n")
        await settled(pilot)
        assert "unknown analyte 'ferritin'" in screen_text(pilot.app)
        await pilot.press("escape")
        assert screen.form.current is not None
        assert pilot.app.screen is screen


async def test_tab_goes_from_panel_to_panel_and_round(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        seen = []
        for _ in range(7):
            focused = screen.focused
            assert focused is not None
            seen.append(screen.form.current.line.analyte if screen.form.current else focused.id)
            await pilot.press("tab")
        assert seen == ["hb", "alt", "ldl", "creatinine", "crp", "collected", "lab"]
        await pilot.press("shift+tab")
        assert screen.focused is not None
        assert screen.focused.id == "lab"


async def test_every_analyte_can_be_shown_and_put_away(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        few = len(screen.form.lines)
        await pilot.press("f6")
        await settled(pilot)
        assert screen.sheet is not None
        assert len(screen.form.lines) == len(screen.sheet.lines)
        await enter(pilot, screen, ck="120")
        await pilot.press("f6")
        await settled(pilot)
        assert len(screen.form.lines) == few + 1
        assert line_of(screen, "ck").field.value == "120"


async def test_another_day_changes_what_was_last(clinic_file: Path, open_clinic: Opener) -> None:
    open_clinic(clinic_file).record(MRN, [Entry("hb", "11.8", "g/dL")], CollectedAt(date(2026, 11, 21)))
    async with entering(clinic_file) as (pilot, screen):
        assert "11.8  21 Nov" in screen_text(pilot.app)
        screen.head.fields[0].focus()
        await type_in(pilot, "20 Nov 8:15\n")
        await meant(pilot, screen)
        assert "11.8" not in screen_text(pilot.app)
        await enter(pilot, screen, hb="13")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
        assert "collected 2026-11-20T08:15" in screen_text(pilot.app)


@pytest.mark.parametrize(("text", "reason"), [("03/04/2026", "ambiguous date"), ("", "date is empty"), ("2031-01-01", "after today")])
async def test_a_day_that_cannot_be_is_told_and_stays(clinic_file: Path, text: str, reason: str) -> None:
    before = count(clinic_file)
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        screen.head.fields[0].value = text
        await meant(pilot, screen)
        await pilot.press("ctrl+s")
        await meant(pilot, screen)
        await settled(pilot)
        assert reason in screen_text(pilot.app)
        assert pilot.app.screen is screen
        assert screen.head.collected == text
        assert line_of(screen, "hb").field.value == "13.4"
    assert count(clinic_file) == before


async def test_leaving_asks_and_the_draft_is_offered_again(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4 g/dL", anc="0.61")
        line_of(screen, "anc").action_keep()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("n")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: screen not in pilot.app.screen_stack)
        again = await opened(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        assert "2 values were typed and not recorded" in screen_text(pilot.app)
        await pilot.press("enter")  # the answer that has the focus removes nothing
        await until(pilot, lambda: len(again.form.typed) == 2)
        assert line_of(again, "hb").field.value == "13.4 g/dL"
        assert line_of(again, "anc").is_confirmed
        await meant(pilot, again)
        assert "ANC 0.61 below 1" in screen_text(pilot.app)


async def test_a_draft_can_be_removed(clinic_file: Path, open_clinic: Opener) -> None:
    open_clinic(clinic_file)
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: not screen.form.typed)
        await screen.drafts.finish()
    assert list((clinic_file.with_name(f"{clinic_file.name}.drafts")).glob("*")) == []


async def test_a_draft_that_is_refused_is_gone(clinic_file: Path, open_clinic: Opener) -> None:
    clinic = open_clinic(clinic_file)
    clinic.drafts  # noqa: B018 - the folder is named after the file
    async with entering(clinic_file) as (pilot, screen):
        await screen.ask(lambda each: each.drafts.keep(MRN, Draft("today", "", (DraftValue("hb", "13", "g/dL"),), "then")))
        await pilot.press("escape")
        await settled(pilot)
        again = await opened(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.screen is again)
        await settled(pilot)
        assert again.form.typed == []
        assert (await again.ask(lambda each: each.drafts.find(MRN))).draft is None


async def test_a_corrupt_draft_is_told_and_put_aside(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        path = await screen.ask(lambda each: each.drafts.path(MRN))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{not a draft")
        await pilot.press("escape")
        await settled(pilot)
        again = await opened(pilot)
        await settled(pilot)
        assert again.form.typed == []
        assert path.with_name(path.name + ASIDE).exists()


async def test_quitting_keeps_what_was_typed_a_moment_ago(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.drafting.AFTER", 60)
    async with entering(clinic_file) as (pilot, screen):
        await type_in(pilot, "13.4")
        assert screen.form.typed
        await pilot.press("ctrl+q")
    async with entering(clinic_file) as (pilot, _):
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        assert "1 value was typed and not recorded" in screen_text(pilot.app)


async def test_a_locked_file_keeps_form_and_draft(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 50)
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        with closing(sqlite3.connect(clinic_file, isolation_level=None)) as other:
            other.execute("begin immediate")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(pilot.app.screen, TroubleScreen))
            other.execute("rollback")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert line_of(screen, "hb").field.value == "13.4"
        assert "What you typed stays here" in screen_text(pilot.app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))


async def test_a_vanished_file_keeps_form_and_draft(clinic_file: Path) -> None:
    away = clinic_file.with_suffix(".away")
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        clinic_file.rename(away)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is not screen)
        assert isinstance(pilot.app.screen, TroubleScreen | SavedResultsScreen)
        away.rename(clinic_file)
        assert line_of(screen, "hb").field.value == "13.4"


async def test_a_folder_without_room_for_drafts_is_told_once(clinic_file: Path) -> None:
    clinic_file.with_name(f"{clinic_file.name}.drafts").write_text("in the way")
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        await screen.drafts.keep()
        await screen.drafts.keep()
        told = [each for each in pilot.app._notifications if "draft" in each.message]
        assert len(told) == 1
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))


async def test_resizing_loses_nothing(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4", anc="xyz", crp="<1")
        for size in ((40, 10), (10, 3), NARROW, WIDE):
            await pilot.resize_terminal(*size)
            await settled(pilot)
        assert {each.line.analyte: each.field.value for each in screen.form.typed} == {"hb": "13.4", "anc": "xyz", "crp": "<1"}
        assert screen.form.current is line_of(screen, "crp")


async def test_a_laboratory_that_cannot_be_kept_is_told_beside_it(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        screen.head.fields[1].value = "City\x07Lab"
        await meant(pilot, screen)
        assert "holds a control character" in str(screen.head._reason.content)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert pilot.app.screen is screen
        screen.head.fields[1].value = "City Lab"
        await meant(pilot, screen)
        assert not screen.head._reason.display


async def test_what_changed_meanwhile_is_read_again(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        await pilot.app.push_screen(SecondScreen())
        day = CollectedAt(date(2026, 11, 21))
        await screen.change(lambda clinic: clinic.record(MRN, [Entry("hb", "11.8", "g/dL")], day))
        pilot.app.pop_screen()
        await until(pilot, lambda: "11.8  21 Nov" in screen_text(pilot.app))
        assert line_of(screen, "hb").field.value == "13.4"
        await meant(pilot, screen)
        assert "+13.6 %" in screen_text(pilot.app)


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_name_is_shown_as_text(clinic_file: Path, open_clinic: Opener, name: str) -> None:
    clinic = open_clinic(clinic_file)
    clinic.store.actor = "test"
    patient = hostile_patient("H-1", "x")
    clinic.add_patient(patient)
    with closing(sqlite3.connect(clinic_file)) as connection:
        connection.execute("drop trigger if exists patient_update")
        connection.execute("update patient set name = ? where mrn = 'H-1'", (name,))
        connection.commit()
    async with entering(clinic_file, "H-1", NARROW) as (pilot, screen):
        await enter(pilot, screen, hb="13.4")
        text = screen_text(pilot.app)
        assert "MRN H-1" in text
        assert "born 1961-04-05" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        if name.isascii() and name.isprintable() and len(name) < 40:
            assert name in text
        screen.head.put(lab=name)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))


async def test_an_unknown_patient_is_told(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await pilot.app.go("new-results", "nobody")  # type: ignore[attr-defined]
        await until(pilot, lambda: pilot.app.screen is screen)
        assert any("nobody" in each.message for each in pilot.app._notifications)


async def test_no_key_is_dropped_while_the_meaning_is_worked_out(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.latest.DEBOUNCE", 0.0)
    text = "13.4\n5.4\n3.1\n1.8\n290\n"
    async with entering(clinic_file) as (pilot, screen):
        await type_in(pilot, text)
        assert [each.field.value for each in screen.form.typed] == text.split()
        await meant(pilot, screen)
        assert screen.meaning is not None
        assert [each.analyte for each in screen.meaning.entries] == ["hb", "wbc", "anc", "alc", "plt"]
        assert all(each.told is not None for each in screen.form.typed)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(max_size=40), min_size=len(SET), max_size=len(SET)), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30)
)
def test_anything_typed_in_any_field_has_its_reason(clinic_file: Path, values: list[str], collected: str, lab: str, find: str) -> None:
    typed = dict(zip(SET, values, strict=True))

    async def run() -> None:
        async with entering(clinic_file) as (pilot, screen):
            for key, text in typed.items():
                line_of(screen, key).field.value = text
            screen.head.put(lab=lab)
            await screen._find(find)
            screen.head.fields[0].value = collected
            await meant(pilot, screen)
            screen.action_save()
            await settled(pilot)
            for key, text in typed.items():
                line = line_of(screen, key)
                assert line.field.value == text
                if screen.meaning is not None and not line.is_empty:
                    assert line.told is not None
            await screen.drafts.discard()

    asyncio.run(run())
