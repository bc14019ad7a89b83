"""Where the form for new results starts from."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clinic.homes import ADA

from labtrack.clinic import Clinic, Entry
from labtrack.clinic.entry_sheet import EntryLine, EntrySheet, range_text
from labtrack.core.record import CollectedAt, Patient

DAY = date(2026, 11, 19)


def put(clinic: Clinic, on: date, *typed: Entry, lab: str = "City Lab") -> None:
    clinic.record(ADA.mrn, typed, CollectedAt(on, time(8)), lab)


def line(sheet: EntrySheet, key: str) -> EntryLine:
    return next(each for each in sheet.lines if each.analyte == key)


def test_the_order_is_that_of_the_paper(ada: Clinic) -> None:
    sheet = ada.entry_sheet(ADA.mrn)
    assert [each.key for each in sheet.panels] == ["cbc", "liver", "lipid", "renal", "inflammation", "other"]
    first = [each.analyte for each in sheet.lines if each.is_first]
    assert first == ["hb", "wbc", "anc", "alc", "plt", "alt", "ast", "ldl", "hdl", "tg", "creatinine", "crp"]
    assert {each.analyte for each in sheet.lines} == set(ada.catalogue.analytes)
    assert sheet.patient == ADA


def test_the_unit_is_the_one_last_used_for_this_patient(ada: Clinic) -> None:
    put(ada, date(2026, 5, 1), Entry("hb", "12.9", "g/dL"), Entry("anc", "3100", "/uL"))
    put(ada, date(2026, 8, 1), Entry("hb", "131", "g/L"))
    sheet = ada.entry_sheet(ADA.mrn)
    assert (line(sheet, "hb").unit, line(sheet, "anc").unit, line(sheet, "ldl").unit) == ("g/L", "/uL", "mg/dL")
    assert line(sheet, "hb").units[:2] == ("g/L", "g/dL")
    last = line(sheet, "hb").last
    assert last is not None
    assert (last.value_text, last.unit) == ("131", "g/L")
    earlier = line(ada.entry_sheet(ADA.mrn, CollectedAt(date(2026, 6, 1))), "hb")
    assert earlier.last is not None
    assert (earlier.last.value_text, earlier.unit) == ("12.9", "g/dL")


def test_what_is_struck_or_unusable_is_not_the_last(ada: Clinic) -> None:
    put(ada, date(2026, 5, 1), Entry("hb", "12.9", "g/dL"))
    put(ada, date(2026, 8, 1), Entry("hb", "hemolyzed", "g/dL"))
    recorded = ada.record(ADA.mrn, [Entry("hb", "13.3", "g/dL")], CollectedAt(date(2026, 9, 1)))
    ada.strike(recorded.results[0].result_id, "another patient")
    last = line(ada.entry_sheet(ADA.mrn), "hb").last
    assert last is not None
    assert last.value_text == "12.9"


def test_the_range_is_the_laboratorys_own_else_the_catalogues(ada: Clinic) -> None:
    put(ada, DAY, Entry("alt", "20", "U/L", "0", "35"), Entry("hb", "12.9", "g/dL"), lab="City Lab")
    sheet = ada.entry_sheet(ADA.mrn)
    alt = line(sheet, "alt")
    assert (sheet.lab, alt.range, alt.is_catalogue_range, alt.ref_low, alt.ref_high) == ("City Lab", "0–35", False, "0", "35")
    hb = line(sheet, "hb")
    assert (hb.range, hb.is_catalogue_range, hb.ref_low) == ("12–15", True, "")
    elsewhere = sheet.in_unit(alt, "U/L", "Other Lab")
    assert (elsewhere.range, elsewhere.is_catalogue_range, elsewhere.ref_high) == ("0–44", True, "")
    assert sheet.in_unit(alt, "ukat/L", "City Lab").range == "0–0.7333"
    assert sheet.in_unit(hb, "g/L", "City Lab").range == "120–150"
    assert sheet.in_unit(hb, "furlong", "City Lab").range == ""


def test_a_variant_stays_a_variant(ada: Clinic) -> None:
    put(ada, DAY, Entry("bun", "15", "mg/dL", "7", "22"))
    sheet = ada.entry_sheet(ADA.mrn)
    urea = line(sheet, "urea")
    assert (urea.name, urea.short, urea.unit, urea.range) == ("bun", "Urea (BUN)", "mg/dL", "7–22")
    plain = sheet.find("urea")
    assert isinstance(plain, EntryLine)
    assert (plain.name, plain.unit, plain.last) == ("urea", "mmol/L", None)
    assert sheet.find("BUN") == urea


@pytest.mark.parametrize(
    ("text", "key"),
    [("crp", "crp"), ("SGPT", "alt"), ("718-7", "hb"), (" ggt ", "ggt"), ("leuko", "wbc"), ("13457-7", "ldl"), ("trigly", "tg")],
)
def test_any_name_or_code_finds_an_analyte(ada: Clinic, text: str, key: str) -> None:
    found = ada.entry_sheet(ADA.mrn).find(text)
    assert isinstance(found, EntryLine)
    assert (found.analyte, found.name) == (key, key)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("hba1c", "sugar test"), ("ferritin", "unknown analyte"), ("", "type a name"), ("ne", "could be ANC"), ("h", "unknown analyte")],
)
def test_what_is_not_found_says_why(ada: Clinic, text: str, reason: str) -> None:
    found = ada.entry_sheet(ADA.mrn).find(text)
    assert isinstance(found, str)
    assert reason in found


def test_a_code_that_names_a_variant_has_a_line_of_its_own(ada: Clinic) -> None:
    found = ada.entry_sheet(ADA.mrn).find("59260-0")
    assert isinstance(found, EntryLine)
    assert (found.name, found.analyte) == ("59260-0", "hb")
    assert any("mmol" in unit for unit in found.units)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_anything_may_be_looked_for(ada: Clinic, text: str) -> None:
    assert isinstance(ada.entry_sheet(ADA.mrn).find(text), str | EntryLine)


def test_a_patient_without_sex_or_results(clinic: Clinic) -> None:
    clinic.add_patient(Patient("7", "Nobody yet"))
    sheet = clinic.entry_sheet("7")
    assert sheet.lab == ""
    assert line(sheet, "hb").range == ""
    assert all(each.last is None for each in sheet.lines)


def test_ranges_in_words() -> None:
    assert [range_text("1", "2"), range_text("", "<5"), range_text("60", ""), range_text("", "")] == ["1–2", "≤ 5", "≥ 60", ""]
