"""Every key there is, by its id: for the list in the settings. Imports every screen, so it is asked for only there."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.widget import Widget

#: Where a key works on every screen, or on every screen of a kind.
EVERYWHERE = ("app", "page", "dialog")
_MODIFIED = re.compile(r"(?:(?:ctrl|shift|alt|super)\+)*(?:f[0-9]{1,2}|[a-z0-9]|[a-z][a-z0-9_]{2,30})|[A-Z]")


@dataclass(frozen=True, slots=True)
class KeyOf:
    """One thing that a key does: its id, its keys as declared, its word, its sentence."""

    id: str
    keys: str
    label: str
    help: str

    @property
    def place(self) -> str:
        """Where it works: the part of the id before the point."""
        return self.id.partition(".")[0]


def all_keys() -> dict[str, KeyOf]:
    """All that our screens, dialogs and widgets declare, by id."""
    import labtrack.tui

    found: dict[str, KeyOf] = {}
    for part in sorted(each.name for each in pkgutil.walk_packages(labtrack.tui.__path__, "labtrack.tui.")):
        module = import_module(part)
        for _, holder in getmembers(module, isclass):
            if holder.__module__ == part and issubclass(holder, Widget | App):
                found.update({each.id: each for each in _declared(holder)})
    return dict(sorted(found.items()))


def _declared(holder: type[Any]) -> list[KeyOf]:
    own = holder.__dict__.get("BINDINGS", ())
    return [
        KeyOf(each.id, each.key, each.description, each.tooltip)
        for each in own
        if isinstance(each, Binding) and each.id and each.description
    ]


def keys_in_force(known: dict[str, KeyOf], chosen: dict[str, str]) -> dict[str, str]:
    """The keys of each id: as chosen, else as declared."""
    return {id: chosen.get(id, each.keys) for id, each in known.items()}


def conflicts(id: str, key: str, known: dict[str, KeyOf], chosen: dict[str, str]) -> list[KeyOf]:
    """What else has a key where this would work: on the same screen, or everywhere."""
    place = known[id].place
    force = keys_in_force(known, chosen)

    def meet(other: KeyOf) -> bool:
        return other.place == place or other.place in EVERYWHERE or place in EVERYWHERE

    return [other for other in known.values() if other.id != id and meet(other) and key in _split(force[other.id])]


def _split(keys: str) -> list[str]:
    return [each.strip() for each in keys.split(",")]


def is_key(text: str) -> bool:
    """Whether a text names a key, such as ``f3``, ``ctrl+n`` or ``x``."""
    return bool(_MODIFIED.fullmatch(text))
