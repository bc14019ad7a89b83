"""HL7 v2 files through the whole import: every OBX in one count, and what of each numbered surprise stands in the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.clinic.import_outcome import FileCount
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.core.errors import ImportFailed
from labtrack.core.record import Result, Unusable
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.store import Store

TODAY = date(2026, 11, 22)
MSH = "MSH|^~\\&|LIS|ACME|LABTRACK|CLINIC|20240301101500-0500||ORU^R01^ORU_R01|M1|P|2.5.1"
PID = "PID|1||777^^^ACME^MR||Test^Alex||19700102|F"
OBR = "OBR|1|ORD1|FIL{order}|58410-2^CBC panel^LN|||{at}|||||||||||||||20240301101000-0500|||F"
AT = "20240301080000-0500"


@dataclass
class Taken:
    """What an import of one file came to."""

    count: FileCount
    store: Store
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Accepted, duplicate, not followed, refused, patients added."""
        each = self.count
        return each.accepted, each.duplicate, each.kept_out, each.refused, each.patients_added

    @property
    def results(self) -> list[Result]:
        """Every result of patient 777, superseded ones too, in order of entry."""
        with self.store.read() as reader:
            return sorted(reader.results(1), key=lambda each: each.result_id)

    @property
    def standing(self) -> list[tuple[str, str, str, str]]:
        """Analyte, value, unit and status of what stands."""
        return [(each.analyte, each.value_text, each.unit, each.status.value) for each in self.results if not each.superseded]

    @property
    def reasons(self) -> list[str]:
        """Why something was refused."""
        return [each.reason for each in self.refusals]


def imported(folder: Path, path: Path) -> Taken:
    """A file imported into an empty clinic."""
    store = Store.open(folder / "clinic.db", actor="tester")
    refusals: list[Refusal] = []
    notices: list[Notice] = []
    options = ImportOptions(add_patients=True, format="hl7", on_refusal=refusals.append, on_notice=notices.append)
    outcome = import_files(store, [path], options, catalogue=catalogue(), today=TODAY)
    return Taken(outcome.files[0], store, refusals, notices)


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Taken]:
    """Import messages, each a list of segments after PID; an order of its own unless one is among them."""

    def take(*messages: list[str], end: str = "\r") -> Taken:
        lines = []
        for number, segments in enumerate(messages, 1):
            order = [] if any(each.startswith("OBR") for each in segments) else [OBR.format(order=number, at=AT)]
            lines += [MSH.replace("|M1|", f"|M{number}|"), PID, *order, *segments]
        path = tmp_path / "results.hl7"
        path.write_bytes(end.join([*lines, ""]).encode())
        return imported(tmp_path, path)

    return take


def obx(value: str, code: str = "777-3^Platelets^LN", unit: str = "10*3/uL^^UCUM", *, limits: str = "150-400", status: str = "F",
        at: str = AT, kind: str = "NM", sub: str = "") -> str:  # fmt: skip
    return f"OBX|1|{kind}|{code}|{sub}|{value}|{unit}|{limits}||||{status}|||{at}"


# The numbered surprises


def test_right_code_with_wrong_unit(take: Callable[..., Taken]) -> None:
    found = take([obx("13.4", "20509-6^Hemoglobin^LN", "g/l-1"), obx("8.2", "718-7^Hemoglobin^LN", "mmol/L")])
    (unknown,) = found.results
    assert (unknown.value_text, unknown.unit, unknown.unusable) == ("13.4", "g/l-1", Unusable.UNIT)
    assert len(found.reasons) == 1, "hemoglobin in bare mmol/L can be of the monomer or of the tetramer"
    assert found.refusals[0].column.endswith("OBX 2: OBX-5")


def test_same_instant_twice(take: Callable[..., Taken]) -> None:
    found = take([obx("100"), obx("101")])
    assert [each[1] for each in found.standing] == ["100", "101"], "both stand: neither says that it replaces the other"
    assert any("clashes with 100" in each.reason for each in found.notices)


def test_same_instant_twice_in_two_messages_of_one_value_is_one_result(take: Callable[..., Taken]) -> None:
    same = [OBR.format(order=1, at=AT), obx("100")]
    found = take(same, same)
    assert found.counts == (1, 1, 0, 0, 1)


@pytest.mark.parametrize("at", [AT, "20240301093000-0500"], ids=["same time", "time corrected"])
def test_correction_after_final(take: Callable[..., Taken], at: str) -> None:
    order = OBR.format(order=1, at=AT)
    found = take([order, obx("100", status="P")], [order, obx("101")], [order, obx("55", status="C", at=at)])
    assert found.standing == [("plt", "55", "10*3/uL", "corrected")]
    assert len(found.results) == 3, "what was corrected is kept"


def test_a_correction_of_another_order_leaves_the_first_alone(take: Callable[..., Taken]) -> None:
    found = take([obx("101")], [obx("55", status="C")])
    assert sorted(each[1] for each in found.standing) == ["101", "55"]


@pytest.mark.parametrize("status", ["D", "W"])
def test_deletion(take: Callable[..., Taken], status: str) -> None:
    order = OBR.format(order=1, at=AT)
    found = take([order, obx("101")], [order, obx('""', status=status)])
    assert found.standing == [("plt", "", "10*3/uL", "entered-in-error")]


def test_a_cancellation_strikes_nothing_and_says_so(take: Callable[..., Taken]) -> None:
    order = OBR.format(order=1, at=AT)
    found = take([order, obx("101")], [order, obx("", status="X")])
    assert found.standing[0] == ("plt", "101", "10*3/uL", "final")
    assert any("cancelled alone does not strike it" in each.reason for each in found.notices)


def test_censored(take: Callable[..., Taken]) -> None:
    found = take([obx("<^5", kind="SN", sub="1"), obx(">=^60", "98979-8^eGFR^LN", "mL/min/{1.73_m2}", kind="SN", limits="")])
    readings = {each.analyte: each.value for each in found.results}
    platelets, egfr = readings["plt"], readings["egfr"]
    assert platelets is not None
    assert (platelets.high, platelets.high_open) == (5.0, True)
    assert egfr is not None
    assert (egfr.low, egfr.low_open) == (60.0, False)


def test_two_units_under_one_code(take: Callable[..., Taken]) -> None:
    code = "731-0^Lymphocytes^LN"
    found = take([obx("1.2", code, "K/uL", sub="1"), obx("1300", code, "/uL", sub="2", at="20240302080000-0500")])
    assert [each.value.low for each in found.results if each.value] == [1.2, 1.3], "the unit decides, not the code"


def test_missing_time(take: Callable[..., Taken]) -> None:
    found = take([OBR.format(order=1, at=""), obx("99", at="")])
    assert found.reasons == ["missing time: it does not say when the specimen was taken"]
    assert found.refusals[0].column.endswith("OBX 1: OBX-14")


def test_a_time_after_today_is_refused(take: Callable[..., Taken]) -> None:
    assert take([obx("99", at="20991231080000-0500")]).reasons == ["after today (2026-11-22)"]


def test_inverted_range(take: Callable[..., Taken]) -> None:
    found = take([obx("99", limits="400-150")])
    (result,) = found.results
    assert (result.ref_low, result.ref_high) == ("400", "150")
    limits = (result.lower_limit, result.upper_limit)
    assert all(limit is not None and limit != limit for limit in limits), "no number is below or above limits that cannot be read"


def test_zero_width_spaces(take: Callable[..., Taken]) -> None:
    found = take([obx("\u200b99\ufeff", "777\u200b-3^Plate\u200blets^LN", "10*3/uL\u200b"), obx("\u200b", "6690-2^WBC^LN")])
    (result,) = found.results
    assert (result.analyte, result.value_text, result.unit) == ("plt", "99", "10*3/uL")
    assert found.reasons == ["value is empty"]


@pytest.mark.parametrize(
    "code", ["11156-7^LEUKOCYTES^LN", "11125-2^PLATELETS^LN", "789-8^WBC^LN", "4548-4^Hemoglobin^LN", "2089-1^VLDL^LN"]
)
def test_wrong_codes_in_the_wild(take: Callable[..., Taken], code: str) -> None:
    found = take([obx("99", code)])
    assert found.counts[:2] == (0, 0)
    assert [each.column[-5:] for each in found.refusals] == ["OBX-3"]


def test_two_patients_in_one_message_are_never_mixed(take: Callable[..., Taken]) -> None:
    other = "PID|1||888^^^ACME^MR||Other^Sam||19800102|M"
    found = take(
        [obx("10"), other, OBR.format(order=1, at=AT), obx("20"), other.replace("PID", "ID"), OBR.format(order=2, at=AT), obx("30")]
    )
    assert [each[1] for each in found.standing] == ["10"]
    with found.store.read() as reader:
        assert [each.value_text for each in reader.results(2)] == []
    assert any("is not certain" in each for each in found.reasons)


# Every reference file

#: Accepted, duplicate, not followed, refused, patients added; and the OBX of messages that are refused as a whole.
FILES = {
    "derived/hl7v2/batch_count_wrong_bts_5.hl7": (3, 0, 0, 1, 3, 0),  # the count of the batch is refused
    "derived/hl7v2/batch_fhs_bhs_3.hl7": (3, 0, 0, 0, 3, 0),
    "derived/hl7v2/charset_latin-1_msh18.hl7": (1, 0, 0, 0, 1, 0),
    "derived/hl7v2/charset_latin-1_no_msh18.hl7": (0, 0, 0, 1, 0, 1),  # not UTF-8, and it does not say what it is
    "derived/hl7v2/dates_precision.hl7": (4, 0, 0, 6, 1, 0),  # year, month, no time, 24:00, 31 February, -24:00
    "derived/hl7v2/duplicate_control_id.hl7": (1, 1, 0, 0, 1, 0),
    "derived/hl7v2/escapes_units_names.hl7": (4, 0, 0, 0, 1, 0),
    "derived/hl7v2/lf_only.hl7": (1, 0, 0, 0, 1, 0),
    "derived/hl7v2/mllp_framed_two.bin": (1, 1, 0, 0, 1, 0),  # the same report of the same order
    "derived/hl7v2/prelim_final_corrected_deleted_4msgs.hl7": (4, 0, 0, 0, 1, 0),
    "derived/hl7v2/si_units_mixed.hl7": (14, 0, 2, 0, 1, 0),  # HbA1c and red cells are not followed
    "derived/hl7v2/sn_comparators.hl7": (13, 1, 0, 3, 1, 0),  # <5 twice; null, 1,234 and 5,3 are refused
    "derived/hl7v2/status_F_P_C_D_W_X_I_R_N.hl7": (10, 0, 0, 0, 1, 0),
    "derived/hl7v2/two_patients_one_message.hl7": (2, 0, 0, 0, 2, 0),
    "hl7v2/elexis/1_08052011_NumerischeWerte.hl7": (2, 0, 1, 1, 1, 0),  # hemoglobin and hematocrit by name; MCV is unknown
    "hl7v2/hapi/00_v25_st_value.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/hapi/03_missing_obx2.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/hapi/12_msh2_two_enc_chars_FT_crlf.hl7": (0, 0, 0, 1, 0, 0),  # no patient
    "hl7v2/hapi/13_cholesterol_mmol_FT_escapes.hl7": (1, 0, 0, 1, 1, 0),
    "hl7v2/hapi/15_TX_status_I_tilde.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/hapi/22_rbc_tril_per_L.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/hapi/25_CE_alt_identifier_only_crlf.hl7": (0, 0, 0, 2, 0, 1),  # its PID has lost its name
    "hl7v2/hapi/26_custom_delimiters_caret_field.hl7": (0, 0, 0, 2, 0, 0),
    "hl7v2/hapi/31_abg_13_obx_no_setid.hl7": (0, 0, 0, 13, 0, 0),
    "hl7v2/hapi/33_NM_repetition_tilde.hl7": (0, 0, 0, 2, 0, 0),
    "hl7v2/hapi/36_pcd_device_not_lab.hl7": (0, 0, 0, 7, 0, 0),
    "hl7v2/hapi/40_obx4_date_garbage.hl7": (0, 0, 0, 1, 0, 1),
    "hl7v2/ms_fhir_converter/LAB-ORU-1.hl7": (3, 0, 4, 3, 1, 0),  # morphology codes sent as counts
    "hl7v2/ms_fhir_converter/LAB-ORU-2.hl7": (3, 0, 4, 3, 1, 0),
    "hl7v2/ms_fhir_converter/ORU-R01-RMGEAD.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/ms_fhir_converter/OUL-R22-01.hl7": (0, 0, 0, 1, 0, 7),
    "hl7v2/nhapi/ORF_R04_quest_a1c_not_ORU.hl7": (0, 0, 0, 1, 0, 1),
    "hl7v2/nist_v2_validation/at_sign_field_percent_subcomp.hl7": (0, 0, 1, 0, 0, 0),
    "hl7v2/nist_v2_validation/std_delims_trunc_WWWW.hl7": (0, 0, 1, 0, 0, 0),
    "hl7v2/python_hl7/rep_sample_hl7.hl7": (0, 0, 0, 0, 0, 0),
    "hl7v2/python_hl7/sample_bad_batch1.hl7": (0, 0, 0, 4, 0, 0),
    "hl7v2/python_hl7/sample_bad_file1.hl7": (0, 0, 0, 5, 0, 0),
    "hl7v2/python_hl7/sample_batch1.hl7": (0, 0, 0, 2, 0, 0),
    "hl7v2/python_hl7/sample_batch3.hl7": (0, 0, 0, 2, 0, 0),
    "hl7v2/python_hl7/sample_file.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/python_hl7/sample_file2.hl7": (0, 0, 0, 2, 0, 0),
    "hl7v2/python_hl7/sample_file4.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/python_hl7/sample_file6.hl7": (0, 0, 0, 1, 0, 0),
    "hl7v2/python_hl7/sample_msh.hl7": (0, 0, 0, 1, 0, 0),
}  # fmt: skip


def of_results(found: Taken) -> int:
    """How many of the refusals are each about one OBX."""
    return sum(", OBX " in each.column for each in found.refusals)


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_every_result_of_a_reference_file_is_in_one_count(name: str, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "open" / name
    found = imported(tmp_path, path)
    *counts, of_refused_messages = FILES[name]
    assert found.counts == tuple(counts)
    present = len(re.findall(rb"(?:^|[\r\n])OBX", path.read_bytes()))
    accepted, duplicate, kept_out, _, _ = found.counts
    assert accepted + duplicate + kept_out + of_results(found) + of_refused_messages == present
    assert all(each.reason and each.column for each in found.refusals)


@pytest.mark.shared
def test_no_reference_file_is_left_out(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "open"
    every = {
        str(each.relative_to(folder)) for under in ("hl7v2", "derived/hl7v2") for each in (folder / under).rglob("*") if each.is_file()
    }
    assert every - set(FILES) == {"hl7v2/python_hl7/sample_bad_file3.hl7"}
    with pytest.raises(ImportFailed, match="holds no HL7 message"):
        imported(tmp_path, folder / "hl7v2/python_hl7/sample_bad_file3.hl7")


# Anything at all

WORDS = st.sampled_from([
    "", "99", "<5", "1,234", '""', "abc", "777-3^Platelets^LN", "718-7^Hb^LN", "6690-2^WBC^LN", "2345-7^Glucose^LN", "10*3/uL", "g/dL",
    "20240301", "20240301080000-0500", "2024", "F", "C", "D", "X", "NM", "SN", "ST", "^5~6", "\\T\\", "\\X00\\", "150-400", "\u200b", "é",
    "'=1", "\x00", "888^^^ACME^MR", "777", "^^^^",
])  # fmt: skip
SEGMENTS = st.tuples(st.sampled_from(["PID", "OBR", "OBX", "OBX", "NTE", "SPM", "ORC", "ZZZ"]), st.lists(WORDS, max_size=16)).map(
    lambda each: "|".join([each[0], *each[1]])
) | st.sampled_from([PID, OBR.format(order=1, at=AT), obx("99"), obx("101"), obx("55", status="C"), obx('""', status="D"), MSH, "x|y"])


def in_whole_messages(segments: list[str]) -> int:
    """The OBX, but for messages that are refused as a whole: those whose header is cut by a line that is no segment."""
    messages = "\r".join([MSH, PID, *segments]).split(MSH)
    return sum(each.count("\rOBX") for each in messages if not each.startswith("\rx|y"))


@settings(max_examples=8, deadline=None)
@given(st.lists(SEGMENTS, max_size=14), st.sampled_from(["\r", "\n", "\r\n"]))
def test_whatever_the_segments_say_every_result_is_in_one_count(
    tmp_path_factory: pytest.TempPathFactory, segments: list[str], end: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "any.hl7"
    path.write_bytes(end.join([MSH, PID, *segments, ""]).encode())
    found = imported(folder, path)
    accepted, duplicate, kept_out, refused, _ = found.counts
    assert accepted + duplicate + kept_out + of_results(found) == in_whole_messages(segments)
    assert refused == len(found.refusals)
    again = import_files(found.store, [path], ImportOptions(add_patients=True, format="hl7"), catalogue=catalogue(), today=TODAY)
    assert again.files[0].accepted == 0, "the same file twice changes nothing"
