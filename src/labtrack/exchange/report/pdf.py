"""A report as PDF: one page of Letter or A4, set as large as it fits; what did not fit is counted and where it stands is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labtrack.exchange.report.blocks import BASELINE, Block, chart, heading, paragraph, side_by_side, signed, small, space, table_row
from labtrack.exchange.report.canvas import LACKING, Canvas
from labtrack.exchange.report.drawing import drawing_of
from labtrack.exchange.report.model import Flag, Found, Item, Report, Row

_MARGIN = 36.0
_GAP = 18.0
#: More than there ever are.
_ALL = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """How a page is set: size of letters, how many charts and how high, whether details are told, and how much of lists."""

    size: float
    charts: int
    chart_height: float
    details: bool = True
    rank: int = 2
    items: int = _ALL
    sources: int = _ALL


#: From generous to tight; the first that fits one page is taken. Where none does, the last one runs on to more pages.
_CLINICIAN = (
    Plan(9.0, 4, 96),
    Plan(8.5, 4, 84),
    Plan(8.2, 4, 74),
    Plan(8.0, 4, 74, details=False),
    Plan(7.8, 2, 74),
    Plan(7.8, 2, 70, details=False),
    Plan(7.8, 2, 66, details=False, rank=1, sources=6),
    Plan(7.6, 2, 62, details=False, rank=0, items=6, sources=4),
    Plan(7.6, 0, 0, details=False, rank=0, items=4, sources=3),
)
_PLAIN = (
    Plan(13.5, 2, 128),
    Plan(13.0, 1, 128),
    Plan(12.5, 1, 112, rank=1),
    Plan(12.5, 1, 104, rank=0, items=4),
    Plan(12.0, 1, 96, rank=0, items=3, details=False),
    Plan(12.0, 0, 0, rank=0, items=3, details=False),
    Plan(11.5, 0, 0, rank=0, items=2, details=False),
)


def pdf_of(report: Report) -> bytes:
    """The file; the same bytes for the same report. LabtrackError where the PDF library is missing."""
    canvas = Canvas(report.paper, report.made_on, report.program)
    canvas.about(f"{report.title}: {report.person.name}")
    for plan in _PLAIN if report.plain else _CLINICIAN:
        setter = _Setter(canvas, report, plan)
        blocks, foot = setter.blocks(), setter.foot()
        room = canvas.height - 2 * _MARGIN - foot.height
        if sum(each.height for each in blocks) <= room:
            break
    pages = _paginated(blocks, room)
    for number, page in enumerate(pages, 1):
        canvas.add_page()
        y = _MARGIN
        for each in page:
            each.paint(_MARGIN, y)
            y += each.height
        low = canvas.height - _MARGIN - foot.height
        foot.paint(_MARGIN, low)
        canvas.text(canvas.width - _MARGIN, _MARGIN * 0.7, f"page {number} of {len(pages)}", setter.small, anchor="end", gray=0.25)
    return canvas.bytes()


def _paginated(blocks: Sequence[Block], room: float) -> list[list[Block]]:
    """Blocks by page; a heading goes with what follows it."""
    pages: list[list[Block]] = [[]]
    used = 0.0
    for place, each in enumerate(blocks):
        needed = each.height + (blocks[place + 1].height if each.keep and place + 1 < len(blocks) else 0.0)
        if pages[-1] and used + needed > room:
            pages.append([])
            used = 0.0
        pages[-1].append(each)
        used += each.height
    return pages


class _Setter:
    """Sets one report by one plan."""

    def __init__(self, canvas: Canvas, report: Report, plan: Plan) -> None:
        self.canvas, self.report, self.plan = canvas, report, plan
        self.width = canvas.width - 2 * _MARGIN
        self.size = plan.size
        self.small = max(plan.size * (0.88 if report.plain else 0.92), 7.0)

    def blocks(self) -> list[Block]:
        report = self.report
        order = (self._plain_body if report.plain else self._body)()
        return [*self._head(), *order]

    def _body(self) -> Iterator[Block]:
        names = self.report.headings
        yield from self._found()
        yield from self._table()
        yield from self._charts()
        half = (self.width - _GAP) / 2
        missing = [heading(self.canvas, names.missing, half, self.size), *self._items(self.report.gaps, self.report.no_gaps, half)]
        dates = [heading(self.canvas, names.dates, half, self.size), *self._items(self.report.dates, self.report.no_dates, half)]
        yield side_by_side([missing, dates], self.width, _GAP)
        yield from self._sources()

    def _plain_body(self) -> Iterator[Block]:
        report, names = self.report, self.report.headings
        yield from self._found()
        if report.asks:
            yield heading(self.canvas, names.asks, self.width, self.size)
            yield from self._items([Item("", each) for each in report.asks], "", self.width)
        yield heading(self.canvas, names.dates, self.width, self.size)
        yield from self._items(report.dates, report.no_dates, self.width)
        yield heading(self.canvas, names.missing, self.width, self.size)
        yield from self._items(report.gaps, report.no_gaps, self.width)
        yield from self._table()
        yield from self._charts()
        yield from self._sources()

    def _text(self, text: str, size: float = 0.0, *, bold: bool = False, most: int = _ALL) -> Block:
        return paragraph(self.canvas, [(text, bold)], self.width, size or self.size, most=most)

    def _head(self) -> Iterator[Block]:
        report, person, canvas, size = self.report, self.report.person, self.canvas, self.size

        title = f"{report.title}, {report.as_of}"
        clinic = paragraph(canvas, [(report.clinic, True)], self.width - canvas.text_width(title, size) - _GAP, size, most=2)

        def top(x: float, y: float) -> None:
            clinic.paint(x, y)
            canvas.text(x + self.width, y + size * BASELINE, title, size, anchor="end")

        yield Block(clinic.height, top)
        big = size * (1.75 if len(person.name) <= 60 else 1.2)
        yield self._text(person.name, big, bold=True, most=4)
        yield self._text(f"MRN {person.mrn}  ·  {person.about}", most=3)
        yield self._text(report.treatment, bold=True, most=4)
        yield from (self._text(fact, self.small, most=4) for fact in report.facts)
        yield Block(size * 0.5, lambda x, y: canvas.line(x, y + size * 0.3, x + self.width, y + size * 0.3, 1.4))

    def _found(self) -> Iterator[Block]:
        yield heading(self.canvas, self.report.headings.found, self.width, self.size)
        for each in self.report.found:
            yield self._finding(each)
            yield space(self.size * 0.25)
        if self.report.tally:
            yield small(self.canvas, self.report.tally, self.width, self.small)

    def _finding(self, found: Found) -> Block:
        canvas, size, margin = self.canvas, self.size, self.size * 1.5
        width = self.width - margin
        word = f"{found.word if self.report.plain else found.word.upper()}  " if found.word else ""
        body = []
        if word or found.headline:
            body.append(paragraph(canvas, [(word, True), (found.headline, True)], width, size))
        if found.text:
            body.append(paragraph(canvas, [(found.text, False)], width, size))
        if self.plan.details:
            body += [small(canvas, each, width, self.small) for each in found.details]
        return signed(canvas, found.sign.value, body, size, margin)

    def _table(self) -> Iterator[Block]:
        report, canvas, size = self.report, self.canvas, self.size
        yield heading(canvas, report.headings.checked, self.width, size)
        if not report.rows:
            yield self._text(report.no_rows)
            return
        edges = [0.0]
        for share in report.shares:
            edges.append(edges[-1] + share * self.width)
        yield table_row(canvas, [(each, True) for each in report.columns], edges, self.small, rule=0.8)
        shown = [each for each in report.rows if each.rank <= self.plan.rank]
        yield from (table_row(canvas, _cells(each), edges, size, rule=0.3) for each in shown)
        left_out = len(report.rows) - len(shown)
        if left_out:
            what = f"{left_out} more result{'s are' if left_out > 1 else ' is'} left out here for want of room"
            yield small(canvas, f"{what}, none of them out of range or flagged. {report.rest}", self.width, self.small)

    def _charts(self) -> Iterator[Block]:
        report, canvas, plan = self.report, self.canvas, self.plan
        shown = report.trends[: plan.charts]
        if report.trends:
            yield heading(canvas, report.headings.trends, self.width, self.size)
        across = 1 if report.plain and len(shown) == 1 else 2
        width = (self.width - _GAP) / 2 if across == 2 else self.width
        letters = self.small * 0.92
        pieces = [chart(canvas, drawing_of(each, width, plan.chart_height + letters * 1.45 * len(each.strips), letters)) for each in shown]
        for first in range(0, len(pieces), across):
            row = pieces[first : first + across]
            yield side_by_side([[each] for each in row] + [[space(0)]] * (across - len(row)), self.width, _GAP)
            yield space(self.size * 0.4)
        notes = [f"{each.title}: {each.note}." for each in shown if each.note]
        left_out = len(report.trends) - len(shown)
        if left_out:
            notes.append(f"{left_out} chart{'s' if left_out > 1 else ''} left out here for want of room. {report.rest}")
        if shown:
            notes.insert(0, report.legend)
        if notes:
            yield small(canvas, " ".join(notes), self.width, self.small)

    def _items(self, items: Sequence[Item], none: str, width: float) -> Iterator[Block]:
        canvas, size = self.canvas, self.size
        if not items:
            yield paragraph(canvas, [(none, False)], width, size)
        for each in items[: self.plan.items]:
            runs = [(f"{each.label} " if each.label else "", True), (each.text, False)]
            if each.note and self.plan.details:
                runs.append((f" {each.note}", False))
            yield signed(canvas, "•", [paragraph(canvas, runs, width - size, size)], size, size)
        if len(items) > self.plan.items:
            yield small(canvas, f"and {len(items) - self.plan.items} more. {self.report.rest}", width, self.small)

    def _sources(self) -> Iterator[Block]:
        report, canvas = self.report, self.canvas
        yield heading(canvas, report.headings.sources, self.width, self.size)
        shown = report.sources[: self.plan.sources]
        text = "; ".join(f"{each.text} {each.label}".rstrip() for each in shown)
        if len(shown) < len(report.sources):
            text += f"; and {len(report.sources) - len(shown)} more. {report.rest}"
        yield small(canvas, " ".join(filter(None, (f"{text}." if text else "", report.sources_note))), self.width, self.small)

    def foot(self) -> Block:
        """The last lines of every page; to be asked after everything else, since they tell of characters that were lacking."""
        lines = [*self.report.footer]
        if self.canvas.lacks:
            lines.append(f"{LACKING} stands for a character that this PDF cannot print; the HTML page shows it.")
        return small(self.canvas, "  ".join(lines), self.width, self.small)


def _cells(row: Row) -> list[tuple[str, bool]]:
    """The cells of a line with the flag's sign before the last; in bold where it stands out."""
    strong = row.flag in (Flag.LOW, Flag.HIGH) or row.sign is not None
    *cells, last = row.cells
    signs = " ".join(filter(None, (row.flag.value, last, row.sign.value if row.sign else "")))
    return [(each, strong) for each in (*cells, signs)]
