"""Every fault but the kill, so many times each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import clock, disk, files, locks, together
from tests.faults.disk import Figures
from tests.faults.templates import Templates

Run = Callable[[], Figures]


def on_a_full_disk(times: int, seed: int, templates: Templates, folder: Path) -> Iterator[tuple[str, Run]]:
    """Each operation on a disk of its own, which is mounted for it."""

    def with_disk(run: Callable[[Path], Figures]) -> Run:
        def mounted() -> Figures:
            with disk.small_disk(folder / "disk") as place:
                return run(place)

        return mounted

    for task in disk.TASKS:
        yield f"disk:{task.name}", with_disk(lambda place, task=task: disk.full(task, times, seed, templates, place))
    yield "disk:open", with_disk(lambda place: disk.full_while_open(times, seed, templates, place))


def all_of(times: int, minutes: float, seed: int, templates: Templates, folder: Path) -> Iterator[tuple[str, Run]]:
    """Name and run of each fault."""
    reason = disk.reason_against(folder / "disk")
    if reason:
        yield "disk", lambda: Figures("disk full", facts=f"not mounted: {reason}")
    else:
        yield from on_a_full_disk(times, seed, templates, folder)
    yield "disk:limit", lambda: disk.limited(times, seed, templates, folder)
    for name in files.BEFALL:
        yield f"file:{name}", lambda name=name: files.befallen(name, times, templates, folder)
    yield "file:bit", lambda: files.flipped(2 * times, seed, templates, folder)
    yield "file:log", lambda: files.log_deleted(times, seed, templates, folder)
    yield "file:foreign", lambda: files.foreign_log(times, seed, templates, folder)
    for what in files.UNDERNEATH:
        yield f"open:{what}", lambda what=what: files.underneath(what, times, seed, templates, folder)
    yield "open:deleted", lambda: files.deleted(times, seed, templates, folder)
    yield "lock:long", lambda: locks.held_for_long(times, seed, templates, folder)
    yield "lock:moment", lambda: locks.held_for_a_moment(times, seed, templates, folder)
    yield "lock:reading", lambda: locks.readers_do_not_wait(times, templates, folder)
    yield "lock:killed", lambda: locks.killed_holder(times, seed, templates, folder)
    yield "clock:jumps", lambda: clock.jumping(times, seed, templates, folder)
    if not templates.is_locked:
        yield "clock:stands", lambda: clock.same_second(times, templates, folder)
    if minutes:
        yield "together", lambda: together.together(60 * minutes, seed, templates, folder)
