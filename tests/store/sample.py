"""A clinic with a little of everything, and its dump: run ``python tests/store/sample.py > tests/store/dumps/NNNN.sql`` with the revision
of a release, before the next revision is drafted. ``test_migrate.py`` upgrades every dump there is."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path

from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex, Unusable
from labtrack.store import Store
from labtrack.store.rows import StoredUser, result_values
from labtrack.store.writer import ASSESSMENT_COLUMNS

MORNING = CollectedAt(date(2026, 11, 2), time(8, 30), 60)
RESULTS = (
    Result("anc", "2.5", "10*9/L", MORNING, value=Interval(2.5, 2.5), ref_low="1.8", ref_high="7.5", lower_limit=1.8, upper_limit=7.5),
    Result("anc", "2.6", "10*9/L", MORNING, ResultStatus.CORRECTED, value=Interval(2.6, 2.6), lower_limit=float("nan")),
    Result("crp", "<0.5", "mg/L", CollectedAt(date(2026, 11, 2)), value=Interval(0, 0.5, high_open=True), note="n", lab="L"),
    Result("hb", "hemolyzed", "g/dL", MORNING, unusable=Unusable.TEXT, specimen_id="S1", code="718-7", method="m"),
)


def line(number: int, **others: object) -> tuple[object, ...]:
    """One row of ``assessment``, in the order of its columns."""
    values = {
        "patient_id": number,
        "as_of": "2026-11-22",
        "valid_until": "2026-12-01",
        "rule_set": "r1",
        "data_version": 1,
        "state": "needs-action",
        "severity_rank": 2,
        "worst": "watch",
        "rule": "anemia",
        "message": "Hb 11.2 g/dL",
        "next_panel": "cbc",
        "next_due": "2026-12-01",
        "next_status": "later",
        "cannot_evaluate": 1,
        "last_result_on": "2026-11-02",
        "mrn": "A1",
        "due_order": "2026-12-01",
        "search": "ada example a1",
        "gaps": 8,
        "headline": "Hb 11.2 below 12",
        "basis": "article",
        "last_result_id": 4,
    }
    return tuple((values | others)[name] for name in ASSESSMENT_COLUMNS)


def finding(number: int, rule: str = "anemia") -> tuple[object, ...]:
    """One row of ``finding``."""
    return (number, rule, "met", "watch", "", "Hb 11.2 g/dL", "WHO", '[{"analyte":"hb"}]')


def check(number: int, panel: str = "cbc") -> tuple[object, ...]:
    """One row of ``check_due``."""
    return (number, panel, "2026-12-01", "later", "every 12 weeks", "")


def fill(store: Store) -> int:
    """Everything that a clinic can hold, about one patient; the patient's number."""
    with store.write() as writer:
        number = writer.add_patient(Patient("A1", "Ada Example", date(1970, 5, 17), Sex.FEMALE, 61.5, "555", "ada@example.org"))
        writer.add_patient(Patient("B2", "Bo Example"))
        course = writer.add_course(number, Course("baricitinib", 2, "daily", date(2026, 1, 5)))
        writer.put_dose(course, DoseStep(date(2026, 3, 2), 4, "daily", "flare"))
        writer.put_hold(course, Hold(date(2026, 5, 1), "anc-below-1", date(2026, 5, 20)))
        writer.put_event(number, Event("screen-tb", date(2026, 1, 2), date(2026, 1, 2), "negative"))
        writer.pin_baseline(course, "ldl", CollectedAt(date(2025, 12, 1)), "fasting")
        source = writer.add_source("0" * 64, "csv", "november.csv")
        first = writer.last_result_id() + 1
        writer.insert_results(result_values(number, first + place, each, source) for place, each in enumerate(RESULTS))
        writer.supersede([(first, first + 1, number)])
        writer.add_sent_reports([(number, "anc", "F1|751-8|", first), (number, "anc", "F1|751-8|", first + 1)])
        writer.add_identifier("ACME", "P777", number)
        writer.put_segments([(number, b"\x00packed\xff")])
        writer.put_assessments([line(number)], [finding(number)], [check(number)])
        writer.acknowledge(number, "anemia", "1", "4", "known", date(2026, 12, 24))
        writer.review(number, first + 1)
        writer.set_setting("clinic", "Sample")
        writer.touch([number])
        writer.audit("sample", {"mrn": "A1"}, number)
    return number


def fill_accounts(store: Store, number: int) -> None:
    """Two people who use it, one of them the patient of this number, and a failed attempt."""
    with store.write() as writer:
        writer.add_user(StoredUser("maria", "clinician", None, "$argon2id$sample", writer.now(), None, 0), {"user": "maria"})
        writer.add_user(StoredUser("ada", "patient", number, "$argon2id$other", writer.now(), None, 0), {"user": "ada"})
        writer.put_failed_sign_in("0a1b2c", 2, writer.now())


def main() -> None:
    """Print the dump."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clinic.db"
        store = Store.open(path, actor="tester", clock=lambda: datetime(2026, 11, 22, 10, 11, 12, tzinfo=UTC))
        fill_accounts(store, fill(store))
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            sys.stdout.write("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    main()
