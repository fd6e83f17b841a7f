"""Emails of a conversation: what agents see of them, their drafts, and what they send."""

from dataclasses import replace
from typing import Any

from aiohttp import hdrs, web

from app.api import email_shapes as shapes
from app.api import message_shapes
from app.api.access import AGENTS
from app.api.conversation_routes import known_id, readable
from app.api.email_page import has_remote, page, policy
from app.api.message_shapes import Message
from app.api.problems import ProblemType as P
from app.api.problems import not_found
from app.api.requests import Nothing
from app.api.route import API, MOVE, ONE, Call, Route, route
from app.desk.chats import Writer
from app.domain.message import Author

NO_HTML = "there is no such email, or it has no HTML"


async def list_emails(call: Call[Nothing]) -> shapes.EmailList:
    """The emails of a conversation, how an answer begins, and what was begun."""
    conversation = await readable(call)
    api = call.api
    found = await api.records.emails.of(conversation.id)
    draft = await api.records.drafts.get(conversation.id)
    files = []
    for one in draft.draft.get("attachments", []) if draft else []:
        kept = await api.desk.chats.attachments.find(one)
        if kept is not None:
            files.append(message_shapes.Attachment(kept.id, kept.name, kept.type, kept.size))
    return shapes.EmailList(
        items=[shapes.email(one, has_remote(one.html)) for one in found],
        reply=shapes.reply(await api.desk.mail_out.reply(conversation)),
        draft=shapes.draft(draft, files, api.desk.directory) if draft else None,
    )


async def send(call: Call[shapes.NewEmail]) -> Message:
    """Stored, and on its way; again with the same `client_id` it is the same email."""
    conversation_id = known_id(call)
    writer = Writer(Author.AGENT, call.caller.id)
    message = await call.api.desk.mail_out.send(writer, conversation_id, call.input.outgoing())
    await call.api.records.drafts.remove(conversation_id)
    return message_shapes.message(message, call.api.desk.directory)


async def save_draft(call: Call[shapes.DraftChange]) -> None:
    """Keep what I have written so far; it goes along with the conversation."""
    writer = Writer(Author.AGENT, call.caller.id)
    await call.api.desk.mail_out.keep_draft(writer, known_id(call), call.input.model_dump())


async def drop_draft(call: Call[Nothing]) -> None:
    """Throw away what was written."""
    writer = Writer(Author.AGENT, call.caller.id)
    await call.api.desk.mail_out.keep_draft(writer, known_id(call), None)


async def html(call: Call[shapes.HtmlQuery]) -> web.StreamResponse:
    """The HTML of an email, as a page in which nothing runs and nothing is loaded."""
    email = await call.api.records.emails.get(known_id(call))
    if email is None or email.html is None or email.conversation_id is None:
        raise not_found(NO_HTML)
    await readable(replace(call, path={"id": email.conversation_id}))
    shown = call.input.images == "shown"
    text = await page(email, call.api.desk.chats.attachments)
    return web.Response(
        text=text,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": policy(shown),
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "no-referrer",
            hdrs.CACHE_CONTROL: "private, no-store",
        },
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{ONE}/emails",
        list_emails,
        summary="The emails of a conversation, how an answer begins, and the draft of one",
        takes=Nothing,
        answers=shapes.EmailList,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
    ),
    route(
        "POST",
        f"{ONE}/emails",
        send,
        summary="Send an email in a conversation of mine",
        takes=shapes.NewEmail,
        answers=Message,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "PUT",
        f"{ONE}/draft",
        save_draft,
        summary="Keep the draft of an email; it goes along with the conversation",
        takes=shapes.DraftChange,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "DELETE",
        f"{ONE}/draft",
        drop_draft,
        summary="Throw the draft of an email away",
        takes=Nothing,
        roles=AGENTS,
        problems=MOVE,
    ),
    route(
        "GET",
        f"{API}/emails/{{id}}/html",
        html,
        summary="The HTML of an email, for a sandboxed frame: nothing in it runs",
        takes=shapes.HtmlQuery,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
        content="text/html",
    ),
)
