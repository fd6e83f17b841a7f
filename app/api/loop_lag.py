"""How late the event loop is: what holds it up holds everybody up, calls included."""

import asyncio
from collections.abc import Callable

EVERY_SECONDS = 0.05
"""Between two looks."""


async def watch_lag(note: Callable[[float], None]) -> None:
    """Tell, for ever, by how many seconds a timer came late."""
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + EVERY_SECONDS
        await asyncio.sleep(EVERY_SECONDS)
        note(max(0.0, clock() - due))
