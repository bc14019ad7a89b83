"""What the app does in the background."""

from __future__ import annotations

import inspect
from typing import Any

from textual.worker import Worker
from textual.worker_manager import WorkerManager


class Workers(WorkerManager):
    """As Textual's, but work that was given up before it began is put away without a warning about it, whenever that would come."""

    def add_worker(self, worker: Worker[Any], start: bool = True, exclusive: bool = True) -> None:
        """Begin, in place of what was begun in the same group where it is exclusive."""
        super().add_worker(worker, start, exclusive)
        work, task = worker._work, worker._task
        if task is not None and inspect.iscoroutine(work):
            task.add_done_callback(lambda _: work.close())
