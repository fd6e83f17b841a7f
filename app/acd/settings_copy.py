"""The service-wide settings as Redis holds them, for every process that serves.

SQL is their home; here each stands beside its row version, so that an older value never
overwrites a newer one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from app.acd.connection import text
from app.acd.lease import PREFIX

_PUT = """
for n = 1, #ARGV, 3 do
  local there = redis.call('HGET', KEYS[1], ARGV[n])
  local known = there and tonumber(cjson.decode(there)[1])
  if not there or there == ARGV[n + 2] or known < tonumber(cjson.decode(ARGV[n + 1])[1]) then
    redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1])
  end
end
return 1
"""


@dataclass(frozen=True, slots=True)
class Versioned:
    """A value with the version of its row."""

    version: int
    value: Any


class SettingsCopy:
    """Reads and writes the copy. Raises redis' own errors."""

    def __init__(self, redis: Redis, prefix: str = PREFIX) -> None:
        self._redis = redis
        self._key = f"{prefix}:settings"

    async def all(self) -> dict[str, Versioned]:
        """Every setting that is there."""
        found: dict[str, str] = text(await self._redis.hgetall(self._key))
        return {key: Versioned(*json.loads(raw)) for key, raw in found.items()}

    async def put(
        self, new: Mapping[str, Versioned], instead_of: Mapping[str, Versioned] | None = None
    ) -> None:
        """Write what is newer than what is there, or replaces exactly `instead_of`."""
        old = instead_of or {}
        words = [
            word
            for key, value in new.items()
            for word in (key, _raw(value), _raw(old[key]) if key in old else "")
        ]
        if words:
            await self._redis.eval(_PUT, 1, self._key, *words)


def _raw(value: Versioned) -> str:
    return json.dumps([value.version, value.value], separators=(",", ":"))
