"""Facts in order: those of one call or one leg one after the other, everything else side by side.

While Redis is away they wait here; none is lost but by the death of the process, after which
reconcile finds them again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from redis.exceptions import RedisError

from app.acd import EpochLost

log = logging.getLogger("ringdesk.facts")

F = TypeVar("F")

RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)


class Lanes(Generic[F]):
    """One lane per key; a lane ends when it is empty."""

    def __init__(self, handle: Callable[[F], Awaitable[None]]) -> None:
        self._handle = handle
        self._lanes: dict[str, asyncio.Queue[F]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, key: str, fact: F) -> None:
        """Queue a fact behind the earlier ones of its key."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = asyncio.Queue()
            task = asyncio.get_running_loop().create_task(self._run(key, lane), name=f"lane {key}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        lane.put_nowait(fact)

    async def close(self) -> None:
        """Stop all lanes."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: str, lane: asyncio.Queue[F]) -> None:
        while not lane.empty():
            await self._until_handled(lane.get_nowait())
        del self._lanes[key]

    async def _until_handled(self, fact: F) -> None:
        tries = 0
        while True:
            try:
                return await self._handle(fact)
            except (RedisError, EpochLost, OSError) as error:
                pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]
                log.warning("%s waits for Redis (%s)", type(fact).__name__, type(error).__name__)
                tries += 1
                await asyncio.sleep(pause)
            except Exception:
                return log.exception("%s could not be handled", type(fact).__name__)
