"""What the package offers: the rules in the order in which they are listed."""

from __future__ import annotations

import labtrack.rules as package


def test_the_public_names_are_there() -> None:
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


def test_the_rules_stand_in_the_order_of_the_modules() -> None:
    order = [module.__name__.rpartition(".")[2] for module in package.MODULES]
    assert order == ["cbc", "liver", "lipids", "renal", "infection", "thrombosis", "screening", "dosing"]
    assert next(iter(package.REGISTRY.rules)) == "anc-below-1"
    assert list(package.REGISTRY.rules)[-1] == "hold-may-end"
