"""The sample clinic: always the same, readable to the last row, and complete in what it shows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.conftest import TODAY
from tests.demo.conftest import Answer, Imported

from labtrack.clinic import Clinic, Settings
from labtrack.core.judgment import CheckStatus, Reason, Region, WorklistState
from labtrack.core.record import Event
from labtrack.demo import CASES, SampleClinic, mrn_of_case, sample_clinic
from labtrack.demo.case import Case
from labtrack.rules import REGISTRY

Answers = Callable[[Region], Mapping[str, Answer]]

SHA_OF_ALL = """
import hashlib, sys
from datetime import date
from pathlib import Path
from labtrack.demo import sample_clinic
paths = sample_clinic(date.fromisoformat(sys.argv[1])).write(Path(sys.argv[2]))
print(hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest())
"""


def test_the_same_arguments_make_the_same_clinic(sample: SampleClinic) -> None:
    assert sample_clinic(TODAY) == sample


def test_files_do_not_depend_on_the_process(tmp_path: Path) -> None:
    digests = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", SHA_OF_ALL, TODAY.isoformat(), str(tmp_path / seed)]
        run = subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == hashlib.sha256().digest_size * 2


def test_another_seed_makes_other_people(sample: SampleClinic) -> None:
    other = sample_clinic(TODAY, seed=1)
    assert [chart.patient.mrn for chart in other.charts] == [chart.patient.mrn for chart in sample.charts]
    assert other.charts != sample.charts


def test_another_day_moves_the_dates_and_nothing_else(sample: SampleClinic) -> None:
    later = sample_clinic(TODAY + timedelta(days=100))
    for now, then in zip(sample.charts, later.charts, strict=True):
        assert [result.value_text for result in then.results] == [result.value_text for result in now.results]
        assert [result.collected_at.on - timedelta(days=100) for result in then.results] == [
            result.collected_at.on for result in now.results
        ]


def test_more_background_patients_leave_the_others_as_they_are(sample: SampleClinic) -> None:
    assert sample_clinic(TODAY, background_patients=9).charts[: len(sample.charts)] == sample.charts


def test_it_is_about_forty_people_with_names_and_numbers_of_their_own(sample: SampleClinic) -> None:
    assert 38 <= len(sample.charts) <= 45
    patients = [chart.patient for chart in sample.charts]
    assert len({patient.name for patient in patients}) == len({patient.mrn for patient in patients}) == len(patients)
    assert all(patient.mrn.startswith("DEMO-") and patient.email.endswith("@example.org") for patient in patients)


def test_every_row_is_accepted(sample: SampleClinic, imported: Imported) -> None:
    assert imported.outcome.refusals == []
    assert imported.outcome.total("refused") == imported.outcome.total("duplicate") == 0
    assert sum(file.rows for file in imported.outcome.files) == imported.outcome.total("accepted")
    results = sum(file.accepted for file in imported.outcome.files if file.layout == "results")
    assert results == sum(len(chart.results) for chart in sample.charts)


def test_the_only_warnings_are_meant(imported: Imported) -> None:
    assert sorted((notice.column, notice.text) for notice in imported.outcome.notices) == [
        ("frequency", "three times a week"),
        ("value", "0.231"),
        ("value", "1.12 K/uL"),
        ("value", "hemolyzed"),
    ]


def test_importing_it_again_changes_nothing(sample: SampleClinic, imported: Imported, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with imported.opened() as clinic:
        clinic.backup(copy)
    with Clinic.open(copy, today=TODAY, settings=Settings(), create=False) as clinic:
        before = clinic.worklist()
        again = clinic.import_files(sample.write(tmp_path / "files"))
        assert again.total("accepted") == again.total("amended") == again.total("refused") == 0
        assert clinic.worklist() == before


def test_what_is_read_back_is_what_was_made(sample: SampleClinic, clinic: Clinic) -> None:
    assert clinic.patients() == [chart.patient for chart in sample.charts]
    for chart in sample.charts:
        record = clinic.chart(chart.patient.mrn)
        assert record.courses == chart.courses
        assert sorted(record.events, key=event_order) == sorted(chart.events, key=event_order)
        printed = sorted(result.value_text.replace(",", ".") for result in chart.results)
        assert sorted(result.value_text.replace(",", ".") for result in record.results) == printed


def event_order(event: Event) -> tuple[date, str]:
    return event.on, event.kind


def test_every_rule_is_met(answers: Answers) -> None:
    met = {rule for answer in answers(Region.US).values() for rule in answer.met}
    assert met == set(REGISTRY.rules)


def test_every_reason_is_told_first_somewhere(answers: Answers) -> None:
    told = {reason for region in Region for answer in answers(region).values() for reason in answer.first_reasons}
    assert told == set(Reason) - {Reason.RULE_FAILED}


def test_every_status_and_every_state_occur(answers: Answers) -> None:
    found = answers(Region.US).values()
    assert {status for answer in found for status in answer.statuses} == set(CheckStatus)
    assert {answer.state for answer in found} == set(WorklistState) - {WorklistState.NOT_ASSESSED}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_shows_what_it_is_there_for(case: Case, answers: Answers) -> None:
    for shows in case.shows:
        answer = answers(shows.region)[mrn_of_case(case)]
        assert set(shows.met) <= answer.met, shows.why
        assert set(shows.reasons) <= answer.reasons, shows.why
        assert shows.state in (None, answer.state), shows.why


def test_every_rule_and_every_reason_has_a_case_that_names_it() -> None:
    assert {rule for case in CASES for shows in case.shows for rule in shows.met} == set(REGISTRY.rules)
    assert {reason for case in CASES for shows in case.shows for reason in shows.reasons} == set(Reason) - {Reason.RULE_FAILED}


def test_acknowledgements_name_findings_that_are_there(sample: SampleClinic, answers: Answers) -> None:
    assert sample.acknowledgements
    for each in sample.acknowledgements:
        assert each.rule in answers(Region.US)[each.mrn].met
        assert each.reason


@pytest.mark.parametrize("days", [-800, -265, 37, 365])
def test_the_day_does_not_matter_for_what_is_shown(days: int) -> None:
    moved = sample_clinic(TODAY + timedelta(days=days))
    assert all(result.collected_at.on <= moved.today for chart in moved.charts for result in chart.results)
    ages = [(case.age, chart.patient.birth_date) for case, chart in zip(moved.cases, moved.charts, strict=True)]
    for age, birth in ages:
        if age is not None and birth is not None:
            assert (moved.today.year - birth.year) - ((moved.today.month, moved.today.day) < (birth.month, birth.day)) == age


def test_only_a_case_has_a_fixed_number() -> None:
    assert mrn_of_case(CASES[0]) == "DEMO-01"
    with pytest.raises(ValueError, match="not in tuple"):
        mrn_of_case(sample_clinic(TODAY).cases[-1])
