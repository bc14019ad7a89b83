"""One of several choices, told apart by its sign: Textual's own differs by color alone."""

from __future__ import annotations

from textual.widgets import RadioButton


class Choice(RadioButton):
    """``(●)`` when chosen, ``( )`` when not."""

    BUTTON_LEFT, BUTTON_INNER, BUTTON_RIGHT = "(", " ", ")"

    def watch_value(self) -> None:
        """Show which."""
        self.BUTTON_INNER = "●" if self.value else " "
        super().watch_value()
        self.refresh(layout=True)
