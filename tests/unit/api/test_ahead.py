"""What is held until its conversation is there."""

from app.api.ahead import HELD_SECONDS, MOST, Ahead


def test_each_conversation_gets_its_own_once_and_in_order() -> None:
    told: list[int] = []
    ahead = Ahead(lambda: 0.0)
    for n in range(6):
        ahead.hold("ab"[n % 2], lambda n=n: told.append(n))  # type: ignore[misc]
    for tell in [*ahead.take("a"), *ahead.take("a")]:
        tell()
    assert told == [0, 2, 4]
    assert len(ahead.take("b")) == 3


def test_nothing_is_held_for_ever_nor_too_much_of_it() -> None:
    now = [0.0]
    ahead = Ahead(lambda: now[0])
    for _ in range(MOST + 1):
        ahead.hold("a", lambda: None)
    assert len(ahead.take("a")) == MOST
    ahead.hold("a", lambda: None)
    now[0] = HELD_SECONDS
    assert ahead.take("a") == []
