"""A TCP connection between two parts that can be cut, held up or slowed: the network's faults."""

import asyncio
import contextlib
import socket
import struct
from typing import Literal, Self

CHUNK = 1 << 16
Mode = Literal["pass", "cut", "hold", "deaf", "slow"]


class Wire:
    """Listens on loopback and passes everything on to one address, as the mode says.

    `pass`: as it comes. `cut`: what stands is reset, and what is new is closed at once. `hold`:
    connections stand, and nothing comes through (a network that swallows packets); it comes late,
    after what TCP has kept, when the mode ends, as retransmitted packets do. `deaf`: what is said
    arrives, and what is answered is held as above, or lost if `cut` comes next. `slow`: every piece
    takes `delay` seconds more, in each direction.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open = asyncio.Event()
        self._open.set()
        self._heard = asyncio.Event()
        self._heard.set()
        self._mode: Mode = "pass"
        self._delay = 0.0
        self._ends: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *ignored: object) -> None:
        if self._server is not None:
            self._server.close()
        self._reset()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def set(self, mode: Mode, delay: float = 0.0) -> None:
        """From now on."""
        self._mode, self._delay = mode, delay if mode == "slow" else 0.0
        _allow(self._open, mode != "hold")
        _allow(self._heard, mode not in {"hold", "deaf"})
        if mode == "cut":
            self._reset()

    def _reset(self) -> None:
        for end in list(self._ends):
            _end(end)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pumps.add(task)
        self._ends.add(writer)
        try:
            await self._open.wait()
            if self._mode != "cut":
                await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # either side is gone, which the other is told by the reset below, or all of it
        finally:
            self._ends.discard(writer)
            self._pumps.discard(task)
            _end(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._ends.add(back)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, back, self._open))
                both.create_task(self._pump(there, writer, self._heard))
        except* OSError:
            pass
        finally:
            self._ends.discard(back)
            _end(back)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, free: asyncio.Event
    ) -> None:
        while data := await reader.read(CHUNK):
            if self._delay:
                await asyncio.sleep(self._delay)
            await free.wait()
            writer.write(data)
            await writer.drain()
        await free.wait()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


def _allow(way: asyncio.Event, free: bool) -> None:
    if free:
        way.set()
    else:
        way.clear()


def _end(writer: asyncio.StreamWriter) -> None:
    """With RST, and not with the FIN of a polite end (socket(7), SO_LINGER)."""
    sock = writer.get_extra_info("socket")
    if sock is not None and not writer.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
