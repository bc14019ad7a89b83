"""``python docs/screens.py``: the pictures of the guide, made from the running program on the sample clinic.

The date, the sample and the sizes are fixed, so that the same version makes the same pictures. ``--into FOLDER`` writes them
elsewhere; ``--text`` writes what a reader sees as plain text too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
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

#: Shown in some pictures, so always the same.
PLACE = Path(tempfile.gettempdir()) / "labtrack-guide"
#: What a laboratory sends: two good rows, a bound, a unit that nobody knows, a text, a patient who is not there.
REPORT = """mrn,analyte,value,unit,collected_at,ref_low,ref_high,lab
DEMO-01,hb,12.4,g/dL,2026-11-20T08:10,12.0,15.5,City Lab
DEMO-01,anc,1.21,10*9/L,2026-11-20T08:10,2.0,7.5,City Lab
DEMO-03,crp,<0.5,mg/L,2026-11-20T09:00,,5,City Lab
DEMO-03,ldl,148,furlong,2026-11-20T09:00,,,City Lab
DEMO-04,wbc,clotted,10*9/L,2026-11-20T09:20,4.0,11.0,City Lab
DEMO-99,hb,13.0,g/dL,2026-11-20T09:30,12.0,15.5,City Lab
DEMO-02,creatinine,1.9,mg/dL,2026-12-24,0.7,1.3,City Lab
DEMO-02,potassium,4.4,mmol/L,2026-11-20,3.5,5.1,City Lab
"""
IMAGES = Path(__file__).parent / "guide" / "images"
TODAY = date(2026, 11, 22)
SIZES = ((120, 36), (80, 24))
#: Remote fonts of the exporter: a picture must not call home.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

Walk = Callable[[Pilot[Any]], Awaitable[None]]


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until the clinic has answered everything; a worker that waits for a person is let be."""
    app = pilot.app
    for _ in range(5):
        await pilot.pause()
        await asyncio.wrap_future(app.desk._thread.submit(lambda: None))
        await pilot.pause(0.02)


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


#: To the patient whom the pictures show.
CHOSEN = "DEMO-01"
TO_CHOSEN = ("slash", *typed("okafor"), "enter")


def walks() -> dict[str, tuple[str, Walk]]:
    """Each picture: whose own page it is on (or none), and the way there from the start."""
    panel = [key for value in ("11.2", "4.1", "0.61", "1.3") for key in (*typed(value), "enter")]
    chosen = (*TO_CHOSEN, "enter")
    return {
        "worklist": ("", keys()),
        "patient": ("", keys(*chosen)),
        "results": ("", keys(*chosen, "2")),
        "trend": ("", keys(*chosen, "3")),
        "treatment": ("", keys(*chosen, "4")),
        "screening": ("", keys(*chosen, "5")),
        "new-results": ("", keys(*TO_CHOSEN, "n", *panel)),
        "rule": ("", keys(*chosen, "enter")),
        "acknowledge": ("", keys(*TO_CHOSEN, "a")),
        "import": ("", keys("i", "ctrl+t", "ctrl+u", *typed("results.csv"), "enter", "4")),
        "export": ("", keys("e")),
        "settings": ("", keys("f10")),
        "own-page": (CHOSEN, keys()),
        "own-curves": (CHOSEN, keys("c")),
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
    into = chosen.into.resolve()
    shutil.rmtree(PLACE, ignore_errors=True)
    (PLACE / "made").mkdir(parents=True)
    os.environ["LABTRACK_CONFIG"] = str(PLACE / "settings.toml")
    made = sample(PLACE / "made")
    os.chdir(PLACE)
    Path("results.csv").write_text(REPORT, encoding="utf-8")
    for name, (mrn, walk) in walks().items():
        if chosen.names and name not in chosen.names:
            continue
        for size in SIZES:
            place = PLACE / f"{name}-{size[0]}.db"
            shutil.copyfile(made, place)
            opening = Opening(str(place), TODAY, settings, Region.US, mrn, "m.ruiz")
            app = OwnPageApp(opening) if mrn else LabtrackApp(opening)
            await picture(app, walk, size, name, into, chosen.text)
    shutil.rmtree(PLACE)


if __name__ == "__main__":
    asyncio.run(main())
