"""Observations to reports, one at a time; the numbered surprises of real files each under its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.exchange.fhir.reading import LOINC, UCUM, Everything, bundle, coded, observation, patient, quantity, read

from labtrack.catalogue import catalogue, fold_name, read_value
from labtrack.core.record import ResultStatus, Unusable
from labtrack.exchange.feed import Told
from labtrack.exchange.fhir.observations import COLUMNS
from labtrack.exchange.layouts import RESULTS

LAB = "http://terminology.hl7.org/CodeSystem/observation-category"


def category(code: str) -> list[dict[str, Any]]:
    return [{"coding": [{"system": LAB, "code": code}]}]


def report(*results: str, **changes: Any) -> dict[str, Any]:
    usual = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final", "subject": {"reference": "Patient/1"}}
    return {**usual, "effectiveDateTime": "2026-04-03", "result": [{"reference": each} for each in results], **changes}


def test_a_report_has_everything_that_the_laboratory_said(tmp_path: Path) -> None:
    said = observation(
        identifier=[{"value": "no system"}, {"system": "urn:lab", "value": "77"}],
        referenceRange=[{"low": quantity(150), "high": quantity(450)}],
        interpretation=[coded("L"), coded("N")],
        note=[{"text": "slightly\nhemolyzed"}],
        performer=[{"reference": "Practitioner/1", "display": "Dr. A"}, {"reference": "Organization/lab"}],
        specimen={"reference": "Specimen/s"},
    )
    others = [
        {"resourceType": "Organization", "id": "lab", "name": "City Lab"},
        {"resourceType": "Specimen", "id": "s", "accessionIdentifier": {"value": "A-1"}},
    ]
    found = read(tmp_path, bundle(patient(), said, *others))
    assert found.report == Told(
        1, "Bundle.entry[1].resource", 0, "777-3", "96", "10*3/uL", "2026-04-03T07:30:00+02:00", "150", "450", "City Lab", "A-1", "final",
        "L; slightly hemolyzed", "urn:lab|77",
    )  # fmt: skip


def test_every_column_of_ours_has_a_name_in_fhir() -> None:
    made_here = {"result_id", "supersedes", "code", "method"}
    assert set(COLUMNS) == set(RESULTS.columns) - made_here


@pytest.mark.parametrize(
    ("changes", "identity"),
    [
        ({"identifier": [{"system": "s", "value": "1"}], "id": "6933F29B-28f2-4e69-9fee-b73267b0afb6"}, "s|1"),
        ({"id": "6933F29B-28f2-4e69-9fee-b73267b0afb6"}, "6933f29b-28f2-4e69-9fee-b73267b0afb6"),
        ({"id": "1"}, ""),
        ({"id": None}, ""),
        ({"identifier": [{"system": "s", "value": "1" * 400}]}, ""),
    ],
)
def test_a_report_is_known_by_an_identity_that_no_other_has(changes: dict[str, Any], identity: str, tmp_path: Path) -> None:
    assert read(tmp_path, observation(**changes)).report.report_id == identity


def test_an_address_is_an_identity_and_versions_share_it(tmp_path: Path) -> None:
    value = bundle(observation(), base="https://a.example")
    value["entry"][0]["fullUrl"] += "/_history/3"
    assert read(tmp_path, value).report.report_id == "https://a.example/Observation/o1"


@pytest.mark.parametrize("status", list(ResultStatus))
def test_every_status_of_fhir_is_kept(status: ResultStatus, tmp_path: Path) -> None:
    assert read(tmp_path, observation(status=status.value)).report.status == status


def test_other_statuses_are_refused_by_name(tmp_path: Path) -> None:
    assert "status Final is none of FHIR's" in read(tmp_path, observation(status="Final")).reason
    assert "it has no status" in read(tmp_path, observation(status=None)).reason


def test_what_must_be_understood_and_is_not_is_refused(tmp_path: Path) -> None:
    for name, value in (("modifierExtension", [{"url": "urn:x:not"}]), ("implicitRules", "urn:x:rules")):
        found = read(tmp_path, observation(**{name: value}))
        assert name in found.reason
        assert found.refusals[0].column == f"Observation.{name}"
    component = {"code": coded(), "valueQuantity": quantity(5), "modifierExtension": [{"url": "urn:x:not"}]}
    assert "modifierExtension" in read(tmp_path, observation(valueQuantity=None, component=[component])).reason


def test_a_status_that_needs_no_value_has_none_and_keeps_the_reason(tmp_path: Path) -> None:
    clotted = coded("not-performed", text="Specimen clotted")
    cancelled = read(tmp_path, observation(status="cancelled", valueQuantity=None, dataAbsentReason=clotted)).report
    assert (cancelled.value, cancelled.note) == ("", "no value: Specimen clotted")
    assert read(tmp_path, observation(status="registered", valueQuantity=None)).report.value == ""
    final = read(tmp_path, observation(valueQuantity=None, dataAbsentReason=clotted)).report
    assert (final.value, final.note) == ("no value: Specimen clotted", "")
    assert read(tmp_path, observation(valueQuantity=None)).report.value == ""


def test_components_with_a_value_are_reports_and_their_parent_without_one_is_none(tmp_path: Path) -> None:
    parts = [
        {"code": coded("777-3"), "valueQuantity": quantity(96)},
        {"code": coded("6690-2"), "valueQuantity": quantity(5)},
        {"code": coded("8480-6", "Systolic blood pressure"), "valueQuantity": quantity(120, "mm[Hg]")},
        {"code": coded("718-7"), "dataAbsentReason": coded("error")},
        {"code": coded("718-7")},
        "no component",
    ]
    found = read(
        tmp_path, observation(code=coded("58410-2"), valueQuantity=None, component=parts, identifier=[{"system": "s", "value": "1"}])
    )
    assert [(each.where, each.analyte, each.value, each.report_id) for each in found.reports] == [
        ("Observation.component[0]", "777-3", "96", "s|1#777-3"),
        ("Observation.component[1]", "6690-2", "5", "s|1#6690-2"),
        ("Observation.component[3]", "718-7", "no value: error", "s|1#718-7"),
    ]
    assert found.counts == (3, 0, 1)
    both = read(tmp_path, observation(component=parts[1:2], identifier=[{"system": "s", "value": "1"}]))
    assert [each.report_id for each in both.reports] == ["s|1", "s|1#6690-2"]
    twice = read(tmp_path, observation(valueQuantity=None, component=parts[:1] * 2, identifier=[{"system": "s", "value": "1"}]))
    assert [each.report_id for each in twice.reports] == ["s|1#777-3", ""]


def test_every_part_of_a_refused_observation_is_refused(tmp_path: Path) -> None:
    parts = [{"code": coded("777-3"), "valueQuantity": quantity(96)}, {"code": coded("6690-2"), "valueQuantity": quantity(5)}]
    found = read(tmp_path, observation(status=None, component=parts))
    assert [each.column for each in found.refusals] == [
        "Observation.status", "Observation.component[0].status", "Observation.component[1].status",
    ]  # fmt: skip


def test_a_panel_that_only_gathers_others_is_no_report(tmp_path: Path) -> None:
    members = {"valueQuantity": None, "hasMember": [{"reference": "Observation/o2"}]}
    assert read(tmp_path, observation(code=coded("58410-2", "CBC panel"), **members)).kept_out == {"58410-2 CBC panel": 1}
    assert read(tmp_path, observation(code={"text": "Our panel"}, **members)).counts == (0, 0, 0)


def test_what_is_no_laboratory_s_is_kept_out_unless_its_code_is_ours(tmp_path: Path) -> None:
    assert read(tmp_path, observation(code={"text": "Abdominal tenderness"}, category=category("exam"))).counts == (0, 0, 1)
    assert read(tmp_path, observation(code={"text": "Abdominal tenderness"})).counts == (0, 1, 0)
    assert read(tmp_path, observation(code={"text": "Our own test"}, category=category("laboratory"))).counts == (0, 1, 0)
    assert read(tmp_path, observation(category=category("vital-signs"))).counts == (1, 0, 0)
    assert read(tmp_path, observation(code=coded("777-3", "Glucose in blood"), category=category("survey"))).counts == (1, 0, 0)
    assert read(tmp_path, observation(code=coded("777-3", "Hemoglobin"), category=category("survey"))).counts == (0, 1, 0)
    hematology = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "HM"}]}]
    assert read(tmp_path, observation(code={"text": "Our own test"}, category=hematology)).counts == (0, 1, 0)


def test_a_local_code_is_read_by_the_clinic_s_table(tmp_path: Path) -> None:
    local = observation(code={"coding": [{"system": "urn:lab", "code": "PLT1"}]})
    assert "no LOINC code" in read(tmp_path, local).reason
    assert read(tmp_path, local, codes={fold_name("urn:lab|PLT1"): "plt"}).report.analyte == "plt"
    assert (
        read(tmp_path, observation(code={"coding": [{"system": LOINC, "code": "\u200b "}]})).reason == "it does not say what was measured"
    )


def test_time_and_subject_come_from_the_report_that_lists_the_result(tmp_path: Path) -> None:
    bare = observation(effectiveDateTime=None, subject=None)
    found = read(tmp_path, bundle(report("Observation/o1"), bare))
    assert (found.report.collected_at, found.people[0].identifiers[0].value) == ("2026-04-03", "1")
    assert not found.notices
    assert "no subject" in read(tmp_path, bundle(report("Observation/o2"), bare)).reason
    two = read(tmp_path, bundle(report("Observation/o1"), report("Observation/o1", id="r2", effectiveDateTime="2026-04-04"), bare))
    assert two.reason == "it does not say when it was taken, and its DiagnosticReports say different times"
    other = report("Observation/o1", id="r2", subject={"reference": "Patient/2"})
    assert "about different people" in read(tmp_path, bundle(report("Observation/o1"), other, bare)).reason
    month = read(tmp_path, bundle(report("Observation/o1", effectiveDateTime="2026-04"), observation(effectiveDateTime=None)))
    assert month.reason == "known only to the month"


def test_the_specimen_s_time_is_taken_with_a_notice(tmp_path: Path) -> None:
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2026-04-02T06:00:00Z"}}
    bare = observation(effectiveDateTime=None, specimen={"reference": "Specimen/s"}, issued="2026-04-03T07:00:00Z")
    found = read(tmp_path, bundle(specimen, bare))
    assert found.report.collected_at == "2026-04-02T06:00:00Z"
    assert [(each.column, each.text) for each in found.notices] == [("Bundle.entry[1].resource.effective[x]", "2026-04-02T06:00:00Z")]
    held = read(tmp_path, observation(effectiveDateTime=None, specimen={"reference": "#s"}, contained=[specimen]))
    assert held.report.collected_at == "2026-04-02T06:00:00Z"
    assert not read(tmp_path, bundle(specimen, observation(specimen={"reference": "Specimen/s"}))).notices


def test_observations_within_a_report_have_its_time_and_subject(tmp_path: Path) -> None:
    inner = observation(effectiveDateTime=None, subject=None)
    held = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "s", "value": "9"}]}
    whole = report("#o1", subject={"reference": "#p"}, contained=[held, inner, observation(id="o2")])
    found = read(tmp_path, whole)
    assert [(each.where, each.collected_at) for each in found.reports] == [
        ("DiagnosticReport.contained[1]", "2026-04-03"), ("DiagnosticReport.contained[2]", "2026-04-03T07:30:00+02:00"),
    ]  # fmt: skip
    assert [each.identifiers[0].value for each in found.people] == ["9", "1"]
    assert "no subject" in read(tmp_path, report("#o2", contained=[inner])).reason
    assert "withdrawn" in read(tmp_path, report("#o1", contained=[observation()], status="entered-in-error")).reason


def test_a_final_result_of_a_withdrawn_report_is_asked_about(tmp_path: Path) -> None:
    assert "withdrawn" in read(tmp_path, bundle(report("Observation/o1", status="entered-in-error"), observation())).reason
    error = observation(status="entered-in-error")
    assert read(tmp_path, bundle(report("Observation/o1", status="entered-in-error"), error)).report.status == "entered-in-error"
    assert read(tmp_path, bundle(report("Observation/o1", status="preliminary"), observation())).report.status == "final"


def test_a_laboratory_is_an_organization_else_the_first_that_is_named(tmp_path: Path) -> None:
    def lab(*performers: dict[str, Any], **more: Any) -> str:
        return read(tmp_path, observation(performer=list(performers), **more)).report.lab

    doctor = {"reference": "Practitioner/1", "display": "Dr. A"}
    assert lab(doctor, {"reference": "Organization/9", "display": "City Lab"}) == "City Lab"
    assert lab(doctor) == "Dr. A"
    assert lab({"reference": "Organization/9"}) == ""
    assert lab({"reference": "#l"}, contained=[{"resourceType": "Organization", "id": "l", "name": "Own Lab"}]) == "Own Lab"


# The numbered surprises


def usable(found: Everything) -> list[bool]:
    """Whether each report comes to a value that can be used."""
    readings = []
    for each in found.reports:
        identity = catalogue().identify(each.analyte, each.unit)
        assert identity is not None
        readings.append(read_value(identity, each.value, each.unit, each.ref_low, each.ref_high).unusable is Unusable.NOT)
    return readings


def test_surprise_right_code_with_wrong_unit(tmp_path: Path) -> None:
    wrong = observation(code=coded("718-7", "Hemoglobin"), valueQuantity=quantity(14, "mL/min"))
    assert usable(read(tmp_path, wrong)) == [False]
    contradictory = {"value": 148, "unit": "g/L", "system": UCUM, "code": "g/dL"}
    found = read(tmp_path, observation(code=coded("718-7"), valueQuantity=contradictory))
    assert found.reason == "its unit is said to be g/dL and g/L, which differ"
    assert found.refusals[0].column == "Observation.value[x].unit"


def test_surprise_same_instant_twice(tmp_path: Path) -> None:
    found = read(tmp_path, bundle(observation(), observation(id="o2", valueQuantity=quantity(97))))
    assert [(each.value, each.collected_at) for each in found.reports] == [(each, "2026-04-03T07:30:00+02:00") for each in ("96", "97")]


def test_surprise_correction_after_final(tmp_path: Path) -> None:
    same = {"identifier": [{"system": "urn:lab", "value": "ORD-1"}]}
    found = read(tmp_path, observation(**same), observation(**same, status="corrected", valueQuantity=quantity(134.4)))
    assert [(each.status, each.value, each.report_id) for each in found.reports] == [
        ("final", "96", "urn:lab|ORD-1"), ("corrected", "134.4", "urn:lab|ORD-1"),
    ]  # fmt: skip


def test_surprise_deletion(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"resourceType": "Bundle", "type": "transaction", "entry": [{"request": {"method": "DELETE", "url": "Observation/o1"}}]}
    )
    assert "strike it by hand" in found.reason


def test_surprise_censored(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        bundle(observation(valueQuantity=quantity(9.60, comparator="<")), observation(valueQuantity=None, valueString=">=480 10*3/uL")),
    )
    assert [(each.value, each.unit) for each in found.reports] == [("<9.6", "10*3/uL"), (">=480", "10*3/uL")]
    assert usable(found) == [True, True]


def test_surprise_two_units_under_one_code(tmp_path: Path) -> None:
    both = [observation(code=coded("731-0"), valueQuantity=quantity(value, unit)) for value, unit in ((1.5, "K/uL"), (1500, "/uL"))]
    found = read(tmp_path, bundle(*both))
    assert [(each.value, each.unit) for each in found.reports] == [("1.5", "K/uL"), ("1500", "/uL")]
    assert usable(found) == [True, True]


def test_surprise_missing_time(tmp_path: Path) -> None:
    found = read(tmp_path, observation(effectiveDateTime=None, issued="2026-04-03T09:00:00Z"))
    assert found.reason == "it does not say when the specimen was taken: only when it was issued"
    assert (found.refusals[0].column, found.refusals[0].text) == ("Observation.effective[x]", "2026-04-03T09:00:00Z")


def test_surprise_inverted_range(tmp_path: Path) -> None:
    found = read(tmp_path, observation(referenceRange=[{"low": quantity(450), "high": quantity(150)}])).report
    assert (found.ref_low, found.ref_high) == ("450", "150")


def test_surprise_zero_width_spaces(tmp_path: Path) -> None:
    invisible = {"value": 96, "unit": "10*3\u200b/uL\u200b", "system": UCUM, "code": "10*3/uL\ufeff"}
    found = read(tmp_path, observation(code=coded("777-3\u200b", "Plate\u200blets"), valueQuantity=invisible))
    assert (found.report.analyte, usable(found)) == ("777-3", [True])


def test_surprise_nested_bundles(tmp_path: Path) -> None:
    inner = bundle(patient(), observation(), type="searchset")
    found = read(tmp_path, bundle(bundle(inner), inner, type="batch-response"))
    assert [each.where for each in found.reports] == [
        "Bundle.entry[0].resource.entry[0].resource.entry[1].resource", "Bundle.entry[1].resource.entry[1].resource",
    ]  # fmt: skip
    assert len(found.people) == 1


@pytest.mark.parametrize(
    ("code", "display", "counts"),
    [
        ("789-8", "WBC", (0, 1, 0)),
        ("789-8", "Erythrocytes", (0, 0, 1)),
        ("2089-1", "VLDL cholesterol", (0, 1, 0)),
        ("11156-7", "Leukocyte morphology", (0, 0, 1)),
        ("11273-0", "", (0, 0, 1)),
        ("11125-2", "Platelet morphology", (0, 0, 1)),
        ("4548-4", "Hemoglobin", (0, 1, 0)),
        ("4548-4", "Hemoglobin A1c", (0, 0, 1)),
    ],
)
def test_surprise_wrong_codes_in_the_wild(code: str, display: str, counts: tuple[int, int, int], tmp_path: Path) -> None:
    assert read(tmp_path, observation(code=coded(code, display))).counts == counts
