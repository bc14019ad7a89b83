"""The terminal screens. ``run`` opens them; nothing here is imported before, and nothing heavy before the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtrack.tui.opening import Opening


def run(opening: Opening) -> int:
    """Show the screens until they are left; the process's exit status."""
    if opening.mrn:
        from labtrack.tui.own_page_app import OwnPageApp

        return OwnPageApp(opening).run() or 0
    from labtrack.tui.app import LabtrackApp

    return LabtrackApp(opening).run() or 0
