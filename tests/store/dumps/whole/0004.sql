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
INSERT INTO "acknowledgement" VALUES(1,1,'anc-below-1','2026.11 US','4','known','2026-12-24','2026-11-23T03:41:35.432+00:00','tester',NULL);
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
INSERT INTO "audit_entry" VALUES(1,'2026-11-23T03:41:35.004+00:00','tester','add patient',1,'{"birth_date":"1968-02-11","email":"ada@example.org","mrn":"10021","name":"Okafor, Ada","phone":"555-0100","seal":"1:92e3fb33e4a0f74fdc1068f7c5bd34f2","sex":"F","weight_kg":61.0}','0000000000000000000000000000000000000000000000000000000000000000','2d8c8f6046fbffc5e416a58e5fe294bf8f05ac45975238ceda5f469dd823ac14');
INSERT INTO "audit_entry" VALUES(2,'2026-11-23T03:41:35.033+00:00','tester','add patient',2,'{"birth_date":"1951-07-03","email":"","mrn":"20042","name":"Beringer, Bo","phone":"","seal":"1:4e04aa426a3cf934c9600d27590f568b","sex":"M","weight_kg":null}','2d8c8f6046fbffc5e416a58e5fe294bf8f05ac45975238ceda5f469dd823ac14','aa646d354c19c8c35f46c985e961ffb084395fc813f1670d7de1ef919a95d3ed');
INSERT INTO "audit_entry" VALUES(3,'2026-11-23T03:41:35.053+00:00','tester','start course',1,'{"dose_mg":2.0,"drug":"baricitinib","frequency":"daily","reason":"","seal":"1:f1e377323bd4aea736abf0586a8a9b3f","start_on":"2026-03-03"}','aa646d354c19c8c35f46c985e961ffb084395fc813f1670d7de1ef919a95d3ed','9d1ee03ffc6550f6c5d1e02472a8ea746f49f76bde69e178c35c662f1a0fa0a0');
INSERT INTO "audit_entry" VALUES(4,'2026-11-23T03:41:35.069+00:00','tester','start course',2,'{"dose_mg":15.0,"drug":"upadacitinib","frequency":"daily","reason":"","seal":"1:0bc8317029f03f1e113f9c90de3ab929","start_on":"2026-06-01"}','9d1ee03ffc6550f6c5d1e02472a8ea746f49f76bde69e178c35c662f1a0fa0a0','4809bcc3e47a30fd4b918181a6c402d28d7c02a109fec36ce920d49af272a688');
INSERT INTO "audit_entry" VALUES(5,'2026-11-23T03:41:35.083+00:00','tester','add event',1,'{"kind":"screen-tb","note":"negative","on":"2026-02-20","seal":"1:0099a7b19cac3f4628ac115060d4f9a1"}','4809bcc3e47a30fd4b918181a6c402d28d7c02a109fec36ce920d49af272a688','f1ffe71b76deeeac5c408dbe56d07fab28e070b890d99ead0b8de6155ea857f2');
INSERT INTO "audit_entry" VALUES(6,'2026-11-23T03:41:35.100+00:00','tester','add event',1,'{"kind":"screen-hepatitis-b","note":"negative","on":"2026-02-20","seal":"1:b0075e58ca912118196c2cb380480746"}','f1ffe71b76deeeac5c408dbe56d07fab28e070b890d99ead0b8de6155ea857f2','771518663c0e5c35e5c658139bc4f4bc728bc86bb481f0da8770d27dc0ddf4fb');
INSERT INTO "audit_entry" VALUES(7,'2026-11-23T03:41:35.124+00:00','tester','add event',1,'{"kind":"screen-hepatitis-c","note":"negative","on":"2026-02-20","seal":"1:fabf7207f3927471c95cf52427c55b7c"}','771518663c0e5c35e5c658139bc4f4bc728bc86bb481f0da8770d27dc0ddf4fb','c0727cadaa1fb1e82d1d38458d4c054915ae7027264d1065898f5b625581a896');
INSERT INTO "audit_entry" VALUES(8,'2026-11-23T03:41:35.141+00:00','tester','add event',1,'{"kind":"screen-diabetes","note":"negative","on":"2026-02-20","seal":"1:e4a95d0d22124540c8393d3ab0649bd3"}','c0727cadaa1fb1e82d1d38458d4c054915ae7027264d1065898f5b625581a896','6fd79a13401230669094a2471966d25705d4a31a419d54faeec31ec0abe89901');
INSERT INTO "audit_entry" VALUES(9,'2026-11-23T03:41:35.157+00:00','tester','add event',1,'{"kind":"herpes-zoster","note":"","on":"2026-05-01","seal":"1:a5a778de90f4a56f19d15f5bc6c98693"}','6fd79a13401230669094a2471966d25705d4a31a419d54faeec31ec0abe89901','219615790d4fef9a8ffbf29e716c8a9277db68ba166e8a49c6b23917c91f389a');
INSERT INTO "audit_entry" VALUES(10,'2026-11-23T03:41:35.177+00:00','tester','end event',1,'{"began_on":"2026-05-01","kind":"herpes-zoster","note":"","on":"2026-05-12","seal":"1:26aa36f3b276ec4629713a34edb68a64"}','219615790d4fef9a8ffbf29e716c8a9277db68ba166e8a49c6b23917c91f389a','dad1e2259790e3be1d86e3286452d0bb89b54500ac3741bc6b49df4312dc256b');
INSERT INTO "audit_entry" VALUES(11,'2026-11-23T03:41:35.198+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[1,"anc","3.1","10*9/L","2026-02-24T08:00"],[2,"hb","13.2","g/dL","2026-02-24T08:00"],[3,"ldl","108","mg/dL","2026-02-24T08:00"]],"seal":"1:b61635816f25b73be019406814e3e334"}','dad1e2259790e3be1d86e3286452d0bb89b54500ac3741bc6b49df4312dc256b','ddec5e454ea7d62d700cc106452441eb09145418ada12a0a95d28793c7fb0d56');
INSERT INTO "audit_entry" VALUES(12,'2026-11-23T03:41:35.217+00:00','tester','record results',1,'{"reason":"","replaces":[],"results":[[4,"anc","0.82","10*9/L","2026-11-19T08:00"],[5,"hb","11.2","g/dL","2026-11-19T08:00"],[6,"ldl","152","mg/dL","2026-11-19T08:00"],[7,"crp","<0.5","mg/L","2026-11-19T08:00"]],"seal":"1:bfeeed0c63904aa5382fed66e71d4701"}','ddec5e454ea7d62d700cc106452441eb09145418ada12a0a95d28793c7fb0d56','2382d8078d782f056ff8e71c6804ca23f80a4b710cf2658d994684a40ad51799');
INSERT INTO "audit_entry" VALUES(13,'2026-11-23T03:41:35.237+00:00','tester','record results',2,'{"reason":"","replaces":[],"results":[[8,"alt","22","U/L","2026-05-28T08:00"],[9,"creatinine","0.9","mg/dL","2026-05-28T08:00"]],"seal":"1:6079298f9684306a319a531acf03c196"}','2382d8078d782f056ff8e71c6804ca23f80a4b710cf2658d994684a40ad51799','8954797160ad9fa464988c2ff2b0a087b4a0f79849cdc9afd6a97ff710add1a3');
INSERT INTO "audit_entry" VALUES(14,'2026-11-23T03:41:35.308+00:00','tester','amend result',1,'{"reason":"typing error","replaces":[2],"results":[[10,"hb","13.4","g/dL","2026-02-24T08:00"]],"seal":"1:5b6eb3a4b9a377fbde3469fcecaf44ce"}','8954797160ad9fa464988c2ff2b0a087b4a0f79849cdc9afd6a97ff710add1a3','8f8dd72dbccdeb4f05013bf6f88b0edf90a7f3e91ea14589ea3b8c163fd0ff00');
INSERT INTO "audit_entry" VALUES(15,'2026-11-23T03:41:35.333+00:00','tester','strike result',1,'{"reason":"hemolyzed","replaces":[3],"results":[[11,"ldl","108","mg/dL","2026-02-24T08:00"]],"seal":"1:87c6a0a2b086eb2a6c0462b8b6ebe4ac"}','8f8dd72dbccdeb4f05013bf6f88b0edf90a7f3e91ea14589ea3b8c163fd0ff00','ff58a6a5f69903b923fbf9e51229a137c80b256231cf2182332da1097bccf9aa');
INSERT INTO "audit_entry" VALUES(16,'2026-11-23T03:41:35.353+00:00','tester','hold',1,'{"drug":"baricitinib","on":"2026-11-20","reason":"anc-below-1","seal":"1:b363a01233c616e9728f0f34acafe236"}','ff58a6a5f69903b923fbf9e51229a137c80b256231cf2182332da1097bccf9aa','ad7cb857f36b2f15f629af3965d6f6283e7a5330acae0a6d008299a52d5fabc7');
INSERT INTO "audit_entry" VALUES(17,'2026-11-23T03:41:35.373+00:00','tester','resume',1,'{"drug":"baricitinib","held_since":["2026-11-20"],"on":"2026-11-21","seal":"1:fd1fa9183270c1cee7a83e0d54a3a62b"}','ad7cb857f36b2f15f629af3965d6f6283e7a5330acae0a6d008299a52d5fabc7','a26c8bc869672e22d8803a2385029894bd5a16938d4e19f8b9265b892a279ebd');
INSERT INTO "audit_entry" VALUES(18,'2026-11-23T03:41:35.393+00:00','tester','change dose',1,'{"dose_mg":1.0,"drug":"baricitinib","frequency":"daily","instead_of":[],"on":"2026-11-22","reason":"flare","seal":"1:3d799afd878b041bd0939d54dfeabddb"}','a26c8bc869672e22d8803a2385029894bd5a16938d4e19f8b9265b892a279ebd','f06f16921606444d0e6ec06a24f0bf303c2ff0994a34d1a64153c016f961feb6');
INSERT INTO "audit_entry" VALUES(19,'2026-11-23T03:41:35.409+00:00','tester','pin baseline',1,'{"analyte":"anc","at":"2026-02-24T08:00","drug":"baricitinib","reason":"fasting","seal":"1:e8333b66a8bff69eaf7eb6e4b566cb35"}','f06f16921606444d0e6ec06a24f0bf303c2ff0994a34d1a64153c016f961feb6','5365a3ccacaf372edafaa83c2d7133664331592a03abd0f14adfd764ce06fce2');
INSERT INTO "audit_entry" VALUES(20,'2026-11-23T03:41:35.441+00:00','tester','acknowledge',1,'{"message":"ANC 0.82 ×10⁹/L on 2026-11-19 is below 1. Label says: interrupt while the ANC is below 1.0; it may be resumed at 1.0 or above.","reason":"known","rule":"anc-below-1","seal":"1:10fed1295304c3041ba3592705ef08bc","until":"2026-12-24"}','5365a3ccacaf372edafaa83c2d7133664331592a03abd0f14adfd764ce06fce2','d909ac3b597228148a695dd37cbd7870637ef058ce22e976eee3e714e4fd79de');
INSERT INTO "audit_entry" VALUES(21,'2026-11-23T03:41:35.569+00:00','tester','import',NULL,'{"files":[{"accepted":2,"amended":0,"duplicate":0,"file":"results.csv","layout":"results","refused":0,"sha256":"1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2","warned":1}],"patients":1}','d909ac3b597228148a695dd37cbd7870637ef058ce22e976eee3e714e4fd79de','79bb62cf23b873fdda7d8a86795546b500d8fccb5c7e6b013d4ea0e8c2866fae');
INSERT INTO "audit_entry" VALUES(22,'2026-11-23T03:41:35.569+00:00','tester','import',2,'{"added":{"results":2},"seal":"1:fc1ffed33e9682569ed2e86882a36fb9"}','79bb62cf23b873fdda7d8a86795546b500d8fccb5c7e6b013d4ea0e8c2866fae','677b018c9f9f2069caf7a124b967ed296b4bdc4f182e9fdddabfbf7664a296da');
INSERT INTO "audit_entry" VALUES(23,'2026-11-23T03:41:35.647+00:00','tester','import',NULL,'{"files":[{"accepted":2,"amended":0,"duplicate":0,"file":"x.hl7","layout":"hl7","refused":0,"sha256":"ed6954a3dba7a51a04d7357c356ca4e2bc4f30bf99a7d47dc5212e02a07278b3","warned":0}],"patients":1}','677b018c9f9f2069caf7a124b967ed296b4bdc4f182e9fdddabfbf7664a296da','10e0d85ce0758ddf99d0dbfff54ac0d70ca1dd0dda93bece5eb42b102805801a');
INSERT INTO "audit_entry" VALUES(24,'2026-11-23T03:41:35.648+00:00','tester','import',1,'{"added":{"results":2},"amended":[{"known to others as":{"ACME":["","P777"]}}],"seal":"1:835332c7154f71844eb610e96f7198f1"}','10e0d85ce0758ddf99d0dbfff54ac0d70ca1dd0dda93bece5eb42b102805801a','edadbc7bbae852a62c4242661a1d50809d08f6c7677a5f1142e8a64023984704');
INSERT INTO "audit_entry" VALUES(25,'2026-11-23T03:41:35.934+00:00','tester','add user',NULL,'{"role":"clinician","row":"01b257674d8d4e35b20f61edfdd28febdebcecc8a487cfa8f391ea6973ed8914","user":"maria"}','edadbc7bbae852a62c4242661a1d50809d08f6c7677a5f1142e8a64023984704','345eb69b75d1ae1b6bad100d907c14e2429abc31815d3c4c9ca573261e9b5834');
INSERT INTO "audit_entry" VALUES(26,'2026-11-23T03:41:36.265+00:00','maria','sign in',NULL,'{"key":"7d7b54","user":"maria"}','345eb69b75d1ae1b6bad100d907c14e2429abc31815d3c4c9ca573261e9b5834','edbe3ed11e59c99a8ed62d6da49bfc7a8fb500963c2953934c92b67321d86d52');
INSERT INTO "audit_entry" VALUES(27,'2026-11-23T03:41:36.583+00:00','maria','add user',NULL,'{"role":"viewer","row":"141dcb9dda5ee084732fa1baf5834ffa95f98fa33cbce16d9892e40b11c1bd69","user":"vera"}','edbe3ed11e59c99a8ed62d6da49bfc7a8fb500963c2953934c92b67321d86d52','7e307df1442fb2dcc7e5d6e4d9ba4b4b1700a95060a240d22cf91b62a3ca837b');
INSERT INTO "audit_entry" VALUES(28,'2026-11-23T03:41:36.978+00:00','maria','add user',1,'{"role":"patient","row":"81108b62071ec6f8d52bb76d99d0349dc38b11e5f9039242381cf816a948f0d0","user":"ada"}','7e307df1442fb2dcc7e5d6e4d9ba4b4b1700a95060a240d22cf91b62a3ca837b','41ee0b69c26287cc9b82c8af0c5494325d9f59958182ccc5d744ef70c8d0121f');
INSERT INTO "audit_entry" VALUES(29,'2026-11-23T03:41:36.981+00:00','maria','disable user',NULL,'{"row":"2408c9783e27068da3c7ea17cfdce04bc908408c57fa055e4ce1d5910dfb6598","user":"vera"}','41ee0b69c26287cc9b82c8af0c5494325d9f59958182ccc5d744ef70c8d0121f','2049d40eff21384b7abfc2eb435956dcc2d92298a074b01b8428b5181a25b74f');
INSERT INTO "audit_entry" VALUES(30,'2026-11-23T03:41:36.985+00:00','maria','view',2,'{"view":"page"}','2049d40eff21384b7abfc2eb435956dcc2d92298a074b01b8428b5181a25b74f','b176871ad0d0a272aa6fdb79ed8d6024dac4c99ca753d7b366228714b096e2f5');
INSERT INTO "audit_entry" VALUES(31,'2026-11-23T03:41:36.999+00:00','maria','list',NULL,'{"view":"verification"}','b176871ad0d0a272aa6fdb79ed8d6024dac4c99ca753d7b366228714b096e2f5','5ed156a1375ebafb7aba3aaeba10c350f933cf494882226f5a4ca78b81c318b2');
INSERT INTO "audit_entry" VALUES(32,'2026-11-23T03:41:37.464+00:00','root','sign in failed',NULL,'{"failed":1,"key":"6c0fc6","next_at":"2026-11-23T03:41:38.062+00:00","user":"ada"}','5ed156a1375ebafb7aba3aaeba10c350f933cf494882226f5a4ca78b81c318b2','d4216ae2d67fca8e876e2a2c1d4f0c17813496a6c8134d79a6c6bbc680623734');
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
CREATE TABLE failed_sign_in (
	name_key VARCHAR NOT NULL, 
	failed INTEGER NOT NULL, 
	next_at VARCHAR NOT NULL, 
	CONSTRAINT pk_failed_sign_in PRIMARY KEY (name_key)
);
INSERT INTO "failed_sign_in" VALUES('6c0fc6',1,'2026-11-23T03:41:38.062+00:00');
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
INSERT INTO "report_source" VALUES(1,'1fcda30aec2ecb3fd3d0cd1370188dce84608165ab8110cf60e81d3e04dacdc2','csv','results.csv','2026-11-23T03:41:35.556+00:00','tester');
INSERT INTO "report_source" VALUES(2,'ed6954a3dba7a51a04d7357c356ca4e2bc4f30bf99a7d47dc5212e02a07278b3','hl7','x.hl7','2026-11-23T03:41:35.635+00:00','tester');
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
INSERT INTO "review" VALUES(1,11,'2026-11-23T03:41:35.333+00:00','tester');
INSERT INTO "review" VALUES(2,9,'2026-11-23T03:41:35.237+00:00','tester');
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
INSERT INTO "user" VALUES(1,'maria','clinician',NULL,'$argon2id$v=19$m=65536,t=3,p=4$bgEMcVZwg2ConOPjnWB3Tg$6dVB6+S40n/sBKCd1E52LBBtA0nQcqauurHccj5cZX0','2026-11-23T03:41:35.934+00:00',NULL,25);
INSERT INTO "user" VALUES(2,'vera','viewer',NULL,'$argon2id$v=19$m=65536,t=3,p=4$fbHZNui0vAzZ1smWPhxBZA$gI1hWcTi+I5n3vbHI8x/d4h1lnKX+5TcmWN3P9ZXoMo','2026-11-23T03:41:36.583+00:00','2026-11-23T03:41:36.981+00:00',29);
INSERT INTO "user" VALUES(3,'ada','patient',1,'$argon2id$v=19$m=65536,t=3,p=4$pXpeX8eWejdiKgvCu26xBw$FxS9BIVmPIraz2PqbWloKefklIOwkamUXBUTxR/v6zE','2026-11-23T03:41:36.978+00:00',NULL,28);
CREATE INDEX ix_patient_identifier_patient_id ON patient_identifier (patient_id);
CREATE UNIQUE INDEX uq_result_id ON result (id);
CREATE INDEX ix_assessment_worklist ON assessment (severity_rank, due_order, mrn, patient_id, state, gaps, search);
CREATE INDEX ix_assessment_tally ON assessment (state, gaps);
CREATE INDEX ix_finding_rule ON finding (rule);
CREATE INDEX ix_acknowledgement_patient_id ON acknowledgement (patient_id);
CREATE INDEX ix_audit_entry_add_user ON audit_entry (id) WHERE action = 'add user';
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
