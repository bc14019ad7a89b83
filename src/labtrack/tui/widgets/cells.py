"""How the cumulative grid writes a cell: the value with its marks, and everything there is to say of it on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from labtrack.tui.show import SIGNS, joined, shown
from labtrack.tui.widgets.banner import short_day

if TYPE_CHECKING:
    from labtrack.clinic.grid import GridRow
    from labtrack.clinic.grid_cells import Cell
    from labtrack.core.record import CollectedAt

#: What the marks beside a value mean; they stand under the grid.
LEGEND = "L H outside the limits   ‼ ▲ △ finding   = calculated   ~ converted   * amended   ? not usable   p preliminary"
_FLAG = "bold $text-warning"


def marked(cell: Cell) -> Content:
    """``=64.5 L‼*``: the value between its marks. Flags and signs are letters and signs, in color besides."""
    front = ("=" if cell.method else "") + ("~" if cell.is_converted else "")
    parts: list[tuple[object, str] | Content] = [(front + cell.text, "" if cell.is_usable else "$text-muted")]
    behind = [(f" {cell.flag}", _FLAG)] if cell.flag else []
    if cell.finding:
        mark, style = SIGNS[cell.finding]
        behind.append((mark if cell.flag else f" {mark}", style))
    if cell.is_amended:
        behind.append(("*", "$text-accent"))
    if not cell.is_usable:
        behind.append(("p" if cell.status in ("preliminary", "registered") else "" if cell.status else "?", "$text-accent"))
    return joined(*parts, *behind)


def moment(at: CollectedAt) -> str:
    """``19 Nov 2026 08:15``."""
    time = f" {at.at:%H:%M}" if at.at else ""
    return f"{short_day(at.on)} {at.on.year}{time}"


def told(row: GridRow, cell: Cell | None, at: CollectedAt) -> Content:
    """One cell in words, as reported."""
    if cell is None:
        return joined((row.name, "bold"), f"  {moment(at)}: nothing reported")
    standing = [each for each in cell.results if not each.superseded]
    reported = next((each for each in reversed(standing) if each.analyte == row.analyte), None)
    parts: list[object] = [f"  {cell.text} {row.unit}" if cell.is_usable or reported is None else f"  {cell.text}"]
    if cell.method:
        parts.append(f"calculated ({cell.method})")
    elif cell.is_converted and reported is not None:
        parts.append(f"reported as {reported.value_text} {reported.unit}")
    if cell.flag:
        parts.append({"L": "below", "H": "above"}[cell.flag] + " the limits")
    if cell.finding:
        parts.append(f"{cell.finding} finding")
    if cell.is_amended:
        before = [each.value_text for each in cell.results if each.superseded and each.analyte == row.analyte]
        parts.append(f"amended, before {', '.join(before)}" if before else "amended")
    if cell.status:
        parts.append(cell.status.replace("-", " "))
    elif not cell.is_usable:
        parts.append("not usable")
    if reported is not None:
        parts += [each for each in (reported.lab, reported.note) if each]
    return joined((row.name, "bold"), shown(f"  {moment(at)}"), shown(", ".join(map(str, parts))))
