"""Results by hand: what is stored, what is asked, what is refused; amending and striking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import zip_longest

import pytest
from tests.clinic.homes import ADA, entries, record, without_seal

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic, Entry
from labtrack.core.errors import NotFound, Refused
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus, Unusable
from labtrack.store.rows import result_values

DAY = date(2026, 11, 19)
AT = CollectedAt(DAY, time(8, 0))


def results(clinic: Clinic) -> tuple[Result, ...]:
    return clinic.chart(ADA.mrn).results


def written(clinic: Clinic) -> tuple[int, int]:
    """How many results and audit entries there are."""
    info = clinic.info()
    return int(info["results"]), int(info["audit_entries"])


def put(clinic: Clinic, **fields: object) -> int:
    """A result as an import would have left it; its number."""
    result = replace(Result("anc", "0.9", "10*9/L", AT, value=Interval(0.9, 0.9)), **fields)  # type: ignore[arg-type]
    with clinic.store.write() as writer:
        stored = writer.patient(ADA.mrn)
        assert stored is not None
        number = writer.last_result_id() + 1
        writer.insert_results([result_values(stored.id, number, result, None)])
        writer.audit("import", {}, stored.id)
    return number


def test_a_value_is_kept_as_typed_and_in_canonical_units(ada: Clinic) -> None:
    entry = Entry(" Hemoglobin ", " 124 ", "g/L", "120", "155")
    recorded = ada.record(ADA.mrn, [entry], AT, lab=" City Lab ", specimen_id=" S1 ")
    (result,) = recorded.results
    assert recorded.patient == ADA
    assert recorded.warnings == ()
    assert (result.value_text, result.unit, result.ref_low, result.lab, result.specimen_id) == ("124", "g/L", "120", "City Lab", "S1")
    assert result.value == Interval(124 * 0.1, 124 * 0.1)
    assert (result.lower_limit, result.upper_limit) == (pytest.approx(12.0), pytest.approx(15.5))
    assert results(ada) == (result,)


@pytest.mark.parametrize(
    ("typed", "kept", "value"),
    [
        ("0,82", "0.82", 0.82),
        ("0.82", "0.82", 0.82),
        ("1.234", "1.234", 1.234),
        ("12,5", "12.5", 12.5),
        ("123,5", "123.5", 123.5),
        ("0,001", "0.001", 0.001),
    ],
)
def test_a_decimal_comma_is_kept_as_a_point(ada: Clinic, typed: str, kept: str, value: float) -> None:
    (result,) = record(ada, DAY, crp=f"{typed} mg/L").results
    assert result.value_text == kept
    assert result.value == Interval(value, value)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1,234", "1,234 could be 1.234 or 1234: write a decimal point, and no grouping"),
        ("<1,234", "could be <1.234 or <1234"),
        ("1.234,5", "1.234,5: write the number without grouping"),
        ("1,234.5", "without grouping"),
        ("1.234.567", "without grouping"),
    ],
)
def test_a_number_that_could_be_two_is_refused(ada: Clinic, typed: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason.replace(".", r"\.")):
        record(ada, DAY, plt=f"{typed} 10*9/L")


def test_limits_have_their_own_decimal_mark(ada: Clinic) -> None:
    (result,) = ada.record(ADA.mrn, [Entry("hb", "12.4", "g/dL", "12,0", "15.5")], AT).results
    assert (result.ref_low, result.lower_limit, result.upper_limit) == ("12.0", 12.0, 15.5)
    with pytest.raises(Refused, match="could be"):
        ada.record(ADA.mrn, [Entry("plt", "250", "10*9/L", "1,500")], AT)


def test_every_bad_entry_is_named_and_nothing_is_stored(ada: Clinic) -> None:
    before = written(ada)
    bad = [
        Entry("hb", "12.4", ""),
        Entry("hba1c", "6", "%"),
        Entry("plt", "9999", "10*9/L"),
        Entry("alt", "", "U/L"),
        Entry("", "1", "U/L"),
        Entry("crp", "<0", "mg/L"),
        Entry("hb", "7.7", "mmol/L"),
        Entry("ast", "22", "U/L"),
    ]
    with pytest.raises(Refused) as refused:
        ada.record(ADA.mrn, bad, AT)
    message = refused.value.message
    assert "hb: no unit; labtrack does not guess. Known for Hb: g/dL, g/L" in message
    assert "hba1c: " in message
    assert "plt: Plt 9999 ×10⁹/L is outside 0 to 5000 ×10⁹/L, which no patient has" in message
    assert "alt: no value is given" in message
    assert ": no analyte is named" in message
    assert "crp: CRP <0: nothing is below zero" in message
    assert "59260-0" in message
    assert "ast" not in message
    assert written(ada) == before


def test_nothing_and_the_future_are_refused(ada: Clinic) -> None:
    with pytest.raises(Refused, match="nothing to record"):
        ada.record(ADA.mrn, [], AT)
    with pytest.raises(Refused, match="Collected on 2126-01-01, which is after today"):
        record(ada, date(2126, 1, 1), hb="12.4 g/dL")
    with pytest.raises(NotFound, match="There is no patient 999"):
        ada.record("999", entries(hb="12.4 g/dL"), AT)


def test_text_and_unknown_units_are_kept_and_told(ada: Clinic) -> None:
    recorded = record(ada, DAY, anc="hemolyzed 10*9/L", hb="12.4 furlong")
    assert [each.unusable for each in recorded.results] == [Unusable.TEXT, Unusable.UNIT]
    assert [each.value for each in recorded.results] == [None, None]
    assert recorded.warnings[0].startswith("ANC: 'hemolyzed' is not a number or a bound: kept as reported, not usable")
    assert recorded.warnings[1].startswith("Hb: unit 'furlong' is not known for Hb: kept as reported, not usable; known units: g/dL")


def test_a_value_past_the_soft_bound_is_kept_and_told(ada: Clinic) -> None:
    recorded = record(ada, DAY, hb="2.9 g/dL")
    assert len(recorded.results) == 1
    assert "outside the usual 3 to 25" in recorded.warnings[0]


def test_the_same_value_is_not_stored_twice(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L")
    before = written(ada)
    again = record(ada, DAY, anc="0.82 10*9/L")
    other_unit = record(ada, DAY, anc="820 /uL")
    assert (again.results, other_unit.results) == ((), ())
    assert again.warnings == ("ANC 0.82 10*9/L is recorded already, as 0.82 10*9/L",)
    assert other_unit.warnings == ("ANC 820 /uL is recorded already, as 0.82 10*9/L",)
    assert written(ada) == before


def test_the_same_value_twice_in_one_go_is_stored_once(ada: Clinic) -> None:
    twice = ada.record(ADA.mrn, [Entry("anc", "0.82", "10*9/L"), Entry("ANC", "0,82", "10*9/L")], AT)
    assert len(twice.results) == 1
    text = ada.record(ADA.mrn, [Entry("hb", "clotted", "g/dL"), Entry("hb", "clotted", "g/dL")], AT)
    assert len(text.results) == 1


def test_another_value_of_the_same_time_clashes(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L")
    second = record(ada, DAY, anc="1.4 10*9/L")
    elsewhere = ada.record(ADA.mrn, entries(anc="1.6 10*9/L"), AT, specimen_id="S9")
    both = ada.record(ADA.mrn, [Entry("hb", "12.4", "g/dL"), Entry("hb", "13.4", "g/dL")], AT)
    for recorded in (second, elsewhere, both):
        assert any("another value of the same time stands" in warning for warning in recorded.warnings)
    assert len(results(ada)) == 5
    finding = next(each for each in ada.assessment(ADA.mrn).findings if each.rule == "anc-below-1")
    assert finding.verdict == "cannot evaluate"
    assert [each["value"] for each in ada.trend(ADA.mrn, ["anc"])] == ["0.82–1.6"]


def test_a_preliminary_result_is_replaced(ada: Clinic) -> None:
    number = put(ada, status=ResultStatus.PRELIMINARY)
    recorded = record(ada, DAY, anc="0.9 10*9/L")
    assert recorded.warnings == ()
    assert recorded.results[0].supersedes == (number,)
    assert [each.superseded for each in results(ada)] == [True, False]
    assert ada.verify() == []


def test_a_struck_value_can_be_recorded_again(ada: Clinic) -> None:
    (first,) = record(ada, DAY, anc="0.82 10*9/L").results
    ada.strike(first.result_id, "another patient")
    (again,) = record(ada, DAY, anc="0.82 10*9/L").results
    assert [(each.status.value, each.superseded) for each in results(ada)] == [
        ("final", True),
        ("entered-in-error", False),
        ("final", False),
    ]
    assert again.supersedes == ()


# Questions


@pytest.mark.parametrize(
    ("before", "now", "question"),
    [
        ("14.1 g/dL", "1.41 g/dL", "near a factor of 10; has the unit changed?"),
        ("14.1 g/dL", "13.9 g/dL", ""),
    ],
)
def test_a_units_factor_from_the_last_value_is_asked_about(ada: Clinic, before: str, now: str, question: str) -> None:
    record(ada, date(2026, 6, 1), hb=before)
    warnings = record(ada, DAY, hb=now).warnings
    assert any(question in each for each in warnings) if question else warnings == ()


def test_the_last_value_is_the_one_before_in_time(ada: Clinic) -> None:
    record(ada, date(2026, 6, 1), crp="5 mg/L")
    record(ada, DAY, crp="9 mg/L")
    assert record(ada, date(2026, 6, 2), crp="50 mg/L").warnings == (
        "CRP 50 against 5 mg/L before: near a factor of 10; has the unit changed?",
    )


@pytest.mark.parametrize(
    ("values", "question"),
    [
        ({"wbc": "5.0 10*9/L", "anc": "4.0 10*9/L", "alc": "2.0 10*9/L"}, "ANC and ALC exceed WBC"),
        ({"hb": "12.0 g/dL", "hct": "50 %"}, "Hb is not about a third of Hct"),
        ({"tc": "150 mg/dL", "hdl": "60 mg/dL", "ldl": "120 mg/dL"}, "HDL and LDL exceed total cholesterol"),
        ({"creatinine": "1.0 mg/dL", "egfr": "95 mL/min/1.73m2"}, "eGFR is not the one of this creatinine, age and sex"),
    ],
)
def test_values_of_a_specimen_that_do_not_fit_are_asked_about(ada: Clinic, values: dict[str, str], question: str) -> None:
    assert [each for each in record(ada, DAY, **values).warnings if question in each]
    # The same, entered in two goes; and what was asked once is not asked again with what is entered next.
    later = date(2026, 11, 20)
    *first, last = values.items()
    record(ada, later, **dict(first))
    assert [each for each in record(ada, later, **dict([last])).warnings if question in each]
    assert record(ada, later, alt="22 U/L").warnings == ()


def test_what_cannot_be_compared_asks_nothing(ada: Clinic) -> None:
    ada.edit_patient(ADA.mrn, birth_date=None)
    assert record(ada, DAY, creatinine="1.0 mg/dL", egfr="95 mL/min/1.73m2").warnings == ()
    assert record(ada, DAY, anc="<5 10*9/L", wbc="1.0 10*9/L", alc="0.5 10*9/L").warnings == ()


def test_an_amended_value_is_asked_about_as_well(ada: Clinic) -> None:
    record(ada, date(2026, 6, 1), hb="12.6 g/dL")
    (result,) = record(ada, DAY, hb="12.7 g/dL").results
    warnings = ada.amend(result.result_id, "1.27", "", "typo").warnings
    assert any("has the unit changed?" in each for each in warnings)


# Amending and striking


def test_an_amended_result_keeps_what_it_was_besides(ada: Clinic) -> None:
    entry = Entry("718-7", "12.7", "g/dL", "12.0", "15.5")
    (old,) = ada.record(ADA.mrn, [entry], AT, lab="City Lab", specimen_id="S1").results
    (new,) = ada.amend(old.result_id, "127", "g/L", " typo ").results
    expected = replace(
        old,
        value_text="127",
        unit="g/L",
        value=Interval(127 * 0.1, 127 * 0.1),
        lower_limit=12.0 * 0.1,
        upper_limit=15.5 * 0.1,
        status=ResultStatus.CORRECTED,
        note="typo",
        result_id=2,
        supersedes=(1,),
    )
    assert new == expected
    (kept,) = ada.amend(new.result_id, "12,8", "g/dL", "again").results
    assert (kept.value_text, kept.unit, kept.lower_limit, kept.supersedes) == ("12.8", "g/dL", 12.0, (2,))
    assert [each.superseded for each in results(ada)] == [True, True, False]
    assert [row["superseded"] for row in ada.show(ADA.mrn)] == ["", "yes", "yes"]
    assert ada.verify() == []


@pytest.mark.parametrize("unit", ["mg/dL", ""])
def test_a_bun_stays_a_bun_when_amended(ada: Clinic, unit: str) -> None:
    (old,) = record(ada, DAY, bun="14 mg/dL").results
    assert (old.analyte, old.method, old.value) == ("urea", "bun", Interval(14 * 0.357, 14 * 0.357))
    (new,) = ada.amend(old.result_id, "15", unit, "typo").results
    assert (new.method, new.unit, new.value) == ("bun", "mg/dL", Interval(15 * 0.357, 15 * 0.357))


def test_a_mark_of_the_unit_follows_the_unit(ada: Clinic) -> None:
    (old,) = ada.record(ADA.mrn, [Entry("33914-3", "58", "mL/min")], AT).results
    assert "mL/min" in old.method
    (new,) = ada.amend(old.result_id, "57", "mL/min/1.73m2", "unit").results
    assert "mL/min under" not in new.method
    assert new.code == "33914-3"


def test_a_result_can_be_amended_to_text(ada: Clinic) -> None:
    (old,) = record(ada, DAY, hb="7.9 g/dL").results
    amended = ada.amend(old.result_id, "clotted", "", "corrected report")
    assert amended.results[0].unusable is Unusable.TEXT
    assert "clotted" in amended.warnings[0]


def test_an_amendment_that_cannot_be_changes_nothing(ada: Clinic) -> None:
    (old,) = record(ada, DAY, hb="12.7 g/dL").results
    before = written(ada)
    with pytest.raises(Refused, match="hb: Hb 99 g/dL is outside"):
        ada.amend(old.result_id, "99", "", "typo")
    with pytest.raises(Refused, match="needs its reason"):
        ada.amend(old.result_id, "12.8", "", " ")
    with pytest.raises(Refused, match="needs its reason"):
        ada.strike(old.result_id, "")
    with pytest.raises(NotFound, match="There is no result 77"):
        ada.amend(77, "12.8", "", "typo")
    assert written(ada) == before


def test_what_was_replaced_or_struck_is_not_touched_again(ada: Clinic) -> None:
    (first,) = record(ada, DAY, hb="12.7 g/dL").results
    (second,) = ada.amend(first.result_id, "12.8", "", "typo").results
    with pytest.raises(Refused, match="Result 1 was replaced or struck already"):
        ada.amend(first.result_id, "12.9", "", "typo")
    (strike,) = ada.strike(second.result_id, "another patient").results
    assert (strike.status, strike.value_text, strike.supersedes) == (ResultStatus.ENTERED_IN_ERROR, "12.8", (2,))
    for result in (first, second):
        with pytest.raises(Refused, match="replaced or struck already"):
            ada.strike(result.result_id, "again")
    with pytest.raises(Refused, match="only says that another was entered in error"):
        ada.amend(strike.result_id, "12.9", "", "typo")


def test_a_struck_result_no_longer_counts(ada: Clinic) -> None:
    (result,) = record(ada, DAY, anc="0.82 10*9/L").results
    assert any(each.rule == "anc-below-1" and each.verdict == "met" for each in ada.assessment(ADA.mrn).findings)
    ada.strike(result.result_id, "another patient")
    finding = next(each for each in ada.assessment(ADA.mrn).findings if each.rule == "anc-below-1")
    assert [reason.value for reason in finding.reasons] == ["no-result"]
    assert ada.worklist()[0]["last_result_on"] == ""


def test_the_audit_names_what_was_entered(ada: Clinic) -> None:
    (result,) = record(ada, DAY, anc="0,82 10*9/L").results
    ada.amend(result.result_id, "0.92", "", "typo")
    *_, recorded, amended = ada.audit(ADA.mrn)
    assert recorded["action"] == "record results"
    assert without_seal(recorded["detail"]) == '{"reason":"","replaces":[],"results":[[1,"anc","0.82","10*9/L","2026-11-19T08:00"]]}'
    assert without_seal(amended["detail"]) == '{"reason":"typo","replaces":[1],"results":[[2,"anc","0.92","10*9/L","2026-11-19T08:00"]]}'


@pytest.mark.parametrize("text", ["12\x00", "x" * 10_001])
def test_a_text_that_no_export_could_give_back_is_refused(ada: Clinic, text: str) -> None:
    for change in (
        lambda: ada.record(ADA.mrn, [Entry("hb", text, "g/dL")], AT),
        lambda: ada.record(ADA.mrn, entries(hb="12 g/dL"), AT, lab=text),
        lambda: ada.add_patient(Patient("1", text)),
    ):
        with pytest.raises(Refused, match=r"control character|longer than"):
            change()


def units() -> list[tuple[str, str]]:
    """Every name under which an analyte or a variant of it is recorded, with every unit that it may have."""
    known = catalogue()
    found = []
    for key, analyte in known.analytes.items():
        for name in dict.fromkeys((key, *analyte.loinc, *(("bun",) if key == "urea" else ()), *(("hb monomer",) if key == "hb" else ()))):
            for row in known.units[key].rows:
                for unit in (row.unit, *row.also):
                    identity = known.identify(name, unit)
                    if identity is not None and identity.analyte.key == key and known.factor(identity, unit) is not None:
                        found.append((name, unit))
    return found


def collections() -> Iterator[tuple[CollectedAt, list[tuple[str, float, Entry]]]]:
    """All of them in as few collections as can be, each analyte once in each: with its factor, and a value that is usual."""
    known = catalogue()
    by_analyte: dict[str, list[tuple[str, float, Entry]]] = {}
    for name, unit in units():
        identity = known.identify(name, unit)
        assert identity is not None
        factor = known.factor(identity, unit)
        assert factor is not None
        value = f"{sum(identity.analyte.soft) / 4 / factor:.3g}"
        by_analyte.setdefault(identity.analyte.key, []).append((value, factor, Entry(name, value, unit)))
    for place, together in enumerate(zip_longest(*by_analyte.values())):
        yield CollectedAt(date(2026, 1, 1) + timedelta(place), time(8)), [each for each in together if each is not None]


def test_every_unit_of_every_analyte_is_recorded_and_amended_alike(ada: Clinic) -> None:
    for at, together in collections():
        recorded = ada.record(ADA.mrn, [entry for _, _, entry in together], at).results
        for old, (value, factor, entry) in zip(recorded, together, strict=True):
            assert old.value is not None
            assert old.value.low == float(value) * factor, entry
            (new,) = ada.amend(old.result_id, value, entry.unit, "again").results
            assert (new.value, new.code, new.method) == (old.value, old.code, old.method), entry


def test_undo_strikes_exactly_what_was_stored(ada: Clinic) -> None:
    record(ada, date(2026, 11, 1), hb="12.9 g/dL")
    before = ada.assessment(ADA.mrn)
    recorded = record(ada, DAY, hb="7.4 g/dL", anc="0.4 10*9/L")
    undone = ada.undo(recorded, "typed for another patient")
    assert [each.status for each in undone.results] == [ResultStatus.ENTERED_IN_ERROR] * 2
    assert [each.supersedes for each in undone.results] == [(each.result_id,) for each in recorded.results]
    assert undone.warnings == ()
    assert len(results(ada)) == 5
    assert [each.superseded for each in results(ada)] == [False, True, True, False, False]
    assert ada.assessment(ADA.mrn) == before
    assert ada.verify() == []
    with pytest.raises(Refused, match="replaced or struck since"):
        ada.undo(recorded, "again")


def test_undo_of_a_correction_records_the_old_value_anew(ada: Clinic) -> None:
    (old,) = record(ada, DAY, anc="0.9 10*9/L").results
    amended = ada.amend(old.result_id, "9.0", "", "slip of the pen")
    undone = ada.undo(amended, "it was right")
    assert undone.warnings == ("ANC 0.9 10*9/L is recorded anew",)
    standing = [each for each in results(ada) if not each.superseded and each.status.is_reported]
    assert [(each.value_text, each.status, each.note) for each in standing] == [("0.9", ResultStatus.FINAL, "it was right")]
    assert ada.verify() == []


def test_undo_of_a_strike_records_the_value_anew(ada: Clinic) -> None:
    (old,) = record(ada, DAY, anc="0.9 10*9/L").results
    undone = ada.undo(ada.strike(old.result_id, "another patient"), "it was his after all")
    assert [each.value_text for each in undone.results] == ["0.9"]
    assert [each.value_text for each in results(ada) if not each.superseded and each.status.is_reported] == ["0.9"]


def test_undo_brings_back_a_preliminary_result(ada: Clinic) -> None:
    put(ada, status=ResultStatus.PRELIMINARY, value_text="0.8", value=Interval(0.8, 0.8))
    recorded = ada.record(ADA.mrn, entries(anc="0.9 10*9/L"), AT)
    assert recorded.results[0].supersedes
    ada.undo(recorded, "wrong")
    assert [(each.value_text, each.status) for each in results(ada) if not each.superseded][-1] == ("0.8", ResultStatus.PRELIMINARY)


def test_undo_needs_a_reason_and_something_to_undo(ada: Clinic) -> None:
    recorded = record(ada, DAY, anc="0.9 10*9/L")
    with pytest.raises(Refused, match="reason"):
        ada.undo(recorded, " ")
    with pytest.raises(Refused, match="Nothing was recorded"):
        ada.undo(record(ada, DAY, anc="0.9 10*9/L"), "twice")


def test_undo_is_refused_whole_when_one_was_changed_since(ada: Clinic) -> None:
    recorded = record(ada, DAY, anc="0.9 10*9/L", hb="12 g/dL")
    ada.strike(recorded.results[0].result_id, "one by one")
    before = written(ada)
    with pytest.raises(Refused, match="anc"):
        ada.undo(recorded, "all of it")
    assert written(ada) == before
