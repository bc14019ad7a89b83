"""Which mapping a file is read by: recognized by its header, picked from those that are kept, changed, or made for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from labtrack.core.errors import LabtrackError
from labtrack.tui.show import joined

if TYPE_CHECKING:
    from labtrack.clinic.mappings import Beginning, ColumnMapping
    from labtrack.tui.app import LabtrackApp

_MESSAGES = ("fhir", "hl7")


async def recognized(path: Path, encoding: str) -> ColumnMapping | None:
    """The one kept mapping that was made for a file's header; None where it has one of our layouts, or several fit, or none.

    One that is of a single patient is never taken unasked: the same header comes with the next patient's results too.
    """
    from labtrack.clinic.mappings import beginning, looks_like

    try:
        begun = await asyncio.to_thread(beginning, path, encoding)
        found = [] if begun.layout else await asyncio.to_thread(looks_like, *begun.headers)
    except LabtrackError:
        return None  # the preview meets the same fault and tells it with the file
    return found[0] if len(found) == 1 and not found[0].patient else None


async def asked(app: LabtrackApp, path: Path, encoding: str, layout: str = "") -> ColumnMapping | None:
    """What the user says that a file is read by; None if it was left. Raises LabtrackError where file or mappings cannot be read.

    Of messages (``layout`` says which) that is a table of codes: they have no columns.
    """
    if layout in _MESSAGES:
        return await _table(app)
    from labtrack.clinic.mappings import beginning, fitting

    begun = await asyncio.to_thread(beginning, path, encoding)
    kept = await asyncio.to_thread(fitting, *begun.headers)
    picked: int | None = 2 * len(kept)
    if kept:
        uses = [joined("Use ", (each.name, "bold"), f" ({each.layout}{', all of one patient' if each.patient else ''})") for each in kept]
        changes = [joined("Change ", (each.name, "bold"), " …") for each in kept]
        picked = await app.answer("pick", "What are the columns of this file?", [*uses, *changes, "A new mapping …"])
    if picked is None:
        return None
    if picked < len(kept):
        return await _of_patient(app, kept[picked], path.name)
    old = kept[picked - len(kept)] if picked < 2 * len(kept) else None
    if old is not None:
        begun = await asyncio.to_thread(_headed_for, begun, old)
    mapping: ColumnMapping | None = await app.answer("map-columns", begun, path.name, old)
    return mapping


async def _table(app: LabtrackApp) -> ColumnMapping | None:
    from labtrack.clinic.mappings import code_tables

    kept = await asyncio.to_thread(code_tables)
    if not kept:
        app.notify("Messages have no columns. A table of their local codes is none of the kept mappings; the guide tells how to write one.")
        return None
    picked = await app.answer("pick", "Which table says what their codes are?", [joined("Use ", (each.name, "bold")) for each in kept])
    return kept[picked] if picked is not None else None


async def _of_patient(app: LabtrackApp, mapping: ColumnMapping, file: str) -> ColumnMapping | None:
    """A mapping that is of a single patient, for the patient whom this file is of: that is asked, never carried over."""
    if not mapping.patient:
        return mapping
    number = await app.answer("ask-text", f"Whose results are in {file}?", "The patient's number; the file does not say it.")
    return replace(mapping, fixed={**mapping.fixed, "mrn": number}) if number else None


def _headed_for(begun: Beginning, mapping: ColumnMapping) -> Beginning:
    """The beginning with the header that a mapping needs, where that is another line than it seemed."""
    from labtrack.clinic.mappings import beginning

    if not mapping.lacking(begun.names):
        return begun
    lines: Sequence[int] = [line for (line, _), names in zip(begun.candidates, begun.headers, strict=True) if not mapping.lacking(names)]
    return beginning(begun.path, begun.encoding, skip=lines[0] - 1) if lines else begun
