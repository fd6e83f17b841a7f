"""Thousands of conversations that bots have, and what bots tell of them, at so many a second.

All of it goes through the bots' HTTP API of the real service, with next to no cost of its own.
"""

import asyncio
import itertools
import json
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from app.bench.wire import Http

API = "/api/v1/conversations"
AT_ONCE = 48
"""Requests under way; more only wait in the service."""
CHANGING = 0.85
"""Part of the conversations that stay open all the while; the others come and go."""
FLOWS = ("refund", "order", "address", "invoice")
TURNS = 5
"""What was said since a bot told last, in one request: as many events."""
MOST_TURNS = 60
"""A conversation in which so much was said is told no more turns."""
KINDS = {"turns": 12, "mood": 25, "state": 15}
"""Of hundred events sixty are turns, twenty-five moods and steps, fifteen changes of state."""


@dataclass
class Floor:
    """`size` conversations; `told` is how long each request took (s), `events` what was told."""

    http: Http
    who: str
    """The header with the bot's key."""
    size: int
    told: list[float] = field(default_factory=list)
    events: int = 0
    refused: list[str] = field(default_factory=list)
    stay: list[str] = field(default_factory=list)
    """Ids of those that stay open."""
    come_and_go: deque[tuple[str, bool]] = field(default_factory=deque)
    """Ids of the others, oldest first, and whether they wait for people."""
    said: dict[str, int] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def open_all(self) -> None:
        """Open them; each fourth of those that stay waits for people."""
        left = asyncio.Semaphore(AT_ONCE)

        async def one(n: int) -> None:
            async with left:
                talk = await self.open()
                if n >= self.size * CHANGING:
                    self.come_and_go.append((talk, False))
                    return
                self.stay.append(talk)
                if n % 4 == 0:
                    await self.ask("POST", f"{API}/{talk}/queue", {"skills": ["Billing"]})

        async with asyncio.TaskGroup() as tasks:
            for n in range(self.size):
                tasks.create_task(one(n))

    async def open(self, name: str | None = None) -> str:
        """One more conversation; its id."""
        n = next(self._numbers)
        customer = {"name": name or f"Customer {n:05}", "number": f"+4930{n:07}"}
        opened = await self.ask("POST", API, {"channel": "voice", "customer": customer})
        return str(opened["id"])

    async def ask(self, method: str, path: str, body: Any) -> Any:
        """One request of the bot's."""
        began = time.perf_counter()
        status, answer = await self.http.ask(method, path, self.who, json.dumps(body).encode())
        self.told.append(time.perf_counter() - began)
        self.events += 1
        if status >= 400:
            self.refused.append(f"{method} {path}: {status} {answer[:200]!r}")
            return {}
        return json.loads(answer)

    async def act(self, kind: str) -> None:
        """Something happens, of KINDS."""
        match kind:
            case "turns":
                await self.say(self._chance.choice(self.stay))
            case "mood":
                await self.feel(self._chance.choice(self.stay))
            case _:
                await self._come_or_go()

    async def feel(self, talk: str, step: str | None = None) -> None:
        """The customer's mood and the flow's step change."""
        flow = {
            "name": self._chance.choice(FLOWS),
            "step": step or f"step {self._chance.randrange(10_000)}",
        }
        change = {"sentiment": self._chance.randrange(-10, 11) / 10, "flow": flow}
        await self.ask("PATCH", f"{API}/{talk}/context", change)

    async def say(self, talk: str) -> None:
        """Some turns more, in one request; where much was said already, a mood instead."""
        first = self.said.get(talk, 0)
        if first >= MOST_TURNS:
            await self.feel(talk)
            return
        self.said[talk] = first + TURNS
        turns = [
            {
                "id": f"t{n}",
                "speaker": "customer" if n % 2 else "bot",
                "text": f"sentence {n} of what there is to say about the order",
            }
            for n in range(first, first + TURNS)
        ]
        await self.ask("POST", f"{API}/{talk}/transcript", {"turns": turns})
        self.events += TURNS - 1

    async def _come_or_go(self) -> None:
        """The oldest is handed over; once it was, it is over, and another one begins."""
        talk, waits = self.come_and_go.popleft()
        if not waits:
            await self.ask("POST", f"{API}/{talk}/queue", {"skills": ["Spanish"]})
            self.come_and_go.append((talk, True))
            return
        await self.ask("POST", f"{API}/{talk}/end", {})
        self.come_and_go.append((await self.open(), False))

    async def go_on(self, rate: float, seconds: float) -> None:
        """So many events a second, with at most AT_ONCE requests under way."""
        left, planned = asyncio.Semaphore(AT_ONCE), 0
        began = time.perf_counter()

        async def one(kind: str) -> None:
            try:
                await self.act(kind)
            finally:
                left.release()

        async with asyncio.TaskGroup() as tasks:
            while time.perf_counter() - began < seconds:
                await asyncio.sleep(max(0.0, began + planned / rate - time.perf_counter()))
                await left.acquire()
                (kind,) = self._chance.choices(list(KINDS), list(KINDS.values()))
                planned += TURNS if kind == "turns" else 1
                tasks.create_task(one(kind))
