"""The messages' benchmark: what is noted of each message, and what becomes of it in the table."""

import math
import time
from typing import Any

import pytest

from app.bench.chatting import Tally
from app.bench.messages import Line, in_store, knee, line_of
from app.bench.wire import masked


def a_line(rate: int, p99_ms: float, side: str = "one", **given: Any) -> Line:
    """A pace at which each message took as long."""
    tally = Tally(to_agent=[p99_ms / 1000], to_customer=[0.001])
    for number in range(given.get("late", 0)):
        tally.under_way[number] = 0.0
    tally.refused = given.get("refused", [])
    return line_of(side, rate, 2, 1.0, tally, {"service": 1.0})


def test_a_message_arrives_once_and_is_timed_from_when_it_was_due() -> None:
    # given a message that was due two seconds ago
    tally = Tally()
    number = tally.due(time.perf_counter() - 2)
    # when the other side is told twice, and its author once
    tally.arrived(number, tally.to_agent)
    tally.arrived(number, tally.to_agent)
    tally.acked(number)
    # then it counts once, with its whole delay
    assert tally.to_agent == [pytest.approx(2, abs=0.5)]
    assert tally.acknowledged == [pytest.approx(2, abs=0.5)]
    assert tally.promised == {number}


def test_a_new_pace_counts_anew_and_numbers_go_on() -> None:
    tally = Tally()
    first = tally.due(0.0)
    tally.begin()
    tally.arrived(first, tally.to_agent)
    assert tally.to_agent == []
    assert tally.due(0.0) == first + 1


def test_the_knee_is_the_quickest_pace_that_was_kept_in_time() -> None:
    lines = [a_line(100, 5), a_line(200, 99), a_line(300, 400), a_line(900, 5, side="other")]
    found = knee(lines, "one")
    assert found is not None
    assert found.rate == 200
    assert knee([a_line(100, 400)], "one") is None


def test_what_is_late_or_refused_is_not_kept_up() -> None:
    assert a_line(100, 5).kept_up
    assert not a_line(100, 5, late=1).kept_up
    assert not a_line(100, 5, refused=["503"]).kept_up
    assert not a_line(100, 1_500).kept_up
    assert a_line(100, 5, late=3, refused=["503"]).late == 2


def test_the_rate_is_of_what_arrived() -> None:
    line = line_of("one", 10, 4, 0.5, Tally(to_agent=[0.1, 0.1], to_customer=[0.3]), {})
    assert line.per_second == 6
    assert line.p99 == pytest.approx(300)
    assert math.isnan(line.acknowledged.p99)


def test_what_was_acknowledged_is_looked_for_in_the_database() -> None:
    told = in_store({1, 2, 3}, ["hello", "c1", "a2", "a2", "c4"])
    assert told == (
        "3 messages were acknowledged: 1 of them are not in the database, 1 are there twice"
    )


def test_a_frame_of_a_page_is_masked_and_says_how_long_it_is() -> None:
    assert masked(0x1, b"ab") == b"\x81\x82\x00\x00\x00\x00ab"
    assert masked(0x9, b"x" * 125)[:2] == b"\x89\xfd"
    assert masked(0x1, b"x" * 126)[:4] == b"\x81\xfe\x00\x7e"
    with pytest.raises(ValueError, match="longer"):
        masked(0x1, bytes(65_536))
