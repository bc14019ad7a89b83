"""How much a value of one person varies by itself: the reference change value (clinical reference, section 7).

It is only said beside a change, as within or beyond expected variation; it never hides a threshold.
"""

from __future__ import annotations

import math

#: Two-sided 95 %, and the imprecision of two measurements.
_Z = 1.96 * math.sqrt(2)
#: Analytical imprecision as a share of the within-subject variation where the laboratory's own is not known.
_SHARE = 0.5


def expected_variation(cvi: float, cva: float | None = None) -> tuple[float, float]:
    """The change down and up, in percent, that two results of one unchanged person may show; the log-normal formula.

    ``cvi`` and ``cva`` are the within-subject and the analytical coefficients of variation in percent.

    >>> [round(change, 1) for change in expected_variation(9.5)]
    [-25.4, 34.1]
    """
    analytical = cvi * _SHARE if cva is None else cva
    spread = math.sqrt(math.log(1 + (analytical / 100) ** 2 + (cvi / 100) ** 2))
    return (math.exp(-_Z * spread) - 1) * 100, (math.exp(_Z * spread) - 1) * 100


def is_beyond(change_percent: float, cvi: float) -> bool:
    """Whether a change in percent is more than expected variation explains."""
    down, up = expected_variation(cvi)
    return change_percent < down or change_percent > up
