"""An advisory fails the check, an explained one does not, and what could not be looked up is said."""

from __future__ import annotations

import json

import pytest
import tests.advisories as it


def answer(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


FINE = {"name": "textual", "version": "8.2.8", "vulns": []}
BAD = {"name": "numpy", "version": "2.1.0", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.1.1"]}]}
UNKNOWN = {"name": "pandas", "skip_reason": "Dependency not found"}


def test_what_users_are_given_is_asked_about_and_the_development_tools_are_not() -> None:
    releases = it.shipped()
    assert {"textual", "sqlalchemy", "argon2-cffi", "numpy"} <= releases.keys()
    assert not {"labtrack", "pytest", "mypy", "hypothesis"} & releases.keys()


def test_an_advisory_is_a_finding_and_an_explained_one_is_not() -> None:
    assert it.judged(answer(FINE, BAD, UNKNOWN)) == (["numpy 2.1.0: PYSEC-1, fixed in 2.1.1"], 2)
    assert it.judged(answer(BAD), {"CVE-1"}) == ([], 1)


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (answer(FINE, BAD), 1, "PYSEC-1"),
        (answer(FINE), 0, "1 releases looked up, 0 unexplained"),
        (answer(UNKNOWN), 0, "NOT LOOKED UP"),
        ("", 0, "NOT LOOKED UP, nobody could be asked (no network)"),
    ],
)
def test_the_status_and_what_is_said(said: str, status: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert it.main(lambda releases: (said, "Traceback\nno network\n" if releases else "")) == status
    assert words in capsys.readouterr().out


def test_every_explanation_is_one() -> None:
    assert all(len(reason) > 20 for reason in it.EXPLAINED.values())
