"""A rush hour: 200 calls through 10 agents who, and whose customers, do all that people do.

Everybody acts at random by one seed. At the end every call is accounted for, and the archive,
Redis and Asterisk tell the same.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from baresip.errors import StaleHandleError

from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.residue import of_process, settled, unexpiring_answers
from tests.support.stack import PASSWORD
from tests.support.world import Caller, World

SEED = 20_261
CALLS = 200
AGENTS = 10
EVERY = 0.2
"""Seconds between two callers: more come than ten agents can take at once."""
SAME_INSTANT = 1.0
"""Seconds within which either side may be found to have hung up first."""
ANSWER_SECONDS = 0.5
"""For so long Answer() waits for sound (Asterisk's main/channel.c, __ast_answer)."""


@dataclass
class Journey:
    """What one customer and those who talked to them did, by their own clocks."""

    caller: Caller
    gave_up_at: float | None = None
    """The customer hung up first, as far as they know."""
    too_early: bool = False
    """They hung up before anybody had answered: the call never came to the queue. If their word
    crossed the answer, it stands for 32 s more (RFC 3261, timer H), and nobody is on it."""
    hasty: bool = False
    """Or while Asterisk's Answer() waited for their first sound, before the dialplan goes on."""
    ended_by_agent_at: float | None = None
    talked_to: list[str] = field(default_factory=list)
    """Agents whose tone the customer heard."""


class RushHour:
    """Ten agents and their customers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agents: list[Agent] = []
        self.journeys: dict[str, Journey] = {}
        self.done: Counter[str] = Counter()
        self._chance = random.Random(SEED)
        self._clock = asyncio.get_running_loop().time

    # Agents

    async def hire(self, admin: Agent) -> None:
        """Ten agents on the books, by the administrator's page."""
        for n in range(AGENTS):
            name = f"rush-{n}"
            skills = ["Billing", "Spanish"] if n < 3 else ["Billing"]
            new = {"email": f"{name}@example.com", "name": name, "skills": skills}
            await admin.post("users", {**new, "password": PASSWORD})
            self.agents.append(await self.world.at_work(name))

    async def dismiss(self, admin: Agent) -> None:
        """Off the books again, with nothing left to clear up."""
        users = (await admin.get("users"))["items"]
        for user in users:
            if user["id"] in {agent.id for agent in self.agents}:
                await admin.put(f"users/{user['id']}", {"active": False})
        for agent in self.agents:
            self.world.agents.remove(agent)

    async def work(self, agent: Agent, chance: random.Random) -> None:
        """Do what is there to do, for ever."""
        while True:
            me = await eventually(lambda: self._has_something_to_do(agent), within=120)
            try:
                await self._act(agent, me, chance)
            except Refused as refused:
                # The customer was quicker, or the time was over.
                assert refused.status in {403, 404, 409}, refused

    async def _act(self, agent: Agent, me: Json, chance: random.Random) -> None:
        if me["offer"]:
            await self._answer(agent, me["offer"], chance)
            await eventually(lambda: self._me(agent)["offer"] != me["offer"], within=10)
        elif me["load"]["voice"]:
            await self._talk(agent, chance)
            await self._is_off_the_phone(agent)
        elif me["wrap_ups"]:
            await self._pause(chance, 0.0, 0.3)
            await self._write(agent)
            await eventually(lambda: not self._me(agent)["wrap_ups"])
        elif me["leg"]["state"] == "disconnected":
            await agent.post("me/leg", {})
            await eventually(lambda: self._me(agent)["leg"]["state"] != "disconnected")
        else:
            await agent.become("available")
            await eventually(lambda: self._me(agent)["status"] == "available")

    async def _is_off_the_phone(self, agent: Agent) -> None:
        try:
            await eventually(lambda: not self._me(agent)["load"]["voice"])
        except AssertionError:
            calls = [(c, self.journeys.get(c["customer"]["number"])) for c in self._now(agent)]
            phones = [one.caller.line for _, one in calls if one]
            lines = [(phone.up, phone.over, phone.close_reason) for phone in phones]
            channels = await self.world.behind.channels()
            raise AssertionError(
                f"still on a call: {calls}, customer up and over: {lines}, did {self.done}, "
                f"agent's line over: {agent.line.over}, Asterisk has {channels}"
            ) from None

    def _has_something_to_do(self, agent: Agent) -> Json | None:
        me = self._me(agent)
        waits = me["status"] == "available" and me["leg"]["state"] != "disconnected"
        return me if me["offer"] or me["load"]["voice"] or me["wrap_ups"] or not waits else None

    def _me(self, agent: Agent) -> Json:
        return self.world.supervisor.picture.agents[agent.id]

    def _now(self, agent: Agent) -> list[Json]:
        return [c for c in self._open() if c["agent"] and c["agent"]["id"] == agent.id]

    def _open(self) -> list[Json]:
        return list(self.world.supervisor.picture.conversations.values())

    async def _answer(self, agent: Agent, talk: str, chance: random.Random) -> None:
        what = chance.choices(
            ["accept", "key 1", "reject", "key 2", "ignore", "busy", "hang up"],
            [40, 30, 8, 4, 6, 6, 4],
        )[0]
        await self._pause(chance, 0.1, 0.6)
        self.done[what] += 1
        match what:
            case "accept":
                await agent.accept(talk)
            case "key 1" | "key 2":
                with suppress(StaleHandleError):  # their call ended this very moment
                    await agent.line.press(what[-1])
            case "reject":
                await agent.reject(talk)
            case "busy":
                await agent.become("busy", reason="coffee")
            case "hang up":
                await agent.line.hang_up()

    async def _talk(self, agent: Agent, chance: random.Random) -> None:
        # The picture shows agent and conversation one after the other.
        await eventually(lambda: self._now(agent) or not self._me(agent)["load"]["voice"])
        mine = self._now(agent)
        if not mine:
            return  # it is over already
        journey = self.journeys[mine[0]["customer"]["number"]]
        if await self._heard(journey.caller, agent):
            journey.talked_to.append(agent.id)
        await self._pause(chance, 0.2, 1.2)
        await self._end(agent, mine[0]["id"], journey, chance)

    async def _write(self, agent: Agent) -> None:
        for conversation in self._open():
            mine = [p for p in conversation["segments"] if p["agent"]["id"] == agent.id]
            if any(part["wrap_up"] == "open" for part in mine):
                await agent.wrap_up(conversation["id"])

    async def _heard(self, caller: Caller, agent: Agent) -> bool:
        """Whether the customer hears the agent, where they stay long enough."""
        await eventually(lambda: caller.line.over or caller.line.hears(agent.phone.hz, last=0.1))
        return not caller.line.over

    async def _end(self, agent: Agent, talk: str, journey: Journey, chance: random.Random) -> None:
        what = chance.choices(["end", "bye", "requeue", "customer"], [40, 10, 8, 42])[0]
        broke_off = journey.caller.line.over and journey.gave_up_at is None
        if journey.too_early or broke_off:
            what = "end"  # nobody is there: their phone gave up by itself, on a machine too busy
        self.done[f"talk: {what}"] += 1
        if what in {"end", "bye"}:
            journey.ended_by_agent_at = self._clock()
        match what:
            case "end":
                await agent.end(talk)
            case "bye":
                await agent.line.hang_up()
            case "requeue":
                await agent.requeue(talk)
            case _:
                await self._hang_up(journey)

    # Customers

    async def customer(self, chance: random.Random) -> None:
        """Call, be patient or not, and be gone in the end."""
        to = chance.choices(["200", "201", "202"], [7, 1, 2])[0]
        caller = await self.world.call(to, hz=chance.choice((2500, 2700, 2900)))
        journey = self.journeys[caller.number] = Journey(caller)
        patience = chance.uniform(0.1, 1.5) if chance.random() < 0.4 else 60.0
        try:
            await eventually(lambda: caller.line.over, within=patience, every=0.05)
        except AssertionError:
            await self._hang_up(journey)

    async def _hang_up(self, journey: Journey) -> None:
        if not journey.caller.line.over:
            journey.gave_up_at = self._clock()
            journey.too_early = not journey.caller.line.up
            up_at = journey.caller.line.up_at
            journey.hasty = up_at is not None and journey.gave_up_at - up_at < ANSWER_SECONDS
            await journey.caller.line.hang_up()
            await journey.caller.line.ended()

    async def all_customers(self) -> None:
        """Call one after the other, side by side."""
        async with asyncio.TaskGroup() as calls:
            for n in range(CALLS):
                calls.create_task(self.customer(random.Random(SEED + 1000 + n)))
                await self._pause(self._chance, 0.5 * EVERY, 1.5 * EVERY)

    async def _pause(self, chance: random.Random, least: float, most: float) -> None:
        """What people do between two actions: no wait for anything."""
        await asyncio.sleep(chance.uniform(least, most))


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_two_hundred_calls_are_all_accounted_for(hasty_world: World) -> None:
    # given ten agents, whom callers of either kind have rung
    world = hasty_world
    admin = await world.person("admin")
    hour = RushHour(world)
    await hour.hire(admin)
    for to in ("200", "202"):
        first = await world.call(to)
        await world.conversation(first, "offered")
        await first.line.hang_up()
    before = await settled(world)
    process = of_process(world)

    # when 200 customers call
    tasks = [
        asyncio.create_task(hour.work(agent, random.Random(SEED + n)))
        for n, agent in enumerate(hour.agents)
    ]
    customers = asyncio.create_task(hour.all_customers())
    await asyncio.wait([customers, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (t for t in (customers, *tasks) if t.done()):
        task.result()
    await quiet(hour)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    after = await settled(world, within=15)

    # then each is one closed conversation, and how it ended is how it was
    kept = await archived(world, hour)
    never_came = [number for number in hour.journeys if number not in kept]
    lost = [hour.journeys[number] for number in never_came]
    lost = [journey for journey in lost if not (journey.too_early or journey.hasty)]
    assert not lost, lost
    assert len(kept) + len(never_came) == CALLS
    assert len(never_came) < CALLS // 20
    wrong = [w for number in kept if (w := contradiction(hour.journeys[number], kept[number]))]
    assert not wrong, wrong
    outcomes = Counter(c["outcome"] for c in kept.values())
    assert outcomes["completed"] + outcomes["abandoned"] == len(kept), outcomes
    assert min(outcomes.values()) > CALLS // 20, outcomes
    assert all(hour.done.values()), hour.done

    # and Redis, SQL and Asterisk hold what they held before, but for legs
    legs = sum(agent.line.up for agent in hour.agents)
    assert after.channels == legs
    assert (after.entries, after.open_in_sql) == ({}, 0)
    assert after.keys == before.keys
    assert after.lazy <= before.lazy + AGENTS
    assert after.bridges <= before.bridges
    assert await unexpiring_answers(world.behind) == []
    for agent in hour.agents:
        me = await agent.me()
        assert (me["load"], me["offer"], me["wrap_ups"]) == (EMPTY, None, 0)
    grown: dict[str, int] = {}

    def as_small_as_before() -> bool:
        grown.update({name: now - process[name] for name, now in of_process(world).items()})
        return max(grown.values()) < CALLS // 10

    try:  # idle connections to Asterisk stand for a while
        await eventually(as_small_as_before, within=30, every=0.5)
    except AssertionError:
        raise AssertionError(f"the service holds more than before: {grown}") from None
    print(f"{outcomes=} {len(never_came)=} {hour.done=} {grown=}")

    # when all go home, then not even those are left
    for agent in hour.agents:
        await agent.go_home()
    await world.nothing_left()
    await hour.dismiss(admin)


EMPTY = {"voice": 0, "chat": 0, "email": 0}


async def quiet(hour: RushHour) -> None:
    """Wait until nothing is open, by the supervisor's picture."""
    picture = hour.world.supervisor.picture

    def left() -> list[Json]:
        return [c for c in picture.conversations.values() if c["customer"]["number"] in numbers]

    numbers = hour.journeys.keys()
    try:
        await eventually(lambda: not left(), within=15)
    except AssertionError:
        agents = [picture.agents[agent.id] for agent in hour.agents]
        raise AssertionError(f"not settled: {left()} with {agents}") from None


async def archived(world: World, hour: RushHour) -> dict[str, Json]:
    """Every customer's conversation as the archive has it, by number; none has two."""
    found: dict[str, Json] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await world.supervisor.get("conversations", limit="200", **cursor)
        for conversation in page["items"]:
            number = conversation["customer"]["number"]
            if number in hour.journeys:
                assert number not in found, f"{number} was counted twice"
                assert conversation["state"] == "closed"
                found[number] = conversation
        if len(found) == CALLS or not page["next"]:
            return found
        cursor = {"cursor": page["next"]}


def contradiction(journey: Journey, kept: Json) -> str | None:
    """What the archive says that those who were there would deny; None when they agree."""
    parts = kept["segments"]
    talked = [part["agent"]["id"] for part in parts]
    what = f"{journey} but {kept['outcome']} {parts}"
    if any(part["to"] is None or part["wrap_up"] == "open" for part in parts):
        return f"something is still open: {what}"
    if not is_in_order(journey.talked_to, talked):
        return f"other people talked: {what}"
    if kept["outcome"] == "abandoned":
        last_left = not parts or parts[-1]["ended_by"] in {"requeue", "lost", "status"}
        right = journey.gave_up_at is not None and last_left
        return None if right else f"nobody gave up: {what}"
    if kept["outcome"] != "completed" or not parts:
        return f"no end: {what}"
    return None if parts[-1]["ended_by"] in possible_ends(journey) else f"the other one: {what}"


def possible_ends(journey: Journey) -> set[str]:
    """Who can have ended the talk."""
    customer, agent = journey.gave_up_at, journey.ended_by_agent_at
    if journey.too_early:
        return {"agent", "customer"}
    if customer is None:
        return {"agent"}
    if agent is None or customer < agent - SAME_INSTANT:
        return {"customer"}
    return {"agent", "customer"} if abs(customer - agent) <= SAME_INSTANT else {"agent"}


def is_in_order(some: list[str], all_: list[str]) -> bool:
    """Whether `some` are among `all_`, in this order."""
    rest = iter(all_)
    return all(one in rest for one in some)
