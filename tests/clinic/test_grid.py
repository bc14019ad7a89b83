"""The cumulative grid: rows by panel, columns by collection, baseline, change, findings; units change nothing but the text."""

from __future__ import annotations

from datetime import date, time

import pytest
from tests.clinic.homes import ADA, nasty_people, open_clinic, put_people, record

from labtrack.clinic import Clinic, Entry
from labtrack.clinic.grid import Grid, GridRow
from labtrack.core.errors import NotFound, UsageError
from labtrack.core.judgment import Verdict
from labtrack.core.record import CollectedAt, Patient, Sex

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def row(grid: Grid, analyte: str) -> GridRow:
    (found,) = (each for each in grid.rows if each.analyte == analyte)
    return found


def texts(grid: Grid, analyte: str) -> dict[int, str]:
    return {place: cell.text for place, cell in row(grid, analyte).cells.items()}


@pytest.fixture
def filled(ada: Clinic) -> Clinic:
    """A baseline, a middle and a newest collection."""
    record(ada, BEFORE, anc="3.1 10*9/L", hb="129 g/L", ldl="108 mg/dL", creatinine="0.8 mg/dL")
    record(ada, date(2026, 5, 26), anc="2.8 10*9/L", hb="12.8 g/dL")
    record(ada, DAY, anc="0.82 10*9/L", hb="12.9 g/dL", ldl="152 mg/dL", creatinine="0.9 mg/dL", crp="<5 mg/L")
    return ada


def test_columns_are_the_collections_oldest_first(filled: Clinic) -> None:
    filled.record(ADA.mrn, [Entry("alt", "22", "U/L")], CollectedAt(DAY, time(16, 30)))
    filled.record(ADA.mrn, [Entry("alt", "21", "U/L")], CollectedAt(date(2026, 6, 1)))
    grid = filled.grid(ADA.mrn)
    assert [str(each) for each in grid.columns] == [
        "2026-02-20T08:00", "2026-05-26T08:00", "2026-06-01", "2026-11-19T08:00", "2026-11-19T16:30",
    ]  # fmt: skip
    assert texts(grid, "alt") == {2: "21", 4: "22"}


def test_rows_stand_by_panel_and_what_a_panel_requires_is_never_left_out(filled: Clinic) -> None:
    grid = filled.grid(ADA.mrn)
    assert [panel.name for panel in grid.panels] == ["Blood count", "Liver", "Kidney", "Lipids", "Other"]
    assert [each.analyte for each in grid.rows] == ["hb", "anc", "alc", "alt", "ast", "egfr", "creatinine", "ldl", "crp"]
    assert row(grid, "alc").is_required
    assert not row(grid, "alc").cells
    assert not row(grid, "crp").is_required


def test_baseline_change_and_variation_as_drawn(filled: Clinic) -> None:
    anc, ldl, hb = (row(filled.grid(ADA.mrn), key) for key in ("anc", "ldl", "hb"))
    assert anc.baseline is not None
    assert (anc.baseline.cell.text, anc.baseline.on, anc.change, anc.variation) == ("3.1", BEFORE, "-73.5", "beyond variation")
    assert (ldl.change, ldl.variation) == ("+40.7", "beyond variation")
    assert (hb.change, hb.variation) == ("0", "within variation")
    assert (row(filled.grid(ADA.mrn), "crp").change, row(filled.grid(ADA.mrn), "crp").baseline) == ("", None)


def test_the_change_is_that_of_the_evidence(filled: Clinic) -> None:
    (finding,) = (each for each in filled.assessment(ADA.mrn).findings if each.rule == "ldl-rise-30")
    assert finding.verdict is Verdict.MET
    assert finding.evidence[0].change_percent == pytest.approx(float(row(filled.grid(ADA.mrn), "ldl").change), abs=0.05)


def test_a_finding_stands_beside_the_value_that_met_it(filled: Clinic) -> None:
    grid = filled.grid(ADA.mrn)
    assert {place: cell.finding for place, cell in row(grid, "anc").cells.items()} == {0: "", 1: "", 2: "urgent"}
    assert row(grid, "ldl").cells[2].finding == "action"
    assert row(grid, "hb").cells[2].finding == ""
    baseline = row(grid, "anc").baseline
    assert baseline is not None
    assert baseline.cell.finding == ""


def test_only_the_side_that_meets_a_rule_is_signed(ada: Clinic) -> None:
    record(ada, DAY, alt="200 U/L", ast="20 U/L")
    grid = ada.grid(ADA.mrn)
    assert row(grid, "alt").cells[0].finding == "action"
    assert row(grid, "ast").cells[0].finding == ""


def test_a_calculated_value_is_marked_and_lists_its_sources(ada: Clinic) -> None:
    record(ada, DAY, creatinine="1.0 mg/dL", wbc="5.0 10*9/L", neut_pct="16 %", tc="200 mg/dL", hdl="50 mg/dL", tg="150 mg/dL")
    grid = ada.grid(ADA.mrn)
    assert (texts(grid, "anc"), texts(grid, "ldl")) == ({0: "0.8"}, {0: "120"})
    methods = {key: row(grid, key).cells[0].method for key in ("anc", "ldl", "egfr", "creatinine")}
    assert methods == {"anc": "WBC × %", "ldl": "Friedewald", "egfr": "CKD-EPI 2021", "creatinine": ""}
    assert row(grid, "anc").cells[0].finding == "urgent"
    assert [each.analyte for each in row(grid, "ldl").cells[0].results] == ["tc", "hdl", "tg"]


def test_amended_and_struck_values_stay_with_their_old_ones(ada: Clinic) -> None:
    (hb, alt) = record(ada, DAY, hb="9.9 g/dL", alt="500 U/L").results
    ada.amend(hb.result_id, "12.9", "", "typing error")
    ada.strike(alt.result_id, "another patient's")
    grid = ada.grid(ADA.mrn)
    amended, struck = row(grid, "hb").cells[0], row(grid, "alt").cells[0]
    assert (amended.text, amended.is_amended, [each.value_text for each in amended.results]) == ("12.9", True, ["9.9", "12.9"])
    assert (struck.text, struck.is_usable, struck.finding) == ("struck", False, "")


def test_a_pinned_baseline_is_marked(filled: Clinic) -> None:
    filled.pin_baseline(ADA.mrn, "anc", CollectedAt(date(2026, 5, 26), time(8)), "ill before")
    anc = row(filled.grid(ADA.mrn), "anc")
    assert anc.baseline is not None
    assert (anc.baseline.cell.text, anc.baseline.is_pinned, anc.change) == ("2.8", True, "-70.7")


def test_the_egfr_is_compared_with_its_own_kind(ada: Clinic) -> None:
    record(ada, BEFORE, creatinine="0.8 mg/dL", egfr="61 mL/min/1.73m2")
    record(ada, DAY, creatinine="1.0 mg/dL")
    egfr = row(ada.grid(ADA.mrn), "egfr")
    assert (egfr.cells[0].method, egfr.cells[1].method) == ("", "CKD-EPI 2021")
    assert egfr.baseline is not None
    assert (egfr.baseline.cell.method, egfr.baseline.on) == ("CKD-EPI 2021", BEFORE)
    assert egfr.change == "-23.5"


def test_without_treatment_or_results(clinic: Clinic) -> None:
    clinic.add_patient(Patient("2", "Nobody", None, Sex.UNKNOWN))
    empty = clinic.grid("2")
    assert empty.columns == ()
    assert all(each.is_required and not each.cells for each in empty.rows)
    clinic.record("2", [Entry("hb", "9", "g/dL")], CollectedAt(DAY))
    hb = row(clinic.grid("2"), "hb")
    assert (hb.baseline, hb.change, hb.limits, hb.cells[0].flag) == (None, "", "", "")


def test_unknown_units_and_people_are_refused(ada: Clinic) -> None:
    with pytest.raises(UsageError, match="no units 'imperial'"):
        ada.grid(ADA.mrn, "imperial")
    with pytest.raises(NotFound):
        ada.grid("nobody")


def test_units_change_nothing_but_text_units_and_limits_whoever_it_is(tmp_path: object) -> None:
    """The oracle's nasty people: clashes, bounds, texts, unknown units, struck, amended, preliminary."""
    people = [drawn.person for drawn in nasty_people(7, 60)]
    with open_clinic(tmp_path) as clinic:  # type: ignore[arg-type]
        put_people(clinic, people)
        for person in people:
            plain, si = (clinic.grid(person.patient.mrn, units) for units in ("conventional", "SI"))
            assert plain.columns == si.columns
            for one, other in zip(plain.rows, si.rows, strict=True):
                assert (one.analyte, one.change, one.variation) == (other.analyte, other.change, other.variation)
                for place, cell in one.cells.items():
                    there = other.cells[place]
                    marks = [(it.flag, it.finding, it.method, it.is_amended, it.is_usable, it.status, it.value) for it in (cell, there)]
                    assert marks[0] == marks[1]
                    assert [each.result_id for each in cell.results] == [each.result_id for each in there.results]
            listed = {each.result_id for each_row in plain.rows for cell in each_row.cells.values() for each in cell.results}
            assert listed == {each.result_id for each in clinic.chart(person.patient.mrn).results}
