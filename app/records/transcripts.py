"""What was said: the turns between customer, bot and agent."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from app.records.columns import storable
from app.records.database import Database
from app.records.schema import transcript_turns
from app.records.search_index import WordsStatement, turn_words
from app.records.together import Together
from app.records.transcript_rows import Turn, read_turns
from app.records.upsert import insert_new

Said = tuple[str, list[Turn]]
"""Conversation, and turns of it in their order."""
_c = transcript_turns.c
_LAST = (
    sa.select(_c.conversation_id, sa.func.max(_c.position))
    .where(_c.conversation_id.in_(sa.bindparam("talks", expanding=True)))
    .group_by(_c.conversation_id)
)


class Transcripts:
    """The turns of each conversation, which need not be archived yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._words = WordsStatement(database.is_sqlite)
        self._new = insert_new(transcript_turns, database.is_sqlite)
        self._together = Together(self._add)

    async def add_turns(self, conversation_id: str, turns: Iterable[Turn]) -> None:
        """Store turns in their order; those whose id is stored already are left as they are."""
        new = list(turns)
        if new:
            await self._together.add((storable(conversation_id), new))

    async def turns(self, conversation_id: str) -> list[Turn]:
        """All turns in the order of their instants, then of their arrival."""
        async with self._database.read() as connection:
            return await read_turns(connection, conversation_id)

    async def _add(self, some: Sequence[Said]) -> None:
        async with self._database.write() as connection:
            found = await connection.execute(_LAST, {"talks": sorted({talk for talk, _ in some})})
            last = {talk: position for talk, position in found}
            rows = []
            for talk, turns in some:
                for turn in turns:
                    last[talk] = last.get(talk, 0) + 1
                    rows.append(_row(talk, turn, last[talk]))
            await connection.execute(self._new, rows)
            words = [row for talk, turns in some for row in turn_words(talk, turns)]
            await self._words.add(connection, words)


def _row(talk: str, turn: Turn, position: int) -> dict[str, str | int]:
    return {
        "conversation_id": talk,
        "id": turn.id,
        "position": position,
        "speaker": turn.speaker,
        "text": turn.text,
        "at": turn.at,
    }
