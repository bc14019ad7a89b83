"""What one rule says of one patient: the verdict, and the results it rests on, as reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labtrack.catalogue import Catalogue
from labtrack.core.judgment import Assessment, Evidence, Finding
from labtrack.core.quantity import format_interval, format_percent, format_rounded
from labtrack.core.record import Result


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One reading behind a verdict.

    ``reported`` are the results it comes from, as printed; ``value``, ``limit`` and ``baseline`` are in the canonical ``unit``, and
    empty where there is none. ``change`` is from baseline, in percent. ``in_doubt``: a newer report cannot be read.
    """

    analyte: str
    unit: str
    value: str
    collected_on: str
    method: str
    limit: str
    baseline: str
    baseline_on: str
    change: str
    in_doubt: bool
    reported: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """One rule's answer for one patient."""

    finding: Finding
    evidence: tuple[EvidenceLine, ...]


def verdict_of(assessment: Assessment, rule: str, results: Sequence[Result], catalogue: Catalogue) -> VerdictPage | None:
    """The answer of a rule among every verdict of an assessment; None where it has none, as in a rule switched off."""
    by_id = {each.result_id: each for each in results}
    for finding in assessment.findings:
        if finding.rule == rule:
            return VerdictPage(finding, tuple(_line(proof, by_id, catalogue) for proof in finding.evidence))
    return None


def _line(proof: Evidence, by_id: Mapping[int, Result], catalogue: Catalogue) -> EvidenceLine:
    analyte, limit = catalogue.analytes[proof.analyte], proof.limit

    def number(value: float) -> str:
        return format_rounded(value, limit.low if limit is not None else None)

    return EvidenceLine(
        analyte.short,
        analyte.display_unit,
        format_interval(proof.value, number),
        proof.collected_on.isoformat(),
        proof.method,
        format_interval(limit, format_rounded) if limit is not None else "",
        format_interval(proof.baseline, format_rounded) if proof.baseline is not None else "",
        proof.baseline_on.isoformat() if proof.baseline_on else "",
        format_percent(proof.change_percent, 1) if proof.change_percent is not None else "",
        proof.in_doubt,
        tuple(by_id[each] for each in proof.result_ids if each in by_id),
    )
