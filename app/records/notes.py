"""Notes as agents type them, before and after the archive has seen their segment.

A draft belongs to an agent and a conversation, not to a segment: when work goes back to the
queue and returns to the same agent, what they wrote is still there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.clock import now_ms
from app.records.columns import fold
from app.records.database import Database
from app.records.schema import notes as table
from app.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent has written on a conversation. `saved_at` in ms since the epoch."""

    notes: str
    saved_at: int


class Notes:
    """Each agent's notes on each conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, conversation_id: str, agent_id: str, notes: str) -> None:
        """Keep what the agent has written so far; the last save wins."""
        row = {"conversation_id": conversation_id, "agent_id": agent_id, "notes": notes}
        async with self._database.write() as connection:
            statement = upsert(table, self._database.is_sqlite)
            values = {**row, "saved_at": now_ms(), "search_text": fold(notes)}
            await connection.execute(statement, [values])

    async def draft(self, conversation_id: str, agent_id: str) -> str | None:
        """What the agent has written, or None."""
        async with self._database.read() as connection:
            found = await drafts_of(connection, [conversation_id])
        draft = found.get((conversation_id, agent_id))
        return None if draft is None else draft.notes


async def drafts_of(
    connection: AsyncConnection, conversation_ids: Sequence[str]
) -> dict[tuple[str, str], Draft]:
    """The drafts of some conversations, by conversation and agent, within a transaction."""
    chosen = sa.select(table).where(table.c.conversation_id.in_(conversation_ids))
    rows = await connection.execute(chosen)
    return {(row.conversation_id, row.agent_id): Draft(row.notes, row.saved_at) for row in rows}
