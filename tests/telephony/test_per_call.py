"""Phones that are rung for each call: what each answer of a real phone leads to."""

import asyncio

import pytest

from tests.conftest import OFFER_SECONDS
from tests.support.curt_phone import CurtPhone
from tests.support.lone_phone import LonePhone
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.per_call import (
    no_leg,
    offered_to,
    rung_per_call,
    talks,
    waits,
    with_desk_phone,
    with_number,
)

GONE_SECONDS = 5
"""Until a phone that is out of reach shows as disconnected (DESIGN 5)."""


async def test_answering_accepts_and_hanging_up_ends(world: World) -> None:
    # given a desk phone that is rung per call: connecting dialled nothing
    ana = await with_desk_phone(world, "ana")
    assert ana.phone.rings == 0

    # when a customer calls, it rings once the offer stands, and shows who calls
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)
    assert ana.phone.rings == 1
    assert (await ana.me())["leg"]["state"] == "ringing"

    # when it is answered, then they talk
    await ana.line.call.answer()
    await world.hear_each_other(ana, caller)
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id

    # when the agent hangs up, then the talk is over, and the phone can be rung again
    await ana.line.hang_up()
    ended = await world.conversation(caller, "wrap_up")
    assert ended["segments"][-1]["ended_by"] == "agent"
    await caller.line.ended()
    assert (await ana.me())["leg"]["state"] == "connected"
    await ana.wrap_up(talk)
    again = await world.call("200")
    await offered_to(world, ana, again)
    assert ana.phone.rings == 2
    await again.line.hang_up()


async def test_end_on_the_page_hangs_the_phone_up(world: World) -> None:
    # given a talk
    ana = await with_desk_phone(world, "ana", answers=True)
    caller = await world.call("200")
    talk = await talks(world, ana, caller)

    # when
    await ana.end(talk)

    # then
    await ana.line.ended()
    await caller.line.ended()
    await world.conversation(caller, "wrap_up")
    await no_leg(world)
    assert (await ana.me())["leg"]["state"] == "connected"


async def test_accept_on_the_page_answers_no_phone(world: World) -> None:
    # given a phone that rings
    ana = await with_desk_phone(world, "ana")
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)

    # when she accepts on the page, then she is told to answer
    with pytest.raises(Refused) as refused:
        await ana.accept(talk)
    assert (refused.value.status, refused.value.type) == (409, "leg-not-answered")
    assert not ana.line.over

    # and when she rejects there, the phone stops, and the caller waits at the old place
    await ana.reject(talk)
    await ana.line.ended()
    await waits(world, caller)
    await no_leg(world)


async def test_a_busy_phone_rejects(world: World) -> None:
    # given two phones; the one idle longest will refuse with 486
    ana, ben = await with_desk_phone(world, "ana"), await with_desk_phone(world, "ben")
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)
    before = await world.conversation(caller, "offered")

    # when
    await ana.line.call.reject()

    # then the other rings, the caller keeps the age, and ana stays connected and available
    moved = await ben.offered(talk)
    assert moved["queued_at"] == before["queued_at"]
    await ben.line.call.answer()
    await world.hear_each_other(ben, caller)
    me = await ana.me()
    assert (me["leg"]["state"], me["status"]) == ("connected", "available")
    assert ana.phone.rings == 1


@pytest.mark.parametrize("status", ["486 Busy Here", "603 Decline", "302 Moved"])
async def test_a_refusal_is_a_reject(world: World, status: str) -> None:
    # given
    ana = await world.person("ana")
    if status.startswith("302"):
        status += f"\r\nContact: <sip:300@{world.stack.sip}>"
    async with CurtPhone(world.stack.sip, *world.sip_user(ana), status, rings=True) as phone:
        await rung_per_call(world, ana, "sip")

        # when
        caller = await world.call("200")

        # then the caller waits, not for her, who stays connected; no forward was followed
        waiting = await waits(world, caller)
        answer = await world.supervisor.get(f"conversations/{waiting['id']}/explain")
        reasons = next(v["reasons"] for v in answer["agents"] if v["id"] == ana.id)
        assert reasons == ["excluded"]
        await no_leg(world)
        assert phone.rung == 1
        assert caller.number in phone.invites[0].partition("\nTo:")[0]
        await caller.line.hang_up()


@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable", "480 Gone"])
async def test_a_phone_that_cannot_be_reached_is_disconnected(world: World, status: str) -> None:
    # given a phone that will not even ring, and a colleague
    ana = await world.person("ana")
    async with CurtPhone(world.stack.sip, *world.sip_user(ana), status):
        await rung_per_call(world, ana, "sip")
        ben = await with_desk_phone(world, "ben")

        # when
        caller = await world.call("200")

        # then the colleague's rings, and ana is told
        await offered_to(world, ben, caller)
        await ana.leg_is("disconnected")
        assert (await ana.me())["leg"]["detail"]

        # and reconnect makes it count again
        await ana.connect("sip")
        await caller.line.hang_up()


async def test_a_phone_that_is_not_answered_stops_ringing(hasty_world: World) -> None:
    # given
    world = hasty_world
    ana, ben = await with_desk_phone(world, "ana"), await with_desk_phone(world, "ben")
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)

    # when nobody answers
    await ben.offered(talk, within=OFFER_SECONDS + 3)

    # then
    await ana.line.ended()
    await ben.line.call.answer()
    await world.hear_each_other(ben, caller)
    assert ana.phone.rings == 1


async def test_a_caller_who_leaves_stops_the_ringing(world: World) -> None:
    # given
    ana = await with_desk_phone(world, "ana")
    caller = await world.call("200")
    await offered_to(world, ana, caller)

    # when
    await caller.line.hang_up()

    # then at once
    await ana.line.ended(within=3)
    await no_leg(world)
    await ana.leg_is("connected")


async def test_answered_as_the_caller_leaves(world: World) -> None:
    # given another customer's talk, and a phone that rings
    ana, ben = await with_desk_phone(world, "ana"), await with_desk_phone(world, "ben", True)
    caller = await world.call("200")
    await offered_to(world, ana, caller)
    other = await world.call("200")
    await talks(world, ben, other)

    # when she answers at the instant at which the caller hangs up
    await asyncio.gather(ana.line.call.answer(), caller.line.hang_up())

    # then her phone is hung up, and she hears nobody; the other talk goes on
    await ana.line.ended()
    await caller.line.ended()
    assert not ana.line.hears(other.hz)
    await world.hear_each_other(ben, other)


async def test_phone_out_of_reach_and_back(world: World) -> None:
    # given a connected phone
    ana = await world.person("ana")
    user, password = world.sip_user(ana)
    async with LonePhone(world.stack.sip, user, password, world.tone()) as phone:
        await rung_per_call(world, ana, "sip")

        # when it vanishes, then she is disconnected, and told why
        await phone.vanish()
        await ana.leg_is("disconnected", within=GONE_SECONDS)
        assert "your phone" in (await ana.me())["leg"]["detail"]

    # when it is back, then she is connected without a click
    ana.phone = await world.phones.desk_phone(user, password, world.tone(), answers=False)
    await ana.leg_is("connected")
    caller = await world.call("200")
    await offered_to(world, ana, caller)
    await caller.line.hang_up()


async def test_phone_lost_in_a_talk_is_rung_again(world: World) -> None:
    # given a talk on a phone that vanishes
    ana = await world.person("ana")
    user, password = world.sip_user(ana)
    async with LonePhone(world.stack.sip, user, password, world.tone()) as phone:
        await rung_per_call(world, ana, "sip")
        caller = await world.call("200")
        await eventually(lambda: phone.up and caller.line.hears(phone.hz))
        await phone.vanish()
        await ana.leg_is("disconnected", within=GONE_SECONDS + 1)
        await eventually(lambda: caller.line.hears_other_than(phone.hz))

    # when it is back in time, then it rings for the same talk
    ana.phone = await world.phones.desk_phone(user, password, world.tone(), answers=True)
    await ana.phone.answered(within=15)
    await world.hear_each_other(ana, caller)
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id


async def test_a_number_counts_as_answered_after_1(world: World) -> None:
    # given a telephone that answers by itself, as a mailbox does
    ana = await with_number(world, "ana", answers=True)
    caller = await world.call("200")
    await offered_to(world, ana, caller)
    await ana.phone.answered()

    # then it hears a prompt, and nobody is connected
    await eventually(ana.line.hears_something)
    assert (await world.conversation(caller, "offered"))["agent"] is None
    assert not caller.line.hears(ana.phone.hz)

    # when 1 is pressed
    await ana.line.press("1")
    await world.hear_each_other(ana, caller)
    await ana.line.hang_up()
    await world.conversation(caller, "wrap_up")


async def test_2_on_a_number_rejects(world: World) -> None:
    # given
    ana = await with_number(world, "ana", answers=True)
    caller = await world.call("200")
    await offered_to(world, ana, caller)
    await ana.phone.answered()
    await eventually(ana.line.hears_something)

    # when
    await ana.line.press("2")

    # then
    await ana.line.ended()
    await waits(world, caller)


async def test_a_mailbox_takes_no_caller(hasty_world: World) -> None:
    # given a mailbox, and a colleague
    world = hasty_world
    ana, ben = await with_number(world, "ana", answers=True), await with_desk_phone(world, "ben")
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)
    await ana.phone.answered()

    # when nobody presses anything, then the mailbox is hung up and the colleague rings
    await ben.offered(talk, within=OFFER_SECONDS + 3)
    await ana.line.ended()
    assert ana.phone.rings == 1
    await ben.line.call.answer()
    await world.hear_each_other(ben, caller)


async def test_a_number_without_confirmation_is_answered_by_answering(world: World) -> None:
    # given
    ana = await with_number(world, "ana", answers=True, confirm_answer=False)
    try:
        caller = await world.call("200")
        await talks(world, ana, caller)
    finally:
        await ana.put("me/preferences", {"confirm_answer": True})


async def test_changing_the_preference(world: World) -> None:
    # given a persistent leg
    ana = await world.at_desk_phone("ana")
    first = ana.line

    # when she prefers to be rung per call, then the phone is hung up, and counts as connected
    await ana.put("me/preferences", {"leg": "per_call"})
    await first.ended()
    await ana.leg_is("connected")

    # when she goes back, then it is called once, and stays
    await ana.put("me/preferences", {"leg": "persistent"})
    await ana.phone.answered(times=2)
    await ana.leg_is("connected")
    assert ana.phone.rings == 2
