"""kill -9 of the service in the middle of fast messages: none that was acknowledged is lost, none
is there twice, and each customer's are in their order."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.support.chat import Chatter
from tests.support.polling import eventually
from tests.support.stack import Stack

pytestmark = pytest.mark.slow

CUSTOMERS = 20
EACH = 25
EVERY_SECONDS = 0.1
"""Of each customer: together 200 a second."""
PATIENCE = 60.0


async def shows_all(chatter: Chatter) -> None:
    """Wait until every word is on the customer's page."""
    await eventually(lambda: len(chatter.messages) >= EACH, within=PATIENCE)


@pytest.mark.timeout(300)
async def test_a_killed_service_loses_and_doubles_no_message(own_stack: Stack) -> None:
    async with AsyncExitStack() as stay:
        chatters = [Chatter(own_stack.url) for _ in range(CUSTOMERS)]
        for each in chatters:
            await stay.enter_async_context(each)

        # given customers who write two hundred messages a second
        async def talk(chatter: Chatter) -> None:
            for n in range(EACH):
                await chatter.say(f"m{n}", f"word {n}")
                await asyncio.sleep(EVERY_SECONDS)

        talks = [asyncio.create_task(talk(each)) for each in chatters]
        await eventually(lambda: sum(len(c.acked) for c in chatters) > 150, within=PATIENCE)

        # when the service is killed in the middle of it, and started again
        await asyncio.to_thread(lambda: (own_stack.kill9("service"), own_stack.restart()))
        before = {c: dict(c.acked) for c in chatters}
        await asyncio.gather(*talks)
        await eventually(lambda: all(not c.unacked for c in chatters), within=PATIENCE)

        # then everybody's page has every word once, in order, those acknowledged before too
        for chatter in chatters:
            await shows_all(chatter)
            assert chatter.seqs == list(range(1, EACH + 1))
            assert chatter.texts == [f"word {n}" for n in range(EACH)]
            assert all(chatter.acked[m] == seq for m, seq in before[chatter].items())

        # and so it is stored, for whoever comes back
        for chatter in chatters[:3]:
            again = Chatter(own_stack.url)
            again.token = chatter.token
            async with again:
                assert again.texts == chatter.texts
                assert again.seqs == chatter.seqs
