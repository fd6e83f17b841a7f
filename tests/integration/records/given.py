"""Conversations and batches for the stories about the archive."""

from dataclasses import replace

from app.domain.conversation import (
    Channel,
    Conversation,
    Customer,
    Fault,
    Offer,
    Outcome,
    Segment,
    Staffing,
    State,
    Why,
    WrapUp,
)
from app.domain.events import EventType, StreamEvent
from app.records import ArchiveItem

T0 = 1_790_000_000_000


def a_conversation(id: str = "c1", **changes: object) -> Conversation:
    """A caller who waits for Billing."""
    plain = Conversation(
        id=id,
        state=State.QUEUED,
        channel=Channel.VOICE,
        customer=Customer("Dora Diaz", "+34911222333", "dora@example.com"),
        created_at=T0,
        skills=("billing",),
        queued_at=T0 + 5,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_finished_conversation(id: str = "c1") -> Conversation:
    """One that fills every field which the archive keeps."""
    return a_conversation(
        id,
        state=State.CLOSED,
        entry="200",
        language="es",
        skills=("billing", "spanish"),
        priority=7,
        attempts=2,
        staffing=Staffing.NONE_SIGNED_IN,
        faults=(Fault("unknown-skill", "Bilingual"),),
        sentiment=-0.25,
        flow={"name": "refund", "step": "amount"},
        parameters={"invoice": "4711", "lines": [1, 2.5, None, True]},
        segments=(
            Segment("ana", T0 + 9, T0 + 99, "transfer", WrapUp.CLOSED, "wants a refund", "refund"),
            Segment("ben", T0 + 120, T0 + 200, "customer", WrapUp.CLOSED, "", None),
        ),
        channel_id="chan-1",
        reason="the customer asked for a person",
        outcome=Outcome.COMPLETED,
        why=Why(("billing",), ("ben", "chi"), 4_000, "offered"),
        closed_at=T0 + 300,
        version=1_795_357_290_389,  # begins at the milliseconds of its creation
    )


def an_offer(agent_id: str) -> Offer:
    """An offer that rings at this agent's."""
    return Offer(agent_id, attempt=1, offered_at=T0, expires_at=T0 + 20_000, rang=True)


def an_item(
    number: int,
    conversation: Conversation | None,
    type: EventType = EventType.CONVERSATION_UPDATED,
    agent_id: str | None = None,
) -> ArchiveItem:
    """The `number`th event of the stream."""
    stream_id = f"{T0}-{number}"
    event = StreamEvent(
        id=stream_id,
        type=type,
        at=T0 + number,
        conversation_id=conversation.id if conversation else None,
        agent_id=agent_id,
        data={"number": number},
    )
    return ArchiveItem(stream_id, event, conversation)
