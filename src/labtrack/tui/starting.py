"""Starting quickly: no garbage is looked for while everything is loaded, and what is likely to be opened next is loaded when idle."""

from __future__ import annotations

import gc
from importlib import import_module

#: What follows the worklist most often.
NEXT = (
    "labtrack.clinic.patient_page",
    "labtrack.clinic.grid",
    "labtrack.tui.screens.patient",
    "labtrack.tui.widgets.results",
    "labtrack.clinic.meaning",
    "labtrack.clinic.entry_sheet",
    "labtrack.tui.screens.new_results",
)


def hold() -> None:
    """Look for no garbage from now on: hundreds of modules are about to be loaded, and hardly anything is thrown away."""
    gc.disable()


def let_go() -> None:
    """The screen is filled: look for garbage again, among what is made from now on. Nothing if it was not held."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def load_next() -> None:
    """Load the modules of :data:`NEXT`, on whatever thread this is called."""
    for name in NEXT:
        import_module(name)
