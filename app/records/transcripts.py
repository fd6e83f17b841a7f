"""What was said: the turns between customer, bot and agent."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.columns import storable
from app.records.database import Database
from app.records.schema import transcript_turns
from app.records.upsert import insert_new


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance. `at` in ms since the epoch."""

    id: str
    """The speaker's own id for it; the same id again is the same turn."""
    speaker: str
    """bot, customer, agent, or a name."""
    text: str
    at: int


class Transcripts:
    """The turns of each conversation, which need not be archived yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_turns(self, conversation_id: str, turns: Iterable[Turn]) -> None:
        """Store turns in their order; those whose id is stored already are left as they are."""
        new = list(turns)
        if not new:
            return
        async with self._database.write() as connection:
            last = await _last_position(connection, conversation_id)
            rows = [
                {
                    "conversation_id": conversation_id,
                    "id": turn.id,
                    "position": last + number,
                    "speaker": turn.speaker,
                    "text": turn.text,
                    "at": turn.at,
                }
                for number, turn in enumerate(new, 1)
            ]
            await connection.execute(insert_new(transcript_turns, self._database.is_sqlite), rows)

    async def turns(self, conversation_id: str) -> list[Turn]:
        """All turns in the order of their instants, then of their arrival."""
        async with self._database.read() as connection:
            return await read_turns(connection, conversation_id)


async def read_turns(connection: AsyncConnection, conversation_id: str) -> list[Turn]:
    """The turns of one conversation, within a transaction."""
    c = transcript_turns.c
    chosen = sa.select(c.id, c.speaker, c.text, c.at).where(_of(conversation_id))
    rows = await connection.execute(chosen.order_by(c.at, c.position, c.id))
    return [Turn(*row) for row in rows]


async def _last_position(connection: AsyncConnection, conversation_id: str) -> int:
    last = sa.func.coalesce(sa.func.max(transcript_turns.c.position), 0)
    found = await connection.execute(sa.select(last).where(_of(conversation_id)))
    return int(found.scalar_one())


def _of(conversation_id: str) -> sa.ColumnElement[bool]:
    return transcript_turns.c.conversation_id == storable(conversation_id)
