"""Import: choose files, see what would become of every row, then take all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from labtrack.core.errors import LabtrackError, StoreError
from labtrack.tui.file_mappings import asked, recognized
from labtrack.tui.file_people import PeopleChoices
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.show import lines, shown
from labtrack.tui.widgets.preview_lists import LISTS, detail, fact_lines, fill, show_files
from labtrack.tui.widgets.running import Running, RunningLine

if TYPE_CHECKING:
    from labtrack.clinic.import_preview import FilePreview, Preview
    from labtrack.clinic.mappings import ColumnMapping
    from labtrack.tui.app import LabtrackApp

#: Encodings that are offered; a file with a byte order mark tells its own.
ENCODINGS = ("", "cp1252", "latin-1", "iso8859-2", "cp1251", "cp1250", "utf-16-le", "utf-16-be", "shift_jis", "gb18030")


class ImportScreen(Page[None]):
    """Files on top, what is known of the highlighted one below them, then the rows by what would become of them."""

    CSS_PATH = "../styles/import_files.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [
        key("import.files", "o", "files", "Choose files", "Choose the files to import, CSV, FHIR or HL7; several at once, of any kinds."),
        key("import.write", "ctrl+s", "write", "Import", "Take all accepted rows into the record, or none of them.", priority=True),
        key("import.map", "m", "map", "Map columns", "Say what the columns of the highlighted file mean, or use a mapping that is kept."),
        key("import.people", "p", "people", "People", "Say who is meant: add people who are no patients here, or confirm one who differs."),
        key("import.encoding", "c", "encoding", "Encoding", "Choose the character encoding of the highlighted file."),
        key("import.rejects", "r", "rejects", "Save refused", "Write all refused rows with their reasons to a CSV file."),
        key(
            "import.back",
            "escape",
            "leave",
            "Back",
            "Stop what is running; else back. The record stays as it was.",
        ),
        *(
            key(f"import.{name}", str(place), f"show('{name}')", words, f"Show the list: {words.lower()}.", show=False)
            for place, (name, words) in enumerate(LISTS, 1)
        ),
    ]
    HELP = """## Import

Choose files: patients, courses, doses, holds, events, results, in any order. Nothing is written until *Import*; then all accepted rows are
taken together. The lists show what would become of each row: **1** accepted, **2** taken with a warning, **3** known already, **4** refused
with its line and the reason. The same file a second time changes nothing.

A file whose columns are not ours needs a *mapping* (**m**), said once and kept by its name; the facts name the one that a file is read by.
Where a mapping is of a single patient, **m** asks whose results the next file holds. A file with strange characters needs its *encoding*
(**c**). FHIR and HL7 files name their patients: people who are no patients here, and patients whose name or birth date differs, wait until
you say who is meant (**p**).
"""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self.mappings: dict[Path, ColumnMapping] = {}
        self.encodings: dict[Path, str] = {}
        self.people = PeopleChoices()
        self.preview: Preview | None = None
        self._work: Running | None = None
        self._is_written = False
        self._filled: set[str] = set()

    def compose_body(self) -> ComposeResult:
        """Files, facts, what runs, the lists."""
        yield Static("No files chosen yet. o chooses them.", id="state")
        yield RunningLine(id="running")
        table: DataTable[Any] = DataTable(id="files", cursor_type="row", zebra_stripes=False)
        yield table
        with Vertical(id="facts"):
            yield Static("", id="fact")
        with TabbedContent(id="lists", initial="accepted"):
            for name, words in LISTS:
                with TabPane(words, id=name):
                    rows: DataTable[Any] = DataTable(id=f"rows-{name}", cursor_type="row")
                    yield rows
        yield Static("", id="detail")

    def on_mount(self) -> None:
        """Ask for the files at once."""
        show_files(self.query_one("#files", DataTable), None)
        self.query_one("#files").focus()
        self.action_files()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What works depends on what runs, and on what the preview says."""
        works = self._work is not None
        if action == "write":
            return not works and self.accepted > 0 and not self._is_written
        if action == "rejects":
            return not works and self.preview is not None and self.preview.outcome.total("refused") > 0
        if action == "people":
            return not works and not self._is_written and (self.people.open_questions(self.preview) > 0 or self.people != PeopleChoices())
        if action in ("map", "encoding"):
            return not works and not self._is_written and self.highlighted is not None
        return not (works and action == "files")

    @property
    def accepted(self) -> int:
        """Rows that would be imported."""
        return self.preview.outcome.total("accepted") if self.preview is not None else 0

    @property
    def highlighted(self) -> FilePreview | None:
        """The file under the cursor."""
        row = self.query_one("#files", DataTable).cursor_row
        return self.preview.files[row] if self.preview is not None and 0 <= row < len(self.preview.files) else None

    @property
    def _labtrack(self) -> LabtrackApp:
        return cast("LabtrackApp", self.app)

    def action_leave(self) -> None:
        """Stop what runs; leave where nothing does."""
        if self._work is not None:
            self._work.stop()
        else:
            self.dismiss(None)

    def action_show(self, name: str) -> None:
        """One of the lists."""
        self.query_one(TabbedContent).active = name
        self.query_one(f"#rows-{name}").focus()

    def action_files(self) -> None:
        """Choose the files."""
        self._begin(self._choose())

    def action_map(self) -> None:
        """Say what the columns mean."""
        self._begin(self._map())

    def action_people(self) -> None:
        """Say who is meant."""
        self._begin(self._settle_people())

    def action_encoding(self) -> None:
        """Choose the encoding."""
        self._begin(self._encode())

    def action_write(self) -> None:
        """Import."""
        self._begin(self._write())

    def action_rejects(self) -> None:
        """Save the refused rows."""
        self._begin(self._save_rejects())

    def _begin(self, deed: Any) -> None:
        self.run_worker(deed, exclusive=True, group="import", exit_on_error=False)

    async def _choose(self) -> None:
        start = self.paths[0].parent if self.paths else None
        chosen = await self._labtrack.answer("choose-file", "Import which files?", start=start, several=True)
        if not chosen:
            return
        self.paths, self._is_written = list(chosen), False
        self.mappings, self.encodings, self.people = {}, {}, PeopleChoices()
        await self._look()

    async def _map(self) -> None:
        file = self.highlighted
        if file is None:
            return
        with self.telling():
            mapping = await asked(self._labtrack, file.path, self.encodings.get(file.path, ""), file.layout)
            if mapping is not None:
                self.mappings[file.path] = mapping
                await self._look()

    async def _settle_people(self) -> None:
        if self.preview is not None and await self.people.ask(self._labtrack, self.preview):
            await self._look()

    @property
    def _choices(self) -> dict[str, Any]:
        """Everything that was said about the files, as options of an import."""
        return {"mappings": self.mappings, "encodings": self.encodings, **self.people.options()}

    async def _encode(self) -> None:
        file = self.highlighted
        if file is None:
            return
        now = self.encodings.get(file.path, "")
        offers = [each or "UTF-8, or what the file's own mark says" for each in ENCODINGS]
        picked = await self._labtrack.answer("pick", f"Characters of {file.file}", offers, ENCODINGS.index(now))
        if picked is not None:
            self.encodings[file.path] = ENCODINGS[picked]
            await self._look()

    async def _look(self) -> None:
        """Make the preview."""
        from labtrack.clinic.importing import ImportStopped

        running = self._start()
        try:
            await self._recognize()
            options = running.options(**self._choices)
            self.preview = await self.ask(lambda clinic: clinic.preview_import(self.paths, options))
        except ImportStopped:
            self.preview = None
            self._end("Stopped. o chooses files again.")
        except StoreError as error:
            self._end("The preview could not be made.")
            self.base.in_trouble(error)
        except LabtrackError as error:
            self.preview = None
            self._end(str(error))
        else:
            self._end("")

    async def _recognize(self) -> None:
        """Files whose header is one that a kept mapping was made for are read by it; the facts say so."""
        for path in self.paths:
            if path not in self.mappings:
                found = await recognized(path, self.encodings.get(path, ""))
                self.mappings |= {path: found} if found is not None else {}

    def _start(self) -> Running:
        self._work = Running()
        self.query_one(RunningLine).follow(self._work)
        self.refresh_bindings()
        return self._work

    def _end(self, said: str) -> None:
        self._work = None
        self.query_one(RunningLine).follow(None)
        self._show(said)

    def _show(self, said: str = "") -> None:
        """The files, and how many rows of each kind."""
        show_files(self.query_one("#files", DataTable), self.preview)
        self._filled = set()
        lists = self.query_one(TabbedContent)
        for name, words in LISTS:
            number = self._number(name)
            lists.get_tab(name).label = shown(f"{words} {number:,}")
        self._fill(lists.active)
        self._show_facts()
        self.query_one("#state", Static).update(shown(said) if said else self._summary())
        self.refresh_bindings()

    def _number(self, name: str) -> int:
        totals = {"accepted": "accepted", "warned": "warned", "duplicates": "duplicate", "refused": "refused"}
        return self.preview.outcome.total(totals[name]) if self.preview is not None else 0

    def _summary(self) -> Any:
        if self.preview is None:
            return "No files chosen yet. o chooses them."
        unread = [each for each in self.preview.files if each.problem]
        told = []
        if self._is_written:
            told.append(shown("Imported. The rows below are what was taken."))
        elif self.accepted:
            told.append(shown(f"^s imports {self.accepted:,} row{'' if self.accepted == 1 else 's'}. Nothing is written before."))
        elif self.preview.outcome.total("duplicate"):
            told.append(shown("Everything in these files is recorded already: importing them changes nothing."))
        elif not unread:
            told.append(shown("There is no row to import."))
        waiting = self.people.open_questions(self.preview)
        if waiting and not self._is_written:
            who = "1 person of the messages is" if waiting == 1 else f"{waiting:,} people of the messages are"
            told.append(shown(f"{who} not known here for certain. p says who is meant.", "$text-warning"))
        if unread:
            mapping = any(each.is_unknown for each in unread)
            hint = " m says what its columns mean." if mapping else ""
            which = "1 file cannot be read and is" if len(unread) == 1 else f"{len(unread)} files cannot be read and are"
            told.append(shown(f"{which} left out.{hint}", "$text-warning"))
        return lines(told)

    def _fill(self, name: str) -> None:
        """The rows of one list, when it is first looked at."""
        if self.preview is not None and name not in self._filled:
            self._filled.add(name)
            self.query_one("#detail", Static).update(detail(name, self.preview, 0))
            fill(self.query_one(f"#rows-{name}", DataTable), name, self.preview, self._number(name))

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        """Another list."""
        event.stop()
        self._fill(str(event.pane.id))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Another file."""
        event.stop()
        if event.data_table.id == "files":
            self._show_facts()
            self.refresh_bindings()
        else:
            self._show_detail(str(event.data_table.id).removeprefix("rows-"), event.cursor_row)

    def _show_detail(self, name: str, row: int) -> None:
        """The highlighted row whole: a table cuts what is wide."""
        if self.preview is not None and name == self.query_one(TabbedContent).active:
            self.query_one("#detail", Static).update(detail(name, self.preview, row))

    def _show_facts(self) -> None:
        file = self.highlighted
        self.query_one("#fact", Static).update(lines(fact_lines(file)) if file is not None else "")

    async def _write(self) -> None:
        from labtrack.clinic.importing import ImportStopped, PreviewOutOfDate

        preview = self.preview
        if preview is None:
            return
        running = self._start()
        options = running.options(**self._choices, agreed=preview.agreed)
        try:
            outcome = await self.change(lambda clinic: clinic.import_files(preview.readable, options))
        except ImportStopped:
            self._end("Stopped. Nothing was imported; ^s imports.")
        except PreviewOutOfDate as error:
            self.base.tell(error)
            await self._look()
        except StoreError as error:
            self._end("Nothing was imported.")
            self.base.in_trouble(error)
        except LabtrackError as error:
            self._end(str(error))
        else:
            self._is_written = True
            rows = outcome.total("accepted")
            self._end("")
            people = f"{outcome.patients:,} patient{'' if outcome.patients == 1 else 's'}"
            self.base.notify(f"{rows:,} rows imported; the record of {people} changed.", timeout=8)

    async def _save_rejects(self) -> None:
        preview = self.preview
        if preview is None:
            return
        start = preview.readable[0].parent
        chosen = await self._labtrack.answer(
            "choose-file", "Refused rows to which file?", start=start, kind="save", suggested="refused.csv"
        )
        if not chosen:
            return
        place = chosen[0]
        if place.exists():
            asked = shown(f"{place} is there already.")
            if not await self._labtrack.answer("confirm", "Overwrite?", asked, "Overwrite", "Leave as it is"):
                return
        running = self._start()
        options = running.options(**self._choices, dry_run=True, rejects=place)
        said = ""
        try:
            outcome = await self.ask(lambda clinic: clinic.import_files(preview.readable, options))
            self.base.notify(f"{outcome.total('refused'):,} refused rows written: {place}", timeout=8)
        except StoreError as error:
            self.base.in_trouble(error)
        except LabtrackError as error:
            said = str(error)
        self._end(said)
