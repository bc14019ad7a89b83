"""Backups, upgrades, and checking that everything stored still agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from labtrack import __version__
from labtrack.clinic.judging import Judge
from labtrack.clinic.segments import segment_of
from labtrack.core.errors import DatabaseUnavailable, UsageError
from labtrack.store import Reader, Store
from labtrack.store.backup import backup as backup_file
from labtrack.store.backup import restore as restore_file
from labtrack.store.connection import sqlite_path
from labtrack.store.migrate import HEAD, revision_of
from labtrack.store.migrate import upgrade as upgrade_file
from labtrack.store.verify import verify as verify_file


def path_of(location: str | Path) -> Path:
    """The file of a clinic; UsageError for a database on a server."""
    path = sqlite_path(location)
    if path is None:
        raise UsageError(f"{location} is not a file.", "Use the database server's own tools for it.")
    return path


def backup(store: Store, target: Path) -> Path:
    """A verified copy; the audit names it."""
    path = path_of(store.database.path or "://")
    backup_file(path, target)
    with store.write() as writer:
        writer.audit("backup", {"file": target.name})
    return target


def restore(location: str | Path, copy: Path) -> Path | None:
    """Put a backup in the clinic's place; where the file that was there is kept."""
    restored = restore_file(path_of(location), copy)
    return restored.kept


def upgrade(location: str | Path) -> str:
    """Bring the schema up to date; a sentence on what was done."""
    path = path_of(location)
    if not path.exists():
        raise DatabaseUnavailable(f"There is no clinic at {path}.", "Give its path with --db.")
    revision = revision_of(path)
    if revision is None or revision == HEAD:
        return f"{path} is up to date (schema {HEAD})."
    kept = upgrade_file(path, revision)
    return f"{path} was upgraded from schema {revision} to {HEAD}; the clinic as it was is {kept}."


def counts(reader: Reader) -> dict[str, int]:
    """How many of everything."""
    tables = {"patients": "patient", "courses": "course", "events": "event", "results": "result", "audit_entries": "audit_entry"}
    return {name: reader.count(table) for name, table in tables.items()}


def versions(judge: Judge) -> dict[str, str]:
    """Of the program, of the schema it writes, of the rules in force."""
    return {"version": __version__, "schema": HEAD, "rule_set": judge.rule_set}


def faults(reader: Reader, store: Store, judge: Judge, today: date) -> Iterator[str]:
    """Every fault: of the file, the audit chain, the packed results, the stored assessments."""
    if store.database.path is not None:
        yield from map(str, verify_file(store.database.path))
    yield from _segment_faults(reader, judge)
    yield from _assessment_faults(reader, judge, today)


def _segment_faults(reader: Reader, judge: Judge) -> Iterator[str]:
    packed = dict(reader.segment_stream())
    for each in reader.patients():
        if packed.get(each.id, b"") != segment_of(reader.results(each.id), judge.engine.catalogue):
            yield f"packed results of {each.patient.mrn} do not agree with the record"


def _assessment_faults(reader: Reader, judge: Judge, today: date) -> Iterator[str]:
    """Stored verdicts that differ from those that the same rules give on the same date; what is out of date is not compared."""
    stale = set(reader.out_of_date(judge.rule_set, today))
    by_day: dict[date, list[int]] = {}
    for line in reader.worklist():
        if line["patient_id"] not in stale:
            by_day.setdefault(date.fromisoformat(str(line["as_of"])), []).append(int(str(line["patient_id"])))
    for as_of, patients in by_day.items():
        for stored, assessment in judge.assessments(reader, as_of, patients):
            kept = {(row["rule"], row["verdict"], row["message"]) for row in reader.stored_findings(stored.id)}
            found = {(each.rule, each.verdict.value, each.message) for each in assessment.findings}
            for rule in sorted({str(each[0]) for each in kept ^ found}):
                yield f"stored verdict of {rule} for {stored.patient.mrn} is not what the record gives"
            dues = {(row["panel"], row["due_on"]) for row in reader.stored_checks(stored.id)}
            if dues != {(each.panel, each.due_on.isoformat()) for each in assessment.checks}:
                yield f"stored checks of {stored.patient.mrn} are not what the record gives"
