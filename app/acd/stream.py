"""Reading the event stream, and trimming what every reader has seen."""

from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from app.acd import codec
from app.acd.connection import text
from app.acd.lease import PREFIX
from app.domain.events import StreamEvent

NOTHING = "0-0"
"""Before the first entry."""


class StreamReader:
    """One reader of the stream; where it stands is the caller's to remember."""

    def __init__(self, redis: Redis, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._key = f"{prefix}:events"

    async def read(self, after: str, block_ms: int = 1000, count: int = 500) -> list[StreamEvent]:
        """Entries after that id, oldest first; waits up to `block_ms` (0: not at all) for one.

        `block_ms` must stay below the client's socket time-out.
        """
        block = block_ms if block_ms > 0 else None
        reply = text(await self._redis.xread({self._key: after}, count=count, block=block))
        return [codec.event(entry, fields) for entry, fields in _entries(reply)]

    async def between(self, after: str, last: str, count: int = 10_000) -> list[StreamEvent]:
        """Entries after one id up to and including another, without waiting."""
        reply = text(await self._redis.xrange(self._key, f"({after}", last, count=count))
        return [codec.event(entry, fields) for entry, fields in reply]

    async def last_id(self) -> str:
        """Id of the newest entry there ever was; `0-0` before the first."""
        try:
            info = text(await self._redis.xinfo_stream(self._key))
        except ResponseError:
            return NOTHING
        return str(info["last-generated-id"])

    async def first_id(self) -> str:
        """Id of the oldest entry that is still there; `0-0` if none is."""
        entries = text(await self._redis.xrange(self._key, count=1))
        return str(entries[0][0]) if entries else NOTHING

    async def trim(self, below: str) -> None:
        """Forgets entries older than that id; give the slowest reader's place."""
        await self._redis.xtrim(self._key, minid=below, approximate=False)


def _entries(reply: Any) -> list[tuple[str, Mapping[str, str]]]:
    """The one stream's entries, in the shape of either protocol (RESP 2: list, RESP 3: map)."""
    if not reply:
        return []
    if isinstance(reply, Mapping):
        found = next(iter(reply.values()))
        return list(found[0]) if found and isinstance(found[0], list) else list(found)
    return list(reply[0][1])
