"""The values that every reader of messages gives."""

from __future__ import annotations

from labtrack.exchange.feed import FeedChunk, Identifier, Person, Told
from labtrack.exchange.layouts import RESULTS


def test_a_report_has_every_column_of_our_results_layout_that_a_message_can_fill() -> None:
    made_here = {"mrn", "result_id", "supersedes", "code", "method"}
    assert set(RESULTS.columns) - made_here == set(Told._fields) - {"line", "where", "person", "report_id"}


def test_chunks_share_nothing() -> None:
    one, other = FeedChunk(), FeedChunk()
    one.kept_out["2339-0 Glucose"] += 1
    assert not other.kept_out
    assert not other.reports


def test_people_with_the_same_number_of_different_authorities_differ() -> None:
    assert Person((Identifier("7", "A"),)) != Person((Identifier("7", "B"),))
