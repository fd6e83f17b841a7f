"""The tests' own phones, and extension 300, which says whether a phone's audio is in order."""

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
