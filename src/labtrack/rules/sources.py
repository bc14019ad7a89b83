"""Where a rule comes from: its own sources, and what the label of a drug and region says on its topics.

A rule names sources that always hold (``sources``) and topics of the labels (``topics``), for labels differ by drug and region and
are never merged. Which statement and which source a topic comes to is looked up in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labtrack.catalogue import Catalogue, Drug, LabelStatement, Source, catalogue
from labtrack.core.errors import CatalogueError
from labtrack.core.judgment import Region
from labtrack.rules.registry import Rule

BEFORE, ON = "before", "on"
#: The topic whose sources are those of the label's conditions for ending a hold; no sentence of the catalogue belongs to it.
RESUME = "resume"
#: Topics whose statement on treatment holds for a planned start as well: none of these sentences speaks of interrupting.
IN_EITHER_PHASE = frozenset({"dose", "ldl", "lipid", "plt", "renal", "renal-15", "vte"})


def statement_for(rule: Rule, drug: Drug, region: Region, before_start: bool) -> LabelStatement | None:
    """What the label says on the rule's first topic that it mentions; None where no label has this rule."""
    return next(iter(statements_for(rule, drug, region, before_start)), None)


def statements_for(rule: Rule, drug: Drug, region: Region, before_start: bool) -> tuple[LabelStatement, ...]:
    """What the label of a drug and region says on each of the rule's topics, before the start or on treatment."""
    found = (_statement(drug, region, topic, before_start) for topic in rule.topics)
    return tuple(statement for statement in found if statement is not None)


def _statement(drug: Drug, region: Region, topic: str, before_start: bool) -> LabelStatement | None:
    if not before_start:
        return drug.label(region, ON, topic)
    return drug.label(region, BEFORE, topic) or (drug.label(region, ON, topic) if topic in IN_EITHER_PHASE else None)


def sources_for(rule: Rule, drug: Drug | None = None, region: Region | None = None) -> tuple[Source, ...]:
    """The rule's sources with their evidence marks: its own, then the labels of one drug and region (None: of all it runs on).

    Raises:
        CatalogueError: the rule names a source that the catalogue does not have.
    """
    known = catalogue()
    drugs = [drug] if drug is not None else [known.drugs[key] for key in rule.drugs]
    regions = [region] if region is not None else [Region(each) for each in rule.regions]
    ids = dict.fromkeys([*rule.sources, *_label_sources(rule.topics, drugs, regions)])
    unknown = [id for id in ids if id not in known.sources]
    if unknown:
        raise CatalogueError(f"rule {rule.id}: unknown source {', '.join(unknown)}")
    return tuple(known.sources[id] for id in ids)


def _label_sources(topics: Iterable[str], drugs: Iterable[Drug], regions: Iterable[Region]) -> Iterator[str]:
    topics, regions = tuple(topics), tuple(regions)
    for drug in drugs:
        for region in regions:
            for topic in topics:
                if topic == RESUME:
                    yield from (condition.source for condition in drug.resume if condition.region is region)
                yield from (said.source for said in drug.labels if said.topic == topic and said.region is region)


def refuse_unknown(rule: Rule, known: Catalogue) -> None:
    """Check what a rule declares against the catalogue.

    Raises:
        CatalogueError: a source, drug, panel, label topic or region that there is not.
    """
    topics = {said.topic for drug in known.drugs.values() for said in drug.labels} | {RESUME}
    declared = (
        ("source", rule.sources, known.sources),
        ("drug", (*rule.drugs, *rule.severity_on), known.drugs),
        ("panel", (rule.panel,) if rule.panel else (), known.panels),
        ("label topic", rule.topics, topics),
        ("region", rule.regions, list(Region)),
    )
    for what, names, allowed in declared:
        for name in names:
            if name not in allowed:
                raise CatalogueError(f"rule {rule.id}: unknown {what} {name}; known: {', '.join(allowed)}")
    if not (rule.sources or rule.topics):
        raise CatalogueError(f"rule {rule.id} names neither a source nor a label topic")
