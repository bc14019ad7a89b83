"""The documents agree with the code: the table of arrows, the file names, the README's commands."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import TODAY
from tests.rules.casefile import answers, cases_of, in_order
from tests.rules.test_cases import kinds_needed
from tests.test_layout import ARROWS, LATE, PACKAGE, ROOT

from labtrack.catalogue import catalogue
from labtrack.cli import main
from labtrack.demo.chart import chart_of
from labtrack.rules import REGISTRY, Rule, effective_rules
from labtrack.rules.sources import refuse_unknown

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def architecture_rows() -> dict[str, str]:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE))


def test_the_architecture_page_has_a_row_for_every_package() -> None:
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert packages == architecture_rows().keys()


def test_the_architecture_page_names_the_arrows_that_the_tests_hold() -> None:
    rows = architecture_rows()
    planned = ARROWS.keys() - rows.keys()
    for package, cell in rows.items():
        named = set() if cell == "standard library" else {name.strip(" *") for name in cell.split(",")}
        assert named == ARROWS[package] - planned, package
        assert {name for name in named if f"*{name}*" in cell} == named & LATE, f"{package}: italics mark what is imported late"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_named_paths_exist(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|docs|migrations|benchmarks)/[\w./-]*)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_the_readme_names_only_targets_that_make_has() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^    )make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_the_first_steps_of_the_readme_can_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("## First steps")[1].split("##")[0]
    commands = re.findall(r"^    labtrack (.+)$", block, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        assert main(shlex.split(command)) == 0, f"{command}: {capsys.readouterr().err}"
    assert (tmp_path / "summary.csv").is_file()
    assert "anc-below-1" in capsys.readouterr().out


def test_every_command_that_the_readme_names_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"(?:`|^    )labtrack ([a-z]+)", text, re.MULTILINE))):
        assert main([name, "--help"]) == 0, name
    assert capsys.readouterr().out


def examples(page: Path, language: str) -> list[str]:
    """The fenced examples of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """The names that the Python examples of the page on adding a rule define, and under ``rule`` the rule itself."""
    names: dict[str, Any] = {}
    with REGISTRY.set_aside() as declared:
        for text in examples(DOCS / "add-a-rule.md", "python"):
            exec(compile(text, "add-a-rule.md", "exec"), names)  # the page is ours
    (names["rule"],) = declared.values()
    return names


def test_the_example_of_a_rule_passes_its_example_cases(example: dict[str, Any], tmp_path: Path) -> None:
    rule: Rule = example["rule"]
    refuse_unknown(rule, catalogue())
    path = tmp_path / f"{rule.id}.toml"
    path.write_text(next(text for text in examples(DOCS / "add-a-rule.md", "toml") if text.startswith("rule =")), encoding="utf-8")
    cases = list(cases_of(path))
    assert kinds_needed(rule) == {case.kind for case in cases}
    for case in cases:
        answer = answers([case], {rule.id: rule}, case.region)[0][rule.id]
        assert answer.expect == in_order(case.expect), case.name
        assert case.recheck in (None, answer.recheck), case.name


def test_the_example_of_a_sample_patient_names_the_rule_and_can_be_made(example: dict[str, Any]) -> None:
    assert example["EXAMPLE"].shows[0].met == (example["rule"].id,)
    assert chart_of(example["EXAMPLE"], 1, TODAY, seed=1).results[-1].collected_at.on < TODAY


def test_the_example_of_own_settings_is_accepted() -> None:
    text = examples(DOCS / "add-a-rule.md", "toml")[-1]
    rules, version = effective_rules(tomllib.loads(text)["rules"], text)
    assert rules["ldl-rise-30"].is_local
    assert "alc-below-0.5" not in rules
    assert version != effective_rules({})[1]


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads("\n".join(lines))["project"]
    for requirement in project["dependencies"]:
        place = next(number for number, line in enumerate(lines) if line.strip().startswith(f'"{requirement}"'))
        assert lines[place - 1].strip().startswith("#"), f"{requirement} has no reason above it"
