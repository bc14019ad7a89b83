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
INSERT INTO "acknowledgement" VALUES(1,1,'anc-below-1','2026.11 US','4','known','2026-12-24','2026-11-23T03:41:31.628+00:00','tester',NULL);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO "alembic_version" VALUES('0003');
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
INSERT INTO "assessment" VALUES(1,'2026-11-22','2027-02-26','2026.11 US',18,'overdue',2,'watch','neutropenia','ANC 1.2 ×10⁹/L on 2026-11-20 is below 1.5. The article asks for a blood count at baseline and periodically because of neutropenia.','cbc','2026-03-03','overdue',11,'2026-11-20','10021','2026-03-03','okafor, ada 10021',10,'ANC 1.2 below 1.5','article',15);
INSERT INTO "assessment" VALUES(2,'2026-11-22','2026-11-25','2026.11 US',4,'overdue',2,'watch','screening-incomplete','not settled: Tuberculosis, Hepatitis B, Hepatitis C, VTE history and risk, Malignancy history, Diabetes control, Smoking and cardiovascular risk, Recombinant zoster vaccine (non-live), Pneumococcal vaccine. Article and labels ask, before a JAK inhibitor, for tuberculosis, hepatitis B and C, pregnancy status where it applies, clots, cancer, diabetes, smoking and cardiovascular risk to be looked at, and for vaccination against shingles and pneumococcus.','cbc','2026-06-01','overdue',15,'2026-11-03','20042','2026-06-01','beringer, bo 20042',10,'screening not settled: Tuberculosis, Hepatitis B, Hepatitis C, VTE history and risk, Malignancy history, Diabetes control, Smoking and cardiovascular risk, Recombinant zoster vaccine (non-live), Pneumococcal vaccine','article',13);
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
INSERT INTO "audit_entry" VALUES(1,'2026-11-23T03:41:31.236+00:00','tester','add patient',1,'{"birth_date":"1968-02-11","email":"ada@example.org","mrn":"10021","name":"Okafor, Ada","phone":"555-0100","sex":"F","weight_kg":61.0}','0000000000000000000000000000000000000000000000000000000000000000','362d014558e59859293bfbcb49fbe2486b8b4cc474a3f0acf2691cd853ffe350');
INSERT INTO "audit_entry" VALUES(2,'2026-11-23T03:41:31.245+00:00','tester','add patient',2,'{"birth_date":"1951-07-03","email":"","mrn":"20042","name":"Beringer, Bo","phone":"","sex":"M","weight_kg":null}','362d014558e59859293bfbcb49fbe2486b8b4cc474a3f0acf2691cd853ffe350','3910d1a01228e9e9b70f8eb61e54bd3d5b231cfb61cf68951f0f48ccfefd99fd');
INSERT INTO "audit_entry" VALUES(3,'2026-11-23T03:41:31.253+00:00','tester','start course',1,'{"dose_mg":2.0,"drug":"baricitinib","frequency":"daily","reason":"","start_on":"2026-03-03"}','3910d1a01228e9e9b70f8eb61e54bd3d5b231cfb61cf68951f0f48ccfefd99fd','7783f848c6c679bc010c8ecb5055839f00f03eb0459f21fa333f656f3f4dc2e0');
INSERT INTO "audit_entry" VALUES(4,'2026-11-23T03:41:31.264+00:00','tester','start course',2,'{"dose_mg":15.0,"drug":"upadacitinib","frequency":"daily","reason":"","start_on":"2026-06-01"}','7783f848c6c679bc010c8ecb5055839f00f03eb0459f21fa333f656f3f4dc2e0','48e9631583b140687b423956cd0d9b9b9dc7814187fec5dd046f0cb02ddc74d3');
INSERT INTO "audit_entry" VALUES(5,'2026-11-23T03:41:31.277+00:00','tester','add event',1,'{"kind":"screen-tb","note":"negative","on":"2026-02-20"}','48e9631583b140687b423956cd0d9b9b9dc7814187fec5dd046f0cb02ddc74d3','cfddf0523ac770d0678c182a6176dc48c4487528767f4987a44c40e25a3befbf');
INSERT INTO "audit_entry" VALUES(6,'2026-11-23T03:41:31.289+00:00','tester','add event',1,'{"kind":"screen-hepatitis-b","note":"negative","on":"2026-02-20"}','cfddf0523ac770d0678c182a6176dc48c4487528767f4987a44c40e25a3befbf','a7b5d62ec2c2de504f32edc011ef0dfd520be7ca6622688bcd50bc5586a33481');
INSERT INTO "audit_entry" VALUES(7,'2026-11-23T03:41:31.305+00:00','tester','add event',1,'{"kind":"screen-hepatitis-c","note":"negative","on":"2026-02-20"}','a7b5d62ec2c2de504f32edc011ef0dfd520be7ca6622688bcd50bc5586a33481','e3adc9f358c908807dcf885812e9eed3c1dd72d70aa0257b6cd45d3811da8412');
INSERT INTO "audit_entry" VALUES(8,'2026-11-23T03:41:31.325+00:00','tester','add event',1,'{"kind":"screen-diabetes","note":"negative","on":"2026-02-20"}','e3adc9f358c908807dcf885812e9eed3c1dd72d70aa0257b6cd45d3811da8412','47c1c34ab48c130cd6a4ff3dfd343edf2bd6876732836eaf1f51149c9002d90e');
INSERT INTO "audit_entry" VALUES(9,'2026-11-23T03:41:31.345+00:00','tester','add event',1,'{"kind":"herpes-zoster","note":"","on":"2026-05-01"}','47c1c34ab48c130cd6a4ff3dfd343edf2bd6876732836eaf1f51149c9002d90e','726cdb1afef800e7eafe2a15358587b2f96e03aca87dfad5d0b93ce619f076ac');
INSERT INTO "audit_entry" VALUES(10,'2026-11-23T03:41:31.362+00:00','tester','end event',1,'{"began_on":"2026-05-01","kind":"herpes-zoster","note":"","on":"2026-05-12"}','726cdb1afef800e7eafe2a15358587b2f96e03aca87dfad5d0b93ce619f076ac','36631250b66e0ee3ebc6e35f2faeed4c07cf9387d2514fa5a2da508d6d3bc7b6');
INSERT INTO "audit_entry" VALUES(11,'2026-11-23T03:41:31.382+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[1,"anc","3.1","10*9/L","2026-02-24T08:00"],[2,"hb","13.2","g/dL","2026-02-24T08:00"],[3,"ldl","108","mg/dL","2026-02-24T08:00"]]}','36631250b66e0ee3ebc6e35f2faeed4c07cf9387d2514fa5a2da508d6d3bc7b6','1ee68d4fd4c1e59e6ca1ab48afb201bcd6869f7b919c0b669cc9b784928d530e');
INSERT INTO "audit_entry" VALUES(12,'2026-11-23T03:41:31.410+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[4,"anc","0.82","10*9/L","2026-11-19T08:00"],[5,"hb","11.2","g/dL","2026-11-19T08:00"],[6,"ldl","152","mg/dL","2026-11-19T08:00"],[7,"crp","<0.5","mg/L","2026-11-19T08:00"]]}','1ee68d4fd4c1e59e6ca1ab48afb201bcd6869f7b919c0b669cc9b784928d530e','8c6709264f59be0a613428ff6d0872cc9224a6ddc985d67a38159ab19aec0196');
INSERT INTO "audit_entry" VALUES(13,'2026-11-23T03:41:31.433+00:00','tester','record results',2,'{"reason":"","replaces":[],"results":[[8,"alt","22","U/L","2026-05-28T08:00"],[9,"creatinine","0.9","mg/dL","2026-05-28T08:00"]]}','8c6709264f59be0a613428ff6d0872cc9224a6ddc985d67a38159ab19aec0196','e670fcf9b586a8160aa89075b011b657a195f0a2b039c819a65528c450307a2f');
INSERT INTO "audit_entry" VALUES(14,'2026-11-23T03:41:31.505+00:00','tester','amend result',1,'{"reason":"typing error","replaces":[2],"results":[[10,"hb","13.4","g/dL","2026-02-24T08:00"]]}','e670fcf9b586a8160aa89075b011b657a195f0a2b039c819a65528c450307a2f','069b15038c7e1589cc887b54aea9764866491573534f366928b90f4a388c0c08');
INSERT INTO "audit_entry" VALUES(15,'2026-11-23T03:41:31.529+00:00','tester','strike result',1,'{"reason":"hemolyzed","replaces":[3],"results":[[11,"ldl","108","mg/dL","2026-02-24T08:00"]]}','069b15038c7e1589cc887b54aea9764866491573534f366928b90f4a388c0c08','9067acc4eecf62947e8f0a88a5adb1e85aa358b27b8f3b6e2f601ecb3bb754c3');
INSERT INTO "audit_entry" VALUES(16,'2026-11-23T03:41:31.545+00:00','tester','hold',1,'{"drug":"baricitinib","on":"2026-11-20","reason":"anc-below-1"}','9067acc4eecf62947e8f0a88a5adb1e85aa358b27b8f3b6e2f601ecb3bb754c3','2fb0d6a02f53a1705d86a48e1d36753036ef2e0a098931c976f26fe099e38a08');
INSERT INTO "audit_entry" VALUES(17,'2026-11-23T03:41:31.569+00:00','tester','resume',1,'{"drug":"baricitinib","held_since":["2026-11-20"],"on":"2026-11-21"}','2fb0d6a02f53a1705d86a48e1d36753036ef2e0a098931c976f26fe099e38a08','212494089f8966ad56a83fe5ded844071453226d34a9cce05e68746a4cce197f');
INSERT INTO "audit_entry" VALUES(18,'2026-11-23T03:41:31.593+00:00','tester','change dose',1,'{"dose_mg":1.0,"drug":"baricitinib","frequency":"daily","instead_of":[],"on":"2026-11-22","reason":"flare"}','212494089f8966ad56a83fe5ded844071453226d34a9cce05e68746a4cce197f','a46a7534d1b7f0bbfd06886184ccdb9e6b6e3514903246878fd5de778982a97e');
INSERT INTO "audit_entry" VALUES(19,'2026-11-23T03:41:31.609+00:00','tester','pin baseline',1,'{"analyte":"anc","at":"2026-02-24T08:00","drug":"baricitinib","reason":"fasting"}','a46a7534d1b7f0bbfd06886184ccdb9e6b6e3514903246878fd5de778982a97e','c0f416904522579f5c0bf0b4ac7bef260ac0b57ee107b87898c7e1f1eeb62da6');
INSERT INTO "audit_entry" VALUES(20,'2026-11-23T03:41:31.628+00:00','tester','acknowledge',1,'{"message":"ANC 0.82 ×10⁹/L on 2026-11-19 is below 1. Label says: interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above.","reason":"known","rule":"anc-below-1","until":"2026-12-24"}','c0f416904522579f5c0bf0b4ac7bef260ac0b57ee107b87898c7e1f1eeb62da6','9eb408a452b17c0485441c11b3e2fb8483df799299a4e67a547c49151f98140c');
INSERT INTO "audit_entry" VALUES(21,'2026-11-23T03:41:31.743+00:00','tester','import',NULL,'{"files":[{"accepted":2,"amended":0,"duplicate":0,"file":"results.csv","layout":"results","refused":0,"sha256":"1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2","warned":1}],"patients":1}','9eb408a452b17c0485441c11b3e2fb8483df799299a4e67a547c49151f98140c','73a27e921447139be3d3e53f05d458998b36e390f1a4beaa4293e1fa0a17adf7');
INSERT INTO "audit_entry" VALUES(22,'2026-11-23T03:41:31.743+00:00','tester','import',2,'{"added":{"results":2}}','73a27e921447139be3d3e53f05d458998b36e390f1a4beaa4293e1fa0a17adf7','e4feeee71efdb8471ba7ebdd34b4622786eddb4cc8b1ac79cf0640473fc24cba');
INSERT INTO "audit_entry" VALUES(23,'2026-11-23T03:41:31.829+00:00','tester','import',NULL,'{"files":[{"accepted":2,"amended":0,"duplicate":0,"file":"x.hl7","layout":"hl7","refused":0,"sha256":"ed6954a3dba7a51a04d7357c356ca4e2bc4f30bf99a7d47dc5212e02a07278b3","warned":0}],"patients":1}','e4feeee71efdb8471ba7ebdd34b4622786eddb4cc8b1ac79cf0640473fc24cba','37caf4da1c04b75958a50bfcd2764a7e6b230989a531c4b77e7a74b119bb1152');
INSERT INTO "audit_entry" VALUES(24,'2026-11-23T03:41:31.829+00:00','tester','import',1,'{"added":{"results":2},"amended":[{"known to others as":{"ACME":["","P777"]}}]}','37caf4da1c04b75958a50bfcd2764a7e6b230989a531c4b77e7a74b119bb1152','7f22f493cb31cbced635b7e6507c93be4a96004717056388d6475e89cfe345c2');
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
INSERT INTO "baseline_pin" VALUES(1,1,'anc','2026-02-24T08:00','fasting');
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
INSERT INTO "check_due" VALUES(1,'cbc','2026-03-03','overdue','baseline missing','alc');
INSERT INTO "check_due" VALUES(1,'lipid','2027-11-18','later','every 52 weeks','');
INSERT INTO "check_due" VALUES(1,'liver','2026-03-03','overdue','baseline missing','');
INSERT INTO "check_due" VALUES(1,'renal','2026-03-03','overdue','baseline missing','');
INSERT INTO "check_due" VALUES(1,'response-review','2026-05-26','overdue','response to treatment','');
INSERT INTO "check_due" VALUES(1,'screening','2026-03-03','overdue','screening items open','');
INSERT INTO "check_due" VALUES(2,'cbc','2026-06-01','overdue','baseline missing','anc;alc');
INSERT INTO "check_due" VALUES(2,'lipid','2026-06-01','overdue','baseline missing','');
INSERT INTO "check_due" VALUES(2,'liver','2026-06-01','overdue','baseline missing','ast');
INSERT INTO "check_due" VALUES(2,'renal','2026-06-29','overdue','week 4','');
INSERT INTO "check_due" VALUES(2,'response-review','2026-08-24','overdue','response to treatment','');
INSERT INTO "check_due" VALUES(2,'screening','2026-06-01','overdue','screening items open','');
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
INSERT INTO "course" VALUES(1,1,'baricitinib',2.0,'daily','2026-03-03',NULL,'');
INSERT INTO "course" VALUES(2,2,'upadacitinib',15.0,'daily','2026-06-01',NULL,'');
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
INSERT INTO "dose_step" VALUES(1,1,'2026-11-22',1.0,'daily','flare');
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
INSERT INTO "event" VALUES(1,1,'screen-tb','2026-02-20',NULL,'negative');
INSERT INTO "event" VALUES(2,1,'screen-hepatitis-b','2026-02-20',NULL,'negative');
INSERT INTO "event" VALUES(3,1,'screen-hepatitis-c','2026-02-20',NULL,'negative');
INSERT INTO "event" VALUES(4,1,'screen-diabetes','2026-02-20',NULL,'negative');
INSERT INTO "event" VALUES(5,1,'herpes-zoster','2026-05-01','2026-05-12','');
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
INSERT INTO "finding" VALUES(1,'alc-below-0.5','cannot evaluate','urgent','no-result','Lymphocytes below 0.5 ×10⁹/L: cannot be evaluated: no usable result (ALC).','bari-us [L]; bari-us-on [2]','[]');
INSERT INTO "finding" VALUES(1,'anemia','met','watch','','Hb 11.9 g/dL on 2026-11-20 is below 12, baseline 13.4 on 2026-02-24, -11.2 %. The article asks for a blood count at baseline and periodically because of anemia.','article [A]; who-anemia [G]','[{"analyte":"hb","value":[11.9,11.9,false,false],"unit":"g/dL","collected_on":"2026-11-20","limit":[12.0,12.0,false,false],"baseline":[13.4,13.4,false,false],"baseline_on":"2026-02-24","method":"","result_ids":[14],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'egfr-30-60-dose','cannot evaluate','action','no-result','eGFR from 30 to below 60 and a daily dose above the label''s for it (EU: creatinine clearance from 30 to 60): cannot be evaluated: no usable result (eGFR).','bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'egfr-below-30','cannot evaluate','urgent','no-result','eGFR below 30 mL/min/1.73 m²: cannot be evaluated: no usable result (eGFR).','article [A]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'egfr-fall-25','cannot evaluate','watch','no-result;no-baseline','eGFR below three quarters of its baseline: cannot be evaluated: no usable result; no baseline result (eGFR).','kdigo [u]; variation [G]','[]');
INSERT INTO "finding" VALUES(1,'hys-law','cannot evaluate','urgent','no-result','ALT or AST at three times the upper limit or more, with bilirubin above twice its own, within 7 days; ALP not raised: cannot be evaluated: no usable result (Bili, ALT, AST).','fda-dili-2009 [2]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'ldl-rise-30','cannot evaluate','action','no-baseline','LDL cholesterol up by more than 30 % since treatment began: cannot be evaluated: no baseline result. Last: LDL 152 mg/dL on 2026-11-19.','article [A]; bari-us [L]','[{"analyte":"ldl","value":[152.0,152.0,false,false],"unit":"mg/dL","collected_on":"2026-11-19","limit":null,"baseline":null,"baseline_on":null,"method":"","result_ids":[6],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'neutropenia','met','watch','','ANC 1.2 ×10⁹/L on 2026-11-20 is below 1.5. The article asks for a blood count at baseline and periodically because of neutropenia.','article [A]; ctcae-v5 [G]','[{"analyte":"anc","value":[1.2,1.2,false,false],"unit":"10*9/L","collected_on":"2026-11-20","limit":[1.5,1.5,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[15],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'platelets-below-75','cannot evaluate','action','no-result','Platelets below 75 ×10⁹/L: cannot be evaluated: no usable result (Plt).','house [H]; ctcae-v5 [G]; labels-silent [u]','[]');
INSERT INTO "finding" VALUES(1,'screening-incomplete','met','watch','','not settled: VTE history and risk, Malignancy history, Smoking and cardiovascular risk, Recombinant zoster vaccine (non-live), Pneumococcal vaccine. Article and labels ask, before a JAK inhibitor, for tuberculosis, hepatitis B and C, pregnancy status where it applies, clots, cancer, diabetes, smoking and cardiovascular risk to be looked at, and for vaccination against shingles and pneumococcus.','screening [A]; ema-2023 [G]; house [H]','[]');
INSERT INTO "finding" VALUES(1,'transaminase-3x','cannot evaluate','action','no-result','ALT or AST above three times the upper limit of normal: cannot be evaluated: no usable result (ALT, AST).','nhs-lanarkshire [G]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'transaminase-5x','cannot evaluate','urgent','no-result','ALT or AST above five times the upper limit of normal: cannot be evaluated: no usable result (ALT, AST).','nhs-lanarkshire [G]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'transaminase-raised','cannot evaluate','watch','no-result','ALT or AST above the upper limit of normal: cannot be evaluated: no usable result (ALT, AST).','article [A]; ctcae-v5 [G]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'triglycerides-500','cannot evaluate','action','no-result','Triglycerides at 500 mg/dL or above: cannot be evaluated: no usable result (TG).','acc-aha-2018-triglycerides [u]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(2,'alc-below-0.5','cannot evaluate','urgent','no-result','Lymphocytes below 0.5 ×10⁹/L: cannot be evaluated: no usable result (ALC).','upa-us [L]','[]');
INSERT INTO "finding" VALUES(2,'anc-below-1','cannot evaluate','urgent','no-result','Neutrophils below 1.0 ×10⁹/L: cannot be evaluated: no usable result (ANC).','upa-us [L]','[]');
INSERT INTO "finding" VALUES(2,'anemia','cannot evaluate','watch','text-result','Hemoglobin below the laboratory''s lower limit: cannot be evaluated: the newest report is text, not a number. Last: Hb 14.1 g/dL on 2026-11-02.','article [A]; who-anemia [G]','[{"analyte":"hb","value":[14.1,14.1,false,false],"unit":"g/dL","collected_on":"2026-11-02","limit":[13.0,13.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[12],"in_doubt":true,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'egfr-fall-25','cannot evaluate','watch','no-result','eGFR below three quarters of its baseline: cannot be evaluated: no usable result. Last: eGFR 89.62 mL/min/1.73 m² on 2026-05-28 (calculated: CKD-EPI 2021).','kdigo [u]; variation [G]','[{"analyte":"egfr","value":[89.6218248622214,89.6218248622214,false,false],"unit":"mL/min/{1.73_m2}","collected_on":"2026-05-28","limit":null,"baseline":null,"baseline_on":null,"method":"CKD-EPI 2021","result_ids":[9],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'hb-below-8','cannot evaluate','urgent','text-result','Hemoglobin below 8.0 g/dL (tofacitinib before the start: below 9.0): cannot be evaluated: the newest report is text, not a number. Last: Hb 14.1 g/dL on 2026-11-02.','upa-us [L]','[{"analyte":"hb","value":[14.1,14.1,false,false],"unit":"g/dL","collected_on":"2026-11-02","limit":[8.0,8.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[12],"in_doubt":true,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'hb-fall-2','cannot evaluate','action','text-result;no-baseline','Hemoglobin down by more than 2.0 g/dL from baseline: cannot be evaluated: the newest report is text, not a number; no baseline result. Last: Hb 14.1 g/dL on 2026-11-02.','omeract [u]','[{"analyte":"hb","value":[14.1,14.1,false,false],"unit":"g/dL","collected_on":"2026-11-02","limit":null,"baseline":null,"baseline_on":null,"method":"","result_ids":[12],"in_doubt":true,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'hys-law','cannot evaluate','urgent','no-result','ALT or AST at three times the upper limit or more, with bilirubin above twice its own, within 7 days; ALP not raised: cannot be evaluated: no usable result (Bili, AST). Last: ALT 22 U/L on 2026-05-28.','fda-dili-2009 [2]; upa-us [L]','[{"analyte":"alt","value":[22.0,22.0,false,false],"unit":"U/L","collected_on":"2026-05-28","limit":[132.0,132.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[8],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'ldl-190','cannot evaluate','action','no-result','LDL cholesterol at 190 mg/dL or above: cannot be evaluated: no usable result (LDL).','acc-aha-2018 [G]; labels-silent [u]','[]');
INSERT INTO "finding" VALUES(2,'ldl-rise-30','cannot evaluate','action','no-result;no-baseline','LDL cholesterol up by more than 30 % since treatment began: cannot be evaluated: no usable result; no baseline result (LDL).','article [A]; upa-us [L]','[]');
INSERT INTO "finding" VALUES(2,'neutropenia','cannot evaluate','watch','no-result','Neutrophils below 1.5 ×10⁹/L: cannot be evaluated: no usable result (ANC).','article [A]; ctcae-v5 [G]','[]');
INSERT INTO "finding" VALUES(2,'platelets-below-75','cannot evaluate','action','no-result','Platelets below 75 ×10⁹/L: cannot be evaluated: no usable result (Plt).','house [H]; ctcae-v5 [G]; labels-silent [u]','[]');
INSERT INTO "finding" VALUES(2,'screening-incomplete','met','watch','','not settled: Tuberculosis, Hepatitis B, Hepatitis C, VTE history and risk, Malignancy history, Diabetes control, Smoking and cardiovascular risk, Recombinant zoster vaccine (non-live), Pneumococcal vaccine. Article and labels ask, before a JAK inhibitor, for tuberculosis, hepatitis B and C, pregnancy status where it applies, clots, cancer, diabetes, smoking and cardiovascular risk to be looked at, and for vaccination against shingles and pneumococcus.','screening [A]; ema-2023 [G]; house [H]','[]');
INSERT INTO "finding" VALUES(2,'transaminase-3x','cannot evaluate','action','no-result','ALT or AST above three times the upper limit of normal: cannot be evaluated: no usable result (AST). Last: ALT 22 U/L on 2026-05-28.','nhs-lanarkshire [G]; upa-us [L]','[{"analyte":"alt","value":[22.0,22.0,false,false],"unit":"U/L","collected_on":"2026-05-28","limit":[132.0,132.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[8],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'transaminase-5x','cannot evaluate','urgent','no-result','ALT or AST above five times the upper limit of normal: cannot be evaluated: no usable result (AST). Last: ALT 22 U/L on 2026-05-28.','nhs-lanarkshire [G]; upa-us [L]','[{"analyte":"alt","value":[22.0,22.0,false,false],"unit":"U/L","collected_on":"2026-05-28","limit":[220.0,220.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[8],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'transaminase-raised','cannot evaluate','watch','no-result','ALT or AST above the upper limit of normal: cannot be evaluated: no usable result (AST). Last: ALT 22 U/L on 2026-05-28.','article [A]; ctcae-v5 [G]; upa-us [L]','[{"analyte":"alt","value":[22.0,22.0,false,false],"unit":"U/L","collected_on":"2026-05-28","limit":[44.0,44.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[8],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(2,'triglycerides-500','cannot evaluate','action','no-result','Triglycerides at 500 mg/dL or above: cannot be evaluated: no usable result (TG).','acc-aha-2018-triglycerides [u]; upa-us [L]','[]');
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
INSERT INTO "hold" VALUES(1,1,'2026-11-20','2026-11-21','anc-below-1');
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
INSERT INTO "patient" VALUES(1,'10021','Okafor, Ada','1968-02-11','F',61.0,'555-0100','ada@example.org',18);
INSERT INTO "patient" VALUES(2,'20042','Beringer, Bo','1951-07-03','M',NULL,'','',4);
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
INSERT INTO "report_source" VALUES(1,'1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2','csv','results.csv','2026-11-23T03:41:31.730+00:00','tester');
INSERT INTO "report_source" VALUES(2,'ed6954a3dba7a51a04d7357c356ca4e2bc4f30bf99a7d47dc5212e02a07278b3','hl7','x.hl7','2026-11-23T03:41:31.817+00:00','tester');
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
INSERT INTO "result" VALUES(1,'anc','2026-02-24T08:00:00',1,'2026-02-24T08:00','3.1','10*9/L','final',3.1,3.1,0,0,'','','',NULL,NULL,'City lab','S1','','','',NULL);
INSERT INTO "result" VALUES(1,'anc','2026-11-19T08:00:00',4,'2026-11-19T08:00','0.82','10*9/L','final',0.82,0.82,0,0,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(1,'anc','2026-11-20T08:30:00',15,'2026-11-20T08:30','1.2','10*3/uL','final',1.2,1.2,0,0,'','1.8','7.5','1.8','7.5','CITY','','laboratory''s flag L','751-8','',2);
INSERT INTO "result" VALUES(1,'crp','2026-11-19T08:00:00',7,'2026-11-19T08:00','<0.5','mg/L','final',0.0,0.5,0,1,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-02-24T08:00:00',2,'2026-02-24T08:00','13.2','g/dL','final',13.2,13.2,0,0,'','','',NULL,NULL,'City lab','S1','','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-02-24T08:00:00',10,'2026-02-24T08:00','13.4','g/dL','corrected',13.4,13.4,0,0,'','','',NULL,NULL,'City lab','S1','typing error','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-11-19T08:00:00',5,'2026-11-19T08:00','11.2','g/dL','final',11.2,11.2,0,0,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-11-20T08:30:00',14,'2026-11-20T08:30','11.9','g/dL','final',11.9,11.9,0,0,'','12.0','15.5','12.0','15.5','CITY','','laboratory''s flag L','718-7','',2);
INSERT INTO "result" VALUES(1,'ldl','2026-02-24T08:00:00',3,'2026-02-24T08:00','108','mg/dL','final',108.0,108.0,0,0,'','','',NULL,NULL,'City lab','S1','','','',NULL);
INSERT INTO "result" VALUES(1,'ldl','2026-02-24T08:00:00',11,'2026-02-24T08:00','108','mg/dL','entered-in-error',108.0,108.0,0,0,'','','',NULL,NULL,'City lab','S1','hemolyzed','','',NULL);
INSERT INTO "result" VALUES(1,'ldl','2026-11-19T08:00:00',6,'2026-11-19T08:00','152','mg/dL','final',152.0,152.0,0,0,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(2,'alt','2026-05-28T08:00:00',8,'2026-05-28T08:00','22','U/L','final',22.0,22.0,0,0,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(2,'creatinine','2026-05-28T08:00:00',9,'2026-05-28T08:00','0.9','mg/dL','final',0.9,0.9,0,0,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(2,'hb','2026-11-02T09:00:00',12,'2026-11-02T09:00','14.1','g/dL','final',14.1,14.1,0,0,'','','',NULL,NULL,'Other lab','','','','',1);
INSERT INTO "result" VALUES(2,'hb','2026-11-03T00:00:00',13,'2026-11-03','hemolyzed','g/dL','final',NULL,NULL,0,0,'text-result','','',NULL,NULL,'Other lab','','','','',1);
CREATE TABLE review (
	patient_id INTEGER NOT NULL, 
	result_id INTEGER NOT NULL, 
	reviewed_at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (patient_id), 
	CONSTRAINT fk_review_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "review" VALUES(1,11,'2026-11-23T03:41:31.529+00:00','tester');
INSERT INTO "review" VALUES(2,9,'2026-11-23T03:41:31.433+00:00','tester');
CREATE TABLE segment (
	patient_id INTEGER NOT NULL, 
	results BLOB NOT NULL, 
	CONSTRAINT pk_segment PRIMARY KEY (patient_id), 
	CONSTRAINT fk_segment_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "segment" VALUES(1,X'010000000000000000D947ED00000000CDCCCCCCCCCC0840CDCCCCCCCCCC0840000000000000F87F000000000000F87F301C0E50434CD41102000400000000000000002BA9EE000000003D0AD7A3703DEA3F3D0AD7A3703DEA3F000000000000F87F000000000000F87FD233489BD760635E02000F000000000000008883AAEE00000000333333333333F33F333333333333F33FCDCCCCCCCCCCFC3F0000000000001E400407890B3795A66202000A0000000000000000D947ED00000000CDCCCCCCCCCC2A40CDCCCCCCCCCC2A40000000000000F87F000000000000F87F301C0E50434CD41104000500000000000000002BA9EE0000000066666666666626406666666666662640000000000000F87F000000000000F87FD233489BD760635E04000E000000000000008883AAEE00000000CDCCCCCCCCCC2740CDCCCCCCCCCC274000000000000028400000000000002F400407890B3795A66204000600000000000000002BA9EE0000000000000000000063400000000000006340000000000000F87F000000000000F87FD233489BD760635E0E000700000000000000002BA9EE000000000000000000000000000000000000E03F000000000000F87F000000000000F87FD233489BD760635E1502');
INSERT INTO "segment" VALUES(2,X'0C0000000000000090CF92EE000000003333333333332C403333333333332C40000000000000F87F000000000000F87FE9C0BDF5D0AEE613040008000000000000008074C2ED0000000000000000000036400000000000003640000000000000F87F000000000000F87FB5E5E4FDDAE4F367070009000000000000008074C2ED00000000CDCCCCCCCCCCEC3FCDCCCCCCCCCCEC3F000000000000F87F000000000000F87FB5E5E4FDDAE4F36711000D0000000000000080A293EE00000000000000000000F87F000000000000F87F000000000000F87F000000000000F87FA58FE34BD8DF0D2D0404');
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
INSERT INTO "sent_report" VALUES(1,'anc','F1|751-8|',15);
INSERT INTO "sent_report" VALUES(1,'hb','F1|718-7|',14);
CREATE TABLE setting (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('schema_made_by','0.1.0');
CREATE TABLE supersession (
	superseded_id INTEGER NOT NULL, 
	by_id INTEGER NOT NULL, 
	patient_id INTEGER NOT NULL, 
	CONSTRAINT pk_supersession PRIMARY KEY (superseded_id), 
	CONSTRAINT fk_supersession_superseded_id_result FOREIGN KEY(superseded_id) REFERENCES result (id), 
	CONSTRAINT fk_supersession_by_id_result FOREIGN KEY(by_id) REFERENCES result (id), 
	CONSTRAINT fk_supersession_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "supersession" VALUES(2,10,1);
INSERT INTO "supersession" VALUES(3,11,1);
CREATE TABLE user (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	CONSTRAINT pk_user PRIMARY KEY (id), 
	CONSTRAINT uq_user_name UNIQUE (name)
);
CREATE INDEX ix_patient_identifier_patient_id ON patient_identifier (patient_id);
CREATE UNIQUE INDEX uq_result_id ON result (id);
CREATE INDEX ix_assessment_tally ON assessment (state, gaps);
CREATE INDEX ix_assessment_worklist ON assessment (severity_rank, due_order, mrn, patient_id, state, gaps, search);
CREATE INDEX ix_finding_rule ON finding (rule);
CREATE INDEX ix_acknowledgement_patient_id ON acknowledgement (patient_id);
CREATE INDEX ix_audit_entry_patient_id ON audit_entry (patient_id);
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
