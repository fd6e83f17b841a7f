"""Records what Asterisk tells over AMI, unread: reading it is left for afterwards.

So the recorder costs nearly nothing while calls run. With `timestampevents=yes` each event has
Asterisk's own clock, the same for whatever drives the calls.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from app.config import Refusal

WANTED = ("UserEvent", "Newstate", "BridgeEnter", "BridgeLeave", "Hangup")
Event = Mapping[str, str]


class Tape:
    """One AMI connection. Raises Refusal when Asterisk refuses."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._chunks: list[bytes] = []
        self._task: asyncio.Task[None] | None = None

    async def open(self, user: str, password: str) -> None:
        """Sign in and begin to record."""
        await self._reader.readline()  # the banner
        await self._ask(Action="Login", Username=user, Secret=password, Events="on")
        for name in WANTED:
            await self._ask(Action="Filter", Operation="Add", Filter=f"Event: {name}")
        self._task = asyncio.create_task(self._record(), name="AMI tape")

    async def send(self, **fields: str) -> None:
        """An action, whose answer goes on the tape."""
        self._writer.write("".join(f"{k}: {v}\r\n" for k, v in fields.items()).encode() + b"\r\n")
        await self._writer.drain()

    def rewind(self) -> None:
        """Forget what was recorded."""
        self._chunks.clear()

    def events(self) -> list[Event]:
        """What was recorded so far, oldest first."""
        return list(parse(b"".join(self._chunks)))

    async def close(self) -> None:
        """End the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()

    async def _ask(self, **fields: str) -> None:
        await self.send(**fields)
        while True:
            block = await self._reader.readuntil(b"\r\n\r\n")
            if block.startswith(b"Response: Success"):
                return
            if block.startswith(b"Response:"):
                raise Refusal(f"AMI refused {fields['Action']}: {block.decode().strip()}")

    async def _record(self) -> None:
        while chunk := await self._reader.read(1 << 16):
            self._chunks.append(chunk)


def parse(recorded: bytes) -> Iterator[Event]:
    """The events on a tape."""
    for block in recorded.decode(errors="replace").split("\r\n\r\n"):
        if block.startswith("Event: "):
            yield dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)


@asynccontextmanager
async def tape(ami: dict[str, Any]) -> AsyncIterator[Tape]:
    """A tape that records from now on; `ami` as in endpoints.json."""
    recorder = Tape(*await asyncio.open_connection(ami["host"], ami["port"]))
    try:
        await recorder.open(ami["user"], ami["password"])
        yield recorder
    finally:
        await recorder.close()
