"""What the rules declare against the clinical reference, section 3, transcribed here row by row."""

from __future__ import annotations

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.judgment import Region, Severity
from labtrack.rules import MODULES, REGISTRY, Rule
from labtrack.rules.registry import RULE_SET
from labtrack.rules.sources import refuse_unknown, sources_for

ALL, BARI, UPA, TOFA = "all", "bari", "upa", "tofa"
KEYS = {BARI: "baricitinib", UPA: "upadacitinib", TOFA: "tofacitinib"}

# id | severity | recheck | applies | panel | family | runs on | sources and label topics
TABLE = """
anc-below-1         | urgent | 7 d  | bari, upa       | cbc   | anc          | anyone  | label: anc
alc-below-0.5       | urgent | 7 d  | bari, upa       | cbc   | -            | anyone  | label: alc
hb-below-8          | urgent | 7 d  | bari, upa, tofa | cbc   | hb           | anyone  | label: hb
tofa-anc            | urgent | 7 d  | tofa            | cbc   | anc          | anyone  | label: anc
tofa-alc            | urgent | 7 d  | tofa            | cbc   | -            | anyone  | label: alc
tofa-hb-8-9         | watch  | 14 d | tofa            | cbc   | hb           | started | label: hb-8-9
neutropenia         | watch  | 14 d | all             | cbc   | anc          | anyone  | article, ctcae-v5
anemia              | watch  | 28 d | all             | cbc   | hb           | anyone  | article, who-anemia
hb-fall-2           | action (urgent on tofa) | 14 d | all | cbc | -          | anyone  | omeract, label: hb-fall
platelets-below-75  | action | 7 d  | all             | cbc   | -            | anyone  | house, ctcae-v5, label: plt
transaminase-raised | watch  | 28 d | all             | liver | transaminase | anyone  | article, ctcae-v5, label: liver
transaminase-3x     | action | 14 d | all             | liver | transaminase | anyone  | nhs-lanarkshire, label: liver
transaminase-5x     | urgent | 7 d  | all             | liver | transaminase | anyone  | nhs-lanarkshire, label: liver
hys-law             | urgent | 3 d  | all             | liver | -            | anyone  | fda-dili-2009, label: liver
ldl-rise-30         | action | 42 d | all             | lipid | ldl          | anyone  | article, label: lipid
ldl-190             | action | 42 d | all             | lipid | ldl          | anyone  | acc-aha-2018, label: ldl
triglycerides-500   | action | 42 d | all             | lipid | -            | anyone  | acc-aha-2018-triglycerides, label: lipid
egfr-below-30       | urgent | 14 d | all             | renal | egfr         | anyone  | article, label: renal renal-15
egfr-30-60-dose     | action | 14 d | bari            | renal | egfr         | course  | label: renal creatinine
egfr-fall-25        | watch  | 28 d | all             | renal | egfr         | anyone  | kdigo, variation
serious-infection   | urgent | -    | all             | -     | -            | anyone  | article, label: infection
herpes-zoster       | action (urgent on bari) | - | all  | -     | -            | anyone  | label: zoster
vte-event           | urgent | -    | all             | -     | -            | started | article, label: vte
vte-risk            | watch  | -    | all             | -     | -            | anyone  | article, label: vte
contraindication    | urgent | -    | all             | -     | -            | anyone  | article, labels-unverified, house
screening-incomplete| watch  | -    | all             | -     | -            | anyone  | screening, ema-2023, house
dose-above-label    | watch  | -    | bari            | -     | -            | course  | article, label: dose
hold-may-end        | action | -    | all             | -     | -            | started | label: resume
"""
ROWS = {cells[0]: cells for cells in ([cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines())}

#: The thresholds, canonical units: counts 10*9/L, Hb g/dL, lipids mg/dL, eGFR mL/min/1.73 m², doses mg a day, times of ULN, days.
LIMITS: dict[str, dict[str, float]] = {
    "anc-below-1": {"limit": 1.0},
    "alc-below-0.5": {"limit": 0.5},
    "hb-below-8": {"limit": 8.0, "tofacitinib_start": 9.0},
    "tofa-anc": {"limit": 1.0, "discontinue": 0.5},
    "tofa-alc": {"limit": 0.5, "limit_eu": 0.75, "discontinue": 0.5},
    "tofa-hb-8-9": {"low": 8.0, "high": 9.0, "fall": 2.0},
    "neutropenia": {"limit": 1.5},
    "hb-fall-2": {"fall": 2.0},
    "platelets-below-75": {"limit": 75.0},
    "transaminase-3x": {"times": 3.0},
    "transaminase-5x": {"times": 5.0},
    "hys-law": {"times": 3.0, "bilirubin_times": 2.0, "alp_times": 2.0, "days": 7.0},
    "ldl-rise-30": {"times": 1.30},
    "ldl-190": {"limit": 190.0},
    "triglycerides-500": {"limit": 500.0},
    "egfr-below-30": {"limit": 30.0},
    "egfr-30-60-dose": {"low": 30.0, "high": 60.0, "dose_us": 1.0, "dose_eu": 2.0},
    "egfr-fall-25": {"fraction": 0.75},
    "contraindication": {"recent_days": 180.0},
    "dose-above-label": {"limit": 2.0},
}
NOTES = {
    "tofa-anc": ("repeat to confirm", "confirmed: interrupt", "confirmed: discontinue", ""),
    "tofa-alc": ("repeat to confirm", "confirmed: interrupt", "confirmed: discontinue", ""),
    "hys-law": ("", "cholestasis not excluded"),
}
RULES = list(REGISTRY.rules.values())


def by_id(rule: Rule) -> str:
    return rule.id


def severities(cell: str) -> dict[str, Severity]:
    """By drug key: ``action (urgent on tofa)``."""
    usual, _, other = cell.partition(" (")
    found = dict.fromkeys(KEYS.values(), Severity(usual))
    if other:
        severity, drug = other.rstrip(")").split(" on ")
        found[KEYS[drug]] = Severity(severity)
    return found


def test_the_rules_are_those_of_the_reference_in_its_order() -> None:
    table = [id for id in ROWS if id not in ("dose-above-label", "hold-may-end")]
    assert list(REGISTRY.rules) == [*table, "dose-above-label", "hold-may-end"]


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_declaration(rule: Rule) -> None:
    _, severity, recheck, applies, panel, family, needs, sources = ROWS[rule.id]
    assert {drug: rule.severity_for(drug) for drug in KEYS.values()} == severities(severity)
    assert rule.severity == severities(severity.split(" (")[0])["baricitinib"]
    assert rule.recheck_days == (None if recheck == "-" else int(recheck.removesuffix(" d")))
    drugs = set(KEYS.values()) if applies == ALL else {KEYS[drug] for drug in applies.split(", ")}
    assert set(rule.drugs) == drugs
    assert rule.panel == panel.replace("-", "")
    assert rule.family == (rule.id if family == "-" else family)
    assert rule.needs == needs
    own, _, topics = sources.partition("label: ")
    assert rule.sources == tuple(source for source in own.rstrip(", ").split(", ") if source)
    assert rule.topics == tuple(topics.split())


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_thresholds_and_notes(rule: Rule) -> None:
    assert rule.limits == LIMITS.get(rule.id, {})
    assert rule.notes == NOTES.get(rule.id, ())
    assert rule.regions == (("US",) if rule.id == "dose-above-label" else ("US", "EU"))
    assert (rule.is_local, rule.plugin, rule.version) == (False, "", RULE_SET)


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_everything_declared_is_in_the_catalogue(rule: Rule) -> None:
    refuse_unknown(rule, catalogue())
    for key in rule.drugs:
        for region in Region:
            if region.value in rule.regions:
                assert sources_for(rule, catalogue().drugs[key], region), f"{rule.id} has no source for {key} {region}"


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_texts_say_what_a_source_says_and_never_what_to_do(rule: Rule) -> None:
    for heading, text in rule.sections.items():
        assert "should" not in text, f"{rule.id}, {heading}"
        assert "must " not in text or rule.id == "hold-may-end", f"{rule.id}, {heading}"
        assert text[0].isupper(), f"{rule.id}, {heading}"
        assert text.endswith("."), f"{rule.id}, {heading}"
    assert "team" in rule.sections["For the patient"] or "theirs" in rule.sections["For the patient"]


#: Words that a patient who fears jargon would not know.
JARGON = (
    "analyte",
    "threshold",
    "ULN",
    "transaminase",
    "cholestasis",
    "hepatic",
    "renal",
    "thromboembolism",
    "malignancy",
    "zoster",
    "×10",
)


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_the_patients_text_is_plain(rule: Rule) -> None:
    text = rule.sections["For the patient"]
    assert not [word for word in JARGON if word in text]
    assert len(text.split()) <= 75
    longest = max(len(sentence.split()) for sentence in text.split(". "))
    assert longest <= 32, f"{rule.id}: a sentence of {longest} words"


def test_every_module_is_listed_once() -> None:
    declared = {rule.test.__module__ for rule in RULES}
    assert [module.__name__ for module in MODULES] == list(dict.fromkeys(rule.test.__module__ for rule in RULES))
    assert len(declared) == len(MODULES)
