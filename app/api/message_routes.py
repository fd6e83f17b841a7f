"""Written messages of our side: agents in what they have, bots in what they opened."""

from typing import Any

from app.api import message_shapes as shapes
from app.api import requests
from app.api.access import AGENTS, BOTS
from app.api.attachment_routes import uploader_of
from app.api.conversation_routes import known_id, readable
from app.api.problems import ProblemType as P
from app.api.requests import Request
from app.api.route import MOVE, ONE, Call, Route, route
from app.desk.chats import Writer
from app.domain.message import Author
from app.records.messages import PAGE


async def write(call: Call[requests.NewMessage]) -> shapes.Message:
    """Stored when it is answered; again with the same `client_id` it is the same message."""
    given, conversation_id = call.input, known_id(call)
    writer = await _writer(call)
    files = await call.api.desk.chats.attachments.choose(
        given.attachments, uploader_of(call.caller), conversation_id
    )
    message = await call.api.desk.chats.write(
        writer, conversation_id, given.client_id, given.text, files
    )
    return shapes.message(message, call.api.desk.directory)


async def read_messages(call: Call[requests.MessagesQuery]) -> shapes.MessageList:
    """A conversation's messages in order."""
    conversation = await readable(call)
    chats, directory = call.api.desk.chats, call.api.desk.directory
    found = await chats.history(conversation.id, call.input.after)
    return shapes.MessageList(
        items=[shapes.message(one, directory) for one in found],
        next=found[-1].seq if len(found) == PAGE else None,
        read={side.value: seq for side, seq in (await chats.reads(conversation.id)).items()},
    )


async def typing(call: Call[requests.TypingState]) -> None:
    """The customer sees that somebody writes."""
    await call.api.desk.chats.typing(await _writer(call), known_id(call), call.input.on)


async def mark_read(call: Call[requests.ReadState]) -> None:
    """The customer sees how far we have read."""
    await call.api.desk.chats.read(await _writer(call), known_id(call), call.input.seq)


async def _writer(call: Call[Request]) -> Writer:
    """An agent writes in what they have, which the desk looks at; a bot in its own."""
    if call.caller.is_bot:
        await readable(call)
        return Writer(Author.BOT, call.caller.id)
    return Writer(Author.AGENT, call.caller.id)


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{ONE}/messages",
        write,
        summary="Write to the customer of my chat",
        takes=requests.NewMessage,
        answers=shapes.Message,
        roles=AGENTS | BOTS,
        problems=MOVE,
    ),
    route(
        "GET",
        f"{ONE}/messages",
        read_messages,
        summary="A chat's messages after this one, in order",
        takes=requests.MessagesQuery,
        answers=shapes.MessageList,
        roles=AGENTS | BOTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "POST",
        f"{ONE}/typing",
        typing,
        summary="I am writing, or no longer",
        takes=requests.TypingState,
        roles=AGENTS | BOTS,
        problems=MOVE,
    ),
    route(
        "POST",
        f"{ONE}/read",
        mark_read,
        summary="I have read up to this message",
        takes=requests.ReadState,
        roles=AGENTS | BOTS,
        problems=MOVE,
    ),
)
