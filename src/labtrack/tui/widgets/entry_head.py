"""The head of the form for new results: for whom, collected when, by which laboratory, and the field that finds an analyte."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from labtrack.tui.keys import key
from labtrack.tui.show import joined, shown

if TYPE_CHECKING:
    from labtrack.core.record import Patient


def who(patient: Patient, width: int) -> Content:
    """Name, birth date, MRN; the name gives way where there is no room."""
    born = f"born {patient.birth_date.isoformat()}" if patient.birth_date else "birth date not recorded"
    rest = joined(f"  {born}  MRN {patient.mrn}")
    room = max(8, min(60, width - rest.cell_length - 2))
    return joined(shown(patient.name, "bold").truncate(room, ellipsis=True), rest)


def counted(number: int) -> str:
    """``1 value``, ``12 values``."""
    return f"{number} value{'' if number == 1 else 's'}"


class EntryHead(Vertical):
    """Collected, laboratory, find; what is wrong with them stands below."""

    HELP = """## Collected, laboratory, find

**collected** is when the specimen was taken: `2026-11-19`, `2026-11-19 08:15`, `19 Nov 8:15`, `today`, `yesterday`. A time that is not
known is left out. **lab** printed the paper: the ranges that it printed before hold for these values. **find** takes any name of an
analyte, its beginning, or a LOINC code, and goes to its field.
"""

    class CollectedChanged(Message):
        """Another time of collection was typed."""

    class LabChanged(Message):
        """Another laboratory was typed."""

    #: With priority, so that what is typed right after it goes where it leads.
    BINDINGS = [
        key("head.go", "enter", "go", "Go there", "To the analyte that is looked for, or on to the fields.", show=False, priority=True),
    ]

    def __init__(self, collected: str, wanted: Callable[[str], None]) -> None:
        """``wanted`` is told which analyte is looked for, or (empty) that the fields are."""
        super().__init__()
        self._wanted = wanted
        self._who = Static(id="who")
        self._collected = Input(collected, id="collected")
        self._lab = Input(id="lab")
        self._find = Input(id="find", placeholder="Ctrl+F")
        self._reason = Static(id="reason", classes="problem")
        self.patient: Patient | None = None

    def compose(self) -> ComposeResult:
        """Two lines, and a third one for a reason."""
        yield self._who
        with Horizontal(id="about"):
            for word, field in (("collected", self._collected), ("lab", self._lab), ("find", self._find)):
                yield Static(word, classes="word")
                yield field
        yield self._reason

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self._reason.display = False

    def on_resize(self) -> None:
        """Names have another room."""
        self.redraw()

    def redraw(self) -> None:
        """For whom."""
        if self.patient is not None:
            self._who.update(who(self.patient, self.size.width))

    def put(self, *, collected: str | None = None, lab: str | None = None) -> None:
        """Put texts in, telling nobody."""
        with self.prevent(Input.Changed):
            if collected is not None:
                self._collected.value = collected
            if lab is not None:
                self._lab.value = lab

    @property
    def collected(self) -> str:
        """As typed."""
        return self._collected.value

    @property
    def lab(self) -> str:
        """As typed."""
        return self._lab.value

    @property
    def fields(self) -> tuple[Input, Input]:
        """Where Tab goes before it goes to the panels."""
        return self._collected, self._lab

    @property
    def is_finding(self) -> bool:
        """Whether an analyte is being looked for."""
        return self._find.has_focus

    def find(self) -> None:
        """Go to the field that finds, at once: the next key is its own."""
        self.screen.set_focus(self._find)

    def say(self, reason: str, *, found: bool = False) -> None:
        """Why something here cannot be; with ``found`` what was looked for was found."""
        self._reason.display = bool(reason)
        self._reason.update(shown(reason))
        if found:
            self._find.value = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell which field it was."""
        event.stop()
        if event.input is self._collected:
            self.post_message(self.CollectedChanged())
        elif event.input is self._lab:
            self.post_message(self.LabChanged())

    def action_go(self) -> None:
        """Look for the analyte, or go to the fields."""
        self._wanted(self._find.value if self.is_finding else "")
