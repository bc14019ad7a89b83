"""The oracle's rules: section 3 of the clinical reference, one patient on one date, every reason that applies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.oracle.model import (
    CANNOT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    Answer,
    Person,
    Pinned,
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
from tests.oracle.readings import Baseline, Record, Series, baseline_of, cockcroft_gault, falling, merged

from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval
from labtrack.core.record import Course, Hold, Sex

LIPIDS = {"ldl", "tg", "tc", "hdl"}
ULN = {"alt": 44.0, "ast": 40.0, "alp": 121.0, "bilirubin": 1.2}
DOSES_A_DAY = {"daily": 1.0, "twice daily": 2.0, "every other day": 0.5}
CONTRAINDICATIONS = {"malignancy-active", "diabetes-uncontrolled", "tb-active", "hepatitis-active"}
CLOT_RISKS = {"prior-vte", "immobilization", "surgery", "obesity", "thrombophilia", "hormone-therapy"}
HOLD_ANALYTE = {
    "anc-below-1": "anc", "tofa-anc": "anc", "alc-below-0.5": "alc", "tofa-alc": "alc", "hb-below-8": "hb", "hb-fall-2": "hb",
}  # fmt: skip
RECHECK = {
    "anc-below-1": 7, "alc-below-0.5": 7, "hb-below-8": 7, "tofa-anc": 7, "tofa-alc": 7, "tofa-hb-8-9": 14, "neutropenia": 14,
    "anemia": 28, "hb-fall-2": 14, "platelets-below-75": 7, "transaminase-raised": 28, "transaminase-3x": 14, "transaminase-5x": 7,
    "hys-law": 3, "ldl-rise-30": 42, "ldl-190": 42, "triglycerides-500": 42, "egfr-below-30": 14, "egfr-30-60-dose": 14,
    "egfr-fall-25": 28,
}  # fmt: skip
PANEL_OF = {
    **dict.fromkeys(
        ("anc-below-1", "alc-below-0.5", "hb-below-8", "tofa-anc", "tofa-alc", "tofa-hb-8-9", "neutropenia", "anemia", "hb-fall-2",
         "platelets-below-75"), "cbc"),
    **dict.fromkeys(("transaminase-raised", "transaminase-3x", "transaminase-5x", "hys-law"), "liver"),
    **dict.fromkeys(("ldl-rise-30", "ldl-190", "triglycerides-500"), "lipid"),
    **dict.fromkeys(("egfr-below-30", "egfr-30-60-dose", "egfr-fall-25"), "renal"),
}  # fmt: skip
URGENT = {
    "anc-below-1", "alc-below-0.5", "hb-below-8", "tofa-anc", "tofa-alc", "transaminase-5x", "hys-law", "egfr-below-30",
}  # fmt: skip


@dataclass(frozen=True)
class Phase:
    """Where the person stands on the date: ``candidate``, ``planned``, ``on`` or ``stopped``."""

    name: str
    course: Course | None

    @property
    def drug(self) -> str:
        return self.course.drug if self.course else "baricitinib"

    @property
    def started(self) -> bool:
        return self.name in {"on", "stopped"}


def phase_of(person: Person, day: date) -> Phase:
    courses = sorted(person.courses, key=lambda each: each.start_on)
    running = [each for each in courses if each.start_on <= day and (each.stop_on is None or each.stop_on > day)]
    if running:
        return Phase("on", running[-1])
    planned = [each for each in courses if each.start_on > day]
    if planned:
        return Phase("planned", planned[0])
    return Phase("stopped", courses[-1]) if courses else Phase("candidate", None)


def doses_a_day(course: Course, day: date) -> tuple[float, str]:
    """Dose in mg and frequency on a day; before the start those planned."""
    dose, frequency = course.dose_mg, course.frequency
    for step in sorted(course.doses, key=lambda each: each.on):
        if step.on <= day:
            dose, frequency = step.dose_mg, step.frequency
    return dose, frequency


def mg_a_day(dose: float, frequency: str) -> float | None:
    per_day = DOSES_A_DAY.get(" ".join(frequency.casefold().split()))
    return None if per_day is None else dose * per_day


def holds_on(course: Course, day: date) -> list[Hold]:
    return [hold for hold in course.holds if hold.start_on <= day and (hold.end_on is None or hold.end_on > day)]


@dataclass(frozen=True)
class Side:
    """One analyte's part in a rule, judged: truth (None: cannot tell), why not, and the reading."""

    truth: Truth
    reasons: frozenset[str] = frozenset()
    reading: Reading | None = None


class Case:
    """One person on one date under one region's labels."""

    def __init__(self, person: Person, day: date, region: Region, phase: Phase | None = None) -> None:
        self.person, self.day, self.region = person, day, region
        self.record = Record(person)
        self.phase = phase or phase_of(person, day)
        self._series: dict[str, Series] = {}

    @property
    def drug(self) -> str:
        return self.phase.drug

    def series(self, analyte: str) -> Series:
        if analyte not in self._series:
            self._series[analyte] = self.record.series(analyte)
        return self._series[analyte]

    def current(self, analyte: str) -> Reading | None:
        return self.series(analyte).current(self.day)

    def is_stale(self, reading: Reading) -> bool:
        age = (self.day - reading.on).days
        if reading.analyte in LIPIDS:
            return age > 378
        after = self.phase.started and self.phase.course is not None and reading.on > self.phase.course.start_on
        return age > (98 if after else 180)

    def judged(self, analyte: str, test: Callable[[Reading], tuple[Truth, set[str]]], reading: Reading | None = None) -> Side:
        """Judge the current reading: met stays met, doubt takes any other answer, age takes a *not met*."""
        series = self.series(analyte)
        doubt = series.doubt(self.day)
        reading = reading or self.current(analyte)
        if reading is None:
            return Side(None, frozenset({"no-result"}) | doubt)
        truth, reasons = test(reading)
        if truth is True:
            return Side(True, reading=reading)
        old = {"stale"} if self.is_stale(reading) else set()
        if truth is None or doubt or old:
            wide = {"bound-too-wide"} if truth is None and not reasons else set()
            return Side(None, frozenset(reasons | doubt | old | wide), reading)
        return Side(False, reading=reading)

    def against(self, analyte: str, test: Callable[[Interval], Truth]) -> Side:
        return self.judged(analyte, lambda reading: (test(reading.value), set()))

    def pin(self, analyte: str) -> Pinned | None:
        course = self.phase.course
        for pin in self.person.pins:
            if course and (pin.drug, pin.start_on, pin.analyte) == (course.drug, course.start_on, analyte):
                return pin
        return None

    def baseline(self, readings: Sequence[Reading], analyte: str) -> Baseline:
        assert self.phase.course is not None
        known = [reading for reading in readings if reading.on <= self.day]
        pins = [self.pin(analyte)]
        if analyte == "egfr" and not any(reading.reported for reading in readings):
            # A calculated eGFR may also be pinned by its creatinine; what is pinned need not be calculable.
            pins.append(self.pin("creatinine"))
            taken = [report.at for report in self.record.not_calculable(set()) if report.at.date() <= self.day]
            first = next((pin.at for pin in pins if pin and pin.at in (*taken, *(each.at for each in known))), None)
            if first in taken:
                return Baseline(None, "no-baseline")
        return baseline_of(known, self.phase.course.start_on, *pins)

    def after_start(self, reading: Reading | None) -> bool:
        return reading is not None and self.phase.course is not None and reading.on > self.phase.course.start_on

    # ── verdicts ──

    def answers(self) -> dict[str, Answer]:
        return {rule: getattr(self, "rule_" + rule.replace("-", "_").replace(".", "_"))() for rule in ALL_RULES}

    def verdict(self, *sides: Side) -> Answer:
        truth = either(side.truth for side in sides)
        if truth is True:
            meeting = tuple(side.reading for side in sides if side.truth is True and side.reading)
            return Answer(MET, met_on=min(reading.on for reading in meeting), meeting=meeting)
        if truth is None:
            return Answer(CANNOT, frozenset().union(*(side.reasons for side in sides if side.truth is None)))
        return Answer(NOT_MET)

    def below_number(self, analyte: str, limit: float, *drugs: str) -> Answer:
        if drugs and self.drug not in drugs:
            return Answer(NOT_APPLICABLE)
        return self.verdict(self.against(analyte, lambda value: below(value, number(limit))))

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

    # ── liver ──

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

    # ── relative to baseline ──

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

    # ── dose ──

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

    # ── events ──

    def is_open(self, *kinds: str) -> bool:
        return any(
            event.kind in kinds and event.on <= self.day and (event.ended_on is None or event.ended_on > self.day)
            for event in self.person.events
        )

    def is_taking(self) -> bool:
        """Whether the drug is neither on hold nor stopped; before the start it is the plan that counts."""
        course = self.phase.course
        return self.phase.name != "stopped" and (course is None or self.phase.name == "planned" or not holds_on(course, self.day))

    def rule_serious_infection(self) -> Answer:
        return Answer(MET if self.is_open("serious-infection", "opportunistic-infection") and self.is_taking() else NOT_MET)

    def rule_herpes_zoster(self) -> Answer:
        return Answer(MET if self.is_open("herpes-zoster") and self.is_taking() else NOT_MET)

    def rule_vte_event(self) -> Answer:
        course = self.phase.course
        if not self.phase.started or course is None:
            return Answer(NOT_APPLICABLE)
        return Answer(MET if any(each.kind == "vte" and course.start_on <= each.on <= self.day for each in self.person.events) else NOT_MET)

    def rule_vte_risk(self) -> Answer:
        return Answer(MET if self.is_open(*CLOT_RISKS) else NOT_MET)

    def rule_contraindication(self) -> Answer:
        start = self.phase.course.start_on if self.phase.course else self.day
        recent = any(
            each.kind in {"vte", "prior-vte"} and each.on <= self.day and timedelta(0) <= start - each.on <= timedelta(days=180)
            for each in self.person.events
        )
        return Answer(MET if recent or self.is_open(*CONTRAINDICATIONS) else NOT_MET)

    def screening(self) -> tuple[Truth, set[str]]:
        """Whether any item is open (None: only pregnancy status, which may not apply)."""
        done = {
            each.kind.removeprefix("declined-")
            for each in self.person.events
            if each.on <= self.day and (not each.kind.startswith("declined-") or each.note.strip())
        }
        open_items = {item for item in SCREENING_ITEMS if item not in done}
        if open_items - {"screen-pregnancy"}:
            return True, set()
        if not open_items:
            return False, set()
        patient = self.person.patient
        age = None if patient.birth_date is None else completed_years(patient.birth_date, self.day)
        if patient.sex is Sex.MALE or (age is not None and age >= 56):
            return False, set()
        if patient.sex is Sex.FEMALE and age is not None:
            return True, set()
        return None, ({"sex-unknown"} if patient.sex is Sex.UNKNOWN else set()) | ({"age-unknown"} if age is None else set())

    def rule_screening_incomplete(self) -> Answer:
        missing, reasons = self.screening()
        return Answer(CANNOT, frozenset(reasons)) if missing is None else Answer(MET if missing else NOT_MET)

    def rule_hold_may_end(self) -> Answer:
        """Of several holds it is enough that one may end."""
        course = self.phase.course
        since: dict[str, date] = {}
        for hold in holds_on(course, self.day) if course and self.phase.name == "on" else []:
            analyte = HOLD_ANALYTE.get(hold.reason)
            if analyte is not None and self.resume_limit(analyte)[0] is not None:
                since[analyte] = max(hold.start_on, since.get(analyte, hold.start_on))
        if not since:
            return Answer(NOT_APPLICABLE)
        return self.verdict(*(self.recovered(analyte, start) for analyte, start in since.items()))

    def recovered(self, analyte: str, since: date) -> Side:
        limit, inclusive = self.resume_limit(analyte)

        def test(reading: Reading) -> tuple[Truth, set[str]]:
            if reading.on < since:
                return None, {"no-result"}
            bar, reasons = (limit, set[str]()) if limit else self.lower_limit(reading)
            if bar is None:
                return None, reasons
            return (at_least if inclusive else above)(reading.value, number(bar)), set()

        return self.judged(analyte, test)

    def resume_limit(self, analyte: str) -> tuple[float | None, bool]:
        """The value of section 2 and whether equality will do; 0 stands for *normal*."""
        if self.drug == "tofacitinib":
            if analyte == "hb":
                return 0.0, True
            if analyte == "anc":
                return 1.0, False
            return (0.75, False) if self.region is Region.EU else (None, False)
        inclusive = self.drug == "baricitinib" and self.region is Region.US
        return {"anc": 1.0, "alc": 0.5, "hb": 8.0}[analyte], inclusive


SCREENING_ITEMS = (
    "screen-tb", "screen-hepatitis-b", "screen-hepatitis-c", "screen-pregnancy", "screen-vte", "screen-malignancy", "screen-diabetes",
    "screen-cardiovascular", "vaccine-zoster", "vaccine-pneumococcal",
)  # fmt: skip
EVENT_RULES = (
    "dose-above-label", "serious-infection", "herpes-zoster", "vte-event", "vte-risk", "contraindication", "screening-incomplete",
    "hold-may-end",
)  # fmt: skip
ALL_RULES = (*RECHECK, *EVENT_RULES)


def is_urgent(rule: str, drug: str) -> bool:
    """Among the rules on results; the others do not outlast a stop."""
    return rule in URGENT or (rule, drug) == ("hb-fall-2", "tofacitinib")


def judge(person: Person, day: date, region: Region) -> dict[str, Answer]:
    """Every rule's answer. After a stop: of those met on the stop date the urgent ones on results, until a later result."""
    case = Case(person, day, region)
    if case.phase.name != "stopped":
        return case.answers()
    course = case.phase.course
    assert course is not None
    assert course.stop_on is not None
    last = Case(person, course.stop_on, region, case.phase)
    return {rule: answer if stays(case, rule, answer) else Answer(NOT_APPLICABLE) for rule, answer in last.answers().items()}


def stays(case: Case, rule: str, answer: Answer) -> bool:
    """Urgent, met, and some result that meets it not yet followed by a later one of its analyte."""
    if answer.verdict != MET or not is_urgent(rule, case.drug):
        return False
    currents = [(reading, case.current(reading.analyte)) for reading in answer.meeting]
    return any(current is not None and current.at == reading.at for reading, current in currents)
