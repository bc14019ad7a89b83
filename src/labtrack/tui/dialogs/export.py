"""Taking data out, of one patient or of all: CSV, the calendar of next checks, FHIR, reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, RadioSet, Static

from labtrack.core.errors import LabtrackError, StoreError
from labtrack.tui.dialogs.form import next_step_of
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, shown
from labtrack.tui.widgets.choice import Choice
from labtrack.tui.widgets.keys_line import KeysLine

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.tui.app import LabtrackApp

#: What can be written: id, words.
KINDS = (
    ("summary", "Summary: a row for each patient and analyte, findings, next checks"),
    ("results", "Results: every result as reported"),
    ("everything", "Everything: all records, a file for each kind, in a folder"),
    ("calendar", "Calendar: the next checks, naming nobody and nothing clinical"),
    ("calendar-clinical", "Calendar with patient, panel and reason of each check"),
    ("fhir", "FHIR bundle: records, findings and next checks for other programs"),
    ("report", "Report: a page for each patient, for the clinician"),
    ("report-plain", "Report in plain words, for the patient"),
)
_CALENDARS, _REPORTS = ("calendar", "calendar-clinical"), ("report", "report-plain")
#: How the suggested file's name begins and ends.
_NAMES = {
    "summary": ("summary", ".csv"),
    "results": ("results", ".csv"),
    "everything": ("labtrack", ""),
    "calendar": ("checks", ".ics"),
    "calendar-clinical": ("checks-clinical", ".ics"),
    "fhir": ("labtrack", ".json"),
    "report": ("report", ".pdf"),
    "report-plain": ("report-plain", ".pdf"),
}
_REPORT_FILES = (".html", ".pdf")
#: Names told of files that are there already.
_TOLD = 4
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

*Calendar* is a file (.ics) that calendar programs take: a day for each next check, with reminders. Imported again later it moves the same
entries. It says whose they are and why only in the kind that says so. *FHIR bundle* is for other programs. *Report* is a page to print:
.pdf or .html for one patient, by the name's ending, and a folder with both for many.

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
        yield KeysLine()

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

    @property
    def is_folder(self) -> bool:
        """Whether it takes several files."""
        if self.kind in _REPORTS:
            place = self._place_or_none()
            return self.mrn is None or (place is not None and place.suffix.casefold() not in _REPORT_FILES)
        return self.kind == "everything"

    def _suggest(self) -> None:
        """A name by what is exported, unless somebody has typed one."""
        field = self.query_one("#path", Input)
        if field.value != self._suggested:
            return
        whose = f"-{_UNFIT.sub('_', self.mrn)[:40]}" if self.mrn is not None else ""
        day = self.base.opening.today.isoformat()
        stem, ending = _NAMES[self.kind]
        ending = "" if self.kind in _REPORTS and self.mrn is None else ending
        self._suggested = field.value = str(Path.cwd() / f"{stem}{whose}-{day}{ending}")

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
        is_folder = self.is_folder
        title = "Into which folder?" if is_folder else "Write to which file?"
        place = self._place_or_none() or Path.cwd()
        name = "" if is_folder else place.name
        kind = "folder" if is_folder else "save"
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
        kind, is_folder = self.kind, self.is_folder
        try:
            there = _there(place, kind, is_folder=is_folder)
            if there and not await self._is_to_go(there):
                return
            self._say("Writing …")
            written = await self.ask(_deed(kind, place, self.mrn))
        except StoreError as error:
            self._say("")
            self.base.in_trouble(error)
        except LabtrackError as error:
            self._say(f"{error.message} {next_step_of(error)}".strip())
        except (OSError, ValueError) as error:
            self._say(str(error))
        else:
            what = f"{len(written)} files in {place}" if is_folder else str(place)
            self.base.notify(f"Written: {what}", timeout=10)
            self.dismiss(written)

    async def _is_to_go(self, there: Sequence[Path]) -> bool:
        app = cast("LabtrackApp", self.app)
        more = f" and {len(there) - _TOLD} more" if len(there) > _TOLD else ""
        names = ", ".join(each.name for each in there[:_TOLD]) + more
        text = shown(f"{names} {'is' if len(there) == 1 else 'are'} there already, in {there[0].parent}.")
        return bool(await app.answer("confirm", "Overwrite?", text, "Overwrite", "Leave as it is"))

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(shown(text))


def _deed(kind: str, place: Path, mrn: str | None) -> Callable[[Clinic], list[Path]]:
    """What is asked of the clinic; it answers the files written."""

    def write(clinic: Clinic) -> list[Path]:
        if kind == "everything":
            return clinic.export_all(place, mrn)
        if kind in _REPORTS:
            return clinic.export_report(place, mrn, plain=kind == "report-plain")
        if kind in _CALENDARS:
            clinic.export_calendar(place, mrn, clinical=kind == "calendar-clinical")
        else:
            {"summary": clinic.export_summary, "results": clinic.export_results, "fhir": clinic.export_fhir}[kind](place, mrn)
        return [place]

    return write


def _there(place: Path, kind: str, *, is_folder: bool) -> Sequence[Path]:
    """The files that writing would replace. LabtrackError where it cannot be written at all."""
    if kind == "everything":
        from labtrack.clinic.mappings import layout_names

        return [each for name in layout_names() if (each := place / f"{name}.csv").exists()]
    if is_folder:
        if place.suffix.casefold() in _REPORT_FILES and not place.is_dir():
            raise LabtrackError("There is a report for each patient: name a folder.")
        if place.suffix[1:].isalpha() and not place.is_dir():
            raise LabtrackError("A report is a file that ends in .html or .pdf, or a folder.")
        return sorted(each for each in place.glob("*") if each.suffix in _REPORT_FILES)
    if place.is_dir():
        raise LabtrackError(f"{place} is a folder: add the name of the file.")
    if not place.parent.is_dir():
        raise LabtrackError(f"There is no folder {place.parent}.", "Choose another place.")
    return [place] if place.exists() else []
