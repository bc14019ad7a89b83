"""HL7 files as feeds: whole files, limits, every file of the reference data, and anything at all."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.hl7.reading import MSH, PID, Everything, everything, message, obx, read

from labtrack.catalogue import catalogue
from labtrack.core.errors import ImportFailed, LabtrackError
from labtrack.core.quantity import parse_quantity
from labtrack.exchange.encodings import CONTROL
from labtrack.exchange.hl7 import feed as module
from labtrack.exchange.hl7 import framing, source
from labtrack.exchange.hl7.feed import open_hl7
from labtrack.exchange.hl7.framing import Raw, frames_of
from labtrack.exchange.hl7.source import Source

#: Where a refusal stands that is of one result.
OF_A_RESULT = re.compile(r"message [0-9]+( \(control id .*\))?, OBX [0-9]+: ")
OF_A_MESSAGE = re.compile(r"message ([0-9]+)( \(control id .*\))?: MSH")
KINDS = [("\r", ""), ("\n", ""), ("\r\n", ""), ("\r", "\x0b"), ("\r", "\ufeff")]


def counts_add_up(found: Everything) -> None:
    """Every OBX of the messages that were read came to one report, count or refusal."""
    refused = {int(match[1]) for each in found.refusals if (match := OF_A_MESSAGE.match(each.column))}
    messages = [each for each in frames_of(Source(found.feed.path, found.feed._named)) if isinstance(each, Raw)]
    present = sum(segment.startswith(b"OBX") for raw in messages if raw.number not in refused for segment in raw.segments[1:])
    told = sum(bool(OF_A_RESULT.match(each.column)) for each in found.refusals)
    assert len(found.reports) + sum(found.kept_out.values()) + told == present


# Whole files


@pytest.mark.parametrize(("end", "start"), KINDS)
def test_the_same_messages_read_the_same_however_they_are_framed(end: str, start: str, tmp_path: Path) -> None:
    one, two = (message(PID.replace("777", str(value)), obx(str(value)), end=end) for value in (10, 20))
    close = "\x1c\r" if start == "\x0b" else ""
    found = read(tmp_path, start + one + close + (start if close else "") + two + close)
    assert [(each.line, each.value, found.people[each.person].identifiers[0].value) for each in found.reports] == [
        (4, "10", "10"),
        (9 if close else 8, "20", "20"),
    ]
    assert found.refusals == []


def test_a_feed_says_what_it_was_made_of(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx()))
    feed = found.feed
    assert (feed.format, feed.file, feed.encoding, feed.size) == ("hl7", "results.hl7", "utf-8", feed.path.stat().st_size)
    assert len(feed.sha256) == 64
    assert dict(feed.columns)["collected_at"] == "OBX-14"


def test_a_feed_read_twice_says_the_same(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx()) + message(PID.replace("777", "888"), obx("5"), obx("z" * 3000)))
    people = list(found.people)
    again = everything(found.feed)
    assert (again.reports, again.refusals, again.people) == (found.reports, found.refusals, people)


def test_a_missing_end_is_no_matter(tmp_path: Path) -> None:
    assert read(tmp_path, message(obx()).rstrip("\r")).report.value == "99"


def test_files_put_together_without_an_end_between_are_two_messages(tmp_path: Path) -> None:
    found = read(tmp_path, message(obx("1")).rstrip("\r") + message(obx("2")))
    assert [each.value for each in found.reports] == ["1", "2"]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"mrn,name\n1,a", b"FHS|^~\\&|\rPID|1\rFTS|0\r", b"MSH", b"\xef\xbb\xbf", b"\0" * 99])
def test_a_file_without_a_message_fails(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"results\.hl7 holds no HL7 message\. A message begins with MSH"):
        read(tmp_path, data)


def test_a_file_that_changed_after_it_was_opened_fails(tmp_path: Path) -> None:
    feed = read(tmp_path, message(obx())).feed
    for data in (message(obx("98")), "", "MSH|^~\\&|\r" * 9):
        feed.path.write_text(data)
        with pytest.raises(ImportFailed, match="changed while it was read"):
            everything(feed)
    feed.path.unlink()
    with pytest.raises(ImportFailed, match="changed while it was read"):
        everything(feed)


def test_a_message_that_is_too_large_fails_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST_ITEM", 1_000)
    with pytest.raises(ImportFailed, match=r"a message of more than .* Ask the sender"):
        read(tmp_path, message(*[obx()] * 20))
    monkeypatch.setattr(source, "LARGEST_FILE", 100)
    with pytest.raises(ImportFailed, match="Ask for the results in smaller files"):
        read(tmp_path, message(obx()))


def test_hostile_sizes_come_to_a_word(tmp_path: Path) -> None:
    found = read(
        tmp_path, message(obx("x" * 1_000_000, "ST"), obx() + "|" * 1_000_000, obx("1~" * 900 + "1"), "ZZZ|" + "^&~" * 100_000, obx("7"))
    )
    assert [each.value for each in found.reports] == ["99", "7"]
    assert [each.reason for each in found.refusals] == ["a value of more than 2,000 characters", "901 values in one field"]


def test_chunks_are_bounded_and_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(source, "_BLOCK", 512)
    path = tmp_path / "many.hl7"
    path.write_text("".join(message(MSH.replace("M1", f"M{number}"), obx(str(number))) for number in range(10)), newline="")
    feed, told = open_hl7(path, catalogue()), []
    sizes = [len(chunk.reports) for chunk in feed.chunks(told.append)]
    assert sizes == [3, 3, 3, 1]
    assert told == sorted(set(told))
    assert told[-1] == feed.size


# The reference data

PLT = ("777-3", "10*3/uL", "2024-03-01T08:00:00-05:00", "150", "400")


def plt(value: str, status: str = "final", unit: str = PLT[1], low: str = "150", high: str = "400", at: str = PLT[2]) -> tuple[str, ...]:
    return ("777-3", value, unit, at, low, high, status)


def si(code: str, value: str, unit: str, low: str = "", high: str = "") -> tuple[str, ...]:
    return (code, value, unit, PLT[2], low, high, "final")


DUCK = "2014-10-06T08:30:00+07:00"
UNKNOWN = ("OBX-3", "no LOINC code")
NOT_ORU = ("MSH-9", "labtrack reads results, ORU^R01")
OUTSIDE = ("outside of any message", "4 lines that belong to no message")
NO_BTS = ("BHS", "has no BTS at its end")
#: Of each file: its reports (analyte, value, unit, time, limits, status); where and why others were refused; how many are not followed.
FILES: dict[str, tuple[list[tuple[str, ...]], list[tuple[str, str]], int]] = {
    "hl7v2/elexis/1_08052011_NumerischeWerte.hl7": (
        [
            ("Hb", "15", "g/dl", "2011-05-08T00:00:00+01:00", "14.0", "18.0", "final"),
            ("HCT", "45", "%", "2011-05-08T00:00:00+01:00", "42.0", "54.0", "final"),
        ],
        [UNKNOWN],
        1,
    ),
    "hl7v2/hapi/00_v25_st_value.hl7": ([], [("OBX-3", "does not say what was measured")], 0),
    "hl7v2/hapi/03_missing_obx2.hl7": ([], [("OBX-3", "does not say what was measured")], 0),
    "hl7v2/hapi/12_msh2_two_enc_chars_FT_crlf.hl7": ([], [("PID-3", "no patient is named")], 0),
    "hl7v2/hapi/13_cholesterol_mmol_FT_escapes.hl7": (
        [("Cholesterol-serum", "2.30", "mmol/L", "2009-11-23T15:08", "", "", "final")],
        [UNKNOWN],
        0,
    ),
    "hl7v2/hapi/15_TX_status_I_tilde.hl7": ([], [UNKNOWN], 0),
    "hl7v2/hapi/22_rbc_tril_per_L.hl7": ([], [UNKNOWN], 0),
    "hl7v2/hapi/25_CE_alt_identifier_only_crlf.hl7": ([], [("message 1", "is no segment"), ("MSH", "its line is broken")], 0),
    "hl7v2/hapi/26_custom_delimiters_caret_field.hl7": ([], [("PID-3", "no patient is named")] * 2, 0),
    "hl7v2/hapi/31_abg_13_obx_no_setid.hl7": ([], [UNKNOWN] * 13, 0),
    "hl7v2/hapi/33_NM_repetition_tilde.hl7": ([], [UNKNOWN] * 2, 0),
    "hl7v2/hapi/36_pcd_device_not_lab.hl7": ([], [UNKNOWN] * 7, 0),
    "hl7v2/hapi/40_obx4_date_garbage.hl7": ([], [NOT_ORU], 0),
    "hl7v2/ms_fhir_converter/LAB-ORU-1.hl7": (
        [
            ("20509-6", "", "", "2014-10-06T05:35:00+07:00", "", "", "registered"),
            ("20570-8", "40.1", "%", DUCK, "", "", "preliminary"),
            ("26478-8", "20", "%", "2014-10-06T06:27:00+07:00", "", "", "preliminary"),
        ],
        [("OBX-3", "morphology"), ("OBX-3", "morphology"), ("OBX-3", "23761-0")],
        4,
    ),
    "hl7v2/ms_fhir_converter/LAB-ORU-2.hl7": (
        [
            ("26478-8", "20", "%", DUCK, "", "", "final"),
            ("20509-6", "13.4", "g/l-1", DUCK, "", "", "final"),
            ("20570-8", "39.7", "%", DUCK, "", "", "final"),
        ],
        [("OBX-3", "23761-0"), ("OBX-3", "morphology"), ("OBX-3", "morphology")],
        4,
    ),
    "hl7v2/ms_fhir_converter/ORU-R01-RMGEAD.hl7": ([], [UNKNOWN], 0),
    "hl7v2/ms_fhir_converter/OUL-R22-01.hl7": ([], [NOT_ORU], 0),
    "hl7v2/nhapi/ORF_R04_quest_a1c_not_ORU.hl7": ([], [NOT_ORU], 0),
    "hl7v2/nist_v2_validation/at_sign_field_percent_subcomp.hl7": ([], [], 1),
    "hl7v2/nist_v2_validation/std_delims_trunc_WWWW.hl7": ([], [], 1),
    "hl7v2/python_hl7/rep_sample_hl7.hl7": ([], [], 0),
    "hl7v2/python_hl7/sample_bad_batch1.hl7": ([], [NOT_ORU, NO_BTS, OUTSIDE, ("BTS-1", "says 1 message, 0 are here")], 0),
    "hl7v2/python_hl7/sample_bad_file1.hl7": (
        [],
        [NOT_ORU, NO_BTS, OUTSIDE, ("BTS-1", "says 1 message, 0 are here"), ("FTS-1", "says 1 batch, 2 are here")],
        0,
    ),
    "hl7v2/python_hl7/sample_batch1.hl7": ([], [NOT_ORU] * 2, 0),
    "hl7v2/python_hl7/sample_batch3.hl7": ([], [NOT_ORU, NO_BTS], 0),
    "hl7v2/python_hl7/sample_file.hl7": ([], [NOT_ORU], 0),
    "hl7v2/python_hl7/sample_file2.hl7": ([], [NOT_ORU] * 2, 0),
    "hl7v2/python_hl7/sample_file4.hl7": ([], [NOT_ORU], 0),
    "hl7v2/python_hl7/sample_file6.hl7": ([], [NOT_ORU], 0),
    "hl7v2/python_hl7/sample_msh.hl7": ([], [NOT_ORU], 0),
    "derived/hl7v2/batch_count_wrong_bts_5.hl7": ([plt("100"), plt("101"), plt("102")], [("BTS-1", "says 5 messages, 3 are here")], 0),
    "derived/hl7v2/batch_fhs_bhs_3.hl7": ([plt("100"), plt("101"), plt("102")], [], 0),
    "derived/hl7v2/charset_latin-1_msh18.hl7": ([plt("99")], [], 0),
    "derived/hl7v2/charset_latin-1_no_msh18.hl7": ([], [("MSH", "--encoding latin-1")], 0),
    "derived/hl7v2/dates_precision.hl7": (
        [
            plt("52", at="2024-03-01"),
            plt("53", at="2024-03-01T08:00"),
            plt("54", at="2024-03-01T08:15"),
            plt("55", at="2024-03-01T08:15:30.1234+13:45"),
        ],
        [
            ("OBR-7", "known only to the year"),
            ("OBR-7", "known only to the month"),
            ("OBR-7", "no such UTC offset"),
            ("OBR-7", "no such day"),
            ("OBX-14", "missing time"),
            ("OBR-7", "no such time of day"),
        ],
        0,
    ),
    "derived/hl7v2/duplicate_control_id.hl7": ([plt("99"), plt("99")], [], 0),
    "derived/hl7v2/escapes_units_names.hl7": (
        [
            plt("4.5", unit="x10^9/L", low="4.0", high="11.0"),
            plt("4.5", unit="10E3/uL", low="4.0", high="11.0"),
            plt("450", unit="K/uL", low="", high="<500"),
            plt("450", unit="thou/mm3"),
        ],
        [],
        0,
    ),
    "derived/hl7v2/lf_only.hl7": ([plt("99")], [], 0),
    "derived/hl7v2/mllp_framed_two.bin": ([plt("99"), plt("99")], [], 0),
    "derived/hl7v2/prelim_final_corrected_deleted_4msgs.hl7": (
        [plt("100", "preliminary"), plt("101"), plt("55", "corrected"), plt("", "entered-in-error")],
        [],
        0,
    ),
    "derived/hl7v2/si_units_mixed.hl7": (
        [
            si("2160-0", "142", "umol/L", "45", "90"),
            si("14682-9", "142", "umol/L", "45", "90"),
            si("718-7", "148", "g/L", "130", "175"),
            si("59260-0", "9.2", "mmol/L", "8.1", "10.9"),
            si("718-7", "7.2", "g/dL", "7.5", "10.0"),
            si("1975-2", "22", "umol/L", "0", "20"),
            si("2093-3", "6.8", "mmol/L", "", "<5.0"),
            si("2571-8", "2.4", "mmol/L", "", "<1.7"),
            si("33914-3", "34", "mL/min/1.73m2", ">90"),
            si("98979-8", ">90", "mL/min/{1.73_m2}", ">60"),
            si("26464-8", "105600", "{cells}/uL", "4300", "10800"),
            si("6690-2", "8.2", "giga.l-1", "4", "10"),
            si("1742-6", "0.72", "ukat/L", "", "<0.80"),
            si("1742-6", "40", "IU/L", "0", "41"),
        ],
        [],
        2,
    ),
    "derived/hl7v2/sn_comparators.hl7": (
        [
            plt(value)
            for value in (
                "<5",
                ">=60",
                "7.2",
                "2-5",
                "1:128",
                "<>3",
                "<5",
                "> 5.0",
                "1,234",
                "1.2E2",
                "+3.1",
                ".9",
                "8.1",
                "",
                "TNP",
                "HEMOLYZED",
                "5,3",
            )
        ],
        [],
        0,
    ),
    "derived/hl7v2/status_F_P_C_D_W_X_I_R_N.hl7": (
        [
            plt("10"),
            plt("11", "preliminary"),
            plt("12", "corrected"),
            plt("13", "entered-in-error"),
            plt("14", "entered-in-error"),
            plt("15", "cancelled"),
            plt("16", "registered"),
            plt("17", "preliminary"),
            plt("18", "cancelled"),
            plt("19", "preliminary"),
        ],
        [],
        0,
    ),
    "derived/hl7v2/two_patients_one_message.hl7": ([plt("10"), plt("20")], [], 0),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_reference_file_comes_to_what_it_says(name: str, shared: Path) -> None:
    found = everything(open_hl7(shared / "data" / "open" / name, catalogue()))
    reports, refusals, kept_out = FILES[name]
    told = [(each.analyte, each.value, each.unit, each.collected_at, each.ref_low, each.ref_high, each.status) for each in found.reports]
    assert told == reports
    assert len(found.refusals) == len(refusals), found.refusals
    for each, (column, reason) in zip(found.refusals, refusals, strict=True):
        assert re.search(rf"(^|[ :]){re.escape(column)}( \(control id .*\))?$", each.column), each
        assert reason in each.reason
    assert sum(found.kept_out.values()) == kept_out
    counts_add_up(found)


@pytest.mark.shared
def test_the_table_names_every_reference_file_of_messages(shared: Path) -> None:
    data = shared / "data" / "open"
    files = [path for folder in ("hl7v2", "derived/hl7v2") for path in (data / folder).rglob("*") if path.is_file()]
    found = {path.relative_to(data).as_posix() for path in files}
    assert found - set(FILES) == {"hl7v2/python_hl7/sample_bad_file3.hl7"}
    with pytest.raises(ImportFailed, match="no HL7 message"):
        open_hl7(data / "hl7v2/python_hl7/sample_bad_file3.hl7", catalogue())


@pytest.mark.shared
def test_reference_names_and_notes(shared: Path) -> None:
    data = shared / "data" / "open" / "derived" / "hl7v2"
    found = everything(open_hl7(data / "escapes_units_names.hl7", catalogue()))
    assert found.people[0].name == "Ann O'Br&ien|x"
    assert [each.note for each in found.reports] == ["", "laboratory's flag A", "", "laboratory's flag HH; line one line two A; rep1 rep2"]
    assert everything(open_hl7(data / "charset_latin-1_msh18.hl7", catalogue())).people[0].name == "Jürgen Müller"
    named = everything(open_hl7(data / "charset_latin-1_no_msh18.hl7", catalogue(), encoding="latin-1"))
    assert (named.people[0].name, len(named.reports)) == ("Jürgen Müller", 1)
    two = everything(open_hl7(data / "two_patients_one_message.hl7", catalogue()))
    assert [(two.people[each.person].identifiers[0].value, each.value) for each in two.reports] == [("PA777", "10"), ("PB777", "20")]
    versions = everything(open_hl7(data / "prelim_final_corrected_deleted_4msgs.hl7", catalogue())).reports
    assert {each.report_id for each in versions} == {"FIL1|777-3|"}
    assert everything(open_hl7(data / "duplicate_control_id.hl7", catalogue())).notices == []


@pytest.mark.shared
@pytest.mark.parametrize("subject", ["01-701-1115", "01-701-1363", "01-705-1186", "01-705-1349", "01-709-1029"])
def test_cross_format_is_what_was_expected(subject: str, shared: Path) -> None:
    folder = shared / "data" / "open" / "derived" / "cross_format"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["subject"] == subject]
    found = everything(open_hl7(folder / f"{subject}.hl7", catalogue()))
    expected = sorted(
        (row["loinc"], row["datetime"], row["result"], row["ucum"], row["ref_low"], row["ref_high"])
        for row in rows
        if catalogue().identify(row["loinc"], row["ucum"]) is not None
    )
    told = sorted((each.analyte, each.collected_at, each.value, each.unit, each.ref_low, each.ref_high) for each in found.reports)
    assert told == expected
    assert all(parse_quantity(each.value) is not None for each in found.reports)
    assert {found.people[each.person].identifiers[0].value for each in found.reports} == {subject}
    assert found.refusals == []
    assert len(found.reports) + sum(found.kept_out.values()) == len(rows)
    counts_add_up(found)


# Anything at all


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "any.hl7"


def is_safe(place: Path, data: bytes, encoding: str) -> None:
    """Whatever a file holds, it comes to what can be recorded, or to a failure with words."""
    place.write_bytes(data)
    with suppress(LabtrackError):
        found = everything(open_hl7(place, catalogue(), encoding=encoding))
        counts_add_up(found)
        for each in found.reports:
            texts = (each.value, each.unit, each.ref_low, each.ref_high, each.lab, each.specimen_id, each.note, each.report_id)
            assert CONTROL.search("".join(texts)) is None
            assert 0 <= each.person < len(found.people)
        for remark in (*found.refusals, *found.notices):
            assert remark.reason
            f"{remark.column}{remark.text}{remark.reason}".encode()


WORDS = [
    "MSH|^~\\&|",
    "PID|",
    "OBR|",
    "OBX|",
    "NTE|",
    "SPM|",
    "BHS|^~\\&|",
    "BTS|1",
    "\r",
    "\n",
    "\x0b",
    "\x1c\r",
    "|",
    "^",
    "~",
    "\\",
    "&",
    "ORU^R01",
    "NM",
    "777-3^^LN",
    "20240301",
    "5",
    "\\X41\\",
    "\xfc",
    "\0",
    '""',
    "\u200b",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=60), st.sampled_from(["", "latin-1", "utf-16-le"]))
def test_any_words_never_crash(place: Path, words: list[str], encoding: str) -> None:
    is_safe(place, ("MSH|^~\\&|A|B|||2024||ORU^R01|M|P\r" + "".join(words)).encode(), encoding)


@given(st.binary(max_size=300), st.sampled_from(["", "cp1252"]))
def test_any_bytes_never_crash(place: Path, data: bytes, encoding: str) -> None:
    is_safe(place, data, encoding)
    is_safe(place, b"MSH|^~\\&|A|B|||2024||ORU^R01|M|P\rPID|||7\r" + data, encoding)


@settings(max_examples=30)
@given(st.data())
def test_a_mutated_message_never_crashes(place: Path, data: st.DataObject) -> None:
    whole = bytearray(message(PID, obx(), obx("<^5", "SN"), "NTE|1||x", "SPM|1|S1").encode() * 2)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 20))
        whole[at : at + length] = data.draw(st.sampled_from([word.encode() for word in WORDS]) | st.binary(max_size=4))
    is_safe(place, bytes(whole), "")


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["derived/hl7v2/sn_comparators.hl7", "hl7v2/hapi/13_cholesterol_mmol_FT_escapes.hl7", "derived/hl7v2/mllp_framed_two.bin"]
)
def test_reference_files_cut_off_anywhere_never_crash(name: str, shared: Path, place: Path) -> None:
    data = (shared / "data" / "open" / name).read_bytes()
    for at in range(0, len(data), 61):
        is_safe(place, data[:at], "")
        is_safe(place, data[:at] + b"\r" + data[at + 3 :], "")


NUMBERS = st.decimals(0, 10_000, allow_nan=False, places=2).map(str) | st.from_regex(r"[<>]=?[0-9]{1,4}", fullmatch=True)
MESSAGES = st.lists(
    st.lists(st.tuples(NUMBERS, st.sampled_from(["NM", "ST", "SN"]), st.integers(0, 3)), max_size=4), min_size=1, max_size=5
)


@given(messages=MESSAGES, characters=st.permutations(list("|^~\\&*:;!$@#%_")), end=st.sampled_from(["\r", "\n", "\r\n"]))
def test_messages_of_any_characters_read_back_as_written(
    place: Path, messages: list[list[tuple[str, str, int]]], characters: list[str], end: str
) -> None:
    field, part, repetition, escape, sub = characters[:5]
    names = {field: "F", part: "S", repetition: "R", escape: "E", sub: "T"}

    def written(text: str) -> str:
        return "".join(f"{escape}{names[each]}{escape}" if each in names else each for each in text)

    def sent(value: str, kind: str) -> str:
        match = re.fullmatch(r"([<>]?=?)(.*)", value)
        assert match is not None
        return written(match[1]) + part + written(match[2]) if kind == "SN" else written(value)

    lines, expected = [], []
    for number, results in enumerate(messages):
        lines.append(
            field.join(["MSH", part + repetition + escape + sub, "LIS", "ACME", "", "", "", "", f"ORU{part}R01", str(number), "P", "2.5"])
        )
        patient = ""
        for value, kind, who in results:
            if patient != str(who):
                patient = str(who)
                lines.append(field.join(["PID", "", "", written(f"{who}|^&") + part * 3 + written("A~B")]))
            lines.append(
                field.join(
                    [
                        "OBX",
                        "",
                        kind,
                        f"777-3{part}{part}LN",
                        "",
                        sent(value, kind),
                        written("10*3/uL"),
                        "",
                        "",
                        "",
                        "",
                        "F",
                        "",
                        "",
                        "20240301",
                    ]
                )
            )
            expected.append((f"{who}|^&", "A~B", value))
    place.write_bytes(end.join(lines).encode())
    found = everything(open_hl7(place, catalogue()))
    assert [(*found.people[each.person].identifiers[0][:2], each.value) for each in found.reports] == expected
    assert {each.unit for each in found.reports} <= {"10*3/uL"}
    assert found.refusals == []
