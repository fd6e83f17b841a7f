"""What is held until its conversation is there."""

from functools import partial

from app.api.reorder_buffer import HELD_SECONDS, MOST, ReorderBuffer


def test_each_conversation_gets_its_own_once_and_in_order() -> None:
    told: list[int] = []
    buffer = ReorderBuffer(lambda: 0.0)
    for n in range(6):
        buffer.hold("ab"[n % 2], partial(told.append, n))
    buffer.release("a")
    buffer.release("a")
    assert told == [0, 2, 4]
    buffer.release("b")
    assert told == [0, 2, 4, 1, 3, 5]


def test_nothing_is_held_for_ever_nor_too_much_of_it() -> None:
    told: list[int] = []
    now = [0.0]
    buffer = ReorderBuffer(lambda: now[0])
    for n in range(MOST + 1):
        buffer.hold("a", partial(told.append, n))
    buffer.release("a")
    assert told == list(range(1, MOST + 1))
    buffer.hold("a", partial(told.append, -1))
    now[0] = HELD_SECONDS
    buffer.release("a")
    assert -1 not in told
