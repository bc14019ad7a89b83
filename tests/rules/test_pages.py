"""The pages of the rules: complete, current, and written in whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.test_layout import ROOT

from labtrack.catalogue import catalogue
from labtrack.rules import REGISTRY, Rule
from labtrack.rules.pages import INDEX, MARKS, index, page, pages, write_pages
from labtrack.rules.registry import HEADINGS
from labtrack.rules.sources import sources_for

RULES = list(REGISTRY.rules.values())


def test_docs_rules_is_what_the_rules_say_now() -> None:
    folder = ROOT / "docs" / "rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert written == pages(REGISTRY.rules), "docs/rules is out of step: run `make docs`"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_holds_all_that_is_declared(rule: Rule) -> None:
    text = page(rule, REGISTRY.rules)
    assert text.startswith("<!--")
    assert rule.title in text
    assert all(f"\n## {heading}\n" in text for heading in HEADINGS)
    assert all(source.text in text for source in sources_for(rule))
    assert all(f"`{name}`" in text for name in rule.limits)


def test_labels_are_told_apart_by_region_and_phase() -> None:
    text = page(REGISTRY.rules["tofa-alc"], REGISTRY.rules)
    assert "(tofacitinib US, on treatment)" in text
    assert "(tofacitinib EU, on treatment)" in text
    assert "tofacitinib EU, before the start" in text


def test_the_family_is_linked() -> None:
    assert "[neutropenia](neutropenia.md)" in page(REGISTRY.rules["anc-below-1"], REGISTRY.rules)
    assert "urgent on baricitinib" in page(REGISTRY.rules["herpes-zoster"], REGISTRY.rules)


def test_the_index_lists_every_rule() -> None:
    text = index(REGISTRY.rules)
    assert all(f"[{rule.id}]({rule.id}.md)" in text for rule in RULES)


def test_every_mark_has_words() -> None:
    assert {source.mark for source in catalogue().sources.values()} <= MARKS.keys()


def test_pages_of_rules_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "old-rule.md").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("kept", encoding="utf-8")
    written = write_pages(tmp_path, {"anemia": REGISTRY.rules["anemia"]})
    assert sorted(path.name for path in tmp_path.iterdir()) == [INDEX, "anemia.md", "notes.txt"]
    assert {path.name for path in written} == {INDEX, "anemia.md"}
    assert write_pages(tmp_path, {"anemia": REGISTRY.rules["anemia"]}) == written, "the same again"


def test_the_conditions_for_resuming_are_told_in_words() -> None:
    text = page(REGISTRY.rules["hold-may-end"], REGISTRY.rules)
    assert "- May be resumed with ANC at or above 1 ×10⁹/L. (baricitinib US)\n" in text
    assert "- May be resumed with ALC above 0.75 ×10⁹/L. (tofacitinib EU)\n" in text
    assert "- May be resumed once Hb is within the reference limits again. (tofacitinib US; tofacitinib EU)\n" in text
