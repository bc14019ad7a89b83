"""Backups, upgrades, and checking that everything stored still agrees."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from logging import getLogger
from pathlib import Path

from labtrack import __version__
from labtrack.catalogue import Catalogue
from labtrack.clinic.accounts import faults as account_faults
from labtrack.clinic.backups import (
    SUPERSEDED,
    anchor_faults,
    anchors_of,
    folders_of,
    head_text,
    named_by_labtrack,
    room_for_upgrade,
    superseded_by,
)
from labtrack.clinic.judging import Judge, assessment_row, check_rows, finding_rows
from labtrack.clinic.segments import segment_of
from labtrack.clinic.settings import Settings, chosen_actor
from labtrack.core.errors import DatabaseUnavailable, LabtrackError, StoreError, UsageError
from labtrack.core.record import Result, Unusable
from labtrack.exchange.reports import read_report
from labtrack.store import Reader, Store
from labtrack.store.anchored import Anchor, anchors_in, default_folder, head_of, note_anchor
from labtrack.store.backup import backup as backup_file
from labtrack.store.backup import restore as restore_file
from labtrack.store.connection import sqlite_path
from labtrack.store.migrate import HEAD, revision_of
from labtrack.store.migrate import upgrade as upgrade_file
from labtrack.store.seals import broken
from labtrack.store.verify import structural
from labtrack.store.verify import verify as verify_file


def path_of(location: str | Path) -> Path:
    """The file of a clinic; UsageError for a database on a server."""
    path = sqlite_path(location)
    if path is None:
        raise UsageError(f"{location} is not a file.", "Use the database server's own tools for it.")
    return path


def backup(store: Store, location: str | Path, target: Path) -> Path:
    """A verified copy: ``target``, or a name of labtrack's in a folder. The audit names it, unless the clinic was opened for reading.

    The copy is from before that entry. Where the copy has a name of its own its anchor is kept with the automatic backups.
    """
    path = path_of(location)
    if store.database.read_only:
        return _copied(path, target)
    with store.write() as writer:
        made = _copied(path, target)
        anchor = head_of(made)
        writer.audit("backup", {"file": made.name, "head": str(anchor)})
    if made == target:
        try:
            note_anchor(default_folder(path), path, made, anchor, store.now())
        except StoreError:
            getLogger("labtrack").warning("the anchor of a backup could not be kept beside the clinic")
    return made


def _copied(path: Path, target: Path) -> Path:
    if target.is_dir():
        return named_by_labtrack(path, target).path
    backup_file(path, target)
    return target


def restore(location: str | Path, copy: Path, actor: str = "") -> Path | None:
    """Put a backup in the clinic's place; where the file that was there is kept.

    The restored clinic's audit says so from its first moment, with the heads of both and the backups that are out of force by it.
    """
    path = path_of(location)
    before = head_text(path)

    def say_so(part: Path) -> None:
        store = Store.open(part, create=False, actor=actor or chosen_actor(Settings()))
        try:
            with store.write() as writer:
                superseded = superseded_by(writer, folders_of(path), path.name)
                writer.audit("restore", {"file": copy.name, "from": before, "to": str(head_of(part)), SUPERSEDED: superseded})
        finally:
            store.close()

    return restore_file(path, copy, say_so).kept


def upgrade(location: str | Path) -> str:
    """Bring the schema up to date; a sentence on what was done."""
    path = path_of(location)
    if not path.exists():
        raise DatabaseUnavailable(f"There is no clinic at {path}.", "Give its path with --db.")
    revision = revision_of(path)
    if revision is None:
        raise DatabaseUnavailable(f"{path} is empty.", "Give the path of a clinic with --db.")
    if revision == HEAD:
        return f"{path} is up to date (schema {HEAD})."
    kept = upgrade_file(path, revision, room_for_upgrade(path, Settings.load()))
    return f"{path} was upgraded from schema {revision} to {HEAD}; the clinic as it was is {kept}."


def anchors(location: str | Path, against: Iterable[Path] = ()) -> list[tuple[str, Anchor]]:
    """Those that the chain is compared with: of every backup that labtrack knows, and of these files and folders. NotFound."""
    path = sqlite_path(location)
    known = [] if path is None else [each for folder in folders_of(path) for each in anchors_in(folder, path.name)]
    return list(dict.fromkeys([*known, *(each for named in against for each in anchors_of(named))]))


def counts(reader: Reader) -> dict[str, int]:
    """How many of everything."""
    tables = {
        "patients": "patient",
        "courses": "course",
        "events": "event",
        "results": "result",
        "audit_entries": "audit_entry",
        "accounts": "user",
    }
    return {name: reader.count(table) for name, table in tables.items()}


def versions(judge: Judge) -> dict[str, str]:
    """Of the program, of the schema it writes, of the rules in force."""
    return {"version": __version__, "schema": HEAD, "rule_set": judge.rule_set}


def faults(reader: Reader, store: Store, judge: Judge, today: date, anchors: Iterable[tuple[str, Anchor]] = ()) -> Iterator[str]:
    """Every fault: of the file, the audit chain, the results and their packed copies, the acknowledgements, the stored assessments.

    ``anchors``, by the names of their backups, must be in the chain. A file that is unsound is looked into no further.
    """
    found = verify_file(store.database.path) if store.database.path is not None else []
    yield from map(str, found)
    if structural(found):
        return
    yield from _readable("backups", lambda: anchor_faults(reader, anchors))
    yield from _readable("results", lambda: _record_faults(reader, judge.engine.catalogue))
    yield from _readable("records", lambda: _seal_faults(reader))
    yield from _readable("accounts", lambda: account_faults(reader))
    yield from _readable("acknowledgements", lambda: _acknowledgement_faults(reader))
    yield from _readable("assessments", lambda: _assessment_faults(reader, judge, today))


def _readable(what: str, look: Callable[[], Iterable[str]]) -> Iterator[str]:
    """The faults that a look finds; what it cannot make sense of is one more, and ends it."""
    try:
        yield from look()
    except (ValueError, TypeError, KeyError, LabtrackError) as error:
        yield f"{what} cannot be read: {error}"


def _record_faults(reader: Reader, catalogue: Catalogue) -> Iterator[str]:
    """Results whose numbers are not what their texts say, that are not as they were entered, or are packed otherwise."""
    entered = _entered_by_hand(reader)
    segments = reader.segment_stream()
    found = next(segments, None)
    for each in reader.patients():
        while found is not None and found[0] < each.id:
            found = next(segments, None)
        packed = found[1] if found is not None and found[0] == each.id else b""
        results = reader.results(each.id)
        for result in results:
            said = (result.analyte, result.value_text, result.unit, str(result.collected_at))
            if entered.get(result.result_id, said) != said:
                yield f"result {result.result_id} of {each.patient.mrn} is not as it was entered"
            elif not _says_its_value(result, catalogue):
                yield f"the value of result {result.result_id} of {each.patient.mrn} is not what its text says"
        if bytes(packed) != segment_of(results, catalogue):
            yield f"packed results of {each.patient.mrn} do not agree with the record"


def _seal_faults(reader: Reader) -> Iterator[str]:
    """Patients of whom a row was changed, added or removed by anything but a write of ours."""
    mrns = {number: mrn for mrn, number in reader.patient_ids().items()}
    for each in broken(reader.session, reader.audit_entries()):
        whose, entry = mrns.get(each.patient, "a patient who is gone"), each.entry
        yield f"the record of {whose} is not what was written to it until {entry.at[:19].replace('T', ' ')} UTC (audit entry {entry.id})"


def _entered_by_hand(reader: Reader) -> dict[int, tuple[str, ...]]:
    """Analyte, value, unit and time by result number, from the audit entries that name results."""
    found: dict[int, tuple[str, ...]] = {}
    for entry in reader.audit_entries():
        if '"results":[[' in entry.detail:
            for number, *said in json.loads(entry.detail)["results"]:
                found[number] = tuple(said)
    return found


def _says_its_value(result: Result, catalogue: Catalogue) -> bool:
    """Whether the text, unit and limits of a result give the numbers stored with it.

    What this version would refuse, or reads though an earlier one did not know the unit, is taken as it is.
    """
    texts = {"value": result.value_text, "ref_low": result.ref_low, "ref_high": result.ref_high}
    named = {"analyte": result.analyte, "unit": result.unit, "code": result.code, "method": result.method}
    report = read_report({**named, **texts}, catalogue, ".", exported=True)
    if report.problem is not None or (result.unusable is Unusable.UNIT and not report.numbers[8]):
        return True
    value = result.value
    stored = (
        *((math.nan, math.nan, 0.0, 0.0) if value is None else (value.low, value.high, float(value.low_open), float(value.high_open))),
        *(math.nan if limit is None else limit for limit in (result.lower_limit, result.upper_limit)),
    )
    low, high, lower, upper, low_open, high_open = report.numbers[:6]
    return all(map(_same, stored, (low, high, low_open, high_open, lower, upper)))


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-9, abs_tol=0.0)


def _acknowledgement_faults(reader: Reader) -> Iterator[str]:
    """Acknowledgements that nobody is on record for."""
    mrns = {number: mrn for mrn, number in reader.patient_ids().items()}
    audited: Counter[tuple[object, ...]] = Counter()
    for entry in reader.audit_entries():
        if entry.action == "acknowledge":
            detail = json.loads(entry.detail)
            audited[entry.patient_id, detail["rule"], detail["reason"], detail["until"]] += 1
    for row in reader.acknowledgements():
        key = (row["patient_id"], row["rule"], row["reason"], row["until_on"])
        audited[key] -= 1
        if audited[key] < 0:
            yield f"an acknowledgement of {row['rule']} for {mrns.get(int(str(row['patient_id'])), 'nobody')} is in no audit entry"


def _assessment_faults(reader: Reader, judge: Judge, today: date) -> Iterator[str]:
    """What is stored and differs from what the same rules give on the same date; what is out of date is not compared."""
    stale = set(reader.out_of_date(judge.rule_set, today))
    by_day: dict[date, list[int]] = {}
    for line in reader.worklist():
        if line["patient_id"] not in stale:
            by_day.setdefault(date.fromisoformat(str(line["as_of"])), []).append(int(str(line["patient_id"])))
    for as_of, patients in by_day.items():
        for each in judge.judged(reader, as_of, patients):
            number, mrn = each.stored.id, each.stored.patient.mrn
            for rule in _differing(reader.stored_findings(number), finding_rows(number, each.assessment.findings)):
                yield f"stored verdict of {rule} for {mrn} is not what the record gives"
            for panel in _differing(reader.stored_checks(number), check_rows(number, each.assessment.checks)):
                yield f"stored check of {panel} for {mrn} is not what the record gives"
            if tuple((reader.stored_assessment(number) or {}).values()) != assessment_row(each):
                yield f"stored worklist line of {mrn} is not what the record gives"


def _differing(stored: Sequence[dict[str, object]], made: Iterable[Sequence[object]]) -> list[str]:
    """The second column (rule or panel) of the rows that only one side has."""
    return sorted({str(row[1]) for row in {tuple(each.values()) for each in stored} ^ {tuple(each) for each in made}})
