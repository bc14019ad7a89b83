"""Declaring rules: what is refused, what a clinic's limits change, rules kept aside."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from labtrack.core.errors import CatalogueError
from labtrack.core.judgment import Severity
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules import REGISTRY, Rule
from labtrack.rules.registry import HEADINGS, RULE_SET, WATCH, Registry, parse_sections, rule

DOCSTRING = "A title\nof two lines.\n\n" + "\n".join(f"{heading}: About\n    {heading.lower()}." for heading in HEADINGS)


def declared(test: Callable[..., Verdicts], id: str = "example", **fields: object) -> Rule:
    test.__doc__ = DOCSTRING
    with REGISTRY.set_aside() as rules:
        assert rule(id, severity=WATCH, **fields)(test) is test  # type: ignore[arg-type]
    return rules[id]


def plain(labs: Labs, limit: float = 2.0, times: int = 3) -> Verdicts:
    return labs.anc < limit * times


def test_a_rule_is_its_declaration_and_its_parameters() -> None:
    made = declared(plain)
    assert (made.id, made.title, made.family, made.panel) == ("example", "A title of two lines.", "example", "")
    assert made.sections["For the patient"] == "About for the patient."
    assert made.limits == {"limit": 2.0, "times": 3.0}
    assert (made.needs, made.sources, made.topics, made.notes) == ("anyone", (), (), ())
    assert made.version == RULE_SET


def test_iterables_are_kept_as_tuples() -> None:
    made = declared(plain, sources=["house"], topics=["anc"], family="anc", severity_on={"tofacitinib": Severity.URGENT})
    assert (made.sources, made.topics, made.family) == (("house",), ("anc",), "anc")
    assert made.severity_for("tofacitinib") is Severity.URGENT
    assert made.severity_for("baricitinib") is WATCH


def test_limits_of_a_clinics_own_make_it_local() -> None:
    made = declared(plain)
    own = made.with_limits({"limit": 1.5})
    assert own.is_local
    assert own.limits == {"limit": 1.5, "times": 3.0}
    assert own.version == f"{RULE_SET} (limit 1.5, times 3)"
    assert not made.is_local
    with pytest.raises(CatalogueError, match=re.escape("rule example has no limit ['low']; it has ['limit', 'times']")):
        made.with_limits({"low": 1.0})


def test_a_plug_ins_rule_is_versioned_with_it() -> None:
    from dataclasses import replace

    made = replace(declared(plain), plugin="city 1.2", is_local=True)
    assert made.version == "city 1.2 (limit 2, times 3)"
    assert replace(made, limits={}).version == "city 1.2"


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_missing_heading_is_refused(heading: str) -> None:
    kept = "\n".join(f"{each}: x" for each in HEADINGS if each != heading)
    with pytest.raises(CatalogueError, match=f"rule example: its docstring needs, once each and not empty: {heading}$"):
        parse_sections("example", f"Title.\n\n{kept}")


@pytest.mark.parametrize("heading", HEADINGS)
def test_an_empty_and_a_repeated_heading_are_refused(heading: str) -> None:
    with pytest.raises(CatalogueError, match=f"{heading}$"):
        parse_sections("example", DOCSTRING.replace(f"{heading}: About\n    {heading.lower()}.", f"{heading}:"))
    with pytest.raises(CatalogueError, match=f"{heading}$"):
        parse_sections("example", f"{DOCSTRING}\n{heading}: again")


def test_every_missing_heading_is_named() -> None:
    with pytest.raises(CatalogueError, match=", ".join(HEADINGS)):
        parse_sections("example", "Title.")


def test_a_missing_title_is_refused() -> None:
    with pytest.raises(CatalogueError, match="rule example: its docstring needs a title"):
        parse_sections("example", DOCSTRING[DOCSTRING.index("Says") :])


def test_a_heading_inside_a_line_is_text() -> None:
    _, sections = parse_sections("example", DOCSTRING.replace("About\n    why.", "It says Why: so."))
    assert sections["Why"] == "It says Why: so."


def test_a_rule_without_docstring_is_refused() -> None:
    def silent(labs: Labs) -> Verdicts:
        return labs.anc < 1.0

    with REGISTRY.set_aside() as rules, pytest.raises(CatalogueError, match="Says"):
        rule("silent", severity=WATCH)(silent)
    assert rules == {}


@pytest.mark.parametrize("default", ["", "= None", "= 'x'", "= True"])
def test_a_threshold_without_a_number_is_refused(default: str) -> None:
    scope: dict[str, Callable[..., Verdicts]] = {}
    exec(f"def test(labs, limit{default}): ...", scope)
    scope["test"].__doc__ = DOCSTRING
    with pytest.raises(CatalogueError, match="rule example: its parameter limit has no number as default"):
        rule("example", severity=WATCH)(scope["test"])


def test_needs_is_a_closed_list() -> None:
    with pytest.raises(CatalogueError, match="rule example: needs 'all' is not one of anyone, course, started"):
        rule("example", severity=WATCH, needs="all")


def test_an_id_is_taken_once() -> None:
    plain.__doc__ = DOCSTRING
    with pytest.raises(CatalogueError, match="two rules are called anemia"):
        rule("anemia", severity=WATCH)(plain)
    assert REGISTRY.rules["anemia"].title.startswith("Hemoglobin")


def test_what_is_declared_aside_leaves_no_trace_even_after_an_error() -> None:
    before = dict(REGISTRY.rules)
    plain.__doc__ = DOCSTRING

    def declare() -> None:
        rule("one", severity=WATCH)(plain)
        assert "one" in REGISTRY.rules
        raise KeyError

    with pytest.raises(KeyError), REGISTRY.set_aside() as kept:
        declare()
    assert list(kept) == ["one"]
    assert before == REGISTRY.rules


def test_rules_stand_in_the_order_of_their_modules() -> None:
    registry = Registry({id: REGISTRY.rules[id] for id in ("ldl-190", "hb-below-8", "ldl-rise-30", "anc-below-1")})
    registry.arrange(["labtrack.rules.cbc", "labtrack.rules.lipids"])
    assert list(registry.rules) == ["hb-below-8", "anc-below-1", "ldl-190", "ldl-rise-30"]
    registry.arrange(["labtrack.rules.lipids", "labtrack.rules.cbc"])
    assert list(registry.rules) == ["ldl-190", "ldl-rise-30", "hb-below-8", "anc-below-1"]
