"""The rules as the front ends show them: what each says, why, its sources, and where article and label differ. Needs no clinic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labtrack.catalogue import Source
from labtrack.clinic.settings import Settings, config_path
from labtrack.core.errors import NotFound
from labtrack.core.judgment import Severity
from labtrack.rules import Rule
from labtrack.rules.local import effective_rules, switched_off
from labtrack.rules.pages import MARKS as MARKS
from labtrack.rules.sources import sources_for


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """One rule, ready to be shown."""

    id: str
    title: str
    panel: str
    severity: Severity
    recheck_days: int | None
    drugs: tuple[str, ...]
    regions: tuple[str, ...]
    family: str
    version: str
    is_local: bool
    sections: Mapping[str, str]
    limits: Mapping[str, float]
    sources: tuple[Source, ...]


def rules_in_force(settings: Settings) -> tuple[Mapping[str, Rule], str]:
    """The rules with the clinic's own changes, and the version of that set."""
    return effective_rules(settings.rules, settings.text)


def rule_infos(settings: Settings) -> list[RuleInfo]:
    """Every rule in force."""
    return [_info(rule) for rule in rules_in_force(settings)[0].values()]


def rule_info(settings: Settings, id: str) -> RuleInfo:
    """One rule; NotFound, also for one that the settings switch off."""
    rule = rules_in_force(settings)[0].get(id)
    if rule is None:
        if any(id == each.id for each in switched_off(settings.rules)):
            raise NotFound(f"Rule {id} is switched off in the settings.", f"To switch it on, remove enabled = false from {config_path()}.")
        raise NotFound(f"There is no rule {id}.", "`labtrack rules` lists them.")
    return _info(rule)


def _info(rule: Rule) -> RuleInfo:
    return RuleInfo(
        id=rule.id,
        title=rule.title,
        panel=rule.panel,
        severity=rule.severity,
        recheck_days=rule.recheck_days,
        drugs=rule.drugs,
        regions=rule.regions,
        family=rule.family,
        version=rule.version,
        is_local=rule.is_local,
        sections=rule.sections,
        limits=rule.limits,
        sources=sources_for(rule),
    )
