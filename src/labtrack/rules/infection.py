"""Infections on treatment."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, URGENT, rule


@rule("serious-infection", severity=URGENT, sources=["article"], topics=["infection"])
def serious_infection(labs: Labs) -> Verdicts:
    """An open serious or opportunistic infection while the drug is not on hold.

    Says: Labels say: interrupt for a serious or opportunistic infection until it is controlled. The article says: pause until it is
        resolved, then reassess. The rule is met while such an infection is recorded as open and no hold is.
    Why: A JAK inhibitor weakens the defense against infection; while a serious one lasts, more of the drug can make it worse.
    When it cannot tell: It always can: it rests on recorded events and holds. An infection that nobody recorded is not seen.
    For the patient: You have an infection that can be serious. Your team may pause the medicine until it is over and then look at
        the treatment again.
    Differs from the label: The label says until the infection is controlled, the article until it is resolved.
    References: The article; label of the drug and region: warnings, serious infections.
    """
    return labs.event_open("serious-infection", "opportunistic-infection") & ~labs.on_hold


@rule("herpes-zoster", severity=ACTION, severity_on={BARICITINIB: URGENT}, topics=["zoster"])
def herpes_zoster(labs: Labs) -> Verdicts:
    """An open episode of shingles while the drug is not on hold.

    Says: The baricitinib label says: interrupt during herpes zoster until the episode resolves. The upadacitinib label says to
        consider it; the tofacitinib label names viral reactivation. The rule is met while an episode is recorded as open and no
        hold is.
    Why: Shingles is the infection that JAK inhibitors most clearly make likelier; it can spread or leave lasting pain.
    When it cannot tell: It always can: it rests on recorded events and holds. An episode that nobody recorded is not seen.
    For the patient: You have shingles, a painful rash from the chickenpox virus. Your team may pause the medicine until it has
        healed and may treat it with an antiviral medicine.
    Differs from the label: How far a label goes differs by drug, hence urgent on baricitinib and action on the others. The article
        asks for the vaccination before the start.
    References: Label of the drug and region: warnings, viral reactivation.
    """
    return labs.event_open("herpes-zoster") & ~labs.on_hold
