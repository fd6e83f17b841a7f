"""Which parts answer, each by name."""

import asyncio

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.acd import Distributor
from app.records import Records
from app.telephony import Telephony

LIMIT_SECONDS = 2.0
"""A part that has not answered by then counts as down."""


class Health:
    """Asks Redis, the database, ARI and AMI."""

    def __init__(self, distributor: Distributor, records: Records, telephony: Telephony) -> None:
        self._distributor = distributor
        self._records = records
        self._telephony = telephony

    async def check(self) -> dict[str, bool]:
        """Each part's name, and whether it answers."""
        redis, database = await asyncio.gather(self._redis(), self._database())
        links = self._telephony.status()
        return {"redis": redis, "database": database, "ari": links.ari, "ami": links.ami}

    async def _redis(self) -> bool:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                return await self._distributor.epoch() is not None
        except (RedisError, OSError):
            return False

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                await self._records.ping()
                return True
        except (SQLAlchemyError, OSError):
            return False
