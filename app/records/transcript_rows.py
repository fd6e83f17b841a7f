"""A turn of a transcript, and reading the turns of one conversation."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.columns import storable
from app.records.schema import transcript_turns


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance. `at` in ms since the epoch."""

    id: str
    """The speaker's own id for it; the same id again is the same turn."""
    speaker: str
    """bot, customer, agent, or a name."""
    text: str
    at: int


async def read_turns(connection: AsyncConnection, conversation_id: str) -> list[Turn]:
    """The turns of one conversation in the order of their instants, then of their arrival."""
    c = transcript_turns.c
    chosen = sa.select(c.id, c.speaker, c.text, c.at).where(of_conversation(conversation_id))
    rows = await connection.execute(chosen.order_by(c.at, c.position, c.id))
    return [Turn(*row) for row in rows]


def of_conversation(conversation_id: str) -> sa.ColumnElement[bool]:
    """Whether a turn is of this conversation."""
    return transcript_turns.c.conversation_id == storable(conversation_id)
