"""The public names, loaded when they are asked for."""

from __future__ import annotations

import pytest

import labtrack.store


def test_every_public_name_is_there() -> None:
    for name in labtrack.store.__all__:
        assert getattr(labtrack.store, name).__name__ == name


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        labtrack.store.Nothing  # noqa: B018 - asking is the test
