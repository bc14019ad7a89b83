"""The clinician's report: everything that record and engine say, and never more certain than they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, nasty_people, open_clinic, put_people, record, with_ada

from labtrack import __version__
from labtrack.clinic import Clinic
from labtrack.clinic.grid_cells import Cell
from labtrack.clinic.report_facts import capital, clinician_report, flag_of, read_facts, shortened, spoken
from labtrack.core.judgment import Region
from labtrack.core.record import Patient, Sex
from labtrack.exchange.report.model import Flag, Report, Row, Sign

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def report_of(clinic: Clinic, as_of: date | None = None, units: str = "conventional", name: str = "City Rheumatology") -> Report:
    with clinic.store.read() as reader:
        stored = reader.patients()[0]
        return clinician_report(read_facts(reader, clinic.judge, stored, as_of or clinic.today, units), clinic.judge, units, name)


def row(report: Report, name: str) -> Row:
    (found,) = [each for each in report.rows if each.cells[0] == name]
    return found


def gap(report: Report, label: str) -> str:
    return "; ".join(each.text for each in report.gaps if each.label == label)


def test_it_says_who_on_what_when_and_by_which_rules(ada: Clinic) -> None:
    report = report_of(ada)
    assert (report.person.name, report.person.mrn) == ("Okafor, Ada", "10021")
    assert report.person.about == "born 11 Feb 1968 (58 years)  ·  female"
    assert report.treatment == "Baricitinib 2 mg daily since 3 Mar 2026 (week 37)"
    assert report.as_of == "as of 22 Nov 2026"
    assert f"labtrack {__version__}, rule set {ada.judge.rule_set}, labels of region US." in report.footer
    assert report.paper == "letter"


def test_a_finding_has_its_words_its_source_and_where_label_and_article_differ(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="0.82 10*9/L")
    found = report_of(ada).found[0]
    assert (found.sign, found.word, found.headline) == (Sign.URGENT, "urgent", "ANC 0.82 below 1 (label)")
    assert "ANC 0.82 ×10⁹/L on 19 Nov 2026 is below 1. Label says: interrupt while the ANC is below 1.0" in found.text
    assert found.text.endswith("Also met: ANC 0.82 below 1.5.")
    (detail,) = found.details
    assert detail.startswith("Rule anc-below-1. Sources: bari-us [L]")
    assert "Where article and label differ: The article asks to watch for low neutrophils" in detail


def test_an_acknowledged_finding_says_so(ada: Clinic) -> None:
    record(ada, DAY, plt="60 10*9/L")
    ada.acknowledge(ADA.mrn, "platelets-below-75", "repeat ordered", date(2026, 12, 1))
    (found,) = [each for each in report_of(ada).found if each.headline.startswith("Plt")]
    assert found.headline == "Plt 60 below 75 (house), acknowledged until 1 Dec 2026"


def test_what_cannot_be_told_is_told_with_its_reason_and_counted(ada: Clinic) -> None:
    record(ada, DAY, ldl="152 mg/dL")
    report = report_of(ada)
    unknown = [each for each in report.found if each.sign is Sign.UNKNOWN]
    assert ("cannot evaluate", "no baseline result: ldl-rise-30") in {(each.word, each.headline) for each in unknown}
    assert report.tally.startswith(f"{len(ada.judge.engine.rules)} rules were asked: 0 met, ")


def test_the_table_has_value_date_baseline_change_range_and_flag(ada: Clinic) -> None:
    record(ada, BEFORE, hb="13.3 g/dL", alt="20 U/L")
    record(ada, DAY, hb="11.4 g/dL", alt="30 U/L")
    report = report_of(ada)
    hb = row(report, "Hb")
    assert hb.cells == ("Hb", "11.4", "g/dL", "19 Nov 2026", "13.3 (20 Feb 2026)", "-14.3 %", "12–15", "low · watch")
    assert (hb.flag, hb.sign, hb.rank) == (Flag.LOW, Sign.WATCH, 0)
    assert row(report, "ALT").cells[-1] == "in range"
    assert row(report, "LDL").cells[-1] == "never tested"
    assert row(report, "LDL").flag is Flag.OPEN


def test_a_value_in_doubt_is_never_in_range(ada: Clinic) -> None:
    record(ada, date(2026, 11, 1), hb="13 g/dL", alt=">30 U/L")
    path = Path(ada.location).with_name("doubt.csv")
    path.write_text(f"mrn,analyte,value,unit,collected_at\n{ADA.mrn},hb,hemolyzed,g/dL,2026-11-19\n", encoding="utf-8")
    ada.import_files([path])
    report = report_of(ada)
    assert row(report, "Hb").cells[-1] == "was in range · newer report unusable (hemolyzed, 19 Nov 2026)"
    assert row(report, "Hb").flag is Flag.OPEN
    assert row(report, "ALT").cells[-1] == "not certain"
    assert gap(report, "Unusable:") == "Hb “hemolyzed” of 19 Nov 2026"


def test_an_old_value_says_that_it_is_old(ada: Clinic) -> None:
    record(ada, date(2026, 5, 1), anc="3 10*9/L")
    report = report_of(ada)
    assert row(report, "ANC").cells[-1] == "was in range · too old to rely on"
    assert gap(report, "Too old to rely on:") == "ANC of 1 May 2026"


def test_what_is_missing_is_named(ada: Clinic) -> None:
    record(ada, DAY, hb="13 g/dL")
    report = report_of(ada)
    assert gap(report, "Never tested:") == "ANC, ALC, ALT, AST, eGFR, LDL"
    assert gap(report, "Incomplete:") == "the last blood count set lacks ANC, ALC"
    dates = {each.label: each.text for each in report.dates}
    assert dates["Liver:"].startswith("3 Mar 2026, OVERDUE by 264 days")


def test_open_screening_is_named_once(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    clinic.start_course(ADA.mrn, "baricitinib", 2.0, "daily", date(2026, 3, 3))
    report = report_of(clinic)
    assert gap(report, "Screening not settled:").endswith("items, named above")
    (found,) = [each for each in report.found if each.sign is Sign.WATCH]
    assert found.headline.endswith("… (article)")
    assert "Pneumococcal vaccine" in found.text


def test_sources_come_with_mark_and_day(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L")
    report = report_of(ada)
    assert ("[L]", "Baricitinib (Olumiant), US prescribing information") in {(each.label, each.text) for each in report.sources}
    assert "[L] label or manufacturer page read" in report.sources_note
    assert report.sources_note.endswith("Checked on 22 Nov 2026.")


def test_nobody_known_is_told_as_such(clinic: Clinic) -> None:
    clinic.add_patient(Patient("1", "X", None, Sex.UNKNOWN))
    report = report_of(clinic)
    assert report.person.about == "birth date not recorded  ·  sex not recorded"
    assert report.treatment == "No treatment recorded"
    assert report.dates == ()
    assert report.trends == ()
    assert all(each.cells[-1] == "never tested" for each in report.rows)


def test_a_past_day_knows_nothing_of_what_came_later(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    record(ada, DAY, anc="0.82 10*9/L")
    report = report_of(ada, date(2026, 4, 1))
    assert row(report, "ANC").cells[1] == "3.1"
    assert [each.value for each in report.trends[0].marks] == ["3.1"] if report.trends else True
    assert not any("0.82" in each.text for each in report.found)


def test_units_and_region_are_those_chosen(tmp_path: Path) -> None:
    with open_clinic(tmp_path, region=Region.EU) as clinic:
        with_ada(clinic)
        record(clinic, DAY, hb="13 g/dL")
        report = report_of(clinic, units="SI")
    assert row(report, "Hb").cells[1:3] == ("130", "g/L")
    assert report.paper == "a4"


def test_nasty_people_are_reported_whole(clinic: Clinic) -> None:
    put_people(clinic, [each.person for each in nasty_people(5, 14)])
    with clinic.store.read() as reader:
        for stored in reader.patients():
            facts = read_facts(reader, clinic.judge, stored, clinic.today, "conventional")
            report = clinician_report(facts, clinic.judge, "conventional", "")
            assert all(len(each.cells) == len(report.columns) for each in report.rows)
            met = sum(len(line.others) + 1 for line in facts.page.found if line.kind != "cannot evaluate")
            assert f": {met} met," in report.tally


def test_flags_without_a_range_or_reading_say_so() -> None:
    assert flag_of(Cell("1"), None) == (Flag.NONE, "no range")
    assert flag_of(Cell("1", "H"), None) == (Flag.HIGH, "high")


@pytest.mark.parametrize(("text", "said"), [("on 2026-03-03.", "on 3 Mar 2026."), ("2026-13-45", "2026-13-45")])
def test_days_are_told_as_readers_write_them(text: str, said: str) -> None:
    assert spoken(text) == said


def test_small_words() -> None:
    assert capital("eGFR 27") == "eGFR 27"
    assert capital("not settled") == "Not settled"
    assert shortened("x" * 200).endswith("x…")
    assert shortened("Ada") == "Ada"
