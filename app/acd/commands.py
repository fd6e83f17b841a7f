"""What every command shares: the header, the command id, and reading the result."""

import uuid
from collections.abc import Callable, Iterable
from typing import TypeVar

from redis.asyncio import Redis

from app.acd import codec
from app.acd.lease import PREFIX
from app.acd.limits import checked_id
from app.acd.reads import Reads
from app.acd.scripts import Args, Scripts, rules_words
from app.acd.types import Result
from app.domain.agent import Agent
from app.domain.conversation import Conversation
from app.domain.routing import Rules

KEEP_ANSWERS_MS = 600_000
"""How long a caller's own command id is remembered."""
KEEP_KEYED_MS = 24 * 3600 * 1000
"""The same for an `Idempotency-Key`, and for what was sent with it."""
KEYED = "key-"
"""Begins the command ids that stand for an `Idempotency-Key`."""
KEEP_FRESH_MS = 30_000
"""The same for ids made here: only our own retry can repeat them."""
DETAIL_LENGTH = 500

K = TypeVar("K", Agent, Conversation)


class Commands(Reads):
    """Sends commands; `rules` may be replaced at any time."""

    def __init__(
        self,
        redis: Redis,
        rules: Rules,
        clock: Callable[[], int],
        prefix: str = PREFIX,
        patience_s: float = 2.0,
    ) -> None:
        super().__init__(redis, Scripts(redis, prefix, patience_s), prefix)
        self.rules = rules
        self._clock = clock

    def now(self) -> int:
        """Milliseconds since the epoch on the clock that all nodes share."""
        return self._clock()

    async def load(self) -> None:
        """Puts the scripts into the server; a server that lost them gets them again by itself."""
        await self._scripts.load()

    async def same_as_first(self, command_id: str, sent: str) -> bool:
        """Whether what is sent now under this key is what came with it first (24 h).

        One round trip, for requests that have a key and a body alone.
        """
        key = f"{self._prefix}:sent:{command_id}"
        first = await self._redis.set(key, sent, nx=True, get=True, px=KEEP_KEYED_MS)
        told = first.decode() if isinstance(first, bytes) else first
        return told is None or told == sent

    async def _run(self, name: str, args: Args, command_id: str | None) -> Result:
        header: list[str | int] = [
            self._clock(),
            f"{name}:{checked_id(command_id, 'command id') if command_id else uuid.uuid4().hex}",
            _keep_ms(command_id),
            *rules_words(self.rules),
        ]
        repeated, events, conversations, agents = await self._scripts.run(name, header, args)
        return Result(
            events=tuple(codec.event(entry, codec.pairs(flat)) for entry, flat in events),
            conversations=_by_id(map(codec.conversation, map(codec.pairs, conversations))),
            agents=_by_id(map(codec.agent, map(codec.pairs, agents))),
            repeated=bool(repeated),
        )


def _keep_ms(command_id: str | None) -> int:
    if command_id is None:
        return KEEP_FRESH_MS
    return KEEP_KEYED_MS if command_id.startswith(KEYED) else KEEP_ANSWERS_MS


def _by_id(values: Iterable[K]) -> dict[str, K]:
    return {value.id: value for value in values}


def cut(detail: str | None) -> str | None:
    """Details come from Asterisk: too long a one is cut, not refused."""
    return detail[:DETAIL_LENGTH] if detail else None
