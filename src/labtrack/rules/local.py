"""A clinic's own settings for the rules: thresholds changed, rules switched off, rules of plug-ins added.

In the settings file::

    [rules.ldl-rise-30]
    times = 1.25

    [rules."alc-below-0.5"]     # an id with a dot stands in quotation marks
    enabled = false

Whatever differs from the shipped rules is marked local and changes the rule set's version, to which stored assessments and
acknowledgements are bound.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from labtrack.core.errors import CatalogueError
from labtrack.core.quantity import format_number
from labtrack.rules.plugins import plugins
from labtrack.rules.registry import REGISTRY, RULE_SET, Rule

#: The one field of a rule's table that is no threshold.
ENABLED = "enabled"
#: A clinic's threshold lies within this factor of the shipped one: beyond it the unit is wrong (house policy).
FARTHEST = 10.0
#: Thresholds that must not pass each other: the first stays below the second, or (False) at it.
_ORDER = (("low", "high", True), ("discontinue", "limit", False), ("discontinue", "limit_eu", False))
_NEXT_STEP = "Correct the settings file; `labtrack rules ID` shows a rule's thresholds."


def effective_rules(table: Mapping[str, object], text: str = "") -> tuple[Mapping[str, Rule], str]:
    """The rules as this clinic runs them, by id in the order of listing, and the version of that rule set.

    ``table`` is the table ``rules`` of the settings, ``text`` the settings file itself, from which errors name the line.

    Raises:
        CatalogueError: an unknown rule or threshold, or a value that cannot be one; the message names line and key.
    """
    known = _all_rules()
    settings = {id: _Settings(id, fields, known, text) for id, fields in table.items()}
    rules = {}
    for id, rule in known.items():
        own = settings.get(id)
        if own is None:
            rules[id] = rule
        elif own.enabled:
            rules[id] = rule.with_limits(own.changed) if own.changed else rule
    return MappingProxyType(rules), _version(known, rules)


def switched_off(table: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rules that a clinic does not run, in the order of listing; for showing that they are off, not for judging.

    Raises:
        CatalogueError: as :func:`effective_rules`.
    """
    rules, _ = effective_rules(table)
    return tuple(rule for id, rule in _all_rules().items() if id not in rules)


def _all_rules() -> dict[str, Rule]:
    known = dict(REGISTRY.rules)
    for plugin in plugins():
        known.update(plugin.rules)
    return known


def _version(known: Mapping[str, Rule], rules: Mapping[str, Rule]) -> str:
    """The shipped version, and a short hash of everything that is not as shipped."""
    own = {id: [rule.plugin, dict(rule.limits)] for id, rule in rules.items() if rule.is_local}
    off = [id for id in known if id not in rules]
    if not own and not off:
        return RULE_SET
    canonical = json.dumps([own, off])
    return f"{RULE_SET}+{hashlib.sha256(canonical.encode()).hexdigest()[:8]}"


class _Settings:
    """The table of one rule, checked."""

    def __init__(self, id: str, fields: object, known: Mapping[str, Rule], text: str) -> None:
        self._id = id
        self._text = text
        if id not in known:
            raise self._wrong("", f"there is no such rule{_meant(id, fields, known)}")
        if not isinstance(fields, Mapping):
            raise self._wrong("", f"is not a table; write [rules.{_quoted(id)}]")
        self._rule = known[id]
        enabled = fields.get(ENABLED, True)
        if not isinstance(enabled, bool):
            raise self._wrong(ENABLED, f"{enabled!r} is neither true nor false")
        self.enabled = enabled
        limits = {name: self._limit(name, value) for name, value in fields.items() if name != ENABLED}
        self.changed = {name: limit for name, limit in limits.items() if limit != self._rule.limits[name]}
        self._refuse_disorder()

    def _limit(self, name: str, value: object) -> float:
        if name not in self._rule.limits:
            has = ", ".join(self._rule.limits)
            raise self._wrong(name, f"the rule has no such threshold; it has {has}" if has else "the rule has no threshold")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._wrong(name, f"{value!r} is not a number")
        if not math.isfinite(value) or value <= 0:
            raise self._wrong(name, f"{value} is not a number above zero")
        shipped = self._rule.limits[name]
        if not shipped / FARTHEST <= value <= shipped * FARTHEST:
            raise self._wrong(name, f"{format_number(value)} is far from the shipped {format_number(shipped)}: check the unit")
        if name.endswith("days") and value != int(value):
            raise self._wrong(name, f"{format_number(value)} is not a whole number of days")
        return float(value)

    def _refuse_disorder(self) -> None:
        limits = {**self._rule.limits, **self.changed}
        for first, second, strictly in _ORDER:
            low, high = limits.get(first, 0.0), limits.get(second, math.inf)
            if low > high or (strictly and low == high):
                raise self._wrong(first if first in self.changed else second, f"{first} would not be below {second}")

    def _wrong(self, key: str, what: str) -> CatalogueError:
        name = f"rules.{_quoted(self._id)}{f'.{key}' if key else ''}"
        return CatalogueError(f"settings, {_line(self._text, self._id, key)}{name}: {what}.", _NEXT_STEP)


def _quoted(id: str) -> str:
    return f'"{id}"' if "." in id else id


def _meant(id: str, fields: object, known: Mapping[str, Rule]) -> str:
    """A guess at the rule that was meant: an id with a dot, not quoted, falls into two tables."""
    for dotted in (f"{id}.{rest}" for rest in (fields if isinstance(fields, Mapping) else ())):
        if dotted in known:
            return f'; write [rules."{dotted}"]'
    from difflib import get_close_matches

    close = get_close_matches(id, known, n=1)
    return f" (did you mean {close[0]}?)" if close else "; `labtrack rules` lists them"


def _line(text: str, id: str, key: str) -> str:
    """``line 12, `` where a key (or, without one, the table of a rule) stands in a TOML text; empty if it is written otherwise."""
    here = ""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"""\s*\[\s*rules\s*\.\s*(["']?)(.+?)\1\s*\]""", line)
        if header or line.lstrip().startswith("["):
            inside = header is not None and (header[2] == id or header[2].startswith(f"{id}."))
            here = f"line {number}, " if inside else here
        elif inside and key and re.match(rf"""\s*(["']?){re.escape(key)}\1\s*=""", line):
            return f"line {number}, "
    return here
