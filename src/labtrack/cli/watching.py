"""``labtrack watch``: import what arrives in a folder, until somebody ends it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labtrack.cli.help import command, program
from labtrack.cli.importing import AddPatients, As, Encoding, Map
from labtrack.cli.options import Db, RegionName, argument, option, path_of
from labtrack.cli.output import note
from labtrack.cli.session import location, opened
from labtrack.cli.typed import number, whole
from labtrack.core.errors import DatabaseLocked, NotFound

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.clinic.watching import Taken, Watcher

commands = program()
#: Seconds between two looks, and without a change before a file is complete, unless said; and between two looks at least.
_EVERY, _SETTLE, _SHORTEST = 5.0, 2.0, 0.05


@command(commands, "watch", "labtrack watch inbox --silent-days 3", "Files")
def watch(
    context: typer.Context,
    folder: Annotated[str, argument(metavar="DIR", help="The folder in which files arrive, and nothing else is.")],
    once: Annotated[bool, option("--once", help="Take what is there, then end: status 1 if anything was refused.")] = False,
    every: Annotated[float | None, option("--every", metavar="SECONDS", parser=number, help="How often to look; 5 unless said.")] = None,
    settle: Annotated[
        float | None,
        option("--settle", metavar="SECONDS", parser=number, help="A file is complete when it stays the same so long; 2 unless said."),
    ] = None,
    silent_days: Annotated[
        int | None,
        option(
            "--silent-days",
            metavar="DAYS",
            parser=whole,
            help="The worklist tells when nothing has arrived for so many days; 7 until said, 0 never.",
        ),
    ] = None,
    forget: Annotated[bool, option("--forget", help="Watch no more: the worklist says nothing about this folder any longer.")] = False,
    format: As = None,
    add_patients: AddPatients = False,
    encoding: Encoding = "",
    mapping: Map = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Import what arrives in a folder as `labtrack import` does, each file once and in a transaction of its own, the oldest first.

    A file is moved to `done`, or to `refused` if any of it was refused, with two reports beside it: a table of the refused rows and a
    text with the counts. Until then it is in the folder, or in `taking`; whatever happens, it is in one of them. Names that begin with a
    dot or end in .tmp, .part or ~, links, and other folders are left alone.

    Ctrl+C ends it (status 0). A clinic that is in use is waited for; anything else that stands in the way ends it with status 3.
    """
    from labtrack.clinic.importing import ImportOptions
    from labtrack.clinic.mappings import mapping_named
    from labtrack.clinic.watching import Watcher, checked_encoding, inbox_of

    if forget:
        _forget(context, folder)
        return
    inbox = inbox_of(path_of(folder), location(context), _SETTLE if settle is None else settle, note)
    options = ImportOptions(
        format=format.value if format else "",
        add_patients=add_patients,
        encoding=checked_encoding(encoding),
        mapping=mapping_named(mapping) if mapping is not None else None,
    )
    with _ended_by_signals(inbox.stop):
        refused = _watch(context, Watcher(inbox, options, silent_days), once=once, every=_EVERY if every is None else every)
    if once and refused:
        raise typer.Exit(1)


def _watch(context: typer.Context, watcher: Watcher, *, once: bool, every: float) -> int:
    """Look until told to stop; how many files had something refused. The clinic is opened anew each day, for the day is a part of it."""
    refused, is_waiting = 0, False
    with ExitStack() as alone:
        begun = False
        while not watcher.stop.is_set():
            try:
                with opened(context) as clinic:
                    if not begun:
                        alone.enter_context(watcher.alone(clinic))
                        note(f"Watching {watcher.inbox.folder} for {clinic.location}.{'' if once else ' Ctrl+C ends it.'}")
                        begun = True
                    for each in _once(watcher, clinic) if once else _day(watcher, clinic, every):
                        _tell(each)
                        refused += each.refused
                        is_waiting = False
            except DatabaseLocked as error:
                if once:
                    raise
                if not is_waiting:
                    note(f"{error.message} Trying again every {every:g} s; files stay where they are.")
                is_waiting = True
                watcher.stop.wait(max(_SHORTEST, every))
            if once:
                break
    return refused


def _once(watcher: Watcher, clinic: Clinic) -> Iterator[Taken]:
    """What is there now. A file must be seen twice to be known as complete."""
    inbox = watcher.inbox
    if inbox.settle and not inbox.ready():
        inbox.stop.wait(inbox.settle)
    yield from watcher.look(clinic)
    for name in inbox.waiting:
        note(f"{name} is not complete yet: left for the next time.")


def _day(watcher: Watcher, clinic: Clinic, every: float) -> Iterator[Taken]:
    """What arrives until the clinic's day ends, or the watching."""
    from labtrack.clinic.settings import chosen_today

    inbox = watcher.inbox
    while not watcher.stop.is_set() and clinic.today == chosen_today():
        yield from watcher.look(clinic)
        watcher.stop.wait(max(_SHORTEST, min(every, inbox.settle) if inbox.waiting else every))


def _tell(taken: Taken) -> None:
    note(f"{taken.name}: {taken.summary}. Now in {taken.place.parent.name}/{taken.place.name}")


def _forget(context: typer.Context, folder: str) -> None:
    """Tell nothing more of a folder, which may be there no longer."""
    from labtrack.clinic.watching import forget

    with opened(context) as clinic:
        if not forget(clinic, path_of(folder)):
            raise NotFound(f"This clinic does not watch {folder}.", "See: labtrack info")
        note(f"{folder} is not watched any more; what it brought stays in the record.")


@contextmanager
def _ended_by_signals(stop: Event) -> Iterator[None]:
    """Ctrl+C and SIGTERM end the watching after what is at hand has been put away or undone; a second one ends it at once."""
    if current_thread() is not main_thread():
        yield
        return
    before: dict[signal.Signals, Any] = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()
        restore()

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    for each in before:
        signal.signal(each, end)
    try:
        yield
    finally:
        restore()
