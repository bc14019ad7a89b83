"""A patient's own page: what was checked and what it means, what is missing, what is next, and one large trend at a time. Read only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from labtrack.core.errors import LabtrackError, PassphraseNeeded, SignInNeeded
from labtrack.tui.keys import key
from labtrack.tui.page import BackPage
from labtrack.tui.show import shown

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.clinic.own_page import Block

#: What stands before a paragraph of each kind.
_BEFORE = {"item": "•  "}


class OwnText(VerticalScroll, can_focus=True):
    """The page as text."""

    HELP = """## Your page

Everything here is about you and nobody else. It tells what was measured, what it means in plain words, what is missing and what is
next. The *arrow keys* and *page up* and *page down* move through it."""


class OwnPageScreen(BackPage[None]):
    """One patient's page. Nothing on it leads to another patient, and nothing on it can be changed."""

    CSS_PATH = "../styles/own_page.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = """## What can be done here

*c* shows your results over time, one test at a time: choose it with the *arrow keys*, and *t* shows its numbers instead. *p* leads back
to the text. *s* saves your results to a file that a spreadsheet opens, *d* your next dates to a file that a calendar takes: it says
nothing about your health. *Esc* leaves.

Questions about this page are questions for your team."""
    BINDINGS = [
        key("own.curves", "c", "show('curves')", "Curves", "Your results over time, one test at a time."),
        key("own.text", "p", "show('text')", "Page", "Your page as text."),
        key("own.save", "s", "save('results')", "Save as file", "Save your results as a CSV file, which a spreadsheet opens."),
        key("own.dates", "d", "save('dates')", "Dates to calendar", "Save your next dates as a file that calendar programs take."),
        key("own.leave", "q", "back", "Leave", "Leave your page."),
    ]

    def __init__(self, mrn: str) -> None:
        super().__init__()
        self.mrn = mrn
        #: The count of changes that is shown; -1 before anything is.
        self.seen = -1
        self._had_palette = False

    def compose_body(self) -> ComposeResult:
        """The text and the curves, one at a time."""
        from labtrack.tui.widgets.trend import TrendView

        with ContentSwitcher(initial="text", id="views"):
            yield OwnText(id="text")
            yield TrendView(self.mrn, "curves", plain=True)

    def on_mount(self) -> None:
        """Read. While the page is open there is no command palette, which finds other patients."""
        self._had_palette = self.app.use_command_palette
        self.app.use_command_palette = False
        self.query_one(OwnText).focus()
        self._read()

    def on_unmount(self) -> None:
        """Give the palette back to the clinician."""
        self.app.use_command_palette = self._had_palette

    def on_screen_resume(self) -> None:
        """Read again if something changed meanwhile."""
        if self.seen not in (-1, self.base.desk.changes):
            self._read()

    def _read(self) -> None:
        self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    async def _load(self) -> None:
        units, changes = self.base.opening.settings.units, self.base.desk.changes

        def question(clinic: Clinic) -> list[Block]:
            from labtrack.clinic.own_page import blocks

            return list(blocks(clinic.own_page(self.mrn, units=units)))

        try:
            parts = await self.ask(question)
        except SignInNeeded:
            self.base.ask_who()
            self.base.lock.later(self._read)
            return
        except PassphraseNeeded as error:
            self.seen = changes  # read again once it was given
            self.base.ask_passphrase(error)
            return
        except LabtrackError as error:
            self.show_trouble(error)
            return
        self.seen = changes
        await self._put([Static(_paragraph(each.kind, each.text), classes=each.kind.value) for each in parts])

    async def _put(self, paragraphs: list[Static]) -> None:
        text = self.query_one(OwnText)
        await text.remove_children()
        await text.mount_all(paragraphs)

    def show_trouble(self, error: LabtrackError) -> None:
        """Say on the page that it cannot be shown now."""
        told = [
            Static("This page cannot be shown now.", classes="heading", markup=False),
            Static(shown(str(error)), classes="text"),
            Static("Nothing is lost. Press Esc, then try again or ask your team.", classes="text", markup=False),
        ]
        self.run_worker(self._put(told), exclusive=True, group="load", exit_on_error=False)

    def action_show(self, view: str) -> None:
        """Text or curves."""
        self.query_one(ContentSwitcher).current = view
        if view == "text":
            self.query_one(OwnText).focus()
        else:
            from labtrack.tui.widgets.trend import TrendView

            self.query_one(TrendView).land()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what leads elsewhere than here."""
        return action != "show" or parameters != (self.query_one("#views", ContentSwitcher).current,)

    def action_back(self) -> None:
        """Leave the page; where it is all there is, the program."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        else:
            self.app.exit(0)

    def action_save(self, what: str) -> None:
        """Ask for the file's name, then write results or dates."""
        self.run_worker(self._save(what), exclusive=True, group="save", exit_on_error=False)

    async def _save(self, what: str) -> None:
        from labtrack.tui.dialogs.save_copy import SaveCopyDialog

        name = proposed(self.mrn, self.base.opening.today.isoformat(), what)
        place: Path | None = await self.app.push_screen_wait(SaveCopyDialog(name))
        if place is None:
            return

        def write(clinic: Clinic) -> None:
            (clinic.export_calendar if what == "dates" else clinic.export_summary)(place, self.mrn)

        with self.telling():
            try:
                await self.ask(write)
            except OSError as error:
                raise LabtrackError(f"{place} could not be written: {error.strerror}.", "Choose another place.") from error
            self.base.notify(f"Saved: {place}")


def proposed(mrn: str, day: str, what: str = "results") -> Path:
    """A name for the file that no system objects to."""
    kept = "".join(each if each.isalnum() or each in "-_" else "-" for each in mrn)[:40]
    return Path.home() / f"my-{what}-{kept}-{day}.{'ics' if what == 'dates' else 'csv'}"


def _paragraph(kind: str, text: str) -> Content:
    """One paragraph; the lines of an item stand in from its dot."""
    return Content(_BEFORE.get(kind, "")) + shown(text)
