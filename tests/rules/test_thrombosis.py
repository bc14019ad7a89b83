"""Thromboembolism: on treatment, and the risk of it, day by day and kind by kind."""

from __future__ import annotations

from datetime import date, timedelta

from tests.rules.casefile import verdicts_of

from labtrack.catalogue import catalogue

RISKS = {"prior-vte", "immobilization", "surgery", "obesity", "thrombophilia", "hormone-therapy"}


def test_a_clot_of_any_day_of_the_course() -> None:
    days = [date(2026, 1, 5) + timedelta(day) for day in range(160)]
    expected = ["met" if date(2026, 1, 10) <= day <= date(2026, 6, 10) else "not met" for day in days]
    assert verdicts_of("vte-event", [{"events": [f"{day} vte"]} for day in days]) == expected


def test_the_risks_are_the_listed_kinds_and_no_other() -> None:
    kinds = [kind for kind in catalogue().event_kinds if not kind.startswith(("declined-", "screen-", "vaccine-"))]
    found = verdicts_of("vte-risk", [{"events": [f"2026-06-01 {kind}"]} for kind in kinds])
    assert {kind for kind, said in zip(kinds, found, strict=True) if said == "met"} == RISKS
