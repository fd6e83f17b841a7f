"""Conversations and viewers to look at, without anything that runs."""

from dataclasses import replace
from typing import Any

from app.api.visibility import Viewer
from app.domain.agent import Role
from app.domain.conversation import (
    Channel,
    Conversation,
    Customer,
    Offer,
    Segment,
    State,
    Why,
    WrapUp,
)

ANA = Viewer("ana", Role.AGENT, frozenset({"billing"}))
BEN = Viewer("ben", Role.AGENT, frozenset({"billing", "spanish"}))
SAM = Viewer("sam", Role.SUPERVISOR)
ADA = Viewer("ada", Role.ADMIN)
BOT = Viewer("key-1", Role.BOT)
EVERYBODY = (ANA, BEN, SAM, ADA, BOT)

WAITING = Conversation(
    id="v1",
    state=State.QUEUED,
    channel=Channel.VOICE,
    customer=Customer("Maria", "+15550123"),
    created_at=1_000,
    skills=("billing",),
    queued_at=2_000,
)


def changed(**changes: Any) -> Conversation:
    """The waiting conversation, changed."""
    return replace(WAITING, **changes)


def offered(to: str) -> Conversation:
    """It is held out to somebody."""
    return changed(
        state=State.OFFERED,
        offer=Offer(to, 1, 3_000, 23_000, True),
        why=Why(("billing",), ("ben",), 5_000),
    )


def active(owner: str) -> Conversation:
    """Somebody talks."""
    return changed(state=State.ACTIVE, agent_id=owner, segments=(Segment(owner, 4_000),))


def wrapping_up(who: str) -> Conversation:
    """Somebody writes."""
    part = Segment(who, 4_000, 5_000, "agent", WrapUp.OPEN)
    return changed(state=State.WRAP_UP, segments=(part,))


def closed(who: str) -> Conversation:
    """Somebody had it."""
    part = Segment(who, 4_000, 5_000, "agent", WrapUp.CLOSED)
    return changed(state=State.CLOSED, segments=(part,))
