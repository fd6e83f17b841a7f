"""Who is calling, on the display of the agent's phone."""

import json

from tests.support.bot import Bot
from tests.support.polling import eventually
from tests.support.raw_phone import RawCall, RawPhone, header
from tests.support.world import World
from tests.telephony.per_call import offered_to, rung_per_call
from tests.telephony.test_real_networks import at_raw_phone, talks

WITHIN = 20.0


def shown(call: RawCall) -> str:
    """What the phone was told last about the other side (RFC 3325)."""
    told = [header(text, "P-Asserted-Identity") for text in call.received]
    return next((text for text in reversed(told) if text), "")


async def test_a_phone_whose_leg_stands_shows_each_caller(world: World) -> None:
    # given a desk phone with a standing leg
    ana = await world.person("ana")
    async with RawPhone(world.stack.sip, *world.sip_user(ana), hz=world.tone()) as phone:
        await at_raw_phone(world, ana)
        await eventually(lambda: phone.call.up, within=WITHIN)
        assert shown(phone.call) == ""

        # when a customer calls, then it shows their number, and speech is as ever
        caller, talk, call = await talks(world, ana, phone)
        await eventually(lambda: f"<sip:{caller.number}@" in shown(call), within=WITHIN)

        # when the talk is over, then it shows nobody
        await ana.end(talk)
        await eventually(lambda: '"Ringdesk"' in shown(call), within=WITHIN)
        await ana.wrap_up(talk)

        # and the next customer is shown while it rings, on the same leg
        caller = await world.call("200")
        talk = str((await world.conversation(caller, "offered"))["id"])
        await ana.offered(talk)
        await eventually(lambda: f"<sip:{caller.number}@" in shown(call), within=WITHIN)
        assert len(phone.calls) == 1
        await caller.line.hang_up()
        await eventually(lambda: '"Ringdesk"' in shown(call), within=WITHIN)


async def test_a_phone_that_is_rung_for_each_call_shows_the_number(world: World) -> None:
    # given a desk phone that is called for each customer
    ana = await world.person("ana")
    user = world.sip_user(ana)
    async with RawPhone(world.stack.sip, *user, hz=world.tone(), early=True) as phone:
        await rung_per_call(world, ana, "sip")

        # when a customer calls, then their number is who calls
        caller = await world.call("200")
        await offered_to(world, ana, caller)
        await eventually(lambda: phone.calls, within=WITHIN)
        assert f"<sip:{caller.number}@" in header(phone.call.invite, "From")
        await caller.line.hang_up()


async def test_what_the_ai_captured_stands_on_the_display(world: World) -> None:
    # given a desk phone that is called for each customer, and a bot's caller
    ana = await world.person("ana")
    user = world.sip_user(ana)
    async with (
        Bot(world.stack, world.behind) as bot,
        RawPhone(world.stack.sip, *user, hz=world.tone(), early=True) as phone,
    ):
        await rung_per_call(world, ana, "sip")
        caller = await world.call("100")
        channel = await bot.next_call()

        # when it hands over with what it captured
        facts = json.dumps({"order_number": "4711", "notes": "x" * 100, "vip": True})
        await bot.hand_over(channel, SKILLS="Billing", PARAMETERS=facts)
        await offered_to(world, ana, caller)
        await eventually(lambda: phone.calls, within=WITHIN)

        # then the phone shows what is short and plain of it, beside the number
        assert f'"{caller.number}, order_number 4711"' in header(phone.call.invite, "From")
        await caller.line.hang_up()
