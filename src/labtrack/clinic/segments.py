"""Keeping each patient's packed results in step with the record."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.core.record import Result
from labtrack.labs.columns import RESULT_ROW, pack_results


def updated_segment(segment: bytes, added: Iterable[Result], gone: Iterable[int], catalogue: Catalogue) -> bytes:
    """A packed segment without the results that no longer stand, and with those added at its end (they were entered last)."""
    leaving = list(gone)
    if leaving and segment:
        rows = np.frombuffer(segment, RESULT_ROW)
        segment = rows[~np.isin(rows["result_id"], leaving)].tobytes()
    return segment + pack_results(added, catalogue).tobytes()


def segment_of(results: Iterable[Result], catalogue: Catalogue) -> bytes:
    """A patient's segment made anew from the record."""
    return pack_results(sorted(results, key=lambda each: each.result_id), catalogue).tobytes()
