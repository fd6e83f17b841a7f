"""What to do with a fact from Asterisk, and what to do while Redis is away.

Telephony tells the facts of one call or one leg one after the other; a fact that cannot be
settled because Redis is away waits here, and those behind it with it. None is lost but by the
death of the process, after which reconcile finds them again.
"""

import asyncio
import logging

from redis.exceptions import RedisError

from app.acd import EpochLost
from app.desk.calls import Calls
from app.desk.guesses import Guesses
from app.desk.reconcile import Reconcile
from app.logs import about
from app.telephony import (
    AddressShutOut,
    AsteriskRestarted,
    Fact,
    LinkChanged,
    Reconciled,
    SecurityAlert,
)

log = logging.getLogger("ringdesk.facts")

RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5)
"""The last one repeats."""


class Facts:
    """Takes facts from telephony to the use case that they concern."""

    def __init__(self, calls: Calls, reconcile: Reconcile, guesses: Guesses) -> None:
        self._calls = calls
        self._guesses = guesses
        self._reconcile = reconcile
        self.open = asyncio.Event()
        """Cleared while the live queue is being rebuilt: facts wait for its end."""
        self.open.set()

    async def take(self, fact: Fact) -> None:
        """Settle one fact; returns once that is done."""
        ids = {name: getattr(fact, f"{name}_id", None) for name in ("conversation", "agent")}
        with self._calls.settling(fact), about(call=getattr(fact, "channel_id", None), **ids):
            await self._take(fact)

    async def _take(self, fact: Fact) -> None:
        tries = 0
        while True:
            await self.open.wait()
            try:
                return await self._settle(fact)
            except (RedisError, EpochLost, OSError) as error:
                pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]
                log.warning("%s waits for Redis (%s)", type(fact).__name__, type(error).__name__)
                tries += 1
                await asyncio.sleep(pause)

    async def _settle(self, fact: Fact) -> None:
        match fact:
            case LinkChanged():
                log.info("the %s link is %s", fact.name, "up" if fact.up else "down")
            case SecurityAlert():
                await self._guesses.refused(fact)
            case AddressShutOut():
                await self._guesses.shut_out(fact)
            case Reconciled():
                await self._reconcile.handle(fact)
            case AsteriskRestarted():
                await self._reconcile.restarted(fact)
            case _:
                await self._calls.handle(fact)
