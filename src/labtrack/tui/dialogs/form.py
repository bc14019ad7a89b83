"""A dialog that asks for a few things and does something with them; a refusal stands beside the field it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from labtrack.core.errors import LabtrackError, StoreError
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import shown
from labtrack.tui.widgets.form import Done, Field, Form

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

Deed = Callable[["Clinic", Mapping[str, Any]], Sequence[str] | None]


def next_step_of(error: LabtrackError) -> str:
    """What a person at a screen can do next; a command to type is none."""
    return "" if "labtrack " in error.next_step or "--" in error.next_step else error.next_step


class FormDialog(Dialog[bool]):
    """Asks, does, and answers True; None if it was left. Warnings are shown once it is done.

    ``blame`` are pairs of words and the field that a refusal with these words is about; without any the first field is.
    """

    BINDINGS = [
        key("form.save", "ctrl+s", "save", "Save", "Record what stands in the fields.", priority=True),
    ]
    HELP = """## A small form

*Ctrl+S* records it. *Esc* leaves; if something was typed it asks once more. A refusal stands below the field it is about, and what you
typed stays.
"""

    def __init__(
        self, title: Content | str, fields: Iterable[Field], deed: Deed, about: str = "", blame: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__()
        self.heading = title if isinstance(title, Content) else shown(title)
        self.form = Form(fields)
        self.deed = deed
        self.about = about
        self._blame = blame
        self._leaving = False

    def compose(self) -> ComposeResult:
        """Title, what it is about, the fields, the keys."""
        with Vertical(classes="dialog"):
            yield Static(self.heading, classes="title")
            if self.about:
                yield Static(shown(self.about), classes="muted")
            yield self.form
            yield Static("", id="said", classes="problem")
            yield Static("^s save   Enter next   Esc leave", classes="muted", id="keys")

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.form.focus_first()

    def on_done(self, event: Done) -> None:
        """Enter in the last field saves."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Record, unless a field cannot be taken."""
        values = self.form.read()
        if values is not None:
            self.run_worker(self._save(values), exclusive=True, group="save", exit_on_error=False)

    async def _save(self, values: Mapping[str, Any]) -> None:
        with self.telling():
            try:
                warnings = await self.change(lambda clinic: self.deed(clinic, values))
            except StoreError:
                raise
            except LabtrackError as error:
                self.refuse(error)
                return
            for warning in warnings or ():
                self.notify(f"Please check: {warning}", severity="warning", timeout=10)
            self.dismiss(True)

    def refuse(self, error: LabtrackError) -> None:
        """Say why it was not done, beside the field that it is about."""
        said = f"{error.message} {next_step_of(error)}".strip()
        fields = [field.id for field in self.form.fields]
        named = [id for words, id in self._blame if words in error.message]
        if named or fields:
            self.form.blame((named or fields)[0], said)
        else:
            self.query_one("#said", Static).update(shown(said))

    def action_leave(self) -> None:
        """Leave; if something was typed, only when asked twice."""
        if self.form.is_changed and not self._leaving:
            self._leaving = True
            self.query_one("#said", Static).update("Nothing is recorded yet. Esc again leaves without saving.")
            return
        self.dismiss(None)

    def on_input_changed(self) -> None:
        """Whoever goes on typing does not want to leave."""
        self._leaving = False
        self.query_one("#said", Static).update("")
