"""What every screen has: the banner, the footer, help on F1, and one way to ask the clinic and to tell what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from labtrack.core.errors import LabtrackError, SignInNeeded, StoreError
from labtrack.tui.keys import key
from labtrack.tui.widgets.banner import Banner
from labtrack.tui.widgets.keys_line import KeysLine

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.tui.base import BaseApp

T = TypeVar("T")


class Asking:
    """Asking the clinic from a screen or a dialog. LabtrackError is raised to the caller; :meth:`telling` shows it."""

    @property
    def base(self) -> BaseApp:
        """The app, as what it is."""
        return cast("BaseApp", self.app)  # type: ignore[attr-defined]

    async def ask(self, question: Callable[[Clinic], T]) -> T:
        """The answer to a question that changes nothing, from the clinic's own thread."""
        return await self.base.desk.ask(question)

    async def change(self, deed: Callable[[Clinic], T]) -> T:
        """Change the record, on the clinic's own thread."""
        return await self.base.desk.change(deed)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """As Textual's; while everything is covered it waits, for what is on top then is the cover."""
        leave = super().dismiss  # type: ignore[misc]
        if self.base.lock.is_on:
            self.base.lock.later(lambda: leave(result))
            return AwaitComplete()
        left: AwaitComplete = leave(result)
        return left

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Show what could not be done, and its next step; a fault of the clinic's file gets a screen of its own."""
        try:
            yield
        except SignInNeeded:
            self.base.ask_who()
        except StoreError as error:
            self.base.in_trouble(error)
        except LabtrackError as error:
            self.base.tell(error)

    def action_help(self) -> None:
        """What can be done here."""
        self.base.show_help()


class Page(Asking, Screen[T]):
    """A whole screen. Subclasses give ``compose_body``, ``TITLE`` and ``HELP`` (Markdown, our own words only), and ``load``."""

    BINDINGS = [
        key("page.help", "f1,question_mark", "help", "Help", "What this screen shows, and every key that works on it."),
    ]

    def compose(self) -> ComposeResult:
        """Banner, body, footer."""
        yield Banner()
        yield from self.compose_body()
        yield KeysLine()

    def compose_body(self) -> ComposeResult:
        """What stands between banner and footer."""
        yield from ()


class BackPage(Page[T]):
    """A screen that Escape leaves for the one before."""

    BINDINGS = [key("page.back", "escape", "back", "Back", "Back to the screen before.")]

    def action_back(self) -> None:
        """Leave."""
        self.dismiss(None)


class Dialog(Asking, ModalScreen[T]):
    """Something asked before the screen behind goes on; Escape answers nothing."""

    BINDINGS = [
        key("dialog.help", "f1", "help", "Help", "What is asked here, and every key that works."),
        key("dialog.leave", "escape", "leave", "Leave", "Close without doing anything."),
    ]

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
