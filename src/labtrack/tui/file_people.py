"""Who the messages of an import are about, where only a person can say: people to add, and patients who may be meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from labtrack.tui.show import shown

if TYPE_CHECKING:
    from labtrack.clinic.import_preview import Preview
    from labtrack.tui.app import LabtrackApp

#: People that are named in one line.
_NAMED = 3


@dataclass(slots=True)
class PeopleChoices:
    """What has been said of one import: whether unknown people are added, and which patients are meant although something differs."""

    add: bool = False
    same: set[str] = field(default_factory=set)

    def options(self) -> dict[str, object]:
        """As options of an import."""
        return {"add_patients": self.add, "same_patients": frozenset(self.same)}

    def open_questions(self, preview: Preview | None) -> int:
        """How many people of the preview wait for an answer."""
        return 0 if preview is None else len(preview.outcome.unknown) + len(preview.outcome.asked)

    async def ask(self, app: LabtrackApp, preview: Preview) -> bool:
        """Ask; whether an answer changed anything."""
        offers = self._offers(preview)
        if not offers:
            return False
        picked = await app.answer("pick", "Who is meant?", [words for words, _ in offers])
        if picked is None:
            return False
        mrn = offers[picked][1]
        if mrn:
            self.same.symmetric_difference_update({mrn})
        else:
            self.add = not self.add
        return True

    def _offers(self, preview: Preview) -> list[tuple[Content, str]]:
        """Each answer that can be given, or taken back, with its MRN; empty for adding people."""
        outcome = preview.outcome
        found: list[tuple[Content, str]] = []
        if outcome.unknown:
            names = "; ".join(list(outcome.unknown)[:_NAMED]) + (" …" if len(outcome.unknown) > _NAMED else "")
            found.append((shown(f"Add as new patients: {names}"), ""))
        elif self.add:
            found.append((shown("Do not add new patients after all"), ""))
        found += [(shown(f"{mrn} is meant, although {why}"), mrn) for mrn, why in outcome.asked.items() if mrn not in self.same]
        found += [(shown(f"{mrn} is not meant after all"), mrn) for mrn in sorted(self.same)]
        return found
