"""One of a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class PickDialog(Dialog[int | None]):
    """Answers the place of what was picked; None if it was left."""

    DEFAULT_CSS = """
    PickDialog OptionList { height: auto; max-height: 16; border: none; background: $surface; }
    """
    HELP = """## One of a list

*Up* and *Down* move, *Enter* picks, *Esc* leaves everything as it is.
"""

    def __init__(self, title: str, options: Sequence[Content | str], picked: int = 0) -> None:
        super().__init__()
        self.heading = title
        self.options = [each if isinstance(each, Content) else shown(each) for each in options]
        self.picked = picked

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog"):
            yield Static(shown(self.heading), classes="title")
            yield OptionList(*(Option(each) for each in self.options))

    def on_mount(self) -> None:
        """Begin with what holds now."""
        self.query_one(OptionList).highlighted = self.picked

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter picks."""
        event.stop()
        self.dismiss(event.option_index)
