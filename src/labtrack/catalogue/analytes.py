"""Analytes, the names and codes that mean them, and their units: from ``analytes.toml`` and ``units.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from labtrack.catalogue.lookup import NameIndex, fold_name
from labtrack.catalogue.model import Analyte, Identity, NotName, Source, UnitRow
from labtrack.catalogue.rows import Row
from labtrack.catalogue.units import UnitTable, factor_of
from labtrack.core.record import Sex

FILE = "analytes.toml"
UNITS_FILE = "units.toml"
_LARGEST_NUMBER = 63
_LOINC_CODE = re.compile(r"[0-9]{1,7}-[0-9]")


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """Codes and names that mean one variant of an analyte."""

    variant: str
    loinc: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AnalyteEntry:
    """One table of ``analytes.toml``: the analyte and what the indexes need beside it."""

    analyte: Analyte
    unit_groups: tuple[str, ...]
    variants: tuple[Variant, ...]
    bare_names: tuple[str, ...]
    count: str
    row: Row


def analyte_entries(table: Mapping[str, object], sources: Mapping[str, Source]) -> tuple[AnalyteEntry, ...]:
    """The analytes in order of the file.

    Raises:
        CatalogueError: a row is wrong, or two rows share a number.
    """
    entries = tuple(_entry(Row(FILE, key, fields), sources) for key, fields in table.items())
    numbers: dict[int, str] = {}
    for entry in entries:
        number = entry.analyte.number
        if not 1 <= number <= _LARGEST_NUMBER:
            raise entry.row.wrong(f"number {number} is not within 1 to {_LARGEST_NUMBER}")
        if number in numbers:
            raise entry.row.wrong(f"number {number} is also that of {numbers[number]}")
        numbers[number] = entry.analyte.key
    return entries


def _entry(row: Row, sources: Mapping[str, Source]) -> AnalyteEntry:
    cvi = row.number("cvi", None)
    unit = row.text("unit")
    si = row.table("si") if row.kind_of("si") else None
    analyte = Analyte(
        key=row.name,
        number=row.integer("number"),
        name=row.text("name"),
        short=row.text("short"),
        plain_name=row.text("plain_name"),
        unit=unit,
        display_unit=row.text("shown"),
        panel=row.text("panel"),
        loinc=row.texts("loinc"),
        names=row.texts("names"),
        ranges=_ranges(row),
        soft=row.bounds("soft"),
        hard=row.bounds("hard"),
        cvi=cvi,
        si_unit=si.text("unit") if si else unit,
        si_factor=_factor(si) if si else 1.0,
        methods=MappingProxyType(row.text_map("methods")),
        not_names=tuple(NotName(each.texts("names"), each.text("why")) for each in row.tables("not")),
        source=row.one_of("source", sources),
        range_source=row.one_of("range_source", sources),
        bounds_source=row.one_of("bounds_source", sources),
        cvi_source="" if cvi is None else row.one_of("cvi_source", sources),
    )
    if not (analyte.hard[0] <= analyte.soft[0] and analyte.soft[1] <= analyte.hard[1]):
        raise row.wrong("soft bounds are not within the hard ones")
    variants = tuple(_variant(each, analyte) for each in row.tables("variants"))
    bare = row.table("bare_names") if row.kind_of("bare_names") else None
    groups = row.texts("units")
    row.done()
    return AnalyteEntry(analyte, groups, variants, bare.texts("names") if bare else (), bare.text("count") if bare else "", row)


def _ranges(row: Row) -> Mapping[Sex, tuple[float | None, float | None]]:
    if row.kind_of("range") is not dict:
        both = row.pair("range")
        return MappingProxyType(dict.fromkeys(Sex, both))
    by_sex = row.table("range")
    male, female = by_sex.pair("M"), by_sex.pair("F")
    by_sex.done()
    shared = tuple(end if end == other else None for end, other in zip(male, female, strict=True))
    return MappingProxyType({Sex.MALE: male, Sex.FEMALE: female, Sex.UNKNOWN: (shared[0], shared[1])})


def _variant(row: Row, analyte: Analyte) -> Variant:
    variant = Variant(row.text("variant"), row.all_of("loinc", analyte.loinc), row.all_of("names", analyte.names))
    row.done()
    return variant


def _factor(row: Row) -> float:
    text = row.text("factor")
    try:
        return factor_of(text)
    except ValueError as error:
        raise row.wrong(f"factor {error}") from error


def name_index(entries: Sequence[AnalyteEntry], never: Row, sources: Mapping[str, Source]) -> NameIndex:
    """Folded names and codes of all analytes, and the reasons for those that are never taken.

    Raises:
        CatalogueError: a name or a code means two analytes, or is both accepted and refused.
    """
    names: dict[str, Identity] = {}
    codes: dict[str, Identity] = {}
    for entry in entries:
        _add_names(entry, names, codes)
    shares: dict[str, Identity] = {}
    for entry in entries:
        for name in map(fold_name, entry.bare_names):
            if name not in names or names[name].analyte.key != entry.count:
                raise entry.row.wrong(f"bare name {name!r} is not a name of {entry.count!r}")
            shares[name] = Identity(entry.analyte)
    reasons = never.text_map("codes")
    never.one_of("source", sources)
    never.done()
    for code in reasons:
        if code in codes or not _LOINC_CODE.fullmatch(code):
            raise never.wrong(f"{code} is no LOINC code, or also an accepted one")
    for entry in entries:
        for refused in entry.analyte.not_names:
            for name in map(fold_name, refused.names):
                if name in names:
                    raise entry.row.wrong(f"{name!r} is also an accepted name, of {names[name].analyte.key}")
                reasons.setdefault(name, refused.why)
    return NameIndex(MappingProxyType(names), MappingProxyType(codes), MappingProxyType(shares), MappingProxyType(reasons))


def _add_names(entry: AnalyteEntry, names: dict[str, Identity], codes: dict[str, Identity]) -> None:
    analyte = entry.analyte
    variant_of = {each: variant.variant for variant in entry.variants for each in (*variant.loinc, *variant.names)}
    for code in analyte.loinc:
        if code in codes or not _LOINC_CODE.fullmatch(code):
            raise entry.row.wrong(f"{code} is no LOINC code, or is listed twice")
        codes[code] = Identity(analyte, variant_of.get(code, ""), code)
    for code in analyte.methods:
        if code not in analyte.loinc:
            raise entry.row.wrong(f"methods has {code}, which is not one of its codes")
    for name in dict.fromkeys((analyte.key, analyte.short, analyte.name, *analyte.names)):
        identity = Identity(analyte, variant_of.get(name, ""))
        if names.setdefault(fold_name(name), identity) != identity:
            raise entry.row.wrong(f"name {name!r} also means {names[fold_name(name)].analyte.key}")


def unit_tables(table: Mapping[str, object], entries: Iterable[AnalyteEntry], sources: Mapping[str, Source]) -> Mapping[str, UnitTable]:
    """The closed table of units of each analyte, by key.

    Raises:
        CatalogueError: a unit is wrong, or an analyte has none or lacks its canonical unit.
    """
    groups = {group: _unit_group(group, rows, sources) for group, rows in table.items()}
    units: dict[str, UnitTable] = {}
    built: dict[tuple[str, ...], UnitTable] = {}
    for entry in entries:
        unknown = [group for group in entry.unit_groups if group not in groups]
        if unknown or not entry.unit_groups:
            raise entry.row.wrong(f"units {', '.join(unknown) or 'none'} is not in {UNITS_FILE}")
        found = built.get(entry.unit_groups)
        if found is None:
            try:
                found = built[entry.unit_groups] = UnitTable([row for group in entry.unit_groups for row in groups[group]])
            except ValueError as error:
                raise entry.row.wrong(str(error)) from error
        canonical = found.find(entry.analyte.unit, "", "")
        if canonical is None or canonical.factor != 1:
            raise entry.row.wrong(f"unit {entry.analyte.unit!r} is not in {UNITS_FILE} with factor 1")
        units[entry.analyte.key] = found
    return MappingProxyType(units)


def _unit_group(group: str, fields: object, sources: Mapping[str, Source]) -> list[UnitRow]:
    rows = []
    for row in Row(UNITS_FILE, group, {"unit": fields}).tables("unit"):
        rows.append(
            UnitRow(
                unit=row.text("unit"),
                factor=_factor(row),
                also=row.texts("also"),
                source=row.one_of("source", sources),
                variant=row.text("variant") if row.kind_of("variant") else None,
                coded=row.flag("coded"),
                refuse=row.flag("refuse"),
                otherwise=row.text("otherwise", ""),
                mark=row.text("mark", ""),
            )
        )
        row.done()
    return rows
