"""A stack, the phones around it and the people at it: what the stories begin with."""

import asyncio
import contextlib
import itertools
import sqlite3
import time
from collections import deque
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp

from app.telephony.mirror import LEG_PREFIX, MEETING_PREFIX
from tests.support.asterisk_view import Behind
from tests.support.people import Agent, Person
from tests.support.phones import Line, PhoneNetwork
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import Stack

_TONES = range(500, 3000, 150)
_numbers = itertools.count(int(time.time()) % 100_000 * 100)
_CUSTOMERS = 500
"""So many customers there are; when they have all called, the first ones call again. baresip holds
1,023 phones, and lets go of none."""


@dataclass(frozen=True)
class Caller:
    """A customer on the phone."""

    number: str
    line: Line

    @property
    def hz(self) -> int:
        """The tone that the customer sends."""
        return self.line.hz


class World:
    """Everything one story needs; leaves nothing behind in the stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.phones = PhoneNetwork(stack.trunk, stack.sip)
        self.agents: list[Agent] = []
        self.behind: Behind
        self.supervisor: Person
        self._tones = iter(_TONES)
        self._callers: deque[Caller] = deque()
        self._cleanup = AsyncExitStack()

    async def __aenter__(self) -> Self:
        enter = self._cleanup.enter_async_context
        self.behind = await enter(Behind(self.stack))
        await enter(self.phones)
        self.supervisor = Person(self.stack, "sam")
        self._cleanup.push_async_callback(self.supervisor.close)
        await self.supervisor.sign_in()
        await self.supervisor.picture.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.phones.hang_up_all(customers=True)
            for agent in self.agents:
                await agent.go_home()
            await self._callers_gone()
            if kind is None:
                await self._bridges_gone()
        finally:
            await self._cleanup.aclose()

    async def _bridges_gone(self) -> None:
        """Nor does a bridge stay that was made for somebody of this story."""
        left: list[str] = []
        legs = {f"{LEG_PREFIX}{agent.id}" for agent in self.agents}

        async def none_left() -> bool:
            bridges = {b["name"]: b["channels"] for b in await self.behind.ari("GET", "bridges")}
            ours = (name for name in bridges if name in legs or name.startswith(MEETING_PREFIX))
            left[:] = [f"{name} {bridges[name]}" for name in ours]
            return not left

        try:
            await eventually(none_left, within=10)
        except AssertionError:
            raise AssertionError(f"bridges stay: {left}") from None

    async def _callers_gone(self) -> None:
        """No caller of this story waits into the next one.

        Who hangs up in the instant of the answer may be gone before their ACK: Asterisk keeps such
        a call for 32 s (RFC 3261, timer H), and the next agent would be offered it.
        """
        numbers = {caller.number for caller in self._callers}

        async def none_left() -> bool:
            channels = await self.behind.channels()
            left = [c["id"] for c in channels if c["caller"]["number"] in numbers]
            for channel in left:
                with contextlib.suppress(AssertionError):  # it has gone meanwhile
                    await self.behind.ari("DELETE", f"channels/{channel}")
            return not left

        def none_open() -> bool:
            seen = filter(None, map(self.supervisor.picture.of, numbers))
            calls = (each for each in seen if not each["callback"])
            return not any(each["state"] in {"queued", "offered", "active"} for each in calls)

        with contextlib.suppress(AssertionError, aiohttp.ClientError, OSError):  # it was killed
            await eventually(none_left, within=5, every=0.1)
            await eventually(none_open, within=5)

    def tone(self) -> int:
        """A frequency that nobody else has."""
        return next(self._tones)

    async def person(self, name: str) -> Agent:
        """Somebody signed in, with neither phone nor status."""
        agent = Agent(self.stack, name)
        agent.witness = self.behind.leg
        self._cleanup.push_async_callback(agent.close)
        await agent.sign_in()
        self.agents.append(agent)
        return agent

    async def at_work(self, name: str) -> Agent:
        """An agent whose leg over a number is connected and who is available."""
        agent = await self.person(name)
        await agent.use_number(await self.phones.number(f"+4420{next(_numbers)}", self.tone()))
        await agent.become("available")
        return agent

    async def at_desk_phone(self, name: str) -> Agent:
        """An agent whose leg over a registered SIP phone is connected and who is available."""
        agent = await self.person(name)
        user, password = self.sip_user(agent)
        await agent.use_desk_phone(await self.phones.desk_phone(user, password, self.tone()))
        await agent.become("available")
        return agent

    def sip_user(self, agent: Agent) -> tuple[str, str]:
        """User and password of the agent's desk phone."""
        with closing(sqlite3.connect(self.stack.folder / "ringdesk.db")) as database:
            query = "SELECT sip_user, sip_password FROM people WHERE email = ?"
            user, password = database.execute(query, (agent.email,)).fetchone()
        return user, password

    async def call(
        self, to: str = "200", headers: dict[str, str] | None = None, hz: int | None = None
    ) -> Caller:
        """A customer calls, with a tone of their own unless `hz` says which."""
        again = len(self._callers) >= _CUSTOMERS and self._callers[0].line.over
        number = self._callers.popleft().number if again else f"+4930{next(_numbers)}"
        line = await self.phones.call(to, hz or self.tone(), number, headers)
        self._callers.append(Caller(number, line))
        return self._callers[-1]

    async def conversation(self, caller: Caller, state: str, within: float = 15.0) -> Json:
        """Wait until the caller's conversation is in this state, as the supervisor sees it."""

        def found() -> Json | None:
            conversation = self.supervisor.picture.of(caller.number)
            return conversation if conversation and conversation["state"] == state else None

        try:
            conversation = await eventually(found, within=within)
        except AssertionError:
            seen = self.supervisor.picture.of(caller.number)
            raise AssertionError(f"not {state} within {within} s but {seen}") from None
        return conversation

    async def conversation_is(self, talk: str, state: str, within: float = 15.0) -> Json:
        """Wait until a conversation is in this state, by its id."""

        async def found() -> Json | None:
            conversation = await self.supervisor.get(f"conversations/{talk}")
            return conversation if conversation["state"] == state else None

        return await eventually(found, within=within, every=0.05)

    async def closed(self, talk: str, within: float = 15.0) -> Json:
        """Wait until a conversation is closed; it is read from the archive."""

        async def found() -> Json | None:
            conversation = await self.supervisor.get(f"conversations/{talk}")
            return conversation if conversation["state"] == "closed" else None

        return await eventually(found, within=within, every=0.05)

    async def talking(self, agent: Agent, caller: Caller) -> str:
        """The agent accepts the caller, and each hears the other; the conversation's id."""
        talk = str((await self.conversation(caller, "offered"))["id"])
        await agent.offered(talk)
        await agent.accept(talk)
        await self.hear_each_other(agent, caller)
        return talk

    async def hear_each_other(self, agent: Agent, caller: Caller, within: float = 15.0) -> None:
        """Wait until the tones flow both ways."""
        await eventually(
            lambda: caller.line.hears(agent.phone.hz) and agent.line.hears(caller.hz),
            within=within,
        )

    async def leg_channel(self, agent: Agent) -> str:
        """The channel of the agent's leg."""
        start = f"leg-{agent.id}-"
        return next(str(c["id"]) for c in await self.behind.channels() if c["id"].startswith(start))

    async def nothing_left_but_legs(self, talks: int = 0) -> None:
        """Before the agents go home: their legs, each alone but for so many talks with customers,
        and nothing else."""
        legs = {f"leg-{agent.id}-" for agent in self.agents}

        async def tidy() -> bool:
            channels, bridges = await asyncio.gather(
                self.behind.channels(), self.behind.ari("GET", "bridges")
            )
            strangers = [c for c in channels if not any(c["id"].startswith(leg) for leg in legs)]
            meetings = [b for b in bridges if b["name"].startswith("talk-")]
            crowded = [b for b in bridges if len(b["channels"]) > 1]
            return not meetings and len(strangers) == len(crowded) == talks

        await eventually(tidy, within=15, every=0.05)

    async def nothing_left(self) -> None:
        """After a story: no customer's channel, no talk's bridge, no open conversation."""

        async def empty() -> bool:
            channels, bridges = await asyncio.gather(
                self.behind.channels(), self.behind.occupied_bridges()
            )
            return not channels and not bridges

        await eventually(empty, within=15, every=0.05)
