"""Which other unit would make sense of a value that makes none as typed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from labtrack.catalogue import Catalogue, Identity
from labtrack.clinic.unit_texts import unit_text
from labtrack.core.quantity import format_rounded, parse_quantity

#: How far a value in another unit may lie from the patient's last one, as a factor, to be taken for it.
NEAR_LAST = 2.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The same number in another unit, and the question as a sentence."""

    value: str
    unit: str
    sentence: str


def suggested(catalogue: Catalogue, identity: Identity, value_text: str, unit: str, last: float | None) -> Suggestion | None:
    """The known unit in which a value is plausible: inside the soft bounds, and near the patient's last (canonical) where there is one.

    None where none is, or where the value in the unit given lies at least as near.
    """
    quantity, given = parse_quantity(value_text), catalogue.factor(identity, unit)
    if quantity is None or quantity.number <= 0:
        return None
    number = float(quantity.number)
    analyte = identity.analyte
    found: list[tuple[float, str, float]] = []
    for other in catalogue.units_of(analyte):
        factor = catalogue.factor(identity, other)
        if factor is None or (given is not None and math.isclose(factor, given)):
            continue
        canonical = number * factor
        if not analyte.soft[0] <= canonical <= analyte.soft[1]:
            continue
        distance = _distance(canonical, last if last else _middle(catalogue, identity))
        if last and (distance > math.log(NEAR_LAST) or (given is not None and _distance(number * given, last) <= distance)):
            continue
        found.append((distance, other, canonical))
    if not found:
        return None
    _, other, canonical = min(found)
    said = f"did you mean {value_text} {unit_text(other)}"
    if other != analyte.unit:
        said += f" = {format_rounded(canonical)} {analyte.display_unit}"
    return Suggestion(value_text, other, f"{said}?")


def _distance(one: float, other: float) -> float:
    return abs(math.log(one / other)) if one > 0 and other > 0 else math.inf


def _middle(catalogue: Catalogue, identity: Identity) -> float:
    """The middle of what is usual: of the soft bounds, on the scale on which units differ."""
    low, high = identity.analyte.soft
    return math.sqrt(max(low, high / 1000) * high)
