"""Liver: transaminases against their upper limits, and Hy's law."""

from __future__ import annotations

import numpy as np

from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Answers, Flags, Masks, less, more
from labtrack.labs.lab import Lab
from labtrack.labs.series import NONE
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Relation, Term, Verdicts
from labtrack.rules.registry import ACTION, URGENT, WATCH, rule


@rule(
    "transaminase-raised",
    panel="liver",
    family="transaminase",
    severity=WATCH,
    recheck_days=28,
    sources=["article", "ctcae-v5"],
    topics=["liver"],
)
def transaminase_raised(labs: Labs) -> Verdicts:
    """ALT or AST above the upper limit of normal.

    Says: The article asks to follow ALT and AST. The limit is the upper one printed with the result, else 44 U/L for ALT and 40 for
        AST. A value at the limit does not meet the rule.
    Why: ALT and AST leak from liver cells that are irritated: by this or another medicine, by alcohol, by fat in the liver or by a
        virus.
    When it cannot tell: No ALT and AST, or one of them missing while the other does not decide; a printed upper limit that cannot
        be read; a newest report that is text or in an unknown unit; a bound that leaves both answers open (<100); a value too old
        to rely on (over 98 days on treatment, over 180 before it). Either one that is high enough decides alone.
    For the patient: ALT and AST are liver tests. At least one of yours was above the usual range in this test. This is common and
        often passes. Your team may look through your other medicines and may ask for another blood test in about four weeks.
    Differs from the label: Labels say: interrupt when ALT or AST is raised and injury by the drug is suspected, until it is
        excluded. They give no number.
    References: The article; CTCAE version 5.0, grade 1.
    """
    return (labs.alt > labs.alt.uln) | (labs.ast > labs.ast.uln)


@rule(
    "transaminase-3x", panel="liver", family="transaminase", severity=ACTION, recheck_days=14, sources=["nhs-lanarkshire"], topics=["liver"]
)
def transaminase_3x(labs: Labs, times: float = 3.0) -> Verdicts:
    """ALT or AST above three times the upper limit of normal.

    Says: The NHS Lanarkshire protocol for JAK inhibitors asks for action above three times the upper limit of normal. The limit is
        the upper one printed with the result, else the catalogue's. Exactly three times does not meet the rule.
    Why: Three times the limit is more than day-to-day variation or mild fat in the liver explains.
    When it cannot tell: No ALT and AST, or one of them missing while the other does not decide; a printed upper limit that cannot
        be read; a newest report that is text or in an unknown unit; a bound that leaves both answers open (<500); a value too old
        to rely on (over 98 days on treatment, over 180 before it). Either one that is high enough decides alone.
    For the patient: ALT and AST are liver tests. At least one of yours was more than three times the usual limit in this test. Your
        team may look for the cause, may pause the medicine, and may ask for another blood test in about two weeks.
    Differs from the label: Labels say: interrupt when ALT or AST is raised and injury by the drug is suspected, until it is
        excluded. They give no number; the article gives none either.
    References: NHS Lanarkshire protocol for monitoring JAK inhibitors.
    """
    return (labs.alt > labs.alt.uln * times) | (labs.ast > labs.ast.uln * times)


@rule(
    "transaminase-5x", panel="liver", family="transaminase", severity=URGENT, recheck_days=7, sources=["nhs-lanarkshire"], topics=["liver"]
)
def transaminase_5x(labs: Labs, times: float = 5.0) -> Verdicts:
    """ALT or AST above five times the upper limit of normal.

    Says: The NHS Lanarkshire protocol for JAK inhibitors asks for urgent action above five times the upper limit of normal. The
        limit is the upper one printed with the result, else the catalogue's. Exactly five times does not meet the rule.
    Why: Five times the limit means that many liver cells are being damaged, whatever the cause.
    When it cannot tell: No ALT and AST, or one of them missing while the other does not decide; a printed upper limit that cannot
        be read; a newest report that is text or in an unknown unit; a bound that leaves both answers open (<500); a value too old
        to rely on (over 98 days on treatment, over 180 before it). Either one that is high enough decides alone.
    For the patient: ALT and AST are liver tests. At least one of yours was more than five times the usual limit in this test. Your
        team may pause the medicine while they look for the cause, and may ask for another blood test in about a week. Your team
        will want to hear at once of yellow skin or eyes, or of dark urine.
    Differs from the label: Labels say: interrupt when ALT or AST is raised and injury by the drug is suspected, until it is
        excluded. They give no number; the article gives none either.
    References: NHS Lanarkshire protocol for monitoring JAK inhibitors.
    """
    return (labs.alt > labs.alt.uln * times) | (labs.ast > labs.ast.uln * times)


@rule(
    "hys-law",
    panel="liver",
    severity=URGENT,
    recheck_days=3,
    sources=["fda-dili-2009"],
    topics=["liver"],
    notes=("", "cholestasis not excluded"),
)
def hys_law(
    labs: Labs,
    times: float = 3.0,
    bilirubin_times: float = 2.0,
    alp_times: float = 2.0,
    days: float = 7.0,
) -> Verdicts:
    """ALT or AST at three times the upper limit or more, with bilirubin above twice its own, within 7 days; ALP not raised.

    Says: The FDA guidance on drug-induced liver injury takes ALT or AST at three times the upper limit or more, together with
        bilirubin above twice its limit and no sign of blocked bile (ALP not above twice its limit), as the mark of a grave injury.
        The latest bilirubin counts, with each one's latest value within 7 days of it. An ALP that is missing or no exact number
        leaves the rule met, "cholestasis not excluded".
    Why: Damaged liver cells alone often recover; damage so wide that bilirubin rises as well can end in liver failure.
    When it cannot tell: ALT or AST raised and no bilirubin within 7 days of them, or one that is too old; ALT and AST that cannot
        be judged themselves (missing, in doubt, too old, a wide bound, no readable limit). Once met it stays met until a newer
        bilirubin says otherwise.
    For the patient: Two kinds of liver test were high at the same time: those of damaged liver cells, and bilirubin, the yellow
        substance that the liver clears away. This can be serious. Your team may stop the medicine and may ask for new tests within
        days. Your team will want to hear at once of yellow skin or eyes, dark urine or confusion.
    Differs from the label: Labels say: interrupt when ALT or AST is raised and injury by the drug is suspected, until it is
        excluded. They give no number and do not name this rule; nor does the article.
    References: US FDA 2009, guidance for industry on drug-induced liver injury.
    """
    bilirubin = labs.bilirubin
    alt, ast = (_near(lab, bilirubin, int(days)) for lab in (labs.alt, labs.ast))
    raised = [_at_least(lab, times) for lab in (alt, ast)]
    jaundice = more(bilirubin.bounds, bilirubin.uln * bilirubin_times)
    test, note = np.minimum(np.maximum(*raised), jaundice), None
    if np.count_nonzero(test != NOT_MET):
        alp = _near(labs.alp, bilirubin, int(days))
        blocked = np.where(alp.present & alp.is_exact, more(alp.bounds, alp.uln * alp_times), np.int8(UNKNOWN))
        test = np.where(blocked == MET, np.int8(NOT_MET), test)
        note = (blocked == UNKNOWN).astype(np.int8)
    verdicts = _joined(labs, test, times, int(days))
    is_met = verdicts.answer == MET
    terms = [
        Term(lab, Relation.AT_LEAST, lab.uln * times, np.where(is_met, answer, np.int8(UNKNOWN)))
        for lab, answer in zip((alt, ast), raised, strict=True)
    ]
    decided = np.where(verdicts.answer == UNKNOWN, np.int8(UNKNOWN), jaundice)
    shown = Term(bilirubin, Relation.ABOVE, bilirubin.uln * bilirubin_times, decided)
    verdicts.terms = (shown, *terms, *verdicts.terms)
    verdicts.recheck_from = bilirubin.day
    verdicts.note = note
    return verdicts


def _near(lab: Lab, bilirubin: Lab, days: int) -> Lab:
    """The latest usable reading within some days of the bilirubin, inclusive."""
    last = np.minimum(bilirubin.day + days, lab.labs.treatment.day)
    latest = Lab(lab.labs, lab.analyte, lab.last_place(last))
    near = bilirubin.present & latest.present & (latest.day >= bilirubin.day - days)
    return Lab(lab.labs, lab.analyte, np.where(near, latest.place, NONE))


def _at_least(lab: Lab, times: float) -> Answers:
    """Raw ``reading >= times × ULN``."""
    return -less(lab.bounds, lab.uln * times)


def _joined(labs: Labs, test: Answers, times: float, days: int) -> Verdicts:
    """The verdict where the test with the bilirubin is met; elsewhere the current ALT and AST decide (section 4, *hys-law*)."""
    bilirubin = labs.bilirubin
    sides = [lab >= lab.uln * times for lab in (labs.alt, labs.ast)]
    current = sides[0] | sides[1]
    if not np.count_nonzero((current.answer == MET) | (test == MET)):
        return current
    raised = [side.answer == MET for side in sides]
    near, not_newer, newest = _timing(labs, raised, days)
    answered = bilirubin.present & near & not_newer
    decided = answered & (test != UNKNOWN)
    reasons = np.where(decided, np.uint16(0), np.uint16(Reason.NO_RESULT.bit) | bilirubin.missing)
    reasons |= np.where(answered & (test == UNKNOWN), _why_open(labs), np.uint16(0))
    reasons |= np.where((bilirubin.present & bilirubin.stale) | newest, np.uint16(Reason.STALE.bit), np.uint16(0))
    reasons |= bilirubin.doubt
    answer = np.where(current.answer != MET, current.answer, np.where(reasons == 0, np.int8(NOT_MET), np.int8(UNKNOWN)))
    answer = np.where(test == MET, np.int8(MET), answer)
    told = np.where(current.answer == UNKNOWN, current.reasons, reasons)
    return Verdicts(answer, np.where(answer == UNKNOWN, told, np.uint16(0)), current.terms)


def _timing(labs: Labs, raised: list[Flags], days: int) -> tuple[Flags, Flags, Flags]:
    """Of the raised ALT and AST: is one within some days of the bilirubin, is none that much newer, is the newer one stale."""
    bilirubin_day = labs.bilirubin.day
    near = np.zeros(len(labs), np.bool_)
    not_newer = np.ones(len(labs), np.bool_)
    newest = np.zeros(len(labs), np.int64)
    for lab, is_raised in zip((labs.alt, labs.ast), raised, strict=True):
        near |= is_raised & (np.abs(lab.day - bilirubin_day) <= days)
        not_newer &= ~is_raised | (lab.day - bilirubin_day <= days)
        newest = np.where(is_raised, np.maximum(newest, lab.day), newest)
    alt_is_newest, ast_is_newest = labs.alt.day == newest, labs.ast.day == newest
    stale = (raised[0] & alt_is_newest & labs.alt.stale) | (raised[1] & ast_is_newest & labs.ast.stale)
    return near, not_newer, stale


def _why_open(labs: Labs) -> Masks:
    """Why the test with a bilirubin near a raised ALT or AST is undecided: its limit cannot be read, else its bound is too wide."""
    unreadable = labs.bilirubin.uln.reasons
    return np.where(unreadable == 0, np.uint16(Reason.BOUND_TOO_WIDE.bit), unreadable)
