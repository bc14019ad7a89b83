"""Unit traps over a chunk of an import."""

from __future__ import annotations

from labtrack.exchange import sheet

PEOPLE = "mrn,name,birth_date,sex\nA1,Ann,1960-01-01,F\nA2,Bo,,M\n"
HEADER = "mrn,analyte,value,unit,collected_at,specimen_id\n"


def asked(outcome) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in outcome.notices]


def test_a_unit_change_is_asked_against_the_last_value(run, monkeypatch) -> None:
    text = HEADER + "A1,alt,20,U/L,2026-03-04,\nA1,alt,21,U/L,2026-01-04,\nA1,alt,1200,U/L,2026-03-05,\nA2,alt,2,U/L,2026-03-06,\n"
    question = "ALT 1200 against 20 U/L before: near a factor of 60; has the unit changed?"
    assert (4, question) in asked(run(patients=PEOPLE, results=text))
    later = run(results=HEADER + "A1,alt,20,U/L,2026-03-06,\nA1,alt,30,U/L,2026-02-06,\nA1,alt,<1,U/L,2026-03-07,\n")
    assert (2, "ALT 20 against 1200 U/L before: near a factor of 60; has the unit changed?") in asked(later)
    assert [line for line, reason in asked(later) if "factor" in reason] == [2]
    monkeypatch.setattr(sheet, "CHUNK", 1)
    chunked = run(results=HEADER + "A2,hb,12.8,g/dL,2026-03-04,\nA2,hb,128,g/L,2026-03-05,\nA2,hb,1.28,g/dL,2026-03-06,\n")
    assert [line for line, reason in asked(chunked) if "factor of 10;" in reason] == [4]


def test_numbers_of_one_specimen_that_contradict_each_other(run) -> None:
    text = HEADER + (
        "A1,wbc,5,10*9/L,2026-03-04T07:00,s1\nA1,anc,4,10*9/L,2026-03-04T07:10,s1\nA1,alc,2,10*9/L,2026-03-04T07:20,s1\n"
        "A2,wbc,5,10*9/L,2026-03-04T07:00,s1\nA2,anc,2,10*9/L,2026-03-04T07:10,s1\nA2,alc,2,10*9/L,2026-03-04T07:20,s1\n"
        "A2,hb,14,g/dL,2026-03-05,\nA2,hct,20,%,2026-03-05,\nA2,tc,100,mg/dL,2026-03-05,\nA2,hdl,50,mg/dL,2026-03-05,\nA2,ldl,90,mg/dL,2026-03-05,\n"
    )
    assert asked(run(patients=PEOPLE, results=text)) == [
        (2, "ANC and ALC exceed WBC: check the numbers and the units"),
        (8, "Hb is not about a third of Hct: check the numbers and the units"),
        (10, "HDL and LDL exceed total cholesterol: check the numbers and the units"),
    ]


def test_a_reported_egfr_is_compared_with_its_creatinine(run) -> None:
    text = HEADER + "".join(
        f'{mrn},creatinine,1.0,mg/dL,2026-03-04,{tube}\n{mrn},egfr,{egfr},"mL/min/1.73m2",2026-03-04,{tube}\n'
        for mrn, tube, egfr in (("A1", "s1", "62"), ("A1", "s2", "90"), ("A2", "s3", "30"))
    )
    question = "eGFR is not the one of this creatinine, age and sex (CKD-EPI 2021): check the numbers and the units"
    assert [each for each in asked(run(patients=PEOPLE, results=text)) if "CKD" in each[1]] == [(5, question)]


def test_unusable_and_duplicate_rows_ask_nothing(run) -> None:
    text = HEADER + "A1,hb,12.8,g/dL,2026-03-04,\nA1,hb,1.28,furlong,2026-03-05,\n"
    assert all("factor" not in reason for _, reason in asked(run(patients=PEOPLE, results=text)))
    assert asked(run(results=text)) == []
