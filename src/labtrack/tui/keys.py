"""Keys: each has an id by which the settings may give it another key, a word for the footer and a sentence of help."""

from __future__ import annotations

from textual.binding import Binding


def key(id: str, keys: str, action: str, label: str, help: str, *, show: bool = True, priority: bool = False) -> Binding:
    """One key of a screen, ``id`` being ``screen.what``.

    ``label`` stands in the footer unless ``show`` is off; ``help`` is a sentence shown by F1. A key that must work while something is
    being typed has ``priority``.
    """
    return Binding(keys, action, label, show=show, priority=priority, tooltip=help, id=id)
