"""The same in DuckDB: one statement over an in-memory table, all cores."""

from __future__ import annotations

import duckdb
import numpy as np

from benchmarks.cohort import AS_OF
from benchmarks.contenders.question import ALC, ALT, ANC, AST, EGFR, HB, LDL, NEEDED, PANELS, RULES, TOFACITINIB, Answers
from labtrack.labs.columns import Cohort, day_of_instant

#: One row per patient and analyte: the current value, and the last one up to the start.
_LAST = f"""
SELECT r.patient, r.analyte,
       max(r.day) AS day, arg_max(r.value, r.at) AS value, arg_max(r.upper, r.at) AS upper,
       max(r.day) FILTER (r.day <= c.start) AS base_day, arg_max(r.value, r.at) FILTER (r.day <= c.start) AS base
FROM results r JOIN courses c USING (patient)
WHERE r.day <= {AS_OF} AND r.analyte IN {NEEDED}
GROUP BY r.patient, r.analyte
"""

_NAMES = {"anc": ANC, "alc": ALC, "hb": HB, "alt": ALT, "ast": AST, "ldl": LDL, "egfr": EGFR}


def _wide() -> str:
    """One row per patient, every analyte's columns side by side."""
    more = dict.fromkeys(("alt", "ast"), ("upper",)) | dict.fromkeys(("hb", "ldl"), ("base", "base_day"))
    cells = [
        f"max({column}) FILTER (analyte = {number}) AS {name}_{column}"
        for name, number in _NAMES.items()
        for column in ("value", "day", *more.get(name, ()))
    ]
    course = f"c.patient, c.drug, c.start, c.start <= {AS_OF} AS started"
    return f"SELECT {course}, {', '.join(cells)} FROM courses c LEFT JOIN last USING (patient) GROUP BY ALL"


def _judged(name: str, met: str, stale: str = "") -> str:
    stale = stale or f"{AS_OF} - {name}_day > CASE WHEN started AND {name}_day > start THEN 98 ELSE 180 END"
    return f"CASE WHEN {name}_value IS NULL THEN 0 WHEN {met} THEN 1 WHEN {stale} THEN 0 ELSE -1 END"


def _against_baseline(name: str, met: str, stale: str = "") -> str:
    known = f"started AND {name}_day > start AND {name}_base_day >= start - 180"
    return f"CASE WHEN ({known}) IS NOT TRUE THEN 0 ELSE {_judged(name, met, stale)} END"


_LIPID_STALE = f"{AS_OF} - ldl_day > 378"
_VERDICTS = f"""
SELECT *,
  CASE WHEN drug = {TOFACITINIB} THEN -2 ELSE {_judged("anc", "anc_value < 1.0 * (1 - 1e-9)")} END AS anc_below_1,
  CASE WHEN drug = {TOFACITINIB} THEN -2 ELSE {_judged("alc", "alc_value < 0.5 * (1 - 1e-9)")} END AS alc_below,
  {_judged("hb", f"hb_value < CASE WHEN drug = {TOFACITINIB} AND NOT started THEN 9.0 ELSE 8.0 END * (1 - 1e-9)")} AS hb_below_8,
  {_judged("anc", "anc_value < 1.5 * (1 - 1e-9)")} AS neutropenia,
  {_against_baseline("hb", "hb_value < (hb_base - 2.0) * (1 - 1e-9)")} AS hb_fall,
  {_judged("alt", "alt_value > 3.0 * alt_upper * (1 + 1e-9)")} AS alt_3x,
  {_judged("ast", "ast_value > 3.0 * ast_upper * (1 + 1e-9)")} AS ast_3x,
  {_against_baseline("ldl", "ldl_value > 1.3 * ldl_base * (1 + 1e-9)", _LIPID_STALE)} AS ldl_rise,
  {_judged("egfr", "egfr_value < 30.0 * (1 - 1e-9)")} AS egfr_below
FROM wide
"""


def _complete(panel: str, names: tuple[str, ...]) -> str:
    """The last complete day of a panel. Where the latest values lie within 6 days of each other it is the latest of them; only for
    the other patients are the earlier days looked through."""
    newest, oldest = (f"{way}({', '.join(f'{name}_day' for name in names)})" for way in ("greatest", "least"))
    everything = " AND ".join(f"{name}_day IS NOT NULL" for name in names)
    if len(names) == 1:
        return f"{panel}_done AS (SELECT patient, {names[0]}_day AS done FROM wide WHERE {names[0]}_day >= start - 180)"
    numbers = tuple(_NAMES[name] for name in names)
    running = ", ".join(f"max(r.day) FILTER (r.analyte = {number}) OVER days AS d{number}" for number in numbers)
    return f"""{panel}_quick AS (SELECT patient, start, {newest} AS done FROM wide WHERE {everything} AND {newest} - {oldest} <= 6),
    {panel}_days AS (
      SELECT r.patient, r.day, {running} FROM results r
      WHERE r.analyte IN {numbers} AND r.day <= {AS_OF}
        AND r.patient IN (SELECT patient FROM wide WHERE {everything} AND {newest} - {oldest} > 6)
      WINDOW days AS (PARTITION BY r.patient ORDER BY r.day)),
    {panel}_done AS (
      SELECT patient, max(done) AS done FROM (
        SELECT patient, done FROM {panel}_quick WHERE done >= start - 180
        UNION ALL
        SELECT d.patient, d.day FROM {panel}_days d JOIN courses c USING (patient)
        WHERE d.day >= c.start - 180 AND {" AND ".join(f"d.d{number} >= d.day - 6" for number in numbers)})
      GROUP BY patient)"""


def _due(panel: str, routine: str, rechecks: tuple[tuple[str, str, int], ...]) -> str:
    """The routine day, or that of a met rule's recheck where it is no later."""
    repeats = [
        f"CASE WHEN {rule} = 1 THEN CASE WHEN started THEN greatest({day} + {days}, start) ELSE {day} + {days} END END"
        for rule, day, days in rechecks
    ]
    return f"least(CASE WHEN {panel}.done IS NULL THEN start {routine} END, {', '.join(repeats)}) AS {panel}_due"


def _routine(panel: str) -> str:
    return (
        f"WHEN {panel}.done < start OR {panel}.done - start < 21 THEN start + 28 WHEN {panel}.done - start < 70 THEN start + 84 "
        f"ELSE {panel}.done + 84"
    )


_FIRST_LIPID = f"CASE WHEN drug = {TOFACITINIB} THEN 56 ELSE 84 END"
_HIGH_DAY = "least(CASE WHEN alt_3x = 1 THEN alt_day END, CASE WHEN ast_3x = 1 THEN ast_day END)"
_QUERY = f"""
WITH last AS ({_LAST}), wide AS ({_wide()}), verdicts AS ({_VERDICTS}),
{_complete("cbc", ("hb", "anc", "alc"))}, {_complete("liver", ("alt", "ast"))},
{_complete("renal", ("egfr",))}, {_complete("lipid", ("ldl",))}
SELECT anc_below_1, alc_below, hb_below_8, neutropenia, hb_fall, greatest(alt_3x, ast_3x) AS transaminase, ldl_rise, egfr_below,
  {_due("cbc", _routine("cbc"), (
      ("anc_below_1", "anc_day", 7), ("alc_below", "alc_day", 7), ("hb_below_8", "hb_day", 7), ("neutropenia", "anc_day", 14),
      ("hb_fall", "hb_day", 14)))},
  {_due("liver", _routine("liver"), (("greatest(alt_3x, ast_3x)", _HIGH_DAY, 14),))},
  {_due("renal", _routine("renal"), (("egfr_below", "egfr_day", 14),))},
  {_due("lipid", f"WHEN lipid.done < start OR lipid.done - start < {_FIRST_LIPID} - 14 THEN start + {_FIRST_LIPID} ELSE lipid.done + 364",
        (("ldl_rise", "ldl_day", 42),))}
FROM verdicts LEFT JOIN cbc_done cbc USING (patient) LEFT JOIN liver_done liver USING (patient)
  LEFT JOIN renal_done renal USING (patient) LEFT JOIN lipid_done lipid USING (patient)
ORDER BY patient
"""  # fmt: skip


class Duck:
    """DuckDB on its own table, in its own types."""

    def prepare(self, cohort: Cohort) -> None:
        """Copy what the questions need into a table; days are there beside the instants."""
        results, courses = cohort.results, cohort.courses
        columns = {
            "patient": results.patient.astype(np.int32),
            "analyte": results.analyte,
            "at": results.at,
            "day": day_of_instant(results.at).astype(np.int32),
            "value": results.low,
            "upper": results.upper_limit,
        }
        treated = {"patient": courses.patient.astype(np.int32), "drug": courses.drug, "start": courses.start.astype(np.int32)}
        self.connection = duckdb.connect()
        for name, table in (("results", columns), ("courses", treated)):
            self.connection.register("given", table)
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            self.connection.unregister("given")

    def run(self) -> Answers:
        """One statement."""
        found = self.connection.execute(_QUERY).fetchnumpy()
        names = list(found)
        columns = [np.asarray(found[name]) for name in names]
        rules = np.stack(columns[: len(RULES)], axis=1).astype(np.int8)
        return Answers(rules, np.stack(columns[len(RULES) : len(RULES) + len(PANELS)], axis=1).astype(np.int64))
