"""The patient's own page: right, plain, complete, and about nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, START, nasty_people, open_clinic, put_people, record, with_ada
from tests.clinic.test_plain_words import JARGON, ORDERS

from labtrack.clinic import Clinic
from labtrack.clinic.own_page import Kind, OwnPage, blocks, page_data
from labtrack.core.errors import NotFound, Refused, StoreError, UsageError
from labtrack.core.record import Patient, Sex

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def text_of(page: OwnPage) -> str:
    return "\n".join(each.text for each in blocks(page))


def section(page: OwnPage, heading: str) -> str:
    """What stands under a heading."""
    found: list[str] = []
    inside = False
    for each in blocks(page):
        inside = each.text == heading if each.kind is Kind.HEADING else inside
        found += [each.text] if inside and each.kind is not Kind.HEADING else []
    return "\n".join(found)


def test_what_stands_out_is_said_in_the_rules_own_words_with_its_result(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="0.82 10*9/L")
    (finding,) = ada.own_page(ADA.mrn).findings
    assert finding.text == ada.rule("anc-below-1").sections["For the patient"]
    assert finding.results == ("Neutrophils (white cells that fight bacteria): 0.82 ×10⁹/L on 19 Nov 2026",)
    assert not finding.is_seen
    ada.acknowledge(ADA.mrn, "anc-below-1", "repeat ordered")
    ada.acknowledge(ADA.mrn, "neutropenia", "repeat ordered")
    assert "Your team has looked at this." in section(ada.own_page(ADA.mrn), "What stands out")


def test_a_change_is_told_with_what_it_was(ada: Clinic) -> None:
    record(ada, BEFORE, ldl="108 mg/dL")
    record(ada, DAY, ldl="152 mg/dL")
    (finding,) = ada.own_page(ADA.mrn).findings
    assert finding.results[0].endswith(": 152 mg/dL on 19 Nov 2026; before the treatment 108 on 20 Feb 2026")


def test_nothing_found_is_never_said_of_nothing_checked(ada: Clinic) -> None:
    assert "There is no result on record yet" in section(ada.own_page(ADA.mrn), "What stands out")
    record(ada, DAY, hb="13.5 g/dL")
    said = section(ada.own_page(ADA.mrn), "What stands out")
    assert said.startswith("Nothing. ")
    assert "Some could not be answered: see what is missing." in said


def test_values_stand_with_their_day_range_and_what_was_before(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13.3 g/dL")
    record(ada, date(2026, 8, 1), hb="12.9 g/dL")
    record(ada, DAY, hb="11.5 g/dL")
    (panel,) = ada.own_page(ADA.mrn).panels
    (value,) = panel.values
    assert (panel.name, value.name) == ("Blood count", "Hemoglobin (carries oxygen; low means anemia)")
    assert (value.value, value.on, value.range) == ("11.5 g/dL", DAY, "below the usual range (12–15)")
    assert value.earlier == "the time before 12.9 on 1 Aug 2026, before the treatment 13.3"


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("13 g/dL", "in the usual range (12–15)"),
        ("16 g/dL", "above the usual range (12–15)"),
        ("<14 g/dL", "usual range 12–15"),
        ("<10 g/dL", "below the usual range (12–15)"),
    ],
)
def test_where_a_value_stands_is_only_said_where_it_is_sure(ada: Clinic, value: str, where: str) -> None:
    record(ada, DAY, hb=value)
    assert ada.own_page(ADA.mrn).panels[0].values[0].range == where


def test_units_are_those_chosen(ada: Clinic) -> None:
    record(ada, DAY, hb="13 g/dL")
    assert ada.own_page(ADA.mrn, units="SI").panels[0].values[0].value == "130 g/L"
    with pytest.raises(UsageError):
        ada.own_page(ADA.mrn, units="metric")


def test_what_is_missing_is_told_with_its_why(ada: Clinic) -> None:
    record(ada, DAY, hb="13 g/dL", ast="20 U/L")
    said = section(ada.own_page(ADA.mrn), "What is missing, and why it matters")
    assert "No result that counts yet: ALT (a liver enzyme)" in said
    assert "Liver tests show how well the liver gets along with the medicines." in said
    assert "There is no result from before the treatment to compare with: hemoglobin" in said
    assert "Your last blood count lacked: neutrophils (white cells that fight bacteria) and lymphocytes" in said


def test_open_screening_is_told_by_its_items(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    clinic.start_course(ADA.mrn, "baricitinib", 2.0, "daily", START)
    clinic.add_event(ADA.mrn, "screen-tb", date(2026, 2, 20))
    said = section(clinic.own_page(ADA.mrn), "What is missing, and why it matters")
    assert "Not recorded yet: test for hepatitis B; test for hepatitis C" in said
    assert "test for tuberculosis" not in said


def test_dates_come_with_their_reason(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L", alc="2 10*9/L", hb="13 g/dL")
    record(ada, DAY, anc="0.82 10*9/L", alc="2 10*9/L", hb="13 g/dL")
    dates = {each.what: each for each in ada.own_page(ADA.mrn).dates}
    assert dates["Blood count"].on == DAY + timedelta(7)
    assert (
        dates["Blood count"].when == "on 26 Nov 2026, in 4 days, so about now" or dates["Blood count"].when == "on 26 Nov 2026, in 4 days"
    )
    assert dates["Blood count"].why == "To look again at a value that stood out."
    assert "Cholesterol and blood fats" in dates


def test_the_treatment_is_told_as_it_is(ada: Clinic) -> None:
    def told(as_of: date | None = None) -> str:
        return ada.own_page(ADA.mrn, as_of).medicine

    assert told() == "Baricitinib, 2 mg daily, since 3 Mar 2026."
    assert told(date(2026, 1, 1)) == "Baricitinib, 2 mg daily, is planned from 3 Mar 2026."
    ada.hold(ADA.mrn, "neutropenia", DAY)
    assert told() == "Baricitinib, 2 mg daily, since 3 Mar 2026. It has been paused since 19 Nov 2026."
    ada.stop_course(ADA.mrn, "remission", date(2026, 11, 20))
    assert told() == "Baricitinib was stopped on 20 Nov 2026."


def test_without_treatment_it_says_so(clinic: Clinic) -> None:
    clinic.add_patient(Patient("1", "X", None, Sex.UNKNOWN))
    page = clinic.own_page("1")
    assert page.medicine == "No treatment is recorded."
    assert "No date is planned" in section(page, "What is next")
    assert next(blocks(page)).text == "X (MRN 1)"
    with pytest.raises(NotFound):
        clinic.own_page("2")


def test_the_words_are_plain_and_give_no_orders(clinic: Clinic) -> None:
    people = nasty_people(3, 60)
    put_people(clinic, [each.person for each in people])
    for each in people:
        for block in blocks(clinic.own_page(each.person.patient.mrn)):
            if block.kind is not Kind.TITLE:
                assert not JARGON.search(block.text), block.text
                assert not ORDERS.search(block.text), block.text


def test_data_are_the_page_without_python_in_it(ada: Clinic) -> None:
    import json

    record(ada, DAY, hb="11.5 g/dL")
    data = json.loads(json.dumps(page_data(ada.own_page(ADA.mrn))))
    assert data["as_of"] == "2026-11-22"
    assert data["panels"][0]["values"][0]["on"] == "2026-11-19"
    assert "choices" not in data


def test_reading_it_needs_no_write_and_a_clinic_opened_for_it_refuses_any(tmp_path: Path) -> None:
    with open_clinic(tmp_path) as clinic:
        with_ada(clinic)
        record(clinic, DAY, hb="11.5 g/dL")
    with open_clinic(tmp_path, read_only=True) as clinic:
        assert clinic.own_page(ADA.mrn).panels
        assert clinic.trend_charts(ADA.mrn, plain=True).chart.series
        for change in (
            lambda: record(clinic, DAY, hb="11.6 g/dL"),
            lambda: clinic.edit_patient(ADA.mrn, name="x"),
            lambda: clinic.hold(ADA.mrn, "neutropenia", DAY),
            lambda: clinic.acknowledge(ADA.mrn, "anemia", "x"),
        ):
            with pytest.raises((StoreError, Refused)):
                change()
