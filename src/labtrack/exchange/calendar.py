"""iCalendar out (RFC 5545): next checks as all-day events that a later file of the same checks updates instead of adding to them.

An event's UID is a name-based UUID of the patient's MRN and the panel, and of nothing else: the same in every clinic and on every date. It
shows neither, but whoever has a list of MRNs can tell which of them it belongs to, so even a file without clinical content is to be kept
like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO
from uuid import UUID, uuid5

from labtrack.catalogue import Catalogue
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Check, CheckStatus
from labtrack.core.text import visible

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event

#: Never to change: with another one every event that was ever imported would be added a second time.
_NAMESPACE = UUID("6f0b8f3e-6b0c-4f0e-9a53-5b1d6c2a7e14")
_PRODUCT = "-//labtrack//Calendar of next checks//EN"
#: Days before a check on which a reminder comes, and the hour of it, in the calendar's own local time.
_REMINDERS, _HOUR = (7, 1), 9
#: SEQUENCE counts days from here.
_FIRST_DAY = date(2000, 1, 1)
_SECONDS = 24 * 60 * 60


class Wording(StrEnum):
    """Whom the texts are for, and what they may say."""

    #: For the clinic: that a blood test or a visit is due, and no word about whose and why.
    CLINIC = "clinic"
    #: For the patient's own calendar: the same, in their words.
    PATIENT = "patient"
    #: For the clinic: MRN, panel, status, reason and what the last set lacked.
    CLINICAL = "clinical"


@dataclass(frozen=True, slots=True)
class Planned:
    """The next check of one patient and panel; ``version`` rises with every change of the patient's record."""

    mrn: str
    version: int
    check: Check


def need_icalendar() -> None:
    """LabtrackError, with the way to get it, where the library for calendars is not installed."""
    try:
        import icalendar  # noqa: F401
    except ImportError as error:
        raise LabtrackError("The library that writes calendars is not installed.", "pip install 'labtrack[calendar]'") from error


def write_events(stream: TextIO, planned: Iterable[Planned], as_of: date, wording: Wording, catalogue: Catalogue) -> int:
    """Write a whole calendar, one event a check; the number of events.

    ``stream`` must not translate line ends. The same checks give the same text; a later ``as_of`` or a changed record gives events
    that replace those of the earlier file (SEQUENCE, then DTSTAMP). Reminders that would lie before ``as_of`` are left out.
    """
    head, tail = _ends(_calendar(as_of, wording))
    stream.write(head)
    written = 0
    for each in planned:
        stream.write(_event(each, as_of, wording, catalogue).to_ical().decode())
        written += 1
    stream.write(tail)
    return written


def uid_of(mrn: str, panel: str) -> str:
    """What tells a calendar that two events are the same check.

    >>> uid_of("10021", "cbc") == uid_of("10021", "cbc") != uid_of("10021", "liver")
    True
    """
    return str(uuid5(_NAMESPACE, f"{panel}\0{mrn}"))


def _calendar(as_of: date, wording: Wording) -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "My next checks" if wording is Wording.PATIENT else "Next checks")
    calendar.add("x-wr-caldesc", f"As of {as_of.isoformat()}.")
    return calendar


def _ends(calendar: Calendar) -> tuple[str, str]:
    """What stands before the events and after them, so that a large clinic's are not all held at once."""
    tail = "END:VCALENDAR\r\n"
    return calendar.to_ical().decode().removesuffix(tail), tail


def _event(planned: Planned, as_of: date, wording: Wording, catalogue: Catalogue) -> Event:
    from icalendar import Event

    check = planned.check
    summary, description = _texts(planned, as_of, wording, catalogue)
    event = Event()
    event.add("uid", uid_of(planned.mrn, check.panel))
    event.add("summary", visible(summary))
    event.add("description", description)
    event.add("dtstart", check.due_on)
    if check.due_on < date.max:
        event.add("dtend", check.due_on + timedelta(days=1))
    stamp = datetime.combine(as_of, time(), UTC) + timedelta(seconds=min(max(planned.version, 0), _SECONDS - 1))
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", max((as_of - _FIRST_DAY).days, 0))
    event.add("class", "CONFIDENTIAL" if wording is Wording.CLINICAL else "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for days in _REMINDERS:
        if check.due_on.toordinal() - days >= as_of.toordinal():
            event.add_component(_reminder(days, visible(summary)))
    return event


def _reminder(days: int, text: str) -> Alarm:
    """So many days before, at nine: an all-day event begins at the midnight that ends the last of them."""
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", -timedelta(days=days, hours=-_HOUR))
    return alarm


def _texts(planned: Planned, as_of: date, wording: Wording, catalogue: Catalogue) -> tuple[str, str]:
    """Summary and description."""
    check, is_blood = planned.check, planned.check.panel in catalogue.panels
    if wording is Wording.CLINICAL:
        return _clinical(planned, as_of, catalogue)
    if wording is Wording.CLINIC:
        return "Blood test due" if is_blood else "Visit due", "labtrack knows whose it is and what for."
    if is_blood:
        summary, text = "Blood test", "A blood test is planned for about this day. Several of one day can often be taken together."
    else:
        summary, text = "Visit with your team", "There is something to go through with your team about this day."
    late = " It is not on record yet." if check.status is CheckStatus.OVERDUE else ""
    return summary, f"{text}{late} Your team may choose another day, and questions about it are questions for your team."


def _clinical(planned: Planned, as_of: date, catalogue: Catalogue) -> tuple[str, str]:
    """The words of ``labtrack due``, then the same in full."""
    check, mrn = planned.check, visible(planned.mrn)
    missing = f"; missing {', '.join(check.missing)}" if check.missing else ""
    panel = catalogue.panels.get(check.panel)
    name = check.panel.replace("-", " ").capitalize() if panel is None else panel.name
    lines = [
        f"{name} of patient {mrn}, due on {check.due_on.isoformat()}; as of {as_of.isoformat()}: {check.status.value}.",
        f"Why: {check.reason}." if check.reason else "",
        f"Lacking in the last set: {', '.join(catalogue.analytes[key].short for key in check.missing)}." if check.missing else "",
    ]
    reason = f": {check.reason}" if check.reason else ""
    return f"{mrn} {check.panel} {check.status.value}{reason}{missing}", "\n".join(filter(None, lines))
