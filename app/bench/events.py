"""From a script in Redis to 500 agents' sockets: how many events a second, and how late.

One waiting conversation that all 500 may see; each change of its parameters is one event, which
each of them gets. The clock runs from before the script is sent until the message is there.
"""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from app.acd import Arrival, Distributor, QueueRequest, connect
from app.bench import people
from app.bench.figures import MS, Spread, known, table
from app.bench.processor import CpuMeter
from app.bench.report import Report, Say
from app.bench.stack import Stack, running, scratch_folder
from app.bench.wire import Receive, WebSocket
from app.domain.conversation import Channel, Customer
from app.domain.routing import Rules

SOCKETS = 500
PACES = (5, 20, 40)
"""Events per second."""
AT_ONCE = 4
"""Events under way when as many as possible are sent."""
CONVERSATION = "bench"
WAIT_SECONDS = 20.0
_NUMBER = re.compile(rb'"bench":\s*(\d+)')


@dataclass(slots=True)
class Crowd:
    """When each event reached each of the listeners."""

    arrived: dict[int, list[float]] = field(default_factory=dict)
    complete: dict[int, "asyncio.Event"] = field(default_factory=dict)

    def expect(self, number: int) -> None:
        """An event is about to happen."""
        self.arrived[number] = []
        self.complete[number] = asyncio.Event()

    def listener(self) -> Receive:
        """For one socket. What it is told may be newer than the event: older ones came with it."""
        last = 0

        def receive(text: bytes) -> None:
            nonlocal last
            found = _NUMBER.search(text)
            number = int(found[1]) if found else 0
            for each in range(last + 1, number + 1):
                self._note(each)
            last = max(last, number)

        return receive

    def _note(self, number: int) -> None:
        times = self.arrived[number]
        times.append(time.perf_counter())
        if len(times) == SOCKETS:
            self.complete[number].set()


@dataclass(slots=True)
class Line:
    """One line of the table; milliseconds."""

    what: str
    events: int
    per_second: float
    each: Spread
    """To one socket."""
    last: Spread
    """To the last of them."""
    service_ms: float
    """CPU of the service for one event."""
    lost: int

    def row(self) -> tuple[str | int | float, ...]:
        """As it is printed."""
        return (
            self.what, self.per_second, round(self.per_second * SOCKETS),
            self.each.p50, self.each.p99, self.last.p50, self.last.p99, self.service_ms,
        )  # fmt: skip


@dataclass(slots=True)
class Hall:
    """The service, its listeners, and the way to make an event."""

    stack: Stack
    acd: Distributor
    crowd: Crowd
    count: int = 0

    async def event(self) -> tuple[int, float]:
        """Make one; its number, and when that was begun."""
        self.count += 1
        number = self.count
        self.crowd.expect(number)
        began = time.perf_counter()
        await self.acd.update_context(CONVERSATION, parameters={"bench": number})
        return number, began

    async def paced(self, pace: int, seconds: float) -> Line:
        """So many a second, whatever becomes of them."""
        begun: dict[int, float] = {}

        async def one() -> None:
            number, began = await self.event()
            begun[number] = began

        async def many() -> None:
            start = time.monotonic()
            async with asyncio.TaskGroup() as tasks:
                for n in range(round(pace * seconds)):
                    await asyncio.sleep(start + n / pace - time.monotonic())
                    tasks.create_task(one())

        return await self._measure(f"{pace}/s", many, begun)

    async def flat_out(self, seconds: float) -> Line:
        """The next one when one of AT_ONCE has reached everybody."""
        begun: dict[int, float] = {}

        async def worker(end: float) -> None:
            while time.monotonic() < end:
                number, began = await self.event()
                begun[number] = began
                await self._reached(number)

        async def many() -> None:
            end = time.monotonic() + seconds
            await asyncio.gather(*(worker(end) for _ in range(AT_ONCE)))

        return await self._measure("as many as possible", many, begun)

    async def _measure(
        self, what: str, work: Callable[[], Awaitable[None]], begun: dict[int, float]
    ) -> Line:
        meter = CpuMeter.of({"service": self.stack.pid("service"), "bench": os.getpid()})
        start = time.perf_counter()
        await work()
        for number in begun:
            await self._reached(number)
        crowd = self.crowd
        end = max((max(crowd.arrived[n], default=start) for n in begun), default=start)
        times = {n: [at - began for at in crowd.arrived[n]] for n, began in begun.items()}
        return Line(
            what=what,
            events=len(begun),
            per_second=len(begun) / max(end - start, 1e-6),
            each=Spread.of(s * MS for seconds in times.values() for s in seconds),
            last=Spread.of(max(s) * MS for s in times.values() if s),
            service_ms=meter.used()["service"] * MS / max(len(begun), 1),
            lost=sum(SOCKETS - len(s) for s in times.values()),
        )

    async def _reached(self, number: int) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self.crowd.complete[number].wait()
        except TimeoutError:
            return  # counted as lost


async def run(say: Say, seconds: float) -> Report:
    """Fan out at each pace, so many seconds each."""
    say(f"events: starting a private Ringdesk with {SOCKETS} agents …")
    lines = []
    async with _hall() as hall:
        await hall.flat_out(1.0)  # warm
        for pace in PACES:
            say(f"events: {pace} a second …")
            lines.append(await hall.paced(pace, seconds))
        say("events: as many as possible …")
        lines.append(await hall.flat_out(seconds))
    return _report(lines)


def _report(lines: list[Line]) -> Report:
    report = Report("events", f"Live events to {SOCKETS} agents' sockets (events)")
    heads = (
        "events", "events/s", "messages/s", "to one: p50 ms", "p99", "to the last: p50 ms", "p99",
        "service CPU ms/event",
    )  # fmt: skip
    report.tables.append(table(heads, [line.row() for line in lines]))
    report.notes.append(
        f"From before the script is sent to Redis until the message is read from the socket. The "
        f"{SOCKETS} listeners are one process on the same machine, and part of every figure."
    )
    report.notes += [f"{x.what}: {x.lost} messages never came" for x in lines if x.lost]
    report.figures = {
        "sockets": SOCKETS,
        "lines": [
            {
                "what": x.what,
                "events": x.events,
                "events_per_second": known(x.per_second),
                "to_one_ms": x.each.as_json(),
                "to_the_last_ms": x.last.as_json(),
                "service_cpu_ms_per_event": known(x.service_ms),
                "lost": x.lost,
            }
            for x in lines
        ],
    }
    return report


@asynccontextmanager
async def _hall() -> AsyncIterator[Hall]:
    async with AsyncExitStack() as stage:
        folder = stage.enter_context(scratch_folder())
        stack = Stack(folder)
        staff = await people.hire(stack, [f"agent{n:03}" for n in range(SOCKETS)])
        await stage.enter_async_context(running(stack))
        redis = connect(stack.endpoints["redis"]["url"])
        stage.push_async_callback(redis.aclose)
        acd = Distributor(redis, Rules(), lambda: time.time_ns() // 1_000_000)
        await acd.load()
        arrival = Arrival(CONVERSATION, Channel.CHAT, Customer(name="Bench"), acd.now())
        await acd.enqueue(QueueRequest(CONVERSATION, (staff.skill,), arrival=arrival))
        crowd = Crowd()
        for agent in staff.agents:
            socket = await WebSocket.connect(
                stack.http, "/api/v1/events", agent.cookie, crowd.listener()
            )
            stage.callback(socket.close)
        yield Hall(stack, acd, crowd)
