"""Sign-ins. They survive a restart; the database holds only the hash of each token."""

import sqlalchemy as sa

from app.records.database import Database
from app.records.identity import digest, new_secret
from app.records.schema import people, sessions

SEEN_EVERY_MS = 60_000
"""`seen_at` is this exact: a write for every request would be too many."""


class Sessions:
    """Who is signed in. Instants and durations in milliseconds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, person_id: str, now: int, ttl_ms: int) -> str:
        """Sign a person in: the token for their cookie. Drops sessions that have expired."""
        token = new_secret()
        row = {"token_hash": digest(token), "person_id": person_id, "created_at": now}
        async with self._database.write() as connection:
            await connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
            values = {**row, "seen_at": now, "expires_at": now + ttl_ms}
            await connection.execute(sessions.insert().values(values))
        return token

    async def find(self, token: str, now: int) -> str | None:
        """The id of the signed-in person; None if expired, ended, unknown or not active."""
        chosen = (
            sa.select(sessions.c.person_id, sessions.c.seen_at)
            .join(people, people.c.id == sessions.c.person_id)
            .where(sessions.c.token_hash == digest(token), sessions.c.expires_at > now)
            .where(people.c.active)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(chosen)).first()
        if row is None:
            return None
        if now - row.seen_at >= SEEN_EVERY_MS:
            await self._seen(token, now)
        return str(row.person_id)

    async def any_of(self, person_id: str, now: int) -> bool:
        """Whether this person is signed in anywhere."""
        valid = (sessions.c.person_id == person_id) & (sessions.c.expires_at > now)
        async with self._database.read() as connection:
            chosen = sa.select(sessions.c.person_id).where(valid).limit(1)
            return (await connection.execute(chosen)).first() is not None

    async def end(self, token: str) -> None:
        """Sign out; nothing happens if it was over."""
        async with self._database.write() as connection:
            mine = sessions.c.token_hash == digest(token)
            await connection.execute(sessions.delete().where(mine))

    async def end_all(self, person_id: str, but: str | None = None) -> None:
        """Sign a person out everywhere, or everywhere but where this token is."""
        theirs = sessions.c.person_id == person_id
        if but is not None:
            theirs &= sessions.c.token_hash != digest(but)
        async with self._database.write() as connection:
            await connection.execute(sessions.delete().where(theirs))

    async def _seen(self, token: str, now: int) -> None:
        async with self._database.write() as connection:
            mine = sessions.c.token_hash == digest(token)
            await connection.execute(sessions.update().where(mine).values(seen_at=now))
