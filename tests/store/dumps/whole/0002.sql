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
INSERT INTO "acknowledgement" VALUES(1,1,'anc-below-1','2026.11 US','4','known','2026-12-24','2026-11-23T03:40:49.000+00:00','tester',NULL);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "assessment" VALUES(1,'2026-11-22','2026-12-25','2026.11 US',17,'needs-action',1,'action','hb-fall-2','Hb 11.2 g/dL on 2026-11-19 is below 11.4, baseline 13.4 on 2026-02-24, -16.4 %. The tofacitinib label says: interrupt when the hemoglobin has fallen by more than 2 g/dL from baseline, until it is normal.','cbc','2026-03-03','overdue',11,'2026-11-19','10021','2026-03-03','okafor, ada 10021',2,'Hb 11.2, -16.4 % from 13.4','guideline',10);
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
INSERT INTO "audit_entry" VALUES(1,'2026-11-23T03:40:48.515+00:00','tester','add patient',1,'{"birth_date":"1968-02-11","email":"ada@example.org","mrn":"10021","name":"Okafor, Ada","phone":"555-0100","sex":"F","weight_kg":61.0}','0000000000000000000000000000000000000000000000000000000000000000','f993c4f679cf5bc1f11bea83efd8be90dfa5dbc8f20a5ef8746fbfbf6cf398c6');
INSERT INTO "audit_entry" VALUES(2,'2026-11-23T03:40:48.553+00:00','tester','add patient',2,'{"birth_date":"1951-07-03","email":"","mrn":"20042","name":"Beringer, Bo","phone":"","sex":"M","weight_kg":null}','f993c4f679cf5bc1f11bea83efd8be90dfa5dbc8f20a5ef8746fbfbf6cf398c6','3f68b5d14c0ef6ca95460d412127308dd5ad4ede4618c4b5d894b97d8275a433');
INSERT INTO "audit_entry" VALUES(3,'2026-11-23T03:40:48.573+00:00','tester','start course',1,'{"dose_mg":2.0,"drug":"baricitinib","frequency":"daily","reason":"","start_on":"2026-03-03"}','3f68b5d14c0ef6ca95460d412127308dd5ad4ede4618c4b5d894b97d8275a433','0add18994810df9c5df4f1c3d84b98ab306efc9d3e05951f08e53e3c464508fa');
INSERT INTO "audit_entry" VALUES(4,'2026-11-23T03:40:48.595+00:00','tester','start course',2,'{"dose_mg":15.0,"drug":"upadacitinib","frequency":"daily","reason":"","start_on":"2026-06-01"}','0add18994810df9c5df4f1c3d84b98ab306efc9d3e05951f08e53e3c464508fa','d5d3cb4d4a28a40002f53ae8dffb5b8c1bdef71e4695cccdea4247a50fc27108');
INSERT INTO "audit_entry" VALUES(5,'2026-11-23T03:40:48.614+00:00','tester','add event',1,'{"kind":"screen-tb","note":"negative","on":"2026-02-20"}','d5d3cb4d4a28a40002f53ae8dffb5b8c1bdef71e4695cccdea4247a50fc27108','5809646d35f01c3541f234b8ea2e76552b6992adcb12f9591e270ff5e9ab6a2e');
INSERT INTO "audit_entry" VALUES(6,'2026-11-23T03:40:48.633+00:00','tester','add event',1,'{"kind":"screen-hepatitis-b","note":"negative","on":"2026-02-20"}','5809646d35f01c3541f234b8ea2e76552b6992adcb12f9591e270ff5e9ab6a2e','00d08c5c1393613592c8177836dafbe6f2c227f212bd94e075a7242dbda04896');
INSERT INTO "audit_entry" VALUES(7,'2026-11-23T03:40:48.652+00:00','tester','add event',1,'{"kind":"screen-hepatitis-c","note":"negative","on":"2026-02-20"}','00d08c5c1393613592c8177836dafbe6f2c227f212bd94e075a7242dbda04896','cc1a23081661f1ceb52eda8037dda67b6c5ea070d07435d466b3de0657482283');
INSERT INTO "audit_entry" VALUES(8,'2026-11-23T03:40:48.669+00:00','tester','add event',1,'{"kind":"screen-diabetes","note":"negative","on":"2026-02-20"}','cc1a23081661f1ceb52eda8037dda67b6c5ea070d07435d466b3de0657482283','8359fb2acc080707a6182d19f1ada477a71c0d51fa590bac49a7236979049a70');
INSERT INTO "audit_entry" VALUES(9,'2026-11-23T03:40:48.703+00:00','tester','add event',1,'{"kind":"herpes-zoster","note":"","on":"2026-05-01"}','8359fb2acc080707a6182d19f1ada477a71c0d51fa590bac49a7236979049a70','2a22b1e7cb61cd0873572d18ee2f02475ce6da5a210f10649645ae2a800ea7a4');
INSERT INTO "audit_entry" VALUES(10,'2026-11-23T03:40:48.729+00:00','tester','end event',1,'{"began_on":"2026-05-01","kind":"herpes-zoster","note":"","on":"2026-05-12"}','2a22b1e7cb61cd0873572d18ee2f02475ce6da5a210f10649645ae2a800ea7a4','b93ddad674c01bf2875bb3d11763f00f094c97af458e4672ce33b74cc6ffa308');
INSERT INTO "audit_entry" VALUES(11,'2026-11-23T03:40:48.739+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[1,"anc","3.1","10*9/L","2026-02-24T08:00"],[2,"hb","13.2","g/dL","2026-02-24T08:00"],[3,"ldl","108","mg/dL","2026-02-24T08:00"]]}','b93ddad674c01bf2875bb3d11763f00f094c97af458e4672ce33b74cc6ffa308','008d54f257e7739657441535a15a6619d726b06de6ef7dfabc0e311c83955f3c');
INSERT INTO "audit_entry" VALUES(12,'2026-11-23T03:40:48.753+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[4,"anc","0.82","10*9/L","2026-11-19T08:00"],[5,"hb","11.2","g/dL","2026-11-19T08:00"],[6,"ldl","152","mg/dL","2026-11-19T08:00"],[7,"crp","<0.5","mg/L","2026-11-19T08:00"]]}','008d54f257e7739657441535a15a6619d726b06de6ef7dfabc0e311c83955f3c','8fc5162e825f60c864f608009ff7dd4c6322f1c7ff7f321e4dc511416c110218');
INSERT INTO "audit_entry" VALUES(13,'2026-11-23T03:40:48.770+00:00','tester','record results',2,'{"reason":"","replaces":[],"results":[[8,"alt","22","U/L","2026-05-28T08:00"],[9,"creatinine","0.9","mg/dL","2026-05-28T08:00"]]}','8fc5162e825f60c864f608009ff7dd4c6322f1c7ff7f321e4dc511416c110218','f45f5986c0411554fc80f5f3050af8c5d8c0514f5303e593e6879d7958fbcf1a');
INSERT INTO "audit_entry" VALUES(14,'2026-11-23T03:40:48.885+00:00','tester','amend result',1,'{"reason":"typing error","replaces":[2],"results":[[10,"hb","13.4","g/dL","2026-02-24T08:00"]]}','f45f5986c0411554fc80f5f3050af8c5d8c0514f5303e593e6879d7958fbcf1a','4c708f9403f5009a9ff404a35c9c95c298afd3a322376eebcbe12a3086a28ae5');
INSERT INTO "audit_entry" VALUES(15,'2026-11-23T03:40:48.901+00:00','tester','strike result',1,'{"reason":"hemolyzed","replaces":[3],"results":[[11,"ldl","108","mg/dL","2026-02-24T08:00"]]}','4c708f9403f5009a9ff404a35c9c95c298afd3a322376eebcbe12a3086a28ae5','460a2d3c92dbaf98a759bab7d3937616065234ec1c2f491ae4a005f92f21718f');
INSERT INTO "audit_entry" VALUES(16,'2026-11-23T03:40:48.921+00:00','tester','hold',1,'{"drug":"baricitinib","on":"2026-11-20","reason":"anc-below-1"}','460a2d3c92dbaf98a759bab7d3937616065234ec1c2f491ae4a005f92f21718f','25b47edaee58c3165016e7d96209c97943a9cf0baec5786a6cb8e597ec6aa26c');
INSERT INTO "audit_entry" VALUES(17,'2026-11-23T03:40:48.941+00:00','tester','resume',1,'{"drug":"baricitinib","held_since":["2026-11-20"],"on":"2026-11-21"}','25b47edaee58c3165016e7d96209c97943a9cf0baec5786a6cb8e597ec6aa26c','cff3f0e7ea9d11ec840788e5ac9258a209cb19a27685de854c89976cdede0e6f');
INSERT INTO "audit_entry" VALUES(18,'2026-11-23T03:40:48.961+00:00','tester','change dose',1,'{"dose_mg":1.0,"drug":"baricitinib","frequency":"daily","instead_of":[],"on":"2026-11-22","reason":"flare"}','cff3f0e7ea9d11ec840788e5ac9258a209cb19a27685de854c89976cdede0e6f','8a7aa493d953a7c3b35a1497da9d9952dd75e1c4f2cb7d3d22ba9490b71f1af0');
INSERT INTO "audit_entry" VALUES(19,'2026-11-23T03:40:48.981+00:00','tester','pin baseline',1,'{"analyte":"anc","at":"2026-02-24T08:00","drug":"baricitinib","reason":"fasting"}','8a7aa493d953a7c3b35a1497da9d9952dd75e1c4f2cb7d3d22ba9490b71f1af0','41424659274fd0e38b1feea47ac7797a24bd51626891865d32ae05a8e9a005ea');
INSERT INTO "audit_entry" VALUES(20,'2026-11-23T03:40:49.008+00:00','tester','acknowledge',1,'{"message":"ANC 0.82 ×10⁹/L on 2026-11-19 is below 1. Label says: interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above.","reason":"known","rule":"anc-below-1","until":"2026-12-24"}','41424659274fd0e38b1feea47ac7797a24bd51626891865d32ae05a8e9a005ea','7dbf65a8dc42fdd46201c3a9e1a836988b84523ec98f5ef03c80a200df547df0');
INSERT INTO "audit_entry" VALUES(21,'2026-11-23T03:40:49.083+00:00','tester','import',NULL,'{"files":[{"accepted":2,"amended":0,"duplicate":0,"file":"results.csv","layout":"results","refused":0,"sha256":"1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2","warned":1}],"patients":1}','7dbf65a8dc42fdd46201c3a9e1a836988b84523ec98f5ef03c80a200df547df0','35927a94341910ab85dcc21916e291e1cb3090d63c3cf9f5236d3e3ac7b8c020');
INSERT INTO "audit_entry" VALUES(22,'2026-11-23T03:40:49.083+00:00','tester','import',2,'{"added":{"results":2}}','35927a94341910ab85dcc21916e291e1cb3090d63c3cf9f5236d3e3ac7b8c020','c6296d4f2d442d9c0d867c1ac7addd19269a2ad3a6da6d8c27cb7be3cd4b2ac7');
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
INSERT INTO "finding" VALUES(1,'anc-below-1','met','urgent','','ANC 0.82 ×10⁹/L on 2026-11-19 is below 1. Label says: interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above.','bari-us [L]; bari-us-on [2]','[{"analyte":"anc","value":[0.82,0.82,false,false],"unit":"10*9/L","collected_on":"2026-11-19","limit":[1.0,1.0,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[4],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'anemia','met','watch','','Hb 11.2 g/dL on 2026-11-19 is below 12, baseline 13.4 on 2026-02-24, -16.4 %. The article asks for a blood count at baseline and periodically because of anemia.','article [A]; who-anemia [G]','[{"analyte":"hb","value":[11.2,11.2,false,false],"unit":"g/dL","collected_on":"2026-11-19","limit":[12.0,12.0,false,false],"baseline":[13.4,13.4,false,false],"baseline_on":"2026-02-24","method":"","result_ids":[5],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'egfr-30-60-dose','cannot evaluate','action','no-result','eGFR from 30 to below 60 and a daily dose above the label''s for it (EU: creatinine clearance from 30 to 60): cannot be evaluated: no usable result (eGFR).','bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'egfr-below-30','cannot evaluate','urgent','no-result','eGFR below 30 mL/min/1.73 m²: cannot be evaluated: no usable result (eGFR).','article [A]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'egfr-fall-25','cannot evaluate','watch','no-result;no-baseline','eGFR below three quarters of its baseline: cannot be evaluated: no usable result; no baseline result (eGFR).','kdigo [u]; variation [G]','[]');
INSERT INTO "finding" VALUES(1,'hb-fall-2','met','action','','Hb 11.2 g/dL on 2026-11-19 is below 11.4, baseline 13.4 on 2026-02-24, -16.4 %. The tofacitinib label says: interrupt when the hemoglobin has fallen by more than 2 g/dL from baseline, until it is normal.','omeract [u]','[{"analyte":"hb","value":[11.2,11.2,false,false],"unit":"g/dL","collected_on":"2026-11-19","limit":[11.4,11.4,false,false],"baseline":[13.4,13.4,false,false],"baseline_on":"2026-02-24","method":"","result_ids":[5],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'hys-law','cannot evaluate','urgent','no-result','ALT or AST at three times the upper limit or more, with bilirubin above twice its own, within 7 days; ALP not raised: cannot be evaluated: no usable result (Bili, ALT, AST).','fda-dili-2009 [2]; bari-us [L]','[]');
INSERT INTO "finding" VALUES(1,'ldl-rise-30','cannot evaluate','action','no-baseline','LDL cholesterol up by more than 30 % since treatment began: cannot be evaluated: no baseline result. Last: LDL 152 mg/dL on 2026-11-19.','article [A]; bari-us [L]','[{"analyte":"ldl","value":[152.0,152.0,false,false],"unit":"mg/dL","collected_on":"2026-11-19","limit":null,"baseline":null,"baseline_on":null,"method":"","result_ids":[6],"in_doubt":false,"baseline_method":""}]');
INSERT INTO "finding" VALUES(1,'neutropenia','met','watch','','ANC 0.82 ×10⁹/L on 2026-11-19 is below 1.5. The article asks for a blood count at baseline and periodically because of neutropenia.','article [A]; ctcae-v5 [G]','[{"analyte":"anc","value":[0.82,0.82,false,false],"unit":"10*9/L","collected_on":"2026-11-19","limit":[1.5,1.5,false,false],"baseline":null,"baseline_on":null,"method":"","result_ids":[4],"in_doubt":false,"baseline_method":""}]');
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
INSERT INTO "patient" VALUES(1,'10021','Okafor, Ada','1968-02-11','F',61.0,'555-0100','ada@example.org',17);
INSERT INTO "patient" VALUES(2,'20042','Beringer, Bo','1951-07-03','M',NULL,'','',4);
CREATE TABLE report_source (
	id INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	imported_at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	CONSTRAINT pk_report_source PRIMARY KEY (id)
);
INSERT INTO "report_source" VALUES(1,'1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2','csv','results.csv','2026-11-23T03:40:49.071+00:00','tester');
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
INSERT INTO "result" VALUES(1,'crp','2026-11-19T08:00:00',7,'2026-11-19T08:00','<0.5','mg/L','final',0.0,0.5,0,1,'','','',NULL,NULL,'','','','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-02-24T08:00:00',2,'2026-02-24T08:00','13.2','g/dL','final',13.2,13.2,0,0,'','','',NULL,NULL,'City lab','S1','','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-02-24T08:00:00',10,'2026-02-24T08:00','13.4','g/dL','corrected',13.4,13.4,0,0,'','','',NULL,NULL,'City lab','S1','typing error','','',NULL);
INSERT INTO "result" VALUES(1,'hb','2026-11-19T08:00:00',5,'2026-11-19T08:00','11.2','g/dL','final',11.2,11.2,0,0,'','','',NULL,NULL,'','','','','',NULL);
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
INSERT INTO "review" VALUES(1,11,'2026-11-23T03:40:48.901+00:00','tester');
INSERT INTO "review" VALUES(2,9,'2026-11-23T03:40:48.770+00:00','tester');
CREATE TABLE segment (
	patient_id INTEGER NOT NULL, 
	results BLOB NOT NULL, 
	CONSTRAINT pk_segment PRIMARY KEY (patient_id), 
	CONSTRAINT fk_segment_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);
INSERT INTO "segment" VALUES(1,X'010000000000000000D947ED00000000CDCCCCCCCCCC0840CDCCCCCCCCCC0840000000000000F87F000000000000F87F301C0E50434CD41102000400000000000000002BA9EE000000003D0AD7A3703DEA3F3D0AD7A3703DEA3F000000000000F87F000000000000F87FD233489BD760635E02000A0000000000000000D947ED00000000CDCCCCCCCCCC2A40CDCCCCCCCCCC2A40000000000000F87F000000000000F87F301C0E50434CD41104000500000000000000002BA9EE0000000066666666666626406666666666662640000000000000F87F000000000000F87FD233489BD760635E04000600000000000000002BA9EE0000000000000000000063400000000000006340000000000000F87F000000000000F87FD233489BD760635E0E000700000000000000002BA9EE000000000000000000000000000000000000E03F000000000000F87F000000000000F87FD233489BD760635E1502');
INSERT INTO "segment" VALUES(2,X'0C0000000000000090CF92EE000000003333333333332C403333333333332C40000000000000F87F000000000000F87FE9C0BDF5D0AEE613040008000000000000008074C2ED0000000000000000000036400000000000003640000000000000F87F000000000000F87FB5E5E4FDDAE4F367070009000000000000008074C2ED00000000CDCCCCCCCCCCEC3FCDCCCCCCCCCCEC3F000000000000F87F000000000000F87FB5E5E4FDDAE4F36711000D0000000000000080A293EE00000000000000000000F87F000000000000F87F000000000000F87F000000000000F87FA58FE34BD8DF0D2D0404');
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
CREATE UNIQUE INDEX uq_result_id ON result (id);
CREATE INDEX ix_assessment_worklist ON assessment (severity_rank, due_order, mrn, patient_id, state, gaps, search);
CREATE INDEX ix_assessment_tally ON assessment (state, gaps);
CREATE INDEX ix_finding_rule ON finding (rule);
CREATE INDEX ix_acknowledgement_patient_id ON acknowledgement (patient_id);
CREATE INDEX ix_audit_entry_patient_id ON audit_entry (patient_id);
CREATE INDEX ix_supersession_by_id ON supersession (by_id);
CREATE INDEX ix_supersession_patient_id ON supersession (patient_id);
CREATE TRIGGER result_no_update BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'result is written once'); END;
CREATE TRIGGER result_no_delete BEFORE DELETE ON result BEGIN SELECT RAISE(ABORT, 'result is written once'); END;
CREATE TRIGGER supersession_no_update BEFORE UPDATE ON supersession BEGIN SELECT RAISE(ABORT, 'supersession is written once'); END;
CREATE TRIGGER supersession_no_delete BEFORE DELETE ON supersession BEGIN SELECT RAISE(ABORT, 'supersession is written once'); END;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is written once'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is written once'); END;
COMMIT;
