"""A turn of a transcript, and reading the turns of one conversation."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.columns import storable
from app.records.schema import transcript_turns

_c = transcript_turns.c


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance. `at` in ms since the epoch."""

    id: str
    """The speaker's own id for it; the same id again is the same turn."""
    speaker: str
    """bot, customer, agent, or a name."""
    text: str
    at: int


_OF = (
    sa.select(_c.id, _c.speaker, _c.text, _c.at)
    .where(_c.conversation_id == sa.bindparam("talk"))
    .order_by(_c.at, _c.position, _c.id)
)
"""Made once: building it costs as much as running it."""


async def read_turns(connection: AsyncConnection, conversation_id: str) -> list[Turn]:
    """The turns of one conversation in the order of their instants, then of their arrival."""
    rows = await connection.execute(_OF, {"talk": storable(conversation_id)})
    return [Turn(*row) for row in rows]
