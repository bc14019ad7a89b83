"""The calendar of a clinic: its next checks and nobody's names."""

from __future__ import annotations

import io
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA, START, record

from labtrack.clinic import Clinic
from labtrack.core.errors import LabtrackError, NotFound
from labtrack.core.record import Patient, Sex

pytest.importorskip("icalendar")
vobject = pytest.importorskip("vobject")


def calendar_of(clinic: Clinic, mrn: str | None = None, as_of: date | None = None, *, clinical: bool = False) -> str:
    stream = io.StringIO(newline="")
    clinic.export_calendar(stream, mrn, as_of, clinical=clinical)
    return stream.getvalue()


def events_of(text: str) -> list[Any]:
    return list(vobject.readOne(text).contents.get("vevent", ()))


def days_of(text: str) -> dict[str, date]:
    return {event.uid.value: event.dtstart.value for event in events_of(text)}


def test_there_is_an_event_for_each_next_check(ada: Clinic) -> None:
    ada.add_patient(Patient("10022", "Brandt, Emil", date(1950, 5, 1), Sex.MALE))
    ada.start_course("10022", "tofacitinib", 5.0, "twice daily", date(2026, 11, 1))
    events = events_of(calendar_of(ada, clinical=True))
    due = {(str(row["mrn"]), str(row["panel"]), str(row["status"])): str(row["due_on"]) for row in ada.due()}
    told = {tuple(event.summary.value.split(":")[0].split(" ")): event.dtstart.value.isoformat() for event in events}
    assert told == due
    assert len(days_of(calendar_of(ada))) == len(due)
    assert any("missing" not in event.summary.value for event in events)


def test_a_later_export_moves_the_same_events(ada: Clinic) -> None:
    before = days_of(calendar_of(ada, ADA.mrn, START))
    panels = ("cbc", "liver", "renal", "lipid")
    assert list(before.values()).count(START) >= len(panels)
    record(ada, date(2026, 11, 19), anc="3.1 10*9/L", alc="2.0 10*9/L", hb="12.8 g/dL")
    after = days_of(calendar_of(ada, ADA.mrn))
    assert after.keys() <= before.keys()
    moved = [uid for uid, day in after.items() if day != before[uid]]
    assert [after[uid] for uid in moved] == [date(2026, 11, 19) + timedelta(weeks=12)]


def test_a_change_on_the_same_day_replaces_as_well(ada: Clinic) -> None:
    first = {event.uid.value: event for event in events_of(calendar_of(ada))}
    assert calendar_of(ada) == calendar_of(ada)
    record(ada, date(2026, 11, 19), anc="3.1 10*9/L", alc="2.0 10*9/L", hb="12.8 g/dL")
    for event in events_of(calendar_of(ada)):
        old = first[event.uid.value]
        assert event.sequence.value == old.sequence.value
        assert event.dtstamp.value > old.dtstamp.value


def test_without_being_asked_it_names_nobody_and_nothing_clinical(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    for text in (calendar_of(ada), calendar_of(ada, ADA.mrn)):
        words = text.replace("\r\n ", "").casefold()
        for word in (ADA.mrn, "okafor", "cbc", "blood count", "anc", "baricitinib", "neutro", "0.82", "week"):
            assert word not in words, word
    assert {event.summary.value for event in events_of(calendar_of(ada))} == {"Blood test due"}
    assert {event.summary.value for event in events_of(calendar_of(ada, ADA.mrn))} == {"Blood test"}
    assert f"{ADA.mrn} cbc overdue: baseline missing\\; missing" in calendar_of(ada, clinical=True).replace("\r\n ", "")


def test_the_file_is_whole_private_and_like_the_stream(ada: Clinic, tmp_path: Path) -> None:
    place = tmp_path / "checks.ics"
    ada.export_calendar(place, ADA.mrn)
    assert place.read_bytes().decode() == calendar_of(ada, ADA.mrn)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert place.read_bytes().endswith(b"END:VCALENDAR\r\n")


def test_nothing_is_written_where_there_is_nobody_or_no_place(ada: Clinic, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ada.export_calendar(tmp_path / "x.ics", "nobody")
    with pytest.raises(LabtrackError, match="cannot be written"):
        ada.export_calendar(tmp_path / "no" / "x.ics")
    assert not (tmp_path / "x.ics").exists()
    with pytest.raises(LabtrackError, match="cannot be written"):
        ada.export_calendar(tmp_path)


def test_nobody_gives_an_empty_calendar(clinic: Clinic) -> None:
    assert events_of(calendar_of(clinic)) == []
