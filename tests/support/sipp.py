"""Many callers at once, with SIPp (Debian's package sip-tester)."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from tests.support.ports import free_port


async def rush(
    asterisk: str, to: str, calls: int, per_second: int, stay_ms: int, folder: Path
) -> str:
    """So many customers call, stay for a while and hang up; what went wrong, empty when nothing.

    The scenario is SIPp's own `uac`: INVITE, 200, ACK, a pause, BYE, without media. The caller's
    number is "sipp".
    """
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-sn", "uac", asterisk, "-s", to, "-i", "127.0.0.1"),
        *("-p", str(free_port()), "-mp", str(free_port())),
        *("-m", str(calls), "-r", str(per_second), "-d", str(stay_ms), "-l", str(calls)),
        *("-nostdin", "-timeout", "60", "-timeout_error"),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        cwd=folder,
    )
    try:
        _, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return f"sipp ended with {process.returncode}: {errors.decode()}" if process.returncode else ""
