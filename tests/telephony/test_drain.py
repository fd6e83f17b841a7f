"""SIGTERM of a service whose Redis and Asterisk are not its own, as for an update: it takes no new
work, what goes on goes on, and the next process has all of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import kept
from tests.drill.stack import DrillStack
from tests.support.chat import Chatter
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.test_kill import BusyMoment

pytestmark = pytest.mark.slow

GONE_SECONDS = 20.0
"""From SIGTERM until the process is gone, pages open and a machine busy."""
UNBROKEN = 0.5
"""Seconds of a talk that a busy machine may lose while a whole service ends and starts beside it;
a talk that was cut is silent for as long as that takes."""


@pytest.fixture
def configured_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DrillStack]:
    """A service with a Redis and an Asterisk by RINGDESK_REDIS_URL, ARI_URL and AMI_HOST."""
    folder = tmp_path_factory.mktemp("configured")
    yield from kept(DrillStack(folder, "sqlite", OFFER_SECONDS="120"))  # outlasts the restart


@pytest.fixture
async def configured_world(configured_stack: DrillStack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(configured_stack) as around:
        yield around
    assert "Traceback" not in configured_stack.said()


@pytest.mark.timeout(180)
async def test_a_drained_service_hands_everything_to_the_next_one(
    configured_world: World, configured_stack: DrillStack
) -> None:
    # given one who talks, one who is offered, one who waits, and one who writes a chat
    moment = await BusyMoment.of(configured_world)
    async with Chatter(configured_stack.url) as chatter:
        await chatter.says("m1", "before")
        servers = {name: configured_stack.pid(name) for name in ("redis", "asterisk")}

        # when the service is told to end
        told = time.monotonic()
        code = await asyncio.to_thread(configured_stack.drain, GONE_SECONDS)

        # then it is gone by itself, in order, and Redis and Asterisk are not
        assert code == 0
        assert {name: configured_stack.pid(name) for name in servers} == servers

        # and it took no new work: who calls now waits with music, what is written waits as well
        later = await configured_world.call("200")
        await eventually(later.line.hears_something)
        await chatter.say("m2", "meanwhile")

        # and everything stands when the next process is up, which takes both
        await asyncio.to_thread(configured_stack.restart)
        await moment.stands(told, UNBROKEN)
        arrived = await configured_world.conversation(later, "queued")
        assert arrived["queued_at"] > moment.before[moment.waiting.number]["queued_at"]
        await eventually(lambda: "m2" in chatter.acked)
        assert chatter.texts.count("before") == 1
        await chatter.send({"type": "end"})
        await eventually(lambda: chatter.state == "ended")

    # and goes on to its end
    await moment.goes_on(later)
