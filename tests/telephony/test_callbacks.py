"""Nobody can serve, or the house closes: callers are told, and called back as it is promised."""

import time
from functools import partial

import pytest

from tests.support.people import Agent
from tests.support.phones import Phone
from tests.support.polling import eventually
from tests.support.world import Caller, World
from tests.telephony.choices import (
    PATIENT,
    administrator,
    becomes_a_callback,
    house,
    is_told,
    leaves_a_message,
    settings,
)
from tests.telephony.per_call import rung_per_call, with_number

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PROMISED = 10
"""Seconds within which a customer is told that nobody can serve them."""


async def offered_anew(agent: Agent, talk: str, before: int) -> int | None:
    """The attempt of an offer that came after this one: the list may show the old one still."""
    offer = (await agent.offered(talk, within=PATIENT))["offer"]
    return int(offer["attempt"]) if offer["attempt"] > before else None


async def rang(phone: Phone, times: int) -> None:
    """Wait until a phone was called so often."""
    await eventually(lambda: phone.rings == times, within=PATIENT)


@pytest.mark.alone
async def test_the_house_closes_on_a_waiting_caller_who_is_called_once_it_opens(
    world: World,
) -> None:
    async with house(world, entries=["200"]) as its:
        # given an agent whose phone is rung for each call, busy, and a caller who waits
        ana = await with_number(world, "ana", answers=True, confirm_answer=False)
        await ana.become("busy")
        caller = await world.call("200")
        waiting = await world.conversation(caller, "queued")
        await eventually(caller.line.hears_something)
        assert waiting["staffing"] == "ok"

        # when the house closes, then they are told, in time, and choose to be called
        closed_at = time.monotonic()
        await its.shut()
        await is_told(world, caller, "closed")
        assert time.monotonic() - closed_at < PROMISED
        kept = await becomes_a_callback(world, caller, waiting["id"])
        assert kept["callback"]["not_before"]

        # and who becomes available is not rung before it opens, for this reason
        phone = await world.phones.number(caller.number, world.tone())
        await ana.become("available")
        path = f"conversations/{waiting['id']}"
        reasons = {
            agent["name"]: agent["reasons"]
            for agent in (await world.supervisor.get(f"{path}/explain"))["agents"]
        }
        assert reasons["Ana"] == ["not_before"]
        assert ana.phone.rings == phone.rings == 0

        # when it opens, then her phone rings; she answers it, the customer is called, they talk
        await its.shut(False)
        await ana.phone.answered(within=PATIENT)
        await phone.answered(within=PATIENT)
        await eventually(
            lambda: phone.line.hears(ana.phone.hz) and ana.line.hears(phone.hz), within=PATIENT
        )
        assert (ana.phone.rings, phone.rings) == (1, 1)
        active = await world.conversation_is(waiting["id"], "active")
        assert active["queued_at"] == waiting["queued_at"]
        await phone.line.hang_up()
        await world.conversation_is(waiting["id"], "wrap_up")
        await ana.wrap_up(waiting["id"])
        assert (await world.closed(waiting["id"], within=PATIENT))["outcome"] == "completed"


@pytest.mark.alone
async def test_who_comes_when_nobody_is_there_is_told_in_time(world: World) -> None:
    # given nobody signed in who has Spanish, when somebody calls, then they are told, in time
    called_at = time.monotonic()
    caller = await world.call("202")
    waiting = await world.conversation(caller, "queued")
    assert waiting["staffing"] == "none_signed_in"
    await is_told(world, caller, "nobody")
    assert time.monotonic() - called_at < PROMISED
    await caller.line.hang_up()
    assert (await world.closed(waiting["id"], within=PATIENT))["outcome"] == "abandoned"


@pytest.mark.alone
async def test_the_last_who_could_leaves_and_the_caller_leaves_a_message(world: World) -> None:
    # given the only one at work who has Billing, busy, and a caller who waits
    ana = await world.at_work("ana")
    await ana.become("busy")
    caller = await world.call("200")
    waiting = await world.conversation(caller, "queued")
    await eventually(caller.line.hears_something)
    assert waiting["staffing"] == "ok"

    # when she goes home, then they are told, in time
    left_at = time.monotonic()
    await ana.become("offline")
    await is_told(world, caller, "nobody")
    assert time.monotonic() - left_at < PROMISED

    # and press 2: they are in the dialplan, and speak
    await caller.line.press("2")
    over = await world.closed(waiting["id"], within=PATIENT)
    assert (over["outcome"], over["result"]) == ("transferred", "message")
    await leaves_a_message(world, caller)


async def test_three_calls_in_vain_and_the_callback_has_failed(world: World) -> None:
    async with settings(world, callback_retry_seconds=1):
        # given a callback, and a customer who refuses
        caller = await world.call("202")
        talk = (await world.conversation(caller, "queued"))["id"]
        await is_told(world, caller, "nobody")
        await becomes_a_callback(world, caller, talk)
        phone = await world.phones.number(caller.number, world.tone(), answers=False)

        # when their phone rings three times in vain, each after the agent accepted
        chi = await world.at_work("chi")
        for tries in (1, 2, 3):
            await chi.offered(talk, within=PATIENT)
            await chi.accept(talk)
            await rang(phone, tries)
            assert (await world.supervisor.get(f"conversations/{talk}"))["state"] == "active"
            await phone.line.hang_up()

        # then it has failed, nobody rings again, and the agent is free without a wrap-up
        over = await world.closed(talk, within=PATIENT)
        assert (over["outcome"], over["callback"]["tries"]) == ("failed", 3)
        await eventually(lambda: chi.line.hears_nothing(0.5))
        assert (await chi.me())["wrap_ups"] == 0
        assert phone.rings == 3


async def test_a_number_that_may_not_be_called_is_promised_nothing_and_not_called(
    world: World,
) -> None:
    async with settings(world, callback_retry_seconds=1), administrator(world) as admin:
        # given a callback, and a rule, made afterwards, against calling this number
        caller = await world.call("202")
        talk = (await world.conversation(caller, "queued"))["id"]
        await is_told(world, caller, "nobody")
        await becomes_a_callback(world, caller, talk)
        phone = await world.phones.number(caller.number, world.tone(), answers=False)
        denied = {"prefix": caller.number, "action": "deny"}
        rule = await admin.post("dial-rules", denied)
        try:
            # when an agent accepts it, then nobody is called, three times, and it has failed
            chi = await world.at_work("chi")
            attempt = 0
            for _try in range(3):
                anew = partial(offered_anew, chi, talk, attempt)
                attempt = await eventually(anew, within=PATIENT, every=0.05)
                await chi.accept(talk)
            over = await world.closed(talk, within=PATIENT)
            assert (over["outcome"], over["callback"]["tries"]) == ("failed", 3)
            assert phone.rings == 0

            # and when they call again with nobody there, then key 1 is not theirs to press
            await chi.become("offline")
            line = await world.phones.call("202", world.tone(), caller.number)
            again = Caller(caller.number, line)
            waiting = await world.conversation(again, "queued")
            assert waiting["id"] != talk
            await is_told(world, again, "nobody")
            await again.line.press("1")
            await again.line.press("2")
            over = await world.closed(waiting["id"], within=PATIENT)
            assert (over["result"], over["callback"]) == ("message", None)
            await again.line.hang_up()
        finally:
            await admin.delete(f"dial-rules/{rule['id']}")


async def test_a_desk_phone_that_is_rung_per_call_answers_and_the_customer_is_called(
    world: World,
) -> None:
    # given a callback, and an agent whose desk phone is rung for each call
    caller = await world.call("202")
    talk = (await world.conversation(caller, "queued"))["id"]
    await is_told(world, caller, "nobody")
    await becomes_a_callback(world, caller, talk)
    phone = await world.phones.number(caller.number, world.tone(), answers=False)
    chi = await world.person("chi")
    chi.phone = await world.phones.desk_phone(*world.sip_user(chi), world.tone(), False)
    await rung_per_call(world, chi, "sip")

    # when it rings, then the customer's does not yet; when it is answered, theirs rings
    await chi.offered(talk, within=PATIENT)
    assert phone.rings == 0
    await chi.line.call.answer()
    await rang(phone, 1)
    await phone.line.call.answer()
    await eventually(
        lambda: phone.line.hears(chi.phone.hz) and chi.line.hears(phone.hz), within=PATIENT
    )

    # and she hangs up: the customer's phone is free, and the callback is done
    await chi.line.hang_up()
    await phone.line.ended(within=PATIENT)
    await world.conversation_is(talk, "wrap_up")
    await chi.wrap_up(talk)
    assert (await world.closed(talk, within=PATIENT))["outcome"] == "completed"
    assert phone.rings == 1
