"""`GET /api/v1/events`: the WebSocket that tells what changes, as far as it concerns the caller."""

import asyncio
import secrets
from typing import Any

from aiohttp import web

from app.api import requests
from app.api.access import AGENTS, BOTS
from app.api.client import HEARTBEAT_SECONDS, Client, CloseCode
from app.api.problems import Problem, ProblemType
from app.api.problems import ProblemType as P
from app.api.route import API, Call, Route, route

MAX_MESSAGE = 4_096
"""Bytes that a listener may send at once; it has nothing to say."""
SOCKETS_EACH = 50
"""Sockets of one person or program; more are a fault in a page."""


async def events(call: Call[requests.EventsQuery]) -> web.WebSocketResponse:
    """First a snapshot, or what was missed since `after`; then every change, in order."""
    api, caller = call.api, call.caller
    if api.hub.count(caller.id) >= SOCKETS_EACH:
        raise Problem(ProblemType.RATE_LIMITED, f"at most {SOCKETS_EACH} sockets each", status=429)
    await api.hub.wait()
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, max_msg_size=MAX_MESSAGE, compress=False
    )
    await socket.prepare(call.request)
    client = Client(secrets.token_hex(8), caller, call.viewer, socket)
    served: CloseCode | None = None
    try:
        await api.hub.join(client, call.input.after)
        if not caller.is_bot:
            await api.desk.inbox_opened(caller.id, client.id)
        served = await client.serve()
    finally:
        api.hub.leave(client)
        # Our own restart closes nobody's Inbox: the lease runs on until the page is back.
        if not caller.is_bot and served is not CloseCode.RESTARTING:
            await asyncio.shield(api.desk.inbox_closed(caller.id, client.id))
    return socket


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/events",
        events,
        summary="WebSocket: a snapshot or what was missed, then every change",
        takes=requests.EventsQuery,
        roles=AGENTS | BOTS,
        status=101,
        problems=(P.FORBIDDEN, P.RATE_LIMITED, P.UNAVAILABLE),
    ),
)
