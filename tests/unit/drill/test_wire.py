"""The wire between two parts: what it passes on, and what it does not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.drill.wire import Wire

LIMIT = 15.0


@asynccontextmanager
async def echo() -> AsyncIterator[int]:
    """A server that says everything back; its port."""

    async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1024):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(say_back, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def wired() -> AsyncIterator[Wire]:
    async with echo() as port, Wire("127.0.0.1", port) as wire:
        yield wire


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: bytes) -> bytes:
    writer.write(text)
    async with asyncio.timeout(LIMIT):
        return await reader.readexactly(len(text))


async def test_it_passes_everything_on_and_the_end_of_it() -> None:
    async with wired() as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        assert await ask(reader, writer, b"x" * 200_000) == b"x" * 200_000
        writer.write_eof()
        async with asyncio.timeout(LIMIT):
            assert await reader.read() == b""
        writer.close()


async def test_cut_ends_what_stands_and_what_is_new() -> None:
    async with wired() as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        assert await ask(reader, writer, b"before") == b"before"
        wire.set("cut")
        async with asyncio.timeout(LIMIT):
            with pytest.raises(ConnectionError):
                await reader.readexactly(1)
            new, _ = await asyncio.open_connection("127.0.0.1", wire.port)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await new.readexactly(1)
        wire.set("pass")
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        assert await ask(reader, writer, b"after") == b"after"
        writer.close()


async def test_held_words_come_late_and_once() -> None:
    async with wired() as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        assert await ask(reader, writer, b"before") == b"before"
        wire.set("hold")
        writer.write(b"meanwhile")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.readexactly(1)
        wire.set("pass")
        async with asyncio.timeout(LIMIT):
            assert await reader.readexactly(9) == b"meanwhile"
        writer.close()


async def test_slow_is_later_each_way() -> None:
    async with wired() as wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        wire.set("slow", 0.2)
        began = time.monotonic()
        assert await ask(reader, writer, b"slowly") == b"slowly"
        assert time.monotonic() - began >= 0.4
        writer.close()
