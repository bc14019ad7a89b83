"""One line of text, asked for."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class AskTextDialog(Dialog[str]):
    """Answers what was typed, None if it was left. ``refuse`` gives the reason why a text is not taken, or nothing."""

    HELP = """## One line of text

*Enter* takes it, *Esc* closes without an answer. A text that cannot be taken stays, with the reason below it.
"""

    def __init__(
        self,
        title: str,
        label: str,
        text: str = "",
        *,
        hint: str = "",
        may_be_empty: bool = False,
        refuse: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self.heading = title
        self.label = label
        self.text = text
        self.hint = hint
        self.may_be_empty = may_be_empty
        self.refuse = refuse

    def compose(self) -> ComposeResult:
        """Title, label, field, reason."""
        with Vertical(classes="dialog"):
            yield Static(shown(self.heading), classes="title")
            yield Label(shown(self.label), classes="muted")
            yield Input(self.text, placeholder=self.hint, id="text", select_on_focus=False)
            yield Static("", id="said", classes="problem")
            yield Static("Enter take it   Esc leave", classes="muted")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        """A reason no longer stands once the text is another."""
        self.query_one("#said", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it, or say why not."""
        event.stop()
        text = event.value.strip()
        reason = "" if text or self.may_be_empty else "Type something, or leave with Esc."
        reason = reason or (self.refuse(text) if self.refuse else "")
        if reason:
            self.query_one("#said", Static).update(shown(reason))
            return
        self.dismiss(text)
