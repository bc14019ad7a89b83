"""A report as PDF: one page of Letter or A4, set as large as it fits; what did not fit is counted and where it stands is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from labtrack.exchange.report.blocks import BASELINE, Block, chart, heading, paragraph, side_by_side, signed, small, space, table_row
from labtrack.exchange.report.canvas import LACKING, Canvas
from labtrack.exchange.report.drawing import drawing_of
from labtrack.exchange.report.model import Flag, Found, Item, Report, Row

_MARGIN = 34.0
_GAP = 18.0
#: Heights of a chart, clinician and plain: the least where one is added, and those tried where there is still room.
_LEAST_CHART = (66.0, 84.0)
#: More than there ever are.
_ALL = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """How a page is set: size of letters, how many charts and how high, whether details are told, and how much of lists.

    ``brief``: whether results that have no line are told by name and value.
    """

    size: float
    charts: int
    chart_height: float
    details: bool = True
    rank: int = 2
    items: int = _ALL
    sources: int = _ALL
    brief: bool = True


#: From generous to tight; the first that fits one page is taken. Where none does, the first of those that take the fewest pages.
_CLINICIAN = (
    Plan(9.0, 4, 96),
    Plan(8.5, 4, 84),
    Plan(8.0, 4, 74),
    Plan(7.8, 4, 68),
    Plan(8.0, 2, 74),
    Plan(7.8, 2, 70),
    Plan(7.8, 2, 66, rank=1),
    Plan(7.6, 2, 62, rank=0, sources=6),
    Plan(7.6, 2, 62, details=False, rank=0, sources=6),
    Plan(7.6, 0, 0, details=False, rank=0, items=6, sources=4),
)
_PLAIN = (
    Plan(13.5, 2, 128),
    Plan(13.0, 1, 120),
    Plan(12.5, 1, 100),
    Plan(12.0, 1, 84),
    Plan(13.0, 1, 110, rank=0),
    Plan(12.5, 1, 100, rank=0),
    Plan(12.0, 1, 90, rank=0),
    Plan(12.0, 1, 80, rank=0, items=4, details=False),
    Plan(12.0, 1, 74, rank=0, items=4, details=False, brief=False),
    Plan(12.0, 0, 0, rank=0, items=3, details=False, brief=False),
    Plan(11.5, 0, 0, rank=0, items=2, details=False, brief=False),
)


#: What is added where there is still room, one after the other.
_MORE: tuple[dict[str, int], ...] = (
    {"charts": 4},
    {"charts": 2},
    {"charts": 1},
    {"brief": 1},
    {"items": _ALL},
    {"rank": 2},
    {"rank": 1},
    {"details": 1},
    {"sources": _ALL},
    {"chart_height": 128},
    {"chart_height": 96},
)


def pdf_of(report: Report) -> bytes:
    """The file; the same bytes for the same report. LabtrackError where the PDF library is missing."""
    with Canvas(report.paper, report.made_on, report.program) as canvas:
        canvas.about(f"{report.title}: {report.person.name}")
        setter = _fitted(canvas, report)
        pages, foot = setter.pages(), setter.foot()
        for number, page in enumerate(pages, 1):
            canvas.add_page()
            y = _MARGIN
            for each in page:
                each.paint(_MARGIN, y)
                y += each.height
            foot.paint(_MARGIN, canvas.height - _MARGIN - foot.height)
            canvas.text(canvas.width - _MARGIN, _MARGIN * 0.7, f"page {number} of {len(pages)}", setter.small, anchor="end", gray=0.25)
        return canvas.bytes()


def _fitted(canvas: Canvas, report: Report) -> _Setter:
    """By the first plan that takes the fewest pages, and then with as much more as still fits them."""
    setters = [_Setter(canvas, report, plan) for plan in (_PLAIN if report.plain else _CLINICIAN)]
    counts: list[int] = []
    for setter in setters:
        counts.append(len(setter.pages()))
        if counts[-1] == 1:
            break
    fewest = min(counts)
    chosen = setters[counts.index(fewest)]
    for more in _MORE:
        if report.plain and more.get("charts", 0) > 1:  # few and large
            continue
        height = max(chosen.plan.chart_height, _LEAST_CHART[report.plain])
        grown = _Setter(canvas, report, replace(chosen.plan, **{"chart_height": height, **more}))  # type: ignore[arg-type]
        is_more = all(value > getattr(chosen.plan, name) for name, value in more.items())
        if is_more and len(grown.pages()) == fewest:
            chosen = grown
    return chosen


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

    def pages(self) -> list[list[Block]]:
        """The blocks by page."""
        blocks = self.blocks()
        return _paginated(blocks, self.canvas.height - 2 * _MARGIN - self.foot().height)

    def _body(self) -> Iterator[Block]:
        names = self.report.headings
        yield from self._found()
        yield from self._table()
        yield from self._charts()
        half = (self.width - _GAP) / 2
        missing = [heading(self.canvas, names.missing, half, self.size), *self._items(self.report.gaps, self.report.no_gaps, half)]
        dates = [heading(self.canvas, names.dates, half, self.size), *self._items(self.report.dates, self.report.no_dates, half, _ALL)]
        yield side_by_side([missing, dates], self.width, _GAP)
        yield from self._sources()

    def _plain_body(self) -> Iterator[Block]:
        report, names = self.report, self.report.headings
        yield from self._found()
        if report.asks:
            yield heading(self.canvas, names.asks, self.width, self.size)
            yield from self._items([Item("", each) for each in report.asks], "", self.width, _ALL)
        yield heading(self.canvas, names.dates, self.width, self.size)
        yield from self._items(report.dates, report.no_dates, self.width, _ALL)
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
        big = size * (1.75 if len(person.name) <= 40 else 1.3 if len(person.name) <= 100 else 1.0)
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
        left_out = sum(len(each.details) for each in self.report.found) if not self.plan.details else 0
        more = f" Rules, sources and differences of label and article are left out here for want of room. {self.report.rest}"
        yield small(self.canvas, self.report.tally + (more if left_out else ""), self.width, self.small)

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
        shown = [each for each in report.rows if each.rank <= self.plan.rank]
        if shown:
            yield table_row(canvas, [(each, True) for each in report.columns], edges, self.small, rule=0.8)
        yield from (table_row(canvas, _cells(each), edges, size, rule=0.3) for each in shown)
        for flag, before in ((Flag.INSIDE, report.in_range), (Flag.NONE, report.no_range)):
            brief = [each.brief for each in report.rows if each.rank > self.plan.rank and each.flag is flag]
            if brief and self.plan.brief:
                *others, last = brief
                runs = [(f"{before} ", True), *((f"{each}; ", False) for each in others), (f"{last}.", False)]
                yield paragraph(canvas, runs, self.width, self.small)
        if len(shown) < len(report.rows):
            how = "told briefly" if self.plan.brief else "left out, none of them out of range,"
            what = f"{len(report.rows) - len(shown)} of {len(report.rows)} results are {how} for want of room."
            yield small(canvas, f"{what} {report.rest}", self.width, self.small)

    def _charts(self) -> Iterator[Block]:
        report, canvas, plan = self.report, self.canvas, self.plan
        shown = report.trends[: plan.charts]
        if shown:
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

    def _items(self, items: Sequence[Item], none: str, width: float, most: int = 0) -> Iterator[Block]:
        canvas, size, most = self.canvas, self.size, most or self.plan.items
        if not items:
            yield paragraph(canvas, [(none, False)], width, size)
        for each in items[:most]:
            runs = [(f"{each.label} " if each.label else "", True), (each.text, False)]
            if each.note and self.plan.details:
                runs.append((f" {each.note}", False))
            yield signed(canvas, "•", [paragraph(canvas, runs, width - size, size)], size, size)
        if len(items) > most:
            yield small(canvas, f"and {len(items) - most} more. {self.report.rest}", width, self.small)

    def _sources(self) -> Iterator[Block]:
        report, canvas = self.report, self.canvas
        yield space(self.size * 0.5) if report.plain else heading(canvas, report.headings.sources, self.width, self.size)
        shown = report.sources[: self.plan.sources]
        runs = [(f"{each.text} {each.label}; ", False) for each in shown]
        if len(shown) < len(report.sources):
            runs.append((f"and {len(report.sources) - len(shown)} more. {report.rest} ", False))
        yield paragraph(canvas, [*runs, (report.sources_note, False)], self.width, self.small, gray=0.25)

    def foot(self) -> Block:
        """The last lines of every page under a line; asked for after everything else, for they tell of characters that were lacking."""
        lines = [*self.report.footer]
        if self.canvas.lacks:
            lines.append(f"{LACKING} stands for a character that this PDF cannot print; the HTML page shows it.")
        told = small(self.canvas, "  ".join(lines), self.width, self.small)

        def paint(x: float, y: float) -> None:
            self.canvas.line(x, y + self.small * 0.6, x + self.width, y + self.small * 0.6, 0.4, 0.5)
            told.paint(x, y + self.small * 0.8)

        return Block(told.height + self.small * 0.8, paint)


def _cells(row: Row) -> list[tuple[str, bool]]:
    """The cells of a line with the flag's sign before the last; in bold where it stands out."""
    strong = row.flag in (Flag.LOW, Flag.HIGH) or row.sign is not None
    *cells, last = row.cells
    signs = " ".join(filter(None, (row.flag.value, last, row.sign.value if row.sign else "")))
    return [(each, strong) for each in (*cells, signs)]
