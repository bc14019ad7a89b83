"""Units as a person writes them; what is recorded stays as printed."""

from __future__ import annotations

from functools import lru_cache

_SPELLED = (
    ("10*9", "×10⁹"), ("10*6", "×10⁶"), ("10*3", "×10³"), ("10^9", "×10⁹"), ("10^3", "×10³"),
    ("/{1.73_m2}", "/1.73 m²"), ("umol", "µmol"), ("ukat", "µkat"), ("/uL", "/µL"),
)  # fmt: skip


@lru_cache(512)
def unit_text(unit: str) -> str:
    """A unit for the eye.

    >>> unit_text("10*9/L"), unit_text("umol/L"), unit_text("x10^9/L"), unit_text("mL/min/{1.73_m2}")
    ('×10⁹/L', 'µmol/L', '×10⁹/L', 'mL/min/1.73 m²')
    """
    text = unit.removeprefix("x").removeprefix("×") if unit[1:4] in ("10*", "10^") else unit
    for code, spelled in _SPELLED:
        text = text.replace(code, spelled)
    return text
