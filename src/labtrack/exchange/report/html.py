"""A report as one HTML file: nothing outside it is asked for, no script, every datum escaped and kept to its own direction of writing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from labtrack.exchange.report.drawing import drawing_of
from labtrack.exchange.report.model import Flag, Found, Item, Report, Row, Trend
from labtrack.exchange.report.svg import safe, svg_of

#: Width and height of a chart and size of its letters, in points: clinician and plain.
_CHART = ((300.0, 132.0, 8.0), (480.0, 190.0, 12.0))


def html_of(report: Report) -> str:
    """The whole file."""
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    kind = "plain" if report.plain else "clinic"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{safe(f'{report.title}: {report.person.name}')}</title>",
            f"<style>{style}</style>",
            "</head>",
            f'<body class="{kind}">',
            "<main>",
            *_head(report),
            *_body(report),
            "</main>",
            *_foot(report),
            "</body>",
            "</html>",
            "",
        ]
    )


@cache
def _style() -> str:
    return files("labtrack.exchange.report").joinpath("report.css").read_text(encoding="utf-8")


def datum(text: str) -> str:
    """A text of the record: escaped, and isolated so that it cannot turn the direction of what stands around it."""
    return f"<bdi>{safe(text)}</bdi>"


def _head(report: Report) -> Iterator[str]:
    yield "<header>"
    yield f'<p class="clinic">{datum(report.clinic)}</p><p class="kind">{safe(report.title)}, {safe(report.as_of)}</p>'
    yield f"<h1>{datum(report.person.name)}</h1>"
    yield f'<p class="about">MRN {datum(report.person.mrn)} · {datum(report.person.about)}</p>'
    yield f'<p class="treatment">{datum(report.treatment)}</p>'
    yield from (f'<p class="fact">{datum(fact)}</p>' for fact in report.facts)
    yield "</header>"


def _body(report: Report) -> Iterator[str]:
    names = report.headings
    yield from _section("found", names.found, _found(report))
    if report.asks:
        yield from _section("asks", names.asks, ["<ul>", *(f"<li>{datum(each)}</li>" for each in report.asks), "</ul>"])
    yield from _section("checked", names.checked, _table(report))
    if report.trends:
        yield from _section("trends", names.trends, _trends(report))
    yield '<div class="pair">'
    yield from _section("missing", names.missing, _items(report.gaps, report.no_gaps))
    yield from _section("dates", names.dates, _items(report.dates, report.no_dates))
    yield "</div>"
    note = [f"<p>{safe(report.sources_note)}</p>"] if report.sources_note else []
    yield from _section("sources", names.sources, [*(_items(report.sources, "") if report.sources else []), *note])
    if report.trends:
        yield from _section("numbers", names.numbers, _numbers(report.trends))


def _section(name: str, heading: str, content: Iterable[str]) -> Iterator[str]:
    yield f'<section class="{name}"><h2>{safe(heading)}</h2>'
    yield from content
    yield "</section>"


def _found(report: Report) -> Iterator[str]:
    yield from (_finding(each) for each in report.found)
    yield f'<p class="tally">{datum(report.tally)}</p>'


def _finding(found: Found) -> str:
    sign = f'<span class="sign" aria-hidden="true">{safe(found.sign.value)}</span> '
    word = f'<strong class="word">{safe(found.word)}</strong> ' if found.word else ""
    headline = f"<strong>{datum(found.headline)}</strong>" if found.headline else ""
    first = f'<p class="headline">{sign}{word}{headline}</p>' if word or headline else ""
    text = f"<p>{'' if first else sign}{datum(found.text)}</p>" if found.text else ""
    details = "".join(f'<p class="detail">{datum(each)}</p>' for each in found.details)
    return f'<article class="{found.sign.name.lower()}">{first}{text}{details}</article>'


def _table(report: Report) -> Iterator[str]:
    if not report.rows:
        yield f"<p>{safe(report.no_rows)}</p>"
        return
    yield "<table><thead><tr>"
    yield "".join(f'<th scope="col">{safe(each)}</th>' for each in report.columns)
    yield "</tr></thead>"
    panel = None
    for row in report.rows:
        if row.panel != panel:
            close = "" if panel is None else "</tbody>"
            yield f'{close}<tbody><tr><th class="panel" colspan="{len(report.columns)}" scope="rowgroup">{safe(row.panel)}</th></tr>'
            panel = row.panel
        yield _row(row)
    yield "</tbody></table>"


def _row(row: Row) -> str:
    name, *cells, last = row.cells
    flag = f'<span class="flag" aria-hidden="true">{safe(row.flag.value)}</span> ' if row.flag is not Flag.NONE else ""
    sign = f' <span class="sign" aria-hidden="true">{safe(row.sign.value)}</span>' if row.sign else ""
    out = ' class="out"' if row.flag in (Flag.LOW, Flag.HIGH) or row.sign else ""
    middle = "".join(f"<td>{datum(cell)}</td>" for cell in cells)
    return f'<tr{out}><th scope="row">{datum(name)}</th>{middle}<td>{flag}{datum(last)}{sign}</td></tr>'


def _trends(report: Report) -> Iterator[str]:
    width, height, size = _CHART[report.plain]
    yield '<div class="charts">'
    for number, trend in enumerate(report.trends, 1):
        taller = height + size * 1.45 * len(trend.strips)
        image = svg_of(drawing_of(trend, width, taller, size), f"{trend.title} {trend.unit}", trend.summary, f"chart-{number}")
        note = f"<figcaption>{datum(trend.note)}</figcaption>" if trend.note else ""
        yield f"<figure>{image}{note}</figure>"
    yield f'</div><p class="legend">{safe(report.legend)}</p>'


def _items(items: Iterable[Item], none: str) -> Iterator[str]:
    lines = [_item(each) for each in items]
    if lines:
        yield f"<ul>{''.join(lines)}</ul>"
    else:
        yield f"<p>{safe(none)}</p>"


def _item(item: Item) -> str:
    label = f"<strong>{datum(item.label)}</strong> " if item.label else ""
    note = f' <span class="note">{datum(item.note)}</span>' if item.note else ""
    return f"<li>{label}{datum(item.text)}{note}</li>"


def _numbers(trends: Iterable[Trend]) -> Iterator[str]:
    """The charts' numbers, for whoever cannot see a chart or wants to read one off."""
    for trend in trends:
        values = "; ".join(f"{datum(mark.on)}: {datum(mark.value)}" for mark in trend.marks)
        yield f"<p><strong>{datum(trend.title)}</strong> {safe(trend.unit)}: {values}.</p>"


def _foot(report: Report) -> Iterator[str]:
    yield "<footer>"
    yield from (f"<p>{datum(each)}</p>" for each in report.footer)
    yield "</footer>"
