"""Looks on while a drill goes on: what answers, what is offered, who idles while somebody waits."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field

import aiohttp

from tests.drill.floor import Floor
from tests.support.people import Person, Refused
from tests.support.picture import Json

IDLE_SECONDS = 2.0
"""No eligible agent may be idle beside a waiting caller for longer than this, and what the drill
itself was late meanwhile."""
SETTLED_SECONDS = 3.0
"""Everything has answered for so long: what happened is over."""
RECOVERY_SECONDS = 30.0
"""From the end of a fault until everything answers again, at the most."""
GONE_SECONDS = 8.0
"""A talk whose customer has hung up so long ago is stuck."""
ASKED_AT_ONCE = 3


@dataclass
class Watch:
    """`run` until cancelled."""

    floor: Floor
    _idle: dict[tuple[str, str], float] = field(default_factory=dict)
    _unready_since: float | None = None
    _calm_since: float = field(default_factory=time.monotonic)
    _late: list[tuple[float, float]] = field(default_factory=list)

    async def run(self) -> None:
        """Everything at once."""
        async with asyncio.TaskGroup() as all_:
            for look in (self._readiness, self._offers, self._lag, self._idlers, self._ghosts):
                all_.create_task(look())

    @property
    def calm(self) -> bool:
        """Whether nothing is wrong now, nor was a moment ago."""
        settled = time.monotonic() - self._calm_since >= SETTLED_SECONDS
        return settled and not self.floor.harm.lasting and self._unready_since is None

    async def _readiness(self) -> None:
        url = f"{self.floor.stack.url}/readyz"
        timeout = aiohttp.ClientTimeout(total=2.5)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                ready = await _answers(http, url)
                self._note(ready, time.monotonic())
                await asyncio.sleep(0.15)

    def _note(self, ready: bool, now: float) -> None:
        harm = self.floor.harm
        if not ready and self._unready_since is None:
            self._unready_since = now
        elif ready and self._unready_since is not None:
            self.floor.unready.append((self._unready_since, now))
            self._unready_since = None
        if not ready or harm.lasting:
            self._calm_since = now
        for done in harm.done:
            if done.until is None or done.calm is not None:
                continue
            if now - self._calm_since >= SETTLED_SECONDS:
                done.calm = now
            elif now - done.until > RECOVERY_SECONDS and not harm.lasting:
                self.floor.find(f"not ready {RECOVERY_SECONDS:.0f} s after {done.fault}")

    async def _offers(self) -> None:
        seen: dict[str, int] = {}
        while True:
            for talk in self.floor.conversations:
                if talk["offer"] and seen.get(talk["id"]) != talk["offer"]["attempt"]:
                    seen[talk["id"]] = talk["offer"]["attempt"]
                    self.floor.offers.append(time.monotonic())
            await asyncio.sleep(0.05)

    async def _lag(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.1)
            now = time.monotonic()
            late = now - before - 0.1
            self.floor.lag = max(self.floor.lag, late)
            self._late = [(at, x) for at, x in self._late if now - at < 10]
            self._late.append((now, late))

    def _late_since(self, since: float) -> float:
        return sum(late for at, late in self._late if at >= since)

    async def _idlers(self) -> None:
        asking = Person(self.floor.stack, "sam")
        try:
            await asking.sign_in()
            for _ in itertools.count():
                await asyncio.sleep(0.4)
                if not self.calm:
                    self._idle.clear()
                    continue
                try:
                    await self._look_for_idlers(asking)
                except (Refused, aiohttp.ClientError, OSError, TimeoutError):
                    self._idle.clear()
        finally:
            await asking.close()

    async def _look_for_idlers(self, asking: Person) -> None:
        now = time.monotonic()
        waiting = [c for c in self.floor.conversations if c["state"] == "queued"]
        waiting.sort(key=lambda c: str(c["queued_at"]))
        still: dict[tuple[str, str], float] = {}
        for talk in waiting[:ASKED_AT_ONCE]:
            for agent in await _eligible(asking, talk):
                key = (talk["id"], agent)
                still[key] = self._idle.get(key, now)
        self._idle = still
        for (talk_id, agent), since in still.items():
            if now - since > IDLE_SECONDS + self._late_since(since) and self.calm:
                self.floor.find(
                    f"{agent} idles beside {talk_id} for {now - since:.1f} s, outside of any fault"
                )

    async def _ghosts(self) -> None:
        """Talks that go on although the customer has hung up."""
        while True:
            await asyncio.sleep(0.5)
            if not self.calm:
                continue
            now = time.monotonic()
            for talk in self.floor.conversations:
                journey = self.floor.journeys.get(talk["customer"]["number"] or "")
                if journey is None or talk["state"] == "wrap_up" or not journey.line.closed_at:
                    continue
                gone = now - max(journey.line.closed_at, self._calm_since)
                if gone > GONE_SECONDS + self._late_since(now - GONE_SECONDS):
                    self.floor.find(
                        f"{talk['id']} is {talk['state']}; {journey.number} hung up "
                        f"{now - journey.line.closed_at:.1f} s ago"
                    )


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as reply:
            return reply.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def _eligible(asking: Person, talk: Json) -> list[str]:
    explained = await asking.get(f"conversations/{talk['id']}/explain")
    return [one["name"] for one in explained["agents"] if one["eligible"]]
