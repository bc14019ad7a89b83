"""``python docs/screens.py``: the pictures of the guide, made from the running program on the sample clinic.

The date, the sample and the sizes are fixed, so that the same version makes the same pictures. ``--into FOLDER`` writes them
elsewhere; ``--text`` writes what a reader sees as plain text too.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from labtrack.clinic import Clinic, Settings
from labtrack.core.judgment import Region
from labtrack.demo import sample_clinic
from labtrack.tui.app import LabtrackApp
from labtrack.tui.base import BaseApp
from labtrack.tui.opening import Opening
from labtrack.tui.own_page_app import OwnPageApp

IMAGES = Path(__file__).parent / "guide" / "images"
TODAY = date(2026, 11, 22)
SIZES = ((120, 36), (80, 24))
#: Remote fonts of the exporter: a picture must not call home.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

Walk = Callable[[Pilot[Any]], Awaitable[None]]


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read or drawn."""
    for _ in range(50):
        await pilot.pause()
        running = [worker for worker in pilot.app.workers if not worker.is_finished]
        if not running:
            break
        await pilot.app.workers.wait_for_complete(running)
    await pilot.pause()


def keys(*pressed: str) -> Walk:
    """A walk through the program by keys; each settles before the next."""

    async def walk(pilot: Pilot[Any]) -> None:
        for key in pressed:
            await pilot.press(key)
            await settled(pilot)

    return walk


async def picture(app: BaseApp, walk: Walk, size: tuple[int, int], name: str, into: Path, text: bool) -> None:
    """One picture of one walk at one size."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await walk(pilot)
        await settled(pilot)
        place = into / f"{name}-{size[0]}x{size[1]}.svg"
        place.write_text(_FONT_FACES.sub("", app.export_screenshot(title=f"labtrack, {size[0]} × {size[1]}")), encoding="utf-8")
        if text:
            strips = app.screen._compositor.render_strips()
            place.with_suffix(".txt").write_text("\n".join(strip.text.rstrip() for strip in strips), encoding="utf-8")


def sample(folder: Path) -> Path:
    """The sample clinic, in a folder of its own."""
    place, made = folder / "clinic.db", sample_clinic(TODAY)
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="demo") as clinic:
        clinic.import_files(list(made.write(folder)))
        for each in made.acknowledgements:
            clinic.acknowledge(each.mrn, each.rule, each.reason)
    return place


def typed(text: str) -> tuple[str, ...]:
    """The keys of a text."""
    names = {".": "full_stop", " ": "space", "<": "less_than_sign", ",": "comma", "-": "minus"}
    return tuple(names.get(letter, letter) for letter in text)


def walks() -> dict[str, tuple[str, Walk]]:
    """Each picture: whose own page it is on (or none), and the way there from the start."""
    panel = [key for value in ("11.2", "4.1", "0.9", "1.2") for key in (*typed(value), "enter")]
    return {
        "worklist": ("", keys()),
        "patient": ("", keys("enter")),
        "results": ("", keys("enter", "2")),
        "trend": ("", keys("enter", "3")),
        "treatment": ("", keys("enter", "4")),
        "screening": ("", keys("enter", "5")),
        "new-results": ("", keys("n", *panel)),
        "rule": ("", keys("enter", "enter")),
        "acknowledge": ("", keys("a")),
        "import": ("", keys("i")),
        "export": ("", keys("e")),
        "settings": ("", keys("f10")),
        "own-page": ("first", keys()),
    }


async def main() -> None:
    """Make all pictures, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which pictures; all unless said")
    parser.add_argument("--into", type=Path, default=IMAGES)
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--theme", default="light", choices=("light", "dark", "mono"))
    chosen = parser.parse_args()
    chosen.into.mkdir(parents=True, exist_ok=True)
    settings = Settings(clinic_name="City Rheumatology", theme=chosen.theme)
    with tempfile.TemporaryDirectory() as folder:
        place = sample(Path(folder))
        with Clinic.open(place, today=TODAY, settings=settings) as clinic:
            first = str(clinic.worklist()[0]["mrn"])
        for name, (mrn, walk) in walks().items():
            if chosen.names and name not in chosen.names:
                continue
            opening = Opening(str(place), TODAY, settings, Region.US, first if mrn else "", "m.ruiz")
            for size in SIZES:
                app = OwnPageApp(opening) if mrn else LabtrackApp(opening)
                await picture(app, walk, size, name, chosen.into, chosen.text)


if __name__ == "__main__":
    asyncio.run(main())
