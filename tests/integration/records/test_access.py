"""Sign-ins, keys, settings and the short lists."""

import pytest
import sqlalchemy as sa

from app.domain.agent import Role
from app.records import Duplicate, NewPerson, NotFound, Records

HOUR = 3_600_000
NOW = 1_790_000_000_000


async def test_a_sign_in_survives_a_restart_and_expires(records: Records, url: str) -> None:
    # given Ana signed in
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    token = await records.sessions.start(ana.id, NOW, HOUR)
    # when the service starts anew
    again = await Records.open(url)
    # then she still is, until it expires
    assert await again.sessions.find(token, NOW + HOUR - 1) == ana.id
    assert await again.sessions.find(token, NOW + HOUR) is None
    assert await again.sessions.find("guess", NOW) is None
    await again.close()


async def test_signing_out_ends_one_sign_in_or_all(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    first, second, third = [await records.sessions.start(ana.id, NOW, HOUR) for _ in range(3)]
    await records.sessions.end(first)
    assert await records.sessions.find(first, NOW) is None
    assert await records.sessions.find(second, NOW) == ana.id
    await records.sessions.end_all(ana.id)
    assert await records.sessions.find(third, NOW) is None


async def test_a_person_taken_off_the_books_is_signed_in_nowhere(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    token = await records.sessions.start(ana.id, NOW, HOUR)
    await records.people.update(ana.id, active=False)
    assert await records.sessions.find(token, NOW) is None


async def test_no_secret_is_readable_in_the_database(records: Records) -> None:
    ana = await records.people.add(NewPerson("ana@example.com", "Ana"))
    token = await records.sessions.start(ana.id, NOW, HOUR)
    _, key = await records.keys.add("bot")
    async with records._database.read() as connection:
        for table in ("sessions", "api_keys"):
            rows = (await connection.execute(sa.text(f"SELECT * FROM {table}"))).all()
            assert rows and token not in str(rows) and key not in str(rows)


async def test_what_the_database_refuses_is_not_quoted(records: Records) -> None:
    with pytest.raises(sa.exc.DBAPIError) as refused:
        async with records._database.write() as connection:
            await connection.execute(sa.text("INSERT INTO nowhere VALUES (:a)"), {"a": "marked"})
    assert "nowhere" in str(refused.value) and "marked" not in str(refused.value)


async def test_a_key_works_until_it_is_revoked(records: Records) -> None:
    key_id, key = await records.keys.add("demo bot", ["queue", "transcript"])
    found = await records.keys.find(key)
    assert found is not None
    assert (found.id, found.role, found.scopes) == (key_id, Role.BOT, ("queue", "transcript"))
    await records.keys.revoke(key_id)
    assert await records.keys.find(key) is None
    assert [k.revoked_at is not None for k in await records.keys.all()] == [True]
    with pytest.raises(NotFound):
        await records.keys.revoke("no such key")


async def test_a_setting_counts_its_changes(records: Records) -> None:
    assert await records.settings.get("offer_seconds") is None
    await records.settings.put("offer_seconds", 20)
    changed = await records.settings.put("offer_seconds", {"voice": 20, "chat": [30, None]})
    assert (changed.value, changed.version) == ({"voice": 20, "chat": [30, None]}, 2)
    assert await records.settings.all() == {"offer_seconds": changed}


async def test_short_lists_are_unique_whatever_the_case(records: Records) -> None:
    for names in (records.dispositions, records.break_reasons):
        lunch = await names.add("Lunch")
        with pytest.raises(Duplicate):
            await names.add("LUNCH")
        await names.add("Break")
        assert [entry.name for entry in await names.all()] == ["Break", "Lunch"]
        assert (await names.rename(lunch.id, "Dinner")).name == "Dinner"
        await names.remove(lunch.id)
        with pytest.raises(NotFound):
            await names.remove(lunch.id)


async def test_the_database_answers_readiness(records: Records) -> None:
    await records.ping()
