"""The log."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli.log import current_log, log_path, log_to


@pytest.mark.parametrize(
    ("where", "log"),
    [
        ("/a/clinic.db", "/a/clinic.log"),
        ("clinic", "clinic.log"),
        ("sqlite:////a/clinic.db", "/a/clinic.log"),
        ("sqlite:///clinic.db", "clinic.log"),
    ],
)
def test_the_log_stands_beside_the_clinic(where: str, log: str) -> None:
    assert log_path(where) == Path(log)


def test_beside_the_settings_where_the_clinic_is_no_file(tmp_path: Path) -> None:
    assert log_path("postgresql://server/clinic") == tmp_path / "config" / "labtrack.log"
    assert log_path("~/clinic.db") == tmp_path / "home" / "clinic.log"


def test_the_log_exists_once_there_is_something_to_tell(tmp_path: Path, labtrack: Labtrack) -> None:
    place = tmp_path / "new" / "clinic.log"
    log_to(tmp_path / "other.log")
    log_to(place)
    assert current_log() == place
    assert not place.parent.exists()
    logging.getLogger("labtrack.rules").warning("a rule failed")
    assert place.read_text(encoding="utf-8").endswith("WARNING a rule failed\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert not (tmp_path / "other.log").exists()


def test_without_a_clinic_it_is_that_of_the_default(tmp_path: Path, labtrack: Labtrack) -> None:
    assert current_log() == tmp_path / "clinic.log"


def test_an_error_is_told_by_place_and_kind_and_quotes_nobody(tmp_path: Path, labtrack: Labtrack) -> None:
    log_to(tmp_path / "clinic.log")
    name = "Zebulon Quartermain"
    try:
        try:
            int(name)
        except ValueError as error:
            raise KeyError(name) from error
    except KeyError as error:
        logging.getLogger("labtrack").error("unexpected error", exc_info=error)
    text = (tmp_path / "clinic.log").read_text(encoding="utf-8")
    assert "Quartermain" not in text
    assert text.index("builtins.ValueError") < text.index("which led to:") < text.index("builtins.KeyError")
    assert "test_log.py" in text
