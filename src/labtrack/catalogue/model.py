"""What the catalogue holds, as frozen values: analytes, units, panels, drugs, protocols, events and their sources.

Each carries the id of the source that its row cites (``sources.toml``); the numbers themselves stand in the TOML tables.
Times are in days, doses in mg a day; a value of an analyte is in the analyte's canonical unit. Rows are compared by identity
(there is one of each), which also halves the time that this module takes to import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval
from labtrack.core.record import Sex


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where a row comes from. ``mark``: L label, G guideline, 2 secondary copy, A article, H house policy, u unverified."""

    id: str
    text: str
    mark: str
    checked_on: date


@dataclass(frozen=True, slots=True, eq=False)
class NotName:
    """Names that look like an analyte's but are something else, and why."""

    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Analyte:
    """One thing a laboratory measures.

    ``ranges`` are the fallback reference limits (low, high) by sex, ``None`` for an open end or, under ``Sex.UNKNOWN``, where
    they differ by sex. ``soft`` and ``hard`` are plausibility bounds, inclusive. ``cvi`` is the within-subject variation in
    percent. ``si_factor`` multiplies a canonical value into ``si_unit``. ``number`` is permanent and stored with results.
    """

    key: str
    number: int
    name: str
    short: str
    plain_name: str
    unit: str
    display_unit: str
    panel: str
    loinc: tuple[str, ...]
    names: tuple[str, ...]
    ranges: Mapping[Sex, tuple[float | None, float | None]]
    soft: tuple[float, float]
    hard: tuple[float, float]
    cvi: float | None
    si_unit: str
    si_factor: float
    methods: Mapping[str, str]
    not_names: tuple[NotName, ...]
    source: str
    range_source: str
    bounds_source: str
    cvi_source: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What a report measures: the analyte, a variant of it (``bun``, ``monomer``) and the LOINC code if it was named by one."""

    analyte: Analyte
    variant: str = ""
    code: str = ""

    @property
    def import_name(self) -> str:
        """The name under which an export reads back as the same identity: code, else variant, else key."""
        if self.code:
            return self.code
        return _VARIANT_NAMES.get(self.variant, self.analyte.key)

    @property
    def method(self) -> str:
        """How the laboratory measured or calculated it, where its code says so (``direct``, ``MDRD``); else empty."""
        return self.analyte.methods.get(self.code, "")


_VARIANT_NAMES = {"bun": "bun", "monomer": "hb monomer"}


@dataclass(frozen=True, slots=True, eq=False)
class UnitRow:
    """One row of the closed table of units: ``number in unit × factor = canonical value``.

    ``variant`` limits it to that variant of the analyte (``None``: any), ``coded`` to reports named by LOINC code;
    ``otherwise`` says why it is not taken then, and ``refuse`` that such a report is refused. ``mark`` goes to the result's method.
    """

    unit: str
    factor: float
    also: tuple[str, ...]
    source: str
    variant: str | None = None
    coded: bool = False
    refuse: bool = False
    otherwise: str = ""
    mark: str = ""

    def fits(self, variant: str, code: str) -> bool:
        """Whether the row holds for a report of this variant and code."""
        return (self.variant is None or self.variant == variant) and (bool(code) or not self.coded)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Analytes checked together: complete when every ``required`` one is there. ``staleness`` is a group of :class:`Staleness`."""

    key: str
    name: str
    plain_name: str
    required: tuple[str, ...]
    expected: tuple[str, ...]
    staleness: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class LabelStatement:
    """What a region's label says on a topic, in labtrack's words.

    ``phase`` is ``before`` the start or ``on`` treatment; ``below`` the value (canonical unit) that it turns on, if any;
    ``differs`` says how the article or the other region's label differs.
    """

    topic: str
    phase: str
    region: Region
    text: str
    source: str
    below: float | None = None
    differs: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Resume:
    """When a hold for an analyte may end: above ``limit`` (canonical unit), at it too if ``inclusive``; or, with ``limit`` None,
    once the value is back within the reference limits."""

    analyte: str
    region: Region
    limit: float | None
    inclusive: bool
    source: str

    @property
    def to_normal(self) -> bool:
        """Whether the label asks for a normal value instead of naming one."""
        return self.limit is None


@dataclass(frozen=True, slots=True, eq=False)
class RenalBand:
    """The labelled daily dose in mg for a band of kidney function; 0 is *not recommended*.

    ``by`` is ``egfr`` (mL/min/1.73 m²) or ``cockcroft-gault`` (mL/min).
    """

    by: str
    band: Interval
    daily_mg: float
    region: Region
    source: str

    @property
    def recommended(self) -> bool:
        """Whether the label recommends the drug in this band at all."""
        return self.daily_mg > 0


@dataclass(frozen=True, slots=True, eq=False)
class Drug:
    """A JAK inhibitor and its labels. ``number`` is permanent."""

    key: str
    number: int
    name: str
    names: tuple[str, ...]
    labels: tuple[LabelStatement, ...]
    resume: tuple[Resume, ...]
    renal: tuple[RenalBand, ...]
    max_daily_mg: Mapping[Region, float]
    sources: Mapping[Region, str]

    def label(self, region: Region, phase: str, topic: str) -> LabelStatement | None:
        """The statement on a topic, or None where the label says nothing."""
        for statement in self.labels:
            if statement.topic == topic and statement.phase == phase and statement.region == region:
                return statement
        return None

    def resume_for(self, region: Region, analyte: str) -> Resume | None:
        """The condition for ending a hold for an analyte, or None where the label names none."""
        for condition in self.resume:
            if condition.analyte == analyte and condition.region == region:
                return condition
        return None

    def renal_for(self, region: Region) -> tuple[RenalBand, ...]:
        """The region's bands of kidney function."""
        return tuple(band for band in self.renal if band.region == region)


@dataclass(frozen=True, slots=True)
class Due:
    """A due date counted from an anchor, and the window either side of it, in days."""

    days: int
    window: int


@dataclass(frozen=True, slots=True, eq=False)
class DoseChange:
    """The check after a dose increase or a resumption on day s: due s + days, unless complete on or after s + days - credit."""

    days: int
    window: int
    credit: int
    panels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Staleness:
    """The greatest age in days at which a *not met* can rest on a result."""

    on_treatment: int
    before: int
    lipids: int


@dataclass(frozen=True, slots=True, eq=False)
class Protocols:
    """The monitoring schedule in days (clinical reference, section 4). ``drug_milestones`` replace those of a panel for a drug."""

    panel_milestones: Mapping[str, tuple[Due, ...]]
    drug_milestones: Mapping[tuple[str, str], tuple[Due, ...]]
    repeats: Mapping[str, Due]
    after_dose_change: DoseChange
    baseline_window: int
    baseline_reach: int
    completion_span: int
    recheck_window: int
    response_review: Due
    screening: Due
    sources: Mapping[str, str]

    def milestones(self, panel: str, drug: str = "") -> tuple[Due, ...]:
        """The first checks of a panel after the start, in order."""
        return self.drug_milestones.get((drug, panel), self.panel_milestones[panel])

    def repeat(self, panel: str) -> Due:
        """The check that follows the last complete panel once the milestones are past."""
        return self.repeats[panel]


@dataclass(frozen=True, slots=True, eq=False)
class Traps:
    """Numbers of the questions asked about entered values (clinical reference, section 6); shares, not percent.

    ``unit_ratios`` are the ratios of new to last value, either way, that suggest another unit, to within ``unit_tolerance``;
    the others are the tolerances of the comparisons of :mod:`labtrack.catalogue.traps`.
    """

    unit_ratios: tuple[float, ...]
    unit_tolerance: float
    parts_of_wbc: float
    hematocrit_per_hemoglobin: float
    hemoglobin_tolerance: float
    cholesterol_tolerance: float
    egfr_tolerance: float
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class EventKind:
    """One kind of the closed list. ``item`` is the screening item that it settles, ``declined`` with a note saying why."""

    key: str
    name: str
    plain_name: str
    group: str
    lasting: bool
    source: str
    item: str = ""
    declined: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ScreeningItem:
    """Something to settle before the start. ``sex`` and ``under_age`` (completed years) limit whom it applies to."""

    key: str
    name: str
    plain_name: str
    source: str
    sex: Sex | None = None
    under_age: int | None = None

    def applies(self, sex: Sex, age: int | None) -> bool | None:
        """Whether it applies to a person; None where sex or age is not known and decides."""
        answers = (
            None if self.sex is not None and sex is Sex.UNKNOWN else self.sex is None or sex is self.sex,
            None if self.under_age is not None and age is None else self.under_age is None or (age is not None and age < self.under_age),
        )
        if False in answers:
            return False
        return None if None in answers else True
