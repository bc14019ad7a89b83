"""One patient on one page."""

from __future__ import annotations

from datetime import date

from tests.cli.conftest import Labtrack

from labtrack.cli.page import about, folded
from labtrack.core.judgment import Assessment, Finding, Reason, Severity, Verdict
from labtrack.core.record import Patient, Sex


def test_the_page_has_everything_under_its_heading(ada: str, labtrack: Labtrack) -> None:
    page = labtrack("patient", "show", ada).out
    who, *_ = page.split("\n")
    assert who == "Okafor, Ada, MRN 10021, born 1968-02-11, F"
    findings, checks, history = (page.index(f"\n{heading}\n") for heading in ("Findings", "Next checks", "Treatment and events"))
    assert findings < page.index("anc-below-1") < checks < page.index("cbc") < history < page.index("2 mg daily")
    assert "Also met: neutropenia." in page
    assert all(len(line) <= 80 for line in page.split("\n"))


def test_what_is_missing_is_said(labtrack: Labtrack) -> None:
    labtrack("patient", "add", "8", "--name", "A", "--birth-date", "1960-01-01", "--sex", "M")
    page = labtrack("patient", "show", "8").out
    assert "None: there is no course, so there is no schedule." in page
    assert page.endswith("Treatment and events\n\nNone recorded.\n")


def test_the_page_can_look_back(ada: str, labtrack: Labtrack) -> None:
    assert "urgent" not in labtrack("patient", "show", ada, "--as-of", "2026-03-01").out


def test_as_json_it_is_the_history(ada: str, labtrack: Labtrack) -> None:
    assert labtrack("patient", "show", ada, "--format", "json").objects == [
        {"mrn": ada, "on": "2026-03-03", "ended_on": None, "what": "baricitinib", "detail": "2 mg daily", "reason": ""},
    ]


def test_what_is_not_recorded_is_no_fact() -> None:
    assert about(Patient("1", "A")) == "A, MRN 1, birth date not recorded, sex not recorded"
    full = Patient("1", "A", date(1960, 1, 2), Sex.MALE, 71.5, "555", "a@example.org")
    assert about(full) == "A, MRN 1, born 1960-01-02, M, 71.5 kg, 555, a@example.org"


def finding(rule: str, severity: Severity, verdict: Verdict = Verdict.MET, reason: Reason | None = None) -> Finding:
    return Finding(rule, verdict, severity, (reason,) if reason else (), message=f"{rule} says so.")


def test_families_and_reasons_are_folded() -> None:
    unknown = Verdict.CANNOT_EVALUATE
    assessment = Assessment(
        date(2026, 11, 22),
        (
            finding("neutropenia", Severity.WATCH),
            finding("anc-below-1", Severity.URGENT),
            finding("ldl-190", Severity.ACTION),
            finding("anemia", Severity.WATCH, Verdict.NOT_MET),
            finding("egfr-below-30", Severity.URGENT, unknown, Reason.STALE),
            finding("egfr-fall-25", Severity.WATCH, unknown, Reason.STALE),
            finding("hys-law", Severity.URGENT, unknown, Reason.NO_RESULT),
        ),
        (),
    )
    rows = list(folded("1", assessment, {"neutropenia": "anc", "anc-below-1": "anc"}))
    assert [(row["rule"], row["message"]) for row in rows] == [
        ("anc-below-1", "anc-below-1 says so. Also met: neutropenia."),
        ("ldl-190", "ldl-190 says so."),
        ("2 rules", "the result is too old to rely on: egfr-below-30, egfr-fall-25"),
        ("hys-law", "hys-law says so."),
    ]


def test_an_age_that_a_source_calls_a_risk_is_named_with_it(labtrack: Labtrack) -> None:
    labtrack("patient", "add", "8", "--name", "A", "--birth-date", "1940-01-01", "--sex", "M")
    page = labtrack("patient", "show", "8", "--as-of", "2026-11-22").out
    assert "86 years old. EMA 2023: at 65 or older" in " ".join(page.split())
    assert "ema-2023 [G]" in " ".join(page.split())
