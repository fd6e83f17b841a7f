"""One event socket: a bounded queue, and one task that writes from it.

A reader who does not keep up is dropped, not waited for: it comes back for a fresh picture.
"""

import asyncio
import contextlib
from enum import IntEnum
from typing import Any

from aiohttp import ClientConnectionResetError, WSMsgType, web

from app.api.access import Caller
from app.api.visibility import Viewer

QUEUE_LIMIT = 1_000
"""Messages a socket may lag behind."""
HEARTBEAT_SECONDS = 20.0
"""Between two pings; without an answer within half of it the socket counts as dead."""
CLOSE_SECONDS = 1.0


class CloseCode(IntEnum):
    """Why a socket is closed (RFC 6455 7.4, and the IANA registry of close codes)."""

    POLICY = 1008
    RESTARTING = 1012
    TRY_LATER = 1013
    SIGNED_OUT = 4401
    SLOW_READER = 4408
    REPLACED = 4409


class Client:
    """A page or a program that listens."""

    def __init__(
        self, id: str, caller: Caller, viewer: Viewer, socket: web.WebSocketResponse
    ) -> None:
        self.id = id
        self.caller = caller
        self.viewer = viewer
        self.shown: set[str] = set()
        """Ids of the conversations in its picture."""
        self._socket = socket
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        self._closing: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()

    @property
    def backlog(self) -> int:
        """Messages that wait to be written."""
        return self._queue.qsize()

    def send(self, message: bytes) -> None:
        """Queue one message; never waits."""
        if self._closing.done():
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.close(CloseCode.SLOW_READER)

    def close(self, code: CloseCode) -> None:
        """Have the socket closed; what is still queued is not sent."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def serve(self) -> CloseCode | None:
        """Write and read until either side is done; the code if it was ours to close."""
        writer = asyncio.create_task(self._write(), name=f"events writer {self.id}")
        reader = asyncio.create_task(self._read(), name=f"events reader {self.id}")
        try:
            waiting: set[asyncio.Future[Any]] = {writer, reader, self._closing}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return self._closing.result() if self._closing.done() else None
        finally:
            writer.cancel()
            reader.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
            await self._say_goodbye()

    async def _write(self) -> None:
        with contextlib.suppress(ClientConnectionResetError, ConnectionError):
            while True:
                await self._socket.send_frame(await self._queue.get(), WSMsgType.TEXT)

    async def _read(self) -> None:
        # Nothing is expected from a listener; reading answers pings and notices the close.
        async for message in self._socket:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return

    async def _say_goodbye(self) -> None:
        code = self._closing.result() if self._closing.done() else 1000
        with contextlib.suppress(TimeoutError, ConnectionError, ClientConnectionResetError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(code=code, drain=code != CloseCode.SLOW_READER)
