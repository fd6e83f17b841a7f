"""Wait until something is true, with a limit: tests have no sleeps of their own."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    probe: Callable[[], T | Awaitable[T]], within: float = 5.0, every: float = 0.02
) -> T:
    """Return the first truthy answer of `probe`; raise AssertionError after `within` seconds."""
    end = time.monotonic() + within
    while True:
        answer = probe()
        value: T = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not true within {within} s (last answer: {value!r})")
        await asyncio.sleep(every)
