"""Who the screen is about: name, sex, age, number, birth date, treatment, and risk factors below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from labtrack.tui.show import joined, lines, shown

if TYPE_CHECKING:
    from labtrack.clinic.patient_page import PatientPage
    from labtrack.core.record import Patient

_GAP = "   "


def who(patient: Patient, age: int | None) -> Content:
    """``F 58   MRN 10021   born 1968-02-11``; what is not recorded is said."""
    years = "age unknown" if age is None else str(age)
    born = f"born {patient.birth_date.isoformat()}" if patient.birth_date else "birth date not recorded"
    return shown(_GAP.join((f"{patient.sex.value or 'sex ?'} {years}", f"MRN {patient.mrn}", born)))


class PatientHeader(Widget):
    """One line, or two where it does not fit; a long name is cut, never the number or the birth date. One line more for each risk."""

    DEFAULT_CSS = "PatientHeader { height: auto; padding: 0 1; }"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.page: PatientPage | None = None

    def put(self, page: PatientPage) -> None:
        """Show a patient."""
        self.page = page
        self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as the width asks for."""
        return len(self._lines(width))

    def render(self) -> Content:
        """The lines."""
        return lines(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        if self.page is None:
            return [Content("Loading …")]
        page = self.page
        name, rest = shown(page.patient.name, "bold"), who(page.patient, page.age)
        held = page.treatment.hold is not None
        treated = shown(page.treatment.text, "bold $text-warning" if held else "")
        together = name.cell_length + rest.cell_length + treated.cell_length + 2 * len(_GAP)
        if together <= width:
            found = [joined(name, rest, treated, between=_GAP)]
        else:
            room = max(8, width - rest.cell_length - len(_GAP))
            found = [joined(name.truncate(room, ellipsis=True), rest, between=_GAP), treated]
        for risk in page.risks:
            found.append(joined(("△ ", "$text-warning"), risk.fact, (f"  {risk.says}", "$text-muted")))
        return [each.truncate(max(1, width), ellipsis=True) for each in found]
