"""A finding in a few words, for a line of a list, and whose threshold it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from labtrack.catalogue import Drug
from labtrack.clinic.wording import compared_of, limit_of
from labtrack.core.judgment import Evidence, Reason, Region
from labtrack.core.quantity import format_interval, format_percent, format_rounded
from labtrack.labs.renal import Clearance
from labtrack.labs.verdicts import Term
from labtrack.rules import Rule
from labtrack.rules.sources import RESUME, sources_for, statements_for

#: Topics of labels on which the label's own condition is what the rule asks; on the others the label only says something besides.
_CONDITIONS = frozenset({"alc", "anc", "dose", "hb", "hb-fall", "infection", "renal", "vte", "zoster"})
#: How the marks of a rule's own sources are called beside a finding.
_CALLED = {"A": "article", "G": "guideline", "2": "guideline", "u": "guideline", "H": "house"}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Words of a rule's title that say that it compares with the patient's own baseline.
_RELATIVE = ("baseline", "since treatment began")


def in_words(day: date) -> str:
    """``19 Nov 2026``, the same in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def headline(rule: Rule, shown: Sequence[tuple[Term, Evidence]], row: int, details: Sequence[str]) -> str:
    """A met finding: ``ANC 0.82 below 1``, ``LDL 152, +40.7 % from 108``; without a value what there is to say of it."""
    if not shown:
        said = "; ".join(details)
        if rule.panel == "" and said.startswith("not settled"):
            said = f"screening {said}"
        return _ISO_DAY.sub(lambda found: in_words(date.fromisoformat(found[0])), said) or rule.title.rstrip(".")
    term, proof = shown[0]
    title = rule.title
    if proof.change_percent is not None and any(word in title for word in _RELATIVE):
        change = format_percent(proof.change_percent, 1)
        base = format_interval(proof.baseline, format_rounded) if proof.baseline is not None else ""
        return f"{_value(term, row)}, {change if change.startswith('-') else f'+{change}'} % from {base}"
    limit = limit_of(term, row)
    if limit is None:
        return _value(term, row)
    ends = format_interval(limit)
    if term.upper is not None:
        return f"{_value(term, row)}, from {ends} to {term.upper:g}"
    return f"{_value(term, row)} {term.relation.value} {ends}"


def _value(term: Term, row: int) -> str:
    """``ANC 0.82``: as few digits as still show on which side of the limit it lies."""
    limit = limit_of(term, row)
    value = compared_of(term, row)
    near = None if limit is None else limit.low
    name = "clearance" if isinstance(term.lab, Clearance) and term.lab.present[row] else term.lab.analyte.short
    return f"{name} {format_interval(value, lambda number: format_rounded(number, near))}"


def open_headline(rule: Rule, reasons: Sequence[Reason]) -> str:
    """A rule that cannot be evaluated: ``ldl-rise-30: no baseline result``."""
    return f"{rule.id}: {reasons[0].in_words}" if reasons else rule.id


@cache
def basis(rule: Rule, drug: Drug | None, region: Region, before_start: bool) -> str:
    """Whose threshold or condition a met finding rests on: ``label``, ``article, label``, ``guideline``, ``house``,
    ``own`` (the clinic's), ``label silent`` (a gap in the label)."""
    if rule.is_local:
        return rule.plugin or "own"
    marks = [source.mark for source in sources_for(rule) if source.id in rule.sources and not source.id.startswith("labels-")]
    words = ["article"] if "A" in marks and "dose" not in rule.topics else []
    said = statements_for(rule, drug, region, before_start) if drug else ()
    if any(each.topic in _CONDITIONS for each in said) or RESUME in rule.topics or "labels-unverified" in rule.sources:
        words.append("label")
    return ", ".join(words) or next((_CALLED[mark] for mark in marks if mark in _CALLED), "label silent")
