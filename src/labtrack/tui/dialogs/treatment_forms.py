"""The small forms of treatment: start, dose, hold, resume, stop, events, baselines. What is valid is the clinic's to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labtrack.core.quantity import format_number
from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.widgets.form import Field, Reader, collected, day, number, optional, required

if TYPE_CHECKING:
    from labtrack.clinic.choices import DrugChoice
    from labtrack.clinic.patient_page import Treatment
    from labtrack.clinic.timeline import TimelineLine
    from labtrack.tui.page import Asking

#: The choice of a hold whose reason is none of the list.
OTHER = "other"


def on_field(asking: Asking, label: str = "On") -> Field:
    """A date, today unless another is typed."""
    return Field("on", label, asking.base.opening.today.isoformat(), "YYYY-MM-DD", day)


def choice(text: str) -> str:
    """Something picked."""
    if not text:
        raise ValueError("choose one: Enter opens the list")
    return text


def drug_field(drugs: Sequence[DrugChoice], read: Reader = str.strip, none: str = "") -> Field:
    """The drugs; what the label says of the dose of the chosen one stands below the dose. ``none`` names the choice of no drug."""
    choices = [*([("", none)] if none else []), *((each.key, each.name) for each in drugs)]
    return Field("drug", "Drug", read=read, choices=choices, notes={each.key: each.hint for each in drugs}, notes_at="dose")


def dose_fields(treatment: Treatment | None, frequencies: Sequence[tuple[str, str]]) -> list[Field]:
    """Milligrams and frequency, as they are now."""
    dose = treatment.dose if treatment else None
    words = [value for value, _ in frequencies]
    known = list(frequencies)
    if dose is not None and dose.frequency not in words:
        known.append((dose.frequency, f"{dose.frequency} (as now)"))
    return [
        Field("dose", "Dose in mg", format_number(dose.dose_mg) if dose else "", "milligrams of one dose", number),
        Field("frequency", "How often", dose.frequency if dose else "daily", read=choice, choices=known),
    ]


async def start_form(asking: Asking, mrn: str) -> FormDialog:
    """Start a drug."""
    drugs, frequencies = await asking.ask(lambda clinic: (clinic.drugs(), clinic.frequencies()))
    dose, often = dose_fields(None, [(each.key, each.name) for each in frequencies])
    fields = [
        drug_field(drugs, read=choice),
        dose,
        often,
        on_field(asking, "From"),
        Field("reason", "Reason", hint="if it is to be kept"),
    ]
    return FormDialog(
        "Start a drug",
        fields,
        lambda clinic, typed: clinic.start_course(
            mrn, typed["drug"], typed["dose"], typed["frequency"], typed["on"], typed["reason"]
        ),
        "A day in the future plans the start.",
        (("dose", "dose"), ("still open", "on"), ("recorded already", "on"), ("reason", "reason")),
    )  # fmt: skip


async def dose_form(asking: Asking, mrn: str, treatment: Treatment | None) -> FormDialog:
    """Change the dose of the open course."""
    frequencies = await asking.ask(lambda clinic: clinic.frequencies())
    fields = [
        *dose_fields(treatment, [(each.key, each.name) for each in frequencies]),
        on_field(asking, "From"),
        Field("reason", "Reason", hint="such as: eGFR 48"),
    ]
    return FormDialog(
        "Change the dose",
        fields,
        lambda clinic, typed: clinic.change_dose(mrn, typed["dose"], typed["on"], typed["frequency"], typed["reason"]),
        f"Now: {treatment.text}" if treatment else "",
        (("A dose of", "dose"), ("no open course", "on"), ("recorded already", "reason"), ("The reason", "reason")),
    )


async def hold_form(asking: Asking, mrn: str) -> FormDialog:
    """Pause the drug."""
    reasons = await asking.ask(lambda clinic: clinic.hold_reasons(mrn))
    met = [each for each in reasons if each.hint]
    choices = [(each.key, f"{each.name.rstrip('.')}{f' ({each.hint})' if each.hint else ''}") for each in reasons]
    fields = [
        Field("why", "Reason", met[0].key if met else "", read=choice, choices=[*choices, (OTHER, "other: in your own words")]),
        Field("words", "In your words", hint="only for another reason"),
        on_field(asking, "From"),
    ]
    return FormDialog(
        "Pause the drug",
        fields,
        lambda clinic, typed: clinic.hold(mrn, f"other: {typed['words']}" if typed["why"] == OTHER else typed["why"], typed["on"]),
        "Checks go on during a hold. It is never ended by itself.",
        (("not a reason", "words"), ("The reason", "words"), ("on hold", "on"), ("no open course", "on")),
    )


async def resume_form(asking: Asking, mrn: str, treatment: Treatment | None) -> FormDialog:
    """End the hold."""
    hold = treatment.hold if treatment else None
    said = f"On hold since {hold.start_on.isoformat()} ({hold.reason})." if hold else ""
    return FormDialog("Resume the drug", [on_field(asking, "From")], lambda clinic, typed: clinic.resume(mrn, typed["on"]), said)


async def stop_form(asking: Asking, mrn: str, treatment: Treatment | None) -> FormDialog:
    """End the course."""
    fields = [Field("reason", "Reason", hint="such as: switch to upadacitinib", read=required), on_field(asking)]
    return FormDialog(
        "Stop the drug",
        fields,
        lambda clinic, typed: clinic.stop_course(mrn, typed["reason"], typed["on"]),
        treatment.text if treatment else "",
        (("no open course", "on"),),
    )


async def event_form(asking: Asking, mrn: str) -> FormDialog:
    """Record an event."""
    kinds = await asking.ask(lambda clinic: clinic.event_kinds())
    fields = [
        Field("kind", "What", read=choice, choices=[(each.key, each.name) for each in kinds]),
        on_field(asking),
        Field("note", "Note", hint="what is to be kept with it"),
    ]
    return FormDialog(
        "Record an event",
        fields,
        lambda clinic, typed: clinic.add_event(mrn, typed["kind"], typed["on"], typed["note"]),
        "Screening items and vaccinations: on the tab Screening.",
        (("after today", "on"), ("note", "note"), ("recorded already", "on")),
    )


async def end_form(asking: Asking, mrn: str, open_events: Sequence[TimelineLine]) -> FormDialog:
    """End an open event."""
    choices = [
        (each.key, f"{each.what} since {each.on.isoformat()}") for each in {each.key: each for each in reversed(open_events)}.values()
    ]
    first = open_events[0].key if open_events else ""
    fields = [Field("kind", "What", first, read=choice, choices=choices), on_field(asking)]
    return FormDialog(
        "End an event",
        fields,
        lambda clinic, typed: clinic.end_event(mrn, typed["kind"], typed["on"]),
        blame=(("after today", "on"), ("No open", "on")),
    )


async def baseline_form(asking: Asking, mrn: str, analyte: str = "", at: str = "") -> FormDialog:
    """Choose a baseline."""
    grid = await asking.ask(lambda clinic: clinic.grid(mrn))
    rows = [(row.analyte, row.name) for row in grid.rows if row.cells]
    fields = [
        Field("analyte", "Analyte", analyte, read=choice, choices=rows),
        Field("at", "Collected", at, "2025-12-04 or 2025-12-04 08:15", collected),
        Field("reason", "Reason", hint="such as: before the steroid course", read=required),
    ]
    return FormDialog(
        "Choose a baseline",
        fields,
        lambda clinic, typed: clinic.pin_baseline(mrn, typed["analyte"], typed["at"], typed["reason"]),
        "The result of this time becomes the baseline of the open or planned course.",
        (("No usable", "at"), ("no open course", "analyte"), ("reason", "reason")),
    )


async def screening_form(asking: Asking, mrn: str, item: str, name: str, *, declined: bool = False) -> FormDialog:
    """Record a screening item as done or declined."""
    hint = "why it is not done" if declined else "such as: IGRA negative"
    note = Field("note", "Reason" if declined else "Result", hint=hint, read=required if declined else optional(str.strip))
    kind = f"declined-{item}" if declined else item
    return FormDialog(
        f"{name}: {'not done, with the reason' if declined else 'done'}",
        [on_field(asking), note],
        lambda clinic, typed: clinic.add_event(mrn, kind, typed["on"], typed["note"] or ""),
        blame=(("after today", "on"), ("recorded already", "on"), ("note", "note"), ("reason", "note")),
    )
