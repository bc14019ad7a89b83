"""Settings: region, units shown, theme, names, and every key. What is changed is saved and holds at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Input, Label, Select, Static

from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region
from labtrack.tui.keys import key
from labtrack.tui.page import BackPage
from labtrack.tui.reopening import take
from labtrack.tui.show import cell, joined, shown
from labtrack.tui.themes import NAMES

if TYPE_CHECKING:
    from labtrack.tui.all_keys import KeyOf
    from labtrack.tui.app import LabtrackApp

_REGIONS = (("US: FDA labels", Region.US.value), ("EU: EMA product information", Region.EU.value))
_UNITS = (("conventional", "conventional"), ("SI", "SI"))
_THEMES = tuple((name, name) for name in NAMES)


class SettingsScreen(BackPage[None]):
    """What a person may set, and every key with what it does."""

    CSS_PATH = "../styles/settings.tcss"
    BINDINGS = [
        key("settings.key", "enter", "key", "Another key", "Give what is highlighted in the list of keys another key."),
        key("settings.default", "delete,backspace", "default", "Usual key", "Give what is highlighted its usual key again."),
        key("settings.keys", "f6", "keys", "List of keys", "Go to the list of keys, or back to the fields."),
    ]
    HELP = """## Settings

What you change holds at once and is kept in the settings file. *Region* says whose labels are judged by: every patient is judged anew.
*Units* are for display only; results stay as they were reported. The name of the clinic stands at the top of every screen, your own name
is what the audit trail says.

Below is every key. *Enter* on one waits for another key; one that is taken already is not given. *Delete* gives the usual key back.
"""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, KeyOf] = {}

    def compose_body(self) -> ComposeResult:
        """Fields, then the keys."""
        opening = self.base.opening
        settings = opening.settings
        with Vertical(id="fields"):
            yield from _row("Region", Select(_REGIONS, value=opening.region.value, allow_blank=False, id="region", compact=True))
            yield from _row("Units shown", Select(_UNITS, value=settings.units, allow_blank=False, id="units", compact=True))
            yield from _row("Theme", Select(_THEMES, value=settings.theme, allow_blank=False, id="theme", compact=True))
            yield from _row("Clinic", Input(settings.clinic_name, id="clinic_name", max_length=80))
            yield from _row("Your name", Input(settings.actor, placeholder=self.base.actor, id="actor", max_length=80))
        yield Static("", id="said")
        table: DataTable[Any] = DataTable(id="keys", cursor_type="row")
        yield table

    def on_mount(self) -> None:
        """Begin with the region, and gather the keys."""
        self.query_one("#region").focus()
        self._say(f"Kept in {_place()}")
        self.run_worker(self._gather(), exclusive=True, group="keys", exit_on_error=False)

    async def _gather(self) -> None:
        from labtrack.tui.all_keys import all_keys

        self._known = await asyncio.to_thread(all_keys)
        self._list_keys()

    @property
    def chosen(self) -> dict[str, str]:
        """Keys that somebody has chosen, by id."""
        return dict(self.base.opening.settings.keys)

    @property
    def _table(self) -> DataTable[Any]:
        return self.query_one("#keys", DataTable)

    def _list_keys(self) -> None:
        from labtrack.tui.all_keys import keys_in_force

        table, chosen = self._table, self.chosen
        row = table.cursor_row
        force = keys_in_force(self._known, chosen)
        rows = [(_shown_keys(force[id]) + (" *" if id in chosen else ""), each.label, id, each.help) for id, each in self._known.items()]
        table.clear(columns=True)
        for place, label in enumerate(("Key", "Does", "Id", "Which is")):
            table.add_column(label, width=min(60 if place else 20, max([len(label), *(len(each[place]) for each in rows)])))
        for each in rows:
            table.add_row(*map(cell, each))
        table.move_cursor(row=min(row, table.row_count - 1))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are changed in their list."""
        if action in ("key", "default"):
            return bool(self._known) and self.focused is self._table
        return True

    def on_descendant_focus(self) -> None:
        """Another key may work now."""
        self.refresh_bindings()

    def action_keys(self) -> None:
        """To the list, or back."""
        self.query_one("#region" if self.focused is self._table else "#keys").focus()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter on a key."""
        event.stop()
        self.action_key()

    @property
    def _highlighted(self) -> KeyOf | None:
        rows = list(self._known.values())
        return rows[self._table.cursor_row] if 0 <= self._table.cursor_row < len(rows) else None

    def action_key(self) -> None:
        """Ask for another key."""
        self.run_worker(self._ask_key(), exclusive=True, group="key", exit_on_error=False)

    async def _ask_key(self) -> None:
        from labtrack.tui.all_keys import conflicts, is_key

        what = self._highlighted
        if what is None:
            return
        pressed = await cast("LabtrackApp", self.app).answer("press-key", f"{what.label} ({what.id})")
        if pressed is None:
            return
        taken = conflicts(what.id, pressed, self._known, self.chosen)
        if not is_key(pressed):
            self._say(f"{pressed} cannot be given to anything.", problem=True)
        elif taken:
            names = ", ".join(f"{each.label} ({each.id})" for each in taken)
            self._say(f"{_shown_keys(pressed)} is taken: {names}. Give that another key first.", problem=True)
        else:
            await self._save(keys={**self.chosen, what.id: pressed})

    def action_default(self) -> None:
        """The usual key again."""
        what = self._highlighted
        if what is not None and what.id in self.chosen:
            rest = {id: each for id, each in self.chosen.items() if id != what.id}
            self.base.run_worker(self._save(keys=rest), exclusive=True, group="save", exit_on_error=False)

    def on_select_changed(self, event: Select.Changed) -> None:
        """A choice holds at once."""
        event.stop()
        name, value = str(event.select.id), str(event.value)
        now = self.base.opening.region.value if name == "region" else getattr(self.base.opening.settings, name)
        if value != now:
            changed: object = Region(value) if name == "region" else value
            self.base.run_worker(self._save(**{name: changed}), group="save", exit_on_error=False)

    def on_input_blurred(self, event: Input.Blurred) -> None:
        """A name that was typed holds once the field is left."""
        self._take(event.input)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Or with Enter."""
        event.stop()
        self._take(event.input)

    def _take(self, field: Input) -> None:
        name, text = str(field.id), field.value.strip()
        if text != getattr(self.base.opening.settings, name):
            self.base.run_worker(self._save(**{name: text}), group="save", exit_on_error=False)

    async def _save(self, **changes: Any) -> None:
        """Into the file, then onto the screens; where the file cannot be written nothing changes."""
        from labtrack.clinic import Settings

        def write() -> None:
            replace(Settings.load(), **changes).save()

        try:
            await asyncio.to_thread(write)
        except LabtrackError as error:
            if not self.is_attached:  # left meanwhile
                self.base.tell(error)
                return
            self._say(str(error), problem=True)
            self._show_what_holds()
            return
        self._apply(changes)
        if self.is_attached:
            self._say(f"Saved in {_place()}")

    def _apply(self, changes: Mapping[str, Any]) -> None:
        base = self.base
        opening = replace(base.opening, settings=replace(base.opening.settings, **changes))
        if "region" in changes or "actor" in changes:
            opening = replace(opening, region=changes.get("region", opening.region), actor=changes.get("actor", opening.actor))
            actor = base.actor
            take(base, opening)
            base.actor = opening.actor or actor
        base.opening = opening
        base.desk.changes += 1
        if "theme" in changes and not base.no_color:
            base.theme = NAMES[opening.settings.theme]
        if "keys" in changes:
            base.set_keymap(dict(opening.settings.keys))
        if self.is_attached:
            if "keys" in changes:
                self._list_keys()
            self.refresh(layout=True, recompose=False)
            self.query_one("Banner").refresh()

    def _show_what_holds(self) -> None:
        """The fields as they were, after what could not be saved."""
        opening = self.base.opening
        self.query_one("#region", Select).value = opening.region.value
        for name in ("units", "theme"):
            self.query_one(f"#{name}", Select).value = getattr(opening.settings, name)

    def _say(self, text: str, *, problem: bool = False) -> None:
        self.query_one("#said", Static).update(joined(("! ", "bold $text-error"), text) if problem else shown(text, "$text-muted"))


def _row(label: str, field: Select[str] | Input) -> ComposeResult:
    with Horizontal(classes="row"):
        yield Label(label)
        yield field


def _place() -> str:
    from labtrack.clinic.settings import config_path

    return str(config_path())


def _shown_keys(keys: str) -> str:
    return ", ".join(each.strip().replace("ctrl+", "^") for each in keys.split(","))
