"""Every state of the screens, reached by keyboard alone, at both sizes and in every theme; what most of them look like is kept as text.

``LABTRACK_WRITE_SNAPSHOTS=1`` writes the texts of ``snapshots/`` anew: look at the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, settled
from textual.app import App
from textual.pilot import Pilot

from labtrack.tui.app import LabtrackApp

SNAPSHOTS = Path(__file__).with_name("snapshots")
WRITE = bool(os.environ.get("LABTRACK_WRITE_SNAPSHOTS"))
_NAMES = {"/": "slash", " ": "space", ".": "full_stop", "-": "minus", "<": "less_than_sign"}


@dataclass(frozen=True, slots=True)
class State:
    """A state, the keys to it from the one before, and what then stands on the screen.

    ``kept`` is off where the screen shows a path or a time.
    """

    name: str
    keys: tuple[str, ...]
    shows: tuple[str, ...]
    kept: bool = True


def typed(text: str) -> tuple[str, ...]:
    """The keys of a text."""
    return tuple(_NAMES.get(letter, letter) for letter in text)


OKAFOR = (*typed("/okafor"), "enter", "enter")
#: Walks, each from the worklist of the sample clinic on.
WALKS: dict[str, tuple[State, ...]] = {
    "worklist": (
        State("worklist", (), ("Hassan, Leila", "[0 All 43]")),
        State("worklist-needs-action", ("1",), ("[1 ",)),
        State("worklist-overdue", ("2",), ("[2 ",)),
        State("worklist-due", ("3",), ("[3 ",)),
        State("worklist-cannot-evaluate", ("4",), ("[4 ",)),
        State("worklist-unreviewed", ("5",), ("[5 ",)),
        State("worklist-never-tested", ("6",), ("[6 ",)),
        State("worklist-incomplete", ("7",), ("[7 ",)),
        State("worklist-not-assessed", ("8",), ("[8 ",)),
        State("worklist-acknowledged", ("9",), ("[9 ",)),
        State("worklist-last", ("0", "end"), ("[0 All 43]",)),
        State("worklist-found", typed("/okafor"), ("Okafor, Ada",)),
        State("worklist-nobody", typed("zzz"), ("43 patients are",)),
        State("worklist-help", ("escape", "f1"), ("Worklist", "A list"), kept=False),
        State("acknowledge", ("escape", "a"), ("Acknowledge", "Reason", "Hassan, Leila")),
        State("export", ("escape", "e"), ("Export  all patients", "Summary"), kept=False),
        State("import", ("escape", "i"), ("Import which files?",), kept=False),
        State("settings", ("escape", "escape", "f10"), ("Region", "Units shown", "Theme"), kept=False),
        State("settings-keys", ("f6",), ("Usual key",), kept=False),
        State("new-patient", ("escape", "p"), ("MRN", "Birth date")),
        State("palette", ("escape", "ctrl+p", *typed("haddad")), ("Haddad, Noor",), kept=False),
    ),
    "patient": (
        State("patient-overview", OKAFOR, ("Findings", "Next checks", "ANC 0.82 below 1")),
        State("rule", ("enter",), ("Neutrophils below 1.0", "Met")),
        State("patient-results", ("escape", "2"), ("Blood count", "beyond")),
        State("patient-results-si", ("u",), ("g/L",)),
        State("value", ("u", "enter"), ("Hemoglobin", "City Lab")),
        State("amend", ("m",), ("Reason",)),
        State("patient-trend", ("escape", "escape", "3"), ("anc-below-1", "baricitinib")),
        State("patient-trend-table", ("t",), ("0.82",)),
        State("patient-treatment", ("t", "4"), ("Baricitinib started",)),
        State("start", ("s",), ("Drug", "Dose")),
        State("dose", ("escape", "d"), ("Dose",)),
        State("hold", ("escape", "h"), ("Reason",)),
        State("stop", ("escape", "x"), ("Reason",)),
        State("event", ("escape", "i"), ("Event",)),
        State("patient-screening", ("escape", "5"), ("Tuberculosis",)),
        State("patient-history", ("6",), ("Imported",), kept=False),
        State("edit-patient", ("m",), ("Okafor, Ada", "Weight")),
    ),
    "new-results": (
        State("new-results", (*typed("/okafor"), "enter", "n"), ("Nothing is typed yet", "Okafor, Ada", "MRN DEMO-01")),
        State("new-results-typed", (*typed("11.2"), "enter", "enter", *typed("0.61"), "enter"), ("anc-below-1", "type it again")),
        State("new-results-kept", ("up", "f3"), ("confirmed as typed",)),
        State("new-results-asked", ("up", "up", "backspace", "backspace", "backspace", "backspace", *typed("124")), ("12.4 g/dL?",)),
        State("new-results-accepted", ("f2",), ("g/L",)),
        State("new-results-find", ("ctrl+f", *typed("crp"), "enter"), ("CRP",)),
        State("new-results-whole", ("f6",), ("GGT", "Lipids")),
        State("new-results-help", ("f1",), ("A value", "Its unit"), kept=False),
        State("new-results-leave", ("escape", "escape"), ("Okafor, Ada",), kept=False),
    ),
    "own-page": (
        State("own-page", (*OKAFOR, "y"), ("What stands out", "your team")),
        State("own-curves", ("c",), ("Neutrophils",)),
    ),
}


def text_of(app: App[Any]) -> str:
    """The screen as it is kept: without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in screen_text(app).splitlines()).rstrip() + "\n"


def hues(app: App[Any]) -> Iterator[str]:
    """Every color to be seen on the screen that is no gray; of blank cells that is the ground alone."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            for color in (style.color if segment.text.strip() else None, style.bgcolor) if style else ():
                if color is not None and color.triplet is not None and len(set(color.triplet)) > 1:
                    yield f"{color.triplet.hex} at {segment.text!r}"


def compared(name: str, size: tuple[int, int], text: str) -> None:
    """Against what is kept; written anew where that was asked for."""
    place = SNAPSHOTS / f"{name}-{size[0]}x{size[1]}.txt"
    if WRITE:
        SNAPSHOTS.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8"), f"{place.name} looks different; see this module's first lines"


async def reach(pilot: Pilot[int], state: State) -> None:
    """Press the keys of a state; fails unless it is reached."""
    for key in state.keys:
        await pilot.press(key)
        await settled(pilot)
    for _ in range(20):
        if all(text in screen_text(pilot.app) for text in state.shows):
            return
        await settled(pilot)
    pytest.fail(f"{state.name} is not reached by {state.keys}: no {state.shows} on\n{screen_text(pilot.app)}")


async def in_the_other_theme(pilot: Pilot[int], state: State, text: str) -> None:
    """The same words in both themes, one of which stays on for the next state; in the monochrome one nothing has a hue."""
    for theme in (pilot.app.theme, "labtrack-dark" if pilot.app.theme == "labtrack-mono" else "labtrack-mono"):
        if pilot.app.theme != theme:
            pilot.app.theme = theme
            await settled(pilot)
            assert text_of(pilot.app) == text, f"{state.name} in {theme}"
        if theme == "labtrack-mono":
            assert list(hues(pilot.app)) == [], state.name


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x36", "80x24"])
async def test_each_state_is_reached_by_keyboard_and_looks_as_it_did(
    walk: str, size: tuple[int, int], clinic_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=size) as pilot:
        app.theme = "labtrack-dark" if size == WIDE else "labtrack-light"
        await settled(pilot)
        for state in WALKS[walk]:
            await reach(pilot, state)
            text = text_of(app)
            if state.kept:
                compared(state.name, size, text)
                if size == WIDE:
                    await in_the_other_theme(pilot, state, text)
