"""The desk: questions in order, off the thread that asks, errors to the asker."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from labtrack.clinic import Clinic
from labtrack.core.errors import DatabaseLocked, Refused
from labtrack.tui.desk import Desk


class FakeClinic:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def desk_of(*clinics: Any) -> tuple[Desk, list[Any]]:
    left = list(clinics)

    def opening() -> Clinic:
        each = left.pop(0)
        if isinstance(each, Exception):
            raise each
        return cast(Clinic, each)

    return Desk(opening), left


async def test_it_answers_from_one_thread_that_is_not_the_askers() -> None:
    desk, _ = desk_of(FakeClinic())
    first = await desk.ask(lambda _: threading.get_ident())
    second = await desk.change(lambda _: threading.get_ident())
    assert first == second != threading.get_ident()
    desk.close()


async def test_the_clinic_is_opened_by_the_first_question_and_only_once() -> None:
    clinic = FakeClinic()
    desk, left = desk_of(clinic)
    assert left
    assert await desk.ask(lambda it: cast(Any, it)) is clinic
    assert await desk.ask(lambda it: cast(Any, it)) is clinic
    assert not left
    desk.close()
    assert clinic.closed == 1


async def test_questions_are_answered_in_order() -> None:
    desk, _ = desk_of(FakeClinic())
    order: list[int] = []
    await asyncio.gather(*(desk.ask(lambda _, place=place: order.append(place)) for place in range(20)))  # type: ignore[misc]
    assert order == list(range(20))
    desk.close()


async def test_what_a_question_raises_reaches_the_asker_and_the_next_is_answered() -> None:
    desk, _ = desk_of(FakeClinic())

    def refuse(_: Clinic) -> None:
        raise Refused("No.", "Another.")

    with pytest.raises(Refused):
        await desk.change(refuse)
    assert desk.changes == 0
    assert await desk.change(lambda _: 7) == 7
    assert desk.changes == 1
    desk.close()


async def test_a_clinic_that_could_not_be_opened_is_tried_again() -> None:
    clinic = FakeClinic()
    desk, _ = desk_of(DatabaseLocked("Locked.", "Wait."), clinic)
    with pytest.raises(DatabaseLocked):
        await desk.ask(lambda it: it)
    assert await desk.ask(lambda it: cast(Any, it)) is clinic
    desk.close()


async def test_reopening_closes_the_old_one_and_takes_the_new() -> None:
    old, new = FakeClinic(), FakeClinic()
    desk, _ = desk_of(old)
    await desk.ask(lambda it: it)
    desk.reopen(lambda: cast(Clinic, new))
    assert await desk.ask(lambda it: cast(Any, it)) is new
    assert (old.closed, desk.changes) == (1, 1)
    desk.close()
    assert new.closed == 1


async def test_closing_without_a_question_opens_nothing() -> None:
    desk, left = desk_of(SimpleNamespace())
    desk.close()
    assert len(left) == 1


async def test_letting_go_frees_the_file_at_once_and_forgets_what_could_be_taken_back() -> None:
    first, second = FakeClinic(), FakeClinic()
    desk, _ = desk_of(first, second)
    await desk.ask(lambda clinic: None)
    desk.last_recorded = cast(Any, "results of the clinic as it was")
    await desk.let_go()
    assert first.closed == 1
    assert desk.last_recorded is None
    assert await desk.ask(lambda clinic: clinic) is second
