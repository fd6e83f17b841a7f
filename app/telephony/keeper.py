"""Runs a look at each key that was touched: one at a time per key, keys side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from app.telephony.ari_errors import AriError

log = logging.getLogger("ringdesk.telephony")

RETRY_FIRST_SECONDS = 0.05
RETRY_LIMIT_SECONDS = 2.0
LOUD_FAILURES = 4
"""Failures in a row of one key until one of them is logged as a warning."""


class Keeper:
    """Calls `look(key)` after each `touch(key)`, never twice at once for the same key.

    `look` compares what should be with what is and does what is missing; it returns seconds
    until the next look, or None until the next touch. An AriError is retried with back-off.
    While `ready()` is false touches are passed over: whoever makes it true touches everything.
    """

    def __init__(
        self,
        look: Callable[[str], Awaitable[float | None]],
        ready: Callable[[], bool],
    ) -> None:
        self._look = look
        self._ready = ready
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._failures: dict[str, int] = {}

    def touch(self, key: str) -> None:
        """Look at this key soon; if a look is under way, once more after it."""
        if not self._ready():
            return
        if key in self._running:
            self._again.add(key)
            return
        self._forget_timer(key)
        self._running[key] = asyncio.create_task(self._run(key))

    def touch_all(self, keys: Iterable[str]) -> None:
        """Look at each of these."""
        for key in tuple(keys):
            self.touch(key)

    async def close(self) -> None:
        """End all looks."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        tasks = tuple(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: str) -> None:
        later: float | None = None
        try:
            while True:
                self._again.discard(key)
                later = await self._look_safely(key)
                if key not in self._again or not self._ready():
                    break
        finally:
            self._again.discard(key)
            del self._running[key]
        if later is not None and self._ready():
            loop = asyncio.get_running_loop()
            self._timers[key] = loop.call_later(later, self._due, key)

    async def _look_safely(self, key: str) -> float | None:
        try:
            later = await self._look(key)
        except AriError as error:
            failures = self._failures[key] = self._failures.get(key, 0) + 1
            # A refusal or two is how races look; more of them is a fault that somebody must see.
            level = logging.WARNING if failures == LOUD_FAILURES else logging.DEBUG
            log.log(level, "%s: %s; looking again", key, error)
            return float(min(RETRY_FIRST_SECONDS * 2 ** min(failures, 10), RETRY_LIMIT_SECONDS))
        except Exception:
            log.exception("%s: a fault of ours; looking again", key)
            return RETRY_LIMIT_SECONDS
        self._failures.pop(key, None)
        return later

    def _due(self, key: str) -> None:
        self._timers.pop(key, None)
        self.touch(key)

    def _forget_timer(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
