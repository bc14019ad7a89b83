"""Keys carry an id, a word and a sentence."""

from __future__ import annotations

from labtrack.tui.keys import key


def test_a_key_has_all_that_footer_help_and_settings_need() -> None:
    binding = key("worklist.find", "slash", "find", "Find", "Find a patient.", show=False, priority=True)
    assert (binding.id, binding.key, binding.action) == ("worklist.find", "slash", "find")
    assert (binding.description, binding.tooltip, binding.show, binding.priority) == ("Find", "Find a patient.", False, True)
