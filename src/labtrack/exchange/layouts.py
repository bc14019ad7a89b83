"""The import and export layouts, recognized by their header in any order and case of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtrack.core.quantity import clean_text


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet. ``numeric`` columns take part in the decision on the decimal mark; ``order`` is that of export."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of export."""
        return self.order or self.required + self.optional


PATIENTS = Layout("patients", ("mrn", "name", "birth_date", "sex"), ("weight_kg", "phone", "email"), ("weight_kg",))
COURSES = Layout("courses", ("mrn", "drug", "dose_mg", "frequency", "start_on"), ("stop_on", "reason"), ("dose_mg",))
DOSES = Layout("doses", ("mrn", "drug", "on", "dose_mg", "frequency"), ("reason",), ("dose_mg",))
HOLDS = Layout("holds", ("mrn", "drug", "start_on", "reason"), ("end_on",), order=("mrn", "drug", "start_on", "end_on", "reason"))
EVENTS = Layout("events", ("mrn", "kind", "on"), ("ended_on", "note"))
RESULTS = Layout(
    "results",
    ("mrn", "analyte", "value", "unit", "collected_at"),
    ("ref_low", "ref_high", "lab", "specimen_id", "status", "note", "result_id", "supersedes", "code", "method"),
    ("value", "ref_low", "ref_high"),
)
BASELINES = Layout("baselines", ("mrn", "drug", "start_on", "analyte", "collected_at", "reason"))

#: In dependency order: each refers only to those before it.
LAYOUTS = (PATIENTS, COURSES, DOSES, HOLDS, EVENTS, RESULTS, BASELINES)


def column_name(header_cell: str) -> str:
    """A header cell as a column name: any case, spaces or hyphens for underscores, invisible characters dropped."""
    return "_".join(clean_text(header_cell).casefold().replace("-", " ").replace("_", " ").split())


def recognize(names: Sequence[str]) -> Layout | None:
    """The layout of a header: of those whose required columns all stand in it, the one that leaves the fewest columns over.

    None when none fits, or when two fit equally.
    """
    present = set(names)
    fits = [layout for layout in LAYOUTS if present.issuperset(layout.required)]
    if not fits:
        return None
    left_over = [len(present.difference(layout.columns)) for layout in fits]
    best = min(left_over)
    if left_over.count(best) > 1:
        return None
    return fits[left_over.index(best)]


def nearest(names: Sequence[str]) -> tuple[Layout, tuple[str, ...]]:
    """The layout that a header comes closest to, and the required columns that it lacks."""
    present = set(names)
    found = max(LAYOUTS, key=lambda each: len(present.intersection(each.required)) / len(each.required))
    return found, tuple(name for name in found.required if name not in present)
