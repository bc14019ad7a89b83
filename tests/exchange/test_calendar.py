"""Next checks as a calendar, read back with a second library."""

from __future__ import annotations

import builtins
import io
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Check, CheckStatus
from labtrack.exchange.calendar import Planned, Wording, need_icalendar, uid_of, write_events

pytest.importorskip("icalendar")
vobject = pytest.importorskip("vobject")

DAY = date(2026, 11, 22)
CBC = Check("cbc", date(2026, 12, 15), CheckStatus.LATER, "week 12", ("anc", "alc"))


def planned(check: Check = CBC, mrn: str = "10021", version: int = 5) -> Planned:
    return Planned(mrn, version, check)


def text_of(checks: Iterable[Planned], as_of: date = DAY, wording: Wording = Wording.CLINIC) -> str:
    stream = io.StringIO(newline="")
    items = list(checks)
    assert write_events(stream, items, as_of, wording, catalogue()) == len(items)
    return stream.getvalue()


def events_of(text: str) -> list[Any]:
    """The events as the other library reads them; it complains about what it cannot."""
    calendar = vobject.readOne(text)
    assert calendar.prodid.value == "-//labtrack//Calendar of next checks//EN"
    return list(calendar.contents.get("vevent", ()))


def test_a_check_is_an_event_of_one_whole_day_that_blocks_nothing() -> None:
    (event,) = events_of(text_of([planned()]))
    assert (event.dtstart.value, event.dtend.value) == (CBC.due_on, CBC.due_on + timedelta(days=1))
    assert event.dtstart.params == {"VALUE": ["DATE"]}
    assert (event.transp.value, event.contents["class"][0].value) == ("TRANSPARENT", "PRIVATE")


def test_the_calendar_says_what_it_is() -> None:
    calendar = vobject.readOne(text_of([planned()]))
    assert (calendar.version.value, calendar.calscale.value, calendar.method.value) == ("2.0", "GREGORIAN", "PUBLISH")
    assert calendar.x_wr_calname.value == "Next checks"
    assert vobject.readOne(text_of([planned()], wording=Wording.PATIENT)).x_wr_calname.value == "My next checks"


def test_a_calendar_without_a_check_is_a_calendar() -> None:
    assert events_of(text_of([])) == []


@pytest.mark.parametrize(
    ("as_of", "days"),
    [(DAY, [7, 1]), (date(2026, 12, 8), [7, 1]), (date(2026, 12, 9), [1]), (date(2026, 12, 14), [1]), (date(2026, 12, 15), []),
     (date(2027, 2, 1), [])],
    ids=str,
)  # fmt: skip
def test_reminders_come_at_nine_a_week_and_a_day_before_and_never_in_the_past(as_of: date, days: list[int]) -> None:
    (event,) = events_of(text_of([planned()], as_of))
    alarms = event.contents.get("valarm", [])
    midnight = datetime.combine(event.dtstart.value, datetime.min.time())
    assert [midnight + alarm.trigger.value for alarm in alarms] == [midnight - timedelta(days=each, hours=-9) for each in days]
    assert {(alarm.action.value, alarm.description.value) for alarm in alarms} <= {("DISPLAY", "Blood test due")}


def test_a_later_file_replaces_the_events_of_an_earlier_one() -> None:
    files = [
        text_of([planned(), planned(mrn="10022")]),
        text_of([planned(Check("cbc", date(2026, 12, 1), CheckStatus.LATER, "repeat: anc-below-1"), version=6)]),
        text_of([planned(Check("cbc", date(2027, 3, 1), CheckStatus.LATER, "every 12 weeks"), version=6)], date(2026, 12, 20)),
    ]
    versions = [(int(event.sequence.value), event.dtstamp.value) for event in (events_of(text)[0] for text in files)]
    assert versions == sorted(set(versions))
    assert [events_of(text)[0].last_modified.value for text in files] == [stamp for _, stamp in versions]
    kept = {event.uid.value: event.dtstart.value for text in files for event in events_of(text)}
    assert kept == {uid_of("10021", "cbc"): date(2027, 3, 1), uid_of("10022", "cbc"): CBC.due_on}


def test_an_event_belongs_to_patient_and_panel_and_shows_neither() -> None:
    assert len({uid_of(mrn, panel) for mrn in ("1", "2", "12") for panel in ("cbc", "liver", "response-review")}) == 9
    # Written down: another one would add every event a second time to the calendars that have it.
    assert uid_of("10021", "cbc") == "90094c95-a334-5d22-9df6-795a304079c3"
    assert "10021" not in uid_of("10021", "cbc")


def test_the_same_checks_give_the_same_text() -> None:
    assert text_of([planned()]) == text_of([planned()])


@pytest.mark.parametrize(
    ("wording", "panel", "summary"),
    [
        (Wording.CLINIC, "cbc", "Blood test due"),
        (Wording.CLINIC, "response-review", "Visit due"),
        (Wording.CLINIC, "screening", "Visit due"),
        (Wording.PATIENT, "lipid", "Blood test"),
        (Wording.PATIENT, "screening", "Visit with your team"),
    ],
)
def test_nothing_clinical_is_said_unasked(wording: Wording, panel: str, summary: str) -> None:
    check = Check(panel, CBC.due_on, CheckStatus.LATER, "repeat: anc-below-1", CBC.missing if panel == "cbc" else ())
    text = text_of([planned(check)], wording=wording)
    (event,) = events_of(text)
    assert event.summary.value == summary
    assert not re.search(r"10021|cbc|lipid|screening|response|anc|alc|week|overdue|repeat|blood count", text, re.IGNORECASE)


def test_a_late_one_is_told_to_the_patient_calmly() -> None:
    (event,) = events_of(text_of([planned(Check("cbc", date(2026, 9, 1), CheckStatus.OVERDUE, "week 12"))], wording=Wording.PATIENT))
    assert "not on record yet" in event.description.value
    assert event.summary.value == "Blood test"


def test_what_is_clinical_is_said_when_asked() -> None:
    (event,) = events_of(text_of([planned()], wording=Wording.CLINICAL))
    assert event.summary.value == "10021 cbc later: week 12; missing anc, alc"
    assert event.description.value == (
        "Blood count of patient 10021, due on 2026-12-15; as of 2026-11-22: later.\nWhy: week 12.\nLacking in the last set: ANC, ALC."
    )
    assert event.contents["class"][0].value == "CONFIDENTIAL"
    (review,) = events_of(text_of([planned(Check("response-review", DAY, CheckStatus.DUE, ""))], wording=Wording.CLINICAL))
    assert review.summary.value == "10021 response-review due"
    assert review.description.value == "Response review of patient 10021, due on 2026-11-22; as of 2026-11-22: due."


@given(mrn=st.text(min_size=1, max_size=40), due=st.dates(), as_of=st.dates(), version=st.integers(-1, 10**6))
@example(mrn="a,b;c\\n\n\r\u202e", due=date.max, as_of=date.min, version=0)
@example(mrn="é" * 80, due=date.min, as_of=date.max, version=10**9)
def test_any_number_and_day_give_a_calendar_that_can_be_read(mrn: str, due: date, as_of: date, version: int) -> None:
    text = text_of([planned(Check("cbc", due, CheckStatus.DUE, "week 4"), mrn, version)], as_of, Wording.CLINICAL)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    (event,) = events_of(text)
    assert event.dtstart.value == due
    assert event.summary.value.endswith(" cbc due: week 4")


def test_without_the_library_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    need_icalendar()
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "icalendar":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LabtrackError) as told:
        need_icalendar()
    assert told.value.next_step == "pip install 'labtrack[calendar]'"
