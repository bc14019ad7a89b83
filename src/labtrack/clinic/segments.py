"""Keeping each patient's packed results in step with the record."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.core.record import Result
from labtrack.labs.bounds import Rows
from labtrack.labs.columns import RESULT_ROW, in_packed_order, pack_results, packed_keys

Packed = npt.NDArray[np.void]


def updated_segment(segment: bytes, added: Iterable[Result], gone: Iterable[int], catalogue: Catalogue) -> bytes:
    """A packed segment without the results that no longer stand, and with those added."""
    kept = without(np.frombuffer(segment, RESULT_ROW), gone)
    return in_packed_order(np.concatenate([kept, pack_results(added, catalogue)])).tobytes()


def segment_of(results: Iterable[Result], catalogue: Catalogue) -> bytes:
    """A patient's segment made anew from the record."""
    return pack_results(results, catalogue).tobytes()


def without(rows: Packed, gone: Iterable[int]) -> Packed:
    """Packed results but for those with some numbers."""
    leaving = list(gone)
    return rows[~np.isin(rows["result_id"], leaving)] if leaving else rows


def segments_of(owner: Rows, rows: Packed, owners: int) -> list[bytes]:
    """The segments of ``owners`` patients from packed results in any order; ``owner`` says whose each is."""
    keys = packed_keys(owner, rows["analyte"], rows["flags"], rows["at"])
    order = np.lexsort((rows["result_id"], keys))
    ends = owner[order].searchsorted(np.arange(owners + 1)) * RESULT_ROW.itemsize
    packed = rows[order].tobytes()
    return [packed[start:end] for start, end in pairwise(ends.tolist())]
