"""A clinic's own settings: what they change, what is refused and where the message points."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from labtrack.core.errors import CatalogueError
from labtrack.rules import REGISTRY, Rule, effective_rules, local, switched_off
from labtrack.rules.plugins import Plugin
from labtrack.rules.registry import RULE_SET


@pytest.fixture(autouse=True)
def no_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "plugins", tuple)


def run(text: str) -> tuple[Mapping[str, Rule], str]:
    return effective_rules(tomllib.loads(text).get("rules", {}), text)


def refused(text: str) -> str:
    with pytest.raises(CatalogueError) as error:
        run(text)
    assert error.value.next_step == "Correct the settings file; `labtrack rules ID` shows a rule's thresholds."
    return error.value.message


def test_without_settings_the_rules_are_the_shipped_ones() -> None:
    rules, version = effective_rules({})
    assert dict(rules) == REGISTRY.rules
    assert list(rules) == list(REGISTRY.rules)
    assert version == RULE_SET


def test_a_threshold_makes_one_rule_local_and_the_version_another() -> None:
    rules, version = run("[rules.ldl-rise-30]\ntimes = 1.25")
    assert [rule.id for rule in rules.values() if rule.is_local] == ["ldl-rise-30"]
    assert rules["ldl-rise-30"].limits == {"times": 1.25}
    assert rules["ldl-rise-30"].version == f"{RULE_SET} (times 1.25)"
    assert list(rules) == list(REGISTRY.rules)
    assert version.startswith(f"{RULE_SET}+")
    assert len(version) == len(RULE_SET) + 9
    assert REGISTRY.rules["ldl-rise-30"].limits == {"times": 1.30}


def test_the_version_depends_on_what_is_different_and_on_nothing_else() -> None:
    versions = {
        run(text)[1]
        for text in (
            "[rules.ldl-rise-30]\ntimes = 1.25",
            "[rules.ldl-rise-30]\ntimes = 1.2",
            "[rules.ldl-190]\nlimit = 180",
            "[rules.ldl-190]\nenabled = false",
            "[rules.ldl-rise-30]\nenabled = false",
        )
    }
    assert len(versions) == 5
    one = run("[rules.ldl-190]\nlimit = 180\n[rules.anc-below-1]\nlimit = 1.2")[1]
    assert one == run("[rules.anc-below-1]\nlimit = 1.2\n[rules.ldl-190]\nlimit = 180.0")[1]


def test_settings_equal_to_the_shipped_ones_change_nothing() -> None:
    rules, version = run("[rules.ldl-rise-30]\ntimes = 1.3\nenabled = true\n[rules.anemia]")
    assert (dict(rules), version) == (REGISTRY.rules, RULE_SET)


def test_a_rule_that_is_off_is_gone_and_can_be_named() -> None:
    text = '[rules."alc-below-0.5"]\nenabled = false\n[rules.hys-law]\nenabled = false\ndays = 14'
    rules, version = run(text)
    assert set(REGISTRY.rules) - set(rules) == {"alc-below-0.5", "hys-law"}
    assert version != RULE_SET
    assert [rule.id for rule in switched_off(tomllib.loads(text)["rules"])] == ["alc-below-0.5", "hys-law"]
    assert switched_off({}) == ()


def test_the_rules_cannot_be_changed_in_place() -> None:
    with pytest.raises(TypeError):
        run("")[0]["anemia"] = REGISTRY.rules["anemia"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rules.ldl-rise-3]", "settings, line 1, rules.ldl-rise-3: there is no such rule (did you mean ldl-rise-30?)."),
        ("[rules.xyzzy]", "settings, line 1, rules.xyzzy: there is no such rule; `labtrack rules` lists them."),
        (
            'region = "US"\n\n[rules.alc-below-0.5]\nlimit = 0.6',
            'settings, line 3, rules.alc-below-0: there is no such rule; write [rules."alc-below-0.5"].',
        ),
        ("[rules.xyzzy]\nlimit = 3", "settings, line 1, rules.xyzzy: there is no such rule; `labtrack rules` lists them."),
        ("[rules]\nxyzzy = 3", "settings, rules.xyzzy: there is no such rule; `labtrack rules` lists them."),
        ("[rules]\nanemia = 3", "settings, rules.anemia: is not a table; write [rules.anemia]."),
        ('[rules]\n"alc-below-0.5" = 3', 'settings, rules."alc-below-0.5": is not a table; write [rules."alc-below-0.5"].'),
        ("[rules.anemia]\nenabled = 0", "settings, line 2, rules.anemia.enabled: 0 is neither true nor false."),
        ("[rules.anemia]\nlimit = 1", "settings, line 2, rules.anemia.limit: the rule has no threshold."),
        (
            "[rules.hys-law]\nenabled = true\n# limits\n'time' = 4",
            "settings, line 4, rules.hys-law.time: the rule has no such threshold; it has times, bilirubin_times, alp_times, days.",
        ),
        ('[rules.ldl-190]\nlimit = "180"', "settings, line 2, rules.ldl-190.limit: '180' is not a number."),
        ("[rules.ldl-190]\nlimit = true", "settings, line 2, rules.ldl-190.limit: True is not a number."),
        ("[rules.ldl-190]\nlimit = inf", "settings, line 2, rules.ldl-190.limit: inf is not a number above zero."),
        ("[rules.ldl-190]\nlimit = nan", "settings, line 2, rules.ldl-190.limit: nan is not a number above zero."),
        ("[rules.ldl-190]\nlimit = 0", "settings, line 2, rules.ldl-190.limit: 0 is not a number above zero."),
        ("[rules.ldl-190]\nlimit = -190", "settings, line 2, rules.ldl-190.limit: -190 is not a number above zero."),
        ("[rules.anc-below-1]\nlimit = 1000", "settings, line 2, rules.anc-below-1.limit: 1000 is far from the shipped 1: check the unit."),
        ("[rules.ldl-190]\nlimit = 4.9", "settings, line 2, rules.ldl-190.limit: 4.9 is far from the shipped 190: check the unit."),
        ("[rules.ldl-190]\nlimit = 1901", "settings, line 2, rules.ldl-190.limit: 1901 is far from the shipped 190: check the unit."),
        (
            "limit = 0\n[rules.ldl-190]\nlimit = 18.9",
            "settings, line 3, rules.ldl-190.limit: 18.9 is far from the shipped 190: check the unit.",
        ),
        ("[rules.hys-law]\ndays = 7.5", "settings, line 2, rules.hys-law.days: 7.5 is not a whole number of days."),
        ("[rules.tofa-hb-8-9]\nhigh = 7.5", "settings, line 2, rules.tofa-hb-8-9.high: low would not be below high."),
        ("[rules.tofa-hb-8-9]\nfall = 1\nlow = 9", "settings, line 3, rules.tofa-hb-8-9.low: low would not be below high."),
        ("[rules.tofa-anc]\ndiscontinue = 1.1", "settings, line 2, rules.tofa-anc.discontinue: discontinue would not be below limit."),
        ("[rules.tofa-alc]\nlimit_eu = 0.4", "settings, line 2, rules.tofa-alc.limit_eu: discontinue would not be below limit_eu."),
        ("[rules . 'ldl-190']\n[other]\nlimit = 3\n[rules.anemia]\nx = 1", "settings, line 5, rules.anemia.x: the rule has no threshold."),
    ],
)
def test_refusals_name_line_and_key(text: str, message: str) -> None:
    assert refused(text) == message


def test_without_the_text_the_message_has_no_line() -> None:
    with pytest.raises(CatalogueError, match=r"^settings, rules\.ldl-190\.limit: 0 is not"):
        effective_rules({"ldl-190": {"limit": 0}})


@pytest.mark.parametrize("limit", [19.0, 1900.0])
def test_ten_times_more_or_less_is_still_a_threshold(limit: float) -> None:
    assert effective_rules({"ldl-190": {"limit": limit}})[0]["ldl-190"].limits == {"limit": limit}


def test_equal_limits_are_no_disorder_where_the_shipped_ones_are_equal() -> None:
    rules, _ = effective_rules({"tofa-anc": {"discontinue": 1.0}, "hys-law": {"days": 14}})
    assert rules["tofa-anc"].limits == {"limit": 1.0, "discontinue": 1.0}
    assert rules["hys-law"].limits["days"] == 14.0
    assert effective_rules({"tofa-alc": {"limit_eu": 0.5}})[0]["tofa-alc"].limits["limit_eu"] == 0.5


def test_no_shipped_threshold_is_called_enabled() -> None:
    assert not [rule.id for rule in REGISTRY.rules.values() if local.ENABLED in rule.limits]


def test_rules_of_plug_ins_come_last_and_can_be_set_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    own = replace(REGISTRY.rules["anc-below-1"], id="city-anc", plugin="city 1.0", is_local=True)
    monkeypatch.setattr(local, "plugins", lambda: (Plugin("city", "1.0", {"city-anc": own}),))
    rules, version = effective_rules({})
    assert list(rules) == [*REGISTRY.rules, "city-anc"]
    assert version != RULE_SET
    changed, other = effective_rules({"city-anc": {"limit": 0.9}})
    assert changed["city-anc"].version == "city 1.0 (limit 0.9)"
    assert other not in (version, RULE_SET)
    newer = replace(own, plugin="city 1.1")
    monkeypatch.setattr(local, "plugins", lambda: (Plugin("city", "1.1", {"city-anc": newer}),))
    assert effective_rules({})[1] != version
