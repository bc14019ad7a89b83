"""F1: what the focused thing and the screen are for, and every key that works here."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Markdown

from labtrack.tui.keys import key


class HelpDialog(ModalScreen[None]):
    """Help on another screen. The texts are our own: no data is shown as Markdown."""

    HELP = "This is the help: arrow keys read on, Escape closes it."
    DEFAULT_CSS = """
    HelpDialog { align: center middle; }
    HelpDialog > VerticalScroll { width: 90%; max-width: 100; height: 90%; border: round $primary; padding: 0 1; }
    """
    BINDINGS = [
        key("help.close", "escape,f1,q", "dismiss", "Close", "Close the help."),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    @classmethod
    def on(cls, screen: Screen[Any]) -> HelpDialog:
        """Help on what is focused on a screen, then on the screen, then its keys."""
        focused = _helps(screen.focused)
        parts = [focused, getattr(screen, "HELP", "")]
        return cls("\n\n".join([*dict.fromkeys(part.strip() for part in parts if part), keys_of(screen)]))

    def compose(self) -> ComposeResult:
        """The text, scrolling."""
        with VerticalScroll(can_focus=True):
            yield Markdown(self.text, open_links=False)


def _helps(widget: Any) -> str:
    """The help of a widget or the nearest one around it that has some, up to the screen."""
    while isinstance(widget, Widget) and not isinstance(widget, Screen):
        if getattr(widget, "HELP", ""):
            return str(widget.HELP)
        widget = widget.parent
    return ""


def keys_of(screen: Screen[Any]) -> str:
    """The keys that work on a screen now, as a Markdown table."""
    rows: dict[tuple[str, str], list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.id and binding.description:
            rows.setdefault((binding.description, binding.tooltip), []).append(screen.app.get_key_display(binding))
    lines = [f"| {', '.join(dict.fromkeys(keys))} | {what} | {help} |" for (what, help), keys in rows.items()]
    return "\n".join(["## Keys", "", "| key | does | |", "|---|---|---|", *lines])
