"""Wait until something is true, with a limit: tests have no sleeps of their own."""

import asyncio
import inspect
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    probe: Callable[[], Awaitable[T | None]], within: float = 15.0, every: float = 0.02
) -> T: ...


@overload
async def eventually(
    probe: Callable[[], T | None], within: float = 15.0, every: float = 0.02
) -> T: ...


async def eventually(probe: Callable[[], Any], within: float = 15.0, every: float = 0.02) -> Any:
    """Return the first truthy answer of `probe`; raise AssertionError after `within` seconds."""
    end = time.monotonic() + within
    while True:
        answer = probe()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not true within {within} s: {_asked()} (last answer: {value!r})")
        await asyncio.sleep(every)


def _asked() -> str:
    """Who waits: the test's own lines, the nearest first; a summary shows no more than this."""
    lines: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(lines) < 3:
        file = Path(frame.f_code.co_filename)
        if "tests" in file.parts:
            lines.append(f"{file.name}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(lines)
