"""How long agents were in a status, and had a leg: spans that an agent's events open and close."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.agent import Status
from app.domain.events import EventType, StreamEvent
from app.domain.leg import LegState


class SpanKind(StrEnum):
    """What lasts."""

    STATUS = "status"
    LEG = "leg"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an agent's time; `to_at` None while it lasts. Instants in ms."""

    agent_id: str
    kind: SpanKind
    from_at: int
    value: str
    reason: str | None = None
    to_at: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """From now on; value None: nothing lasts (signed out, no leg)."""

    kind: SpanKind
    value: str | None
    reason: str | None = None


NO_TURNS: Final[tuple[Turn, ...]] = ()


def turns(event: StreamEvent) -> tuple[Turn, ...]:
    """What an event says of its agent's status and leg; most say nothing."""
    if event.agent_id is None:
        return NO_TURNS
    if event.type is EventType.STATUS_CHANGED and "pending" not in event.data:
        return _status(event)
    if event.type is EventType.LEG_CHANGED and "leg" in event.data:
        up = event.data["leg"] != LegState.DISCONNECTED
        return (Turn(SpanKind.LEG, "connected" if up else None),)
    if event.type is EventType.AGENT_REMOVED:
        return (Turn(SpanKind.STATUS, None), Turn(SpanKind.LEG, None))
    # New to the live queue, which may have lost what came before.
    if event.type is EventType.AGENT_CHANGED and event.data.get("cause") == "added":
        return (*_status(event), Turn(SpanKind.LEG, None))
    return NO_TURNS


def _status(event: StreamEvent) -> tuple[Turn, ...]:
    status = event.data.get("status")
    if status is None:
        return NO_TURNS
    reason = event.data.get("reason")
    if status == Status.OFFLINE:
        return (Turn(SpanKind.STATUS, None),)
    return (Turn(SpanKind.STATUS, str(status), str(reason) if reason else None),)
