"""Every statement of the store, in SQLAlchemy Core over the table classes, by name.

They run on SQLite and PostgreSQL alike. For SQLite their text is compiled ahead into ``compiled.py`` (``python -m labtrack.store.ahead``;
a test holds the two in step), so that nothing of SQLAlchemy is imported to read or write a clinic in a file.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.schema import Table

from labtrack.store.seals import NUMBERED, SEALED
from labtrack.store.tables import ADDED_USER, METADATA

TABLES: dict[str, Table] = dict(METADATA.tables)
_P, _C, _R, _S = (TABLES[name].c for name in ("patient", "course", "result", "supersession"))
_D, _H, _E, _B = (TABLES[name].c for name in ("dose_step", "hold", "event", "baseline_pin"))
_G, _A, _F, _K = (TABLES[name].c for name in ("segment", "assessment", "finding", "check_due"))
_U, _L, _T, _V = (TABLES[name].c for name in ("acknowledgement", "audit_entry", "setting", "review"))
_I, _N = (TABLES[name].c for name in ("patient_identifier", "sent_report"))
_W, _X = (TABLES[name].c for name in ("user", "failed_sign_in"))
_NOTHING: ColumnElement[str] = literal_column("''")
_ZERO: ColumnElement[int] = literal_column("0")


def _of_patient(query: Select[Any], column: ColumnElement[Any]) -> Select[Any]:
    """The part of a query that is about one patient."""
    return query.where(column == bindparam("patient_id"))


def _insert(table: str, *left_out: str) -> Executable:
    """An insert of all columns in the table's order, but for those that the database fills."""
    names = [column.name for column in TABLES[table].columns if column.name not in left_out]
    return insert(TABLES[table]).values({name: bindparam(name) for name in names})


def _update(table: str, *names: str) -> Executable:
    columns = TABLES[table].c
    return update(TABLES[table]).where(columns.id == bindparam("row_id")).values({name: bindparam(name) for name in names})


def _delete_of_patient(table: str) -> Executable:
    return delete(TABLES[table]).where(TABLES[table].c.patient_id == bindparam("patient_id"))


def _find(table: str, *key: str) -> Executable:
    """The number of the row with a natural key."""
    columns = TABLES[table].c
    return select(columns.id).where(*(columns[name] == bindparam(name) for name in key))


def _patients() -> dict[str, Executable]:
    patient = select(_P.id, _P.mrn, _P.name, _P.birth_date, _P.sex, _P.weight_kg, _P.phone, _P.email, _P.data_version)
    return {
        "PATIENT": patient.where(_P.mrn == bindparam("mrn")),
        "PATIENT_BY_ID": patient.where(_P.id == bindparam("id")),
        "PATIENTS": patient.order_by(_P.id),
        "PATIENT_IDS": select(_P.mrn, _P.id),
        "ADD_PATIENT": _insert("patient", "id"),
        "IDENTIFIED": select(_I.patient_id).where(_I.authority == bindparam("authority"), _I.value == bindparam("value")),
        "IDENTIFIERS": select(_I.patient_id, _I.authority, _I.value).order_by(_I.patient_id, _I.authority, _I.value),
        "IDENTIFIERS_OF": _of_patient(select(_I.patient_id, _I.authority, _I.value), _I.patient_id).order_by(_I.authority, _I.value),
        "ADD_IDENTIFIER": _insert("patient_identifier"),
        "EDIT_PATIENT": _update("patient", "name", "birth_date", "sex", "weight_kg", "phone", "email"),
        "TOUCH": update(TABLES["patient"]).where(_P.id == bindparam("row_id")).values(data_version=_P.data_version + literal_column("1")),
    }


def _treatment() -> dict[str, Executable]:
    course, dose, hold, pin = TABLES["course"], TABLES["dose_step"], TABLES["hold"], TABLES["baseline_pin"]
    courses = select(_C.id, _C.patient_id, _C.drug, _C.dose_mg, _C.frequency, _C.start_on, _C.stop_on, _C.reason)
    doses = select(_D.course_id, _D.step_on, _D.dose_mg, _D.frequency, _D.reason)
    holds = select(_H.course_id, _H.start_on, _H.reason, _H.end_on)
    pins = select(_C.patient_id, _C.drug, _C.start_on, _B.analyte, _B.collected_at, _B.reason).join_from(pin, course)
    return {
        "COURSES": courses.order_by(_C.patient_id, _C.start_on, _C.id),
        "COURSES_OF": _of_patient(courses, _C.patient_id).order_by(_C.start_on, _C.id),
        "DOSES": doses.order_by(_D.course_id, _D.step_on, _D.id),
        "DOSES_OF": _of_patient(doses.join_from(dose, course), _C.patient_id).order_by(_D.course_id, _D.step_on, _D.id),
        "HOLDS": holds.order_by(_H.course_id, _H.start_on, _H.id),
        "HOLDS_OF": _of_patient(holds.join_from(hold, course), _C.patient_id).order_by(_H.course_id, _H.start_on, _H.id),
        "PINS": pins.order_by(_C.patient_id, _B.id),
        "PINS_OF": _of_patient(pins, _C.patient_id).order_by(_B.id),
        "ADD_COURSE": _insert("course", "id"),
        "EDIT_COURSE": _update("course", "dose_mg", "frequency", "stop_on", "reason"),
        "FIND_DOSE": _find("dose_step", "course_id", "step_on", "dose_mg", "frequency", "reason"),
        "ADD_DOSE": _insert("dose_step", "id"),
        "FIND_HOLD": _find("hold", "course_id", "start_on", "reason"),
        "ADD_HOLD": _insert("hold", "id"),
        "EDIT_HOLD": _update("hold", "end_on"),
        "FIND_PIN": _find("baseline_pin", "course_id", "analyte"),
        "ADD_PIN": _insert("baseline_pin", "id"),
        "EDIT_PIN": _update("baseline_pin", "collected_at", "reason"),
    }


def _events() -> dict[str, Executable]:
    events = select(_E.patient_id, _E.kind, _E.began_on, _E.ended_on, _E.note)
    return {
        "EVENTS": events.order_by(_E.patient_id, _E.began_on, _E.id),
        "EVENTS_OF": _of_patient(events, _E.patient_id).order_by(_E.began_on, _E.id),
        "FIND_EVENT": _find("event", "patient_id", "kind", "began_on", "note"),
        "ADD_EVENT": _insert("event", "id"),
        "EDIT_EVENT": _update("event", "ended_on"),
    }


def _results() -> dict[str, Executable]:
    links = select(_S.superseded_id, _S.by_id)
    here = (
        _R.patient_id == bindparam("patient_id"),
        _R.analyte == bindparam("analyte"),
        _R.ordering == bindparam("ordering"),
        _R.specimen_id == bindparam("specimen_id"),
    )
    linked = TABLES["result"].outerjoin(TABLES["supersession"], _S.superseded_id == _R.id)
    named = linked.outerjoin(TABLES["sent_report"], and_(_N.patient_id == _R.patient_id, _N.analyte == _R.analyte, _N.result_id == _R.id))
    known = select(_R.id, _R.value_text, _R.unit, _R.status, _S.by_id, _R.ordering, _R.specimen_id, func.coalesce(_N.report_id, _NOTHING))
    sent = (_N.patient_id == bindparam("patient_id"), _N.analyte == bindparam("analyte"), _N.report_id == bindparam("report_id"))
    standing = select(_R.id, _R.value_text, _R.unit, _R.status).select_from(linked).where(*here, _S.by_id.is_(None)).order_by(_R.id)
    return {
        "RESULTS_OF": _of_patient(select(*_R), _R.patient_id).order_by(_R.id),
        "RESULTS_IN_ORDER": select(*_R).order_by(_R.id),
        "RESULT": select(*_R).where(_R.id == bindparam("id")),
        "RESULT_COUNT_OF": _of_patient(select(func.count()).select_from(TABLES["result"]), _R.patient_id),
        "LAST_RESULT_ID": select(func.max(_R.id)),
        "SUPERSESSIONS": links,
        "SUPERSESSIONS_OF": _of_patient(links, _S.patient_id),
        "STANDING_AT": standing,
        "ENTERED_AT": known.select_from(named).where(*here).order_by(_R.id),
        "ENTERED_AS": known.select_from(named).where(*sent).order_by(_R.id),
        "SENT_REPORTS_OF": _of_patient(select(_N.analyte, _N.report_id), _N.patient_id),
        "ADD_SENT_REPORT": _insert("sent_report"),
        "ADD_RESULT": _insert("result"),
        "ADD_SUPERSESSION": _insert("supersession"),
        "ADD_SOURCE": _insert("report_source", "id"),
        "SEGMENTS": select(_G.patient_id, _G.results).order_by(_G.patient_id),
        "SEGMENT": _of_patient(select(_G.results), _G.patient_id),
        "ADD_SEGMENT": _insert("segment"),
        "DROP_SEGMENT": _delete_of_patient("segment"),
    }


def _judgments() -> dict[str, Executable]:
    lines = select(*_A, _P.name, _P.data_version, _P.birth_date, _P.sex).join_from(TABLES["assessment"], TABLES["patient"])
    judged = TABLES["patient"].outerjoin(TABLES["assessment"])
    acknowledged = select(*_U).where(_U.ended_at.is_(None)).order_by(_U.id)
    return {
        "ASSESSMENT": _of_patient(select(*_A), _A.patient_id),
        "OUT_OF_DATE": select(_P.id).select_from(judged).where(_outdated()),
        "WORKLIST": lines.order_by(_A.severity_rank, _A.due_order, _A.mrn),
        "TALLIES": select(_A.state, _A.gaps, func.count()).group_by(_A.state, _A.gaps),
        **_windows("KEPT", TABLES["assessment"]),
        **_windows("MIXED", _as_it_stands()),
        "FINDINGS_OF": _of_patient(select(*_F), _F.patient_id),
        "CHECKS_OF": _of_patient(select(*_K), _K.patient_id),
        "ADD_ASSESSMENT": _insert("assessment"),
        "DROP_ASSESSMENT": _delete_of_patient("assessment"),
        "ADD_FINDING": _insert("finding"),
        "DROP_FINDINGS": _delete_of_patient("finding"),
        "ADD_CHECK": _insert("check_due"),
        "DROP_CHECKS": _delete_of_patient("check_due"),
        "ACKNOWLEDGEMENTS": acknowledged,
        "ACKNOWLEDGEMENTS_OF": _of_patient(acknowledged, _U.patient_id),
        "ADD_ACKNOWLEDGEMENT": _insert("acknowledgement", "id"),
        "END_ACKNOWLEDGEMENT": _update("acknowledgement", "ended_at"),
        "REVIEWS": select(*_V),
        "REVIEW_OF": _of_patient(select(*_V), _V.patient_id),
        "ADD_REVIEW": _insert("review"),
        "DROP_REVIEW": _delete_of_patient("review"),
    }


def _outdated() -> ColumnElement[bool]:
    """Whether what is kept of a patient no longer says what the program would say."""
    return or_(
        _A.patient_id.is_(None),
        _A.data_version != _P.data_version,
        _A.rule_set != bindparam("rule_set"),
        _A.as_of > bindparam("today"),
        _A.valid_until <= bindparam("today"),
    )


def _as_it_stands() -> Subquery:
    """Everyone's place on the worklist where some are out of date: those are not assessed, and their next check is not known."""
    outdated = _outdated()
    judged = TABLES["patient"].outerjoin(TABLES["assessment"])
    return (
        select(
            _P.id.label("patient_id"),
            _P.mrn.label("mrn"),
            case((outdated, literal_column("'not-assessed'")), else_=_A.state).label("state"),
            func.coalesce(_A.severity_rank, literal_column("3")).label("severity_rank"),
            case((outdated, literal_column("'~'")), else_=_A.due_order).label("due_order"),
            func.coalesce(_A.gaps, _ZERO).label("gaps"),
            func.coalesce(_A.search, func.lower(_P.name + literal_column("' '") + _P.mrn)).label("search"),
        )
        .select_from(judged)
        .subquery("line")
    )


def _windows(name: str, source: FromClause) -> dict[str, Executable]:
    """Places on the worklist, filtered: how many, some after a place, some before it from the nearest backwards.

    ``forward`` and ``backward`` are patterns that a line is searched by, empty for all; ``rules`` are ids between semicolons, of
    which a patient met one.
    """
    c = source.c
    order = (c.severity_rank, c.due_order, c.mrn)
    at: list[ColumnElement[Any]] = [bindparam("severity_rank"), bindparam("due_order"), bindparam("after_mrn")]
    met = select(_F.patient_id).where(
        _F.verdict == literal_column("'met'"),
        bindparam("rules").like(literal_column("'%;'") + _F.rule + literal_column("';%'")),
    )
    found = or_(
        bindparam("forward") == _NOTHING,
        c.search.like(bindparam("forward"), escape="/"),
        c.search.like(bindparam("backward"), escape="/"),
        and_(bindparam("rules") != _NOTHING, c.patient_id.in_(met)),
    )
    filters = (
        or_(bindparam("state") == _NOTHING, c.state == bindparam("state")),
        c.gaps.bitwise_and(bindparam("gaps")) == bindparam("gaps"),
        found,
    )
    places = select(c.patient_id, *order).where(*filters)
    some, skipped = bindparam("lines", type_=Integer), bindparam("skipped", type_=Integer)
    backwards = [each.desc() for each in order]
    return {
        f"{name}_COUNT": select(func.count()).select_from(source).where(*filters),
        f"{name}_AFTER": places.where(tuple_(*order) > tuple_(*at)).order_by(*order).limit(some).offset(skipped),
        f"{name}_BEFORE": places.where(tuple_(*order) < tuple_(*at)).order_by(*backwards).limit(some).offset(skipped),
    }


def _audit_and_settings() -> dict[str, Executable]:
    entries = select(*_L).order_by(_L.id)
    return {
        "AUDIT": entries,
        "AUDIT_OF": _of_patient(entries, _L.patient_id),
        "LAST_AUDIT": select(_L.id, _L.hash).where(_L.id == select(func.max(_L.id)).scalar_subquery()),
        "AUDIT_ENTRY": select(*_L).where(_L.id == bindparam("id")),
        "ADD_AUDIT": _insert("audit_entry"),
        "SETTINGS": select(_T.key, _T.value),
        "ADD_SETTING": _insert("setting"),
        "DROP_SETTING": delete(TABLES["setting"]).where(_T.key == bindparam("setting_key")),
    }


def _accounts() -> dict[str, Executable]:
    kept = (_W.name, _W.role, _W.patient_id, _W.passphrase_hash, _W.created_at, _W.disabled_at, _W.audit_id)
    users = select(*kept, _P.mrn).select_from(TABLES["user"].outerjoin(TABLES["patient"], _P.id == _W.patient_id))
    changes: dict[str, Any] = {name: bindparam(name) for name in ("passphrase_hash", "disabled_at", "audit_id")}
    return {
        "FIRST_USER_ADDED": select(func.min(_L.id)).where(literal_column(ADDED_USER)),
        "USERS": users.order_by(_W.name),
        "USER": users.where(_W.name == bindparam("name")),
        "ADD_USER": _insert("user", "id"),
        "EDIT_USER": update(TABLES["user"]).where(_W.name == bindparam("user_name")).values(changes),
        "FAILED_SIGN_INS": select(_X.name_key, _X.failed, _X.next_at).order_by(_X.name_key),
        "FAILED_SIGN_IN": select(_X.failed, _X.next_at).where(_X.name_key == bindparam("name_key")),
        "ADD_FAILED_SIGN_IN": _insert("failed_sign_in"),
        "DROP_FAILED_SIGN_IN": delete(TABLES["failed_sign_in"]).where(_X.name_key == bindparam("key")),
    }


def _seals() -> dict[str, Executable]:
    """Each patient's own rows, the patient's number first: of all patients, of one, and by the row's own number."""
    found: dict[str, Executable] = {}
    for name in SEALED:
        table = TABLES[name]
        is_of_course = "course_id" in table.c
        owner = table.c.id if name == "patient" else _C.patient_id if is_of_course else table.c.patient_id
        rows = select(owner.label("owner"), *(column for column in table.c if column is not _P.data_version))
        rows = rows.select_from(table.join(TABLES["course"]) if is_of_course else table)
        found[f"SEALED_{name.upper()}"] = rows
        found[f"SEALED_OF_{name.upper()}"] = _of_patient(rows, owner)
        if name in NUMBERED:
            found[f"SEALED_ROW_{name.upper()}"] = rows.where(table.c.id == bindparam("row_id"))
    entries = _of_patient(select(_L.detail), _L.patient_id).where(_L.detail.like(literal_column("'%_seal_:_1:%'")))
    return {**found, "LAST_SEALED": entries.order_by(_L.id.desc())}


STATEMENTS: dict[str, Executable] = {
    **_patients(),
    **_treatment(),
    **_events(),
    **_results(),
    **_judgments(),
    **_audit_and_settings(),
    **_accounts(),
    **_seals(),
    **{f"COUNT_{name.upper()}": select(func.count()).select_from(table) for name, table in TABLES.items()},
}
