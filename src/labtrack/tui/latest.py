"""Asking again while what is asked about changes: of several changes only the last is asked about, and none is left unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.dom import DOMNode

#: Seconds that a key waits for the next one before anything is asked.
DEBOUNCE = 0.05


class Latest:
    """Runs ``ask`` on a worker of ``owner`` after changes; never twice at a time, and once more after a change meanwhile."""

    def __init__(self, owner: DOMNode, ask: Callable[[], Awaitable[Any]]) -> None:
        self._owner = owner
        self._ask = ask
        self._changes = 0
        self.is_running = False

    def changed(self) -> None:
        """Something changed."""
        self._changes += 1
        if not self.is_running:
            self.is_running = True
            self._owner.run_worker(self._run(), group="latest", exit_on_error=False)

    async def _run(self) -> None:
        try:
            seen = -1
            while seen != self._changes:
                await asyncio.sleep(DEBOUNCE)
                seen = self._changes
                await self._ask()
        finally:
            self.is_running = False
