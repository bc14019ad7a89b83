"""``Clinic``: open one, then ask. Both front ends call this and nothing below it.

Long because it lists everything that may be asked; what is asked is done elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from labtrack.catalogue import catalogue
from labtrack.clinic import accounts, encryption, safety
from labtrack.clinic.accounts import Account, User
from labtrack.clinic.arrivals import silences, watched_facts
from labtrack.clinic.backups import Daily, folder_of, room_for_upgrade
from labtrack.clinic.care import Care, find, kept
from labtrack.clinic.choices import (
    Choice,
    DrugChoice,
    EventChoice,
    ScreeningState,
    drug_choices,
    event_choices,
    frequency_choices,
    hold_choices,
    screening_states,
)
from labtrack.clinic.cohorts import FEW, load_cohorts
from labtrack.clinic.drafts import Drafts
from labtrack.clinic.engine import Engine
from labtrack.clinic.gate import Gate, guarded
from labtrack.clinic.history import LOOKS, HistoryLine, history_lines
from labtrack.clinic.judging import Judge
from labtrack.clinic.lines import evidence_key
from labtrack.clinic.overview import Overview, Window, Worklist
from labtrack.clinic.passphrases import hashed
from labtrack.clinic.patient_page import PatientPage, read_page
from labtrack.clinic.preview import PatientPreview, preview_of
from labtrack.clinic.recording import Entry, Recorded, Recorder, newest_of
from labtrack.clinic.risks import RiskFactor, drug_on, risk_factors
from labtrack.clinic.rulebook import RuleInfo, rule_info, rule_infos, rules_in_force
from labtrack.clinic.series_views import flag_of, named_analytes, trend_rows
from labtrack.clinic.settings import UNITS, Settings, chosen_actor
from labtrack.clinic.timeline import TimelineLine, timeline_of
from labtrack.clinic.verdict_page import VerdictPage, verdict_of
from labtrack.clinic.views import TableRow, assess_row, due_rows, show_row
from labtrack.clinic.worklists import rows_on, stored_rows
from labtrack.core.errors import DatabaseLocked, DatabaseUnavailable, Refused, UsageError
from labtrack.core.judgment import Assessment, Region, Verdict, WorklistState
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Patient, Result
from labtrack.core.text import visible
from labtrack.exchange.rows import BaselineOf
from labtrack.rules import REGISTRY
from labtrack.store import Store, StoredPatient, Writer

if TYPE_CHECKING:  # loaded by what needs them: the worklist comes first
    from labtrack.clinic.encryption import Converted
    from labtrack.clinic.entry_sheet import EntrySheet
    from labtrack.clinic.exporting import Exporter
    from labtrack.clinic.grid import Grid
    from labtrack.clinic.import_outcome import ImportOutcome
    from labtrack.clinic.import_preview import Preview
    from labtrack.clinic.importing import ImportOptions
    from labtrack.clinic.meaning import Meaning
    from labtrack.clinic.own_page import OwnPage
    from labtrack.clinic.trends import TrendSet


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Everything recorded about one patient; results in order of entry, superseded ones included and marked."""

    patient: Patient
    courses: tuple[Course, ...]
    events: tuple[Event, ...]
    results: tuple[Result, ...]
    pins: tuple[BaselineOf, ...] = ()


@guarded
class Clinic:
    """One clinic, its rules and its date.

    Where the clinic has accounts, who signed in may call what :mod:`labtrack.clinic.access` says, and NotAllowed is raised by the rest.

    Every method raises :class:`labtrack.core.errors.LabtrackError` with the next step when it could not be done; then nothing
    changed. Writes are one transaction each: the change, its audit entry, and the new assessment of the patient.
    """

    def __init__(self, store: Store, location: str, today: date, settings: Settings, region: Region, gate: Gate | None = None) -> None:
        self._store = store
        self._gate = gate or Gate(store)
        self.location = location
        self.today = today
        self.settings = settings
        self.region = region
        #: The last day on which something can have happened: the machine's date, or a later one set for a demonstration.
        self.latest_day = max(date.today(), today)
        self.catalogue = catalogue()
        rules, version = rules_in_force(settings)
        self.judge = Judge(Engine(self.catalogue, rules, region), f"{version} {region.value}")
        #: Reasons that a hold may have; those of rules switched off stay valid.
        self.rule_ids = frozenset(REGISTRY.rules) | frozenset(rules)
        self._care = Care(self.catalogue, self.latest_day, self.rule_ids)
        self._recorder = Recorder(self.catalogue, self.judge, today, self.latest_day)
        self._worklist = Worklist(self.judge, today)

    @classmethod
    def open(
        cls,
        location: str | Path,
        *,
        today: date,
        settings: Settings,
        region: Region | None = None,
        actor: str = "",
        create: bool = True,
        read_only: bool = False,
        account: Account | None = None,
        passphrase: str | None = None,
    ) -> Clinic:
        """Open a clinic by path or URL. ``today`` is the date that is judged by.

        ``account`` is who opens it; SignInNeeded or SignInRefused where the clinic has accounts and it is none of them. Where it has
        none, nobody is asked. ``passphrase`` opens an encrypted clinic (PassphraseNeeded, WrongPassphrase), and encrypts one that is
        made; without it a key that this process has serves.
        """
        rules_in_force(settings)  # a faulty rule table is told before anything is made
        named = visible(actor or chosen_actor(settings))  # it is told wherever the audit is
        backups = room_for_upgrade(location, settings)
        store = Store.open(location, create=create, read_only=read_only, actor=named, passphrase=passphrase, backups=backups)
        try:
            encryption.settle(store)
            gate = Gate.open(store, account, lambda: Store.open(location, create=False, actor=named))
        except BaseException:
            store.close()
            raise
        return cls(store, str(location), today, settings, region or settings.region, gate)

    @property
    def store(self) -> Store:
        """What lies below: for those that change everything about the clinic."""
        return self._store

    @property
    def actor(self) -> str:
        """Who the audit names."""
        return self._store.actor

    def close(self) -> None:
        """Let go of the file."""
        self._gate.close()
        self._store.close()

    def __enter__(self) -> Clinic:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # People

    def add_patient(self, patient: Patient) -> None:
        """A new patient; Refused if the MRN is taken."""
        with self._store.write() as writer:
            stored = self._care.add_patient(writer, patient)
            self._judge_again(writer, stored)

    def edit_patient(self, mrn: str, **changes: Any) -> Patient:
        """Change name, birth_date, sex, weight_kg, phone or email."""
        with self._store.write() as writer:
            before = find(writer, mrn)
            stored = self._care.edit_patient(writer, before, changes)
            if stored != before:
                self._judge_again(writer, stored)
        return stored.patient

    def patients(self) -> list[Patient]:
        """Everyone, by MRN."""
        with self._store.read() as reader:
            return sorted((each.patient for each in reader.patients()), key=lambda each: each.mrn)

    def patient(self, mrn: str) -> Patient:
        """One patient; NotFound."""
        with self._store.read() as reader:
            return find(reader, mrn).patient

    def chart(self, mrn: str) -> PatientRecord:
        """One patient's whole record."""
        from labtrack.clinic.exporting import baselines_of

        with self._store.read() as reader:
            stored = find(reader, mrn)
            return PatientRecord(
                stored.patient,
                tuple(reader.courses(stored.id).get(stored.id, ())),
                tuple(reader.events(stored.id).get(stored.id, ())),
                tuple(reader.results(stored.id)),
                tuple(pin for _, pin in baselines_of(reader, [stored])),
            )

    def risks(self, mrn: str, as_of: date | None = None) -> tuple[RiskFactor, ...]:
        """Facts about the person that the sources of the drug speak of, such as age; shown beside the findings."""
        record, day = self.chart(mrn), as_of or self.today
        return risk_factors(record.patient, drug_on(record.courses, day, self.catalogue), self.region, day, self.catalogue)

    # Treatment: each answers with warnings, of which there may be none

    def start_course(self, mrn: str, drug: str, dose_mg: float, frequency: str, on: date, reason: str = "") -> list[str]:
        """Start a drug, today, earlier or on a planned day."""
        course = Course(drug, dose_mg, frequency, on, reason=reason)
        return self._change(mrn, lambda writer, stored: self._care.start_course(writer, stored, course))

    def change_dose(self, mrn: str, dose_mg: float, on: date, frequency: str | None = None, reason: str = "") -> list[str]:
        """Change the dose from a day on; the frequency stays unless one is given."""
        step = DoseStep(on, dose_mg, frequency or "", reason)
        return self._change(mrn, lambda writer, stored: self._care.change_dose(writer, stored, step))

    def hold(self, mrn: str, reason: str, on: date) -> list[str]:
        """Pause the drug from a day on."""
        return self._change(mrn, lambda writer, stored: self._care.hold(writer, stored, reason, on))

    def resume(self, mrn: str, on: date) -> list[str]:
        """End what holds are in force."""
        return self._change(mrn, lambda writer, stored: self._care.resume(writer, stored, on))

    def stop_course(self, mrn: str, reason: str, on: date) -> list[str]:
        """End the course."""
        return self._change(mrn, lambda writer, stored: self._care.stop_course(writer, stored, reason, on))

    def add_event(self, mrn: str, kind: str, on: date, note: str = "") -> list[str]:
        """Record an event or a screening item."""
        event = Event(kind, on, note=note)
        return self._change(mrn, lambda writer, stored: self._care.add_event(writer, stored, event))

    def end_event(self, mrn: str, kind: str, on: date) -> list[str]:
        """End the latest open event of a kind."""
        return self._change(mrn, lambda writer, stored: self._care.end_event(writer, stored, kind, on))

    def pin_baseline(self, mrn: str, analyte: str, collected_at: CollectedAt, reason: str) -> list[str]:
        """Choose a reading as the baseline of the course."""
        return self._change(mrn, lambda writer, stored: self._care.pin_baseline(writer, stored, analyte, collected_at, reason))

    def _change(self, mrn: str, change: Callable[[Writer, StoredPatient], Sequence[str]]) -> list[str]:
        """One change to one patient's record, and what follows from it."""
        with self._store.write() as writer:
            stored = find(writer, mrn)
            warnings = change(writer, stored)
            self._judge_again(writer, stored)
        return list(warnings)

    def _judge_again(self, writer: Writer, stored: StoredPatient) -> None:
        writer.touch([stored.id])
        self.judge.store(writer, [stored.id], self.today)

    # Results

    def record(self, mrn: str, entries: Sequence[Entry], at: CollectedAt, lab: str = "", specimen_id: str = "") -> Recorded:
        """Store the values of one collection; Refused names every bad one and stores none."""
        with self._store.write() as writer:
            return self._recorder.record(writer, find(writer, mrn), entries, at, lab, specimen_id)

    def amend(self, result_id: int, value: str, unit: str, reason: str) -> Recorded:
        """A corrected value in place of a standing result; an empty unit keeps the old one."""
        with self._store.write() as writer:
            return self._recorder.amend(writer, result_id, value, unit, reason)

    def strike(self, result_id: int, reason: str) -> Recorded:
        """Mark a standing result as entered in error."""
        with self._store.write() as writer:
            return self._recorder.strike(writer, result_id, reason)

    def undo(self, recorded: Recorded, reason: str) -> Recorded:
        """Mark all that one call stored as entered in error and record anew what it had replaced; Refused if it was changed since."""
        with self._store.write() as writer:
            return self._recorder.undo(writer, recorded, reason)

    # Entering results: asked while a person types, nothing of it changes the record

    def entry_sheet(self, mrn: str, at: CollectedAt | None = None) -> EntrySheet:
        """Where the form for new results starts from: analytes in order, units, what was last before ``at``."""
        from labtrack.clinic.entry_sheet import entry_sheet

        with self._store.read() as reader:
            return entry_sheet(self.catalogue, reader, find(reader, mrn), at)

    def meaning(self, mrn: str, entries: Sequence[Entry], at: CollectedAt, lab: str = "", specimen_id: str = "") -> Meaning:
        """What :meth:`record` would answer and what would be judged then; bad entries are told and left out."""
        from labtrack.clinic.meaning import meaning_of

        with self._store.read() as reader:
            return meaning_of(self._recorder, reader, find(reader, mrn), entries, at, lab, specimen_id)

    @property
    def drafts(self) -> Drafts:
        """Forms that this person has typed and not saved."""
        return Drafts.beside(self.location, self._store.actor, self._store.database.key)

    # Judging

    def assessment(self, mrn: str, as_of: date | None = None, *, every_verdict: bool = False) -> Assessment:
        """Everything judged about one patient."""
        with self._store.read() as reader:
            stored = find(reader, mrn)
            found = self.judge.assessments(reader, as_of or self.today, [stored.id], every_verdict=every_verdict)
            return next(iter(found))[1]

    def _assessments(self, mrn: str | None, as_of: date | None, every_verdict: bool) -> Iterator[tuple[str, Assessment]]:
        """By MRN, a few at a time, so that a large clinic needs no more memory than a small one."""
        with self._store.read() as reader:
            people = reader.patients() if mrn is None else [find(reader, mrn)]
            people.sort(key=lambda each: each.patient.mrn)
            for first in range(0, len(people), FEW):
                group = people[first : first + FEW]
                ids = [each.id for each in group]
                found = self.judge.assessments(reader, as_of or self.today, ids, every_verdict=every_verdict)
                by_id = {stored.id: assessment for stored, assessment in found}
                yield from ((each.patient.mrn, by_id[each.id]) for each in group)

    def assess(self, mrn: str | None = None, as_of: date | None = None, *, every_verdict: bool = False) -> Iterator[TableRow]:
        """Findings of one patient or all, by MRN: met and not evaluable, or every verdict."""
        for each, assessment in self._assessments(mrn, as_of, every_verdict):
            for finding in assessment.findings:
                yield assess_row(each, finding)

    def due(self, mrn: str | None = None, within: int | None = None, as_of: date | None = None) -> Iterator[TableRow]:
        """Next checks of one patient or all, by MRN; with ``within`` only those due in so many days or before."""
        day = as_of or self.today
        latest = None if within is None else _days_after(day, within).isoformat()
        for each, assessment in self._assessments(mrn, day, False):
            for row in due_rows(each, assessment):
                if latest is None or str(row["due_on"]) <= latest:
                    yield row

    def refresh(self) -> int:
        """Judge everyone whose stored assessment is out of date; how many that were. A clinic opened for reading stays as it is."""
        with self._store.read() as reader:
            stale = reader.out_of_date(self.judge.rule_set, self.today)
        if stale and not self._store.database.read_only:
            with self._store.write() as writer:
                self.judge.store(writer, stale, self.today)
        return len(stale)

    def worklist(self, state: str | None = None, as_of: date | None = None) -> list[TableRow]:
        """Everyone: urgent, action, watch, then by next check, then by MRN; or those in one state.

        For today the stored assessments serve; who has none that is up to date, because the clinic cannot be written to, is
        *not assessed*. Another day is judged live.
        """
        if state is not None and state not in set(WorklistState):
            raise UsageError(f"There is no state {state!r}.", f"States: {', '.join(WorklistState)}.")
        if as_of is None or as_of == self.today:
            with suppress(DatabaseLocked, DatabaseUnavailable):
                self.refresh()
            with self._store.read() as reader:
                rows = stored_rows(reader, self.judge.rule_set, self.today)
        else:
            with self._store.read() as reader:
                rows = rows_on(self.judge, reader, as_of)
        return [row for row in rows if state is None or row["state"] == state]

    def tallies(self, as_of: date | None = None) -> dict[str, int]:
        """How many patients are in each state, absence included, and all."""
        counts = Counter(str(row["state"]) for row in self.worklist(as_of=as_of))
        return {**{state.value: counts[state.value] for state in WorklistState}, "all": sum(counts.values())}

    def overview(self) -> Overview:
        """How many patients stand in which state and lack what, after bringing the worklist up to date."""
        self._worklist.bring_up_to_date(self._store)
        with self._store.read() as reader:
            return self._worklist.overview(reader)

    def worklist_window(self, first: int, count: int, *, show: str = "", text: str = "") -> Window:
        """Some lines of today's worklist; ``show`` is a state or a gap, ``text`` a part of a name, an MRN or a rule."""
        self._worklist.bring_up_to_date(self._store)
        with self._store.read() as reader:
            return self._worklist.window(reader, first, count, show, text)

    def preview(self, mrn: str) -> PatientPreview:
        """One patient in a few lines, judged now."""
        with self._store.read() as reader:
            return preview_of(self.judge, reader, find(reader, mrn), self.today)

    def mark_reviewed(self, mrn: str) -> None:
        """Somebody has looked at all results of a patient."""
        with self._store.write() as writer:
            stored = find(writer, mrn)
            self._reviewed(writer, stored)
            self.judge.store(writer, [stored.id], self.today)

    @staticmethod
    def _reviewed(writer: Writer, stored: StoredPatient) -> None:
        newest = newest_of(writer, stored.id)
        if newest > writer.reviews(stored.id).get(stored.id, 0):
            writer.review(stored.id, newest)
            writer.audit("review", {"result": newest}, stored.id)

    def trend(self, mrn: str, analytes: Sequence[str], as_of: date | None = None) -> Iterator[TableRow]:
        """Usable readings of some analytes up to a day, calculated ones included and marked."""
        keys = named_analytes(analytes, self.catalogue)
        with self._store.read() as reader:
            (loaded,) = load_cohorts(reader, self.catalogue, [find(reader, mrn).id])
        yield from trend_rows(self.judge.engine, loaded.cohort, keys, (as_of or self.today).toordinal())

    def trend_charts(
        self, mrn: str, analytes: Sequence[str] = (), as_of: date | None = None, units: str = UNITS[0], *, plain: bool = False
    ) -> TrendSet:
        """The same readings as a chart, with rules' limits, baseline, doses and holds; without analytes the one of most interest.

        ``plain``: in a patient's words, without the rules' limits.
        """
        from labtrack.clinic.trends import read_trends

        with self._store.read() as reader:
            return read_trends(reader, self.judge.engine, find(reader, mrn), analytes, as_of or self.today, units, plain=plain)

    def show(self, mrn: str) -> Iterator[TableRow]:
        """Every result of one patient as printed, newest first."""
        record = self.chart(mrn)
        for result in sorted(record.results, key=lambda each: (each.collected_at.ordering, each.result_id), reverse=True):
            yield show_row(result, flag_of(result, self.catalogue.analytes[result.analyte], record.patient))

    def acknowledge(self, mrn: str, rule: str, reason: str, until: date | None = None) -> None:
        """Mark a met finding as seen. It ends with a new result, changed rules, or its date; the finding stays."""
        reason = kept(reason, "reason")
        if not reason:
            raise Refused("An acknowledgement needs its reason.", "Give it with --reason.")
        if until is not None and until < self.today:
            raise Refused(f"{until.isoformat()} is before today.", "Give a later date, or none.")
        rule_info(self.settings, rule)
        with self._store.write() as writer:
            stored = find(writer, mrn)
            ((_, assessment),) = self.judge.assessments(writer, self.today, [stored.id])
            met = [each for each in assessment.findings if each.rule == rule and each.verdict is Verdict.MET]
            if not met:
                raise Refused(f"{rule} is not met for {mrn}; there is nothing to acknowledge.", f"See: labtrack assess --patient {mrn}")
            writer.acknowledge(stored.id, rule, self.judge.versions[rule], evidence_key(met[0]), reason, until)
            detail = {"rule": rule, "reason": reason, "until": until.isoformat() if until else None, "message": met[0].message}
            writer.audit("acknowledge", detail, stored.id)
            self._reviewed(writer, stored)
            self._judge_again(writer, stored)

    def own_page(self, mrn: str, as_of: date | None = None, units: str = UNITS[0]) -> OwnPage:
        """One patient's own page, in plain words."""
        from labtrack.clinic.own_page import read_own_page

        with self._store.read() as reader:
            return read_own_page(reader, self.judge, find(reader, mrn), as_of or self.today, units)

    # One patient's screen

    def patient_page(self, mrn: str) -> PatientPage:
        """Who, on what, what was found, what is next."""
        with self._store.read() as reader:
            return read_page(reader, self.judge, find(reader, mrn), self.today)

    def grid(self, mrn: str, units: str = UNITS[0]) -> Grid:
        """All results, analytes down and collections across, in conventional or SI units; UsageError for others."""
        from labtrack.clinic.grid import grid_of

        with self._store.read() as reader:
            return grid_of(self.judge.engine, reader, find(reader, mrn), self.today, units)

    def verdict(self, mrn: str, rule: str) -> VerdictPage | None:
        """What one rule says of one patient, with its evidence; None if it is not in force."""
        return verdict_of(self.assessment(mrn, every_verdict=True), rule, self.chart(mrn).results, self.catalogue)

    def history(self, mrn: str) -> list[HistoryLine]:
        """What was done to one patient's record, in words, newest first; who looked at it is told by :meth:`audit`."""
        with self._store.read() as reader:
            entries = reader.audit_entries(find(reader, mrn).id)
            return history_lines((each for each in entries if each.action not in LOOKS), self.catalogue)

    def timeline(self, mrn: str) -> list[TimelineLine]:
        """Treatment and events of one patient, newest first."""
        record = self.chart(mrn)
        pins = [(each.drug, each.collected_at, each.analyte, each.start_on, each.reason) for each in record.pins]
        return timeline_of(record.courses, record.events, pins, self.catalogue, self.today)

    def screening(self, mrn: str) -> list[ScreeningState]:
        """The screening checklist of one patient today."""
        record = self.chart(mrn)
        return screening_states(self.catalogue, record.patient, record.events, self.today)

    def drugs(self) -> list[DrugChoice]:
        """The drugs, with the doses that the region's label names."""
        return drug_choices(self.catalogue, self.region)

    def frequencies(self) -> list[Choice]:
        """The frequencies that rules on the dose can count with."""
        return frequency_choices(self.catalogue)

    def event_kinds(self, *, screening: bool = False) -> list[EventChoice]:
        """The kinds of events; screening items only if asked for."""
        return event_choices(self.catalogue, screening=screening)

    def hold_reasons(self, mrn: str) -> list[Choice]:
        """Reasons that a hold may have, those that apply to the patient now first."""
        return hold_choices(self.catalogue, self.assessment(mrn), {rule.id: rule.title for rule in self.rules()})

    # Rules

    def rules(self) -> list[RuleInfo]:
        """Every rule in force."""
        return rule_infos(self.settings)

    def rule(self, id: str) -> RuleInfo:
        """One rule; NotFound."""
        return rule_info(self.settings, id)

    # Files

    def import_files(
        self, paths: Sequence[Path | str], options: ImportOptions | None = None, *, also: Callable[[Writer], None] | None = None
    ) -> ImportOutcome:
        """Import files in one transaction; see :func:`labtrack.clinic.importing.import_files`.

        ``also`` is called in that transaction once everything was read, if anything was changed.
        """
        from labtrack.clinic.importing import ImportOptions, import_files

        def assess(writer: Writer, patient_ids: Sequence[int], _: date) -> None:
            nonlocal also
            self.judge.store(writer, patient_ids, self.today)
            if also is not None:
                also(writer)
                also = None

        return import_files(
            self._store,
            [Path(path) for path in paths],
            replace(options or ImportOptions(), authorities=self.settings.mrn_authorities),
            catalogue=self.catalogue,
            today=self.latest_day,
            rule_ids=self.rule_ids,
            assess=assess,
        )

    def preview_import(self, paths: Sequence[Path | str], options: ImportOptions | None = None) -> Preview:
        """What an import would do, without doing it; see :mod:`labtrack.clinic.import_preview`."""
        from labtrack.clinic.import_preview import preview
        from labtrack.clinic.importing import ImportOptions

        return preview(self._store, [Path(path) for path in paths], options or ImportOptions(), self.import_files, self.catalogue)

    @property
    def _exporter(self) -> Exporter:
        from labtrack.clinic.exporting import Exporter

        return Exporter(self.catalogue, self.judge)

    def export_summary(self, out: Path | TextIO, mrn: str | None = None, as_of: date | None = None) -> None:
        """The CSV summary: one row per patient and analyte."""
        with self._store.read() as reader:
            self._exporter.summary(reader, out, self._ids(reader, mrn), as_of or self.today)

    def export_results(self, out: Path | TextIO, mrn: str | None = None) -> None:
        """Every result in the import layout, with the columns that carry ids."""
        with self._store.read() as reader:
            self._exporter.results(reader, out, self._ids(reader, mrn))

    def export_all(self, folder: Path, mrn: str | None = None) -> list[Path]:
        """Everything in the import layouts; imported into an empty clinic it gives the same records, verdicts and checks."""
        with self._store.read() as reader:
            return self._exporter.everything(reader, folder, self._ids(reader, mrn))

    def export_calendar(self, out: Path | TextIO, mrn: str | None = None, as_of: date | None = None, *, clinical: bool = False) -> None:
        """The next checks as an iCalendar file; says whom and what for only if ``clinical``. For one patient it is their own calendar."""
        from labtrack.clinic.export_calendar import write_calendar

        with self._store.read() as reader:
            write_calendar(self.judge, reader, out, self._ids(reader, mrn), as_of or self.today, clinical=clinical)

    def export_fhir(self, out: Path | TextIO, mrn: str | None = None, as_of: date | None = None) -> None:
        """Records, findings and next checks as a FHIR R4 Bundle."""
        from labtrack.clinic.export_fhir import write_fhir

        with self._store.read() as reader:
            write_fhir(self.judge, reader, out, self._ids(reader, mrn), as_of or self.today)

    def export_report(self, out: Path, mrn: str | None = None, as_of: date | None = None, *, plain: bool = False) -> list[Path]:
        """A page per patient: ``out`` is an .html or .pdf file for one patient, or a folder that gets both of each. The files written.

        ``plain``: in a patient's words.
        """
        from labtrack.clinic.export_report import write_reports

        name, units = self.settings.clinic_name, self.settings.units
        with self._store.read() as reader:
            ids = self._ids(reader, mrn)
            return write_reports(self.judge, reader, out, ids, as_of or self.today, plain=plain, clinic_name=name, units=units)

    @staticmethod
    def _ids(reader: Any, mrn: str | None) -> list[int] | None:
        return None if mrn is None else [find(reader, mrn).id]

    # Accounts

    @property
    def account(self) -> User | None:
        """Who signed in; None where the clinic has no accounts."""
        return self._gate.user

    @property
    def has_accounts(self) -> bool:
        """Whether the clinic asks who one is."""
        with self._store.read() as reader:
            return reader.has_accounts()

    @property
    def unrecorded(self) -> int:
        """Looks that could not be written into the audit, because the clinic can be read and not be written to."""
        return self._gate.unrecorded

    def users(self) -> list[User]:
        """Everyone who has an account, by name."""
        with self._store.read() as reader:
            return [User.of(each) for each in reader.users()]

    def add_user(self, user: str, role: str, passphrase: str, record: str = "") -> User:
        """An account; the first is a clinician's, and from then on the clinic asks who one is. ``record``: the MRN of a patient's own."""
        new = accounts.NewUser.of(user, role, passphrase, record)
        with self._store.write() as writer:
            return accounts.add_user(writer, new)

    def set_passphrase(self, user: str, passphrase: str) -> None:
        """Another passphrase for an account."""
        kept = hashed(passphrase, accounts.name_of(user))
        with self._store.write() as writer:
            changed = accounts.set_passphrase(writer, user, kept)
        self._gate.renew(changed)

    def disable_user(self, user: str) -> User:
        """Let nobody in by an account any more; Refused for the last clinician."""
        with self._store.write() as writer:
            return accounts.disable(writer, user)

    def enable_user(self, user: str) -> User:
        """Let somebody in by an account again."""
        with self._store.write() as writer:
            return accounts.enable(writer, user)

    # Safety

    def backup(self, path: Path) -> Path:
        """A verified copy of the clinic; in a folder, under a name with the day and the head of the audit. Where it is."""
        return safety.backup(self._store, self.location, path)

    def daily_backup(self) -> Daily | None:
        """The backup of the day, to be made on any thread when it is due; None where there is to be none."""
        path = self._store.database.path
        if path is None or self._store.database.read_only or not self.settings.daily_backups:
            return None
        return Daily(path, folder_of(path, self.settings), self.settings.backup_folder, self.actor)

    @staticmethod
    def restore(location: str | Path, path: Path, *, account: Account | None = None) -> Path | None:
        """Put a verified backup in the clinic's place; where the old file is kept, if there was one.

        ``account``: a clinician's, where the clinic has accounts, or the backup has, if the clinic can no longer be read.
        """
        accounts.require_clinician(safety.path_of(location), account, path)
        return safety.restore(location, path, account.name if account else "")

    @staticmethod
    def encrypt(location: str | Path, passphrase: str, *, keep: bool = False, account: Account | None = None) -> Converted:
        """Encrypt a clinic and what labtrack keeps beside it; ``keep`` the clinic as it was too, in clear."""
        accounts.require_clinician(safety.path_of(location), account)
        return encryption.encrypt(safety.path_of(location), passphrase, keep=keep, actor=account.name if account else "")

    @staticmethod
    def decrypt(location: str | Path, *, keep: bool = False, account: Account | None = None) -> Converted:
        """Put an unlocked clinic, and what labtrack keeps beside it, in clear."""
        accounts.require_clinician(safety.path_of(location), account)
        return encryption.decrypt(safety.path_of(location), keep=keep, actor=account.name if account else "")

    @staticmethod
    def rekey(location: str | Path, passphrase: str, *, keep: bool = False, account: Account | None = None) -> Converted:
        """Give an unlocked clinic, and what labtrack keeps beside it, another passphrase."""
        accounts.require_clinician(safety.path_of(location), account)
        return encryption.rekey(safety.path_of(location), passphrase, keep=keep, actor=account.name if account else "")

    @staticmethod
    def upgrade(location: str | Path) -> str:
        """Bring the clinic's schema up to date; what was done."""
        return safety.upgrade(location)

    def verify(self, against: Sequence[Path] = ()) -> list[str]:
        """Faults of the file, the audit chain, the packed results and the stored assessments; empty when all is well.

        ``against``: backups, or folders of them, that are kept elsewhere; the chain is compared with them too.
        """
        anchors = safety.anchors(self.location, against)
        with self._store.read() as reader:
            return list(safety.faults(reader, self._store, self.judge, self.today, anchors))

    def probe(self) -> None:
        """Read, and write nothing, unless opened for reading only; StoreError where either cannot be done."""
        self._store.probe()

    def info(self) -> dict[str, str | int]:
        """Where the clinic is, its versions, its counts."""
        here = {"location": self.location, "encrypted": encryption.state(self._store)}
        here |= {"region": self.region.value, "today": self.today.isoformat()}
        with self._store.read() as reader:
            return {**safety.counts(reader), **safety.versions(self.judge), **here, **watched_facts(reader.settings(), self.today)}

    def silences(self) -> tuple[str, ...]:
        """Watched folders into which nothing has come for longer than somebody wanted to wait, a sentence or two each."""
        with self._store.read() as reader:
            return silences(reader.settings(), self.today)

    def audit(self, mrn: str | None = None) -> Iterator[TableRow]:
        """What was done, by whom, when (UTC); oldest first."""
        with self._store.read() as reader:
            mrns = {number: each for each, number in reader.patient_ids().items()}
            only = None if mrn is None else find(reader, mrn).id
            for entry in reader.audit_entries(only):
                who = mrns.get(entry.patient_id, "") if entry.patient_id is not None else ""
                yield {"at": entry.at, "actor": entry.actor, "action": entry.action, "mrn": who, "detail": entry.detail}


def _days_after(day: date, days: int) -> date:
    """So many days later, within what a date can say."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
