"""The cells of the cumulative grid: what was reported of one analyte at one time, as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from labtrack.catalogue import Analyte
from labtrack.clinic.series_views import flag_of
from labtrack.core.quantity import Interval, Quantity, format_interval, format_number, parse_quantity
from labtrack.core.record import Patient, Result, ResultStatus, Unusable

#: Numbers equal on paper compare equal after conversion (clinical reference, section 4, *Equality*).
_TOLERANCE = 1e-9
_FEWEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One analyte at one time.

    ``text`` is the value as reported, or in the row's unit where it was reported in another (``is_converted``) or calculated
    (``method``). ``flag`` is against the reference limits, ``finding`` the gravest severity of the met rules that rest on it; neither
    depends on the units shown. ``status`` is set where what stands is no final report. ``results`` are all that were ever recorded
    there in order of entry, replaced ones included; of a calculated value those that it comes from.
    """

    text: str
    flag: str = ""
    finding: str = ""
    method: str = ""
    is_converted: bool = False
    is_amended: bool = False
    is_usable: bool = True
    status: str = ""
    value: Interval | None = None
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """How one analyte is shown: canonical values times ``factor`` are in the unit shown; ``limits`` (canonical) are not to be hidden."""

    analyte: Analyte
    patient: Patient
    factor: float = 1.0
    limits: tuple[float, ...] = ()

    def number(self, canonical: Sequence[float]) -> Callable[[float], str]:
        """Writes numbers of the unit shown: four significant digits, more where fewer would hide how any stands to a limit."""
        ends = [each * self.factor for each in canonical if abs(each) != float("inf")]
        limits = [each * self.factor for each in self.limits]
        for digits in range(_FEWEST_DIGITS, 12):

            def rounded(value: float, digits: int = digits) -> float:
                return float(f"{value:.{digits}g}")

            if all(_order(rounded(end), limit) == _order(end, limit) for end in ends for limit in limits):
                return lambda value: format_number(rounded(value))
        return format_number

    def text(self, value: Interval) -> str:
        """A canonical interval in the unit shown."""
        return format_interval(value.scaled(self.factor), self.number((value.low, value.high)))

    def reported(self, result: Result) -> tuple[str, bool]:
        """A usable result as printed, or converted where it was printed in another unit; and whether it was."""
        printed = quantity_of(result.value_text)
        if result.value is None or (printed is not None and _same(printed.interval, result.value.scaled(self.factor))):
            return result.value_text.strip(), False
        return self.text(result.value), True

    def cell(self, results: Sequence[Result]) -> Cell:
        """The cell of everything recorded at one time."""
        made = self._standing([each for each in results if not each.superseded and each.status is not ResultStatus.ENTERED_IN_ERROR])
        if made is None:
            struck = any(each.status is ResultStatus.ENTERED_IN_ERROR for each in results)
            status = ResultStatus.ENTERED_IN_ERROR.value if struck else ""
            made = Cell("struck" if struck else "replaced", is_usable=False, status=status)
        return replace(made, is_amended=_is_amended(results), results=tuple(results))

    def _standing(self, results: Sequence[Result]) -> Cell | None:
        usable = [each for each in results if each.status.is_reported and each.value is not None]
        if usable:
            texts = dict.fromkeys(self.reported(each) for each in usable)
            flags = {flag_of(each, self.analyte, self.patient) for each in usable}
            return Cell(
                " / ".join(text for text, _ in texts),
                flag=flags.pop() if len(flags) == 1 else "",
                is_converted=any(converted for _, converted in texts),
                value=usable[0].value if len(usable) == 1 else None,
            )
        unusable = [each for each in results if each.status.is_reported]
        if unusable:
            return Cell(_as_printed(unusable[-1]), is_usable=False)
        if not results:
            return None
        last = results[-1]
        if last.status is ResultStatus.CANCELLED:
            return Cell("cancelled", is_usable=False, status=last.status.value)
        text, converted = self.reported(last) if last.value is not None else (_as_printed(last), False)
        return Cell(text, is_converted=converted, is_usable=False, status=last.status.value)

    def calculated(self, value: Interval, method: str, results: Sequence[Result]) -> Cell:
        """The cell of a value that was calculated from results."""
        printed = [each for each in results if each.analyte == self.analyte.key]
        known = replace(printed[-1], value=value) if printed else _without_limits(self.analyte, results[0], value)
        flag = flag_of(known, self.analyte, self.patient)
        return Cell(self.text(value), flag=flag, method=method, value=value, results=tuple(results), is_amended=_is_amended(printed))


def quantity_of(text: str) -> Quantity | None:
    """A value as printed, with either decimal mark."""
    return parse_quantity(text) or parse_quantity(text, ",")


def _as_printed(result: Result) -> str:
    """A report that cannot be used; with its unit where that is why."""
    return f"{result.value_text} {result.unit}".strip() if result.unusable is Unusable.UNIT else result.value_text.strip()


def _is_amended(results: Sequence[Result]) -> bool:
    """Whether a final report was replaced, or says itself that it corrects one. A preliminary one that became final was not."""
    corrected = (ResultStatus.AMENDED, ResultStatus.CORRECTED)
    return any((each.superseded and each.status.is_reported) or each.status in corrected for each in results)


def _without_limits(analyte: Analyte, source: Result, value: Interval) -> Result:
    return Result(analyte.key, "", analyte.unit, source.collected_at, value=value)


def _order(one: float, other: float) -> int:
    if abs(one - other) <= _TOLERANCE * min(abs(one), abs(other)):
        return 0
    return 1 if one > other else -1


def _same(one: Interval, other: Interval) -> bool:
    return _order(one.low, other.low) == 0 and (one.high == other.high or _order(one.high, other.high) == 0)
