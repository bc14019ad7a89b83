"""What a reading says, and what its bounds name."""

from __future__ import annotations

import pytest
from tests.charts.build import above, below, between, exact

from labtrack.charts.model import Point, Shape


@pytest.mark.parametrize(
    ("point", "shape", "ends"),
    [
        (exact("2026-01-01", 0.82), Shape.EXACT, (0.82,)),
        (exact("2026-01-01", 0.0), Shape.EXACT, (0.0,)),
        (below("2026-01-01", 5.0), Shape.BELOW, (5.0,)),
        (above("2026-01-01", 90.0), Shape.ABOVE, (90.0,)),
        (between("2026-01-01", 1.2, 1.4), Shape.BETWEEN, (1.2, 1.4)),
    ],
)
def test_a_bound_is_no_number(point: Point, shape: Shape, ends: tuple[float, ...]) -> None:
    assert point.shape is shape
    assert point.ends == ends
