"""Hands facts up: those of one key one after the other, keys side by side."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

log = logging.getLogger("ringdesk.telephony")

T = TypeVar("T")

LIMIT = 20_000
"""Items that may wait in all lanes together."""


class LanesFull(Exception):
    """Whoever takes the items is too slow; nothing was added."""


class Lanes(Generic[T]):
    """One worker per key that has something to do; none for a key that has not."""

    def __init__(self, take: Callable[[T], Awaitable[None]]) -> None:
        self._take = take
        self._lanes: dict[str, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def put(self, key: str, item: T) -> None:
        """Queue an item behind those of the same key. Raises LanesFull."""
        if self._waiting >= LIMIT:
            raise LanesFull(f"{LIMIT} facts are waiting")
        self._waiting += 1
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(item)
            return
        self._lanes[key] = deque((item,))
        task = asyncio.create_task(self._work(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until everything that was put is taken."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def close(self) -> None:
        """Drop what waits."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            while lane:
                await self._take_safely(lane.popleft())
        finally:
            self._waiting -= len(lane)
            del self._lanes[key]

    async def _take_safely(self, item: T) -> None:
        try:
            await self._take(item)
        except Exception:
            # Not the item itself: a caller's number belongs in no log.
            log.exception("nobody could take a %s", type(item).__name__)
        finally:
            self._waiting -= 1
