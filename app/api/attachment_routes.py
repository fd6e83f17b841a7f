"""Files of written conversations, for agents and bots: sent up first, named in a message then."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from app.api import message_shapes as shapes
from app.api import requests
from app.api.access import AGENTS, BOTS, Caller
from app.api.attachment_files import download, incoming
from app.api.conversation_routes import known_id, readable
from app.api.problems import Problem, not_found
from app.api.problems import ProblemType as P
from app.api.requests import Nothing
from app.api.route import API, Call, Route, route
from app.domain.attachment import SHOWN, UNKNOWN

NO_FILE = "there is no such file"


def uploader_of(caller: Caller) -> str:
    """Whose upload it is, as the store writes it down."""
    return f"{'bot' if caller.is_bot else 'agent'}:{caller.id}"


async def upload(call: Call[requests.Upload]) -> shapes.Attachment:
    """Keep a file, for a message of mine to come."""
    name, chunks = await incoming(call.request, call.input.name)
    kept = await call.api.desk.chats.attachments.keep(uploader_of(call.caller), name, chunks)
    return shapes.Attachment(kept.id, kept.name, kept.type, kept.size)


async def fetch(call: Call[Nothing]) -> web.StreamResponse:
    """A file of a conversation that I may read, or one that I did not send yet."""
    attachments = call.api.desk.chats.attachments
    kept = await attachments.find(known_id(call))
    if kept is None:
        raise not_found(NO_FILE)
    if kept.message_seq is None:
        if kept.uploader != uploader_of(call.caller):
            raise not_found(NO_FILE)
    else:
        try:
            await readable(replace(call, path={"id": kept.conversation_id or ""}))
        except Problem as problem:
            raise not_found(NO_FILE) if problem.type is P.NOT_FOUND else problem from None
    if not attachments.path(kept).is_file():
        raise not_found("the file is gone")
    return download(kept, attachments.path(kept))


ROUTES: tuple[Route[Any], ...] = (
    route(
        "POST",
        f"{API}/attachments",
        upload,
        summary="Send up a file for a message to come: a form's field `file`, or the body as it is",
        takes=requests.Upload,
        answers=shapes.Attachment,
        roles=AGENTS | BOTS,
        status=201,
        problems=(P.RATE_LIMITED, P.UNAVAILABLE),
        is_file=True,
    ),
    route(
        "GET",
        f"{API}/attachments/{{id}}",
        fetch,
        summary="A file of a conversation that I may read; always something to save",
        takes=Nothing,
        roles=AGENTS | BOTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
        content=", ".join((UNKNOWN, *sorted(SHOWN))),
        also={206: "The part that was asked for", 416: "No such part"},
    ),
)
