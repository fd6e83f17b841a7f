"""Asterisk's own app_queue and app_agent_pool and Ringdesk in turn, on one Asterisk, under the same
load.

Customers and agents' phones are SIPp; times are Asterisk's own, from AMI time stamps, so that
both are measured by the same clock.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from app.bench import call_times, dialplan, people
from app.bench.agent_pool import AgentPool
from app.bench.ami_tape import Tape, tape
from app.bench.call_times import Tale
from app.bench.desk_agents import Desk
from app.bench.dialplan import TALK_SECONDS
from app.bench.figures import MS, Spread, known, table
from app.bench.processor import CpuMeter
from app.bench.report import Report, Say
from app.bench.sipp import ANSWER_AND_HANG_UP, ANSWER_AND_STAY, CALLERS, require, sipp
from app.bench.stack import Stack, free_port, running, scratch_folder

AGENTS = 100
RATES = (10, 20, 30, 40)
EXTRA_RATE = 20
"""Calls per second of the lines that change one thing."""
DRAIN_SECONDS = 45.0
"""After the last call came in: more is a fault, and said."""
RTP_PORTS = "12000-15999"
QUEUE_SIDE, POOL_SIDE, DESK_SIDE = "app_queue", "app_agent_pool", "Ringdesk"
RUNG_SIDE = "Ringdesk, phones rung"


@dataclass(slots=True)
class Run:
    """One line of the table; milliseconds."""

    side: str
    rate: int
    calls: int
    talked: int
    ring: Spread
    talk: Spread
    idle: Spread
    cpu_ms: dict[str, float]
    """By process, for each call."""
    faults: list[str]

    def row(self) -> tuple[str | int | float, ...]:
        """As it is printed."""
        ours = [self.cpu_ms[name] for name in ("asterisk", "service", "redis")]
        return (
            self.side, self.rate, self.talked, self.ring.p50, self.ring.p99,
            self.talk.p50, self.talk.p99, self.idle.p50, self.idle.p99, *ours, sum(ours),
        )  # fmt: skip


@dataclass(slots=True)
class Lab:
    """What all runs share."""

    stack: Stack
    desk: Desk
    pool: AgentPool
    recorder: Tape
    folder: Path
    seconds: float

    async def run(self, side: str, to: str, rate: int) -> Run:
        """Call so often, to one number, until all are over."""
        self.recorder.rewind()
        self.desk.forget()
        calls = max(round(rate * self.seconds), 1)
        pids = {name: self.stack.pid(name) for name in ("asterisk", "service", "redis")}
        meter = CpuMeter.of({**pids, "bench": os.getpid()})
        late = await self._call(to, rate, calls)
        await self.desk.idle()
        cpu = {name: used * MS / calls for name, used in meter.used().items()}
        tale = call_times.read(self.recorder.events())
        if to == dialplan.TO_POOL or (to == dialplan.TO_RINGDESK and not self.desk.rung):
            for call in tale.calls.values():  # no phone rings; a page of ours does
                call.rang = self.desk.rang.get(call.number)
        faults = [f"{tale.missed} never talked"] if tale.missed else []
        cut = sum(turn.ended - turn.began < TALK_SECONDS * 0.9 for turn in tale.turns)
        if cut or len(tale.turns) < calls:
            faults.append(f"{calls - len(tale.turns) + cut} talks were cut short or not ended")
        faults += ["SIPp did not come to an end"] if late else []
        if self.desk.refused:
            faults.append(f"{len(self.desk.refused)} refused, first {self.desk.refused[0]}")
        return _line(side, rate, calls, tale, cpu, faults)

    async def _call(self, to: str, rate: int, calls: int) -> bool:
        """True when the callers had to be stopped."""
        words = ("-s", to, "-r", str(rate), "-m", str(calls), "-l", str(calls))
        async with sipp(self.folder, (*CALLERS, self.stack.sip), *words) as callers:
            try:
                async with asyncio.timeout(self.seconds + DRAIN_SECONDS):
                    await callers.wait()
            except TimeoutError:
                return True
        return False


async def run(say: Say, seconds: float, rates: tuple[int, ...] = RATES) -> Report:
    """Both sides at each rate, so many seconds each. Raises Refusal without SIPp."""
    require()
    found: list[Run] = []

    async def measure(lab: Lab, side: str, to: str, rate: int) -> None:
        say(f"voice: {side}, {rate} calls/s …")
        found.append(await lab.run(side, to, rate))
        for fault in found[-1].faults:
            say(f"voice: {fault}")

    async def measure_pool(lab: Lab, rate: int) -> None:
        await lab.pool.log_in()
        await measure(lab, POOL_SIDE, dialplan.TO_POOL, rate)
        await lab.pool.log_out()

    say(f"voice: starting a private Ringdesk with app_queue and {AGENTS} agents …")
    async with _lab(seconds) as lab:
        for to in (dialplan.TO_QUEUE, dialplan.TO_RINGDESK):  # warm
            await lab._call(to, 10, 20)
            await lab.desk.idle()
        for rate in rates:
            await measure(lab, QUEUE_SIDE, dialplan.TO_QUEUE, rate)
            await measure_pool(lab, rate)
            await measure(lab, DESK_SIDE, dialplan.TO_RINGDESK, rate)
        lab.desk.accept_when_ringing = True
        await measure(lab, f"{DESK_SIDE}, accept at the ring", dialplan.TO_RINGDESK, EXTRA_RATE)
        lab.desk.accept_when_ringing = False
        await lab.desk.open_pages()
        side = f"{DESK_SIDE}, {AGENTS} Inboxes open"
        await measure(lab, side, dialplan.TO_RINGDESK, EXTRA_RATE)
        lab.desk.close_pages()
        await lab.desk.ring_per_call()
        for rate in rates:
            await measure(lab, RUNG_SIDE, dialplan.TO_RINGDESK, rate)
    return _report(found)


def _report(found: list[Run]) -> Report:
    report = Report(
        "voice", "Calls: app_queue, app_agent_pool and Ringdesk on one Asterisk (voice)"
    )
    heads = (
        "", "calls/s", "talked", "rings p50", "p99", "talks p50", "p99", "idle p50", "p99",
        "CPU: Asterisk", "service", "Redis", "all",
    )  # fmt: skip
    report.tables.append(table(heads, [line.row() for line in found]))
    report.notes += [
        "Milliseconds, from the caller entering Queue() or ringdesk-queue to the agent's phone "
        "ringing and to the second of the two in their bridge; CPU is milliseconds for each call.",
        f"{AGENTS} agents with one skill, talks of {TALK_SECONDS:g} s, µ-law, no sound sent by "
        "SIPp. app_queue: leastrecent, retry 1, phones rung per call. app_agent_pool: the same "
        "queue with Local channels to agents whose phones stay on the line, with music as long as "
        "no caller comes, no beep, no key: no phone rings. Ringdesk: persistent legs over the "
        "trunk; accepted over the HTTP API as soon as the offer shows on a socket, ended and "
        f"wrapped up the same way. {RUNG_SIDE}: a call over the trunk to the agent's phone for "
        "each customer, answered at once, which accepts; ended and wrapped up over the API.",
        "With persistent legs Ringdesk's ring is when a watching page learns of it; one who "
        "accepts first hears none. Where phones are rung it is Asterisk's, as for app_queue.",
        "idle: from an agent's talk to their next one while callers waited; for Ringdesk it "
        "contains the API's end, wrap-up and accept. At 40 calls/s more come than agents can take.",
    ]
    report.notes += [
        f"{line.side}, {line.rate} calls/s: {x}" for line in found for x in line.faults
    ]
    report.figures = {"agents": AGENTS, "talk_seconds": TALK_SECONDS}
    report.figures["lines"] = [_as_json(line) for line in found]
    return report


def _line(
    side: str, rate: int, calls: int, tale: Tale, cpu: dict[str, float], faults: list[str]
) -> Run:
    told = tale.calls.values()
    return Run(
        side=side,
        rate=rate,
        calls=calls,
        talked=len(told) - tale.missed,
        ring=Spread.of((c.rang - c.entered) * MS for c in told if c.rang is not None),
        talk=Spread.of((c.talked - c.entered) * MS for c in told if c.talked is not None),
        idle=Spread.of(seconds * MS for seconds in tale.idle()),
        cpu_ms=cpu,
        faults=faults,
    )


def _as_json(line: Run) -> dict[str, Any]:
    return {
        "side": line.side,
        "calls_per_second": line.rate,
        "calls": line.calls,
        "talked": line.talked,
        "ring_ms": line.ring.as_json(),
        "talk_ms": line.talk.as_json(),
        "idle_ms": line.idle.as_json(),
        "cpu_ms_per_call": {name: known(value) for name, value in line.cpu_ms.items()},
        "faults": line.faults,
    }


@asynccontextmanager
async def _lab(seconds: float) -> AsyncIterator[Lab]:
    async with AsyncExitStack() as stage:
        folder = stage.enter_context(scratch_folder())
        trunk, phones = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        stack = Stack(
            folder / "state",
            TRUNK=f"sip:127.0.0.1:{trunk}",
            TRUNK_CODECS="ulaw",
            RTP_PORTS=RTP_PORTS,
            ASTERISK_MODULES="app_queue,func_timeout",
            DIALPLAN_DIR=str(dialplan.write_dialplan(folder)),
        )
        enter = stage.enter_async_context
        staff = await people.hire(stack, [str(1001 + n) for n in range(AGENTS)])
        await enter(sipp(folder, ANSWER_AND_STAY, port=trunk))
        talk = ("-d", str(round(TALK_SECONDS * MS)))
        await enter(sipp(folder, ANSWER_AND_HANG_UP, *talk, port=phones))
        await enter(running(stack))
        recorder = await enter(tape(stack.endpoints["ami"]))
        told = stack.endpoints["ari"]
        auth = {"Authorization": aiohttp.encode_basic_auth(told["user"], told["password"])}
        ari = await enter(aiohttp.ClientSession(headers=auth, raise_for_status=True))
        pool = AgentPool(ari, told["url"].rstrip("/"), AGENTS)
        etc = stack.folder / "asterisk" / "etc"
        await pool.load(etc, recorder)
        names = await _phones_of_queue(ari, told["url"].rstrip("/"), phones)
        (etc / "queues.conf").write_text(dialplan.queues_conf(names, pool.names))
        await recorder.send(Action="Reload", Module="app_queue.so")
        desk = Desk(stack.http, staff, TALK_SECONDS)
        stage.push_async_callback(desk.close)
        await desk.open()
        yield Lab(stack, desk, pool, recorder, folder, seconds)


async def _phones_of_queue(ari: aiohttp.ClientSession, url: str, phones: int) -> list[str]:
    """app_queue's agents: an endpoint each, pushed like Ringdesk's own; their names."""
    names = [f"queue{n:03}" for n in range(AGENTS)]
    to = f"{url}/asterisk/config/dynamic/res_pjsip"
    for name in names:
        aor = {"contact": f"sip:{name}@127.0.0.1:{phones}"}
        await _push(ari, f"{to}/aor/{name}", aor)
        await _push(ari, f"{to}/endpoint/{name}", {**ENDPOINT, "aors": name})
    return names


ENDPOINT = {
    "context": "from-agents",
    "disallow": "all",
    "allow": "ulaw",
    "direct_media": "no",
    "media_address": "127.0.0.1",
    "bind_rtp_to_media_address": "yes",
}


async def _push(session: aiohttp.ClientSession, url: str, fields: dict[str, str]) -> None:
    told = [{"attribute": name, "value": value} for name, value in fields.items()]
    async with session.put(url, json={"fields": told}):
        pass
