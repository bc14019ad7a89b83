"""Reads the case files of ``tests/rules/cases`` and runs them through the engine. A clinician can read and write them.

One TOML file per rule::

    rule = "anc-below-1"

    [usual]                                     # what a case has unless it says otherwise
    patient = "F born 1960-05-01 70 kg"         # or "sex unknown", "birth date unknown"
    course = "baricitinib 2 mg daily from 2026-01-10 to 2026-05-01"   # or "none"; "courses" takes a list
    as_of = 2026-06-10
    region = "US"

    [[case]]
    name = "one low count"
    kind = "fires"                              # a word of KINDS
    doses = ["4 mg daily from 2026-03-01"]
    holds = ["2026-06-02 to 2026-06-05: anc-below-1"]
    events = ["2026-05-01 to 2026-05-09 herpes-zoster"]
    pins = ["anc 2025-12-01"]                   # a baseline that a clinician chose
    results = ["2026-06-01T08:30 ANC 0.9 10*9/L [2.0..7.5] #tube-1 (final)"]
    expect = "met"                              # or "not met", "not applicable", "cannot evaluate: stale, no-uln"
    note = "repeat to confirm"                  # the sentence that the verdict adds
    recheck = 2026-06-08                        # when the rule asks for the repeat
    severity = "urgent"

A result is what the laboratory printed: time, name, value, unit, [range], #specimen, (status). Range, specimen and status may be
left out, the unit too. ``(superseded)`` marks a result that a later one corrects. Several values in one case, each put where
``{}`` stands::

    results = ["2026-06-01 ANC {} 10*9/L"]
    each = { "0.99" = "met", "1.0" = "not met" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from labtrack.catalogue import catalogue, read_value
from labtrack.clinic.engine import Engine, Judgment
from labtrack.core.judgment import Region, reasons_of
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex
from labtrack.labs.columns import Chart, Cohort, Pin, ResultColumns, cohort_of, pack_results
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN
from labtrack.rules import NOT_APPLICABLE, REGISTRY, Judged, Rule

FOLDER = Path(__file__).parent / "cases"

#: What a case is there to show.
KINDS = {
    "fires": "the plain case that meets the rule",
    "silent": "the plain case that does not",
    "threshold": "equal to the limit, just below, just above",
    "missing": "something that it needs is not there",
    "bound": "a bound that decides, and one that is too wide",
    "stale": "a result too old to rely on",
    "doubt": "the newest report cannot be read, or does not count as reported",
    "unit": "the same value in other units",
    "limit": "the printed reference limit and what stands in for it",
    "baseline": "which reading is the baseline, and when there is none",
    "before-start": "a planned course, or none",
    "drug": "the other drugs",
    "region": "the other region's label",
    "dose": "the dose and its changes",
    "hold": "the drug on hold or stopped",
    "event": "recorded events: begun, ended, of another kind",
    "clash": "results of one time that differ",
    "derived": "calculated values",
    "confirmed": "what the reading before it adds",
    "timing": "what lies near enough in time",
}
_STRINGS = ("results", "doses", "holds", "events", "pins", "courses")
_KEYS = {"name", "kind", "patient", "course", "as_of", "region", "expect", "each", "note", "recheck", "severity", *_STRINGS}
_RESULT = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?) (?P<name>\S+) (?P<value>\S+)(?: (?P<unit>[^\s\[#(]\S*))?"
    r"(?: \[(?P<low>[^\]]*?)\.\.(?P<high>[^\]]*)\])?(?: #(?P<specimen>\S+))?(?: \((?P<status>[a-z-]+)\))?"
)
_COURSE = re.compile(r"(?P<drug>\w+) (?P<dose>[\d.]+) mg (?P<frequency>.+) from (?P<start>\S+?)(?: to (?P<stop>\S+))?")
_DOSE = re.compile(r"(?P<dose>[\d.]+) mg (?P<frequency>.+) from (?P<on>\S+)")
_SPAN = re.compile(r"(?P<start>\d{4}-\d\d-\d\d)(?: to (?P<end>\d{4}-\d\d-\d\d))?:? (?P<what>.+)")
_VERDICTS = {MET: "met", NOT_MET: "not met", UNKNOWN: "cannot evaluate", NOT_APPLICABLE: "not applicable"}


@dataclass(frozen=True)
class Case:
    """One patient on one date, and what the rule answers."""

    rule: str
    name: str
    kind: str
    region: Region
    as_of: date
    chart: Chart
    results: tuple[Result, ...]
    expect: str
    note: str | None
    recheck: date | None
    severity: str | None

    @property
    def id(self) -> str:
        return f"{self.rule}: {self.name}"


@dataclass(frozen=True)
class Answer:
    """What the engine said."""

    expect: str
    note: str
    recheck: date | None
    severity: str


def case_files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def cases_of(path: Path) -> Iterator[Case]:
    """The cases of one file, those with several values once for each."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(table) <= {"rule", "usual", "case"}, f"{path.name}: unknown table"
    for fields in table["case"]:
        entry = {**table.get("usual", {}), **fields}
        assert set(entry) <= _KEYS, f"{path.name}, {entry['name']}: unknown {set(entry) - _KEYS}"
        assert ("expect" in entry) != ("each" in entry), f"{path.name}, {entry['name']}: needs expect or each"
        if "each" not in entry:
            yield case_of(table["rule"], entry, "")
        for value, expected in entry.get("each", {}).items():
            yield case_of(table["rule"], {**entry, "name": f"{entry['name']}: {value}", "expect": expected}, value)


def case_of(rule: str, entry: Mapping[str, object], value: str = "") -> Case:
    """One case from the fields of a case file, with ``value`` put where ``{}`` stands."""

    def filled(text: object) -> str:
        return str(text).replace("{}", value)

    def texts(key: str) -> list[str]:
        given = entry.get(key, [])
        assert isinstance(given, list), f"{entry['name']}: {key} is not a list"
        return [filled(each) for each in given]

    courses = texts("courses") or [text for text in [filled(entry["course"])] if text != "none"]
    chart = Chart(
        _patient(filled(entry["patient"])),
        tuple(_courses(courses, texts("doses"), texts("holds"))),
        tuple(map(_event, texts("events"))),
        tuple(_pin(text, courses[-1]) for text in texts("pins")),
    )
    recheck = entry.get("recheck")
    return Case(
        rule=rule,
        name=str(entry["name"]),
        kind=str(entry["kind"]),
        region=Region(filled(entry.get("region", "US"))),
        as_of=date.fromisoformat(filled(entry["as_of"])),
        chart=chart,
        results=tuple(_result(text, place) for place, text in enumerate(texts("results"), 1)),
        expect=str(entry["expect"]),
        note=None if "note" not in entry else str(entry["note"]),
        recheck=None if recheck is None else date.fromisoformat(str(recheck)),
        severity=None if "severity" not in entry else str(entry["severity"]),
    )


def _matched(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    match = pattern.fullmatch(text)
    assert match, f"cannot read {text!r}"
    return {name: group or "" for name, group in match.groupdict().items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _patient(text: str) -> Patient:
    match = re.fullmatch(r"(F|M|sex unknown) (?:born (\S+)|birth date unknown)(?: ([\d.]+) kg)?", text)
    assert match, f"cannot read patient {text!r}"
    sex = Sex.UNKNOWN if match[1] == "sex unknown" else Sex(match[1])
    return Patient("1", "Case", _day(match[2] or ""), sex, float(match[3]) if match[3] else None)


def _courses(texts: Sequence[str], doses: Sequence[str], holds: Sequence[str]) -> Iterator[Course]:
    """Dose steps and holds belong to the last course."""
    for place, text in enumerate(texts, 1):
        found = _matched(_COURSE, text)
        assert catalogue().drug(found["drug"]), f"no drug {found['drug']}"
        is_last = place == len(texts)
        yield Course(
            found["drug"],
            float(found["dose"]),
            found["frequency"],
            date.fromisoformat(found["start"]),
            _day(found["stop"]),
            doses=tuple(map(_dose, doses)) if is_last else (),
            holds=tuple(map(_hold, holds)) if is_last else (),
        )


def _dose(text: str) -> DoseStep:
    found = _matched(_DOSE, text)
    return DoseStep(date.fromisoformat(found["on"]), float(found["dose"]), found["frequency"])


def _hold(text: str) -> Hold:
    found = _matched(_SPAN, text)
    reason = found["what"]
    assert reason in REGISTRY.rules or reason in catalogue().event_kinds or reason.startswith("other: "), f"no hold reason {reason}"
    return Hold(date.fromisoformat(found["start"]), reason, _day(found["end"]))


def _event(text: str) -> Event:
    found = _matched(_SPAN, text)
    assert found["what"] in catalogue().event_kinds, f"no event kind {found['what']}"
    return Event(found["what"], date.fromisoformat(found["start"]), _day(found["end"]))


def _pin(text: str, course: str) -> Pin:
    analyte, at = text.split()
    found = _matched(_COURSE, course)
    return Pin(found["drug"], date.fromisoformat(found["start"]), analyte, datetime.fromisoformat(at))


def _result(text: str, place: int) -> Result:
    found = _matched(_RESULT, text)
    identity = catalogue().identify(found["name"], found["unit"])
    assert identity, f"no analyte {found['name']}"
    reading = read_value(identity, found["value"], found["unit"], found["low"], found["high"])
    assert reading.refusal is None, reading.refusal
    at = datetime.fromisoformat(found["at"])
    superseded = found["status"] == "superseded"
    return Result(
        identity.analyte.key,
        found["value"],
        found["unit"],
        CollectedAt(at.date(), at.time() if "T" in found["at"] else None),
        ResultStatus(found["status"]) if found["status"] and not superseded else ResultStatus.FINAL,
        reading.value,
        reading.unusable,
        found["low"],
        found["high"],
        reading.lower_limit,
        reading.upper_limit,
        specimen_id=found["specimen"],
        result_id=place,
        superseded=superseded,
    )


def answers(cases: Sequence[Case], rules: Mapping[str, Rule], region: Region) -> list[dict[str, Answer]]:
    """What each rule says of each case, all cases judged in one go."""
    judgment = judged_cases(cases, rules, region)
    numbers = {drug.number: key for key, drug in catalogue().drugs.items()}
    drugs = [numbers[number] for number in judgment.labs.treatment.drug.tolist()]
    return [{judged.rule.id: _answer(judged, row, drugs[row]) for judged in judgment.rules} for row in range(len(cases))]


def judged_cases(cases: Sequence[Case], rules: Mapping[str, Rule], region: Region) -> Judgment:
    """The engine's columns, row n for case n."""
    as_of = np.array([case.as_of.toordinal() for case in cases])
    return Engine(catalogue(), rules, region).judge(cohort_of_cases(cases), np.arange(len(cases)), as_of)


def cohort_of_cases(cases: Sequence[Case]) -> Cohort:
    segments = [pack_results(case.results, catalogue()).tobytes() for case in cases]
    return cohort_of([case.chart for case in cases], ResultColumns.from_segments(segments), catalogue())


def _answer(judged: Judged, row: int, drug: str) -> Answer:
    rule, answer = judged.rule, int(judged.answer[row])
    expect = _VERDICTS[answer]
    if answer == UNKNOWN:
        expect += f": {', '.join(sorted(reasons_of(int(judged.verdicts.reasons[row]))))}"
    note, collected = "", int(judged.collected()[row])
    if answer == MET and judged.verdicts.note is not None:
        note = rule.notes[int(judged.verdicts.note[row])]
    recheck = date.fromordinal(collected + rule.recheck_days) if collected and rule.recheck_days is not None else None
    return Answer(expect, note, recheck, rule.severity_for(drug))


def in_order(expect: str) -> str:
    """An expected verdict with its reasons in order of the alphabet, as :func:`answers` gives them."""
    verdict, colon, reasons = expect.partition(": ")
    return f"{verdict}{colon}{', '.join(sorted(reasons.split(', ')))}"


def verdicts_of(rule: str, entries: Sequence[Mapping[str, object]], region: Region = Region.US) -> list[str]:
    """What a shipped rule says of many charts, given as fields of a case file; ``USUAL`` stands in for what they leave out."""
    cases = [case_of(rule, {**USUAL, **entry}) for entry in entries]
    return [answer[rule].expect for answer in answers(cases, {rule: REGISTRY.rules[rule]}, region)]


#: A woman of 66 on baricitinib since January, judged in June.
USUAL: Mapping[str, object] = {
    "name": "",
    "kind": "fires",
    "patient": "F born 1960-05-01 70 kg",
    "course": "baricitinib 2 mg daily from 2026-01-10",
    "as_of": "2026-06-10",
    "expect": "",
}
