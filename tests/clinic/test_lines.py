"""Tests of labtrack.clinic.lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labtrack.clinic.lines import NO_FINDING, Acknowledged, Facts, evidence_key, search_text, worklist_line
from labtrack.core.judgment import GAPS, Assessment, Check, CheckStatus, Evidence, Finding, Reason, Severity, Verdict, WorklistState
from labtrack.core.quantity import Interval
from labtrack.core.record import Patient
from labtrack.store import StoredPatient

TODAY = date(2026, 6, 10)
ADA = StoredPatient(1, 0, Patient("1", "Ada"))


def met(rule: str = "r", severity: Severity = Severity.URGENT, *ids: int) -> Finding:
    proof = Evidence("anc", Interval(0.8, 0.8), "10*9/L", TODAY, result_ids=ids or (7,))
    return Finding(rule, Verdict.MET, severity, evidence=(proof,), message=f"{rule} message")


UNKNOWN = Finding("u", Verdict.CANNOT_EVALUATE, Severity.URGENT, (Reason.NO_RESULT,))


def check(status: CheckStatus, day: int = 10, panel: str = "cbc") -> Check:
    return Check(panel, date(2026, 6, day), status, "why")


def seen(rule: str = "r", key: str = "7", until: date | None = None, version: str = "1") -> Acknowledged:
    return Acknowledged(1, rule, version, key, until)


def line(
    *facts: Finding | Check,
    acknowledged: tuple[Acknowledged, ...] = (),
    treated: bool = True,
    until: date | None = None,
    about: Facts | None = None,
):  # type: ignore[no-untyped-def]
    findings = tuple(each for each in facts if isinstance(each, Finding))
    checks = tuple(each for each in facts if isinstance(each, Check))
    assessment = Assessment(TODAY, findings, checks, until)
    versions = {each.rule: "1" for each in findings}
    return worklist_line(ADA, assessment, acknowledged, versions, about or Facts(treated, treated, TODAY.toordinal(), 7, 7))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((met(), check(CheckStatus.OVERDUE), UNKNOWN), WorklistState.NEEDS_ACTION),
        ((met(severity=Severity.ACTION),), WorklistState.NEEDS_ACTION),
        ((met(severity=Severity.WATCH), check(CheckStatus.OVERDUE), UNKNOWN), WorklistState.OVERDUE),
        ((check(CheckStatus.DUE), UNKNOWN), WorklistState.DUE),
        ((met(severity=Severity.WATCH), check(CheckStatus.LATER), UNKNOWN), WorklistState.CANNOT_EVALUATE),
        ((met(severity=Severity.WATCH), check(CheckStatus.LATER)), WorklistState.NEEDS_ACTION),
        ((check(CheckStatus.LATER),), WorklistState.CLEAR),
        ((), WorklistState.CLEAR),
    ],
)
def test_the_state_is_the_first_that_holds(facts: tuple[Finding | Check, ...], state: WorklistState) -> None:
    assert line(*facts).state is state


def test_without_treatment_there_is_no_schedule() -> None:
    assert line(treated=False).state is WorklistState.NO_SCHEDULE
    assert line(UNKNOWN, treated=False).state is WorklistState.CANNOT_EVALUATE


def test_the_gravest_finding_that_nobody_has_seen_is_shown() -> None:
    shown = line(met("w", Severity.WATCH), met("a", Severity.ACTION), met("u", Severity.URGENT), acknowledged=(seen("u"),))
    assert (shown.rule, shown.worst, shown.severity_rank, shown.message) == ("a", "action", 1, "a message")


def test_when_all_is_seen_the_patient_is_acknowledged() -> None:
    shown = line(met(), acknowledged=(seen(),))
    assert shown.state is WorklistState.ACKNOWLEDGED
    assert (shown.rule, shown.worst, shown.message, shown.severity_rank) == ("", "", "", NO_FINDING)


@pytest.mark.parametrize(
    "other", [seen("other"), seen(key="7,8"), seen(version="2"), seen(until=date(2026, 6, 9))], ids=["rule", "results", "version", "date"]
)
def test_an_acknowledgement_ends_with_its_rule_results_version_or_date(other: Acknowledged) -> None:
    assert line(met(), acknowledged=(other,)).state is WorklistState.NEEDS_ACTION


def test_an_acknowledgement_holds_through_its_last_day_and_the_line_no_longer() -> None:
    shown = line(met(), acknowledged=(seen(until=TODAY),), until=date(2026, 8, 1))
    assert (shown.state, shown.valid_until) == (WorklistState.ACKNOWLEDGED, date(2026, 6, 11))
    assert line(met(), acknowledged=(seen(until=date.max),), until=date(2026, 8, 1)).valid_until == date(2026, 8, 1)
    assert line().valid_until is None


def test_the_check_that_presses_most_is_next() -> None:
    overdue, due = check(CheckStatus.OVERDUE, 9, "renal"), check(CheckStatus.DUE, 5)
    shown = line(due, overdue, check(CheckStatus.OVERDUE, 10, "lipid"))
    assert (shown.next_panel, shown.next_due, shown.next_status) == ("renal", "2026-06-09", "overdue")
    assert (line().next_panel, line().next_due, line().next_status) == ("", "", "")


def test_what_cannot_be_evaluated_is_counted() -> None:
    assert line(UNKNOWN, UNKNOWN, met()).cannot_evaluate == 2


def test_the_key_of_a_finding_is_its_results_or_its_sentence() -> None:
    assert evidence_key(met("r", Severity.URGENT, 9, 3, 9)) == "3,9"
    assert evidence_key(Finding("vte-event", Verdict.MET, Severity.URGENT, message="VTE since …")) == "VTE since …"


def test_a_newer_report_that_cannot_be_read_ends_an_acknowledgement() -> None:
    proof = Evidence("anc", Interval(0.8, 0.8), "10*9/L", TODAY, result_ids=(7,), in_doubt=True)
    doubtful = Finding("r", Verdict.MET, Severity.URGENT, evidence=(proof,))
    assert evidence_key(doubtful) == "7?"
    assert line(doubtful, acknowledged=(seen(),)).state is WorklistState.NEEDS_ACTION


CBC = check(CheckStatus.LATER)


@pytest.mark.parametrize(
    ("checks", "facts", "gaps"),
    [
        ((CBC,), Facts(True, True, 1, 7, 7), set()),
        ((CBC,), Facts(True, True), {"never-tested"}),
        ((CBC,), Facts(True, False), set()),
        ((CBC,), Facts(True, True, 1, 8, 7), {"unreviewed"}),
        ((replace(CBC, missing=("alc",)), CBC), Facts(True, True, 1, 7, 7), {"incomplete"}),
        ((check(CheckStatus.DUE, panel="screening"),), Facts(True, True, 1, 7, 7), {"drug-without-schedule"}),
        ((), Facts(False, False, 1, 9, 7), {"unreviewed"}),
        ((), Facts(False), set()),
    ],
)
def test_a_line_names_what_the_record_lacks(checks: tuple[Check, ...], facts: Facts, gaps: set[str]) -> None:
    bits = line(*checks, about=facts).gaps
    assert {name for name, bit in GAPS.items() if bits & bit} == gaps


def test_a_line_tells_the_finding_it_shows_else_what_is_open_else_what_is_acknowledged() -> None:
    urgent = replace(met("u"), headline="ANC 0.8 below 1", basis="label")
    open_one = replace(UNKNOWN, headline="ldl: no result")
    told = [line(urgent, open_one), line(urgent, open_one, acknowledged=(seen("u"),)), line(urgent, acknowledged=(seen("u"),)), line()]
    assert [each.headline for each in told] == ["ANC 0.8 below 1", "ldl: no result", "ANC 0.8 below 1", ""]
    assert [each.basis for each in told] == ["label", "", "label", ""]


def test_names_are_searched_without_accents_and_cut() -> None:
    assert search_text("Moreau, Étienne", "DEMO-05") == "moreau, etienne demo-05"
    assert len(search_text("n" * 900, "1")) == 300
