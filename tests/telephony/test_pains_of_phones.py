"""What users of other contact centres complain of: phones that are gone, pages, restarts."""

import asyncio
from contextlib import AsyncExitStack

from tests.support.lone_phone import LonePhone
from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.test_pains import finish, reasons

NOTICED = 5.0
"""Seconds until a signalled loss of a leg shows everywhere (DESIGN "Leg truth")."""


# An agent stays Available after closing the window


async def test_a_closed_window_neither_stops_a_phone_nor_keeps_a_gone_one(world: World) -> None:
    """Callers rang at agents who had left (Amazon Connect). Voice follows the leg alone.

    Not built in this version: Busy, "Inbox closed", after two minutes without page and leg.
    """
    # given an agent with a phone whose page is closed, and a colleague
    ana = await world.at_work("ana")
    await ana.picture.open()
    await ana.picture.close()

    # then her phone rings, and its key 1 answers
    caller = await world.call("200")
    await ana.offered((await world.conversation(caller, "offered"))["id"])
    await eventually(ana.line.hears_something)
    await ana.line.press("1")
    await world.hear_each_other(ana, caller)
    await finish(ana, (await world.conversation(caller, "active"))["id"])

    # when she leaves: the phone is put down, too
    await ana.line.hang_up()
    await ana.leg_is("disconnected", within=NOTICED)

    # then she is offered nothing, whatever status she left behind, and it is said why
    later = (await world.conversation(await world.call("200"), "queued"))["id"]
    assert (await ana.me())["status"] == "available"
    assert await reasons(world, later, ana) == ["leg"]
    assert world.supervisor.picture.history[later] == ["queued"]


# A stale persistent leg makes calls fail


async def test_a_leg_that_its_carrier_dropped_gets_no_call(world: World) -> None:
    """Calls went to a leg that was gone, and failed (Genesys). Here: the carrier hangs up."""
    # given ana, idle longest, and ben
    ana, ben = await world.at_work("ana"), await world.at_work("ben")

    # when the carrier drops ana's leg
    await ana.line.hang_up()
    await ana.leg_is("disconnected", within=NOTICED)

    # then the next caller goes to ben at once, and hers is called again when she asks
    caller = await world.call("200")
    talk = await world.talking(ben, caller)
    assert world.supervisor.picture.history[talk] == ["offered", "active"]
    await ana.connect("number")
    assert ana.phone.rings == 2


async def test_a_phone_that_vanished_while_idle_gets_no_call(world: World) -> None:
    """The same, where the phone is gone without a word: power cut, network gone."""
    async with AsyncExitStack() as phones:
        # given ana on a desk phone, idle longest, and ben
        ana, phone = await at_lone_phone(world, phones, "ana")
        ben = await world.at_work("ben")

        # when her phone vanishes, then it shows
        await phone.vanish()
        await ana.leg_is("disconnected", within=NOTICED)

        # and the next caller is never offered to her
        caller = await world.call("200")
        talk = await world.talking(ben, caller)
        assert world.supervisor.picture.history[talk] == ["offered", "active"]


async def test_a_caller_does_not_wait_for_a_phone_that_just_vanished(world: World) -> None:
    """The same, where the caller comes before the loss can be noticed."""
    async with AsyncExitStack() as phones:
        # given
        ana, phone = await at_lone_phone(world, phones, "ana")
        ben = await world.at_work("ben")

        # when the phone vanishes and a customer calls in the same instant
        await phone.vanish()
        caller = await world.call("200")
        offered = await world.conversation(caller, "offered")

        # then ben gets the call once the loss is noticed, long before the offer would expire
        moved = await ben.offered(offered["id"], within=NOTICED + 1)
        assert moved["queued_at"] == offered["queued_at"]
        await ben.accept(offered["id"])
        await world.hear_each_other(ben, caller)
        assert (await ana.me())["leg"]["state"] == "disconnected"


async def at_lone_phone(world: World, phones: AsyncExitStack, name: str) -> tuple[Agent, LonePhone]:
    """An agent at work on a desk phone that can vanish."""
    agent = await world.person(name)
    user, password = world.sip_user(agent)
    phone = LonePhone(world.stack.sip, user, password, world.tone())
    await phones.enter_async_context(phone)
    await agent.connect("sip")
    await agent.become("available")
    return agent, phone


# A page refresh loses the call


async def test_a_page_that_is_opened_anew_shows_the_call(world: World) -> None:
    """The call was gone after F5 (amazon-connect-streams #33)."""
    # given a talk
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when the page is opened anew, signed in again
    page = await world.person("ana")

    # then the call is on it, goes on, and can be ended from there
    [shown] = (await page.get("inbox"))["conversations"]
    assert (shown["id"], shown["state"], shown["agent"]["id"]) == (talk, "active", ana.id)
    await world.hear_each_other(ana, caller)
    await page.end(talk)
    await caller.line.ended()


# The call is orphaned when the service restarts


async def test_what_happened_while_the_service_was_away_is_not_orphaned(own_world: World) -> None:
    """Calls without an owner after a restart (drachtio-server #89)."""
    # given two talks, and a caller who waits
    world = own_world
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    one = await world.call("200")
    with_ana = await world.talking(ana, one)
    two = await world.call("200")
    with_ben = await world.talking(ben, two)
    three = await world.call("200")
    waited = (await world.conversation(three, "queued"))["id"]

    # when the service dies, and meanwhile a customer, an agent and the waiting one hang up
    world.stack.kill9("service")
    await asyncio.gather(one.line.hang_up(), ben.line.hang_up(), three.line.hang_up())
    await eventually(lambda: one.line.over and ben.line.over and three.line.over)
    await asyncio.to_thread(world.stack.restart)

    # then each is settled: ana writes, the caller who gave up is abandoned
    await world.conversation(one, "wrap_up")
    assert (await world.closed(waited))["outcome"] == "abandoned"
    await ana.wrap_up(with_ana)
    assert (await world.closed(with_ana))["outcome"] == "completed"

    # and ben's customer, whom he left, is not alone with nobody: ana has him next
    await world.conversation(two, "offered", within=15)
    await ana.offered(with_ben)
    await ana.accept(with_ben)
    await world.hear_each_other(ana, two)
    assert [p.phone.rings for p in (ana, ben)] == [1, 1]
