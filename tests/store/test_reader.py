"""Every question, of an empty clinic and of one with something in it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.store.conftest import ADA, measured
from tests.store.sample import RESULTS, fill, line
from tests.store.test_writer import COURSE, record

from labtrack.core.record import CollectedAt, Event, Patient, ResultStatus
from labtrack.store import Store
from labtrack.store.reader import FIRST, LAST, Filter
from labtrack.store.rows import ordering_text

TODAY = date(2026, 11, 22)


@pytest.fixture
def full(store: Store) -> Store:
    fill(store)
    return store


def test_an_empty_clinic_answers_everything(store: Store) -> None:
    with store.read() as reader:
        assert reader.patient("A1") is None
        assert reader.patient_numbered(1) is None
        assert reader.patients() == []
        assert reader.patient_ids() == {}
        assert reader.courses() == reader.numbered_courses() == reader.courses(1) == {}
        assert reader.events() == reader.events(1) == {}
        assert reader.baseline_pins() == reader.baseline_pins(1) == []
        assert reader.results(1) == list(reader.every_result()) == []
        assert reader.result(1) is None
        assert reader.last_result_id() == reader.result_count(1) == 0
        assert reader.standing_at(1, "anc", "", "") == reader.entered_at(1, "anc", "", "") == []
        assert reader.segment(1) == b""
        assert list(reader.segment_stream()) == []
        assert reader.out_of_date("r1", TODAY) == []
        assert list(reader.worklist()) == reader.lines_after(Filter(), FIRST, 0, 9) == reader.lines_before(Filter(), LAST, 0, 9) == []
        assert reader.line_count(Filter()) == reader.line_count(Filter(mixed=True)) == 0
        assert reader.tallies() == []
        assert reader.reviews() == reader.reviews(1) == {}
        assert reader.acknowledgements() == reader.acknowledgements(1) == []
        assert reader.stored_findings(1) == reader.stored_checks(1) == []
        assert reader.stored_assessment(1) is None
        assert list(reader.audit_entries()) == list(reader.audit_entries(1)) == []
        assert reader.count("result") == 0
        assert reader.checked() == []


def test_patients_are_found_by_mrn_and_by_number(full: Store) -> None:
    with full.read() as reader:
        found = reader.patient("A1")
        assert found is not None
        assert found.patient == ADA
        assert reader.patient_numbered(found.id) == found
        assert reader.patient_ids() == {"A1": 1, "B2": 2}
        assert [each.patient.mrn for each in reader.patients()] == ["A1", "B2"]
        assert reader.patient("a1") is None


def test_what_belongs_to_one_is_the_part_of_all_that_is_theirs(full: Store) -> None:
    with full.write() as writer:
        writer.add_course(2, COURSE)
        writer.put_event(2, Event("surgery", TODAY))
        writer.audit("more", {}, 2)
    with full.read() as reader:
        for patient in (1, 2):
            assert reader.courses(patient) == {patient: reader.courses()[patient]}
            assert reader.events(patient) == {patient: reader.events()[patient]}
            assert reader.baseline_pins(patient) == [pin for pin in reader.baseline_pins() if pin[0] == patient]
        ((number, course),) = reader.numbered_courses(2)[2]
        assert course == COURSE
        assert number == 2
        assert reader.baseline_pins() == [(1, "baricitinib", "2026-01-05", "ldl", "2025-12-01", "fasting")]


def test_results_come_in_order_of_entry_with_their_links(full: Store) -> None:
    with full.read() as reader:
        mine = reader.results(1)
        assert [each.result_id for each in mine] == [1, 2, 3, 4]
        assert [each.superseded for each in mine] == [True, False, False, False]
        assert mine[1].supersedes == (1,)
        assert [each.value for each in mine] == [each.value for each in RESULTS]
        assert reader.results(2) == []
        assert [each.result_id for _, each in reader.every_result()] == [1, 2, 3, 4]
        assert reader.result_count(1) == 4
        assert reader.last_result_id() == 4


def test_one_result_tells_what_it_supersedes_and_whether_it_stands(full: Store) -> None:
    with full.read() as reader:
        mine = {each.result_id: each for each in reader.results(1)}
        for number in (1, 3, 4):
            assert reader.result(number) == (1, mine[number])
        found = reader.result(2)
        assert found is not None
        assert found[1].supersedes == (1,)
        assert found[1].lower_limit != found[1].lower_limit  # printed, and cannot be read


def test_under_one_key_stands_what_was_not_superseded(full: Store) -> None:
    at = ordering_text(RESULTS[0].collected_at)
    with full.read() as reader:
        assert reader.standing_at(1, "anc", at, "") == [(2, "2.6", "10*9/L", "corrected")]
        versions = [
            (1, "2.5", "10*9/L", "final", 2, at, "", "F1|751-8|"),
            (2, "2.6", "10*9/L", "corrected", None, at, "", "F1|751-8|"),
        ]
        assert reader.entered_at(1, "anc", at, "") == reader.entered_as(1, "anc", "F1|751-8|") == versions
        assert reader.entered_as(2, "anc", "F1|751-8|") == []
        assert reader.sent_reports(1) == {("anc", "F1|751-8|")}
        assert reader.standing_at(1, "hb", at, "S1") == [(4, "hemolyzed", "g/dL", "final")]
        assert reader.standing_at(1, "hb", at, "") == reader.standing_at(2, "anc", at, "") == []


def test_a_number_of_somebody_else_s_finds_the_patient(full: Store) -> None:
    with full.read() as reader:
        assert reader.identified("ACME", "P777") == 1
        assert reader.identified("OTHER", "P777") is None
        assert reader.identifiers() == reader.identifiers(1) == [(1, "ACME", "P777")]
        assert reader.identifiers(2) == []


def test_a_clash_stands_twice(store: Store, ada: int) -> None:
    with store.write() as writer:
        record(writer, ada, measured(value=2.5), measured(value=2.6, status=ResultStatus.PRELIMINARY))
        writer.audit("record", {}, ada)
    with store.read() as reader:
        assert len(reader.standing_at(ada, "anc", ordering_text(measured().collected_at), "")) == 2


@pytest.mark.parametrize(
    ("change", "today", "is_out"),
    [
        ({}, TODAY, False),
        ({}, date(2026, 11, 30), False),
        ({}, date(2026, 12, 1), True),
        ({}, date(2026, 11, 21), True),
        ({"valid_until": None}, date(2030, 1, 1), False),
        ({"rule_set": "r0"}, TODAY, True),
        ({"data_version": 0}, TODAY, True),
    ],
)
def test_an_assessment_is_current_until_something_changes(full: Store, change: dict[str, object], today: date, is_out: bool) -> None:
    with full.write() as writer:
        writer.put_assessments([line(1, **change)], [], [])
    with full.read() as reader:
        assert (1 in reader.out_of_date("r1", today)) is is_out
        assert 2 in reader.out_of_date("r1", today)


def test_the_worklist_comes_gravest_first_then_by_due_date_then_by_mrn(store: Store) -> None:
    order = [("C", 0, "2026-12-09"), ("B", 1, "2026-12-01"), ("A", 1, "2026-12-02"), ("D", 1, "2026-12-02"), ("0", 3, "2026-01-01")]
    with store.write() as writer:
        for mrn, rank, due in reversed(order):
            number = writer.add_patient(Patient(mrn, mrn))
            placed = {"severity_rank": rank, "next_due": due, "due_order": due or "~", "mrn": mrn}
            writer.put_assessments([line(number, **placed, data_version=5)], [], [])
        writer.audit("fill", {})
    with store.read() as reader:
        lines = list(reader.worklist())
        pages = [reader.lines_after(Filter(), FIRST, 0, 2)]
        while pages[-1]:
            pages.append(reader.lines_after(Filter(), pages[-1][-1][1], 0, 2))
        backwards = [reader.lines_before(Filter(), LAST, skipped, 2) for skipped in (4, 2, 0)]
        assert reader.lines_after(Filter(), FIRST, 3, 9) == [*pages[1][1:], *pages[2]]
    numbers = [each["patient_id"] for each in lines]
    assert [number for page in pages for number, _ in page] == numbers
    assert [number for page in backwards for number, _ in page] == numbers
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [len(page) for page in backwards] == [1, 2, 2]
    assert [each["mrn"] for each in lines] == [mrn for mrn, _, _ in order]
    assert (lines[0]["data_version"], lines[0]["patient_data_version"], lines[0]["name"]) == (5, 0, "C")


def test_the_audit_of_one_patient_is_theirs_alone(full: Store) -> None:
    with full.write() as writer:
        writer.audit("of-two", {}, 2)
        writer.audit("of-nobody", {})
    with full.read() as reader:
        assert [each.action for each in reader.audit_entries()] == ["sample", "seal", "of-two", "of-nobody"]
        assert [each.action for each in reader.audit_entries(2)] == ["seal", "of-two"]


def test_several_questions_may_stay_open_at_once(full: Store) -> None:
    with full.read() as reader:
        streams = zip(reader.every_result(), reader.every_result(), strict=True)
        assert all(one == other for one, other in streams if one[1].result_id != 2)
        assert dict(reader.segment_stream()) == {1: b"\x00packed\xff"}


def test_a_collection_time_keeps_its_offset(full: Store) -> None:
    with full.read() as reader:
        assert reader.results(1)[0].collected_at.offset_minutes == 60
        assert reader.results(1)[2].collected_at == CollectedAt(date(2026, 11, 2))


#: MRN, state, gaps, what it is searched by.
KINDS = (
    ("A", "due", 0, "okafor ada 100"),
    ("B", "due", 9, "lind per 10%"),
    ("C", "clear", 8, "haddad 1_1"),
    ("D", "clear", 2, "silva 1/1"),
)


@pytest.fixture
def filtered(store: Store) -> Store:
    """Four patients of two states; B met a rule, C could not be judged by it, D is out of date, E was never judged."""
    with store.write() as writer:
        for mrn, state, gaps, search in KINDS:
            number = writer.add_patient(Patient(mrn, mrn))
            values = {"mrn": mrn, "state": state, "gaps": gaps, "search": search, "data_version": 7 if mrn == "D" else 0}
            verdicts = {"B": "met", "C": "cannot evaluate"}
            findings = [(number, "anemia", verdicts[mrn], "watch", "", "", "", "[]")] if mrn in verdicts else []
            writer.put_assessments([line(number, **values)], findings, [])
        writer.add_patient(Patient("E", "Eve"))
        writer.audit("fill", {})
    return store


@pytest.mark.parametrize(
    ("only", "mrns"),
    [
        (Filter(), "ABCD"),
        (Filter(state="due"), "AB"),
        (Filter(gaps=8), "BC"),
        (Filter(gaps=9), "B"),
        (Filter(state="clear", gaps=8), "C"),
        (Filter(forward="%ada%"), "A"),
        (Filter(forward="%ada%okafor%", backward="%okafor%ada%"), "A"),
        (Filter(forward="%/%%"), "B"),
        (Filter(forward="%/_%"), "C"),
        (Filter(forward="%//%"), "D"),
        (Filter(forward="%nobody%"), ""),
        (Filter(forward="%nobody%", rules=";hb-below-8;anemia;"), "B"),
        (Filter(forward="%nobody%", rules=";anemia-2;"), ""),
        (Filter(mixed=True), "ABCDE"),
        (Filter(mixed=True, state="not-assessed"), "DE"),
        (Filter(mixed=True, state="clear"), "C"),
        (Filter(mixed=True, forward="%eve%"), "E"),
    ],
)
def test_the_worklist_is_filtered(filtered: Store, only: Filter, mrns: str) -> None:
    if only.mixed:
        only = replace(only, rule_set="r1", today=TODAY.isoformat())
    with filtered.read() as reader:
        found = [place.mrn for _, place in reader.lines_after(only, FIRST, 0, 9)]
        assert sorted(found) == list(mrns)
        assert [place.mrn for _, place in reader.lines_before(only, LAST, 0, 9)] == found
        assert reader.line_count(only) == len(mrns)


def test_who_is_out_of_date_stands_after_those_of_a_rank_who_have_a_date(filtered: Store) -> None:
    only = Filter(mixed=True, rule_set="r1", today=TODAY.isoformat())
    with filtered.read() as reader:
        assert [place.mrn for _, place in reader.lines_after(only, FIRST, 0, 9)] == ["A", "B", "C", "D", "E"]
        assert [place.due_order for _, place in reader.lines_after(only, FIRST, 3, 9)] == ["~", "~"]


def test_kinds_are_counted(filtered: Store) -> None:
    with filtered.read() as reader:
        assert sorted(reader.tallies()) == [("clear", 2, 1), ("clear", 8, 1), ("due", 0, 1), ("due", 9, 1)]


def test_the_version_changes_with_every_write_of_anybody(full: Store, path: Path) -> None:
    with full.read() as reader:
        before = reader.session.version
    with full.read() as reader:
        assert reader.session.version == before
    with full.write() as writer:
        writer.note("run", "today")
    with full.read() as reader:
        mine = reader.session.version
    assert mine != before
    with closing(Store.open(path)) as other, other.write() as writer:
        writer.note("run", "tomorrow")
    with full.read() as reader:
        assert reader.session.version != mine
        assert reader.settings()["run"] == "tomorrow"
