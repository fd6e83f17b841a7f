"""Another process, or the same after a gap, finds what there is and loses nobody."""

from app.telephony import (
    CallArrived,
    CallGone,
    LegAddress,
    LegGone,
    LegRinging,
    LegUp,
    Place,
    Reconciled,
    TalkJoined,
)
from tests.integration.asterisk.stack import Stack
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import serving

AGENT_HZ = 900
CUSTOMER_HZ = 600


async def test_next_process_adopts_calls_legs_and_talks(stack: Stack, phones: PhoneNetwork) -> None:
    # given one talk, one caller who waits, one leg that rings, left behind by a process that died
    ana = await phones.number("5551", AGENT_HZ)
    ben = await phones.number("5552", 1200)
    async with serving(stack) as desk:
        await desk.connect_leg("ana", number="5551")
        await desk.connect_leg("ben", number="5552")
        talker = await phones.call("200", CUSTOMER_HZ, "0111")
        talk = await desk.told(CallArrived)
        crumbs = {"RINGDESK_CONVERSATION": "c-talk", "RINGDESK_OWNER": "ana"}
        await desk.call(talk, Place.TALKING, "ana", variables=crumbs)
        await desk.told(TalkJoined)
        waiter = await phones.call("200", 1500, "0222")
        wait = await desk.told(CallArrived, 2)
        await desk.call(wait, Place.WAITING, variables={"RINGDESK_CONVERSATION": "c-wait"})
        await desk.leg("ben", ringing=f"c-{wait.channel_id}")
        await desk.told(LegRinging)
        await eventually(lambda: talker.hears(AGENT_HZ) and ben.line.hears_something())
        mirror = desk.telephony._mirror
        await eventually(lambda: mirror.lines[wait.channel_id].variables.get(
            "RINGDESK_CONVERSATION") == "c-wait")  # fmt: skip

    # when the next one starts
    async with serving(stack) as desk:
        # then it is told everything
        found = desk.all(Reconciled)[0]
        assert found.calls == {talk.channel_id: "c-talk", wait.channel_id: "c-wait"}
        assert set(found.legs) == {"ana", "ben"}
        assert found.talks == {talk.channel_id: "ana"}
        arrived = {call.channel_id: call for call in desk.all(CallArrived)}
        assert arrived[wait.channel_id].variables["RINGDESK_CONVERSATION"] == "c-wait"
        assert arrived[wait.channel_id].variables["RINGDESK_SKILLS"] == "Billing"
        assert arrived[wait.channel_id].entry == "200"
        assert {leg.agent_id for leg in desk.all(LegUp)} == {"ana", "ben"}

        # when it wants what the first one wanted, then nobody notices
        await desk.call(talk, Place.TALKING, "ana")
        await desk.leg("ana", address=LegAddress(number="5551"), up=True)
        await desk.leg("ben", address=LegAddress(number="5552"), up=True,
                       ringing=f"c-{wait.channel_id}")  # fmt: skip
        await desk.told(LegRinging)
        assert (ana.rings, ben.rings) == (1, 1)
        assert desk.all(TalkJoined) == []

        # and the call that rang is accepted and talked: its old tone is gone
        await desk.call(wait, Place.TALKING, "ben")
        await desk.leg("ben", ringing=None)
        await eventually(lambda: waiter.hears(1200) and ben.line.hears(1500))
        await eventually(lambda: talker.hears(AGENT_HZ))
        await eventually(lambda: ana.line.hears(CUSTOMER_HZ))

        # and the end of what was adopted is told as it was
        await ana.line.hang_up()
        gone = await desk.told(LegGone)
        assert (gone.agent_id, gone.far_end_hung_up, gone.lost) == ("ana", True, False)
        await talker.hang_up()
        left = await desk.told(CallGone)
        assert (left.channel_id, left.hung_up) == (talk.channel_id, True)


async def test_what_happened_while_nobody_listened(stack: Stack, phones: PhoneNetwork) -> None:
    # given a leg and a caller, and a link that is held back
    phone = await phones.number("5551", AGENT_HZ)
    async with serving(stack) as desk:
        await desk.connect_leg("ana", number="5551")
        first = await phones.call("200", CUSTOMER_HZ, "0111")
        gone = await desk.told(CallArrived)
        await desk.call(gone, Place.WAITING)
        await eventually(first.hears_something)
        desk.holds_lease = False
        await eventually(lambda: not desk.telephony.status().ari)

        # when the caller leaves, the phone hangs up and another caller comes
        await first.hang_up()
        await phone.line.hang_up()
        await first.ended()
        await phones.call("201", 1500, "0222")
        desk.holds_lease = True

        # then each is told as if it had been seen; how the leg ended nobody knows: a loss
        assert (await desk.told(CallGone)).channel_id == gone.channel_id
        assert (await desk.told(LegGone)).lost
        arrived = await desk.told(CallArrived, 2)
        assert arrived.caller_number == "0222"
        assert arrived.variables["RINGDESK_PRIORITY"] == "10"


async def test_everything_is_told_anew(stack: Stack, phones: PhoneNetwork) -> None:
    # given a leg and a talk
    phone = await phones.number("5551", AGENT_HZ)
    async with serving(stack) as desk:
        await desk.connect_leg("ana", number="5551")
        customer = await phones.call("200", CUSTOMER_HZ, "0111")
        arrived = await desk.told(CallArrived)
        await desk.call(arrived, Place.TALKING, "ana")
        await eventually(lambda: customer.hears(AGENT_HZ))

        # when the desk has lost its memory
        await desk.telephony.reconcile()

        # then it is told again, and the talk went on
        await desk.told(Reconciled, 2)
        await desk.told(CallArrived, 2)
        await desk.told(LegUp, 2)
        assert desk.all(Reconciled)[-1].talks == {arrived.channel_id: "ana"}
        await eventually(lambda: customer.hears(AGENT_HZ))
        assert phone.rings == 1
