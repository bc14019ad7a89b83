"""What an import knows of the results that are already there."""

from __future__ import annotations

from datetime import date

import pytest

from labtrack.clinic import import_lookup
from labtrack.clinic.import_lookup import Lookup
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus
from labtrack.labs.columns import RESULT_ROW
from labtrack.store import Store
from labtrack.store.rows import result_values

AT = CollectedAt(date(2026, 3, 4))
KEY = (1, "hb", "2026-03-04T00:00:00", "s1")


def test_an_empty_clinic_knows_nothing(store: Store) -> None:
    with store.write() as writer:
        writer.audit("test", {}, writer.add_patient(Patient("A1", "Ann")))
        lookup = Lookup(writer)
        assert lookup.entered(1) == 0
        assert lookup.is_whole(1, b"")
        lookup.inserted(1, 2)
        assert lookup.entered(1) == 2
        assert lookup.is_whole(1, bytes(2 * RESULT_ROW.itemsize))
        assert lookup.known([KEY]) == {KEY: []}
        writer.audit("test", {})


def test_what_is_recorded_is_found_superseded_or_not(store: Store) -> None:
    with store.write() as writer:
        for mrn in ("A1", "A2"):
            writer.audit("test", {}, writer.add_patient(Patient(mrn, "")))
        rows = [
            Result("hb", "12", "g/dL", AT, ResultStatus.FINAL, specimen_id="s1"),
            Result("hb", "13", "g/dL", AT, ResultStatus.CORRECTED, specimen_id="s1"),
            Result("hb", "13", "g/dL", AT),
        ]
        writer.insert_results(result_values(1, number, row, None) for number, row in enumerate(rows, 1))
        writer.supersede([(1, 2, 1)])
        writer.audit("test", {})
    with store.write() as writer:
        lookup = Lookup(writer)
        assert (lookup.entered(1), lookup.entered(2)) == (3, 0)
        assert not lookup.is_whole(1, bytes(2 * RESULT_ROW.itemsize))
        other = (1, "hb", "2026-03-04T00:00:00", "")
        found = lookup.known([KEY, other, (2, "hb", "2026-03-04T00:00:00", "s1")])
        assert [(each.result_id, each.value_text, each.status, each.stands) for each in found[KEY]] == [
            (1, "12", ResultStatus.FINAL, False),
            (2, "13", ResultStatus.CORRECTED, True),
        ]
        assert [each.result_id for each in found[other]] == [3]


def test_versions_are_found_however_many_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_lookup, "REMEMBERED", 1)
    with store.write() as writer:
        for mrn in ("A1", "A2", "A3"):
            writer.audit("test", {}, writer.add_patient(Patient(mrn, "")))
        lookup = Lookup(writer)
        for number in (1, 2, 3):
            assert not lookup.is_sent(number, "hb", "F1")
            writer.insert_results([result_values(number, number, Result("hb", "12", "g/dL", AT), None)])
            writer.add_sent_reports([(number, "hb", "F1", number)])
            lookup.sent(number, "hb", "F1")
        assert all(lookup.is_sent(number, "hb", "F1") for number in (1, 2, 3))
        assert not lookup.is_sent(1, "hb", "F2")
        writer.audit("test", {})
