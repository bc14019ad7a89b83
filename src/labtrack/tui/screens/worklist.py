"""Home: everyone, who needs something first."""

from __future__ import annotations

from labtrack.tui.page import Page


class WorklistScreen(Page[None]):
    """The worklist."""
