"""Messages in the clinic: versions of a report, remarks in the words of the format, people listed, nothing by halves."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
from tests.clinic.feeds import ANN, Messages, told

from labtrack.clinic.import_feeds import format_of
from labtrack.clinic.importing import ImportOptions
from labtrack.core.record import Course, DoseStep, Event, Hold
from labtrack.exchange.feed import FeedChunk, Identifier, Person, Treatment
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.store import Store


@pytest.fixture
def messages(store: Store, tmp_path: Path, today: date, monkeypatch: pytest.MonkeyPatch) -> Messages:
    return Messages(store, tmp_path, today, monkeypatch)


def test_a_report_is_recorded_as_sent(messages: Messages, store: Store) -> None:
    outcome = messages([told(note="laboratory's flag L", specimen_id="S9", at="2024-03-01T08:00:00-05:00")])
    (count,) = outcome.files
    assert (count.layout, count.accepted, count.patients_added, count.refused) == ("hl7", 1, 1, 0)
    with store.read() as reader:
        (result,) = reader.results(1)
        assert (result.analyte, result.value_text, result.unit, result.code) == ("plt", "99", "10*3/uL", "777-3")
        assert (str(result.collected_at), result.specimen_id, result.lab) == ("2024-03-01T08:00-05:00", "S9", "LIS")
        assert (result.ref_low, result.ref_high, result.note) == ("150", "400", "laboratory's flag L")
        row = reader.session.driver.execute("SELECT sha256, format, file_name FROM report_source").fetchone()
        assert tuple(row) == (f"{1:064x}", "hl7", "m1.hl7")


def test_the_same_messages_twice_change_nothing(messages: Messages, store: Store) -> None:
    chunk = [told(report_id="F1"), told("5", analyte="6690-2", line=5, report_id="F2")]
    messages(chunk)
    with store.read() as reader:
        before = (reader.count("audit_entry"), reader.count("result"), reader.count("sent_report"))
    outcome = messages(chunk)
    assert (outcome.files[0].accepted, outcome.files[0].duplicate, outcome.patients) == (0, 2, 0)
    with store.read() as reader:
        assert (reader.count("audit_entry"), reader.count("result"), reader.count("sent_report")) == before


@pytest.mark.parametrize("apart", [True, False], ids=["chunks", "one chunk"])
def test_correction_after_final(messages: Messages, apart: bool) -> None:
    """By the sender's identity of the report, also where the correction moved the time."""
    versions = [
        told("96", status="preliminary", report_id="F1"),
        told("100", status="final", report_id="F1", line=5),
        told("55", status="corrected", report_id="F1", line=6, at="2024-03-01T09:30"),
    ]
    messages(*([each] for each in versions) if apart else [versions])
    assert messages.standing() == [("plt", "55", "corrected")]


@pytest.mark.parametrize("apart", [True, False], ids=["chunks", "one chunk"])
def test_deletion(messages: Messages, apart: bool) -> None:
    versions = [told("100", report_id="F1"), told("", status="entered-in-error", report_id="F1", line=5)]
    other = told("200", at="2024-04-01", report_id="F2", line=6)
    messages(*([each] for each in (*versions, other)) if apart else [[*versions, other]])
    assert messages.standing() == [("plt", "", "entered-in-error"), ("plt", "200", "final")]


def test_same_instant_twice(messages: Messages) -> None:
    outcome = messages([told("100", report_id="F1"), told("101", report_id="F2", line=5)])
    assert [each[1] for each in messages.standing()] == ["100", "101"]
    assert any("clashes with 100" in notice.reason for notice in outcome.notices)


def test_a_correction_in_a_later_file_finds_the_report_of_an_earlier_one(messages: Messages) -> None:
    messages([told("100", report_id="F1")])
    messages([told("55", status="corrected", report_id="F1", at="2024-03-01T09:30")])
    assert messages.standing() == [("plt", "55", "corrected")]
    outcome = messages([told("100", report_id="F1")])
    assert (outcome.files[0].accepted, outcome.files[0].duplicate) == (0, 1), "an old message that comes again brings nothing back"


def test_remarks_name_the_place_in_the_message(messages: Messages) -> None:
    outcome = messages([told("abc"), told("1,234", line=5), told(at="", line=6), told(person=1, line=7)], people=(ANN, Person(())))
    assert [(each.line, each.column) for each in outcome.refusals] == [
        (7, "message 1, OBX 4: PID-3"),
        (5, "message 1, OBX 2: OBX-5"),
        (6, "message 1, OBX 3: OBX-14"),
    ]
    (notice,) = [each for each in outcome.notices if "not a number" in each.reason]
    assert (notice.line, notice.column, notice.text) == (4, "message 1, OBX 1: OBX-5", "abc")


def test_reports_without_a_patient_are_refused(messages: Messages) -> None:
    outcome = messages([told(person=-1)])
    assert [each.reason for each in outcome.refusals] == ["no patient is named"]


def test_unknown_people_are_listed_with_their_reports(messages: Messages) -> None:
    outcome = messages([told(), told("5", line=5)], options=ImportOptions())
    assert dict(outcome.unknown) == {"777 Ann Example, born 1970-01-02": 2}
    assert outcome.files[0].refused == 2
    assert not outcome.patients


def test_two_patients_in_one_file_are_never_mixed(messages: Messages) -> None:
    other = Person((Identifier("888", "ACME", "MR"),), "Sam Other")
    messages([told("10"), told("20", person=1, line=5)], people=(ANN, other))
    assert messages.standing("777") == [("plt", "10", "final")]
    assert messages.standing("888") == [("plt", "20", "final")]


def test_what_is_not_followed_is_counted_by_name(messages: Messages) -> None:
    chunk = FeedChunk([told()])
    chunk.kept_out["2339-0 Glucose"] += 3
    chunk.refusals.append(Refusal("m1.hl7", 9, "OBX 6: OBX-3", "X", "no LOINC code"))
    chunk.notices.append(Notice("m1.hl7", 2, "BTS-1", "5", "odd"))
    (count,) = messages(chunk).files
    assert (count.accepted, count.kept_out, count.not_followed, count.refused, count.rows) == (1, 3, ("2339-0 Glucose (3)",), 1, 2)


def test_a_dry_run_and_a_strict_refusal_keep_nothing_not_even_people(messages: Messages, store: Store) -> None:
    messages([told()], options=ImportOptions(add_patients=True, dry_run=True))
    with store.read() as reader:
        assert reader.count("patient") == reader.count("result") == reader.count("patient_identifier") == 0


def test_treatment_of_ours_comes_back_whole(messages: Messages, store: Store) -> None:
    course = Course("baricitinib", 2, "daily", date(2024, 1, 1), doses=(DoseStep(date(2024, 2, 1), 4, "daily"),),
                    holds=(Hold(date(2024, 3, 1), "anc-below-1", date(2024, 3, 9)),))  # fmt: skip
    event = Event("vte", date(2024, 4, 1), note="left leg")
    chunk = FeedChunk(treatments=[Treatment(2, "Bundle.entry[1].resource", 0, event), Treatment(3, "Bundle.entry[2].resource", 0, course)])
    messages(chunk, [told()])
    with store.read() as reader:
        assert reader.courses(1)[1] == [course]
        assert reader.events(1)[1] == [event]


def test_treatment_is_held_to_the_checks_of_the_layouts(messages: Messages) -> None:
    where = "Bundle.entry[1].resource"
    wrong = [
        Event("vte", date(2027, 1, 1)),
        Event("declined-screen-tb", date(2024, 1, 1)),
        Course("baricitinib", 2, "daily", date(2024, 1, 1), holds=(Hold(date(2024, 2, 1), "no rule of ours"),)),
    ]
    outcome = messages(FeedChunk(treatments=[Treatment(number, where, 0, value) for number, value in enumerate(wrong, 5)]))
    assert sorted((each.line, each.reason) for each in outcome.refusals) == [
        (5, "after today (2026-11-22)"),
        (6, "a declined item needs a note that says why"),
        (7, "must be a rule id, an event kind, or 'other: ' and a text"),
    ]
    assert outcome.files[0].accepted == 1, "the course itself"


def test_an_apostrophe_that_a_message_begins_with_is_its_own(messages: Messages) -> None:
    messages([told("'+5")])
    assert messages.standing() == [("plt", "'+5", "final")]


@pytest.mark.parametrize(
    ("start", "format"),
    [
        (b"MSH|^~\\&|", "hl7"),
        (b"\x0bMSH|^~\\&|", "hl7"),
        (b"\xef\xbb\xbfFHS|^~", "hl7"),
        (b"\r\nBHS|^~", "hl7"),
        (b'{"resourceType":', "fhir"),
        (b"\xef\xbb\xbf \n[{", "fhir"),
        (b"<Bundle", "fhir"),
        (gzip.compress(b"{}", mtime=0), "fhir"),
        ('{"a"'.encode("utf-16"), "fhir"),
        (b"mrn,name", "csv"),
        (b"MSHA,b", "csv"),
        (b"", "csv"),
    ],
)
def test_a_file_s_first_characters_tell_its_format(start: bytes, format: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(start)
    assert format_of(path) == format
    assert format_of(tmp_path / "absent") == "csv"
