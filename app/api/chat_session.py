"""One customer's chat socket: a reader, a writer, and the place up to which it was told.

The writer alone sends messages, by their numbers: what it has is passed over, and a gap is filled
from SQL. So it does not matter how often, or by which process, a message was announced.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
from aiohttp import ClientConnectionResetError, WSMsgType, web

from app.api import chat_frames as frames
from app.api.access import bot_mark
from app.api.buckets import Bucket
from app.api.chat_files import uploader_of
from app.api.chat_hub import ChatHub
from app.api.client import CloseCode
from app.api.ports import DeskPort
from app.desk.chats import TooManyChats
from app.desk.errors import DeskError, Invalid
from app.domain.conversation import Conversation
from app.domain.message import Message, Side, Visitor, Widget
from app.messaging import MailChanged, MessageAdded, Note, ReadUpTo, Tokens, Typing

log = logging.getLogger("ringdesk.chat")

QUEUE_LIMIT = 500
"""Things to tell that a socket may lag behind; then it is closed, and comes back."""
UNSTORED_AT_ONCE = 100
"""Messages of one socket that wait for the disk."""


class _Again(Enum):
    AGAIN = "the hours changed"


AGAIN = _Again.AGAIN
"""To tell where the customer's conversation stands, as of now."""
Item = Note | Conversation | bytes | _Again | None


class ChatSession:
    """Serves one socket after its hello."""

    def __init__(
        self,
        desk: DeskPort,
        hub: ChatHub,
        socket: web.WebSocketResponse,
        visitor: Visitor,
        widget: Widget,
        language: str,
        make_id: Callable[[], str],
        files: Tokens,
        wait_ms: Callable[[], int],
    ) -> None:
        self._wait_ms = wait_ms
        self._desk = desk
        self._hub = hub
        self._socket = socket
        self._visitor = visitor
        self._widget = widget
        self._language = language
        self._make_id = make_id
        self._files = files
        self.conversation_id: str | None = None
        self._sent = 0
        self._place: dict[str, Any] = {}
        self._queue: asyncio.Queue[Item] = asyncio.Queue(QUEUE_LIMIT)
        self._closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._messages = Bucket(frames.MESSAGES_A_SECOND, frames.MESSAGES_AT_ONCE)
        self._others = Bucket(frames.OTHERS_A_SECOND, frames.OTHERS_AT_ONCE)
        self._unstored = asyncio.Semaphore(UNSTORED_AT_ONCE)
        self._acks: set[asyncio.Task[None]] = set()

    @property
    def visitor_id(self) -> str:
        """Whose socket it is."""
        return self._visitor.id

    def put(self, item: Item) -> None:
        """Something to tell; never waits."""
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.close(CloseCode.SLOW_READER)

    def look_again(self) -> None:
        """Whether somebody is there may be another answer by now."""
        self.put(AGAIN)

    def close(self, code: int) -> None:
        """Have the socket closed."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def greet(self, token: str, after: int, conversation_id: str | None) -> None:
        """The hello, with what was said after `after`; everything later follows. Raises
        DeskError, and what the database raises."""
        talk = self._visitor.conversation_id
        self._sent = after if conversation_id in {None, talk} else 0
        found: list[Message] = []
        read: dict[Side, int] = {}
        conversation = None
        if talk is not None:
            self._hub.follow(self, talk)  # first: what comes meanwhile waits in the queue
            with contextlib.suppress(DeskError):
                conversation = await self._desk.conversation(talk)
            found = await self._desk.chats.history(talk, self._sent)
            read = await self._desk.chats.reads(talk)
        self._place = self._where(conversation)
        messages = [self._said(one) for one in found]
        self._sent = found[-1].seq if found else self._sent
        seen = read.get(Side.DESK, 0)
        await self._send(frames.hello(token, self._widget, talk, self._place, messages, seen))
        await self._catch_up()

    async def serve(self) -> int | None:
        """Until either side is done; the close code if it was ours to close."""
        writer = asyncio.create_task(self._write_all(), name="chat writer")
        reader = asyncio.create_task(self._read_all(), name="chat reader")
        try:
            waiting: set[asyncio.Future[Any]] = {writer, reader, self._closing}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return self._closing.result() if self._closing.done() else None
        finally:
            for task in (writer, reader, *self._acks):
                task.cancel()
            await asyncio.gather(writer, reader, *self._acks, return_exceptions=True)

    # -- from the customer

    async def _read_all(self) -> None:
        async for sent in self._socket:
            if sent.type is not WSMsgType.TEXT:
                return
            try:
                frame = frames.DECODER.decode(sent.data)
            except (msgspec.DecodeError, UnicodeError) as error:
                self.put(frames.frame("error", code="validation", detail=str(error)[:200]))
                self.close(CloseCode.POLICY)
                return
            try:
                await self._take(frame)
            except DeskError as error:
                self.put(frames.frame("error", code="unavailable", detail=error.detail))

    async def _take(self, frame: frames.Frame) -> None:
        now = time.monotonic()
        if isinstance(frame, frames.Write):
            wait = self._messages.wait(now)
            if wait:
                return self._slow_down(frame.client_id, wait)
            return await self._message(frame)
        if isinstance(frame, frames.Hello):
            return self.close(CloseCode.POLICY)
        if isinstance(frame, frames.Introduces):
            name, email = frames.line(frame.name), frames.line(frame.email)
            if (name or email) and not self._others.wait(now):
                self._visitor = await self._desk.chats.introduce(self._visitor, name, email)
            return None
        talk = self.conversation_id
        if talk is None or self._others.wait(now):
            return None
        chats = self._desk.chats
        if isinstance(frame, frames.Types):
            await chats.customer_types(talk, frame.on)
        elif isinstance(frame, frames.Reads):
            await chats.has_read(talk, Side.CUSTOMER, min(frame.seq, self._sent))
        elif isinstance(frame, frames.Leaves):
            bot = self._widget.bot
            to_bot = bot is not None and talk.startswith(bot_mark(bot))
            await chats.customer_leaves(talk, to_bot)
        else:
            await chats.customer_ends(talk)
        return None

    def _slow_down(self, client_id: str, wait: float) -> None:
        self.put(
            frames.frame(
                "error",
                code="rate-limited",
                detail="too many messages at once: send it again in a moment",
                client_id=client_id,
                retry_ms=round(wait * 1000) + 1,
            )
        )

    async def _message(self, frame: frames.Write) -> None:
        if not frame.text.strip() and not frame.attachments:
            return self.put(
                frames.frame("error", code="empty", detail="empty", client_id=frame.client_id)
            )
        try:
            talk = await self._talk()
            files = await self._desk.chats.attachments.choose(
                frame.attachments, uploader_of(self._visitor.id), talk
            )
            await self._unstored.acquire()
            stored = self._desk.chats.customer_writes(talk, frame.client_id, frame.text, files)
        except TooManyChats as error:
            return self._slow_down(frame.client_id, error.wait_ms / 1000)
        except Invalid as error:
            return self.put(
                frames.frame(
                    "error", code="validation", detail=error.detail, client_id=frame.client_id
                )
            )
        except DeskError as error:
            return self.put(
                frames.frame(
                    "error",
                    code="unavailable",
                    detail=error.detail,
                    client_id=frame.client_id,
                    retry_ms=1000,
                )
            )
        # The next frame is read at once: the line keeps the order.
        task = asyncio.create_task(self._acknowledge(frame.client_id, stored))
        self._acks.add(task)
        task.add_done_callback(self._acks.discard)
        return None

    async def _acknowledge(self, client_id: str, stored: "asyncio.Future[Message]") -> None:
        try:
            message = await stored
        except Exception as error:  # whatever the store raises: the customer's page sends it again
            log.warning("a customer's message was not stored (%s)", type(error).__name__)
            self.put(
                frames.frame(
                    "error",
                    code="unavailable",
                    detail="it could not be stored",
                    client_id=client_id,
                    retry_ms=1000,
                )
            )
        else:
            self.put(frames.frame("ack", client_id=client_id, seq=message.seq))
        finally:
            self._unstored.release()

    async def _talk(self) -> str:
        """The conversation that takes the next message; a new one is told to all tabs."""
        if self.conversation_id is not None and self._hub.takes(self.conversation_id):
            return self.conversation_id
        visitor = await self._desk.chats.visitor(self._visitor.id) or self._visitor
        new_id = self._make_id()
        begun = await self._desk.chats.begin(
            visitor, self._widget, new_id, self._language, self._wait_ms
        )
        if begun.id != self.conversation_id:
            for tab in {self, *self._hub.tabs(self._visitor.id)}:
                tab.begin(begun)
        return begun.id

    def begin(self, conversation: Conversation) -> None:
        """This socket is about a new conversation."""
        self._hub.follow(self, conversation.id)
        self.put(conversation)

    # -- to the customer

    async def _write_all(self) -> None:
        with contextlib.suppress(ClientConnectionResetError, ConnectionError):
            told = self.conversation_id
            while True:
                item = await self._queue.get()
                if told != self.conversation_id:
                    told = self.conversation_id
                    self._sent = 0
                    await self._send(frames.frame("conversation", conversation=told))
                await self._tell(item)

    async def _tell(self, item: Item) -> None:
        if isinstance(item, bytes):
            await self._send(item)
        elif isinstance(item, _Again):
            await self._tell_again()
        elif isinstance(item, MessageAdded):
            await self._tell_message(item.message)
        elif isinstance(item, Typing):
            if item.side is Side.DESK and item.conversation_id == self.conversation_id:
                name = self._desk.directory.person_name(item.who)
                await self._send(frames.frame("typing", name=name, on=item.on))
        elif isinstance(item, ReadUpTo):
            if item.side is Side.DESK and item.conversation_id == self.conversation_id:
                await self._send(frames.frame("read", seq=item.seq))
        elif not isinstance(item, MailChanged):  # that is nothing to a chat
            await self._tell_place(item)

    async def _tell_place(self, conversation: Conversation | None) -> None:
        over = {"state": "ended", "agent": None, "away": None}
        await self._tell_where(over if conversation is None else self._where(conversation))

    async def _tell_again(self) -> None:
        """Whether somebody is there, as of now: the hours changed."""
        talk = self.conversation_id
        known = self._hub.known(talk) if talk is not None else None
        if (talk is None) is (known is None):
            await self._tell_where(self._where(known))

    async def _tell_where(self, place: dict[str, Any]) -> None:
        if place != self._place:
            self._place = place
            await self._send(frames.frame("state", **place))

    def _where(self, conversation: Conversation | None) -> dict[str, Any]:
        away = self._desk.chats.away(conversation, self._widget)
        return frames.where(conversation, self._desk.directory, away)

    async def _tell_message(self, message: Message) -> None:
        if message.conversation_id != self.conversation_id or message.seq <= self._sent:
            return
        if message.seq > self._sent + 1:
            await self._catch_up()
            return
        self._sent = message.seq
        await self._send(frames.frame("message", **self._said(message)))

    async def _catch_up(self) -> None:
        """Everything that is stored and was not told yet."""
        while self.conversation_id is not None:
            found = await self._desk.chats.history(self.conversation_id, self._sent)
            for message in found:
                self._sent = message.seq
                await self._send(frames.frame("message", **self._said(message)))
            if not found:
                return

    def _said(self, message: Message) -> dict[str, Any]:
        return frames.said(message, self._desk.directory, self._files)

    async def _send(self, data: bytes) -> None:
        await self._socket.send_frame(data, WSMsgType.TEXT)
