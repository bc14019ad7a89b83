"""Every screen on the hostile clinic: no control character, and no style, link or action that came from data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hostile.clinics import EVERYTHING, TODAY, settings
from tests.hostile.tricks import ALL, INK, MARK, PAPER, TRICKS, harms
from tests.tui.conftest import NARROW, WIDE, settled
from tests.tui.test_states import WALKS
from textual.app import App
from textual.pilot import Pilot

from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region
from labtrack.tui.app import LabtrackApp
from labtrack.tui.opening import Opening
from labtrack.tui.own_page_app import OwnPageApp

#: From where each walk of ``tests/tui/test_states.py`` begins here, instead of the search for a patient of the sample clinic.
BEGINNINGS = {
    "worklist": (),
    "patient": ("patient", EVERYTHING),
    "new-results": ("new-results", EVERYTHING),
    "own-page": ("own-page", EVERYTHING),
}


def opening(place: Path, mrn: str = "") -> Opening:
    """What the app is opened with."""
    return Opening(str(place), TODAY, settings(), Region.US, mrn, ALL)


def faults(app: App[object]) -> Iterator[str]:
    """What on the screen acts, or came from data and is more than its text."""
    strips = [*app.screen._compositor.render_strips()]
    for strip in strips:
        for segment in strip:
            if segment.control:
                yield f"a control: {segment!r}"
            yield from harms(segment.text)
            style = segment.style
            if style is None:
                continue
            if style.link or MARK in repr(style.meta):
                yield f"a link or action: {style.link} {style.meta}"
            colors = [color.triplet.hex for color in (style.color, style.bgcolor) if color is not None and color.triplet is not None]
            if {INK, PAPER} & set(colors) or style.blink:
                yield f"a style: {style} at {segment.text!r}"
    for told in app._notifications:
        if told.markup:
            yield f"a message with markup: {told.message!r}"
        yield from harms(told.message)


def text_of(app: App[object]) -> str:
    """All that the screen shows."""
    return "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)


async def pressed(pilot: Pilot[int], keys: tuple[str, ...]) -> None:
    """Press keys, and wait."""
    for key in keys:
        await pilot.press(key)
    await settled(pilot)


@pytest.mark.parametrize(("walk", "size"), [(walk, NARROW if walk == "own-page" else WIDE) for walk in WALKS], ids=WALKS)
async def test_no_state_of_any_screen_lets_anything_through(
    forced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walk: str, size: tuple[int, int]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for text in TRICKS.values():
        (work / f"{text.replace('/', '_').replace(chr(0), '')[:60]}.csv").write_text("mrn,name,birth_date,sex\n")
    monkeypatch.chdir(work)
    app = LabtrackApp(opening(forced))
    seen: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        if BEGINNINGS[walk]:
            await app.go(*BEGINNINGS[walk])
            await settled(pilot)
        for place, state in enumerate(WALKS[walk]):
            await pressed(pilot, () if place == 0 else state.keys)
            seen[state.name] = text_of(app)
            assert [*faults(app)] == [], state.name
            assert app.is_running
    marked = [name for name, text in seen.items() if MARK in text]
    assert len(marked) > len(seen) * 0.6, f"the tricks are on {marked} alone"
    assert len(set(seen.values())) > len(seen) * 0.6


async def test_the_worklist_shows_everyone_and_finds_by_any_text(forced: Path) -> None:
    app = LabtrackApp(opening(forced))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        for _ in range(4):
            assert [*faults(app)] == []
            await pressed(pilot, ("pagedown",))
        for found in ("percent_sign", "underscore", "left_square_bracket", "apostrophe"):
            await pressed(pilot, ("escape", "slash", found))
            assert [*faults(app)] == []
            assert app.is_running


async def test_each_patient_opens_or_is_told_to_be_none(entered: Path) -> None:
    app = LabtrackApp(opening(entered))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for number in range(0, 48, 8):
            await app.go("patient", f"E{number:02}")
            await settled(pilot)
            assert [*faults(app)] == []
            await pressed(pilot, ("escape",))
        await app.go("patient", ALL)
        await settled(pilot)
        assert any(MARK in told.message for told in app._notifications)
        assert [*faults(app)] == []


async def test_messages_that_quote_data_are_text(forced: Path) -> None:
    app = LabtrackApp(opening(forced))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.tell(LabtrackError(ALL, ALL))
        app.notify(ALL, title="x")
        await settled(pilot)
        assert MARK in text_of(app)
        assert [*faults(app)] == []
        app.in_trouble(LabtrackError(ALL, ALL))
        await settled(pilot)
        assert type(app.screen).__name__ == "TroubleScreen"
        assert MARK in text_of(app)
        assert [*faults(app)] == []


async def test_a_patients_own_app_shows_text(forced: Path) -> None:
    app = OwnPageApp(opening(forced, EVERYTHING))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for keys in ((), ("pagedown",), ("c",), ("pagedown",)):
            await pressed(pilot, keys)
            assert [*faults(app)] == []
        assert MARK in text_of(app)
