"""A phone that is gone without a word shows as lost in time; a healthy one never does."""

import time

from app.telephony import ContactChanged, LegGone, SipEndpoint
from tests.integration.asterisk.stack import Stack
from tests.support.lone_phone import LonePhone
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk

SHOWN_WITHIN = 5.0


async def test_killed_desk_phone_is_lost_in_time(stack: Stack, desk: NotingDesk) -> None:
    # given a registered desk phone with a leg
    await desk.telephony.push_endpoint(SipEndpoint("u-ana-1", "p4ssword"))
    async with LonePhone(stack.sip, "u-ana-1", "p4ssword", 900) as phone:
        await eventually(lambda: desk.telephony.reachable("u-ana-1"), within=10)
        await desk.connect_leg("ana", endpoint="u-ana-1")

        # when it is killed
        vanished_at = await phone.vanish()

        # then the leg is lost within the limit
        gone = await desk.told(LegGone, within=8)
        assert time.monotonic() - vanished_at < SHOWN_WITHIN
        assert gone.lost
        assert not gone.far_end_hung_up
        assert desk.all(ContactChanged)[-1].reachable is False


async def test_desk_phone_that_hangs_up_is_no_loss(
    stack: Stack, desk: NotingDesk, phones: PhoneNetwork
) -> None:
    # given a registered desk phone with a leg
    await desk.telephony.push_endpoint(SipEndpoint("u-ben-1", "p4ssword"))
    phone = await phones.desk_phone("u-ben-1", "p4ssword", 900)
    await desk.connect_leg("ben", endpoint="u-ben-1")

    # when the agent hangs up
    await phone.line.hang_up()

    # then that is what is told
    gone = await desk.told(LegGone)
    assert (gone.far_end_hung_up, gone.lost) == (True, False)
