"""Reading the live queue, and its epoch."""

from collections.abc import Iterable, Sequence

from redis.asyncio import Redis

from app.acd import codec
from app.acd.connection import text
from app.acd.errors import EpochLost
from app.acd.scripts import Scripts
from app.acd.types import Picture
from app.domain.agent import Agent
from app.domain.conversation import Conversation


class Reads:
    """What the distributor knows; nothing here changes a conversation or an agent."""

    def __init__(self, redis: Redis, scripts: Scripts, prefix: str) -> None:
        self._redis = redis
        self._scripts = scripts
        self._prefix = prefix

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """One conversation; None if it is not in the live queue."""
        fields = await self._hash(f"c:{conversation_id}")
        return codec.conversation(fields) if fields else None

    async def agent(self, agent_id: str) -> Agent | None:
        """One agent; None if they are not on the books."""
        fields = await self._hash(f"a:{agent_id}")
        return codec.agent(fields) if fields else None

    async def agents(self) -> list[Agent]:
        """Every agent on the books, by id."""
        _, _, _, agents = await self._scripts.run("read", ["agents"], {})
        return sorted(map(codec.agent, map(codec.pairs, agents)), key=lambda a: a.id)

    async def conversations(self) -> list[Conversation]:
        """Every conversation in the live queue, by id."""
        _, _, found, _ = await self._scripts.run("read", ["conversations"], {})
        return sorted(map(codec.conversation, map(codec.pairs, found)), key=lambda c: c.id)

    async def picture(self) -> Picture:
        """Everything at one instant. Raises EpochLost."""
        epoch, stream_id, found, agents = await self._scripts.run("read", ["all"], {})
        if not epoch:
            raise EpochLost("the live queue has no epoch")
        return Picture(
            epoch=epoch,
            stream_id=stream_id,
            conversations={c.id: c for c in map(codec.conversation, map(codec.pairs, found))},
            agents={a.id: a for a in map(codec.agent, map(codec.pairs, agents))},
        )

    async def positions(self, conversation_ids: Sequence[str]) -> dict[str, int]:
        """1-based place of each waiting conversation among those of the same requirement.

        One that is offered keeps the place it would have; others are left out.
        """
        if not conversation_ids:
            return {}
        places = await self._scripts.run("positions", list(conversation_ids), {})
        return {
            each: int(place)
            for each, place in zip(conversation_ids, places, strict=True)
            if int(place) > 0
        }

    async def next_deadline(self) -> int | None:
        """When the next deadline falls due (ms since the epoch); None if there is none."""
        first = await self._redis.zrange(self._key("deadlines"), 0, 0, withscores=True)
        return int(first[0][1]) if first else None

    async def forget(self, conversation_ids: Iterable[str]) -> None:
        """Closed and archived: leave Redis. Those that are not closed stay."""
        ids = list(conversation_ids)
        if ids:
            await self._scripts.run("forget", list(ids), {})

    async def epoch(self) -> str | None:
        """The epoch of the live queue; None if its data is lost or was never there."""
        found = text(await self._redis.get(self._key("epoch")))
        return str(found) if found is not None else None

    async def begin_epoch(self, epoch: str, only_if_missing: bool = True) -> bool:
        """Begins an epoch; False if there is one already."""
        return bool(await self._redis.set(self._key("epoch"), epoch, nx=only_if_missing))

    def _key(self, name: str) -> str:
        return f"{self._prefix}:{name}"

    async def _hash(self, name: str) -> dict[str, str]:
        fields: dict[str, str] = text(await self._redis.hgetall(self._key(name)))
        return fields
