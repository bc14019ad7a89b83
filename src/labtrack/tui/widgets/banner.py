"""The top line: whose clinic, who works with it, and which day it judges by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widget import Widget

from labtrack.core.text import pad, width
from labtrack.tui.show import joined, shown

if TYPE_CHECKING:
    from labtrack.tui.base import BaseApp

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date) -> str:
    """``Sun 22 Nov 2026``, the same in every locale."""
    return f"{_DAYS[day.weekday()]} {short_day(day)} {day.year}"


def short_day(day: date) -> str:
    """``22 Nov``."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


class Banner(Widget):
    """One line; what does not fit is left out from the middle."""

    DEFAULT_CSS = "Banner { dock: top; height: 1; background: $panel; color: $text; padding: 0 1; }"

    def render(self) -> Content:
        """Name and clinic at the left, person and date at the right."""
        base = cast("BaseApp", self.app)
        opening = base.opening
        day = day_in_words(opening.today) + (" (set)" if opening.is_today_set else "")
        who = f"clinician: {base.actor}" if base.actor else ""
        room = self.size.width
        for right in (f"{who}    {day}", day, ""):
            left = f"   {opening.settings.clinic_name}" if opening.settings.clinic_name else ""
            if width("labtrack" + left) + width(right) + 2 <= room:
                break
        gap = max(0, room - width("labtrack" + left) - width(right))
        return joined(("labtrack", "bold $primary"), shown(left), pad("", gap), right)
