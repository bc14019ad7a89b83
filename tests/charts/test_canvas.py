"""Every line as wide as it should be, whatever is written on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtrack.charts.canvas import Canvas, Role, cut
from labtrack.core.text import width


def lines(canvas: Canvas) -> list[str]:
    return ["".join(run.text for run in row) for row in canvas.rows()]


def test_characters_stand_where_they_are_put_and_nowhere_outside() -> None:
    canvas = Canvas(4, 2)
    for x, y in ((0, 0), (3, 1), (-1, 0), (4, 0), (0, 2), (0, -1)):
        canvas.put(x, y, "x", Role.POINT)
    assert lines(canvas) == ["x   ", "   x"]
    assert canvas.rows()[0][0] == ("x", Role.POINT)


def test_a_wide_character_is_whole_or_gone() -> None:
    canvas = Canvas(5, 1)
    assert canvas.write(0, 0, "日本語") == 4
    assert lines(canvas) == ["日本 "]
    canvas.put(1, 0, "x")
    assert lines(canvas) == [" x本 "]
    canvas.put(2, 0, "y")
    assert lines(canvas) == [" xy  "]


def test_a_combining_mark_stays_with_its_letter_and_takes_no_column() -> None:
    canvas = Canvas(4, 1)
    assert canvas.write(0, 0, "\u0301ae\u0301i") == 3
    assert lines(canvas) == ["ae\u0301i "]
    assert canvas.write(0, 5, "a\u0301") == 1


def test_roles_are_told_and_plain_outside() -> None:
    canvas = Canvas(2, 1)
    canvas.put(1, 0, "x", Role.LINE)
    assert [canvas.role(x, 0) for x in (0, 1, 2)] == [Role.PLAIN, Role.LINE, Role.PLAIN]


def test_room_limits_what_is_written() -> None:
    canvas = Canvas(10, 1)
    assert canvas.write(2, 0, "abcdef", room=3) == 5
    assert lines(canvas) == ["  abc     "]


def test_data_is_made_harmless() -> None:
    canvas = Canvas(20, 1)
    canvas.write(0, 0, "a\x1b[2Jb")
    assert lines(canvas)[0].rstrip() == "a\\x1b[2Jb"
    assert cut("a\x1bb", 20) == "a\\x1bb"


def test_what_is_cut_says_so() -> None:
    assert cut("hemoglobin", 5) == "hemo…"
    assert cut("hemoglobin", 10) == "hemoglobin"
    assert cut("hemoglobin", 0) == ""
    assert cut("日本語", 5) == "日本…"


@given(
    st.integers(0, 12),
    st.integers(0, 3),
    st.lists(st.tuples(st.integers(-3, 14), st.integers(-1, 4), st.text(max_size=6), st.one_of(st.none(), st.integers(0, 8)))),
)
def test_lines_keep_their_width(wide: int, high: int, written: list[tuple[int, int, str, int | None]]) -> None:
    canvas = Canvas(wide, high)
    for x, y, text, room in written:
        canvas.write(x, y, text, Role.DOSE, room)
    found = lines(canvas)
    assert len(found) == high
    assert all(width(line) == wide for line in found)


@given(st.text(), st.integers(0, 20))
def test_what_is_cut_fits(text: str, room: int) -> None:
    assert width(cut(text, room)) <= room
