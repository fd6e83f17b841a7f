"""Somebody hangs up, or their phone is gone: at every moment of a call."""

from contextlib import AsyncExitStack

from tests.conftest import REJOIN_SECONDS
from tests.support.lone_phone import LonePhone
from tests.support.polling import eventually
from tests.support.world import World


async def test_the_customer_gives_up_in_the_queue(world: World) -> None:
    # given a caller for whom nobody is there
    caller = await world.call("202")
    waiting = await world.conversation(caller, "queued")

    # when
    await caller.line.hang_up()

    # then
    kept = await world.closed(waiting["id"])
    assert kept["outcome"] == "abandoned"
    assert kept["segments"] == []


async def test_the_customer_gives_up_while_the_phone_rings(world: World) -> None:
    # given
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)

    # when
    await caller.line.hang_up()

    # then the ringing stops, and the agent can take the next call at once
    assert (await world.closed(talk))["outcome"] == "abandoned"
    await ana.leg_is("connected")
    await eventually(ana.line.hears_nothing)
    following = await world.call("200")
    await ana.offered((await world.conversation(following, "offered"))["id"])


async def test_the_customer_hangs_up_in_the_talk(world: World) -> None:
    # given
    ana = await world.at_work("ana")
    caller = await world.call("200")
    await world.talking(ana, caller)

    # when
    await caller.line.hang_up()

    # then the agent writes, on a leg that stays up
    ended = await world.conversation(caller, "wrap_up")
    assert ended["segments"][-1]["ended_by"] == "customer"
    assert ana.line.up
    await eventually(ana.line.hears_nothing)


async def test_the_agent_hangs_up_in_the_talk(world: World) -> None:
    # given
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)

    # when the agent puts the phone down (BYE, cause 16)
    await ana.line.hang_up()

    # then the call is over and she writes
    await caller.line.ended()
    ended = await world.conversation(caller, "wrap_up")
    assert ended["segments"][-1]["ended_by"] == "agent"
    await ana.leg_is("disconnected")

    # and her phone is called again when the wrap-up closes
    await ana.wrap_up(talk)
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")


async def test_an_idle_leg_that_was_hung_up_shows_within_5_seconds(world: World) -> None:
    # given
    ana = await world.at_work("ana")

    # when
    await ana.line.hang_up()

    # then a caller is not offered to her
    await ana.leg_is("disconnected", within=5)
    caller = await world.call("200")
    await world.conversation(caller, "queued")


async def test_a_lost_phone_gives_the_caller_back_after_the_rejoin_time(
    hasty_world: World,
) -> None:
    # given a talk over a desk phone, and a colleague
    world = hasty_world
    async with AsyncExitStack() as phones:
        ana = await world.person("ana")
        user, password = world.sip_user(ana)
        hz = world.tone()
        phone = await phones.enter_async_context(LonePhone(world.stack.sip, user, password, hz))
        await ana.connect("sip")
        await ana.become("available")
        caller = await world.call("200")
        talk = await world.conversation(caller, "offered")
        await ana.offered(talk["id"])
        await ana.accept(talk["id"])
        await eventually(lambda: caller.line.hears(hz) and phone.hears == caller.hz)
        ben = await world.at_work("ben")

        # when her phone is gone without a word
        await phone.vanish()

        # then her leg is shown as disconnected, and the caller hears music
        await ana.leg_is("disconnected", within=5)
        await eventually(lambda: caller.line.hears_other_than(hz))

        # and after the rejoin time the caller goes to the colleague, with their old age
        moved = await ben.offered(talk["id"], within=REJOIN_SECONDS + 3)
        assert moved["queued_at"] == talk["queued_at"]
        await ben.accept(talk["id"])
        await world.hear_each_other(ben, caller)


async def test_a_phone_that_comes_back_in_time_comes_back_into_the_talk(world: World) -> None:
    # given a talk over a desk phone that was lost
    async with AsyncExitStack() as phones:
        ana = await world.person("ana")
        user, password = world.sip_user(ana)
        hz = world.tone()
        phone = await phones.enter_async_context(LonePhone(world.stack.sip, user, password, hz))
        await ana.connect("sip")
        await ana.become("available")
        caller = await world.call("200")
        talk = await world.conversation(caller, "offered")
        await ana.offered(talk["id"])
        await ana.accept(talk["id"])
        await eventually(lambda: caller.line.hears(hz))
        await phone.vanish()
        await ana.leg_is("disconnected", within=5)
        await eventually(lambda: caller.line.hears_other_than(hz))

        # when it registers again within the rejoin time
        back = LonePhone(world.stack.sip, user, password, hz)
        await phones.enter_async_context(back)

        # then it is called, and they go on in the same conversation
        await eventually(lambda: caller.line.hears(hz) and back.hears == caller.hz, within=15)
        now = await world.conversation(caller, "active")
        assert now["id"] == talk["id"]
        assert [s["to"] for s in now["segments"]] == [None]


async def test_a_leg_hung_up_while_it_rings_passes_the_call_on(world: World) -> None:
    # given an offer to ana, and a colleague
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    offered = await world.conversation(caller, "offered")
    await ana.offered(offered["id"])

    # when she puts the phone down instead of answering
    await ana.line.hang_up()

    # then the colleague gets it, with its age
    moved = await ben.offered(offered["id"])
    assert moved["queued_at"] == offered["queued_at"]
    await ana.leg_is("disconnected")
