"""What programs do: open a conversation, tell how it goes, hand it over to people."""

import hashlib
from typing import Any

from app.api import requests, shapes
from app.api.access import AGENTS, BOTS, SUPERVISORS, bot_conversation_id, is_bots
from app.api.auditing import audited
from app.api.conversation_routes import heard, known_id, own_id, readable, shown, told
from app.api.people_routes import skill_names
from app.api.problems import Problem
from app.api.problems import ProblemType as P
from app.api.route import API, MOVE, ONE, Call, Route, route
from app.desk.bots import OpenCommand, QueueCommand
from app.domain.conversation import Channel, Conversation, Customer, State
from app.records import Turn


async def open_conversation(call: Call[requests.OpenConversation]) -> shapes.Conversation:
    """Begin a conversation that the AI handles."""
    given = call.input
    customer = given.customer
    command = OpenCommand(
        id=bot_conversation_id(call.caller.id, call.command_id),
        channel=given.channel,
        customer=Customer(customer.name, customer.number, customer.email),
        entry=given.entry,
        language=given.language or call.api.settings.language,
        flow=given.flow,
        channel_id=given.channel_id,
        skills=skill_names(call, given.skills),
    )
    return await shown(call, await call.api.desk.open(command, command_id=call.command_id))


async def queue(call: Call[requests.Queue]) -> shapes.Conversation:
    """Hand a conversation over to people; a supervisor moves or releases it."""
    before = await readable(call)
    given = call.input
    command = QueueCommand(
        conversation_id=before.id,
        skills=skill_names(call, given.skills),
        priority=before.priority if given.priority is None else given.priority,
        agent=given.agent,
        reason=before.reason if given.reason is None else given.reason,
        stay=given.stay if call.caller.is_bot else None,
    )
    desk = call.api.desk
    talks = before.state is State.ACTIVE and call.caller.is_supervisor
    queued = await (desk.move if talks else desk.queue)(command, command_id=call.command_id)
    if call.caller.is_supervisor:
        to = {"skills": given.skills, "agent": given.agent, "state": queued.state.value}
        who = before.customer.name or before.customer.number
        await audited(call, "conversation.moved", (before.id, who), _was(call, before), to)
    return await shown(call, queued)


async def hand_back(call: Call[requests.HandBack]) -> shapes.Conversation:
    """Give a call back to its bot; a bot takes back its own while it waits."""
    caller = call.caller
    known = (await readable(call)).id if caller.is_bot else known_id(call)
    await _from_a_bot(call, known)
    before = await call.api.desk.conversation(known) if caller.is_supervisor else None
    conversation = await call.api.desk.hand_back(
        None if caller.is_bot else caller.id,
        known,
        notes=call.input.notes,
        supervises=caller.is_supervisor,
        command_id=call.command_id,
    )
    if before is not None and before.agent_id != caller.id and before.state is not State.BOT:
        who = before.customer.name or before.customer.number
        await audited(call, "conversation.handed_back", (known, who), _was(call, before))
    return await shown(call, conversation)


def _was(call: Call[Any], conversation: Conversation) -> dict[str, Any]:
    """Where a conversation was before a supervisor moved it."""
    agent = conversation.agent_id
    name = call.api.desk.directory.person_name(agent) if agent else None
    return {"state": conversation.state.value, "agent": name}


async def _from_a_bot(call: Call[requests.HandBack], known: str) -> None:
    """What is written has a bot when one began it. Raises Problem: not-found, wrong-state.

    Of a call the queue itself knows (hand_back.lua).
    """
    if is_bots(known):
        return
    if (await call.api.desk.conversation(known)).channel is not Channel.VOICE:
        raise Problem(P.WRONG_STATE, "no bot to hand it back to: it came to people without one")


async def add_transcript(call: Call[requests.NewTurns]) -> shapes.Conversation:
    """Store what was said; a turn whose id is stored already is left as it is."""
    conversation = await heard(call)
    now = call.api.desk.now()
    turns = [
        Turn(
            id=turn.id or _turn_id(call.command_id, number),
            speaker=turn.speaker,
            text=turn.text,
            at=round(turn.at.timestamp() * 1000) if turn.at else now,
        )
        for number, turn in enumerate(call.input.turns)
    ]
    await call.api.records.transcripts.add_turns(conversation.id, turns)
    await call.api.hub.turns_added(conversation.id)
    return await told(call, conversation)


async def change_context(call: Call[requests.ContextChanges]) -> shapes.Conversation:
    """Tell what the AI found out; what is left out stays."""
    changes = call.input.model_dump(exclude_unset=True)
    return await told(call, await call.api.desk.update_context(own_id(call), **changes))


def _turn_id(command_id: str, number: int) -> str:
    return hashlib.blake2s(f"{command_id}/{number}".encode(), digest_size=10).hexdigest()


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{API}/conversations",
        open_conversation,
        summary="Begin a conversation that the AI handles",
        takes=requests.OpenConversation,
        answers=shapes.Conversation,
        roles=BOTS,
        status=201,
        problems=(P.WRONG_STATE, P.UNAVAILABLE, P.UNKNOWN_SKILL),
    ),
    route(
        "POST",
        f"{ONE}/queue",
        queue,
        summary="Hand over to people; a supervisor moves or releases it",
        takes=requests.Queue,
        answers=shapes.Conversation,
        roles=BOTS | SUPERVISORS,
        problems=(*MOVE, P.UNKNOWN_SKILL, P.UNKNOWN_AGENT),
    ),
    route(
        "POST",
        f"{ONE}/hand-back",
        hand_back,
        summary="Give a call back to the bot it came from",
        takes=requests.HandBack,
        answers=shapes.Conversation,
        roles=AGENTS | BOTS,
        problems=MOVE,
    ),
    route(
        "POST",
        f"{ONE}/transcript",
        add_transcript,
        summary="Tell what was said",
        takes=requests.NewTurns,
        answers=shapes.Conversation,
        roles=BOTS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNAVAILABLE),
    ),
    route(
        "PATCH",
        f"{ONE}/context",
        change_context,
        summary="Tell what the AI found out",
        takes=requests.ContextChanges,
        answers=shapes.Conversation,
        roles=BOTS,
        problems=(P.NOT_FOUND, P.WRONG_STATE, P.UNAVAILABLE),
    ),
)
