"""A form: fields below each other, each with its reason beside it when it cannot be taken. What was typed always stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Select, Static

from labtrack.tui.show import shown

if TYPE_CHECKING:
    from labtrack.core.record import CollectedAt

Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``read`` turns what was typed into a value, or raises ValueError with the reason why it cannot.

    ``choices`` are pairs (value, what is shown of it): then one is picked instead of typed. ``hint`` stands in an empty field, ``about``
    below it; ``notes`` are texts by choice that are shown below the field ``notes_at`` instead.
    """

    id: str
    label: str
    text: str = ""
    hint: str = ""
    read: Reader = str.strip
    choices: Sequence[tuple[str, str]] = ()
    about: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    notes_at: str = ""


def day(text: str) -> date:
    """A date as ISO writes it."""
    from labtrack.clinic.text import parse_day

    found = parse_day(text)
    if isinstance(found, str):
        raise ValueError(found)
    return found


def collected(text: str) -> CollectedAt:
    """When a specimen was taken: a date, with its time if known."""
    from labtrack.clinic.text import parse_collected

    found = parse_collected(text)
    if isinstance(found, str):
        raise ValueError(found)
    return found


def required(text: str) -> str:
    """Some text."""
    if not text.strip():
        raise ValueError("needed")
    return text.strip()


def number(text: str) -> float:
    """A positive number, with a decimal point or comma."""
    from labtrack.core.quantity import Comparator, parse_quantity

    found = parse_quantity(text) or parse_quantity(text, ",")
    if not text.strip():
        raise ValueError("needed: a number")
    if found is None or found.comparator is not Comparator.EXACT:
        raise ValueError("not a number; write it as 2 or 2.5")
    return float(found.number)


def optional(read: Reader) -> Reader:
    """As ``read``, but nothing typed is None."""
    return lambda text: read(text) if text.strip() else None


class Done(Message):
    """Enter was pressed in the last field."""


class FieldRow(Vertical):
    """Label, field and the reason why what stands in it is not taken."""

    DEFAULT_CSS = """
    FieldRow { height: auto; }
    FieldRow Horizontal { height: auto; }
    FieldRow Label { width: 16; color: $text-muted; }
    FieldRow Input, FieldRow Select { width: 1fr; }
    FieldRow Select.-textual-compact > SelectCurrent { padding: 0 1; background: $boost; }
    FieldRow Select.-textual-compact:focus > SelectCurrent { background: $primary 25%; }
    FieldRow .reason, FieldRow .about { height: auto; padding-left: 17; display: none; }
    FieldRow .reason { color: $text-error; }
    FieldRow .about { color: $text-muted; }
    FieldRow .-said { display: block; }
    """

    def __init__(self, field: Field) -> None:
        super().__init__(id=f"row-{field.id}")
        self.field = field
        self.reason = ""

    def compose(self) -> ComposeResult:
        """The field and, below it, what is said of it."""
        with Horizontal():
            yield Label(shown(self.field.label))
            yield self._control()
        yield Static(classes="reason")
        yield Static(shown(self.field.about), classes="about -said" if self.field.about else "about")

    def _control(self) -> Widget:
        field = self.field
        if not field.choices:
            return Input(field.text, placeholder=field.hint, id=field.id, select_on_focus=False)
        options = [(shown(label), value) for value, label in field.choices]
        first = field.text if any(field.text == value for value, _ in field.choices) else Select.NULL
        known = first is not Select.NULL
        return Select(options, prompt=field.hint or "choose: Enter", value=first, allow_blank=not known, id=field.id, compact=True)

    @property
    def text(self) -> str:
        """What stands in the field."""
        control = self.query_one(f"#{self.field.id}")
        if isinstance(control, Input):
            return control.value
        assert isinstance(control, Select)
        return "" if control.value is Select.NULL else str(control.value)

    def tell(self, reason: str) -> None:
        """Show why the field is not taken, or nothing."""
        self.reason = reason
        beside = self.query_one(".reason", Static)
        beside.update(shown(f"! {reason}") if reason else "")
        beside.set_class(bool(reason), "-said")

    def note(self, about: str) -> None:
        """Show something below the field."""
        below = self.query_one(".about", Static)
        below.update(shown(about))
        below.set_class(bool(about), "-said")


class Form(VerticalScroll):
    """Fields below each other. Enter in a field goes to the next."""

    DEFAULT_CSS = "Form { height: auto; max-height: 1fr; }"
    HELP = """## A form

Type into the fields; *Tab* and *Shift+Tab* go from one to the next, *Enter* too. Where there is a choice, *Enter* opens the list, and
typing a letter goes to it. A field that cannot be taken says why below it; what you typed stays.
"""

    def __init__(self, fields: Iterable[Field], id: str = "form") -> None:
        super().__init__(id=id, can_focus=False)
        self.fields = tuple(fields)

    def compose(self) -> ComposeResult:
        """Every field, in order."""
        for each in self.fields:
            yield FieldRow(each)

    @property
    def rows(self) -> list[FieldRow]:
        """The rows, in order."""
        return list(self.query(FieldRow))

    def row(self, id: str) -> FieldRow:
        """The row of a field."""
        return self.query_one(f"#row-{id}", FieldRow)

    @property
    def texts(self) -> dict[str, str]:
        """What stands in every field."""
        return {row.field.id: row.text for row in self.rows}

    @property
    def is_changed(self) -> bool:
        """Whether anything was typed or picked."""
        return any(row.text != row.field.text for row in self.rows)

    def focus_first(self) -> None:
        """Go to the first field."""
        if self.fields:
            self.query_one(f"#{self.fields[0].id}").focus()

    def read(self, only: Iterable[str] | None = None) -> Mapping[str, Any] | None:
        """The values of the fields (or some), or None after saying beside each why it is not taken and going to the first such."""
        values: dict[str, Any] = {}
        refused = []
        wanted = None if only is None else set(only)
        for row in self.rows:
            if wanted is not None and row.field.id not in wanted:
                continue
            try:
                values[row.field.id] = row.field.read(row.text)
                row.tell("")
            except ValueError as error:
                row.tell(str(error))
                refused.append(row.field.id)
        if refused:
            self.query_one(f"#{refused[0]}").focus()
            return None
        return values

    def blame(self, id: str, reason: str) -> None:
        """Say beside a field why the clinic did not take it, and go there."""
        self.row(id).tell(reason)
        self.query_one(f"#{id}").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on; in the last field it says that the form is done."""
        event.stop()
        if self.fields and event.input.id == self.fields[-1].id:
            self.post_message(Done())
        else:
            self.screen.focus_next()

    def on_input_changed(self, event: Input.Changed) -> None:
        """A reason no longer stands once the text is another."""
        self._forget(event.input.id)

    def on_select_changed(self, event: Select.Changed) -> None:
        """A reason no longer stands once the choice is another."""
        self._forget(event.select.id)
        for row in self.rows:
            if row.field.id == event.select.id and row.field.notes_at:
                self.row(row.field.notes_at).note(row.field.notes.get(row.text, ""))

    def _forget(self, id: str | None) -> None:
        for row in self.rows:
            if row.field.id == id and row.reason:
                row.tell("")
