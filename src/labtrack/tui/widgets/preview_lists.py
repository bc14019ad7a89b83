"""How the preview of an import is shown: a line for each file, its facts, and the rows by what would become of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from labtrack.core.text import visible, width
from labtrack.tui.show import cell, joined, shown

if TYPE_CHECKING:
    from textual.widgets import DataTable

    from labtrack.clinic.import_preview import FilePreview, Preview

#: The lists: id, words.
LISTS = (("accepted", "Accepted"), ("warned", "Warnings"), ("duplicates", "Duplicates"), ("refused", "Refused"))
FILE_COLUMNS = ("File", "Kind", "Rows", "Accepted", "Warned", "Known", "Refused")
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
#: A longer cell is cut; its whole text is in the file.
_WIDEST = 100


def cut(text: str, columns: int) -> str:
    """A text made visible and cut to so many columns."""
    text = visible(text)
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[: -max(1, (width(text) - columns) // 2)]
    return text + "…"


def row_of(file: FilePreview) -> list[str]:
    """One file as a row of the table."""
    if file.problem:
        return [file.file, "! columns not known" if file.is_unknown else "! cannot be read", *(["–"] * 5)]
    count = file.count
    numbers = (count.rows, count.accepted, count.warned, count.duplicate, count.refused)
    return [file.file, file.layout, *(f"{number:,}" for number in numbers)]


def show_files(table: DataTable[Any], preview: Preview | None) -> None:
    """The files, the cursor on the one where it was."""
    row = table.cursor_row
    _show(table, FILE_COLUMNS, [row_of(file) for file in preview.files] if preview is not None else [], right=range(2, 7))
    table.move_cursor(row=max(0, min(row, table.row_count - 1)))


def fact_lines(file: FilePreview) -> list[Content]:
    """What is known of one file, in a few lines."""
    if file.problem:
        step = "m says what its columns mean." if file.is_unknown else file.next_step
        if "--encoding" in step:
            step = "c chooses another encoding."
        return [shown(file.problem, "$text-error"), shown(step)]
    delimiter = _DELIMITERS.get(file.delimiter, file.delimiter)
    mark = "comma" if file.decimal == "," else "point"
    read = joined(("read as ", "$text-muted"), file.layout, f", {delimiter} separated, {file.encoding}, decimal {mark}")
    found = [read]
    if file.mapping:
        found.append(joined(("this looks like ", "$text-muted"), (file.mapping, "bold"), ("; m reads it in another way", "$text-muted")))
    new, known = file.patients_new, file.patients_matched
    found.append(joined(("patients ", "$text-muted"), f"{known:,} known, {new:,} new"))
    if file.analytes:
        said = ", ".join(f"{name} {unit or '(no unit)'} ({number:,})" for name, unit, number in file.analytes)
        found.append(joined(("analytes ", "$text-muted"), said))
    if file.count.extra:
        found.append(joined(("columns left out ", "$text-muted"), ", ".join(file.count.extra)))
    if file.count.kept_out:
        found.append(joined(("not followed ", "$text-muted"), ", ".join(file.count.not_followed)))
    return found


def fill(table: DataTable[Any], name: str, preview: Preview, total: int) -> None:
    """The rows of one list; at most those that the preview holds, and how many more there are."""
    if name in ("accepted", "duplicates"):
        columns: tuple[str, ...] = ("File", "Line", "MRN", "What it says")
        known = preview.accepted if name == "accepted" else preview.duplicates
        rows = [[each.file, str(each.line), each.mrn, each.text] for each in known]
    else:
        columns = ("File", "Line", "Column", "Text", "Why" if name == "refused" else "Warning")
        remarks = preview.refused if name == "refused" else preview.warned
        rows = [[each.file, str(each.line), each.column, each.text, each.reason] for each in remarks]
    more = total - len(rows)
    _show(table, columns, [*rows, *([[f"… and {more:,} more", *([""] * (len(columns) - 1))]] if rows and more > 0 else [])], right=(1,))


def detail(name: str, preview: Preview, place: int) -> Content:
    """One row of a list, whole."""
    if name in ("accepted", "duplicates"):
        rows = preview.accepted if name == "accepted" else preview.duplicates
        return shown(f"{rows[place].file}, line {rows[place].line}: {rows[place].text}") if place < len(rows) else shown("")
    remarks = preview.refused if name == "refused" else preview.warned
    if place >= len(remarks):
        return shown("")
    each = remarks[place]
    return joined(
        (f"{each.file}, line {each.line}, {each.column or 'whole row'}: ", "$text-muted"), each.text, ("  → ", "bold"), each.reason
    )


def _show(table: DataTable[Any], columns: Sequence[str], rows: Sequence[Sequence[str]], right: Container[int]) -> None:
    """Fill a table anew, each column as wide as its widest cell: a table that measures by itself may be drawn before it has."""
    most = [_WIDEST if place == len(columns) - 1 else 40 for place in range(len(columns))]
    shown_rows = [[cut(text, most[place]) for place, text in enumerate(row)] for row in rows]
    table.clear(columns=True)
    for place, label in enumerate(columns):
        table.add_column(cell(label, right=place in right), width=max(width(text) for text in (label, *(row[place] for row in shown_rows))))
    for row in shown_rows:
        table.add_row(*(cell(text, "bold" if text.startswith("! ") else "", right=place in right) for place, text in enumerate(row)))
