"""Home: everyone, who needs something first; what the chosen one needs; and the ways to everything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from labtrack.core.errors import LabtrackError, NotFound
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.show import shown
from labtrack.tui.starting import let_go, load_next
from labtrack.tui.typed_ahead import TypedAhead
from labtrack.tui.widgets.patient_tab import main_app
from labtrack.tui.widgets.preview import PreviewBox
from labtrack.tui.widgets.tallies import KINDS, Tallies, last_run_text
from labtrack.tui.widgets.windowed_table import WindowedTable
from labtrack.tui.widgets.worklist_cells import COLUMNS, cells_of

if TYPE_CHECKING:
    from labtrack.clinic.overview import Overview, WorklistEntry

#: Keystrokes and steps of the cursor that follow each other faster than this, in seconds, are answered once.
_PAUSE = 0.06
#: Below so many lines of the terminal the preview gives way to the list.
_LOW = 18
#: What is done by keys that are text in the find line.
_TYPED = frozenset({"open", "open_for", "open_for_all", "new_patient", "find", "acknowledge", "reviewed", "refresh_list", "show"})


class WorklistScreen(Page[None]):
    """The frame is there at once; the clinic is opened behind it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_LOW, "-high")]
    HELP = """## Worklist

Everyone, gravest first: urgent, action, watch, the rest; then by the next check.

On top: how many there are of each kind. What is *missing* is counted too. A digit shows one kind only, the same digit or *0* everybody
again. `/` finds a name, an MRN or a rule; *Esc* ends it.

Signs: ‼ urgent · ▲ action · △ watch · ? cannot be evaluated · ! overdue · `·` due · ∅ not assessed · a acknowledged · – no treatment.
`•` after the sign: there are results that nobody has looked at yet; *v* says that you have.

Behind a finding stands whose threshold it is: the label's, the article's, a guideline's, the house's own. Below the list: the patient under
the cursor.
"""
    BINDINGS: ClassVar[list[Any]] = [
        key("worklist.new-results", "n", "open_for('new-results')", "New results", "Enter results of the chosen patient."),
        key("worklist.new-patient", "p", "new_patient", "New patient", "Record a new patient."),
        # With priority, so that what is typed right after it goes where it leads.
        key("worklist.find", "slash", "find", "Find", "Show only those whose name, MRN or met rule holds what you type.", priority=True),
        key("worklist.found", "enter", "found", "To the list", "From what you look for to those who were found.", priority=True),
        key("worklist.acknowledge", "a", "acknowledge", "Acknowledge", "Say that the chosen patient's gravest finding can rest, and why."),
        key("worklist.reviewed", "v", "reviewed", "Reviewed", "Say that you have looked at all results of the chosen patient."),
        key("worklist.import", "i", "open('import')", "Import", "Take in files of results or patients."),
        key("worklist.export", "e", "open_for_all('export')", "Export", "Write the clinic's data to files."),
        key("worklist.refresh", "r", "refresh_list", "Refresh", "Judge again who is out of date, and read the list again.", show=False),
        key("worklist.end-find", "escape", "show_all", "Everybody", "End finding and filtering: show everybody.", show=False),
        key("worklist.all", "0", "show('')", "All", "Show all kinds.", show=False),
        *(
            key(f"worklist.kind-{place}", str(place), f"show('{kind}')", called, f"Show only: {called}.", show=False)
            for place, (kind, called) in enumerate(KINDS.items())
            if 0 < place <= 9
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        self.text = ""
        #: The count of changes that is shown; -1 before anything is.
        self.seen = -1
        self.is_open = False
        self.has_begun = False
        #: Whom the list shows: of which kind, found by which text.
        self._listed = ("", "")
        #: What is pressed before those are listed who were asked for: it is not about those who still are.
        self.ahead = TypedAhead(is_waiting=False)

    def compose_body(self) -> ComposeResult:
        """Tallies, find line, list, preview."""
        yield Tallies()
        yield Static(id="notice")
        yield Input(placeholder="name, MRN or rule", id="find", select_on_focus=False)
        yield WindowedTable(COLUMNS, self._fetch, cells_of, lambda entry: entry.mrn, id="list")
        yield Static("Opening the clinic …", id="nothing", markup=False)
        yield PreviewBox()

    def on_mount(self) -> None:
        """Show the frame, then open the clinic."""
        self.set_class(True, "-nothing")
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.has_begun = True
        if self.base.is_new:
            let_go()
        else:
            self.run_worker(self._open(), exclusive=True, group="load", exit_on_error=False)

    def on_screen_resume(self) -> None:
        """Read again if anything was changed meanwhile, or another clinic taken."""
        if self.has_begun and self.seen != self.base.desk.changes and not self.base.is_new:
            self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    # Reading

    async def _open(self) -> None:
        """The first reading; then what is likely to be opened next is loaded."""
        try:
            await self._load()
        finally:
            self.call_after_refresh(let_go)
        self.run_worker(load_next, thread=True, group="next", exit_on_error=False)

    async def _fetch(self, first: int, count: int) -> tuple[int, Sequence[WorklistEntry]]:
        kind, text = self.kind, self.text
        window = await self.ask(lambda clinic: clinic.worklist_window(first, count, show=kind, text=text))
        return window.total, window.lines

    async def _load(self, *, from_top: bool = False, anew: bool = False) -> None:
        changes, asked = self.base.desk.changes, (self.kind, self.text)
        with self.telling():
            table = self.query_one(WindowedTable)
            try:
                overview, actor = await self.ask(lambda clinic: (anew and clinic.refresh(), clinic.overview(), clinic.actor)[1:])
                await table.reload(from_top=from_top)
            except LabtrackError:
                self.ahead.end()
                raise
            self._listed = asked
            self.base.actor, self.seen = actor, changes
            with self.app.batch_update():
                self._put(overview, table.total)
                if not self.is_open:
                    self.is_open = True
                    table.focus()
            for banner in self.query("Banner"):
                banner.refresh()
            self.call_after_refresh(self.base.backups.begin)
            if self.ahead.is_waiting:
                await self.ahead.give(self.base, self)

    def _put(self, overview: Overview, total: int) -> None:
        self.query_one(Tallies).put(overview, self.kind)
        days = (self.base.opening.today - overview.last_run).days if overview.last_run else None
        notice = last_run_text(overview, days)
        outdated = overview.states.get("not-assessed", 0)
        if outdated:
            notice = shown(f"{outdated:,} of {overview.patients:,} could not be judged as of today: the clinic cannot be written to now.")
        line = self.query_one("#notice", Static)
        line.update(notice or "")
        line.set_class(notice is not None, "-said")
        self.set_class(not total, "-nothing")
        if not total:
            self.query_one("#nothing", Static).update(self._nothing(overview))
            self.query_one(PreviewBox).put(None)

    def _nothing(self, overview: Overview) -> Content:
        """What an empty list means: never that nothing was looked at."""
        if not overview.patients:
            return shown("There is no patient yet.\n\np records the first one, i imports files.".replace("\n", " "))
        judged = overview.patients - overview.states.get("not-assessed", 0)
        said = f"{overview.patients:,} patients are recorded, {judged:,} of them judged as of today"
        if self.text:
            return shown(f"Nobody's name, MRN or met rule holds “{self.text}”. {said}. Esc shows everybody.")
        return shown(f"Nobody is of the kind “{KINDS.get(self.kind, self.kind)}”. {said}. 0 shows everybody.")

    # Filtering

    def on_tallies_picked(self, event: Tallies.Picked) -> None:
        """Show one kind."""
        self._choose(event.kind, self.text)

    def action_show(self, kind: str) -> None:
        """Show one kind; the same again shows everybody."""
        self._choose("" if kind == self.kind else kind, self.text)

    def action_show_all(self) -> None:
        """Neither kind nor text."""
        find = self.query_one("#find", Input)
        find.display = False
        with find.prevent(Input.Changed):
            find.value = ""
        self.set_focus(self.query_one(WindowedTable))
        self._choose("", "")

    def _choose(self, kind: str, text: str) -> None:
        if (kind, text) == (self.kind, self.text) or not self.is_open:
            return
        self.kind, self.text = kind, text
        tallies = self.query_one(Tallies)
        tallies.put(tallies.overview, kind)
        self.run_worker(self._load(from_top=True), exclusive=True, group="load", exit_on_error=False)
        self._hold()

    def _hold(self) -> None:
        """What is pressed from now on is about those who are looked for; while somebody types it is what to look for."""
        if self.is_open and self._listed != (self.kind, self.text) and not self._is_finding:
            self.ahead.begin()

    @property
    def _is_finding(self) -> bool:
        return self.is_mounted and self.focused is not None and self.focused.id == "find"

    def action_find(self) -> None:
        """Type what to look for. The focus goes there before the next key comes."""
        find = self.query_one("#find", Input)
        find.display = True
        self.set_focus(find)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed, while it is typed."""
        event.stop()
        self._choose(self.kind, event.value.strip())

    def action_found(self) -> None:
        """On to the list, before the next key comes."""
        text = self.query_one("#find", Input).value.strip()
        self.set_focus(self.query_one(WindowedTable))
        self._choose(self.kind, text)
        self._hold()

    def on_key(self, event: Any) -> None:
        """From the find line down into the list; what was typed right after ``/`` and came here belongs into the find line."""
        find = self.query_one("#find", Input)
        if self.focused is not find:
            return
        if event.key == "down":
            event.stop()
            self.query_one(WindowedTable).focus()
        elif event.is_printable and event.character:
            event.stop()
            find.insert_text_at_cursor(event.character)

    # The chosen patient

    @property
    def chosen(self) -> WorklistEntry | None:
        """The line under the cursor."""
        entry: WorklistEntry | None = self.query_one(WindowedTable).current
        return entry

    def on_windowed_table_moved(self, event: WindowedTable.Moved) -> None:
        """Show what is known of the chosen patient."""
        self.refresh_bindings()
        if event.row is not None:
            self.run_worker(self._preview(event.row.mrn), exclusive=True, group="preview", exit_on_error=False)

    async def _preview(self, mrn: str) -> None:
        import asyncio

        box = self.query_one(PreviewBox)
        shown_one = box.preview
        if shown_one is not None and shown_one.mrn != mrn:
            await asyncio.sleep(_PAUSE)
        with self.telling():
            try:
                preview = await self.ask(lambda clinic: clinic.preview(mrn))
            except NotFound:
                box.put(None, "This patient is no longer there.")
                return
            entry = self.chosen
            if entry is not None and entry.mrn == mrn:
                box.put(preview)

    def on_windowed_table_chosen(self, event: WindowedTable.Chosen) -> None:
        """Open the patient."""
        main_app(self).go("patient", event.row.mrn)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys about a patient work where one is chosen; letters and digits are text while something is looked for."""
        if (self._is_finding and action in _TYPED) or (action == "found" and not self._is_finding):
            return False
        if action in ("open_for", "acknowledge", "reviewed"):
            entry = self.chosen if self.is_mounted and self.is_open else None
            if entry is None or (action == "acknowledge" and not entry.worst) or (action == "reviewed" and not entry.unreviewed):
                return None
        return True

    def action_open(self, name: str) -> None:
        """Another screen."""
        main_app(self).go(name)

    def action_open_for(self, name: str) -> None:
        """Another screen, about the chosen patient."""
        if self.chosen is not None:
            main_app(self).go(name, self.chosen.mrn)

    def action_open_for_all(self, name: str) -> None:
        """Another screen, about everybody."""
        main_app(self).go(name, None)

    def action_refresh_list(self) -> None:
        """Judge again and read again."""
        self.run_worker(self._load(anew=self.is_open), exclusive=True, group="load", exit_on_error=False)

    def action_new_patient(self) -> None:
        """Record somebody, then go there."""
        self.run_worker(self._new_patient(), exclusive=True, group="deed", exit_on_error=False)

    async def _new_patient(self) -> None:
        mrn = await main_app(self).answer("patient-form", None)
        if mrn:
            main_app(self).go("patient", mrn)

    def action_acknowledge(self) -> None:
        """Say why the gravest finding can rest."""
        if self.chosen is not None and self.chosen.rule:
            self.run_worker(self._acknowledge(self.chosen.mrn, self.chosen.rule), exclusive=True, group="deed", exit_on_error=False)

    async def _acknowledge(self, mrn: str, rule: str) -> None:
        if await main_app(self).answer("acknowledge", mrn, rule):
            self.notify("Acknowledged. The finding stays on the patient's page.")

    def action_reviewed(self) -> None:
        """Somebody has looked at the results."""
        if self.chosen is not None:
            self.run_worker(self._reviewed(self.chosen.mrn), exclusive=True, group="deed", exit_on_error=False)

    async def _reviewed(self, mrn: str) -> None:
        with self.telling():
            await self.change(lambda clinic: clinic.mark_reviewed(mrn))
            await self._load()
