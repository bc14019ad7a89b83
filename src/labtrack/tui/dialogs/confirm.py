"""A question with two answers."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class ConfirmDialog(Dialog[bool]):
    """Answers True for ``yes``, False for ``no``, None if it was left. The answer that changes nothing has the focus first."""

    BINDINGS = [
        key("confirm.yes", "y", "answer(True)", "Yes", "Do what is asked."),
        key("confirm.no", "n", "answer(False)", "No", "Do not do it."),
        key("confirm.next", "right,down", "app.focus_next", "Next answer", "Go to the other answer.", show=False),
        key("confirm.previous", "left,up", "app.focus_previous", "Answer before", "Go to the other answer.", show=False),
    ]
    DEFAULT_CSS = """
    ConfirmDialog VerticalScroll { height: auto; max-height: 20; }
    """
    HELP = """## A question

*y* and *n* answer it; so do the arrows and *Enter* on a button. *Esc* closes it without an answer: nothing is done.
"""

    def __init__(self, title: str, text: Content | str, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self.heading = title
        self.text = text if isinstance(text, Content) else shown(text)
        self.yes, self.no = yes, no

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(classes="dialog"):
            yield Static(shown(self.heading), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(self.text)
            with Horizontal(classes="buttons"):
                yield Button(shown(f"{self.no} (n)"), id="no")
                yield Button(shown(f"{self.yes} (y)"), id="yes", variant="primary")

    def on_mount(self) -> None:
        """Enter alone changes nothing."""
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button is an answer."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Answer."""
        self.dismiss(answer)
