"""Accepting takes effect at once, whatever the caller is hearing at that moment."""

import time
from statistics import median

import pytest

from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World

AT_ONCE = 0.150
"""Seconds from the click to the first speech, both ways."""
KEY = 0.100
"""A key's tone itself lasts so long, and Asterisk reports it at its end."""
AT_THE_LATEST = 1.0
"""Of each. The announcement lasts above 5 s, and a move waits for its end unless it is stopped."""
TRIES = 3


async def in_an_announcement(world: World, ana: Agent) -> tuple[Caller, str]:
    """A caller who is being told their place in the queue, and is offered at that moment."""
    await ana.become("busy")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "queued"))["id"]
    await world.behind.announcement(await world.behind.channel_of(caller.number))
    await ana.become("available")
    await ana.offered(talk)
    return caller, talk


@pytest.mark.alone
@pytest.mark.slow
async def test_speech_flows_at_once_after_accept_on_the_page(world: World) -> None:
    ana = await world.at_work("ana")
    delays = []
    for _ in range(TRIES):
        # given
        caller, talk = await in_an_announcement(world, ana)

        # when
        clicked = time.monotonic()
        await ana.accept(talk)

        # then
        await world.hear_each_other(ana, caller)
        delays.append(delay(caller, ana, clicked))
        await ana.end(talk)
        await ana.wrap_up(talk)
    print(f"from the click to speech: {[f'{d * 1000:.0f} ms' for d in delays]}")
    assert median(delays) < AT_ONCE
    assert max(delays) < AT_THE_LATEST


@pytest.mark.alone
@pytest.mark.slow
async def test_speech_flows_at_once_after_key_1(world: World) -> None:
    ana = await world.at_work("ana")
    delays = []
    for _ in range(TRIES):
        # given
        caller, talk = await in_an_announcement(world, ana)

        # when
        pressed = await ana.line.press("1")

        # then
        await world.hear_each_other(ana, caller)
        delays.append(delay(caller, ana, pressed))
        assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id
        await ana.end(talk)
        await ana.wrap_up(talk)
    print(f"from the key to speech: {[f'{d * 1000:.0f} ms' for d in delays]}")
    assert median(delays) < AT_ONCE + KEY
    assert max(delays) < AT_THE_LATEST


@pytest.mark.parametrize("digit", ["3", "#", "0"])
async def test_other_keys_do_nothing(world: World, digit: str) -> None:
    # given an offer
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)

    # when
    await ana.line.press(digit)
    await ana.line.press("1")

    # then only the 1 counted
    await world.conversation(caller, "active")
    assert world.supervisor.picture.history[talk][-2:] == ["offered", "active"]


async def test_accepting_twice_is_the_same_as_once(world: World) -> None:
    # given a talk
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when the agent clicks again, and presses 1 again
    again = await ana.accept(talk)
    await ana.line.press("1")

    # then nothing changed, and they still hear each other
    assert again["state"] == "active"
    await world.hear_each_other(ana, caller)
    await eventually(lambda: caller.line.hears(ana.phone.hz, last=1.0))


def delay(caller: Caller, agent: Agent, since: float) -> float:
    """Seconds until speech flowed both ways."""
    heard = (
        caller.line.first_heard(agent.phone.hz, since),
        agent.line.first_heard(caller.hz, since),
    )
    return max(instant - since for instant in heard if instant is not None)


async def test_a_key_for_an_offer_just_withdrawn_does_not_take_the_next(world: World) -> None:
    # given a phone that rings for one caller, while another waits
    ana = await world.at_work("ana")
    first = await world.call("200")
    await ana.offered((await world.conversation(first, "offered"))["id"])
    second = await world.call("200")
    talk = (await world.conversation(second, "queued"))["id"]

    # when the first gives up at the instant at which she presses 1
    await first.line.hang_up()
    await ana.line.press("1")

    # then her phone rings for the second, who is not hers yet: who presses 1 now, means it
    await ana.offered(talk)
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > 1)
    assert world.supervisor.picture.history[talk] == ["queued", "offered"]
    await ana.line.press("1")
    await world.hear_each_other(ana, second)
