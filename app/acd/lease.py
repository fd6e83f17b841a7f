"""A short lease in Redis: at most one owner at a time, gone by itself when the owner dies."""

from typing import Any

from redis.asyncio import Redis

PREFIX = "{ringdesk}"

_HOLD = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class Lease:
    """The right to do one thing alone; call `hold` well within `ttl_ms` to keep it."""

    def __init__(
        self, redis: Redis, name: str, owner: str, ttl_ms: int, prefix: str = PREFIX
    ) -> None:
        self._redis = redis
        self._key = f"{prefix}:lease:{name}"
        self._owner = owner
        self._ttl_ms = ttl_ms

    async def hold(self) -> bool:
        """Takes or prolongs the lease; False while somebody else has it."""
        return bool(await self._eval(_HOLD, self._owner, str(self._ttl_ms)))

    async def release(self) -> None:
        """Gives it up, if it is still ours."""
        await self._eval(_RELEASE, self._owner)

    async def _eval(self, script: str, *args: str) -> Any:
        return await self._redis.eval(script, 1, self._key, *args)
