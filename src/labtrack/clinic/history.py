"""The audit of one patient in words: what was recorded, corrected, acknowledged, by whom, when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import format_number
from labtrack.store.audit import AuditEntry
from labtrack.store.seals import KEY as SEAL

Detail = Mapping[str, Any]
_FIELDS = {"mrn": "MRN", "birth_date": "birth date", "weight_kg": "weight", "email": "e-mail"}
#: So many values of one entry are named; the rest is counted.
_NAMED = 12


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing done: ``at`` is the time in UTC (ISO), ``what`` a few words, ``detail`` the rest of it, empty if there is none."""

    at: str
    actor: str
    what: str
    detail: str = ""


def history_lines(entries: Iterable[AuditEntry], catalogue: Catalogue) -> list[HistoryLine]:
    """The entries of one patient in words, newest first."""
    lines = [HistoryLine(each.at, each.actor, *in_words(each.action, each.detail, catalogue)) for each in entries]
    return lines[::-1]


def in_words(action: str, detail: str, catalogue: Catalogue) -> tuple[str, str]:
    """What was done and its details. An action that is not known here is told as it was kept."""
    try:
        known = json.loads(detail)
    except ValueError:
        known = None
    say = _WORDS.get(action)
    if say is None or not isinstance(known, dict):
        return action, detail if detail not in ("{}", "null") else ""
    what, told = say
    known.pop(SEAL, None)
    return what, told(known, catalogue)


def _patient(detail: Detail, _: Catalogue) -> str:
    return _listed(f"{_FIELDS.get(key, key)} {_value(value)}" for key, value in detail.items() if value not in ("", None))


def _edited(detail: Detail, _: Catalogue) -> str:
    return _listed(f"{_FIELDS.get(key, key)}: {_value(before)} → {_value(after)}" for key, (before, after) in detail.items())


def _dose(detail: Detail, catalogue: Catalogue) -> str:
    drug = catalogue.drugs[detail["drug"]].name if detail.get("drug") in catalogue.drugs else str(detail.get("drug", ""))
    return f"{drug} {_value(detail.get('dose_mg'))} mg {detail.get('frequency', '')}".strip()


def _started(detail: Detail, catalogue: Catalogue) -> str:
    return _with_reason(f"{_dose(detail, catalogue)} from {detail.get('start_on')}", detail)


def _changed_dose(detail: Detail, catalogue: Catalogue) -> str:
    return _with_reason(f"{_dose(detail, catalogue)} from {detail.get('on')}", detail)


def _held(detail: Detail, _: Catalogue) -> str:
    return _with_reason(f"{detail.get('drug')} from {detail.get('on')}", detail)


def _resumed(detail: Detail, _: Catalogue) -> str:
    return f"{detail.get('drug')} from {detail.get('on')}; held since {_listed(detail.get('held_since', ()))}"


def _event(detail: Detail, catalogue: Catalogue) -> str:
    kind = catalogue.event_kinds.get(str(detail.get("kind")))
    began = f", begun on {detail['began_on']}" if detail.get("began_on") else ""
    note = f": {detail['note']}" if detail.get("note") else ""
    return f"{kind.name if kind else detail.get('kind')} on {detail.get('on')}{began}{note}"


def _pinned(detail: Detail, catalogue: Catalogue) -> str:
    return _with_reason(f"{_short(detail.get('analyte'), catalogue)} of {detail.get('at')} for {detail.get('drug')}", detail)


def _results(detail: Detail, catalogue: Catalogue) -> str:
    results = list(detail.get("results", ()))
    named = [f"{_short(key, catalogue)} {value} {unit}" for _, key, value, unit, _ in results[:_NAMED]]
    more = f" and {len(results) - _NAMED} more" if len(results) > _NAMED else ""
    collected = _listed(dict.fromkeys(str(each[4]) for each in results))
    replaced = list(detail.get("replaces", ()))
    instead = f"; in place of result {_listed(replaced)}" if replaced else ""
    return _with_reason(f"{_listed(named)}{more}, collected {collected}{instead}", detail)


def _acknowledged(detail: Detail, _: Catalogue) -> str:
    until = f" until {detail['until']}" if detail.get("until") else ""
    return f"{detail.get('rule')}{until}: {detail.get('reason')}. Then: {detail.get('message')}"


def _imported(detail: Detail, _: Catalogue) -> str:
    parts = [_counted(number, str(what)) for what, number in dict(detail.get("added", {})).items()]
    for each in detail.get("amended", ()):
        parts += [f"{what} changed ({_differences(difference)})" for what, difference in dict(each).items()]
    if detail.get("superseded"):
        parts.append(f"{len(detail['superseded'])} results replaced or struck")
    return _listed(parts)


def _counted(number: object, what: str) -> str:
    """``the patient``, ``1 hold``, ``58 results``: the kinds are kept in the plural."""
    if what == "patient":
        return "the patient"
    return f"{number} {what[:-1] if number == 1 and what.endswith('s') else what}"


def _differences(difference: object) -> str:
    if not isinstance(difference, dict):
        return str(difference)
    pairs = [(key, change) for key, change in difference.items() if isinstance(change, list) and len(change) == 2]
    return _listed(f"{_FIELDS.get(key, key)}: {_value(before)} → {_value(after)}" for key, (before, after) in pairs)


def _short(key: object, catalogue: Catalogue) -> str:
    analyte = catalogue.analytes.get(str(key))
    return analyte.short if analyte else str(key)


def _with_reason(text: str, detail: Detail) -> str:
    return f"{text}. Reason: {detail['reason']}" if detail.get("reason") else text


def _listed(parts: Iterable[object]) -> str:
    return ", ".join(map(str, parts))


def _value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    return format_number(value) if isinstance(value, float) else str(value)


def _nothing(_: Detail, __: Catalogue) -> str:
    return ""


def _role(detail: Detail, _: Catalogue) -> str:
    return f"{detail.get('user')}, {detail.get('role')}"


def _user(detail: Detail, _: Catalogue) -> str:
    return str(detail.get("user") or "a name that nobody has")


def _failed(detail: Detail, catalogue: Catalogue) -> str:
    times = detail.get("failed")
    return f"{_user(detail, catalogue)}, {'once' if times == 1 else f'{times} times in a row'}"


def _view(detail: Detail, _: Catalogue) -> str:
    late = f", on {str(detail['at'])[:19].replace('T', ' ')} UTC" if detail.get("at") else ""
    return f"{detail.get('view')}{late}"


def _asked(detail: Detail, _: Catalogue) -> str:
    return str(detail.get("asked", "")).replace("_", " ")


def _file(detail: Detail, _: Catalogue) -> str:
    return str(detail.get("file", ""))


def _restored(detail: Detail, catalogue: Catalogue) -> str:
    superseded = len(list(detail.get("superseded", ())))
    other = f"; out of force by it: {_counted(superseded, 'backups')}" if superseded else ""
    return f"{_file(detail, catalogue)}{other}"


#: Entries about looking, not about doing.
LOOKS = frozenset({"view", "list", "denied", "sign in", "sign in failed", "sign in delayed"})
_WORDS: dict[str, tuple[str, Callable[[Detail, Catalogue], str]]] = {
    "add patient": ("Added the patient", _patient),
    "edit patient": ("Changed the patient", _edited),
    "start course": ("Started a drug", _started),
    "change dose": ("Changed the dose", _changed_dose),
    "hold": ("Paused the drug", _held),
    "resume": ("Resumed the drug", _resumed),
    "stop course": ("Stopped the drug", _held),
    "add event": ("Recorded", _event),
    "end event": ("Ended", _event),
    "pin baseline": ("Chose a baseline", _pinned),
    "record results": ("Entered results", _results),
    "amend result": ("Amended a result", _results),
    "strike result": ("Struck a result", _results),
    "undo results": ("Undid an entry", _results),
    "acknowledge": ("Acknowledged", _acknowledged),
    "import": ("Imported", _imported),
    "review": ("Reviewed the results", _nothing),
    "mark reviewed": ("Reviewed the results", _nothing),
    "view": ("Looked at", _view),
    "list": ("Looked at everybody's", _view),
    "denied": ("Was refused", _asked),
    "sign in": ("Signed in", _nothing),
    "sign in failed": ("Failed to sign in", _failed),
    "sign in delayed": ("Was kept waiting", _user),
    "add user": ("Added an account", _role),
    "set passphrase": ("Set a passphrase", _user),
    "disable user": ("Disabled an account", _user),
    "enable user": ("Enabled an account", _user),
    SEAL: ("Sealed the record", _nothing),
    "backup": ("Made a backup", _file),
    "restore": ("Restored a backup", _restored),
}
