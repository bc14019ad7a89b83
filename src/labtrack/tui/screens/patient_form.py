"""A new patient, or what is recorded about one: typed once, refused beside the field, lost never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from labtrack.core.errors import LabtrackError, NotFound, StoreError
from labtrack.core.quantity import format_number
from labtrack.core.record import Patient, Sex
from labtrack.tui.dialogs.form import next_step_of
from labtrack.tui.dialogs.treatment_forms import choice, drug_field
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.show import joined, shown
from labtrack.tui.widgets.form import Done, Field, Form, day, number, optional, required

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.clinic.choices import Choice, DrugChoice

_SEXES = (("F", "F, female"), ("M", "M, male"), ("", "not recorded"))
#: Words of a refusal, and the field that it is about.
_BLAME = (
    ("MRN", "mrn"), ("here is a patient", "mrn"), ("name", "name"), ("Born", "birth_date"), ("weight", "weight_kg"), ("phone", "phone"),
    ("email", "email"), ("dose", "dose"), ("open", "start_on"), ("recorded already", "start_on"),
)  # fmt: skip


def _weight(text: str) -> float:
    return number(text.lower().removesuffix("kg").strip())


def fields_of(patient: Patient | None) -> list[Field]:
    """The fields of a person, filled with what is recorded."""
    it = patient or Patient("", "")
    born = it.birth_date.isoformat() if it.birth_date else ""
    weight = format_number(it.weight_kg) if it.weight_kg is not None else ""
    first = [] if patient else [Field("mrn", "MRN", hint="the clinic's own number", read=required)]
    return [
        *first,
        Field("name", "Name", it.name, "as the clinic writes it: Okafor, Ada", required),
        Field("birth_date", "Birth date", born, "YYYY-MM-DD", optional(day), about="Without it no eGFR can be calculated."),
        Field("sex", "Sex", it.sex.value, choices=_SEXES),
        Field("weight_kg", "Weight in kg", weight, "for creatinine clearance", optional(_weight)),
        Field("phone", "Telephone", it.phone),
        Field("email", "E-mail", it.email),
    ]


def course_fields(drugs: Sequence[DrugChoice], frequencies: Sequence[Choice]) -> list[Field]:
    """The fields of a first course; left empty there is none yet."""
    return [
        drug_field(drugs, none="none yet"),
        Field("dose", "Dose in mg", "", "milligrams of one dose", optional(number)),
        Field("frequency", "How often", "daily", read=choice, choices=[(each.key, each.name) for each in frequencies]),
        Field("start_on", "From", "", "YYYY-MM-DD; a day in the future plans the start", optional(day)),
    ]


class PatientFormScreen(Page[str | None]):
    """New and edit; answers the MRN, or None if it was left."""

    CSS_PATH = "../styles/patient_form.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = """## A patient's data

MRN and name are needed; everything else can follow. Rules need sex and birth date for limits and for the eGFR, the EU dose rules the
weight. A first course may be entered at once; leave *Drug* at *none yet* if there is none.

*Ctrl+S* saves, *Esc* leaves (twice, if something was typed). A field that cannot be taken says why below it; what you typed stays.
"""
    BINDINGS = [
        key("patient-form.save", "ctrl+s", "save", "Save", "Record what stands in the fields.", priority=True),
        key("patient-form.leave", "escape", "leave", "Leave", "Leave without saving; asks once more if something was typed."),
    ]

    def __init__(self, mrn: str | None = None) -> None:
        super().__init__()
        self.mrn = mrn
        self.patient: Patient | None = None
        self._leaving = False
        self._added = ""

    def compose_body(self) -> ComposeResult:
        """Title, fields (once they are known), what went wrong."""
        yield Static("New patient" if self.mrn is None else "Edit patient", id="form-title", classes="title")
        yield VerticalScroll(id="fields", can_focus=False)
        yield Static("", id="said", classes="problem")

    def on_mount(self) -> None:
        """Ask for what is recorded."""
        self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    async def _load(self) -> None:
        mrn, fields = self.mrn, list[Field]()
        with self.telling():
            try:
                if mrn is None:
                    drugs, frequencies = await self.ask(lambda clinic: (clinic.drugs(), clinic.frequencies()))
                    fields = [*fields_of(None), *course_fields(drugs, frequencies)]
                else:
                    self.patient = await self.ask(lambda clinic: clinic.patient(mrn))
                    fields = fields_of(self.patient)
            except NotFound:
                self.dismiss(None)
                raise
        if self.patient is not None:
            said = joined("Edit patient   ", (self.patient.name, "bold"), f"   MRN {self.patient.mrn}")
            self.query_one("#form-title", Static).update(said)
        form = Form(fields)
        await self.query_one("#fields").mount(form)
        form.focus_first()

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def on_done(self, event: Done) -> None:
        """Enter in the last field saves."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Record, unless a field cannot be taken."""
        if not self.query(Form):
            return
        values = self.form.read()
        if values is not None and self._is_course_whole(values):
            self.run_worker(self._save(values), exclusive=True, group="save", exit_on_error=False)

    def _is_course_whole(self, values: Mapping[str, Any]) -> bool:
        """A first course needs its dose and its start; a dose or a start needs a drug."""
        if self.mrn is not None:
            return True
        drug = values["drug"]
        for id, what in (("dose", "the dose"), ("start_on", "the day of the start")):
            if drug and values[id] is None:
                self.form.blame(id, f"needed: {what}, as a drug is chosen")
                return False
        if not drug and (values["dose"] is not None or values["start_on"] is not None):
            self.form.blame("drug", "needed: which drug this is about")
            return False
        return True

    async def _save(self, values: Mapping[str, Any]) -> None:
        with self.telling():
            try:
                warnings = await self.change(lambda clinic: self._record(clinic, values))
            except StoreError:
                raise
            except LabtrackError as error:
                self._refuse(error)
                return
            for warning in warnings:
                self.notify(f"Please check: {warning}", severity="warning", timeout=10)
            self.dismiss(self.mrn or self._added)

    def _record(self, clinic: Clinic, values: Mapping[str, Any]) -> Sequence[str]:
        """On the clinic's thread: the person, then the first course. A refused course does not take the person back."""
        facts = {name: values[name] for name in ("name", "birth_date", "weight_kg", "phone", "email")}
        facts["sex"] = Sex(values["sex"])
        if self.mrn is not None:
            clinic.edit_patient(self.mrn, **facts)
            return ()
        if self._added:
            clinic.edit_patient(self._added, **facts)
        else:
            clinic.add_patient(replace(Patient(values["mrn"], values["name"]), **facts))
            self._added = values["mrn"]
        if not values["drug"]:
            return ()
        return clinic.start_course(self._added, values["drug"], values["dose"], values["frequency"], values["start_on"])

    def _refuse(self, error: LabtrackError) -> None:
        said = f"{error.message} {next_step_of(error)}".strip()
        known = {field.id for field in self.form.fields}
        named = [id for words, id in _BLAME if words in error.message and id in known]
        if self._added and "mrn" in known:
            self.form.query_one("#mrn", Input).disabled = True
        kept = f"{self._added} is recorded; the course is not. " if self._added and not self.mrn else ""
        self.form.blame(named[0] if named else self.form.fields[0].id, said)
        self.query_one("#said", Static).update(shown(kept))

    def action_leave(self) -> None:
        """Leave; if something was typed, only when asked twice."""
        if self.query(Form) and self.form.is_changed and not self._leaving:
            self._leaving = True
            self.query_one("#said", Static).update("Not saved yet. Esc again leaves without saving.")
            return
        self.dismiss(self._added or None)

    def on_input_changed(self) -> None:
        """Whoever goes on typing does not want to leave."""
        self._leaving = False
        self.query_one("#said", Static).update("")
