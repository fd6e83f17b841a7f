"""The distributor alone, on a real private server: claims per second, and how long one takes.

A claim is one agent's whole turn: accept what is offered to them, end it, close the wrap-up
(whose script offers them the next that waits), and one new conversation is queued in its place.
That is four scripts; the queue stays as long as it was. Beside it, with all agents idle: a
conversation that finds one at once (enqueue with its offer, one script), then the customer hangs
up (another).
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from redis.asyncio import Redis

from app.acd import AgentProfile, Arrival, Distributor, QueueRequest, Result, connect
from app.bench.bulk import Bulk
from app.bench.figures import MS, Spread, known, table
from app.bench.processor import CpuMeter
from app.bench.report import Report, Say
from app.bench.stack import scratch_folder
from app.config import load
from app.domain.agent import Status
from app.domain.conversation import Channel, Customer
from app.domain.leg import LegMove
from app.domain.routing import Rules
from app.embedded import Embedded

IN_FLIGHT = 64
COMMON = "billing"
FILL_SECONDS = 30.0
"""A busy machine gets no further: the table says how many wait."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many agents, how many wait, and whether each agent's skills are like nobody else's."""

    agents: int
    waiting: int
    unique: bool

    @property
    def skills(self) -> str:
        """In words."""
        return "every set unique" if self.unique else "one set"


SIZES = (
    *(Size(agents, agents * 10, False) for agents in (100, 1_000, 10_000)),
    *(Size(agents, agents * 10, True) for agents in (100, 10_000)),
)


@dataclass(slots=True)
class Measured:
    """One line of the table."""

    size: Size
    what: str
    waiting: int
    per_second: float
    whole: Spread
    """Milliseconds of one claim, or of one enqueue with its offer."""
    scripts: dict[str, Spread]
    """Milliseconds of each command, as its caller sees it."""
    server_us: float
    """Microseconds of the server for one script."""
    server_share: float
    """Part of one core that the server used."""

    def row(self) -> tuple[str, int, int, str, float, float, float, float, float]:
        """As it is printed."""
        size = self.size
        return (
            self.what, size.agents, self.waiting, size.skills, self.per_second,
            self.whole.p50, self.whole.p99, self.server_us, self.server_share * 100,
        )  # fmt: skip


@dataclass(slots=True)
class Office:
    """The distributor with its agents, and what each of them has in hand."""

    acd: Distributor
    redis: Redis
    size: Size
    offers: "asyncio.Queue[tuple[str, str]]" = field(default_factory=asyncio.Queue)
    """Agent and conversation: offered, and not yet accepted."""
    times: dict[str, list[float]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    names: "itertools.count[int]" = field(default_factory=itertools.count)

    async def timed(self, name: str, command: Awaitable[Result]) -> Result:
        """Run one command and keep its seconds."""
        began = time.perf_counter()
        result = await command
        self.times.setdefault(name, []).append(time.perf_counter() - began)
        for conversation in result.conversations.values():
            if conversation.offer is not None:
                self.offers.put_nowait((conversation.offer.agent_id, conversation.id))
        return result

    def request(self) -> QueueRequest:
        """One more customer."""
        name = f"c{next(self.names)}"
        customer = Customer(number=f"+4930{name[1:]}")
        arrival = Arrival(name, Channel.VOICE, customer, self.acd.now())
        return QueueRequest(name, (COMMON,), arrival=arrival)

    async def enqueue(self) -> str:
        """Queue one more customer; the conversation's id."""
        request = self.request()
        await self.timed("enqueue", self.acd.enqueue(request))
        return request.conversation_id

    async def claim(self) -> None:
        """One agent's turn, and one more customer in the queue."""
        agent, conversation = await self.offers.get()
        began = time.perf_counter()
        await self.timed("accept", self.acd.accept(conversation, agent))
        await self.timed("end", self.acd.end(conversation, "agent", agent))
        await self.timed("close_wrap_up", self.acd.close_wrap_up(conversation, agent))
        await self.enqueue()
        self.times.setdefault("claim", []).append(time.perf_counter() - began)
        self.done.append(conversation)

    async def come_and_go(self) -> None:
        """A customer who is offered to somebody at once, and hangs up."""
        conversation = await self.enqueue()
        self.offers.get_nowait()
        await self.timed("leave", self.acd.leave(conversation))
        self.done.append(conversation)

    async def for_seconds(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat with IN_FLIGHT side by side."""
        end = time.monotonic() + seconds

        async def worker() -> None:
            while time.monotonic() < end:
                await work()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(IN_FLIGHT):
                tasks.create_task(worker())

    async def tidy(self) -> None:
        """As the archive does: what is closed leaves Redis."""
        for start in range(0, len(self.done), 500):
            await self.acd.forget(self.done[start : start + 500])
        self.done.clear()
        self.times.clear()
        await self.redis.config_resetstat()


async def run(say: Say, seconds: float) -> Report:
    """Measure every size, so many seconds each way."""
    report = Report("acd", "The distributor alone (acd)")
    found = []
    for size in SIZES:
        say(f"acd: {size.agents:,} agents, {size.waiting:,} waiting, {size.skills} …")
        async with _server() as (url, pid):
            found += await _measure(url, pid, size, seconds)
    heads = (
        "what", "agents", "waiting", "skills", "per s", "p50 ms", "p99 ms",
        "server µs/script", "server core %",
    )  # fmt: skip
    report.tables.append(table(heads, [line.row() for line in found]))
    report.notes += [
        "claim: accept, end, close_wrap_up with the next one's offer, and an enqueue in its "
        "place: 4 scripts. enqueue+offer: all agents are idle, the one who has been so longest is "
        "found within the enqueue script (its time); the customer then hangs up, one more script.",
        f"{IN_FLIGHT} in flight from one Python process; Valkey with its append-only file on "
        "(everysec). What the server had left shows in its share of a core.",
    ]
    report.figures["lines"] = [_as_json(line) for line in found]
    return report


async def _measure(url: str, pid: int | None, size: Size, seconds: float) -> list[Measured]:
    async with _office(url, size) as office:
        await _hire(office)
        plain = await _run_one(office, pid, "enqueue+offer", 0, seconds, office.come_and_go)
        await office.tidy()
        waiting = await _fill(office)
        return [plain, await _run_one(office, pid, "claim", waiting, seconds, office.claim)]


async def _hire(office: Office) -> None:
    """Everybody: available, with the leg connected."""
    async with _bulk(office) as acd:
        for number in range(office.size.agents):
            name = f"a{number}"
            skills = {COMMON, f"only-{number}"} if office.size.unique else {COMMON}
            profile = AgentProfile(name, name, skills=frozenset(skills))
            await acd.put_agent(profile, status=Status.AVAILABLE)
            await acd.change_leg(name, LegMove.CONNECT)


async def _fill(office: Office) -> int:
    """Something offered to everybody, and the others wait: how many."""
    end, queued = time.monotonic() + FILL_SECONDS, 0
    async with _bulk(office) as acd:
        while queued < office.size.agents + office.size.waiting and time.monotonic() < end:
            await acd.enqueue(office.request())
            queued += 1
    offers = [(agent.id, agent.offer) for agent in await office.acd.agents() if agent.offer]
    for offer in offers:
        office.offers.put_nowait(offer)
    return queued - len(offers)


@asynccontextmanager
async def _bulk(office: Office) -> AsyncIterator[Distributor]:
    bulk = Bulk(office.redis)
    yield Distributor(cast(Redis, bulk), office.acd.rules, office.acd.now)
    await bulk.flush()


async def _run_one(
    office: Office,
    pid: int | None,
    what: str,
    waiting: int,
    seconds: float,
    work: Callable[[], Awaitable[None]],
) -> Measured:
    await office.for_seconds(min(seconds, 1.0), work)  # warm
    await office.tidy()
    cpu, began = CpuMeter.of({"server": pid}), time.monotonic()
    await office.for_seconds(seconds, work)
    took = time.monotonic() - began
    whole = office.times["claim" if what == "claim" else "enqueue"]
    return Measured(
        size=office.size,
        what=what,
        waiting=waiting,
        per_second=len(whole) / took,
        whole=_ms(whole),
        scripts={name: _ms(times) for name, times in office.times.items() if name != "claim"},
        server_us=await _server_us(office.redis),
        server_share=cpu.used()["server"] / took,
    )


async def _server_us(redis: Redis) -> float:
    stats = (await redis.info("commandstats")).get("cmdstat_fcall", {})
    return float(stats.get("usec_per_call", 0.0))


@asynccontextmanager
async def _office(url: str, size: Size) -> AsyncIterator[Office]:
    redis = connect(url, timeout_s=60.0, connections=IN_FLIGHT)
    try:
        await redis.flushall()
        acd = Distributor(redis, Rules(), lambda: time.time_ns() // 1_000_000)
        await acd.load()
        await acd.begin_epoch("bench")
        yield Office(acd, redis, size)
    finally:
        await redis.aclose()


@asynccontextmanager
async def _server() -> AsyncIterator[tuple[str, int | None]]:
    """A private server alone; its URL and process id."""
    with scratch_folder() as folder:
        environment = {"RINGDESK_STATE_DIR": str(folder)}
        settings = replace(load(environment, Path("/dev/null")), ari_url="http://127.0.0.1:1/ari")
        embedded = await Embedded.start(settings, lambda _: None)
        try:
            pid = int((folder / "run" / "redis.pid").read_text())
            yield embedded.endpoints.redis_url, pid
        finally:
            await asyncio.shield(asyncio.ensure_future(embedded.stop()))


def _ms(seconds: list[float]) -> Spread:
    return Spread.of(value * MS for value in seconds)


def _as_json(line: Measured) -> dict[str, object]:
    size = line.size
    return {
        "what": line.what,
        "agents": size.agents,
        "waiting": line.waiting,
        "unique_skill_sets": size.unique,
        "per_second": known(line.per_second),
        "ms": line.whole.as_json(),
        "scripts_ms": {name: spread.as_json() for name, spread in line.scripts.items()},
        "server_us_per_script": known(line.server_us),
        "server_core_share": known(line.server_share),
    }
