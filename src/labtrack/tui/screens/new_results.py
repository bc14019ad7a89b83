"""New results: entered by keyboard as they stand on the paper, with what they mean beneath before anything is recorded."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from labtrack.core.errors import LabtrackError, NotFound, Refused, StoreError
from labtrack.core.record import CollectedAt
from labtrack.tui.drafting import DraftKeeper, draft_of
from labtrack.tui.keys import key
from labtrack.tui.latest import Latest
from labtrack.tui.page import BackPage
from labtrack.tui.show import joined, lines, shown
from labtrack.tui.typed_ahead import TypedAhead
from labtrack.tui.undoing import can_undo, undo_last
from labtrack.tui.widgets.entry_form import EntryForm
from labtrack.tui.widgets.entry_head import EntryHead, counted, who
from labtrack.tui.widgets.meaning_box import MeaningBox
from labtrack.tui.widgets.value_line import ValueLine

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.clinic.drafts import Draft, FoundDraft
    from labtrack.clinic.entry_sheet import EntrySheet
    from labtrack.clinic.meaning import Meaning
    from labtrack.clinic.recording import Recorded
    from labtrack.tui.app import LabtrackApp


class NewResultsScreen(BackPage[None]):
    """The form for one patient."""

    CSS_PATH = "../styles/new_results.tcss"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (18, "-short"), (30, "-tall")]
    HELP = """## New results

Type the values of one collection in the order of the paper. *Enter* goes from field to field, *Tab* from panel to panel; *Ctrl+F* finds an
analyte by its name or code, *F6* shows those that are seldom asked for. Beneath stands what the values would mean. *Ctrl+S* records all of
them, or none and says why.

**collected** takes `2026-11-19`, `2026-11-19 08:15`, `19 Nov 8:15`, `today`, `yesterday`. **lab** is the laboratory that printed the paper:
its own ranges are used.

What you type is kept on this computer until it is recorded, and offered again if labtrack is closed or the computer stops. *Ctrl+Z* takes
back the last set that was recorded since labtrack was opened: it stays in the record, marked as entered in error.
"""
    BINDINGS = [
        key("new-results.save", "ctrl+s", "save", "Save", "Record everything that is typed.", priority=True),
        key("new-results.find", "ctrl+f", "find", "Find", "Go to an analyte by its name or code.", priority=True),
        key("new-results.whole", "f6", "whole", "All analytes", "Show every analyte, or put the empty ones away again."),
        key("new-results.panel", "tab", "panel(1)", "Panel", "To the next panel.", priority=True),
        key("new-results.panel-back", "shift+tab", "panel(-1)", "Panel back", "To the panel before.", show=False, priority=True),
        key("new-results.clear", "f8", "clear", "Empty", "Empty the form and remove its draft.", show=False),
        key("new-results.undo", "ctrl+z", "undo", "Undo save", "Mark the last set as entered in error.", show=False, priority=True),
    ]

    def __init__(self, mrn: str) -> None:
        super().__init__()
        self.mrn = mrn
        self.sheet: EntrySheet | None = None
        self.meaning: Meaning | None = None
        self._collected: CollectedAt | None = None
        self.latest = Latest(self, self._think)
        self._is_saving = False
        #: The count of changes that what is shown was read at.
        self._seen = -1
        #: What was typed before the fields were there.
        self.ahead = TypedAhead()
        self.drafts = DraftKeeper(self, mrn)

    def compose_body(self) -> ComposeResult:
        """Who, when and where; the fields; what they mean; what saving would do."""
        yield EntryHead(self.base.opening.today.isoformat(), self._wanted)
        yield Vertical(id="place")
        yield MeaningBox()
        yield Static(id="save-line")

    def on_mount(self) -> None:
        """Read the patient."""
        self.query_one(MeaningBox).tell(None)
        self._collected = CollectedAt(self.base.opening.today)

    def on_screen_resume(self) -> None:
        """Read what changed while another screen was on top; what is typed stays."""
        if self._seen == self.base.desk.changes and self.sheet is not None:
            return
        self._seen = self.base.desk.changes
        if self.is_ready:
            self.run_worker(self._take_collected(), group="collected", exclusive=True, exit_on_error=False)
            self.latest.changed()
        else:
            self.run_worker(self._load(), group="load", exclusive=True, exit_on_error=False)

    # Reading

    async def _load(self) -> None:
        def read(clinic: Clinic) -> tuple[EntrySheet, FoundDraft]:
            return clinic.entry_sheet(self.mrn, self._collected), clinic.drafts.find(self.mrn)

        with self.telling():
            try:
                sheet, found = await self.ask(read)
            except LabtrackError as error:
                self.ahead.forget()
                if isinstance(error, NotFound):
                    self.dismiss(None)
                raise
            self.sheet = sheet
            self.head.patient = sheet.patient
            self.head.put(lab=sheet.lab)
            self.head.redraw()
            await self.query_one("#place").mount(EntryForm(sheet))
            self.form.first()
            self._redraw_save_line()
            if found.told:
                self.base.notify(found.told, severity="warning", timeout=12)
            if found.draft is not None:
                await self._offer(found.draft)
            await self.ahead.give(self.base, self)

    async def _offer(self, draft: Draft) -> None:
        """Put a draft back, or remove it, as the person says. What was typed for an empty form has another place in one with a draft."""
        what = counted(len(draft.values))
        kept = f"{what} {'was' if len(draft.values) == 1 else 'were'} typed and not recorded, on {draft.kept_at}."
        text = lines([self._who(), kept, *(["What you typed before this question is not taken: type it again."] if self.ahead else [])])
        self.ahead.forget()
        if await self.labtrack.answer("confirm", "A draft of this form was kept", text, yes="Remove it", no="Take it up"):
            await self.drafts.discard()
            return
        self.head.put(collected=draft.collected, lab=draft.lab)
        await self.form.put(draft.values)
        self.form.at(draft.lab)
        await self._take_collected()
        self.form.first()
        self._changed()

    @property
    def labtrack(self) -> LabtrackApp:
        """The app, which knows the other screens."""
        return cast("LabtrackApp", self.app)

    @property
    def form(self) -> EntryForm:
        """The fields."""
        return self.query_one(EntryForm)

    @property
    def head(self) -> EntryHead:
        """When and where."""
        return self.query_one(EntryHead)

    @property
    def is_ready(self) -> bool:
        """Whether the fields are there."""
        return bool(self.query(EntryForm))

    def _who(self) -> Content:
        assert self.sheet is not None
        return who(self.sheet.patient, self.size.width - 30)

    # Typing

    def on_value_line_edited(self) -> None:
        """Something was typed."""
        self._changed()

    def on_entry_head_collected_changed(self) -> None:
        """It was collected at another time."""
        if self.is_ready:
            self.run_worker(self._take_collected(), group="collected", exclusive=True, exit_on_error=False)
            self._changed()

    def on_entry_head_lab_changed(self) -> None:
        """Another laboratory printed it."""
        if self.is_ready:
            self.form.at(self.head.lab.strip())
            self._changed()

    def _wanted(self, text: str) -> None:
        """To an analyte, which the next keys belong to, or to the fields."""
        if self.is_ready and text.strip():
            self.ahead.begin()
            self.run_worker(self._find(text), group="find", exclusive=True, exit_on_error=False)
        elif self.is_ready:
            self.form.first()

    async def _find(self, text: str) -> None:
        problem = await self.form.find(text)
        self.head.say(problem, found=not problem)
        await self.ahead.give(self.base, self)

    async def _take_collected(self) -> None:
        """Read when it was collected; what was last is what was before it."""
        from labtrack.clinic.typed_values import collected_at

        read = collected_at(self.head.collected, self.base.opening.today)
        self._collected = None if isinstance(read, str) else read
        self.head.say(f"collected: {read}" if isinstance(read, str) else "")
        if isinstance(read, str):
            return
        with suppress(LabtrackError):  # saving tells it
            self.form.begin(await self.ask(lambda clinic: clinic.entry_sheet(self.mrn, read)))

    def _changed(self) -> None:
        """Ask for the meaning and keep a draft, soon."""
        self._redraw_save_line()
        self.drafts.soon(draft_of(self.head.collected, self.head.lab, self.form.draft_values()))
        self.latest.changed()

    async def _think(self) -> None:
        """Show the meaning, or why there is none."""
        try:
            await self._ask_meaning()
        except LabtrackError as error:
            self.meaning = None
            self.query_one(MeaningBox).say(shown(str(error), "$text-error"))
            self._blame(error)

    async def _ask_meaning(self) -> Meaning | None:
        """The meaning of what stands there now, shown; None while there is nothing to ask. LabtrackError."""
        at, lab, asked = self._collected, self.head.lab, self.form.entries()
        box = self.query_one(MeaningBox)
        if at is None or not asked:
            self.meaning = None
            box.tell(None) if at is not None else box.say(shown("The time of collection cannot be read.", "$text-error"))
            return None
        self.meaning = await self.ask(lambda clinic: clinic.meaning(self.mrn, [entry for _, entry in asked], at, lab))
        self.head.say("")
        self.form.tell(asked, self.meaning)
        box.tell(self.meaning)
        self._redraw_save_line()
        return self.meaning

    def _blame(self, error: LabtrackError) -> None:
        """A refusal of the whole collection is about its time or its laboratory: it stands beside them."""
        if isinstance(error, Refused):
            self.head.say(str(error))

    def _redraw_save_line(self, problem: str = "") -> None:
        """What Ctrl+S would do, and for whom."""
        if self.sheet is None:
            return
        typed, refused = (len(self.form.typed), len(self.form.refused)) if self.is_ready else (0, 0)
        offer = f"Nothing can be recorded until you correct {counted(refused)}: " if refused else f"Ctrl+S records {counted(typed)} for "
        line = joined((offer, "bold $text-error" if refused else "bold"), self._who()) if typed else Content("")
        line = shown(problem, "bold $text-error") if problem else line
        self.query_one("#save-line", Static).update(line, layout=bool(problem))

    def on_resize(self) -> None:
        """Names have another room."""
        self._redraw_save_line()

    async def on_unmount(self) -> None:
        """What was typed a moment ago is in the draft as well."""
        await self.drafts.finish()

    # Keys

    def action_panel(self, by: int) -> None:
        """From panel to panel, and to the head of the form."""
        if self.is_ready:
            self.form.go_round(by, self.head.fields)

    def action_find(self) -> None:
        """To the field that finds."""
        self.head.find()

    async def action_whole(self) -> None:
        """Every analyte, or the usual ones."""
        if self.is_ready:
            await self.form.toggle_whole()

    def action_save(self) -> None:
        """Record."""
        if self.is_ready and not self._is_saving:
            self.run_worker(self._save(), group="save", exit_on_error=False)

    def action_undo(self) -> None:
        """Take back the last set."""
        self.run_worker(self._undo(), group="undo", exclusive=True, exit_on_error=False)

    async def _undo(self) -> None:
        with self.telling():
            if await undo_last(self):
                self._changed()

    def action_clear(self) -> None:
        """Empty the form."""
        self.run_worker(self._clear(), group="clear", exclusive=True, exit_on_error=False)

    async def _clear(self) -> None:
        text = f"{counted(len(self.form.typed))} typed and not recorded."
        if await self.labtrack.answer("confirm", "Empty the form and remove its draft?", text, yes="Empty it", no="Keep it"):
            for line in self.form.typed:
                line.put("", "", is_confirmed=False)
            self.form.first()
            self._changed()

    def action_back(self) -> None:
        """Leave; first from the field that finds, then the form."""
        if self.head.is_finding and self.is_ready:
            self.head.say("")
            self.form.first()
        elif not self.is_ready or not self.form.typed:
            self.dismiss(None)
        else:
            self.run_worker(self._leave(), group="leave", exclusive=True, exit_on_error=False)

    async def _leave(self) -> None:
        text = f"{counted(len(self.form.typed))} typed and not recorded. The draft is kept and offered when this form is opened again."
        if await self.labtrack.answer("confirm", "Leave without recording?", text, yes="Leave", no="Stay"):
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now."""
        if action == "undo":
            return can_undo(self)
        if action in ("clear", "save"):
            return self.is_ready and bool(self.form.typed)
        return True

    # Saving

    async def _save(self) -> None:
        self._is_saving = True
        try:
            recorded = await self._recorded()
        except StoreError as error:
            self._redraw_save_line(f"Not recorded: {error.message} What you typed stays here and in the draft.")
            self.base.in_trouble(error)
        except LabtrackError as error:
            self._redraw_save_line(f"Not recorded: {error}")
            self._blame(error)
        else:
            if recorded is not None:
                await self._after(recorded)
        finally:
            self._is_saving = False

    async def _recorded(self) -> Recorded | None:
        """Record what stands there; None where it is refused, or the person goes back to the form."""
        await self._take_collected()
        at, lab = self._collected, self.head.lab
        if at is None:
            self._redraw_save_line("Not recorded: the time of collection cannot be read.")
            self.set_focus(self.head.fields[0])
            return None
        entries = [entry for _, entry in self.form.entries()]
        meaning = await self._ask_meaning()
        if meaning is None:
            return None
        if bad := self.form.refused:
            self.form.focus_line(bad[0])
            self._redraw_save_line(f"Nothing is recorded: {counted(len(bad))} cannot be. The reason stands below the field.")
            return None
        asked = self.form.unconfirmed
        if (asked or meaning.questions) and not await self._confirmed(asked, meaning):
            if asked:
                self.form.focus_line(asked[0])
            return None
        if entries != [entry for _, entry in self.form.entries()]:
            self._redraw_save_line("Not recorded: something was typed meanwhile. Look at it, then Ctrl+S again.")
            return None
        return await self.change(lambda clinic: clinic.record(self.mrn, entries, at, lab))

    async def _confirmed(self, asked: list[ValueLine], meaning: Meaning) -> bool:
        """Each value that needs it is confirmed with its unit, and each question answered."""
        said = [self._who(), Content("")]
        said += [joined("? ", line.must_confirm) for line in asked]
        said += [joined("? ", question) for question in meaning.questions]
        return bool(
            await self.labtrack.answer("confirm", "Record these as typed?", lines(said), yes="Record as typed", no="Back to the form")
        )

    async def _after(self, recorded: Recorded) -> None:
        """Show what was recorded, then go where the person wants."""
        from labtrack.tui.screens.saved_results import SavedResultsScreen

        self.base.desk.last_recorded = recorded if recorded.results else self.base.desk.last_recorded
        await self.drafts.discard()
        names = {line.line.analyte: line.line.short for line in self.form.lines}
        there = await self.app.push_screen_wait(SavedResultsScreen(recorded, self.meaning, names))
        if there == "undone":
            self._changed()
            self.form.first()
            return
        mrn = await self.labtrack.answer("pick-patient") if there == "next" else None
        if mrn:
            self.app.switch_screen(NewResultsScreen(mrn))
        else:
            self.dismiss(None)
