"""Who may do what: one table, which :mod:`labtrack.clinic.gate` enforces and from which ``docs/who-may-do-what.md`` is made.

Every public name of ``Clinic`` stands in exactly one row; a name that stands in none is refused to everybody who has an account.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from labtrack.core.errors import NotAllowed


class Role(StrEnum):
    """What an account is for."""

    CLINICIAN = "clinician"
    VIEWER = "viewer"
    PATIENT = "patient"


class Need(StrEnum):
    """What a deed needs of who asks."""

    NOTHING = "nothing"
    OWN_ACCOUNT = "their own account"
    OWN_RECORD = "a record they may read"
    READ = "to read every record"
    CHANGE = "to change records"
    KEEP = "to keep the clinic"


@dataclass(frozen=True, slots=True)
class Deed:
    """One row: in words, what it needs, the methods of ``Clinic`` that do it and the commands that ask for it.

    ``view`` is what the audit calls it when it shows a record; empty where it shows none, or writes its own entry.
    """

    what: str
    need: Need
    methods: tuple[str, ...]
    commands: tuple[str, ...] = ()
    view: str = ""


DEEDS = (
    Deed(
        "Read what the program itself knows: rules, drugs, kinds of events",
        Need.NOTHING,
        ("rules", "rule", "drugs", "frequencies", "event_kinds"),
        ("rules", "demo"),
    ),
    Deed(
        "Sign in, see who is signed in, bring the file's schema up to date, leave",
        Need.NOTHING,
        ("open", "close", "actor", "account", "has_accounts", "unrecorded", "probe", "upgrade"),
        ("upgrade", "init"),
    ),
    Deed("Choose a new passphrase for oneself", Need.OWN_ACCOUNT, ("set_passphrase",), ("user passphrase",)),
    Deed("The patient's own page", Need.OWN_RECORD, ("own_page",), ("view",), "own page"),
    Deed("Trends of one patient", Need.OWN_RECORD, ("trend", "trend_charts"), ("trend",), "trend"),
    Deed("Next checks as a calendar file", Need.OWN_RECORD, ("export_calendar",), ("export ics",), "calendar file"),
    Deed("The printable report", Need.OWN_RECORD, ("export_report",), ("export report",), "report"),
    Deed("The CSV summary", Need.OWN_RECORD, ("export_summary",), ("export summary",), "summary"),
    Deed(
        "The worklist and how many there are of each kind",
        Need.READ,
        ("worklist", "worklist_window", "overview", "tallies", "refresh", "silences"),
        ("worklist",),
        "worklist",
    ),
    Deed("The list of patients", Need.READ, ("patients",), ("patient list",), "patients"),
    Deed("The few lines about a patient beside the worklist", Need.READ, ("preview",), (), "preview"),
    Deed(
        "A patient's page: who, treatment, findings, next checks, screening",
        Need.READ,
        ("patient", "patient_page", "chart", "risks", "assessment", "verdict", "timeline", "screening"),
        ("patient show",),
        "page",
    ),
    Deed("A patient's results", Need.READ, ("grid", "show"), ("show",), "results"),
    Deed("Findings", Need.READ, ("assess",), ("assess",), "findings"),
    Deed("Next checks", Need.READ, ("due",), ("due",), "next checks"),
    Deed("What was done to a patient's record", Need.READ, ("history",), (), "history"),
    Deed("What the forms start from, and what typed values would mean", Need.READ, ("entry_sheet", "meaning", "hold_reasons"), (), "form"),
    Deed("Results as a file", Need.READ, ("export_results",), ("export results",), "results file"),
    Deed("Whole records as files", Need.READ, ("export_all",), ("export all",), "record files"),
    Deed("Whole records as FHIR", Need.READ, ("export_fhir",), ("export fhir",), "FHIR file"),
    Deed("The audit", Need.READ, ("audit",), ("audit",), "audit"),
    Deed("Check the clinic's file", Need.READ, ("verify",), ("verify",), "verification"),
    Deed("Where the clinic is, versions, how many of everything", Need.READ, ("info",), ("info",)),
    Deed("Add and edit patients", Need.CHANGE, ("add_patient", "edit_patient"), ("patient add", "patient edit")),
    Deed(
        "Change treatment",
        Need.CHANGE,
        ("start_course", "change_dose", "hold", "resume", "stop_course", "pin_baseline"),
        ("course start", "course dose", "course hold", "course resume", "course stop", "course baseline"),
    ),
    Deed("Record and end events and screening items", Need.CHANGE, ("add_event", "end_event"), ("event add", "event end")),
    Deed(
        "Record, amend, strike and undo results, and keep drafts of them",
        Need.CHANGE,
        ("record", "amend", "strike", "undo", "drafts"),
        ("record", "amend", "strike"),
    ),
    Deed("Acknowledge findings, review results", Need.CHANGE, ("acknowledge", "mark_reviewed"), ("acknowledge",)),
    Deed("Import files, and watch a folder for them", Need.CHANGE, ("import_files", "preview_import", "store"), ("import", "watch"), ""),
    Deed("Back up and restore", Need.KEEP, ("backup", "daily_backup", "restore"), ("backup", "restore")),
    Deed(
        "Encrypt the clinic, put it in clear, change its passphrase",
        Need.KEEP,
        ("encrypt", "decrypt", "rekey"),
        ("encrypt", "decrypt", "rekey"),
    ),
    Deed(
        "Add, disable and enable accounts, set others' passphrases",
        Need.KEEP,
        ("users", "add_user", "disable_user", "enable_user"),
        ("user add", "user list", "user disable", "user enable"),
    ),
)

#: What each public name of ``Clinic`` needs.
ACCESS: Mapping[str, Deed] = {method: deed for deed in DEEDS for method in deed.methods}
COMMANDS: Mapping[str, Deed] = {command: deed for deed in DEEDS for command in deed.commands}

_ANYBODY = frozenset({Need.NOTHING, Need.OWN_ACCOUNT, Need.OWN_RECORD})
_GIVEN = {Role.CLINICIAN: frozenset(Need), Role.VIEWER: _ANYBODY | {Need.READ}, Role.PATIENT: _ANYBODY}


def may(role: Role, need: Need, *, is_own: bool) -> bool:
    """Whether a role gives what a deed needs. ``is_own``: what is asked for is the account's own, its record or itself."""
    if need not in _GIVEN[role]:
        return False
    if need is Need.OWN_ACCOUNT:
        return is_own or role is Role.CLINICIAN
    return is_own or role is not Role.PATIENT or need is Need.NOTHING


def refused(role: Role) -> NotAllowed:
    """What a role is told of anything that it may not do: nothing of what was asked for is in the words."""
    said = {
        Role.CLINICIAN: "No account may do this.",
        Role.VIEWER: "This account reads records and changes nothing.",
        Role.PATIENT: "This account may read its own record and nothing else.",
    }
    return NotAllowed(said[role], "Nothing was changed. Ask a clinician of this clinic.")


def in_words(role: Role, need: Need) -> str:
    """A cell of the page."""
    if may(role, need, is_own=False):
        return "yes"
    return "own only" if may(role, need, is_own=True) else "no"


_HEAD = """# Who may do what

Made from `src/labtrack/clinic/access.py` by `python -m labtrack.clinic.access docs/who-may-do-what.md`; a test holds the two in step,
and others try every method, every command and every key of every screen under every role. Without accounts nobody is asked: everything is
allowed to whoever may read and write its file.

*own only*: of one record, the patient's own; of accounts, one's own. What is refused changes nothing, tells nothing of the record, and
is written into the audit. Every look at a record is too: once for each person, patient, kind of view and session.

| what | clinician | viewer | patient | commands | methods of `Clinic` |
|---|---|---|---|---|---|
"""


def page() -> str:
    """``docs/who-may-do-what.md``."""
    lines = []
    for deed in DEEDS:
        cells = [in_words(role, deed.need) for role in Role]
        commands = ", ".join(f"`labtrack {each}`" for each in deed.commands)
        methods = ", ".join(f"`{each}`" for each in deed.methods)
        lines.append(f"| {' | '.join([deed.what, *cells, commands, methods])} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
