"""Which recordings of talks there are; the sound itself is a file (`Recordings`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.records.database import Database
from app.records.schema import talk_recordings
from app.records.upsert import insert_new


@dataclass(frozen=True, slots=True)
class TalkRecording:
    """One part of a talk: from its beginning, or a pause, to the next."""

    id: str
    conversation_id: str
    from_at: int
    """When it began, ms since the epoch."""
    seconds: float
    skills: tuple[str, ...] = ()
    """Ids: what the conversation required then."""


class TalkRecordings:
    """The parts, by conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, part: TalkRecording) -> None:
        """Store a part; one that is there already stays."""
        row = {name: getattr(part, name) for name in part.__dataclass_fields__}
        row["skills"] = list(part.skills)
        async with self._database.write() as connection:
            add = insert_new(talk_recordings, self._database.is_sqlite)
            await connection.execute(add, [row])

    async def of(self, conversation_id: str) -> list[TalkRecording]:
        """All of one conversation, oldest first."""
        return await self._where(talk_recordings.c.conversation_id == conversation_id)

    async def get(self, id: str) -> TalkRecording | None:
        """One part."""
        found = await self._where(talk_recordings.c.id == id)
        return found[0] if found else None

    async def before(
        self, instant: int, limit: int, skill: str | None = None, others: Sequence[str] = ()
    ) -> list[TalkRecording]:
        """Parts that began before that instant (ms), oldest first: for this skill (an id), or for
        none of the `others`."""
        c = talk_recordings.c
        chosen = c.from_at < instant
        if skill is not None:
            chosen &= requires(c.skills, skill)
        for other in others:
            chosen &= ~requires(c.skills, other)
        return await self._where(chosen, limit)

    async def remove(self, id: str) -> bool:
        """Forget a part; false when it was not there."""
        gone = talk_recordings.delete().where(talk_recordings.c.id == id)
        async with self._database.write() as connection:
            return (await connection.execute(gone)).rowcount > 0

    async def _where(
        self, condition: sa.ColumnElement[bool], limit: int | None = None
    ) -> list[TalkRecording]:
        chosen = sa.select(talk_recordings).where(condition).order_by(talk_recordings.c.from_at)
        async with self._database.read() as connection:
            rows = await connection.execute(chosen.limit(limit))
            return [
                TalkRecording(r.id, r.conversation_id, r.from_at, r.seconds, tuple(r.skills))
                for r in rows
            ]


def requires(skills: sa.ColumnElement[Any], skill: str) -> sa.ColumnElement[bool]:
    """Whether a column of skill ids (JSON) has this one."""
    named = json.dumps(skill)  # with its quotes: no id is found within another
    return sa.cast(skills, sa.Text()).contains(named, autoescape=True)
