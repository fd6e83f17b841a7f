"""Changes as they happen, for whoever watches: one bounded queue per subscriber.

A slow reader is dropped, not waited for.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType

from app.domain.agent import Agent
from app.domain.conversation import Conversation
from app.domain.events import StreamEvent

QUEUE_LIMIT = 2000
"""Changes a subscriber may lag behind before it is dropped."""


class SlowReader(Exception):
    """This subscriber fell too far behind; it begins again with a snapshot."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event with what it touched, as that stands now (or later, never earlier)."""

    seq: str
    event: StreamEvent
    conversation: Conversation | None
    agent: Agent | None


class Subscription:
    """Changes from the moment of entering on; raises SlowReader once it overflowed."""

    def __init__(self, feed: "Feed") -> None:
        self._feed = feed
        self._queue: asyncio.Queue[Change] = asyncio.Queue(QUEUE_LIMIT)
        self._overflowed = False

    async def __aenter__(self) -> "Subscription":
        self._feed.subscribers.add(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._feed.subscribers.discard(self)

    def __aiter__(self) -> AsyncIterator[Change]:
        return self

    async def __anext__(self) -> Change:
        if self._overflowed:
            raise SlowReader
        return await self._queue.get()

    def put(self, change: Change) -> None:
        """Hand over one change, or mark the subscriber as too slow."""
        try:
            self._queue.put_nowait(change)
        except asyncio.QueueFull:
            self._overflowed = True
            self._feed.subscribers.discard(self)
            self._queue.get_nowait()  # wakes nobody up; frees the slot that the reader waits for


class Feed:
    """All who watch."""

    def __init__(self) -> None:
        self.subscribers: set[Subscription] = set()

    def subscribe(self) -> Subscription:
        """A subscription, to be entered with `async with`."""
        return Subscription(self)

    def publish(self, change: Change) -> None:
        """Give a change to everybody; never waits."""
        for subscriber in tuple(self.subscribers):
            subscriber.put(change)
