"""The sample clinic read back from its own files and judged under each region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import TODAY

from labtrack.catalogue import catalogue
from labtrack.clinic.engine import Engine, Judgment
from labtrack.core.judgment import CheckStatus, Reason, Region, reasons_of
from labtrack.core.quantity import Interval
from labtrack.core.record import Course, Event, Patient, Result, ResultStatus, Unusable
from labtrack.demo import SampleClinic, sample_clinic
from labtrack.exchange import rows
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.results import ResultBatch, ResultReader
from labtrack.exchange.sheet import chunks, open_sheet
from labtrack.labs.columns import Chart, ResultColumns, cohort_of, pack_results
from labtrack.labs.verdicts import MET, UNKNOWN
from labtrack.rules import REGISTRY
from labtrack.schedule import statuses

READERS = {"patients": rows.patient, "courses": rows.course, "doses": rows.dose, "holds": rows.hold, "events": rows.event}
STATUSES = (CheckStatus.LATER, CheckStatus.DUE, CheckStatus.OVERDUE)


@dataclass
class Files:
    """What the import readers make of the sample's files."""

    patients: dict[str, Patient] = field(default_factory=dict)
    courses: dict[str, list[Course]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What the engine says of one patient. ``reasons`` are all that are told, ``first_reasons`` those told first."""

    met: frozenset[str]
    urgent_or_action: frozenset[str]
    unknown: frozenset[str]
    reasons: frozenset[Reason]
    first_reasons: frozenset[Reason]
    checks: Mapping[str, CheckStatus]


@pytest.fixture(scope="session")
def sample() -> SampleClinic:
    """The sample clinic on the tests' date."""
    return sample_clinic(TODAY)


@pytest.fixture(scope="session")
def files(sample: SampleClinic, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The sample's files, read as an import reads them."""
    found = Files()
    terms = rows.Terms(catalogue(), TODAY, frozenset(REGISTRY.rules))
    for path in sample.write(tmp_path_factory.mktemp("sample")):
        if path.name.startswith("results"):
            _read_results(path, terms, found)
        else:
            _read_rows(path, terms, found)
    return found


@pytest.fixture(scope="session")
def answers(files: Files) -> Callable[[Region], Mapping[str, Answer]]:
    """By MRN what the engine says under a region."""
    return cache(lambda region: _judge(files, region))


def _read_rows(path: Path, terms: rows.Terms, found: Files) -> None:
    sheet = open_sheet(path)
    for chunk in chunks(sheet):
        parsed = rows.parse_rows(sheet, chunk, terms, READERS[path.stem])
        found.refusals += parsed.refusals
        found.notices += parsed.notices
        for row in parsed.rows:
            match row.value:
                case Patient():
                    found.patients[row.mrn] = row.value
                case Course():
                    found.courses[row.mrn].append(row.value)
                case Event():
                    found.events[row.mrn].append(row.value)
                case rows.DoseOf(drug, step):
                    _amend(found.courses[row.mrn], drug, lambda course, step=step: replace(course, doses=(*course.doses, step)))
                case rows.HoldOf(drug, hold):
                    _amend(found.courses[row.mrn], drug, lambda course, hold=hold: replace(course, holds=(*course.holds, hold)))


def _amend(courses: list[Course], drug: str, change: Callable[[Course], Course]) -> None:
    courses[:] = [change(course) if course.drug == drug else course for course in courses]


def _read_results(path: Path, terms: rows.Terms, found: Files) -> None:
    sheet = open_sheet(path)
    reader = ResultReader(sheet, terms)
    for chunk in chunks(sheet):
        batch = reader.batch(chunk)
        found.refusals += batch.refusals
        found.notices += [notice for _, notice in batch.warnings]
        for place in range(len(batch)):
            _enter(found.results[batch.mrn[place]], _result(batch, place))


def _result(batch: ResultBatch, place: int) -> Result:
    unusable = (Unusable.NOT, Unusable.TEXT, Unusable.UNIT)[batch.unusable[place]]
    value = Interval(batch.low[place], batch.high[place], bool(batch.low_open[place]), bool(batch.high_open[place]))
    has_lower = batch.lower_unreadable[place] or not np.isnan(batch.lower_limit[place])
    has_upper = batch.upper_unreadable[place] or not np.isnan(batch.upper_limit[place])
    return Result(
        batch.analyte[place],
        batch.value_text[place],
        batch.unit[place],
        batch.collected_at[place],
        batch.status[place],
        None if unusable else value,
        unusable,
        lower_limit=float(batch.lower_limit[place]) if has_lower else None,
        upper_limit=float(batch.upper_limit[place]) if has_upper else None,
        specimen_id=batch.specimen_id[place],
    )


def _enter(entered: list[Result], new: Result) -> None:
    """Put a result behind those entered before; one of another status for the same specimen takes their place."""
    if new.status is not ResultStatus.PRELIMINARY:
        entered[:] = [old if _of(old) != _of(new) or old.status == new.status else replace(old, superseded=True) for old in entered]
    entered.append(replace(new, result_id=len(entered) + 1))


def _of(result: Result) -> tuple[object, ...]:
    return result.analyte, result.collected_at, result.specimen_id


def _judge(files: Files, region: Region) -> Mapping[str, Answer]:
    charts = [Chart(patient, tuple(files.courses[mrn]), tuple(files.events[mrn])) for mrn, patient in files.patients.items()]
    packed = [pack_results(files.results[mrn], catalogue()) for mrn in files.patients]
    owners = np.repeat(np.arange(len(packed)), [len(each) for each in packed])
    cohort = cohort_of(charts, ResultColumns.from_rows(owners, np.concatenate(packed)), catalogue())
    judgment = Engine(catalogue(), REGISTRY.rules, region).judge_today(cohort, TODAY.toordinal())
    return {mrn: _answer(judgment, row) for row, mrn in enumerate(files.patients)}


def _answer(judgment: Judgment, row: int) -> Answer:
    labs = judgment.labs
    drug = labs.catalogue.drug_numbered(int(labs.treatment.drug[row]))
    met = [each.rule for each in judgment.rules if each.answer[row] == MET]
    unknown = [each for each in judgment.rules if each.answer[row] == UNKNOWN]
    told = [reasons_of(int(each.verdicts.reasons[row])) for each in unknown]
    return Answer(
        frozenset(rule.id for rule in met),
        frozenset(rule.id for rule in met if rule.severity_for(drug.key if drug else "") != "watch"),
        frozenset(each.rule.id for each in unknown),
        frozenset(reason for reasons in told for reason in reasons),
        frozenset(reasons[0] for reasons in told),
        {each.panel: STATUSES[statuses(each, labs.treatment.as_of)[row]] for each in judgment.checks if each.due[row] > 0},
    )
