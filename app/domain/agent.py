"""An agent: a person who takes conversations, as the distributor sees them.

Rules of the status machine:
- a chosen status takes effect now, or waits as `pending` until nothing is in hand;
- "missed offers" and "inbox closed" set Busy by themselves;
- sign-out is Offline.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.leg import Audio, LegKind, LegState
from app.domain.supervision import Watching


class Status(StrEnum):
    """What the agent chose, or what the system set for them."""

    AVAILABLE = "available"
    BUSY = "busy"
    OFFLINE = "offline"


class Role(StrEnum):
    """Roles are cumulative: agent < supervisor < admin; `bot` is for keys."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    BOT = "bot"


MISSED_OFFERS = "missed offers"
"""Reason of the Busy that two missed offers in a row set."""
MISSED_OFFERS_LIMIT = 2

INBOX_CLOSED = "inbox closed"
"""Reason of the Busy that a lost Inbox sets where no leg is up."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The agent's audio connection."""

    state: LegState = LegState.DISCONNECTED
    audio: Audio = Audio.NUMBER
    kind: LegKind = LegKind.PERSISTENT
    detail: str | None = None
    """In words, for the agent: dialling, talking, no answer, phone lost …"""
    wanted: bool = False
    """The agent asked for a leg: it is (re)dialled until they disconnect it."""


@dataclass(frozen=True, slots=True)
class Load:
    """Conversations in hand (active) by channel."""

    voice: int = 0
    chat: int = 0
    email: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """The most conversations at a time; voice is 1 and cannot be changed."""

    chat: int = 5
    email: int = 5
    voice: int = 1


@dataclass(frozen=True, slots=True)
class Agent:
    """The live state of one agent, as the queue holds it. Instants in ms since the epoch."""

    id: str
    name: str
    role: Role = Role.AGENT
    skills: frozenset[str] = frozenset()
    """Skill ids."""
    levels: Mapping[str, int] = field(default_factory=dict)
    """Proficiency by skill id, 1 to 5; 3 where nothing is said."""
    status: Status = Status.OFFLINE
    status_reason: str | None = None
    status_pending: Status | None = None
    status_pending_reason: str | None = None
    leg: Leg = field(default_factory=Leg)
    load: Load = field(default_factory=Load)
    caps: Caps = field(default_factory=Caps)
    wrap_ups: int = 0
    """Open wrap-ups of this agent, on any channel."""
    offer: str | None = None
    """The conversation that is offered to them now."""
    watching: Watching | None = None
    """The call that they supervise now: they count as on a call."""
    inbox_until: int = 0
    """Instant up to which their Inbox counts as open; far in the future while a socket lives."""
    idle_since: int = 0
    missed: int = 0
    """Offers in a row that rang and were not answered."""
    version: int = 0

    @property
    def on_call(self) -> bool:
        """Their phone is taken: by a talk, or by one that they supervise."""
        return self.load.voice > 0 or self.watching is not None
