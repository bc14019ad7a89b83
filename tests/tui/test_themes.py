"""Light, dark, monochrome."""

from __future__ import annotations

from textual.color import Color

from labtrack.clinic.settings import THEMES as CHOICES
from labtrack.tui.themes import LIGHT, MONO, NAMES, THEMES


def test_each_choice_of_the_settings_is_a_theme() -> None:
    assert set(CHOICES) == set(NAMES)
    assert set(NAMES.values()) == {theme.name for theme in THEMES}


def test_monochrome_has_no_hue() -> None:
    for name in ("primary", "secondary", "accent", "warning", "error", "success", "foreground", "background", "surface", "panel"):
        color = Color.parse(getattr(MONO, name))
        assert color.r == color.g == color.b


def test_text_stands_out_from_its_ground() -> None:
    for theme in THEMES:
        ground = Color.parse(theme.background)
        for name in ("foreground", "error", "warning", "primary"):
            contrast = ground.get_contrast_text(1).rgb, Color.parse(getattr(theme, name)).brightness - ground.brightness
            assert abs(contrast[1]) > 0.3, (theme.name, name)
    assert not LIGHT.dark
