"""Tests of labtrack.clinic: what the facade's package offers, and what asking for it loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import labtrack.clinic


@pytest.mark.parametrize("name", labtrack.clinic.__all__)
def test_every_name_that_is_offered_is_there(name: str) -> None:
    assert getattr(labtrack.clinic, name).__name__ == name


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Hospital'"):
        _ = labtrack.clinic.Hospital


def test_settings_load_neither_the_engine_nor_the_store() -> None:
    code = "import sys; from labtrack.clinic import Settings; print(sorted({'numpy', 'sqlmodel', 'pandas'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
