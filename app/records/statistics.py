"""The statistics' rows: written in the archive's own transactions, so each event counts once.

What a conversation adds is told anew from its whole timeline whenever something happened to it;
telling it twice changes nothing. Agents' time goes on from the span that is open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.conversation import Conversation
from app.domain.events import StreamEvent
from app.domain.spans import Span, SpanKind, Turn, turns
from app.domain.visits import COUNTED, Told, tell
from app.records.archive_rows import TimelineEntry, entry_from
from app.records.archive_search import load
from app.records.columns import storable
from app.records.schema import (
    conversation_events,
    conversations,
    stat_offers,
    stat_parts,
    stat_spans,
    stat_visits,
)
from app.records.upsert import upsert

_TYPES = sorted(str(one) for one in COUNTED)


class Projection:
    """Keeps the statistics beside the archive."""

    def __init__(self, is_sqlite: bool) -> None:
        self._put = {
            table: upsert(table, is_sqlite) for table in (stat_visits, stat_offers, stat_parts)
        }
        self._put_spans = upsert(stat_spans, is_sqlite)

    async def project(
        self,
        connection: AsyncConnection,
        events: Sequence[StreamEvent],
        latest: Sequence[Conversation],
    ) -> None:
        """Bring in these events, which are stored already; `latest` are those they name, as far as
        the live queue still had them."""
        named = (e.conversation_id for e in events if e.type in COUNTED or _restored(e))
        counted = {one for one in named if one is not None}
        seen = [one for one in latest if one.id in counted]
        # closed, and gone from the live queue before its last events were read
        gone = counted.difference(one.id for one in seen)
        await self.retell(connection, seen + await _stored(connection, gone))
        await self._spans(connection, events)

    async def retell(self, connection: AsyncConnection, these: Sequence[Conversation]) -> None:
        """Tell these conversations anew from their timelines."""
        if not these:
            return
        timelines = await _timelines(connection, [one.id for one in these])
        rows: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in self._put}
        ends: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in self._put}
        for one in these:
            told = tell(one, timelines.get(storable(one.id), []))
            for table, made in _rows(one, told).items():
                rows[table] += made
                ends[table].append({"of": storable(one.id), "from_position": len(made)})
        for table, put in self._put.items():
            await connection.execute(_SURPLUS[table], ends[table])
            if rows[table]:
                await connection.execute(put, rows[table])

    async def _spans(self, connection: AsyncConnection, events: Sequence[StreamEvent]) -> None:
        told = [(event, turn) for event in events for turn in turns(event)]
        if not told:
            return
        open_ = await _open_spans(connection, {str(event.agent_id) for event, _ in told})
        changed: dict[tuple[str, str, int], Span] = {}
        for event, turn in told:
            for span in _turned(open_, str(event.agent_id), turn, event.at):
                changed[span.agent_id, span.kind, span.from_at] = span
        if changed:
            await connection.execute(self._put_spans, [asdict(s) for s in changed.values()])


def _restored(event: StreamEvent) -> bool:
    return event.data.get("cause") == "restored"


def _turned(
    open_: dict[tuple[str, SpanKind], Span], agent_id: str, turn: Turn, at: int
) -> Iterable[Span]:
    """The spans that change: the one that ends, and the one that begins."""
    key = (agent_id, turn.kind)
    stands = open_.get(key)
    if stands is not None:
        if (stands.value, stands.reason) == (turn.value, turn.reason):
            return
        at = max(at, stands.from_at)
        del open_[key]
        yield Span(agent_id, turn.kind, stands.from_at, stands.value, stands.reason, at)
    if turn.value is not None:
        open_[key] = Span(agent_id, turn.kind, at, turn.value, turn.reason)
        yield open_[key]


def _rows(one: Conversation, told: Told) -> dict[sa.Table, list[dict[str, Any]]]:
    base = {"conversation_id": one.id, "channel": one.channel.value}
    queue = {**base, "entry": one.entry}
    called = one.callback is not None
    return {
        stat_visits: [
            {**queue, "callback": called, "position": n, **asdict(v), "result": v.result.value}
            for n, v in enumerate(told.visits)
        ],
        stat_offers: [
            {**base, "position": n, **asdict(o), "result": o.result.value}
            for n, o in enumerate(told.offers)
        ],
        stat_parts: [{**queue, "position": n, **asdict(p)} for n, p in enumerate(told.parts)],
    }


_SURPLUS = {
    table: table.delete().where(
        table.c.conversation_id == sa.bindparam("of"),
        table.c.position >= sa.bindparam("from_position"),
    )
    for table in (stat_visits, stat_offers, stat_parts)
}


async def _stored(connection: AsyncConnection, ids: set[str]) -> list[Conversation]:
    if not ids:
        return []
    wanted = conversations.c.id.in_(sorted(storable(one) for one in ids))
    return await load(connection, sa.select(conversations).where(wanted))


async def _timelines(connection: AsyncConnection, ids: list[str]) -> dict[str, list[TimelineEntry]]:
    c = conversation_events.c
    chosen = sa.select(conversation_events).where(
        c.conversation_id.in_([storable(one) for one in ids]), c.type.in_(_TYPES)
    )
    found: dict[str, list[TimelineEntry]] = {}
    ordered = chosen.order_by(c.conversation_id, c.stream_ms, c.stream_seq)
    for row in await connection.execute(ordered):
        found.setdefault(row.conversation_id, []).append(entry_from(row))
    return found


async def _open_spans(
    connection: AsyncConnection, agents: set[str]
) -> dict[tuple[str, SpanKind], Span]:
    c = stat_spans.c
    chosen = sa.select(stat_spans).where(c.agent_id.in_(sorted(agents)), c.to_at.is_(None))
    found: dict[tuple[str, SpanKind], Span] = {}
    for row in await connection.execute(chosen.order_by(c.from_at)):
        kind = SpanKind(row.kind)
        found[row.agent_id, kind] = Span(row.agent_id, kind, row.from_at, row.value, row.reason)
    return found
