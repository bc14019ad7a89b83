"""The statements as SQLite takes them, and the columns of the tables. Made by ``python -m labtrack.store.ahead``: do not edit.

Long because it lists every statement of the store.
"""

from __future__ import annotations

from labtrack.store.connection import Statement

# fmt: off
PATIENT = Statement(
    "PATIENT",
    "SELECT patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, patient.phone, "
    "patient.email, patient.data_version FROM patient WHERE patient.mrn = ?",
    ("mrn",),
)
PATIENT_BY_ID = Statement(
    "PATIENT_BY_ID",
    "SELECT patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, patient.phone, "
    "patient.email, patient.data_version FROM patient WHERE patient.id = ?",
    ("id",),
)
PATIENTS = Statement(
    "PATIENTS",
    "SELECT patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, patient.phone, "
    "patient.email, patient.data_version FROM patient ORDER BY patient.id",
    (),
)
PATIENT_IDS = Statement(
    "PATIENT_IDS",
    "SELECT patient.mrn, patient.id FROM patient",
    (),
)
ADD_PATIENT = Statement(
    "ADD_PATIENT",
    "INSERT INTO patient (mrn, name, birth_date, sex, weight_kg, phone, email, data_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ("mrn", "name", "birth_date", "sex", "weight_kg", "phone", "email", "data_version"),
)
IDENTIFIED = Statement(
    "IDENTIFIED",
    "SELECT patient_identifier.patient_id FROM patient_identifier WHERE patient_identifier.authority = ? AND "
    "patient_identifier.value = ?",
    ("authority", "value"),
)
IDENTIFIERS = Statement(
    "IDENTIFIERS",
    "SELECT patient_identifier.patient_id, patient_identifier.authority, patient_identifier.value FROM patient_identifier "
    "ORDER BY patient_identifier.patient_id, patient_identifier.authority, patient_identifier.value",
    (),
)
IDENTIFIERS_OF = Statement(
    "IDENTIFIERS_OF",
    "SELECT patient_identifier.patient_id, patient_identifier.authority, patient_identifier.value FROM patient_identifier "
    "WHERE patient_identifier.patient_id = ? ORDER BY patient_identifier.authority, patient_identifier.value",
    ("patient_id",),
)
ADD_IDENTIFIER = Statement(
    "ADD_IDENTIFIER",
    "INSERT INTO patient_identifier (authority, value, patient_id) VALUES (?, ?, ?)",
    ("authority", "value", "patient_id"),
)
EDIT_PATIENT = Statement(
    "EDIT_PATIENT",
    "UPDATE patient SET name=?, birth_date=?, sex=?, weight_kg=?, phone=?, email=? WHERE patient.id = ?",
    ("name", "birth_date", "sex", "weight_kg", "phone", "email", "row_id"),
)
TOUCH = Statement(
    "TOUCH",
    "UPDATE patient SET data_version=(patient.data_version + 1) WHERE patient.id = ?",
    ("row_id",),
)
COURSES = Statement(
    "COURSES",
    "SELECT course.id, course.patient_id, course.drug, course.dose_mg, course.frequency, course.start_on, course.stop_on, "
    "course.reason FROM course ORDER BY course.patient_id, course.start_on, course.id",
    (),
)
COURSES_OF = Statement(
    "COURSES_OF",
    "SELECT course.id, course.patient_id, course.drug, course.dose_mg, course.frequency, course.start_on, course.stop_on, "
    "course.reason FROM course WHERE course.patient_id = ? ORDER BY course.start_on, course.id",
    ("patient_id",),
)
DOSES = Statement(
    "DOSES",
    "SELECT dose_step.course_id, dose_step.step_on, dose_step.dose_mg, dose_step.frequency, dose_step.reason FROM dose_step "
    "ORDER BY dose_step.course_id, dose_step.step_on, dose_step.id",
    (),
)
DOSES_OF = Statement(
    "DOSES_OF",
    "SELECT dose_step.course_id, dose_step.step_on, dose_step.dose_mg, dose_step.frequency, dose_step.reason FROM dose_step "
    "JOIN course ON course.id = dose_step.course_id WHERE course.patient_id = ? ORDER BY dose_step.course_id, "
    "dose_step.step_on, dose_step.id",
    ("patient_id",),
)
HOLDS = Statement(
    "HOLDS",
    "SELECT hold.course_id, hold.start_on, hold.reason, hold.end_on FROM hold ORDER BY hold.course_id, hold.start_on, hold.id",
    (),
)
HOLDS_OF = Statement(
    "HOLDS_OF",
    "SELECT hold.course_id, hold.start_on, hold.reason, hold.end_on FROM hold JOIN course ON course.id = hold.course_id WHERE"
    " course.patient_id = ? ORDER BY hold.course_id, hold.start_on, hold.id",
    ("patient_id",),
)
PINS = Statement(
    "PINS",
    "SELECT course.patient_id, course.drug, course.start_on, baseline_pin.analyte, baseline_pin.collected_at, "
    "baseline_pin.reason FROM baseline_pin JOIN course ON course.id = baseline_pin.course_id ORDER BY course.patient_id, "
    "baseline_pin.id",
    (),
)
PINS_OF = Statement(
    "PINS_OF",
    "SELECT course.patient_id, course.drug, course.start_on, baseline_pin.analyte, baseline_pin.collected_at, "
    "baseline_pin.reason FROM baseline_pin JOIN course ON course.id = baseline_pin.course_id WHERE course.patient_id = ? "
    "ORDER BY baseline_pin.id",
    ("patient_id",),
)
ADD_COURSE = Statement(
    "ADD_COURSE",
    "INSERT INTO course (patient_id, drug, dose_mg, frequency, start_on, stop_on, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ("patient_id", "drug", "dose_mg", "frequency", "start_on", "stop_on", "reason"),
)
EDIT_COURSE = Statement(
    "EDIT_COURSE",
    "UPDATE course SET dose_mg=?, frequency=?, stop_on=?, reason=? WHERE course.id = ?",
    ("dose_mg", "frequency", "stop_on", "reason", "row_id"),
)
FIND_DOSE = Statement(
    "FIND_DOSE",
    "SELECT dose_step.id FROM dose_step WHERE dose_step.course_id = ? AND dose_step.step_on = ? AND dose_step.dose_mg = ? AND"
    " dose_step.frequency = ? AND dose_step.reason = ?",
    ("course_id", "step_on", "dose_mg", "frequency", "reason"),
)
ADD_DOSE = Statement(
    "ADD_DOSE",
    "INSERT INTO dose_step (course_id, step_on, dose_mg, frequency, reason) VALUES (?, ?, ?, ?, ?)",
    ("course_id", "step_on", "dose_mg", "frequency", "reason"),
)
FIND_HOLD = Statement(
    "FIND_HOLD",
    "SELECT hold.id FROM hold WHERE hold.course_id = ? AND hold.start_on = ? AND hold.reason = ?",
    ("course_id", "start_on", "reason"),
)
ADD_HOLD = Statement(
    "ADD_HOLD",
    "INSERT INTO hold (course_id, start_on, end_on, reason) VALUES (?, ?, ?, ?)",
    ("course_id", "start_on", "end_on", "reason"),
)
EDIT_HOLD = Statement(
    "EDIT_HOLD",
    "UPDATE hold SET end_on=? WHERE hold.id = ?",
    ("end_on", "row_id"),
)
FIND_PIN = Statement(
    "FIND_PIN",
    "SELECT baseline_pin.id FROM baseline_pin WHERE baseline_pin.course_id = ? AND baseline_pin.analyte = ?",
    ("course_id", "analyte"),
)
ADD_PIN = Statement(
    "ADD_PIN",
    "INSERT INTO baseline_pin (course_id, analyte, collected_at, reason) VALUES (?, ?, ?, ?)",
    ("course_id", "analyte", "collected_at", "reason"),
)
EDIT_PIN = Statement(
    "EDIT_PIN",
    "UPDATE baseline_pin SET collected_at=?, reason=? WHERE baseline_pin.id = ?",
    ("collected_at", "reason", "row_id"),
)
EVENTS = Statement(
    "EVENTS",
    "SELECT event.patient_id, event.kind, event.began_on, event.ended_on, event.note FROM event ORDER BY event.patient_id, "
    "event.began_on, event.id",
    (),
)
EVENTS_OF = Statement(
    "EVENTS_OF",
    "SELECT event.patient_id, event.kind, event.began_on, event.ended_on, event.note FROM event WHERE event.patient_id = ? "
    "ORDER BY event.began_on, event.id",
    ("patient_id",),
)
FIND_EVENT = Statement(
    "FIND_EVENT",
    "SELECT event.id FROM event WHERE event.patient_id = ? AND event.kind = ? AND event.began_on = ? AND event.note = ?",
    ("patient_id", "kind", "began_on", "note"),
)
ADD_EVENT = Statement(
    "ADD_EVENT",
    "INSERT INTO event (patient_id, kind, began_on, ended_on, note) VALUES (?, ?, ?, ?, ?)",
    ("patient_id", "kind", "began_on", "ended_on", "note"),
)
EDIT_EVENT = Statement(
    "EDIT_EVENT",
    "UPDATE event SET ended_on=? WHERE event.id = ?",
    ("ended_on", "row_id"),
)
RESULTS_OF = Statement(
    "RESULTS_OF",
    "SELECT result.patient_id, result.analyte, result.ordering, result.id, result.collected_at, result.value_text, "
    "result.unit, result.status, result.low, result.high, result.low_open, result.high_open, result.unusable, result.ref_low,"
    " result.ref_high, result.lower_limit, result.upper_limit, result.lab, result.specimen_id, result.note, result.code, "
    "result.method, result.source_id FROM result WHERE result.patient_id = ? ORDER BY result.id",
    ("patient_id",),
)
RESULTS_IN_ORDER = Statement(
    "RESULTS_IN_ORDER",
    "SELECT result.patient_id, result.analyte, result.ordering, result.id, result.collected_at, result.value_text, "
    "result.unit, result.status, result.low, result.high, result.low_open, result.high_open, result.unusable, result.ref_low,"
    " result.ref_high, result.lower_limit, result.upper_limit, result.lab, result.specimen_id, result.note, result.code, "
    "result.method, result.source_id FROM result ORDER BY result.id",
    (),
)
RESULT = Statement(
    "RESULT",
    "SELECT result.patient_id, result.analyte, result.ordering, result.id, result.collected_at, result.value_text, "
    "result.unit, result.status, result.low, result.high, result.low_open, result.high_open, result.unusable, result.ref_low,"
    " result.ref_high, result.lower_limit, result.upper_limit, result.lab, result.specimen_id, result.note, result.code, "
    "result.method, result.source_id FROM result WHERE result.id = ?",
    ("id",),
)
RESULT_COUNT_OF = Statement(
    "RESULT_COUNT_OF",
    "SELECT count(*) AS count_1 FROM result WHERE result.patient_id = ?",
    ("patient_id",),
)
LAST_RESULT_ID = Statement(
    "LAST_RESULT_ID",
    "SELECT max(result.id) AS max_1 FROM result",
    (),
)
SUPERSESSIONS = Statement(
    "SUPERSESSIONS",
    "SELECT supersession.superseded_id, supersession.by_id FROM supersession",
    (),
)
SUPERSESSIONS_OF = Statement(
    "SUPERSESSIONS_OF",
    "SELECT supersession.superseded_id, supersession.by_id FROM supersession WHERE supersession.patient_id = ?",
    ("patient_id",),
)
STANDING_AT = Statement(
    "STANDING_AT",
    "SELECT result.id, result.value_text, result.unit, result.status FROM result LEFT OUTER JOIN supersession ON "
    "supersession.superseded_id = result.id WHERE result.patient_id = ? AND result.analyte = ? AND result.ordering = ? AND "
    "result.specimen_id = ? AND supersession.by_id IS NULL ORDER BY result.id",
    ("patient_id", "analyte", "ordering", "specimen_id"),
)
ENTERED_AT = Statement(
    "ENTERED_AT",
    "SELECT result.id, result.value_text, result.unit, result.status, supersession.by_id, result.ordering, "
    "result.specimen_id, coalesce(sent_report.report_id, '') AS coalesce_1 FROM result LEFT OUTER JOIN supersession ON "
    "supersession.superseded_id = result.id LEFT OUTER JOIN sent_report ON sent_report.patient_id = result.patient_id AND "
    "sent_report.analyte = result.analyte AND sent_report.result_id = result.id WHERE result.patient_id = ? AND "
    "result.analyte = ? AND result.ordering = ? AND result.specimen_id = ? ORDER BY result.id",
    ("patient_id", "analyte", "ordering", "specimen_id"),
)
ENTERED_AS = Statement(
    "ENTERED_AS",
    "SELECT result.id, result.value_text, result.unit, result.status, supersession.by_id, result.ordering, "
    "result.specimen_id, coalesce(sent_report.report_id, '') AS coalesce_1 FROM result LEFT OUTER JOIN supersession ON "
    "supersession.superseded_id = result.id LEFT OUTER JOIN sent_report ON sent_report.patient_id = result.patient_id AND "
    "sent_report.analyte = result.analyte AND sent_report.result_id = result.id WHERE sent_report.patient_id = ? AND "
    "sent_report.analyte = ? AND sent_report.report_id = ? ORDER BY result.id",
    ("patient_id", "analyte", "report_id"),
)
SENT_REPORTS_OF = Statement(
    "SENT_REPORTS_OF",
    "SELECT sent_report.analyte, sent_report.report_id FROM sent_report WHERE sent_report.patient_id = ?",
    ("patient_id",),
)
ADD_SENT_REPORT = Statement(
    "ADD_SENT_REPORT",
    "INSERT INTO sent_report (patient_id, analyte, report_id, result_id) VALUES (?, ?, ?, ?)",
    ("patient_id", "analyte", "report_id", "result_id"),
)
ADD_RESULT = Statement(
    "ADD_RESULT",
    "INSERT INTO result (patient_id, analyte, ordering, id, collected_at, value_text, unit, status, low, high, low_open, "
    "high_open, unusable, ref_low, ref_high, lower_limit, upper_limit, lab, specimen_id, note, code, method, source_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    (
        "patient_id",
        "analyte",
        "ordering",
        "id",
        "collected_at",
        "value_text",
        "unit",
        "status",
        "low",
        "high",
        "low_open",
        "high_open",
        "unusable",
        "ref_low",
        "ref_high",
        "lower_limit",
        "upper_limit",
        "lab",
        "specimen_id",
        "note",
        "code",
        "method",
        "source_id",
    ),
)
ADD_SUPERSESSION = Statement(
    "ADD_SUPERSESSION",
    "INSERT INTO supersession (superseded_id, by_id, patient_id) VALUES (?, ?, ?)",
    ("superseded_id", "by_id", "patient_id"),
)
ADD_SOURCE = Statement(
    "ADD_SOURCE",
    "INSERT INTO report_source (sha256, format, file_name, imported_at, actor) VALUES (?, ?, ?, ?, ?)",
    ("sha256", "format", "file_name", "imported_at", "actor"),
)
SEGMENTS = Statement(
    "SEGMENTS",
    "SELECT segment.patient_id, segment.results FROM segment ORDER BY segment.patient_id",
    (),
)
SEGMENT = Statement(
    "SEGMENT",
    "SELECT segment.results FROM segment WHERE segment.patient_id = ?",
    ("patient_id",),
)
ADD_SEGMENT = Statement(
    "ADD_SEGMENT",
    "INSERT INTO segment (patient_id, results) VALUES (?, ?)",
    ("patient_id", "results"),
)
DROP_SEGMENT = Statement(
    "DROP_SEGMENT",
    "DELETE FROM segment WHERE segment.patient_id = ?",
    ("patient_id",),
)
ASSESSMENT = Statement(
    "ASSESSMENT",
    "SELECT assessment.patient_id, assessment.as_of, assessment.valid_until, assessment.rule_set, assessment.data_version, "
    "assessment.state, assessment.severity_rank, assessment.worst, assessment.rule, assessment.message, "
    "assessment.next_panel, assessment.next_due, assessment.next_status, assessment.cannot_evaluate, "
    "assessment.last_result_on, assessment.mrn, assessment.due_order, assessment.search, assessment.gaps, "
    "assessment.headline, assessment.basis, assessment.last_result_id FROM assessment WHERE assessment.patient_id = ?",
    ("patient_id",),
)
OUT_OF_DATE = Statement(
    "OUT_OF_DATE",
    "SELECT patient.id FROM patient LEFT OUTER JOIN assessment ON patient.id = assessment.patient_id WHERE "
    "assessment.patient_id IS NULL OR assessment.data_version != patient.data_version OR assessment.rule_set != ? OR "
    "assessment.as_of > ? OR assessment.valid_until <= ?",
    ("rule_set", "today", "today"),
)
WORKLIST = Statement(
    "WORKLIST",
    "SELECT assessment.patient_id, assessment.as_of, assessment.valid_until, assessment.rule_set, assessment.data_version, "
    "assessment.state, assessment.severity_rank, assessment.worst, assessment.rule, assessment.message, "
    "assessment.next_panel, assessment.next_due, assessment.next_status, assessment.cannot_evaluate, "
    "assessment.last_result_on, assessment.mrn, assessment.due_order, assessment.search, assessment.gaps, "
    "assessment.headline, assessment.basis, assessment.last_result_id, patient.name, patient.data_version AS data_version_1, "
    "patient.birth_date, patient.sex FROM assessment JOIN patient ON patient.id = assessment.patient_id ORDER BY "
    "assessment.severity_rank, assessment.due_order, assessment.mrn",
    (),
)
TALLIES = Statement(
    "TALLIES",
    "SELECT assessment.state, assessment.gaps, count(*) AS count_1 FROM assessment GROUP BY assessment.state, assessment.gaps",
    (),
)
KEPT_COUNT = Statement(
    "KEPT_COUNT",
    "SELECT count(*) AS count_1 FROM assessment WHERE (? = '' OR assessment.state = ?) AND assessment.gaps & ? = ? AND (? = "
    "'' OR assessment.search LIKE ? ESCAPE '/' OR assessment.search LIKE ? ESCAPE '/' OR ? != '' AND assessment.patient_id IN"
    " (SELECT finding.patient_id FROM finding WHERE finding.verdict = 'met' AND ? LIKE ('%;' || finding.rule || ';%')))",
    ("state", "state", "gaps", "gaps", "forward", "forward", "backward", "rules", "rules"),
)
KEPT_AFTER = Statement(
    "KEPT_AFTER",
    "SELECT assessment.patient_id, assessment.severity_rank, assessment.due_order, assessment.mrn FROM assessment WHERE (? = "
    "'' OR assessment.state = ?) AND assessment.gaps & ? = ? AND (? = '' OR assessment.search LIKE ? ESCAPE '/' OR "
    "assessment.search LIKE ? ESCAPE '/' OR ? != '' AND assessment.patient_id IN (SELECT finding.patient_id FROM finding "
    "WHERE finding.verdict = 'met' AND ? LIKE ('%;' || finding.rule || ';%'))) AND (assessment.severity_rank, "
    "assessment.due_order, assessment.mrn) > (?, ?, ?) ORDER BY assessment.severity_rank, assessment.due_order, "
    "assessment.mrn LIMIT ? OFFSET ?",
    (
        "state",
        "state",
        "gaps",
        "gaps",
        "forward",
        "forward",
        "backward",
        "rules",
        "rules",
        "severity_rank",
        "due_order",
        "after_mrn",
        "lines",
        "skipped",
    ),
)
KEPT_BEFORE = Statement(
    "KEPT_BEFORE",
    "SELECT assessment.patient_id, assessment.severity_rank, assessment.due_order, assessment.mrn FROM assessment WHERE (? = "
    "'' OR assessment.state = ?) AND assessment.gaps & ? = ? AND (? = '' OR assessment.search LIKE ? ESCAPE '/' OR "
    "assessment.search LIKE ? ESCAPE '/' OR ? != '' AND assessment.patient_id IN (SELECT finding.patient_id FROM finding "
    "WHERE finding.verdict = 'met' AND ? LIKE ('%;' || finding.rule || ';%'))) AND (assessment.severity_rank, "
    "assessment.due_order, assessment.mrn) < (?, ?, ?) ORDER BY assessment.severity_rank DESC, assessment.due_order DESC, "
    "assessment.mrn DESC LIMIT ? OFFSET ?",
    (
        "state",
        "state",
        "gaps",
        "gaps",
        "forward",
        "forward",
        "backward",
        "rules",
        "rules",
        "severity_rank",
        "due_order",
        "after_mrn",
        "lines",
        "skipped",
    ),
)
MIXED_COUNT = Statement(
    "MIXED_COUNT",
    "SELECT count(*) AS count_1 FROM (SELECT patient.id AS patient_id, patient.mrn AS mrn, CASE WHEN (assessment.patient_id "
    "IS NULL OR assessment.data_version != patient.data_version OR assessment.rule_set != ? OR assessment.as_of > ? OR "
    "assessment.valid_until <= ?) THEN 'not-assessed' ELSE assessment.state END AS state, coalesce(assessment.severity_rank, "
    "3) AS severity_rank, CASE WHEN (assessment.patient_id IS NULL OR assessment.data_version != patient.data_version OR "
    "assessment.rule_set != ? OR assessment.as_of > ? OR assessment.valid_until <= ?) THEN '~' ELSE assessment.due_order END "
    "AS due_order, coalesce(assessment.gaps, 0) AS gaps, coalesce(assessment.search, lower(patient.name || ' ' || "
    "patient.mrn)) AS search FROM patient LEFT OUTER JOIN assessment ON patient.id = assessment.patient_id) AS line WHERE (? "
    "= '' OR line.state = ?) AND line.gaps & ? = ? AND (? = '' OR line.search LIKE ? ESCAPE '/' OR line.search LIKE ? ESCAPE "
    "'/' OR ? != '' AND line.patient_id IN (SELECT finding.patient_id FROM finding WHERE finding.verdict = 'met' AND ? LIKE "
    "('%;' || finding.rule || ';%')))",
    (
        "rule_set",
        "today",
        "today",
        "rule_set",
        "today",
        "today",
        "state",
        "state",
        "gaps",
        "gaps",
        "forward",
        "forward",
        "backward",
        "rules",
        "rules",
    ),
)
MIXED_AFTER = Statement(
    "MIXED_AFTER",
    "SELECT line.patient_id, line.severity_rank, line.due_order, line.mrn FROM (SELECT patient.id AS patient_id, patient.mrn "
    "AS mrn, CASE WHEN (assessment.patient_id IS NULL OR assessment.data_version != patient.data_version OR "
    "assessment.rule_set != ? OR assessment.as_of > ? OR assessment.valid_until <= ?) THEN 'not-assessed' ELSE "
    "assessment.state END AS state, coalesce(assessment.severity_rank, 3) AS severity_rank, CASE WHEN (assessment.patient_id "
    "IS NULL OR assessment.data_version != patient.data_version OR assessment.rule_set != ? OR assessment.as_of > ? OR "
    "assessment.valid_until <= ?) THEN '~' ELSE assessment.due_order END AS due_order, coalesce(assessment.gaps, 0) AS gaps, "
    "coalesce(assessment.search, lower(patient.name || ' ' || patient.mrn)) AS search FROM patient LEFT OUTER JOIN assessment"
    " ON patient.id = assessment.patient_id) AS line WHERE (? = '' OR line.state = ?) AND line.gaps & ? = ? AND (? = '' OR "
    "line.search LIKE ? ESCAPE '/' OR line.search LIKE ? ESCAPE '/' OR ? != '' AND line.patient_id IN (SELECT "
    "finding.patient_id FROM finding WHERE finding.verdict = 'met' AND ? LIKE ('%;' || finding.rule || ';%'))) AND "
    "(line.severity_rank, line.due_order, line.mrn) > (?, ?, ?) ORDER BY line.severity_rank, line.due_order, line.mrn LIMIT ?"
    " OFFSET ?",
    (
        "rule_set",
        "today",
        "today",
        "rule_set",
        "today",
        "today",
        "state",
        "state",
        "gaps",
        "gaps",
        "forward",
        "forward",
        "backward",
        "rules",
        "rules",
        "severity_rank",
        "due_order",
        "after_mrn",
        "lines",
        "skipped",
    ),
)
MIXED_BEFORE = Statement(
    "MIXED_BEFORE",
    "SELECT line.patient_id, line.severity_rank, line.due_order, line.mrn FROM (SELECT patient.id AS patient_id, patient.mrn "
    "AS mrn, CASE WHEN (assessment.patient_id IS NULL OR assessment.data_version != patient.data_version OR "
    "assessment.rule_set != ? OR assessment.as_of > ? OR assessment.valid_until <= ?) THEN 'not-assessed' ELSE "
    "assessment.state END AS state, coalesce(assessment.severity_rank, 3) AS severity_rank, CASE WHEN (assessment.patient_id "
    "IS NULL OR assessment.data_version != patient.data_version OR assessment.rule_set != ? OR assessment.as_of > ? OR "
    "assessment.valid_until <= ?) THEN '~' ELSE assessment.due_order END AS due_order, coalesce(assessment.gaps, 0) AS gaps, "
    "coalesce(assessment.search, lower(patient.name || ' ' || patient.mrn)) AS search FROM patient LEFT OUTER JOIN assessment"
    " ON patient.id = assessment.patient_id) AS line WHERE (? = '' OR line.state = ?) AND line.gaps & ? = ? AND (? = '' OR "
    "line.search LIKE ? ESCAPE '/' OR line.search LIKE ? ESCAPE '/' OR ? != '' AND line.patient_id IN (SELECT "
    "finding.patient_id FROM finding WHERE finding.verdict = 'met' AND ? LIKE ('%;' || finding.rule || ';%'))) AND "
    "(line.severity_rank, line.due_order, line.mrn) < (?, ?, ?) ORDER BY line.severity_rank DESC, line.due_order DESC, "
    "line.mrn DESC LIMIT ? OFFSET ?",
    (
        "rule_set",
        "today",
        "today",
        "rule_set",
        "today",
        "today",
        "state",
        "state",
        "gaps",
        "gaps",
        "forward",
        "forward",
        "backward",
        "rules",
        "rules",
        "severity_rank",
        "due_order",
        "after_mrn",
        "lines",
        "skipped",
    ),
)
FINDINGS_OF = Statement(
    "FINDINGS_OF",
    "SELECT finding.patient_id, finding.rule, finding.verdict, finding.severity, finding.reasons, finding.message, "
    "finding.source, finding.evidence FROM finding WHERE finding.patient_id = ?",
    ("patient_id",),
)
CHECKS_OF = Statement(
    "CHECKS_OF",
    "SELECT check_due.patient_id, check_due.panel, check_due.due_on, check_due.status, check_due.reason, check_due.missing "
    "FROM check_due WHERE check_due.patient_id = ?",
    ("patient_id",),
)
ADD_ASSESSMENT = Statement(
    "ADD_ASSESSMENT",
    "INSERT INTO assessment (patient_id, as_of, valid_until, rule_set, data_version, state, severity_rank, worst, rule, "
    "message, next_panel, next_due, next_status, cannot_evaluate, last_result_on, mrn, due_order, search, gaps, headline, "
    "basis, last_result_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    (
        "patient_id",
        "as_of",
        "valid_until",
        "rule_set",
        "data_version",
        "state",
        "severity_rank",
        "worst",
        "rule",
        "message",
        "next_panel",
        "next_due",
        "next_status",
        "cannot_evaluate",
        "last_result_on",
        "mrn",
        "due_order",
        "search",
        "gaps",
        "headline",
        "basis",
        "last_result_id",
    ),
)
DROP_ASSESSMENT = Statement(
    "DROP_ASSESSMENT",
    "DELETE FROM assessment WHERE assessment.patient_id = ?",
    ("patient_id",),
)
ADD_FINDING = Statement(
    "ADD_FINDING",
    "INSERT INTO finding (patient_id, rule, verdict, severity, reasons, message, source, evidence) VALUES (?, ?, ?, ?, ?, ?, "
    "?, ?)",
    ("patient_id", "rule", "verdict", "severity", "reasons", "message", "source", "evidence"),
)
DROP_FINDINGS = Statement(
    "DROP_FINDINGS",
    "DELETE FROM finding WHERE finding.patient_id = ?",
    ("patient_id",),
)
ADD_CHECK = Statement(
    "ADD_CHECK",
    "INSERT INTO check_due (patient_id, panel, due_on, status, reason, missing) VALUES (?, ?, ?, ?, ?, ?)",
    ("patient_id", "panel", "due_on", "status", "reason", "missing"),
)
DROP_CHECKS = Statement(
    "DROP_CHECKS",
    "DELETE FROM check_due WHERE check_due.patient_id = ?",
    ("patient_id",),
)
ACKNOWLEDGEMENTS = Statement(
    "ACKNOWLEDGEMENTS",
    "SELECT acknowledgement.id, acknowledgement.patient_id, acknowledgement.rule, acknowledgement.rule_version, "
    "acknowledgement.evidence_key, acknowledgement.reason, acknowledgement.until_on, acknowledgement.at, "
    "acknowledgement.actor, acknowledgement.ended_at FROM acknowledgement WHERE acknowledgement.ended_at IS NULL ORDER BY "
    "acknowledgement.id",
    (),
)
ACKNOWLEDGEMENTS_OF = Statement(
    "ACKNOWLEDGEMENTS_OF",
    "SELECT acknowledgement.id, acknowledgement.patient_id, acknowledgement.rule, acknowledgement.rule_version, "
    "acknowledgement.evidence_key, acknowledgement.reason, acknowledgement.until_on, acknowledgement.at, "
    "acknowledgement.actor, acknowledgement.ended_at FROM acknowledgement WHERE acknowledgement.ended_at IS NULL AND "
    "acknowledgement.patient_id = ? ORDER BY acknowledgement.id",
    ("patient_id",),
)
ADD_ACKNOWLEDGEMENT = Statement(
    "ADD_ACKNOWLEDGEMENT",
    "INSERT INTO acknowledgement (patient_id, rule, rule_version, evidence_key, reason, until_on, at, actor, ended_at) VALUES"
    " (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ("patient_id", "rule", "rule_version", "evidence_key", "reason", "until_on", "at", "actor", "ended_at"),
)
END_ACKNOWLEDGEMENT = Statement(
    "END_ACKNOWLEDGEMENT",
    "UPDATE acknowledgement SET ended_at=? WHERE acknowledgement.id = ?",
    ("ended_at", "row_id"),
)
REVIEWS = Statement(
    "REVIEWS",
    "SELECT review.patient_id, review.result_id, review.reviewed_at, review.actor FROM review",
    (),
)
REVIEW_OF = Statement(
    "REVIEW_OF",
    "SELECT review.patient_id, review.result_id, review.reviewed_at, review.actor FROM review WHERE review.patient_id = ?",
    ("patient_id",),
)
ADD_REVIEW = Statement(
    "ADD_REVIEW",
    "INSERT INTO review (patient_id, result_id, reviewed_at, actor) VALUES (?, ?, ?, ?)",
    ("patient_id", "result_id", "reviewed_at", "actor"),
)
DROP_REVIEW = Statement(
    "DROP_REVIEW",
    "DELETE FROM review WHERE review.patient_id = ?",
    ("patient_id",),
)
AUDIT = Statement(
    "AUDIT",
    "SELECT audit_entry.id, audit_entry.at, audit_entry.actor, audit_entry.action, audit_entry.patient_id, "
    "audit_entry.detail, audit_entry.previous_hash, audit_entry.hash FROM audit_entry ORDER BY audit_entry.id",
    (),
)
AUDIT_OF = Statement(
    "AUDIT_OF",
    "SELECT audit_entry.id, audit_entry.at, audit_entry.actor, audit_entry.action, audit_entry.patient_id, "
    "audit_entry.detail, audit_entry.previous_hash, audit_entry.hash FROM audit_entry WHERE audit_entry.patient_id = ? ORDER "
    "BY audit_entry.id",
    ("patient_id",),
)
LAST_AUDIT = Statement(
    "LAST_AUDIT",
    "SELECT audit_entry.id, audit_entry.hash FROM audit_entry WHERE audit_entry.id = (SELECT max(audit_entry.id) AS max_1 "
    "FROM audit_entry)",
    (),
)
AUDIT_ENTRY = Statement(
    "AUDIT_ENTRY",
    "SELECT audit_entry.id, audit_entry.at, audit_entry.actor, audit_entry.action, audit_entry.patient_id, "
    "audit_entry.detail, audit_entry.previous_hash, audit_entry.hash FROM audit_entry WHERE audit_entry.id = ?",
    ("id",),
)
ADD_AUDIT = Statement(
    "ADD_AUDIT",
    "INSERT INTO audit_entry (id, at, actor, action, patient_id, detail, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ("id", "at", "actor", "action", "patient_id", "detail", "previous_hash", "hash"),
)
SETTINGS = Statement(
    "SETTINGS",
    'SELECT setting."key", setting.value FROM setting',
    (),
)
ADD_SETTING = Statement(
    "ADD_SETTING",
    'INSERT INTO setting ("key", value) VALUES (?, ?)',
    ("key", "value"),
)
DROP_SETTING = Statement(
    "DROP_SETTING",
    'DELETE FROM setting WHERE setting."key" = ?',
    ("setting_key",),
)
FIRST_USER_ADDED = Statement(
    "FIRST_USER_ADDED",
    "SELECT min(audit_entry.id) AS min_1 FROM audit_entry WHERE action = 'add user'",
    (),
)
USERS = Statement(
    "USERS",
    "SELECT user.name, user.role, user.patient_id, user.passphrase_hash, user.created_at, user.disabled_at, user.audit_id, "
    "patient.mrn FROM user LEFT OUTER JOIN patient ON patient.id = user.patient_id ORDER BY user.name",
    (),
)
USER = Statement(
    "USER",
    "SELECT user.name, user.role, user.patient_id, user.passphrase_hash, user.created_at, user.disabled_at, user.audit_id, "
    "patient.mrn FROM user LEFT OUTER JOIN patient ON patient.id = user.patient_id WHERE user.name = ?",
    ("name",),
)
ADD_USER = Statement(
    "ADD_USER",
    "INSERT INTO user (name, role, patient_id, passphrase_hash, created_at, disabled_at, audit_id) VALUES (?, ?, ?, ?, ?, ?, "
    "?)",
    ("name", "role", "patient_id", "passphrase_hash", "created_at", "disabled_at", "audit_id"),
)
EDIT_USER = Statement(
    "EDIT_USER",
    "UPDATE user SET passphrase_hash=?, disabled_at=?, audit_id=? WHERE user.name = ?",
    ("passphrase_hash", "disabled_at", "audit_id", "user_name"),
)
FAILED_SIGN_INS = Statement(
    "FAILED_SIGN_INS",
    "SELECT failed_sign_in.name_key, failed_sign_in.failed, failed_sign_in.next_at FROM failed_sign_in ORDER BY "
    "failed_sign_in.name_key",
    (),
)
FAILED_SIGN_IN = Statement(
    "FAILED_SIGN_IN",
    "SELECT failed_sign_in.failed, failed_sign_in.next_at FROM failed_sign_in WHERE failed_sign_in.name_key = ?",
    ("name_key",),
)
ADD_FAILED_SIGN_IN = Statement(
    "ADD_FAILED_SIGN_IN",
    "INSERT INTO failed_sign_in (name_key, failed, next_at) VALUES (?, ?, ?)",
    ("name_key", "failed", "next_at"),
)
DROP_FAILED_SIGN_IN = Statement(
    "DROP_FAILED_SIGN_IN",
    "DELETE FROM failed_sign_in WHERE failed_sign_in.name_key = ?",
    ("key",),
)
SEALED_PATIENT = Statement(
    "SEALED_PATIENT",
    "SELECT patient.id AS owner, patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, "
    "patient.phone, patient.email FROM patient",
    (),
)
SEALED_OF_PATIENT = Statement(
    "SEALED_OF_PATIENT",
    "SELECT patient.id AS owner, patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, "
    "patient.phone, patient.email FROM patient WHERE patient.id = ?",
    ("patient_id",),
)
SEALED_ROW_PATIENT = Statement(
    "SEALED_ROW_PATIENT",
    "SELECT patient.id AS owner, patient.id, patient.mrn, patient.name, patient.birth_date, patient.sex, patient.weight_kg, "
    "patient.phone, patient.email FROM patient WHERE patient.id = ?",
    ("row_id",),
)
SEALED_PATIENT_IDENTIFIER = Statement(
    "SEALED_PATIENT_IDENTIFIER",
    "SELECT patient_identifier.patient_id AS owner, patient_identifier.authority, patient_identifier.value, "
    "patient_identifier.patient_id FROM patient_identifier",
    (),
)
SEALED_OF_PATIENT_IDENTIFIER = Statement(
    "SEALED_OF_PATIENT_IDENTIFIER",
    "SELECT patient_identifier.patient_id AS owner, patient_identifier.authority, patient_identifier.value, "
    "patient_identifier.patient_id FROM patient_identifier WHERE patient_identifier.patient_id = ?",
    ("patient_id",),
)
SEALED_COURSE = Statement(
    "SEALED_COURSE",
    "SELECT course.patient_id AS owner, course.id, course.patient_id, course.drug, course.dose_mg, course.frequency, "
    "course.start_on, course.stop_on, course.reason FROM course",
    (),
)
SEALED_OF_COURSE = Statement(
    "SEALED_OF_COURSE",
    "SELECT course.patient_id AS owner, course.id, course.patient_id, course.drug, course.dose_mg, course.frequency, "
    "course.start_on, course.stop_on, course.reason FROM course WHERE course.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_COURSE = Statement(
    "SEALED_ROW_COURSE",
    "SELECT course.patient_id AS owner, course.id, course.patient_id, course.drug, course.dose_mg, course.frequency, "
    "course.start_on, course.stop_on, course.reason FROM course WHERE course.id = ?",
    ("row_id",),
)
SEALED_DOSE_STEP = Statement(
    "SEALED_DOSE_STEP",
    "SELECT course.patient_id AS owner, dose_step.id, dose_step.course_id, dose_step.step_on, dose_step.dose_mg, "
    "dose_step.frequency, dose_step.reason FROM dose_step JOIN course ON course.id = dose_step.course_id",
    (),
)
SEALED_OF_DOSE_STEP = Statement(
    "SEALED_OF_DOSE_STEP",
    "SELECT course.patient_id AS owner, dose_step.id, dose_step.course_id, dose_step.step_on, dose_step.dose_mg, "
    "dose_step.frequency, dose_step.reason FROM dose_step JOIN course ON course.id = dose_step.course_id WHERE "
    "course.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_DOSE_STEP = Statement(
    "SEALED_ROW_DOSE_STEP",
    "SELECT course.patient_id AS owner, dose_step.id, dose_step.course_id, dose_step.step_on, dose_step.dose_mg, "
    "dose_step.frequency, dose_step.reason FROM dose_step JOIN course ON course.id = dose_step.course_id WHERE dose_step.id ="
    " ?",
    ("row_id",),
)
SEALED_HOLD = Statement(
    "SEALED_HOLD",
    "SELECT course.patient_id AS owner, hold.id, hold.course_id, hold.start_on, hold.end_on, hold.reason FROM hold JOIN "
    "course ON course.id = hold.course_id",
    (),
)
SEALED_OF_HOLD = Statement(
    "SEALED_OF_HOLD",
    "SELECT course.patient_id AS owner, hold.id, hold.course_id, hold.start_on, hold.end_on, hold.reason FROM hold JOIN "
    "course ON course.id = hold.course_id WHERE course.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_HOLD = Statement(
    "SEALED_ROW_HOLD",
    "SELECT course.patient_id AS owner, hold.id, hold.course_id, hold.start_on, hold.end_on, hold.reason FROM hold JOIN "
    "course ON course.id = hold.course_id WHERE hold.id = ?",
    ("row_id",),
)
SEALED_EVENT = Statement(
    "SEALED_EVENT",
    "SELECT event.patient_id AS owner, event.id, event.patient_id, event.kind, event.began_on, event.ended_on, event.note "
    "FROM event",
    (),
)
SEALED_OF_EVENT = Statement(
    "SEALED_OF_EVENT",
    "SELECT event.patient_id AS owner, event.id, event.patient_id, event.kind, event.began_on, event.ended_on, event.note "
    "FROM event WHERE event.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_EVENT = Statement(
    "SEALED_ROW_EVENT",
    "SELECT event.patient_id AS owner, event.id, event.patient_id, event.kind, event.began_on, event.ended_on, event.note "
    "FROM event WHERE event.id = ?",
    ("row_id",),
)
SEALED_BASELINE_PIN = Statement(
    "SEALED_BASELINE_PIN",
    "SELECT course.patient_id AS owner, baseline_pin.id, baseline_pin.course_id, baseline_pin.analyte, "
    "baseline_pin.collected_at, baseline_pin.reason FROM baseline_pin JOIN course ON course.id = baseline_pin.course_id",
    (),
)
SEALED_OF_BASELINE_PIN = Statement(
    "SEALED_OF_BASELINE_PIN",
    "SELECT course.patient_id AS owner, baseline_pin.id, baseline_pin.course_id, baseline_pin.analyte, "
    "baseline_pin.collected_at, baseline_pin.reason FROM baseline_pin JOIN course ON course.id = baseline_pin.course_id WHERE"
    " course.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_BASELINE_PIN = Statement(
    "SEALED_ROW_BASELINE_PIN",
    "SELECT course.patient_id AS owner, baseline_pin.id, baseline_pin.course_id, baseline_pin.analyte, "
    "baseline_pin.collected_at, baseline_pin.reason FROM baseline_pin JOIN course ON course.id = baseline_pin.course_id WHERE"
    " baseline_pin.id = ?",
    ("row_id",),
)
SEALED_RESULT = Statement(
    "SEALED_RESULT",
    "SELECT result.patient_id AS owner, result.patient_id, result.analyte, result.ordering, result.id, result.collected_at, "
    "result.value_text, result.unit, result.status, result.low, result.high, result.low_open, result.high_open, "
    "result.unusable, result.ref_low, result.ref_high, result.lower_limit, result.upper_limit, result.lab, "
    "result.specimen_id, result.note, result.code, result.method, result.source_id FROM result",
    (),
)
SEALED_OF_RESULT = Statement(
    "SEALED_OF_RESULT",
    "SELECT result.patient_id AS owner, result.patient_id, result.analyte, result.ordering, result.id, result.collected_at, "
    "result.value_text, result.unit, result.status, result.low, result.high, result.low_open, result.high_open, "
    "result.unusable, result.ref_low, result.ref_high, result.lower_limit, result.upper_limit, result.lab, "
    "result.specimen_id, result.note, result.code, result.method, result.source_id FROM result WHERE result.patient_id = ?",
    ("patient_id",),
)
SEALED_SUPERSESSION = Statement(
    "SEALED_SUPERSESSION",
    "SELECT supersession.patient_id AS owner, supersession.superseded_id, supersession.by_id, supersession.patient_id FROM "
    "supersession",
    (),
)
SEALED_OF_SUPERSESSION = Statement(
    "SEALED_OF_SUPERSESSION",
    "SELECT supersession.patient_id AS owner, supersession.superseded_id, supersession.by_id, supersession.patient_id FROM "
    "supersession WHERE supersession.patient_id = ?",
    ("patient_id",),
)
SEALED_SENT_REPORT = Statement(
    "SEALED_SENT_REPORT",
    "SELECT sent_report.patient_id AS owner, sent_report.patient_id, sent_report.analyte, sent_report.report_id, "
    "sent_report.result_id FROM sent_report",
    (),
)
SEALED_OF_SENT_REPORT = Statement(
    "SEALED_OF_SENT_REPORT",
    "SELECT sent_report.patient_id AS owner, sent_report.patient_id, sent_report.analyte, sent_report.report_id, "
    "sent_report.result_id FROM sent_report WHERE sent_report.patient_id = ?",
    ("patient_id",),
)
SEALED_ACKNOWLEDGEMENT = Statement(
    "SEALED_ACKNOWLEDGEMENT",
    "SELECT acknowledgement.patient_id AS owner, acknowledgement.id, acknowledgement.patient_id, acknowledgement.rule, "
    "acknowledgement.rule_version, acknowledgement.evidence_key, acknowledgement.reason, acknowledgement.until_on, "
    "acknowledgement.at, acknowledgement.actor, acknowledgement.ended_at FROM acknowledgement",
    (),
)
SEALED_OF_ACKNOWLEDGEMENT = Statement(
    "SEALED_OF_ACKNOWLEDGEMENT",
    "SELECT acknowledgement.patient_id AS owner, acknowledgement.id, acknowledgement.patient_id, acknowledgement.rule, "
    "acknowledgement.rule_version, acknowledgement.evidence_key, acknowledgement.reason, acknowledgement.until_on, "
    "acknowledgement.at, acknowledgement.actor, acknowledgement.ended_at FROM acknowledgement WHERE "
    "acknowledgement.patient_id = ?",
    ("patient_id",),
)
SEALED_ROW_ACKNOWLEDGEMENT = Statement(
    "SEALED_ROW_ACKNOWLEDGEMENT",
    "SELECT acknowledgement.patient_id AS owner, acknowledgement.id, acknowledgement.patient_id, acknowledgement.rule, "
    "acknowledgement.rule_version, acknowledgement.evidence_key, acknowledgement.reason, acknowledgement.until_on, "
    "acknowledgement.at, acknowledgement.actor, acknowledgement.ended_at FROM acknowledgement WHERE acknowledgement.id = ?",
    ("row_id",),
)
SEALED_REVIEW = Statement(
    "SEALED_REVIEW",
    "SELECT review.patient_id AS owner, review.patient_id, review.result_id, review.reviewed_at, review.actor FROM review",
    (),
)
SEALED_OF_REVIEW = Statement(
    "SEALED_OF_REVIEW",
    "SELECT review.patient_id AS owner, review.patient_id, review.result_id, review.reviewed_at, review.actor FROM review "
    "WHERE review.patient_id = ?",
    ("patient_id",),
)
LAST_SEALED = Statement(
    "LAST_SEALED",
    "SELECT audit_entry.detail FROM audit_entry WHERE audit_entry.patient_id = ? AND audit_entry.detail LIKE '%_seal_:_1:%' "
    "ORDER BY audit_entry.id DESC",
    ("patient_id",),
)
COUNT_PATIENT = Statement(
    "COUNT_PATIENT",
    "SELECT count(*) AS count_1 FROM patient",
    (),
)
COUNT_PATIENT_IDENTIFIER = Statement(
    "COUNT_PATIENT_IDENTIFIER",
    "SELECT count(*) AS count_1 FROM patient_identifier",
    (),
)
COUNT_COURSE = Statement(
    "COUNT_COURSE",
    "SELECT count(*) AS count_1 FROM course",
    (),
)
COUNT_DOSE_STEP = Statement(
    "COUNT_DOSE_STEP",
    "SELECT count(*) AS count_1 FROM dose_step",
    (),
)
COUNT_HOLD = Statement(
    "COUNT_HOLD",
    "SELECT count(*) AS count_1 FROM hold",
    (),
)
COUNT_EVENT = Statement(
    "COUNT_EVENT",
    "SELECT count(*) AS count_1 FROM event",
    (),
)
COUNT_BASELINE_PIN = Statement(
    "COUNT_BASELINE_PIN",
    "SELECT count(*) AS count_1 FROM baseline_pin",
    (),
)
COUNT_REPORT_SOURCE = Statement(
    "COUNT_REPORT_SOURCE",
    "SELECT count(*) AS count_1 FROM report_source",
    (),
)
COUNT_RESULT = Statement(
    "COUNT_RESULT",
    "SELECT count(*) AS count_1 FROM result",
    (),
)
COUNT_SUPERSESSION = Statement(
    "COUNT_SUPERSESSION",
    "SELECT count(*) AS count_1 FROM supersession",
    (),
)
COUNT_SENT_REPORT = Statement(
    "COUNT_SENT_REPORT",
    "SELECT count(*) AS count_1 FROM sent_report",
    (),
)
COUNT_SEGMENT = Statement(
    "COUNT_SEGMENT",
    "SELECT count(*) AS count_1 FROM segment",
    (),
)
COUNT_ASSESSMENT = Statement(
    "COUNT_ASSESSMENT",
    "SELECT count(*) AS count_1 FROM assessment",
    (),
)
COUNT_FINDING = Statement(
    "COUNT_FINDING",
    "SELECT count(*) AS count_1 FROM finding",
    (),
)
COUNT_CHECK_DUE = Statement(
    "COUNT_CHECK_DUE",
    "SELECT count(*) AS count_1 FROM check_due",
    (),
)
COUNT_ACKNOWLEDGEMENT = Statement(
    "COUNT_ACKNOWLEDGEMENT",
    "SELECT count(*) AS count_1 FROM acknowledgement",
    (),
)
COUNT_REVIEW = Statement(
    "COUNT_REVIEW",
    "SELECT count(*) AS count_1 FROM review",
    (),
)
COUNT_AUDIT_ENTRY = Statement(
    "COUNT_AUDIT_ENTRY",
    "SELECT count(*) AS count_1 FROM audit_entry",
    (),
)
COUNT_USER = Statement(
    "COUNT_USER",
    "SELECT count(*) AS count_1 FROM user",
    (),
)
COUNT_FAILED_SIGN_IN = Statement(
    "COUNT_FAILED_SIGN_IN",
    "SELECT count(*) AS count_1 FROM failed_sign_in",
    (),
)
COUNT_SETTING = Statement(
    "COUNT_SETTING",
    "SELECT count(*) AS count_1 FROM setting",
    (),
)

#: The columns of each table, in its order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "patient": (
        "id",
        "mrn",
        "name",
        "birth_date",
        "sex",
        "weight_kg",
        "phone",
        "email",
        "data_version",
    ),
    "patient_identifier": (
        "authority",
        "value",
        "patient_id",
    ),
    "course": (
        "id",
        "patient_id",
        "drug",
        "dose_mg",
        "frequency",
        "start_on",
        "stop_on",
        "reason",
    ),
    "dose_step": (
        "id",
        "course_id",
        "step_on",
        "dose_mg",
        "frequency",
        "reason",
    ),
    "hold": (
        "id",
        "course_id",
        "start_on",
        "end_on",
        "reason",
    ),
    "event": (
        "id",
        "patient_id",
        "kind",
        "began_on",
        "ended_on",
        "note",
    ),
    "baseline_pin": (
        "id",
        "course_id",
        "analyte",
        "collected_at",
        "reason",
    ),
    "report_source": (
        "id",
        "sha256",
        "format",
        "file_name",
        "imported_at",
        "actor",
    ),
    "result": (
        "patient_id",
        "analyte",
        "ordering",
        "id",
        "collected_at",
        "value_text",
        "unit",
        "status",
        "low",
        "high",
        "low_open",
        "high_open",
        "unusable",
        "ref_low",
        "ref_high",
        "lower_limit",
        "upper_limit",
        "lab",
        "specimen_id",
        "note",
        "code",
        "method",
        "source_id",
    ),
    "supersession": (
        "superseded_id",
        "by_id",
        "patient_id",
    ),
    "sent_report": (
        "patient_id",
        "analyte",
        "report_id",
        "result_id",
    ),
    "segment": (
        "patient_id",
        "results",
    ),
    "assessment": (
        "patient_id",
        "as_of",
        "valid_until",
        "rule_set",
        "data_version",
        "state",
        "severity_rank",
        "worst",
        "rule",
        "message",
        "next_panel",
        "next_due",
        "next_status",
        "cannot_evaluate",
        "last_result_on",
        "mrn",
        "due_order",
        "search",
        "gaps",
        "headline",
        "basis",
        "last_result_id",
    ),
    "finding": (
        "patient_id",
        "rule",
        "verdict",
        "severity",
        "reasons",
        "message",
        "source",
        "evidence",
    ),
    "check_due": (
        "patient_id",
        "panel",
        "due_on",
        "status",
        "reason",
        "missing",
    ),
    "acknowledgement": (
        "id",
        "patient_id",
        "rule",
        "rule_version",
        "evidence_key",
        "reason",
        "until_on",
        "at",
        "actor",
        "ended_at",
    ),
    "review": (
        "patient_id",
        "result_id",
        "reviewed_at",
        "actor",
    ),
    "audit_entry": (
        "id",
        "at",
        "actor",
        "action",
        "patient_id",
        "detail",
        "previous_hash",
        "hash",
    ),
    "user": (
        "id",
        "name",
        "role",
        "patient_id",
        "passphrase_hash",
        "created_at",
        "disabled_at",
        "audit_id",
    ),
    "failed_sign_in": (
        "name_key",
        "failed",
        "next_at",
    ),
    "setting": (
        "key",
        "value",
    ),
}
