"""What describes one sample patient: who, which treatment, what was measured when, and what the patient is there to show.

Days are counted back from today: 0 is today, 90 is ninety days ago, -10 is in ten days. Values are in canonical units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from labtrack.core.judgment import Reason, Region, WorklistState
from labtrack.core.record import ResultStatus, Sex
from labtrack.demo.laboratories import CITY, Laboratory


@dataclass(frozen=True, slots=True)
class Therapy:
    """One course. ``doses`` are (days ago, mg, frequency, reason), ``holds`` (days ago, ended days ago or None, reason)."""

    drug: str
    dose_mg: float
    started: int
    frequency: str = "daily"
    stopped: int | None = None
    stop_reason: str = ""
    doses: tuple[tuple[int, float, str, str], ...] = ()
    holds: tuple[tuple[int, int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a kind of the closed list, from ``ago`` days before today until ``ended`` days before today."""

    kind: str
    ago: int
    ended: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One report exactly as printed, instead of the one that the visit ``ago`` days before today would give.

    ``unit`` None is the laboratory's own; ``upper_limit`` None the laboratory's own limits.
    """

    ago: int
    analyte: str
    value: str
    unit: str | None = None
    upper_limit: str | None = None
    status: ResultStatus = ResultStatus.FINAL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shows:
    """Something that a patient is there to show; the tests hold the engine and the sample to it.

    ``met`` are rules met and ``reasons`` codes told by some rule, both under ``region``; ``state`` is the worklist's. Nothing is
    said about what else may hold.
    """

    why: str
    met: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    state: WorklistState | None = None
    region: Region = Region.US


@dataclass(frozen=True, slots=True)
class Case:
    """One sample patient.

    ``visits`` None are the protocol's, the newest at least ``resting`` days ago; ``rechecks`` add days on which one panel was
    measured. ``values`` give an analyte's newest values in order of time, the last one the newest; what they do not reach back to
    is unremarkable. ``never`` are panels or analytes never measured, ``not_before_start`` those not measured before the start.
    ``unscreened`` are screening items left open. ``acknowledged`` are rules that a clinician has acknowledged, with the reason.
    """

    name: str
    sex: Sex
    age: int | None
    shows: tuple[Shows, ...]
    therapies: tuple[Therapy, ...] = ()
    laboratory: Laboratory = CITY
    is_weighed: bool = True
    visits: tuple[int, ...] | None = None
    resting: int = 0
    rechecks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    never: tuple[str, ...] = ()
    not_before_start: tuple[str, ...] = ()
    happenings: tuple[Happening, ...] = ()
    unscreened: tuple[str, ...] = ()
    is_reviewed: bool = True
    acknowledged: Mapping[str, str] = field(default_factory=dict)

    @property
    def therapy(self) -> Therapy | None:
        """The newest course, planned or not; None for a candidate."""
        return self.therapies[-1] if self.therapies else None
