"""Clinics whose every text is a trick: one written past every check, as by another program; one as labtrack's own imports take it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from shutil import copyfile

from tests.hostile.tricks import ALL, MARK, TRICKS

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.accounts import Account
from labtrack.clinic.lines import evidence_key
from labtrack.clinic.segments import segment_of
from labtrack.core.errors import Refused
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex, Unusable
from labtrack.store import Writer
from labtrack.store.rows import StoredUser, result_values

TODAY = date(2026, 11, 22)
START, BEFORE, DAY = date(2026, 3, 3), date(2026, 2, 20), date(2026, 11, 19)
WORDS = "seven quiet herons"
#: The patient who has everything, under a number that can be asked for.
EVERYTHING = f"=H-1 [red]{MARK}[/] ../x"
_MADE: dict[str, bytes] = {}


def settings() -> Settings:
    """Settings with a trick wherever a text may stand."""
    return Settings(clinic_name=ALL, actor=ALL)


def forced(folder: Path) -> Path:
    """A clinic with a patient per trick and one with all of them in every text field, written by other means. Made once, then copied."""
    return _copy("forced", folder, _write_forced)


def entered(folder: Path) -> Path:
    """The same as far as labtrack's own imports take it."""
    return _copy("entered", folder, _import_all)


def _copy(name: str, folder: Path, make: object) -> Path:
    place = folder / f"{name}.db"
    if name in _MADE:
        place.write_bytes(_MADE[name])
    else:
        make(place)  # type: ignore[operator]
        copyfile(place, folder / f"{name}.copy")
        _MADE[name] = (folder / f"{name}.copy").read_bytes()
    return place


def opened(place: Path, **more: object) -> Clinic:
    """A clinic of these, as somebody with a trick for a name."""
    return Clinic.open(place, today=TODAY, settings=settings(), **more)  # type: ignore[arg-type]


def _write_forced(place: Path) -> None:
    people = {EVERYTHING: ALL, **{text: text for text in TRICKS.values()}}
    with opened(place) as clinic:
        with clinic.store.write() as writer:
            source = writer.add_source("0" * 64, "csv", ALL)
            numbers = [_put(writer, clinic, mrn, text, source) for mrn, text in people.items()]
            writer.audit("import", {"files": [{"file": ALL}]})
            clinic.judge.store(writer, numbers, TODAY)
        with clinic.store.write() as writer:
            for number, text in zip(numbers, people.values(), strict=True):
                ((_, assessment),) = clinic.judge.assessments(writer, TODAY, [number])
                (met,) = [each for each in assessment.findings if each.rule == "hb-below-8"]
                writer.acknowledge(number, met.rule, clinic.judge.versions[met.rule], evidence_key(met), text, None)
                writer.audit("acknowledge", {"rule": met.rule, "reason": text, "until": None, "message": text}, number)
            clinic.judge.store(writer, numbers, TODAY)


def add_account(place: Path) -> None:
    """A clinician, and beside her an account with a trick for a name, put in by other means."""
    with opened(place) as clinic:
        clinic.add_user("maria", "clinician", WORDS)
    with opened(place, account=Account("maria", WORDS)) as clinic, clinic.store.write() as writer:
        user = StoredUser(ALL, "viewer", None, "x", writer.now(), None, 0)
        writer.add_user(user, {"user": ALL, "role": "viewer"})


def _put(writer: Writer, clinic: Clinic, mrn: str, text: str, source: int) -> int:
    patient = writer.add_patient(Patient(mrn, text, date(1961, 4, 5), Sex.FEMALE, 61.0, text, text))
    writer.audit("add patient", {"mrn": mrn, "name": text, "phone": text, "email": text}, patient)
    course = writer.add_course(patient, Course("baricitinib", 2.0, text, START, None, text))
    writer.put_dose(course, DoseStep(START + timedelta(30), 2.0, text, text))
    writer.put_hold(course, Hold(DAY, f"other: {text}"))
    writer.pin_baseline(course, "hb", CollectedAt(BEFORE), text)
    for kind in ("herpes-zoster", "screen-tb", "declined-screen-hepatitis-b"):
        writer.put_event(patient, Event(kind, DAY, None, text))
    writer.add_identifier(text, text, patient)
    first = writer.last_result_id() + 1
    results = [
        replace(each, result_id=first + place, supersedes=(first + 2,) if place == 3 else ()) for place, each in enumerate(_results(text))
    ]
    writer.insert_results([result_values(patient, each.result_id, each, source) for each in results])
    writer.supersede([(first + 2, first + 3, patient)])
    writer.put_segments([(patient, segment_of(results, clinic.catalogue))])
    writer.touch([patient])
    return patient


def _results(text: str) -> list[Result]:
    told = {"lab": text, "specimen_id": text, "note": text, "code": text, "method": text}
    day = CollectedAt(DAY, time(8))
    return [
        Result("hb", "12.9", "g/dL", CollectedAt(BEFORE), value=Interval(12.9, 12.9), **told),
        Result("hb", "7.1", text, day, value=Interval(7.1, 7.1), ref_low=text, ref_high=text, **told),
        Result("anc", text, text, day, unusable=Unusable.TEXT, ref_low=text, ref_high=text, **told),
        Result("anc", f"{text} ", text, day, ResultStatus.CORRECTED, unusable=Unusable.TEXT, **told),
        Result("ldl", "152", "mg/dL", day, value=Interval(152.0, 152.0), **told),
    ]


HEADERS = {
    "patients": ("mrn", "name", "birth_date", "sex", "phone", "email"),
    "courses": ("mrn", "drug", "dose_mg", "frequency", "start_on", "reason"),
    "doses": ("mrn", "drug", "on", "dose_mg", "frequency", "reason"),
    "holds": ("mrn", "drug", "start_on", "reason"),
    "events": ("mrn", "kind", "on", "note"),
    "results": ("mrn", "analyte", "value", "unit", "collected_at", "ref_low", "lab", "specimen_id", "note"),
}


def sheets(tricks: Mapping[str, str]) -> dict[str, list[tuple[str, ...]]]:
    """Rows of every layout with a trick wherever it may stand."""
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in HEADERS}
    for number, text in enumerate(tricks.values()):
        mrn, day = f"E{number:02}", DAY.isoformat()
        found["patients"].append((mrn, text, "1961-04-05", "F", text, text))
        found["patients"].append((text, text, "1961-04-05", "F", text, text))
        found["courses"].append((mrn, "baricitinib", "2", text, START.isoformat(), text))
        found["doses"].append((mrn, "baricitinib", "2026-05-05", "2", text, text))
        found["holds"].append((mrn, "baricitinib", day, f"other: {text}"))
        found["events"].append((mrn, "herpes-zoster", day, text))
        found["results"].append((mrn, "hb", "7.1", "g/dL", day, text, text, text, text))
        found["results"].append((mrn, "anc", text, text, day, text, text, text, text))
        found["results"].append((text, text, text, text, text, text, text, text, text))
    return found


def write_sheets(folder: Path, tricks: Mapping[str, str]) -> list[Path]:
    """Import files of them."""
    written = []
    for name, rows in sheets(tricks).items():
        written.append(folder / f"{name}.csv")
        with written[-1].open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([HEADERS[name], *rows])
    return written


def _import_all(place: Path) -> None:
    # A file that holds a control character is refused whole, and its rows never reach a record.
    readable = {name: text for name, text in TRICKS.items() if text.isprintable() or not any(map(is_control, text))}
    with opened(place) as clinic:
        clinic.import_files(write_sheets(place.parent, readable))
        for number, text in enumerate(readable.values()):
            try:
                clinic.acknowledge(f"E{number:02}", "hb-below-8", text)
            except Refused:
                continue


def is_control(character: str) -> bool:
    """Whether a file that holds the character is refused whole."""
    return (character < " " and character not in "\t\r\n") or "\x7f" <= character <= "\x9f"
