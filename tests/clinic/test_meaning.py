"""What the form says that values would mean is what recording them then means."""

from __future__ import annotations

import math
from datetime import date, time, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clinic.homes import ADA, entries, open_clinic, record, with_ada

from labtrack.clinic import Clinic, Entry
from labtrack.clinic.meaning import Meaning
from labtrack.core.errors import NotFound, Refused
from labtrack.core.judgment import Severity, Verdict
from labtrack.core.record import CollectedAt, Patient

TODAY = date(2026, 11, 22)
NOW = CollectedAt(TODAY)


def meaning(clinic: Clinic, at: CollectedAt = NOW, **values: str) -> Meaning:
    return clinic.meaning(ADA.mrn, entries(**values), at)


@pytest.fixture
def known(ada: Clinic) -> Clinic:
    """Ada with a baseline and a quiet last visit."""
    usual = {"hb": "12.9 g/dL", "wbc": "6 10*9/L", "anc": "3.1 10*9/L", "alc": "1.8 10*9/L", "plt": "250 10*9/L", "alt": "20 U/L"}
    usual |= {"ast": "22 U/L", "ldl": "108 mg/dL", "hdl": "60 mg/dL", "tg": "90 mg/dL", "creatinine": "0.7 mg/dL", "crp": "4 mg/L"}
    record(ada, date(2026, 2, 20), **usual)
    record(ada, date(2026, 8, 18), **usual)
    return ada


NUMBERS = {
    "hb": ("g/dL", 6.0, 17.0),
    "anc": ("10*9/L", 0.2, 8.0),
    "alc": ("10*3/uL", 0.2, 4.0),
    "wbc": ("10*9/L", 1.0, 12.0),
    "plt": ("10*9/L", 30.0, 500.0),
    "alt": ("U/L", 5.0, 400.0),
    "ast": ("U/L", 5.0, 400.0),
    "bilirubin": ("mg/dL", 0.2, 6.0),
    "ldl": ("mg/dL", 40.0, 260.0),
    "hdl": ("mmol/L", 0.5, 2.5),
    "tc": ("mg/dL", 100.0, 300.0),
    "tg": ("mg/dL", 30.0, 700.0),
    "creatinine": ("umol/L", 40.0, 400.0),
    "egfr": ("mL/min/{1.73_m2}", 10.0, 110.0),
    "crp": ("mg/L", 0.5, 90.0),
}


@st.composite
def panels(draw: st.DrawFn) -> list[Entry]:
    """Some values of one collection: plausible ones, bounds, texts, wrong units."""
    made = []
    for key in draw(st.lists(st.sampled_from(sorted(NUMBERS)), min_size=1, max_size=12, unique=True)):
        unit, low, high = NUMBERS[key]
        value = f"{draw(st.floats(low, high)):.3g}"
        kind = draw(st.sampled_from(["", "", "", "", "<", ">", "text", "unit"]))
        text = "hemolyzed" if kind == "text" else value if kind == "unit" else kind + value
        made.append(Entry(key, text, "furlong" if kind == "unit" else unit))
    return made


MOMENTS = st.builds(
    lambda ago, hour: CollectedAt(TODAY - timedelta(ago), None if hour < 0 else time(hour)),
    st.sampled_from([0, 0, 0, 3, 96, 275]),
    st.sampled_from([-1, 8]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(panels(), MOMENTS)
def test_the_meaning_is_what_recording_then_means(known: Clinic, tmp_path: Path, typed: list[Entry], at: CollectedAt) -> None:
    folder = tmp_path / "again"
    folder.mkdir(exist_ok=True)
    known.store.close()
    copyfile(tmp_path / "clinic.db", folder / "clinic.db")
    with open_clinic(folder) as clinic:
        before = clinic.assessment(ADA.mrn)
        said = clinic.meaning(ADA.mrn, typed, at)
        recorded = clinic.record(ADA.mrn, typed, at)
        after = clinic.assessment(ADA.mrn)
    assert said.assessment == after
    met = {each.rule for each in after.findings if each.verdict is Verdict.MET}
    met_before = {each.rule for each in before.findings if each.verdict is Verdict.MET}
    assert {each.rule for each in said.newly} == met - met_before
    assert {each.rule for each in said.still} == met & met_before
    assert {each.rule for each in said.ended} == met_before - met
    told = {text for each in said.entries for text in each.warnings} | set(said.questions)
    assert set(recorded.warnings) <= told
    urgent = {
        id
        for each in after.findings
        if each.verdict is Verdict.MET and each.severity is Severity.URGENT
        for proof in each.evidence
        for id in proof.result_ids
    }
    fresh = {each.analyte for each in recorded.results if each.result_id in urgent}
    assert fresh <= {each.analyte for each in said.entries if each.confirm}


def test_asking_writes_nothing(known: Clinic) -> None:
    before = known.info()
    meaning(known, anc="0.61 10*9/L", hb="8.9 g/dL")
    assert known.info() == before


def test_asking_needs_no_lock(known: Clinic) -> None:
    with known.store.write() as writer:
        assert meaning(known, anc="0.61 10*9/L").newly
        writer.audit("test", {})


def test_new_still_met_and_ended(known: Clinic) -> None:
    first = meaning(known, anc="0.61 10*9/L", alt="150 U/L")
    assert {"anc-below-1", "neutropenia", "transaminase-3x"} <= {each.rule for each in first.newly}
    assert [(each.rule, more) for each, more in first.gravest(first.newly)] == [("anc-below-1", 1), ("transaminase-3x", 1)]
    known.record(ADA.mrn, entries(anc="0.61 10*9/L"), CollectedAt(date(2026, 11, 20)))
    second = meaning(known, anc="1.2 10*9/L")
    assert "anc-below-1" in {each.rule for each in second.ended}
    assert "neutropenia" in {each.rule for each in second.still}


def test_only_the_typed_panels_are_told_of(known: Clinic) -> None:
    said = meaning(known, crp="3 mg/L")
    assert (said.unknown, said.checks) == ((), ())
    said = meaning(known, hb="12.4 g/dL")
    assert {each.panel for each in said.checks} == {"cbc"}


def test_a_value_in_another_unit_is_suggested(known: Clinic) -> None:
    (hb,) = meaning(known, hb="124 g/dL").entries
    assert "no patient has" in hb.problem
    assert hb.suggestion is not None
    assert (hb.suggestion.unit, hb.suggestion.sentence) == ("g/L", "did you mean 124 g/L = 12.4 g/dL?")
    (ldl,) = meaning(known, ldl="2.9 mg/dL").entries
    assert ldl.problem == ""
    assert ldl.confirm == "LDL 2.9 mg/dL: outside what is usual"
    assert ldl.suggestion is not None
    assert ldl.suggestion.unit == "mmol/L"
    assert meaning(known, hb="12.4 g/dL").entries[0].suggestion is None


def test_the_change_the_flag_and_expected_variation(known: Clinic) -> None:
    hb, ldl, crp, bilirubin = meaning(known, hb="11.1 g/dL", ldl="112 mg/dL", crp="<1 mg/L", bilirubin="0.6 mg/dL").entries
    assert hb.change_percent == pytest.approx(-13.953, abs=0.01)
    assert (hb.is_beyond, hb.flag, hb.confirm) == (True, "L", "")
    assert (ldl.is_beyond, ldl.flag) == (False, "")
    assert (crp.change_percent, crp.is_beyond) == (None, None)
    assert bilirubin.change_percent is None


def test_the_last_value_is_the_one_before_the_collection(known: Clinic) -> None:
    known.record(ADA.mrn, entries(crp="8 mg/L"), CollectedAt(date(2026, 11, 1)))
    assert meaning(known, crp="16 mg/L").entries[0].change_percent == pytest.approx(100)
    assert meaning(known, CollectedAt(date(2026, 10, 1)), crp="16 mg/L").entries[0].change_percent == pytest.approx(300)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("0.61 10*9/L", "ANC 0.61 ×10⁹/L: urgent (anc-below-1)"),
        ("61 10*9/L", "ANC 61 ×10⁹/L: outside what is usual"),
        ("31.2 10*9/L", "near a unit's factor"),
        ("hemolyzed 10*9/L", "not a number or a bound"),
        ("3.1 furlong", "the unit is not known"),
        ("3.2 10*9/L", ""),
    ],
)
def test_what_must_be_confirmed(known: Clinic, value: str, reason: str) -> None:
    confirm = meaning(known, anc=value).entries[0].confirm
    assert reason in confirm if reason else confirm == ""


def test_an_urgent_value_of_an_earlier_day_is_confirmed_too(known: Clinic) -> None:
    said = meaning(known, CollectedAt(date(2026, 7, 1)), anc="0.4 10*9/L")
    assert said.newly == ()
    assert said.entries[0].is_urgent


def test_many_changes_ask_for_the_patient(known: Clinic) -> None:
    changed = {"hb": "9.9 g/dL", "wbc": "12 10*9/L", "plt": "520 10*9/L", "alt": "80 U/L", "ldl": "30 mg/dL"}
    (question,) = known.meaning(ADA.mrn, entries(**changed), NOW).questions
    assert question == "Hb, WBC, Plt, ALT, LDL changed beyond expected variation: is this the right patient?"
    changed.pop("hb")
    assert known.meaning(ADA.mrn, entries(**changed), NOW).questions == ()


def test_misfits_belong_to_their_field(known: Clinic) -> None:
    wbc, anc, _ = meaning(known, wbc="3 10*9/L", anc="2.9 10*9/L", alc="1.9 10*9/L").entries
    assert wbc.warnings == ("ANC and ALC exceed WBC: check the numbers and the units",)
    assert wbc.confirm == wbc.warnings[0]
    assert anc.warnings == ()


def test_bad_entries_are_told_and_left_out(known: Clinic) -> None:
    typed = [Entry("anc", "0.5", "10*9/L"), Entry("hba1c", "6", "%"), Entry("hb", "1,234", "g/L"), Entry("alt", "2\x1b[31m", "U/L")]
    said = known.meaning(ADA.mrn, typed, NOW)
    assert [bool(each.problem) for each in said.entries] == [False, True, True, True]
    assert said.is_refused
    assert "anc-below-1" in {each.rule for each in said.newly}
    assert said.entries[3].problem == "The value holds a control character."


def test_a_collection_that_cannot_be_is_refused(known: Clinic) -> None:
    with pytest.raises(Refused, match="after today"):
        meaning(known, CollectedAt(date(2031, 1, 1)), hb="12 g/dL")
    with pytest.raises(Refused, match="control character"):
        known.meaning(ADA.mrn, entries(hb="12 g/dL"), NOW, lab="a\x00b")
    with pytest.raises(NotFound):
        known.meaning("nobody", [], NOW)


def test_nothing_typed_means_nothing_new(known: Clinic) -> None:
    said = known.meaning(ADA.mrn, [], NOW)
    assert said.assessment == known.assessment(ADA.mrn)
    assert (said.newly, said.ended, said.entries) == ((), (), ())


def test_a_patient_without_anything(clinic: Clinic) -> None:
    clinic.add_patient(Patient("7", "Nobody yet"))
    (hb,) = clinic.meaning("7", entries(hb="7.0 g/dL"), NOW).entries
    assert hb.is_urgent
    assert not hb.flag  # the range depends on the sex, which is not recorded


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_anything_typed_is_answered(known: Clinic, value: str, unit: str, name: str) -> None:
    said = known.meaning(ADA.mrn, [Entry("hb", value, unit), Entry(name, value, unit)], NOW)
    assert len(said.entries) == 2
    for each in said.entries:
        assert each.problem or each.result is not None
        assert each.change_percent is None or math.isfinite(each.change_percent)


def test_with_ada_is_on_treatment(tmp_path: Path) -> None:
    with open_clinic(tmp_path) as clinic:
        said = with_ada(clinic).meaning(ADA.mrn, entries(ldl="120 mg/dL"), NOW)
        assert "ldl-rise-30" in {each.rule for each in said.unknown}


@pytest.mark.parametrize("at", [NOW, CollectedAt(date(2026, 11, 20))])
def test_an_urgent_value_is_confirmed_though_the_drug_is_stopped(known: Clinic, at: CollectedAt) -> None:
    record(known, date(2026, 11, 1), anc="0.8 10*9/L")
    known.stop_course(ADA.mrn, "neutropenia", date(2026, 11, 10))
    found = meaning(known, at, anc="0.5 10*9/L")
    assert found.entries[0].confirm.startswith("ANC 0.5 ×10⁹/L: urgent (anc-below-")
    assert found.entries[0].is_urgent
    assert "anc-below-1" in {each.rule for each in found.ended}
    assert found.silent == "treatment is stopped"
    assert meaning(known, at, anc="3.5 10*9/L").entries[0].confirm == ""


def test_why_rules_on_treatment_say_nothing(known: Clinic) -> None:
    assert meaning(known, anc="3.1 10*9/L").silent == ""
    known.add_patient(Patient("2", "Per Lind"))
    assert known.meaning("2", entries(anc="0.5 10*9/L"), NOW).silent == "no treatment is recorded"
    known.stop_course(ADA.mrn, "neutropenia", TODAY)
    assert meaning(known, anc="3.1 10*9/L").silent == "treatment is stopped"
