"""When the next check of each panel is due (clinical reference, section 4, *Schedule*)."""

from labtrack.schedule.checks import PanelChecks, Recheck, next_checks, statuses

__all__ = ["PanelChecks", "Recheck", "next_checks", "statuses"]
