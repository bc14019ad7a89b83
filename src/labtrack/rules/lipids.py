"""Lipids: LDL against baseline and on its own, triglycerides."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, rule


@rule("ldl-rise-30", panel="lipid", family="ldl", severity=ACTION, recheck_days=42, sources=["article"], topics=["lipid"])
def ldl_rise_30(labs: Labs, times: float = 1.30) -> Verdicts:
    """LDL cholesterol up by more than 30 % since treatment began.

    Says: The article asks for a statin when LDL rises by more than 30 %. Baseline is the last usable LDL on or before the start, at
        most 180 days old. A rise of exactly 30 % does not meet the rule. LDL is the reported one, else calculated from total
        cholesterol, HDL and triglycerides of one specimen; the method is shown.
    Why: JAK inhibitors raise LDL, mostly within the first twelve weeks, and LDL counts for the risk of heart attack and stroke.
    When it cannot tell: No LDL, or none after the start; treatment not started; no baseline, or one more than 180 days before the
        start; a newest report that is text or in an unknown unit, of LDL itself or of what it would be calculated from; a bound
        that leaves both answers open (<150); a value too old to rely on (over 378 days).
    For the patient: LDL is the kind of cholesterol that can clog blood vessels. Yours has gone up by more than 30 percent since the
        treatment began. Your team may talk with you about a cholesterol medicine and may ask for another test in about six weeks.
    Differs from the label: No label has a rule of 30 %. Labels say: check lipids at about 12 weeks (tofacitinib: 4 to 8 weeks),
        then follow the lipid guidelines.
    References: The article.
    """
    return labs.ldl > labs.ldl.baseline * times


@rule("ldl-190", panel="lipid", family="ldl", severity=ACTION, recheck_days=42, sources=["acc-aha-2018"], topics=["ldl"])
def ldl_190(labs: Labs, limit: float = 190.0) -> Verdicts:
    """LDL cholesterol at 190 mg/dL or above.

    Says: The ACC/AHA guideline of 2018 takes an LDL of 190 mg/dL or more (about 4.9134 mmol/L) as severe in itself, whatever the
        other risks. 190 meets the rule; a reported 4.91 mmol/L is below it.
    Why: So high an LDL raises the risk of heart attack and stroke by itself, and may run in the family.
    When it cannot tell: No LDL, neither reported nor to be calculated; a newest report that is text or in an unknown unit, of LDL
        itself or of what it would be calculated from; a bound that leaves both answers open (<200); a value too old to rely on
        (over 378 days).
    For the patient: LDL is the kind of cholesterol that can clog blood vessels. Yours was very high in this test. Your team may
        talk with you about a cholesterol medicine and may ask for another test in about six weeks.
    Differs from the label: No label names an action for a value of LDL; the article names only the rise.
    References: ACC/AHA 2018 guideline on the management of blood cholesterol.
    """
    return labs.ldl >= limit


@rule("triglycerides-500", panel="lipid", severity=ACTION, recheck_days=42, sources=["acc-aha-2018-triglycerides"], topics=["lipid"])
def triglycerides_500(labs: Labs, limit: float = 500.0) -> Verdicts:
    """Triglycerides at 500 mg/dL or above.

    Says: The ACC/AHA guideline of 2018 takes triglycerides of 500 mg/dL or more as severe. 500 meets the rule.
    Why: So high a value can inflame the pancreas, and it makes a calculated LDL unreliable.
    When it cannot tell: No triglycerides; a newest report that is text or in an unknown unit; a bound that leaves both answers open
        (>400); a value too old to rely on (over 378 days).
    For the patient: Triglycerides are a fat in the blood. Yours were very high in this test. Eating shortly before the test can be
        a reason. Your team may ask for another test, and may talk with you about diet or a medicine.
    Differs from the label: Labels say: check lipids, then follow the lipid guidelines. They name no number for triglycerides; the
        article names none either.
    References: ACC/AHA 2018 guideline on the management of blood cholesterol (not re-read).
    """
    return labs.tg >= limit
