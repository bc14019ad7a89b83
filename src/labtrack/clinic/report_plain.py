"""The patient's own report: the own page's plain words in the report's model, and what to ask the clinic about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from labtrack import __version__
from labtrack.clinic.display import day_text
from labtrack.clinic.judging import Judge
from labtrack.clinic.own_page import OwnDate, OwnFinding, OwnGap, OwnPage, OwnValue
from labtrack.clinic.report_facts import Facts, doubt_of, newest_cells, paper_of, shortened, stale_analytes
from labtrack.clinic.report_trends import chosen_analytes, trends_of
from labtrack.core.judgment import CheckStatus, Verdict
from labtrack.exchange.report.model import Flag, Found, Headings, Item, Person, Report, Row, Sign

#: Tests that get a chart: few and large.
_CHARTS = 2
HEADINGS = Headings(
    "What stands out",
    "Ask your clinic about",
    "What was checked",
    "Your values over time",
    "What is missing",
    "What is next",
    "Where this comes from",
    "The numbers behind the charts",
)
LEGEND = "Gray: the usual range. Each dot: one test. B: before the treatment. ▼ less than, ▲ more than."
_COLUMNS = ("Test", "Your result", "Date", "Before treatment", "Usual range", "Result is")
_SHARES = (0.205, 0.185, 0.155, 0.175, 0.15, 0.13)
_WAYS = (("below", Flag.LOW), ("above", Flag.HIGH), ("in the usual", Flag.INSIDE), ("usual range", Flag.OPEN))
_WORDS = {Flag.LOW: "below it", Flag.HIGH: "above it", Flag.INSIDE: "in it", Flag.OPEN: "not certain", Flag.NONE: ""}
#: The explanation after the name of a test.
_EXPLAINED = re.compile(r" \([^:]*\):")
_RANGE = re.compile(r"(?:≤ (?P<most>\S+)|≥ (?P<least>\S+)|(?P<from>[^ (–]+)–(?P<to>[^ )]+))\)?$")


def plain_report(page: OwnPage, facts: Facts, judge: Judge, units: str, clinic_name: str) -> Report:
    """The report for the patient; ``page`` and ``facts`` are of one person and day."""
    patient, region = facts.stored.patient, judge.engine.region
    values = [(panel.name, value) for panel in page.panels for value in panel.values]
    standing_out = [proof.analyte for line in facts.page.found if line.finding.verdict is Verdict.MET for proof in line.finding.evidence]
    outside = [value.analyte for _, value in values if _flag(value) in (Flag.LOW, Flag.HIGH)]
    keys = chosen_analytes(facts.judgment, [*standing_out, *outside], facts.as_of.toordinal(), _CHARTS)
    born = "" if patient.birth_date is None else f"born {day_text(patient.birth_date)}"
    old = stale_analytes(facts.page)
    doubtful = {row.analyte for row in facts.grid.rows if doubt_of(row, newest_cells(facts.grid, row, facts.as_of)[1], old)}
    before = {row.analyte: row.baseline.cell.text for row in facts.grid.rows if row.baseline}
    return Report(
        plain=True,
        paper=paper_of(region),
        title="Your blood tests",
        clinic=clinic_name,
        as_of=day_text(page.as_of),
        person=Person(patient.name, patient.mrn, born or "date of birth not recorded"),
        treatment=page.medicine,
        facts=(),
        headings=HEADINGS,
        found=tuple(_found(page.findings)),
        tally=_tally(page),
        asks=tuple(_asks(page, facts)),
        columns=_COLUMNS,
        shares=_SHARES,
        rows=tuple(_row(panel, value, before.get(value.analyte, ""), value.analyte in doubtful) for panel, value in values),
        no_rows="No result is on record yet.",
        in_range="Also checked, and in the usual range:",
        no_range="Also checked, usual range not known:",
        trends=trends_of(patient, facts.judgment, facts.courses, keys, facts.as_of, units, plain=True),
        legend=LEGEND,
        gaps=tuple(_gaps(page.gaps)),
        no_gaps="Nothing is missing.",
        dates=tuple(_dates(page.dates)),
        no_dates="No date is planned, because no treatment is running or planned.",
        sources=(),
        sources_note=(
            "The explanations follow the product information of the medicine, guidelines and an article; your clinic's version of this "
            "page lists them. A value outside the usual range is common and need not mean an illness."
        ),
        rest="Your clinic can show you the rest.",
        footer=(
            f"{shortened(patient.name)}, MRN {patient.mrn}.",
            f"labtrack {__version__}, rules {judge.rule_set}. This page gives no advice.",
        ),
        made_on=(facts.as_of.year, facts.as_of.month, facts.as_of.day),
        program=f"labtrack {__version__}",
    )


def _found(findings: Sequence[OwnFinding]) -> Iterator[Found]:
    """What stands out; a result that a point above told already is not told again beside a new one."""
    told: set[str] = set()
    for finding in findings:
        seen = " Your clinic has looked at this." if finding.is_seen else ""
        new = [each for each in finding.results if each not in told] or finding.results
        told.update(finding.results)
        yield Found(Sign.NOTED, "", "; ".join(_EXPLAINED.sub(":", each, count=1) for each in new), f"{finding.text}{seen}")


def _tally(page: OwnPage) -> str:
    """Nothing found is never said of nothing checked."""
    if not page.panels and not page.findings:
        return "There is no result on record yet, so nothing can be said about your blood. See what is missing."
    more = " Some could not be answered: see what is missing." if page.gaps else ""
    nothing = "" if page.findings else "Nothing stands out. "
    return f"{nothing}{page.answered} questions were looked at.{more}"


def _asks(page: OwnPage, facts: Facts) -> Iterator[str]:
    """What to bring up, without saying what should come of it."""
    names = dict.fromkeys(_short(result) for finding in page.findings for result in finding.results)
    if names:
        yield f"your result for {_and(names)}: what it means for you"
    if any(not finding.results for finding in page.findings):
        yield "the points above that are not about a test result"
    late = [each.what for each, check in zip(page.dates, facts.page.checks, strict=True) if check.status is CheckStatus.OVERDUE]
    if late:
        yield f"dates that have passed: {_and([_lower(each) for each in late])}"
    if page.gaps:
        yield "what is missing, and whether it was done elsewhere"
    if not (page.findings or late or page.gaps):
        yield "anything on this page that is not clear to you"


def _and(names: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _short(result: str) -> str:
    """The test's name of a result line, without what explains it."""
    return _lower(result.partition(":")[0].partition(" (")[0])


def _lower(name: str) -> str:
    """A name inside a sentence; abbreviations stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _flag(value: OwnValue) -> Flag:
    return next((flag for words, flag in _WAYS if value.range.startswith(words)), Flag.NONE)


def _row(panel: str, value: OwnValue, before: str, in_doubt: bool) -> Row:
    """A line of the table; a value in doubt is never said to be in its range."""
    flag = Flag.OPEN if in_doubt and _flag(value) is Flag.INSIDE else _flag(value)
    name = value.name.partition(" (")[0]
    cells = (name, value.value, day_text(value.on), before or "–", _usual(value.range), _WORDS[flag])
    return Row(panel, cells, flag, rank=1 if flag in (Flag.INSIDE, Flag.NONE) else 0, brief=f"{_lower(name)} {value.value}")


def _usual(text: str) -> str:
    """The range at the end of what a value is compared with, in words."""
    found = _RANGE.search(text)
    if found is None:
        return "not known"
    if found["most"]:
        return f"up to {found['most'].removesuffix(')')}"
    return f"{found['least'].removesuffix(')')} or more" if found["least"] else f"{found['from']} to {found['to']}"


def _gaps(gaps: Sequence[OwnGap]) -> Iterator[Item]:
    """Each gap; why it matters is told once for several that share it."""
    told: set[str] = set()
    for gap in gaps:
        yield Item("", gap.text, "" if gap.why in told else gap.why)
        told.add(gap.why)


def _dates(dates: Sequence[OwnDate]) -> Iterator[Item]:
    """What is next; what falls on one day in one line."""
    by_day: dict[str, list[OwnDate]] = defaultdict(list)
    for each in dates:
        by_day[each.when].append(each)
    for when, together in by_day.items():
        first, *others = [each.what for each in together]
        why = dict.fromkeys(each.why for each in together if each.why)
        yield Item(f"{_and([first, *map(_lower, others)])}:", f"{when}.", " ".join(why))
