"""SIPp (Debian's package sip-tester): customers, and phones of agents, as processes."""

import asyncio
import shutil
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from app.bench.stack import free_port
from app.config import Refusal

SCENARIOS = Path(__file__).parent / "scenarios"
CALLERS = ("-sf", str(SCENARIOS / "caller.xml"))
ANSWER_AND_HANG_UP = ("-sf", str(SCENARIOS / "agent.xml"))
"""The phone of an agent of app_queue; -d says how long it talks."""
ANSWER_AND_STAY = ("-sn", "uas")
"""The phone behind a persistent leg."""


def require() -> str:
    """The program. Raises Refusal where it is not installed."""
    found = shutil.which("sipp")
    if found is None:
        raise Refusal("the voice benchmark needs SIPp: install Debian's package sip-tester")
    return found


@asynccontextmanager
async def sipp(
    folder: Path, scenario: tuple[str, ...], *words: str, port: int | None = None
) -> AsyncIterator[Process]:
    """A running SIPp on loopback; killed afterwards if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(require(), *scenario, *words, "-i", "127.0.0.1", "-nostdin"),
        *("-p", str(port or free_port(socket.SOCK_DGRAM))),
        *("-mp", str(media_port())),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def media_port() -> int:
    """SIPp takes the next three as well."""
    first = free_port(socket.SOCK_DGRAM)
    for _ in range(3):
        free_port(socket.SOCK_DGRAM)
    return first
