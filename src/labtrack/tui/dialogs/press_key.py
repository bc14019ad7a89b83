"""Waits for one key, to give it to something."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class PressKeyDialog(Dialog[str | None]):
    """Answers the key that was pressed, as the settings name it; None if it was left with Escape."""

    HELP = """## Another key

Press the key that is to do this from now on. *Esc* leaves it as it is.
"""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def compose(self) -> ComposeResult:
        """What it is for."""
        with Vertical(classes="dialog"):
            yield Static(shown(f"Press the new key for: {self.what}"), classes="title")
            yield Static("Esc leaves it as it is.", classes="muted")

    def on_key(self, event: events.Key) -> None:
        """Any key but Escape and F1."""
        if event.key not in ("escape", "f1"):
            event.stop()
            event.prevent_default()
            self.dismiss(event.key)
