"""The last conversations with what they went through, for the preview of a routing rule."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import EventType
from app.domain.rule_preview import Past
from app.records.archive_search import load
from app.records.database import Database
from app.records.schema import conversation_events, conversations

TOLD = (EventType.CONVERSATION_UPDATED, EventType.CONVERSATION_STARTED, EventType.STAFFING_CHANGED)
PORTION = 500


class RulePreview:
    """Reads conversations and those of their events that a rule may ask about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, at: int, most: int) -> list[Past]:
        """Those created since (ms), newest first, at most so many."""
        c = conversations.c
        chosen = sa.select(conversations).where(c.created_at >= at)
        ordered = chosen.order_by(c.created_at.desc(), c.id.desc()).limit(most)
        async with self._database.read() as connection:
            found = await load(connection, ordered)
            events = await _events(connection, [one.id for one in found])
        return [
            Past(
                one,
                tuple(
                    float(felt)
                    for _, data in events[one.id]
                    if isinstance(felt := data.get("sentiment"), int | float)
                ),
                by_bot=any(kind == EventType.CONVERSATION_STARTED for kind, _ in events[one.id]),
                unstaffed=any(
                    kind == EventType.STAFFING_CHANGED and data.get("staffing") != "ok"
                    for kind, data in events[one.id]
                ),
            )
            for one in found
        ]


async def _events(
    connection: AsyncConnection, ids: Sequence[str]
) -> defaultdict[str, list[tuple[str, dict[str, object]]]]:
    c, found = conversation_events.c, defaultdict[str, list[tuple[str, dict[str, object]]]](list)
    for start in range(0, len(ids), PORTION):
        chosen = sa.select(c.conversation_id, c.type, c.data).where(
            c.conversation_id.in_(ids[start : start + PORTION]), c.type.in_([t.value for t in TOLD])
        )
        for row in await connection.execute(chosen.order_by(c.stream_ms, c.stream_seq)):
            found[row.conversation_id].append((row.type, row.data))
    return found
