"""Every key there is, by its id."""

from __future__ import annotations

import pytest

from labtrack.tui.all_keys import KeyOf, all_keys, conflicts, is_key, keys_in_force

KNOWN = {
    each.id: each
    for each in (
        KeyOf("app.quit", "ctrl+q", "Quit", "Leave."),
        KeyOf("list.find", "slash,f3", "Find", "Find."),
        KeyOf("list.open", "enter", "Open", "Open."),
        KeyOf("form.save", "enter", "Save", "Save."),
    )
}


def test_the_keys_of_every_screen_are_there() -> None:
    known = all_keys()
    assert {"app.quit", "page.help", "import.write", "settings.key", "trouble.retry", "files.mark"} <= set(known)
    assert known["app.quit"].keys == "ctrl+q"
    assert all(each.label and each.help and each.id == id for id, each in known.items())
    assert list(known) == sorted(known)


def test_what_is_chosen_is_in_force() -> None:
    assert keys_in_force(KNOWN, {"list.find": "f4", "gone.id": "x"}) == {
        "app.quit": "ctrl+q", "list.find": "f4", "list.open": "enter", "form.save": "enter",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("id", "key", "chosen", "taken"),
    [
        ("list.open", "f3", {}, ["list.find"]),
        ("list.open", "f3", {"list.find": "f4"}, []),
        ("list.open", "f4", {"list.find": "f4"}, ["list.find"]),
        ("list.open", "ctrl+q", {}, ["app.quit"]),
        ("app.quit", "enter", {}, ["list.open", "form.save"]),
        ("form.save", "f3", {}, []),
        ("form.save", "enter", {}, []),
    ],
)
def test_a_key_is_taken_where_both_would_work(id: str, key: str, chosen: dict[str, str], taken: list[str]) -> None:
    assert [each.id for each in conflicts(id, key, KNOWN, chosen)] == taken


@pytest.mark.parametrize(
    ("text", "named"), [("f3", 1), ("ctrl+n", 1), ("ctrl+shift+f12", 1), ("x", 1), ("X", 1), ("slash", 1), ("", 0), ("a,b", 0), ("[b]", 0)]
)
def test_what_names_a_key(text: str, named: int) -> None:
    assert is_key(text) == bool(named)
