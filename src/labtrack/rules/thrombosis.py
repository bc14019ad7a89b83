"""Venous thromboembolism: on treatment, and the risk of it."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts, known
from labtrack.rules.registry import URGENT, WATCH, rule


@rule("vte-event", severity=URGENT, needs="started", sources=["article"], topics=["vte"])
def vte_event(labs: Labs) -> Verdicts:
    """A venous thromboembolism recorded on treatment while the drug is not stopped.

    Says: Labels say: stop and evaluate promptly when a clot in a vein or the lung is suspected. The rule is met when one is
        recorded on or after the start and the course has not been stopped; a hold is not a stop.
    Why: Clots have been more frequent on JAK inhibitors, and a second one can kill.
    When it cannot tell: It always can: it rests on recorded events and courses. A clot that nobody recorded is not seen.
    For the patient: A blood clot has been recorded during the treatment. Your team may stop the medicine and may treat the clot.
        Your team, or an emergency department, will want to see sudden breathlessness, chest pain or a swollen, painful leg at once.
    Differs from the label: The article asks to avoid the drug after a recent clot; the labels say to stop when one is suspected.
    References: The article; label of the drug and region: warnings, thrombosis.
    """
    treatment = labs.treatment
    return labs.event_recorded(treatment.start, treatment.day, "vte") & known(~treatment.stopped)


@rule("vte-risk", severity=WATCH, sources=["article"], topics=["vte"])
def vte_risk(labs: Labs) -> Verdicts:
    """A recorded risk of thromboembolism: earlier clot, immobilization, surgery, obesity, thrombophilia or hormonal therapy.

    Says: The article asks to screen for prior clots, obesity and immobility before the start. Labels say: use with care
        (tofacitinib: avoid) where there is a raised risk. The rule is met while one of these is recorded as open.
    Why: Clots have been more frequent on JAK inhibitors, most of all in people who are prone to them.
    When it cannot tell: It always can: it rests on recorded events. A risk that nobody recorded is not seen.
    For the patient: Something is recorded that makes a blood clot a little likelier, such as an earlier clot, an operation or
        overweight. Your team may weigh this when choosing the medicine, and may tell you which signs of a clot to look out for.
    Differs from the label: The article names prior clots, obesity and immobility; surgery, thrombophilia and hormonal therapy come
        from the labels.
    References: The article; label of the drug and region: warnings, thrombosis.
    """
    return labs.event_open("prior-vte", "immobilization", "surgery", "obesity", "thrombophilia", "hormone-therapy")
