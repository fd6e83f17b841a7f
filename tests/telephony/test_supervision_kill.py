"""The service dies while a supervisor listens: the next one finds it, and leaves no ear behind."""

import asyncio

import pytest

from tests.support.consults import on_a_call, press
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow
LONG = 30.0


async def test_who_listens_goes_on_after_the_service_died(own_world: World) -> None:
    # given a supervisor who whispers
    world = own_world
    ana, caller, talk = await on_a_call(world)
    sam = await world.at_work("sam")
    await press(sam, talk, "whisper")
    await eventually(lambda: ana.line.hears_among(sam.line.hz), within=LONG)

    # when the service is killed and comes back
    world.stack.kill9("service")
    await asyncio.to_thread(world.stack.restart)

    # then it is as it was, with no second ear
    await eventually(lambda: ana.line.hears_among(sam.line.hz), within=LONG)
    await eventually(lambda: sam.line.hears_among(caller.hz), within=LONG)

    async def ears_and_mouths() -> bool:
        channels = await world.behind.channels()
        told = [c["dialplan"]["app_data"] for c in channels if c["id"].startswith("snoop-")]
        ways = sorted(",".join(each.split(",")[3:5]) for each in told)
        return ways == ["both,none", "in,none", "none,out"]  # the call, his own voice, her ear

    await eventually(ears_and_mouths, within=LONG, every=0.1)

    # when he stops, then nothing of it is left
    await sam.delete(f"conversations/{talk}/whisper")

    async def nothing() -> bool:
        channels = await world.behind.channels()
        rooms = await world.behind.ari("GET", "bridges")
        voices = [room for room in rooms if room["name"].startswith("talk-voice-")]
        return not voices and not any(str(c["id"]).startswith("snoop-") for c in channels)

    await eventually(nothing, within=LONG, every=0.1)
    await world.hear_each_other(ana, caller, within=LONG)
