"""Rules: one function each that reads like its label, the registry that lists them, and the evaluation of all of them."""

from labtrack.rules import cbc, dosing, infection, lipids, liver, renal, screening, thrombosis
from labtrack.rules.evaluate import NOT_APPLICABLE, Judged, judge
from labtrack.rules.local import effective_rules, switched_off
from labtrack.rules.registry import REGISTRY, RULE_SET, Rule

#: The modules of the first release, in the order in which their rules are listed.
MODULES = (cbc, liver, lipids, renal, infection, thrombosis, screening, dosing)
REGISTRY.arrange(module.__name__ for module in MODULES)

__all__ = ["MODULES", "NOT_APPLICABLE", "REGISTRY", "RULE_SET", "Judged", "Rule", "effective_rules", "judge", "switched_off"]
