"""The exception tree: what it looks like and what it says."""

from __future__ import annotations

import inspect

import pytest

from labtrack.core import errors
from labtrack.core.errors import DatabaseLocked, LabtrackError, StoreError, UsageError

TREE = [each for _, each in inspect.getmembers(errors, inspect.isclass) if each.__module__ == errors.__name__]


def test_every_error_is_in_the_one_tree_and_in_its_drawing() -> None:
    assert len(TREE) == 16
    for error in TREE:
        assert issubclass(error, LabtrackError)
        assert error.__name__ in (errors.__doc__ or "")
        assert error.__doc__


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (UsageError("No such column.", "Name one of: mrn, name."), "No such column. Name one of: mrn, name."),
        (DatabaseLocked("Another program writes."), "Another program writes."),
    ],
)
def test_an_error_shows_what_happened_and_what_to_do(error: LabtrackError, shown: str) -> None:
    assert str(error) == shown


def test_message_and_next_step_can_be_told_apart() -> None:
    error = DatabaseLocked("Locked.", "Close it.")
    assert (error.message, error.next_step) == ("Locked.", "Close it.")
    with pytest.raises(StoreError):
        raise error
