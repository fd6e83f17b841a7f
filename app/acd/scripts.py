"""Loading and running what Redis does for us: one library of functions, one small file per command.

A function (FUNCTION LOAD, Redis 7) keeps what a script (EVAL) makes anew at each call: tables and
some hundred and fifty functions, which took 40 % of an enqueue. The library's name and those of its
functions end in a hash of its source, so that two versions of the service can use one Redis; some
50 kB stay for each version that was ever started, until `FUNCTION FLUSH`.
"""

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
"""Read in this order in front of the commands."""
NOT_FOUND = "Function not found"

Args = Mapping[str, str | int | float | bool | bytes | None]

RETRY_S = 0.05
AT_ONCE = 16
"""Scripts under way at a time and process, in the order they came: more would only wait in the
server, and redis-py's pool lets a newcomer pass those who wait (seen: 2.7 s under load)."""


def commands() -> dict[str, str]:
    """Every command's own source by its name: a chunk that returns its function."""
    return {path.stem: path.read_text() for path in sorted((FOLDER / "commands").glob("*.lua"))}


def reads() -> dict[str, str]:
    """Scripts that stand alone, by their names."""
    return {path.stem: path.read_text() for path in sorted((FOLDER / "reads").glob("*.lua"))}


def library() -> tuple[str, str]:
    """The library's source, and the end of its functions' names."""
    parts = [rendered(), *((FOLDER / name).read_text() for name in PRELUDE)]
    for name, source in commands().items():
        parts.append(f"register('{name}', (function()\n{source}end)())")
    body = "\n".join(parts)
    suffix = "_" + hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()[:12]
    return f"#!lua name=ringdesk{suffix}\nlocal SUFFIX = '{suffix}'\n{body}", suffix


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
        self._library, suffix = library()
        self._functions = {name: name + suffix for name in commands()}
        self._reads = reads()
        self._shas = {
            name: hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
            for name, source in self._reads.items()
        }

    async def load(self) -> None:
        """Puts everything into the server."""
        await self._redis.function_load(self._library, replace=True)
        for source in self._reads.values():
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
            if NOT_FOUND in str(error):
                await self.load()
                return await self._once(name, words)
            known = from_reply(str(error))
            if known is None:
                raise
            raise known from None
        return reply

    async def _evaluate(self, name: str, words: list[Any]) -> Any:
        if (function := self._functions.get(name)) is not None:
            reply = await self._redis.fcall(function, 1, self._prefix, *words)
        else:
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
