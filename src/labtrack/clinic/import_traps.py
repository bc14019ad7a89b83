"""The unit traps of :mod:`labtrack.clinic.traps` over a chunk of an import, by columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.clinic.traps import PANEL_TRAPS, panel_trips, ratio_question, unit_ratio
from labtrack.labs.bounds import Floats, Rows
from labtrack.labs.columns import NO_DAY, SEX_CODE, UNUSABLE, PatientColumns
from labtrack.labs.derived import egfr_of_creatinine
from labtrack.store import Reader

Packed = npt.NDArray[np.void]
Flags = npt.NDArray[np.bool_]


def batch_traps(
    reader: Reader,
    catalogue: Catalogue,
    packed: Packed,
    owners: tuple[list[int], Rows],
    keys: Rows,
    before: tuple[Packed, Rows],
    taken: Flags,
) -> list[tuple[int, str]]:
    """(place, question) for rows of a chunk that a wrong unit could explain; exact usable numbers only.

    ``owners`` are the store numbers of the chunk's patients and each row's place among them; ``keys`` pack (patient, analyte, instant), as
    the second of ``before`` does for the rows recorded before. Panels are compared within the chunk.
    """
    exact = taken & _exact(packed)
    found = _ratio_traps(catalogue, packed, keys, before, exact)
    places = np.flatnonzero(exact)
    if len(places):
        found += _panel_traps(reader, catalogue, packed[places], (owners[0], owners[1][places]), places)
    return found


def _exact(packed: Packed) -> Flags:
    exact: Flags = ((packed["flags"] & UNUSABLE) == 0) & (packed["low"] == packed["high"])
    return exact


def _ratio_traps(catalogue: Catalogue, packed: Packed, keys: Rows, before: tuple[Packed, Rows], exact: Flags) -> list[tuple[int, str]]:
    """Rows that are a unit's factor away from the patient's last value of the analyte."""
    places, old = np.flatnonzero(exact), np.flatnonzero(_exact(before[0]))
    every = np.concatenate([before[1][old], keys[places]])
    values = np.concatenate([before[0]["low"][old], packed["low"][places]])
    order = np.argsort(every, kind="stable")
    same = (every[order][1:] >> 33) == (every[order][:-1] >> 33)
    ratio = np.where(same, unit_ratio(values[order][1:], values[order][:-1]), 0.0)
    found = []
    for place in np.flatnonzero(ratio).tolist():
        row, last = int(order[place + 1]), int(order[place])
        if row >= len(old):
            at = int(places[row - len(old)])
            key = catalogue.by_number[int(packed["analyte"][at])].key
            found.append((at, ratio_question(catalogue, key, float(values[row]), float(values[last]), float(ratio[place]))))
    return found


def _panel_traps(reader: Reader, catalogue: Catalogue, rows: Packed, owners: tuple[list[int], Rows], places: Rows) -> list[tuple[int, str]]:
    """Specimens whose numbers contradict each other."""
    numbers, local = owners
    specimen = rows["specimen"].astype(np.uint64) ^ (local.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    groups, group = np.unique(specimen, return_inverse=True)
    columns: dict[str, Floats] = {}
    at: dict[str, Rows] = {}
    wanted = {key for trap in PANEL_TRAPS for key in trap.keys if key in catalogue.analytes} | {"creatinine"}
    for key in sorted(wanted):
        mine = np.flatnonzero(rows["analyte"] == catalogue.analytes[key].number)
        if len(mine):
            columns[key], at[key] = np.full(len(groups), np.nan), np.full(len(groups), -1)
            columns[key][group[mine]], at[key][group[mine]] = rows["low"][mine], mine
    if "egfr" in columns and "creatinine" in columns:
        columns["egfr_calculated"] = _calculated(reader, rows, numbers, local, columns, at["egfr"])
    return [
        (int(places[at[trap.keys[0]][specimen_place]]), f"{trap.text}: check the numbers and the units")
        for trap, specimens in panel_trips(columns)
        for specimen_place in specimens.tolist()
    ]


def _calculated(reader: Reader, rows: Packed, numbers: list[int], local: Rows, columns: dict[str, Floats], at: Rows) -> Floats:
    """CKD-EPI 2021 for the specimens that have both a reported eGFR and a creatinine."""
    out = np.full(len(at), np.nan)
    both = np.flatnonzero(~np.isnan(columns["egfr"]) & ~np.isnan(columns["creatinine"]))
    owners, owner = np.unique(local[at[both]], return_inverse=True)
    stored = [reader.patient_numbered(numbers[each]) for each in owners.tolist()]
    births = [each.patient.birth_date if each else None for each in stored]
    people = PatientColumns(
        np.array([SEX_CODE[each.patient.sex] if each else 0 for each in stored], np.int8),
        np.array([birth.year if birth else NO_DAY for birth in births], np.int64),
        np.array([birth.month * 100 + birth.day if birth else NO_DAY for birth in births], np.int64),
        np.full(len(stored), np.nan),
    )
    creatinine = columns["creatinine"][both]
    out[both], _, _ = egfr_of_creatinine(people, owner, rows["at"][at[both]], creatinine, creatinine)
    return out
