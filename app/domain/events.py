"""What happened, in the past tense: the entries of the event stream.

An event says which conversation and which agent to look at; readers then look. `data` adds what
cannot be seen any more afterwards (a cause, the agent who was left).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """Every kind of entry in the stream."""

    CONVERSATION_STARTED = "conversation_started"  # the bot began
    CONVERSATION_QUEUED = "conversation_queued"
    CONVERSATION_OFFERED = "conversation_offered"
    OFFER_RANG = "offer_rang"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_REJECTED = "offer_rejected"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    EXCLUSION_ENDED = "exclusion_ended"
    CONVERSATION_PICKED = "conversation_picked"
    CONVERSATION_REQUEUED = "conversation_requeued"
    CONVERSATION_HELD = "conversation_held"  # music for the customer, the agent keeps the call
    CONVERSATION_UNHELD = "conversation_unheld"
    CONVERSATION_MUTED = "conversation_muted"  # the agent's voice, for the customer
    CONVERSATION_UNMUTED = "conversation_unmuted"
    RECORDING_PAUSED = "recording_paused"  # by the agent: a card number
    RECORDING_RESUMED = "recording_resumed"
    DIGITS_SENT = "digits_sent"  # how many; which ones is nobody's business (a card, a code)
    CONVERSATION_TRANSFERRED = "conversation_transferred"  # to a skill, an agent, a number
    CONSULT_STARTED = "consult_started"
    CONSULT_CHANGED = "consult_changed"  # `what`: offered, refused, accepted …
    CONSULT_SWAPPED = "consult_swapped"
    CONSULT_ENDED = "consult_ended"  # `cause`: complete, cancel, nobody, no_answer …
    CONVERSATION_RETURNED = "conversation_returned"  # from a number where nobody answered
    CONVERSATION_HANDED_BACK = "conversation_handed_back"
    BOT_TOOK = "bot_took"  # the bot has taken up a caller who was handed back to it
    CONVERSATION_TAKEN_OVER = "conversation_taken_over"
    CONVERSATION_RELEASED = "conversation_released"  # from one agent to its skills
    CONVERSATION_ENDED = "conversation_ended"  # the talk is over, a wrap-up is open
    CONVERSATION_CLOSED = "conversation_closed"
    CONVERSATION_UPDATED = "conversation_updated"  # context, notes, faults
    AGENT_LOST = "agent_lost"  # in mid-talk; the caller keeps them for the rejoin time
    AGENT_REJOINED = "agent_rejoined"
    CALLBACK_CHOSEN = "callback_chosen"  # who waited on the line would rather be called
    CALLBACK_HELD = "callback_held"  # outside opening hours
    CALLBACK_MISSED = "callback_missed"  # nobody answered; the next try comes later
    CALLBACK_DUE = "callback_due"  # it may be offered again
    CALLBACK_ANSWERED = "callback_answered"
    CALLBACK_JOINED = "callback_joined"  # the customer called in themselves
    RULE_APPLIED = "rule_applied"  # a routing rule: `rule` by name, `did` in words
    SUPERVISION_STARTED = "supervision_started"  # `how`, and `of`: the agent who is listened to
    SUPERVISION_CHANGED = "supervision_changed"
    SUPERVISION_ENDED = "supervision_ended"  # `since`, `cause`
    STAFFING_CHANGED = "staffing_changed"
    WRAP_UP_CLOSED = "wrap_up_closed"
    AGENT_CHANGED = "agent_changed"  # profile, caps, load, inbox
    AGENT_REMOVED = "agent_removed"
    STATUS_CHANGED = "status_changed"
    LEG_CHANGED = "leg_changed"


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One entry of the stream."""

    id: str
    """The stream's own id (`milliseconds-sequence`)."""
    type: EventType
    at: int
    """Milliseconds since the epoch."""
    conversation_id: str | None = None
    agent_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
