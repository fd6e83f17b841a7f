"""Every start brings the schema to the newest version, from nothing or from an older one."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.records import NewPerson, Records, UnsupportedDatabase
from app.records.database import Database, make_engine
from app.records.migrate import differences, migrate
from tests.integration.records.given import a_conversation, an_item

OPEN_AND_ADD = """
import asyncio, sys
from app.records import NewPerson, Records

async def main():
    records = await Records.open(sys.argv[1])
    await records.people.add(NewPerson(sys.argv[2], sys.argv[2]))
    await records.close()

asyncio.run(main())
"""


async def test_the_models_and_the_migrations_tell_the_same_schema(url: str) -> None:
    # given an empty database that the migrations have filled
    await migrate(url)
    # when it is compared with the models, then nothing is left to do
    assert await _differences(url) == []


async def test_an_older_database_comes_up_with_its_people(url: str) -> None:
    # given a database of the first version, with a person
    await migrate(url, to="0001")
    assert await _differences(url) != []
    await _put_person(url)
    # when the service starts
    records = await Records.open(url)
    # then the person is there, the new tables work, and the schema is the newest
    assert [person.name for person in await records.people.all()] == ["Ana"]
    await records.archive.apply([an_item(1, a_conversation())])
    assert await _differences(url) == []
    await records.close()


async def test_two_processes_start_at_once_on_an_empty_database(url: str) -> None:
    # given an empty database, when four processes start at once
    started = [await _start(url, f"p{number}@example.com") for number in range(4)]
    codes = [await process.wait() for process in started]
    # then all come up, and what each wrote is there
    assert codes == [0, 0, 0, 0]
    records = await Records.open(url)
    assert len(await records.people.all()) == 4
    await records.close()


async def test_a_second_start_changes_nothing(records: Records, url: str) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    again = await Records.open(url)
    assert await again.people.all() == [ana]
    await again.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    records: Records, url: str
) -> None:
    async with records._database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnsupportedDatabase, match="newer version"):
        await Records.open(url)
    await records.ping()


async def test_the_file_is_made_for_its_owner_alone_wherever_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a blank" / "state" / "ringdesk.db"
    records = await Records.open(f"sqlite+aiosqlite:///{file}")
    await records.people.add(NewPerson("ana@example.com", "Ana"))
    made = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    assert made[file.name] == 0o600
    assert set(made.values()) == {0o600}
    await records.close()


async def test_a_database_that_cannot_serve_is_refused_with_a_reason() -> None:
    for url in ("mysql://localhost/x", "sqlite://", "not a url"):
        with pytest.raises(UnsupportedDatabase, match=r"\w"):
            await Records.open(url)


async def _start(url: str, email: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", OPEN_AND_ADD, url, email)


async def _differences(url: str) -> list[Any]:
    database = Database(make_engine(url))
    async with database.read() as connection:
        found: list[Any] = await connection.run_sync(differences)
    await database.close()
    return found


async def _put_person(url: str) -> None:
    insert = (
        "INSERT INTO people (id, email, email_key, name, sip_user, sip_password)"
        " VALUES ('ana', 'ana@example.com', 'ana@example.com', 'Ana', 'u', 'p')"
    )
    database = Database(make_engine(url))
    async with database.write() as connection:
        await connection.execute(sa.text(insert))
    await database.close()
