"""Applies what fell due: offers that nobody answered, rejoin times, wrap-up limits."""

import asyncio
import logging

from redis.exceptions import RedisError

from app.acd import Distributor, EpochLost
from app.desk.dispatch import Dispatch
from app.desk.routing_runner import RoutingRunner

log = logging.getLogger("ringdesk.deadlines")

TICK_SECONDS = 0.1
"""The most that a deadline is late. Any number of processes may run this: each fires once."""


async def run(distributor: Distributor, dispatch: Dispatch, routing: RoutingRunner) -> None:
    """Look for ever; waits for Redis while it is away."""
    while True:
        try:
            result = await distributor.due()
            await dispatch.act(result)
            await routing.due(result.conversations.values())
            if result.events:
                continue
        except (RedisError, EpochLost, OSError) as error:
            log.warning("deadlines wait for Redis (%s)", type(error).__name__)
        await asyncio.sleep(TICK_SECONDS)
