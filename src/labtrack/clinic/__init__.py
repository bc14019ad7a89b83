"""The facade: everything a front end may ask for. Names are loaded on first use, so that asking for one costs no more than it needs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labtrack.clinic.facade import Clinic, PatientRecord
    from labtrack.clinic.recording import Entry, Recorded
    from labtrack.clinic.settings import Settings

_HOMES = {
    "Clinic": "facade",
    "PatientRecord": "facade",
    "Entry": "recording",
    "Recorded": "recording",
    "Settings": "settings",
}
__all__ = ["Clinic", "Entry", "PatientRecord", "Recorded", "Settings"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
