"""Wants are compared, never replayed: late, repeated and out of order on a real Asterisk."""

import asyncio
import time

import pytest

from app.telephony import (
    CallArrived,
    CallGone,
    LegAddress,
    LegRinging,
    LegUp,
    Place,
    TalkJoined,
)
from tests.integration.asterisk.stack import Stack
from tests.support.phones import Line, PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk, serving

pytestmark = pytest.mark.alone

AGENT_HZ = 900
CUSTOMER_HZ = 600
SPEECH_SECONDS = 0.15
"""From accept until both hear each other."""


async def _customer(desk: NotingDesk, phones: PhoneNetwork) -> tuple[Line, CallArrived]:
    before = len(desk.all(CallArrived))
    line = await phones.call("200", CUSTOMER_HZ, "0123456")
    return line, await desk.told(CallArrived, before + 1)


async def _talks_soon(
    desk: NotingDesk, arrived: CallArrived, leg: Line, customer: Line, agent: str = "ana"
) -> None:
    """Accept, and require speech both ways within the limit."""
    accepted_at = time.monotonic()
    await desk.call(arrived, Place.TALKING, agent)
    await desk.leg(agent, ringing=None)
    at_leg = await eventually(lambda: leg.first_heard(CUSTOMER_HZ, accepted_at))
    at_customer = await eventually(lambda: customer.first_heard(AGENT_HZ, accepted_at))
    assert max(at_leg, at_customer) - accepted_at < SPEECH_SECONDS


async def test_repeated_wants_ring_a_phone_once(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given the same wants, three times each
    phone = await phones.number("5551", AGENT_HZ)
    for _ in range(3):
        await desk.leg("ana", address=LegAddress(number="5551"), up=True)
    leg = await phone.answered()
    await desk.told(LegUp)
    customer, arrived = await _customer(desk, phones)
    for _ in range(3):
        await desk.call(arrived, Place.WAITING)
        await desk.leg("ana", ringing=f"c-{arrived.channel_id}")
    await desk.told(LegRinging)

    # when the call is connected, three times as well
    for _ in range(3):
        await desk.call(arrived, Place.TALKING, "ana")
        await desk.leg("ana", ringing=None)
    await eventually(lambda: customer.hears(AGENT_HZ) and leg.hears(CUSTOMER_HZ))
    joined_at = time.monotonic()
    await desk.call(arrived, Place.TALKING, "ana")
    await eventually(lambda: time.monotonic() - joined_at > 0.5)

    # then each happened once, and the repeat was not heard
    assert phone.rings == 1
    assert [len(desk.all(kind)) for kind in (LegUp, LegRinging, TalkJoined)] == [1, 1, 1]
    assert customer.missing(AGENT_HZ, joined_at) < 0.1


async def test_accept_while_the_position_is_announced(
    desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a caller who is being told their place, and a leg that rings
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()
    customer, arrived = await _customer(desk, phones)
    await desk.call(arrived, Place.WAITING, position=3)
    await desk.leg("ana", ringing=f"c-{arrived.channel_id}")
    await desk.told(LegRinging)
    mirror = desk.telephony._mirror
    await eventually(lambda: (s := mirror.lines[arrived.channel_id].sound) and s.started)

    # when the agent accepts, then they talk at once, and nothing goes on playing
    await _talks_soon(desk, arrived, leg, customer)
    await eventually(lambda: customer.hears(AGENT_HZ, 0.5) and leg.hears(CUSTOMER_HZ, 0.5))


@pytest.mark.parametrize("place", [4, 37])
async def test_accept_while_the_number_of_their_place_is_said(
    desk: NotingDesk, phones: PhoneNetwork, place: int
) -> None:
    # given a caller who hears the second piece of their announcement, and a leg that stands
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()
    customer, arrived = await _customer(desk, phones)
    began = time.time() * 1000
    await desk.call(arrived, Place.WAITING, position=place)
    mirror = desk.telephony._mirror

    def piece() -> int:
        sound = mirror.lines[arrived.channel_id].sound
        return sound.started_at if sound else 0

    first = await eventually(piece, every=0.01)
    await eventually(lambda: piece() != first, every=0.01)
    assert began < first < piece()

    # when the agent accepts, then they talk without hearing the rest, which takes above 5 s
    joined_at = time.monotonic()
    await desk.call(arrived, Place.TALKING, "ana")
    await eventually(lambda: customer.hears(AGENT_HZ, 0.1) and leg.hears(CUSTOMER_HZ, 0.1))
    assert time.monotonic() - joined_at < 2.5
    await eventually(lambda: customer.hears(AGENT_HZ, 0.5) and leg.hears(CUSTOMER_HZ, 0.5))


async def test_a_worse_place_is_never_announced(stack: Stack, phones: PhoneNetwork) -> None:
    # given a caller who was told that they are second
    async with serving(stack, announce_every_seconds=0.2) as desk:
        _, arrived = await _customer(desk, phones)
        await desk.call(arrived, Place.WAITING, position=2)
        told = f"channels/{arrived.channel_id}/variable?variable=RINGDESK_TOLD"

        async def best() -> str:
            status, answer = await stack.ari.ask("GET", told)
            return str(answer["value"]) if status == 200 else ""

        async def is_told(place: str) -> bool:
            return await best() == place

        await eventually(lambda: is_told("2"))

    # when another process goes on, and others came before them
    async with serving(stack, announce_every_seconds=0.2) as desk:
        again = await desk.told(CallArrived)
        assert again.variables["RINGDESK_TOLD"] == "2"
        await desk.call(again, Place.WAITING, position=5)
        mirror = desk.telephony._mirror
        await eventually(lambda: (s := mirror.lines[again.channel_id].sound) and s.started)

        # then they are not told so; when they are next, they are
        assert await best() == "2"
        await desk.call(again, Place.WAITING, position=1)
        await eventually(lambda: is_told("1"), within=15)


async def test_breadcrumbs_stand_on_the_channel(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a caller; when the desk wants variables kept on the call
    _, arrived = await _customer(desk, phones)
    crumbs = {"RINGDESK_CONVERSATION": "c1", "RINGDESK_OWNER": "ana", "RINGDESK_ATTEMPT": "2"}
    await desk.call(arrived, Place.WAITING, variables=crumbs)

    # then Asterisk has them, and lists them with the channel
    async def kept() -> bool:
        channels = await stack.ari.get("channels")
        return any(crumbs.items() <= c.get("channelvars", {}).items() for c in channels)

    await eventually(kept)


async def test_the_holding_bridge_is_made_again(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a caller who hears music
    customer, arrived = await _customer(desk, phones)
    await desk.call(arrived, Place.WAITING)
    await eventually(customer.hears_something)

    # when somebody takes the holding bridge away
    bridges = await stack.ari.get("bridges")
    waiting = next(b["id"] for b in bridges if b["name"] == "waiting")
    await stack.ari.ask("DELETE", f"bridges/{waiting}")

    # then the caller is in a new one, with music
    async def waits_again() -> bool:
        bridges = await stack.ari.get("bridges")
        return any(
            b["name"] == "waiting" and b["id"] != waiting and arrived.channel_id in b["channels"]
            for b in bridges
        )

    await eventually(waits_again)
    moved_at = time.monotonic()
    await eventually(lambda: time.monotonic() - moved_at > 0.5 and customer.hears_something(0.4))


async def test_every_caller_hears_music(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given callers who come one after the other has left, and once in the same instant
    for times in range(1, 4):
        customer, arrived = await _customer(desk, phones)
        await desk.call(arrived, Place.WAITING)
        await eventually(customer.hears_something)
        await customer.hang_up()
        await desk.told(CallGone, times)
    first, _ = await _customer(desk, phones)
    await desk.call(desk.all(CallArrived)[-1], Place.WAITING)
    await eventually(first.hears_something)
    second, arrived = await _customer(desk, phones)
    await asyncio.gather(first.hang_up(), desk.call(arrived, Place.WAITING))

    # then each hears music, and no more than two bridges are left over
    await desk.told(CallGone, 4)
    await eventually(lambda: second.hears_something(0.1))
    bridges = await stack.ari.get("bridges")
    assert len([b for b in bridges if b["name"] == "waiting"]) <= 2


async def test_a_talk_goes_back_to_the_queue(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given a talk
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()
    customer, arrived = await _customer(desk, phones)
    await desk.call(arrived, Place.TALKING, "ana")
    await eventually(lambda: customer.hears(AGENT_HZ))

    # when it is returned, then the caller hears music and the agent silence; both live
    await desk.call(arrived, Place.WAITING)
    await eventually(lambda: customer.hears_something(0.3) and not customer.hears(AGENT_HZ, 0.1))
    await eventually(leg.hears_nothing)
    assert leg.up

    # and a second agent takes over
    other = await phones.number("5552", 1200)
    await desk.connect_leg("ben", number="5552")
    await desk.call(arrived, Place.TALKING, "ben")
    await eventually(lambda: customer.hears(1200) and other.line.hears(CUSTOMER_HZ))


async def test_each_move_is_made_once(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given a leg and a caller
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    customer, arrived = await _customer(desk, phones)
    mirror = desk.telephony._mirror
    line = await eventually(lambda: mirror.lines.get(arrived.channel_id))

    # when the call goes to and fro, with the reply before, between and after its events
    for times in range(1, 31):
        await desk.call(arrived, Place.TALKING, "ana")
        await desk.told(TalkJoined, times)
        await desk.call(arrived, Place.WAITING)
        await eventually(lambda: line.bridge_id and line.bridge_id == mirror.waiting_id)

    # then each was one move: a second one would have been heard, and told
    await _talks_soon(desk, arrived, phone.line, customer)
    assert len(desk.all(TalkJoined)) == 31


async def test_two_callers_on_one_leg_after_the_other(
    desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a talk and a waiting caller
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()
    first, first_call = await _customer(desk, phones)
    await desk.call(first_call, Place.TALKING, "ana")
    second = await phones.call("200", 1500, "0999")
    second_call = await desk.told(CallArrived, 2)
    await desk.call(second_call, Place.WAITING)
    await eventually(lambda: leg.hears(CUSTOMER_HZ))

    # when the first ends and the second begins in the same instant
    await asyncio.gather(
        desk.call(second_call, Place.TALKING, "ana"), desk.call(first_call, Place.GONE)
    )

    # then only the second is heard
    await eventually(lambda: leg.hears(1500) and second.hears(AGENT_HZ))
    await first.ended()
    assert phone.rings == 1


async def test_caller_who_hangs_up_while_being_connected(
    desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a leg, and a caller who waits
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    for times in range(1, 6):
        customer, arrived = await _customer(desk, phones)
        await desk.call(arrived, Place.WAITING)

        # when they hang up at the instant in which they are accepted
        await asyncio.gather(customer.hang_up(), desk.call(arrived, Place.TALKING, "ana"))

        # then the call is told gone once, and the leg is well
        await desk.told(CallGone, times)
    assert len(desk.all(CallGone)) == 5
    assert phone.line.up
    customer, arrived = await _customer(desk, phones)
    await _talks_soon(desk, arrived, phone.line, customer)


async def test_link_that_breaks_while_connecting(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given a leg and a caller who waits
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    customer, arrived = await _customer(desk, phones)
    await desk.call(arrived, Place.WAITING)

    # when the link is cut in the same breath as the accept
    await desk.call(arrived, Place.TALKING, "ana")
    await desk.leg("ana", ringing=None)
    desk.telephony.ari.drop("a story cuts it")

    # then they talk all the same
    await eventually(lambda: customer.hears(AGENT_HZ) and phone.line.hears(CUSTOMER_HZ))
    assert phone.rings == 1


async def test_garbage_in_the_variables_loses_nobody(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a channel with what a careless bot may leave on it
    big = "x" * 30_000
    garbage = {
        "RINGDESK_SKILLS": "Billing\r\nAction: Logoff",
        "RINGDESK_PARAMETERS": big,
        "RINGDESK_CONVERSATION": "${EVAL(${RINGDESK_SKILLS})}",
        "RINGDESK_PRIORITY": "ten",
    }
    status, _ = await stack.ari.ask(
        "POST",
        "channels/garbage-1?endpoint=Local/300@demo&app=ringdesk&appArgs=queue",
        variables=garbage,
    )
    assert status == 200

    # then it arrives with all of it, as it is
    arrived = await desk.told(CallArrived)
    assert dict(arrived.variables) == garbage
    await desk.call(arrived, Place.GONE)
    await desk.told(CallGone)


async def test_call_that_a_bot_has_is_fetched(stack: Stack, desk: NotingDesk) -> None:
    # given a call in a bot's own application
    async with stack.ari.serve("some-bot") as bot:
        path = "channels/bots-1?endpoint=Local/300@demo&app=some-bot"
        await stack.ari.ask("POST", path, variables={"RINGDESK_SKILLS": "Billing"})
        await bot.first("StasisStart")

        # when the desk fetches it, more than once
        for _ in range(2):
            await desk.telephony.fetch_call("bots-1", "v-1")

        # then it arrives once, with its conversation
        arrived = await desk.told(CallArrived)
        assert arrived.variables["RINGDESK_CONVERSATION"] == "v-1"
        assert arrived.variables["RINGDESK_SKILLS"] == "Billing"
        await desk.call(arrived, Place.GONE)
        await desk.told(CallGone)
        assert len(desk.all(CallArrived)) == 1


async def test_call_inside_an_application_is_fetched(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a call inside Echo(), which ARI cannot move, and one that is not there
    await phones.call("300", CUSTOMER_HZ, "0123")

    async def echoing() -> list[str]:
        channels = await stack.ari.get("channels")
        return [c["id"] for c in channels if c["dialplan"]["app_name"] == "Echo"]

    [channel] = await eventually(echoing)

    # when both are fetched
    await desk.telephony.fetch_call(channel, "v-1")
    await desk.telephony.fetch_call("nobody", "v-2")

    # then the one arrives, and the other is told gone
    arrived = await desk.told(CallArrived)
    assert (arrived.channel_id, arrived.variables["RINGDESK_CONVERSATION"]) == (channel, "v-1")
    assert (await desk.told(CallGone)).channel_id == "nobody"
