"""Random patients, far nastier than a clinic's: everything sits on a threshold, a window's edge or in the same minute.

``random_person`` takes any :class:`random.Random`; the hypothesis strategy below hands it one that shrinks. Values go through
``read_value`` as printed texts, so that conversions are the product's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import lru_cache
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.oracle.model import Person, Pinned

from labtrack.catalogue import catalogue, read_value
from labtrack.catalogue.reading import Reading
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex

#: A middle for everybody's dates.
MIDDLE = date(2025, 3, 1)

#: Per analyte: unit → numbers as printed, on both sides of the thresholds and on them.
POOLS: dict[str, dict[str, str]] = {
    "anc": {
        "10*9/L": "0.49 0.5 0.50 0.51 0.99 1.0 1 1.01 1.49 1.5 1.50 1.51 3.2",
        "/uL": "499 500 999 1000 1001 1499 1500 1501 4000",
        "K/uL": "0.5 1.0 1.5 2.2",
    },
    "alc": {"10*9/L": "0.49 0.5 0.50 0.51 0.74 0.75 0.76 1.8", "/uL": "499 500 501 749 750 751 2100", "10*3/uL": "0.5 0.75 1.1"},
    "wbc": {"10*9/L": "0 0.5 1 1.0 2 2.00 3 4 5 10", "/uL": "1000 2000 2500 4000"},
    "neut_pct": {"%": "0 10 20 25 30 33.3 40 50 60 75", "FRACTION": "0.25 0.5 0.75"},
    "lymph_pct": {"%": "5 10 12.5 20 25 37.5 50"},
    "hb": {
        "g/dL": "7.9 8.0 8 8.1 8.9 9.0 9 9.1 10.0 10.9 11.0 11.9 12.0 12.9 13.0 14.0 14.9 15.0 16.9 6.5",
        "g/L": "79 80 81 89 90 91 109 119 120 129 130 149 169",
        "mmol/L (monomer)": "5.0 5.6 7.4 8.1",
    },
    "plt": {"10*9/L": "74 75 75.0 76 140 300", "/uL": "74999 75000 75001 250000", "lakh/cumm": "0.75 0.74 1.5"},
    "alt": {
        "U/L": "20 40 44 45 46 90 120 131 132 133 134 135 136 200 219 220 221 224 225 226 400",
        "ukat/L": "0.5 0.75 0.76 2.2 2.25 2.26 3.75 3.76 3.66667",
    },
    "ast": {
        "U/L": "20 39 40 41 80 119 120 121 135 199 200 201 300",
        "ukat/L": "0.6 0.66667 0.67 2.0 2.01 2.1 3.3334 3.34",
        "IU/L": "40 120 200",
    },
    "alp": {"U/L": "80 121 241 242 243 300 90 180 181 500"},
    "bilirubin": {"mg/dL": "0.6 1.1 1.2 2.1 2.2 2.3 2.39 2.4 2.40 2.41 3.0 5", "umol/L": "10 17 20.5 34 40 41 41.0 41.1 60"},
    "ldl": {
        "mg/dL": "70 99 100 129 130 130.0 131 149 150 189 190 191 194 195 196 240",
        "mmol/L": "1.00 1.30 1.31 2.30 2.98 2.99 3.00 3.90 4.90 4.91 4.92 5.07 1.80 2.34",
    },
    "tc": {"mg/dL": "150 180 200 250 300 320 400 90", "mmol/L": "4.0 5.0 6.5 8.2"},
    "hdl": {"mg/dL": "30 40 50 60 95", "mmol/L": "1.0 1.3 1.6"},
    "tg": {
        "mg/dL": "50 100 150 399 400 401 499 500 501 600 799 800 801 900",
        "mmol/L": "1.0 2.3 4.50 4.51 4.52 5.64 5.65 9.03 9.04",
    },
    "creatinine": {
        "mg/dL": "0.6 0.7 0.8 0.9 1.0 1.1 1.2 1.3 1.5 1.8 2.0 2.4 3.0 4.5",
        "umol/L": "53 62 70.72 79.56 80 88.4 106.08 110 150 200 300",
    },
    "egfr": {"mL/min/1.73m2": "15 29 29.9 30 30.0 31 44 45 46 59 59.9 60 60.0 61 74 75 76 80 89 90 100 120"},
}
LIMITS: dict[str, dict[str, str]] = {
    "hb": {"g/dL": "12.0:16.0 13.0:17.5 11.5: 8.0:15 :16", "g/L": "120:160 130:175", "mmol/L (monomer)": "7.4:10.0"},
    "alt": {"U/L": "0:44 5:45 :40 0:30", "ukat/L": "0.1:0.75 :0.70"},
    "ast": {"U/L": "0:40 5:45 :35", "ukat/L": "0.1:0.7", "IU/L": "0:40"},
    "alp": {"U/L": "30:121 30:90 :150"},
    "bilirubin": {"mg/dL": "0.2:1.2 :1.1 0.1:1.0", "umol/L": "3:20.5 :17 :20"},
}
BAD_LIMITS = (("n/a", "n/a"), ("5", "see note"), ("90", "10"), ("", "?"), ("?", ""), ("<1", ">5"))
TEXTS = ("hemolyzed", "TNP", "see note", "", "1.2.3")
COMPARATORS = ("<", "<=", "≤", ">", ">=", "≥")
PANELS = {
    "cbc": ("hb", "anc", "alc", "wbc", "plt"),
    "counts": ("hb", "wbc", "neut_pct", "lymph_pct", "plt"),
    "liver": ("alt", "ast", "alp", "bilirubin"),
    "lipid": ("tc", "hdl", "tg"),
    "lipids": ("ldl", "tc", "hdl", "tg"),
    "renal": ("creatinine", "egfr"),
    "kidney": ("creatinine",),
}
AROUND_START = (
    -400,
    -190,
    -181,
    -180,
    -179,
    -100,
    -30,
    -8,
    -7,
    -6,
    -1,
    0,
    0,
    1,
    3,
    6,
    7,
    13,
    20,
    21,
    22,
    28,
    34,
    35,
    36,
    69,
    70,
    71,
    84,
    98,
    112,
)
BEFORE_TODAY = (0, 0, 1, 2, 3, 4, 6, 7, 8, 10, 14, 17, 28, 31, 42, 45, 84, 97, 98, 99, 100, 179, 180, 181, 182, 377, 378, 379, 380, -1, -3)
TIMES = (None, None, time(0, 0), time(7, 30), time(7, 30), time(11, 15), time(23, 59))
HOLD_REASONS = (
    "anc-below-1", "tofa-anc", "alc-below-0.5", "tofa-alc", "hb-below-8", "hb-fall-2", "neutropenia", "anemia", "transaminase-5x",
    "serious-infection", "herpes-zoster", "other: travel",
)  # fmt: skip
DRUGS = ("baricitinib", "baricitinib", "tofacitinib", "upadacitinib")
FREQUENCIES = ("daily", "daily", "Daily", "twice daily", "every other day", "when needed")


@dataclass(frozen=True)
class Drawn:
    """A random person and the days to judge them on."""

    person: Person
    days: tuple[date, ...]


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


@lru_cache(maxsize=100_000)
def read(analyte: str, value: str, unit: str, low: str, high: str) -> Reading:
    identity = catalogue().identify(analyte, unit)
    assert identity is not None
    return read_value(identity, value, unit, low, high)


def random_person(random: Random, name: str = "p") -> Drawn:
    """One patient with everything that may go wrong, and a few days to ask about."""
    start = after(MIDDLE, random.randint(-40, 40))
    today = after(start, random.choice((-200, -20, -1, 0, 1, 20, 27, 28, 35, 36, 70, 84, 98, 99, 120, 180, 200, 300, 420)))
    courses = random_courses(random, start, today)
    results = Results(random, start, today).made()
    days = [today, *random.sample([after(start, each) for each in AROUND_START], 2), after(today, random.choice((1, 3, 7, 30, 99)))]
    for course in courses:
        if course.stop_on is not None:
            days += [course.stop_on, after(course.stop_on, random.randint(1, 60))]
    pins = random_pins(random, courses, results)
    person = Person(random_patient(random, name, start, today), courses, random_events(random, start, today), results, pins)
    return Drawn(person, tuple(days))


def random_patient(random: Random, name: str, start: date, today: date) -> Patient:
    born: date | None = None
    if random.random() < 0.9:
        years = random.choice((17, 18, 18, 19, 40, 55, 56, 56, 65, 70, 90))
        anchor = random.choice((start, today, after(today, -30)))
        born = after(anchor, -round(365.25 * years) + random.choice((-1, 0, 1, 200)))
        if random.random() < 0.1:
            born = date(1968, 2, 29)
    sex = random.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE, Sex.MALE, Sex.UNKNOWN))
    return Patient(name, name, born, sex, random.choice((None, 50.0, 60.0, 72.0, 100.0)))


def random_courses(random: Random, start: date, today: date) -> tuple[Course, ...]:
    kind = random.choice(("none", "one", "one", "one", "one", "stopped", "two", "two"))
    if kind == "none":
        return ()
    first = random_course(random, start, today)
    if kind == "one":
        return (first,)
    stop = after(start, random.choice((0, 1, 10, 28, 60, 100)))
    first = replace(first, stop_on=stop, reason="other")
    if kind == "stopped":
        return (first,)
    return (first, random_course(random, after(stop, random.choice((0, 1, 20, 90, 200))), today))


def random_course(random: Random, start: date, today: date) -> Course:
    steps = []
    on = start
    for _ in range(random.choice((0, 0, 1, 2))):
        on = after(on, random.choice((1, 7, 28, 63, 84)))
        steps.append(DoseStep(on, random.choice((0.5, 1, 2, 4, 15)), random.choice(FREQUENCIES)))
    holds = []
    on = start
    for _ in range(random.choice((0, 0, 1, 2))):
        on = after(on, random.choice((0, 3, 7, 21, 28)))
        end = after(on, random.choice((0, 1, 7, 14, 56))) if random.random() < 0.6 else None
        holds.append(Hold(on, random.choice(HOLD_REASONS), end))
        if end is None:
            break
        on = end if random.random() < 0.8 else on
    dose = random.choice((0.5, 1, 2, 2, 4, 5, 15))
    return Course(random.choice(DRUGS), dose, random.choice(FREQUENCIES), start, doses=tuple(steps), holds=tuple(holds))


def random_events(random: Random, start: date, today: date) -> tuple[Event, ...]:
    known = catalogue()
    events = []
    kinds = [kind.key for kind in known.event_kinds.values() if not kind.item]
    for kind in random.sample(kinds, random.choice((0, 0, 1, 2, 4))):
        on = after(random.choice((start, today)), random.choice((-181, -180, -179, -5, -1, 0, 1, 30)))
        end = after(on, random.choice((0, 1, 5, 40, 200))) if random.random() < 0.4 else None
        events.append(Event(kind, on, end))
    skipped = random.sample(sorted(known.screening_items), random.choice((0, 0, 1, 2))) + random.choice(([], ["screen-pregnancy"]))
    if random.random() < 0.7:
        for item in known.screening_items:
            if item not in skipped:
                declined = random.random() < 0.2
                on = after(start, random.choice((-60, -5, 0, 3)))
                events.append(Event(f"declined-{item}" if declined else item, on, note="says no" if declined else ""))
    return tuple(events)


def random_pins(random: Random, courses: Sequence[Course], results: Sequence[Result]) -> tuple[Pinned, ...]:
    pins: dict[tuple[str, date, str], Pinned] = {}
    candidates = [each for each in results if each.analyte in {"hb", "ldl", "egfr", "creatinine"}]
    if not courses or not candidates or random.random() < 0.7:
        return ()
    for result in random.sample(candidates, min(len(candidates), random.choice((1, 2)))):
        course = random.choice(courses)
        analyte = "egfr" if result.analyte == "creatinine" and random.random() < 0.7 else result.analyte
        key = (course.drug, course.start_on, analyte)
        pins[key] = Pinned(*key, result.collected_at.ordering)
    return tuple(pins.values())


class Results:
    """Makes the results of one patient."""

    def __init__(self, random: Random, start: date, today: date) -> None:
        self.random, self.start, self.today = random, start, today
        self.results: list[Result] = []
        #: How much goes wrong.
        self.mess = random.choice((0.0, 0.2, 1.0))

    def made(self) -> tuple[Result, ...]:
        random = self.random
        for number in range(random.choice((0, 1, 2, 3, 4, 6, 8, 10))):
            self.draw(number)
        order = list(range(len(self.results)))
        random.shuffle(order)
        # Order of entry is not order of collection.
        entered = [replace(self.results[place], result_id=number + 1) for number, place in enumerate(order)]
        return tuple(self.with_corrections(entered))

    def draw(self, number: int) -> None:
        """One visit to the laboratory: some panels, one tube or several, sometimes twice in the same minute."""
        random = self.random
        at = self.instant()
        specimen = random.choice(("", "", "", f"S{number}", f"S{number}", f"S{number}", f"S{number % 3}"))
        for panel in random.sample(sorted(PANELS), random.choice((1, 2, 3, 5))):
            for analyte in PANELS[panel]:
                if random.random() < 0.9:
                    when = at if random.random() < 0.93 else self.instant(at.on)
                    self.report(analyte, when, specimen)
                if random.random() < 0.08 * self.mess:
                    self.report(analyte, at, random.choice((specimen, specimen, "", f"X{number}")))

    def instant(self, on: date | None = None) -> CollectedAt:
        random = self.random
        if on is None:
            near_start = random.random() < 0.5
            on = after(self.start, random.choice(AROUND_START)) if near_start else after(self.today, -random.choice(BEFORE_TODAY))
        # Seconds are rare in print; one result that has them makes the whole cohort count in seconds.
        return CollectedAt(on, time(11, 15, 1) if random.random() < 0.002 else random.choice(TIMES))

    def report(self, analyte: str, at: CollectedAt, specimen: str) -> None:
        random = self.random
        unit = random.choice(sorted(POOLS[analyte]))
        text = random.choice(POOLS[analyte][unit].split())
        if random.random() < 0.12 * self.mess:
            text = random.choice(COMPARATORS) + text
        low, high = self.limits(analyte, unit)
        if random.random() < 0.06 * self.mess:
            text = random.choice(TEXTS)
        elif random.random() < 0.04 * self.mess:
            unit = random.choice(("furlong", ""))
        reading = read(analyte, text, unit, low, high)
        if reading.refusal is not None:
            return
        status = random.choice(tuple(ResultStatus)) if random.random() < 0.4 * self.mess else ResultStatus.FINAL
        self.results.append(
            Result(
                analyte,
                text,
                unit,
                at,
                status,
                reading.value,
                reading.unusable,
                low,
                high,
                reading.lower_limit,
                reading.upper_limit,
                specimen_id=specimen,
            )
        )

    def limits(self, analyte: str, unit: str) -> tuple[str, str]:
        random = self.random
        if random.random() < 0.04 * self.mess:
            return random.choice(BAD_LIMITS)
        known = LIMITS.get(analyte, {}).get(unit, "")
        if not known or random.random() < 0.4:
            return "", ""
        low, high = random.choice(known.split()).split(":")
        return low, high

    def with_corrections(self, results: list[Result]) -> list[Result]:
        """Some results are corrected by a later one of the same instant, some struck."""
        random, found = self.random, []
        for result in results:
            chance = random.random()
            if chance < 0.03:
                text = random.choice(POOLS[result.analyte].get(result.unit, "1").split())
                reading = read(result.analyte, text, result.unit, "", "")
                if reading.refusal is None:
                    found.append(replace(result, superseded=True))
                    corrected = replace(
                        result,
                        value_text=text,
                        value=reading.value,
                        unusable=reading.unusable,
                        status=ResultStatus.CORRECTED,
                        result_id=len(results) + result.result_id,
                        supersedes=(result.result_id,),
                    )
                    found.append(corrected)
                    continue
            found.append(replace(result, status=ResultStatus.ENTERED_IN_ERROR) if chance > 0.98 else result)
        return sorted(found, key=lambda each: each.result_id)


def people(seed: int, count: int) -> list[Drawn]:
    """A seeded cohort."""
    random = Random(seed)
    return [random_person(random, f"{seed}-{number}") for number in range(count)]


def persons() -> SearchStrategy[Drawn]:
    """A person that hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(random_person)
