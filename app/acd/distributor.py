"""The distributor's commands: each is one atomic step in Redis, with its events.

Every command takes a `command_id`; a repeat with the same id returns the first answer and does
nothing. Without one a fresh id is made, which still protects a repeat after a lost connection.
All raise EpochLost while the live queue has no epoch, UnknownConversation, UnknownAgent, and
ValueError for what is beyond app/acd/limits.py.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from redis.asyncio import Redis

from app.acd import codec
from app.acd.lease import PREFIX
from app.acd.limits import (
    AGENT_SKILLS,
    CAPS,
    INSTANTS,
    NOTES_LENGTH,
    REQUIRED_SKILLS,
    checked_id,
    checked_json,
    checked_number,
    checked_priority,
    checked_skills,
    checked_text,
)
from app.acd.reads import Reads
from app.acd.scripts import Args, Scripts, rules_words
from app.acd.types import AgentProfile, Arrival, QueueRequest, Result
from app.domain.agent import Agent, Status
from app.domain.conversation import Conversation, Fault, Outcome
from app.domain.leg import LegMove
from app.domain.routing import Rules

KEEP_ANSWERS_MS = 600_000
"""How long a caller's own command id is remembered."""
KEEP_FRESH_MS = 30_000
"""The same for ids made here: only our own retry can repeat them."""
DETAIL_LENGTH = 500

K = TypeVar("K", Agent, Conversation)


class Unset:
    """Marks an argument that was not given, where None means "clear it"."""


UNSET = Unset()


class Distributor(Reads):
    """Who gets what, decided in Redis. `rules` may be replaced at any time."""

    def __init__(
        self,
        redis: Redis,
        rules: Rules,
        clock: Callable[[], int],
        prefix: str = PREFIX,
        patience_s: float = 2.0,
    ) -> None:
        super().__init__(redis, Scripts(redis, prefix, patience_s), prefix)
        self.rules = rules
        self._clock = clock

    def now(self) -> int:
        """Milliseconds since the epoch on the clock that all nodes share."""
        return self._clock()

    async def load(self) -> None:
        """Puts the scripts into the server; a server that lost them gets them again by itself."""
        await self._scripts.load()

    # --- agents

    async def put_agent(
        self,
        profile: AgentProfile,
        *,
        status: Status = Status.OFFLINE,
        reason: str | None = None,
        command_id: str | None = None,
    ) -> Result:
        """Adds an agent, with that status, or changes their profile, keeping status and work.

        An offer that the new skills or caps forbid is withdrawn; active work stays.
        """
        args: Args = {
            "agent": checked_id(profile.id, "agent"),
            "name": checked_text(profile.name, "name"),
            "role": profile.role.value,
            "skills": checked_skills(profile.skills, AGENT_SKILLS),
            "cap_chat": checked_number(profile.caps.chat, CAPS, "chat cap"),
            "cap_email": checked_number(profile.caps.email, CAPS, "email cap"),
            "audio": profile.audio.value,
            "kind": profile.kind.value,
            "status": status.value,
            "reason": checked_text(reason, "reason"),
        }
        return await self._run("put_agent", args, command_id)

    async def remove_agent(self, agent_id: str, *, command_id: str | None = None) -> Result:
        """Takes an agent off the books: their work returns to the queue, wrap-ups close.

        Removing one who is not there does nothing.
        """
        return await self._run("remove_agent", {"agent": agent_id}, command_id)

    async def set_status(
        self,
        agent_id: str,
        status: Status,
        reason: str | None = None,
        after_current: bool = False,
        requeue_call: bool = False,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Chooses a status, now or once nothing is in hand (`after_current`)."""
        args: Args = {
            "agent": agent_id,
            "status": status.value,
            "reason": checked_text(reason, "reason"),
            "after_current": after_current,
            "requeue_call": requeue_call,
        }
        return await self._run("set_status", args, command_id)

    async def want_leg(
        self,
        agent_id: str,
        wanted: bool,
        detail: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Says whether the agent wants a leg, and in words what is going on with it."""
        args: Args = {"agent": agent_id, "wanted": wanted, "detail": _cut(detail)}
        return await self._run("want_leg", args, command_id)

    async def change_leg(
        self,
        agent_id: str,
        what: LegMove,
        detail: str | None = None,
        lost: bool = False,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Moves the leg. A disconnect withdraws a voice offer; `lost` in a talk starts the rejoin
        time, after which the call is queued again. Raises WrongState (RING without a leg).
        """
        args: Args = {
            "agent": agent_id,
            "move": what.value,
            "detail": _cut(detail),
            "lost": lost,
        }
        return await self._run("change_leg", args, command_id)

    async def set_inbox(
        self, agent_id: str, until: int, *, command_id: str | None = None
    ) -> Result:
        """The instant until which the agent's Inbox counts as open for chats and emails."""
        args: Args = {"agent": agent_id, "until": checked_number(until, INSTANTS, "until")}
        return await self._run("set_inbox", args, command_id)

    # --- into the queue

    async def start(self, arrival: Arrival, *, command_id: str | None = None) -> Result:
        """The bot begins. An open conversation of that id is left as it is."""
        args = {"conversation": arrival.id, **_arrival(arrival)}
        return await self._run("start", args, command_id)

    async def enqueue(self, request: QueueRequest, *, command_id: str | None = None) -> Result:
        """Hands a conversation to people, and offers it at once if somebody is eligible.

        A standing offer is withdrawn, unless nothing about the request is new: repeating a
        hand-over changes nothing. Raises WrongState once somebody talks or it is over.
        """
        args: dict[str, str | int | float | bool | bytes | None] = {
            "conversation": request.conversation_id,
            "skills": checked_skills(request.skills, REQUIRED_SKILLS),
            "priority": checked_priority(request.priority),
            "reason": checked_text(request.reason, "reason"),
        }
        if request.routed_to is not None:
            args["routed_to"] = checked_id(request.routed_to, "agent")
        if request.queued_at is not None:
            args["queued_at"] = checked_number(request.queued_at, INSTANTS, "queued_at")
        faults = request.faults
        if request.arrival:
            if request.arrival.id != request.conversation_id:
                raise ValueError("arrival: of another conversation")
            args |= _arrival(request.arrival)
            faults = tuple(dict.fromkeys(request.arrival.faults + faults))
        args["faults"] = _faults(faults)
        return await self._run("enqueue", args, command_id)

    # --- offers

    async def rang(
        self, conversation_id: str, agent_id: str, attempt: int, *, command_id: str | None = None
    ) -> Result:
        """The phone rings or the card shows: the offer's clock starts. Once per attempt.

        Raises WrongState when that attempt no longer stands.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id, "attempt": attempt}
        return await self._run("rang", args, command_id)

    async def accept(
        self,
        conversation_id: str,
        agent_id: str,
        attempt: int | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The agent takes what is offered to them; again when it is already theirs is fine.

        Raises NotYours when it is somebody else's, WrongState when it is nobody's.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id, "attempt": attempt}
        return await self._run("accept", args, command_id)

    async def pick(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The agent takes a waiting chat or email from the list; an exclusion does not matter.

        Raises WrongState when anything else keeps them from it, NotYours when it is another's.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id}
        return await self._run("pick", args, command_id)

    async def reject(
        self,
        conversation_id: str,
        agent_id: str,
        attempt: int | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The agent refuses the offer. Raises NotYours, WrongState."""
        args: Args = {"conversation": conversation_id, "agent": agent_id, "attempt": attempt}
        return await self._run("reject", args, command_id)

    # --- the talk and after

    async def requeue(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """The agent puts their conversation back at its old place. Raises NotYours, WrongState."""
        args: Args = {"conversation": conversation_id, "agent": agent_id}
        return await self._run("requeue", args, command_id)

    async def end(
        self,
        conversation_id: str,
        ended_by: str,
        agent_id: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The talk is over; a wrap-up opens. Raises NotYours (if agent_id is given), WrongState."""
        args: Args = {
            "conversation": conversation_id,
            "ended_by": checked_text(ended_by, "ended_by"),
            "agent": agent_id,
        }
        return await self._run("end", args, command_id)

    async def leave(
        self,
        conversation_id: str,
        outcome: Outcome = Outcome.ABANDONED,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The customer is gone, whatever the state; nothing happens if it was over already."""
        args: Args = {"conversation": conversation_id, "outcome": outcome.value}
        return await self._run("leave", args, command_id)

    async def hand_back(
        self, conversation_id: str, agent_id: str | None = None, *, command_id: str | None = None
    ) -> Result:
        """Back to the bot, by the agent who has it, or by the bot (None) while it waits.

        Raises NotYours, WrongState.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id}
        return await self._run("hand_back", args, command_id)

    async def fail(
        self, conversation_id: str, detail: str, *, command_id: str | None = None
    ) -> Result:
        """The channel or the system is gone; nothing happens if it was over already."""
        args: Args = {"conversation": conversation_id, "detail": _cut(detail)}
        return await self._run("fail", args, command_id)

    async def close_wrap_up(
        self,
        conversation_id: str,
        agent_id: str,
        notes: str | None = None,
        disposition: str | None = None,
        *,
        command_id: str | None = None,
    ) -> Result:
        """The agent has done writing; again is fine. Raises NotYours, WrongState."""
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "notes": checked_text(notes, "notes", NOTES_LENGTH),
            "disposition": checked_text(disposition, "disposition"),
        }
        return await self._run("close_wrap_up", args, command_id)

    async def write_notes(
        self,
        conversation_id: str,
        agent_id: str,
        notes: str,
        *,
        command_id: str | None = None,
    ) -> Result:
        """Saves the agent's notes on their own part, while they talk or write.

        Raises NotYours, WrongState (their wrap-up is closed).
        """
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "notes": checked_text(notes, "notes", NOTES_LENGTH),
        }
        return await self._run("write_notes", args, command_id)

    async def update_context(
        self,
        conversation_id: str,
        *,
        sentiment: float | Unset | None = UNSET,
        flow: dict[str, Any] | Unset | None = UNSET,
        parameters: dict[str, Any] | Unset = UNSET,
        command_id: str | None = None,
    ) -> Result:
        """What the bot knows more; each replaces the old value as a whole. Raises WrongState
        once it is closed.
        """
        args: dict[str, str | int | float | bool | bytes | None] = {"conversation": conversation_id}
        if not isinstance(sentiment, Unset):
            args["sentiment"] = "" if sentiment is None else repr(float(sentiment))
        for name, value in (("flow", flow), ("parameters", parameters)):
            if not isinstance(value, Unset):
                args[name] = checked_json(codec.json(value), name) if value else ""
        return await self._run("update_context", args, command_id)

    # --- time

    async def due(self, limit: int = 100, *, command_id: str | None = None) -> Result:
        """Pops the deadlines that fell due, at most `limit`, and applies them in one step."""
        return await self._run("due", {"limit": limit}, command_id)

    async def _run(self, name: str, args: Args, command_id: str | None) -> Result:
        own = command_id is not None
        header: list[str | int] = [
            self._clock(),
            f"{name}:{checked_id(command_id, 'command id') if command_id else uuid.uuid4().hex}",
            KEEP_ANSWERS_MS if own else KEEP_FRESH_MS,
            *rules_words(self.rules),
        ]
        repeated, events, conversations, agents = await self._scripts.run(name, header, args)
        return Result(
            events=tuple(codec.event(entry, codec.pairs(flat)) for entry, flat in events),
            conversations=_by_id(map(codec.conversation, map(codec.pairs, conversations))),
            agents=_by_id(map(codec.agent, map(codec.pairs, agents))),
            repeated=bool(repeated),
        )


def _by_id(values: Iterable[K]) -> dict[str, K]:
    return {value.id: value for value in values}


def _cut(detail: str | None) -> str | None:
    """Details come from Asterisk: too long a one is cut, not refused."""
    return detail[:DETAIL_LENGTH] if detail else None


def _faults(faults: tuple[Fault, ...]) -> bytes | None:
    return checked_json(codec.json(faults), "faults") if faults else None


def _arrival(arrival: Arrival) -> dict[str, str | int | float | bool | bytes | None]:
    sentiment = arrival.sentiment
    return {
        "arrival": checked_id(arrival.id, "conversation"),
        "channel": arrival.channel.value,
        "customer": checked_json(codec.json(arrival.customer), "customer"),
        "created_at": checked_number(arrival.created_at, INSTANTS, "created_at"),
        "entry": checked_text(arrival.entry, "entry"),
        "language": checked_text(arrival.language, "language"),
        "channel_id": checked_text(arrival.channel_id, "channel_id"),
        "flow": checked_json(codec.json(arrival.flow), "flow") if arrival.flow else None,
        "parameters": checked_json(codec.json(arrival.parameters), "parameters")
        if arrival.parameters
        else None,
        "faults": _faults(arrival.faults),
        "sentiment": repr(float(sentiment)) if sentiment is not None else None,
    }
