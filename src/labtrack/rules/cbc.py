"""Blood counts: neutrophils, lymphocytes, hemoglobin, platelets."""

from __future__ import annotations

import numpy as np

from labtrack.core.judgment import Region
from labtrack.labs.bounds import Answers, Flags, less
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, TOFACITINIB, UPADACITINIB, URGENT, WATCH, rule

#: What the tofacitinib label makes of one low count, a second one, and a second one below its discontinuation limit; before the start
#: there is nothing to interrupt.
CONFIRMATION = ("repeat to confirm", "confirmed: interrupt", "confirmed: discontinue", "")
NOT_STARTED = 3


@rule(
    "anc-below-1",
    panel="cbc",
    family="anc",
    severity=URGENT,
    recheck_days=7,
    drugs=(BARICITINIB, UPADACITINIB),
    topics=["anc"],
)
def anc_below_1(labs: Labs, limit: float = 1.0) -> Verdicts:
    """Neutrophils below 1.0 ×10⁹/L.

    Says: The labels of baricitinib and upadacitinib say: do not start with an absolute neutrophil count (ANC) below 1.0 ×10⁹/L, and
        interrupt treatment while it is below. Baricitinib may be resumed at 1.0 or above (US) or only above 1.0 (EU), upadacitinib
        once it is back above. Exactly 1.0 does not meet the rule.
    Why: Neutrophils fight bacteria, and a JAK inhibitor can lower them. The fewer there are, the likelier and the graver a
        bacterial infection.
    When it cannot tell: No count, neither reported nor calculated as white cells × percent of one specimen; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<1.5); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: Neutrophils are white blood cells that fight bacteria. Yours were low in this test. Your team may pause the
        medicine until they recover and may ask for another blood test in about a week. Your team will want to hear of a fever or
        chills on the same day.
    Differs from the label: The article asks to watch for low neutrophils and names no number; the number is the labels'. The labels
        name no day for the repeat.
    References: Label of the drug and region: laboratory abnormalities and dose interruption.
    """
    return labs.anc < limit


@rule("alc-below-0.5", panel="cbc", severity=URGENT, recheck_days=7, drugs=(BARICITINIB, UPADACITINIB), topics=["alc"])
def alc_below_half(labs: Labs, limit: float = 0.5) -> Verdicts:
    """Lymphocytes below 0.5 ×10⁹/L.

    Says: The labels of baricitinib and upadacitinib say: do not start with an absolute lymphocyte count (ALC) below 0.5 ×10⁹/L, and
        interrupt treatment while it is below. Baricitinib may be resumed at 0.5 or above (US) or only above 0.5 (EU), upadacitinib
        once it is back above. Exactly 0.5 does not meet the rule.
    Why: Lymphocytes hold viruses in check, the shingles virus among them. A JAK inhibitor can lower them, and infections become
        likelier when they are very few.
    When it cannot tell: No count, neither reported nor calculated as white cells × percent of one specimen; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<1.0); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: Lymphocytes are white blood cells that fight viruses. Yours were low in this test. Your team may pause the
        medicine until they recover and may ask for another blood test in about a week. Your team will want to hear of a fever, or
        of a painful rash with blisters, on the same day.
    Differs from the label: The article does not mention lymphocytes; every label does. The labels name no day for the repeat.
    References: Label of the drug and region: laboratory abnormalities and dose interruption.
    """
    return labs.alc < limit


@rule("hb-below-8", panel="cbc", family="hb", severity=URGENT, recheck_days=7, topics=["hb"])
def hb_below_8(labs: Labs, limit: float = 8.0, tofacitinib_start: float = 9.0) -> Verdicts:
    """Hemoglobin below 8.0 g/dL (tofacitinib before the start: below 9.0).

    Says: All three labels say: interrupt treatment while the hemoglobin is below 8 g/dL. Before the start baricitinib and
        upadacitinib ask for at least 8, tofacitinib for at least 9. Exactly 8.0 (or 9.0) does not meet the rule.
    Why: Hemoglobin carries oxygen. The signal that a JAK inhibitor blocks also drives the making of red cells, so it can fall;
        below 8 the labels take no further risk.
    When it cannot tell: No hemoglobin; a newest report that is text or in an unknown unit; a bound that leaves both answers open
        (<10); a value too old to rely on (over 98 days on treatment, over 180 before it).
    For the patient: Hemoglobin is the red substance in blood that carries oxygen. Yours was very low in this test. Your team may
        pause the medicine, may look for a cause such as bleeding, and may ask for another blood test in about a week. Your team
        will want to hear at once of breathlessness, chest pain, faintness or black stools.
    Differs from the label: The article asks to watch for anemia and names no number; the number is the labels'. The limit of 9
        before the start is tofacitinib's alone.
    References: Label of the drug and region: laboratory abnormalities and dose interruption.
    """
    starting_tofacitinib = labs.on_drug(TOFACITINIB) & labs.before_start
    return labs.hb < np.where(starting_tofacitinib, tofacitinib_start, limit)


@rule(
    "tofa-anc",
    panel="cbc",
    family="anc",
    severity=URGENT,
    recheck_days=7,
    drugs=(TOFACITINIB,),
    notes=CONFIRMATION,
    topics=["anc"],
)
def tofa_anc(labs: Labs, limit: float = 1.0, discontinue: float = 0.5) -> Verdicts:
    """Neutrophils below 1.0 ×10⁹/L on tofacitinib.

    Says: The tofacitinib label says: do not start with an ANC below 1.0 ×10⁹/L; interrupt while it stays between 0.5 and 1.0, until
        it is above 1.0; discontinue when a count below 0.5 is confirmed. A first low count reads "repeat to confirm", one after
        another low count "confirmed: interrupt", and two in a row below 0.5 "confirmed: discontinue".
    Why: Neutrophils fight bacteria, and a JAK inhibitor can lower them. The label acts on a count that stays low, not on one that
        may be chance.
    When it cannot tell: No count, neither reported nor calculated as white cells × percent of one specimen; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<1.5); a value too old to rely on (over 98 days on
        treatment, over 180 before it). A count before it that is missing or a wide bound does not confirm.
    For the patient: Neutrophils are white blood cells that fight bacteria. Yours were low in this test. Your team may repeat the
        test in about a week and, if they are low again, may pause or end the medicine. Your team will want to hear of a fever or
        chills on the same day.
    Differs from the label: The article asks to watch for low neutrophils and names no number; the number and the two steps are the
        label's. The label names no day for the repeat.
    References: Label of the drug and region: laboratory abnormalities and dose interruption.
    """
    verdicts = labs.anc < limit
    verdicts.note = _confirmation(labs.anc, limit, discontinue)
    return verdicts


@rule("tofa-alc", panel="cbc", severity=URGENT, recheck_days=7, drugs=(TOFACITINIB,), notes=CONFIRMATION, topics=["alc"])
def tofa_alc(labs: Labs, limit: float = 0.5, limit_eu: float = 0.75, discontinue: float = 0.5) -> Verdicts:
    """Lymphocytes below 0.5 ×10⁹/L (EU: below 0.75) on tofacitinib.

    Says: The US label of tofacitinib says: do not start with an ALC below 0.5 ×10⁹/L, and discontinue when a count below 0.5 is
        confirmed. The EU label says: do not start below 0.75, reduce or interrupt when it is 0.5 to 0.75 twice, until it is above
        0.75, and discontinue when a count below 0.5 is confirmed. A first low count reads "repeat to confirm", one after another
        low count "confirmed: interrupt", and two in a row below 0.5 "confirmed: discontinue".
    Why: Lymphocytes hold viruses in check. On tofacitinib a low count goes with more serious infections, and the label acts once it
        is confirmed.
    When it cannot tell: No count, neither reported nor calculated as white cells × percent of one specimen; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<1.0); a value too old to rely on (over 98 days on
        treatment, over 180 before it). A count before it that is missing or a wide bound does not confirm.
    For the patient: Lymphocytes are white blood cells that fight viruses. Yours were low in this test. Your team may repeat the
        test in about a week and, if they are low again, may lower, pause or end the medicine. Your team will want to hear of a
        fever, or of a painful rash with blisters, on the same day.
    Differs from the label: The article does not mention lymphocytes. The regions differ: the US label acts below 0.5 only, the EU
        label already below 0.75. The label names no day for the repeat.
    References: Label of the drug and region: laboratory abnormalities and dose interruption.
    """
    regional = limit_eu if labs.region is Region.EU else limit
    verdicts = labs.alc < regional
    verdicts.note = _confirmation(labs.alc, regional, discontinue)
    return verdicts


def _confirmation(lab: Lab, limit: float, discontinue: float) -> Answers:
    """Which sentence of :data:`CONFIRMATION` a met row gets."""
    previous, current = lab.previous.bounds, lab.bounds
    confirmed: Flags = less(previous, limit) == MET
    both_lowest: Flags = (less(previous, discontinue) == MET) & (less(current, discontinue) == MET)
    return np.where(lab.labs.before_start, np.int8(NOT_STARTED), confirmed.astype(np.int8) + both_lowest.astype(np.int8))


@rule(
    "tofa-hb-8-9",
    panel="cbc",
    family="hb",
    severity=WATCH,
    recheck_days=14,
    drugs=(TOFACITINIB,),
    needs="started",
    topics=["hb-8-9"],
)
def tofa_hb_8_to_9(labs: Labs, low: float = 8.0, high: float = 9.0, fall: float = 2.0) -> Verdicts:
    """Hemoglobin from 8.0 to below 9.0 g/dL on tofacitinib without a fall of more than 2.0.

    Says: The tofacitinib label is silent here: it asks for a hemoglobin of at least 9 g/dL before the start, and on treatment
        speaks of values below 8 and of falls of more than 2 from baseline. A value from 8.0 to below 9.0 that has fallen by 2.0 or
        less, or by an amount that is not known, is in no row of it.
    Why: With such a value nobody would be started, yet the label has no action for it on treatment. It is listed so that it is not
        overlooked.
    When it cannot tell: No hemoglobin; a newest report that is text or in an unknown unit; a bound that leaves both answers open
        (<8.5); a value too old to rely on (over 98 days on treatment, over 180 before it).
    For the patient: Hemoglobin is the red substance in blood that carries oxygen. Yours was low in this test, though not at the
        level at which the medicine is paused. Your team may watch it and may ask for another blood test in about two weeks.
    Differs from the label: The label has no rule for this band; this one only points to the gap. The repeat after 14 days is house
        policy.
    References: Tofacitinib label, US and EU: rows on hemoglobin.
    """
    fallen = labs.hb < labs.hb.baseline - fall
    return labs.hb.between(low, high, only_if=~fallen.known_or_false())


@rule("neutropenia", panel="cbc", family="anc", severity=WATCH, recheck_days=14, sources=["article", "ctcae-v5"])
def neutropenia(labs: Labs, limit: float = 1.5) -> Verdicts:
    """Neutrophils below 1.5 ×10⁹/L.

    Says: The article asks for a blood count at baseline and periodically because of neutropenia. 1.5 ×10⁹/L is where neutropenia is
        usually said to begin (CTCAE version 5, grade 2). Exactly 1.5 does not meet the rule.
    Why: A count that is low but not yet at the label's limit shows early that neutrophils are falling.
    When it cannot tell: No count, neither reported nor calculated as white cells × percent of one specimen; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<2.0); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: Neutrophils are white blood cells that fight bacteria. Yours were a little low in this test. Your team may
        watch them and may ask for another blood test in about two weeks.
    Differs from the label: No label acts on a count of 1.0 or above. The article names no number; this one is the usual definition.
    References: The article; CTCAE version 5.0, neutrophil count decreased.
    """
    return labs.anc < limit


@rule("anemia", panel="cbc", family="hb", severity=WATCH, recheck_days=28, sources=["article", "who-anemia"])
def anemia(labs: Labs) -> Verdicts:
    """Hemoglobin below the laboratory's lower limit.

    Says: The article asks for a blood count at baseline and periodically because of anemia. The limit is the lower one printed with
        the result; where none was printed, 13.0 g/dL for men and 12.0 for women (WHO). A value at the limit does not meet the rule.
    Why: A JAK inhibitor can lower the hemoglobin, and so can the inflammation, bleeding or lack of iron that often come with the
        disease.
    When it cannot tell: No hemoglobin; no printed limit and sex not recorded; a printed limit that cannot be read; a newest report
        that is text or in an unknown unit; a bound that leaves both answers open (<14); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: Hemoglobin is the red substance in blood that carries oxygen. Yours was below the usual range in this test,
        which is called anemia. Your team may look for a cause and may ask for another blood test in about four weeks.
    Differs from the label: No label acts on a hemoglobin that is merely below the range; labels act below 8 g/dL. The article names
        no number.
    References: The article; WHO hemoglobin thresholds for anemia in adults.
    """
    return labs.hb < labs.hb.lln


@rule(
    "hb-fall-2",
    panel="cbc",
    severity=ACTION,
    severity_on={TOFACITINIB: URGENT},
    recheck_days=14,
    sources=["omeract"],
    topics=["hb-fall"],
)
def hb_fall_2(labs: Labs, fall: float = 2.0) -> Verdicts:
    """Hemoglobin down by more than 2.0 g/dL from baseline.

    Says: The tofacitinib label says: interrupt when the hemoglobin has fallen by more than 2 g/dL from baseline, until it is
        normal. For baricitinib and upadacitinib the same fall is listed for action. Baseline is the last usable hemoglobin on or
        before the start, at most 180 days old. A fall of exactly 2.0 does not meet the rule.
    Why: A quick fall can mean bleeding or an effect of the drug even while the value itself is still in range.
    When it cannot tell: No hemoglobin, or none after the start; treatment not started; no baseline, or one more than 180 days
        before the start; a newest report that is text or in an unknown unit; a bound that leaves both answers open (<13); a value
        too old to rely on (over 98 days on treatment, over 180 before it).
    For the patient: Hemoglobin is the red substance in blood that carries oxygen. Yours has fallen by more than 2 since the
        treatment began. Your team may look for a cause such as bleeding, may pause the medicine, and may ask for another blood test
        in about two weeks.
    Differs from the label: Only the tofacitinib label has a rule on the fall; there it is urgent. The article names none.
    References: Tofacitinib label, US and EU; OMERACT common toxicity criteria.
    """
    return labs.hb < labs.hb.baseline - fall


@rule("platelets-below-75", panel="cbc", severity=ACTION, recheck_days=7, sources=["house", "ctcae-v5"], topics=["plt"])
def platelets_below_75(labs: Labs, limit: float = 75.0) -> Verdicts:
    """Platelets below 75 ×10⁹/L.

    Says: House policy: platelets below 75 ×10⁹/L (CTCAE version 5, grade 2) are listed for action. Exactly 75 does not meet the
        rule.
    Why: Platelets stop bleeding. No label names a number for them; a clinic that draws the blood count anyway would not pass over
        such a value.
    When it cannot tell: No platelet count; a newest report that is text or in an unknown unit; a bound that leaves both answers
        open (<100); a value too old to rely on (over 98 days on treatment, over 180 before it).
    For the patient: Platelets help the blood to clot. Yours were low in this test. Your team may look for a cause and may ask for
        another blood test in about a week. Your team will want to hear at once of bleeding that does not stop or of many new
        bruises.
    Differs from the label: No label names an action for platelets, nor does the article.
    References: House policy; CTCAE version 5.0, platelet count decreased.
    """
    return labs.plt < limit
