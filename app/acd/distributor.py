"""The distributor's commands: each is one atomic step in Redis, with its events.

Every command takes a `command_id`; a repeat with the same id returns the first answer and does
nothing. Without one a fresh id is made, which still protects a repeat after a lost connection.
All raise EpochLost while the live queue has no epoch, UnknownConversation, UnknownAgent, and
ValueError for what is beyond app/acd/limits.py.
"""

from typing import Any

from app.acd import codec
from app.acd.bot_commands import TAKE_MS, BotCommands
from app.acd.commands import cut
from app.acd.limits import (
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
from app.acd.queue_commands import QueueCommands, way_out
from app.acd.restore import fields_of
from app.acd.rule_commands import RuleCommands
from app.acd.scripts import Args
from app.acd.supervision_commands import SupervisionCommands
from app.acd.types import Arrival, QueueRequest, Result
from app.domain.conversation import Conversation, Customer, Fault, Outcome, State


class Unset:
    """Marks an argument that was not given, where None means "clear it"."""


UNSET = Unset()


class Distributor(SupervisionCommands, BotCommands, QueueCommands, RuleCommands):
    """Who gets what, decided in Redis."""

    # --- into the queue

    async def start(self, arrival: Arrival, *, command_id: str | None = None) -> Result:
        """The bot begins. An open conversation of that id is left as it is."""
        args = {
            "conversation": arrival.id,
            "skills": checked_skills(arrival.skills, REQUIRED_SKILLS) or None,
            **_arrival(arrival),
        }
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
        args |= way_out(request.max_wait_ms, request.exit_key)
        args["bot_app"] = checked_text(request.bot_app, "bot_app")
        args["here"] = request.here or None
        args["stays"] = request.stays
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
        by_page: bool = False,
        command_id: str | None = None,
    ) -> Result:
        """The agent takes what is offered to them; again when it is already theirs is fine.

        `by_page`: with a click, which answers no phone that is rung per call. Raises NotYours
        when it is somebody else's, WrongState when it is nobody's or a phone is to be answered.
        """
        args: Args = {
            "conversation": conversation_id,
            "agent": agent_id,
            "attempt": attempt,
            "by_page": by_page,
        }
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
        hung_up: bool = False,
        command_id: str | None = None,
    ) -> Result:
        """The talk is over; a wrap-up opens. Raises NotYours (if agent_id is given), WrongState.

        An agent who is consulted leaves the consult. Whose phone was `hung_up` while they consult
        somebody who answered completes the consult.
        """
        args: Args = {
            "conversation": conversation_id,
            "ended_by": checked_text(ended_by, "ended_by"),
            "agent": agent_id,
            "hung_up": hung_up,
        }
        return await self._run("end", args, command_id)

    async def leave(
        self,
        conversation_id: str,
        outcome: Outcome = Outcome.ABANDONED,
        channel_id: str | None = None,
        *,
        state: State | None = None,
        command_id: str | None = None,
    ) -> Result:
        """The customer is gone, whatever the state; nothing happens if it was over already, or if
        the customer is on another channel than this one by now, or is not in this state.

        One who was being called did not answer: see `Conversation.callback`.
        """
        args: Args = {
            "conversation": conversation_id,
            "outcome": outcome.value,
            "channel": channel_id,
            "state": state.value if state else None,
        }
        return await self._run("leave", args, command_id)

    async def fail(
        self, conversation_id: str, detail: str, *, command_id: str | None = None
    ) -> Result:
        """The channel or the system is gone; nothing happens if it was over already."""
        args: Args = {"conversation": conversation_id, "detail": cut(detail)}
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
        customer: Customer | Unset = UNSET,
        command_id: str | None = None,
    ) -> Result:
        """What is known more, by the bot or the customer; each replaces the old value as a whole.
        Raises WrongState once it is closed.
        """
        args: dict[str, str | int | float | bool | bytes | None] = {"conversation": conversation_id}
        if not isinstance(sentiment, Unset):
            args["sentiment"] = "" if sentiment is None else repr(float(sentiment))
        for name, value in (("flow", flow), ("parameters", parameters)):
            if not isinstance(value, Unset):
                args[name] = checked_json(codec.json(value), name) if value else ""
        if not isinstance(customer, Unset):
            args["customer"] = checked_json(codec.json(customer), "customer")
        return await self._run("update_context", args, command_id)

    # --- time

    async def due(self, limit: int = 100, *, command_id: str | None = None) -> Result:
        """Pops the deadlines that fell due, at most `limit`, and applies them in one step."""
        return await self._run("due", {"limit": limit}, command_id)

    # --- after a loss of Redis

    async def restore(self, conversation: Conversation, *, command_id: str | None = None) -> Result:
        """Brings an open conversation back; one that is known already is left as it is.

        An offer comes back as waiting; exclusions and the exact idle order are lost.
        """
        fields = {f"f:{name}": value for name, value in fields_of(conversation).items()}
        args: Args = {
            "conversation": checked_id(conversation.id, "conversation"),
            "within": self.rules.transfer_ms,
            "take": TAKE_MS,
            **fields,
        }
        return await self._run("restore", args, command_id)

    async def reopen(
        self,
        conversation: Conversation,
        routed_to: str | None = None,
        *,
        within_ms: int | None = None,
        to_bot: bool = False,
        command_id: str | None = None,
    ) -> Result:
        """The customer of a chat or email writes again: it waits anew, if it was over; `to_bot`:
        its bot has it again, if no agent ever had it.

        `conversation` is the archive's copy, for when Redis no longer has it; `routed_to` an agent
        to wait for, unless they are Offline; with `within_ms` only if they may take it now, and no
        longer than that. Raises WrongState for a call.
        """
        fields = {f"f:{name}": value for name, value in fields_of(conversation).items()}
        args: Args = {
            "conversation": checked_id(conversation.id, "conversation"),
            "to": routed_to,
            "within": within_ms,
            "bot": to_bot or None,
            **fields,
        }
        return await self._run("reopen", args, command_id)

    async def adopt(
        self, conversation_id: str, agent_id: str, *, command_id: str | None = None
    ) -> Result:
        """Makes the agent the owner of a call that Asterisk shows them talking on.

        Raises WrongState when they have another call.
        """
        args: Args = {"conversation": conversation_id, "agent": agent_id}
        return await self._run("adopt", args, command_id)


def _faults(faults: tuple[Fault, ...]) -> bytes | None:
    return checked_json(codec.json(faults), "faults") if faults else None


def _arrival(arrival: Arrival) -> dict[str, str | int | float | bool | bytes | None]:
    sentiment, callback = arrival.sentiment, arrival.callback
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
        "cb": "1" if callback else None,
        "cb_number": checked_text(callback.number, "number") if callback else None,
        "cb_recording": "1" if callback and callback.recording else None,
        "cb_not_before": callback.not_before if callback else None,
        "bot_app": checked_text(arrival.bot_app, "bot_app"),
        "bot_has": "1" if arrival.bot_has else None,
    }
