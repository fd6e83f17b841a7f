"""Twenty agents who behave as people do: late, absent-minded, unlucky with their networks."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import aiohttp
from baresip.errors import BaresipError

from tests.drill.chat_audit import Visit
from tests.drill.floor import Floor
from tests.drill.mails import Thread
from tests.drill.traffic import hang_up
from tests.support.mailing import email
from tests.support.people import Agent, Refused
from tests.support.phones import Line
from tests.support.picture import Json
from tests.support.stack import PASSWORD

TURN_SECONDS = 20.0
AGAIN_SECONDS = 3.0
"""Somebody whose click did nothing clicks again after so long."""


@dataclass(frozen=True)
class Desk:
    """How an agent is reached."""

    leg: str
    audio: str


DESKS = (
    *(Desk("persistent", "number"),) * 10,
    *(Desk("persistent", "sip"),) * 3,
    *(Desk("per_call", "sip"),) * 4,
    *(Desk("per_call", "number"),) * 3,
)
SPANISH = 6
"""So many of them, spread over all kinds of desks, speak it."""


def tone_of(number: int) -> int:
    """Each agent's own frequency, in Hz."""
    return 500 + 100 * number


@dataclass
class Worker:
    """An agent and what they are up to."""

    floor: Floor
    agent: Agent
    desk: Desk
    chance: random.Random
    visits: list[Visit]
    threads: dict[str, Thread]
    done: dict[str, float] = field(default_factory=dict)
    """What was clicked, and when."""
    chosen: dict[str, str] = field(default_factory=dict)
    """What they decided to do about an offer."""

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await self._turn()
            except Refused as refused:
                self.floor.was_refused(self.agent.name, refused)
            except TimeoutError:
                self.floor.refused["no answer within 20 s"] += 1
            except BaresipError:
                self.floor.refused["the phone had hung up"] += 1
            except (aiohttp.ClientError, OSError):
                self.floor.refused["no connection"] += 1
            await self._pause(0.15, 0.4)

    async def _turn(self) -> None:
        me = self.floor.me(self.agent)
        if me is None:
            return
        await self._drop_dead_lines()
        talk = self._talk()
        if me["offer"]:
            await self._offered(me["offer"])
        elif talk is not None:
            await self._talks(talk)
        elif me["wrap_ups"]:
            await self._write()
        elif me["leg"]["state"] == "disconnected" and self._first("leg"):
            self.floor.did["connects again"] += 1
            await self.agent.post("me/leg", {})
        elif me["status"] != "available" and self._first("status"):
            await self._pause(0.5, 2.0)
            await self.agent.become("available")
        elif chat := self._written("chat"):
            await self._writes(chat)
        elif mail := self._written("email"):
            await self._answers(mail)
        elif self.chance.random() < 0.015:
            await self._is_human()

    # What is offered

    async def _offered(self, talk: str) -> None:
        shown = self.floor.world.supervisor.picture.conversations.get(talk)
        if shown is None or not shown["offer"]:
            return
        key = f"{talk} {shown['offer']['attempt']}"
        if key not in self.chosen:
            self.chosen[key] = self._choose(shown)
            self.floor.did[self.chosen[key]] += 1
            late = self.chance.random() < 0.15
            await self._pause(*((1.5, 3.0) if late else (0.1, 0.8)))
        if not self._first(key):
            return
        await self._do(self.chosen[key], talk, by_phone=shown["channel"] == "voice")

    def _choose(self, shown: Json) -> str:
        phone = shown["channel"] == "voice"
        keys = phone and self.desk.leg == "persistent"
        return self.chance.choices(
            [
                "accept",
                "key 1",
                "reject",
                "key 2",
                "ignore",
                "busy",
                "hang up",
                "offline",
                "reload",
            ],
            [50, 18 * keys, 7, 4 * keys, 6, 5, 4 * phone, 2, 6],
        )[0]

    async def _do(self, what: str, talk: str, by_phone: bool) -> None:
        match what:
            case "accept" | "reload":
                if what == "reload":
                    await self._reload(0.3)
                await self._accept(talk, by_phone)
            case "key 1" | "key 2":
                if self._line_up():
                    await self.agent.line.press(what[-1])
            case "reject":
                await self.agent.reject(talk)
            case "busy" | "offline":
                await self.agent.become(what)
            case "hang up":
                if self.agent.phone.lines:
                    await self.agent.line.hang_up()

    async def _accept(self, talk: str, by_phone: bool) -> None:
        if not by_phone or self.desk.leg == "persistent":
            await self.agent.accept(talk)
        elif self.agent.phone.lines and not self.agent.line.over:
            line = self.agent.line
            if not line.up:
                await line.call.answer()
            if self.desk.audio == "number":
                await self._presses_one(line)

    async def _presses_one(self, line: Line) -> None:
        end = time.monotonic() + 3
        while not line.up and not line.over and time.monotonic() < end:
            await asyncio.sleep(0.05)
        await self._pause(0.3, 0.6)
        if line.up:
            await line.press("1")

    # A talk

    def _talk(self) -> Json | None:
        mine = (c for c in self.floor.conversations if c["agent"] and c["state"] == "active")
        own = (c for c in mine if c["agent"]["id"] == self.agent.id)
        return next((c for c in own if c["channel"] == "voice"), None)

    async def _talks(self, talk: Json) -> None:
        key = f"talk {talk['id']} {len(talk['segments'])}"
        first = key not in self.done
        if not self._first(key):
            return
        journey = self.floor.journeys.get(talk["customer"]["number"])
        if journey is None:
            return
        if first:
            await self._pause(1.0, 4.0)
        what = self.chance.choices(
            ["end", "bye", "customer", "requeue", "transfer", "hold"], [40, 8, 34, 6, 5, 7]
        )[0]
        self.floor.did[f"talk: {what}"] += 1
        if what == "customer" and not journey.line.over:
            await hang_up(journey)
            return
        if what in {"end", "bye", "customer"}:
            journey.ended_by_agents.append(time.monotonic())
        if what == "bye":
            journey.phones_hung_up.append(time.monotonic())
        await self._ends(talk["id"], what)

    async def _ends(self, talk: str, what: str) -> None:
        match what:
            case "end" | "customer":
                await self.agent.end(talk)
            case "bye":
                if self._line_up():
                    await self.agent.line.hang_up()
            case "requeue":
                await self.agent.requeue(talk)
            case "transfer":
                skill = self.chance.choice(["Billing", "Spanish"])
                await self.agent.post(f"conversations/{talk}/transfer", {"to": {"skill": skill}})
            case "hold":
                await self.agent.post(f"conversations/{talk}/hold")
                await self._pause(0.5, 1.5)
                await self.agent.post(f"conversations/{talk}/unhold")

    async def _write(self) -> None:
        await self._pause(0.1, 0.8)
        for talk in self.floor.conversations:
            mine = [part for part in talk["segments"] if part["agent"]["id"] == self.agent.id]
            if any(part["wrap_up"] == "open" for part in mine):
                await self.agent.wrap_up(talk["id"], notes="drilled")

    # Chats and mails

    def _written(self, channel: str) -> Json | None:
        mine = [
            c
            for c in self.floor.conversations
            if c["channel"] == channel
            and c["state"] == "active"
            and c["agent"]
            and c["agent"]["id"] == self.agent.id
        ]
        return self.chance.choice(mine) if mine else None

    async def _writes(self, chat: Json) -> None:
        visit = next((v for v in self.visits if v.chatter.conversation == chat["id"]), None)
        if visit is None:
            return
        count = len(visit.answered) + len(visit.late)
        if count >= 3 or (visit.left_at and self.chance.random() < 0.5):
            if self._first(f"chat {chat['id']}"):
                await self.agent.end(chat["id"])
            return
        text = f"{visit.name} gets {self.agent.name} {count}"
        message = {"client_id": f"{self.agent.name}-{visit.name}-{count}", "text": text}
        await self.agent.post(f"conversations/{chat['id']}/messages", message)
        (visit.late if visit.over else visit.answered).append(text)
        await self._pause(0.3, 1.2)

    async def _answers(self, mail: Json) -> None:
        """One answer for each time that they have it, and it is over, or it goes back."""
        thread = self.threads.get(mail["customer"]["email"])
        key = f"mail {mail['id']} {len(mail['segments'])}"
        if thread is None or not self._first(key):
            return
        await self._pause(0.3, 2.0)
        text = f"{thread.name} gets {self.agent.name} {len(mail['segments'])}"
        answer = {**email(text, to=thread.address), "client_id": f"{self.agent.name} {key}"}
        await self.agent.post(f"conversations/{mail['id']}/emails", answer)
        if text not in thread.answered:
            thread.answered.append(text)
        what = "end" if self.chance.random() < 0.9 else "requeue"
        self.floor.did[f"mail: {what}"] += 1
        await (self.agent.end if what == "end" else self.agent.requeue)(mail["id"])

    # Being human

    async def _is_human(self) -> None:
        what = self.chance.choices(
            ["reload", "network", "busy", "offline", "phone"], [5, 3, 4, 1, 2]
        )[0]
        self.floor.did[f"idle: {what}"] += 1
        match what:
            case "reload":
                await self._reload(0.3)
            case "network":
                await self._reload(self.chance.uniform(2.0, 6.0))
            case "busy" | "offline":
                await self.agent.become(what)
            case "phone":
                if self._line_up():
                    await self.agent.line.hang_up()

    async def _reload(self, seconds: float) -> None:
        """The page is away for so long."""
        await self.agent.picture.close()
        await asyncio.sleep(seconds)
        self.agent.picture.begin()

    async def _drop_dead_lines(self) -> None:
        """Who is called while an old call hangs in their phone ends that one."""
        lines = self.agent.phone.lines
        for line in lines[:-1]:
            if not line.over:
                await line.hang_up()
                line.close("an old one")

    def _line_up(self) -> bool:
        return bool(self.agent.phone.lines) and self.agent.line.up

    def _first(self, what: str) -> bool:
        """Whether it was not clicked just now."""
        now = time.monotonic()
        if now - self.done.get(what, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self.done[what] = now
        return True

    async def _pause(self, least: float, most: float) -> None:
        """What people do between two actions: no wait for anything."""
        await asyncio.sleep(self.chance.uniform(least, most))


async def hire(floor: Floor, visits: list[Visit], threads: dict[str, Thread]) -> list[Worker]:
    """All of them at work."""
    world = floor.world
    admin = await world.person("admin")
    world.agents.remove(admin)
    for n in range(len(DESKS)):
        skills = ["Billing", "Spanish"] if n % (len(DESKS) // SPANISH) == 0 else ["Billing"]
        name = f"drill-{n}"
        new = {"email": f"{name}@example.com", "name": name, "skills": skills}
        await admin.post("users", {**new, "password": PASSWORD})
    accounts = {one["name"]: one for one in (await admin.get("phones"))["items"]}
    workers = []
    for n, desk in enumerate(DESKS):
        agent = await world.person(f"drill-{n}")
        floor.agents.append(agent)
        account = accounts[agent.name]
        await _seat(floor, agent, desk, n, account)
        chance = random.Random(f"{floor.seed} agent {n}")
        workers.append(Worker(floor, agent, desk, chance, visits, threads))
    return workers


async def _seat(floor: Floor, agent: Agent, desk: Desk, n: int, account: Json) -> None:
    phones, answers = floor.world.phones, desk.leg == "persistent"
    if desk.audio == "number":
        number = f"+44200000{n:03}"
        agent.phone = await phones.number(number, tone_of(n), answers)
        await agent.put("me/preferences", {"phone_number": number})
    else:
        agent.phone = await phones.desk_phone(
            account["user"], account["password"], tone_of(n), answers
        )
    await agent.put("me/preferences", {"leg": desk.leg, "audio": desk.audio})
    await agent.picture.open()
    await agent.connect(desk.audio)
    await agent.become("available")
