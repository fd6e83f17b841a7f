"""Runs the benchmarks one after the other, and takes everything down again in any case."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bench import acd, events, messages, start, voice
from app.bench.report import FOLDER, Report, Say
from app.config import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """One benchmark; `seconds` is how long each of its measurements lasts unless told."""

    run: Callable[[Say, float], Awaitable[Report]]
    seconds: float
    about: str


PARTS = {
    "start": Part(start.run, 3, "seconds until the service is ready, cold and warm"),
    "acd": Part(acd.run, 5, "the distributor alone: claims per second"),
    "events": Part(events.run, 5, "fan-out to 500 agents' sockets"),
    "messages": Part(messages.run, 5, "chats of 2,000 customers with 500 agents, stored"),
    "voice": Part(voice.run, 12, "app_queue, app_agent_pool and Ringdesk under the same calls"),
}


async def run(parts: Sequence[str], seconds: float | None, say: Say, folder: Path = FOLDER) -> int:
    """Measure these parts, all when none is named; a figure never fails, a part that cannot run
    is said and passed over (exit status 1).
    """
    this = asyncio.current_task()
    if this is not None:  # Ctrl+C raises by itself; a SIGTERM must take the servers down too
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # each private database is migrated
    failed = False
    for name in parts or PARTS:
        part = PARTS[name]
        try:
            report = await part.run(say, seconds or part.seconds)
        except Refusal as error:
            say(f"{name}: {error}")
            failed = True
            continue
        report.print(say)
        say(f"- figures: {report.write(folder)}")
    return int(failed)
