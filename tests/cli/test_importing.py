"""``labtrack import``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

Write = Callable[[str, str], Path]

PATIENTS = 'mrn,name,birth_date,sex\n1,"Lind, Per",1955-05-14,M\n2,"Okafor, Ada",1968-02-11,F\n'
COURSES = "mrn,drug,dose_mg,frequency,start_on\n1,baricitinib,2,daily,2026-08-01\n"
RESULTS = """mrn,analyte,value,unit,collected_at,comment
1,hb,12.4,g/dL,2026-11-19T08:15,ok
1,hb,124,g/dL,2026-11-20,hard bound
3,hb,12.4,g/dL,2026-11-19,no such patient
2,anc,hemolyzed,10*9/L,2026-11-19,text
2,plt,200,bananas,2026-11-19,unit
2,crp,4,mg/L,03/04/2026,date
"""


@pytest.fixture
def files(write: Write) -> list[Path]:
    """Results, courses and patients, in the wrong order."""
    return [write("results.csv", RESULTS), write("courses.csv", COURSES), write("patients.csv", PATIENTS)]


def refused(err: str) -> list[dict[str, str]]:
    """The refused rows on stderr."""
    lines = err.split("\n")
    begin = lines.index("file,line,column,text,reason")
    rows = csv.DictReader(io.StringIO("\n".join(lines[begin:])))
    return sorted((row for row in rows if row["file"] == "results.csv"), key=lambda row: int(row["line"]))


def test_counts_warnings_and_refusals_go_to_stderr(labtrack: Labtrack, files: list[Path]) -> None:
    ran = labtrack("import", *files)
    assert (ran.status, ran.out) == (1, "")
    assert "patients.csv (patients): 2 accepted" in ran.err
    assert "courses.csv (courses): 1 accepted" in ran.err
    assert "results.csv (results): 3 accepted (2 with warnings), 3 refused; columns kept out: comment" in ran.err
    assert "6 rows imported; 2 records changed." in ran.err
    assert "Warning: results.csv, line 5, value: 'hemolyzed'" in ran.err
    assert "Warning: results.csv, line 6, value: unit 'bananas'" in ran.err
    assert [(row["line"], row["column"], row["text"]) for row in refused(ran.err)] == [
        ("3", "value", "124"),
        ("4", "mrn", "3"),
        ("7", "collected_at", "03/04/2026"),
    ]


def test_the_same_files_again_change_nothing(labtrack: Labtrack, files: list[Path]) -> None:
    labtrack("import", *files)
    before = labtrack("audit", "--format", "csv").out
    ran = labtrack("import", *files)
    assert "results.csv (results): 0 accepted, 3 duplicate, 3 refused" in ran.err
    assert "Nothing new: no record changed." in ran.err
    assert labtrack("audit", "--format", "csv").out == before


def test_refused_rows_may_have_a_file_of_their_own(labtrack: Labtrack, files: list[Path], tmp_path: Path) -> None:
    rejects = tmp_path / "refused.csv"
    ran = labtrack("import", *files, "--rejects", rejects)
    assert ran.status == 1
    assert f"The refused rows are in {rejects}." in ran.err
    assert "file,line,column,text,reason" not in ran.err
    with rejects.open(encoding="utf-8", newline="") as stream:
        assert {row["line"] for row in csv.DictReader(stream)} == {"3", "4", "7"}


def test_strict_takes_all_or_nothing(labtrack: Labtrack, files: list[Path]) -> None:
    ran = labtrack("import", *files, "--strict")
    assert ran.status == 3
    assert "3 rows were refused, so nothing was imported" in ran.err
    assert len(refused(ran.err)) == 3
    assert labtrack("patient", "list", "--format", "csv").rows == []


def test_a_dry_run_changes_nothing(labtrack: Labtrack, files: list[Path]) -> None:
    labtrack("import", files[2])
    before = labtrack("audit", "--format", "csv").out
    ran = labtrack("import", *files, "--dry-run")
    assert ran.status == 1
    assert "Dry run: nothing was changed." in ran.err
    assert labtrack("audit", "--format", "csv").out == before


def test_a_dry_run_needs_no_clinic_and_makes_none(labtrack: Labtrack, files: list[Path], tmp_path: Path) -> None:
    ran = labtrack("--db", tmp_path / "new.db", "import", *files, "--dry-run")
    assert ran.status == 1
    assert "results.csv (results): 3 accepted (2 with warnings), 3 refused" in ran.err
    assert "Dry run: nothing was changed." in ran.err
    assert not (tmp_path / "new.db").exists()


def test_alike_warnings_stand_together(labtrack: Labtrack, write: Write) -> None:
    rows = "".join(f"1,hb,12.{day},g/dL,2026-11-{day},bananas\n" for day in range(10, 18)).replace("g/dL", "bananas")
    patients, results = write("patients.csv", PATIENTS), write("r.csv", "mrn,analyte,value,unit,collected_at,x\n" + rows)
    ran = labtrack("import", patients, results)
    assert ran.status == 0
    assert "Warning: r.csv, 8 rows, lines 2, 3, 4, 5, 6 …, value: unit 'bananas'" in ran.err


def test_warnings_of_many_kinds_are_counted_at_last(labtrack: Labtrack, write: Write) -> None:
    rows = "".join(f"1,hb,text {number},g/dL,2026-01-01T{number // 60:02d}:{number % 60:02d}\n" for number in range(60))
    ran = labtrack("import", write("patients.csv", PATIENTS), write("r.csv", "mrn,analyte,value,unit,collected_at\n" + rows))
    assert ran.err.count("Warning: r.csv, line") == 50
    assert "Warning: 10 more rows with other warnings." in ran.err


@pytest.mark.parametrize("format", ["fhir", "hl7"])
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused_whole(format: str, labtrack: Labtrack, files: list[Path]) -> None:
    ran = labtrack("import", *files, "--as", format)
    assert (ran.status, ran.out) == (3, "")
    assert files[0].name in ran.err


MAPPING = """[City]
columns = {mrn = "patient_no", collected_at = "drawn"}
date_format = "DD/MM/YYYY"
wide = [{column = "hgb", analyte = "hb", unit = "g/L"}, {column = "neut", analyte = "anc", unit = "10*9/L"}]

[other]
columns = {mrn = "x"}
"""


@pytest.fixture
def mapped(write: Write, tmp_path: Path) -> Path:
    """A file of the City laboratory, whose mapping is kept."""
    (tmp_path / "config").mkdir()
    write("config/mappings.toml", MAPPING)
    return write("city.csv", "Patient No;Drawn;HGB;Neut\n1;19/11/2026;124;2,1\n2;20/11/2026;;0,82\n")


def test_a_mapping_is_named(labtrack: Labtrack, files: list[Path], mapped: Path) -> None:
    ran = labtrack("import", files[2], mapped, "--map", "city")
    assert ran.status == 0, ran.err
    assert "city.csv (results): 3 accepted" in ran.err
    assert labtrack("import", files[2], mapped, "--map", "City").err.count("duplicate") == 2
    (row,) = labtrack("show", "2", "--format", "csv").rows
    assert (row["analyte"], row["value"], row["unit"], row["collected_at"]) == ("anc", "0.82", "10*9/L", "2026-11-20")


def test_a_file_that_looks_like_one_of_a_kept_mapping_says_so(labtrack: Labtrack, mapped: Path, write: Write, files: list[Path]) -> None:
    write("config/mappings.toml", MAPPING.replace("[City]\n", '[City]\nheader = ["patient_no", "drawn", "hgb", "neut"]\n'))
    ran = labtrack("import", *files, mapped)
    assert ran.status == 3
    assert "city.csv looks like 'City': --map \"City\"" in ran.err
    write("config/mappings.toml", "[broken")
    assert "A patients file starts with" in labtrack("import", mapped).err


def test_a_mapping_that_is_not_kept(labtrack: Labtrack, files: list[Path], mapped: Path, tmp_path: Path) -> None:
    ran = labtrack("import", *files, "--map", "town")
    assert ran.status == 2
    assert "There is no mapping 'town'." in ran.err
    assert "There are: City, other." in ran.err
    assert not (tmp_path / "clinic.db").exists()
    (tmp_path / "config" / "mappings.toml").unlink()
    assert "None are kept yet" in labtrack("import", *files, "--map", "town").err


def test_a_mapping_that_lacks_what_is_required_guesses_nothing(labtrack: Labtrack, mapped: Path) -> None:
    ran = labtrack("import", mapped, "--map", "other")
    assert ran.status == 3
    assert "Which column is analyte?" in ran.err


def test_a_file_that_the_mapping_does_not_fit(labtrack: Labtrack, mapped: Path, write: Write) -> None:
    ran = labtrack("import", write("town.csv", "Patient No,HGB\n1,12\n"), "--map", "City")
    assert ran.status == 3
    assert "lacks what the mapping 'City' needs: drawn, neut" in ran.err


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 2, "Missing argument"),
        (["nowhere.csv"], 3, "nowhere.csv"),
        (["patients.csv", "--encoding", "klingon"], 2, "klingon"),
        (["patients.csv", "--rejects", "patients.csv"], 2, "overwritten"),
        (["strange.csv"], 3, "strange.csv"),
        (["empty.csv"], 3, "empty.csv"),
    ],
)
def test_what_cannot_be_imported(
    arguments: list[str], status: int, told: str, labtrack: Labtrack, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("patients.csv", PATIENTS)
    write("strange.csv", "a,b\n1,2\n")
    write("empty.csv", "")
    ran = labtrack("import", *arguments)
    assert ran.status == status
    assert told in ran.err
    assert (tmp_path / "patients.csv").read_text(encoding="utf-8") == PATIENTS


def test_files_that_are_not_there_make_no_clinic(labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("--db", tmp_path / "new.db", "import", tmp_path / "one.csv", tmp_path / "*.tsv")
    assert ran.status == 3
    assert f"There is no file {tmp_path / 'one.csv'}, {tmp_path / '*.tsv'}." in ran.err
    assert not (tmp_path / "new.db").exists()


def test_patterns_are_resolved_where_no_shell_does_it(labtrack: Labtrack, files: list[Path], tmp_path: Path) -> None:
    ran = labtrack("import", tmp_path / "*s.csv")
    assert "6 rows imported" in ran.err


def test_files_in_latin_1_say_so(labtrack: Labtrack, tmp_path: Path) -> None:
    place = tmp_path / "patients.csv"
    place.write_bytes("mrn,name,birth_date,sex\n1,Müller,1960-01-01,F\n".encode("latin-1"))
    assert labtrack("import", place).status == 3
    assert labtrack("import", place, "--encoding", "latin-1").status == 0
    assert labtrack("patient", "list", "--format", "csv").rows[0]["name"] == "Müller"


PAPER = """[Paper]
header = ["drawn", "hgb"]
columns = {collected_at = "drawn"}
fixed = {mrn = "1"}
wide = [{column = "hgb", analyte = "hb", unit = "g/dL"}]
"""


def test_a_mapping_of_one_patient_serves_another_who_is_named(
    labtrack: Labtrack, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTRACK_CONFIG", str(tmp_path / "settings.toml"))
    (tmp_path / "mappings.toml").write_text(PAPER, encoding="utf-8")
    patients = write("patients.csv", "mrn,name,birth_date,sex\n1,A,1970-01-01,F\n2,B,1970-01-01,F\n")
    paper = write("paper.csv", "Drawn,HGB\n2026-01-05,12.1\n")
    assert labtrack("import", patients, paper, "--map", "Paper", "--patient", "2").status == 0
    assert "12.1" in labtrack("show", "2").out
    assert "12.1" not in labtrack("show", "1").out
    refused = labtrack("import", paper, "--patient", "2")
    assert (refused.status, "needs --map" in refused.err) == (2, True)
