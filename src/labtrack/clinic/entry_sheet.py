"""What the form for new results starts from: which analytes in which order, in which units, and what was last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from labtrack.catalogue import Analyte, Catalogue, Identity
from labtrack.catalogue.lookup import fold_name
from labtrack.clinic.unit_texts import unit_text
from labtrack.core.quantity import format_rounded
from labtrack.core.record import CollectedAt, Patient, Result
from labtrack.store import Reader, StoredPatient

#: The order of the panels on the form and, of each, the analytes that are always asked for: what the rules and the schedule rest on, in
#: the order of a usual report. The others of a panel follow when they are asked for.
ORDER = {
    "cbc": ("hb", "wbc", "anc", "alc", "plt"),
    "liver": ("alt", "ast"),
    "lipid": ("ldl", "hdl", "tg"),
    "renal": ("creatinine",),
    "inflammation": ("crp",),
}
#: Analytes of no panel of the schedule, by the panel of the form that shows them; the rest are under the last.
_HOME = {"crp": "inflammation"}
OTHER = "other"
_NAMES = {"inflammation": "Inflammation", OTHER: "Other"}
_FEWEST_LETTERS = 2
#: A variant's name up to so long is an abbreviation.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One analyte of the form.

    ``name`` is what it is recorded under: the analyte's key, or the code or variant that was asked for. ``unit`` is the one last used for
    this patient, else the conventional one; ``units`` are all known ones, that one first. ``last`` is the last usable value before, as
    reported. ``ref_low`` and ``ref_high`` are the limits that the laboratory printed last in that unit, which hold for the new value too;
    ``range`` says them, or else the catalogue's (``is_catalogue_range``). ``is_first`` analytes are always asked for.
    """

    analyte: str
    name: str
    short: str
    full: str
    panel: str
    unit: str
    units: tuple[str, ...]
    is_first: bool
    last: Result | None = None
    ref_low: str = ""
    ref_high: str = ""
    range: str = ""
    is_catalogue_range: bool = True


@dataclass(frozen=True, slots=True)
class EntryPanel:
    """Analytes that stand together on the form."""

    key: str
    name: str
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class EntrySheet:
    """Everything that the form for one patient starts from. ``lab`` is the laboratory of the last results."""

    patient: Patient
    lab: str
    panels: tuple[EntryPanel, ...]
    sheets: Sheets = field(repr=False, compare=False)

    @property
    def lines(self) -> tuple[EntryLine, ...]:
        """Every line, in order."""
        return tuple(line for panel in self.panels for line in panel.lines)

    def find(self, text: str) -> EntryLine | str:
        """The line of an analyte by its key, a name of any laboratory, a code, or the beginning of a name; else why there is none."""
        return self.sheets.find(self, text)

    def in_unit(self, line: EntryLine, unit: str, lab: str) -> EntryLine:
        """A line with a unit and the range that holds for it at a laboratory."""
        return self.sheets.in_unit(line, unit, lab)


def entry_sheet(catalogue: Catalogue, reader: Reader, stored: StoredPatient, at: CollectedAt | None = None) -> EntrySheet:
    """The form's start for one patient and, if given, a time of collection: what was last is what was before it."""
    sheets = Sheets(catalogue, stored.patient, reader.results(stored.id), at)
    order = list(ORDER) + [key for key in catalogue.panels if key not in ORDER] + [OTHER]
    panels = [EntryPanel(key, sheets.panel_name(key), tuple(sheets.lines(key))) for key in order]
    return EntrySheet(stored.patient, sheets.lab, tuple(each for each in panels if each.lines), sheets)


class Sheets:
    """Makes the lines of one patient's form."""

    def __init__(self, catalogue: Catalogue, patient: Patient, results: Sequence[Result], at: CollectedAt | None) -> None:
        self.catalogue = catalogue
        self.patient = patient
        standing = [each for each in results if not each.superseded and each.status.is_reported]
        standing.sort(key=lambda each: (each.collected_at.ordering, each.result_id))
        self.lab = next((each.lab for each in reversed(standing) if each.lab), "")
        self.by_analyte: dict[str, list[Result]] = {}
        for each in standing:
            if each.value is not None and (at is None or each.collected_at.ordering < at.ordering):
                self.by_analyte.setdefault(each.analyte, []).append(each)

    def panel_name(self, key: str) -> str:
        """What stands above a panel."""
        return _NAMES.get(key) or self.catalogue.panels[key].name

    def home(self, analyte: Analyte) -> str:
        """The panel of the form that shows an analyte."""
        return analyte.panel or _HOME.get(analyte.key, OTHER)

    def lines(self, panel: str) -> Iterable[EntryLine]:
        """A panel's lines: those always asked for, then the others; of a variant where that was reported last (``bun``)."""
        first = ORDER.get(panel, ())
        rest = [each.key for each in self.catalogue.analytes.values() if self.home(each) == panel and each.key not in first]
        for key in (*first, *rest):
            last = self.by_analyte.get(key, [])[-1:]
            yield self.line(Identity(self.catalogue.analytes[key], self.variant(last[0]) if last else ""))

    def variant(self, result: Result) -> str:
        """The variant of an analyte that a result is of."""
        if result.code:
            coded = self.catalogue.identify(result.code, result.unit)
            return coded.variant if coded is not None else ""
        named = self.catalogue.identify(Identity(self.catalogue.analytes[result.analyte], result.method).import_name)
        return named.variant if named is not None else ""

    def line(self, identity: Identity) -> EntryLine:
        """The line of an analyte, or of a variant or code of it."""
        analyte = identity.analyte
        results = self.alike(identity)
        own = [each.unit for each in results if self.catalogue.factor(identity, each.unit) is not None]
        rows = self.catalogue.units[analyte.key].rows
        known = [row.unit for row in rows if row.fits(identity.variant, identity.code) and not row.refuse]
        unit = own[-1] if own else known[0]
        # A spelling of a unit that the catalogue offers under another is offered once.
        others = [each for each in known if unit_text(each) != unit_text(unit)]
        variant = identity.variant.upper() if len(identity.variant) <= _SHORT else identity.variant
        line = EntryLine(
            analyte.key,
            identity.import_name,
            f"{analyte.short} ({variant})" if variant else analyte.short,
            f"{analyte.name} ({variant})" if variant else analyte.name,
            self.home(analyte),
            unit,
            (unit, *dict.fromkeys(others)),
            analyte.key in ORDER.get(self.home(analyte), ()),
            results[-1] if results else None,
        )
        return self.in_unit(line, unit, self.lab)

    def alike(self, identity: Identity) -> list[Result]:
        """The results of an analyte that are of the same variant."""
        return [each for each in self.by_analyte.get(identity.analyte.key, ()) if self.variant(each) == identity.variant]

    def in_unit(self, line: EntryLine, unit: str, lab: str) -> EntryLine:
        """A line in a unit, with the limits that the laboratory printed last in it, else the catalogue's."""
        identity = self.catalogue.identify(line.name, unit) or Identity(self.catalogue.analytes[line.analyte])
        printed = [
            each
            for each in self.alike(identity)
            if each.lab == lab and unit_text(each.unit) == unit_text(unit) and (each.ref_low or each.ref_high)
        ]
        if printed:
            low, high = printed[-1].ref_low, printed[-1].ref_high
            return replace(line, unit=unit, range=range_text(low, high), is_catalogue_range=False, ref_low=low, ref_high=high)
        factor = self.catalogue.factor(identity, unit)
        ends = ("", "")
        if factor is not None:
            low_end, high_end = identity.analyte.ranges[self.patient.sex]
            ends = (_limit(low_end, factor), _limit(high_end, factor))
        return replace(line, unit=unit, range=range_text(*ends), is_catalogue_range=True, ref_low="", ref_high="")

    def find(self, sheet: EntrySheet, text: str) -> EntryLine | str:
        """A line by any name."""
        wanted = text.strip()
        if not wanted:
            return "type a name, such as CRP, or a LOINC code"
        identity = self.catalogue.identify(wanted)
        if identity is None:
            folded = fold_name(wanted)
            begun = [each for name, each in self.catalogue.index.names.items() if name.startswith(folded)]
            short = {each.analyte.short: each for each in begun if not each.variant}
            if len(folded) < _FEWEST_LETTERS or not short:
                return self.catalogue.why_not(wanted)
            if len(short) > 1:
                return f"could be {', '.join(sorted(short)[:6])}"
            (identity,) = short.values()
        for line in sheet.lines:
            known = self.catalogue.identify(line.name)
            if known is not None and (known.analyte, known.variant) == (identity.analyte, identity.variant):
                return line
        return self.line(identity)


def _limit(end: float | None, factor: float) -> str:
    """A limit of the catalogue in another unit."""
    return "" if end is None else format_rounded(end / factor)


def range_text(low: str, high: str) -> str:
    """Reference limits as one text: ``12.0–15.5``, ``≤ 5``, ``≥ 60``; empty without any."""
    if low and high:
        return f"{low}–{high}"
    return f"≥ {low}" if low else f"≤ {high.removeprefix('<').strip()}" if high else ""
