"""Telling every process of messages, typing and read marks: a short Redis stream of its own.

The stream is a hint and not the truth: who finds a gap in the numbers reads SQL. So it may be
trimmed hard, and a flushed Redis loses no message.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from app.domain.message import Message, Side

log = logging.getLogger("ringdesk.messages")

KEEP = 20_000
"""Notes that the stream keeps, about."""
BLOCK_MS = 1_000
PAUSE_SECONDS = 0.2


class MessageAdded(msgspec.Struct, frozen=True, tag="message"):
    """A message was stored."""

    message: Message


class Typing(msgspec.Struct, frozen=True, tag="typing"):
    """Somebody writes, or no longer does."""

    conversation_id: str
    side: Side
    who: str
    """The agent's or the bot's id; empty for the customer."""
    on: bool


class ReadUpTo(msgspec.Struct, frozen=True, tag="read"):
    """One side has read so far."""

    conversation_id: str
    side: Side
    seq: int


class MailChanged(msgspec.Struct, frozen=True, tag="mail"):
    """An email of a conversation was sent, delayed, or came back."""

    conversation_id: str


Note = MessageAdded | Typing | ReadUpTo | MailChanged
Listener = Callable[[Note], None]

_encode = msgspec.json.encode
_decoder: msgspec.json.Decoder[Note] = msgspec.json.Decoder(Note)


class Notes:
    """The stream: `tell` writes, `run` reads and hands every note to the listeners."""

    def __init__(self, redis: Redis, prefix: str = "{ringdesk}") -> None:
        self._redis = redis
        self._key = f"{prefix}:messages"
        self.listeners: list[Listener] = []
        """They must not wait."""
        self._last: str | None = None

    async def begin(self) -> None:
        """Remember where the stream is: `run` hands on everything that is told from now on, and so
        nothing is missed between the first page's first look and its start. Raises RedisError."""
        self._last = await self._newest()

    async def tell(self, notes: Iterable[Note]) -> None:
        """Write them in their order. Raises RedisError."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for note in notes:
                pipe.xadd(self._key, {"n": _encode(note)}, maxlen=KEEP, approximate=True)
            await pipe.execute()

    async def run(self) -> None:
        """Read for ever; waits for Redis while it is away."""
        while True:
            try:
                self._last = self._last or await self._newest()
                for entry, fields in await self._read(self._last):
                    self._hand_on(fields)
                    self._last = entry
            except (RedisError, OSError) as error:
                log.warning("notes of messages cannot be read (%s)", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _newest(self) -> str:
        try:
            return str((await self._redis.xinfo_stream(self._key))["last-generated-id"])
        except ResponseError:  # there was none yet
            return "0-0"

    async def _read(self, last: str) -> list[tuple[str, dict[str, str]]]:
        reply: Any = await self._redis.xread({self._key: last}, count=500, block=BLOCK_MS)
        return list(reply[0][1]) if reply else []

    def _hand_on(self, fields: dict[str, str]) -> None:
        try:
            note = _decoder.decode(fields["n"])
        except (msgspec.DecodeError, KeyError):
            log.error("a note of another version is passed over")
            return
        for listener in self.listeners:
            listener(note)
