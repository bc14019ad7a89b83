"""The terminal screens. ``run`` opens them; nothing here is imported before, and nothing heavy before the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtrack.tui.base import BaseApp
    from labtrack.tui.opening import Opening


def run(opening: Opening) -> int:
    """Show the screens until they are left; the process's exit status. Whatever ended them unexpectedly is raised."""
    while True:
        app = app_of(opening)
        status = app.run() or 0
        if app.failure is not None:
            raise app.failure
        if app.next is None:
            return status
        opening = app.next  # somebody else signed in: nothing of the one before is left


def app_of(opening: Opening) -> BaseApp:
    """The clinicians' app, or the one of a patient's own page."""
    if opening.mrn:
        from labtrack.tui.own_page_app import OwnPageApp

        return OwnPageApp(opening)
    from labtrack.tui.starting import hold

    hold()
    from labtrack.tui.app import LabtrackApp

    return LabtrackApp(opening)
