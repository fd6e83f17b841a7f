"""Seconds until the service answers with all its parts: cold, warm, and after its death.

new       an empty state folder: database, Redis and Asterisk are made and started
again     the folder is there, nothing runs
adopted   the service was killed; Redis and Asterisk go on and are taken over
stop      SIGTERM until all of it is gone
"""

import time
from collections.abc import Awaitable, Callable

import aiohttp

from app.bench.figures import Spread, table
from app.bench.report import Report, Say
from app.bench.stack import Stack, scratch_folder
from app.config import Refusal

WORDS = {
    "new": "new state folder",
    "again": "again, nothing runs",
    "adopted": "after kill -9 of the service",
    "stop": "stop (SIGTERM)",
}


async def run(say: Say, seconds: float) -> Report:
    """Start and stop, so many times as there are seconds (three for 3)."""
    times: dict[str, list[float]] = {name: [] for name in WORDS}
    for n in range(max(round(seconds), 1)):
        say(f"start: round {n + 1} …")
        with scratch_folder() as folder:
            await _round(Stack(folder / "state"), times)
    report = Report("start", "Seconds until the service is ready (start)")
    spreads = {name: Spread.of(values) for name, values in times.items()}
    rows = [(WORDS[name], x.count, x.p50, x.largest) for name, x in spreads.items()]
    report.tables.append(table(("", "times", "median s", "slowest s"), rows))
    report.notes.append(
        "From the start of the process until /readyz answers 200: Redis, database, ARI and AMI. "
        "Packages and pages are there already (`make run` gets them the first time)."
    )
    report.figures["seconds"] = {name: spread.as_json() for name, spread in spreads.items()}
    return report


async def _round(stack: Stack, times: dict[str, list[float]]) -> None:
    try:
        times["new"].append(await _timed(stack, stack.start))
        await stack.kill()
        times["adopted"].append(await _timed(stack, stack.start))
        times["stop"].append(await stack.stop())
        times["again"].append(await _timed(stack, stack.start))
    finally:
        await stack.stop()


async def _timed(stack: Stack, start: Callable[[], Awaitable[object]]) -> float:
    began = time.monotonic()
    await start()
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
        session.get(f"http://{stack.http}/readyz") as answer,
    ):
        if answer.status != 200:
            raise Refusal(f"/readyz answers {answer.status} after the ready line")
    return time.monotonic() - began
