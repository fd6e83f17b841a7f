"""New chats from one address: as many as are allowed within five minutes, and not one more."""

from app.api.chat_limit import ADDRESSES, WINDOW_MS, NewChats


def test_so_many_within_the_window_and_then_as_the_oldest_goes() -> None:
    chats = NewChats(lambda: 2)
    assert [chats.wait_ms("here", at) for at in (0, 10)] == [0, 0]
    assert chats.wait_ms("here", 20) == WINDOW_MS - 20
    assert chats.wait_ms("there", 20) == 0
    assert chats.wait_ms("here", WINDOW_MS - 1) == 1
    assert chats.wait_ms("here", WINDOW_MS) == 0
    assert chats.wait_ms("here", WINDOW_MS) == 10


def test_a_changed_limit_counts_at_once_and_zero_is_none() -> None:
    limit = 3
    chats = NewChats(lambda: limit)
    assert [chats.wait_ms("here", at) for at in (0, 1, 2)] == [0, 0, 0]
    limit = 2
    assert chats.wait_ms("here", 3) == 1 + WINDOW_MS - 3
    limit = 0
    assert [chats.wait_ms("here", 3) for _ in range(100)] == [0] * 100


def test_no_more_addresses_are_remembered_than_there_is_room_for() -> None:
    chats = NewChats(lambda: 1)
    for n in range(ADDRESSES + 1):
        assert chats.wait_ms(f"from {n}", 0) == 0
    assert chats.wait_ms("from 0", 0) == 0  # forgotten
    assert chats.wait_ms(f"from {ADDRESSES}", 0) == WINDOW_MS
