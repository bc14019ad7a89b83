"""Resources that R4 takes, that say what was reported, and claim nothing that is not known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from tests.exchange.fhir.r4 import bundle_faults, faults, plain, validated

from labtrack.catalogue import Identity, catalogue, read_value
from labtrack.core.judgment import Check, CheckStatus, Evidence, Finding, Reason, Severity, Verdict
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus, Sex
from labtrack.exchange.coding import Coding, identify_coded
from labtrack.exchange.fhir.vocabulary import (
    ANALYTE,
    CANONICAL,
    CHECK,
    LOINC,
    MRN,
    REPORT,
    RESULT,
    RULE,
    SOURCE,
    VERDICT,
    WEIGHT,
)
from labtrack.exchange.fhir.writing import (
    NOTICE,
    bundle_text,
    detected_issue,
    identity_of,
    loinc_code,
    observation,
    observation_id,
    patient_resource,
    service_request,
    statement,
)
from labtrack.exchange.reports import read_report

TODAY, DAY = date(2026, 11, 22), date(2026, 11, 19)
NASTY = ("[bold]x[/]", 'O\'Hara "Bob" <b>&amp;', "مرحبا \u202eabc\u200f", "é" * 200, "=1+1", "a\x1b[31mb", "two\nlines", "𝔸\U0010ffff")


def valid(resource: dict[str, Any]) -> Any:
    """A resource as another program reads it, after R4 had nothing against it."""
    assert faults(resource) == []
    validated(resource)
    return plain(resource)


def result(analyte: str = "anc", value: str = "0.82", unit: str = "10*9/L", **more: Any) -> Result:
    """A result as an import makes it, with the value that its texts come to."""
    cells = {"analyte": more.pop("name", analyte), "value": value, "unit": unit, "code": more.get("code", "")}
    cells |= {name: more[name] for name in ("ref_low", "ref_high", "method") if name in more}
    report = read_report(cells, catalogue(), ".")
    low, high, _, _, low_open, high_open, *_ = report.numbers
    interval = None if low != low else Interval(low, high, bool(low_open), bool(high_open))
    more = {**more, "code": report.code, "method": report.method}
    return Result(analyte, value, unit, more.pop("at", CollectedAt(DAY, time(8))), value=interval, **{"result_id": 5, **more})


# People


def test_a_patient() -> None:
    ada = Patient("10021", "Okafor, Ada", date(1968, 2, 11), Sex.FEMALE, 61.5, "+1 555", "ada@example.org")
    resource = valid(patient_resource(ada))
    assert resource["identifier"] == [
        {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]},
            "system": MRN,
            "value": "10021",
        }
    ]
    assert (resource["name"], resource["gender"], resource["birthDate"]) == ([{"text": "Okafor, Ada"}], "female", "1968-02-11")
    assert resource["telecom"] == [{"system": "phone", "value": "+1 555"}, {"system": "email", "value": "ada@example.org"}]
    (weight,) = resource["extension"]
    assert weight["url"] == WEIGHT
    assert (weight["valueQuantity"]["value"], weight["valueQuantity"]["code"]) == (61.5, "kg")


def test_a_patient_of_whom_little_is_known() -> None:
    resource = valid(patient_resource(Patient("1", "")))
    assert set(resource) == {"resourceType", "id", "identifier", "gender"}
    assert resource["gender"] == "unknown"
    assert plain(patient_resource(Patient("2", "", sex=Sex.MALE)))["gender"] == "male"


@pytest.mark.parametrize("text", NASTY)
def test_texts_go_through_unchanged(text: str) -> None:
    assert valid(patient_resource(Patient("1", text)))["name"] == [{"text": text}]
    resource = valid(observation("1", replace(result(), value_text=text, lab=text, note=text, specimen_id=text, method=text)))
    told = resource["valueString"], resource["performer"][0]["display"], resource["note"][0]["text"], resource["method"]["text"]
    assert told == (text,) * 4
    assert resource["specimen"]["identifier"]["value"] == text


# Results


def test_a_report_stands_as_printed_with_the_canonical_value_beside_it() -> None:
    resource = valid(observation("1", result("hb", "113.0", "gm/L", ref_low="120", ref_high="155", lab="North", specimen_id="S1")))
    assert resource["valueQuantity"] == {"value": 113, "unit": "gm/L", "system": "http://unitsofmeasure.org", "code": "g/L"}
    assert [each["valueQuantity"] for each in resource["extension"] if each["url"] == CANONICAL] == [
        {"value": 11.3, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}
    ]
    assert resource["referenceRange"][0]["low"] == {**resource["valueQuantity"], "value": 120}
    assert resource["referenceRange"][0]["text"] == "120 - 155"
    assert (resource["effectiveDateTime"], resource["status"]) == ("2026-11-19", "final")
    assert resource["performer"] == [{"display": "North"}]
    assert resource["category"][0]["coding"][0]["code"] == "laboratory"
    assert '"value":113.0,' in "".join(bundle_text([observation("1", result("hb", "113.0", "gm/L"))]))


@pytest.mark.parametrize(
    ("value", "quantity", "canonical"),
    [
        ("<0.50", {"value": 0.5, "comparator": "<"}, {"value": 0.5, "comparator": "<"}),
        ("≤0.5", {"value": 0.5, "comparator": "<="}, {"value": 0.5, "comparator": "<="}),
        (">12", {"value": 12, "comparator": ">"}, {"value": 12, "comparator": ">"}),
        (">=12", {"value": 12, "comparator": ">="}, {"value": 12, "comparator": ">="}),
        ("0", {"value": 0}, {"value": 0}),
    ],
)
def test_bounds(value: str, quantity: dict[str, Any], canonical: dict[str, Any]) -> None:
    resource = valid(observation("1", result(value=value)))
    unit = {"system": "http://unitsofmeasure.org", "code": "10*9/L"}
    assert resource["valueQuantity"] == {**quantity, "unit": "10*9/L", **unit}
    assert resource["extension"][1]["valueQuantity"] == {**canonical, "unit": "×10⁹/L", **unit}


def test_what_is_not_usable_is_told_as_it_was() -> None:
    text = valid(observation("1", result(value="hemolyzed")))
    assert text["valueString"] == "hemolyzed"
    assert [each["url"] for each in text["extension"]] == ["urn:labtrack:fhir:reported"]
    unknown = valid(observation("1", result(unit="furlong")))
    assert unknown["valueQuantity"] == {"value": 0.82, "unit": "furlong"}
    assert "code" not in valid(observation("1", result(unit="")))["valueQuantity"]
    empty = valid(observation("1", replace(result(), value_text="", value=None, status=ResultStatus.CANCELLED)))
    assert (empty["status"], empty["dataAbsentReason"]["coding"][0]["code"]) == ("cancelled", "unknown")


def test_limits_that_are_no_plain_numbers_are_texts() -> None:
    (told,) = valid(observation("1", result(ref_high="<40")))["referenceRange"]
    assert told == {"text": "upper limit <40"}
    assert "referenceRange" not in plain(observation("1", result()))


@pytest.mark.parametrize("status", list(ResultStatus))
def test_every_status_is_one_of_r4(status: ResultStatus) -> None:
    assert valid(observation("1", replace(result(), status=status)))["status"] == status.value


def test_a_correction_shares_the_identity_of_what_it_corrects() -> None:
    first = result()
    later = replace(first, value_text="0.92", status=ResultStatus.CORRECTED, result_id=9, supersedes=(5,))
    own, corrected, alone = (
        plain(each)["identifier"] for each in (observation("1", first), observation("1", later, first), observation("1", later))
    )
    assert own == [{"system": RESULT, "value": "5"}, {"system": REPORT, "value": observation_id("1", first)}]
    assert corrected == [{"system": RESULT, "value": "9"}, own[1]]
    assert alone[1] != own[1]


@pytest.mark.parametrize("analyte", list(catalogue().analytes.values()), ids=lambda each: each.key)
def test_a_report_without_a_code_gets_one_that_claims_no_method(analyte: Any) -> None:
    code = loinc_code(Identity(analyte), analyte.unit)
    assert code in analyte.loinc
    assert code not in analyte.methods
    resource = plain(observation("1", result(analyte.key, "5", analyte.unit)))
    assert [each["system"] for each in resource["code"]["coding"]] == [LOINC, ANALYTE]
    codings = [Coding(each["code"], each["system"], each.get("display", "")) for each in resource["code"]["coding"]]
    coded = identify_coded(codings, resource["code"]["text"], analyte.unit, catalogue(), {})
    assert coded.analyte == code
    assert catalogue().identify(coded.analyte).analyte is analyte


@pytest.mark.parametrize(
    ("name", "analyte", "unit", "code", "text"),
    [
        ("creatinine", "creatinine", "umol/L", "14682-9", "Creatinine"), ("creatinine", "creatinine", "mg/dL", "2160-0", "Creatinine"),
        ("ldl", "ldl", "mmol/L", "22748-8", "LDL cholesterol"), ("ldl", "ldl", "mg/dL", "2089-1", "LDL cholesterol"),
        ("egfr", "egfr", "mL/min/1.73m2", "69405-9", "eGFR"), ("urea", "urea", "mmol/L", "22664-7", "Urea"),
        ("urea", "urea", "mg/dL", "3091-6", "Urea"), ("bun", "urea", "mg/dL", "3094-0", "Urea (bun)"),
        ("bun", "urea", "mmol/L", "14937-7", "Urea (bun)"), ("hb monomer", "hb", "mmol/L", "59260-0", "Hemoglobin (monomer)"),
        ("hb", "hb", "furlong", "718-7", "Hemoglobin"), ("18262-6", "ldl", "mg/dL", "18262-6", "LDL cholesterol"),
    ],
)  # fmt: skip
def test_the_code_fits_unit_and_variant(name: str, analyte: str, unit: str, code: str, text: str) -> None:
    made = result(analyte, "9", unit, name=name)
    coding = plain(observation("1", made))["code"]
    assert coding["coding"][0]["code"] == code
    assert made.value is None or read_value(catalogue().identify(code), "9", unit).value == made.value


def test_the_variant_is_found_by_what_the_value_came_to() -> None:
    bun = result("urea", "14", "mg/dL", name="bun", method="enzymatic")
    assert bun.method == "bun; enzymatic"
    assert identity_of(bun).variant == "bun"
    assert identity_of(result("urea", "14", "mg/dL")).variant == ""
    assert identity_of(result("urea", "14", "mg/dL", code="6299-2")).code == "6299-2"
    assert identity_of(replace(result(), code="718-7")) == Identity(catalogue().analytes["anc"])


# What was judged

PROOF = Evidence(
    "anc", Interval(0.82, 0.82), "10*9/L", DAY, Interval(1, 1), Interval(3, 3), date(2026, 2, 20), "WBC × %", (5, 6, 5, 99), True
)
FOUND = Finding("anc-below-1", Verdict.MET, Severity.URGENT, (), (PROOF,), "ANC 0.82 is below 1.", "label-bari-us [L]; local; article [A]")


def test_a_met_rule_is_an_issue_with_its_evidence_and_sources() -> None:
    issue = valid(detected_issue("1", FOUND, TODAY, {5: "five", 6: "six"}))
    assert (issue["status"], issue["severity"], issue["identifiedDateTime"]) == ("final", "high", "2026-11-22")
    assert issue["code"]["coding"] == [{"system": RULE, "code": "anc-below-1", "display": "anc-below-1"}]
    assert issue["detail"] == "ANC 0.82 is below 1.\nSource: label-bari-us [L]; local; article [A]"
    (proof,) = issue["evidence"]
    assert [each["reference"] for each in proof["detail"]] == ["urn:uuid:five", "urn:uuid:six"]
    assert proof["code"][0]["text"] == ("ANC 0.82 ×10⁹/L on 2026-11-19 (WBC × %); baseline 3 on 2026-02-20; a newer report cannot be read")
    sources = [{part["url"]: part["valueString"] for part in each["extension"]} for each in issue["extension"] if each["url"] == SOURCE]
    assert [each["id"] for each in sources] == ["label-bari-us", "local", "article"]
    assert sources[2] == {"id": "article", "mark": "A", "text": catalogue().sources["article"].text}


def test_a_rule_that_cannot_be_evaluated_says_so_with_its_reasons() -> None:
    open_one = replace(
        FOUND, verdict=Verdict.CANNOT_EVALUATE, severity=Severity.WATCH, reasons=(Reason.NO_RESULT, Reason.STALE), evidence=()
    )
    issue = valid(detected_issue("1", open_one, TODAY, {}))
    assert (issue["status"], issue["severity"]) == ("preliminary", "low")
    assert "evidence" not in issue
    (verdict,) = (each["extension"] for each in issue["extension"] if each["url"] == VERDICT)
    assert verdict[0] == {"url": "verdict", "valueString": "cannot evaluate"}
    assert [each["valueCoding"]["code"] for each in verdict[1:]] == ["no-result", "stale"]
    assert verdict[1]["valueCoding"]["display"] == "no usable result"
    assert plain(detected_issue("1", replace(FOUND, severity=Severity.ACTION, source=""), TODAY, {}))["severity"] == "moderate"


@pytest.mark.parametrize(
    ("panel", "name"), [("cbc", catalogue().panels["cbc"].name), ("screening", "Screening before treatment"), ("house", "house")]
)
def test_a_next_check_is_a_plan(panel: str, name: str) -> None:
    check = Check(panel, date(2026, 12, 1), CheckStatus.LATER, "week 12", ("anc", "unheard"))
    request = valid(service_request("1", check, TODAY))
    assert (request["status"], request["intent"], request["occurrenceDateTime"]) == ("active", "plan", "2026-12-01")
    assert request["code"]["text"] == name
    assert request["note"] == [{"text": "As of 2026-11-22: later; week 12; missing from the last set: ANC, unheard."}]
    (facts,) = (each["extension"] for each in request["extension"] if each["url"] == CHECK)
    assert [each[next(name for name in each if name != "url")] for each in facts] == ["later", "week 12", "anc", "unheard"]


def test_the_bundle_says_what_it_rests_on() -> None:
    resource = valid(statement(TODAY, "EU", "2026.11 EU"))
    assert resource["text"]["div"].count(NOTICE) == 1
    assert "labels" in NOTICE
    assert "article" in NOTICE
    assert not set("<>&") & set(NOTICE)
    assert [each["url"] for each in resource["extension"][0]["extension"]] == ["as-of", "region", "rule-set", "text"]


def test_a_bundle_is_ascii_with_an_entry_a_line() -> None:
    text = "".join(bundle_text([statement(TODAY, "US", "1"), patient_resource(Patient("1", "Zoë")), observation("1", result())]))
    assert text.isascii()
    assert text.count("\n") == 5
    bundle = json.loads(text, parse_float=Decimal)
    assert (bundle["resourceType"], bundle["type"], len(bundle["entry"])) == ("Bundle", "collection", 3)
    assert bundle_faults(bundle) == []
    assert json.loads("".join(bundle_text([]))) == {"resourceType": "Bundle", "type": "collection"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "done"}, {"effectiveDateTime": "2026-11-19T08:00"}, {"effectiveDateTime": "2026-11-19T08:00:00"},
        {"note": []}, {"method": {}},
        {"note": [{"text": " "}]}, {"extension": [{"url": "u"}]}, {"extension": [{"url": "u", "valueCode": " a"}]}, {"code": None},
        {"valueQuantity": {"value": 0.82}}, {"valueQuantity": {"value": Decimal("1." + "0" * 18)}}, {"referenceRange": [{"id": "x"}]},
        {"dataAbsentReason": {"text": "none"}},
        {"extension": [{"url": "u", "valueCode": "a", "extension": [{"url": "v", "valueCode": "b"}]}]},
    ],
)  # fmt: skip
def test_the_rules_of_r4_are_held_by_these_tests(change: dict[str, Any]) -> None:
    resource = observation("1", result())
    assert faults(resource) == []
    assert faults({**resource, **change})
    assert faults({name: value for name, value in resource.items() if name != "status"}) == ["Observation without status"]


def test_a_reference_that_leads_nowhere_is_told() -> None:
    alone = {"entry": [{"fullUrl": "urn:uuid:x", "resource": observation("1", result())}] * 2}
    told = " ".join(bundle_faults(alone))
    assert "leads nowhere" in told
    assert "bdl-7" in told
    assert "urn:uuid:x is not of" in told
