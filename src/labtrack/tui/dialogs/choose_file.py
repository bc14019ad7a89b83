"""A file dialog: a tree to walk and a field to type in, for one file, several, a place to save to, or a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, DirectoryTree, Input, Static
from textual.widgets.tree import TreeNode

from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import cell, shown
from labtrack.tui.widgets.keys_line import KeysLine

Kind = Literal["open", "save", "folder"]
#: Entries of one folder that are listed; the others are reached by typing.
MOST = 2_000


class FileTree(DirectoryTree):
    """Folders and files by name. Names are data: shown as plain text whatever they hold."""

    ICON_NODE, ICON_NODE_EXPANDED, ICON_FILE = "▸ ", "▾ ", "  "
    BINDINGS = [
        key("files.up", "backspace,left", "up", "Folder above", "Show the folder above this one."),
        key(
            "files.mark",
            "space",
            "mark",
            "Mark",
            "Mark this file, or take its mark away; several can be marked. On a folder: open or close.",
        ),
    ]
    HELP = """## Files

*Up* and *Down* move, *Enter* takes a file or opens a folder, *Backspace* goes to the folder above, *Space* marks one of several files.
"""

    class Marked(Message):
        """A file is to be marked, or unmarked."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    def __init__(self, path: Path, *, id: str) -> None:
        self.marked: set[Path] = set()
        super().__init__(path, id=id)

    def process_label(self, label: object) -> Text:
        """A name as it is, on one line."""
        return cell(label)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Without hidden ones, and no more than can be looked through."""
        return islice((path for path in paths if not path.name.startswith(".")), MOST)

    def render_label(self, node: TreeNode[object], base_style: object, style: object) -> Text:  # type: ignore[override]
        """With a sign on those that are marked."""
        label = super().render_label(node, base_style, style)  # type: ignore[arg-type]
        path = getattr(node.data, "path", None)
        return Text.assemble("✓ ", label) if path in self.marked else label

    def action_up(self) -> None:
        """The folder above becomes the root."""
        self.path = Path(self.path).resolve().parent

    def action_mark(self) -> None:
        """Mark a file; open or close a folder."""
        node = self.cursor_node
        if node is None or node.data is None:
            return
        if node.allow_expand:
            node.toggle()
        else:
            self.post_message(self.Marked(node.data.path))

    def mark(self, path: Path) -> None:
        """Mark or unmark."""
        self.marked ^= {path}
        self._invalidate()
        self.refresh()


class ChooseFileDialog(Dialog[list[Path] | None]):
    """Answers the chosen paths, one or ``several``; None if it was left.

    ``kind``: files to ``open`` exist; a place to ``save`` to may not, but its folder does; a ``folder`` may be a new one.
    """

    CSS_PATH = "../styles/choose_file.tcss"
    BINDINGS = [
        key("files.type", "ctrl+t", "type", "Type a path", "Go to the field and type the path.", priority=True),
        key("files.take", "ctrl+s", "take", "Choose", "Choose what is marked, or else what is typed or highlighted.", priority=True),
    ]
    HELP = """## Choosing a file

Walk through the folders below, or type a path in the field: `~` is your home, and what does not begin with `/` is within the folder shown.
*Tab* goes from the field to the tree and back. Nothing is opened or written before you have chosen.
"""

    def __init__(self, title: str, *, start: Path | None = None, kind: Kind = "open", several: bool = False, suggested: str = "") -> None:
        super().__init__()
        self.heading = title
        self.kind: Kind = kind
        self.several = several
        self.start = _folder(start or Path.cwd())
        self.suggested = suggested

    def compose(self) -> ComposeResult:
        """Field, tree, what is marked."""
        with Vertical(classes="dialog"):
            yield Static(shown(self.heading), classes="title")
            yield Input(self.suggested, placeholder="Type a path, or choose below", id="path", select_on_focus=False)
            yield Static("", id="problem", classes="problem")
            yield Static(shown(self.start), id="folder", classes="muted")
            yield FileTree(self.start, id="tree")
            yield Static("", id="marked")
            with Horizontal(classes="buttons"):
                yield Button("Choose", id="choose", variant="primary", compact=True)
                yield Button("Leave", id="leave", compact=True)
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin in the tree, or with the name that is to be given."""
        self.query_one("#path" if self.kind == "save" else "#tree").focus()

    @property
    def tree_of_files(self) -> FileTree:
        """The tree."""
        return self.query_one("#tree", FileTree)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Everything works."""
        return True

    def action_type(self) -> None:
        """To the field."""
        self.query_one("#path", Input).focus()

    def action_take(self) -> None:
        """What is marked, else what is typed, else what is highlighted."""
        typed = self.query_one("#path", Input).value.strip()
        node = self.tree_of_files.cursor_node
        if self.tree_of_files.marked:
            self._check(sorted(self.tree_of_files.marked))
        elif typed:
            self._typed(typed)
        elif self.kind == "folder":
            self._check([node.data.path if node and node.data and node.allow_expand else Path(self.tree_of_files.path)])
        elif node is not None and node.data is not None and not node.allow_expand:
            self._check([node.data.path])
        else:
            self._say("Choose a file, or type its path.")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same with the mouse."""
        event.stop()
        if event.button.id == "choose":
            self.action_take()
        else:
            self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field takes what is typed."""
        event.stop()
        if event.value.strip():
            self._typed(event.value.strip())
        else:
            self.action_take()

    def on_file_tree_marked(self, event: FileTree.Marked) -> None:
        """Mark one of several; of one alone there is nothing to mark."""
        event.stop()
        if not self.several:
            return
        self.tree_of_files.mark(event.path)
        names = ", ".join(sorted(path.name for path in self.tree_of_files.marked))
        self.query_one("#marked", Static).update(shown(f"{len(self.tree_of_files.marked)} marked: {names}" if names else ""))

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Enter on a file takes it, with those that are marked."""
        event.stop()
        if self.kind == "save":
            field = self.query_one("#path", Input)
            field.value = str(event.path)
            field.focus()
        elif self.kind == "folder":
            self._say("That is a file. Choose a folder, or type the name of a new one.")
        else:
            self._check(sorted({event.path, *self.tree_of_files.marked}))

    def on_directory_tree_directory_selected(self, event: DirectoryTree.DirectorySelected) -> None:
        """Enter on a folder opens it; its path is shown."""
        event.stop()
        self.query_one("#folder", Static).update(shown(event.path))

    def _typed(self, text: str) -> None:
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            self._say("There is no such home folder.")
            return
        path = path if path.is_absolute() else Path(self.tree_of_files.path) / path
        if _is_dir(path) and self.kind != "folder":
            self.tree_of_files.path = path
            self.query_one("#folder", Static).update(shown(path))
            self.query_one("#path", Input).value = ""
            self.tree_of_files.focus()
            return
        self._check([path])

    def _check(self, paths: list[Path]) -> None:
        """Answer them, unless one cannot be taken."""
        for path in paths:
            problem = _problem(path, self.kind)
            if problem:
                self._say(problem)
                return
        self.dismiss(paths)

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(shown(problem))


def _folder(start: Path) -> Path:
    """The nearest folder that is there."""
    start = start.expanduser()
    return next((each for each in (start, *start.absolute().parents) if _is_dir(each)), Path.cwd())


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _problem(path: Path, kind: Kind) -> str:
    """Why a path cannot be taken; empty when it can."""
    try:
        if "\0" in str(path):
            return "A path cannot hold the character NUL."
        if kind == "open":
            if not path.exists():
                return f"There is no file {path}."
            return "" if path.is_file() else f"{path} is not a file."
        if kind == "folder":
            return "" if path.is_dir() or not path.exists() else f"{path} is a file."
        if path.is_dir():
            return f"{path} is a folder: add the name of the file."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        return "" if os.access(path.parent, os.W_OK) else f"You may not write to {path.parent}."
    except OSError as error:
        return f"It cannot be used ({error.strerror}): {path}"
