"""What the API answers, as frozen values that msgspec encodes.

Times are RFC 3339 in UTC. Fields may be added here; renaming or removing one breaks other
programs.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from app.domain.agent import Role, Status
from app.domain.consult import ConsultState
from app.domain.conversation import Channel, Outcome, Result, Staffing, State, WrapUp
from app.domain.leg import Audio, LegKind, LegState
from app.domain.routing import Reason
from app.domain.supervision import How

Instant = Annotated[datetime, Meta(tz=True)]
"""RFC 3339, in UTC."""


class Named(Struct, frozen=True):
    """Somebody or something, by id and name."""

    id: str
    name: str


class Skill(Struct, frozen=True):
    """Something that a conversation may require."""

    id: str
    name: str
    description: str = ""
    admin_only: bool = False
    """Only an administrator gives it or takes it away."""
    recorded: bool = False
    """Talks for it are recorded."""
    keep_recordings_days: float | None = None
    """For how long what was recorded for it is kept; 0: for ever; null: as the house's setting."""


class HeldSkill(Struct, frozen=True):
    """A skill that somebody has; a locked one only an administrator may take away."""

    id: str
    name: str
    locked: bool = False
    proficiency: int = 3
    """1 to 5."""


class Leg(Struct, frozen=True):
    """The audio connection of an agent."""

    state: LegState
    audio: Audio
    kind: LegKind
    detail: str | None


class Load(Struct, frozen=True):
    """Conversations in hand, by channel."""

    voice: int
    chat: int
    email: int


class Preferences(Struct, frozen=True):
    """The personal configuration."""

    phone_number: str | None
    audio: Audio
    leg: LegKind
    confirm_answer: bool
    chat_cap: int
    email_cap: int
    skills: list[str]
    inbox_view: dict[str, Any]


class Agent(Struct, frozen=True):
    """An agent, as supervisors see them."""

    id: str
    name: str
    role: Role
    skills: list[HeldSkill]
    status: Status
    status_reason: str | None
    status_pending: Status | None
    leg: Leg
    load: Load
    wrap_ups: int
    offer: str | None
    watching: "Watching | None"
    """The call that they supervise."""


class Me(Agent, frozen=True):
    """An agent, as they see themselves."""

    email: str
    preferences: Preferences


class Customer(Struct, frozen=True):
    """Who is on the other side, as far as known."""

    name: str | None
    number: str | None
    email: str | None


class Offer(Struct, frozen=True):
    """A conversation held out to one agent."""

    attempt: int
    agent: Named
    offered_at: Instant
    expires_at: Instant
    rang: bool


class Fault(Struct, frozen=True):
    """Something in the hand-over that could not be used."""

    code: str
    detail: str


class Turn(Struct, frozen=True):
    """One utterance."""

    id: str
    speaker: str
    text: str
    at: Instant


class Segment(Struct, frozen=True, rename={"from_": "from"}):
    """One agent's part in a conversation."""

    agent: Named
    from_: Instant
    to: Instant | None
    ended_by: str | None
    wrap_up: WrapUp
    notes: str
    disposition: str | None
    wrap_up_until: Instant | None = None
    """When the open wrap-up closes by itself, where there is a limit."""


class Why(Struct, frozen=True):
    """Why the offer went to its agent. The others who could have got it: supervisors only."""

    how: str
    requirement: list[str]
    idle_ms: int
    eligible: list[Named]
    proficiency: float | None = None
    """1 to 5, in the mean of what was required; null where it was not weighed."""


class ConsultTarget(Struct, frozen=True):
    """Whom the agent wants to ask, one of them."""

    skill: str | None
    agent: Named | None
    number: str | None


class Consult(Struct, frozen=True):
    """Somebody is asked while the customer waits: `offered` until somebody took it; `talking`
    with the agent; `swapped`: they wait while agent and customer talk."""

    state: ConsultState
    to: ConsultTarget
    by: Named | None
    agent: Named | None
    """Who was found, once they accepted."""
    number: str | None
    since: Instant


class Supervision(Struct, frozen=True):
    """A supervisor who listens to a call, whispers to its agent, or speaks to all."""

    supervisor: Named
    how: How
    since: Instant


class Watching(Struct, frozen=True):
    """The call that a supervisor is on."""

    conversation_id: str
    how: How
    since: Instant


class Callback(Struct, frozen=True):
    """The customer is to be called; `dialling` while their phone rings."""

    number: str | None
    tries: int
    not_before: Instant | None
    dialling: bool
    recording: bool
    """They left a message: `GET /conversations/{id}/recording`."""


class RuleApplied(Struct, frozen=True):
    """A routing rule that was applied: its name then, and what it did."""

    id: str
    rule: str
    at: Instant
    did: str


class BotSide(Struct, frozen=True):
    """The AI's part in a call."""

    can_take_back: bool
    """It came from a bot, to which it can be handed back."""
    has_caller: bool
    stays: bool
    """The bot keeps the caller until an agent accepts."""
    handed_back: int
    until: Instant | None
    """Handed back: by then the bot takes the caller up, or they wait for people again."""
    notes: str


class Conversation(Struct, frozen=True):
    """One conversation. `offer` and `why` are a consult's while one is held out."""

    id: str
    state: State
    channel: Channel
    customer: Customer
    entry: str | None
    language: str
    skills: list[str]
    priority: int
    agent: Named | None
    routed_to: Named | None
    created_at: Instant
    queued_at: Instant | None
    offer: Offer | None
    rejoin_until: Instant | None
    held: bool
    consult: Consult | None
    muted: bool
    supervisors: list[Supervision]
    """Told to supervisors only."""
    staffing: Staffing
    callback: Callback | None
    rules: list[RuleApplied]
    bot: BotSide | None
    result: Result | None
    faults: list[Fault]
    reason: str | None
    sentiment: float | None
    flow: dict[str, Any] | None
    parameters: dict[str, Any]
    transcript: list[Turn]
    segments: list[Segment]
    outcome: Outcome | None
    closed_at: Instant | None
    why: Why | None
    version: int
    recording: str | None = None
    """`on` or `paused` while an agent talks and the call is one that is recorded."""


class TimelineEntry(Struct, frozen=True):
    """One event of a conversation's past; `type` is a name of the event stream."""

    type: str
    at: Instant
    agent: Named | None
    data: dict[str, Any]


class Timeline(Struct, frozen=True):
    """What happened to a conversation, oldest first."""

    items: list[TimelineEntry]
    next: str | None = None


class Inbox(Struct, frozen=True):
    """What waits for the caller, is offered to them, or is theirs."""

    seq: str
    conversations: list[Conversation]


class Match(Struct, frozen=True):
    """Where a search's words are in a conversation; `marks` are from and to in characters (code
    points) of `text`, which is a piece of it."""

    where: str
    """transcript, message, notes, customer, parameters or reason."""
    text: str
    marks: list[tuple[int, int]]
    speaker: str | None
    at: Instant | None


class ConversationList(Struct, frozen=True):
    """A page of conversations; `next` is the cursor of the page after it."""

    items: list[Conversation]
    next: str | None
    matches: dict[str, list[Match]] = {}
    """By conversation, when words were searched for: the first places that have them."""


class SkillList(Struct, frozen=True):
    """All skills."""

    items: list[Skill]
    next: str | None = None


class NamedList(Struct, frozen=True):
    """Ids and names to choose from."""

    items: list[Named]
    next: str | None = None


class DirectoryEntry(Struct, frozen=True):
    """A colleague to transfer to."""

    id: str
    name: str
    role: Role
    status: Status
    skills: list[str]
    free: bool = False
    """A call would ring there now: available, the leg connected, and nothing else in the way."""


class DirectoryList(Struct, frozen=True):
    """All colleagues."""

    items: list[DirectoryEntry]
    next: str | None = None


class ExplainedAgent(Struct, frozen=True):
    """Whether one agent could get the conversation now, and what stands in the way."""

    id: str
    name: str
    eligible: bool
    reasons: list[Reason]


class Explanation(Struct, frozen=True):
    """Every agent, and why they can or cannot get the conversation now."""

    agents: list[ExplainedAgent]


class Alive(Struct, frozen=True):
    """The process lives."""

    status: str


class Readiness(Struct, frozen=True):
    """Each part by name (redis, database, ari, ami): whether it answers."""

    ready: bool
    parts: dict[str, bool]
