"""Tests of labtrack.clinic.rulebook."""

from __future__ import annotations

import pytest

from labtrack.clinic import Clinic
from labtrack.clinic.rulebook import rule_info, rule_infos, rules_in_force
from labtrack.clinic.settings import Settings
from labtrack.core.errors import CatalogueError, NotFound
from labtrack.rules import REGISTRY, RULE_SET
from labtrack.rules.registry import HEADINGS


def test_every_rule_is_shown_with_its_texts_and_sources() -> None:
    infos = rule_infos(Settings())
    assert [each.id for each in infos] == list(REGISTRY.rules)
    for each in infos:
        assert set(each.sections) == set(HEADINGS)
        assert each.sources
        assert not each.is_local


def test_one_rule_carries_what_it_declares() -> None:
    info, rule = rule_info(Settings(), "ldl-rise-30"), REGISTRY.rules["ldl-rise-30"]
    shown = (info.title, info.panel, info.severity, info.recheck_days, info.drugs, info.regions, info.family, info.version, info.limits)
    declared = (rule.title, rule.panel, rule.severity, rule.recheck_days, rule.drugs, rule.regions, rule.family, rule.version, rule.limits)
    assert shown == declared
    assert "article" in [source.id for source in info.sources]


def test_an_unknown_rule_is_not_found() -> None:
    with pytest.raises(NotFound, match="There is no rule ldl-rise-40"):
        rule_info(Settings(), "ldl-rise-40")


def test_a_clinics_own_threshold_shows_and_changes_the_version_of_the_set() -> None:
    own = Settings(rules={"neutropenia": {"limit": 1.4}})
    info = rule_info(own, "neutropenia")
    assert info.is_local
    assert info.limits == {"limit": 1.4}
    assert info.version != rule_info(Settings(), "neutropenia").version
    assert rules_in_force(Settings())[1] == RULE_SET != rules_in_force(own)[1]


def test_a_rule_that_is_switched_off_is_not_in_force() -> None:
    own = Settings(rules={"neutropenia": {"enabled": False}})
    assert "neutropenia" not in rules_in_force(own)[0]
    with pytest.raises(NotFound, match=r"Rule neutropenia is switched off in the settings\. To switch it on, remove enabled = false"):
        rule_info(own, "neutropenia")


def test_a_wrong_setting_names_its_line() -> None:
    text = "\n[rules.neutropenia]\nlimit = 'low'\n"
    with pytest.raises(CatalogueError, match="line 3"):
        rules_in_force(Settings(rules={"neutropenia": {"limit": "low"}}, text=text))


def test_the_facade_shows_the_rules_of_its_settings(clinic: Clinic) -> None:
    assert [each.id for each in clinic.rules()] == list(REGISTRY.rules)
    assert clinic.rule("anemia").id == "anemia"
