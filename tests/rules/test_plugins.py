"""Plug-ins: loaded whole or not at all, and never lost in silence."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from tests.rules.casefile import Answer, answers, case_files, cases_of

from labtrack.catalogue import catalogue
from labtrack.core.judgment import Region
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules import REGISTRY, Rule
from labtrack.rules import plugins as plugins_module
from labtrack.rules.plugins import GROUP, Plugin, load, plugins
from labtrack.rules.registry import HEADINGS, WATCH, rule
from labtrack.rules.sources import refuse_unknown

DOCSTRING = "Platelets below 100.\n\n" + "\n".join(f"{heading}: Something." for heading in HEADINGS)


def declaring(id: str, **fields: object) -> Callable[[], None]:
    def module() -> None:
        def test(labs: Labs, limit: float = 100.0) -> Verdicts:
            return labs.plt < limit

        test.__doc__ = DOCSTRING
        rule(id, severity=WATCH, **{"sources": ["house"], "panel": "cbc", **fields})(test)  # type: ignore[arg-type]

    return module


def failing(error: BaseException) -> Callable[[], None]:
    def module() -> None:
        declaring("half-declared")()
        raise error

    return module


def entry(name: str, load: Callable[[], None], version: str | None = "1.0") -> importlib.metadata.EntryPoint:
    dist = SimpleNamespace(version=version) if version is not None else None
    return SimpleNamespace(name=name, load=load, dist=dist)  # type: ignore[return-value]


def answer(rules: dict[str, Rule], id: str) -> Answer:
    case = next(iter(cases_of(case_files()[0])))
    return answers([case], rules, Region.US)[0][id]


def test_a_plug_ins_rules_are_local_and_name_it() -> None:
    (plugin,) = load([entry("city", declaring("city-platelets"))])
    assert (plugin.name, plugin.version, plugin.failure, list(plugin.rules)) == ("city", "1.0", "", ["city-platelets"])
    own = plugin.rules["city-platelets"]
    assert (own.is_local, own.plugin, own.version) == (True, "city 1.0", "city 1.0 (limit 100)")
    assert "city-platelets" not in REGISTRY.rules
    assert answer(dict(plugin.rules), "city-platelets").expect == "cannot evaluate: no-result"


def test_without_a_distribution_there_is_no_version() -> None:
    (plugin,) = load([entry("city", declaring("city-platelets"), version=None)])
    assert (plugin.version, plugin.rules["city-platelets"].plugin) == ("", "city")


@pytest.mark.parametrize(
    ("module", "failure"),
    [
        (failing(ImportError("no module named numpi")), "ImportError: no module named numpi"),
        (failing(SystemExit(3)), "SystemExit: 3"),
        (lambda: None, "CatalogueError: it declares no rule"),
        (declaring("anemia"), "CatalogueError: two rules are called anemia"),
        (declaring("city", panel="spleen"), "CatalogueError: rule city: unknown panel spleen; known: cbc, liver, renal, lipid"),
        (declaring("city", sources=["rumor"]), "CatalogueError: rule city: unknown source rumor"),
    ],
)
def test_a_broken_plug_in_fails_on_every_patient(module: Callable[[], None], failure: str, caplog: pytest.LogCaptureFixture) -> None:
    before = dict(REGISTRY.rules)
    (plugin,) = load([entry("city", module)])
    assert before == REGISTRY.rules
    assert plugin.failure.startswith(failure)
    assert list(plugin.rules) == ["plugin-city"]
    own = plugin.rules["plugin-city"]
    assert own.is_local
    assert own.title == "The rules of plug-in city could not be loaded."
    assert (own.plugin, own.panel, own.family, own.limits) == ("city", "", "plugin-city", {})
    refuse_unknown(own, catalogue())
    assert all(plugin.failure in text for text in own.sections.values())
    assert set(own.sections) == set(HEADINGS)
    assert answer({**REGISTRY.rules, **plugin.rules}, "plugin-city") == Answer("cannot evaluate: rule-failed", "", None, "urgent")
    assert plugin.failure in caplog.text


def test_the_user_can_still_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        load([entry("city", failing(KeyboardInterrupt()))])


def test_plug_ins_load_in_order_of_name_and_the_later_one_loses_a_contested_id() -> None:
    first, second = load([entry("b", declaring("shared-id")), entry("a", declaring("shared-id"))])
    assert (first.name, list(first.rules), first.failure) == ("a", ["shared-id"], "")
    assert (second.name, list(second.rules), second.failure) == ("b", ["plugin-b"], "CatalogueError: two rules are called shared-id")


def test_the_installed_ones_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def entry_points(group: str) -> list[object]:
        asked.append(group)
        return [entry("city", declaring("city-platelets"))]

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    plugins_module.plugins.cache_clear()
    try:
        assert [each.name for each in plugins()] == [each.name for each in plugins()] == ["city"]
    finally:
        plugins_module.plugins.cache_clear()
    assert asked == [GROUP] == ["labtrack.rules"]


def test_what_is_installed_here_loads() -> None:
    assert not [each.failure for each in plugins() if each.failure]
    assert all(isinstance(each, Plugin) for each in plugins())
