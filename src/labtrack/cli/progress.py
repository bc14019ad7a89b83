"""A progress bar on stderr, on a terminal only."""

from __future__ import annotations

import sys
import time

#: Columns of the bar itself.
_WIDE = 24
#: Seconds after which a rate can be told.
_SURE = 0.5
#: Seconds between two drawings.
_PAUSE = 0.1


class Progress:
    """Told bytes done and bytes in all, draws one line with rate and time left; ``clear`` takes the line away."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._began: float | None = None
        self._drawn = 0.0
        self._line = False

    def __call__(self, done: int, total: int) -> None:
        """Draw, unless it was drawn a moment ago."""
        now = time.monotonic()
        if not self.shown or total <= 0 or now - self._drawn < _PAUSE:
            return
        self._began = self._began or now
        self._drawn, self._line = now, True
        sys.stderr.write(f"\r{bar(done, total, now - self._began)}\x1b[K")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line empty for what is written next."""
        if self._line:
            self._line = False
            sys.stderr.write("\r\x1b[K")


def bar(done: int, total: int, seconds: float) -> str:
    """``[######      ]  25%  3.2 of 12.8 MB  1.6 MB/s  6 s left``; without rate and time left at first."""
    share = min(done / total, 1.0)
    filled = int(share * _WIDE)
    text = f"[{'#' * filled}{' ' * (_WIDE - filled)}] {share:4.0%}  {done / 1e6:.1f} of {total / 1e6:.1f} MB"
    if seconds >= _SURE and done > 0:
        rate = done / seconds
        text += f"  {rate / 1e6:.1f} MB/s  {max(total - done, 0) / rate:.0f} s left"
    return text
