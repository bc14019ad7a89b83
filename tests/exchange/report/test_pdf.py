"""The PDF: one page, all facts, nothing left out in silence, the same bytes for the same report."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.exchange.report.build import read_pdf, report, row, trend

from labtrack.exchange.report.model import Flag, Found, Item, Person, Sign
from labtrack.exchange.report.pdf import pdf_of


def test_one_page_holds_everything() -> None:
    (page,) = read_pdf(pdf_of(report()))
    for said in (
        *("City Rheumatology", "Okafor, Ada", "MRN 10021", "as of 22 Nov 2026", "Baricitinib 2 mg daily", "71 years old."),
        *("URGENT ANC 0.82 below 1 (label)", "Label says: interrupt.", "Rule anc-below-1.", "no baseline result: ldl-rise-30"),
        *("28 rules were asked.", "WBC", "Plt", "Never tested: ALT, AST", "26 Nov 2026, due now", "US prescribing information [L]"),
        *("anc-below-1 <1", "labtrack 0.1.0, rule set 2026.11 US.", "page 1 of 1"),
    ):
        assert said in page, said


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_the_paper_is_the_reports(paper: str, size: tuple[int, int]) -> None:
    reader = PdfReader(BytesIO(pdf_of(report(paper=paper))))
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    assert reader.metadata is not None
    assert reader.metadata.title == "Laboratory monitoring: Okafor, Ada"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf_of(report()) == pdf_of(report())


def test_calm_rows_that_have_no_room_are_told_briefly_and_counted() -> None:
    rows = (row("ANC", Flag.LOW, Sign.URGENT, 0), *(row(f"calm{number}") for number in range(60)), row("open", Flag.NONE))
    (page,) = read_pdf(pdf_of(report(rows=rows)))
    assert "Also in range: calm0 0.82; calm1 0.82" in page
    assert "calm59 0.82." in page
    assert "No reference range: open 0.82." in page
    assert "61 of 62 results are told briefly for want of room. The HTML page has them." in page


def test_flagged_rows_are_never_left_out() -> None:
    rows = tuple(row(f"low{number}", Flag.LOW, None, 0) for number in range(30))
    (page,) = read_pdf(pdf_of(report(rows=rows, trends=(trend(),) * 4)))
    assert all(f"low{number} " in page for number in range(30))
    assert "for want of room" in page


def test_findings_that_do_not_fit_go_on_to_a_second_page() -> None:
    found = tuple(Found(Sign.URGENT, "urgent", f"finding {number}", "said of it " * 12) for number in range(30))
    pages = read_pdf(pdf_of(report(found=found)))
    assert len(pages) == 2
    assert all(f"finding {number} " in " ".join(pages) for number in range(30))
    assert "page 1 of 2" in pages[0]
    assert "MRN 10021" in pages[1]


def test_characters_that_the_fonts_lack_are_told() -> None:
    (page,) = read_pdf(pdf_of(report(person=Person("山田 太郎", "1", "x"))))
    assert "□□ □□" in page
    assert "□ stands for a character that this PDF cannot print; the HTML page shows it." in page
    assert "□" not in read_pdf(pdf_of(report()))[0]


def test_what_is_not_there_is_said() -> None:
    (page,) = read_pdf(pdf_of(report(rows=(), gaps=(), dates=(), trends=(), found=(), sources=())))
    for said in ("Nothing was checked.", "Nothing is missing.", "No check is planned.", "Checked on 22 Nov 2026."):
        assert said in page


def test_the_plain_page_has_questions_and_dates_in_full() -> None:
    dates = tuple(Item(f"check{number}:", "1 Dec 2026.") for number in range(12))
    asks = tuple(f"question {number}" for number in range(8))
    (page,) = read_pdf(pdf_of(report(plain=True, asks=asks, dates=dates)))
    assert all(f"check{number}: 1 Dec 2026." in page for number in range(12))
    assert all(f"question {number}" in page for number in range(8))


@settings(max_examples=12)
@given(st.text(max_size=200), st.booleans())
def test_no_text_breaks_it(text: str, plain: bool) -> None:
    whole = report(
        plain=plain,
        person=Person(text, text[:20], text),
        clinic=text,
        treatment=text,
        found=(Found(Sign.WATCH, "watch", text, text, (text,)),),
        rows=(replace(row("ANC"), cells=(text[:40],) * 4),),
        gaps=(Item(text, text, text),),
        trends=(trend(title=text, latest=text, note=text),),
        footer=(text,),
    )
    assert len(PdfReader(BytesIO(pdf_of(whole))).pages) <= 2
