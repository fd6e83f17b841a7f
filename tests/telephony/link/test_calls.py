"""A customer's call and an agent's leg on a real Asterisk: wait, ring, talk, end."""

import time

import pytest

from app.telephony import (
    CallArrived,
    CallGone,
    LegDigit,
    LegGone,
    LegRinging,
    Place,
    TalkJoined,
)
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk

pytestmark = pytest.mark.alone

AGENT_HZ = 900
CUSTOMER_HZ = 600


async def test_caller_waits_rings_the_leg_and_talks(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given an agent whose number was called once and stands
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()

    # when a customer calls, waits, and is offered to the agent
    customer = await phones.call("200", CUSTOMER_HZ, "0123456")
    arrived = await desk.told(CallArrived)
    await desk.call(arrived, Place.WAITING)
    await eventually(customer.hears_something)
    await desk.leg("ana", ringing=f"c-{arrived.channel_id}")
    await desk.told(LegRinging)
    await eventually(leg.hears_something)

    # then what the dialplan said came along
    assert arrived.variables["RINGDESK_SKILLS"] == "Billing"
    assert arrived.caller_number == "0123456"
    assert arrived.entry == "200"

    # when the agent presses 1 and the call is connected
    await leg.press("1")
    digit = await desk.told(LegDigit)
    connected_at = time.monotonic()
    await desk.call(arrived, Place.TALKING, "ana")
    await desk.leg("ana", ringing=None)

    # then both hear each other, soon, and nothing rings any more
    assert (digit.digit, digit.conversation_id) == ("1", f"c-{arrived.channel_id}")
    joined = await desk.told(TalkJoined)
    assert (joined.agent_id, joined.channel_id) == ("ana", arrived.channel_id)
    heard = await eventually(lambda: leg.first_heard(CUSTOMER_HZ, connected_at))
    assert heard - connected_at < 0.15
    await eventually(lambda: customer.hears(AGENT_HZ, 0.3) and leg.hears(CUSTOMER_HZ, 0.3))

    # when the customer hangs up, the leg stays
    await customer.hang_up()
    gone = await desk.told(CallGone)
    assert (gone.channel_id, gone.hung_up, gone.cause) == (arrived.channel_id, True, 16)
    await eventually(leg.hears_nothing)
    assert leg.up
    assert phone.rings == 1
    assert not desk.all(LegGone)
