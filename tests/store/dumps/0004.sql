BEGIN TRANSACTION;
CREATE TABLE acknowledgement (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	rule VARCHAR NOT NULL, 
	rule_version VARCHAR NOT NULL, 
	evidence_key VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	until_on VARCHAR, 
	at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	ended_at VARCHAR, 
	CONSTRAINT pk_acknowledgement PRIMARY KEY (id), 
	CONSTRAINT fk_acknowledgement_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "acknowledgement" VALUES(1,1,'anemia','1','4','known','2026-12-24','2026-11-22T10:11:12.000+00:00','tester',NULL);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE assessment (
	patient_id INTEGER NOT NULL, 
	as_of VARCHAR NOT NULL, 
	valid_until VARCHAR, 
	rule_set VARCHAR NOT NULL, 
	data_version INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	severity_rank INTEGER NOT NULL, 
	worst VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	next_panel VARCHAR NOT NULL, 
	next_due VARCHAR NOT NULL, 
	next_status VARCHAR NOT NULL, 
	cannot_evaluate INTEGER NOT NULL, 
	last_result_on VARCHAR NOT NULL, 
	mrn VARCHAR NOT NULL, 
	due_order VARCHAR NOT NULL, 
	search VARCHAR NOT NULL, 
	gaps INTEGER NOT NULL, 
	headline VARCHAR NOT NULL, 
	basis VARCHAR NOT NULL, 
	last_result_id INTEGER NOT NULL, 
	CONSTRAINT pk_assessment PRIMARY KEY (patient_id), 
	CONSTRAINT fk_assessment_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "assessment" VALUES(1,'2026-11-22','2026-12-01','r1',1,'needs-action',2,'watch','anemia','Hb 11.2 g/dL','cbc','2026-12-01','later',1,'2026-11-02','A1','2026-12-01','ada example a1',8,'Hb 11.2 below 12','article',4);
CREATE TABLE audit_entry (
	id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	patient_id INTEGER, 
	detail TEXT NOT NULL, 
	previous_hash VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_audit_entry PRIMARY KEY (id), 
	CONSTRAINT fk_audit_entry_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "audit_entry" VALUES(1,'2026-11-22T10:11:12.000+00:00','tester','sample',1,'{"mrn":"A1"}','0000000000000000000000000000000000000000000000000000000000000000','a40164bdc6263d8284391d9b1bfdb60bd99634122fd2d945b62484ced7b3bbb6');
INSERT INTO "audit_entry" VALUES(2,'2026-11-22T10:11:12.000+00:00','tester','add user',NULL,'{"row":"600e84f5c5c6701e8316a017ca4d13e787091975d9d41715c624e084c8c0f46f","user":"maria"}','a40164bdc6263d8284391d9b1bfdb60bd99634122fd2d945b62484ced7b3bbb6','cedcb2099553cc49c40e8a325587ec7f1547f29c5ddaddb20ba7b4bc9d5f1d8b');
INSERT INTO "audit_entry" VALUES(3,'2026-11-22T10:11:12.000+00:00','tester','add user',1,'{"row":"31a3ef2c9bd66c8ea98c7b636abd70512458555fd590d62523412162aeb2879f","user":"ada"}','cedcb2099553cc49c40e8a325587ec7f1547f29c5ddaddb20ba7b4bc9d5f1d8b','86a1490966cdec22cab06f15711dc5f0e3a2f40d49c3306a2f28117a38951830');
CREATE TABLE baseline_pin (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	analyte VARCHAR NOT NULL, 
	collected_at VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_baseline_pin PRIMARY KEY (id), 
	CONSTRAINT uq_baseline_pin_course_id_analyte UNIQUE (course_id, analyte), 
	CONSTRAINT fk_baseline_pin_course_id_course FOREIGN KEY(course_id) REFERENCES course (id)
);
INSERT INTO "baseline_pin" VALUES(1,1,'ldl','2025-12-01','fasting');
CREATE TABLE check_due (
	patient_id INTEGER NOT NULL, 
	panel VARCHAR NOT NULL, 
	due_on VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	missing VARCHAR NOT NULL, 
	CONSTRAINT pk_check_due PRIMARY KEY (patient_id, panel), 
	CONSTRAINT fk_check_due_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
)
 WITHOUT ROWID

;
INSERT INTO "check_due" VALUES(1,'cbc','2026-12-01','later','every 12 weeks','');
CREATE TABLE course (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	drug VARCHAR NOT NULL, 
	dose_mg FLOAT NOT NULL, 
	frequency VARCHAR NOT NULL, 
	start_on VARCHAR NOT NULL, 
	stop_on VARCHAR, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_course PRIMARY KEY (id), 
	CONSTRAINT uq_course_patient_id_drug_start_on UNIQUE (patient_id, drug, start_on), 
	CONSTRAINT fk_course_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "course" VALUES(1,1,'baricitinib',2.0,'daily','2026-01-05',NULL,'');
CREATE TABLE dose_step (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	step_on VARCHAR NOT NULL, 
	dose_mg FLOAT NOT NULL, 
	frequency VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_dose_step PRIMARY KEY (id), 
	CONSTRAINT uq_dose_step_course_id_step_on_dose_mg_frequency_reason UNIQUE (course_id, step_on, dose_mg, frequency, reason), 
	CONSTRAINT fk_dose_step_course_id_course FOREIGN KEY(course_id) REFERENCES course (id)
);
INSERT INTO "dose_step" VALUES(1,1,'2026-03-02',4.0,'daily','flare');
CREATE TABLE event (
	id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	began_on VARCHAR NOT NULL, 
	ended_on VARCHAR, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (id), 
	CONSTRAINT uq_event_patient_id_kind_began_on_note UNIQUE (patient_id, kind, began_on, note), 
	CONSTRAINT fk_event_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "event" VALUES(1,1,'screen-tb','2026-01-02','2026-01-02','negative');
CREATE TABLE failed_sign_in (
	name_key VARCHAR NOT NULL, 
	failed INTEGER NOT NULL, 
	next_at VARCHAR NOT NULL, 
	CONSTRAINT pk_failed_sign_in PRIMARY KEY (name_key)
);
INSERT INTO "failed_sign_in" VALUES('0a1b2c',2,'2026-11-22T10:11:12.000+00:00');
CREATE TABLE finding (
	patient_id INTEGER NOT NULL, 
	rule VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	reasons VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	evidence TEXT NOT NULL, 
	CONSTRAINT pk_finding PRIMARY KEY (patient_id, rule), 
	CONSTRAINT fk_finding_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
)
 WITHOUT ROWID

;
INSERT INTO "finding" VALUES(1,'anemia','met','watch','','Hb 11.2 g/dL','WHO','[{"analyte":"hb"}]');
CREATE TABLE hold (
	id INTEGER NOT NULL, 
	course_id INTEGER NOT NULL, 
	start_on VARCHAR NOT NULL, 
	end_on VARCHAR, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_hold PRIMARY KEY (id), 
	CONSTRAINT uq_hold_course_id_start_on_reason UNIQUE (course_id, start_on, reason), 
	CONSTRAINT fk_hold_course_id_course FOREIGN KEY(course_id) REFERENCES course (id)
);
INSERT INTO "hold" VALUES(1,1,'2026-05-01','2026-05-20','anc-below-1');
CREATE TABLE patient (
	id INTEGER NOT NULL, 
	mrn VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	birth_date VARCHAR, 
	sex VARCHAR NOT NULL, 
	weight_kg FLOAT, 
	phone VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	data_version INTEGER NOT NULL, 
	CONSTRAINT pk_patient PRIMARY KEY (id), 
	CONSTRAINT uq_patient_mrn UNIQUE (mrn)
);
INSERT INTO "patient" VALUES(1,'A1','Ada Example','1970-05-17','F',61.5,'555','ada@example.org',1);
INSERT INTO "patient" VALUES(2,'B2','Bo Example',NULL,'',NULL,'','',0);
CREATE TABLE patient_identifier (
	authority VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	patient_id INTEGER NOT NULL, 
	CONSTRAINT pk_patient_identifier PRIMARY KEY (authority, value), 
	CONSTRAINT fk_patient_identifier_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
)
 WITHOUT ROWID

;
INSERT INTO "patient_identifier" VALUES('ACME','P777',1);
CREATE TABLE report_source (
	id INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	imported_at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	CONSTRAINT pk_report_source PRIMARY KEY (id)
);
INSERT INTO "report_source" VALUES(1,'0000000000000000000000000000000000000000000000000000000000000000','csv','november.csv','2026-11-22T10:11:12.000+00:00','tester');
CREATE TABLE result (
	patient_id INTEGER NOT NULL, 
	analyte VARCHAR NOT NULL, 
	ordering VARCHAR NOT NULL, 
	id INTEGER NOT NULL, 
	collected_at VARCHAR NOT NULL, 
	value_text VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	low FLOAT, 
	high FLOAT, 
	low_open INTEGER NOT NULL, 
	high_open INTEGER NOT NULL, 
	unusable VARCHAR NOT NULL, 
	ref_low VARCHAR NOT NULL, 
	ref_high VARCHAR NOT NULL, 
	lower_limit VARCHAR, 
	upper_limit VARCHAR, 
	lab VARCHAR NOT NULL, 
	specimen_id VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	method VARCHAR NOT NULL, 
	source_id INTEGER, 
	CONSTRAINT pk_result PRIMARY KEY (patient_id, analyte, ordering, id), 
	CONSTRAINT fk_result_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id), 
	CONSTRAINT fk_result_source_id_report_source FOREIGN KEY(source_id) REFERENCES report_source (id)
)
 WITHOUT ROWID

;
INSERT INTO "result" VALUES(1,'anc','2026-11-02T08:30:00',1,'2026-11-02T08:30+01:00','2.5','10*9/L','final',2.5,2.5,0,0,'','1.8','7.5','1.8','7.5','','','','','',1);
INSERT INTO "result" VALUES(1,'anc','2026-11-02T08:30:00',2,'2026-11-02T08:30+01:00','2.6','10*9/L','corrected',2.6,2.6,0,0,'','','','nan',NULL,'','','','','',1);
INSERT INTO "result" VALUES(1,'crp','2026-11-02T00:00:00',3,'2026-11-02','<0.5','mg/L','final',0.0,0.5,0,1,'','','',NULL,NULL,'L','','n','','',1);
INSERT INTO "result" VALUES(1,'hb','2026-11-02T08:30:00',4,'2026-11-02T08:30+01:00','hemolyzed','g/dL','final',NULL,NULL,0,0,'text-result','','',NULL,NULL,'','S1','','718-7','m',1);
CREATE TABLE review (
	patient_id INTEGER NOT NULL, 
	result_id INTEGER NOT NULL, 
	reviewed_at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (patient_id), 
	CONSTRAINT fk_review_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "review" VALUES(1,2,'2026-11-22T10:11:12.000+00:00','tester');
CREATE TABLE segment (
	patient_id INTEGER NOT NULL, 
	results BLOB NOT NULL, 
	CONSTRAINT pk_segment PRIMARY KEY (patient_id), 
	CONSTRAINT fk_segment_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "segment" VALUES(1,X'007061636B6564FF');
CREATE TABLE sent_report (
	patient_id INTEGER NOT NULL, 
	analyte VARCHAR NOT NULL, 
	report_id VARCHAR NOT NULL, 
	result_id INTEGER NOT NULL, 
	CONSTRAINT pk_sent_report PRIMARY KEY (patient_id, analyte, report_id, result_id), 
	CONSTRAINT fk_sent_report_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id), 
	CONSTRAINT fk_sent_report_result_id_result FOREIGN KEY(result_id) REFERENCES result (id)
)
 WITHOUT ROWID

;
INSERT INTO "sent_report" VALUES(1,'anc','F1|751-8|',1);
INSERT INTO "sent_report" VALUES(1,'anc','F1|751-8|',2);
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('schema_made_by','0.1.0');
INSERT INTO "setting" VALUES('clinic','Sample');
CREATE TABLE supersession (
	superseded_id INTEGER NOT NULL, 
	by_id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	CONSTRAINT pk_supersession PRIMARY KEY (superseded_id), 
	CONSTRAINT fk_supersession_superseded_id_result FOREIGN KEY(superseded_id) REFERENCES result (id), 
	CONSTRAINT fk_supersession_by_id_result FOREIGN KEY(by_id) REFERENCES result (id), 
	CONSTRAINT fk_supersession_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "supersession" VALUES(1,2,1);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	patient_id INTEGER, 
	passphrase_hash VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	disabled_at VARCHAR, 
	audit_id INTEGER NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT uq_user_name UNIQUE (name), 
	CONSTRAINT ck_user_role CHECK (role IN ('clinician', 'viewer', 'patient')), 
	CONSTRAINT ck_user_record CHECK ((role = 'patient') = (patient_id IS NOT NULL)), 
	CONSTRAINT fk_user_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id), 
	CONSTRAINT fk_user_audit_id_audit_entry FOREIGN KEY(audit_id) REFERENCES audit_entry (id)
);
INSERT INTO "user" VALUES(1,'maria','clinician',NULL,'$argon2id$sample','2026-11-22T10:11:12.000+00:00',NULL,2);
INSERT INTO "user" VALUES(2,'ada','patient',1,'$argon2id$other','2026-11-22T10:11:12.000+00:00',NULL,3);
CREATE INDEX ix_patient_identifier_patient_id ON patient_identifier (patient_id);
CREATE UNIQUE INDEX uq_result_id ON result (id);
CREATE INDEX ix_assessment_worklist ON assessment (severity_rank, due_order, mrn, patient_id, state, gaps, search);
CREATE INDEX ix_assessment_tally ON assessment (state, gaps);
CREATE INDEX ix_finding_rule ON finding (rule);
CREATE INDEX ix_acknowledgement_patient_id ON acknowledgement (patient_id);
CREATE INDEX ix_audit_entry_patient_id ON audit_entry (patient_id);
CREATE INDEX ix_audit_entry_add_user ON audit_entry (id) WHERE action = 'add user';
CREATE INDEX ix_supersession_by_id ON supersession (by_id);
CREATE INDEX ix_supersession_patient_id ON supersession (patient_id);
CREATE TRIGGER result_no_update BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'result is written once'); END;
CREATE TRIGGER result_no_delete BEFORE DELETE ON result BEGIN SELECT RAISE(ABORT, 'result is written once'); END;
CREATE TRIGGER supersession_no_update BEFORE UPDATE ON supersession BEGIN SELECT RAISE(ABORT, 'supersession is written once'); END;
CREATE TRIGGER supersession_no_delete BEFORE DELETE ON supersession BEGIN SELECT RAISE(ABORT, 'supersession is written once'); END;
CREATE TRIGGER sent_report_no_update BEFORE UPDATE ON sent_report BEGIN SELECT RAISE(ABORT, 'sent_report is written once'); END;
CREATE TRIGGER sent_report_no_delete BEFORE DELETE ON sent_report BEGIN SELECT RAISE(ABORT, 'sent_report is written once'); END;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is written once'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is written once'); END;
COMMIT;
