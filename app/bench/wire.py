"""HTTP and WebSockets with next to no cost of their own (RFC 9112, RFC 6455).

A general client spends as long on a message as the service does, on the same machine: the figures
would be the client's. These speak only what the service answers to a page.
"""

import asyncio
import base64
import os
import re
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
Receive = Callable[[bytes], None]


class WebSocket(asyncio.Protocol):
    """One page: `receive` gets each text message. `opened` and `closed` can be awaited."""

    def __init__(self, request: bytes, receive: Receive) -> None:
        self._request = request
        self._receive = receive
        self._buffer = bytearray()
        self._upgraded = False
        self._transport: asyncio.Transport | None = None
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()

    @classmethod
    async def connect(cls, address: str, path: str, cookie: str, receive: Receive) -> "WebSocket":
        """Open one as a page does. Raises ConnectionError when it is refused."""
        host, _, port = address.rpartition(":")
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n"
            f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        ).encode()
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(lambda: cls(request, receive), host, int(port))
        await socket.opened
        return socket

    def send(self, text: bytes) -> None:
        """One text message."""
        if self._transport is not None:
            self._transport.write(masked(_TEXT, text))

    def close(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the socket was refused"))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Cut the stream into messages."""
        self._buffer += data
        if not self._upgraded and not self._upgrade():
            return
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == _PING:
                self._pong(payload)
            elif kind != _CLOSE:
                self._receive(payload)

    def _upgrade(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._buffer.startswith(b"HTTP/1.1 101"):
            self.close()
            return False
        del self._buffer[: end + 4]
        self._upgraded = True
        self.opened.set_result(None)
        return True

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame; the service neither masks nor splits its messages."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, begin = buffer[1] & 0x7F, 2
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:begin], "big")
        if len(buffer) < begin + size:
            return None
        frame = buffer[0] & 0x0F, bytes(buffer[begin : begin + size])
        del buffer[: begin + size]
        return frame

    def _pong(self, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(masked(_PONG, payload))


def masked(kind: int, payload: bytes) -> bytes:
    """A whole frame as a client sends it, masked with zeros (RFC 6455 5.2: masked it must be).

    Raises ValueError beyond 65,535 bytes, which is longer than anything that a page says.
    """
    size = len(payload)
    if size > 0xFFFF:
        raise ValueError("longer than anything that a page says")
    length = bytes((0x80 | size,)) if size <= 125 else b"\xfe" + size.to_bytes(2, "big")
    return bytes((0x80 | kind,)) + length + bytes(4) + payload


class Http:
    """Keep-alive connections to one server; as many as there are requests at once."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[_Connection] = []
        self._all: list[_Connection] = []

    async def ask(self, method: str, path: str, who: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request; status and body of its answer. `who` is the header that says who asks.
        Raises ConnectionError."""
        connection = self._idle.pop() if self._idle else await self._connect()
        kind = "Content-Type: application/json\r\n" if body else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._address}\r\n{who}\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n"
        )
        answer = await connection.ask(head.encode() + body)
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Drop every connection."""
        for connection in self._all:
            connection.close()

    async def _connect(self) -> "_Connection":
        host, _, port = self._address.rpartition(":")
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, host, int(port))
        self._all.append(connection)
        return connection


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._answer.set_exception(ConnectionError("the service closed the connection"))
        else:
            self._transport.write(request)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the service closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._answer is None or self._answer.done():
            return
        length = _LENGTH.search(self._buffer, 0, end)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) >= whole:
            status, body = int(self._buffer[9:12]), bytes(self._buffer[end + 4 : whole])
            del self._buffer[:whole]
            self._answer.set_result((status, body))
