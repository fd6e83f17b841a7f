"""`/chat`: the WebSocket of customers' chat widgets.

Who may open one is decided by the page it comes from (the widget's origins); who they are by the
token of an earlier visit, or by nothing.
"""

import asyncio
import contextlib
import logging
import secrets

import msgspec
from aiohttp import WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError

from app.api import chat_frames as frames
from app.api.access import bot_mark
from app.api.chat_hub import ChatHub
from app.api.chat_limit import NewChats
from app.api.chat_session import ChatSession
from app.api.chat_visitors import Signers, check_origin
from app.api.client import CLOSE_SECONDS, HEARTBEAT_SECONDS, CloseCode
from app.api.context import Api
from app.api.problems import Problem, ProblemType
from app.desk.chats import DEFAULT_ENTRY
from app.desk.errors import DeskError
from app.domain.message import Visitor, Widget
from app.messaging import Tokens

log = logging.getLogger("ringdesk.chat")

HELLO_SECONDS = 10.0
"""Within which the page has to say hello."""
SOCKETS = 20_000
"""Open sockets of customers in one process."""


class Chat:
    """Opens sockets, and says who is at the other end."""

    def __init__(self, api: Api, hub: ChatHub) -> None:
        self._api = api
        self.hub = hub
        self.signers = Signers(api)
        setting = api.desk.service_settings.get
        self._new = NewChats(lambda: round(float(setting("chats_per_address"))))
        api.desk.chats.notes.listeners.append(hub.on_note)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """One customer's socket, from hello to goodbye."""
        widget = await self._api.desk.chats.widget(request.query.get("entry", DEFAULT_ENTRY))
        check_origin(self._api, request, widget)
        if len(self.hub.sessions) >= SOCKETS:
            raise Problem(ProblemType.UNAVAILABLE, "too many chats are open; try again later")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS, max_msg_size=frames.MAX_FRAME, compress=False
        )
        await socket.prepare(request)
        code: int | None = CloseCode.TRY_LATER
        try:
            hello = await _hello(socket)
            code = (
                CloseCode.POLICY
                if hello is None
                else await self._serve(socket, widget, hello, request.remote or "")
            )
        except (DeskError, SQLAlchemyError, OSError) as error:
            log.warning("a chat cannot be served now (%s)", type(error).__name__)
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.close(code=code or 1000)
        return socket

    async def _serve(
        self, socket: web.WebSocketResponse, widget: Widget, hello: frames.Hello, address: str
    ) -> int | None:
        tokens = await self.signers.visitors()
        visitor = await self._visitor(tokens, widget, hello)
        session = ChatSession(
            self._api.desk,
            self.hub,
            socket,
            visitor,
            widget,
            hello.language or self._api.settings.language,
            lambda: _new_id(widget),
            await self.signers.files(),
            lambda: self._new.wait_ms(address, self._api.desk.now()),
        )
        self.hub.join(session)
        try:
            await session.greet(tokens.make(visitor.id), hello.after, hello.conversation)
            return await session.serve()
        finally:
            self.hub.leave(session)

    async def _visitor(self, tokens: Tokens, widget: Widget, hello: frames.Hello) -> Visitor:
        """Who came before, by their token; anybody else is new."""
        visitor_id = tokens.check(hello.token) if hello.token else None
        known = await self._api.desk.chats.visitor(visitor_id) if visitor_id else None
        name, email = frames.line(hello.name), frames.line(hello.email)
        if known is None or known.entry != widget.entry:
            return await self._api.desk.chats.welcome(widget.entry, name, email)
        if known.name is None and name is not None:
            return await self._api.desk.chats.introduce(known, name, email)
        return known


async def _hello(socket: web.WebSocketResponse) -> frames.Hello | None:
    """The first frame; None if it is anything else, or does not come."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            sent = await socket.receive()
        frame = frames.DECODER.decode(sent.data) if sent.type is WSMsgType.TEXT else None
    except (TimeoutError, msgspec.DecodeError, UnicodeError):
        return None
    return frame if isinstance(frame, frames.Hello) else None


def _new_id(widget: Widget) -> str:
    """A bot's conversations carry its mark: it sees and serves what begins with it."""
    return (bot_mark(widget.bot) if widget.bot else "w") + secrets.token_hex(10)
