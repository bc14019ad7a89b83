"""What the forms offer: drugs with their labelled doses, frequencies, kinds of events, reasons of holds, and the screening checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue, Drug, ScreeningItem
from labtrack.clinic.risks import years_between
from labtrack.core.judgment import Assessment, Region, Verdict
from labtrack.core.quantity import format_number
from labtrack.core.record import Event, Patient

#: Kinds of events that say what a screening item found.
_FOUND = {
    "screen-tb": ("tb-active",),
    "screen-hepatitis-b": ("hepatitis-active",),
    "screen-hepatitis-c": ("hepatitis-active",),
    "screen-pregnancy": ("pregnancy",),
    "screen-vte": ("vte", "prior-vte", "immobilization", "surgery", "obesity", "thrombophilia", "hormone-therapy"),
    "screen-malignancy": ("malignancy-active",),
    "screen-diabetes": ("diabetes-uncontrolled",),
    "vaccine-zoster": ("herpes-zoster",),
}
DONE, DECLINED, MISSING, NOT_APPLICABLE = "done", "declined", "missing", "does not apply"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: ``key`` is what is recorded, ``name`` what is shown, ``hint`` what stands beside it."""

    key: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DrugChoice(Choice):
    """A drug. ``doses`` are milligrams a day that the region's label names, the usual one first."""

    doses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventChoice(Choice):
    """A kind of event. ``lasting``: it has an end; ``needs_note``: it is not taken without one."""

    group: str = ""
    lasting: bool = False
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class ScreeningState:
    """One item of the checklist: its state, since when, what was noted, and what is on record of what it looks for."""

    key: str
    name: str
    plain_name: str
    state: str
    on: date | None = None
    note: str = ""
    found: tuple[str, ...] = ()
    is_certain: bool = True


def drug_choices(catalogue: Catalogue, region: Region) -> list[DrugChoice]:
    """The drugs, each with what the region's label says of its dose."""
    return [DrugChoice(drug.key, drug.name, _dose_hint(drug, region), labelled_doses(drug, region)) for drug in catalogue.drugs.values()]


def _dose_hint(drug: Drug, region: Region) -> str:
    statement = drug.label(region, "on", "dose")
    if statement is not None:
        return statement.text
    doses = sorted({band.daily_mg for band in drug.renal_for(region) if band.recommended})
    known = drug.label(region, "on", "renal")
    return known.text if doses and known is not None else ""


def labelled_doses(drug: Drug, region: Region) -> tuple[str, ...]:
    """Milligrams a day that the region's label names, as text; the usual one first."""
    doses = {band.daily_mg for band in drug.renal_for(region) if band.recommended}
    usual = drug.max_daily_mg.get(region)
    ordered = sorted(doses - {usual}, reverse=True)
    return tuple(format_number(each) for each in ([usual] if usual else []) + ordered)


def frequency_choices(catalogue: Catalogue) -> list[Choice]:
    """The frequencies that rules on the dose can count with."""
    return [Choice(word, word, f"{format_number(per_day)} a day") for word, per_day in catalogue.frequencies.items()]


def event_choices(catalogue: Catalogue, *, screening: bool = False) -> list[EventChoice]:
    """The kinds of events; those of the screening checklist only if asked for."""
    return [
        EventChoice(kind.key, kind.name, kind.plain_name, kind.group, kind.lasting, kind.declined)
        for kind in catalogue.event_kinds.values()
        if screening or not kind.item
    ]


def hold_choices(catalogue: Catalogue, assessment: Assessment, titles: dict[str, str]) -> list[Choice]:
    """Reasons of a hold: the rules met now, open infections and other events, then the rest of the rules. Own words go beside them."""
    met = [each.rule for each in assessment.findings if each.verdict is Verdict.MET and each.rule in titles]
    events = [Choice(kind.key, kind.name) for kind in catalogue.event_kinds.values() if kind.lasting and not kind.item]
    rest = [Choice(id, titles[id]) for id in titles]
    offered: dict[str, Choice] = {}
    for each in (*(Choice(id, titles[id], "met now") for id in met), *events, *rest):
        offered.setdefault(each.key, each)  # a rule may be called as an event is
    return list(offered.values())


def screening_states(catalogue: Catalogue, patient: Patient, events: Sequence[Event], on: date) -> list[ScreeningState]:
    """The checklist of a patient on a day, in the catalogue's order."""
    age = None if patient.birth_date is None else years_between(patient.birth_date, on)
    return [_screening_state(catalogue, item, patient, events, age, on) for item in catalogue.screening_items.values()]


def _screening_state(
    catalogue: Catalogue, item: ScreeningItem, patient: Patient, events: Sequence[Event], age: int | None, on: date
) -> ScreeningState:
    kinds = {item.key: DONE, f"declined-{item.key}": DECLINED}
    settled = [each for each in events if each.kind in kinds and each.on <= on]
    running = [each for each in events if each.kind in _FOUND.get(item.key, ()) and each.on <= on and _is_open(each, on)]
    found = tuple(f"{catalogue.event_kinds[each.kind].name} since {each.on.isoformat()}" for each in running)
    applies = item.applies(patient.sex, age)
    if settled:
        # Done outweighs declined: it was declined first and done later, or the other way round and still done.
        last = max(settled, key=lambda each: (kinds[each.kind] == DONE, each.on))
        return ScreeningState(item.key, item.name, item.plain_name, kinds[last.kind], last.on, last.note, found)
    state = NOT_APPLICABLE if applies is False else MISSING
    return ScreeningState(item.key, item.name, item.plain_name, state, found=found, is_certain=applies is not None)


def _is_open(event: Event, on: date) -> bool:
    return event.ended_on is None or event.ended_on > on
