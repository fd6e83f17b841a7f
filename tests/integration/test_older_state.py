"""The state of an earlier version is taken over by the next start: its queue and its database.

`older/` holds what version 7fface1, the first with chats, left behind when it was killed on
2026-11-30: all keys of Redis (but for leases and answers, which end by themselves) and the
database. Voice calls are none of it: a killed Asterisk took them along.
"""

import gzip
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.integration.acd.server import Valkey
from tests.support.chat import Chatter
from tests.support.people import Agent, Person
from tests.support.polling import eventually
from tests.support.stack import Stack

OLDER = Path(__file__).parent / "older"
CALLBACK = "meb68c98460e858461a11"
CALL, CHAT = "vdac3353398c5554bebb6", "wfe0170ac22d68fd23f7a"
"""Both are written about: by Ben, and by Ana."""
IN_SERVICE = ("wfdf794801757a6b07423", "w01be7ff4652d8ee3a493")
"""Chats that Ana has."""
WAITS = "w5b079bf8a858e960f284"
TOKENS = {
    IN_SERVICE[0]: "v1.9701ef6d3fd7b9f7ba80c974.xgzzM8DtIwm20QmjUDTkT_jhbQXdqKhF0kMWqisKO80",
    WAITS: "v1.cc56c2dd9e5c1d36983684f9.e6dbEFb190OjLwz6omJdzUOIbVDRBDa6x-xBo0CLT1A",
}
"""What the customers' browsers know of them."""
STATES = {CALLBACK: "queued", CALL: "wrap_up", CHAT: "wrap_up", WAITS: "queued"} | dict.fromkeys(
    IN_SERVICE, "active"
)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.kill()


async def put_back(redis: Redis) -> None:
    """All keys as they were; values are bytes, written as Latin-1."""
    kept: dict[str, Any] = json.loads((OLDER / "redis.json").read_text())
    for key, found in kept.items():
        value = found["value"]
        match found["type"]:
            case "string":
                await redis.set(key, value)
            case "hash":
                await redis.hset(key, mapping=value)
            case "set":
                await redis.sadd(key, *value)
            case "zset":
                await redis.zadd(key, dict(value))
            case "stream":
                for at, fields in value:
                    await redis.xadd(key, fields, at)


@pytest.fixture(params=["with its queue", "with the database alone"])
async def stack(
    request: pytest.FixtureRequest, valkey: Valkey, tmp_path: Path
) -> AsyncIterator[Stack]:
    """This version, on the state of the earlier one; without its queue, it is made of SQL."""
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "ringdesk.db").write_bytes(gzip.decompress((OLDER / "ringdesk.db.gz").read_bytes()))
    if request.param == "with its queue":
        async with Redis.from_url(valkey.url, encoding="latin-1") as redis:
            await put_back(redis)
    stack = Stack(folder, REDIS_URL=valkey.url)
    stack.start()
    assert ("the live queue was lost" in stack.said()) == (request.param != "with its queue")
    yield stack
    stack.stop()


async def test_what_was_open_goes_on(stack: Stack) -> None:
    sam, ana, ben = Person(stack, "sam"), Agent(stack, "ana"), Agent(stack, "ben")
    for person in (sam, ana, ben):
        await person.sign_in()
    await ana.picture.open()
    # then everything stands as it did
    queued_at = {row["id"]: row["queued_at"] for row in (await sam.get("conversations"))["items"]}
    found = {one: await sam.get(f"conversations/{one}") for one in STATES}
    assert {one: talk["state"] for one, talk in found.items()} == STATES
    assert queued_at[WAITS] == "2026-11-30T23:59:17.549000Z"
    assert found[CALLBACK]["callback"]["recording"]
    assert [found[one]["agent"]["name"] for one in IN_SERVICE] == ["Ana", "Ana"]

    # and goes on: what was written about is closed, and the chats are talked on
    await ben.wrap_up(CALL, notes="of before")
    await ana.wrap_up(CHAT, notes="of before")
    customer = Chatter(stack.url)
    customer.token = TOKENS[IN_SERVICE[0]]
    async with customer:
        assert customer.conversation == IN_SERVICE[0]
        before = customer.texts
        assert before[0] == "my bill is wrong"
        await customer.says("m9", "still wrong")
        answer = {"client_id": "a9", "text": "I see"}
        await ana.post(f"conversations/{IN_SERVICE[0]}/messages", answer)
        await eventually(lambda: customer.texts == [*before, "still wrong", "I see"])
        for one in IN_SERVICE:
            await ana.end(one)
            await ana.wrap_up(one)

    # and who waited is served next
    await ana.become("available")
    await ana.offered(WAITS)
    await ana.accept(WAITS)
    for person in (sam, ana, ben):
        await person.close()
