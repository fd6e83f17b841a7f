"""The tests' own phones, and extension 300, which says whether a phone's audio is in order."""

import asyncio
import time

from tests.support.polling import eventually
from tests.support.world import World


async def test_a_caller_of_300_hears_themselves(world: World) -> None:
    # when
    caller = await world.call("300")

    # then
    await eventually(lambda: caller.line.hears(caller.hz))
    assert not caller.line.hears(world.tone())

    # and the sound has no gaps
    since = time.monotonic()
    await eventually(lambda: len(caller.line.heard.frames(since)) >= 50)
    assert caller.line.missing(caller.hz, since) < 0.1


async def test_an_unknown_number_is_refused(world: World) -> None:
    # when
    caller = await world.call("299")

    # then
    await caller.line.ended()
    assert "404" in caller.line.close_reason


async def test_an_answer_that_is_there_before_the_call_is_known_counts(world: World) -> None:
    # given somebody who called before
    first = await world.call("300")
    await eventually(lambda: first.line.up)
    await first.line.hang_up()
    await first.line.ended()

    # when they call again, and nobody here has time until it was answered
    calling = asyncio.create_task(world.phones.call("300", first.hz, first.number))
    await asyncio.sleep(0)
    time.sleep(0.5)  # noqa: ASYNC251 - that is the point
    again = await calling

    # then their phone knows
    await eventually(lambda: again.up, within=3)
    await again.press("1")
    await again.hang_up()
    await again.ended()
