"""What batches and files say that they hold, against what is there."""

from __future__ import annotations

from labtrack.exchange.hl7.framing import Mark, Stray
from labtrack.exchange.hl7.observations import Observations

_LONGEST = 40


class Batches:
    """Counts messages and batches of one file, and tells where a count or an end is wanting."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._messages = self._loose = self._batches = 0
        self._batch: Mark | None = None
        self._file: Mark | None = None

    def message(self) -> None:
        """A message is there."""
        self._messages += 1
        self._loose += 1

    def stray(self, stray: Stray) -> None:
        """Lines outside of any message."""
        what = "a line that belongs" if stray.lines == 1 else f"{stray.lines:,} lines that belong"
        self._observations.refuse(stray.line, "outside of any message", stray.data.decode("utf-8", "replace"), f"{what} to no message")

    def mark(self, mark: Mark) -> None:
        """A header or a trailer."""
        if mark.kind == "FHS":
            self.end()
            self._file, self._messages, self._loose, self._batches = mark, 0, 0, 0
        elif mark.kind == "BHS":
            self._end_batch()
            self._batch, self._messages = mark, 0
        elif mark.kind == "BTS":
            self._compare(mark, "batch", (self._messages,), "message")
            self._batch, self._messages, self._batches = None, 0, self._batches + 1
        else:
            self._end_batch()
            loose = (int(self._loose > 0), self._loose) if not self._batches else ()  # without batches, senders count either
            self._compare(mark, "file", (self._batches, *loose), "batch")
            self._file, self._messages, self._loose, self._batches = None, 0, 0, 0

    def end(self) -> None:
        """The end of what is there."""
        self._end_batch()
        if self._file is not None:
            self._tell(self._file, "FHS", "", "the file begins with FHS, but has no FTS at its end: was it cut off?")
            self._file = None

    def _end_batch(self) -> None:
        if self._batch is not None:
            self._tell(self._batch, "BHS", "", "the batch begins with BHS, but has no BTS at its end: was the file cut off?")
            self._batch, self._messages, self._batches = None, 0, self._batches + 1

    def _compare(self, mark: Mark, what: str, found: tuple[int, ...], unit: str) -> None:
        said = _count(mark)
        if said and not (said.isascii() and said.isdecimal() and int(said) in found):
            here = found[-1] if len(found) > 1 else found[0]
            reason = f"the {what} says {_several(said, unit)}, {here:,} {'is' if here == 1 else 'are'} here: was the file cut off?"
            self._tell(mark, f"{mark.kind}-1", said, reason)

    def _tell(self, mark: Mark, where: str, text: str, reason: str) -> None:
        self._observations.refuse(mark.line, where, text, reason)


def _count(mark: Mark) -> str:
    """The first field of a trailer."""
    rest = mark.data[3:].lstrip(b" ")
    fields = rest.split(rest[:1]) if rest else []
    return fields[1].decode("utf-8", "replace").strip()[:_LONGEST] if len(fields) > 1 else ""


def _several(count: str, unit: str) -> str:
    return f"{count} {unit}" if count == "1" else f"{count} {unit}{'es' if unit.endswith('h') else 's'}"
