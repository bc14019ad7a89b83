"""The clinic and the one thread on which everything it is asked runs, so that no screen ever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Recorded

T = TypeVar("T")


class Desk:
    """Asks the clinic questions in order of asking, off the UI thread.

    The clinic is opened by the first question. Whatever a question raises is raised to the asker, and the next one is answered
    all the same; a clinic that could not be opened is tried again then.
    """

    def __init__(self, opening: Callable[[], Clinic]) -> None:
        self._opening = opening
        self._clinic: Clinic | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clinic")
        #: Counts the changes made here: a screen that shows an older count reads again.
        self.changes = 0
        #: The last set of results that was recorded here: it can be taken back.
        self.last_recorded: Recorded | None = None

    async def ask(self, question: Callable[[Clinic], T]) -> T:
        """The answer to a question that changes nothing."""
        return await asyncio.wrap_future(self._thread.submit(self._answer, question))

    async def change(self, deed: Callable[[Clinic], T]) -> T:
        """Do something that changes the record; what it answers."""
        answer = await asyncio.wrap_future(self._thread.submit(self._answer, deed))
        self.changes += 1
        return answer

    def reopen(self, opening: Callable[[], Clinic]) -> None:
        """Take another clinic, or open the same one anew, with the next question."""
        self._opening = opening
        self._thread.submit(self._put_away)
        self.changes += 1

    async def let_go(self) -> None:
        """Put the clinic away, and wait until its file is free; the next question opens it anew, and what was recorded stays recorded."""
        self.last_recorded = None
        await asyncio.wrap_future(self._thread.submit(self._put_away))

    def give(self, clinic: Clinic) -> None:
        """Go on with a clinic that is open already: somebody signed in to it."""

        def take() -> None:
            self._put_away()
            self._clinic = clinic

        self._thread.submit(take)

    def close(self) -> None:
        """Finish what was asked, let go of the clinic and end the thread."""
        self._thread.submit(self._put_away)
        self._thread.shutdown(wait=True)

    def _answer(self, question: Callable[[Clinic], T]) -> T:
        if self._clinic is None:
            self._clinic = self._opening()
        return question(self._clinic)

    def _put_away(self) -> None:
        clinic, self._clinic = self._clinic, None
        if clinic is not None:
            clinic.close()
