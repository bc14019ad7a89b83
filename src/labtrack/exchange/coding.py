"""What a coded report measures: by LOINC, else by the clinic's table of local codes, else by an accepted name; never by guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from labtrack.catalogue import Catalogue, Identity, fold_name
from labtrack.core.quantity import clean_text

#: How LOINC is named as a coding system: FHIR's URL, its OID, HL7 v2's table 0396.
LOINC_SYSTEMS = frozenset(
    {"http://loinc.org", "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1", "2.16.840.1.113883.6.1", "ln", "loinc"}
)
_SHOWN = 80


class Coding(NamedTuple):
    """A code with its system (FHIR's URL, HL7's table) and its display text."""

    code: str
    system: str = ""
    display: str = ""

    @property
    def is_loinc(self) -> bool:
        """Whether the system is LOINC."""
        return bool(clean_text(self.code)) and self.system.strip().casefold().rstrip("/") in LOINC_SYSTEMS


class Coded(NamedTuple):
    """What the codings come to. ``analyte`` is a LOINC code or name for :meth:`labtrack.catalogue.Catalogue.identify`.

    Without one, either ``kept_out`` names what labtrack does not follow, or ``refusal`` says why it cannot be told what this is.
    """

    analyte: str = ""
    kept_out: str = ""
    refusal: str = ""


def code_reader(catalogue: Catalogue, local: Mapping[str, str] | None = None) -> Callable[[tuple[Coding, ...], str, str], Coded]:
    """A function of (codings, text, unit) that remembers what it has been asked. ``local`` is the clinic's table of local codes.

    Its keys are codes, ``system|code`` or names, folded by :func:`labtrack.catalogue.fold_name`; its values our analytes, or empty
    for what the clinic does not follow.
    """
    table = dict(local or {})

    @lru_cache(8192)
    def read(codings: tuple[Coding, ...], text: str, unit: str) -> Coded:
        return identify_coded(codings, text, unit, catalogue, table)

    return read


def identify_coded(codings: Sequence[Coding], text: str, unit: str, catalogue: Catalogue, local: Mapping[str, str]) -> Coded:
    """What is measured. A LOINC code decides, wherever it stands among the codings, unless the names beside it say otherwise."""
    names = [name for name in dict.fromkeys([text, *(each.display for each in codings)]) if name.strip()]
    loinc = list(dict.fromkeys(clean_text(each.code) for each in codings if each.is_loinc))
    if loinc:
        return _by_loinc(loinc, names, unit, catalogue)
    for key in _local_keys(codings, names):
        if key in local:
            return Coded(local[key]) if local[key] else Coded(kept_out=_label(codings, names))
    for name in [*names, *(each.code for each in codings)]:
        found = catalogue.identify(name, unit)
        if found is not None:
            return Coded(name)
        reason = _reason_against(name, catalogue)
        if reason:
            return Coded(kept_out=_label(codings, names))
    said = _label(codings, names)
    if not said:
        return Coded(refusal="it does not say what was measured")
    return Coded(refusal=f"no LOINC code, and {said} is no code or name that labtrack knows: add it to a table of codes")


def _by_loinc(codes: list[str], names: list[str], unit: str, catalogue: Catalogue) -> Coded:
    found = {code: catalogue.identify(code, unit) for code in codes}
    known = {code: identity for code, identity in found.items() if identity is not None}
    if len({identity.analyte.key for identity in known.values()}) > 1:
        said = " and ".join(f"{code} {identity.analyte.name}" for code, identity in known.items())
        return Coded(refusal=f"its codes say different things: {said}")
    code = next(iter(known), codes[0])
    against = _contradiction(code, known.get(code), names, unit, catalogue)
    if against:
        return Coded(refusal=against)
    if known:
        return Coded(code)
    label = next((name for name in names), "")
    return Coded(kept_out=f"{code} {label}".strip()[:_SHOWN])


def _contradiction(code: str, identity: Identity | None, names: Sequence[str], unit: str, catalogue: Catalogue) -> str:
    """Why the names beside a LOINC code forbid to believe it; empty where they agree, or mean nothing to us."""
    for name in names:
        named = catalogue.identify(name, unit)
        shown = clean_text(name)[:_SHOWN]
        if named is not None and identity is None:
            said = catalogue.index.reasons.get(code, f"none that labtrack knows for {named.analyte.name}")
            return f"the code {code} is {said}, but its name is {shown}"
        if named is not None and identity is not None and named.analyte is not identity.analyte:
            return f"the code {code} is {identity.analyte.name}, but its name is {shown}"
        if identity is not None and named is None and _reason_against(name, catalogue):
            return f"the code {code} is {identity.analyte.name}, but {shown}: {_reason_against(name, catalogue)}"
    return ""


def _reason_against(name: str, catalogue: Catalogue) -> str:
    """Why a name that looks like one of ours is none of them."""
    return catalogue.index.reasons.get(fold_name(name), "")


def _local_keys(codings: Sequence[Coding], names: Sequence[str]) -> list[str]:
    """How the clinic's table may name a report, the surest first."""
    both = [f"{each.system}|{each.code}" for each in codings if each.system and each.code]
    return [fold_name(each) for each in [*both, *(each.code for each in codings if each.code), *names]]


def _label(codings: Sequence[Coding], names: Sequence[str]) -> str:
    code = next((clean_text(each.code) for each in codings if each.code.strip()), "")
    name = clean_text(names[0]) if names else ""
    return f"{code} {name}".strip()[:_SHOWN]
