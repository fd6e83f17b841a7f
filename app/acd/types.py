"""What goes into the distributor and what comes out of it. Instants in ms since the epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.agent import Agent, Caps, Role
from app.domain.conversation import Callback, Channel, Conversation, Customer, Fault
from app.domain.events import StreamEvent
from app.domain.leg import Audio, LegKind


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """An agent as the settings describe them."""

    id: str
    name: str
    role: Role = Role.AGENT
    skills: frozenset[str] = frozenset()
    caps: Caps = field(default_factory=Caps)
    audio: Audio = Audio.NUMBER
    kind: LegKind = LegKind.PERSISTENT
    levels: Mapping[str, int] = field(default_factory=dict)
    """Proficiency by skill id, 1 to 5; 3 where nothing is said."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A conversation that is new to the live queue."""

    id: str
    channel: Channel
    customer: Customer
    created_at: int
    entry: str | None = None
    language: str = "en"
    channel_id: str | None = None
    flow: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sentiment: float | None = None
    callback: Callback | None = None
    """The customer is to be called; there is no channel."""
    bot_app: str | None = None
    """The Stasis application that the caller came from."""
    bot_has: bool = False
    """The caller is with their bot."""
    skills: tuple[str, ...] = ()
    """Whom the caller is for, should the bot be lost before it said so."""


@dataclass(frozen=True, slots=True)
class QueueRequest:
    """A hand-over to people; `arrival` is given when the conversation may be new."""

    conversation_id: str
    skills: tuple[str, ...] = ()
    """Skill ids, in any order."""
    priority: int = 0
    routed_to: str | None = None
    reason: str | None = None
    queued_at: int | None = None
    """The age already earned elsewhere; ignored where the conversation has one, or in future."""
    faults: tuple[Fault, ...] = ()
    """What of this hand-over could not be used; replaces those of an earlier one."""
    arrival: Arrival | None = None
    max_wait_ms: int | None = None
    """After so long in the queue a caller is handed back to the dialplan; None: never."""
    exit_key: str | None = None
    """The digit by which a caller leaves the queue."""
    bot_app: str | None = None
    """The Stasis application that the caller came from, where it is known now."""
    here: bool = False
    """The caller's channel is with us: no bot has it any more."""
    stays: bool | None = None
    """The bot keeps the caller until an agent accepts; None: as it was."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did: its events and the new state of everything it touched."""

    events: tuple[StreamEvent, ...] = ()
    conversations: dict[str, Conversation] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    repeated: bool = False
    """This command id was answered before; this is that answer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole live queue at one instant of the stream."""

    epoch: str
    stream_id: str
    """Last entry that is contained; read on after it."""
    conversations: dict[str, Conversation]
    agents: dict[str, Agent]
