"""One clock for all nodes: the Redis server's, by a measured offset."""

import time

from redis.asyncio import Redis

SAMPLES = 5


class ServerClock:
    """The Redis server's wall clock in ms, kept by this machine's monotonic clock between measures.

    Until the first measure it shows this machine's own wall clock.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._offset_ms = time.time() * 1000 - time.monotonic() * 1000

    async def measure(self) -> None:
        """Asks the server's time a few times and keeps the answer that came fastest."""
        self._offset_ms = min([await self._sample() for _ in range(SAMPLES)])[1]

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return round(time.monotonic() * 1000 + self._offset_ms)

    async def _sample(self) -> tuple[float, float]:
        asked = time.monotonic() * 1000
        seconds, micros = await self._redis.time()
        answered = time.monotonic() * 1000
        server = int(seconds) * 1000 + int(micros) / 1000
        return answered - asked, server - (asked + answered) / 2
