"""A conversation as rows of the archive, and back."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.applied import RuleApplied
from app.domain.bot_side import BotSide
from app.domain.conversation import (
    Callback,
    Channel,
    Conversation,
    Customer,
    Fault,
    Outcome,
    Result,
    Segment,
    Staffing,
    State,
    Why,
    WrapUp,
)
from app.domain.events import StreamEvent


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a conversation's past. `at` in ms since the epoch."""

    stream_id: str
    type: str
    """An EventType of the version that wrote it, which may be an older one."""
    at: int
    agent_id: str | None
    data: dict[str, Any]


def conversation_row(of: Conversation) -> dict[str, Any]:
    """The row in `conversations`; live details (exclusions, the offer's clock) are left out."""
    return {
        "id": of.id,
        "state": of.state.value,
        "channel": of.channel.value,
        "customer_name": of.customer.name,
        "customer_number": of.customer.number,
        "customer_email": of.customer.email,
        "entry": of.entry,
        "language": of.language,
        "skills": list(of.skills),
        "priority": of.priority,
        "agent_id": of.agent_id,
        "routed_to": of.routed_to,
        "offered_to": of.offer.agent_id if of.offer else None,
        "attempts": of.attempts,
        "queued_at": of.queued_at,
        "created_at": of.created_at,
        "closed_at": of.closed_at,
        "outcome": of.outcome.value if of.outcome else None,
        "reason": of.reason,
        "why": _why_json(of.why),
        "flow": of.flow,
        "sentiment": of.sentiment,
        "parameters": of.parameters,
        "faults": [{"code": fault.code, "detail": fault.detail} for fault in of.faults],
        "staffing": of.staffing.value,
        "callback": asdict(of.callback) if of.callback else None,
        "bot": asdict(of.bot) if of.bot else None,
        "way_out": _way_out(of),
        "rules": [asdict(applied) for applied in of.rules],
        "channel_id": of.channel_id,
        "version": of.version,
    }


def segment_rows(of: Conversation) -> list[dict[str, Any]]:
    """The rows in `segments`."""
    return [
        {
            "conversation_id": of.id,
            "position": position,
            "agent_id": segment.agent_id,
            "from_at": segment.from_at,
            "to_at": segment.to_at,
            "ended_by": segment.ended_by,
            "wrap_up": segment.wrap_up.value,
            "notes": segment.notes,
            "disposition": segment.disposition,
        }
        for position, segment in enumerate(of.segments)
    ]


def event_row(event: StreamEvent) -> dict[str, Any]:
    """The row in `conversation_events`."""
    stream_ms, stream_seq = stream_order(event.id)
    return {
        "conversation_id": event.conversation_id,
        "stream_ms": stream_ms,
        "stream_seq": stream_seq,
        "type": event.type.value,
        "agent_id": event.agent_id,
        "at": event.at,
        "data": event.data,
    }


def stream_order(stream_id: str) -> tuple[int, int]:
    """A stream's id (`milliseconds-sequence`) as numbers that sort. Raises ValueError."""
    ms, _, seq = stream_id.partition("-")
    return int(ms), int(seq or 0)


def conversation_from(row: sa.Row[Any], segments: Iterable[sa.Row[Any]]) -> Conversation:
    """The conversation that the rows tell."""
    return Conversation(
        id=row.id,
        state=State(row.state),
        channel=Channel(row.channel),
        customer=Customer(row.customer_name, row.customer_number, row.customer_email),
        created_at=row.created_at,
        entry=row.entry,
        language=row.language,
        skills=tuple(row.skills),
        priority=row.priority,
        agent_id=row.agent_id,
        routed_to=row.routed_to,
        queued_at=row.queued_at,
        attempts=row.attempts,
        staffing=Staffing(row.staffing),
        callback=Callback(**row.callback) if row.callback else None,
        bot=BotSide(**row.bot) if row.bot else None,
        **_left(row.way_out),
        rules=tuple(RuleApplied(**applied) for applied in row.rules),
        faults=tuple(Fault(fault["code"], fault["detail"]) for fault in row.faults),
        sentiment=row.sentiment,
        flow=row.flow,
        parameters=row.parameters,
        segments=tuple(_segment(s) for s in segments),
        channel_id=row.channel_id,
        reason=row.reason,
        outcome=Outcome(row.outcome) if row.outcome else None,
        why=_why(row.why),
        closed_at=row.closed_at,
        version=row.version,
    )


def entry_from(row: sa.Row[Any]) -> TimelineEntry:
    """The event as it was in the stream."""
    stream_id = f"{row.stream_ms}-{row.stream_seq}"
    return TimelineEntry(stream_id, row.type, row.at, row.agent_id, row.data)


def _segment(row: sa.Row[Any]) -> Segment:
    return Segment(
        agent_id=row.agent_id,
        from_at=row.from_at,
        to_at=row.to_at,
        ended_by=row.ended_by,
        wrap_up=WrapUp(row.wrap_up),
        notes=row.notes,
        disposition=row.disposition,
    )


def _way_out(of: Conversation) -> dict[str, Any] | None:
    """How a caller leaves the queue otherwise than by an agent, or left it."""
    told = {
        "exit_key": of.exit_key,
        "leave_at": of.leave_at,
        "result": of.result,
        "choices": list(of.choices),
    }
    return told if any(told.values()) else None


def _left(told: dict[str, Any] | None) -> dict[str, Any]:
    if told is None:
        return {}
    result = Result(told["result"]) if told["result"] else None
    return told | {"result": result, "choices": tuple(told.get("choices", ()))}


def _why_json(why: Why | None) -> dict[str, Any] | None:
    return None if why is None else asdict(why)


def _why(value: dict[str, Any] | None) -> Why | None:
    if value is None:
        return None
    return Why(
        requirement=tuple(value["requirement"]),
        eligible=tuple(value["eligible"]),
        idle_ms=value["idle_ms"],
        how=value["how"],
        proficiency=value.get("proficiency"),
    )
