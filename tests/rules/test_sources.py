"""Where a rule comes from: its own sources, and the label of each drug and region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.errors import CatalogueError
from labtrack.core.judgment import Region
from labtrack.rules import REGISTRY
from labtrack.rules.sources import IN_EITHER_PHASE, RESUME, refuse_unknown, sources_for, statement_for, statements_for

US, EU = Region.US, Region.EU
RULES = REGISTRY.rules
DRUGS = catalogue().drugs
BARI, TOFA, UPA = DRUGS["baricitinib"], DRUGS["tofacitinib"], DRUGS["upadacitinib"]


def ids(rule: str, *where: object) -> list[str]:
    return [source.id for source in sources_for(RULES[rule], *where)]  # type: ignore[arg-type]


def said(rule: str, drug: object, region: Region, before_start: bool = False) -> str:
    statement = statement_for(RULES[rule], drug, region, before_start)  # type: ignore[arg-type]
    return statement.text if statement else ""


def test_sources_follow_drug_and_region() -> None:
    assert ids("anc-below-1", BARI, US) == ["bari-us", "bari-us-on"]
    assert ids("anc-below-1", BARI, EU) == ["bari-eu"]
    assert ids("anc-below-1", UPA, EU) == ["upa-eu"]
    assert ids("anc-below-1", None, EU) == ["bari-eu", "upa-eu"]
    assert ids("anc-below-1", UPA) == ["upa-us", "upa-eu"]
    assert ids("anc-below-1") == ["bari-us", "bari-us-on", "bari-eu", "upa-us", "upa-eu"]
    assert ids("dose-above-label") == ["article", "bari-us"], "the rule runs under the US label alone"


def test_a_rules_own_sources_come_first() -> None:
    assert ids("ldl-rise-30", BARI, US) == ["article", "bari-us"]
    assert ids("neutropenia", BARI, US) == ["article", "ctcae-v5"]
    assert [source.mark for source in sources_for(RULES["egfr-fall-25"])] == ["u", "G"]


def test_the_sources_of_resuming_are_those_of_the_conditions() -> None:
    assert ids("hold-may-end", BARI, US) == ["bari-us-on"]
    assert ids("hold-may-end", BARI, EU) == ["bari-eu"]
    assert ids("hold-may-end", TOFA, EU) == ["tofa-eu-unverified"]
    assert said("hold-may-end", BARI, US) == ""


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(CatalogueError, match="rule anemia: unknown source rumor, hearsay"):
        sources_for(replace(RULES["anemia"], sources=("article", "rumor", "hearsay")))


def test_the_label_says_another_thing_before_the_start() -> None:
    assert said("anc-below-1", BARI, US, before_start=True) == "Label says: do not start with an ANC below 1.0."
    assert "interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above" in said("anc-below-1", BARI, US)
    assert "it may be resumed once above 1.0" in said("anc-below-1", BARI, EU)
    assert "below 9" in said("hb-below-8", TOFA, US, before_start=True)
    assert "ALC below 0.75" in said("tofa-alc", TOFA, EU, before_start=True)


def test_a_sentence_on_interrupting_is_not_said_before_the_start() -> None:
    for rule in RULES.values():
        for drug in DRUGS.values():
            for region in Region:
                for statement in statements_for(rule, drug, region, before_start=True):
                    assert "nterrupt" not in statement.text, (rule.id, drug.key)
    assert said("transaminase-5x", BARI, US) != ""
    assert said("transaminase-5x", BARI, US, before_start=True) == ""


def test_a_sentence_on_the_dose_holds_for_a_planned_start_too() -> None:
    assert said("egfr-below-30", BARI, US, before_start=True) == said("egfr-below-30", BARI, US) != ""
    for topic in IN_EITHER_PHASE:
        assert any(statement.topic == topic for drug in DRUGS.values() for statement in drug.labels), topic


def test_every_topic_is_said_once() -> None:
    texts = [statement.topic for statement in statements_for(RULES["egfr-30-60-dose"], BARI, US, before_start=False)]
    assert texts == ["renal", "creatinine"]
    texts = [statement.topic for statement in statements_for(RULES["egfr-30-60-dose"], BARI, US, before_start=True)]
    assert texts == ["renal"], "before the start the drug has not raised the creatinine"
    assert [each.topic for each in statements_for(RULES["egfr-below-30"], UPA, EU, before_start=False)] == ["renal", "renal-15"]


def test_where_no_label_has_the_rule_nothing_is_said() -> None:
    assert statement_for(RULES["neutropenia"], BARI, US, before_start=False) is None
    assert statements_for(RULES["hb-fall-2"], BARI, US, before_start=False) == ()
    assert "fallen by more than 2" in said("hb-fall-2", TOFA, EU)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sources": ("rumor",)}, "unknown source rumor; known: article"),
        ({"drugs": ("aspirin",)}, "unknown drug aspirin; known: baricitinib"),
        ({"severity_on": {"aspirin": RULES["anemia"].severity}}, "unknown drug aspirin"),
        ({"panel": "spleen"}, "unknown panel spleen; known: cbc"),
        ({"topics": ("spleen",)}, "unknown label topic spleen"),
        ({"regions": ("UK",)}, "unknown region UK; known: US, EU"),
        ({"sources": (), "topics": ()}, "names neither a source nor a label topic"),
    ],
)
def test_what_the_catalogue_does_not_know_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(CatalogueError, match=f"rule anemia.*{message}"):
        refuse_unknown(replace(RULES["anemia"], **fields), catalogue())  # type: ignore[arg-type]


def test_the_topic_of_resuming_and_rules_without_panel_are_known() -> None:
    refuse_unknown(replace(RULES["anemia"], topics=(RESUME,), panel="", sources=()), catalogue())
