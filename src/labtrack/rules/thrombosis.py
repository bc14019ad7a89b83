"""Venous thromboembolism: on treatment, and the risk of it."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts, known
from labtrack.rules.registry import URGENT, WATCH, rule


@rule("vte-event", severity=URGENT, needs="started", sources=["article"], topics=["vte"])
def vte_event(labs: Labs) -> Verdicts:
    """A venous thromboembolism recorded on treatment while the drug is not stopped."""
    treatment = labs.treatment
    return labs.event_recorded(treatment.start, treatment.day, "vte") & known(~treatment.stopped)


@rule("vte-risk", severity=WATCH, sources=["article"], topics=["vte"])
def vte_risk(labs: Labs) -> Verdicts:
    """A recorded risk of thromboembolism: earlier clot, immobilization, surgery, obesity, thrombophilia or hormonal therapy."""
    return labs.event_open("prior-vte", "immobilization", "surgery", "obesity", "thrombophilia", "hormone-therapy")
