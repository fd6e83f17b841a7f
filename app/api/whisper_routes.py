"""Words between supervisors and the agent who has a chat or email; the customer never sees them."""

from typing import Any

from app.api import message_shapes as shapes
from app.api import requests
from app.api.access import AGENTS
from app.api.conversation_routes import known_id, readable
from app.api.problems import ProblemType as P
from app.api.route import MOVE, ONE, Call, Route, route
from app.api.visibility import was_theirs
from app.desk.errors import NotYours
from app.domain.message import Message
from app.records import AuditEntry
from app.records.messages import PAGE


async def write_whisper(call: Call[requests.NewWhisper]) -> shapes.Message:
    """Stored when it is answered; again with the same `client_id` it is the same whisper."""
    given, api = call.input, call.api
    message = await api.desk.chats.whispers.write(
        call.caller.id, call.caller.is_supervisor, known_id(call), given.client_id, given.text
    )
    await _note(call, message)
    return shapes.message(message, api.desk.directory)


async def _note(call: Call[requests.NewWhisper], message: Message) -> None:
    """What a supervisor whispers is in the audit log as what they say is: that they did, and to
    whom. One entry, however often it is sent."""
    api, who = call.api, call.caller
    conversation = await api.desk.conversation(known_id(call))
    if not who.is_supervisor or conversation.agent_id == who.id:
        return
    customer, agent = conversation.customer, conversation.agent_id
    entry = AuditEntry(
        id=f"whisper-{conversation.id}-{message.seq}",
        at=message.at,
        who_id=who.id,
        who_name=api.desk.directory.person_name(who.id),
        act="conversation.whispered",
        target_id=conversation.id,
        target_name=customer.name or customer.number or customer.email,
        before=None,
        after={"agent": api.desk.directory.person_name(agent)} if agent else None,
    )
    await api.records.audit.note([entry])


async def read_whispers(call: Call[requests.MessagesQuery]) -> shapes.MessageList:
    """A conversation's whispers in order."""
    conversation = await readable(call)
    if not (call.viewer.sees_all or was_theirs(call.viewer, conversation)):
        raise NotYours("somebody else has this conversation")
    found = await call.api.desk.chats.whispers.after(conversation.id, call.input.after)
    return shapes.MessageList(
        items=[shapes.message(one, call.api.desk.directory) for one in found],
        next=found[-1].seq if len(found) == PAGE else None,
        read={},
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{ONE}/whispers",
        write_whisper,
        summary="Write to the agent of a chat or email (its agent: to supervisors), unseen by the "
        "customer",
        takes=requests.NewWhisper,
        answers=shapes.Message,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "GET",
        f"{ONE}/whispers",
        read_whispers,
        summary="What was whispered after this number, for supervisors and whoever had a part",
        takes=requests.MessagesQuery,
        answers=shapes.MessageList,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.NOT_YOURS, P.UNAVAILABLE),
    ),
)
