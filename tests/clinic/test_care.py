"""People and treatment: what is kept, what is refused, what is audited."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from tests.clinic.homes import ADA, START, TODAY, record, without_seal

from labtrack.clinic import Clinic
from labtrack.clinic.care import kept
from labtrack.core.errors import NotFound, Refused, UsageError
from labtrack.core.record import CollectedAt, Course, Event, Hold, Patient, Sex
from labtrack.store.rows import text_of


def day(text: str) -> date:
    return date.fromisoformat(text)


def course(clinic: Clinic) -> Course:
    return clinic.chart(ADA.mrn).courses[-1]


def last_audit(clinic: Clinic) -> tuple[object, dict[str, object]]:
    *_, entry = clinic.audit()
    return entry["action"], json.loads(without_seal(entry["detail"]))


def refused(change: Callable[[], object], message: str, error: type[Exception] = Refused) -> None:
    with pytest.raises(error) as caught:
        change()
    assert message in str(caught.value)


# Patients


def test_a_patient_is_kept_tidily(clinic: Clinic) -> None:
    clinic.add_patient(Patient(" 7\u200b ", "  Lind, Per ", date(1955, 1, 2), Sex.MALE, 80.5, " 555 ", ""))
    assert clinic.patients() == [Patient("7", "Lind, Per", date(1955, 1, 2), Sex.MALE, 80.5, "555", "")]
    assert clinic.patient(" 7") == clinic.patients()[0]
    action, detail = last_audit(clinic)
    assert action == "add patient"
    assert detail["name"] == "Lind, Per"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mrn": " "}, "Mrn is empty."),
        ({"mrn": "x" * 65}, "longer than 64"),
        ({"name": " "}, "A patient needs a name."),
        ({"birth_date": date(2126, 1, 1)}, "Born on 2126-01-01, which is after today."),
        ({"weight_kg": 0.0}, "A weight of 0 kg cannot be."),
        ({"weight_kg": 6800.0}, "A weight of 6800 kg cannot be."),
        ({"weight_kg": float("nan")}, "A weight of nan kg cannot be."),
        ({"sex": "x"}, "Sex 'x' is not recorded here."),
    ],
)
def test_a_patient_that_cannot_be(clinic: Clinic, changes: dict[str, object], message: str) -> None:
    refused(lambda: clinic.add_patient(replace(ADA, **changes)), message)  # type: ignore[arg-type]
    assert clinic.patients() == []


def test_a_number_is_given_once(ada: Clinic) -> None:
    refused(lambda: ada.add_patient(replace(ADA, name="Other")), "There is a patient 10021 already. To change it: labtrack patient edit")


def test_an_edit_is_audited_with_what_was(ada: Clinic) -> None:
    changed = ada.edit_patient(ADA.mrn, weight_kg=68.5, sex="M", name=" Okafor, A. ")
    assert changed == replace(ADA, weight_kg=68.5, sex=Sex.MALE, name="Okafor, A.")
    assert ada.patient(ADA.mrn) == changed
    assert last_audit(ada) == (
        "edit patient",
        {"name": ["Okafor, Ada", "Okafor, A."], "sex": ["F", "M"], "weight_kg": [61.0, 68.5]},
    )


def test_an_edit_that_changes_nothing_writes_nothing(ada: Clinic) -> None:
    before = ada.info()["audit_entries"]
    assert ada.edit_patient(ADA.mrn, name="Okafor, Ada") == ADA
    assert ada.info()["audit_entries"] == before


def test_an_edit_looks_only_at_what_it_changes(clinic: Clinic) -> None:
    with clinic.store.write() as writer:  # an import takes patients without a name
        writer.audit("import", {}, writer.add_patient(Patient("1", "")))
    assert clinic.edit_patient("1", phone="555").phone == "555"
    refused(lambda: clinic.edit_patient("1", name=""), "needs a name")
    refused(lambda: clinic.edit_patient("1", age="2"), "A patient has no age. What can be edited: name, birth_date", UsageError)
    refused(lambda: clinic.edit_patient("9", name="x"), "There is no patient 9.", NotFound)


# Courses


def test_one_course_is_open_at_a_time(ada: Clinic) -> None:
    refused(
        lambda: ada.start_course(ADA.mrn, "Tofacitinib", 5, "twice daily", day("2026-06-01")),
        "baricitinib from 2026-03-03 is still open then; one course is open at a time. First: labtrack course stop 10021",
    )
    refused(lambda: ada.start_course(ADA.mrn, "baricitinib", 2, "daily", START), "baricitinib from 2026-03-03 is recorded already.")
    refused(lambda: ada.start_course(ADA.mrn, "ibuprofen", 2, "daily", START), "'ibuprofen' is not a drug that labtrack knows. Known: bari")
    refused(lambda: ada.start_course(ADA.mrn, "tofacitinib", 0, "daily", START), "A dose of 0 mg cannot be.")
    assert ada.stop_course(ADA.mrn, "switch", day("2026-06-01")) == []
    assert ada.start_course(ADA.mrn, "Xeljanz", 5, "Twice  daily", day("2026-06-01"), " flare ") == []
    assert course(ada) == Course("tofacitinib", 5, "Twice  daily", day("2026-06-01"), reason="flare")


def test_a_course_may_be_planned(ada: Clinic) -> None:
    ada.stop_course(ADA.mrn, "switch", day("2026-12-01"))
    ada.start_course(ADA.mrn, "upadacitinib", 15, "daily", day("2026-12-01"))
    assert [each.drug for each in ada.chart(ADA.mrn).courses] == ["baricitinib", "upadacitinib"]


def test_an_unknown_frequency_is_told(ada: Clinic) -> None:
    told = ["'when needed' is not a frequency that labtrack counts with (daily, "]
    for warnings in (
        ada.change_dose(ADA.mrn, 4, day("2026-06-01"), " when needed "),
        (ada.stop_course(ADA.mrn, "x", TODAY), ada.start_course(ADA.mrn, "upadacitinib", 15, "when needed", TODAY))[1],
    ):
        assert [each[: len(told[0])] for each in warnings] == told


def test_a_dose_keeps_the_frequency_unless_it_is_given(ada: Clinic) -> None:
    assert ada.change_dose(ADA.mrn, 4, day("2026-06-01"), "every other day", "flare") == []
    ada.change_dose(ADA.mrn, 2, day("2026-07-01"))
    ada.change_dose(ADA.mrn, 1, day("2026-05-01"))
    assert [(each.on.isoformat(), each.dose_mg, each.frequency) for each in course(ada).doses] == [
        ("2026-05-01", 1, "daily"),
        ("2026-06-01", 4, "every other day"),
        ("2026-07-01", 2, "every other day"),
    ]


def test_of_the_doses_of_one_day_the_last_counts(ada: Clinic) -> None:
    ada.change_dose(ADA.mrn, 4, TODAY, reason="flare")
    ada.change_dose(ADA.mrn, 1, TODAY)
    assert last_audit(ada)[1]["instead_of"] == [[4, "daily", "flare"]]
    assert not [each for each in ada.assess(ADA.mrn) if each["rule"] == "dose-above-label"]
    refused(lambda: ada.change_dose(ADA.mrn, 4, TODAY, reason="flare"), "4 mg daily from 2026-11-22 is recorded already. If another")
    ada.change_dose(ADA.mrn, 4, TODAY, reason="flare again")
    assert [each for each in ada.assess(ADA.mrn) if each["rule"] == "dose-above-label"]


def test_nothing_happens_outside_a_course(ada: Clinic) -> None:
    early = day("2026-03-02")
    for change in (
        lambda: ada.change_dose(ADA.mrn, 4, early),
        lambda: ada.hold(ADA.mrn, "other: travel", early),
        lambda: ada.resume(ADA.mrn, early),
    ):
        refused(change, "no open course on 2026-03-02; baricitinib is planned from 2026-03-03. Give a date from then on.", NotFound)
    ada.stop_course(ADA.mrn, "remission", day("2026-06-01"))
    refused(lambda: ada.stop_course(ADA.mrn, "x", TODAY), "on 2026-11-22. Start one: labtrack course start 10021", NotFound)


# Holds


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ANC-below-1", "anc-below-1"), (" herpes-zoster ", "herpes-zoster"), ("Other:travel ", "other: travel"), ("ldl-190", "ldl-190")],
)
def test_a_hold_has_a_reason_of_the_list_or_of_ones_own(ada: Clinic, typed: str, kept: str) -> None:
    assert ada.hold(ADA.mrn, typed, day("2026-11-01")) == []
    assert course(ada).holds == (Hold(day("2026-11-01"), kept),)


@pytest.mark.parametrize("reason", ["", "travel", "other:", "other: ", "anc"])
def test_a_hold_for_no_reason_is_refused(ada: Clinic, reason: str) -> None:
    refused(lambda: ada.hold(ADA.mrn, reason, TODAY), "is not a reason for a hold. Give a rule id")


def test_a_hold_ends_once(ada: Clinic) -> None:
    ada.hold(ADA.mrn, "anc-below-1", day("2026-11-01"))
    again = "baricitinib is on hold on 2026-11-22 already. First: labtrack course resume 10021"
    refused(lambda: ada.hold(ADA.mrn, "other: x", TODAY), again)
    assert ada.resume(ADA.mrn, day("2026-11-10")) == []
    assert course(ada).holds == (Hold(day("2026-11-01"), "anc-below-1", day("2026-11-10")),)
    assert last_audit(ada)[1]["held_since"] == ["2026-11-01"]
    refused(lambda: ada.resume(ADA.mrn, TODAY), "baricitinib is not on hold on 2026-11-22.")


def test_a_resumption_ends_every_hold_in_force(ada: Clinic) -> None:
    ada.hold(ADA.mrn, "anc-below-1", day("2026-11-10"))
    ada.hold(ADA.mrn, "other: travel", day("2026-11-01"))
    with ada.store.write() as writer:  # an import may know the end already
        ((number, _),) = writer.numbered_courses(1)[1]
        writer.put_hold(number, Hold(day("2026-11-12"), "herpes-zoster", day("2026-12-24")))
        writer.audit("import", {}, 1)
    ada.resume(ADA.mrn, TODAY)
    assert [each.end_on for each in course(ada).holds] == [TODAY] * 3


# Stops


def test_a_stop_needs_its_reason(ada: Clinic) -> None:
    refused(lambda: ada.stop_course(ADA.mrn, " ", TODAY), "A stop needs its reason.")


def test_a_stop_can_be_moved_while_it_lies_ahead(ada: Clinic) -> None:
    ada.stop_course(ADA.mrn, "planned", day("2026-12-24"))
    ada.stop_course(ADA.mrn, "sooner", TODAY)
    assert (course(ada).stop_on, course(ada).reason) == (TODAY, "sooner")
    assert last_audit(ada)[1]["instead_of"] == {"reason": "planned", "stop_on": "2026-12-24"}


def test_a_planned_course_is_stopped_on_the_day_of_its_start(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    clinic.start_course(ADA.mrn, "baricitinib", 2, "daily", day("2026-12-24"))
    warnings = clinic.stop_course(ADA.mrn, "no longer wanted", TODAY)
    assert warnings == ["baricitinib has not begun; it is kept as stopped on 2026-12-24, the day it was planned for"]
    assert course(clinic).stop_on == day("2026-12-24")
    refused(lambda: clinic.stop_course(ADA.mrn, "again", TODAY), "has no open course", NotFound)


# Events


def test_an_event_is_of_the_list_and_has_happened(ada: Clinic) -> None:
    assert ada.add_event(ADA.mrn, " Herpes-Zoster", TODAY, " left side ") == []
    assert ada.chart(ADA.mrn).events[-1] == Event("herpes-zoster", TODAY, note="left side")
    refused(lambda: ada.add_event(ADA.mrn, "flu", TODAY), "'flu' is not a kind of event. Known: serious-infection")
    refused(lambda: ada.add_event(ADA.mrn, "vte", day("2126-01-01")), "2126-01-01 is after today.")
    refused(lambda: ada.add_event(ADA.mrn, "declined-screen-tb", TODAY, " "), "declined-screen-tb needs its reason. Give it with --note.")


def test_an_event_ends_once_and_is_not_reopened(ada: Clinic) -> None:
    ada.add_event(ADA.mrn, "vte", day("2026-11-01"))
    refused(lambda: ada.end_event(ADA.mrn, "vte", day("2026-10-31")), "No open vte of 10021 on 2026-10-31.", NotFound)
    refused(lambda: ada.end_event(ADA.mrn, "vte", day("2126-01-01")), "2126-01-01 is after today.")
    assert ada.end_event(ADA.mrn, "VTE", day("2026-11-10")) == []
    refused(lambda: ada.end_event(ADA.mrn, "vte", TODAY), "No open vte", NotFound)
    refused(lambda: ada.add_event(ADA.mrn, "vte", day("2026-11-01")), "vte on 2026-11-01 is recorded already.")
    assert text_of(ada.chart(ADA.mrn).events[-1].ended_on) == "2026-11-10"


def test_the_latest_of_several_open_events_ends(ada: Clinic) -> None:
    for on in ("2026-10-01", "2026-11-01"):
        ada.add_event(ADA.mrn, "surgery", day(on))
    ada.end_event(ADA.mrn, "surgery", TODAY)
    assert [text_of(each.ended_on) for each in ada.chart(ADA.mrn).events if each.kind == "surgery"] == [None, "2026-11-22"]


# Pinned baselines


def test_a_reading_is_pinned_for_the_open_course(ada: Clinic) -> None:
    record(ada, day("2026-01-10"), ldl="100 mg/dL")
    record(ada, day("2026-02-10"), ldl="120 mg/dL")
    record(ada, day("2026-11-19"), ldl="140 mg/dL")
    first = CollectedAt(day("2026-01-10"), time(8, 0))
    assert not [each for each in ada.assess(ADA.mrn) if each["rule"] == "ldl-rise-30"]
    assert ada.pin_baseline(ADA.mrn, "LDL", first, "fasting") == []
    (finding,) = [each for each in ada.assess(ADA.mrn) if each["rule"] == "ldl-rise-30"]
    assert (finding["verdict"], finding["baseline"], finding["change_percent"]) == ("met", "100", "40")
    (pin,) = ada.chart(ADA.mrn).pins
    assert (pin.analyte, pin.collected_at, pin.reason, pin.start_on) == ("ldl", first, "fasting", START)


def test_a_calculated_reading_is_pinned(ada: Clinic) -> None:
    at = CollectedAt(day("2026-01-10"), time(8, 0))
    record(ada, at.on, tc="200 mg/dL", hdl="50 mg/dL", tg="150 mg/dL")
    assert ada.pin_baseline(ADA.mrn, "ldl", at, "fasting") == []


def test_what_cannot_be_pinned(ada: Clinic) -> None:
    at = CollectedAt(day("2026-01-10"), time(8, 0))
    record(ada, at.on, hb="clotted g/dL")
    refused(lambda: ada.pin_baseline(ADA.mrn, "hb", at, "x"), "No usable hb of 10021 collected 2026-01-10T08:00.", NotFound)
    refused(lambda: ada.pin_baseline(ADA.mrn, "hb", at, " "), "A pinned baseline needs its reason.")
    refused(lambda: ada.pin_baseline(ADA.mrn, "hba1c", at, "x"), "Name the analyte by its key.")
    record(ada, day("2026-01-11"), hb="12 g/dL")
    ada.stop_course(ADA.mrn, "x", TODAY)
    other = CollectedAt(day("2026-01-11"), time(8, 0))
    refused(lambda: ada.pin_baseline(ADA.mrn, "hb", other, "x"), "has no open course", NotFound)
    ada.start_course(ADA.mrn, "upadacitinib", 15, "daily", day("2026-12-24"))
    ada.pin_baseline(ADA.mrn, "hb", other, "x")
    assert ada.chart(ADA.mrn).pins[0].drug == "upadacitinib"


@pytest.mark.parametrize(("typed", "as_kept"), [(" =1 ", "=1"), ("'=1", "'=1"), ("\u200bnote\u00a0", "note"), ("two\nlines", "two\nlines")])
def test_a_text_is_kept_as_an_export_gives_it_back(typed: str, as_kept: str) -> None:
    assert kept(typed, "note") == as_kept
