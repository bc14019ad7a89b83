"""Where to save a file: a name to keep or change. A file that is there already is never replaced."""

from __future__ import annotations

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class SaveCopyDialog(Dialog[Path | None]):
    """Answers the path to write, None if it was left."""

    HELP = """## Where to save

*Enter* saves under the name that is shown; it can be changed first. `~` is your own folder. A file that is there already is kept:
choose another name. *Esc* saves nothing."""
    BINDINGS = [key("save-copy.save", "ctrl+s", "save", "Save", "Save under the name that is shown.", priority=True)]

    def __init__(self, proposed: Path) -> None:
        super().__init__()
        self.proposed = proposed

    def compose(self) -> ComposeResult:
        """The name, and what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Label("Save as", classes="title", markup=False)
            yield Input(str(self.proposed), id="path", select_on_focus=False)
            yield Static("", id="problem", classes="problem", markup=False)
            yield Static("Enter saves, Esc saves nothing.", classes="muted", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter saves."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Answer the path if it can be written to; else say why not, and keep what was typed."""
        text = self.query_one("#path", Input).value.strip()
        problem = problem_with(text)
        if problem:
            self.query_one("#problem", Static).update(shown(problem))
        else:
            self.dismiss(Path(text).expanduser())


def problem_with(text: str) -> str:
    """Why a file cannot be made under a name; empty if nothing is known against it."""
    if not text:
        return "Type a name for the file."
    if not text.isprintable():
        return "This cannot be the name of a file."
    try:
        place = Path(text).expanduser()
        if place.is_dir():
            return "This is a folder. Add a name for the file, such as results.csv."
        if place.exists():
            return "There is a file of this name already. Choose another name."
        if not place.parent.is_dir():
            return f"There is no folder {place.parent}."
    except (OSError, RuntimeError, ValueError):
        return "This cannot be the name of a file."
    return ""
