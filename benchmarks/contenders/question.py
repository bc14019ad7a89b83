"""What every contender is asked.

Rules: ``anc-below-1``, ``alc-below-0.5``, ``hb-below-8``, ``neutropenia``, ``hb-fall-2``, ``transaminase-3x``, ``ldl-rise-30`` and
``egfr-below-30``, with all that decides them in these data: the latest value by collection time, the baseline (latest in the 180 days up
to the start, compared only with a value after it), staleness by treatment and panel, the drug, planned courses, the printed upper
limit, equality within tolerance. Checks: the next due day of four panels from the last complete set (all required analytes within 6
days), the milestones by drug, the repeats, and the rechecks of the met rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from labtrack.labs.columns import Cohort

RULES = (
    "anc-below-1", "alc-below-0.5", "hb-below-8", "neutropenia", "hb-fall-2", "transaminase-3x", "ldl-rise-30", "egfr-below-30",
)  # fmt: skip
PANELS = ("cbc", "liver", "renal", "lipid")
#: Analyte numbers as the record has them.
ANC, ALC, HB, ALT, AST, LDL, EGFR = 2, 3, 4, 7, 8, 14, 18
NEEDED = (ANC, ALC, HB, ALT, AST, LDL, EGFR)
REQUIRED = {"cbc": (HB, ANC, ALC), "liver": (ALT, AST), "renal": (EGFR,), "lipid": (LDL,)}
TOFACITINIB = 2
MET, UNKNOWN, NOT_MET, NOT_APPLICABLE = 1, 0, -1, -2
TOLERANCE = 1e-9


@dataclass(slots=True)
class Answers:
    """Per patient: an answer of each rule (+1, 0, −1, −2), and the ordinal day each panel is due."""

    rules: npt.NDArray[np.int8]
    due: npt.NDArray[np.int64]

    def digest(self) -> str:
        """The same for the same answers."""
        from hashlib import sha256

        return sha256(self.rules.astype(np.int8).tobytes() + self.due.astype(np.int64).tobytes()).hexdigest()


class Contender(Protocol):
    """One way to answer."""

    def prepare(self, cohort: Cohort) -> None:
        """Take the columns in."""

    def run(self) -> Answers:
        """Answer everything, from scratch."""
