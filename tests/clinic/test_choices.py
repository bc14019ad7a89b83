"""What the forms offer, and the screening checklist."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.homes import ADA, record

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.choices import DECLINED, DONE, MISSING, NOT_APPLICABLE, drug_choices, labelled_doses, screening_states
from labtrack.core.judgment import Region
from labtrack.core.record import Event, Patient, Sex

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("drug", "region", "doses"),
    [
        ("baricitinib", Region.US, ("2", "1")),
        ("baricitinib", Region.EU, ("4", "2")),
        ("tofacitinib", Region.US, ("5",)),
        ("upadacitinib", Region.US, ()),
    ],
)
def test_only_doses_that_the_label_names(drug: str, region: Region, doses: tuple[str, ...]) -> None:
    assert labelled_doses(catalogue().drugs[drug], region) == doses


def test_each_drug_says_what_its_label_says_of_the_dose() -> None:
    us, eu = drug_choices(catalogue(), Region.US), drug_choices(catalogue(), Region.EU)
    assert [each.key for each in us] == ["baricitinib", "tofacitinib", "upadacitinib"]
    assert us[0].hint.startswith("Label says: 2 mg a day")
    assert eu[0].hint.startswith("Label says: 4 mg a day")


def test_events_and_frequencies_have_plain_names(clinic: Clinic) -> None:
    kinds = {each.key: each for each in clinic.event_kinds()}
    assert kinds["herpes-zoster"].hint == "shingles"
    assert kinds["herpes-zoster"].lasting
    assert not kinds["prior-vte"].lasting
    assert "screen-tb" not in kinds
    everything = {each.key: each for each in clinic.event_kinds(screening=True)}
    assert everything["declined-screen-tb"].needs_note
    assert not everything["screen-tb"].needs_note
    assert [each.key for each in clinic.frequencies()] == ["daily", "twice daily", "every other day"]


def test_reasons_of_a_hold_begin_with_what_is_met_and_are_all_taken(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    reasons = ada.hold_reasons(ADA.mrn)
    assert (reasons[0].key, reasons[0].hint) == ("anc-below-1", "met now")
    assert len({each.key for each in reasons}) == len(reasons)
    assert {"serious-infection", "egfr-below-30", "surgery"} <= {each.key for each in reasons}
    assert not {"screen-tb", "declined-screen-tb"} & {each.key for each in reasons}
    for each in reasons:
        assert ada._care.hold_reason(each.key) == each.key


def states(patient: Patient, *events: Event) -> dict[str, str]:
    return {each.key: each.state for each in screening_states(catalogue(), patient, events, TODAY)}


def test_an_item_is_missing_done_declined_or_does_not_apply() -> None:
    done, declined = Event("screen-tb", date(2026, 2, 1), note="IGRA negative"), Event("declined-vaccine-zoster", TODAY, note="refused")
    found = states(ADA, done, declined)
    assert (found["screen-tb"], found["vaccine-zoster"], found["screen-hepatitis-b"]) == (DONE, DECLINED, MISSING)
    assert found["screen-pregnancy"] == NOT_APPLICABLE  # 58 years old
    assert states(Patient("1", "x", date(1990, 1, 1), Sex.FEMALE))["screen-pregnancy"] == MISSING
    assert states(Patient("1", "x", date(1990, 1, 1), Sex.MALE))["screen-pregnancy"] == NOT_APPLICABLE


def test_an_unknown_sex_leaves_open_whether_an_item_applies() -> None:
    (pregnancy,) = (each for each in screening_states(catalogue(), Patient("1", "x"), (), TODAY) if each.key == "screen-pregnancy")
    assert (pregnancy.state, pregnancy.is_certain) == (MISSING, False)


def test_done_outweighs_declined_and_the_future_does_not_count() -> None:
    declined, done = Event("declined-screen-tb", TODAY, note="later"), Event("screen-tb", date(2026, 1, 5))
    assert states(ADA, done, declined)["screen-tb"] == DONE
    assert states(ADA, Event("screen-tb", date(2026, 11, 23)))["screen-tb"] == MISSING


def test_what_an_item_looks_for_stands_beside_it() -> None:
    events = [Event("screen-tb", date(2026, 1, 5)), Event("tb-active", date(2026, 9, 1)), Event("hepatitis-active", TODAY, TODAY)]
    found = {each.key: each.found for each in screening_states(catalogue(), ADA, events, TODAY)}
    assert found["screen-tb"] == ("Active tuberculosis since 2026-09-01",)
    assert found["screen-hepatitis-b"] == ()


def test_the_checklist_agrees_with_the_rule(ada: Clinic) -> None:
    assert {each.state for each in ada.screening(ADA.mrn)} == {DONE}
    assert not [each for each in ada.assessment(ADA.mrn).findings if each.rule == "screening-incomplete"]
