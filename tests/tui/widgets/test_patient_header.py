"""Who the screen is about: the name is cut, the number and the birth date never are."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.homes import ADA, TODAY
from tests.tui.conftest import HOSTILE

from labtrack.catalogue import catalogue
from labtrack.clinic.patient_page import PatientPage, Treatment
from labtrack.clinic.risks import RiskFactor
from labtrack.core.record import Course, Hold, Patient, Sex
from labtrack.tui.widgets.patient_header import PatientHeader, who


def header(name: str = ADA.name, width: int = 120, **fields: object) -> list[str]:
    made = PatientHeader()
    patient = Patient("10021", name, date(1968, 2, 11), Sex.FEMALE)
    page: dict[str, object] = {"patient": patient, "as_of": TODAY, "age": 58, "treatment": Treatment("baricitinib 2 mg daily"), "risks": ()}
    made.page = PatientPage(**{**page, "found": (), "checks": (), **fields})  # type: ignore[arg-type]
    return [each.plain for each in made._lines(width)]


def test_one_line_where_it_fits_else_two() -> None:
    assert header() == ["Okafor, Ada   F 58   MRN 10021   born 1968-02-11   baricitinib 2 mg daily"]
    assert header(width=60) == ["Okafor, Ada   F 58   MRN 10021   born 1968-02-11", "baricitinib 2 mg daily"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [118, 78, 50])
def test_only_the_name_is_cut(name: str, width: int) -> None:
    lines = header(name, width)
    assert "F 58   MRN 10021   born 1968-02-11" in lines[0]
    assert all(len(each) <= width + 8 for each in lines)
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]


def test_a_hold_and_risks_are_said() -> None:
    source = next(iter(catalogue().sources.values()))
    risk = RiskFactor("71 years old", "EMA 2023: says this", source)
    hold = Hold(TODAY, "anc-below-1")
    held = Treatment("baricitinib, ON HOLD", Course("baricitinib", 2.0, "daily", TODAY), None, hold)
    assert header(risks=(risk,), treatment=held)[-1] == "△ 71 years old  EMA 2023: says this"
    assert "ON HOLD" in header(treatment=held)[0]


def test_what_is_not_recorded_is_said() -> None:
    assert who(Patient("7", "x"), None).plain == "sex ? age unknown   MRN 7   birth date not recorded"
    assert PatientHeader().render().plain == "Loading …"
