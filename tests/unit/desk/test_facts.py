"""Facts of one call in order, of different calls side by side, and none lost to Redis."""

import asyncio

from redis.exceptions import ConnectionError as RedisAway

from app.desk.facts import Lanes
from tests.support.polling import eventually


async def test_one_calls_facts_are_handled_one_after_the_other() -> None:
    done: list[str] = []
    first = asyncio.Event()

    async def handle(fact: str) -> None:
        if fact == "a1":
            await first.wait()
        done.append(fact)

    lanes = Lanes(handle)
    lanes.put("a", "a1")
    lanes.put("a", "a2")
    lanes.put("b", "b1")
    await eventually(lambda: done == ["b1"])
    first.set()
    await eventually(lambda: done == ["b1", "a1", "a2"])
    await lanes.close()


async def test_a_fact_waits_while_redis_is_away_and_those_behind_it_too() -> None:
    done: list[str] = []
    refusals = [RedisAway("gone"), RedisAway("gone")]

    async def handle(fact: str) -> None:
        if refusals:
            raise refusals.pop()
        done.append(fact)

    lanes = Lanes(handle)
    lanes.put("a", "a1")
    lanes.put("a", "a2")
    await eventually(lambda: done == ["a1", "a2"])
    await lanes.close()


async def test_a_fact_that_cannot_be_handled_does_not_stop_the_next() -> None:
    done: list[str] = []

    async def handle(fact: str) -> None:
        if fact == "bad":
            raise ValueError(fact)
        done.append(fact)

    lanes = Lanes(handle)
    lanes.put("a", "bad")
    lanes.put("a", "good")
    await eventually(lambda: done == ["good"])
    await lanes.close()
