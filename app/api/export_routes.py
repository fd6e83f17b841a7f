"""The archive as files: one conversation with all that is kept of it, or what a search finds."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from aiohttp import hdrs, web
from sqlalchemy.exc import SQLAlchemyError

from app.api import message_shapes, requests, shapes, views
from app.api.access import AGENTS
from app.api.conversation_routes import asked_of, readable
from app.api.frames import ENCODER
from app.api.problems import ProblemType as P
from app.api.problems import invalid
from app.api.route import API, ONE, Call, Route, route
from app.domain import csv_table
from app.records import BadCursor, Page

log = logging.getLogger("ringdesk.api.export")

MOST = 100_000
"""Conversations in one file."""
PAGE = 200
COLUMNS = (
    "id", "created_at", "queued_at", "closed_at", "channel", "state", "outcome", "customer_name",
    "customer_number", "customer_email", "language", "skills", "agents", "reason", "dispositions",
    "notes", "parameters",
)  # fmt: skip
PARTS = ("at", "kind", "who", "what", "text")
TYPES = {"json": "application/json", "csv": "text/csv"}


async def export_one(call: Call[requests.Export]) -> web.Response:
    """Everything that the caller may see of one conversation."""
    conversation = await readable(call)
    records, directory = call.api.records, call.api.desk.directory
    kept = await records.archive.find(conversation.id)
    turns = kept.transcript if kept else await records.transcripts.turns(conversation.id)
    shown = views.conversation(conversation, directory, call.viewer.detail, turns)
    past = views.timeline(kept.timeline if kept else (), directory, call.viewer)
    written = [
        message_shapes.message(one, directory)
        for one in await records.messages.all(conversation.id)
    ]
    if call.input.format == "csv":
        body = csv_table.write(PARTS, _parts(shown, past, written)).encode()
    else:
        body = ENCODER.encode({"conversation": shown, "timeline": past.items, "messages": written})
    name = "".join(c for c in conversation.id if c.isalnum())
    return web.Response(body=body, headers=_headers(call.input.format, f"conversation-{name}"))


async def export_found(call: Call[requests.ExportQuery]) -> web.StreamResponse:
    """What a search finds, newest first, as it is read: at most `MOST` conversations."""
    first = await _page(call, None)  # whatever is wrong is still answered as a problem
    answer = web.StreamResponse(headers=_headers(call.input.format, "conversations"))
    await answer.prepare(call.request)
    lines = _csv if call.input.format == "csv" else _json
    try:
        async for line in lines(call, first):
            await answer.write(line)
        await answer.write_eof()
    except SQLAlchemyError as error:
        # the head is sent: a connection that breaks tells that the file is not whole
        log.warning("an export breaks off: %s", type(error).__name__)
        if call.request.transport is not None:
            call.request.transport.abort()
    return answer


async def _csv(call: Call[requests.ExportQuery], first: Page) -> AsyncIterator[bytes]:
    yield csv_table.write(COLUMNS, ()).encode()
    async for some in _pages(call, first):
        yield "".join(csv_table.line(_row(one)) for one in some).encode()


async def _json(call: Call[requests.ExportQuery], first: Page) -> AsyncIterator[bytes]:
    between = b'{"items":['
    async for some in _pages(call, first):
        for one in some:
            yield between + ENCODER.encode(one)
            between = b",\n"
    yield b"]}\n" if between == b",\n" else between + b"]}\n"


async def _pages(
    call: Call[requests.ExportQuery], page: Page
) -> AsyncIterator[list[shapes.Conversation]]:
    left = MOST
    directory, detail = call.api.desk.directory, call.viewer.detail
    while True:
        yield [views.conversation(c, directory, detail) for c in page.items[:left]]
        left -= len(page.items)
        if page.next is None or left <= 0:
            return
        page = await _page(call, page.next)


async def _page(call: Call[requests.ExportQuery], cursor: str | None) -> Page:
    try:
        return await call.api.records.archive.search(asked_of(call, cursor, PAGE))
    except BadCursor as error:
        raise invalid("cursor", str(error)) from None


def _row(of: shapes.Conversation) -> list[str]:
    told = msgspec.to_builtins(of)
    segments = of.segments
    return [
        of.id,
        *(told[name] or "" for name in ("created_at", "queued_at", "closed_at")),
        of.channel.value,
        of.state.value,
        of.outcome.value if of.outcome else "",
        *(part or "" for part in (of.customer.name, of.customer.number, of.customer.email)),
        of.language,
        ", ".join(of.skills),
        ", ".join(segment.agent.name for segment in segments),
        of.reason or "",
        ", ".join(segment.disposition for segment in segments if segment.disposition),
        "\n".join(segment.notes for segment in segments if segment.notes),
        msgspec.json.encode(of.parameters).decode() if of.parameters else "",
    ]


def _parts(
    of: shapes.Conversation, past: shapes.Timeline, written: list[message_shapes.Message]
) -> list[list[str]]:
    rows = [*_events(past), *_spoken(of), *_written(written), *_noted(of)]
    return sorted(rows, key=lambda row: row[0])


def _events(past: shapes.Timeline) -> Iterator[list[str]]:
    for one in past.items:
        data = msgspec.json.encode(one.data).decode() if one.data else ""
        yield [one.at.isoformat(), "event", one.agent.name if one.agent else "", one.type, data]


def _spoken(of: shapes.Conversation) -> Iterator[list[str]]:
    for turn in of.transcript:
        yield [turn.at.isoformat(), "transcript", turn.speaker, "", turn.text]


def _written(messages: list[message_shapes.Message]) -> Iterator[list[str]]:
    for one in messages:
        files = ", ".join(file.name for file in one.attachments)
        yield [one.at.isoformat(), "message", one.name or one.author.value, files, one.text]


def _noted(of: shapes.Conversation) -> Iterator[list[str]]:
    for part in of.segments:
        at = (part.to or part.from_).isoformat()
        if part.notes or part.disposition:
            yield [at, "notes", part.agent.name, part.disposition or "", part.notes]


def _headers(format: str, name: str) -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: f"{TYPES[format]}; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}.{format}"',
        hdrs.CACHE_CONTROL: "private",
    }


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{ONE}/export",
        export_one,
        summary="One conversation with everything that is kept of it, as JSON or CSV",
        takes=requests.Export,
        roles=AGENTS,
        problems=(P.NOT_FOUND, P.UNAVAILABLE),
        content="application/json, text/csv",
    ),
    route(
        "GET",
        f"{API}/exports/conversations",
        export_found,
        summary="What a search of the archive finds, as JSON or CSV",
        takes=requests.ExportQuery,
        roles=AGENTS,
        content="application/json, text/csv",
    ),
)
