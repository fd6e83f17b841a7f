"""What is wanted of a leg: phones that answer, refuse or are not there, on a real Asterisk."""

import pytest

from app.telephony import (
    LegAddress,
    LegFailed,
    LegFault,
    LegGone,
)
from tests.integration.asterisk.stack import Stack
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk, serving

pytestmark = pytest.mark.alone

AGENT_HZ = 900


async def test_phones_that_cannot_be_reached(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given a number that nobody has, and a SIP user that is nowhere
    await desk.leg("ana", address=LegAddress(number="0000"), up=True)
    await desk.leg("ben", address=LegAddress(endpoint="nobody"), up=True)
    await desk.leg("chi", address=None, up=True)

    # then each is told once, and not dialled again by itself
    await desk.told(LegFailed, 3)
    faults = {fact.agent_id: fact.reason for fact in desk.all(LegFailed)}
    assert faults == {
        "ana": LegFault.UNREACHABLE,
        "ben": LegFault.UNREACHABLE,
        "chi": LegFault.NO_ADDRESS,
    }
    await desk.leg("ana", up=True)
    await desk.leg("ben", up=True)
    assert len(desk.all(LegFailed)) == 3


async def test_phone_that_does_not_answer_or_refuses(stack: Stack, phones: PhoneNetwork) -> None:
    # given a phone that rings
    phone = await phones.number("5551", AGENT_HZ, answers=False)
    async with serving(stack, dial_seconds=1) as desk:
        # when nobody answers
        await desk.leg("ana", address=LegAddress(number="5551"), up=True)
        failed = await desk.told(LegFailed)
        assert failed.reason is LegFault.NO_ANSWER
        assert phone.rings == 1

        # when the wish is made again, and the phone refuses (486)
        await desk.leg("ana", up=False)
        await desk.leg("ana", up=True)
        await eventually(lambda: phone.rings == 2)
        await phone.line.hang_up()
        failed = await desk.told(LegFailed, 2)
        assert failed.reason in {LegFault.BUSY, LegFault.REJECTED}


async def test_leg_is_ended_and_called_again(desk: NotingDesk, phones: PhoneNetwork) -> None:
    # given a leg
    phone = await phones.number("5551", AGENT_HZ)
    await desk.connect_leg("ana", number="5551")
    leg = await phone.answered()

    # when it is not wanted any more, then it ends, by nobody's loss
    await desk.leg("ana", up=False)
    await leg.ended()
    gone = await desk.told(LegGone)
    assert (gone.far_end_hung_up, gone.lost) == (False, False)

    # when the agent hangs up, then it is the far end, and nobody calls again
    await desk.connect_leg("ana", number="5551")
    await phone.line.hang_up()
    gone = await desk.told(LegGone, 2)
    assert (gone.far_end_hung_up, gone.lost, gone.cause) == (True, False, 16)
    await desk.leg("ana", up=True)
    assert phone.rings == 2
