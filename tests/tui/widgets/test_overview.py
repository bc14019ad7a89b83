"""The overview: findings with whose rule it is, what is folded under them, next checks, the last results of what matters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import NARROW, screen_text, settled
from tests.tui.patients import ada_file, asked, patient_open, press, running

from labtrack.core.judgment import Check, CheckStatus
from labtrack.core.record import Patient
from labtrack.tui.widgets.overview import Findings, OverviewTab, checks_text, rows_that_matter


async def test_findings_as_drawn(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path)) as (app, pilot):
        text = screen_text(app)
        assert "‼ ANC 0.82 below 1" in text
        assert "19 Nov 2026  label US" in text
        assert "Also met: neutropenia" in text
        assert "Label says: interrupt while the ANC is below 1.0" in text
        await press(pilot, "down")
        assert "The article asks for a statin" in screen_text(app)
        await press(pilot, "end")
        assert "The same:" in screen_text(app)
        assert " rules: no usable result" in screen_text(app)


async def test_an_acknowledged_finding_stays_and_says_so(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    with asked(place) as clinic:
        clinic.acknowledge(ADA.mrn, "ldl-rise-30", "statin", date(2026, 12, 1))
    async with patient_open(place) as (app, pilot):
        text = screen_text(app)
        assert "a LDL 152, +40.7 % from 108" in text
        assert "until 1 Dec 2026  article" in text
        rules = [each.finding.rule for each in app.screen.query_one(Findings).found]
        app.screen.query_one(Findings).highlighted = rules.index("ldl-rise-30")
        await settled(pilot)
        assert "Acknowledged until 1 Dec 2026." in screen_text(app)
        assert "a Acknowledge" not in screen_text(app).splitlines()[-1]


async def test_without_findings_checks_or_results_it_says_what_that_means(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.desk.change(lambda clinic: clinic.add_patient(Patient("2", "Nobody, New")))
        await app.go("patient", "2")
        await settled(pilot)
        text = screen_text(app)
        assert "None: there is no schedule without a course." in text
        assert "No results recorded." in text
        assert "no treatment recorded" in text
        assert "rules: no usable result" in text  # never "0 findings"


async def test_space_scrolls_to_what_does_not_fit(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), size=NARROW) as (app, pilot):
        tab = app.screen.query_one(OverviewTab)
        seen = {line for line in screen_text(app).splitlines() if "LDL" in line and "change" not in line}
        await press(pilot, "space")
        assert tab.scroll_y > 0
        assert {line for line in screen_text(app).splitlines() if "LDL" in line} != seen
        while tab.scroll_y < tab.max_scroll_y:
            await press(pilot, "space")
        await press(pilot, "space")
        assert tab.scroll_y == 0


def test_checks_in_words() -> None:
    checks = (
        Check("cbc", date(2026, 11, 26), CheckStatus.OVERDUE, "repeat: anc-below-1", ("anc",)),
        Check("response-review", date(2027, 1, 2), CheckStatus.LATER, "response to treatment"),
    )
    text = checks_text(checks).plain
    assert "! CBC       26 Nov 2026  overdue: no anc: repeat: anc-below-1" in text
    assert "response  2 Jan 2027   response to treatment" in text


async def test_only_what_matters_is_among_the_last_results(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    with asked(place) as clinic:
        rows = [each.analyte for each in rows_that_matter(clinic.grid(ADA.mrn))]
    assert rows == ["hb", "anc", "alc", "alt", "ast", "egfr", "ldl"]
