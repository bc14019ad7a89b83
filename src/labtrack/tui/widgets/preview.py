"""The patient under the cursor in a few lines: the course of the main analytes, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from labtrack.core.text import wrap
from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.widgets.banner import short_day

if TYPE_CHECKING:
    from labtrack.clinic.preview import PatientPreview, PreviewSeries

_BARS = "▁▂▃▄▅▆▇█"
#: Findings that are told in full; the others are counted.
_TOLD = 2
#: Lines of courses.
_ROWS = 2


def spark(values: Sequence[float]) -> str:
    """A course in one line of bars, lowest to highest of these values; empty for fewer than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = high - low
    return "".join(_BARS[round((each - low) / span * (len(_BARS) - 1)) if span else len(_BARS) // 2] for each in values)


def series_text(series: PreviewSeries) -> Content:
    """``ANC 3.1 ▇▆▅▃▁ 0.82 L (-74 %)``."""
    bars = spark(series.values)
    drawn: list[tuple[object, str]] = [(f"{series.first} ", "$text-muted"), (f"{bars} ", "$secondary")] if bars else []
    flag = [(f" {series.flag}", "bold $text-warning")] if series.flag else []
    change = series.change if series.change.startswith("-") else f"+{series.change}"
    percent = [(f" ({change.partition('.')[0]} %)" if abs(float(series.change)) >= 1 else "", "$text-muted")] if series.change else []
    return joined((f"{series.short} ", "bold"), *drawn, shown(series.last), *flag, *percent)


class PreviewBox(Widget):
    """What is known of one patient, without opening the page."""

    DEFAULT_CSS = "PreviewBox { height: auto; }"

    def __init__(self, id: str = "preview") -> None:
        super().__init__(id=id)
        self.preview: PatientPreview | None = None
        self.said = ""

    def put(self, preview: PatientPreview | None, said: str = "") -> None:
        """Show a patient, or a few words instead."""
        self.preview = preview
        self.said = said
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are to say; the screen's style says how many are shown."""
        del container, viewport
        return max(2, len(self._lines(width)))

    def render(self) -> Content:
        """The lines."""
        return lines(self._lines(self.content_size.width))

    def _lines(self, room: int) -> list[Content]:
        preview = self.preview
        if preview is None:
            return [shown(self.said)]
        name = joined(shown(preview.name, "bold").truncate(max(10, room // 3), ellipsis=True), (f"  MRN {preview.mrn}", "$text-muted"))
        rows = [[name]]
        for each in preview.series:
            piece = series_text(each)
            if sum(part.cell_length + 3 for part in rows[-1]) + piece.cell_length > room:
                rows.append([])
            rows[-1].append(piece)
        if not preview.has_results:
            rows[-1].append(shown("no result yet", "bold $text-warning"))
        return [*(joined(*row, between="   ") for row in rows[:_ROWS]), *self._findings(preview, room)]

    def _findings(self, preview: PatientPreview, room: int) -> list[Content]:
        found = []
        for each in preview.findings[:_TOLD]:
            said = each.finding.message
            if each.is_acknowledged:
                said = f"acknowledged: {said}"
            wrapped = wrap(shown(said).plain, max(10, room - 2))
            found += [joined(sign(each.kind), " ", shown(wrapped[0])), *(shown(f"  {line}") for line in wrapped[1:3])]
        more = len(preview.findings) - _TOLD
        if more > 0:
            found.append(shown(f"  and {more} more: Enter opens the patient", "$text-muted"))
        if not preview.findings:
            checks = ", ".join(f"{each.panel} {short_day(each.due_on)}" for each in preview.checks[:4])
            said = "Nothing found by the rules that could be evaluated." if preview.has_results else "Nothing was there to be checked."
            found.append(shown(f"{said} {f'Next checks: {checks}.' if checks else 'No check is planned.'}", "$text-muted"))
        return found
