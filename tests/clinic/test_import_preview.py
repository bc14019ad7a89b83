"""What an import would do, and that it then does just that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, record

from labtrack.clinic import Clinic
from labtrack.clinic.import_outcome import KEPT
from labtrack.clinic.import_preview import Preview
from labtrack.clinic.importing import ImportOptions, ImportStopped, PreviewOutOfDate
from labtrack.clinic.mappings import ColumnMapping
from labtrack.demo import sample_clinic

RESULTS = """mrn,analyte,value,unit,collected_at,ward
10021,hb,12.4,g/dL,2026-11-19T08:15,A
10021,hb,12.4,g/dL,2026-11-19T08:15,A
10021,hb,124,g/dL,2026-11-20,A
3,hb,12.4,g/dL,2026-11-19,A
4,anc,hemolyzed,10*9/L,2026-11-19,A
"""
PATIENTS = 'mrn,name,birth_date,sex\n4,"Lind, Per",1955-05-14,M\n10021,,,\n'

Write = Callable[..., list[Path]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files named by their keys."""

    def make(**texts: str) -> list[Path]:
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text, encoding="utf-8", newline="")
        return paths

    return make


def agreed(preview: Preview) -> ImportOptions:
    return ImportOptions(agreed=preview.agreed)


def audit(clinic: Clinic) -> list[object]:
    return list(clinic.audit())


def test_every_row_is_accepted_duplicate_or_refused(ada: Clinic, write: Write) -> None:
    before = audit(ada)
    found = ada.preview_import(write(r=RESULTS, p=PATIENTS))
    results, patients = found.files
    assert (results.layout, results.encoding, results.delimiter, results.decimal) == ("results", "utf-8", ",", ".")
    count = results.count
    assert (count.accepted, count.warned, count.duplicate, count.refused, count.rows, count.extra) == (2, 1, 1, 2, 5, ("ward",))
    assert (patients.count.accepted, patients.count.duplicate) == (1, 1)
    assert (results.patients_matched, results.patients_new) == (1, 1)
    assert (patients.patients_matched, patients.patients_new) == (1, 1)
    assert results.analytes == (("Neutrophils (absolute count)", "10*9/L", 1), ("Hemoglobin", "g/dL", 2))
    assert [(row.file, row.line, row.mrn) for row in found.accepted] == [("p.csv", 2, "4"), ("r.csv", 2, "10021"), ("r.csv", 6, "4")]
    assert "Lind, Per" in found.accepted[0].text
    assert found.accepted[1].text == "Hemoglobin 12.4 g/dL on 2026-11-19 08:15"
    assert [(row.file, row.line) for row in found.duplicates] == [("p.csv", 3), ("r.csv", 3)]
    assert [(each.line, each.text, each.reason) for each in found.refused][1] == (5, "3", "no such patient")
    assert [each.line for each in found.warned] == [6]
    assert audit(ada) == before
    assert not found.outcome.committed


def test_the_import_does_what_the_preview_told(ada: Clinic, write: Write) -> None:
    paths = write(r=RESULTS, p=PATIENTS)
    found = ada.preview_import(paths)
    outcome = ada.import_files(found.readable, agreed(found))
    assert outcome.committed
    assert [(each.accepted, each.warned, each.duplicate, each.refused) for each in outcome.files] == [
        (each.accepted, each.warned, each.duplicate, each.refused) for each in found.outcome.files
    ]
    again = ada.preview_import(paths)
    assert (again.outcome.total("accepted"), again.outcome.total("duplicate")) == (0, 5)


def test_so_it_is_for_a_whole_clinic(clinic: Clinic, tmp_path: Path) -> None:
    paths = list(sample_clinic(TODAY).write(tmp_path / "sample"))
    found = clinic.preview_import(paths)
    assert {each.layout for each in found.files} >= {"patients", "courses", "results", "events"}
    assert len(found.accepted) == KEPT
    patients = next(each for each in found.files if each.layout == "patients")
    assert (patients.patients_new, patients.patients_matched) == (patients.count.accepted, 0)
    outcome = clinic.import_files(found.readable, agreed(found))
    assert outcome.total("accepted") == found.outcome.total("accepted") > 1000


def test_a_file_that_changed_since_is_not_imported(ada: Clinic, write: Write) -> None:
    found = ada.preview_import(write(r=RESULTS))
    write(r=RESULTS.replace("12.4", "12.5"))
    before = audit(ada)
    with pytest.raises(PreviewOutOfDate, match="changed since the preview"):
        ada.import_files(found.readable, agreed(found))
    assert audit(ada) == before


def test_nor_into_a_record_that_changed_since(ada: Clinic, write: Write) -> None:
    found = ada.preview_import(write(r=RESULTS))
    ada.add_patient(replace(ADA, mrn="3", name="New"))
    before = audit(ada)
    with pytest.raises(PreviewOutOfDate, match="record has changed"):
        ada.import_files(found.readable, agreed(found))
    assert audit(ada) == before


def test_files_that_cannot_be_read_are_told_and_left_out(ada: Clinic, write: Write, tmp_path: Path) -> None:
    paths = write(good=RESULTS, strange="a,b\n1,2\n", empty="", open='mrn,kind,on\n10021,"review,2026-01-01\n')
    paths.append(tmp_path / "nowhere.csv")
    found = ada.preview_import(paths)
    problems = {each.file: (each.problem, each.is_unknown) for each in found.files}
    assert problems["good.csv"] == ("", False)
    assert "of no layout" in problems["strange.csv"][0]
    assert problems["strange.csv"][1]
    assert "is empty" in problems["empty.csv"][0]
    assert "not closed" in problems["open.csv"][0]
    assert "cannot be read" in problems["nowhere.csv"][0]
    assert found.readable == [paths[0]]
    assert len(found.accepted) == 1
    assert ada.preview_import(paths[1:]).accepted == []


@pytest.mark.parametrize("dry", [True, False])
def test_stopping_leaves_everything_as_it_was(dry: bool, ada: Clinic, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.exchange.sheet.CHUNK", 1)
    days = [date(2026, 1, 1 + place).isoformat() for place in range(20)]
    (path,) = write(r="mrn,analyte,value,unit,collected_at\n" + "".join(f"10021,hb,12,g/dL,{day}\n" for day in days))
    asked: Iterator[bool] = iter([False] * 10 + [True] * 99)
    told: list[tuple[int, int]] = []
    before = audit(ada)
    options = ImportOptions(cancel=lambda: next(asked), progress=lambda done, total: told.append((done, total)))
    run = ada.preview_import if dry else ada.import_files
    with pytest.raises(ImportStopped, match="stopped"):
        run([path], options)
    assert told
    assert audit(ada) == before
    assert not ada.chart(ADA.mrn).results
    assert record(ada, date(2026, 11, 19), hb="12 g/dL")


def test_stopping_while_patients_are_judged_too(ada: Clinic, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.clinic.importing.ASSESSED", 1)
    answers = iter([False, False, True])
    before = audit(ada)
    with pytest.raises(ImportStopped):
        ada.import_files(write(r=RESULTS), ImportOptions(cancel=lambda: next(answers)))
    assert audit(ada) == before


def test_each_file_has_its_own_mapping_and_encoding(ada: Clinic, tmp_path: Path) -> None:
    mapping = ColumnMapping("City", columns={"mrn": "no", "value": "hb", "collected_at": "on"}, fixed={"analyte": "hb", "unit": "g/dL"})
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("no,hb,on\n10021,12.4,2026-11-19\n", encoding="utf-8")
    two.write_bytes("mrn,kind,on,note\n10021,vaccine-zoster,2026-01-02,Müller\n".encode("cp1252"))
    options = ImportOptions(mappings={one: mapping}, encodings={two: "cp1252"})
    found = ada.preview_import([one, two], options)
    assert [(each.mapping, each.encoding, each.problem) for each in found.files] == [("City", "utf-8", ""), ("", "cp1252", "")]
    ada.import_files(found.readable, replace(options, agreed=found.agreed))
    assert any(each.note == "Müller" for each in ada.chart(ADA.mrn).events)


def test_links_are_followed_and_broken_ones_told(ada: Clinic, write: Write, tmp_path: Path) -> None:
    (path,) = write(r=RESULTS)
    link, broken, around = tmp_path / "link.csv", tmp_path / "broken.csv", tmp_path / "around.csv"
    link.symlink_to(path)
    broken.symlink_to(tmp_path / "nowhere")
    around.symlink_to(around)
    found = ada.preview_import([path, link, broken, around])
    assert [(each.count.accepted, each.count.duplicate) for each in found.files[:2]] == [(1, 1), (0, 2)]
    assert all("cannot be read" in each.problem for each in found.files[2:])
    outcome = ada.import_files(found.readable, agreed(found))
    assert outcome.committed
    assert link.is_symlink()
