"""What waiting callers are told: in their language, by admins' recordings; and how true it was."""

import asyncio
import re
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import kept
from tests.support.polling import eventually
from tests.support.sound import tone
from tests.support.stack import Stack
from tests.support.world import World

pytestmark = pytest.mark.slow

HZ = {
    "queue-youarenext": 1100,
    "queue-holdtime": 1500,
    "digits/3": 1900,
    "queue-minutes": 2300,
    "queue-thankyou": 2700,
}
"""Recordings of a language that Asterisk does not have, each a tone."""


def record(folder: Path) -> None:
    for name, hz in HZ.items():
        file = folder / "eo" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(tone(hz, 0, 4000))


@pytest.fixture
def speaking_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("speaking")
    record(folder / "recordings")
    settings = {"LANGUAGE": "eo", "SOUNDS_DIR": str(folder / "recordings")}
    yield from kept(Stack(folder, **settings))


@pytest.fixture
async def speaking_world(speaking_stack: Stack) -> AsyncIterator[World]:
    async with World(speaking_stack) as around:
        yield around
    assert "Traceback" not in speaking_stack.said()


async def test_place_and_wait_in_the_callers_language_and_their_error_in_the_metrics(
    speaking_world: World,
) -> None:
    # given an agent in a talk, and a second caller
    world = speaking_world
    ana = await world.at_work("ana")
    first = await world.call("200", hz=600)
    talk = await world.talking(ana, first)
    second = await world.call("200", hz=700)
    waiting = await world.conversation(second, "queued")

    # then they hear that they are next, and that it takes about three minutes, in this order
    began = second.line.began_at

    def heard() -> list[float] | None:
        found = [second.line.first_heard(hz, began) for hz in HZ.values()]
        times = [at for at in found if at is not None]
        return times if len(times) == len(HZ) else None

    times = await eventually(heard, within=20)
    assert times == sorted(times)

    # when the service is killed, and they are taken at once
    await asyncio.to_thread(lambda: (world.stack.kill9("service"), world.stack.restart()))
    await first.line.hang_up()
    await world.conversation(first, "wrap_up")
    await ana.wrap_up(talk)
    await ana.offered(waiting["id"])
    await ana.accept(waiting["id"])
    await world.hear_each_other(ana, second)

    # then what they were told was too long by less than three minutes, and it is counted
    assert await eventually(lambda: _errors(world, "2-5"), within=10) == (0, 1, 1)


async def _errors(world: World, told: str) -> tuple[int, int, int] | None:
    """Of the waits that were told so and have ended: those too long by more than 300 s, those too
    long at all, and all of them."""
    async with aiohttp.ClientSession() as http, http.get(f"{world.stack.url}/metrics") as answer:
        text = await answer.text()
    name = "ringdesk_wait_estimate_error_seconds_bucket"
    buckets = dict(re.findall(rf'^{name}{{le="(\S+)",told="{told}"}} (\S+)$', text, re.MULTILINE))
    if not float(buckets.get("+Inf", 0)):
        return None
    early, late, every = (int(float(buckets[end])) for end in ("-300.0", "0.0", "+Inf"))
    return early, late, every
