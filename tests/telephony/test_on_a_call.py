"""What an agent does on a call: hold, mute, digits; whose call it is."""

import asyncio
import time
from typing import Any

import pytest

from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.on_a_call import held, on_a_call, press

# Hold


async def test_a_held_customer_hears_music_and_comes_back(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)

    # when she holds, twice by mistake
    shown = await press(ana, talk, "hold")
    again = await press(ana, talk, "hold")

    # then the customer hears music, she hears nothing, and the call stays hers
    assert (shown["held"], shown["state"], shown["agent"]["id"]) == (True, "active", ana.id)
    assert again["version"] == shown["version"]
    await held(ana, caller)

    # when she takes the customer back
    shown = await press(ana, talk, "unhold")

    # then they hear each other, and once more changes nothing
    assert shown["held"] is False
    await world.hear_each_other(ana, caller)
    assert (await press(ana, talk, "unhold"))["version"] == shown["version"]
    await world.hear_each_other(ana, caller)


async def test_nobody_is_told_a_place_while_held(world: World) -> None:
    # given a caller who was told their place before the talk
    caller = await world.call("200")
    await world.conversation(caller, "queued")
    await world.behind.announcement(await world.behind.channel_of(caller.number))
    ana = await world.at_work("ana")
    talk = await world.talking(ana, caller)
    channel = await world.behind.channel_of(caller.number)

    # when they are held, then no announcement comes (the first would after 5 s)
    await press(ana, talk, "hold")
    await held(ana, caller)
    with pytest.raises(TimeoutError):
        await world.behind.announcement(channel, within=7)
    await press(ana, talk, "unhold")
    await world.hear_each_other(ana, caller)


async def test_a_held_customer_hangs_up(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "hold")
    await held(ana, caller)

    # when
    await caller.line.hang_up()

    # then she writes as after any call, and the next one is not held
    ended = await world.conversation(caller, "wrap_up")
    assert (ended["segments"][-1]["ended_by"], ended["held"]) == ("customer", False)
    await ana.wrap_up(talk)
    later = await world.call("200")
    await world.talking(ana, later)


async def test_the_agent_hangs_up_on_a_held_customer(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "hold")
    await held(ana, caller)

    # when
    await ana.end(talk)

    # then
    await caller.line.ended()
    await world.conversation(caller, "wrap_up")
    assert ana.line.up


@pytest.mark.parametrize("button", ["hold", "transfer", "mute"])
async def test_a_button_and_the_customers_hang_up_at_the_same_instant(
    world: World, button: str
) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    body: dict[str, Any] = {"to": {"skill": "Spanish"}} if button == "transfer" else {}

    # when both happen at once
    await asyncio.gather(
        caller.line.hang_up(), press(ana, talk, button, **body), return_exceptions=True
    )

    # then it is over, whichever was first: she owes one wrap-up, and nothing is left
    await world.conversation(caller, "wrap_up")
    assert (await ana.me())["wrap_ups"] == 1
    await ana.wrap_up(talk)
    assert (await world.closed(talk))["state"] == "closed"
    later = await world.call("200")
    await world.talking(ana, later)


async def test_a_held_customer_stays_held_when_the_service_is_killed(own_world: World) -> None:
    # given
    world = own_world
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "hold")
    await press(ana, talk, "mute")
    await held(ana, caller)

    # when
    killed = world.stack.kill9("service")
    await asyncio.to_thread(world.stack.restart)

    # then the music never stopped, and she can take the customer back, still muted
    assert (await ana.get(f"conversations/{talk}"))["held"]
    await held(ana, caller)
    assert caller.line.longest_quiet(killed) < 2.0
    await press(ana, talk, "unhold")
    await eventually(lambda: ana.line.hears(caller.hz))
    await eventually(caller.line.hears_nothing)
    await press(ana, talk, "unmute")
    await world.hear_each_other(ana, caller)
    assert ana.phone.rings == 1


# Mute


async def test_a_muted_agent_hears_and_is_not_heard(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)

    # when
    shown = await press(ana, talk, "mute")

    # then only one of them hears the other
    assert shown["muted"] is True
    await eventually(caller.line.hears_nothing)
    await eventually(lambda: ana.line.hears(caller.hz))
    assert (await press(ana, talk, "mute"))["version"] == shown["version"]

    # and again both
    assert (await press(ana, talk, "unmute"))["muted"] is False
    await world.hear_each_other(ana, caller)


async def test_hold_does_not_lift_a_mute(world: World) -> None:
    # given a muted agent whose customer is held
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "mute")
    await press(ana, talk, "hold")
    await held(ana, caller)

    # when the customer comes back, then nothing she said meanwhile was heard
    since = time.monotonic()
    await press(ana, talk, "unhold")
    await eventually(lambda: ana.line.hears(caller.hz))
    await eventually(caller.line.hears_nothing)
    assert caller.line.first_heard(ana.phone.hz, since) is None


async def test_the_next_call_is_not_muted(world: World) -> None:
    # given a call that ends while she is muted
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "mute")
    await eventually(caller.line.hears_nothing)
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await ana.wrap_up(talk)

    # when the next one comes, then both hear each other
    later = await world.call("200")
    await world.talking(ana, later)


# Digits


async def test_digits_reach_the_customer_once(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)

    # when she types 1 2 * # and the same request comes twice
    for _ in range(2):
        await ana.post(f"conversations/{talk}/dtmf", {"digits": "12*#"}, key="the same")

    # then they came once, in order
    await eventually(lambda: caller.line.digits == ["1", "2", "*", "#"])
    await press(ana, talk, "dtmf", digits="7")
    await eventually(lambda: caller.line.digits == ["1", "2", "*", "#", "7"])


@pytest.mark.parametrize("digits", ["", "x", "1" * 33, "1 2", "a"])
async def test_what_no_telephone_can_send_is_refused(world: World, digits: str) -> None:
    ana, _, talk = await on_a_call(world)
    with pytest.raises(Refused) as refused:
        await press(ana, talk, "dtmf", digits=digits)
    assert (refused.value.status, refused.value.type) == (422, "validation")


async def test_no_digits_to_somebody_who_does_not_listen(world: World) -> None:
    # given a held customer
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "hold")
    await held(ana, caller)

    # when
    with pytest.raises(Refused) as refused:
        await press(ana, talk, "dtmf", digits="1")

    # then
    assert (refused.value.status, refused.value.type) == (409, "wrong-state")
    assert caller.line.digits == []


@pytest.mark.parametrize(
    ("button", "body"),
    [
        ("hold", {}),
        ("unhold", {}),
        ("mute", {}),
        ("unmute", {}),
        ("dtmf", {"digits": "1"}),
        ("transfer", {"to": {"skill": "Spanish"}}),
    ],
)
async def test_another_agents_call_cannot_be_touched(
    world: World, button: str, body: dict[str, Any]
) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    ben = await world.person("ben")

    # when
    with pytest.raises(Refused) as refused:
        await press(ben, talk, button, **body)

    # then
    assert (refused.value.status, refused.value.type) == (409, "not-yours")
    await world.hear_each_other(ana, caller)
