"""Accepting takes effect at once, whatever the caller is hearing at that moment."""

import time

import pytest

from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import Caller, World

AT_ONCE = 1.0
"""Seconds from the key or the click to the first speech. The announcement lasts above 5 s (a move
waits for its end unless it is stopped); what is usual stands in the README, "The demo call"."""


async def offered_in_an_announcement(world: World) -> tuple[Agent, Caller, str]:
    """A caller who is being told their place in the queue, and is offered at that moment."""
    ana = await world.at_work("ana")
    await ana.become("busy")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "queued"))["id"]
    await world.behind.announcement(await world.behind.channel_of(caller.number))
    await ana.become("available")
    await ana.offered(talk)
    return ana, caller, talk


@pytest.mark.alone
async def test_speech_flows_at_once_after_accept_on_the_page(world: World) -> None:
    # given
    ana, caller, talk = await offered_in_an_announcement(world)

    # when
    clicked = time.monotonic()
    await ana.accept(talk)

    # then
    await world.hear_each_other(ana, caller)
    assert delay(caller, ana, clicked) < AT_ONCE


@pytest.mark.alone
async def test_speech_flows_at_once_after_key_1(world: World) -> None:
    # given
    ana, caller, _talk = await offered_in_an_announcement(world)

    # when
    pressed = await ana.line.press("1")

    # then (the key's tone itself lasts 100 ms, and Asterisk reports it at its end)
    await world.hear_each_other(ana, caller)
    assert delay(caller, ana, pressed) < AT_ONCE + 0.100
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id


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
