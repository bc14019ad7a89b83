"""A clinic as the program itself leaves it, and its dump: run ``python tests/store/release.py > tests/store/dumps/whole/NNNN.sql`` with the
program of a release, before the next revision is drafted.

Unlike ``sample.py``, which writes a row into every table, this goes through ``Clinic``: its verdicts, packed results and audit agree, and
``labtrack verify`` finds no fault in it, then or after any upgrade. It asks for nothing that the first release could not do, unless it is
there. ``tests/clinic/test_releases.py`` upgrades every dump there is.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import date, time
from pathlib import Path

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.core.errors import LabtrackError
from labtrack.core.record import CollectedAt, Patient, Sex

TODAY, WORDS = date(2026, 11, 22), "seven quiet herons"
RESULTS = """mrn,analyte,value,unit,collected_at,lab
20042,hb,14.1,g/dL,2026-11-02T09:00,Other lab
20042,hb,hemolyzed,g/dL,2026-11-03,Other lab
"""
#: A message of a sender who knows the patient by another number too.
MESSAGE = r"""MSH|^~\&|LAB|CITY|LT|CL|20261120090000||ORU^R01|M1|P|2.5.1
PID|1||10021^^^^MR~P777^^^ACME^PI||Okafor^Ada||19680211|F
OBR|1|P1|F1|CBC^CBC^L|||20261120083000
OBX|1|NM|718-7^Hemoglobin^LN||11.9|g/dL|12.0-15.5|L|||F|||20261120083000
OBX|2|NM|751-8^Neutrophils^LN||1.2|10*3/uL|1.8-7.5|L|||F|||20261120083000
"""


def at(day: date) -> CollectedAt:
    """One morning."""
    return CollectedAt(day, time(8, 0))


def fill(clinic: Clinic, folder: Path) -> None:
    """Two patients, treatment, results typed and imported, corrected, struck, acknowledged and reviewed."""
    clinic.add_patient(Patient("10021", "Okafor, Ada", date(1968, 2, 11), Sex.FEMALE, 61.0, "555-0100", "ada@example.org"))
    clinic.add_patient(Patient("20042", "Beringer, Bo", date(1951, 7, 3), Sex.MALE))
    clinic.start_course("10021", "baricitinib", 2.0, "daily", date(2026, 3, 3))
    clinic.start_course("20042", "upadacitinib", 15.0, "daily", date(2026, 6, 1))
    for item in ("screen-tb", "screen-hepatitis-b", "screen-hepatitis-c", "screen-diabetes"):
        clinic.add_event("10021", item, date(2026, 2, 20), "negative")
    clinic.add_event("10021", "herpes-zoster", date(2026, 5, 1))
    clinic.end_event("10021", "herpes-zoster", date(2026, 5, 12))
    before = [Entry("anc", "3.1", "10*9/L"), Entry("hb", "13.2", "g/dL"), Entry("ldl", "108", "mg/dL")]
    clinic.record("10021", before, at(date(2026, 2, 24)), "City lab", "S1")
    now = [Entry("anc", "0.82", "10*9/L"), Entry("hb", "11.2", "g/dL"), Entry("ldl", "152", "mg/dL"), Entry("crp", "<0.5", "mg/L")]
    clinic.record("10021", now, at(date(2026, 11, 19)))
    clinic.record("20042", [Entry("alt", "22", "U/L"), Entry("creatinine", "0.9", "mg/dL")], at(date(2026, 5, 28)))
    results = clinic.chart("10021").results
    clinic.amend(results[1].result_id, "13.4", "", "typing error")
    clinic.strike(results[2].result_id, "hemolyzed")
    clinic.hold("10021", "anc-below-1", date(2026, 11, 20))
    clinic.resume("10021", date(2026, 11, 21))
    clinic.change_dose("10021", 1.0, date(2026, 11, 22), reason="flare")
    clinic.pin_baseline("10021", "anc", at(date(2026, 2, 24)), "fasting")
    clinic.acknowledge("10021", "anc-below-1", "known", date(2026, 12, 24))
    if hasattr(clinic, "mark_reviewed"):
        clinic.mark_reviewed("10021")
    for name, text in (("results.csv", RESULTS), ("message.hl7", MESSAGE.replace("\n", "\r"))):
        (folder / name).write_text(text, encoding="utf-8", newline="")
        try:
            clinic.import_files([folder / name])
        except LabtrackError as error:  # the first releases read no messages
            sys.stderr.write(f"{error}\n")


def fill_accounts(path: Path) -> None:
    """One of each role, one of them disabled, a look at a record, and a failed attempt."""
    from labtrack.clinic.accounts import Account

    with Clinic.open(path, today=TODAY, settings=Settings(), actor="tester") as clinic:
        clinic.add_user("maria", "clinician", WORDS)
    with Clinic.open(path, today=TODAY, settings=Settings(), account=Account("maria", WORDS)) as clinic:
        clinic.add_user("vera", "viewer", WORDS)
        clinic.add_user("ada", "patient", WORDS, "10021")
        clinic.disable_user("vera")
        clinic.patient_page("20042")
    try:
        Clinic.open(path, today=TODAY, settings=Settings(), account=Account("ada", "not hers at all"))
    except LabtrackError as error:
        sys.stderr.write(f"{error}\n")


def main() -> None:
    """Print the dump."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "clinic.db"
        with Clinic.open(path, today=TODAY, settings=Settings(), actor="tester") as clinic:
            fill(clinic, folder)
        if hasattr(Clinic, "add_user"):
            fill_accounts(path)
        with closing(sqlite3.connect(path)) as connection:
            sys.stdout.write("\n".join(connection.iterdump()) + "\n")


if __name__ == "__main__":
    main()
