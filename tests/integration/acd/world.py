"""A call centre in virtual time, with short words for what people do in it."""

from dataclasses import replace
from itertools import count

from redis.asyncio import Redis

from app.acd import AgentProfile, Arrival, Distributor, QueueRequest, Result
from app.domain.agent import Agent, Caps, Status
from app.domain.conversation import Channel, Conversation, Customer, State
from app.domain.leg import LegMove
from app.domain.routing import Rules

NOON = 1_800_000_000_000
FOR_EVER = NOON * 2


class World:
    """The distributor, its clock, and who is there."""

    def __init__(self, redis: Redis, rules: Rules) -> None:
        self.now = NOON
        self.redis = redis
        self.acd = Distributor(redis, rules, lambda: self.now)
        self._numbers = count(1)

    def rules(self, **changes: int | bool) -> None:
        self.acd.rules = replace(self.acd.rules, **changes)  # type: ignore[arg-type]

    async def agent(
        self,
        name: str,
        *skills: str,
        status: Status = Status.AVAILABLE,
        leg: bool = True,
        inbox: bool = True,
        caps: Caps = Caps(),  # noqa: B008 - frozen
    ) -> str:
        profile = AgentProfile(name, name.title(), skills=frozenset(skills), caps=caps)
        await self.acd.put_agent(profile, status=status)
        if leg:
            await self.acd.change_leg(name, LegMove.CONNECT)
        if inbox:
            await self.acd.set_inbox(name, FOR_EVER)
        return name

    def arrival(self, name: str, channel: Channel = Channel.VOICE) -> Arrival:
        return Arrival(name, channel, Customer(number="+15550100"), self.now)

    async def enqueue(
        self,
        name: str,
        *skills: str,
        channel: Channel = Channel.VOICE,
        priority: int = 0,
        to: str | None = None,
        queued_at: int | None = None,
    ) -> Result:
        return await self.acd.enqueue(
            QueueRequest(
                name,
                skills,
                priority,
                routed_to=to,
                queued_at=queued_at,
                arrival=self.arrival(name, channel),
            )
        )

    async def later(self, ms: int) -> Result:
        """Time passes; what falls due on the way is applied when it does."""
        until, results = self.now + ms, Result()
        while (due := await self.acd.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            results = _joined(results, await self.acd.due())
        self.now = until
        return results

    async def c(self, name: str) -> Conversation:
        found = await self.acd.conversation(name)
        assert found is not None
        return found

    async def a(self, name: str) -> Agent:
        found = await self.acd.agent(name)
        assert found is not None
        return found

    async def offered_to(self, name: str) -> str | None:
        offer = (await self.c(name)).offer
        return offer.agent_id if offer else None

    async def state(self, name: str) -> State:
        return (await self.c(name)).state

    async def rang(self, name: str) -> Result:
        offer = (await self.c(name)).offer
        assert offer is not None
        return await self.acd.rang(name, offer.agent_id, offer.attempt)

    async def talk(self, name: str) -> str:
        """Whoever it is offered to accepts it."""
        agent = await self.offered_to(name)
        assert agent is not None
        if not (await self.c(name)).offer.rang:  # type: ignore[union-attr]
            await self.rang(name)
        await self.acd.accept(name, agent)
        return agent


def _joined(one: Result, two: Result) -> Result:
    return Result(
        one.events + two.events,
        one.conversations | two.conversations,
        one.agents | two.agents,
    )
