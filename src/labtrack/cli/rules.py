"""The rules: all of them as a list, or what one says, why, from where, and how article and label differ."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from labtrack.cli.help import WIDEST, command, program
from labtrack.cli.options import In, argument
from labtrack.cli.output import Format, Row, put
from labtrack.cli.tables import Column, terminal_width
from labtrack.core.quantity import format_number
from labtrack.core.text import visible, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labtrack.clinic.rulebook import RuleInfo

commands = program()

RULE_COLUMNS = (
    "id", "title", "panel", "severity", "recheck_days", "drugs", "regions", "family", "version", "local", "limits", "says", "why",
    "when_it_cannot_tell", "for_the_patient", "differs_from_the_label", "references", "sources",
)  # fmt: skip
_TABLE = (
    Column.of("id", "rule"),
    Column.of("severity"),
    Column("repeat", lambda cells: f"{cells['recheck_days']} days" if cells["recheck_days"] else "", right=True),
    Column("says", lambda cells: cells["title"] + (" (local)" if cells["local"] else ""), soft=True),
)


@command(commands, "rules", "labtrack rules ldl-rise-30", "To look")
def rules(
    id: Annotated[str | None, argument(metavar="ID", help="One rule; all of them unless said.")] = None,
    format: In = Format.TABLE,
) -> None:
    """List the rules, or tell all about one: what it says, why, its sources and how well each is verified."""
    from labtrack.clinic import Settings
    from labtrack.clinic.rulebook import rule_info, rule_infos

    settings = Settings.load()
    if id is None:
        put((rule_row(each) for each in rule_infos(settings)), RULE_COLUMNS, format, _TABLE)
        return
    rule = rule_info(settings, id)
    if format is Format.TABLE:
        wide = min(terminal_width(), WIDEST)
        for line in rule_page(rule, wide):
            sys.stdout.write(f"{line}\n")
    else:
        put([rule_row(rule)], RULE_COLUMNS, format)


def rule_row(rule: RuleInfo) -> Row:
    """One rule in :data:`RULE_COLUMNS`."""
    sections = {heading.lower().replace(" ", "_"): text for heading, text in rule.sections.items()}
    return {
        "id": rule.id,
        "title": rule.title,
        "panel": rule.panel,
        "severity": rule.severity.value,
        "recheck_days": rule.recheck_days,
        "drugs": ";".join(rule.drugs),
        "regions": ";".join(rule.regions),
        "family": rule.family,
        "version": rule.version,
        "local": rule.is_local,
        "limits": ";".join(f"{name}={format_number(limit)}" for name, limit in rule.limits.items()),
        **{key: sections.get(key, "") for key in RULE_COLUMNS[11:17]},
        "sources": "; ".join(f"{source.id} [{source.mark}]" for source in rule.sources),
    }


def rule_page(rule: RuleInfo, wide: int) -> Iterator[str]:
    """Everything about one rule as text, ``wide`` columns at most."""
    from labtrack.clinic.rulebook import MARKS

    yield from wrap(f"{rule.id}: {rule.title}", wide)
    yield ""
    facts = {
        "Severity": rule.severity.value,
        "Panel": rule.panel or "none",
        "Repeat": f"{rule.recheck_days} days after the result" if rule.recheck_days is not None else "none",
        "Drugs": ", ".join(rule.drugs),
        "Regions": ", ".join(rule.regions),
        "Limits": ", ".join(f"{name.replace('_', ' ')} {format_number(limit)}" for name, limit in rule.limits.items()) or "none",
        "Version": rule.version + (", changed by this clinic's settings (local)" if rule.is_local else ""),
    }
    for name, text in facts.items():
        yield from _paragraph(f"{name}: {text}", wide, "  ")
    for heading, text in rule.sections.items():
        yield ""
        yield heading
        yield from _paragraph(text, wide, "  ")
    yield ""
    yield "Sources"
    for source in rule.sources:
        yield from _paragraph(f"[{source.mark}] {source.text} (checked on {source.checked_on.isoformat()})", wide, "  ")
    marks = dict.fromkeys(source.mark for source in rule.sources)
    yield from _paragraph("; ".join(f"[{mark}] {MARKS[mark]}" for mark in marks) + ".", wide, "  ")


def _paragraph(text: str, wide: int, indent: str) -> Iterator[str]:
    for line in wrap(visible(text), wide - len(indent)):
        yield indent + line
