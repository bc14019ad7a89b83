"""The snapshot: one row per (patient, as-of day), and every analyte as columns on those rows.

Row lists are free: all patients today, one patient on every collection date, all patients on a past date.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Analyte, Catalogue
from labtrack.core.judgment import Reason, Region
from labtrack.core.record import Sex
from labtrack.labs.bounds import TOLERANCE, Days, Flags, Floats, Rows
from labtrack.labs.cells import Cells, Group
from labtrack.labs.columns import Cohort, day_of_instant
from labtrack.labs.derived import Deriver, age_at
from labtrack.labs.lab import Lab
from labtrack.labs.lazy import lazy
from labtrack.labs.renal import Clearance, EgfrLab
from labtrack.labs.series import Readings, View, end_of_day, has, owner_key
from labtrack.labs.treatment import Treatment
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Verdicts, known

#: Pregnancy status applies to sex F under this age (house policy, clinical reference, section 5).
PREGNANCY_AGE = 56


class Labs:
    """What the rules see: analytes, treatment and events as columns of shape (rows,).

    ``patient`` indexes the cohort's patients, ``as_of`` is the ordinal day asked about. An analyte is an attribute
    (``labs.anc``); see :class:`labtrack.labs.lab.Lab`.
    """

    def __init__(
        self,
        cohort: Cohort,
        catalogue: Catalogue,
        region: Region,
        patient: Rows,
        as_of: Days,
        readings: Readings | None = None,
        together: Group | None = None,
    ) -> None:
        """``together`` are analytes to look up at once when the first of them is asked for; it changes no answer."""
        self.cohort = cohort
        self.catalogue = catalogue
        self.region = region
        self.patient = patient
        self.treatment = Treatment(cohort, patient, as_of)
        self.readings = readings or readings_of(cohort, catalogue)
        self.sex: npt.NDArray[np.int8] = cohort.patients.sex[patient]
        self.together = together
        #: Keys of the analytes whose current readings were asked for.
        self.asked: set[str] = set()
        self._on_drug: dict[tuple[str, ...], Flags] = {}
        #: Shared by whoever means all rows, or no reasons; never written to.
        self.every_row: Flags = np.ones(len(patient), np.bool_)
        self.no_reasons: npt.NDArray[np.uint16] = np.zeros(len(patient), np.uint16)
        self.nowhere: Flags = np.zeros(len(patient), np.bool_)

    def __len__(self) -> int:
        return len(self.patient)

    @lazy
    def end(self) -> Days:
        """The first instant after the judged day."""
        return end_of_day(self.treatment.day)

    @lazy
    def end_of_baseline(self) -> Days:
        """The first instant after the start of the course, or after the judged day where that comes first; without a course 0."""
        return end_of_day(np.minimum(self.treatment.start, self.treatment.day))

    def end_of(self, day: Days) -> Days:
        """The first instant after each day."""
        return self.end if day is self.treatment.day else end_of_day(day)

    def latest(self, number: int | Rows, end: Days, view: View | None = None) -> Rows:
        """Per row the place of the last reading of an analyte before an instant; for numbers of shape (analytes, 1) one line each."""
        view = view or self.readings.view
        if isinstance(number, int):
            return self.readings.latest(view, owner_key(number, self.patient), end)
        # A search for ascending keys is several times faster than for keys in turns: patient by patient, not analyte by analyte.
        owner = owner_key(number.T, self.patient[:, np.newaxis])
        return np.ascontiguousarray(self.readings.latest(view, owner, end[:, np.newaxis]).T)

    def together_with(self, analyte: Analyte) -> dict[str, Any]:
        """The current readings of an analyte as far as its group has answered for it; nothing where it has none."""
        self.asked.add(analyte.key)
        line = None if self.together is None else self.together.lines.get(analyte.key)
        return {} if line is None else self._lines[line]

    @lazy
    def _lines(self) -> list[dict[str, Any]]:
        kind = (self.together or Group(())).kind
        return Cells(self, kind, self.latest(kind.number, self.end), self.readings.view).lines()

    def __getattr__(self, key: str) -> Lab:
        """The analyte ``key``, made on first use."""
        analyte = self.catalogue.analytes.get(key)
        if analyte is None:
            raise AttributeError(key)
        lab = Lab(self, analyte)
        self.__dict__[key] = lab
        return lab

    def let_go(self) -> None:
        """Forget the analytes made so far, for they refer back to the snapshot, and what stands in a circle is freed late or never.

        It changes no answer: what is asked for again is made again.
        """
        for name in [name for name, made in vars(self).items() if isinstance(made, Lab)]:
            delattr(self, name)

    def analyte(self, key: str) -> Lab:
        """The analyte ``key``."""
        lab: Lab = getattr(self, key)
        return lab

    def on_drug(self, *keys: str) -> Flags:
        """Whether the governing (or planned, or assumed) drug is one of these."""
        on_drug = self._on_drug.get(keys)
        if on_drug is None:
            each = [self.treatment.drug == self.catalogue.drugs[key].number for key in keys]
            on_drug = self._on_drug[keys] = np.logical_or.reduce(each)
        return on_drug

    @lazy
    def before_start(self) -> Flags:
        """Whether treatment has not begun: a planned course, or none."""
        return ~self.treatment.started

    def dose_above(self, limit_mg: float) -> Verdicts:
        """Whether the daily dose is above a limit in mg; unknown where the dose is not known."""
        dose = self.treatment.dose_per_day
        above = np.where(dose > limit_mg * (1 + TOLERANCE), np.int8(MET), np.int8(NOT_MET))
        answer = np.where(np.isnan(dose), np.int8(UNKNOWN), above)
        return Verdicts(answer, np.where(answer == UNKNOWN, np.uint16(Reason.DOSE_UNKNOWN.bit), np.uint16(0)))

    def event_open(self, *kinds: str) -> Verdicts:
        """Whether an event of one of these kinds is open on the judged day."""
        return known(self.treatment.event_open(*kinds), kinds)

    def event_recorded(self, first: Days, last: Days, *kinds: str) -> Verdicts:
        """Whether an event of one of these kinds began between two days, inclusive."""
        return known(self.treatment.event_since(first, last, *kinds), kinds)

    @lazy
    def on_hold(self) -> Verdicts:
        """Whether the drug is paused (or stopped) on the judged day."""
        return known(self.treatment.on_hold)

    @lazy
    def egfr(self) -> EgfrLab:
        """eGFR, reported or calculated."""
        return EgfrLab(self, self.catalogue.analytes["egfr"])

    @lazy
    def creatinine_clearance(self) -> Clearance:
        """Cockcroft-Gault from the current creatinine, age at its collection and the recorded weight."""
        return Clearance(self)

    @lazy
    def age(self) -> Floats:
        """Completed years on the judged day, NaN where the birth date is unknown."""
        return age_at(self.cohort.patients, self.patient, self.treatment.day)

    @lazy
    def screening_open(self) -> tuple[Flags, Flags]:
        """Whether any screening item that applies is neither done nor declined, and whether only doubt about sex or age decides."""
        settled = self.treatment.settled(tuple(self.catalogue.screening_items))
        female = ~settled[list(self.catalogue.screening_items).index("screen-pregnancy")]
        always = (~settled).sum(axis=0) > female
        male, adult_past = self.sex == 2, self.age >= PREGNANCY_AGE
        certain = (self.sex == 1) & (self.age < PREGNANCY_AGE)
        perhaps = ~certain & ~male & ~adult_past
        return always | (female & certain), ~always & female & perhaps

    def unsettled_items(self, row: int) -> list[str]:
        """The names of the screening items of one row that are neither done nor declined and may apply."""
        settled = {kind for kind, _, _ in self.treatment.recorded(row)}
        sex, age = (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE)[self.sex[row]], self.age[row]
        years = None if np.isnan(age) else int(age)
        return [
            item.name
            for item in self.catalogue.screening_items.values()
            if not settled & {item.key, f"declined-{item.key}"} and item.applies(sex, years) is not False
        ]

    def latest_days(self, keys: Sequence[str], rows: Rows, day: Days) -> Days:
        """On some rows, one line per analyte: the day of its last usable reading up to a day, 0 where there is none."""
        numbers = np.array([[self.catalogue.analytes[key].number] for key in keys])
        place = self.readings.latest(self.readings.view, owner_key(numbers, self.patient[rows]), end_of_day(day))
        return np.where(has(place), day_of_instant(self.readings.at(self.readings.view.row(place))), 0)

    def has_later_result(self, lab: Lab) -> Flags:
        """For a stopped course: whether a usable reading newer than the judged one exists by the as-of day."""
        return lab.last_place(self.treatment.as_of) > lab.place


def readings_of(cohort: Cohort, catalogue: Catalogue) -> Readings:
    """All readings of a cohort, calculated ones included."""
    numbers = {key: analyte.number for key, analyte in catalogue.analytes.items()}
    with np.errstate(all="ignore"):
        return Readings(cohort.results, Deriver(cohort, numbers).extras())
