"""What labtrack knows of analytes, units, panels, drugs, schedules and events: TOML tables, each row with its source.

>>> from labtrack.catalogue import catalogue, read_value
>>> hb = catalogue().identify("Haemoglobin")
>>> read_value(hb, "148", "g/L").value
Interval(low=14.8, high=14.8, low_open=False, high_open=False)
"""

from __future__ import annotations

from labtrack.catalogue.loader import catalogue, load
from labtrack.catalogue.lookup import Catalogue, fold_name
from labtrack.catalogue.model import (
    Analyte,
    DoseChange,
    Drug,
    Due,
    EventKind,
    Identity,
    LabelStatement,
    NotName,
    Panel,
    Protocols,
    RenalBand,
    Resume,
    ScreeningItem,
    Source,
    Staleness,
    Traps,
    UnitRow,
)
from labtrack.catalogue.reading import Reading, read_value
from labtrack.catalogue.traps import misfits, unit_change
from labtrack.catalogue.units import fold_unit

__all__ = [
    "Analyte",
    "Catalogue",
    "DoseChange",
    "Drug",
    "Due",
    "EventKind",
    "Identity",
    "LabelStatement",
    "NotName",
    "Panel",
    "Protocols",
    "Reading",
    "RenalBand",
    "Resume",
    "ScreeningItem",
    "Source",
    "Staleness",
    "Traps",
    "UnitRow",
    "catalogue",
    "fold_name",
    "fold_unit",
    "load",
    "misfits",
    "read_value",
    "unit_change",
]
