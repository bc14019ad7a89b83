"""Words for people who do not read laboratory reports: every reason and every check has some, none of them jargon or an order."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.plain_words import WHY_PANEL, WHY_SCREENING, listed, missing_text, when_text, why_text
from labtrack.core.judgment import Check, CheckStatus, Reason
from labtrack.rules import REGISTRY

TODAY = date(2026, 11, 22)
#: Words that a person who fears them would stop at.
JARGON = re.compile(
    r"baseline|threshold|analyte|panel|JAK|ULN|finding|verdict|milestone|met\b|stale|neutropenia|transaminase|discontinu|contraindicat",
    re.IGNORECASE,
)
ORDERS = re.compile(r"\b(you (should|must|need)|stop taking|call |see a doctor|do not take)", re.IGNORECASE)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_plain_words(reason: Reason) -> None:
    for names in ((), ("hemoglobin",), ("hemoglobin", "platelets (help blood to clot)")):
        text = missing_text(reason, names)
        assert text.endswith(".")
        assert "{" not in text
        assert not JARGON.search(text), text
        assert not ORDERS.search(text)


def test_every_panel_has_its_why() -> None:
    for key in catalogue().panels:
        assert WHY_PANEL[key] != WHY_PANEL[""]
    for text in (*WHY_PANEL.values(), WHY_SCREENING):
        assert not JARGON.search(text)
        assert not ORDERS.search(text)


def test_the_rules_own_words_give_no_orders() -> None:
    for rule in REGISTRY.rules.values():
        assert not ORDERS.search(rule.sections["For the patient"]), rule.id
        assert "our team" in rule.sections["For the patient"], rule.id


def test_names_are_listed() -> None:
    assert listed(("a",)) == "a"
    assert listed(("a (x, y)", "b")) == "a (x, y) and b"
    assert listed(("a", "b", "c")) == "a; b and c"


@pytest.mark.parametrize(
    ("days", "status", "text"),
    [
        (4, CheckStatus.LATER, "on 26 Nov 2026, in 4 days"),
        (1, CheckStatus.DUE, "on 23 Nov 2026, in 1 day, so about now"),
        (70, CheckStatus.LATER, "on 31 Jan 2027, in 10 weeks"),
        (0, CheckStatus.DUE, "due today, 22 Nov 2026"),
        (-3, CheckStatus.DUE, "due now (since 19 Nov 2026)"),
        (-3, CheckStatus.OVERDUE, "was due on 19 Nov 2026, 3 days ago"),
        (-40, CheckStatus.OVERDUE, "was due on 13 Oct 2026, 5 weeks ago"),
    ],
)
def test_when_is_told_in_words_and_as_a_day(days: int, status: CheckStatus, text: str) -> None:
    assert when_text(Check("cbc", TODAY + timedelta(days), status, "week 4"), TODAY) == text


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("repeat: anc-below-1", "To look again at a value that stood out."),
        ("week 12", "Part of the plan: 12 weeks after the treatment began."),
        ("every 12 weeks", "Part of the plan: every 12 weeks."),
        ("baseline missing", "The first test, to compare later ones with."),
        ("response to treatment", ""),
    ],
)
def test_why_is_told_without_the_schedules_words(reason: str, text: str) -> None:
    assert why_text(reason) == text
    assert not JARGON.search(why_text(reason))
