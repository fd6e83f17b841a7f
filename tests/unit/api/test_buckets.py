"""How quickly a customer may write, at the edge of the limit."""

from app.api.buckets import Bucket
from app.api.chat_frames import MESSAGES_A_SECOND, MESSAGES_AT_ONCE


def test_a_burst_passes_and_the_next_one_waits() -> None:
    bucket = Bucket(MESSAGES_A_SECOND, MESSAGES_AT_ONCE)
    assert [bucket.wait(100.0) for _ in range(30)] == [0.0] * 30
    assert bucket.wait(100.0) == 0.2
    # after the time that was told it may pass, once
    assert bucket.wait(100.2) == 0.0
    assert bucket.wait(100.2) > 0.19


def test_a_rest_fills_it_to_the_burst_and_no_further() -> None:
    bucket = Bucket(5.0, 3)
    assert [bucket.wait(10.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.2]
    assert [bucket.wait(9_999.0) > 0 for _ in range(4)] == [False, False, False, True]


def test_a_clock_that_stands_gives_nothing() -> None:
    bucket = Bucket(5.0, 1)
    assert bucket.wait(50.0) == 0.0
    assert bucket.wait(49.0) > 0
