"""Fills the queue quickly: the distributor's own commands, sent by the hundred, answers unread."""

from typing import Any

from redis.asyncio import Redis

BATCH = 200


class Bulk:
    """Stands in for the distributor's Redis client; its functions must be in the server already."""

    def __init__(self, redis: Redis) -> None:
        self._pipe = redis.pipeline(transaction=False)
        self._waiting = 0

    async def fcall(self, *words: Any) -> list[Any]:
        """Take one command along; answers with nothing changed."""
        self._pipe.fcall(*words)
        self._waiting += 1
        if self._waiting >= BATCH:
            await self.flush()
        return [0, [], [], []]

    async def flush(self) -> None:
        """Send what waits. Raises what the first command that failed raised."""
        self._waiting = 0
        await self._pipe.execute()
