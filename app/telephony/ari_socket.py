"""One connection to Asterisk: an event WebSocket and the HTTP pool that belongs to it.

Requests that never wait for a channel's thread go over the WebSocket, where Asterisk answers
them in order (REST over WebSocket, Asterisk 22.4); what may wait goes over HTTP, so that nothing
stands behind it. When the socket drops, everything under way fails with LinkDown.
"""

import asyncio
import logging
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

import aiohttp
from yarl import URL

from app.telephony import ari_events
from app.telephony.ari_errors import AriError, LinkDown, Timeout, error_for
from app.telephony.ari_events import (
    AnyEvent,
    ApplicationReplaced,
    ChannelUserevent,
    RESTResponse,
)

log = logging.getLogger("ringdesk.ari")

CONNECT_SECONDS = 3.0
REQUEST_SECONDS = 5.0
"""Limit of one request; after it the outcome is unknown (Timeout)."""
HEARTBEAT_SECONDS = 2.4
"""Ping this often on a quiet socket; no pong within half of it and the link counts as down."""
EVENT_CHECK = "RingdeskEventCheck"
"""Name of the event that we have Asterisk send us, to see that events come."""
EVENT_CHECK_EVERY_SECONDS = 1.0
EVENT_CHECK_SECONDS = 1.0
"""From Asterisk's answer until the event is here: it takes some tenths of a millisecond."""
EVENT_CHECK_MISSES = 2
"""In a row: one may be missed by a process that stood still."""
CLOSE_SECONDS = 0.3
"""How long the other side may take to say goodbye."""
KEEP_ALIVE_SECONDS = 10.0
"""Below Asterisk's own 15 s, or both ends race and a request meets a closed connection."""
POOL_LIMIT = 200
EVENT_LIMIT = 50_000
"""Events that may wait while a reconcile runs; more, and the link is taken down and read anew."""
FRAME_LIMIT = 65_000
"""Bytes of a WebSocket frame that Asterisk accepts (65,535); longer requests go over HTTP."""


@dataclass(frozen=True, slots=True)
class AriAddress:
    """Where Asterisk's REST interface is, and as whom."""

    url: str
    user: str
    password: str
    app: str

    @property
    def headers(self) -> dict[str, str]:
        """The sign-in of every request."""
        return {"Authorization": aiohttp.encode_basic_auth(self.user, self.password)}


class AriSocket:
    """One connection's life; enter it with `async with`. Raises LinkDown when it cannot start."""

    def __init__(self, address: AriAddress) -> None:
        self._address = address
        self._base = URL(address.url.rstrip("/") + "/")
        self._session: aiohttp.ClientSession | None = None
        self._ws: aiohttp.ClientWebSocketResponse[Literal[False]] | None = None
        self._waiting: dict[str, asyncio.Future[RESTResponse]] = {}
        self._count = 0
        self._closed = False
        self._check_came = asyncio.Event()
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.events: asyncio.Queue[AnyEvent] = asyncio.Queue(EVENT_LIMIT)

    async def __aenter__(self) -> "AriSocket":
        self._session = aiohttp.ClientSession(
            headers=self._address.headers,
            connector=aiohttp.TCPConnector(limit=POOL_LIMIT, keepalive_timeout=KEEP_ALIVE_SECONDS),
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                self._ws = await self._session.ws_connect(
                    self._base.joinpath("events").with_query(app=self._address.app),
                    heartbeat=HEARTBEAT_SECONDS,
                    max_msg_size=0,
                    decode_text=False,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await self._session.close()
            raise LinkDown(f"cannot connect: {error or type(error).__name__}") from None
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def end(self, reason: str) -> None:
        """Have `ended` raise: the connection is given up from this side."""
        if not self._ended.done():
            self._ended.set_result(reason)

    async def ended(self) -> None:
        """Wait for `end`. Raises LinkDown then."""
        raise LinkDown(await self._ended)

    async def watch_events(self) -> None:
        """See for ever that events come. Raises LinkDown when they do not.

        A socket that stands and answers is not enough: where it replaces one that Asterisk takes
        down in the same instant, that one's end makes the application inactive for both, and no
        event comes any more (drilled on 22.10.1: "Stasis app 'ringdesk' not active").
        """
        misses = 0
        while misses < EVENT_CHECK_MISSES:
            if await self._event_comes():
                misses = 0
                await asyncio.sleep(EVENT_CHECK_EVERY_SECONDS)
            else:
                misses += 1
        raise LinkDown("Asterisk answers, but sends no events: the application is inactive")

    async def _event_comes(self) -> bool:
        self._check_came.clear()
        try:
            await self.command(
                "POST", f"events/user/{EVENT_CHECK}?application={self._address.app}", None
            )
        except LinkDown:
            raise
        except AriError:
            return True  # no answer is the heartbeat's matter
        try:
            async with asyncio.timeout(EVENT_CHECK_SECONDS):
                await self._check_came.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Take the connection down; what is under way fails with LinkDown."""
        self._closed = True
        self._fail_waiting()
        if self._ws is not None:
            await self._ws.close()
        if self._session is not None:
            await self._session.close()  # what is under way over HTTP ends with a client error

    async def read(self) -> None:
        """Read until the connection ends: answers to their requests, events to the queue.

        Raises LinkDown at the end, always.
        """
        if self._ws is None:
            raise LinkDown("not connected")
        try:
            async for message in self._ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(ari_events.decode(message.data))
            raise LinkDown(f"socket closed ({self._ws.close_code}, {self._ws.exception()!r})")
        finally:
            self._closed = True
            self._fail_waiting()

    def _take(self, event: AnyEvent | None) -> None:
        if event is None:
            return
        if isinstance(event, RESTResponse):
            future = self._waiting.pop(event.request_id, None)
            if future is not None and not future.done():
                future.set_result(event)
            return
        if isinstance(event, ApplicationReplaced):
            raise LinkDown("another connection took the application")
        if isinstance(event, ChannelUserevent):
            if event.eventname == EVENT_CHECK:
                self._check_came.set()
            return
        try:
            self.events.put_nowait(event)
        except asyncio.QueueFull:
            raise LinkDown(f"more than {EVENT_LIMIT} events waiting") from None

    def _fail_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(LinkDown("the link broke before the answer"))

    async def command(self, method: str, uri: str, body: bytes | None) -> bytes:
        """Send over the WebSocket, in order. Raises AriError."""
        self._count += 1
        request_id = str(self._count)
        frame: dict[str, str] = {
            "type": "RESTRequest",
            "transaction_id": request_id,
            "request_id": request_id,
            "method": method,
            "uri": uri,
        }
        if body is not None:
            frame["content_type"] = "application/json"
            frame["message_body"] = body.decode()
        data: bytes = ari_events.encode(frame)
        if len(data) > FRAME_LIMIT:
            return await self.call(method, uri, body)
        response = await self._exchange(request_id, data)
        answer = response.message_body.encode()
        if response.status_code >= 300:
            raise error_for(response.status_code, answer)
        return answer

    async def _exchange(self, request_id: str, data: bytes) -> RESTResponse:
        if self._closed or self._ws is None or self._ws.closed:
            raise LinkDown("not connected")
        future: asyncio.Future[RESTResponse] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = future
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await self._ws.send_frame(data, aiohttp.WSMsgType.TEXT)
                return await future
        except TimeoutError:
            raise Timeout(f"no answer within {REQUEST_SECONDS} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise LinkDown(f"{error or type(error).__name__}") from None
        finally:
            self._waiting.pop(request_id, None)

    async def call(self, method: str, uri: str, body: bytes | None) -> bytes:
        """Send over HTTP, beside everything else. Raises AriError."""
        if self._closed or self._session is None:
            raise LinkDown("not connected")
        try:
            async with (
                asyncio.timeout(REQUEST_SECONDS),
                self._session.request(
                    method,
                    URL(f"{self._base}{uri}", encoded=True),
                    data=body,
                    headers=_JSON if body is not None else None,
                ) as response,
            ):
                answer = await response.read()
                if response.status >= 300:
                    raise error_for(response.status, answer)
                return answer
        except TimeoutError:
            raise Timeout(f"no answer within {REQUEST_SECONDS} s") from None
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            raise LinkDown(f"{error or type(error).__name__}") from None


_JSON = {"Content-Type": "application/json"}
