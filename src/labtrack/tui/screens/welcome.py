"""First start: there is no clinic yet. A new one, the sample clinic to look around in, or a file that is somewhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from labtrack.core.errors import LabtrackError, PassphraseNeeded
from labtrack.core.judgment import Region
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.reopening import start_anew, take
from labtrack.tui.show import joined, shown
from labtrack.tui.widgets.running import Running, RunningLine

if TYPE_CHECKING:
    from labtrack.tui.app import LabtrackApp
    from labtrack.tui.opening import Opening


class WelcomeScreen(Page[None]):
    """Begins a clinic, or opens one."""

    CSS_PATH = "../styles/welcome.tcss"
    BINDINGS = [
        key("welcome.new", "ctrl+n", "new", "New clinic", "Make an empty clinic with this name, for this region.", priority=True),
        key("welcome.sample", "ctrl+t", "sample", "Sample clinic", "Make a sample clinic of about forty patients to look around in.",
            priority=True),
        key("welcome.open", "ctrl+o", "open", "Open a file", "Open a clinic's file that is somewhere else.", priority=True),
        key("welcome.stop", "escape", "stop", "Stop", "Stop making the sample clinic; nothing of it is kept."),
    ]  # fmt: skip
    HELP = """## The first day

*New clinic* makes an empty clinic at the place shown. Its name stands at the top of every screen; the region says whose labels apply. Both
can be changed later under settings. Patients come in by hand, or from your laboratory's CSV files.

*Sample clinic* makes about forty people whom nobody ever met, with every finding there is, to try everything out. A clinic of your own is
not touched by it.

*Open a file* is for a clinic that is somewhere else: on another drive, or restored from a backup.
"""

    def __init__(self) -> None:
        super().__init__()
        self._work: Running | None = None
        self._field: Widget | None = None

    def compose_body(self) -> ComposeResult:
        """The three ways in."""
        opening = self.base.opening
        with VerticalScroll(id="welcome", can_focus=False):
            yield Static("Welcome to labtrack", classes="title")
            yield Static("It says what the label and the article say, and leaves the decision with the clinician.", classes="muted")
            yield Static(joined(("There is no clinic yet at  ", "$text-muted"), opening.location), id="where")
            yield Static("", id="problem", classes="problem")
            yield RunningLine(id="running")
            with Vertical(id="ways"):
                yield Static("New clinic", classes="way")
                with Horizontal(classes="row"):
                    yield Label("Name")
                    yield Input(opening.settings.clinic_name, placeholder="City Rheumatology", id="name", max_length=80)
                with Horizontal(classes="row"):
                    yield Label("Region")
                    regions = [("US: FDA labels", Region.US), ("EU: EMA product information", Region.EU)]
                    yield Select(regions, value=opening.region, allow_blank=False, id="region", compact=True)
                yield Button("New clinic", id="new", variant="primary", compact=True)
                yield Static("Sample clinic", classes="way")
                with Horizontal(classes="row"):
                    yield Label("Folder")
                    yield Input("", placeholder="empty: a temporary one", id="folder")
                yield Button("Sample clinic", id="sample", compact=True)
                yield Static("A clinic that is somewhere else", classes="way")
                yield Button("Open a file …", id="open", compact=True)

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the sample is made it can be stopped, and nothing else be done."""
        if action == "stop":
            return self._work is not None
        return not (action in ("new", "sample", "open") and self._work is not None)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same with the mouse, or with Enter on a button."""
        event.stop()
        if self._work is None:
            {"new": self.action_new, "sample": self.action_sample, "open": self.action_open}[str(event.button.id)]()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field does what the field is for."""
        event.stop()
        if event.input.id == "folder":
            self.action_sample()
        else:
            self.action_new()

    def action_new(self) -> None:
        """Make an empty clinic."""
        self.run_worker(self._new(), exclusive=True, group="begin", exit_on_error=False)

    async def _new(self) -> None:
        name = self.query_one("#name", Input).value.strip()
        region = Region(str(self.query_one("#region", Select).value))
        before = self.base.opening
        settings = replace(before.settings, clinic_name=name, region=region)
        opening = replace(before, settings=settings, region=region)

        def make() -> None:
            opening.open(create=True).close()
            settings.save()

        if await self._begin(opening, make):
            from labtrack.tui.app import WITHOUT

            app = cast("LabtrackApp", self.app)
            app.is_begun = True
            app.notify(WITHOUT, timeout=12)

    def action_open(self) -> None:
        """Open a file that is somewhere else."""
        self.run_worker(self._open(), exclusive=True, group="begin", exit_on_error=False)

    async def _open(self) -> None:
        app = cast("LabtrackApp", self.app)
        chosen = await app.answer("choose-file", "Open which clinic?", start=Path.home())
        if chosen:
            opening = replace(self.base.opening, location=str(chosen[0]))
            await self._begin(opening, lambda: opening.open().close())

    def action_sample(self) -> None:
        """Make the sample clinic."""
        self.run_worker(self._sample(), exclusive=True, group="begin", exit_on_error=False)

    async def _sample(self) -> None:
        from labtrack.clinic.sample import ACTOR, NAME, fill_sample, open_sample, sample_folder

        typed = self.query_one("#folder", Input).value.strip()
        before = self.base.opening
        running = Running()

        def make() -> Opening:
            sample = sample_folder(Path(typed).expanduser() if typed else None)
            with open_sample(sample, before.today, before.region) as clinic:
                if not sample.is_made:
                    fill_sample(clinic, sample, before.today, running.options())
            settings = replace(before.settings, clinic_name=NAME, rules={})
            return replace(before, location=str(sample.place), settings=settings, actor=ACTOR)

        self._set_running(running)
        try:
            opening = await asyncio.to_thread(make)
        except (LabtrackError, OSError, RuntimeError) as error:
            self._say(error)
        else:
            take(self.base, opening)
            start_anew(self.base)
            self.base.notify(f"Sample clinic: {opening.location}", timeout=8)
        finally:
            self._set_running(None)

    def action_stop(self) -> None:
        """Stop making the sample clinic."""
        if self._work is not None:
            self._work.stop()

    def _set_running(self, running: Running | None) -> None:
        if running is not None:
            self._field = self.focused
        self._work = running
        self.query_one(RunningLine).follow(running)
        self.query_one("#ways").disabled = running is not None
        if running is None and self._field is not None:
            self._field.focus()
        self.refresh_bindings()

    async def _begin(self, opening: Opening, make: Callable[[], None]) -> bool:
        """Make or try a file off the UI thread, then open it; whether it could be. The reason why not stays on the screen."""
        try:
            with suppress(PassphraseNeeded):  # it is asked for on the first screen
                await asyncio.to_thread(make)
        except (LabtrackError, OSError) as error:
            self._say(error)
            return False
        take(self.base, opening)
        start_anew(self.base)
        return True

    def _say(self, error: Exception) -> None:
        self.query_one("#problem", Static).update(shown(str(error)))
