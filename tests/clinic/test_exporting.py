"""What is taken out: the summary, the results, and everything, such that an empty clinic becomes the same one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, time
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, START, TODAY, nasty_people, open_clinic, put_people, record, with_ada
from tests.clinic.test_recording import collections

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic, Entry
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region
from labtrack.core.record import CollectedAt, Patient
from labtrack.exchange.summary import SUMMARY_COLUMNS

DAY = date(2026, 11, 19)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def summary(clinic: Clinic, mrn: str | None = None, as_of: date | None = None) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    clinic.export_summary(out, mrn, as_of)
    assert out.getvalue().startswith(",".join(SUMMARY_COLUMNS) + "\r\n")
    return table(out.getvalue())


def results(clinic: Clinic, mrn: str | None = None) -> str:
    out = io.StringIO(newline="")
    clinic.export_results(out, mrn)
    return out.getvalue()


def judged(clinic: Clinic) -> tuple[object, ...]:
    """Everything that is said of everyone, and the summary."""
    return list(clinic.assess(every_verdict=True)), list(clinic.due()), summary(clinic)


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[tuple[Clinic, Clinic]]:
    """Two empty clinics."""
    with ExitStack() as stack:
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir()
        one, other = (stack.enter_context(open_clinic(folder)) for folder in folders)
        yield one, other


def copied(one: Clinic, other: Clinic, folder: Path) -> None:
    """Everything of one clinic taken into another, without a refusal."""
    outcome = other.import_files(one.export_all(folder))
    assert outcome.refusals == []


# The summary


def test_the_summary_of_an_empty_clinic_is_its_header(clinic: Clinic) -> None:
    assert summary(clinic) == []


def test_the_summary_has_a_row_for_what_was_never_measured(ada: Clinic) -> None:
    rows = summary(ada)
    panels = catalogue().panels.values()
    assert {row["analyte"] for row in rows} == {key for panel in panels for key in (*panel.required, *panel.expected)}
    assert {row["flag"] for row in rows} == {"never measured"}
    by_analyte = {row["analyte"]: row for row in rows}
    assert by_analyte["plt"]["cannot_evaluate"] == "platelets-below-75 (no-result)"
    assert by_analyte["egfr"]["cannot_evaluate"].startswith("egfr-below-30 (no-result); ")
    assert by_analyte["ldl"]["next_check_on"] == "2026-03-03"
    assert by_analyte["ldl"]["next_check_status"] == "overdue"


def test_the_summary_tells_course_and_findings_of_an_analyte(ada: Clinic) -> None:
    record(ada, date(2026, 2, 20), hb="12.9 g/dL", ldl="108 mg/dL", alt="20 U/L", ast="21 U/L")
    record(ada, date(2026, 6, 1), hb="13.5 g/dL", ldl="90 mg/dL")
    ada.record(ADA.mrn, [Entry("hb", "113", "g/L", "120", "155"), Entry("ldl", "152", "mg/dL")], CollectedAt(DAY, time(8)))
    record(ada, DAY, alt="150 U/L", ast="22 U/L")
    rows = {row["analyte"]: row for row in summary(ada)}
    hb = rows["hb"]
    assert (hb["baseline_value"], hb["baseline_on"], hb["first_value"], hb["latest_value"]) == ("12.9", "2026-02-20", "12.9", "11.3")
    assert (hb["change"], hb["change_percent"], hb["minimum"], hb["maximum"], hb["count"]) == ("-1.6", "-12.4", "11.3", "13.5", "3")
    assert (hb["ref_low"], hb["ref_high"], hb["flag"], hb["findings"], hb["as_of"]) == ("12", "15.5", "low", "anemia", "2026-11-22")
    assert rows["ldl"]["findings"] == "ldl-rise-30"
    assert rows["alt"]["findings"] == "transaminase-raised; transaminase-3x"
    assert rows["ast"]["findings"] == ""
    assert rows["bilirubin"]["cannot_evaluate"] == "hys-law (no-result)"


def test_of_what_cannot_be_told_the_analytes_that_lack_are_named(ada: Clinic) -> None:
    record(ada, DAY, alt="22 U/L", hb="12 g/dL")
    rows = {row["analyte"]: row["cannot_evaluate"] for row in summary(ada)}
    assert rows["alt"] == ""
    assert "transaminase-3x (no-result)" in rows["ast"]
    assert rows["hb"] == "hb-fall-2 (no-baseline)"


def test_an_egfr_is_compared_with_its_like(ada: Clinic) -> None:
    record(ada, date(2026, 2, 20), egfr="90 mL/min/1.73m2")
    record(ada, DAY, creatinine="1.2 mg/dL")
    (row,) = [row for row in summary(ada) if row["analyte"] == "egfr"]
    assert (row["baseline_value"], row["change"]) == ("", "")
    record(ada, date(2026, 11, 20), egfr="80 mL/min/1.73m2")
    (row,) = [row for row in summary(ada) if row["analyte"] == "egfr"]
    assert (row["baseline_value"], row["change"]) == ("90", "-10")


def test_a_change_does_not_round_to_a_threshold(ada: Clinic) -> None:
    record(ada, date(2026, 2, 20), ldl="100 mg/dL")
    record(ada, DAY, ldl="130.004 mg/dL")
    (row,) = [row for row in summary(ada) if row["analyte"] == "ldl"]
    assert (row["change_percent"], row["findings"]) == ("30.004", "ldl-rise-30")


def test_the_summary_of_one_patient_as_of_a_day(ada: Clinic) -> None:
    ada.add_patient(Patient("2", "Other"))
    record(ada, date(2026, 6, 1), hb="13.5 g/dL")
    record(ada, DAY, hb="11.1 g/dL")
    rows = summary(ada, ADA.mrn, date(2026, 6, 30))
    assert {(row["mrn"], row["as_of"]) for row in rows} == {(ADA.mrn, "2026-06-30")}
    assert [row["latest_value"] for row in rows if row["analyte"] == "hb"] == ["13.5"]


def test_the_summary_is_a_file_as_well(ada: Clinic, tmp_path: Path) -> None:
    ada.export_summary(tmp_path / "summary.csv")
    assert table((tmp_path / "summary.csv").read_text(encoding="utf-8")) == summary(ada)


# Results, and everything


def test_results_are_exported_with_what_became_of_them(ada: Clinic) -> None:
    ada.add_patient(Patient("2", "Other"))
    (first,) = record(ada, DAY, anc="0,82 10*9/L").results
    ada.record("2", [Entry("hb", "12.4", "g/dL")], CollectedAt(DAY))
    ada.amend(first.result_id, "0.92", "", "typo")
    rows = table(results(ada))
    assert [(row["mrn"], row["value"], row["status"], row["supersedes"]) for row in rows] == [
        (ADA.mrn, "0.82", "final", ""),
        ("2", "12.4", "final", ""),
        (ADA.mrn, "0.92", "corrected", "1"),
    ]
    assert [row["result_id"] for row in table(results(ada, "2"))] == ["2"]


@pytest.mark.parametrize("seed", range(4))
def test_everything_taken_into_an_empty_clinic_makes_the_same_one(seed: int, copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    put_people(one, [drawn.person for drawn in nasty_people(seed, 20)])
    copied(one, other, tmp_path / "all")
    assert one.patients() == other.patients()
    for patient in one.patients():
        mine, theirs = one.chart(patient.mrn), other.chart(patient.mrn)
        assert repr((mine.events, mine.results, mine.pins)) == repr((theirs.events, theirs.results, theirs.pins))
    assert judged(one) == judged(other)
    assert results(one) == results(other)
    assert other.verify() == []
    again = other.export_all(tmp_path / "again")
    assert [path.read_bytes() for path in again] == [(tmp_path / "all" / path.name).read_bytes() for path in again]


def test_a_clinic_kept_by_hand_is_copied_whole(copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    with_ada(one)
    (first,) = record(one, date(2026, 1, 10), ldl="100 mg/dL", bun="14 mg/dL", anc="hemolyzed 10*9/L").results[:1]
    record(one, date(2026, 2, 10), ldl="120 mg/dL")
    record(one, DAY, anc="0,82 10*9/L", ldl="140 mg/dL", hb="12.4 furlong", crp="<0,5 mg/L")
    record(one, DAY, anc="1.4 10*9/L")
    (wrong, right) = record(one, date(2026, 11, 20), plt="25 10*9/L", wbc="5.1 10*9/L").results
    one.amend(right.result_id, "5.2", "", "typo: ‘5.1’")
    one.strike(wrong.result_id, "another patient")
    one.pin_baseline(ADA.mrn, "ldl", first.collected_at, "=fasting")
    one.change_dose(ADA.mrn, 4, date(2026, 6, 1), reason="flare")
    one.change_dose(ADA.mrn, 2, date(2026, 12, 24), "every other day")
    one.hold(ADA.mrn, "other: travel", date(2026, 7, 1))
    one.resume(ADA.mrn, date(2026, 7, 10))
    one.hold(ADA.mrn, "anc-below-1", DAY)
    one.add_event(ADA.mrn, "herpes-zoster", date(2026, 8, 1), "left; 'arm'\nsecond line")
    one.end_event(ADA.mrn, "herpes-zoster", date(2026, 8, 20))
    one.add_event(ADA.mrn, "obesity", date(2026, 8, 1))
    one.stop_course(ADA.mrn, "switch", date(2026, 12, 1))
    one.start_course(ADA.mrn, "upadacitinib", 15, "daily", date(2026, 12, 1))
    copied(one, other, tmp_path / "all")
    assert repr(one.chart(ADA.mrn)) == repr(other.chart(ADA.mrn))
    assert judged(one) == judged(other)
    later = date(2027, 1, 15)
    assert list(one.assess(as_of=later, every_verdict=True)) == list(other.assess(as_of=later, every_verdict=True))
    assert list(one.show(ADA.mrn)) == list(other.show(ADA.mrn))


def test_a_plan_that_a_stop_overtook_does_not_pass_to_the_next_course(copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    with_ada(one)
    one.change_dose(ADA.mrn, 4, date(2026, 12, 24))
    one.hold(ADA.mrn, "other: travel", date(2026, 12, 28))
    one.stop_course(ADA.mrn, "remission", DAY)
    outcome = other.import_files(one.export_all(tmp_path / "all"))
    assert [notice.reason for notice in outcome.notices] == ["after the stop of baricitinib on 2026-11-19: kept, without effect"] * 2
    assert one.chart(ADA.mrn).courses == other.chart(ADA.mrn).courses
    one.start_course(ADA.mrn, "baricitinib", 2, "daily", date(2026, 12, 1))
    third = open_clinic(tmp_path)
    third.import_files(one.export_all(tmp_path / "later"))
    assert [(len(each.doses), len(each.holds)) for each in third.chart(ADA.mrn).courses] == [(0, 0), (0, 0)]
    assert list(third.assess(as_of=date(2026, 12, 29))) == list(one.assess(as_of=date(2026, 12, 29)))
    third.close()


def test_every_unit_of_every_analyte_reads_back(copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    one.add_patient(ADA)
    for at, together in collections():
        one.record(ADA.mrn, [entry for _, _, entry in together], at)
    copied(one, other, tmp_path / "all")
    assert one.chart(ADA.mrn).results == other.chart(ADA.mrn).results


def test_one_patient_is_taken_out_alone(ada: Clinic, copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    ada.add_patient(Patient("2", "Other"))
    ada.record("2", [Entry("hb", "12.4", "g/dL")], CollectedAt(DAY))
    record(ada, DAY, hb="12.9 g/dL")
    other = copies[0]
    outcome = other.import_files(ada.export_all(tmp_path / "all", ADA.mrn))
    assert outcome.refusals == []
    assert [each.mrn for each in other.patients()] == [ADA.mrn]
    assert list(other.assess(every_verdict=True)) == list(ada.assess(ADA.mrn, every_verdict=True))


def test_pinned_baselines_have_a_file_only_where_there_are_any(ada: Clinic, tmp_path: Path) -> None:
    assert [path.stem for path in ada.export_all(tmp_path / "all")] == ["patients", "courses", "doses", "holds", "events", "results"]
    (result,) = record(ada, START, ldl="100 mg/dL").results
    ada.pin_baseline(ADA.mrn, "ldl", result.collected_at, "x")
    assert [path.stem for path in ada.export_all(tmp_path / "all")][-1] == "baselines"


def test_regions_differ_over_one_record(tmp_path: Path) -> None:
    with with_ada(open_clinic(tmp_path, region=Region.EU), dose_mg=4.0) as clinic:
        record(clinic, DAY, creatinine="1.4 mg/dL")
        (row,) = [row for row in summary(clinic) if row["analyte"] == "creatinine"]
        assert row["findings"] == "egfr-30-60-dose"
        assert clinic.today == TODAY


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, clinic: Clinic) -> None:
    (tmp_path / "letter").write_text("dear", encoding="utf-8")
    with pytest.raises(LabtrackError, match="cannot be made"):
        clinic.export_all(tmp_path / "letter" / "export")
    with pytest.raises(LabtrackError, match="cannot be made"):
        clinic.export_all(tmp_path / "letter")
