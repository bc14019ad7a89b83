"""Who a message is about: number and authority decide, a name never does, a difference asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clinic.feeds import ANN

from labtrack.clinic.import_outcome import Tally
from labtrack.clinic.import_people import People, Resolved, differences, same_name
from labtrack.core.record import Patient, Sex
from labtrack.exchange.feed import Identifier, Person
from labtrack.store import Store, Writer


@pytest.fixture
def recorded(store: Store) -> Store:
    """A clinic that has typed in Ann and Bob."""
    with store.write() as writer:
        writer.add_patient(Patient("777", "Example, Ann", date(1970, 1, 2), Sex.FEMALE))
        writer.add_patient(Patient("888", "Bob Sample", date(1950, 5, 5), Sex.MALE))
        writer.audit("test", {})
    return store


def people(writer: Writer, **options: object) -> People:
    return People(writer, Tally(), writer.patient_ids(), **options)  # type: ignore[arg-type]


def resolve(store: Store, person: Person, **options: object) -> Resolved:
    """Resolve one person and keep what follows."""
    with store.write() as writer:
        found = people(writer, **options).resolve(person, "m.hl7")
        writer.audit("test", {})
    return found


def numbered(*identifiers: Identifier, **said: object) -> Person:
    return replace(ANN, identifiers=identifiers, **said)


def test_the_clinic_s_own_number_is_met_once_with_a_warning_and_then_known(recorded: Store) -> None:
    with recorded.write() as writer:
        who = people(writer)
        assert who.resolve(ANN, "m.hl7").mrn == "777"
        (notice,) = who.tally.outcome.notices
        assert "numbers of ACME are taken for this clinic's own, first 777" in notice.reason
        assert writer.identified("ACME", "777") == 1
        assert who.resolve(ANN, "m.hl7").mrn == "777"
        assert len(who.tally.outcome.notices) == 1
        writer.audit("test", {})


def test_a_linked_number_decides_though_it_is_no_mrn(recorded: Store) -> None:
    resolve(recorded, numbered(Identifier("777", "ACME", "MR"), Identifier("X-5", "CITYLAB", "PI")))
    assert resolve(recorded, numbered(Identifier("X-5", "CITYLAB"))) == Resolved("777")


def test_the_same_number_of_another_authority_is_somebody_else(recorded: Store) -> None:
    resolve(recorded, ANN)
    other = numbered(Identifier("777", "OTHER", "MR"), name="", birth_date=None, sex=Sex.UNKNOWN)
    found = resolve(recorded, other)
    assert not found.mrn
    assert "777 is the number of ACME; the message gives it as one of OTHER" in found.problem
    assert resolve(recorded, other, same={"777"}) == Resolved("777")


def test_another_authority_is_believed_where_birth_date_and_name_agree(recorded: Store) -> None:
    resolve(recorded, ANN)
    assert resolve(recorded, numbered(Identifier("777", "OTHER", "MR"))) == Resolved("777")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name": "Eve Else"}, "the message says Eve Else, the record Example, Ann"),
        ({"birth_date": date(1971, 1, 2)}, "born 1971-01-02, the record 1970-01-02"),
        ({"sex": Sex.MALE}, "sex M, the record F"),
    ],
)
def test_a_difference_asks_and_an_answer_is_taken(recorded: Store, said: dict[str, object], why: str) -> None:
    person = replace(ANN, **said)  # type: ignore[arg-type]
    found = resolve(recorded, person)
    assert not found.mrn
    assert why in found.problem
    assert "--same-patient 777" in found.problem
    assert resolve(recorded, person, same={"777"}) == Resolved("777")


def test_a_difference_asks_of_a_linked_number_too(recorded: Store) -> None:
    resolve(recorded, ANN)
    assert "Eve Else" in resolve(recorded, replace(ANN, name="Eve Else")).problem


def test_a_number_that_labtrack_wrote_is_held_to_name_and_birth_date(recorded: Store) -> None:
    """Every clinic writes its own MRNs under the same system: it tells nothing of which clinic."""
    resolve(recorded, ANN)
    own = Identifier("777", "urn:labtrack:mrn", "MR")
    assert resolve(recorded, numbered(own)) == Resolved("777")
    assert "Eve Else" in resolve(recorded, numbered(own, name="Eve Else")).problem
    with recorded.read() as reader:
        assert [row[1] for row in reader.identifiers(1)] == ["ACME"]


def test_nobody_is_found_by_name_alone(recorded: Store) -> None:
    found = resolve(recorded, numbered(Identifier("999", "ACME", "MR")))
    assert (found.mrn, found.unknown) == ("", True)
    assert "--add-patients" in found.problem


def test_whoever_is_unknown_is_added_only_if_told(store: Store) -> None:
    assert resolve(store, ANN).unknown
    assert resolve(store, ANN, add=True) == Resolved("777")
    with store.read() as reader:
        stored = reader.patient("777")
        assert stored is not None
        assert stored.patient == Patient("777", "Ann Example", date(1970, 1, 2), Sex.FEMALE)
        assert reader.identifiers(stored.id) == [(stored.id, "ACME", "777")]


def test_a_medical_record_number_is_taken_before_others(store: Store) -> None:
    assert (
        resolve(store, numbered(Identifier("S-1", "STATE", "SS"), Identifier("P1", "A", "PI"), Identifier("M1", "A", "MR")), add=True).mrn
        == "M1"
    )


def test_numbers_of_two_patients_are_told(recorded: Store) -> None:
    found = resolve(recorded, numbered(Identifier("777", "", "MR"), Identifier("888", "", "MR")))
    assert found.problem == "its numbers are those of different patients: 777, 888"
    resolve(recorded, ANN)
    resolve(recorded, Person((Identifier("888", "ACME", "MR"),), "Bob Sample", date(1950, 5, 5), Sex.MALE))
    found = resolve(recorded, numbered(Identifier("777", "ACME", "MR"), Identifier("888", "ACME", "MR")))
    assert found.problem == "its numbers belong to different patients: 777, 888"


def test_a_social_security_number_is_no_mrn(recorded: Store) -> None:
    assert resolve(recorded, numbered(Identifier("777", "STATE", "SS"))).unknown
    assert "the number is taken" in resolve(recorded, numbered(Identifier("777", "STATE", "SS")), add=True).problem


def test_only_named_authorities_can_give_the_clinic_s_mrns(recorded: Store) -> None:
    assert resolve(recorded, ANN, authorities=("CITY",)).unknown
    assert resolve(recorded, ANN, authorities=("CITY", "ACME")) == Resolved("777")


@pytest.mark.parametrize("identifiers", [(), (Identifier("", "ACME"),), (Identifier(" \u200b", "ACME"),), (Identifier("7" * 65, "ACME"),)])
def test_without_a_number_nobody_is_found(recorded: Store, identifiers: tuple[Identifier, ...]) -> None:
    assert resolve(recorded, numbered(*identifiers)).problem == "the message gives no patient number"


def test_invisible_characters_in_a_number_do_not_make_another_person(recorded: Store) -> None:
    assert resolve(recorded, numbered(Identifier("\u200b777 ", "ACME", "mr"))) == Resolved("777")


def test_what_either_leaves_open_does_not_differ() -> None:
    assert differences(Patient("1", ""), ANN) == []
    assert differences(Patient("1", "Ann Example", date(1970, 1, 2), Sex.FEMALE), Person(())) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_names_is_symmetric_and_takes_any_text(one: str, other: str) -> None:
    assert same_name(one, other) == same_name(other, one)
    assert same_name(one, one)
