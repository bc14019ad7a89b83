"""The patient's report: plain words, no rule ids, questions and no advice."""

from __future__ import annotations

import re
from datetime import date

from tests.clinic.homes import ADA, nasty_people, put_people, record
from tests.clinic.test_plain_words import JARGON, ORDERS

from labtrack.clinic import Clinic
from labtrack.clinic.own_page import read_own_page
from labtrack.clinic.report_facts import read_facts
from labtrack.clinic.report_plain import plain_report
from labtrack.exchange.report.html import html_of
from labtrack.exchange.report.model import Flag, Report
from labtrack.store import Reader, StoredPatient

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def plain_of(clinic: Clinic, reader: Reader, stored: StoredPatient) -> Report:
    facts = read_facts(reader, clinic.judge, stored, clinic.today, "conventional")
    page = read_own_page(reader, clinic.judge, stored, clinic.today, "conventional")
    return plain_report(page, facts, clinic.judge, "conventional", "City Rheumatology")


def report_of(clinic: Clinic) -> Report:
    with clinic.store.read() as reader:
        return plain_of(clinic, reader, reader.patients()[0])


def test_what_stands_out_is_in_the_rules_own_words(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="0.82 10*9/L")
    report = report_of(ada)
    assert report.plain
    (found,) = report.found
    assert found.headline == "Neutrophils: 0.82 ×10⁹/L on 19 Nov 2026"
    assert found.text == ada.rule("anc-below-1").sections["For the patient"]
    assert report.asks[0] == "your result for neutrophils: what it means for you"
    (row,) = report.rows
    assert row.cells == ("Neutrophils", "0.82 ×10⁹/L", "19 Nov 2026", "3.1", "2 to 7.5", "below it")
    assert (row.flag, row.rank) == (Flag.LOW, 0)


def test_a_result_is_not_told_twice(ada: Clinic) -> None:
    record(ada, DAY, alt="300 U/L", ast="250 U/L", bilirubin="3 mg/dL", alp="70 U/L")
    headlines = [each.headline for each in report_of(ada).found]
    assert "Bilirubin: 3 mg/dL on 19 Nov 2026" in headlines
    assert sum("ALT: 300" in each for each in headlines) == 1


def test_ranges_are_told_in_words(ada: Clinic) -> None:
    record(ada, DAY, alt="20 U/L", creatinine="0.8 mg/dL", ldl="100 mg/dL")
    rows = {row.cells[0]: row.cells for row in report_of(ada).rows}
    assert rows["ALT"][-2:] == ("up to 44", "in it")
    assert rows["Kidney function"][-2:] == ("60 or more", "in it")
    assert rows["LDL cholesterol"][-2:] == ("not known", "")


def test_an_old_value_is_not_said_to_be_in_range(ada: Clinic) -> None:
    record(ada, date(2026, 5, 1), anc="3 10*9/L")
    (row,) = report_of(ada).rows
    assert (row.cells[-1], row.flag) == ("not certain", Flag.OPEN)


def test_questions_name_what_is_late_and_missing(ada: Clinic) -> None:
    asks = report_of(ada).asks
    assert any(each.startswith("dates that have passed: ") and "liver tests" in each for each in asks)
    assert "what is missing, and whether it was done elsewhere" in asks


def test_nothing_found_is_never_said_of_nothing_checked(ada: Clinic) -> None:
    assert report_of(ada).tally.startswith("There is no result on record yet")
    record(ada, DAY, hb="13 g/dL")
    assert report_of(ada).tally.startswith("Nothing stands out. ")
    assert report_of(ada).tally.endswith("Some could not be answered: see what is missing.")


def test_what_is_next_on_one_day_is_one_line(ada: Clinic) -> None:
    record(ada, BEFORE, alt="20 U/L", ast="20 U/L", creatinine="0.8 mg/dL")
    record(ada, DAY, alt="20 U/L", ast="20 U/L", creatinine="0.8 mg/dL")
    labels = [each.label for each in report_of(ada).dates]
    assert "Liver tests and kidney tests:" in labels


def test_the_words_are_plain_and_give_no_orders(clinic: Clinic) -> None:
    put_people(clinic, [each.person for each in nasty_people(3, 14)])
    ids = re.compile(rf"\b({'|'.join(map(re.escape, sorted(set(clinic.judge.engine.rules) - {'anemia', 'neutropenia'})))})\b")
    with clinic.store.read() as reader:
        for stored in reader.patients():
            page = re.sub(r"<style>.*?</style>", "", html_of(plain_of(clinic, reader, stored)), flags=re.DOTALL)
            text = re.sub(r"<[^>]+>", " ", page.partition("<body")[2])
            assert not JARGON.search(text), JARGON.search(text)
            assert not ORDERS.search(text), ORDERS.search(text)
            assert not ids.search(text), ids.search(text)


def test_the_names_are_those_of_the_patient(ada: Clinic) -> None:
    report = report_of(ada)
    assert (report.person.name, report.person.mrn, report.clinic) == (ADA.name, ADA.mrn, "City Rheumatology")
    assert report.treatment == "Baricitinib, 2 mg daily, since 3 Mar 2026."
