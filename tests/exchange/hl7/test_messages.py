"""One message: its type, its characters, its patients and orders, and the message that came before under the same number."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.hl7 import reading
from tests.exchange.hl7.reading import MSH, OBR, PID, message, obx, read

from labtrack.exchange.hl7 import messages as module


def header(kind: str = "ORU^R01", control: str = "M1", mode: str = "P", charset: str = "", characters: str = "|^~\\&") -> str:
    field = characters[0]
    parts = ["MSH", characters[1:], "LIS", "ACME", "", "", "20240301", "", kind.replace("^", characters[1]), control, mode, "2.5.1"]
    return field.join([*parts, "", "", "", "", "", charset])


@pytest.mark.parametrize("kind", ["ORU^R01", "ORU^R01^ORU_R01", "ORU", "oru^r01", "ORU_R01"])
def test_results_are_read(kind: str, tmp_path: Path) -> None:
    assert read(tmp_path, message(header(kind), obx())).report.value == "99"


@pytest.mark.parametrize(
    ("kind", "said"), [("ADT^A04^ADT_A01", "ADT^A04"), ("ORU^R30", "ORU^R30"), ("OUL^R22", "OUL^R22"), ("ORF^R04", "ORF^R04")]
)
def test_other_messages_are_refused_with_one_word_each(kind: str, said: str, tmp_path: Path) -> None:
    refusal = read(tmp_path, message(header(kind), obx(), obx())).refusal
    assert (refusal.line, refusal.column, refusal.text) == (1, "message 1 (control id M1): MSH-9", said)
    assert refusal.reason == f"a message of the type {said}: labtrack reads results, ORU^R01"
    assert "does not say its type" in read(tmp_path, message(header(""), obx())).refusal.reason


def test_a_message_for_training_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, message(header(mode="T"), obx()))
    assert len(found.reports) == 1
    assert [(each.column, each.reason) for each in found.notices] == [
        ("message 1 (control id M1): MSH-11", "the sender says that it is for training, not of a real patient")
    ]
    assert "debugging" in read(tmp_path, message(header(mode="D"), obx())).notices[0].reason


def test_a_message_without_results_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, message(PID, OBR))
    assert [each.reason for each in found.notices] == ["a message without results"]


# Patients and orders


def test_two_patients_in_one_message_are_never_mixed(tmp_path: Path) -> None:
    other = "PID|2||PB^^^ACME^MR||Other^Sam||19700102|M"
    bare = obx("20", f14="", f11="")
    found = read(tmp_path, message(PID, OBR, obx("10"), other, bare, OBR, obx("30"), "SPM|1|S1"))
    assert [(each.value, found.people[each.person].name, each.specimen_id) for each in found.reports] == [
        ("10", "Alex Test", ""),
        ("30", "Sam Other", "S1"),
    ]
    # of the first patient's order, neither its time nor its status reach the other's result
    assert [(each.line, each.column) for each in found.refusals] == [(6, "message 1 (control id M1), OBX 2: OBX-14")]


@pytest.mark.parametrize("line", ["ID|1||PB^^^ACME^MR||Other^Sam", "PID^1^^PB", "pid|1||PB", "1||PB^^^ACME^MR"])
def test_a_line_that_may_name_another_patient_ends_the_certainty(line: str, tmp_path: Path) -> None:
    found = read(tmp_path, message(PID, OBR, obx("10"), "NTE|1||of it", line, OBR, obx("20"), PID, OBR, obx("30")))
    assert [each.value for each in found.reports] == ["10", "30"]
    assert found.refusals[1].column == "message 1 (control id M1), OBX 2: PID-3"
    assert found.refusals[1].reason == "its patient is not certain: line 6, which cannot be read, may name another one"


def test_a_patient_glued_to_a_result_is_not_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, message(OBR, obx("10"), obx("15") + PID.replace("777", "PB"), OBR, obx("20")))
    assert ([each.value for each in found.reports], found.people[0].identifiers[0].value) == (["10"], "777")
    assert [each.line for each in found.refusals] == [5, 7]


def test_an_orc_ends_an_order(tmp_path: Path) -> None:
    found = read(tmp_path, message(OBR, obx("10"), "ORC|RE", obx("20", f14="")))
    assert ([each.value for each in found.reports], found.refusals[0].column) == (["10"], "message 1 (control id M1), OBX 2: OBX-14")


def test_a_result_without_a_patient_is_refused(tmp_path: Path) -> None:
    text = "\r".join([MSH, OBR, obx(), PID, OBR, obx("20")])
    found = read(tmp_path, text)
    assert [each.value for each in found.reports] == ["20"]
    assert [(each.line, each.column, each.text, each.reason) for each in found.refusals] == [
        (3, "message 1 (control id M1), OBX 1: PID-3", "777-3 Platelets", "no patient is named: no PID stands before it")
    ]


def test_a_patient_without_an_order_may_have_results(tmp_path: Path) -> None:
    report = read(tmp_path, "\r".join([MSH, PID, obx()])).report
    assert (report.report_id, report.collected_at) == ("", "2024-03-01T08:00:00-05:00")


def test_notes_belong_to_the_result_before_them(tmp_path: Path) -> None:
    before = [PID, "NTE|1||of the patient", OBR, "NTE|1||of the order"]
    after = [obx("1"), "NTE|1||one", "PRT|x", "ZNT|x", "NTE|2||two", obx("2"), "SPM|1|S1", "NTE|1||late"]
    found = read(tmp_path, message(*before, *after))
    assert [each.note for each in found.reports] == ["one; two", ""]


# Characters


@pytest.mark.parametrize("characters", ["|^~\\&", "^~|\\&", "@^~\\%#WWWW", "*:;!$", ",.-_+"])
def test_any_encoding_characters(characters: str, tmp_path: Path) -> None:
    field, part, repetition, escape, sub = characters[:5]
    table = str.maketrans({"|": field, "^": part, "~": repetition, "\\": escape, "&": sub})
    protected = "".join(f"{escape}{names}{escape}" for names in "FSRET")
    pid = "PID|1||777^^^ACME&1.2&ISO^MR~888||Test^Alex||19700102|F".translate(table)
    value = obx("@", "ST", f3="PLT^^L", f6="", f7="", f14="20240301").replace("@", "\0").translate(table).replace("\0", protected)
    text = "\r".join([header(characters=characters), pid, "OBR|1|O|F".translate(table), value])
    found = read(tmp_path, text, codes={"plt": "plt"})
    assert found.report.value == field + part + repetition + escape + sub
    assert [each[:2] for each in found.people[0].identifiers] == [("777", "ACME"), ("888", "")]


def test_characters_that_cannot_be_told_apart_refuse_the_message(tmp_path: Path) -> None:
    found = read(tmp_path, "MSH|^^\\&|LIS\r" + obx() + "\r" + message(header(control="M2"), obx()))
    assert (len(found.reports), found.refusals[0].column) == (1, "message 1: MSH")
    assert "cannot be told apart" in found.refusals[0].reason


def test_each_message_is_in_its_own_character_set(tmp_path: Path) -> None:
    pid = PID.replace("Test^Alex", "Müller^Jörg")
    one = message(header(control="M1", charset="8859/1"), pid, obx()).encode("latin-1")
    two = message(header(control="M2", charset="UNICODE UTF-8"), pid, obx()).encode()
    three = message(header(control="M3"), pid, obx()).encode("latin-1")
    found = read(tmp_path, one + two + three)
    assert [each.name for each in found.people] == ["Jörg Müller"]
    assert [(each.line, each.column) for each in found.refusals] == [(9, "message 3 (control id M3): MSH")]
    assert "--encoding latin-1" in found.refusals[0].reason
    assert len(read(tmp_path, one + two + three, encoding="latin-1").reports) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_holds_for_every_message(encoding: str, tmp_path: Path) -> None:
    pid = PID.replace("Test^Alex", "Müller^李")
    found = read(tmp_path, message(header(charset="8859/1"), pid, obx()).encode(encoding))
    assert (found.people[0].name, found.report.value) == ("李 Müller", "99")


# Control numbers


def test_a_control_number_that_comes_again_with_other_content_is_told(tmp_path: Path) -> None:
    same = message(header(), obx())
    assert read(tmp_path, same + same).notices == []
    assert read(tmp_path, same + message(header().replace("ACME", "OTHER"), obx("5"))).notices == []
    found = read(tmp_path, same + message(header(), obx("5")))
    assert [(each.line, each.column, each.text, each.reason) for each in found.notices] == [
        (5, "message 2 (control id M1): MSH-10", "M1", "this control id came before, on line 1, with other content: both are read")
    ]
    assert len(found.reports) == 2


def test_control_numbers_are_remembered_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    texts = [message(header(control=f"M{number}"), obx(str(value))) for value, number in enumerate((1, 2, 3, 1, 3))]
    assert [each.text for each in read(tmp_path, "".join(texts)).notices] == ["M3"]


def test_lines_that_are_no_segments_are_told_with_their_number(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx(), "NTE|1||cut\rhere\rand here"))
    assert [(each.line, each.column, each.text, each.reason) for each in found.refusals] == [
        (6, "message 1 (control id M1)", "here", "2 lines that are no segment: was the message cut off?")
    ]
    assert found.reports[0].note == "cut"


def test_a_message_in_a_broken_header_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, reading.MSH + "\rI|||777\r" + OBR + "\r" + obx())
    assert found.reports == []
    assert [each.column for each in found.refusals] == ["message 1 (control id M1)", "message 1 (control id M1): MSH"]


def test_a_header_that_is_too_long_to_be_believed_is_refused(tmp_path: Path) -> None:
    refusal = read(tmp_path, message(header().replace("ACME", "x" * 5_000), obx())).refusal
    assert (refusal.column, refusal.reason) == ("message 1 (control id M1): MSH", "MSH-4 is longer than 4,000 characters")


def test_messages_without_a_control_number_are_never_taken_for_one(tmp_path: Path) -> None:
    found = read(tmp_path, message(header(control=""), obx("1")) + message(header(control='""'), obx("2")))
    assert ([each.where for each in found.reports], found.notices) == (["message 1, OBX 1: ", "message 2, OBX 1: "], [])
