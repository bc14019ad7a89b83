"""The CSV summary that clinicians and patients take away: one row per patient and analyte, made with pandas.

The caller brings readings (reported and calculated), baselines, findings and checks as columns; nothing is judged here but the
flag of the latest value against its reference limits. Values are in the analyte's canonical unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from labtrack.catalogue import Catalogue
from labtrack.core.judgment import CheckStatus
from labtrack.core.quantity import Interval, format_interval, format_number, format_percent
from labtrack.core.record import Sex

if TYPE_CHECKING:
    import pandas as pd

SUMMARY_COLUMNS = (
    *("mrn", "name", "panel", "analyte", "unit", "baseline_value", "baseline_on", "first_value", "first_on", "latest_value", "latest_on"),
    *("change", "change_percent", "minimum", "maximum", "count", "ref_low", "ref_high", "flag", "findings", "cannot_evaluate"),
    *("next_check_on", "next_check_status", "as_of"),
)
#: The flag of an analyte of the monitored panels that has no usable reading.
NEVER_MEASURED = "never measured"

_EPOCH_DAY = date(1900, 1, 1).toordinal()
_KEY = ["patient", "analyte"]
_INTERVAL = ["low", "high", "low_open", "high_open"]
#: Numbers equal on paper compare equal (clinical reference, section 4, *Equality*).
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class AboutAnalyte:
    """A finding as the summary names it: ``patient`` is a place, ``reason`` is empty for a met rule."""

    patient: int
    analyte: str
    rule: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NextCheck:
    """A panel's next check for a patient (a place)."""

    patient: int
    panel: str
    due_on: date
    status: CheckStatus


@dataclass(slots=True)
class SummaryFacts:
    """Everything a summary is made from, about patients that are told apart by their place in ``mrn``.

    ``readings``, one row per usable reading, has the columns ``patient``, ``analyte`` (its number), ``at`` (seconds since
    1900-01-01T00:00, local), ``low``, ``high``, ``low_open``, ``high_open``, ``lower_limit``, ``upper_limit`` (NaN: not printed),
    ``lower_unreadable``, ``upper_unreadable``. ``baselines`` has ``patient``, ``analyte``, ``day`` (ordinal), ``low``, ``high``,
    ``low_open``, ``high_open``.
    """

    mrn: Sequence[str]
    name: Sequence[str]
    sex: Sequence[Sex]
    readings: Mapping[str, Any]
    baselines: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[AboutAnalyte] = ()
    checks: Sequence[NextCheck] = ()


def summary_frame(facts: SummaryFacts, as_of: date, catalogue: Catalogue) -> pd.DataFrame:
    """The summary as texts: columns :data:`SUMMARY_COLUMNS`, in order of patient and of the catalogue, readings up to ``as_of``."""
    import pandas as pd

    readings = _readings(facts, as_of)
    groups = readings.groupby(_KEY, sort=True)
    wanted = _wanted(facts, groups.size().index, catalogue)
    first, latest = (each.set_index(_KEY).reindex(wanted) for each in (groups.head(1), groups.tail(1)))
    least, most = (readings.loc[each].set_index(_KEY).reindex(wanted) for each in (groups["low"].idxmin(), groups["high"].idxmax()))
    baseline = _baselines(facts).reindex(wanted)
    numbers = wanted.get_level_values("analyte")
    patients = wanted.get_level_values("patient").to_numpy()
    analytes = [catalogue.by_number[number] for number in numbers]
    limits = _limits(latest, [facts.sex[patient] for patient in patients], analytes)
    out = pd.DataFrame(index=wanted)
    out["mrn"] = [facts.mrn[patient] for patient in patients]
    out["name"] = [facts.name[patient] for patient in patients]
    out["panel"] = [each.panel for each in analytes]
    out["analyte"] = [each.key for each in analytes]
    out["unit"] = [each.unit for each in analytes]
    out["baseline_value"], out["baseline_on"] = _texts(baseline), _days(baseline)
    out["first_value"], out["first_on"] = _texts(first), _days(first)
    out["latest_value"], out["latest_on"] = _texts(latest), _days(latest)
    out["change"], out["change_percent"] = _changes(baseline, latest)
    out["minimum"], out["maximum"] = _texts(least), _texts(most)
    out["count"] = groups.size().reindex(wanted, fill_value=0).astype(str)
    out["ref_low"], out["ref_high"] = ([_number(each) for each in limits[name]] for name in ("lower", "upper"))
    out["flag"] = _flags(latest, limits)
    out[["findings", "cannot_evaluate"]] = _findings(facts, wanted, catalogue)
    due = {(check.patient, check.panel): check for check in facts.checks}
    nexts = [due.get((patient, analyte.panel)) for patient, analyte in zip(patients, analytes, strict=True)]
    out["next_check_on"] = [check.due_on.isoformat() if check else "" for check in nexts]
    out["next_check_status"] = [check.status.value if check else "" for check in nexts]
    out["as_of"] = as_of.isoformat()
    return out.reset_index(drop=True)[list(SUMMARY_COLUMNS)]


def summary_rows(facts: SummaryFacts, as_of: date, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """The rows of :func:`summary_frame`, ready for :func:`labtrack.exchange.writing.write_rows`."""
    yield from summary_frame(facts, as_of, catalogue).itertuples(index=False, name=None)


def _readings(facts: SummaryFacts, as_of: date) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(dict(facts.readings))
    frame["day"] = frame["at"] // 86_400 + _EPOCH_DAY
    frame = frame[frame["day"] <= as_of.toordinal()]
    return frame.sort_values([*_KEY, "at"], kind="stable", ignore_index=True)


def _baselines(facts: SummaryFacts) -> pd.DataFrame:
    import pandas as pd

    columns = [*_KEY, "day", *_INTERVAL]
    frame = pd.DataFrame(dict(facts.baselines)) if facts.baselines else pd.DataFrame(columns=columns)
    return frame[columns].drop_duplicates(_KEY, keep="last").set_index(_KEY)


def _wanted(facts: SummaryFacts, measured: pd.Index[Any], catalogue: Catalogue) -> pd.MultiIndex:
    """The rows of the summary: what was measured, and every analyte of a monitored panel; patients and analytes in their order."""
    import pandas as pd

    monitored = [catalogue.analytes[key].number for panel in catalogue.panels.values() for key in (*panel.required, *panel.expected)]
    every = pd.MultiIndex.from_product([range(len(facts.mrn)), monitored], names=_KEY)
    rank = {analyte.number: place for place, analyte in enumerate(catalogue.analytes.values())}
    both = measured.union(every, sort=False).to_frame(index=False)
    both["rank"] = both["analyte"].map(rank)
    return pd.MultiIndex.from_frame(both.sort_values(["patient", "rank"])[_KEY])


def _texts(frame: pd.DataFrame) -> list[str]:
    """Each row's interval as a laboratory would print it; empty where there is none."""
    known: dict[tuple[Any, ...], str] = {}
    texts = []
    for ends in frame[_INTERVAL].itertuples(index=False, name=None):
        if ends[0] != ends[0]:  # NaN: no such row
            texts.append("")
            continue
        if ends not in known:
            known[ends] = format_interval(Interval(ends[0], ends[1], bool(ends[2]), bool(ends[3])))
        texts.append(known[ends])
    return texts


def _days(frame: pd.DataFrame) -> list[str]:
    return [date.fromordinal(int(day)).isoformat() if day == day else "" for day in frame["day"]]


def _number(value: float | None) -> str:
    return "" if value is None or value != value else format_number(value)


def _changes(baseline: pd.DataFrame, latest: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Latest minus baseline and the same in percent, between exact numbers only; no percentage of a baseline of zero."""
    exact = (baseline["low"] == baseline["high"]) & (latest["low"] == latest["high"])
    change = (latest["low"] - baseline["low"]).where(exact)
    percent = ((latest["low"] / baseline["low"].where(baseline["low"] > 0) - 1) * 100).where(exact)
    return [_number(each) for each in change], ["" if each != each else format_percent(each) for each in percent]


def _limits(latest: pd.DataFrame, sexes: Sequence[Sex], analytes: Sequence[Any]) -> dict[str, list[float | None]]:
    """The limits printed with the latest reading, else the catalogue's by sex; None where one was printed that cannot be read."""
    limits: dict[str, list[float | None]] = {}
    for side, name in enumerate(("lower", "upper")):
        printed, unreadable = latest[f"{name}_limit"], latest[f"{name}_unreadable"]
        limits[name] = [
            limit if limit == limit else None if cannot == True or cannot != cannot else analyte.ranges[sex][side]  # noqa: E712 - an object column
            for limit, cannot, sex, analyte in zip(printed, unreadable, sexes, analytes, strict=True)
        ]
    return limits


def _flags(latest: pd.DataFrame, limits: Mapping[str, Sequence[float | None]]) -> list[str]:
    rows = latest[_INTERVAL].itertuples(index=False, name=None)
    return [_flag(ends, lower, upper) for ends, lower, upper in zip(rows, limits["lower"], limits["upper"], strict=True)]


def _flag(ends: tuple[Any, ...], lower: float | None, upper: float | None) -> str:
    """``high``, ``low``, ``normal``, or empty where there is nothing to compare with or a bound leaves it open."""
    low, high, low_open, high_open = ends
    if low != low:
        return NEVER_MEASURED
    if upper is not None and (low > upper * (1 + _TOLERANCE) or (bool(low_open) and low >= upper * (1 - _TOLERANCE))):
        return "high"
    if lower is not None and (high < lower * (1 - _TOLERANCE) or (bool(high_open) and high <= lower * (1 + _TOLERANCE))):
        return "low"
    if lower is None and upper is None:
        return ""
    above = lower is None or low >= lower * (1 - _TOLERANCE)
    below = upper is None or high <= upper * (1 + _TOLERANCE)
    return "normal" if above and below else ""


def _findings(facts: SummaryFacts, wanted: pd.MultiIndex, catalogue: Catalogue) -> pd.DataFrame:
    """Met rules and rules that cannot be evaluated (with the reason) per row, each list in the order given."""
    import pandas as pd

    columns = ["findings", "cannot_evaluate"]
    texts: dict[tuple[int, int, str], list[str]] = {}
    for each in facts.findings:
        key = (each.patient, catalogue.analytes[each.analyte].number, columns[bool(each.reason)])
        texts.setdefault(key, []).append(f"{each.rule} ({each.reason})" if each.reason else each.rule)
    frame = pd.DataFrame([(*key, "; ".join(said)) for key, said in texts.items()], columns=[*_KEY, "kind", "text"])
    wide: pd.DataFrame = frame.pivot(index=_KEY, columns="kind", values="text").reindex(index=wanted, columns=columns)
    return wide.astype(object).where(wide.notna(), "")
