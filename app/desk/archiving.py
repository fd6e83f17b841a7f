"""Carries the stream into SQL, behind its own cursor; a closed conversation leaves Redis only
once it is archived."""

import asyncio
import logging
from dataclasses import replace

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from app.acd import Distributor, EpochLost, StreamReader
from app.desk.supervision_log import SupervisionLog
from app.domain.conversation import Conversation, State
from app.domain.events import EventType, StreamEvent
from app.records import ArchiveItem, Records

log = logging.getLogger("ringdesk.archive")

BATCH = 200
KEEP_MS = 10 * 60 * 1000
"""The stream keeps this much of the past, for pages that come back."""
PAUSE_SECONDS = 0.5
GATHER_SECONDS = 0.25
"""Events that come within so long share a transaction: it costs the same for one as for many."""


REFUSED = (DBAPIError, ValueError, TypeError, ArithmeticError)
"""What a row that cannot be stored raises, depending on the driver."""


def _is_away(error: Exception) -> bool:
    """Whether it was the database's fault rather than the row's."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return False


class Archiving:
    """One of the readers of the stream; it may lag, and nobody waits for it."""

    def __init__(self, distributor: Distributor, reader: StreamReader, records: Records) -> None:
        self._distributor = distributor
        self._reader = reader
        self._records = records
        self._supervision = SupervisionLog(distributor, records)
        self._trimmed_at = 0

    async def run(self) -> None:
        """Archive for ever; waits for Redis and SQL while they are away."""
        while True:
            try:
                await self._forget_what_is_stored()
                cursor = await self._records.archive.cursor() or "0-0"
                while True:
                    cursor = await self._step(cursor)
            except (RedisError, EpochLost, SQLAlchemyError, OSError) as error:
                log.warning("the archive waits (%s)", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _step(self, cursor: str) -> str:
        events = await self._reader.read(cursor, block_ms=1000, count=BATCH)
        if not events:
            return cursor
        if len(events) < BATCH:
            # A transaction costs the same for one event as for many: let some gather.
            await asyncio.sleep(GATHER_SECONDS)
            more = await self._reader.read(events[-1].id, block_ms=0, count=BATCH - len(events))
            events += more
        seen = await self._conversations(events)
        items = [ArchiveItem(e.id, e, seen.get(e.conversation_id or "")) for e in events]
        await self._supervision.note(events, seen)
        kept = await self._apply(items)
        await self._keep_statuses(events)
        closed = [c.id for c in seen.values() if c.state is State.CLOSED and c.id not in kept]
        await self._distributor.forget(closed)
        await self._trim(events[-1].id)
        return events[-1].id

    async def _forget_what_is_stored(self) -> None:
        """Who died, or lost Redis, between storing an end and forgetting it will not see that
        event again."""
        there = await self._distributor.conversations()
        ended = [one.id for one in there if one.state is State.CLOSED]
        if ended:
            await self._distributor.forget(await self._records.archive.closed(ended))

    async def _apply(self, items: list[ArchiveItem]) -> set[str]:
        """Store a batch; one row that the database refuses does not hold up the others.

        Returns the conversations that could not be stored: they stay in Redis.
        """
        try:
            await self._records.archive.apply(items)
        except REFUSED as refused:
            if _is_away(refused):
                raise
            return {i for item in items for i in await self._apply_one(item)}
        return set()

    async def _apply_one(self, item: ArchiveItem) -> set[str]:
        try:
            await self._records.archive.apply([item])
        except REFUSED as refused:
            if _is_away(refused):
                raise
            log.error("event %s cannot be archived: %s", item.stream_id, type(refused).__name__)
            bare = replace(item.event, data={})
            await self._records.archive.apply([replace(item, event=bare, conversation=None)])
            return {item.conversation.id} if item.conversation else set()
        return set()

    async def _conversations(self, events: list[StreamEvent]) -> dict[str, Conversation]:
        ids = {e.conversation_id for e in events if e.conversation_id}
        found = await asyncio.gather(*(self._distributor.conversation(i) for i in ids))
        return {c.id: c for c in found if c}

    async def _keep_statuses(self, events: list[StreamEvent]) -> None:
        """SQL holds the statuses too: Redis may be lost."""
        changed = {e.agent_id for e in events if e.type is EventType.STATUS_CHANGED and e.agent_id}
        for agent_id in changed:
            agent = await self._distributor.agent(agent_id)
            if agent:
                await self._records.people.set_status(
                    agent.id, agent.status, agent.status_reason, agent.status_pending
                )

    async def _trim(self, below: str) -> None:
        now = self._distributor.now()
        if now - self._trimmed_at < 10_000:
            return
        self._trimmed_at = now
        oldest = min(int(below.partition("-")[0]), now - KEEP_MS)
        await self._reader.trim(f"{oldest}-0")
