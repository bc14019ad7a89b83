"""Infections: every day of an episode beside every day of a hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.rules.casefile import verdicts_of

BEGAN, ENDED, HELD, RESUMED = date(2026, 3, 5), date(2026, 3, 20), date(2026, 3, 8), date(2026, 3, 15)


@pytest.mark.parametrize(
    ("rule", "kind"),
    [("serious-infection", "serious-infection"), ("serious-infection", "opportunistic-infection"), ("herpes-zoster", "herpes-zoster")],
)
def test_open_and_not_on_hold_day_by_day(rule: str, kind: str) -> None:
    days = [date(2026, 3, 1) + timedelta(day) for day in range(25)]
    entry = {"events": [f"{BEGAN} to {ENDED} {kind}"], "holds": [f"{HELD} to {RESUMED}: {kind}"]}
    expected = ["met" if BEGAN <= day < ENDED and not HELD <= day < RESUMED else "not met" for day in days]
    assert verdicts_of(rule, [{**entry, "as_of": day} for day in days]) == expected
    assert expected.count("met") == 8
