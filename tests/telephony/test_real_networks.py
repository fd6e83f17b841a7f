"""What real phones and carriers say that no phone of ours does; each spoken by hand."""

import pytest

from tests.support.people import Agent
from tests.support.polling import eventually
from tests.support.raw_phone import RawCall, RawPhone
from tests.support.world import Caller, World
from tests.telephony.per_call import offered_to, rung_per_call, with_number


async def at_raw_phone(world: World, agent: Agent) -> None:
    """Connect the leg over the desk phone, and become available."""
    await agent.connect("sip")
    await agent.become("available")


async def talks(world: World, agent: Agent, phone: RawPhone) -> tuple[Caller, str, RawCall]:
    """A customer calls, the agent accepts, and each hears the other."""
    caller = await world.call("200")
    talk = str((await world.conversation(caller, "offered"))["id"])
    await agent.offered(talk)
    await agent.accept(talk)
    call = phone.call
    await eventually(lambda: call.rtp.hears(caller.hz) and caller.line.hears(call.rtp.hz))
    return caller, talk, call


@pytest.mark.parametrize(
    ("reason", "lost"),
    [
        ("", False),
        ('Q.850;cause=16;text="Normal call clearing"', False),
        ('Q.850;cause=38;text="Network out of order"', True),
        ("Q.850;cause=102", True),
    ],
    ids=["none", "16", "38", "102"],
)
async def test_a_bye_with_another_cause_is_a_loss(
    hasty_world: World, reason: str, lost: bool
) -> None:
    # given a talk on a desk phone
    world = hasty_world
    ana = await world.person("ana")
    async with RawPhone(world.stack.sip, *world.sip_user(ana), hz=world.tone()) as phone:
        await at_raw_phone(world, ana)
        caller, talk, call = await talks(world, ana, phone)

        # when it hangs up and says why
        await call.bye(reason)
        await ana.leg_is("disconnected")

        # then an ordinary end is hers; any other cause is a loss: music, and back to the queue
        if lost:
            await eventually(lambda: caller.line.hears_other_than(call.rtp.hz))
            waiting = await world.conversation(caller, "queued", within=15)
            assert waiting["segments"][-1]["ended_by"] == "lost"
            await caller.line.hang_up()
        else:
            ended = await world.conversation(caller, "wrap_up")
            assert ended["segments"][-1]["ended_by"] == "agent"
            await caller.line.ended()
            await ana.wrap_up(talk)


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
async def test_hold_by_the_phones_own_button(world: World, direction: str) -> None:
    # given a talk
    ana = await world.person("ana")
    async with RawPhone(world.stack.sip, *world.sip_user(ana), hz=world.tone()) as phone:
        await at_raw_phone(world, ana)
        caller, talk, call = await talks(world, ana, phone)
        hz = call.rtp.hz

        # when she presses the phone's hold button, and it falls silent
        call.rtp.hz = 0
        await call.reinvite(direction)

        # then the customer hears music, the call is hers, and nothing counts as lost
        await eventually(lambda: caller.line.hears_other_than(hz))
        assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id
        assert (await ana.me())["leg"]["state"] == "connected"

        # when she takes it back, then they talk
        await call.reinvite("sendrecv")
        call.rtp.hz = hz
        await eventually(lambda: call.rtp.hears(caller.hz) and caller.line.hears(hz))
        await caller.line.hang_up()
        await world.conversation(caller, "wrap_up")
        await ana.wrap_up(talk)


async def test_a_caller_whose_carrier_leaves_the_offer_to_us(world: World) -> None:
    # given an agent
    ana = await world.at_work("ana")
    phone = RawPhone(world.stack.sip, "+493055501", "", hz=world.tone(), registers=False)
    async with phone:
        # when a call comes without SDP (the answer to our offer is in the ACK)
        call = await phone.dial("200", late=True)
        seen = world.supervisor.picture.of
        await eventually(lambda: (c := seen("+493055501")) and c["state"] == "offered")
        talk = str((seen("+493055501") or {})["id"])
        await ana.offered(talk)
        await ana.accept(talk)

        # then there is sound both ways
        await eventually(lambda: call.rtp.hears(ana.phone.hz) and ana.line.hears(call.rtp.hz))
        await ana.end(talk)
        await eventually(lambda: call.over)
        await ana.wrap_up(talk)


async def test_a_session_that_the_phone_refreshes_goes_on(world: World) -> None:
    # given a talk with a phone that asks for a session timer and refreshes by itself (RFC 4028)
    ana = await world.person("ana")
    timer = "Require: timer\r\nSession-Expires: 90;refresher=uas\r\n"
    user = world.sip_user(ana)
    async with RawPhone(world.stack.sip, *user, hz=world.tone(), timer=timer) as phone:
        await at_raw_phone(world, ana)
        caller, talk, call = await talks(world, ana, phone)

        # when it does, by re-INVITE and by UPDATE
        await call.reinvite("sendrecv")
        await call.update("Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n")

        # then both are taken, and nobody hears anything of it
        assert all(text.startswith("SIP/2.0 200") for text in call.answers.values())
        await eventually(lambda: call.rtp.hears(caller.hz) and caller.line.hears(call.rtp.hz))
        await caller.line.hang_up()
        await world.conversation(caller, "wrap_up")
        await ana.wrap_up(talk)


async def test_a_phone_with_tones_of_its_own_before_it_answers(world: World) -> None:
    # given a phone that is rung per call and says 183 with sound
    ana = await world.person("ana")
    user = world.sip_user(ana)
    async with RawPhone(world.stack.sip, *user, hz=world.tone(), early=True) as phone:
        await rung_per_call(world, ana, "sip")
        caller = await world.call("200")
        talk = await offered_to(world, ana, caller)

        # then that counts as ringing, and the customer hears nothing of it
        assert (await ana.me())["leg"]["state"] == "ringing"
        assert not caller.line.hears(phone.call.rtp.hz)

        # when it is answered, then they talk
        phone.answer()
        call = phone.call
        await eventually(lambda: call.rtp.hears(caller.hz) and caller.line.hears(call.rtp.hz))
        await ana.end(talk)
        await eventually(lambda: call.over)
        await ana.wrap_up(talk)


async def test_a_number_lost_in_a_talk_is_asked_for_1_again(world: World) -> None:
    # given a talk on a telephone, which its network drops
    ana = await with_number(world, "ana", answers=True)
    caller = await world.call("200")
    talk = await offered_to(world, ana, caller)
    await ana.phone.answered()
    await eventually(ana.line.hears_something)
    await ana.line.press("1")
    await world.hear_each_other(ana, caller)
    behind = world.behind
    leg = next(c["id"] for c in await behind.channels() if c["id"].startswith(f"leg-{ana.id}"))
    await behind.ari("DELETE", f"channels/{leg}", reason_code="38")

    # when it is called again for the same talk, then a mailbox may have answered
    await ana.phone.answered(times=2)
    await eventually(ana.line.hears_something)
    assert not caller.line.hears(ana.phone.hz)

    # and when 1 is pressed, then they talk on
    await ana.line.press("1")
    await world.hear_each_other(ana, caller)
    await ana.end(talk)
    await ana.wrap_up(talk)
