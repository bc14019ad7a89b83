"""People and treatment: patients, courses with doses and holds, events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

import typer

from labtrack.cli.help import command, program
from labtrack.cli.options import AsOf, Db, DoseMg, In, Mrn, On, Reason, RegionName, argument, given, option
from labtrack.cli.output import Format, Row, counted, note, put
from labtrack.cli.page import HISTORY_COLUMNS, history, put_page
from labtrack.cli.session import opened
from labtrack.cli.tables import Column
from labtrack.cli.typed import day, moment, number, sex
from labtrack.core.errors import UsageError
from labtrack.core.record import CollectedAt, Patient, Sex

patient = program(help="Patients: add, edit, list, show.")
course = program(help="Treatment: start a drug, change its dose, hold, resume, stop, choose a baseline.")
event = program(help="Events and screening items: add, end.")

Name = Annotated[str, option("--name", metavar="NAME", help="Name, as the clinic writes it.")]
BirthDate = Annotated[date, option("--birth-date", metavar="DATE", parser=day, help="YYYY-MM-DD.")]
SexOption = Annotated[Sex, option("--sex", metavar="F|M", parser=sex, help="F, M or '' (not recorded).")]
WeightKg = Annotated[float | None, option("--weight-kg", metavar="KG", parser=number, help="Body weight in kilograms.")]
Phone = Annotated[str | None, option("--phone", metavar="NUMBER", help="Telephone.")]
Email = Annotated[str | None, option("--email", metavar="ADDRESS", help="E-mail address.")]
Drug = Annotated[str, argument(metavar="DRUG", help="Its name, in any case.")]
Frequency = Annotated[str, option("--frequency", metavar="WORDS", help="daily, twice daily or every other day.")]
Kind = Annotated[str, argument(metavar="KIND", help="An event kind, such as herpes-zoster or screen-tb.")]
HoldReason = Annotated[str, option("--reason", metavar="REASON", help="A rule's id, an event kind, or 'other: …' in your words.")]


_PATIENTS = (
    Column.of("mrn"),
    Column.of("name", soft=True),
    Column.of("birth_date", "born"),
    Column.of("sex"),
    Column.of("weight_kg", "kg", right=True),
    Column.of("phone", soft=True),
    Column.of("email", soft=True),
)


@command(patient, "add", "labtrack patient add 10021 --name 'Okafor, Ada' --birth-date 1968-02-11 --sex F")
def add_patient(
    context: typer.Context,
    mrn: Mrn,
    name: Name,
    birth_date: BirthDate,
    sex: SexOption,
    weight_kg: WeightKg = None,
    phone: Phone = None,
    email: Email = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Add a patient."""
    with opened(context, create=True) as clinic:
        clinic.add_patient(Patient(mrn, name, birth_date, sex, weight_kg, phone or "", email or ""))
        note(f"Added {name}, born {birth_date.isoformat()}, MRN {mrn}.")


@command(patient, "edit", "labtrack patient edit 10021 --weight-kg 68.5")
def edit_patient(
    context: typer.Context,
    mrn: Mrn,
    name: Annotated[str | None, option("--name", metavar="NAME", help="Name, as the clinic writes it.")] = None,
    birth_date: Annotated[date | None, option("--birth-date", metavar="DATE", parser=day, help="YYYY-MM-DD.")] = None,
    sex: Annotated[Sex | None, option("--sex", metavar="F|M", parser=sex, help="F, M or '' (not recorded).")] = None,
    weight_kg: WeightKg = None,
    phone: Phone = None,
    email: Email = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Change what is recorded about a patient; what is not named stays."""
    named = {"name": name, "birth_date": birth_date, "sex": sex, "weight_kg": weight_kg, "phone": phone, "email": email}
    changes: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
    if not changes:
        raise UsageError("Nothing to change was named.", f"For example: labtrack patient edit {mrn} --weight-kg 68.5")
    with opened(context) as clinic:
        changed = clinic.edit_patient(mrn, **changes)
        note(f"Changed {', '.join(key.replace('_', ' ') for key in changes)} of {changed.name}, MRN {mrn}.")


@command(patient, "list", "labtrack patient list --format csv")
def list_patients(context: typer.Context, format: In = Format.TABLE, db: Db = None) -> None:
    """Everyone in the clinic, by MRN."""
    from labtrack.clinic.views import PATIENT_COLUMNS

    with opened(context) as clinic:
        rows: list[Row] = [{key: getattr(each, key) for key in PATIENT_COLUMNS} for each in clinic.patients()]
    put(rows, PATIENT_COLUMNS, format, _PATIENTS)
    note(f"{counted(len(rows), 'patient')}.")


@command(patient, "show", "labtrack patient show 10021")
def show_patient(
    context: typer.Context, mrn: Mrn, format: In = Format.TABLE, as_of: AsOf = None, db: Db = None, region: RegionName = None
) -> None:
    """One patient: findings, next checks, treatment and events. As CSV or JSON: treatment and events in order of time."""
    with opened(context) as clinic:
        record = clinic.chart(mrn)
        if format is Format.TABLE:
            put_page(clinic, record, given(context).as_of)
        else:
            put(history(record), HISTORY_COLUMNS, format)


@command(course, "start", "labtrack course start 10021 baricitinib --dose-mg 2 --frequency daily --on 2026-03-03")
def start_course(
    context: typer.Context,
    mrn: Mrn,
    drug: Drug,
    dose_mg: DoseMg,
    frequency: Frequency,
    on: On,
    reason: Annotated[str, option("--reason", metavar="TEXT", help="Why, if it is to be kept.")] = "",
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Start a drug, today, earlier, or on a planned day. One course is open at a time."""
    with opened(context) as clinic:
        _done(clinic.start_course(mrn, drug, dose_mg, frequency, on, reason), f"{mrn}: {drug} {dose_mg:g} mg {frequency} from {on}.")


@command(course, "dose", "labtrack course dose 10021 --dose-mg 1 --on 2026-11-22 --reason 'eGFR 48'")
def change_dose(
    context: typer.Context,
    mrn: Mrn,
    dose_mg: DoseMg,
    on: On,
    frequency: Annotated[str | None, option("--frequency", metavar="WORDS", help="As before unless said.")] = None,
    reason: Annotated[str, option("--reason", metavar="TEXT", help="Why, if it is to be kept.")] = "",
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Change the dose of the open course from a day on."""
    with opened(context) as clinic:
        _done(clinic.change_dose(mrn, dose_mg, on, frequency, reason), f"{mrn}: {dose_mg:g} mg from {on}.")


@command(course, "hold", "labtrack course hold 10021 --reason anc-below-1 --on 2026-11-22")
def hold(context: typer.Context, mrn: Mrn, reason: HoldReason, on: On, db: Db = None, region: RegionName = None) -> None:
    """Pause the drug from a day on."""
    with opened(context) as clinic:
        clinic.hold(mrn, reason, on)
        _done((), f"{mrn}: on hold from {on}.")


@command(course, "resume", "labtrack course resume 10021 --on 2026-12-06")
def resume(context: typer.Context, mrn: Mrn, on: On, db: Db = None, region: RegionName = None) -> None:
    """End the hold; the drug is taken again from a day on."""
    with opened(context) as clinic:
        clinic.resume(mrn, on)
        _done((), f"{mrn}: resumed on {on}.")


@command(course, "stop", "labtrack course stop 10021 --reason 'switch to upadacitinib' --on 2026-11-22")
def stop_course(context: typer.Context, mrn: Mrn, reason: Reason, on: On, db: Db = None, region: RegionName = None) -> None:
    """End the course on a day."""
    with opened(context) as clinic:
        clinic.stop_course(mrn, reason, on)
        _done((), f"{mrn}: stopped on {on}.")


@command(course, "baseline", "labtrack course baseline 10021 ldl --at 2025-12-04 --reason 'before the steroid course'")
def pin_baseline(
    context: typer.Context,
    mrn: Mrn,
    analyte: Annotated[str, argument(metavar="KEY", help="The analyte, such as ldl.")],
    at: Annotated[CollectedAt, option("--at", metavar="DATETIME", parser=moment, help="When that specimen was taken.")],
    reason: Reason,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Take another result as the baseline of the course than the last one before its start."""
    with opened(context) as clinic:
        clinic.pin_baseline(mrn, analyte, at, reason)
        _done((), f"{mrn}: baseline of {analyte} is that of {at}.")


@command(event, "add", "labtrack event add 10021 screen-tb --on 2026-02-20 --note 'IGRA negative'")
def add_event(
    context: typer.Context,
    mrn: Mrn,
    kind: Kind,
    on: On,
    note: Annotated[str, option("--note", metavar="TEXT", help="What is to be kept with it.")] = "",
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Record an event, or a screening item done or declined."""
    with opened(context) as clinic:
        clinic.add_event(mrn, kind, on, note)
        _done((), f"{mrn}: {kind} on {on}.")


@command(event, "end", "labtrack event end 10021 herpes-zoster --on 2026-11-20")
def end_event(context: typer.Context, mrn: Mrn, kind: Kind, on: On, db: Db = None, region: RegionName = None) -> None:
    """End the open event of a kind."""
    with opened(context) as clinic:
        clinic.end_event(mrn, kind, on)
        _done((), f"{mrn}: {kind} ended on {on}.")


def _done(warnings: Iterable[str], line: str) -> None:
    """What was done, and what to look at again."""
    note(f"Recorded: {line}")
    for warning in warnings:
        note(f"Please check: {warning}")
