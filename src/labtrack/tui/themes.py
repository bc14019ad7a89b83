"""The themes: light, dark and monochrome. Meaning never rests on color; ``mono`` shows the same without any."""

from __future__ import annotations

from textual.theme import Theme

LIGHT = Theme(
    "labtrack-light", primary="#00527a", secondary="#3b6e8f", accent="#6a3fa0", warning="#8a5200", error="#b00020", success="#1f6b3a",
    foreground="#1b1f24", background="#fbfbf8", surface="#f1f1ec", panel="#e4e6e4", dark=False,
)  # fmt: skip
DARK = Theme(
    "labtrack-dark", primary="#5aa9d6", secondary="#7fa8c0", accent="#b79af0", warning="#f0b44c", error="#ff6b6b", success="#6fcf97",
    foreground="#e6e8ea", background="#14171a", surface="#1c2024", panel="#262b30", dark=True,
)  # fmt: skip
MONO = Theme(
    "labtrack-mono", primary="#ffffff", secondary="#d0d0d0", accent="#ffffff", warning="#ffffff", error="#ffffff", success="#ffffff",
    foreground="#ffffff", background="#000000", surface="#000000", panel="#303030", dark=True,
)  # fmt: skip
THEMES = (LIGHT, DARK, MONO)
#: What the settings call them.
NAMES = {"light": LIGHT.name, "dark": DARK.name, "mono": MONO.name}
