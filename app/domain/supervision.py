"""Supervision: a supervisor listens to a call, whispers to its agent, or speaks to everybody.

Rules:
- it belongs to a call that is up, an AI's, a waiting one or an agent's, and follows the customer
  through hold, transfer and consult; it ends with the call, and with the supervisor's own leg;
- a supervisor has one at a time, a call may have several; who supervises counts as on a call;
- it changes neither the conversation's state nor who hears whom beside the supervisor.
"""

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """What a supervisor does on a call."""

    LISTEN = "listen"  # hears all, is heard by nobody
    WHISPER = "whisper"  # is heard by the agent (or the AI), not by the customer
    BARGE = "barge"  # is heard by all


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervisor on one call. Instants in ms since the epoch."""

    agent_id: str
    """The supervisor."""
    how: How
    since: int
    """When it began, whatever it was then."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The call that a supervisor is on. Instants in ms since the epoch."""

    conversation_id: str
    how: How
    since: int
