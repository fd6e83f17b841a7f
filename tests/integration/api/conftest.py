"""One real Redis for all stories of the API; a fresh office on it for each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from app.acd import connect
from tests.integration.acd.server import Valkey
from tests.integration.api.chatting import AtWork
from tests.integration.api.mail_office import Opens, Post
from tests.integration.api.office import Caller, Office
from tests.support.ports import free_tcp_port


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """The server process."""
    server = Valkey(tmp_path_factory.mktemp("ringdesk-api"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def redis_url(valkey: Valkey) -> str:
    """An empty Redis."""
    client = connect(valkey.url)
    await client.flushall()
    await client.aclose()
    return valkey.url


@pytest.fixture
async def office(redis_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A running office."""
    opened = Office(redis_url, tmp_path, free_tcp_port())
    await opened.open()
    yield opened
    await opened.close()


async def _read(socket: Any) -> None:
    async for _ in socket:
        pass


@pytest.fixture
async def at_work() -> AsyncIterator[AtWork]:
    """Makes somebody available with their Inbox open, once these settings are in force."""
    async with AsyncExitStack() as stage:

        async def come(office: Office, name: str, **settings: float) -> Caller:
            if settings:
                ada = await office.person("ada")
                await ada.ask("PUT", "settings", settings)
            person = await office.person(name)
            socket = await stage.enter_async_context(person.watch())
            reading = asyncio.create_task(_read(socket))  # or the service's pings go unanswered
            stage.callback(reading.cancel)
            await person.ask("PUT", "me/status", {"status": "available"})
            return person

        yield come


@pytest.fixture
async def opens(redis_url: str, tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens the office, and again after it was closed."""
    smtp, lmtp = free_tcp_port(), free_tcp_port()
    opened: list[Post] = []

    async def open_one() -> Post:
        post = Post(
            redis_url,
            tmp_path,
            free_tcp_port(),
            SMTP_LISTEN=f"127.0.0.1:{smtp}",
            LMTP_LISTEN=f"127.0.0.1:{lmtp}",
        )
        await post.open(new=not opened)
        opened.append(post)
        post.smtp, post.lmtp = smtp, lmtp
        skills = {skill.name: skill.id for skill in await post.records.skills.all()}
        post.billing, post.spanish = skills["Billing"], skills["Spanish"]
        return post

    yield open_one
    await opened[-1].close()


@pytest.fixture
async def post(opens: Opens) -> Post:
    """A running one."""
    return await opens()
