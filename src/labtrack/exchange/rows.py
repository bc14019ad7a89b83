"""Rows of the small layouts to core values, one parser each; a row that cannot be taken becomes a refusal.

Results have a parser of their own, by columns (:mod:`labtrack.exchange.results`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import clean_text
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Sex
from labtrack.exchange.cells import mrn_of, mrn_refusal, number_of, tidy
from labtrack.exchange.dates import parse_collected, parse_day
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.sheet import Chunk, Sheet

#: Typing checks, not clinical limits: no dose of these drugs and no adult is near them.
HIGHEST_DOSE_MG = 1000.0
HIGHEST_WEIGHT_KG = 700.0
_SEXES = {"": Sex.UNKNOWN, "f": Sex.FEMALE, "m": Sex.MALE}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class DoseOf:
    """A dose step and the drug whose course it belongs to."""

    drug: str
    step: DoseStep


@dataclass(frozen=True, slots=True)
class HoldOf:
    """A hold and the drug whose course it belongs to."""

    drug: str
    hold: Hold


@dataclass(frozen=True, slots=True)
class BaselineOf:
    """A baseline that a clinician pinned: the reading of ``analyte`` at ``collected_at`` serves for the course."""

    drug: str
    start_on: date
    analyte: str
    collected_at: CollectedAt
    reason: str


@dataclass(frozen=True, slots=True)
class Row(Generic[Value]):
    """One row that was read: where it stands, whose it is, what it says."""

    file: str
    line: int
    mrn: str
    value: Value

    def refusal(self, column: str, text: str, reason: str) -> Refusal:
        """The row refused after all, by the record."""
        return Refusal(self.file, self.line, column, shown(text), reason)

    def notice(self, column: str, text: str, reason: str) -> Notice:
        """The row taken with a warning."""
        return Notice(self.file, self.line, column, shown(text), reason)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Value]):
    """What became of a chunk's rows, each in exactly one of ``rows`` and ``refusals``."""

    rows: list[Row[Value]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Terms:
    """What rows are read against. ``today`` is the machine's date; ``rule_ids`` are accepted as reasons of holds."""

    catalogue: Catalogue
    today: date
    rule_ids: Collection[str] = ()


class Line:
    """One row being read. The first thing that cannot be taken is kept in ``refusal``; readers then answer with stand-ins."""

    def __init__(self, sheet: Sheet, line: int, cells: dict[str, str], terms: Terms) -> None:
        self.sheet, self.line, self.cells, self.terms = sheet, line, cells, terms
        self.refusal: Refusal | None = None
        self.notices: list[Notice] = []

    def refuse(self, column: str, reason: str) -> None:
        """Refuse the row, unless it already is."""
        if self.refusal is None:
            self.refusal = Refusal(self.sheet.file, self.line, column, shown(self.cells.get(column, "")), reason)

    def warn(self, column: str, reason: str) -> None:
        """Take the row with a warning."""
        self.notices.append(Notice(self.sheet.file, self.line, column, shown(self.cells.get(column, "")), reason))

    def mrn(self) -> str:
        """The patient's number."""
        mrn = mrn_of(self.cells["mrn"])
        if reason := mrn_refusal(mrn):
            self.refuse("mrn", reason)
        return mrn

    def text(self, column: str) -> str:
        """A cell's text; empty where the file lacks the column."""
        return tidy(self.cells.get(column, ""))

    def day(self, column: str, *, future: bool = True) -> date:
        """A date that must be there."""
        day = parse_day(self.text(column))
        if isinstance(day, str):
            self.refuse(column, day)
            return self.terms.today
        if not future and day > self.terms.today:
            self.refuse(column, f"after today ({self.terms.today})")
        return day

    def day_or_none(self, column: str, *, not_before: date | None = None, future: bool = True) -> date | None:
        """A date that may be absent, and is not before ``not_before``."""
        if not self.text(column):
            return None
        day = self.day(column, future=future)
        if not_before is not None and day < not_before:
            self.refuse(column, f"before the start ({not_before})")
        return day

    def collected(self, column: str = "collected_at") -> CollectedAt:
        """A collection time, not after today."""
        collected = parse_collected(self.text(column))
        if isinstance(collected, str):
            self.refuse(column, collected)
            return CollectedAt(self.terms.today)
        if collected.on > self.terms.today:
            self.refuse(column, f"after today ({self.terms.today})")
        return collected

    def number(self, column: str, highest: float, unit: str) -> float:
        """A number above 0 and at most ``highest``."""
        text = self.text(column)
        number = number_of(text, self.sheet.decimal)
        if number is None:
            self.refuse(column, f"not a number of {unit}" if text else f"{column} is empty")
            return 1.0
        if not 0 < number <= highest:
            self.refuse(column, f"must be above 0 and at most {highest:g} {unit}")
        return number

    def drug(self) -> str:
        """The catalogue's key of the drug."""
        drug = self.terms.catalogue.drug(self.text("drug"))
        if drug is None:
            self.refuse("drug", f"unknown drug; known: {', '.join(self.terms.catalogue.drugs)}")
            return ""
        return drug.key

    def frequency(self) -> str:
        """The frequency as written; a warning where doses a day are not known from it."""
        frequency = self.text("frequency")
        if self.terms.catalogue.doses_per_day(frequency) is None:
            known = ", ".join(self.terms.catalogue.frequencies)
            self.warn("frequency", f"doses a day not known, dose rules cannot be evaluated; known: {known}")
        return frequency


def patient(line: Line) -> Patient:
    """A row of ``patients``."""
    sex = _SEXES.get(line.text("sex").casefold())
    if sex is None:
        line.refuse("sex", "must be F, M or empty")
    return Patient(
        line.mrn(),
        line.text("name"),
        line.day_or_none("birth_date", future=False),
        sex or Sex.UNKNOWN,
        line.number("weight_kg", HIGHEST_WEIGHT_KG, "kg") if line.text("weight_kg") else None,
        line.text("phone"),
        line.text("email"),
    )


def course(line: Line) -> Course:
    """A row of ``courses``; it may start or stop in the future."""
    start_on = line.day("start_on")
    return Course(
        line.drug(),
        line.number("dose_mg", HIGHEST_DOSE_MG, "mg"),
        line.frequency(),
        start_on,
        line.day_or_none("stop_on", not_before=start_on),
        line.text("reason"),
    )


def dose(line: Line) -> DoseOf:
    """A row of ``doses``; it may lie in the future."""
    step = DoseStep(line.day("on"), line.number("dose_mg", HIGHEST_DOSE_MG, "mg"), line.frequency(), line.text("reason"))
    return DoseOf(line.drug(), step)


def hold(line: Line) -> HoldOf:
    """A row of ``holds``. Holds take effect on their date, so one may lie in the future."""
    start_on = line.day("start_on")
    reason = line.text("reason")
    folded = clean_text(reason).casefold()
    if folded in line.terms.catalogue.event_kinds or folded in line.terms.rule_ids:
        reason = folded
    elif folded.startswith("other:") and folded.removeprefix("other:").strip():
        reason = f"other: {reason.partition(':')[2].strip()}"
    else:
        line.refuse("reason", "must be a rule id, an event kind, or 'other: ' and a text")
    return HoldOf(line.drug(), Hold(start_on, reason, line.day_or_none("end_on", not_before=start_on)))


def event(line: Line) -> Event:
    """A row of ``events``; the kind is of the closed list, and a declined item says why."""
    kind = clean_text(line.text("kind")).casefold()
    known = line.terms.catalogue.event_kinds.get(kind)
    note = line.text("note")
    if known is None:
        line.refuse("kind", f"unknown kind; known: {', '.join(line.terms.catalogue.event_kinds)}")
    elif known.declined and not note:
        line.refuse("note", "a declined item needs a note that says why")
    on = line.day("on", future=False)
    return Event(kind, on, line.day_or_none("ended_on", not_before=on, future=False), note)


def baseline(line: Line) -> BaselineOf:
    """A row of ``baselines``."""
    name = line.text("analyte")
    identity = line.terms.catalogue.identify(name)
    if identity is None:
        line.refuse("analyte", line.terms.catalogue.why_not(name))
    if not line.text("reason"):
        line.refuse("reason", "a pinned baseline needs a reason")
    key = identity.analyte.key if identity else ""
    return BaselineOf(line.drug(), line.day("start_on"), key, line.collected(), line.text("reason"))


def parse_rows(sheet: Sheet, chunk: Chunk, terms: Terms, reader: Callable[[Line], Value]) -> Parsed[Value]:
    """A chunk's rows through one of this module's readers (:func:`patient`, :func:`course`, …); its own refusals are passed on."""
    parsed: Parsed[Value] = Parsed(refusals=list(chunk.refusals))
    names = list(chunk.columns)
    for number, *cells in zip(chunk.lines, *chunk.columns.values(), strict=True):
        line = Line(sheet, number, dict(zip(names, cells, strict=True)), terms)
        mrn = line.mrn()
        value = reader(line)
        if line.refusal is not None:
            parsed.refusals.append(line.refusal)
        else:
            parsed.rows.append(Row(sheet.file, number, mrn, value))
            parsed.notices.extend(line.notices)
    return parsed
