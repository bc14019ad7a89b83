"""Results of an import: matched, superseded, struck, packed; the same whatever the size of the chunks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.core.record import Result
from labtrack.exchange import sheet
from labtrack.exchange.exports import result_rows
from labtrack.exchange.layouts import RESULTS
from labtrack.exchange.writing import csv_text
from labtrack.labs.columns import RESULT_ROW, pack_results
from labtrack.store import Store

PEOPLE = "mrn,name,birth_date,sex\nA1,Ann,1960-01-01,F\nA2,Bo,1970-01-01,M\n"
HEADER = "mrn,analyte,value,unit,collected_at,specimen_id,status\n"

Import = Callable[..., ImportOutcome]


def rows(*reports: str) -> str:
    """Hemoglobin reports of one patient, time and specimen: ``value status``."""
    return HEADER + "".join("A1,hb,{},g/dL,2026-03-04T07:30,s1,{}\n".format(*report.split(" ")) for report in reports)


def record(store: Store, patient_id: int = 1) -> list[Result]:
    with store.read() as reader:
        return reader.results(patient_id)


def standing(store: Store) -> list[str]:
    return [f"{each.value_text} {each.status}" for each in record(store) if not each.superseded]


def check_segments(store: Store) -> None:
    """Each patient's packed segment is what packing the record gives."""
    with store.read() as reader:
        for stored in reader.patients():
            packed = np.frombuffer(reader.segment(stored.id), RESULT_ROW)
            expected = pack_results(reader.results(stored.id), catalogue())
            for name in RESULT_ROW.names or ():
                np.testing.assert_array_equal(packed[name], expected[name])


@pytest.fixture(params=[1, 2, 25_000])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sheet, "CHUNK", request.param)
    size: int = request.param
    return size


def test_every_field_is_stored_as_printed_and_in_canonical_units(run: Import, store: Store) -> None:
    header = "mrn,analyte,value,unit,collected_at,ref_low,ref_high,lab,specimen_id,status,note,code,method\n"
    text = header + (
        "A2,Haemoglobin,<98 ,g/L,2026-03-04T07:30+01:00,120,x,City,s1,amended,seen,,\n"
        "A1,hb,clotted,g/dL,2026-03-04,,,,,,,,\n"
        "A2,egfr,>90,mL/min,2026-03-04T07:30,,,,,,,62238-1,\n"
        "A2,alt,1,furlong,2026-03-04T07:30,1,2,,,preliminary,,,\n"
    )
    run(patients=PEOPLE, results=text)
    hb, egfr, alt = record(store, 2)
    assert (hb.value_text, hb.unit, str(hb.collected_at), hb.ref_low, hb.ref_high) == ("<98", "g/L", "2026-03-04T07:30+01:00", "120", "x")
    assert hb.value is not None
    assert (hb.value.low, hb.value.high, hb.value.high_open, hb.lower_limit) == (0.0, pytest.approx(9.8), True, 12.0)
    assert hb.upper_limit is not None
    assert np.isnan(hb.upper_limit)
    assert (hb.lab, hb.specimen_id, hb.status, hb.note) == ("City", "s1", "amended", "seen")
    assert egfr.value is not None
    assert (egfr.value.low, egfr.value.high, egfr.value.low_open, egfr.code) == (90.0, np.inf, True, "62238-1")
    assert (alt.value, alt.unusable, alt.lower_limit) == (None, "unit-unknown", pytest.approx(np.nan, nan_ok=True))
    assert [each.result_id for each in (hb, *record(store, 1), egfr, alt)] == [1, 2, 3, 4]
    check_segments(store)
    with store.read() as reader:
        assert len(reader.segment(2)) == 2 * RESULT_ROW.itemsize


@pytest.mark.parametrize(
    ("reports", "stand"),
    [
        (["12.1 preliminary", "12.2 final"], ["12.2 final"]),
        (["12.1 final", "12.2 corrected"], ["12.2 corrected"]),
        (["12.1 preliminary", "12.2 final", "12.3 amended"], ["12.3 amended"]),
        (["12.1 final", "12.2 final"], ["12.1 final", "12.2 final"]),
        (["12.1 final", "12.2 final", "12.1 entered-in-error"], ["12.2 final", "12.1 entered-in-error"]),
        (["12.1 final", " entered-in-error"], [" entered-in-error"]),
        (["12.1 corrected", "12.2 final"], ["12.1 corrected", "12.2 final"]),
    ],
)
def test_later_statuses_replace_earlier_ones(run: Import, store: Store, chunk: int, reports: list[str], stand: list[str]) -> None:
    run(patients=PEOPLE, results=rows(*reports))
    assert standing(store) == stand
    check_segments(store)
    again = run(results=rows(*reports))
    assert (again.total("duplicate"), again.patients) == (len(reports), 0)


def test_the_same_history_in_files_of_their_own(run: Import, store: Store) -> None:
    run(patients=PEOPLE)
    for report in ("12.1 preliminary", "12.2 final", "12.3 corrected"):
        run(results=rows(report))
    assert standing(store) == ["12.3 corrected"]
    assert [(each.result_id, each.supersedes) for each in record(store)] == [(1, ()), (2, (1,)), (3, (2,))]
    check_segments(store)
    with store.read() as reader:
        details = [json.loads(each.detail) for each in reader.audit_entries(1)]
    assert [each.get("superseded") for each in details] == [None, None, [[1, 2]], [[2, 3]]]


def test_a_clash_stands_and_is_told(run: Import, chunk: int) -> None:
    outcome = run(patients=PEOPLE, results=rows("12.1 final", "12.2 final"))
    assert [(each.line, each.reason) for each in outcome.notices] == [
        (3, "clashes with 12.1 g/dL (final) of the same time and specimen: both stand")
    ]
    assert outcome.total("warned") == 1


def test_another_specimen_or_time_is_another_result(run: Import, store: Store) -> None:
    text = HEADER + "".join(f"A1,hb,12,g/dL,{at},{specimen},\n" for at in ("2026-03-04", "2026-03-04T00:00:01") for specimen in ("", "s1"))
    outcome = run(patients=PEOPLE, results=text)
    assert outcome.total("accepted") == 6
    assert run(results=text.replace("2026-03-04,", "2026-03-04T00:00,")).total("duplicate") == 4


def test_a_correction_that_is_unusable_still_replaces(run: Import, store: Store) -> None:
    run(patients=PEOPLE, results=rows("12.1 final"))
    outcome = run(results=rows("clotted corrected"))
    assert standing(store) == ["clotted corrected"]
    assert outcome.total("warned") == 1
    check_segments(store)


def test_rows_of_nobody_are_refused_and_others_numbered_without_gaps(run: Import, store: Store) -> None:
    text = HEADER + "A9,hb,12,g/dL,2026-03-04,,\nA2,hb,12,g/dL,2026-03-04,,\nA8,hb,12,g/dL,2026-03-04,,\nA1,hb,12,g/dL,2026-03-04,,\n"
    outcome = run(patients=PEOPLE, results=text)
    assert [(each.line, each.text, each.reason) for each in outcome.refusals] == [
        (2, "A9", "no such patient"),
        (4, "A8", "no such patient"),
    ]
    assert [each.result_id for patient in (2, 1) for each in record(store, patient)] == [1, 2]
    only_nobody = run(results=HEADER + "A9,hb,12,g/dL,2026-03-04,,\n")
    assert (only_nobody.total("refused"), only_nobody.patients) == (1, 0)


REPORTS = st.tuples(
    st.sampled_from(["A1", "A2"]),
    st.sampled_from(["hb", "alt"]),
    st.sampled_from(["12", "13", "clotted"]),
    st.sampled_from(["g/dL", "U/L"]),
    st.sampled_from(["2026-03-04", "2026-03-04T00:00", "2026-03-05T08:00"]),
    st.sampled_from(["", "s1"]),
    st.sampled_from(["", "preliminary", "corrected", "amended", "entered-in-error", "cancelled"]),
)


@given(st.lists(REPORTS, max_size=14), st.integers(0, 14), st.integers(1, 5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_feed_gives_the_same_record_whatever_its_chunks_and_files(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, reports: list[tuple[str, ...]], cut: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    (folder / "patients.csv").write_text(PEOPLE)

    def imported(name: str, parts: list[list[tuple[str, ...]]], size: int) -> list[list[Result]]:
        monkeypatch.setattr(sheet, "CHUNK", size)
        store = Store.open(folder / f"{name}.db")
        take(store, folder / "patients.csv")
        for number, part in enumerate(parts):
            path = folder / f"{name}{number}.csv"
            path.write_text(HEADER + "".join(",".join(row) + "\n" for row in part))
            take(store, path)
        check_segments(store)
        found = [record(store, 1), record(store, 2)]
        store.close()
        return found

    whole = imported("whole", [reports], 25_000)
    assert imported("chunks", [reports], size) == whole
    assert imported("files", [reports[:cut], reports[cut:], reports], size) == whole


def take(store: Store, path: Path) -> ImportOutcome:
    return import_files(store, [path], ImportOptions(), catalogue=catalogue(), today=date(2026, 11, 22))


def exported(store: Store) -> str:
    with store.read() as reader:
        mrns = {each.id: each.patient.mrn for each in reader.patients()}
        return csv_text(RESULTS.columns, result_rows((mrns[patient], result) for patient, result in reader.every_result()))


def test_an_export_reads_back_with_its_links(run: Import, store: Store, tmp_path: Path, chunk: int) -> None:
    clash = HEADER + "A2,hb,14,g/dL,2026-03-04,s2,\nA2,hb,15,g/dL,2026-03-04,s2,\n"
    run(patients=PEOPLE, results=rows("12.1 preliminary", "12.2 final", "12.3 corrected", "12.3 entered-in-error"))
    run(results=clash)
    other = Store.open(tmp_path / "other.db")
    (tmp_path / "export.csv").write_text(exported(store), newline="")
    take(other, tmp_path / "patients.csv")
    outcome = take(other, tmp_path / "export.csv")
    assert (outcome.total("accepted"), outcome.total("duplicate")) == (6, 0)
    assert [record(other, each) for each in (1, 2)] == [record(store, each) for each in (1, 2)]
    check_segments(other)
    assert take(other, tmp_path / "export.csv").total("duplicate") == 6
    assert take(store, tmp_path / "export.csv").total("duplicate") == 6
    assert exported(other) == exported(store)


def test_an_export_keeps_two_like_results_and_links_of_its_own(run: Import, store: Store) -> None:
    header = "mrn,analyte,value,unit,collected_at,result_id,supersedes,code,method\n"
    text = header + (
        "A1,hb,12,g/dL,2026-03-04,7,,,\n"
        "A1,hb,13,g/dL,2026-03-04,9,7,,\n"
        "A1,hb,12,g/dL,2026-03-04,11,9,,\n"
        "A1,hb,12,g/dL,2026-03-05,20,7 99,,\n"
        "A2,hb,12,g/dL,2026-03-05,21,20,,\n"
        "A2,hb,12,g/dL,2026-03-06,22,23,,\n"
        "A2,hb,12,g/dL,2026-03-07,23,,,\n"
    )
    outcome = run(patients=PEOPLE, results=text)
    assert [(each.result_id, each.supersedes) for each in record(store)] == [(1, ()), (2, (1,)), (3, (2,)), (4, ())]
    assert [(each.line, each.reason) for each in outcome.notices] == [
        (5, "supersedes 99, which is no earlier result of this patient in the file"),
        (6, "supersedes 20, which is no earlier result of this patient in the file"),
        (7, "supersedes 23, which is no earlier result of this patient in the file"),
    ]
    check_segments(store)


def test_an_export_replaces_what_the_clinic_already_has(run: Import, store: Store) -> None:
    run(patients=PEOPLE, results=HEADER + "A1,hb,12,g/dL,2026-03-04,,\nA1,hb,11,g/dL,2026-03-05,,preliminary\n")
    header = "mrn,analyte,value,unit,collected_at,status,result_id,supersedes,code,method\n"
    again = header + "A1,hb,12,g/dL,2026-03-04,,5,,,\nA1,hb,14,g/dL,2026-03-04,corrected,6,5,,\nA1,hb,11,g/dL,2026-03-05,final,7,,,\n"
    outcome = run(results=again)
    assert (outcome.total("duplicate"), outcome.total("accepted")) == (1, 2)
    assert [(each.result_id, each.supersedes) for each in record(store)] == [(1, ()), (2, ()), (3, (1,)), (4, (2,))]
    check_segments(store)
    assert run(results=again).total("duplicate") == 3
