"""A standing leg says whose call it is before it rings; the customer hears none of it."""

import time
import wave
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import running
from tests.support.polling import eventually
from tests.support.sound import RATE, tone
from tests.support.stack import Stack
from tests.support.world import World

pytestmark = pytest.mark.slow
WHISPER_HZ = 3050
"""Nobody else's; see World.tone."""
PATIENCE = 30.0


@pytest.fixture(scope="module")
def whispering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack where an admin recorded a skill's name: a tone of twenty seconds."""
    for stack in running(tmp_path_factory, "whisper", WHISPER="1"):
        file = stack.folder / "sounds" / "en" / "skills" / "billing.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as sound:
            sound.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
            sound.writeframes(tone(WHISPER_HZ, 0, 20 * RATE))
        yield stack


@pytest.fixture
async def world(whispering: Stack) -> AsyncIterator[World]:
    """Phones and people around it."""
    async with World(whispering) as around:
        yield around
    assert "Traceback" not in whispering.said()


async def test_the_agent_hears_whose_call_it_is_until_they_accept(world: World) -> None:
    # given an agent whose leg stands
    ana = await world.at_work("ana")

    # when a caller for a skill with a recorded name is offered to her, then she hears the name
    caller = await world.call("200")
    began = time.monotonic()
    talk = str((await world.conversation(caller, "offered", within=PATIENCE))["id"])
    await ana.offered(talk, within=PATIENCE)
    await eventually(lambda: ana.line.hears(WHISPER_HZ), within=PATIENCE)

    # and when she accepts in the middle of it, they talk at once: it lasts twenty seconds
    accepted = time.monotonic()
    await ana.accept(talk)
    await world.hear_each_other(ana, caller)
    assert time.monotonic() - accepted < 15
    assert not ana.line.hears(WHISPER_HZ)

    # and the caller has heard nothing of it
    assert caller.line.never_heard(WHISPER_HZ, began)
    await ana.end(talk)
    await ana.wrap_up(talk)


async def test_without_a_recorded_name_it_rings_after_the_number(world: World) -> None:
    # given an agent whose leg stands, and a caller for a skill that nobody recorded
    chi = await world.at_work("chi")
    caller = await world.call("202")
    talk = str((await world.conversation(caller, "offered", within=PATIENCE))["id"])
    await chi.offered(talk, within=PATIENCE)

    # then, after the digits, she hears the ring tone of Asterisk (440 and 480 Hz)
    await eventually(lambda: chi.line.hears_among(440), within=PATIENCE)

    # and they talk as ever
    await chi.accept(talk)
    await world.hear_each_other(chi, caller)
    await chi.end(talk)
    await chi.wrap_up(talk)
