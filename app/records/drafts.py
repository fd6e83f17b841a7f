"""What agents have begun to write: one draft for each conversation, for whoever has it next."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.records.columns import storable
from app.records.database import Database
from app.records.mail_schema import drafts
from app.records.upsert import upsert

d = drafts.c


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft; `at` in ms since the epoch."""

    conversation_id: str
    agent_id: str
    """Who wrote on it last."""
    draft: dict[str, Any]
    at: int


class Drafts:
    """The store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(drafts, database.is_sqlite)

    async def get(self, conversation_id: str) -> Draft | None:
        """The draft of a conversation."""
        async with self._database.read() as connection:
            chosen = sa.select(drafts).where(d.conversation_id == storable(conversation_id))
            row = (await connection.execute(chosen)).first()
            return None if row is None else Draft(**row._mapping)

    async def put(self, draft: Draft) -> None:
        """Keep it instead of the one before."""
        row = {
            "conversation_id": storable(draft.conversation_id),
            "agent_id": draft.agent_id,
            "draft": draft.draft,
            "at": draft.at,
        }
        async with self._database.write() as connection:
            await connection.execute(self._put, [row])

    async def remove(self, conversation_id: str) -> None:
        """It was sent, or thrown away."""
        async with self._database.write() as connection:
            theirs = d.conversation_id == storable(conversation_id)
            await connection.execute(drafts.delete().where(theirs))
