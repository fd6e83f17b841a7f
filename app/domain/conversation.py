"""A conversation: one customer's matter, from the bot's first word to the last wrap-up.

Rules of the machine:
- `new` is before the first event; nothing is ever stored in it.
- `active` begins at accept; that media flows is a detail beside the state.
- Each agent's part is a segment with a wrap-up of its own. A wrap-up opens on end, transfer,
  hand-back and take-over; not on requeue, loss or a status.
- What would close the conversation while an earlier agent still writes leads to `wrap_up`
  instead: see `closing`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.applied import RuleApplied
from app.domain.bot_side import BotSide
from app.domain.consult import ConsultState
from app.domain.machine import Table, after
from app.domain.supervision import Supervision


class State(StrEnum):
    """Where a conversation is (DESIGN "States"); `new` is never stored."""

    NEW = "new"
    BOT = "bot"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class Move(StrEnum):
    """What can happen to a conversation."""

    START = "start"  # the bot begins
    QUEUE = "queue"  # handed over to people, moved by a rule or a supervisor
    OFFER = "offer"
    ACCEPT = "accept"
    PICK = "pick"  # an agent took it from the list
    REJECT = "reject"
    EXPIRE = "expire"  # nobody answered the offer in time
    WITHDRAW = "withdraw"  # leg lost, status changed: the offer no longer stands
    REQUEUE = "requeue"  # the agent puts it back
    LOSE = "lose"  # the agent was lost and did not come back in time
    TRANSFER = "transfer"
    COMPLETE = "complete"  # a consult: the customer goes to the agent who was consulted
    TAKE_OVER = "take_over"
    HAND_BACK = "hand_back"  # to the bot
    END = "end"  # a talk is over, whoever ended it
    LEAVE = "leave"  # the customer goes while nobody talks to them
    EXIT = "exit"  # out of the queue, alive: too long a wait, or the customer's own key
    FAIL = "fail"  # the channel or the system is gone
    WRAP_UP_CLOSED = "wrap_up_closed"  # the last open wrap-up
    RETURN = "return"  # the customer comes back
    RESUME = "resume"  # the customer comes back to the bot


TRANSITIONS: Table[State, Move] = {
    State.NEW: {Move.START: State.BOT, Move.QUEUE: State.QUEUED},
    State.BOT: {
        Move.QUEUE: State.QUEUED,
        Move.TAKE_OVER: State.ACTIVE,
        Move.LEAVE: State.CLOSED,
        Move.FAIL: State.CLOSED,
    },
    State.QUEUED: {
        Move.QUEUE: State.QUEUED,
        Move.OFFER: State.OFFERED,
        Move.PICK: State.ACTIVE,
        Move.TAKE_OVER: State.ACTIVE,
        Move.HAND_BACK: State.BOT,
        Move.LEAVE: State.CLOSED,
        Move.EXIT: State.CLOSED,
        Move.FAIL: State.CLOSED,
    },
    State.OFFERED: {
        Move.QUEUE: State.QUEUED,
        Move.ACCEPT: State.ACTIVE,
        Move.REJECT: State.QUEUED,
        Move.EXPIRE: State.QUEUED,
        Move.WITHDRAW: State.QUEUED,
        Move.TAKE_OVER: State.ACTIVE,
        Move.HAND_BACK: State.BOT,
        Move.LEAVE: State.CLOSED,
        Move.FAIL: State.CLOSED,
    },
    State.ACTIVE: {
        Move.REQUEUE: State.QUEUED,
        Move.LOSE: State.QUEUED,
        Move.TRANSFER: State.QUEUED,
        Move.COMPLETE: State.ACTIVE,
        Move.TAKE_OVER: State.ACTIVE,
        Move.HAND_BACK: State.BOT,
        Move.END: State.WRAP_UP,
        Move.FAIL: State.CLOSED,
    },
    State.WRAP_UP: {
        Move.WRAP_UP_CLOSED: State.CLOSED,
        Move.RETURN: State.QUEUED,
        Move.FAIL: State.CLOSED,
    },
    State.CLOSED: {Move.RETURN: State.QUEUED, Move.RESUME: State.BOT},
}

OPENS_WRAP_UP = frozenset({Move.END, Move.TRANSFER, Move.COMPLETE, Move.HAND_BACK, Move.TAKE_OVER})
"""Moves after which the agent who had the conversation owes a wrap-up."""

KEEPS_EXCLUSION = frozenset({Move.REJECT, Move.EXPIRE, Move.REQUEUE})
"""Moves after which the conversation stays away from that agent for a while."""


class Channel(StrEnum):
    """The kind of conversation; only voice needs a leg."""

    VOICE = "voice"
    CHAT = "chat"
    EMAIL = "email"


class Outcome(StrEnum):
    """How a closed conversation ended."""

    COMPLETED = "completed"
    ABANDONED = "abandoned"
    BOT_COMPLETED = "bot_completed"
    TRANSFERRED = "transferred"
    FAILED = "failed"
    EXPIRED = "expired"


class WrapUp(StrEnum):
    """Where a segment's wrap-up is."""

    NONE = "none"
    OPEN = "open"
    CLOSED = "closed"


class Staffing(StrEnum):
    """Whether anybody could serve a waiting conversation."""

    OK = "ok"
    NONE_SIGNED_IN = "none_signed_in"
    NONE_SKILLED = "none_skilled"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is on the other side, as far as known."""

    name: str | None = None
    number: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the hand-over that could not be used; the conversation goes on without it."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A conversation held out to one agent. Instants in ms since the epoch."""

    agent_id: str
    attempt: int
    offered_at: int
    expires_at: int
    rang: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why an offer went to its agent."""

    requirement: tuple[str, ...]
    """Skill ids that were required."""
    eligible: tuple[str, ...]
    """Ids of other agents who could have got it (the ten longest idle)."""
    idle_ms: int
    """How long the winner had been idle."""
    how: str = "offered"
    """offered, picked, agent (routed to this agent), taken_over."""
    proficiency: int | None = None
    """The winner's in all that was required, added up; None where it was not weighed."""


@dataclass(frozen=True, slots=True)
class Consult:
    """Whom the owner asks while the customer waits: an agent by skills or by id, or a number.
    Instants in ms."""

    state: ConsultState
    since: int
    number_of: int
    """Which consult of this conversation, from 1."""
    skills: tuple[str, ...] = ()
    """Ids of the skills that are sought."""
    to_agent: str | None = None
    """Set where one agent is asked for."""
    number: str | None = None
    """Set where somebody outside is asked."""
    agent_id: str | None = None
    """The consulted agent, once they accepted."""
    offer: Offer | None = None
    attempts: int = 0
    refused: tuple[str, ...] = ()
    """Ids of agents who did not want it, or missed it."""
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One agent's part in a conversation. Instants in ms since the epoch."""

    agent_id: str
    from_at: int
    to_at: int | None = None
    ended_by: str | None = None
    """agent, customer, requeue, lost, status, transfer, hand_back, take_over, idle, failed."""
    wrap_up: WrapUp = WrapUp.NONE
    notes: str = ""
    disposition: str | None = None
    wrap_up_until: int | None = None
    """When the open wrap-up closes by itself; None where there is no limit."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A customer who is to be called: nobody is on the line until they answer."""

    number: str | None
    """Whom to call; None when they left none that can be called."""
    tries: int = 0
    not_before: int | None = None
    """Until this instant (ms) it is neither offered nor counted as waiting."""
    dialling: bool = False
    """The customer's phone is being called; the channel is known, and not answered yet."""
    recording: bool = False
    """The customer left a message, which is kept under the conversation's id."""
    outside_hours: bool = False
    """It is held back because the house is closed."""


class Result(StrEnum):
    """Why a caller was handed back to the dialplan: `RINGDESK_RESULT`."""

    MAX_WAIT = "max_wait"
    EXIT_KEY = "exit_key"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    MESSAGE = "message"
    """They chose to leave a message, wherever in the dialplan they came from."""
    CALLBACK = "callback"
    """They chose to be called back: the dialplan says goodbye."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The whole live state of one conversation, as the queue holds it. Instants in ms."""

    id: str
    state: State
    channel: Channel
    customer: Customer
    created_at: int
    entry: str | None = None
    """The number, mailbox or widget that the customer used."""
    language: str = "en"
    skills: tuple[str, ...] = ()
    """Ids of all required skills, sorted."""
    priority: int = 0
    """0 to 10; each step counts as one head start of waiting."""
    agent_id: str | None = None
    """The owner, from accept until the talk is over."""
    routed_to: str | None = None
    """Set while only this agent may get it."""
    queued_at: int | None = None
    """When the customer first waited for a person; survives every re-queue."""
    offer: Offer | None = None
    attempts: int = 0
    rejoin_until: int | None = None
    """While the lost leg of an active call may still come back."""
    held: bool = False
    """The agent let the customer wait with music; the call stays theirs."""
    muted: bool = False
    """The customer does not hear the agent."""
    recording_paused: bool = False
    """Nothing of the talk is recorded for now, as the agent chose."""
    forward_to: str | None = None
    """The number outside that the customer was transferred to."""
    callback: Callback | None = None
    """Set for a conversation in which the customer is to be called, also once they answered."""
    exit_key: str | None = None
    """The digit by which the customer leaves the queue."""
    leave_at: int | None = None
    """When a caller whom nobody took is handed back to the dialplan."""
    result: Result | None = None
    """Why they were handed back."""
    forward_joined: int = 0
    """Which consult's number that is: who answered there is on the line already. 0: none."""
    rules: tuple[RuleApplied, ...] = ()
    """The routing rules that were applied, in their order in time."""
    choices: tuple[str, ...] = ()
    """What a rule lets the waiting caller choose: callback, message."""
    bot: BotSide | None = None
    """Set for a call that a bot has, had, or opened the conversation of."""
    consult: Consult | None = None
    """Somebody is asked, or talked to, on the customer's matter."""
    supervisors: tuple[Supervision, ...] = ()
    """Who listens to the call or speaks on it beside those who talk."""
    excluded: dict[str, int] = field(default_factory=dict)
    """Agent id to the instant until which the conversation stays away from them."""
    staffing: Staffing = Staffing.OK
    faults: tuple[Fault, ...] = ()
    sentiment: float | None = None
    flow: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    channel_id: str | None = None
    """The customer's channel in Asterisk (voice)."""
    reason: str | None = None
    """Why the bot handed over, in its words."""
    outcome: Outcome | None = None
    why: Why | None = None
    closed_at: int | None = None
    version: int = 0
    """Grows with every transition; it begins at the time of creation, so that it grows across a
    loss of Redis, too."""

    @property
    def talking(self) -> bool:
        """A call in which agent and customer hear each other, or should."""
        active = self.channel is Channel.VOICE and self.state is State.ACTIVE
        return active and self.rejoin_until is None and not self.held and not self.dialling

    @property
    def dialling(self) -> bool:
        """The customer is being called, and has not answered yet."""
        return self.callback is not None and self.callback.dialling

    @property
    def held_back(self) -> bool:
        """Queued, but not to be offered now: called in vain a while ago, or still being called."""
        return self.callback is not None and (
            self.callback.dialling or self.callback.not_before is not None
        )

    def offer_to(self, agent_id: str) -> Offer | None:
        """What is held out to this agent: the conversation, or a consult about it."""
        consulted = self.consult.offer if self.consult else None
        return next((o for o in (self.offer, consulted) if o and o.agent_id == agent_id), None)

    def attempt_of(self, agent_id: str) -> int:
        """For which attempt this agent's phone is, or was, rung."""
        offer = self.offer_to(agent_id)
        if offer is not None:
            return offer.attempt
        theirs = self.consult is not None and self.consult.agent_id == agent_id
        return self.consult.attempts if theirs and self.consult else self.attempts

    @property
    def consulted(self) -> str | None:
        """The agent whom the owner consults, once they accepted."""
        return self.consult.agent_id if self.consult else None

    @property
    def open_wrap_ups(self) -> tuple[Segment, ...]:
        """The segments whose agents still write."""
        return tuple(s for s in self.segments if s.wrap_up is WrapUp.OPEN)


def move(state: State, what: Move, wrap_up_open: bool = False) -> State:
    """The state after a move; closing waits for open wrap-ups. Raises IllegalMove."""
    return closing(after(TRANSITIONS, state, what), wrap_up_open)


def closing(state: State, wrap_up_open: bool) -> State:
    """`closed` becomes `wrap_up` while an agent of an earlier segment still writes."""
    return State.WRAP_UP if state is State.CLOSED and wrap_up_open else state
