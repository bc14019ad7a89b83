"""Loading the tables: they are whole, every row is cited, and a wrong row is an error that names file and row."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue, load
from labtrack.catalogue.loader import TABLES
from labtrack.core.errors import CatalogueError

FILES = ("analytes", "drugs", "events", "panels", "protocols", "sources", "traps", "units")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the tables that a test may spoil."""
    for file in FILES:
        shutil.copy(TABLES / f"{file}.toml", tmp_path)
    return tmp_path


def test_the_catalogue_is_loaded_once() -> None:
    assert catalogue() is catalogue()
    assert sorted(FILES) == sorted(path.stem for path in TABLES.glob("*.toml"))


def test_two_loads_are_alike_but_remember_apart() -> None:
    one, other = load(TABLES), load(TABLES)
    assert one.frequencies == other.frequencies
    assert one.identify("hb") != other.identify("hb"), "an analyte is compared by identity"


def test_every_source_is_dated_and_marked() -> None:
    for key, source in catalogue().sources.items():
        assert source.id == key
        assert source.mark in {"L", "G", "2", "A", "H", "u"}
        assert source.checked_on == date(2026, 11, 22)
        assert source.text


def test_loading_needs_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; from labtrack.catalogue import catalogue; catalogue(); "
        "print(sorted({m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)), "
        "sorted(m for m in sys.modules if m.count('.') == 1 and m.startswith('labtrack.')))"
    )
    printed = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True, cwd=TABLES.parents[1]).stdout
    foreign = set(re.findall(r"\w+", printed.partition("]")[0])) - {"labtrack", "__main__"}
    assert not {name for name in foreign if not name.startswith("_")}
    assert "labtrack.catalogue" in printed
    assert not re.search(r"labtrack\.(labs|rules|store|clinic|cli)\b", printed)


SPOILED = [
    ("sources", "checked_on = 2026-11-22", 'checked_on = "today"', "sources.toml, row checked_on: checked_on is not a date"),
    ("sources", 'house = { mark = "H"', 'house = { mark = "Z"', "sources.toml, row house: mark 'Z' is not one of L, G"),
    ("sources", 'text = "labtrack house policy"', 'txt = "x"', "sources.toml, row house: text is missing"),
    ("sources", "[source]", "more = 1\n[source]", "sources.toml, row checked_on: unknown field more"),
    ("analytes", "number = 4\n", "number = 3\n", "analytes.toml, row hb: number 3 is also that of alc"),
    ("analytes", "number = 4\n", "number = 64\n", "analytes.toml, row hb: number 64 is not within 1 to 63"),
    ("analytes", "number = 4\n", "number = 0\n", "analytes.toml, row hb: number 0 is not within 1 to 63"),
    ("analytes", "soft = [3, 25]", "soft = [0, 25]", "row hb: soft bounds are not within the hard ones"),
    ("analytes", "soft = [3, 25]", "soft = [3, 31]", "row hb: soft bounds are not within the hard ones"),
    ("analytes", "soft = [3, 25]", "soft = [25, 3]", "row hb: soft has its ends the wrong way round"),
    ("analytes", "M = [13.0, 17.0]", "X = [13.0, 17.0]", "row hb.range: M is missing"),
    ("analytes", "M = [13.0, 17.0]", "X = 1, M = [13.0, 17.0]", "row hb.range: unknown field X"),
    ("analytes", 'range_source = "who-anemia"', 'range_source = "hearsay"', "row hb: range_source 'hearsay' is not one of"),
    (
        "analytes",
        'panel = "lipid"\nunits = ["triglyceride"]',
        'panel = "fat"\nunits = ["triglyceride"]',
        "row tg: panel 'fat' is not one of",
    ),
    ("analytes", 'units = ["triglyceride"]', 'units = ["triglycerid"]', "row tg: units triglycerid is not in units.toml"),
    ("analytes", 'units = ["triglyceride"]', "units = []", "row tg: units none is not in units.toml"),
    ("analytes", 'units = ["triglyceride"]', 'units = ["urea"]', "row tg: unit 'mg/dL' is not in units.toml with factor 1"),
    ("analytes", 'units = ["triglyceride"]', 'units = ["triglyceride", "cholesterol"]', "row tg: unit 'mg/dL' is there twice"),
    ("analytes", 'factor = "1/88.57"', 'factor = "1/x"', "row tg.si: factor '1/x' is not a number"),
    ("analytes", '"trig", "trigs"', '"trig", "ldl"', "row tg: name 'ldl' also means ldl"),
    ("analytes", '"trig", "trigs"', '"trig", "MCH"', "row hb: 'mch' is also an accepted name, of tg"),
    ("analytes", '"2571-8"', '"718-7"', "row tg: 718-7 is no LOINC code, or is listed twice"),
    ("analytes", '"2571-8"', '"2571"', "row tg: 2571 is no LOINC code"),
    ("analytes", 'methods = { "13457-7"', 'methods = { "1-1"', "row ldl: methods has 1-1"),
    ("analytes", 'variant = "bun", loinc = ["3094-0"', 'variant = "bun", loinc = ["1-1"', "row urea.variants 1: loinc '1-1' is not one of"),
    ("analytes", 'count = "anc"', 'count = "alc"', "row neut_pct: bare name 'neutrophils' is not a name of 'alc'"),
    ("analytes", '"789-8" =', '"718-7" =', "row never: 718-7 is no LOINC code, or also an accepted one"),
    ("analytes", '"789-8" =', '"789" =', "row never: 789 is no LOINC code"),
    ("analytes", "[never]", "[nevermore]", "row never: is not a table"),
    ("analytes", "cvi = 2.7", "cvy = 2.7", "row hb: unknown field cvy"),
    ("analytes", 'units = ["triglyceride"]', "", "row tg: units none"),
    ("units", 'factor = "88.57"', 'factor = "0"', "units.toml, row triglyceride.unit 2: factor '0' is not positive"),
    ("units", "coded = true", "codd = true", "units.toml, row egfr.unit 2: unknown field codd"),
    ("panels", '["hb", "anc", "alc"]', '["hb", "anc", "acl"]', "panels.toml, row cbc: required 'acl' is not one of"),
    ("panels", '["hb", "anc", "alc"]', "[]", "panels.toml, row cbc: required is empty"),
    ("panels", 'staleness = "lipids"', 'staleness = "fats"', "panels.toml, row lipid: staleness 'fats'"),
    ("drugs", "number = 2\n", "number = 1\n", "drugs.toml, row tofacitinib: number 1 is also another drug's"),
    (
        "drugs",
        '{ topic = "anc", phase = "before"',
        '{ topic = "anc", phase = "after"',
        "row baricitinib.label 1: phase 'after' is not one of before, on",
    ),
    ("drugs", '{ topic = "hb", phase = "before"', '{ topic = "anc", phase = "before"', "row baricitinib: label has two statements"),
    ("drugs", 'source = { US = "bari-us", EU = "bari-eu" }\nlabel', "source = {}\nlabel", "row baricitinib: source names no region"),
    (
        "drugs",
        'source = { US = "bari-us", EU = "bari-eu" }\nlabel',
        'source = { UK = "x" }\nlabel',
        "row baricitinib.source: unknown field UK",
    ),
    ("drugs", "limit = 1.0, inclusive = true", "inclusive = true", "row baricitinib.resume 1: it needs either a limit or normal"),
    ("drugs", "limit = 1.0, inclusive = true", "limit = 1.0, normal = true", "row baricitinib.resume 1: it needs either a limit or normal"),
    ("drugs", 'band = "[60, inf)"', 'band = "60+"', "row baricitinib.renal 1: band '60+' is not like"),
    ("protocols", "[repeat]\n", "[repeats]\n", "protocols.toml, row file: repeat is missing"),
    ("protocols", "[frequency]", "[extra]\n[frequency]", "protocols.toml, row file: unknown field extra"),
    ("protocols", "lipid = [{ days = 84, window = 14 }]\n", "", "row milestones: lipid is missing"),
    ("protocols", "lipid = [{ days = 84, window = 14 }]\n", "lipid = []\n", "row milestones: lipid has no milestones"),
    ("protocols", "cbc = [{ days = 28", "cbc = [{ days = 128", "row milestones: cbc has no milestones, or not in order"),
    ("protocols", "[milestones.tofacitinib]", "[milestones.aspirin]", "row milestones: unknown field aspirin"),
    ("protocols", "credit = 7", "credit = -7", "row after-dose-change: credit is negative"),
    ("protocols", '"daily" = 1', '"daily" = "1"', "row frequency: daily is not a number"),
    ("events", "surgery =", "screen-tb =", "events.toml, row screen-tb: is also a screening item"),
    ("events", 'sex = "F"', 'sex = "W"', "events.toml, row screen-pregnancy: sex 'W' is not one of F, M"),
    ("events", 'group = "review"', 'group = "revue"', "events.toml, row response-review: group 'revue'"),
    ("traps", "[cholesterol-parts]", "[cholesterol]", "traps.toml, row file: cholesterol-parts is missing"),
    ("traps", "share = 1.02", "share = 1.02\nmore = 1", "traps.toml, row file.parts-of-white-cells: unknown field more"),
    ("units", "[[count]]", "[[count]", "units.toml is not TOML"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), SPOILED, ids=[said for *_, said in SPOILED])
def test_a_spoiled_table_is_an_error_that_names_file_and_row(tables: Path, file: str, old: str, new: str, said: str) -> None:
    path = tables / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(tables)
    assert said in caught.value.message
    assert caught.value.next_step


def test_a_missing_table_is_an_error(tables: Path) -> None:
    (tables / "panels.toml").unlink()
    with pytest.raises(CatalogueError, match=r"panels\.toml cannot be read"):
        load(tables)


def test_a_table_in_another_encoding_is_an_error(tables: Path) -> None:
    (tables / "panels.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(CatalogueError, match=r"panels\.toml is not TOML"):
        load(tables)
