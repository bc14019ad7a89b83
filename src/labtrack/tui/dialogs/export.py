"""Taking data out as CSV: the summary, the results, or everything; of one patient or of all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, Input, Label, RadioSet, Static

from labtrack.core.errors import LabtrackError, StoreError
from labtrack.tui.dialogs.form import next_step_of
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, shown
from labtrack.tui.widgets.choice import Choice

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.tui.app import LabtrackApp

#: What can be written: id, words.
KINDS = (
    ("summary", "Summary: a row for each patient and analyte, with findings and next checks"),
    ("results", "Results: every result as reported"),
    ("everything", "Everything: all records, a file for each kind, in a folder"),
)
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class ExportDialog(Dialog[list[Path] | None]):
    """Asks what and where, writes it, and answers the files written; None if it was left. ``mrn`` None is everybody."""

    CSS_PATH = "../styles/export.tcss"
    BINDINGS = [
        key("export.write", "ctrl+s", "write", "Write", "Write the file; asks first where one of that name is there.", priority=True),
        key("export.place", "ctrl+o", "place", "Choose place", "Choose the folder and the name in a file dialog.", priority=True),
    ]
    HELP = """## Export

*Summary* is for reading in a spreadsheet: what was last measured, how it changed, what was found, what is due. *Results* are all values as
reported. *Everything* can be imported into another clinic and gives the same records there.

The files hold names and results of patients: keep them where only you can read them. They are written so that no other account of this
computer can.
"""

    def __init__(self, mrn: str | None = None) -> None:
        super().__init__()
        self.mrn = mrn
        self._suggested = ""

    def compose(self) -> ComposeResult:
        """What, where."""
        with Vertical(classes="dialog"):
            about = (
                joined(("Export", "bold"), "  patient ", self.mrn) if self.mrn is not None else joined(("Export", "bold"), "  all patients")
            )
            yield Static(about, classes="title")
            with RadioSet(id="kind", compact=True):
                for place, (id, words) in enumerate(KINDS):
                    yield Choice(words, value=not place, id=id, compact=True)
            with Horizontal(id="row"):
                yield Label("To", id="to")
                yield Input("", id="path")
            yield Static("", id="problem", classes="problem")
            with Horizontal(classes="buttons"):
                yield Button("Write", id="write", variant="primary", compact=True)
                yield Button("Choose place …", id="choose", compact=True)
                yield Button("Leave", id="leave", compact=True)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begin with a name that fits."""
        self._suggest()
        self.query_one("#kind").focus()

    @property
    def kind(self) -> str:
        """What is to be written."""
        pressed = self.query_one(RadioSet).pressed_button
        return str(pressed.id) if pressed is not None else KINDS[0][0]

    @property
    def place(self) -> Path:
        """Where it is to be written."""
        return Path.cwd() / Path(self.query_one("#path", Input).value.strip()).expanduser()

    def _suggest(self) -> None:
        """A name by what is exported, unless somebody has typed one."""
        field = self.query_one("#path", Input)
        if field.value != self._suggested:
            return
        whose = f"-{_UNFIT.sub('_', self.mrn)[:40]}" if self.mrn is not None else ""
        day = self.base.opening.today.isoformat()
        name = f"labtrack{whose}-{day}" if self.kind == "everything" else f"{self.kind}{whose}-{day}.csv"
        self._suggested = field.value = str(Path.cwd() / name)

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """Another kind has another name."""
        event.stop()
        self._suggest()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field writes."""
        event.stop()
        self.action_write()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same with the mouse, or with Enter on a button."""
        event.stop()
        {"write": self.action_write, "choose": self.action_place, "leave": self.action_leave}[str(event.button.id)]()

    def action_place(self) -> None:
        """Choose in a file dialog."""
        self.run_worker(self._choose(), exclusive=True, group="choose", exit_on_error=False)

    async def _choose(self) -> None:
        app = cast("LabtrackApp", self.app)
        everything = self.kind == "everything"
        title = "Into which folder?" if everything else "Write to which file?"
        place = self._place_or_none() or Path.cwd()
        name = "" if everything else place.name
        kind = "folder" if everything else "save"
        chosen = await app.answer("choose-file", title, start=place.parent, kind=kind, suggested=name)
        if chosen:
            self.query_one("#path", Input).value = str(chosen[0])
            self.query_one("#path").focus()

    def _place_or_none(self) -> Path | None:
        try:
            return self.place if self.query_one("#path", Input).value.strip() else None
        except RuntimeError:  # a home folder of nobody
            return None

    def action_write(self) -> None:
        """Write, after asking where something would be overwritten."""
        self.run_worker(self._write(), exclusive=True, group="write", exit_on_error=False)

    async def _write(self) -> None:
        place = self._place_or_none()
        if place is None:
            self._say("Type where to write it.")
            return
        kind, mrn = self.kind, self.mrn
        try:
            there = _there(place, kind)
            if there and not await self._is_to_go(there):
                return

            def write(clinic: Clinic) -> list[Path]:
                if kind == "everything":
                    return clinic.export_all(place, mrn)
                (clinic.export_summary if kind == "summary" else clinic.export_results)(place, mrn)
                return [place]

            self._say("Writing …")
            written = await self.ask(write)
        except StoreError as error:
            self._say("")
            self.base.in_trouble(error)
        except LabtrackError as error:
            self._say(f"{error.message} {next_step_of(error)}".strip())
        except (OSError, ValueError) as error:
            self._say(str(error))
        else:
            what = f"{len(written)} files in {place}" if kind == "everything" else str(place)
            self.base.notify(f"Written: {what}", timeout=10)
            self.dismiss(written)

    async def _is_to_go(self, there: list[Path]) -> bool:
        app = cast("LabtrackApp", self.app)
        names = ", ".join(each.name for each in there)
        text = shown(f"{names} {'is' if len(there) == 1 else 'are'} there already, in {there[0].parent}.")
        return bool(await app.answer("confirm", "Overwrite?", text, "Overwrite", "Leave as it is"))

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(shown(text))


def _there(place: Path, kind: str) -> list[Path]:
    """The files that writing would replace. LabtrackError where it cannot be written at all."""
    if kind == "everything":
        from labtrack.clinic.mappings import layout_names

        return [each for name in layout_names() if (each := place / f"{name}.csv").exists()]
    if place.is_dir():
        raise LabtrackError(f"{place} is a folder: add the name of the file.")
    if not place.parent.is_dir():
        raise LabtrackError(f"There is no folder {place.parent}.", "Choose another place.")
    return [place] if place.exists() else []
