"""Tells telephony each waiting caller's place, for the announcements."""

import asyncio
import logging

from redis.exceptions import RedisError

from app.acd import Distributor, EpochLost
from app.desk.effects import Effects
from app.domain.conversation import Channel, State

log = logging.getLogger("ringdesk.positions")

TICK_SECONDS = 2.0


async def run(distributor: Distributor, effects: Effects) -> None:
    """Look for ever."""
    while True:
        try:
            await refresh(distributor, effects)
        except (RedisError, EpochLost, OSError) as error:
            log.debug("places wait for Redis (%s)", type(error).__name__)
        await asyncio.sleep(TICK_SECONDS)


async def refresh(distributor: Distributor, effects: Effects) -> None:
    """Read every waiting caller's place once, and show it."""
    waiting = [
        c
        for c in await distributor.conversations()
        if c.channel is Channel.VOICE and c.state is State.QUEUED
    ]
    if not waiting:
        return
    places = await distributor.positions([c.id for c in waiting])
    for conversation in waiting:
        if place := places.get(conversation.id):
            await effects.show_position(conversation, place)
