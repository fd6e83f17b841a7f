"""What was said: the turns between customer, bot and agent."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.database import Database
from app.records.schema import transcript_turns
from app.records.search_index import WordsStatement, turn_words
from app.records.transcript_rows import Turn, of_conversation, read_turns
from app.records.upsert import insert_new


class Transcripts:
    """The turns of each conversation, which need not be archived yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._words = WordsStatement(database.is_sqlite)

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
            await self._words.add(connection, turn_words(conversation_id, new))

    async def turns(self, conversation_id: str) -> list[Turn]:
        """All turns in the order of their instants, then of their arrival."""
        async with self._database.read() as connection:
            return await read_turns(connection, conversation_id)


async def _last_position(connection: AsyncConnection, conversation_id: str) -> int:
    last = sa.func.coalesce(sa.func.max(transcript_turns.c.position), 0)
    found = await connection.execute(sa.select(last).where(of_conversation(conversation_id)))
    return int(found.scalar_one())
