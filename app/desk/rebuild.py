"""Begins an epoch: after a first start, or after Redis lost everything.

People come from SQL; calls come back from Asterisk, whose channels carry what is needed as
variables, when telephony reconciles.
"""

import asyncio
import logging
import secrets

from redis.exceptions import RedisError

from app.acd import Distributor
from app.desk.availability import Availability
from app.desk.dispatch import Dispatch
from app.telephony import Telephony

log = logging.getLogger("ringdesk.rebuild")

LOOK_SECONDS = 1.0


class Rebuild:
    """Sees that there is an epoch; one process begins it, the others follow."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        availability: Availability,
        telephony: Telephony,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._availability = availability
        self._telephony = telephony

    async def ensure_epoch(self) -> bool:
        """Begin an epoch where there is none; return whether this was needed."""
        begun = False
        if await self._distributor.epoch() is None:
            begun = await self._distributor.begin_epoch(secrets.token_hex(4))
        await self._dispatch.begin_epoch()
        return begun

    async def run(self) -> None:
        """Watch for ever; a lost epoch is begun anew and filled again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self.ensure_epoch():
                    log.error("Redis lost the live queue: rebuilding it")
                    await self._distributor.load()
                    await self._availability.refresh(everybody=True)
                    await self._telephony.reconcile()
            except (RedisError, OSError) as error:
                log.debug("no answer from Redis (%s)", type(error).__name__)
