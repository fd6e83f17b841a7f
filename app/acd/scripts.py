"""Loading and running the Lua scripts: one prelude in front of one small file per command."""

import asyncio
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.acd.connection import text
from app.acd.errors import from_reply
from app.acd.tables import rendered
from app.domain.routing import Rules

FOLDER = Path(__file__).parent / "scripts"
PRELUDE = (
    "work.lua",
    "index.lua",
    "legs.lua",
    "moves.lua",
    "consults.lua",
    "status.lua",
    "supervision.lua",
    "settle.lua",
)
"""Read in this order in front of every command."""

Args = Mapping[str, str | int | float | bool | bytes | None]

RETRY_S = 0.05
AT_ONCE = 16
"""Scripts under way at a time and process, in the order they came: more would only wait in the
server, and redis-py's pool lets a newcomer pass those who wait (seen: 2.7 s under load)."""


def sources() -> dict[str, str]:
    """Every command's whole script by its name."""
    prelude = "\n".join([rendered(), *((FOLDER / name).read_text() for name in PRELUDE)])
    commands = {
        path.stem: f"{prelude}\n{path.read_text()}"
        for path in sorted((FOLDER / "commands").glob("*.lua"))
    }
    reads = {path.stem: path.read_text() for path in sorted((FOLDER / "reads").glob("*.lua"))}
    return commands | reads


class Scripts:
    """Runs commands; each costs one round trip.

    A lost connection is retried for `patience_s` with the same command id, so that a restart of
    the server is a pause and not an error; the script itself tells a repeat.
    """

    def __init__(self, redis: Redis, prefix: str, patience_s: float) -> None:
        self._redis = redis
        self._prefix = prefix
        self._patience_s = patience_s
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._sources = sources()
        self._shas = {
            name: hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
            for name, source in self._sources.items()
        }

    async def load(self) -> None:
        """Puts every script into the server."""
        for source in self._sources.values():
            await self._redis.script_load(source)

    async def run(self, name: str, header: list[str | int], args: Args) -> Any:
        """The script's reply, as text. Raises what errors.py names, else redis' own errors."""
        words = [*header, *flattened(args)]
        until = time.monotonic() + self._patience_s
        while True:
            try:
                async with self._turn:
                    return await self._once(name, words)
            except (RedisConnectionError, RedisTimeoutError):
                if time.monotonic() >= until:
                    raise
                await asyncio.sleep(RETRY_S)

    async def _once(self, name: str, words: list[Any]) -> Any:
        try:
            reply = await self._evaluate(name, words)
        except NoScriptError:
            await self.load()
            reply = await self._evaluate(name, words)
        except ResponseError as error:
            known = from_reply(str(error))
            if known is None:
                raise
            raise known from None
        return reply

    async def _evaluate(self, name: str, words: list[Any]) -> Any:
        reply = await self._redis.evalsha(self._shas[name], 1, self._prefix, *words)
        return text(reply) if _has_bytes(reply) else reply


def flattened(args: Args) -> list[str | int | float | bytes]:
    """Name, value, name, value …; what is None is left out, true is 1 and false 0."""
    words: list[str | int | float | bytes] = []
    for key, value in args.items():
        if value is not None:
            words += (key, int(value) if isinstance(value, bool) else value)
    return words


def rules_words(rules: Rules) -> list[str | int]:
    """The rules in the order in which the prelude reads them."""
    return [
        rules.head_start_ms,
        rules.offer_ms,
        rules.dial_ms,
        rules.exclude_ms,
        rules.rejoin_ms,
        rules.wrap_up_ms,
        int(rules.messages_during_call),
        rules.callback_retry_ms,
        rules.callback_tries,
        rules.callback_dial_ms,
        rules.idle_leg_ms,
        int(rules.weigh_proficiency),
    ]


def _has_bytes(reply: Any) -> bool:
    while isinstance(reply, list):
        found = next((each for each in reply if isinstance(each, bytes) or each), None)
        if found is None:
            return False
        reply = found
    return isinstance(reply, bytes)
