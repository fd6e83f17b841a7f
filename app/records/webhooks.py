"""Webhooks: who is told of what becomes of conversations, and how far each has been told.

The outbox is the archive's own event table: what is committed there is told, in its order, and
each webhook keeps its place in it. So nothing is told that was not stored, and a kill at any
instant repeats one event at the most, under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.webhooks import NAMES, TOLD
from app.records.clock import now_ms
from app.records.database import Database
from app.records.errors import NotFound
from app.records.identity import new_id
from app.records.schema import conversation_events, conversations, cursors, webhooks


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. Instants in ms since the epoch."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...]
    """Names of domain/webhooks.py; empty: all."""
    active: bool
    place: str
    """Stream id of the last event that was told, or passed over."""
    failures: int
    """In a row."""
    retry_at: int
    error: str | None
    """Why the latest try failed; None: it did not."""
    told_at: int | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is told."""

    stream_id: str
    name: str
    at: int
    conversation_id: str
    data: dict[str, Any]


class Webhooks:
    """Webhooks, and what is to be told to each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Webhook]:
        """Every webhook, oldest first."""
        async with self._database.read() as connection:
            chosen = sa.select(webhooks).order_by(webhooks.c.created_at, webhooks.c.id)
            return [_webhook(row) for row in await connection.execute(chosen)]

    async def get(self, id: str) -> Webhook:
        """One. Raises NotFound."""
        for webhook in await self.all():
            if webhook.id == id:
                return webhook
        raise NotFound("webhook", id)

    async def add(self, url: str, secret: str, events: Sequence[str]) -> Webhook:
        """Make one; it is told of what happens from now on."""
        now = now_ms()
        row = {
            "id": new_id(), "url": url, "secret": secret, "events": sorted(set(events)),
            "active": True, "place": f"{now}-0", "failures": 0, "retry_at": 0, "created_at": now,
        }  # fmt: skip
        async with self._database.write() as connection:
            await connection.execute(webhooks.insert().values(row))
        return await self.get(str(row["id"]))

    async def change(self, id: str, url: str, events: Sequence[str], active: bool) -> Webhook:
        """Replace what was set; switched on again it goes on where it was. Raises NotFound."""
        values = {"url": url, "events": sorted(set(events)), "active": active}
        await self._set(id, {**values, "failures": 0, "retry_at": 0})
        return await self.get(id)

    async def remove(self, id: str) -> None:
        """Take one away. Raises NotFound."""
        async with self._database.write() as connection:
            gone = await connection.execute(webhooks.delete().where(webhooks.c.id == id))
            if gone.rowcount == 0:
                raise NotFound("webhook", id)

    async def next_for(self, webhook: Webhook, limit: int) -> list[Told]:
        """What is to be told next, in the order in which it happened."""
        e, c = conversation_events.c, conversations.c
        ms, _, seq = webhook.place.partition("-")
        wanted = [kind.value for name in webhook.events or TOLD for kind in TOLD.get(name, ())]
        chosen = (
            sa.select(e.stream_ms, e.stream_seq, e.type, e.at, e.conversation_id, e.agent_id)
            .add_columns(e.data, c.channel, c.channel_id, c.customer_number, c.outcome)
            .join(conversations, c.id == e.conversation_id, isouter=True)
            .where(
                sa.or_(
                    e.stream_ms > int(ms),
                    sa.and_(e.stream_ms == int(ms), e.stream_seq > int(seq or 0)),
                )
            )
            .where(e.type.in_(wanted))
            .order_by(e.stream_ms, e.stream_seq)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [_told(row) for row in await connection.execute(chosen)]

    async def newest(self) -> str:
        """The stream id up to which events are stored."""
        async with self._database.read() as connection:
            asked = sa.select(cursors.c.stream_id).where(cursors.c.name == "archive")
            return (await connection.execute(asked)).scalar_one_or_none() or "0-0"

    async def passed(self, id: str, place: str) -> None:
        """Up to there nothing was to be told."""
        await self._set(id, {"place": place}, must=False)

    async def went_well(self, id: str, place: str) -> None:
        """This event was taken. One that was removed meanwhile is no fault."""
        values = {"place": place, "failures": 0, "retry_at": 0, "error": None, "told_at": now_ms()}
        await self._set(id, values, must=False)

    async def failed(self, id: str, error: str, failures: int, retry_at: int | None) -> None:
        """A try was in vain; without another one the webhook is switched off."""
        values: dict[str, Any] = {"failures": failures, "error": error[:500]}
        values |= {"active": False} if retry_at is None else {"retry_at": retry_at}
        await self._set(id, values, must=False)

    async def _set(self, id: str, values: dict[str, Any], must: bool = True) -> None:
        async with self._database.write() as connection:
            change = webhooks.update().where(webhooks.c.id == id).values(values)
            if (await connection.execute(change)).rowcount == 0 and must:
                raise NotFound("webhook", id)


def _told(row: sa.Row[Any]) -> Told:
    data = {
        "conversation": row.conversation_id,
        "channel": row.channel,
        "channel_id": row.channel_id,
        "number": row.customer_number,
        "agent": row.agent_id,
        "cause": row.data.get("cause"),
        "outcome": row.data.get("outcome") or row.outcome,
    }
    stream_id = f"{row.stream_ms}-{row.stream_seq}"
    return Told(stream_id, NAMES[row.type], row.at, row.conversation_id, data)


def _webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        secret=row.secret,
        events=tuple(row.events),
        active=row.active,
        place=row.place,
        failures=row.failures,
        retry_at=row.retry_at,
        error=row.error,
        told_at=row.told_at,
        created_at=row.created_at,
    )
