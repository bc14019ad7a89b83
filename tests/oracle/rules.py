"""The oracle's answer to every rule of section 3 of the clinical reference: one patient on one date, every reason that applies."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.facts import Side, holds_on
from tests.oracle.model import (
    CANNOT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    Answer,
    Person,
    Reading,
    Truth,
    above,
    at_least,
    completed_years,
    number,
)
from tests.oracle.result_rules import ResultRules

from labtrack.core.judgment import Region
from labtrack.core.record import Sex

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


class Case(ResultRules):
    """All rules: those on results, and those on events, screening and holds."""

    def answers(self) -> dict[str, Answer]:
        return {rule: getattr(self, "rule_" + rule.replace("-", "_").replace(".", "_"))() for rule in ALL_RULES}

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
