"""Every key of every screen, dialog and widget: its word, its help, its action; no key twice on one screen."""

from __future__ import annotations

import pkgutil
from collections import Counter
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

import labtrack.tui
from labtrack.tui.app import PLACES
from labtrack.tui.page import BackPage, Dialog, Page

MODULES = [import_module(found.name) for found in pkgutil.walk_packages(labtrack.tui.__path__, "labtrack.tui.")]
#: Every class of ours that can hold keys.
HOLDERS: list[type[Any]] = sorted(
    {
        each
        for module in MODULES
        for _, each in getmembers(module, isclass)
        if each.__module__ == module.__name__ and issubclass(each, Widget | App)
    },
    key=lambda each: f"{each.__module__}.{each.__name__}",
)
SCREENS = [each for each in HOLDERS if issubclass(each, Screen) and each not in (Page, BackPage, Dialog)]


def own_keys(holder: type[Any]) -> list[Binding]:
    """The keys that a class itself declares."""
    return list(holder.__dict__.get("BINDINGS", ()))


def all_keys(holder: type[Any]) -> dict[str, Binding]:
    """The keys of a class of ours and those that it inherits from others of ours, by id."""
    ours = [each for each in reversed(holder.__mro__) if each.__module__.startswith("labtrack.")]
    return {binding.id: binding for each in ours for binding in own_keys(each) if binding.id}


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: each.__name__)
def test_each_key_has_an_id_a_word_a_sentence_and_an_action(holder: type[Any]) -> None:
    for binding in own_keys(holder):
        assert isinstance(binding, Binding), binding
        assert binding.id, binding
        assert "." in binding.id, binding
        assert binding.description, binding.id
        assert binding.tooltip.endswith("."), binding.id
        name = binding.action.partition("(")[0].rpartition(".")[2]
        found = [
            f"{prefix}action_{name}" for prefix in ("", "_") for each in (holder, App, Screen) if hasattr(each, f"{prefix}action_{name}")
        ]
        assert found, f"{binding.id}: nothing does {binding.action}"


def test_no_two_keys_share_an_id() -> None:
    ids = Counter(binding.id for holder in HOLDERS for binding in own_keys(holder))
    assert [id for id, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda each: each.__name__)
def test_each_screen_has_help(screen: type[Any]) -> None:
    assert (screen.HELP or "").strip(), f"{screen.__name__} has no HELP"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda each: each.__name__)
def test_no_key_does_two_things_on_one_screen(screen: type[Any]) -> None:
    used = Counter(each.strip() for binding in all_keys(screen).values() for each in binding.key.split(","))
    assert [each for each, times in used.items() if times > 1] == []


@pytest.mark.parametrize("name", PLACES)
def test_each_place_exists(name: str) -> None:
    module, kind = PLACES[name]
    assert issubclass(getattr(import_module(f"labtrack.tui.{module}"), kind), Screen)
