"""Backups, upgrades, and that verifying finds what somebody changed, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, nasty_people, open_clinic, put_people, record

from labtrack.clinic import Clinic, Entry
from labtrack.core.errors import DatabaseUnavailable, NotFound, Refused, UsageError
from labtrack.core.judgment import Region
from labtrack.core.record import CollectedAt
from labtrack.store.anchored import head_of
from labtrack.store.migrate import HEAD

DAY = date(2026, 11, 19)
TRIGGERS = [f"{table}_no_{action}" for table in ("result", "supersession", "audit_entry") for action in ("update", "delete")]

ACKNOWLEDGED_BEHIND_THE_SCENES = """
    INSERT INTO acknowledgement (patient_id, rule, rule_version, evidence_key, reason, at, actor)
    SELECT patient_id, 'anc-below-1', rule_version, '4', 'seen', at, actor FROM acknowledgement
"""


@pytest.fixture
def treated(ada: Clinic) -> Clinic:
    """A patient with findings, an amended result and an acknowledgement."""
    record(ada, date(2026, 2, 20), ldl="108 mg/dL", hb="12.9 g/dL")
    first, *_ = record(ada, DAY, hb="12.7 g/dL", anc="0.82 10*9/L", ldl="152 mg/dL", alt="<20 U/L", creatinine="n/a mg/dL").results
    ada.amend(first.result_id, "12.8", "", "typo")
    ada.acknowledge(ADA.mrn, "ldl-rise-30", "statin started", date(2026, 12, 24))
    assert ada.verify() == []
    return ada


def tamper(clinic: Clinic, *statements: str) -> None:
    """What somebody with another program could do, and leave no trace of in the guards."""
    with closing(sqlite3.connect(clinic.location)) as connection:
        kept = [connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] for name in TRIGGERS]
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for text in kept:
            connection.execute(text)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        # A changed result, in any of its columns
        ("UPDATE result SET value_text = '1.82' WHERE analyte = 'anc'", ["result 4 of 10021 is not as it was entered"]),
        (
            "UPDATE result SET value_text = '1.82', low = 1.82, high = 1.82 WHERE analyte = 'anc'",
            ["result 4 of 10021 is not as it was entered", "packed results of 10021 do not agree with the record"],
        ),
        (
            "UPDATE result SET low = 1.82, high = 1.82 WHERE analyte = 'anc'",
            ["the value of result 4 of 10021 is not what its text says", "packed results of 10021 do not agree with the record"],
        ),
        (
            "UPDATE result SET low_open = 1 WHERE analyte = 'anc'",
            ["the value of result 4 of 10021 is not what its text says", "packed results of 10021 do not agree with the record"],
        ),
        ("UPDATE result SET unit = '/uL' WHERE analyte = 'anc'", ["result 4 of 10021 is not as it was entered"]),
        (
            "UPDATE result SET lower_limit = '0.5' WHERE analyte = 'anc'",
            ["the value of result 4 of 10021 is not what its text says", "packed results of 10021 do not agree with the record"],
        ),
        (
            "UPDATE result SET status = 'cancelled' WHERE analyte = 'anc'",
            ["packed results of 10021 do not agree with the record"],
        ),
        (
            "UPDATE result SET collected_at = '2026-11-18T08:00' WHERE analyte = 'anc'",
            ["result 4 of 10021 is not as it was entered", "packed results of 10021 do not agree with the record"],
        ),
        ("UPDATE result SET specimen_id = 'S1' WHERE analyte = 'anc'", ["packed results of 10021 do not agree with the record"]),
        ("DELETE FROM supersession", ["packed results of 10021 do not agree with the record"]),
        ("UPDATE result SET collected_at = 'soon' WHERE analyte = 'anc'", ["results cannot be read: Invalid isoformat string: 'soon'"]),
        # Packed results: what the engine reads
        ("DELETE FROM segment", ["packed results of 10021 do not agree with the record", "of 10021 is not what the record gives"]),
        ("UPDATE segment SET results = x'00'", ["packed results of 10021 do not agree with the record", "assessments cannot be read"]),
        # What was judged of it
        (
            "UPDATE finding SET verdict = 'not met' WHERE rule = 'anc-below-1'",
            ["stored verdict of anc-below-1 for 10021 is not what the record gives"],
        ),
        ("UPDATE finding SET severity = 'watch' WHERE rule = 'anc-below-1'", ["stored verdict of anc-below-1 for 10021"]),
        ("UPDATE finding SET message = 'fine' WHERE rule = 'anc-below-1'", ["stored verdict of anc-below-1 for 10021"]),
        ("UPDATE finding SET evidence = '[]' WHERE rule = 'anc-below-1'", ["stored verdict of anc-below-1 for 10021"]),
        ("DELETE FROM finding WHERE rule = 'neutropenia'", ["stored verdict of neutropenia for 10021"]),
        ("UPDATE check_due SET due_on = '2027-01-01' WHERE panel = 'cbc'", ["stored check of cbc for 10021 is not what the record gives"]),
        ("UPDATE check_due SET status = 'due' WHERE panel = 'lipid'", ["stored check of lipid for 10021"]),
        ("UPDATE assessment SET state = 'clear'", ["stored worklist line of 10021 is not what the record gives"]),
        ("UPDATE assessment SET valid_until = '2999-01-01'", ["stored worklist line of 10021"]),
        (
            ACKNOWLEDGED_BEHIND_THE_SCENES,
            ["an acknowledgement of anc-below-1 for 10021 is in no audit entry", "stored worklist line of 10021"],
        ),
        (
            "UPDATE acknowledgement SET until_on = '2999-01-01'",
            ["an acknowledgement of ldl-rise-30 for 10021 is in no audit entry", "stored worklist line of 10021"],
        ),
    ],
)
def test_what_somebody_changed_is_found(treated: Clinic, statement: str, faults: Sequence[str]) -> None:
    tamper(treated, statement)
    found = treated.verify()
    assert len(found) >= len(faults)
    for fault in faults:
        assert any(fault in each for each in found), (fault, found)
    assert all(any(fault in each for fault in (*faults, "is not what was written to it")) for each in found) or "segment" in statement


def test_what_is_out_of_date_is_no_fault_and_is_made_anew(treated: Clinic) -> None:
    tamper(treated, "UPDATE assessment SET state = 'clear', valid_until = '2026-11-22'")
    assert treated.verify() == []
    assert treated.worklist()[0]["state"] == "needs-action"
    with open_clinic(Path(treated.location).parent, region=Region.EU) as europe:
        assert europe.verify() == []
    with open_clinic(Path(treated.location).parent, date(2027, 3, 1)) as later:
        assert later.verify() == []
        later.worklist()
        assert later.verify() == []


def test_a_value_imported_is_held_to_its_text(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("mrn,name,birth_date,sex\n1,One,1970-01-01,F\n", encoding="utf-8")
    (tmp_path / "r.csv").write_text("mrn,analyte,value,unit,collected_at\n1,anc,0.82,10*9/L,2026-11-19\n", encoding="utf-8")
    clinic.import_files([tmp_path / "p.csv", tmp_path / "r.csv"])
    assert clinic.verify() == []
    tamper(clinic, "UPDATE result SET value_text = '1.82'")
    assert clinic.verify()[0] == "the value of result 1 of 1 is not what its text says"


def test_a_unit_learned_since_is_no_fault(treated: Clinic) -> None:
    (result,) = treated.record(ADA.mrn, [Entry("crp", "5", "furlong")], CollectedAt(DAY)).results
    tamper(treated, f"UPDATE result SET unit = 'mg/L' WHERE id = {result.result_id}")
    assert treated.verify()[0] == f"result {result.result_id} of 10021 is not as it was entered"


def test_nasty_people_have_no_faults(clinic: Clinic) -> None:
    put_people(clinic, [drawn.person for drawn in nasty_people(7, 30)])
    assert clinic.verify() == []


def test_a_damaged_file_is_looked_into_no_further(treated: Clinic) -> None:
    tamper(treated, "PRAGMA foreign_keys = OFF", "UPDATE result SET patient_id = 99", "UPDATE finding SET verdict = 'not met'")
    found = treated.verify()
    assert found
    assert all(fault.startswith("keys: ") for fault in found)


# Backups


def test_a_backup_is_a_whole_clinic_and_is_audited(treated: Clinic, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.db"
    assert treated.backup(target) == target
    *_, entry = treated.audit()
    assert (entry["action"], json.loads(entry["detail"])) == ("backup", {"file": "copy.db", "head": str(head_of(target))})
    with Clinic.open(target, today=TODAY, settings=treated.settings, create=False) as copy:
        assert copy.chart(ADA.mrn) == treated.chart(ADA.mrn)
        assert copy.verify() == []


def test_a_backup_that_fails_leaves_no_audit_entry(treated: Clinic, tmp_path: Path) -> None:
    before = treated.info()["audit_entries"]
    (tmp_path / "taken.db").write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        treated.backup(tmp_path / "taken.db")
    assert treated.info()["audit_entries"] == before
    assert (tmp_path / "taken.db").read_text() == "mine"


def test_a_clinic_opened_for_reading_is_backed_up_without_a_trace(treated: Clinic, tmp_path: Path) -> None:
    before = treated.info()["audit_entries"]
    with open_clinic(tmp_path, read_only=True) as reading:
        reading.backup(tmp_path / "copy.db")
        assert reading.info()["audit_entries"] == before


def test_a_restore_brings_back_what_was_and_says_so(treated: Clinic, tmp_path: Path) -> None:
    treated.backup(tmp_path / "copy.db")
    before = treated.chart(ADA.mrn)
    treated.add_event(ADA.mrn, "vte", TODAY)
    treated.close()
    kept = Clinic.restore(treated.location, tmp_path / "copy.db")
    assert kept is not None
    assert kept.exists()
    with open_clinic(tmp_path) as restored:
        assert restored.chart(ADA.mrn) == before
        *_, entry = restored.audit()
        assert entry["action"] == "restore"
        said = json.loads(entry["detail"])
        assert (said["file"], said["superseded"]) == ("copy.db", [])
        # The heads: of what was there, which holds the event and the backup's own entry, and of what came back
        assert (int(said["from"].split("-")[0]) - int(said["to"].split("-")[0])) == 2
        assert restored.verify() == []
    assert Clinic.restore(tmp_path / "elsewhere" / "clinic.db", tmp_path / "copy.db") is None
    with pytest.raises(NotFound, match="There is no backup"):
        Clinic.restore(treated.location, tmp_path / "none.db")


def test_upgrading_says_what_was_done(treated: Clinic, tmp_path: Path) -> None:
    assert Clinic.upgrade(treated.location) == f"{treated.location} is up to date (schema {HEAD})."
    with pytest.raises(DatabaseUnavailable, match="There is no clinic at"):
        Clinic.upgrade(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseUnavailable, match="is empty"):
        Clinic.upgrade(tmp_path / "empty.db")


def test_an_older_clinic_is_upgraded_and_kept(treated: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from labtrack.clinic import safety

    monkeypatch.setattr(safety, "HEAD", "9999")
    monkeypatch.setattr(safety, "upgrade_file", lambda path, revision, backups: tmp_path / "kept.bak")
    assert Clinic.upgrade(treated.location).endswith(f"from schema {HEAD} to 9999; the clinic as it was is {tmp_path / 'kept.bak'}.")


def test_a_server_has_its_own_tools() -> None:
    for act in (
        lambda: Clinic.upgrade("postgresql://host/clinic"),
        lambda: Clinic.restore("postgresql://host/clinic", Path("copy.db")),
    ):
        with pytest.raises(UsageError, match=r"is not a file\. Use the database server's own tools"):
            act()


def test_info_counts_and_names(treated: Clinic) -> None:
    info = treated.info()
    assert (info["patients"], info["courses"], info["results"], info["region"], info["today"]) == (1, 1, 8, "US", "2026-11-22")
    assert (info["location"], info["schema"], info["rule_set"]) == (treated.location, HEAD, "2026.11 US")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE result SET lab = 'Other' WHERE analyte = 'anc'",
        "UPDATE result SET note = 'hemolyzed' WHERE analyte = 'anc'",
        "UPDATE patient SET name = 'Okafor, Bea'",
        "UPDATE patient SET phone = '555'",
        "UPDATE course SET reason = 'x'",
        "UPDATE event SET note = 'x' WHERE id = 1",
        "DELETE FROM event WHERE id = 1",
        "INSERT INTO event (patient_id, kind, began_on, note) VALUES (1, 'infection', '2026-06-01', '')",
    ],
)
def test_what_no_verdict_depends_on_is_found_too(treated: Clinic, statement: str) -> None:
    tamper(treated, statement)
    found = treated.verify()
    assert any(each.startswith("the record of 10021 is not what was written to it until 2026-") for each in found), found
