"""Keeping a draft of what is being typed, so that no crash takes more than the last moment of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labtrack.core.errors import LabtrackError
from labtrack.tui.page import Page

if TYPE_CHECKING:
    from textual.timer import Timer

    from labtrack.clinic.drafts import Draft, DraftValue

#: Seconds after a change until it is in the draft.
AFTER = 0.5


class DraftKeeper:
    """Writes the draft of one screen a moment after a change."""

    def __init__(self, screen: Page[Any], mrn: str) -> None:
        self._screen = screen
        self._mrn = mrn
        self._draft: Draft | None = None
        self._timer: Timer | None = None
        self._is_told = False

    def soon(self, draft: Draft | None) -> None:
        """Something was typed; None: nothing stands there any more."""
        self._draft = draft
        if self._timer is None:
            self._timer = self._screen.set_timer(AFTER, self._due)

    def _due(self) -> None:
        self._timer = None
        self._screen.run_worker(self.keep(), group="draft", exit_on_error=False)

    def stop(self) -> bool:
        """Keep nothing more until the next change; whether something was waiting."""
        waiting, self._timer = self._timer, None
        if waiting is not None:
            waiting.stop()
        return waiting is not None

    async def keep(self) -> None:
        """Write what was typed last; once nothing is, there is no draft. That it cannot be kept is told once."""
        draft, mrn = self._draft, self._mrn
        try:
            if draft is None:
                await self._screen.ask(lambda clinic: clinic.drafts.discard(mrn))
            else:
                await self._screen.ask(lambda clinic: clinic.drafts.keep(mrn, draft))
        except LabtrackError as error:
            if not self._is_told:
                self._is_told = True
                self._screen.base.tell(error)

    async def finish(self) -> None:
        """Write at once what is waiting: the screen goes away."""
        if self.stop():
            with suppress(RuntimeError):  # the clinic is closed already
                await self.keep()

    async def discard(self) -> None:
        """It was recorded, or is not wanted."""
        self.stop()
        with suppress(LabtrackError):
            await self._screen.ask(lambda clinic: clinic.drafts.discard(self._mrn))


def draft_of(collected: str, lab: str, values: tuple[DraftValue, ...]) -> Draft | None:
    """A draft of these fields, as of now; None of empty ones."""
    from labtrack.clinic.drafts import Draft

    return Draft(collected, lab, values, f"{datetime.now():%Y-%m-%d %H:%M}") if values else None
