"""The patient's own report: the own page's plain words in the report's model, and what to ask the clinic about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labtrack import __version__
from labtrack.clinic.display import day_text
from labtrack.clinic.judging import Judge
from labtrack.clinic.own_page import OwnDate, OwnFinding, OwnGap, OwnPage, OwnValue
from labtrack.clinic.plain_words import listed
from labtrack.clinic.report_facts import Facts, paper_of
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
LEGEND = "The gray band is the usual range. Each dot is one test. B marks the value before the treatment. ▼ means less than, ▲ more than."
_COLUMNS = ("Test", "Your result", "Date", "Before treatment", "Compared with the usual range")
_SHARES = (0.25, 0.19, 0.16, 0.14, 0.26)
_WAYS = (("below", Flag.LOW), ("above", Flag.HIGH), ("in the usual", Flag.INSIDE), ("usual range", Flag.OPEN))


def plain_report(page: OwnPage, facts: Facts, judge: Judge, units: str, clinic_name: str) -> Report:
    """The report for the patient; ``page`` and ``facts`` are of one person and day."""
    patient, region = facts.stored.patient, judge.engine.region
    values = [(panel.name, value) for panel in page.panels for value in panel.values]
    standing_out = [proof.analyte for line in facts.page.found if line.finding.verdict is Verdict.MET for proof in line.finding.evidence]
    outside = [value.analyte for _, value in values if _flag(value) in (Flag.LOW, Flag.HIGH)]
    keys = chosen_analytes(facts.judgment, [*standing_out, *outside], facts.as_of.toordinal(), _CHARTS)
    born = "" if patient.birth_date is None else f"born {day_text(patient.birth_date)}"
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
        found=tuple(map(_found, page.findings)),
        tally=_tally(page),
        asks=tuple(_asks(page, facts)),
        columns=_COLUMNS,
        shares=_SHARES,
        rows=tuple(_row(panel, value, before.get(value.analyte, "")) for panel, value in values),
        no_rows="No result is on record yet.",
        trends=trends_of(patient, facts.judgment, facts.courses, keys, facts.as_of, units, plain=True),
        legend=LEGEND,
        gaps=tuple(_gaps(page.gaps)),
        no_gaps="Nothing is missing.",
        dates=tuple(map(_date, page.dates)),
        no_dates="No date is planned, because no treatment is running or planned.",
        sources=(),
        sources_note=(
            "The results are those that your clinic recorded. The explanations follow the information of the medicine's maker, guidelines "
            "and a published article. Your clinic's version of this page lists them, with the day on which each was checked. "
            "A value outside the usual range is common and need not mean an illness."
        ),
        rest="Your clinic has the full list.",
        footer=(
            f"{patient.name}, MRN {patient.mrn}.",
            f"Made with labtrack {__version__}, rules {judge.rule_set}. This page gives no advice. Questions about it are for your clinic.",
        ),
        made_on=(facts.as_of.year, facts.as_of.month, facts.as_of.day),
        program=f"labtrack {__version__}",
    )


def _found(finding: OwnFinding) -> Found:
    seen = " Your clinic has looked at this." if finding.is_seen else ""
    headline = "; ".join(finding.results)
    return Found(Sign.NOTED, "", headline, f"{finding.text}{seen}")


def _tally(page: OwnPage) -> str:
    """Nothing found is never said of nothing checked."""
    if not page.panels and not page.findings:
        return "There is no result on record yet, so nothing can be said about your blood. See what is missing."
    more = " Some could not be answered: see what is missing." if page.gaps else ""
    if page.findings:
        return f"{page.answered} questions about your results and your treatment were looked at.{more}"
    return f"Nothing stands out. {page.answered} questions about your results and your treatment were looked at.{more}"


def _asks(page: OwnPage, facts: Facts) -> Iterator[str]:
    """What to bring up, without saying what should come of it."""
    names = dict.fromkeys(_short(result) for finding in page.findings for result in finding.results)
    if names:
        yield f"your result for {listed(tuple(names))}: what it means for you"
    if any(not finding.results for finding in page.findings):
        yield "what stands out above and is no test result"
    late = [each.what for each, check in zip(page.dates, facts.page.checks, strict=True) if check.status is CheckStatus.OVERDUE]
    if late:
        yield f"the date that has passed for: {listed(tuple(map(_lower, late)))}"
    if page.gaps:
        yield "what is missing, and whether it was done elsewhere"
    yield "anything on this page that is not clear to you"


def _short(result: str) -> str:
    """The test's name of a result line, without what explains it."""
    return _lower(result.partition(":")[0].partition(" (")[0])


def _lower(name: str) -> str:
    """A name inside a sentence; abbreviations stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _flag(value: OwnValue) -> Flag:
    return next((flag for words, flag in _WAYS if value.range.startswith(words)), Flag.NONE)


def _row(panel: str, value: OwnValue, before: str) -> Row:
    flag = _flag(value)
    cells = (value.name.partition(" (")[0], value.value, day_text(value.on), before or "not known", value.range or "usual range not known")
    return Row(panel, cells, flag, rank=0 if flag is not Flag.INSIDE else 1)


def _gaps(gaps: Sequence[OwnGap]) -> Iterator[Item]:
    """Each gap; why it matters is told once for several that share it."""
    told: set[str] = set()
    for gap in gaps:
        yield Item("", gap.text, "" if gap.why in told else gap.why)
        told.add(gap.why)


def _date(each: OwnDate) -> Item:
    return Item(f"{each.what}:", f"{each.when}.", each.why)
