"""The backup of the day, made behind the screens once they are filled; nobody waits for it, and only a failure is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from labtrack.core.errors import LabtrackError

if TYPE_CHECKING:
    from labtrack.clinic.backups import Daily
    from labtrack.tui.base import BaseApp

#: Seconds between looks at whether another day has begun: screens may stay open for weeks.
EVERY = 1_800.0


class DailyBackups:
    """Those of one app."""

    def __init__(self, app: BaseApp) -> None:
        self._app = app
        self._told = ""
        #: The clinic that was looked at.
        self._location: str | None = None

    def begin(self) -> None:
        """A clinic is on the screens: make its backup if one is due, now and on every later day. Nothing for one that was looked at."""
        opening = self._app.opening
        if not opening.keeps_backups or opening.mrn or self._location == opening.location:
            return
        if self._location is None:
            self._app.set_interval(EVERY, self.look)
        self._location = opening.location
        self.look()

    def look(self) -> None:
        """Make it if it is due."""
        self._app.run_worker(self._make(), group="daily-backup", exclusive=True, exit_on_error=False)

    async def _make(self) -> None:
        from labtrack.clinic.backups import daily_of

        try:
            daily = await self._app.desk.ask(daily_of)
        except (LabtrackError, RuntimeError):
            return  # the screens tell why the clinic cannot be used, or are about to end
        if daily is None:
            return
        try:
            said = await asyncio.to_thread(_made, daily)
        except LabtrackError as error:
            said = str(error)
        if said and said != self._told:
            self._told = said
            self._app.notify(said, severity="warning", timeout=20)


def _made(daily: Daily) -> str:
    return daily.make() if daily.is_due else ""
