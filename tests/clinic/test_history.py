"""The audit of one patient in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, SCREENING, record

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.history import in_words

DAY = date(2026, 11, 19)


def told(clinic: Clinic, count: int = 1) -> list[str]:
    return [f"{each.what}: {each.detail}" for each in clinic.history(ADA.mrn)[:count]]


def test_everything_that_is_done_is_told_newest_first(ada: Clinic) -> None:
    lines = ada.history(ADA.mrn)
    assert len(lines) == 3 + len(SCREENING)
    assert lines[-1].what == "Added the patient"
    assert "name Okafor, Ada" in lines[-1].detail
    assert "weight 61" in lines[-1].detail
    assert lines[-2].detail == "Baricitinib 2 mg daily from 2026-03-03"
    assert lines[0].what == "Recorded"
    assert lines[0].detail == "Response review on 2026-05-26"
    assert {each.actor for each in lines} == {"tester"}
    assert [each.at for each in lines] == sorted((each.at for each in lines), reverse=True)


def test_changes_of_people_and_treatment(ada: Clinic) -> None:
    ada.edit_patient(ADA.mrn, weight_kg=64.5, phone="555")
    assert told(ada) == ["Changed the patient: phone: nothing → 555, weight: 61 → 64.5"]
    ada.change_dose(ADA.mrn, 1, DAY, reason="eGFR 48")
    assert told(ada) == ["Changed the dose: Baricitinib 1 mg daily from 2026-11-19. Reason: eGFR 48"]
    ada.hold(ADA.mrn, "other: travel", DAY)
    assert told(ada) == ["Paused the drug: baricitinib from 2026-11-19. Reason: other: travel"]
    ada.resume(ADA.mrn, date(2026, 11, 21))
    assert told(ada) == ["Resumed the drug: baricitinib from 2026-11-21; held since 2026-11-19"]
    ada.add_event(ADA.mrn, "herpes-zoster", DAY, "left side")
    ada.end_event(ADA.mrn, "herpes-zoster", date(2026, 11, 21))
    assert told(ada, 2) == [
        "Ended: Herpes zoster on 2026-11-21, begun on 2026-11-19: left side",
        "Recorded: Herpes zoster on 2026-11-19: left side",
    ]
    ada.stop_course(ADA.mrn, "remission", date(2026, 11, 22))
    assert told(ada) == ["Stopped the drug: baricitinib from 2026-11-22. Reason: remission"]


def test_results_entered_amended_struck_pinned_and_acknowledged(ada: Clinic) -> None:
    (anc, alt) = record(ada, DAY, anc="0.82 10*9/L", alt="22 U/L").results
    assert told(ada) == ["Entered results: ANC 0.82 10*9/L, ALT 22 U/L, collected 2026-11-19T08:00"]
    ada.amend(anc.result_id, "0.81", "", "typing error")
    assert told(ada) == [
        "Amended a result: ANC 0.81 10*9/L, collected 2026-11-19T08:00; in place of result 1. Reason: typing error",
    ]
    ada.strike(alt.result_id, "another patient's")
    assert told(ada)[0].startswith("Struck a result: ALT 22 U/L")
    ada.acknowledge(ADA.mrn, "anc-below-1", "seen", date(2026, 12, 1))
    acknowledged = next(each for each in told(ada, 2) if each.startswith("Acknowledged"))
    assert acknowledged.startswith("Acknowledged: anc-below-1 until 2026-12-01: seen. Then: ANC 0.81")


def test_a_pinned_baseline(ada: Clinic) -> None:
    made = record(ada, date(2026, 2, 20), hb="12.9 g/dL").results[0]
    ada.pin_baseline(ADA.mrn, "hb", made.collected_at, "ill before")
    assert told(ada) == ["Chose a baseline: Hb of 2026-02-20T08:00 for baricitinib. Reason: ill before"]


def test_many_values_are_counted(ada: Clinic) -> None:
    values = dict.fromkeys(("alt", "ast", "alp", "ggt", "ck"), "5 U/L")
    counts = dict.fromkeys(("wbc", "anc"), "3 10*9/L") | {"plt": "200 10*9/L"}
    fats = dict.fromkeys(("tc", "ldl", "tg"), "90 mg/dL") | {"hdl": "40 mg/dL", "creatinine": "1 mg/dL"}
    record(ada, DAY, **values, **counts, **fats)
    assert " and 1 more, collected" in told(ada)[0]


def test_an_import_says_what_it_brought(ada: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(f"mrn,analyte,value,unit,collected_at\n{ADA.mrn},alt,22,U/L,2026-11-19\n{ADA.mrn},ast,22,U/L,2026-11-19\n")
    ada.import_files([file])
    assert told(ada) == ["Imported: 2 results"]


@pytest.mark.parametrize(
    ("action", "detail", "expected"),
    [
        ("fly", '{"to":"Mars"}', ("fly", '{"to":"Mars"}')),
        ("fly", "{}", ("fly", "")),
        ("import", "not JSON", ("import", "not JSON")),
        ("import", '{"superseded":[[1,2],[3,4]]}', ("Imported", "2 results replaced or struck")),
        ("import", '{"amended":[{"patient":{"weight_kg":[61.0,64.5]}}]}', ("Imported", "patient changed (weight: 61 → 64.5)")),
        ("import", '{"added":{"courses":1,"patient":1}}', ("Imported", "1 course, the patient")),
        ("add event", '{"kind":"gone","on":"2026-01-01","note":""}', ("Recorded", "gone on 2026-01-01")),
        ("hold", "{}", ("Paused the drug", "None from None")),
    ],
)
def test_whatever_the_audit_holds_is_told(action: str, detail: str, expected: tuple[str, str]) -> None:
    assert in_words(action, detail, catalogue()) == expected
