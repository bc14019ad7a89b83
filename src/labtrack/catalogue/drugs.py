"""Drugs and what their labels say, by region: from ``drugs.toml``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from labtrack.catalogue.model import Analyte, Drug, LabelStatement, RenalBand, Resume, Source
from labtrack.catalogue.rows import Row
from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval

FILE = "drugs.toml"
_PHASES = ("before", "on")
_MEASURES = ("egfr", "cockcroft-gault")
_BAND = re.compile(r"([\[(])([0-9.]+), ([0-9.]+|inf)([\])])")


def drugs_of(table: dict[str, object], analytes: Mapping[str, Analyte], sources: Mapping[str, Source]) -> Mapping[str, Drug]:
    """The drugs in order of the file; statements of its table ``all`` are given to each.

    Raises:
        CatalogueError: a row is wrong, or two drugs share a number.
    """
    common_row = Row(FILE, "all", table.pop("all", {}))
    common = tuple(_statements(common_row, sources))
    common_row.done()
    drugs: dict[str, Drug] = {}
    for key, fields in table.items():
        row = Row(FILE, key, fields)
        drug = _drug(row, common, analytes, sources)
        if drug.number in {other.number for other in drugs.values()}:
            raise row.wrong(f"number {drug.number} is also another drug's")
        drugs[key] = drug
    return MappingProxyType(drugs)


def _drug(row: Row, common: tuple[LabelStatement, ...], analytes: Mapping[str, Analyte], sources: Mapping[str, Source]) -> Drug:
    drug = Drug(
        key=row.name,
        number=row.integer("number"),
        name=row.text("name"),
        names=row.texts("names"),
        labels=(*_statements(row, sources), *common),
        resume=tuple(_resumes(row, analytes, sources)),
        renal=tuple(_bands(row, sources)),
        max_daily_mg=_doses(row),
        sources=MappingProxyType(_sources(row, sources)),
    )
    row.done()
    said = [(each.topic, each.phase, each.region) for each in drug.labels]
    if len(set(said)) != len(said):
        raise row.wrong("label has two statements on one topic of one phase and region")
    return drug


def _sources(row: Row, sources: Mapping[str, Source]) -> dict[Region, str]:
    """The source by region of a row that says it for each region that it holds for."""
    cited = row.table("source")
    by_region = {region: cited.one_of(region, sources) for region in Region if cited.kind_of(region)}
    cited.done()
    if not by_region:
        raise row.wrong("source names no region")
    return by_region


def _doses(row: Row) -> Mapping[Region, float]:
    if not row.kind_of("max_daily_mg"):
        return MappingProxyType({})
    doses = row.table("max_daily_mg")
    by_region = {region: doses.number(region) for region in Region if doses.kind_of(region)}
    doses.done()
    return MappingProxyType(by_region)


def _statements(drug: Row, sources: Mapping[str, Source]) -> Iterator[LabelStatement]:
    for row in drug.tables("label"):
        topic, phase, text = row.text("topic"), row.one_of("phase", _PHASES), row.text("text")
        below, differs = row.number("below", None), row.text("differs", "")
        for region, source in _sources(row, sources).items():
            yield LabelStatement(topic, phase, region, text, source, below, differs)
        row.done()


def _resumes(drug: Row, analytes: Mapping[str, Analyte], sources: Mapping[str, Source]) -> Iterator[Resume]:
    for row in drug.tables("resume"):
        analyte, normal, inclusive = row.one_of("analyte", analytes), row.flag("normal"), row.flag("inclusive")
        limit = row.number("limit", None)
        if normal is (limit is not None):
            raise row.wrong("it needs either a limit or normal = true")
        for region, source in _sources(row, sources).items():
            yield Resume(analyte, region, limit, inclusive, source)
        row.done()


def _bands(drug: Row, sources: Mapping[str, Source]) -> Iterator[RenalBand]:
    for row in drug.tables("renal"):
        by, daily_mg, text = row.one_of("by", _MEASURES), row.number("daily_mg"), row.text("band")
        band = _BAND.fullmatch(text)
        if band is None:
            raise row.wrong(f'band {text!r} is not like "[30, 60)"')
        low, high = float(band[2]), math.inf if band[3] == "inf" else float(band[3])
        for region, source in _sources(row, sources).items():
            yield RenalBand(by, Interval(low, high, band[1] == "(", band[4] == ")"), daily_mg, region, source)
        row.done()
