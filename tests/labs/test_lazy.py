"""Attributes computed once."""

from __future__ import annotations

from labtrack.labs.lazy import lazy


class Counted:
    """Counts how often its attribute is computed."""

    def __init__(self) -> None:
        self.computed = 0

    @lazy
    def answer(self) -> int:
        """The answer."""
        self.computed += 1
        return 42


def test_a_lazy_attribute_is_computed_once() -> None:
    counted = Counted()
    assert counted.computed == 0
    assert (counted.answer, counted.answer, counted.computed) == (42, 42, 1)


def test_on_the_class_it_is_itself_and_keeps_its_docstring() -> None:
    assert isinstance(Counted.answer, lazy)
    assert Counted.answer.__doc__ == "The answer."
