"""The pages of ``docs/rules``, made from what the rules declare: ``python -m labtrack.rules.pages FOLDER`` writes them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from labtrack.catalogue import LabelStatement, Resume, Source, catalogue
from labtrack.core.quantity import format_number
from labtrack.rules import REGISTRY, RULE_SET, Rule
from labtrack.rules.sources import ON, RESUME, sources_for

#: What the evidence marks of the catalogue stand for.
MARKS = {
    "L": "label or manufacturer page read",
    "G": "guideline or paper read",
    "2": "read only in a secondary copy",
    "A": "the article",
    "H": "house policy",
    "u": "known but unverified",
}
_NEEDS = {
    "anyone": "everyone, candidates too",
    "course": "a planned or started course",
    "started": "a started course",
}
_MADE = "<!-- Made by `make docs` from the rule itself; change it there. -->"
INDEX = "README.md"


def write_pages(folder: Path, rules: Mapping[str, Rule]) -> tuple[Path, ...]:
    """Write one page for each rule and an index; remove the pages of rules that there are no longer. OSError if it cannot be done."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(rules)
    for old in folder.glob("*.md"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)


def pages(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Every page by file name, the index among them."""
    return {INDEX: index(rules), **{f"{rule.id}.md": page(rule, rules) for rule in rules.values()}}


def index(rules: Mapping[str, Rule]) -> str:
    """The list of all rules."""
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.title} | {_severity(rule)} | {_repeat(rule)} | {', '.join(rule.drugs)} |"
        for rule in rules.values()
    ]
    return _joined(
        _MADE,
        "# Rules",
        f"Rule set {RULE_SET}: {len(rules)} rules. Verdicts are *met*, *not met*, *cannot evaluate* with a reason, and *not applicable*.",
        "\n".join(["| rule | met when | severity | repeat after | drugs |", "|---|---|---|---|---|", *rows]),
    )


def page(rule: Rule, rules: Mapping[str, Rule]) -> str:
    """One rule's page."""
    family = [f"[{other.id}]({other.id}.md)" for other in rules.values() if other.family == rule.family and other is not rule]
    facts = {
        "severity": _severity(rule),
        "panel": rule.panel or "none",
        "repeat after": _repeat(rule),
        "drugs": ", ".join(rule.drugs),
        "regions": ", ".join(rule.regions),
        "runs on": _NEEDS[rule.needs],
        "thresholds": ", ".join(f"`{name}` {format_number(limit)}" for name, limit in rule.limits.items()) or "none of its own",
        "shown together with": ", ".join(family) or "none",
    }
    sections = [f"## {heading}\n\n{text}" for heading, text in rule.sections.items()]
    return _joined(
        _MADE,
        f"# {rule.id}",
        rule.title,
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts.items())]),
        *sections,
        "## What the labels say" if rule.topics else "",
        _labels(rule),
        "## Sources",
        "\n".join(map(_source, sources_for(rule))),
    )


def _joined(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _severity(rule: Rule) -> str:
    others = [f"{severity.value} on {drug}" for drug, severity in rule.severity_on.items()]
    return ", ".join([rule.severity.value, *others])


def _repeat(rule: Rule) -> str:
    return "not named" if rule.recheck_days is None else f"{rule.recheck_days} days"


def _labels(rule: Rule) -> str:
    """What the labels say on the rule's topics, each sentence once, with the drugs and regions whose labels say it."""
    said: dict[tuple[str, str], list[str]] = {}
    for topic in rule.topics:
        for key in rule.drugs:
            for statement in _about(topic, catalogue().drugs[key].labels, rule.regions):
                when = "on treatment" if statement.phase == ON else "before the start"
                said.setdefault((statement.text, statement.differs), []).append(f"{key} {statement.region.value}, {when}")
    if RESUME in rule.topics:
        for key in rule.drugs:
            for condition in catalogue().drugs[key].resume:
                said.setdefault((_resumption(condition), ""), []).append(f"{key} {condition.region.value}")
    return "\n".join(f"- {text} {differs}".rstrip() + f" ({'; '.join(where)})" for (text, differs), where in said.items())


def _resumption(condition: Resume) -> str:
    """A label's condition for ending a hold, as a sentence."""
    analyte = catalogue().analytes[condition.analyte]
    if condition.limit is None:
        return f"May be resumed once {analyte.short} is within the reference limits again."
    relation = "at or above" if condition.inclusive else "above"
    return f"May be resumed with {analyte.short} {relation} {format_number(condition.limit)} {analyte.display_unit}."


def _about(topic: str, statements: Iterable[LabelStatement], regions: Iterable[str]) -> list[LabelStatement]:
    return [statement for statement in statements if statement.topic == topic and statement.region.value in regions]


def _source(source: Source) -> str:
    return f"- {source.text} ({MARKS[source.mark]}; checked on {source.checked_on.isoformat()})"


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]), REGISTRY.rules)
