"""Tells telephony each waiting caller's place, for the announcements."""

import asyncio
import logging

from redis.exceptions import RedisError

from app.acd import Distributor, EpochLost
from app.desk.effects import Effects
from app.desk.voice_picture import VoicePicture

log = logging.getLogger("ringdesk.positions")

TICK_SECONDS = 2.0


async def run(distributor: Distributor, effects: Effects, picture: VoicePicture) -> None:
    """Look for ever."""
    while True:
        try:
            await refresh(distributor, effects, picture)
        except (RedisError, EpochLost, OSError) as error:
            log.debug("places wait for Redis (%s)", type(error).__name__)
        await asyncio.sleep(TICK_SECONDS)


async def refresh(distributor: Distributor, effects: Effects, picture: VoicePicture) -> None:
    """Read every waiting caller's place once, and show it."""
    waiting = [c.id for c in picture.waiting()]
    if waiting:
        await effects.show_positions(await distributor.positions(waiting))
