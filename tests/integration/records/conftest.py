"""The records on both databases: each test gets an empty database of its own."""

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from app.records import Records
from tests.support.ports import free_tcp_port
from tests.support.postgres import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a private server's first database."""
    with postgres_server(free_tcp_port()) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that is there (PostgreSQL) or can be made (SQLite), and empty."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/ringdesk.db"
    server: str = request.getfixturevalue("postgres")
    name = f"test_{secrets.token_hex(6)}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
async def records(url: str) -> AsyncIterator[Records]:
    """The records on that database."""
    opened = await Records.open(url)
    yield opened
    await opened.close()
