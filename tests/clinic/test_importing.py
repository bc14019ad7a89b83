"""The import as a whole: one transaction, dependency order, nothing twice, nothing half."""

from __future__ import annotations

import csv
import gc
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import without_seal

from labtrack.catalogue import catalogue
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.core.errors import ImportFailed, UsageError
from labtrack.exchange.exports import course_rows, patient_rows, result_rows
from labtrack.exchange.layouts import COURSES as COURSES_LAYOUT
from labtrack.exchange.layouts import PATIENTS as PATIENTS_LAYOUT
from labtrack.exchange.layouts import RESULTS as RESULTS_LAYOUT
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.writing import write_csv
from labtrack.store import Store, Writer

PATIENTS = "mrn,name,birth_date,sex\nA1,Ann,1960-01-01,F\nA2,Bo,1970-01-01,M\n"
COURSES = "mrn,drug,dose_mg,frequency,start_on\nA1,baricitinib,4,daily,2026-01-01\n"
RESULTS = "mrn,analyte,value,unit,collected_at,specimen_id\nA1,hb,12.5,g/dL,2026-03-04,s1\nA2,alt,30,U/L,2026-03-04T08:00,s2\n"

Import = Callable[..., ImportOutcome]


def dump(store: Store) -> list[str]:
    assert store.database.path is not None
    with sqlite3.connect(store.database.path) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int, int]:
    accepted, warned, amended, duplicate, refused = (
        outcome.total(name) for name in ("accepted", "warned", "amended", "duplicate", "refused")
    )
    return accepted, warned, amended, duplicate, refused


def test_files_in_any_order_make_one_record(run: Import, store: Store) -> None:
    events = "mrn,kind,on\nA1,screen-tb,2026-01-01\n"
    doses = "mrn,drug,on,dose_mg,frequency\nA1,baricitinib,2026-02-01,2,daily\n"
    holds = "mrn,drug,start_on,reason\nA1,baricitinib,2026-02-03,anc-below-1\n"
    baselines = "mrn,drug,start_on,analyte,collected_at,reason\nA1,baricitinib,2026-01-01,hb,2026-03-04,only one\n"
    outcome = run(baselines=baselines, results=RESULTS, holds=holds, doses=doses, events=events, courses=COURSES, patients=PATIENTS)
    assert counts(outcome) == (9, 0, 0, 0, 0)
    assert outcome.committed
    assert outcome.patients == 2
    assert [each.layout for each in outcome.files] == ["patients", "courses", "doses", "holds", "events", "results", "baselines"]
    with store.read() as reader:
        assert [each.patient.mrn for each in reader.patients()] == ["A1", "A2"]
        (course,) = reader.courses()[1]
        assert (len(course.doses), len(course.holds)) == (1, 1)
        assert len(reader.events()[1]) == len(reader.baseline_pins()) == 1
        assert [each.value_text for each in reader.results(1)] == ["12.5"]
        assert reader.patient_numbered(1).data_version == 1  # type: ignore[union-attr]


def test_the_same_files_again_change_nothing(run: Import, store: Store) -> None:
    files = {"patients": PATIENTS, "courses": COURSES, "results": RESULTS}
    run(**files)
    before = dump(store)
    again = run(**files)
    assert counts(again) == (0, 0, 0, 5, 0)
    assert (again.patients, again.committed) == (0, True)
    assert dump(store) == before


def test_the_same_file_named_twice(run: Import, store: Store, tmp_path: Path, today: date) -> None:
    run(patients=PATIENTS)
    path = tmp_path / "results.csv"
    path.write_text(RESULTS)
    outcome = import_files(store, [path, path], ImportOptions(), catalogue=catalogue(), today=today)
    assert counts(outcome) == (2, 0, 0, 2, 0)
    assert [each.accepted for each in outcome.files] == [2, 0]


def test_assessment_and_audit_are_part_of_the_transaction(run: Import, store: Store, today: date) -> None:
    judged: list[tuple[list[int], date, int]] = []

    def assess(writer: Writer, patient_ids: Any, on: date) -> None:
        judged.append((list(patient_ids), on, len(writer.results(1))))

    run(assess, patients=PATIENTS, results=RESULTS)
    assert judged == [([1, 2], today, 1)]
    run(assess, results=RESULTS)
    assert len(judged) == 1
    with store.read() as reader:
        entries = list(reader.audit_entries())
    assert [(each.action, each.patient_id, each.actor) for each in entries] == [
        ("import", None, "tester"),
        ("import", 1, "tester"),
        ("import", 2, "tester"),
    ]
    assert '"file":"results.csv"' in entries[0].detail
    assert without_seal(entries[1].detail) == '{"added":{"patient":1,"results":1}}'


def test_a_failing_assessment_undoes_everything(run: Import, store: Store) -> None:
    before = dump(store)

    def fail(*_: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        run(fail, patients=PATIENTS)
    assert dump(store) == before


def test_refused_rows_leave_the_others(run: Import) -> None:
    outcome = run(patients=PATIENTS, results=RESULTS + "A9,hb,12,g/dL,2026-03-04,s\nA1,hb,12,g/dL,2027-01-01,s\n")
    assert counts(outcome) == (4, 0, 0, 0, 2)
    assert [(each.line, each.column, each.reason) for each in outcome.refusals] == [
        (5, "collected_at", "after today (2026-11-22)"),
        (4, "mrn", "no such patient"),
    ]


def test_rejects_go_to_their_file_and_to_whoever_asks(run: Import, tmp_path: Path) -> None:
    rejects, told = tmp_path / "rejects.csv", []
    options = ImportOptions(rejects=rejects, on_refusal=told.append)
    run(options=options, patients=PATIENTS + "=A3,x,1960-01-01,X\n")
    with rejects.open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [["file", "line", "column", "text", "reason"], ["patients.csv", "4", "sex", "X", "must be F, M or empty"]]
    assert told == [Refusal("patients.csv", 4, "sex", "X", "must be F, M or empty")]
    run(options=options, patients=PATIENTS)
    assert rejects.read_bytes() == b"file,line,column,text,reason\r\n"


def test_strict_undoes_everything_and_still_tells(run: Import, store: Store, tmp_path: Path) -> None:
    before = dump(store)
    rejects = tmp_path / "rejects.csv"
    with pytest.raises(ImportFailed, match="1 row was refused, so nothing was imported"):
        run(options=ImportOptions(strict=True, rejects=rejects), patients=PATIENTS + "A3,x,1960-01-01,X\n", results=RESULTS)
    assert dump(store) == before
    assert rejects.read_text().count("\n") == 2
    assert run(options=ImportOptions(strict=True), patients=PATIENTS).committed


def test_a_dry_run_says_what_would_happen(run: Import, store: Store) -> None:
    before = dump(store)
    outcome = run(options=ImportOptions(dry_run=True), patients=PATIENTS, results=RESULTS + "A9,hb,12,g/dL,2026-03-04,s\n")
    assert counts(outcome) == (4, 0, 0, 0, 1)
    assert not outcome.committed
    assert dump(store) == before


def test_warnings_are_told_as_they_come(run: Import) -> None:
    told: list[Notice] = []
    outcome = run(options=ImportOptions(on_notice=told.append), patients=PATIENTS, results=RESULTS.replace("12.5", "hemolyzed"))
    assert counts(outcome) == (4, 1, 0, 0, 0)
    assert told == outcome.notices
    assert [(each.line, each.column, each.text) for each in told] == [(2, "value", "hemolyzed")]


def test_progress_reaches_the_whole(run: Import) -> None:
    told: list[tuple[int, int]] = []
    run(options=ImportOptions(progress=lambda done, total: told.append((done, total))), patients=PATIENTS, results=RESULTS)
    assert told[-1] == (len(PATIENTS) + len(RESULTS),) * 2
    assert told == sorted(told)


def test_extra_columns_are_named(run: Import) -> None:
    outcome = run(patients="ward,mrn,name,birth_date,sex,Bed No\n3B,A1,Ann,1960-01-01,F,7\n")
    assert outcome.files[0].extra == ("ward", "Bed No")


@pytest.mark.parametrize("text", ["", "a,b\n", PATIENTS + '"A3'])
def test_an_unreadable_file_stops_all_others(run: Import, store: Store, text: str) -> None:
    before = dump(store)
    with pytest.raises(ImportFailed):
        run(patients=PATIENTS, other=text)
    assert dump(store) == before


def test_wrong_usage(run: Import, store: Store, tmp_path: Path, today: date) -> None:
    with pytest.raises(UsageError, match="No file"):
        run()
    with pytest.raises(UsageError, match="overwritten by its own rejects"):
        run(options=ImportOptions(rejects=tmp_path / "patients.csv"), patients=PATIENTS)
    with pytest.raises(UsageError, match="no text encoding"):
        run(options=ImportOptions(encoding="nonsense"), patients=PATIENTS)


def test_the_collector_is_given_back(run: Import) -> None:
    assert gc.isenabled()
    run(patients=PATIENTS)
    assert gc.isenabled()
    gc.disable()
    try:
        run(patients=PATIENTS)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_an_empty_cell_erases_and_reopens_nothing(run: Import, store: Store) -> None:
    run(
        patients="mrn,name,birth_date,sex,weight_kg\nA1,Ann,1960-01-01,F,71.5\n",
        courses=COURSES.replace("start_on", "start_on,stop_on").replace("01\n", "01,2026-05-01\n"),
    )
    outcome = run(patients="mrn,name,birth_date,sex\nA1,,,\n", courses=COURSES)
    assert counts(outcome) == (0, 0, 0, 2, 0)
    with store.read() as reader:
        assert reader.patient_numbered(1).patient.weight_kg == 71.5  # type: ignore[union-attr]
        assert reader.courses()[1][0].stop_on == date(2026, 5, 1)


CHILD = """
import sys, time
from datetime import date
from pathlib import Path
from labtrack.catalogue import catalogue
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.store import Store

def stop(writer, patient_ids, today):
    print("stored", len(patient_ids), flush=True)
    time.sleep(60)

store = Store.open(sys.argv[1])
import_files(store, [Path(each) for each in sys.argv[2:]], ImportOptions(), catalogue=catalogue(), today=date(2026, 11, 22), assess=stop)
"""


def test_a_killed_import_leaves_the_clinic_as_it_was(run: Import, store: Store, tmp_path: Path) -> None:
    run(patients=PATIENTS)
    before = dump(store)
    rows = [f"A1,hb,{10 + n % 5},g/dL,{2000 + n // 336}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}," for n in range(6_000)]
    path = tmp_path / "results.csv"
    path.write_text(RESULTS + "\n".join(rows) + "\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CHILD, str(tmp_path / "clinic.db"), str(path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    assert child.stdout.readline() == "stored 2\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert dump(store) == before
    assert counts(run(results=RESULTS)) == (2, 0, 0, 0, 0)


@pytest.mark.shared
@pytest.mark.parametrize(("cohort", "rows"), [("cohort-11", 13_743), ("cdisc", 14_109)])
def test_the_reference_cohorts_are_taken_whole_and_read_back(
    store: Store, shared: Path, tmp_path: Path, today: date, cohort: str, rows: int
) -> None:
    paths = sorted((shared / "data" / cohort).glob("*.csv"))
    outcome = import_files(store, paths, ImportOptions(), catalogue=catalogue(), today=today)
    assert (outcome.total("accepted"), outcome.total("duplicate"), outcome.total("refused")) == (rows, 0, 0)
    other = Store.open(tmp_path / "other.db")
    with store.read() as reader:
        mrns = {each.id: each.patient.mrn for each in reader.patients()}
        courses = [(mrns[patient], course) for patient, each in reader.courses().items() for course in each]
        write_csv(tmp_path / "p.csv", PATIENTS_LAYOUT.columns, patient_rows(each.patient for each in reader.patients()))
        write_csv(tmp_path / "c.csv", COURSES_LAYOUT.columns, course_rows(courses))
        write_csv(tmp_path / "r.csv", RESULTS_LAYOUT.columns, result_rows((mrns[patient], each) for patient, each in reader.every_result()))
    import_files(other, [tmp_path / f"{name}.csv" for name in "rcp"], ImportOptions(), catalogue=catalogue(), today=today)
    with store.read() as one, other.read() as two:
        assert [each.patient for each in two.patients()] == [each.patient for each in one.patients()]
        assert two.courses() == one.courses()
        assert list(two.every_result()) == list(one.every_result())
        assert [two.segment(each) for each in mrns] == [one.segment(each) for each in mrns]
