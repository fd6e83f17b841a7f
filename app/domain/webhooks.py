"""Which events of the stream are told to webhooks, under which names. Pure."""

from typing import Final

from app.domain.events import EventType

TOLD: Final[dict[str, tuple[EventType, ...]]] = {
    "conversation.started": (EventType.CONVERSATION_STARTED,),
    "conversation.queued": (
        EventType.CONVERSATION_QUEUED,
        EventType.CONVERSATION_REQUEUED,
        EventType.CONVERSATION_RETURNED,
    ),
    "conversation.offered": (EventType.CONVERSATION_OFFERED,),
    "conversation.active": (
        EventType.OFFER_ACCEPTED,
        EventType.CONVERSATION_PICKED,
        EventType.CONVERSATION_TAKEN_OVER,
    ),
    "conversation.transferred": (EventType.CONVERSATION_TRANSFERRED,),
    "conversation.handed_back": (EventType.CONVERSATION_HANDED_BACK,),
    "conversation.bot_took": (EventType.BOT_TOOK,),
    "conversation.ended": (EventType.CONVERSATION_ENDED,),
    "conversation.closed": (EventType.CONVERSATION_CLOSED,),
}
"""Name in a webhook to the events that it tells of."""
NAMES: Final[dict[str, str]] = {e.value: name for name, each in TOLD.items() for e in each}
"""Event type to its name in a webhook."""
PAUSES: Final = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds before each further try; after the last one the webhook is switched off."""


def pause_after(failures: int) -> float | None:
    """Seconds until the next try after so many failures in a row; None: there is none."""
    return PAUSES[failures - 1] if 0 < failures <= len(PAUSES) else None
