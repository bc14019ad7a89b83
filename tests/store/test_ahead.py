"""What is compiled ahead is what the statements say."""

from __future__ import annotations

from labtrack.store import ahead


def test_the_compiled_statements_are_in_step() -> None:
    assert ahead.TARGET.read_text(encoding="utf-8") == ahead.module_text(), "run: python -m labtrack.store.ahead"


def test_a_long_text_is_cut_between_words_and_loses_nothing() -> None:
    text = "SELECT " + ", ".join(f'"column_{number}"' for number in range(80))
    lines = ahead._quoted(text)
    assert max(map(len, lines)) <= 140
    assert eval("(" + "".join(lines) + ")") == (text,)
