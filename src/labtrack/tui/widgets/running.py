"""Long work: a bar with rate and time left, drawn while a thread does it, and a way to stop it."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from labtrack.clinic.importing import ImportOptions

#: Seconds after which a rate can be told.
_SURE = 0.5


class Running:
    """One piece of work: told bytes done and bytes in all by the thread that does it, read by the screen."""

    def __init__(self) -> None:
        self.done = self.total = 0
        self._began = time.monotonic()
        self._stopped = Event()

    def __call__(self, done: int, total: int) -> None:
        """So far."""
        self.done, self.total = done, total

    def stop(self) -> None:
        """End it at the next chance; everything is then as it was."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it is to end."""
        return self._stopped.is_set()

    def options(self, **more: Any) -> ImportOptions:
        """Options of an import that tells this how far it is, and stops when this is stopped."""
        from labtrack.clinic.importing import ImportOptions

        return ImportOptions(progress=self, cancel=lambda: self.is_stopped, **more)

    def text(self, columns: int) -> str:
        """``████░░░░ 40 %  3.2 of 12.8 MB  1.6 MB/s  6 s left``, in so many columns."""
        if self.is_stopped:
            return "Stopping …"
        if not self.total:
            return "Reading …"
        share = min(self.done / self.total, 1.0)
        seconds = time.monotonic() - self._began
        parts = [f"{share:.0%}".replace("%", " %"), f"{self.done / 1e6:.1f} of {self.total / 1e6:.1f} MB"]
        if self.done >= self.total:
            parts.append("judging the patients anew …")
        elif seconds >= _SURE and self.done:
            rate = self.done / seconds
            parts += [f"{rate / 1e6:.1f} MB/s", f"{(self.total - self.done) / rate:.0f} s left"]
        said = "  ".join(parts)
        wide = max(0, min(30, columns - len(said) - 1))
        filled = int(share * wide)
        return f"{'█' * filled}{'░' * (wide - filled)} {said}".strip()


class RunningLine(Widget):
    """Shows what is running, if anything is."""

    DEFAULT_CSS = "RunningLine { height: 1; color: $text; }"
    running: reactive[Running | None] = reactive(None)

    def on_mount(self) -> None:
        """Look ten times a second while something runs."""
        self._timer = self.set_interval(0.1, self.refresh, pause=True)

    def follow(self, running: Running | None) -> None:
        """Show this from now on; nothing for None."""
        self.running = running
        if running is None:
            self._timer.pause()
        else:
            self._timer.resume()
        self.refresh()

    def render(self) -> Content:
        """The bar; an empty line where nothing runs."""
        return Content(self.running.text(self.size.width) if self.running else "")
