"""Risk factors that are facts about the person, not verdicts: shown beside the findings, with what their source says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue, Drug, Source
from labtrack.core.judgment import Region
from labtrack.core.record import Patient

#: From this age in completed years the European Medicines Agency's measures of 2023 apply.
OLDER_AGE = 65


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One fact, what its source says of it, and the source."""

    fact: str
    says: str
    source: Source


def risk_factors(patient: Patient, drug: Drug, region: Region, on: date, catalogue: Catalogue) -> tuple[RiskFactor, ...]:
    """The risk factors of a patient on a drug on a day; an unknown birth date is one that cannot be told, and is said."""
    statement = drug.label(region, "on", "age-65")
    if statement is None:
        return ()
    source = catalogue.sources[statement.source]
    if patient.birth_date is None:
        return (RiskFactor("birth date not recorded: whether 65 or older cannot be told", statement.text, source),)
    birth = patient.birth_date
    age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    return (RiskFactor(f"{age} years old", statement.text, source),) if age >= OLDER_AGE else ()
