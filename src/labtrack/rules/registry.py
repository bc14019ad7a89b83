"""The ``@rule`` decorator and the registry: what a rule declares beside its one line of comparison.

A rule's thresholds are the default values of its keyword parameters, so that the registry can print them and a clinic's local
settings can change them. Its docstring has fixed headings, from which ``labtrack rules``, ``docs/rules/`` and the screens are made.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from labtrack.core.errors import CatalogueError
from labtrack.core.judgment import Region, Severity
from labtrack.core.quantity import format_number
from labtrack.labs.bounds import Flags
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts

URGENT, ACTION, WATCH = Severity.URGENT, Severity.ACTION, Severity.WATCH
BARICITINIB, TOFACITINIB, UPADACITINIB = "baricitinib", "tofacitinib", "upadacitinib"
EVERY_DRUG = (BARICITINIB, TOFACITINIB, UPADACITINIB)
EVERY_REGION = tuple(region.value for region in Region)
#: On whom a rule runs: candidates too; a planned or started course; a started course.
NEEDS = ("anyone", "course", "started")

#: The sections that every rule's docstring has after its first sentence.
HEADINGS = ("Says", "Why", "When it cannot tell", "For the patient", "Differs from the label", "References")

#: Raised whenever the meaning of any rule changes: stored assessments and acknowledgements are bound to it.
RULE_SET = "2026.11"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule: its comparison and everything declared about it.

    ``recheck_days`` is None where the source names no repeat. ``needs`` says on whom it runs: ``"anyone"`` (candidates too),
    ``"course"`` (a planned or started course) or ``"started"``. ``notes`` are sentences that a verdict's ``note`` column picks.
    ``sources`` are ids of the catalogue's sources; ``topics`` are topics of the drugs' labels, whose sources and statements depend on
    drug and region (:mod:`labtrack.rules.sources`). ``limits`` are the thresholds by parameter name, in canonical units.
    ``plugin`` names the plug-in that a rule came with.
    """

    id: str
    test: Callable[..., Verdicts]
    panel: str
    severity: Severity
    recheck_days: int | None
    drugs: tuple[str, ...]
    sources: tuple[str, ...]
    family: str
    needs: str
    severity_on: Mapping[str, Severity]
    title: str
    sections: Mapping[str, str]
    limits: Mapping[str, float]
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    regions: tuple[str, ...] = EVERY_REGION
    is_local: bool = False
    plugin: str = ""

    def applies(self, labs: Labs) -> Flags:
        """On which rows the rule has anything to say."""
        applicable = labs.on_drug(*self.drugs) if self.drugs != EVERY_DRUG else labs.every_row
        if labs.region.value not in self.regions:
            applicable = np.zeros(len(labs), np.bool_)
        if self.needs == "course":
            applicable = applicable & labs.treatment.has_course
        elif self.needs == "started":
            applicable = applicable & labs.treatment.started
        return applicable

    def severity_for(self, drug: str) -> Severity:
        """How grave a met verdict is on a drug."""
        return self.severity_on.get(drug, self.severity)

    def __call__(self, labs: Labs) -> Verdicts:
        """Run the test with the rule's limits."""
        return self.test(labs, **self.limits)

    @property
    def version(self) -> str:
        """What its answers depend on besides the data: changes with the rule set and with a clinic's own limits."""
        if not self.is_local:
            return RULE_SET
        own = ", ".join(f"{name} {format_number(limit)}" for name, limit in sorted(self.limits.items()))
        return f"{self.plugin or RULE_SET} ({own})" if own else self.plugin

    def with_limits(self, limits: Mapping[str, float]) -> Rule:
        """The same rule with a clinic's own thresholds, marked local."""
        unknown = set(limits) - set(self.limits)
        if unknown:
            raise CatalogueError(f"rule {self.id} has no limit {sorted(unknown)}; it has {sorted(self.limits)}")
        return replace(self, limits={**self.limits, **limits}, is_local=True)


@dataclass(slots=True)
class Registry:
    """Rules by id, in order of declaration."""

    rules: dict[str, Rule] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """Register a rule; CatalogueError if the id is taken."""
        if rule.id in self.rules:
            raise CatalogueError(f"two rules are called {rule.id}")
        self.rules[rule.id] = rule

    def arrange(self, modules: Iterable[str]) -> None:
        """Put the rules into the order of the modules that declare them; within a module the order of declaration stays."""
        place = {module: number for number, module in enumerate(modules)}
        self.rules = dict(sorted(self.rules.items(), key=lambda item: place[item[1].test.__module__]))

    @contextmanager
    def set_aside(self) -> Iterator[dict[str, Rule]]:
        """Rules declared inside go to the dictionary given, and no longer stand here afterwards."""
        before = self.rules
        self.rules = dict(before)
        declared: dict[str, Rule] = {}
        try:
            yield declared
        finally:
            declared.update({id: rule for id, rule in self.rules.items() if id not in before})
            self.rules = before


REGISTRY = Registry()


def rule(
    id: str,
    *,
    severity: Severity,
    sources: Iterable[str] = (),
    topics: Iterable[str] = (),
    panel: str = "",
    recheck_days: int | None = None,
    drugs: tuple[str, ...] = EVERY_DRUG,
    family: str = "",
    needs: str = "anyone",
    severity_on: Mapping[str, Severity] | None = None,
    notes: tuple[str, ...] = (),
    regions: tuple[str, ...] = EVERY_REGION,
) -> Callable[[Callable[..., Verdicts]], Callable[..., Verdicts]]:
    """Declare the decorated test as a rule. See :class:`Rule` for the fields.

    Raises:
        CatalogueError: the id is taken, a heading of the docstring is missing, a threshold has no default, ``needs`` is unknown.
    """
    if needs not in NEEDS:
        raise CatalogueError(f"rule {id}: needs {needs!r} is not one of {', '.join(NEEDS)}")

    def declare(test: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
        title, sections = parse_sections(id, inspect.getdoc(test) or "")
        REGISTRY.add(
            Rule(
                id=id,
                test=test,
                panel=panel,
                severity=severity,
                recheck_days=recheck_days,
                drugs=drugs,
                sources=tuple(sources),
                family=family or id,
                needs=needs,
                severity_on=dict(severity_on or {}),
                title=title,
                sections=sections,
                limits=_limits(id, test),
                topics=tuple(topics),
                notes=notes,
                regions=regions,
            )
        )
        return test

    return declare


def _limits(id: str, test: Callable[..., Verdicts]) -> Mapping[str, float]:
    """The thresholds: every parameter after ``labs``, by name, with its default."""
    _, *parameters = inspect.signature(test).parameters.values()
    for each in parameters:
        if not isinstance(each.default, (int, float)) or isinstance(each.default, bool):
            raise CatalogueError(f"rule {id}: its parameter {each.name} has no number as default")
    return {each.name: float(each.default) for each in parameters}


_HEADING = re.compile(rf"^({'|'.join(map(re.escape, HEADINGS))}):[ \n]*", re.MULTILINE)


def parse_sections(id: str, docstring: str) -> tuple[str, Mapping[str, str]]:
    """Title and sections of a rule's docstring, each as one line.

    Raises:
        CatalogueError: the title is missing, or a section is missing, empty or there twice.
    """
    title, *pieces = _HEADING.split(docstring)
    headings, texts = pieces[::2], [" ".join(text.split()) for text in pieces[1::2]]
    sections = dict(zip(headings, texts, strict=True))
    faulty = [heading for heading in HEADINGS if headings.count(heading) != 1 or not sections[heading]]
    if faulty:
        raise CatalogueError(f"rule {id}: its docstring needs, once each and not empty: {', '.join(faulty)}")
    if not title.strip():
        raise CatalogueError(f"rule {id}: its docstring needs a title before the headings")
    return " ".join(title.split()), sections
