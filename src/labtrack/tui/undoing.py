"""Taking back the last set of results that was recorded since labtrack was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from labtrack.tui.show import joined, lines

if TYPE_CHECKING:
    from labtrack.tui.app import LabtrackApp
    from labtrack.tui.page import Asking

#: What the record says of results that were taken back.
REASON = "entered in error: taken back after saving"
_MOST_SHOWN = 6


def can_undo(screen: Any) -> bool:
    """Whether there is a set to take back."""
    return screen.base.desk.last_recorded is not None


async def undo_last(screen: Asking) -> bool:
    """Ask, and mark the last recorded set as entered in error; whether that was done. LabtrackError. Only in a worker."""
    desk = screen.base.desk
    recorded = desk.last_recorded
    if recorded is None:
        return False
    patient, results = recorded.patient, recorded.results
    values = [f"{each.analyte} {each.value_text} {each.unit}" for each in results]
    more = f", and {len(values) - _MOST_SHOWN} more" if len(values) > _MOST_SHOWN else ""
    born = f"born {patient.birth_date.isoformat()}" if patient.birth_date else "birth date not recorded"
    text = lines(
        [
            joined((patient.name, "bold"), f"  {born}  MRN {patient.mrn}"),
            f"collected {results[0].collected_at}: {', '.join(values[:_MOST_SHOWN])}{more}",
            "They stay in the record, marked as entered in error.",
        ]
    )
    app = cast("LabtrackApp", screen.base)
    if not await app.answer("confirm", "Undo the last save?", text, yes="Mark as entered in error", no="Leave as it is"):
        return False
    undone = await screen.change(lambda clinic: clinic.undo(recorded, REASON))
    desk.last_recorded = None
    said = f"{len(results)} result{'' if len(results) == 1 else 's'} marked as entered in error."
    screen.base.notify(" ".join([said, *(f"{each}." for each in undone.warnings)]))
    return True
