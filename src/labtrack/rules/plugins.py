"""Rules of other distributions, through the entry-point group ``labtrack.rules``.

An entry point names a module; importing it runs its ``@rule`` decorators. A plug-in comes whole or not at all: one that cannot be
imported, or that declares something the catalogue does not know, is replaced by one rule that fails on every patient. So its loss
shows on each worklist row as ``rule-failed``, while the shipped rules go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from labtrack.catalogue import catalogue
from labtrack.core.errors import CatalogueError
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import EVERY_DRUG, HEADINGS, REGISTRY, URGENT, Rule
from labtrack.rules.sources import refuse_unknown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "labtrack.rules"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One loaded entry point: its name, the version of its distribution, its rules and, if it failed, why."""

    name: str
    version: str
    rules: Mapping[str, Rule]
    failure: str = ""


@lru_cache(maxsize=1)
def plugins() -> tuple[Plugin, ...]:
    """Every installed plug-in, in order of name; loaded once per process."""
    from importlib.metadata import entry_points

    return load(entry_points(group=GROUP))


def load(found: Iterable[EntryPoint]) -> tuple[Plugin, ...]:
    """Load entry points in order of name. None of them raises, and an id that is already taken makes the later plug-in fail."""
    loaded: list[Plugin] = []
    taken = set(REGISTRY.rules)
    for entry in sorted(found, key=lambda each: each.name):
        plugin = _loaded(entry, taken)
        taken |= set(plugin.rules)
        loaded.append(plugin)
    return tuple(loaded)


def _loaded(entry: EntryPoint, taken: set[str]) -> Plugin:
    version = entry.dist.version if entry.dist is not None else ""
    try:
        with REGISTRY.set_aside() as declared:
            entry.load()
        if not declared:
            raise CatalogueError("it declares no rule")
        for rule in declared.values():
            if rule.id in taken:
                raise CatalogueError(f"two rules are called {rule.id}")
            refuse_unknown(rule, catalogue())
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a foreign module raises is the plug-in's failure alone
        failure = f"{type(error).__name__}: {error}"
        return Plugin(entry.name, version, {f"plugin-{entry.name}": _failed(entry.name, failure)}, failure)
    rules = {id: replace(rule, plugin=f"{entry.name} {version}".strip(), is_local=True) for id, rule in declared.items()}
    return Plugin(entry.name, version, rules)


def _failed(name: str, failure: str) -> Rule:
    """A rule that fails wherever it is asked, in place of a plug-in that could not be loaded."""

    def test(labs: Labs) -> Verdicts:
        raise CatalogueError(f"the rules of plug-in {name} could not be loaded ({failure}).", "Repair or uninstall the plug-in.")

    said = f"The rules of this plug-in could not be loaded, so none of them is evaluated: {failure}"
    return Rule(
        id=f"plugin-{name}",
        test=test,
        panel="",
        severity=URGENT,
        recheck_days=None,
        drugs=EVERY_DRUG,
        sources=("house",),
        family=f"plugin-{name}",
        needs="anyone",
        severity_on={},
        title=f"The rules of plug-in {name} could not be loaded.",
        sections=dict.fromkeys(HEADINGS, said),
        limits={},
        is_local=True,
        plugin=name,
    )
