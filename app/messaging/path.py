"""The one way of every message: stored, then acknowledged, then announced.

    submit    puts it into the line; the answer comes once it is committed
    commit    whatever is in the line goes into one transaction (group commit): one message waits
              for nobody, many share the disk's time
    announce  a note on the stream; that it was told is noted with the next commit
    sweep     announces what a crash, or a Redis that was away, left untold

The store numbers a conversation's messages and tells a repeated one by its author's `client_id`,
so any number of processes may serve one conversation. A note may come twice; who listens goes by
the numbers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from redis.exceptions import RedisError

from app.domain.message import Message, NewMessage, ReadMark, Stored
from app.messaging.notes import MessageAdded, Notes

log = logging.getLogger("ringdesk.messages")

BATCH = 300
"""Messages in one transaction."""
LINE_LENGTH = 5_000
"""Messages that may wait for the disk; more are refused, and sent again by their clients."""
SWEEP_SECONDS = 1.0
OVERDUE_MS = 3_000
"""A message that is still untold after so long was left behind."""

Place = tuple[str, int]
"""Conversation and seq."""


class Overloaded(Exception):
    """Too many messages wait for the disk."""


class Store(Protocol):
    """Where messages are kept."""

    async def commit(
        self, new: Sequence[NewMessage], told: Sequence[Place], read: Sequence[ReadMark]
    ) -> list[Stored]:
        """Store messages in this order, note which were announced, and how far was read: one
        transaction."""
        ...

    async def untold(self, before: int, limit: int = 500) -> list[Message]:
        """Messages stored before this instant (ms) that were not announced."""
        ...


Waiting = tuple[NewMessage, "asyncio.Future[Message]"]


class MessagePath:
    """Takes messages from any number of tasks; `run` does the work."""

    def __init__(
        self,
        store: Store,
        notes: Notes,
        now: Callable[[], int],
        seen: Callable[[Sequence[Message]], Awaitable[None]],
    ) -> None:
        self._store = store
        self._notes = notes
        self._now = now
        self._seen = seen
        """Told of every announced batch (deadlines of idle chats)."""
        self._line: asyncio.Queue[Waiting] = asyncio.Queue(LINE_LENGTH)
        self._stored: asyncio.Queue[list[Message]] = asyncio.Queue()
        self._told: list[Place] = []
        self._read: dict[tuple[str, str], ReadMark] = {}

    def submit(self, new: NewMessage) -> "asyncio.Future[Message]":
        """Put a message into the line. Raises Overloaded; the answer raises what the store does."""
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        try:
            self._line.put_nowait((new, answer))
        except asyncio.QueueFull:
            raise Overloaded("too many messages at once; try again in a moment") from None
        return answer

    def mark_read(self, mark: ReadMark) -> None:
        """Remember how far was read; stored with the next commit. A mark never goes back."""
        key = (mark.conversation_id, mark.side)
        before = self._read.get(key)
        if before is None or before.seq < mark.seq:
            self._read[key] = mark

    async def run(self) -> None:
        """Serve for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commit_all(), name="messages: commit")
            tasks.create_task(self._announce_all(), name="messages: announce")
            tasks.create_task(self._sweep_all(), name="messages: sweep")

    async def _commit_all(self) -> None:
        while True:
            batch = [await self._line.get()]
            while len(batch) < BATCH and not self._line.empty():
                batch.append(self._line.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        told, read = self._taken()
        try:
            stored = await self._store.commit([new for new, _ in batch], told, read)
        except Exception as error:
            self._give_back(told, read)
            await self._one_by_one(batch, error)
            return
        self._answer(batch, stored)

    async def _one_by_one(self, batch: list[Waiting], error: Exception) -> None:
        """What one message did to the database must not be told to the others."""
        if len(batch) == 1:
            log.warning("a message cannot be stored: %s", type(error).__name__)
            if not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for each in batch:
            try:
                stored = await self._store.commit([each[0]], (), ())
            except Exception as fault:
                await self._one_by_one([each], fault)
            else:
                self._answer([each], stored)

    def _answer(self, batch: list[Waiting], stored: list[Stored]) -> None:
        for (_, answer), one in zip(batch, stored, strict=True):
            if not answer.done():
                answer.set_result(one.message)
        fresh = [one.message for one in stored if one.fresh]
        if fresh:
            self._stored.put_nowait(fresh)

    async def _announce_all(self) -> None:
        while True:
            messages = await self._stored.get()
            while not self._stored.empty():
                messages += self._stored.get_nowait()
            await self._announce(messages)

    async def _announce(self, messages: Sequence[Message]) -> None:
        """The sweep comes for what cannot be told now."""
        try:
            await self._notes.tell(MessageAdded(message) for message in messages)
            await self._seen(messages)
        except (RedisError, OSError) as error:
            log.warning("%d messages are announced later (%s)", len(messages), type(error).__name__)
            return
        self._told += [(message.conversation_id, message.seq) for message in messages]

    async def _sweep_all(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._sweep()
            except Exception as error:  # whatever the store raises while it is away
                log.warning("untold messages cannot be looked for (%s)", type(error).__name__)

    async def _sweep(self) -> None:
        told, read = self._taken()
        if told or read:
            try:
                await self._store.commit((), told, read)
            except Exception:
                self._give_back(told, read)
                raise
        left = await self._store.untold(self._now() - OVERDUE_MS)
        if left:
            log.info("%d messages were stored but not announced: announced now", len(left))
            await self._announce(left)

    def _taken(self) -> tuple[list[Place], list[ReadMark]]:
        told, self._told = self._told, []
        read, self._read = list(self._read.values()), {}
        return told, read

    def _give_back(self, told: list[Place], read: list[ReadMark]) -> None:
        self._told = told + self._told
        for mark in read:
            self.mark_read(mark)
