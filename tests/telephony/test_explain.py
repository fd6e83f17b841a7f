"""Explain says what the distributor does: random situations, told first and tried then.

Each situation is random work of five agents: statuses, legs, skills, calls taken, refused, ended,
wrap-ups. Then explain is asked about one caller, and another with the same wishes comes.
"""

import random
from collections import Counter

from tests.support.people import Agent, Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.program import Program
from tests.support.stack import PASSWORD
from tests.support.world import World

SEED = 4711
SITUATIONS = 100
SKILLS = ("Billing", "Spanish")
NEW = ("eve", "fay", "gus")
ALL_REASONS = {"status", "skills", "leg", "wrap_up", "on_call", "offer", "excluded", "other_agent"}


class Office:
    """Agents and callers (by voice, without a channel) in a random situation."""

    def __init__(self, world: World, program: Program, agents: list[Agent], last: Agent) -> None:
        self.world = world
        self.agents = agents
        self.chance = random.Random(SEED)
        self.seen: Counter[str] = Counter()
        """Reasons that explain gave, and whether a new caller was offered or not."""
        self.program = program
        self._last_resort = last
        self._callers = 0

    async def something_happens(self) -> None:
        """One random act of one random agent; what is not allowed does not happen."""
        agent = self.chance.choice(self.agents)
        me = await agent.me()
        try:
            if me["leg"]["state"] == "disconnected" and self.chance.random() < 0.5:
                await self._reconnect(agent)
            elif me["offer"] and self.chance.random() < 0.6:
                await self._answer(agent, me["offer"])
            elif me["load"]["voice"] and self.chance.random() < 0.7:
                await self._finish(agent)
            elif me["wrap_ups"] and self.chance.random() < 0.7:
                await self._write(agent)
            else:
                await self._change(agent, me)
        except Refused as refused:
            assert refused.status in {403, 404, 409}, refused

    async def caller(self, wishes: Json) -> Json:
        """A new caller with these wishes, as the supervisor sees them at once."""
        talk = await self._arrive()
        await self.program.queue(talk, **wishes)
        return await self.look(talk)

    async def undecided(self) -> str:
        """A caller with whom the bot still speaks."""
        return await self._arrive()

    async def look(self, talk: str) -> Json:
        """A conversation as it stands."""
        return await self.world.supervisor.get(f"conversations/{talk}")

    async def eligible(self, talk: str) -> set[str]:
        """Ids of those who could get it, by explain; one who has a reason is not among them."""
        answer = await self.world.supervisor.get(f"conversations/{talk}/explain")
        for verdict in answer["agents"]:
            self.seen.update(verdict["reasons"])
            assert verdict["eligible"] == (not verdict["reasons"])
        return {verdict["id"] for verdict in answer["agents"] if verdict["eligible"]}

    def wishes(self) -> dict[str, object]:
        """Random skills; now and then one agent alone."""
        skills = self.chance.sample(SKILLS, self.chance.choice((0, 1, 1, 2)))
        tied = self.chance.random() < 0.2
        return {"skills": skills} | (
            {"agent": self.chance.choice(self.agents).email} if tied else {}
        )

    async def some_go(self, left: int = 2) -> None:
        """Not too many wait: the others go to one who is there for nothing else, and ends them."""
        open_now = (await self.world.supervisor.get("live"))["conversations"]  # the picture may lag
        waiting = [c for c in open_now if c["state"] in {"bot", "queued", "offered"}]
        self.chance.shuffle(waiting)
        gus, gone = self._last_resort, set[str]()
        for talk in (c["id"] for c in waiting[left:]):
            if talk in gone:
                continue
            await self.world.supervisor.post(
                f"conversations/{talk}/queue", {"skills": [], "agent": gus.email}
            )
            await gus.become("available")
            his = (await gus.me())["offer"]  # an older one, it may be
            await gus.accept(his)
            await gus.end(his)
            await gus.become("offline")
            await gus.wrap_up(his)
            gone.add(his)

    async def all_go(self) -> None:
        """Nobody waits: some came to gus before what was meant for him, and the picture that they
        look at may lag."""

        async def gone() -> bool:
            for agent in self.agents:
                await agent.go_home()
            await self.some_go(left=0)
            return not (await self.world.supervisor.get("live"))["conversations"]

        await eventually(gone, within=30, every=0.2)

    async def _arrive(self) -> str:
        self._callers += 1
        return await self.program.open(f"+4940{self._callers:04}")

    async def _answer(self, agent: Agent, talk: str) -> None:
        move = self.chance.choice((agent.accept, agent.accept, agent.reject))
        await move(talk)

    async def _finish(self, agent: Agent) -> None:
        for conversation in (await agent.get("inbox"))["conversations"]:
            if conversation["agent"] and conversation["agent"]["id"] == agent.id:
                move = self.chance.choice((agent.end, agent.end, agent.requeue))
                await move(conversation["id"])

    async def _write(self, agent: Agent) -> None:
        for conversation in (await agent.get("inbox"))["conversations"]:
            mine = [s for s in conversation["segments"] if s["agent"]["id"] == agent.id]
            if any(s["wrap_up"] == "open" for s in mine):
                await agent.wrap_up(conversation["id"])

    async def _change(self, agent: Agent, me: Json) -> None:
        match self.chance.choice((*("status",) * 4, "leg", "skills", "later")):
            case "status":
                most = ("available",) * 6
                await agent.become(self.chance.choice((*most, "busy", "offline")))
            case "later":
                await agent.become("busy", when="after_current")
            case "skills":
                skills = self.chance.sample(SKILLS, self.chance.randint(0, 2))
                await agent.put("me/preferences", {"skills": skills})
            case "leg" if me["leg"]["state"] != "disconnected":
                await agent.delete("me/leg")
                await eventually(lambda: self._leg(agent) == "disconnected")

    async def _reconnect(self, agent: Agent) -> None:
        await agent.post("me/leg", {})
        await eventually(lambda: self._leg(agent) != "disconnected")

    def _leg(self, agent: Agent) -> str:
        return str(self.world.supervisor.picture.agents[agent.id]["leg"]["state"])


async def a_new_caller(office: Office) -> None:
    """Explain of one who waits or is offered tells what happens to the next with these wishes."""
    wishes = office.wishes()
    first = await office.caller(wishes)
    told = await office.eligible(first["id"])
    check(office, told, await office.caller(wishes))


async def a_caller_of_the_bot(office: Office) -> None:
    """Explain of one with whom the bot still speaks tells what the hand-over will do."""
    talk = await office.undecided()
    told = await office.eligible(talk)
    await office.program.queue(talk)
    check(office, told, await office.look(talk))


async def a_refused_caller(office: Office) -> None:
    """Explain of one who is offered tells where they go when that agent refuses."""
    first = await office.caller(office.wishes())
    if first["offer"] and not first["routed_to"]:
        told = await office.eligible(first["id"])
        refuses = next(a for a in office.agents if a.id == first["offer"]["agent"]["id"])
        await refuses.reject(first["id"])
        check(office, told, await office.look(first["id"]))
        await office.eligible(first["id"])


def check(office: Office, told: set[str], now: Json) -> None:
    """Offered to one of those who were told, and the others are named as such; or it waits."""
    office.seen.update([now["state"]])
    if not told:
        assert (now["state"], now["offer"]) == ("queued", None), now
        return
    assert now["state"] == "offered", (told, now)
    winner = now["offer"]["agent"]["id"]
    assert {winner, *(who["id"] for who in now["why"]["eligible"])} == told, (told, now)


async def test_explain_says_what_the_distributor_then_does(world: World) -> None:
    # given five agents at work
    admin = await world.person("admin")
    for name in NEW:
        new = {"email": f"{name}@example.com", "name": name, "skills": ["Billing"]}
        await admin.post("users", {**new, "password": PASSWORD})
    agents = [await world.at_work(name) for name in ("ana", "ben", "chi", "eve", "fay")]
    gus = await world.at_work("gus")
    await gus.become("offline")
    skills = {agent: (await agent.me())["preferences"]["skills"] for agent in agents}
    async with Program(world) as program:
        office = Office(world, program, agents, gus)
        cases = (a_new_caller, a_caller_of_the_bot, a_refused_caller)
        for n in range(SITUATIONS):
            # when anything happens, then explain is right about what follows
            for _ in range(6):
                await office.something_happens()
            await cases[n % len(cases)](office)
            await office.some_go()
        assert office.seen.keys() >= ALL_REASONS | {"offered", "queued"}, office.seen
        assert min(office.seen["offered"], office.seen["queued"]) >= 20, office.seen

        # finally all is as it was
        await office.all_go()
    for agent in agents:
        await agent.put("me/preferences", {"skills": skills[agent]})
    for agent in (*agents, gus):
        if agent.name in NEW:
            await agent.go_home()
            await admin.put(f"users/{agent.id}", {"active": False})
            world.agents.remove(agent)
