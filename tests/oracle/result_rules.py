"""The oracle's rules on results and on dose: sections 3 and 4 of the clinical reference."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.oracle.facts import Facts, Side, doses_a_day, mg_a_day
from tests.oracle.model import (
    CANNOT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    Answer,
    Reading,
    Truth,
    above,
    at_least,
    below,
    both,
    completed_years,
    either,
    is_exact,
    negation,
    number,
    plus,
)
from tests.oracle.readings import Baseline, Series, cockcroft_gault, falling, merged

from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval
from labtrack.core.record import Sex

ULN = {"alt": 44.0, "ast": 40.0, "alp": 121.0, "bilirubin": 1.2}


class ResultRules(Facts):
    """Every rule that rests on results, with every reason that applies."""

    def rule_anc_below_1(self) -> Answer:
        return self.below_number("anc", 1.0, "baricitinib", "upadacitinib")

    def rule_alc_below_0_5(self) -> Answer:
        return self.below_number("alc", 0.5, "baricitinib", "upadacitinib")

    def rule_hb_below_8(self) -> Answer:
        before = self.drug == "tofacitinib" and not self.phase.started
        return self.below_number("hb", 9.0 if before else 8.0)

    def rule_tofa_anc(self) -> Answer:
        return self.confirmed(self.below_number("anc", 1.0, "tofacitinib"), "anc", 1.0)

    def rule_tofa_alc(self) -> Answer:
        limit = 0.75 if self.region is Region.EU else 0.5
        return self.confirmed(self.below_number("alc", limit, "tofacitinib"), "alc", limit)

    def confirmed(self, answer: Answer, analyte: str, limit: float) -> Answer:
        """The message: repeat to confirm, or with the previous usable one also below interrupt, or (both < 0.5) discontinue."""
        if answer.verdict != MET or not self.phase.started:
            return answer
        known = self.series(analyte).until(self.day)
        low = [len(known) > 1 and all(below(each.value, number(bar)) is True for each in known[-2:]) for bar in (limit, 0.5)]
        note = "confirmed: discontinue" if low[1] else "confirmed: interrupt" if low[0] else "repeat to confirm"
        return replace(answer, note=note)

    def rule_neutropenia(self) -> Answer:
        return self.below_number("anc", 1.5)

    def rule_platelets_below_75(self) -> Answer:
        return self.below_number("plt", 75.0)

    def rule_egfr_below_30(self) -> Answer:
        return self.below_number("egfr", 30.0)

    def rule_ldl_190(self) -> Answer:
        return self.verdict(self.against("ldl", lambda value: at_least(value, number(190.0))))

    def rule_triglycerides_500(self) -> Answer:
        return self.verdict(self.against("tg", lambda value: at_least(value, number(500.0))))

    def lower_limit(self, reading: Reading) -> tuple[float | None, set[str]]:
        """The lower limit of hemoglobin: printed, else 13.0 male and 12.0 female."""
        if reading.lower is not None:
            return (None, {"no-uln"}) if math.isnan(reading.lower) else (reading.lower, set())
        sex = self.person.patient.sex
        return (None, {"sex-unknown"}) if sex is Sex.UNKNOWN else (13.0 if sex is Sex.MALE else 12.0, set())

    def rule_anemia(self) -> Answer:
        def test(reading: Reading) -> tuple[Truth, set[str]]:
            limit, reasons = self.lower_limit(reading)
            return (None, reasons) if limit is None else (below(reading.value, number(limit)), set())

        return self.verdict(self.judged("hb", test))

    # liver

    def upper(self, reading: Reading) -> float | None:
        limit = ULN[reading.analyte] if reading.upper is None else reading.upper
        return None if math.isnan(limit) else limit

    def times_uln(self, reading: Reading, times: float, test: Callable[[Interval, Interval], Truth]) -> tuple[Truth, set[str]]:
        limit = self.upper(reading)
        return (None, {"no-uln"}) if limit is None else (test(reading.value, number(times * limit)), set())

    def enzymes(self, times: float, test: Callable[[Interval, Interval], Truth]) -> list[Side]:
        return [self.judged(analyte, lambda reading: self.times_uln(reading, times, test)) for analyte in ("alt", "ast")]

    def rule_transaminase_raised(self) -> Answer:
        return self.verdict(*self.enzymes(1, above))

    def rule_transaminase_3x(self) -> Answer:
        return self.verdict(*self.enzymes(3, above))

    def rule_transaminase_5x(self) -> Answer:
        return self.verdict(*self.enzymes(5, above))

    def hy_test(self, bilirubin: Reading) -> tuple[Truth, set[str]]:
        """The test at a bilirubin: each of ALT, AST and ALP by its latest usable result within 7 days of it."""
        near = {analyte: self.near(analyte, bilirubin) for analyte in ("alt", "ast", "alp")}
        enzymes: list[Truth] = []
        why: set[str] = set()
        for analyte in ("alt", "ast"):
            reading = near[analyte]
            truth, reasons = (None, {"no-result"}) if reading is None else self.times_uln(reading, 3, at_least)
            enzymes.append(truth)
            why |= reasons
        jaundice, reasons = self.times_uln(bilirubin, 2, above)
        why |= reasons
        alp = near["alp"]
        cholestasis = False
        if alp is not None and is_exact(alp.value):
            limit = self.upper(alp)
            cholestasis = limit is not None and above(alp.value, number(2 * limit)) is True
        return both([either(enzymes), jaundice, not cholestasis]), why or {"bound-too-wide"}

    def raised_near(self, bilirubin: Reading) -> list[Reading]:
        near = [self.near(analyte, bilirubin) for analyte in ("alt", "ast")]
        return [each for each in near if each is not None and self.times_uln(each, 3, at_least)[0] is True]

    def near(self, analyte: str, bilirubin: Reading) -> Reading | None:
        known = [each for each in self.series(analyte).until(self.day) if abs((each.on - bilirubin.on).days) <= 7]
        return known[-1] if known else None

    def rule_hys_law(self) -> Answer:
        bilirubin = self.current("bilirubin")
        answer, why = (None, set[str]()) if bilirubin is None else self.hy_test(bilirubin)
        if answer is True and bilirubin is not None:
            now = [side.reading for side in self.enzymes(3, at_least) if side.truth is True and side.reading]
            alp = self.near("alp", bilirubin)
            known = alp is not None and is_exact(alp.value) and self.upper(alp) is not None
            note = "" if known else "cholestasis not excluded"
            return Answer(MET, met_on=bilirubin.on, meeting=(bilirubin, *self.raised_near(bilirubin), *now), note=note)
        sides = self.enzymes(3, at_least)
        joined = either(side.truth for side in sides)
        if joined is None:
            return Answer(CANNOT, frozenset({"no-result"}).union(*(side.reasons for side in sides if side.truth is None)))
        if joined is False:
            return Answer(NOT_MET)
        high = [side.reading for side in sides if side.truth is True and side.reading is not None]
        doubt = self.series("bilirubin").doubt(self.day)
        if bilirubin is None:
            return Answer(CANNOT, frozenset({"no-result"}) | doubt)
        ahead = [(reading.on - bilirubin.on).days for reading in high]
        old = {"stale"} if self.is_stale(bilirubin) or self.is_stale(max(high, key=lambda each: each.at)) else set()
        if not any(abs(days) <= 7 for days in ahead) or any(days > 7 for days in ahead):
            return Answer(CANNOT, frozenset({"no-result"}) | doubt | old)
        if answer is None:
            return Answer(CANNOT, frozenset(why) | {"no-result"} | doubt | old)
        if doubt or old:
            return Answer(CANNOT, doubt | old)
        return Answer(NOT_MET)

    # relative to baseline

    def relative(self, analyte: str, test: Callable[[Interval, Interval], Truth]) -> Answer:
        """``test(current, baseline)``; needs a current result after the start date."""
        series = self.series(analyte)
        current = self.current(analyte)
        if not self.phase.started:
            return Answer(CANNOT, frozenset({"no-treatment-start"}) | self.without_start(series))
        if not self.after_start(current):
            return Answer(CANNOT, frozenset({"no-result"}) | series.doubt(self.day))
        baseline = self.baseline(series.readings, analyte)

        def judge(reading: Reading) -> tuple[Truth, set[str]]:
            if baseline.reading is None:
                return None, {baseline.reason}
            return test(reading.value, baseline.reading.value), set()

        return self.verdict(self.judged(analyte, judge))

    def without_start(self, series: Series) -> frozenset[str]:
        """What else a rule relative to baseline lacks before the start."""
        missing = {"no-result"} if series.current(self.day) is None else set()
        return frozenset(missing) | series.doubt(self.day)

    def rule_hb_fall_2(self) -> Answer:
        return self.relative("hb", lambda current, base: above(base, plus(current, 2.0)))

    def rule_ldl_rise_30(self) -> Answer:
        return self.relative("ldl", lambda current, base: above(current, base.scaled(1.30)))

    def rule_tofa_hb_8_9(self) -> Answer:
        if self.drug != "tofacitinib" or not self.phase.started:
            return Answer(NOT_APPLICABLE)
        fallen = self.rule_hb_fall_2_truth()
        return self.verdict(
            self.against("hb", lambda value: both([at_least(value, number(8.0)), below(value, number(9.0)), fallen is not True]))
        )

    def rule_hb_fall_2_truth(self) -> Truth:
        current = self.current("hb")
        if current is None or not self.after_start(current):
            return None
        base = self.baseline(self.series("hb").readings, "hb").reading
        return None if base is None else above(base.value, plus(current.value, 2.0))

    def rule_egfr_fall_25(self) -> Answer:
        series = self.series("egfr")
        current = self.current("egfr")
        if not self.phase.started:
            return Answer(CANNOT, frozenset({"no-treatment-start"}) | self.without_start(series))
        if current is None or not self.after_start(current):
            return Answer(CANNOT, frozenset({"no-result"}) | series.doubt(self.day))
        reported = self.record.reported("egfr")
        calculated = merged((), self.record.calculated_egfr())
        creatinine = [each for each in self.record.reported("creatinine") if each.on <= self.phase.course.start_on]  # type: ignore[union-attr]
        chosen, baseline = self.like_with_like(current, reported, calculated)

        def judge(reading: Reading) -> tuple[Truth, set[str]]:
            if baseline.reading is None or chosen is None:
                older = creatinine or [each for each in reported if each.on <= self.phase.course.start_on]  # type: ignore[union-attr]
                unknown = {report.reason for report in self.record.not_calculable(set())}
                return None, {"no-baseline"} | ({"baseline-too-old"} if older else set()) | unknown
            return below(chosen.value, baseline.reading.value.scaled(0.75)), set()

        return self.verdict(self.judged("egfr", judge))

    def like_with_like(
        self, current: Reading, reported: Sequence[Reading], calculated: Sequence[Reading]
    ) -> tuple[Reading | None, Baseline]:
        if current.reported:
            baseline = self.baseline(reported, "egfr")
            if baseline.reading is not None:
                return current, baseline
            same_day = [each for each in calculated if each.on == current.on and each.at.date() <= self.day]
            return (same_day[-1] if same_day else None), self.baseline(calculated, "egfr")
        return next(each for each in calculated if each.at == current.at), self.baseline(calculated, "egfr")

    # dose

    def daily(self) -> float | None:
        assert self.phase.course is not None
        return mg_a_day(*doses_a_day(self.phase.course, self.day))

    def rule_egfr_30_60_dose(self) -> Answer:
        if self.drug != "baricitinib" or self.phase.course is None:
            return Answer(NOT_APPLICABLE)
        daily = self.daily()
        region_mg = 1.0 if self.region is Region.US else 2.0
        too_high = None if daily is None else above(number(daily), number(region_mg))

        def test(reading: Reading) -> tuple[Truth, set[str]]:
            in_band, reasons = self.in_band(reading)
            if reasons:
                return None, reasons
            truth = both([in_band, too_high])
            if truth is None and too_high is None:
                reasons = reasons | {"dose-unknown"}
                if in_band is None:
                    reasons = reasons | {"bound-too-wide"}
            return truth, reasons if truth is None else set()

        return self.verdict(self.judged("creatinine" if self.region is Region.EU else "egfr", test))

    def in_band(self, reading: Reading) -> tuple[Truth, set[str]]:
        if self.region is Region.US:
            return both([at_least(reading.value, number(30.0)), below(reading.value, number(60.0))]), set()
        patient = self.person.patient
        why = set()
        if patient.weight_kg is None:
            why.add("no-weight")
        if patient.sex is Sex.UNKNOWN:
            why.add("sex-unknown")
        if patient.birth_date is None:
            why.add("age-unknown")
        if patient.weight_kg is None or patient.sex is Sex.UNKNOWN or patient.birth_date is None:
            return None, why
        age, weight = completed_years(patient.birth_date, reading.on), patient.weight_kg
        clearance = falling(reading.value, lambda scr: cockcroft_gault(scr, age, weight, patient.sex))
        return both([at_least(clearance, number(30.0)), negation(above(clearance, number(60.0)))]), set()

    def rule_dose_above_label(self) -> Answer:
        if self.drug != "baricitinib" or self.region is not Region.US or self.phase.course is None:
            return Answer(NOT_APPLICABLE)
        daily = self.daily()
        if daily is None:
            return Answer(CANNOT, frozenset({"dose-unknown"}))
        return Answer(MET if above(number(daily), number(2.0)) else NOT_MET)
