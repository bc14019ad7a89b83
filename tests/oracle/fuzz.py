"""A long comparison by hand: ``python -m tests.oracle.fuzz SEED PATIENTS [SEED PATIENTS …]`` prints every kind of disagreement."""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date

import numpy as np
from tests.oracle.cohorts import people
from tests.oracle.compare import cohort, disagreements, engine_for, lines

from labtrack.core.judgment import Region


def run(seed: int, count: int) -> int:
    """Compare a seeded cohort; the number of disagreements."""
    drawn = people(seed, count)
    columns = cohort([each.person for each in drawn])
    rows = [(place, day) for place, each in enumerate(drawn) for day in each.days]
    patient = np.array([place for place, _ in rows])
    days = np.array([day.toordinal() for _, day in rows])
    kinds: dict[str, list[tuple[str, date, Region, str]]] = defaultdict(list)
    for region in Region:
        found = lines(engine_for(region).judge(columns, patient, days))
        for (place, day), line in zip(rows, found, strict=True):
            for each in disagreements(drawn[place].person, day, region, line):
                kinds[each.split(":")[0]].append((drawn[place].person.patient.mrn, day, region, each))
    wrong = sum(map(len, kinds.values()))
    print(f"seed {seed}: {count} patients, {len(rows)} rows in each region, {wrong} disagreements")
    for kind, examples in sorted(kinds.items()):
        print(f"  {len(examples)} {kind}", *examples[:3], sep="\n      ")
    return wrong


if __name__ == "__main__":
    numbers = list(map(int, sys.argv[1:]))
    sys.exit(sum(run(seed, count) for seed, count in zip(numbers[::2], numbers[1::2], strict=True)) > 0)
