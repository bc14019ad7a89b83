"""What was just recorded, what it means, and where to go from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtrack.tui.keys import key
from labtrack.tui.page import BackPage
from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.undoing import can_undo, undo_last
from labtrack.tui.widgets.meaning_box import checks_line, finding_lines, nothing_met

if TYPE_CHECKING:
    from labtrack.clinic.meaning import Meaning
    from labtrack.clinic.recording import Recorded
    from labtrack.core.judgment import Assessment

#: Results stand so many beside each other, in cells so wide.
_BESIDE, _CELL = 2, 34


class SavedResultsScreen(BackPage[str]):
    """Answers ``next`` for another patient, ``undone`` if the set was taken back, None to go back."""

    CSS_PATH = "../styles/saved_results.tcss"
    HELP = """## Recorded

What was recorded a moment ago, what to look at again, and the findings as they are now. *N* enters the results of the next patient, *Esc*
or *Enter* goes back. *Ctrl+Z* marks the whole set as entered in error, after asking; then the form is there again with everything typed.
"""
    BINDINGS = [
        key("saved-results.next", "n", "next", "Next patient", "Enter the results of another patient."),
        key("saved-results.done", "enter", "back", "Back", "Back to where you came from."),
        key("saved-results.undo", "ctrl+z", "undo", "Undo save", "Mark this set as entered in error; what was typed comes back."),
    ]

    def __init__(self, recorded: Recorded, meaning: Meaning | None, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names
        self.recorded = recorded
        self.meaning = meaning

    def compose_body(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(can_focus=True):
            yield Static(id="saved")

    def on_mount(self) -> None:
        """Read what is judged now."""
        self.query_one("#saved", Static).update(lines(self._recorded_lines()))
        self.query_one(VerticalScroll).focus()
        self.run_worker(self._load(), group="load", exit_on_error=False)

    async def _load(self) -> None:
        with self.telling():
            mrn = self.recorded.patient.mrn
            assessment = await self.ask(lambda clinic: clinic.assessment(mrn))
            self.query_one("#saved", Static).update(lines([*self._recorded_lines(), *self._found_lines(assessment)]))

    def _recorded_lines(self) -> Iterator[Content]:
        from labtrack.clinic.unit_texts import unit_text

        patient, results = self.recorded.patient, self.recorded.results
        born = f"born {patient.birth_date.isoformat()}" if patient.birth_date else "birth date not recorded"
        what = f"{len(results)} result{'' if len(results) == 1 else 's'} recorded"
        yield joined(("✓ ", "$text-success"), (what, "bold"), " for ", (patient.name, "bold"), f"  {born}  MRN {patient.mrn}")
        if results:
            lab = f"  {results[0].lab}" if results[0].lab else ""
            yield shown(f"  collected {results[0].collected_at}{lab}", "$text-muted")
        cells = [f"{self.names.get(each.analyte, each.analyte):<6} {each.value_text} {unit_text(each.unit)}" for each in results]
        for first in range(0, len(cells), _BESIDE):
            yield joined("    ", *self._row(cells[first : first + _BESIDE]))
        for warning in self.recorded.warnings:
            yield joined(("  ? ", "$text-warning"), warning)

    @staticmethod
    def _row(cells: Sequence[str]) -> Iterator[Content]:
        for each in cells:
            cell = shown(each, "bold").truncate(_CELL - 2, ellipsis=True)
            yield cell.pad_right(_CELL - cell.cell_length)

    def _found_lines(self, assessment: Assessment) -> Iterator[Content]:
        from labtrack.core.judgment import Verdict

        met = [each for each in assessment.findings if each.verdict is Verdict.MET]
        yield Content("")
        yield shown("Findings now", "bold $primary")
        if not met:
            yield joined("  ", nothing_met(self.meaning))
        gravest = self.meaning.gravest(met) if self.meaning is not None else tuple((each, 0) for each in met)
        yield from (joined("  ", each) for each in finding_lines(gravest))
        unknown = sum(each.verdict is Verdict.CANNOT_EVALUATE for each in assessment.findings)
        if unknown:
            yield joined("  ", sign("cannot evaluate"), f" {unknown} rule{'' if unknown == 1 else 's'} cannot be evaluated")
        if assessment.checks:
            yield joined("  ", checks_line(assessment.checks))

    def action_next(self) -> None:
        """Another patient."""
        self.dismiss("next")

    def action_undo(self) -> None:
        """Take it back."""
        self.run_worker(self._undo(), group="undo", exclusive=True, exit_on_error=False)

    async def _undo(self) -> None:
        with self.telling():
            if await undo_last(self):
                self.dismiss("undone")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now."""
        return can_undo(self) if action == "undo" else True
