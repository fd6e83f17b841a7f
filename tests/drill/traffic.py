"""Customers who call and who chat (mails.py: who write): each kind of traffic brings its own, and
knows afterwards what was said to them. A kind more is one class more, in `one.drill`.
"""

import asyncio
import itertools
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Coroutine

from tests.drill.chat_audit import Visit, audit_chats
from tests.drill.floor import Floor, Journey
from tests.support.chat import Chatter

SILENT_SECONDS = 6.0
"""A customer to whom nothing has come for so long hangs up: music has rests, a dead line only
those."""
CUSTOMER_TONES = (2600, 2800, 3000)


class Traffic(ABC):
    """One kind of customers. EVERY: seconds from one to the next, on the whole."""

    EVERY: float

    def __init__(self, floor: Floor, name: str) -> None:
        self._floor = floor
        self._chance = random.Random(f"{floor.seed} {name}")
        self._open: set[asyncio.Task[None]] = set()

    async def run(self, seconds: float) -> None:
        """Have them come for so long; returns when the last one has come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._next()
            await asyncio.sleep(self.EVERY * self._chance.uniform(0.4, 1.6))

    async def leave(self, within: float) -> None:
        """Wait until the last one is gone."""
        if self._open:
            await asyncio.wait(list(self._open), timeout=within)
        stayed = len(self._open)
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if stayed:
            self._floor.find(f"{stayed} customers are not served {within:.0f} s after the last one")

    def _comes(self, customer: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(customer)
        self._open.add(task)
        task.add_done_callback(self._went)

    def _went(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        if not task.cancelled() and (broke := task.exception()):
            self._floor.find(f"a customer's own part broke: {broke!r}")

    @abstractmethod
    def _next(self) -> None:
        """One more comes, or several at once."""

    @abstractmethod
    async def audit(self) -> None:
        """Account for every one of them, by `Floor.find`."""


class Calls(Traffic):
    """Customers on the phone, one after the other, in waves."""

    EVERY = 0.9

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor, "calls")
        self._numbers = itertools.count()

    def _next(self) -> None:
        """A wave comes now and then: six at once."""
        for _ in range(6 if self._chance.random() < 0.08 else 1):
            self.come(patient=self._chance.random() < 0.65)

    def come(self, patient: bool, to: str | None = None) -> None:
        """One more customer."""
        chance = random.Random(f"{self._floor.seed} call {next(self._numbers)}")
        self._comes(self._customer(chance, patient, to))

    async def audit(self) -> None:
        """tests/drill/audit.py has it, with the rest of what is about the phone."""

    async def _customer(self, chance: random.Random, patient: bool, to: str | None) -> None:
        to = to or chance.choices(["200", "201", "202"], [7, 1, 2])[0]
        caller = await self._floor.world.call(to, hz=chance.choice(CUSTOMER_TONES))
        line = caller.line
        journey = Journey(caller.number, line, time.monotonic())
        self._floor.journeys[caller.number] = journey
        gives_up = time.monotonic() + (600.0 if patient else chance.uniform(0.5, 9.0))
        while not line.over:
            await asyncio.sleep(0.1)
            if time.monotonic() > gives_up and not line.over:
                await hang_up(journey)
            elif self._is_dead(journey) and not line.over:
                journey.dead_at = time.monotonic()
                journey.last_sound_at = line.last_sound(journey.began)
                await line.hang_up()
            await _closing(journey)

    def _is_dead(self, journey: Journey) -> bool:
        """Nothing came for long, neither sound nor an answer."""
        now, line = time.monotonic(), journey.line
        if not line.up:
            return now - journey.began > 40
        if now - journey.began < SILENT_SECONDS + 2:
            return False
        return bool(line.hears_nothing(SILENT_SECONDS))


async def hang_up(journey: Journey) -> None:
    """The customer has had enough, of waiting or of talking."""
    if not journey.line.over and journey.gave_up_at is None:
        journey.gave_up_at = time.monotonic()
        await journey.line.hang_up()


async def _closing(journey: Journey) -> None:
    """A phone that has hung up is told so by its own stack at once."""
    if journey.gave_up_at is not None or journey.dead_at is not None:
        end = time.monotonic() + 5
        while not journey.line.over and time.monotonic() < end:
            await asyncio.sleep(0.05)
        if not journey.line.over:
            journey.line.close("hung up")


class Chats(Traffic):
    """Customers who write."""

    EVERY = 3.5

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor, "chats")
        self.visits: list[Visit] = []

    def _next(self) -> None:
        number = len(self.visits)
        visit = Visit(Chatter(self._floor.stack.url), f"v{number}")
        self.visits.append(visit)
        self._comes(self._customer(number, visit))

    async def audit(self) -> None:
        """Every word of each visit."""
        await audit_chats(self._floor, self.visits)

    async def _customer(self, number: int, visit: Visit) -> None:
        chance = random.Random(f"{self._floor.seed} chat {number}")
        async with visit.chatter as chatter:
            for n in range(chance.randint(2, 6)):
                if chatter.state == "ended":
                    break
                await visit.say(n)
                await asyncio.sleep(chance.uniform(0.3, 2.0))
                if chance.random() < 0.1:
                    await chatter.cut()
            leaves = time.monotonic() + (chance.uniform(1, 15) if chance.random() < 0.4 else 600)
            while chatter.state != "ended":
                await asyncio.sleep(0.2)
                if time.monotonic() > leaves and not chatter.unacked:
                    visit.left_at = visit.left_at or time.monotonic()
                    await chatter.send({"type": "end"})
                    leaves += 3
            await visit.read_all()
