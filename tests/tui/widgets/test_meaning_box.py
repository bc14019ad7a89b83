"""What the box says, line by line."""

from __future__ import annotations

from datetime import date

from labtrack.clinic.meaning import EntryMeaning, Meaning
from labtrack.core.judgment import Assessment, Check, CheckStatus, Finding, Severity, Verdict
from labtrack.core.record import Patient
from labtrack.tui.widgets.meaning_box import told_lines

TODAY = date(2026, 11, 22)


def finding(rule: str, severity: Severity = Severity.WATCH, verdict: Verdict = Verdict.MET, headline: str = "") -> Finding:
    return Finding(rule, verdict, severity, headline=headline, message=f"{rule} in full")


def said(**parts: object) -> list[str]:
    meaning = Meaning(Patient("1", "A"), (EntryMeaning("hb"),), Assessment(TODAY, (), ()), **parts)  # type: ignore[arg-type]
    return [line.plain for line in told_lines(meaning)]


def test_the_gravest_of_a_family_stands_for_it() -> None:
    newly = (finding("neutropenia"), finding("anc-below-1", Severity.URGENT, headline="ANC 0.61 below 1"))
    lines = said(newly=newly, families={"neutropenia": "anc", "anc-below-1": "anc"})
    assert lines == ["‼ new ANC 0.61 below 1  (anc-below-1, and 1 milder)"]


def test_still_ended_unknown_questions_and_checks() -> None:
    lines = said(
        still=(finding("anemia"),),
        ended=(finding("hb-below-8", Severity.URGENT),),
        unknown=(finding("ldl-rise-30", verdict=Verdict.CANNOT_EVALUATE, headline="no [bold]baseline[/]"),),
        questions=("is this the right patient?",),
        checks=(Check("cbc", date(2026, 11, 29), CheckStatus.LATER, "repeat: anemia"),),
    )
    assert lines == [
        "? is this the right patient?",
        "△ still anemia  (anemia)",
        "✓ ends: hb-below-8  hb-below-8",
        "? no [bold]baseline[/]",
        "next cbc 29 Nov 2026, repeat: anemia",
    ]


def test_nothing_met_is_said() -> None:
    assert said() == ["✓ no rule is met"]


def test_refused_values_come_first() -> None:
    meaning = Meaning(Patient("1", "A"), (EntryMeaning("hb", problem="no"), EntryMeaning("anc", problem="no")), Assessment(TODAY, (), ()))
    assert next(iter(told_lines(meaning))).plain.startswith("✗ 2 values cannot be recorded")


def test_without_treatment_nothing_met_is_no_good_news() -> None:
    assert said(silent="treatment is stopped") == ["– treatment is stopped: rules on treatment say nothing of these values"]
    lines = said(silent="treatment is stopped", ended=(finding("anc-below-1", headline="ANC 0.71 below 1"),))
    assert lines == ["– no longer listed, as treatment is stopped: ANC 0.71 below 1  anc-below-1"]
