"""The line of keys at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.screen import Screen


class KeysLine(Footer):
    """As Textual's, but made anew only where a key, its word or what it does changed.

    Textual makes it anew whenever the focus moves: a dozen widgets and a layout of the whole screen for each Enter of a form.
    """

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._keys: list[tuple[object, ...]] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Made anew if it would look or do otherwise."""
        if not (self.is_attached and screen is self.screen and screen.app.app_focus):
            return
        active = screen.active_bindings.values()
        keys: list[tuple[object, ...]] = [
            (each.binding.key, each.binding.description, each.binding.action, each.enabled, each.tooltip)
            for each in active
            if each.binding.show
        ]
        if keys != self._keys:
            self._keys = keys
            super().bindings_changed(screen)
