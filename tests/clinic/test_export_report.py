"""Reports as files: named safely, private, whole, one page, and refused with the next step."""

from __future__ import annotations

import stat
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.clinic.homes import ADA, record
from tests.exchange.report.build import read_pdf

from labtrack.clinic import Clinic
from labtrack.clinic.export_report import file_names, write_reports
from labtrack.core.errors import LabtrackError, UsageError
from labtrack.core.record import Patient, Sex

DAY = date(2026, 11, 19)
HOSTILE = "<script>alert('x')</script> [bold]x[/] & \"q\" אבג " + "n" * 150


def write(clinic: Clinic, out: Path, *, plain: bool = False, units: str = "conventional", ids: list[int] | None = None) -> list[Path]:
    with clinic.store.read() as reader:
        return write_reports(clinic.judge, reader, out, ids, clinic.today, plain=plain, clinic_name="City Rheumatology", units=units)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_gets_both_files_of_each_patient_for_its_owner_alone(ada: Clinic, tmp_path: Path) -> None:
    ada.add_patient(Patient("10022", "Lind, Per", date(1955, 1, 1), Sex.MALE))
    record(ada, DAY, anc="0.82 10*9/L")
    out = tmp_path / "reports"
    written = write(ada, out)
    assert [each.name for each in written] == ["10021.html", "10021.pdf", "10022.html", "10022.pdf"]
    assert mode(out) == 0o700
    assert {mode(each) for each in written} == {0o600}
    assert sorted(each.name for each in out.iterdir()) == sorted(each.name for each in written)


@pytest.mark.parametrize("plain", [False, True])
def test_the_facts_are_on_one_page_of_pdf_and_in_the_html(ada: Clinic, tmp_path: Path, plain: bool) -> None:
    record(ada, date(2026, 2, 20), anc="3.1 10*9/L")
    record(ada, DAY, anc="0.82 10*9/L", hb="13 g/dL")
    html, pdf = write(ada, tmp_path / "out", plain=plain)
    (page,) = read_pdf(pdf.read_bytes())
    said = ["Okafor, Ada", "10021", "City Rheumatology", "0.82", "19 Nov 2026", "22 Nov 2026"]
    said += ["Hemoglobin", "Ask your clinic about"] if plain else ["Hb", "anc-below-1", "Where article and label differ"]
    for each in said:
        assert each in page, each
        assert each in html.read_text(encoding="utf-8"), each


def test_one_file_for_one_patient(ada: Clinic, tmp_path: Path) -> None:
    assert write(ada, tmp_path / "ada.PDF") == [tmp_path / "ada.PDF"]
    assert write(ada, tmp_path / "ada.html") == [tmp_path / "ada.html"]
    assert mode(tmp_path / "ada.html") == 0o600
    ada.add_patient(Patient("10022", "Lind, Per", None, Sex.MALE))
    with pytest.raises(UsageError) as caught:
        write(ada, tmp_path / "all.pdf")
    assert "--patient" in caught.value.next_step
    assert not (tmp_path / "all.pdf").exists()
    with pytest.raises(UsageError, match="docx"):
        write(ada, tmp_path / "ada.docx")
    with pytest.raises(UsageError):
        write(ada, tmp_path / "x", units="metric")


def test_a_folder_that_cannot_be_made_is_told(ada: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LabtrackError, match="cannot be made"):
        write(ada, tmp_path / "file" / "reports")
    with pytest.raises(LabtrackError, match="cannot be written"):
        write(ada, tmp_path / "nowhere" / "ada.html")


def test_without_the_library_nothing_is_written(ada: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking() -> None:
        raise LabtrackError("A PDF needs the library fpdf2.", "Install it.")

    monkeypatch.setattr("labtrack.clinic.export_report.require_fpdf", lacking)
    with pytest.raises(LabtrackError):
        write(ada, tmp_path / "reports")
    assert not (tmp_path / "reports").exists()
    assert write(ada, tmp_path / "ada.html")  # HTML needs none


def test_the_same_record_gives_the_same_bytes(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, anc="0.82 10*9/L")
    one, other = write(ada, tmp_path / "one"), write(ada, tmp_path / "other")
    assert [each.read_bytes() for each in one] == [each.read_bytes() for each in other]


@pytest.mark.parametrize("plain", [False, True])
def test_a_hostile_name_is_text(clinic: Clinic, tmp_path: Path, plain: bool) -> None:
    clinic.add_patient(Patient("..-etc&x", HOSTILE, date(1950, 1, 1), Sex.FEMALE))
    html, pdf = write(clinic, tmp_path / "out", plain=plain)
    text = html.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; [bold]x[/] &amp; &quot;q&quot; אבג" in text
    reader = PdfReader(BytesIO(pdf.read_bytes()))
    assert len(reader.pages) == 1
    assert "<script>alert('x')</script> [bold]x[/] & \"q\" □□□" in read_pdf(pdf.read_bytes())[0]
    assert html.parent == tmp_path / "out"


def test_no_number_leads_out_of_the_folder_or_takes_anothers_name() -> None:
    names = list(file_names(["../../etc/passwd", "a/b", "a\\b", "", "con", "A1", "a1", "x" * 300, "é"]))
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") for name in names)
    assert names[4] != "con"
    assert len({name.casefold() for name in names}) == len(names)


@given(st.lists(st.text(max_size=120), unique=True, max_size=12))
def test_any_numbers_get_safe_names_of_their_own(mrns: list[str]) -> None:
    names = list(file_names(mrns))
    assert len({name.casefold() for name in names}) == len(mrns)
    for name in names:
        assert name
        assert len(name) <= 160
        assert "/" not in name
        assert not name.startswith((".", "-"))


def test_units_are_for_display(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, hb="13 g/dL")
    write(ada, tmp_path / "ada.html", units="SI")
    assert "130" in (tmp_path / "ada.html").read_text(encoding="utf-8")


def test_only_those_named_are_written(ada: Clinic, tmp_path: Path) -> None:
    ada.add_patient(Patient("10022", "Lind, Per", None, Sex.MALE))
    with ada.store.read() as reader:
        (mine,) = [each.id for each in reader.patients() if each.patient.mrn == ADA.mrn]
    assert [each.stem for each in write(ada, tmp_path / "out", ids=[mine])] == [ADA.mrn, ADA.mrn]
