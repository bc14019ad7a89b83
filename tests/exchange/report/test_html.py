"""The HTML file: one file that asks for nothing, runs nothing, and shows every text as text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.report.build import report, row, trend

from labtrack.core.text import visible
from labtrack.exchange.report.html import datum, html_of
from labtrack.exchange.report.model import Flag, Found, Item, Person, Sign


class Page(HTMLParser):
    """Tags, attributes and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts))


def test_it_holds_everything() -> None:
    page = Page(html_of(report()))
    assert not page.open
    for said in (
        *("City Rheumatology", "Okafor, Ada", "MRN 10021", "as of 22 Nov 2026", "Baricitinib 2 mg daily", "71 years old."),
        *("‼ urgent ANC 0.82 below 1 (label)", "Label says: interrupt.", "Rule anc-below-1.", "no baseline result: ldl-rise-30"),
        *("28 rules were asked.", "WBC", "Plt", "Never tested: ALT, AST", "26 Nov 2026, due now", "US prescribing information"),
        *("2026-11-19: 0.82", "labtrack 0.1.0, rule set 2026.11 US."),
    ):
        assert said in page.text, said


def test_it_asks_for_nothing_and_runs_nothing() -> None:
    text = html_of(report())
    assert text.startswith("<!doctype html>")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "a", "base", "form"} & set(page.tags)
    assert not {"src", "href", "style", "onload"} & {name for name, _ in page.attributes}
    assert "url(" not in text
    assert "@import" not in text
    assert ("lang", "en") in page.attributes
    assert ("charset", "utf-8") in page.attributes


def test_the_policy_names_the_style_by_its_hash() -> None:
    text = html_of(report())
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in text


def test_text_of_another_direction_is_isolated() -> None:
    assert datum("אבג <b>") == "<bdi>אבג &lt;b&gt;</bdi>"
    page = html_of(report(person=Person("אבג", "1", "x")))
    assert "<h1><bdi>אבג</bdi></h1>" in page


@given(st.text(max_size=200))
def test_any_name_or_note_is_shown_as_it_is(text: str) -> None:
    whole = report(
        person=Person(text, text, text),
        clinic=text,
        treatment=text,
        found=(Found(Sign.WATCH, "watch", text, text, (text,)),),
        rows=(replace(row("ANC"), cells=(text, text, text, text)),),
        gaps=(Item(text, text, text),),
        trends=(trend(title=text, latest=text, note=text),),
        footer=(text,),
    )
    page = Page(html_of(whole))
    assert not page.open
    plain = Page(html_of(report()))
    assert set(page.tags) <= set(plain.tags) | {"figcaption"}
    if text.strip():
        assert re.sub(r"\s+", " ", visible(text)).strip() in page.text


def test_what_is_not_there_is_said() -> None:
    page = Page(html_of(report(rows=(), gaps=(), dates=(), trends=(), found=())))
    for said in ("Nothing was checked.", "Nothing is missing.", "No check is planned."):
        assert said in page.text
    assert "svg" not in page.tags


def test_a_flag_is_a_word_and_a_shape() -> None:
    whole = html_of(report(rows=(row("ANC", Flag.LOW, Sign.URGENT, 0),)))
    assert '<tr class="out">' in whole
    assert "↓" in whole
    assert "‼" in whole


def test_the_plain_page_has_its_questions() -> None:
    page = html_of(report(plain=True, asks=("your result for neutrophils",)))
    assert '<body class="plain">' in page
    assert "<li><bdi>your result for neutrophils</bdi></li>" in page
