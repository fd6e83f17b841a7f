"""Messages between 2,000 customers and 500 agents: how many a second, how late, and what they cost.

Customers write over the widget's WebSocket, agents by POST; a message has arrived when the other
side's page has it, and is stored by then. The pace rises until the service no longer keeps up. The
same clients then do the same over a bare aiohttp relay, which stores nothing: the limit of this
machine, this language and these frames.
"""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.bench import people
from app.bench.chatting import Floor, Tally
from app.bench.figures import MS, Spread, known, table
from app.bench.people import SignedIn
from app.bench.processor import CpuMeter, memory_bytes
from app.bench.report import Report, Say
from app.bench.stack import HOUSE, Stack, free_port, running, scratch_folder
from app.config import Refusal
from app.records import Records

CUSTOMERS, AGENTS = 2_000, 500
RATES = (100, 200, 300, 400, 600, 800, 1_100, 1_500, 2_000, 3_000)
RELAY_RATES = (500, 1_000, 2_000, 3_000, 4_000, 6_000)
AIM_RATE, AIM_MS = 3_000, 100
LATE_MS = 1_000
"""A pace with a p99 beyond this is the last that is tried."""
DRAIN_SECONDS = 8.0
"""Messages that have not arrived so long after the last one was due are called late."""
SETTLE_SECONDS = 1.5
"""Before memory is looked at: what follows from many pages that open at once."""
START_SECONDS = 60.0
OURS, RELAY = "Ringdesk", "bare relay"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; milliseconds."""

    side: str
    rate: int
    sent: int
    seconds: float
    """From the first that was due until the last had arrived."""
    to_agent: Spread
    to_customer: Spread
    acknowledged: Spread
    cpu_ms: dict[str, float]
    """By process, for each message."""
    late: int
    refused: list[str]

    @property
    def per_second(self) -> float:
        """Messages that arrived, by time."""
        return (self.to_agent.count + self.to_customer.count) / max(self.seconds, 1e-6)

    @property
    def p99(self) -> float:
        """Of the slower direction."""
        return max(self.to_agent.p99, self.to_customer.p99)

    @property
    def kept_up(self) -> bool:
        """Whether all of it came, and soon enough to try a higher pace."""
        return not self.late and not self.refused and self.p99 <= LATE_MS

    def row(self) -> tuple[str | int | float, ...]:
        """As it is printed."""
        cpu = [self.cpu_ms.get(name, float("nan")) for name in ("service", "redis", "bench")]
        return (
            self.side, self.rate, round(self.per_second),
            self.to_agent.p50, self.to_agent.p99, self.to_customer.p50, self.to_customer.p99,
            self.acknowledged.p50, self.acknowledged.p99, self.late + len(self.refused), *cpu,
        )  # fmt: skip


@dataclass(slots=True)
class Side:
    """One of the two, with everybody connected."""

    name: str
    floor: Floor
    pids: dict[str, int | None]
    idle_bytes: float
    """Memory of the service for each customer who is connected and says nothing."""


def knee(lines: Sequence[Line], side: str) -> Line | None:
    """The quickest pace at which everything came within AIM_MS (p99); None if there was none."""
    good = [x for x in lines if x.side == side and x.kept_up and x.p99 < AIM_MS]
    return max(good, key=lambda line: line.rate, default=None)


async def run(say: Say, seconds: float) -> Report:
    """Both sides at rising paces, so many seconds each. Raises Refusal."""
    lines: list[Line] = []
    sides: list[Side] = []
    stored = ""
    say(f"messages: a private Ringdesk, {AGENTS} agents and {CUSTOMERS:,} customers …")
    async with _ringdesk() as (side, stack):
        await _begin(side, say)
        lines += await _ramp(side, RATES, seconds, say)
        sides.append(side)
        stored = await _stored(stack, side.floor)
    say("messages: a bare aiohttp relay with as many …")
    async with _relay() as side:
        await _begin(side, say)
        lines += await _ramp(side, RELAY_RATES, seconds, say)
        sides.append(side)
    return _report(lines, sides, stored)


async def _begin(side: Side, say: Say) -> None:
    """Everybody comes, and each customer's chat is accepted."""
    floor, pid = side.floor, side.pids["service"]
    await floor.agents_come()
    if side.name == OURS:
        await floor.available()
    await asyncio.sleep(SETTLE_SECONDS)
    before = memory_bytes(pid)
    await floor.customers_come(CUSTOMERS)
    await asyncio.sleep(SETTLE_SECONDS)
    side.idle_bytes = (memory_bytes(pid) - before) / CUSTOMERS
    say(f"messages: {side.name}, chats begin …")
    await floor.chats_begin()
    await asyncio.sleep(SETTLE_SECONDS)


async def _ramp(side: Side, rates: Sequence[int], seconds: float, say: Say) -> list[Line]:
    """Until a pace is too much."""
    lines: list[Line] = []
    await side.floor.pace(rates[0], min(seconds, 1.0))  # warm
    await side.floor.settled(DRAIN_SECONDS)
    for rate in rates:
        say(f"messages: {side.name}, {rate:,} a second …")
        lines.append(await _measure(side, rate, seconds))
        if not lines[-1].kept_up:
            break
    return lines


async def _measure(side: Side, rate: int, seconds: float) -> Line:
    floor, tally = side.floor, side.floor.tally
    tally.begin()
    loop = asyncio.get_running_loop()
    meter, began, first = CpuMeter.of(side.pids), loop.time(), tally.number
    await floor.pace(rate, seconds)
    await floor.settled(DRAIN_SECONDS)
    took, used, sent = loop.time() - began, meter.used(), tally.number - first
    cpu = {name: spent * MS / max(sent, 1) for name, spent in used.items()}
    return line_of(side.name, rate, sent, took, tally, cpu)


def line_of(
    side: str, rate: int, sent: int, took: float, tally: Tally, cpu_ms: dict[str, float]
) -> Line:
    """From what was noted; seconds."""

    def spread(times: list[float]) -> Spread:
        return Spread.of(each * MS for each in times)

    refused = list(tally.refused)
    return Line(
        side=side,
        rate=rate,
        sent=sent,
        seconds=took,
        to_agent=spread(tally.to_agent),
        to_customer=spread(tally.to_customer),
        acknowledged=spread(tally.acknowledged),
        cpu_ms=cpu_ms,
        late=max(len(tally.under_way) - len(refused), 0),
        refused=refused,
    )


async def _stored(stack: Stack, floor: Floor) -> str:
    """What is in the database of what was acknowledged, in words."""
    records = await Records.open(stack.settings.database_url)
    try:
        talks = [customer.conversation for customer in floor.customers]
        kept = [one.client_id for talk in talks for one in await records.messages.all(talk)]
    finally:
        await records.close()
    return in_store(floor.tally.promised, kept)


def in_store(promised: set[int], client_ids: Sequence[str]) -> str:
    """How many of the acknowledged are stored, and whether any is twice."""
    numbers = [int(each[1:]) for each in client_ids if each[1:].isdecimal()]
    missing, twice = len(promised - set(numbers)), len(numbers) - len(set(numbers))
    return (
        f"{len(promised):,} messages were acknowledged: {missing} of them are not in the "
        f"database, {twice} are there twice"
    )


def _report(lines: list[Line], sides: list[Side], stored: str) -> Report:
    report = Report("messages", f"Messages: {CUSTOMERS:,} customers, {AGENTS} agents (messages)")
    heads = (
        "", "wanted/s", "arrived/s", "to the agent: p50 ms", "p99", "to the customer: p50 ms",
        "p99", "stored: p50 ms", "p99", "late", "CPU ms: service", "Redis", "clients",
    )  # fmt: skip
    report.tables.append(table(heads, [line.row() for line in lines]))
    report.notes += [
        "Half of them from customers over /chat, half from agents by POST; milliseconds from when "
        "a message was due until the other side's page has it, and until its author is told that "
        "it is stored (the relay stores nothing); CPU is milliseconds for each message.",
        "All pages are one process on the same machine, and part of every figure.",
        stored,
    ]
    for side in sides:
        best = knee(lines, side.name)
        rate = f"up to {best.rate:,} a second" if best else "at no pace"
        report.notes.append(
            f"{side.name}: p99 below {AIM_MS} ms {rate} (the aim: {AIM_RATE:,}); "
            f"{side.idle_bytes / 1024:.0f} kB for each customer who is connected and says nothing"
        )
    refused = [f"{x.side}, {x.rate}/s: refused, first {x.refused[0]}" for x in lines if x.refused]
    report.notes += refused
    report.figures = {
        "customers": CUSTOMERS,
        "agents": AGENTS,
        "idle_bytes": {side.name: round(side.idle_bytes) for side in sides},
        "knee": {side.name: (b.rate if (b := knee(lines, side.name)) else None) for side in sides},
        "stored": stored,
        "lines": [_as_json(line) for line in lines],
    }
    return report


def _as_json(line: Line) -> dict[str, Any]:
    return {
        "side": line.side,
        "wanted_per_second": line.rate,
        "sent": line.sent,
        "arrived_per_second": known(line.per_second),
        "to_agent_ms": line.to_agent.as_json(),
        "to_customer_ms": line.to_customer.as_json(),
        "acknowledged_ms": line.acknowledged.as_json(),
        "cpu_ms_per_message": {name: known(value) for name, value in line.cpu_ms.items()},
        "late": line.late,
        "refused": line.refused[:10],
    }


@asynccontextmanager
async def _ringdesk() -> AsyncIterator[tuple[Side, Stack]]:
    async with AsyncExitStack() as stage:
        stack = Stack(stage.enter_context(scratch_folder()))
        staff = await people.hire(stack, [f"agent{n:03}" for n in range(AGENTS)])
        await stage.enter_async_context(running(stack))
        floor = Floor(stack.http, staff.agents)
        stage.push_async_callback(floor.close)
        # All customers come from one address, which a house of many has not.
        await floor.ask("PUT", "/settings", staff.admin, b'{"chats_per_address":0}')
        pids = {name: stack.pid(name) for name in ("service", "redis")}
        yield Side(OURS, floor, {**pids, "bench": os.getpid()}, 0.0), stack


@asynccontextmanager
async def _relay() -> AsyncIterator[Side]:
    port = free_port(socket.SOCK_STREAM)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.bench.relay", str(port)),
        cwd=HOUSE,
        stdin=asyncio.subprocess.DEVNULL,
    )
    floor = Floor(
        f"127.0.0.1:{port}",
        [SignedIn(f"a{n}", f"agent {n}", f"agent=a{n}") for n in range(AGENTS)],
    )
    try:
        await _listens(port)
        yield Side(RELAY, floor, {"service": process.pid, "bench": os.getpid()}, 0.0)
    finally:
        await floor.close()
        process.kill()
        await asyncio.shield(asyncio.ensure_future(process.wait()))


async def _listens(port: int) -> None:
    """Wait until somebody does. Raises Refusal."""
    end = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if asyncio.get_running_loop().time() > end:
                raise Refusal("the bare relay does not start") from None
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
