"""One analyte of the form for new results: a field, its unit, what was last, the change, the range, the flag, and what is to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from labtrack.tui.keys import key
from labtrack.tui.show import joined, shown, sign
from labtrack.tui.widgets.banner import short_day

if TYPE_CHECKING:
    from labtrack.clinic.entry_sheet import EntryLine, EntrySheet
    from labtrack.clinic.meaning import EntryMeaning
    from labtrack.clinic.recording import Entry
    from labtrack.tui.widgets.entry_form import EntryForm

#: Columns behind the field, by name: width on a wide screen, on a narrow one.
COLUMNS = {"unit": (14, 11), "last": (20, 16), "change": (11, 10), "range": (15, 12), "flag": (4, 3)}
LABEL_WIDE, LABEL_NARROW = 36, 11
_NOTHING = "–"
#: No rule turns on a change in percent as large as this: whole numbers do.
_LARGE = 100


def columns(texts: dict[str, Content | str], *, narrow: bool) -> Content:
    """Cells below each other in every line."""
    cells = []
    for name, widths in COLUMNS.items():
        width = widths[narrow]
        text = texts.get(name, "")
        content = text if isinstance(text, Content) else shown(text)
        content = content.truncate(width - 1, ellipsis=True)
        cells.append(content.pad_right(width - content.cell_length))
    return joined(*cells)


class ValueInput(Input):
    """Where a value is typed."""


class ValueLine(Vertical):
    """One analyte. It keeps what was typed, whatever that is; what it means is told to it."""

    HELP = """## A value

Type it as it stands on the paper: `0.82`, `0,82`, `<0.5`, `>90`, `≥90`. Its unit stands behind it; another can be typed after the value
(`124 g/L`) or chosen with *F4*. *Enter* goes to the next field. An empty field is not recorded.

**last** is the value before, as reported. **change** is counted from it; `!` says that expected variation does not explain it. **range** is
what this laboratory printed last, and holds for the new value too; `*` marks labtrack's own range. **L** and **H** are against that range.

A reason that stands below the field says why the value cannot be recorded, or what is asked: *F2* takes the suggestion, *F3* keeps the
value and its unit as typed. Typing the same value a second time confirms it as well.
"""
    # They have priority: each acts on the field it was pressed in, before the next key, however fast that follows.
    BINDINGS = [
        key(
            "value.next", "enter", "to(1)", "Next field", "To the next field. What is empty stays empty and is not recorded.", priority=True
        ),
        key("value.up", "up", "to(-1)", "Up", "To the field above.", show=False, priority=True),
        key("value.down", "down", "to(1)", "Down", "To the field below.", show=False, priority=True),
        key("value.accept", "f2", "accept", "Accept suggestion", "Take the unit that is suggested below the field.", priority=True),
        key("value.keep", "f3", "keep", "Keep as typed", "Confirm the value with its unit, as it stands.", priority=True),
        key("value.unit", "f4", "unit", "Unit", "The next unit that is known for this analyte.", priority=True),
    ]

    class Edited(Message):
        """Text, unit or confirmation changed."""

    def __init__(self, sheet: EntrySheet, line: EntryLine, lab: str) -> None:
        super().__init__()
        self.sheet = sheet
        self.line = line
        self.lab = lab
        self.unit = line.unit
        self.told: EntryMeaning | None = None
        self.confirmed: tuple[str, str] | None = None
        #: The value that was asked about, and whether something else has stood in the field since.
        self._asked: tuple[str, str] | None = None
        self._was_changed = False
        self._noted = Content("")
        self._could_do: tuple[bool | None, ...] = (False, False)
        self.field = ValueInput(classes="value", placeholder="·" * 9)
        self._label = Static(classes="label")
        self._cells = Static(classes="cells")
        self._note = Static(classes="note")

    def compose(self) -> ComposeResult:
        """The line, and below it what there is to say."""
        with Horizontal():
            yield self._label
            yield self.field
            yield self._cells
        yield self._note

    def on_mount(self) -> None:
        """Show what is known before anything is typed."""
        self._note.display = False
        self.redraw()

    def on_resize(self) -> None:
        """Narrow screens have other columns."""
        self.redraw()

    # What stands in it

    @property
    def typed(self) -> tuple[str, str]:
        """The value and the unit that holds for it: the one typed behind it, else the one shown."""
        from labtrack.clinic.typed_values import value_and_unit

        value, unit = value_and_unit(self.field.value)
        if value[-1:] in (".", ",") and value[-2:-1].isdigit():
            value = value[:-1]  # the rest of the number is about to be typed
        return value, unit or self.unit

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed."""
        return not self.field.value.strip()

    @property
    def is_confirmed(self) -> bool:
        """Whether the value as it stands was confirmed."""
        return self.confirmed is not None and self.confirmed == self.typed

    @property
    def must_confirm(self) -> str:
        """Why the value is to be confirmed; empty where it need not, or was."""
        return self.told.confirm if self.told is not None and not self.is_confirmed else ""

    def entry(self) -> Entry | None:
        """What would be recorded; None for an empty field."""
        from labtrack.clinic.recording import Entry

        if self.is_empty:
            return None
        value, unit = self.typed
        here = self._here(unit)
        return Entry(here.name, value, unit, here.ref_low, here.ref_high)

    def _here(self, unit: str) -> EntryLine:
        return self.sheet.in_unit(self.line, unit, self.lab)

    # What is told to it

    def tell(self, told: EntryMeaning | None) -> None:
        """Take what the typed value means."""
        self.told = told
        if self.must_confirm and not self._is_retyping:
            self._asked, self._was_changed = self.typed, False
        self.redraw()

    @property
    def _is_retyping(self) -> bool:
        """Whether what stands here is the beginning of the value that was asked about, typed anew."""
        return self._asked is not None and self._was_changed and self._asked[0].startswith(self.typed[0])

    def begin(self, sheet: EntrySheet, line: EntryLine) -> None:
        """Take what was last anew, as of another collection; what was typed stays."""
        self.sheet, self.line = sheet, line
        self.redraw()

    def at(self, lab: str) -> None:
        """Take another laboratory: it prints its own limits."""
        self.lab = lab
        self.redraw()

    def put(self, text: str, unit: str, *, is_confirmed: bool) -> None:
        """Put in what a draft holds."""
        self.unit = unit or self.unit
        with self.prevent(Input.Changed):
            self.field.value = text
        if is_confirmed:
            self.confirmed = self.typed
        self.redraw()

    # Keys

    def on_input_changed(self, event: Input.Changed) -> None:
        """A key changed the text. The same value typed a second time is confirmed by that."""
        event.stop()
        self.told = None
        if self._asked is not None:
            if self.typed != self._asked:
                self._was_changed = True
            elif self._was_changed:
                self.confirmed = self.typed
        self.redraw()
        self.post_message(self.Edited())

    def action_to(self, by: int) -> None:
        """Up or down, at once: a message would come after keys that are waiting already."""
        cast("EntryForm", self.query_ancestor("EntryForm")).move(by)

    def action_unit(self) -> None:
        """The next known unit; one that was typed behind the value gives way."""
        units = self.line.units
        value, unit = self.typed
        place = units.index(unit) if unit in units else -1
        self.unit = units[(place + 1) % len(units)]
        self._retype(value)

    def action_accept(self) -> None:
        """Take the suggested unit."""
        if self.told is not None and self.told.suggestion is not None:
            self.unit = self.told.suggestion.unit
            self._retype(self.typed[0])

    def _retype(self, value: str) -> None:
        with self.prevent(Input.Changed):
            self.field.value = value
        self.told = None
        self.redraw()
        self.post_message(self.Edited())

    def action_keep(self) -> None:
        """Confirm what stands here."""
        self.confirmed = self.typed
        self.redraw()
        self.post_message(self.Edited())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now."""
        if action == "accept":
            return self.told is not None and self.told.suggestion is not None
        if action == "keep":
            return bool(self.must_confirm)
        if action == "unit":
            return len(self.line.units) > 1
        return True

    # How it looks

    def redraw(self) -> None:
        """Show everything anew."""
        if not self.is_attached:
            return
        narrow = self.screen.size.width < 100
        unit = self.typed[1]
        here = self._here(unit)
        room = LABEL_NARROW if narrow else LABEL_WIDE
        self._label.update(shown(self.line.short if narrow else _label(self.line)).truncate(room - 1, ellipsis=True), layout=False)
        self._cells.update(columns(self._texts(here, unit), narrow=narrow), layout=False)
        note = self._said()
        if note is not None and not note.is_same(self._noted):
            self._noted = note
            self._note.update(note)
        if self._note.display is not (note is not None):
            self._note.display = note is not None
        can_do = tuple(self.check_action(action, ()) for action in ("accept", "keep"))
        if can_do != self._could_do:
            self._could_do = can_do
            self.refresh_bindings()

    def _texts(self, here: EntryLine, unit: str) -> dict[str, Content | str]:
        from labtrack.clinic.unit_texts import unit_text

        last, told = self.line.last, self.told
        texts: dict[str, Content | str] = {"unit": unit_text(unit)}
        if last is None:
            texts["last"] = shown(_NOTHING, "$text-muted")
        else:
            other = "" if unit_text(last.unit) == unit_text(unit) else f" {unit_text(last.unit)}"
            texts["last"] = joined(f"{last.value_text}{other}", (f"  {short_day(last.collected_at.on)}", "$text-muted"))
        texts["range"] = shown(f"{here.range}{' *' if here.range and here.is_catalogue_range else ''}", "$text-muted")
        if told is not None:
            texts["change"] = change_text(told)
            is_asked = told.problem or self.must_confirm or (told.suggestion is not None and not self.is_confirmed)
            mark = sign("urgent") if told.is_urgent else sign("cannot evaluate") if is_asked else Content("")
            texts["flag"] = joined((told.flag, "bold $text-warning"), mark)
        return texts

    def _said(self) -> Content | None:
        """What stands below the field."""
        told = self.told
        if told is None or self.is_empty:
            return None
        parts: list[Any] = []
        if told.problem:
            parts.append((f"✗ {told.problem}", "$text-error"))
        elif self.must_confirm:
            parts.append((f"? {told.confirm}", "$text-warning"))
        elif told.confirm:
            parts.append(("✓ confirmed as typed", "$text-success"))
        elif told.warnings:
            parts.append(("; ".join(told.warnings), "$text-warning"))
        if told.suggestion is not None and not self.is_confirmed:
            parts.append((f"{told.suggestion.sentence} F2 accepts", "$text-accent"))
        if self.must_confirm:
            parts.append(("type it again, or F3 keeps it", "$text-muted"))
        return joined(*parts, between="   ") if parts else None


def _label(line: EntryLine) -> str:
    return line.full if line.full == line.short else f"{line.short:<5} {line.full}"


def change_text(told: EntryMeaning) -> Content:
    """``−26 %``, with ``!`` where expected variation does not explain it."""
    from labtrack.core.quantity import format_percent

    if told.change_percent is None:
        return Content("")
    change = told.change_percent
    number = str(round(change)) if abs(change) >= _LARGE else format_percent(change, 1)
    text = f"{'−' if number.startswith('-') else '+'}{number.lstrip('-')} %"
    return shown(f"{text} !", "bold") if told.is_beyond else shown(text)
