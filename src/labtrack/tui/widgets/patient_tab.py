"""What the tabs of the patient screen have in common: whose they are, and reading when they are shown and something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Vertical
from textual.widget import Widget

from labtrack.tui.page import Asking

if TYPE_CHECKING:
    from labtrack.tui.app import LabtrackApp


def main_app(widget: Widget) -> LabtrackApp:
    """The clinicians' app, which knows the other screens."""
    return cast("LabtrackApp", widget.app)


class PatientTab(Asking, Vertical):
    """One tab. Subclasses give ``load``, which asks the clinic and shows the answer, and ``land``, which takes the focus."""

    DEFAULT_CSS = "PatientTab { height: 1fr; }"

    def __init__(self, mrn: str, id: str) -> None:
        super().__init__(id=id)
        self.mrn = mrn
        #: The count of changes that is shown; -1 before anything is.
        self.seen = -1

    def come(self) -> None:
        """The tab is shown: read, unless nothing changed since it last did."""
        if self.seen != self.base.desk.changes:
            self.run_worker(self._read(), exclusive=True, group="load", exit_on_error=False)

    async def _read(self) -> None:
        changes = self.base.desk.changes
        with self.telling():
            await self.load()
            self.seen = changes

    async def load(self) -> None:
        """Ask and show."""

    def land(self) -> None:
        """Take the focus."""
