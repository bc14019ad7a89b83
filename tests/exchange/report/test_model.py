"""What stands out is told by shape: no two meanings share a sign."""

from __future__ import annotations

from enum import Enum

import pytest

from labtrack.exchange.report.model import Flag, Shape, Sign


@pytest.mark.parametrize("kind", [Sign, Flag, Shape])
def test_every_meaning_has_a_shape_of_its_own(kind: type[Enum]) -> None:
    assert len({each.value for each in kind}) == len(list(kind))
