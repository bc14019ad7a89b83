"""One OBX: exactly one report, refusal or count; each surprise of the reference data under its name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.hl7.reading import OBR, message, obx, read

PLATELETS = "message 1 (control id M1), OBX 1: "


def test_a_report_says_everything_as_printed(tmp_path: Path) -> None:
    found = read(
        tmp_path, message(obx("99", f8="L", f23="Central Lab^L", f4="1"), "NTE|1|L|seen\\.br\\twice~again", "SPM|1|S9&ACME^F9||BLD")
    )
    assert found.report == (
        4,
        PLATELETS,
        0,
        "777-3",
        "99",
        "10*3/uL",
        "2024-03-01T08:00:00-05:00",
        "150",
        "400",
        "Central Lab",
        "S9",
        "final",
        "laboratory's flag L; seen twice again",
        "FIL1|777-3|1",
    )
    assert found.feed.columns["value"] == "OBX-5"


# What is measured


def test_loinc_decides_wherever_it_stands(tmp_path: Path) -> None:
    for coded in ("PLT^Platelets^L^777-3^Platelets^LN", "777-3^^LN", "PLT^x^L^^^^^^Platelets^777-3^^LN", "777\u200b-3^Platelets^LN"):
        assert read(tmp_path, message(obx(f3=coded))).report.analyte == "777-3"


def test_local_codes_and_names(tmp_path: Path) -> None:
    assert read(tmp_path, message(obx(f3="PLT1^Thrombos^L")), codes={"plt1": "plt"}).report.analyte == "plt"
    assert read(tmp_path, message(obx(f3="X1^Platelets^L"))).report.analyte == "Platelets"
    assert "no LOINC code, and PLT1 Thrombos is no code" in read(tmp_path, message(obx(f3="PLT1^Thrombos^L"))).refusal.reason
    assert read(tmp_path, message(obx(f3=""))).refusal.column == f"{PLATELETS}OBX-3"


def test_what_labtrack_does_not_follow_is_counted(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx(f3="2345-7^Glucose^LN"), obx(f3="2345-7^Glucose^LN", kind="ED")))
    assert (found.reports, found.refusals, dict(found.kept_out)) == ([], [], {"2345-7 Glucose": 2})


@pytest.mark.parametrize(
    ("coded", "reason"),
    [
        ("789-8^WBC^LN", "789-8"),
        ("11156-7^LEUKOCYTES^LN", "morphology"),
        ("11125-2^PLATELETS^LN", "morphology"),
        ("4548-4^Hemoglobin^LN", "4548-4"),
        ("777-3^Hemoglobin^LN", "the code 777-3 is Platelets, but its name is Hemoglobin"),
        ("777-3^Platelets^LN^718-7^Hb^LN", "its codes say different things"),
    ],
)
def test_wrong_codes_in_the_wild(coded: str, reason: str, tmp_path: Path) -> None:
    refusal = read(tmp_path, message(obx(f3=coded))).refusal
    assert reason in refusal.reason
    assert (refusal.line, refusal.column, refusal.text) == (4, f"{PLATELETS}OBX-3", coded)


def test_2089_1_is_ldl_and_never_vldl(tmp_path: Path) -> None:
    assert read(tmp_path, message(obx("20", f3="2089-1^VLDL^LN", f6="mg/dL"))).refusal.reason


# Values, units, ranges


def test_right_code_with_wrong_unit(tmp_path: Path) -> None:
    # the unit that was sent goes with the value; what it means is not for the reader to settle
    report = read(tmp_path, message(obx("13.4", f3="20509-6^Hemoglobin^LN", f6="g/l-1"))).report
    assert (report.value, report.unit) == ("13.4", "g/l-1")
    assert read(tmp_path, message(obx("99", f6=""))).report.unit == ""


def test_two_units_under_one_code(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx("1.2", f3="731-0^Lymphocytes^LN", f6="K/uL"), obx("1200", f3="731-0^Lymphocytes^LN", f6="/uL")))
    assert [(each.value, each.unit) for each in found.reports] == [("1.2", "K/uL"), ("1200", "/uL")]


def test_censored(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx("<^5", "SN"), obx(">=^60", "SN"), obx("<5"), obx("> 5.0", "ST")))
    assert [each.value for each in found.reports] == ["<5", ">=60", "<5", "> 5.0"]


def test_inverted_range(tmp_path: Path) -> None:
    report = read(tmp_path, message(obx(f7="400-150"))).report
    assert (report.ref_low, report.ref_high) == ("400", "150")


@pytest.mark.parametrize(
    ("raw", "limits"), [("&lt;500", ("", "<500")), ("70_105", ("70_105", "70_105")), ('""', ("", "")), ("150 to 400", ("150", "400"))]
)
def test_ranges_are_read_or_stand_on_both_sides(raw: str, limits: tuple[str, str], tmp_path: Path) -> None:
    assert read(tmp_path, message(obx(f7=raw))).report[7:9] == limits


def test_zero_width_spaces(tmp_path: Path) -> None:
    report = read(tmp_path, message(obx("9\u200b9", f3="777\u200b-3^Plate\u200blets^L\u200bN", f6="10*3/uL\u200b"))).report
    assert (report.analyte, report.value) == ("777-3", "9\u200b9")


def test_control_characters_are_refused_in_values_and_gone_from_notes(tmp_path: Path) -> None:
    assert read(tmp_path, message(obx("9\x009"))).refusal.reason == "holds the control character U+0000"
    refusal = read(tmp_path, message(obx(f6="10*3\x1b[2J"))).refusal
    assert (refusal.column, refusal.reason, refusal.text) == (f"{PLATELETS}OBX-6", "holds the control character U+001B", "10*3␛[2J")
    report = read(tmp_path, message(obx(f8="H\x07"), "NTE|1|L|a\x00b")).report
    assert report.note == "laboratory's flag H; a b"


def test_a_long_value_is_refused_and_a_long_note_is_cut(tmp_path: Path) -> None:
    refusal = read(tmp_path, message(obx("x" * 1_000_000, "TX"))).refusal
    assert (refusal.column, len(refusal.text)) == (f"{PLATELETS}OBX-5", 200)
    report = read(tmp_path, message(obx(), *(f"NTE|{number}|L|{'y' * 300}" for number in range(9)))).report
    assert len(report.note) == 500


# Status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("F", "final"),
        ("U", "final"),
        ("C", "corrected"),
        ("P", "preliminary"),
        ("R", "preliminary"),
        ("S", "preliminary"),
        ("I", "registered"),
        ("D", "entered-in-error"),
        ("W", "entered-in-error"),
        ("X", "cancelled"),
        ("N", "cancelled"),
        (" f ", "final"),
    ],
)
def test_every_result_status(said: str, status: str, tmp_path: Path) -> None:
    found = read(tmp_path, message(obx(f11=said)))
    assert (found.report.status, found.notices) == (status, [])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("F~C", "more than one result status"),
        ("O", "an order's detail (O)"),
        ("Z", "OBX-11 Z, that labtrack does not know"),
        ("FINAL", "FINAL"),
    ],
)
def test_a_status_that_is_none_of_a_result_is_refused(said: str, reason: str, tmp_path: Path) -> None:
    refusal = read(tmp_path, message(obx(f11=said))).refusal
    assert (refusal.column, refusal.text) == (f"{PLATELETS}OBX-11", said)
    assert reason in refusal.reason


def test_final_without_the_value_sent_again_is_refused(tmp_path: Path) -> None:
    assert "ask for it" in read(tmp_path, message(obx("", f11="U"))).refusal.reason


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ("F", "final"),
        ("C", "corrected"),
        ("P", "preliminary"),
        ("A", "preliminary"),
        ("I", "registered"),
        ("S", "registered"),
        ("X", "cancelled"),
    ],
)
@pytest.mark.parametrize("said", ["", '""'])
def test_without_a_status_it_is_the_orders(said: str, order: str, status: str, tmp_path: Path) -> None:
    found = read(tmp_path, message(OBR[:-1] + order, obx(f11=said)))
    assert (found.report.status, found.notices) == (status, [])


@pytest.mark.parametrize("order", ["", "O", "Z", "?"])
def test_without_any_status_it_is_unknown_and_told(order: str, tmp_path: Path) -> None:
    found = read(tmp_path, message(OBR[:-1] + order, obx(f11="")))
    assert found.report.status == "unknown"
    assert [(each.column, each.reason) for each in found.notices] == [
        (f"{PLATELETS}OBX-11", "it does not say whether the result is final: kept, but not used")
    ]


def test_deletion(tmp_path: Path) -> None:
    report = read(tmp_path, message(obx('""', f11="D"))).report
    assert (report.status, report.value, report.report_id) == ("entered-in-error", "", "FIL1|777-3|")


def test_correction_after_final(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx("101")) + message(obx("55", f11="C", f14="20240301090000-0500")))
    assert [(each.status, each.value, each.report_id) for each in found.reports] == [
        ("final", "101", "FIL1|777-3|"),
        ("corrected", "55", "FIL1|777-3|"),
    ]


def test_same_instant_twice(tmp_path: Path) -> None:
    # two results of one name in one message: the name is no identity of either, and neither replaces the other
    found = read(tmp_path, message(obx("10"), obx("20"), obx("30", f4="2")))
    assert [(each.value, each.collected_at, each.report_id) for each in found.reports] == [
        ("10", "2024-03-01T08:00:00-05:00", ""),
        ("20", "2024-03-01T08:00:00-05:00", ""),
        ("30", "2024-03-01T08:00:00-05:00", "FIL1|777-3|2"),
    ]


@pytest.mark.parametrize(
    ("order", "own", "report_id"),
    [
        ("OBR|1|O|F1^LAB^1.2^ISO|x", "", "F1^LAB|777-3|"),
        ("OBR|1|O|F1^^1.2^ISO|x", "", "F1^1.2|777-3|"),
        ("ORC|RE|O|F2^LAB\rOBR|1|O||x", "", "F2^LAB|777-3|"),
        ("OBR|1|O||x", "", ""),
        ("OBR|1|O||x", "E1^LAB", "OBX-21^LAB|E1|"),
        ("OBR|1|O|A\\F\\B|x", "", "A¦B|777-3|"),
        ('OBR|1|O|""|x', "", ""),
    ],
)
def test_the_identity_is_the_fillers(order: str, own: str, report_id: str, tmp_path: Path) -> None:
    assert read(tmp_path, message(order, obx(f21=own))).report.report_id == report_id


# Time, specimen, laboratory


def test_missing_time(tmp_path: Path) -> None:
    refusal = read(tmp_path, message("OBR|1|O|F|x||||||||||||||||||20240301101000|||F", obx(f14=""))).refusal
    assert (refusal.column, refusal.reason) == (f"{PLATELETS}OBX-14", "missing time: it does not say when the specimen was taken")


def test_the_time_is_the_results_else_the_orders_else_the_specimens(tmp_path: Path) -> None:
    bare, specimen = "OBR|1|O|F|x", "SPM|1|S||BLD|||||||||||||20240303^20240304"
    assert read(tmp_path, message(OBR, obx(f14="20240302"), specimen)).report.collected_at == "2024-03-02"
    assert read(tmp_path, message(OBR, obx(f14='""'), specimen)).report.collected_at == "2024-03-01T08:00:00-05:00"
    assert read(tmp_path, message(bare, obx(f14=""), specimen)).report.collected_at == "2024-03-03"


def test_a_time_that_is_not_whole_is_refused_where_it_stands(tmp_path: Path) -> None:
    refusal = read(tmp_path, message("OBR|1|O|F|x|||202403", obx(f14=""))).refusal
    assert (refusal.column, refusal.text, refusal.reason) == (f"{PLATELETS}OBR-7", "202403", "known only to the month")
    assert read(tmp_path, message(obx(f14="20240301^L"))).refusal.reason == "known only to the month"
    assert read(tmp_path, message(obx(f14="20240231"))).refusal.column == f"{PLATELETS}OBX-14"


def test_an_hour_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx(f14="2024030108")))
    assert found.report.collected_at == "2024-03-01T08:00"
    assert [(each.column, each.text) for each in found.notices] == [(f"{PLATELETS}OBX-14", "2024030108")]


def test_several_specimens_are_not_mixed(tmp_path: Path) -> None:
    order, one, other = "OBR|1|O|F|x", "SPM|1|S1||BLD|||||||||||||20240303", "SPM|2|S2||BLD|||||||||||||20240304"
    assert read(tmp_path, message(obx(), one, other)).report.specimen_id == ""
    assert read(tmp_path, message(obx(f33="S2&X"), one, other)).report.specimen_id == "S2"
    refusal = read(tmp_path, message(order, obx(f14=""), one, other)).refusal
    assert (refusal.column, refusal.reason) == (f"{PLATELETS}SPM-17", "2 specimens, taken at different times")


@pytest.mark.parametrize(
    ("fields", "lab"),
    [
        ({"f23": "Century^L", "f15": "C^Central"}, "Century"),
        ({"f15": "33D^Big Laboratory^CLIA"}, "Big Laboratory"),
        ({"f15": "42"}, "ACME"),
        ({}, "ACME"),
    ],
)
def test_the_laboratory_is_the_performing_one_else_the_sender(fields: dict[str, str], lab: str, tmp_path: Path) -> None:
    assert read(tmp_path, message(obx(**fields))).report.lab == lab


def test_a_nameless_sender_leaves_the_performing_ones_code(tmp_path: Path) -> None:
    assert read(tmp_path, message(obx(f15="42"), "MSH|^~\\&|LIS||||||ORU^R01|M1|P|2.5")).report.lab == "42"
    assert read(tmp_path, message(obx(), "MSH|^~\\&|LIS|^1.2.3^ISO|||||ORU^R01|M1|P|2.5")).report.lab == "1.2.3"


# What cannot be believed


def test_a_broken_line_is_no_result(tmp_path: Path) -> None:
    # 13.5 cut after 13 would be another number
    found = read(tmp_path, message(OBR, obx(), "OBX|2|NM|718-7^Hb^LN||13\r.5|g/dL|12-16||||F"))
    assert [(each.line, each.column, each.reason) for each in found.refusals] == [
        (6, "message 1 (control id M1)", "a line that is no segment: was the message cut off?"),
        (5, "message 1 (control id M1), OBX 2: OBX", "its line is broken: the next one is no segment"),
    ]
    assert [each.value for each in found.reports] == ["99"]


def test_nothing_is_taken_under_a_broken_patient_or_order(tmp_path: Path) -> None:
    found = read(tmp_path, message("PID|1||77\r7^^^ACME^MR", obx()))
    assert (found.reports, found.people) == ([], [])
    assert found.refusals[1].reason == "its patient is not certain: its line is broken: the next one is no segment"
    found = read(tmp_path, message("OBR|1|O|F|x|||2024030108\r15", obx(f14="")))
    assert (found.reports, found.refusals[1].column) == ([], f"{PLATELETS}OBR")


def test_a_result_that_goes_on_in_another_segment_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx("13", f6="", f7="", f11="", f14=""), "ADD|.5|g/dL", obx("20")))
    assert [each.value for each in found.reports] == ["20"]
    assert "its line is broken" in found.refusals[0].reason


def test_a_field_that_is_too_long_is_refused(tmp_path: Path) -> None:
    refusal = read(tmp_path, message(obx(f6="x" * 5_000))).refusal
    assert (refusal.column, refusal.reason) == (f"{PLATELETS}OBX", "OBX-6 is longer than 4,000 characters")
