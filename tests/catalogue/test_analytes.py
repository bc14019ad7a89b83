"""Ranges, bounds and variation of every analyte, and all of the table against the clinical reference itself where it is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.record import Sex

Range = tuple[float | None, float | None]

RANGES: dict[str, Range | tuple[Range, Range]] = {
    "wbc": (4.0, 11.0),
    "anc": (2.0, 7.5),
    "alc": (1.0, 4.0),
    "hb": ((13.0, 17.0), (12.0, 15.0)),
    "hct": ((37.5, 51.0), (34.0, 46.6)),
    "plt": (150.0, 450.0),
    "alt": (0.0, 44.0),
    "ast": (0.0, 40.0),
    "alp": (44.0, 121.0),
    "ggt": ((0.0, 65.0), (0.0, 45.0)),
    "bilirubin": (0.0, 1.2),
    "albumin": (3.5, 5.0),
    "creatinine": ((0.7, 1.3), (0.6, 1.1)),
    "egfr": (60.0, None),
    "urea": (2.5, 7.8),
    "ck": ((40.0, 320.0), (25.0, 200.0)),
    "crp": (None, 5.0),
    **dict.fromkeys(("tc", "ldl", "hdl", "tg", "neut_pct", "lymph_pct"), (None, None)),
}
BOUNDS = {
    "wbc": "0.5–100 / 0–1000",
    "anc": "0–60 / 0–500",
    "alc": "0–100 / 0–900",
    "hb": "3–25 / 1–30",
    "hct": "10–70 / 3–80",
    "plt": "10–1500 / 0–5000",
    "alt": "3–2000 / 0–30000",
    "ast": "3–2000 / 0–30000",
    "alp": "10–1500 / 0–10000",
    "ggt": "2–2000 / 0–15000",
    "bilirubin": "0.1–25 / 0–90",
    "albumin": "1.5–6 / 0.5–10",
    "tc": "50–600 / 10–1500",
    "ldl": "10–400 / 0–1200",
    "hdl": "5–200 / 0–300",
    "tg": "10–5000 / 0–15000",
    "creatinine": "0.2–20 / 0.1–40",
    "egfr": "3–150 / 1–220",
    "urea": "0.7–70 / 0–110",
    "ck": "10–20000 / 0–1000000",
    "crp": "0–400 / 0–1000",
    "neut_pct": "0–100 / 0–100",
    "lymph_pct": "0–100 / 0–100",
}
VARIATION = {"alt": 9.3, "ast": 9.5, "alp": 5.3, "ggt": 8.9, "ck": 14.5, "ldl": 9.5, "tc": 6.1, "hdl": 7.4, "tg": 22.6, "creatinine": 5.2}
UNVERIFIED = {"hb": 2.7, "wbc": 11.0, "anc": 14.0, "alc": 10.5, "plt": 7.0}


@pytest.mark.parametrize("key", list(catalogue().analytes))
def test_fallback_ranges_by_sex(key: str) -> None:
    ranges, expected = catalogue().analytes[key].ranges, RANGES[key]
    if isinstance(expected[0], tuple):
        male, female = expected
        assert (ranges[Sex.MALE], ranges[Sex.FEMALE]) == (male, female)
        shared = tuple(one if one == other else None for one, other in zip(ranges[Sex.MALE], ranges[Sex.FEMALE], strict=True))
        assert ranges[Sex.UNKNOWN] == shared
    else:
        assert set(ranges.values()) == {expected}


@pytest.mark.parametrize("key", list(catalogue().analytes))
def test_bounds(key: str) -> None:
    analyte = catalogue().analytes[key]
    soft, hard = (tuple(map(float, each.split("–"))) for each in BOUNDS[key].split(" / "))
    assert (analyte.soft, analyte.hard) == (soft, hard)


def test_within_subject_variation_in_percent() -> None:
    assert {key: each.cvi for key, each in catalogue().analytes.items() if each.cvi is not None} == VARIATION | UNVERIFIED
    for key, analyte in catalogue().analytes.items():
        mark = catalogue().sources[analyte.cvi_source].mark if analyte.cvi_source else ""
        assert mark == ("G" if key in VARIATION else "u" if key in UNVERIFIED else "")


def test_every_number_has_its_source() -> None:
    for analyte in catalogue().analytes.values():
        assert {analyte.source, analyte.range_source, analyte.bounds_source} <= catalogue().sources.keys()
    for table in catalogue().units.values():
        assert all(row.source in catalogue().sources for row in table.rows)


def test_names_for_people() -> None:
    for analyte in catalogue().analytes.values():
        assert analyte.name
        assert analyte.plain_name[0].islower() or analyte.plain_name.split()[0].isupper() or analyte.plain_name.startswith(("LDL", "HDL"))
        assert analyte.short
        assert "*" not in analyte.display_unit


@pytest.mark.shared
def test_the_table_of_the_clinical_reference(shared: Path) -> None:
    text = (shared / "design" / "clinical.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\| [a-z]+ \| .*-[0-9].*$", text, re.MULTILINE)]
    rows = [row for row in rows if len(row) == 7 and row[0] in catalogue().analytes]
    assert len(rows) == 21
    for key, codes, unit, _, fallback, bounds, _ in rows:
        analyte = catalogue().analytes[key]
        assert set(re.findall(r"[0-9]+-[0-9]\b", codes)) == set(analyte.loinc), key
        assert unit == analyte.unit
        assert bounds == BOUNDS[key]
        numbers = [float(each) for each in re.findall(r"[0-9.]+", fallback)]
        stated = [end for sex in (Sex.MALE, Sex.FEMALE) for end in analyte.ranges[sex] if end is not None]
        assert sorted(set(numbers)) == sorted(set(stated)), key
