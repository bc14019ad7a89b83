"""Risk factors that are facts about the person, not verdicts: shown beside the findings, with what their source says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue, Drug, Source
from labtrack.core.judgment import Region
from labtrack.core.record import Course, Patient

#: From this age in completed years the European Medicines Agency's measures of 2023 apply.
OLDER_AGE = 65


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One fact, what its source says of it, and the source."""

    fact: str
    says: str
    source: Source


def drug_on(courses: Iterable[Course], on: date, catalogue: Catalogue) -> Drug:
    """The drug that is taken on a day, else the next planned one, else the first of the catalogue, for which a candidate is judged."""
    later = [each for each in sorted(courses, key=lambda each: each.start_on) if each.stop_on is None or each.stop_on > on]
    drug = catalogue.drug(later[0].drug) if later else None
    return drug or next(iter(catalogue.drugs.values()))


def risk_factors(patient: Patient, drug: Drug, region: Region, on: date, catalogue: Catalogue) -> tuple[RiskFactor, ...]:
    """The risk factors of a patient on a drug on a day; an unknown birth date is one that cannot be told, and is said."""
    statement = drug.label(region, "on", "age-65")
    if statement is None:
        return ()
    source = catalogue.sources[statement.source]
    if patient.birth_date is None:
        return (RiskFactor("birth date not recorded: whether 65 or older cannot be told", statement.text, source),)
    age = years_between(patient.birth_date, on)
    return (RiskFactor(f"{age} years old", statement.text, source),) if age >= OLDER_AGE else ()


def years_between(birth: date, on: date) -> int:
    """Completed years from a birth date to a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
