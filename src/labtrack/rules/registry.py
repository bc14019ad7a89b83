"""The ``@rule`` decorator and the registry: what a rule declares beside its one line of comparison.

A rule's thresholds are the default values of its keyword parameters, so that the registry can print them and a clinic's local
settings can change them. Its docstring has fixed headings, from which ``labtrack rules``, ``docs/rules/`` and the screens are made.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from labtrack.core.errors import CatalogueError
from labtrack.core.judgment import Severity
from labtrack.labs.bounds import Flags
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts

URGENT, ACTION, WATCH = Severity.URGENT, Severity.ACTION, Severity.WATCH
BARICITINIB, TOFACITINIB, UPADACITINIB = "baricitinib", "tofacitinib", "upadacitinib"
EVERY_DRUG = (BARICITINIB, TOFACITINIB, UPADACITINIB)

#: The sections that every rule's docstring has after its first sentence.
HEADINGS = ("Says", "Why", "When it cannot tell", "For the patient", "Differs from the label", "References")

#: Raised whenever the meaning of any rule changes: stored assessments and acknowledgements are bound to it.
RULE_SET = "2026.11"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its comparison and everything declared about it.

    ``recheck_days`` is None where the source names no repeat. ``needs`` says on whom it runs: ``"anyone"`` (candidates too),
    ``"course"`` (a planned or started course) or ``"started"``. ``notes`` are sentences that a verdict's ``note`` column picks.
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
    notes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("US", "EU")
    is_local: bool = False
    version: int = 1

    def applies(self, labs: Labs) -> Flags:
        """On which rows the rule has anything to say."""
        applicable = labs.on_drug(*self.drugs) if self.drugs != EVERY_DRUG else np.ones(len(labs), np.bool_)
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


REGISTRY = Registry()


def rule(
    id: str,
    *,
    severity: Severity,
    sources: Iterable[str],
    panel: str = "",
    recheck_days: int | None = None,
    drugs: tuple[str, ...] = EVERY_DRUG,
    family: str = "",
    needs: str = "anyone",
    severity_on: Mapping[str, Severity] | None = None,
    notes: tuple[str, ...] = (),
    regions: tuple[str, ...] = ("US", "EU"),
) -> Callable[[Callable[..., Verdicts]], Callable[..., Verdicts]]:
    """Declare the decorated test as a rule. See :class:`Rule` for the fields."""

    def declare(test: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
        title, sections = parse_sections(id, inspect.getdoc(test) or "")
        parameters = list(inspect.signature(test).parameters.values())[1:]
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
                limits={each.name: float(each.default) for each in parameters},
                notes=notes,
                regions=regions,
            )
        )
        return test

    return declare


def parse_sections(id: str, docstring: str) -> tuple[str, Mapping[str, str]]:
    """Title and sections of a rule's docstring; CatalogueError if a heading is missing."""
    pattern = re.compile(rf"^({'|'.join(map(re.escape, HEADINGS))}): *", re.MULTILINE)
    pieces = pattern.split(docstring)
    sections = {pieces[place]: " ".join(pieces[place + 1].split()) for place in range(1, len(pieces), 2)}
    return " ".join(pieces[0].split()), sections
