"""Panels and courses counted in days from the start, for the tests of ``schedule``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from tests.labs.build import labs

from labtrack.labs.snapshot import Labs
from labtrack.schedule import PanelChecks, Recheck, next_checks, statuses

START = date(2026, 1, 10)  # as the usual patient of the case files
#: What the required analytes of a panel say, each on one day.
SETS = {
    "cbc": ("Hb 13.5 g/dL", "ANC 4.0 10*9/L", "ALC 2.0 10*9/L"),
    "liver": ("ALT 20 U/L", "AST 20 U/L"),
    "renal": ("eGFR 90 mL/min/{1.73_m2}",),
    "lipid": ("LDL 100 mg/dL",),
}
STATUSES = ("later", "due", "overdue")
WHY = ("baseline missing", "milestone", "repeating", "restart")


class Next(NamedTuple):
    """The next check, ``day`` counted from the start."""

    day: int
    window: int
    why: str


def on(day: int) -> str:
    """The date so many days after the start."""
    return (START + timedelta(days=day)).isoformat()


def panel(key: str, *days: int) -> list[str]:
    """All required analytes of a panel on each of these days."""
    return [f"{on(day)} {each}" for day in days for each in SETS[key]]


def course(drug: str = "baricitinib", *, stop: int | None = None) -> str:
    """2 mg daily of a drug from the start on, as a case file writes it."""
    return f"{drug} 2 mg daily from {on(0)}" + ("" if stop is None else f" to {on(stop)}")


def snapshot(as_of: int, results: Sequence[str], **fields: object) -> Labs:
    """One patient so many days after the start."""
    return labs(*results, **{"course": course(), "as_of": on(as_of), **fields})


def recheck(key: str, collected: int, days: int) -> Recheck:
    """A met rule that asks for a panel so many days after a day of collection."""
    return Recheck(key, "rule", days, np.array([START.toordinal() + collected]))


def checks_of(shot: Labs, *rechecks: Recheck) -> dict[str, PanelChecks]:
    """The next check of each panel."""
    return {each.panel: each for each in next_checks(shot, rechecks)}


def planned(shot: Labs, key: str, *rechecks: Recheck) -> Next | None:
    """The next check of one panel in words, ``None`` where there is none."""
    found = checks_of(shot, *rechecks)[key]
    if not found.exists[0]:
        return None
    why = int(found.why[0])
    said = WHY[why] if why < len(WHY) else f"recheck {why - len(WHY)}"
    return Next(int(found.due[0]) - START.toordinal(), int(found.window[0]), said)


def status(shot: Labs, key: str, *rechecks: Recheck) -> str:
    """``later``, ``due`` or ``overdue`` on the as-of date."""
    return STATUSES[statuses(checks_of(shot, *rechecks)[key], shot.treatment.as_of)[0]]


def lacks(shot: Labs, key: str) -> list[str]:
    """The required analytes that a panel's last set lacks."""
    return [analyte for analyte, flags in checks_of(shot)[key].missing.items() if flags[0]]
