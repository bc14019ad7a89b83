"""Each key acts before the next one is looked at, however fast they come: over a slow line a whole panel may come at once.

Textual gives a key to the focused widget's own queue, and a key that is bound to an action comes back from there to the end of the app's
queue, behind the keys that followed it: ``152 Backspace 1`` was 1521, and what was typed right after Tab stood in the field before it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Input
from textual.widgets._select import SelectOverlay

from labtrack.tui.page import Page

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Key

#: Seconds after which a key no longer waits for the text before it: a widget that hangs must not hold Ctrl+Q.
_PATIENCE = 1.0


async def _has_taken_all(widget: Widget) -> None:
    """Wait until a widget has handled what it was given up to now."""
    done = asyncio.Event()
    if widget.call_later(done.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _PATIENCE)


async def acted_at_once(app: App[int], event: Key) -> bool:
    """Do what a key is bound to where the focus is now. False for text, and for what is bound to nothing: that goes the usual way.

    What takes letters by itself (an open choice, a dialog that asks for a key) gets them first, as everywhere in Textual.
    """
    focused = app.focused
    if isinstance(focused, Input):
        if event.is_printable:
            return False
        await _has_taken_all(focused)
    elif isinstance(focused, SelectOverlay) or not isinstance(app.screen, Page):
        return False
    acted = await app._check_bindings(event.key, priority=True) or await app._check_bindings(event.key)
    if acted and focused is not None and event.key == "enter":  # with it a field or a list tells its screen where to go
        for each in focused.ancestors_with_self:
            if isinstance(each, Widget):
                await _has_taken_all(each)
    return acted
