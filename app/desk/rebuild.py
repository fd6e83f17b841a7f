"""Fills the live queue after a first start, or after Redis lost everything.

People and open conversations come from SQL; calls, legs and talks come back from Asterisk, which
is compared again. What is really lost: standing offers, recent exclusions, the exact idle order.
While there is no epoch nothing is routed, and facts wait.
"""

import asyncio
import logging
import secrets

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor, Lease
from app.desk.availability import Availability
from app.desk.dispatch import Dispatch
from app.desk.reconcile import Reconcile
from app.domain.conversation import Conversation
from app.records import Records
from app.telephony import Telephony

log = logging.getLogger("ringdesk.rebuild")

LOOK_SECONDS = 0.25
SIDE_BY_SIDE = 32


class Rebuild:
    """Sees that there is an epoch; one process rebuilds, the others follow."""

    def __init__(
        self,
        distributor: Distributor,
        dispatch: Dispatch,
        availability: Availability,
        records: Records,
        reconcile: Reconcile,
        telephony: Telephony,
        lease: Lease,
    ) -> None:
        self._distributor = distributor
        self._dispatch = dispatch
        self._availability = availability
        self._records = records
        self._reconcile = reconcile
        self._telephony = telephony
        self._lease = lease
        self._epoch: str | None = None

    async def start(self) -> None:
        """Before anything else: an epoch, and everybody who works here."""
        if not await self._rebuilt():
            await self._availability.refresh(everybody=True)
        await self._follow()

    async def run(self) -> None:
        """Watch for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self._rebuilt():
                    await self._telephony.reconcile()
                await self._follow()
            except (RedisError, SQLAlchemyError, OSError) as error:
                log.debug("cannot look after the epoch (%s)", type(error).__name__)

    async def _rebuilt(self) -> bool:
        """Begin an epoch and fill it, where there is none and nobody else does."""
        if await self._distributor.epoch() is not None or not await self._lease.hold():
            return False
        await self._distributor.load()
        if not await self._distributor.begin_epoch(secrets.token_hex(4)):
            return False
        self._reconcile.adopt_next()
        await self._availability.refresh(everybody=True)
        count = await self._restore(await self._records.archive.open())
        if count:
            log.error("the live queue was lost: %d open conversations restored from SQL", count)
        await self._lease.release()
        return True

    async def _restore(self, conversations: list[Conversation]) -> int:
        for start in range(0, len(conversations), SIDE_BY_SIDE):
            batch = conversations[start : start + SIDE_BY_SIDE]
            await asyncio.gather(*(self._restore_one(each) for each in batch))
        return len(conversations)

    async def _restore_one(self, conversation: Conversation) -> None:
        await self._dispatch.act(await self._distributor.restore(conversation))

    async def _follow(self) -> None:
        epoch = await self._distributor.epoch()
        if epoch is not None and epoch != self._epoch:
            self._epoch = epoch
            await self._dispatch.begin_epoch()
