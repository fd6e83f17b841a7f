"""When Redis or the database is away: who asks is told so, and everything goes on afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.integration.acd.server import Valkey
from tests.integration.api.office import Office
from tests.integration.api.page import Page, agrees_with_a_fresh_one
from tests.support.polling import eventually
from tests.support.ports import free_tcp_port


@pytest.fixture
async def own_redis(tmp_path: Path) -> AsyncIterator[Valkey]:
    """A Redis that may be killed."""
    server = Valkey(tmp_path / "redis")
    server.start()
    yield server
    server.kill()


async def test_without_redis_moves_are_refused_and_pages_catch_up(
    own_redis: Valkey, tmp_path: Path
) -> None:
    office = Office(own_redis.url, tmp_path, free_tcp_port())
    await office.open()
    sam = await office.person("sam")
    page = await Page(sam).open()
    call = await office.call(skills="Fraud")
    await page.has(call)

    # when Redis is killed
    own_redis.kill()
    await sam.refused("PUT", "me/status", {"status": "busy"}, status=503, type="unavailable")
    await sam.refused("GET", f"conversations/{call}", status=503, type="unavailable")
    async with sam.http.get("/readyz") as answer:
        assert (await answer.json())["parts"]["redis"] is False
    await sam.ask("GET", "skills")  # what lives in SQL goes on
    assert page.closed is None

    # and comes back with its append-only file
    await asyncio.to_thread(own_redis.start)

    async def works() -> bool:
        async with sam.http.put("/api/v1/me/status", json={"status": "busy"}) as answer:
            return answer.status == 200

    await eventually(works)
    second = await office.call(skills="Spanish")
    await page.has(call, second)
    await agrees_with_a_fresh_one(page)
    await page.close()
    await office.close()


async def test_a_database_that_does_not_answer_is_told_as_such(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = await office.person("sam")

    async def away() -> None:
        raise OperationalError("SELECT", {}, Exception("unable to open database file"))

    monkeypatch.setattr(office.records.skills, "all", away)
    async with sam.http.get("/api/v1/skills") as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"]
        assert "SELECT" not in await answer.text()


async def test_an_end_that_was_stored_and_not_forgotten_is_forgotten_later(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a service whose Redis is lost for the one moment after an end was stored
    office = Office(redis_url, tmp_path, free_tcp_port())
    await office.open()
    distributor = office.house._queue.distributor
    forget, asked = distributor.forget, asyncio.Event()

    async def lost(ids: Iterable[str]) -> None:
        if ended := list(ids):
            asked.set()
            raise ConnectionError(f"nobody forgets {ended}")

    monkeypatch.setattr(distributor, "forget", lost)
    call = await office.call()
    await office.hang_up(call)
    await eventually(asked.is_set)
    assert await distributor.conversation(call)

    # when Redis is there again, then it is forgotten by the same process
    monkeypatch.setattr(distributor, "forget", forget)

    async def forgotten() -> bool:
        return await office.house._queue.distributor.conversation(call) is None

    await eventually(forgotten)

    # and an end that a killed process had stored, by the next one
    monkeypatch.setattr(distributor, "forget", lost)
    asked.clear()
    call = await office.call("+15550124")
    await office.hang_up(call)
    await eventually(asked.is_set)
    await office.close()
    assert await distributor.conversation(call)
    office = Office(redis_url, tmp_path, free_tcp_port())
    await office.open(new=False)
    await eventually(forgotten)
    await office.close()
