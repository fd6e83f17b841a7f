"""A phone that is gone without a word shows as lost in time; a healthy one never does."""

import time

from app.telephony import ContactChanged, LegGone, SipEndpoint
from tests.integration.asterisk.stack import Stack
from tests.support.lone_phone import LonePhone
from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.telephony.link.desk import NotingDesk, serving
from tests.telephony.link.hole import Relay

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
        gone = await desk.told(LegGone, within=15)
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


async def test_without_ami_a_lost_phone_shows_and_a_phone_that_is_back_too(stack: Stack) -> None:
    # given a desk phone with a leg, and AMI in a network that can swallow
    ami = stack.config.ami
    async with (
        Relay(ami.host, ami.port) as relay,
        serving(stack, ami_host=relay.host, ami_port=relay.port) as desk,
    ):
        await desk.telephony.push_endpoint(SipEndpoint("u-ana-1", "p4ssword"))
        async with LonePhone(stack.sip, "u-ana-1", "p4ssword", 900) as phone:
            await eventually(lambda: desk.telephony.reachable("u-ana-1"), within=10)
            await desk.connect_leg("ana", endpoint="u-ana-1")

            # when AMI is gone, then ARI and the leg go on, and the contact is still believed
            relay.swallow()
            await eventually(lambda: not desk.telephony.status().ami, within=10)
            assert desk.telephony.status().ari
            assert await desk.telephony.reachable("u-ana-1")
            assert not desk.all(LegGone)

            # when the phone vanishes meanwhile, then it is lost
            await phone.vanish()
            gone = await desk.told(LegGone, within=12)
            assert gone.lost
            changes = desk.all(ContactChanged)
            await eventually(lambda: desk.all(ContactChanged)[-1].reachable is False, within=5)

        # when it is back, then it can be called, still without AMI
        async with LonePhone(stack.sip, "u-ana-1", "p4ssword", 900):
            await eventually(lambda: len(desk.all(ContactChanged)) > len(changes), within=10)
            await eventually(lambda: desk.telephony.reachable("u-ana-1"), within=10)
            assert not desk.telephony.status().ami
            relay.carry()
            await desk.is_up()
            assert await desk.telephony.reachable("u-ana-1")
