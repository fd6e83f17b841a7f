"""A stand-in for the service, for what only the view decides: layout, long names, 200 rows, a
line that is cut. It answers in the API's own shapes, so that it cannot drift from them.

It decides nothing about routing; what an agent's click leads to is tested on the real service.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from app.api import live_shapes, shapes
from app.api.pages import POLICY

DIST = Path(__file__).parents[2] / "app" / "web" / "dist"


@dataclass
class FakeApi:
    """What the page is told; `push` tells it more."""

    me: shapes.Me
    conversations: dict[str, shapes.Conversation] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    """Method, path and body of every request that changes something."""
    colleagues: list[shapes.DirectoryEntry] = field(default_factory=list)
    archive: list[shapes.Conversation] = field(default_factory=list)
    timeline: list[shapes.TimelineEntry] = field(default_factory=list)
    also: dict[str, msgspec.Struct] = field(default_factory=dict)
    """What else is answered to GET, by path."""
    read: list[str] = field(default_factory=list)
    """Which of those were asked for, with their queries."""
    signed_in: bool = True
    refusal: tuple[int, dict[str, Any]] | None = None
    """Status and problem document that answer the next move."""
    seq: int = 0
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)
    _transports: set[asyncio.Transport] = field(default_factory=set)

    def app(self) -> web.Application:
        """The pages, the API and the event socket."""
        found = web.Application(middlewares=[self._strict])
        found.router.add_get("/", self._index)
        found.router.add_get("/healthz", self._ok)
        found.router.add_get("/api/v1/me", self._me)
        found.router.add_get("/api/v1/events", self._events)
        found.router.add_get("/api/v1/skills", self._skills)
        found.router.add_get("/api/v1/directory", self._directory)
        found.router.add_get("/api/v1/dispositions", self._dispositions)
        found.router.add_get("/api/v1/break-reasons", self._break_reasons)
        found.router.add_get("/api/v1/conversations", self._archive)
        found.router.add_get("/api/v1/conversations/{id}/timeline", self._timeline)
        found.router.add_route("*", "/api/v1/{rest:.*}", self._act)
        found.router.add_get(
            "/{page:(?:inbox|conversations|settings|live|wallboard|reports).*}", self._index
        )
        found.router.add_static("/", DIST)
        found.on_shutdown.append(self._shut)
        return found

    async def push(self, type: str, data: Any) -> None:
        """An event to every open page."""
        self.seq += 1
        for socket in self._sockets:
            await socket.send_str(self._event(type, data).decode())

    async def change(self, conversation: shapes.Conversation) -> None:
        """Add or replace a conversation, and tell."""
        self.conversations[conversation.id] = conversation
        await self.push("conversation.changed", conversation)

    async def change_me(self, **fields: Any) -> None:
        """Replace fields of the agent, and tell."""
        self.me = msgspec.structs.replace(self.me, **fields)
        await self.push("agent.changed", self.me)

    def cut(self) -> None:
        """Break every line without a goodbye, as a lost network does."""
        for transport in list(self._transports):
            transport.abort()

    async def _shut(self, app: web.Application) -> None:
        self.cut()

    def _event(self, type: str, data: Any) -> bytes:
        event = {"type": type, "seq": f"1-{self.seq}", "at": datetime.now(UTC), "data": data}
        return msgspec.json.encode(event)

    @web.middleware
    async def _strict(self, request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY
        return response

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(DIST / "index.html")

    async def _ok(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _me(self, request: web.Request) -> web.Response:
        if not self.signed_in:
            return _problem(401, "unauthenticated", "sign in first")
        return _json(self.me)

    async def _skills(self, request: web.Request) -> web.Response:
        return _json(shapes.SkillList([shapes.Skill(s.id, s.name) for s in self.me.skills]))

    async def _directory(self, request: web.Request) -> web.Response:
        return _json(shapes.DirectoryList(self.colleagues))

    async def _dispositions(self, request: web.Request) -> web.Response:
        return _json(
            shapes.NamedList([shapes.Named("d1", "Refunded"), shapes.Named("d2", "Solved")])
        )

    async def _break_reasons(self, request: web.Request) -> web.Response:
        return _json(
            shapes.NamedList([shapes.Named("b1", "Lunch"), shapes.Named("b2", "Training")])
        )

    async def _archive(self, request: web.Request) -> web.Response:
        return _json(shapes.ConversationList(self.archive, None))

    async def _timeline(self, request: web.Request) -> web.Response:
        return _json(shapes.Timeline(self.timeline))

    async def _act(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v1")
        if request.method == "GET" and path in self.also:
            self.read.append(request.path_qs.removeprefix("/api/v1"))
            return _json(self.also[path])
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, request.path.removeprefix("/api/v1"), body))
        if self.refusal is not None:
            status, problem = self.refusal
            self.refusal = None
            return web.json_response(
                problem, status=status, content_type="application/problem+json"
            )
        if request.path.endswith("/session"):
            return self._session(request.method, body)
        return web.json_response({})

    def _session(self, method: str, body: Any) -> web.Response:
        if method == "POST" and body["password"] != "right":
            return _problem(401, "unauthenticated", "wrong email or password")
        self.signed_in = method == "POST"
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._sockets.add(socket)
        self._transports.add(transport)
        try:
            await socket.send_str(self._snapshot().decode())
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            self._sockets.discard(socket)
            self._transports.discard(transport)
        return socket

    def _snapshot(self) -> bytes:
        conversations = list(self.conversations.values())
        return self._event("snapshot", live_shapes.SnapshotData(self.me, conversations, [self.me]))


def _json(answer: msgspec.Struct) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


def _problem(status: int, kind: str, detail: str) -> web.Response:
    document = {"type": f"urn:ringdesk:problem:{kind}", "status": status, "detail": detail}
    return web.json_response(document, status=status, content_type="application/problem+json")
