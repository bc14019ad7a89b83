"""The words of the patient's own page: plain, calm, without advice beyond what the team may do. Facts come from record and rules."""

from __future__ import annotations

from datetime import date

from labtrack.clinic.display import day_text
from labtrack.core.judgment import Check, CheckStatus, Reason

#: Why each panel matters, for someone who has never heard of it (house wording; the facts are those of the rules' pages).
WHY_PANEL = {
    "cbc": "The medicine can lower the blood cells that carry oxygen and that fight infections. A blood count shows it early.",
    "liver": "Liver tests show how well the liver gets along with the medicines.",
    "renal": "The kidneys clear a part of the medicine from the body. The right dose can depend on how well they work.",
    "lipid": "The medicine can raise cholesterol, which matters for the heart and the blood vessels.",
    "": "Without it a part of the picture stays open.",
}
WHY_SCREENING = "The medicine calms the defenses of the body. These checks look for what is better known before or early in the treatment."

_REASONS = {
    Reason.RULE_FAILED: "One check could not be run. Your team can find out why.",
    Reason.TEXT_RESULT: "The newest report is in words, not a number: {what}.",
    Reason.UNIT_UNKNOWN: "The newest report has a unit that the program does not know: {what}.",
    Reason.NO_RESULT: "No result that counts yet: {what}.",
    Reason.NO_TREATMENT_START: "This can be compared once the treatment has begun: {what}.",
    Reason.BASELINE_TOO_OLD: "The result from before the treatment is too old to compare with: {what}.",
    Reason.NO_BASELINE: "There is no result from before the treatment to compare with: {what}.",
    Reason.NO_ULN: "The usual range on the report cannot be read: {what}.",
    Reason.SEX_UNKNOWN: "Whether you are a woman or a man is not recorded, and some answers depend on it: {what}.",
    Reason.AGE_UNKNOWN: "Your date of birth is not recorded, and the calculation needs it: {what}.",
    Reason.NO_WEIGHT: "Your weight is not recorded, and the calculation needs it: {what}.",
    Reason.DOSE_UNKNOWN: "Your daily dose is not recorded in a way that can be counted with.",
    Reason.BOUND_TOO_WIDE: "The report says only “less than” or “more than”, and that leaves the answer open: {what}.",
    Reason.STALE: "The last result is too old to rely on: {what}.",
}


def missing_text(reason: Reason, names: tuple[str, ...]) -> str:
    """What is missing, as a sentence; without names the part that would tell them is left out."""
    text = _REASONS[reason]
    if names:
        return text.format(what=listed(names))
    return text.replace(": {what}.", ".")


def listed(names: tuple[str, ...]) -> str:
    """``a``, ``a and b``, ``a; b and c``: names that hold commas and brackets of their own."""
    *others, last = names
    return f"{'; '.join(others)} and {last}" if others else last


def when_text(check: Check, today: date) -> str:
    """When a check is due, in words and with its day."""
    days = (check.due_on - today).days
    on = day_text(check.due_on)
    if check.status is CheckStatus.OVERDUE:
        return f"was due on {on}, {_days(-days)} ago"
    if days < 0:
        return f"due now (since {on})"
    if days == 0:
        return f"due today, {on}"
    near = ", so about now" if check.status is CheckStatus.DUE else ""
    return f"on {on}, in {_days(days)}{near}"


def _days(days: int) -> str:
    if days >= 14:
        return f"{days // 7} weeks"
    return "1 day" if days == 1 else f"{days} days"


def why_text(reason: str) -> str:
    """Why a check is due, from the schedule's own few words."""
    if reason.startswith("repeat:"):
        return "To look again at a value that stood out."
    if reason.startswith("week "):
        return f"Part of the plan: {reason.removeprefix('week ')} weeks after the treatment began."
    if reason.startswith("every "):
        return f"Part of the plan: {reason}."
    return {
        "baseline missing": "The first test, to compare later ones with.",
        "after dose increase or resumption": "Because the dose was raised or the treatment was taken up again.",
        "screening items open": "Checks that belong to the beginning of the treatment.",
    }.get(reason, "")
