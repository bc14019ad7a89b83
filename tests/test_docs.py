"""The documents agree with the code: the table of arrows, the file names, the README's commands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tests.test_layout import ARROWS, LATE, PACKAGE, ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def architecture_rows() -> dict[str, str]:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE))


def test_the_architecture_page_has_a_row_for_every_package() -> None:
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert packages == architecture_rows().keys()


def test_the_architecture_page_names_the_arrows_that_the_tests_hold() -> None:
    for package, cell in architecture_rows().items():
        named = set() if cell == "standard library" else {name.strip(" *") for name in cell.split(",")}
        assert named == ARROWS[package], package
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


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads("\n".join(lines))["project"]
    for requirement in project["dependencies"]:
        place = next(number for number, line in enumerate(lines) if line.strip().startswith(f'"{requirement}"'))
        assert lines[place - 1].strip().startswith("#"), f"{requirement} has no reason above it"
