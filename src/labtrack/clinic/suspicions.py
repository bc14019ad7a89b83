"""What to ask about results just entered: do they fit each other, the patient's last ones, and what stands of the same time?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.clinic.traps import calculated_egfr, entry_traps
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result
from labtrack.labs.bounds import TOLERANCE
from labtrack.labs.columns import HIGH_OPEN, LOW_OPEN, RESULT_ROW, SEX_CODE, UNUSABLE, instant, specimen_code

#: An analyte's key and what is asked about it.
Asked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient's usable standing results around one collection, canonical units.

    ``at_once`` are those of the same instant: result id, analyte key, value. ``specimen`` are exact values of the same specimen,
    ``last`` the exact values before it; by analyte key.
    """

    at_once: tuple[tuple[int, str, Interval], ...]
    specimen: Mapping[str, float]
    last: Mapping[str, float]

    @classmethod
    def of(cls, segment: bytes, at: CollectedAt, specimen_id: str, catalogue: Catalogue, without: int = 0) -> Standing:
        """From a patient's packed results; ``without`` is a result that is about to be replaced."""
        rows = np.frombuffer(segment, RESULT_ROW)
        rows = rows[((rows["flags"] & UNUSABLE) == 0) & (rows["result_id"] != without)]
        when = instant(at.ordering)
        keys = {analyte.number: key for key, analyte in catalogue.analytes.items()}
        now = rows[rows["at"] == when]
        exact = rows[rows["low"] == rows["high"]]
        same = exact[exact["specimen"] == specimen_code(specimen_id, when)]
        earlier = exact[exact["at"] < when]
        earlier = earlier[np.argsort(earlier["at"], kind="stable")]
        return cls(
            tuple(
                (id, keys[number], Interval(low, high, bool(flags & LOW_OPEN), bool(flags & HIGH_OPEN)))
                for id, number, low, high, flags in now[["result_id", "analyte", "low", "high", "flags"]].tolist()
            ),
            {keys[number]: value for number, value in same[["analyte", "low"]].tolist()},
            {keys[number]: value for number, value in zip(earlier["analyte"].tolist(), earlier["low"].tolist(), strict=True)},
        )

    def disagrees(self, result: Result) -> bool:
        """Whether a standing result of the same analyte and instant differs."""
        value = result.value
        return value is not None and any(key == result.analyte and not _equal(other, value) for _, key, other in self.at_once)

    def says_the_same(self, result_id: int, result: Result) -> bool:
        """Whether a standing result has the same canonical value."""
        value = result.value
        return value is not None and any(id == result_id and _equal(other, value) for id, _, other in self.at_once)


def _equal(one: Interval, other: Interval) -> bool:
    """Equal on paper."""
    same_ends = (one.low_open, one.high_open) == (other.low_open, other.high_open)
    return same_ends and bool(np.isclose([one.low, one.high], [other.low, other.high], rtol=TOLERANCE, atol=0.0).all())


def questions(catalogue: Catalogue, patient: Patient, new: Sequence[Result], standing: Standing) -> list[Asked]:
    """(analyte key, question): unit traps and misfits of new results (clinical reference, section 6). They ask, and change nothing."""
    entered = {each.analyte: each.value.low for each in new if each.value is not None and each.value.is_exact}
    if not entered:
        return []
    on = new[0].collected_at
    before = _asked(catalogue, patient, standing.specimen, {}, on) if standing.specimen else []
    # Most values are nowhere near a unit's factor from the last one.
    last = {key: value for key, value in standing.last.items() if key in entered and not 0.2 * value < entered[key] < 5 * value}
    return [each for each in _asked(catalogue, patient, {**standing.specimen, **entered}, last, on) if each not in before]


def _asked(catalogue: Catalogue, patient: Patient, values: Mapping[str, float], last: Mapping[str, float], at: CollectedAt) -> list[Asked]:
    if "creatinine" in values and "egfr" in values and patient.birth_date is not None:
        born = patient.birth_date
        age = at.on.year - born.year - ((at.on.month, at.on.day) < (born.month, born.day))
        given = np.array([values["creatinine"]]), np.array([float(age)]), np.array([SEX_CODE[patient.sex]], np.int8)
        values = {**values, "egfr_calculated": float(calculated_egfr(*given)[0])}
    return [(key, question) for key, found in entry_traps(catalogue, values, last).items() for question in found]
