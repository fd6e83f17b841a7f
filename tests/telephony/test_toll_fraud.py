"""A stolen or hostile desk phone gets no call to where its owner may not call."""

import pytest

from tests.support.curt_phone import CurtPhone
from tests.support.polling import eventually
from tests.support.raw_phone import RawPhone
from tests.support.world import World
from tests.telephony.test_real_networks import at_raw_phone, talks

PREMIUM = "+88123450001"


@pytest.mark.parametrize("more", ["", ";method=INVITE"])
async def test_a_phone_that_refers_its_caller_elsewhere_is_refused(world: World, more: str) -> None:
    # given a talk on a desk phone, and a number that costs
    ana = await world.person("ana")
    premium = await world.phones.number(PREMIUM, world.tone())
    async with RawPhone(world.stack.sip, *world.sip_user(ana), hz=world.tone()) as phone:
        await at_raw_phone(world, ana)
        caller, talk, call = await talks(world, ana, phone)

        # when the phone sends the customer there (REFER, RFC 3515)
        target = f"sip:{PREMIUM}@{world.stack.sip}{more}"
        call.request("REFER", f"Refer-To: <{target}>\r\nReferred-By: <sip:ana@x>\r\n")
        answer = await call.answered()

        # then it is refused, nobody is called, and the talk goes on
        assert answer.startswith(("SIP/2.0 4", "SIP/2.0 6")), answer
        await eventually(lambda: call.rtp.hears(caller.hz) and caller.line.hears(call.rtp.hz))
        assert premium.rings == 0
        await ana.end(talk)
        await ana.wrap_up(talk)


async def test_a_phone_that_forwards_to_a_number_is_not_followed(world: World) -> None:
    # given an agent's phone that answers 302 to a number that costs (RFC 3261, 21.3.3)
    premium = await world.phones.number(PREMIUM, world.tone())
    ana = await world.person("ana")
    moved = f"302 Moved Temporarily\r\nContact: <sip:{PREMIUM}@{world.stack.trunk}>"
    async with CurtPhone(world.stack.sip, *world.sip_user(ana), moved) as phone:
        # when her leg is connected
        await ana.post("me/leg", {"audio": "sip"})

        # then it is not, and nobody was called for it
        await eventually(lambda: phone.rung >= 1)
        await ana.leg_is("disconnected")
        assert premium.rings == 0
