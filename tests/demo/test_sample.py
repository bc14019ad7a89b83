"""The sample clinic: always the same, readable to the last row, and complete in what it shows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import TODAY
from tests.demo.conftest import Answer, Files

from labtrack.core.judgment import CheckStatus, Reason, Region, WorklistState
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


def state_of(answer: Answer, case: Case) -> WorklistState:
    """The worklist's state by its definition: the first that holds."""
    if answer.urgent_or_action - case.acknowledged.keys():
        return WorklistState.NEEDS_ACTION
    statuses = set(answer.checks.values())
    if CheckStatus.OVERDUE in statuses:
        return WorklistState.OVERDUE
    if CheckStatus.DUE in statuses:
        return WorklistState.DUE
    if answer.unknown:
        return WorklistState.CANNOT_EVALUATE
    if not answer.checks:
        return WorklistState.NO_SCHEDULE
    return WorklistState.ACKNOWLEDGED if case.acknowledged else WorklistState.CLEAR


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


def test_every_row_is_accepted(files: Files) -> None:
    assert files.refusals == []


def test_the_only_warnings_are_meant(files: Files) -> None:
    assert sorted((notice.column, notice.text) for notice in files.notices) == [
        ("frequency", "three times a week"),
        ("value", "0.231"),
        ("value", "hemolyzed"),
    ]


def test_what_is_read_back_is_what_was_made(sample: SampleClinic, files: Files) -> None:
    assert list(files.patients) == [chart.patient.mrn for chart in sample.charts]
    for chart in sample.charts:
        mrn = chart.patient.mrn
        assert files.patients[mrn] == chart.patient
        assert tuple(files.courses[mrn]) == chart.courses
        assert tuple(files.events[mrn]) == chart.events
        assert [result.value_text for result in files.results[mrn]] == [result.value_text.replace(",", ".") for result in chart.results]


def test_every_rule_is_met(answers: Answers) -> None:
    met = {rule for answer in answers(Region.US).values() for rule in answer.met}
    assert met == set(REGISTRY.rules)


def test_every_reason_is_told_first_somewhere(answers: Answers) -> None:
    told = {reason for region in Region for answer in answers(region).values() for reason in answer.first_reasons}
    assert told == set(Reason) - {Reason.RULE_FAILED}


def test_every_status_and_every_state_occur(sample: SampleClinic, answers: Answers) -> None:
    found = answers(Region.US)
    assert {status for answer in found.values() for status in answer.checks.values()} == set(CheckStatus)
    states = Counter(state_of(found[chart.patient.mrn], case) for case, chart in zip(sample.cases, sample.charts, strict=True))
    assert set(states) == set(WorklistState) - {WorklistState.NOT_ASSESSED}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_shows_what_it_is_there_for(case: Case, answers: Answers) -> None:
    for shows in case.shows:
        answer = answers(shows.region)[mrn_of_case(case)]
        assert set(shows.met) <= answer.met, shows.why
        assert set(shows.reasons) <= answer.reasons, shows.why
        assert shows.state in (None, state_of(answer, case)), shows.why


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
