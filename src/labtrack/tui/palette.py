"""What the command palette finds: actions that work here, patients, rules. Data is shown as plain text, matches included."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from labtrack.core.errors import LabtrackError
from labtrack.tui.show import joined, shown

if TYPE_CHECKING:
    from textual.binding import Binding

    from labtrack.clinic import Clinic
    from labtrack.tui.app import LabtrackApp

#: Patients offered for one search; more letters find the others.
MOST = 20


class ActionProvider(Provider):
    """The keys that work on the screen below, by their words."""

    def _actions(self) -> list[tuple[Binding, Callable[[], Any]]]:
        found = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if active.enabled and binding.id and binding.description and binding.id != "app.palette":
                found[binding.id] = (binding, partial(self.app.run_action, binding.action, active.node))
        return list(found.values())

    async def discover(self) -> Hits:
        """All of them."""
        for binding, run in self._actions():
            yield DiscoveryHit(shown(binding.description), run, text=binding.description, help=binding.tooltip)

    async def search(self, query: str) -> Hits:
        """Those whose word or help holds what was typed."""
        matcher = self.matcher(query)
        for binding, run in self._actions():
            score = max(matcher.match(binding.description), matcher.match(binding.tooltip) * 0.5)
            if score > 0:
                yield Hit(score, shown(binding.description), run, text=binding.description, help=binding.tooltip)


class PatientProvider(Provider):
    """Patients by name or MRN."""

    async def search(self, query: str) -> Hits:
        """At most :data:`MOST`, in the order of the worklist."""
        app = cast("LabtrackApp", self.app)

        def find(clinic: Clinic) -> list[tuple[str, str]]:
            return [(line.mrn, line.name) for line in clinic.worklist_window(0, MOST, text=query).lines]

        try:
            people = await app.desk.ask(find)
        except LabtrackError:
            return
        for place, (mrn, name) in enumerate(people):
            prompt = joined(name or mrn, ("  MRN ", "$text-muted"), (mrn, "$text-muted"))
            yield Hit(0.9 - place / 100, prompt, partial(app.go, "patient", mrn), text=f"{name} {mrn}", help="Open this patient.")


class RuleProvider(Provider):
    """Rules by id or title."""

    async def startup(self) -> None:
        """Read the rules once."""
        app = cast("LabtrackApp", self.app)
        try:
            self._rules = await app.desk.ask(lambda clinic: [(rule.id, rule.title) for rule in clinic.rules()])
        except LabtrackError:
            self._rules = []

    async def search(self, query: str) -> Hits:
        """Those whose id or title matches."""
        app, matcher = cast("LabtrackApp", self.app), self.matcher(query)
        for id, title in self._rules:
            score = max(matcher.match(id), matcher.match(title))
            if score > 0:
                prompt = joined(title, ("  rule ", "$text-muted"), (id, "$text-muted"))
                yield Hit(score * 0.8, prompt, partial(app.go, "rule", id), text=f"{id} {title}", help="What the rule says, and why.")
