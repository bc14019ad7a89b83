"""Panels, schedule, event kinds and screening items, against sections 4 and 5 of the clinical reference."""

from __future__ import annotations

import pytest

from labtrack.catalogue import Due, catalogue

KINDS = [
    "serious-infection",
    "opportunistic-infection",
    "herpes-zoster",
    "vte",
    "prior-vte",
    "immobilization",
    "surgery",
    "obesity",
    "thrombophilia",
    "hormone-therapy",
    "malignancy-active",
    "diabetes-uncontrolled",
    "tb-active",
    "hepatitis-active",
    "pregnancy",
    "response-review",
    "statin-start",
]
ITEMS = [
    "screen-tb",
    "screen-hepatitis-b",
    "screen-hepatitis-c",
    "screen-pregnancy",
    "screen-vte",
    "screen-malignancy",
    "screen-diabetes",
    "screen-cardiovascular",
    "vaccine-zoster",
    "vaccine-pneumococcal",
]


def test_panels_and_what_they_require() -> None:
    panels = {key: (" ".join(each.required), " ".join(each.expected)) for key, each in catalogue().panels.items()}
    assert panels == {
        "cbc": ("hb anc alc", "wbc plt"),
        "liver": ("alt ast", "alp ggt bilirubin albumin"),
        "renal": ("egfr", "creatinine urea"),
        "lipid": ("ldl", "tc hdl tg"),
    }
    for key, panel in catalogue().panels.items():
        assert all(catalogue().analytes[each].panel == key for each in (*panel.required, *panel.expected))
        assert panel.staleness == ("lipids" if key == "lipid" else "general")


@pytest.mark.parametrize("drug", [*catalogue().drugs, ""])
def test_milestones_and_repeats(drug: str) -> None:
    plan = catalogue().protocols
    for panel in ("cbc", "liver", "renal"):
        assert plan.milestones(panel, drug) == (Due(28, 7), Due(84, 14))
        assert plan.repeat(panel) == Due(84, 14)
    assert plan.milestones("lipid", drug) == ((Due(56, 14),) if drug == "tofacitinib" else (Due(84, 14),))
    assert plan.repeat("lipid") == Due(364, 14)


def test_the_other_numbers_of_the_schedule() -> None:
    plan = catalogue().protocols
    change = plan.after_dose_change
    assert (change.days, change.window, change.credit, change.panels) == (28, 7, 7, ("cbc", "liver", "renal"))
    assert (plan.baseline_window, plan.baseline_reach, plan.completion_span, plan.recheck_window) == (7, 180, 6, 3)
    assert (plan.response_review, plan.screening) == (Due(84, 14), Due(0, 0))
    assert set(plan.sources.values()) <= catalogue().sources.keys()
    stale = catalogue().staleness
    assert (stale.on_treatment, stale.before, stale.lipids) == (98, 180, 378)


def test_frequencies_are_three() -> None:
    assert catalogue().frequencies == {"daily": 1.0, "twice daily": 2.0, "every other day": 0.5}


def test_the_closed_list_of_event_kinds() -> None:
    kinds = catalogue().event_kinds
    assert list(kinds) == [*KINDS, *ITEMS, *(f"declined-{item}" for item in ITEMS)]
    for key, kind in kinds.items():
        assert kind.key == key
        assert kind.name
        assert kind.plain_name
        assert kind.declined == key.startswith("declined-")
        assert (kind.item == key.removeprefix("declined-")) == (kind.group == "screening")


def test_screening_items() -> None:
    items = catalogue().screening_items
    assert list(items) == ITEMS
    assert "moking" in items["screen-cardiovascular"].name
    assert "non-live" in items["vaccine-zoster"].name
    assert all(each.plain_name and each.source in catalogue().sources for each in items.values())


@pytest.mark.parametrize(
    ("group", "kinds"),
    [
        ("infection", "serious-infection opportunistic-infection herpes-zoster"),
        ("thrombosis-risk", "prior-vte immobilization surgery obesity thrombophilia hormone-therapy"),
        ("contraindication", "malignancy-active diabetes-uncontrolled tb-active hepatitis-active"),
    ],
)
def test_groups_that_rules_ask_for(group: str, kinds: str) -> None:
    assert [key for key, kind in catalogue().event_kinds.items() if kind.group == group] == kinds.split()
