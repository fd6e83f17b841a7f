"""A call is passed on to a skill, an agent or a number outside."""

import asyncio
import time

import pytest

from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.on_a_call import held, on_a_call, press


async def test_a_call_is_passed_to_a_skill(world: World) -> None:
    # given a talk, and a colleague with another skill
    ana, caller, talk = await on_a_call(world)
    age = (await world.conversation(caller, "active"))["queued_at"]
    chi = await world.at_work("chi")

    # when
    shown = await press(ana, talk, "transfer", to={"skill": "Spanish"})

    # then she writes, and the caller comes to the colleague with their old age, hearing music
    assert shown["segments"][0]["wrap_up"] == "open"
    assert shown["segments"][0]["ended_by"] == "transfer"
    offered = await chi.offered(talk)
    assert (offered["skills"], offered["queued_at"]) == (["Spanish"], age)
    await held(ana, caller)
    await chi.accept(talk)
    await world.hear_each_other(chi, caller)
    await eventually(ana.line.hears_nothing)

    # and after both wrote, one conversation with two parts is in the archive
    await ana.wrap_up(talk, notes="wants Spanish")
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await chi.wrap_up(talk, notes="done")
    kept = await world.closed(talk)
    assert [s["notes"] for s in kept["segments"]] == ["wants Spanish", "done"]
    assert kept["outcome"] == "completed"


async def test_a_held_call_is_passed_to_an_agent(world: World) -> None:
    # given a held customer, a colleague without the skill, and one with it
    ana, caller, talk = await on_a_call(world)
    await press(ana, talk, "hold")
    await held(ana, caller)
    ben, chi = await world.at_work("ben"), await world.at_work("chi")

    # when
    await press(ana, talk, "transfer", to={"agent": "chi@example.com"}, mode="blind")

    # then it is chi's alone, and not held any more once accepted
    offered = await chi.offered(talk)
    assert offered["routed_to"]["id"] == chi.id
    assert (await ben.me())["offer"] is None
    await chi.accept(talk)
    await world.hear_each_other(chi, caller)


async def test_a_transfer_that_is_refused_comes_back(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    age = (await world.conversation(caller, "active"))["queued_at"]
    chi = await world.at_work("chi")

    # when chi does not want it
    await press(ana, talk, "transfer", to={"agent": chi.id})
    await chi.offered(talk)
    await chi.reject(talk)

    # then it waits for those who can, at its old age, and not for chi
    waiting = await world.conversation(caller, "queued")
    assert (waiting["skills"], waiting["queued_at"]) == (["Billing"], age)
    assert waiting["routed_to"] is None
    ben = await world.at_work("ben")
    await ben.offered(talk)


async def test_a_transfer_to_somebody_who_is_away_comes_back_at_once(world: World) -> None:
    # given a colleague who is signed in and not available, and one who is
    ana, _, talk = await on_a_call(world)
    chi, ben = await world.person("chi"), await world.at_work("ben")

    # when
    await press(ana, talk, "transfer", to={"agent": chi.id})

    # then the other gets it
    assert (await ben.offered(talk))["routed_to"] is None


async def test_a_transfer_waits_on_when_the_service_is_killed(own_world: World) -> None:
    # given a call passed on to somebody who writes just now
    world = own_world
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    other = await world.call("202")
    first = await world.talking(chi, other)
    await other.line.hang_up()
    await world.conversation(other, "wrap_up")
    await press(ana, talk, "transfer", to={"agent": chi.id})

    # when
    await asyncio.to_thread(lambda: (world.stack.kill9("service"), world.stack.restart()))

    # then it is still chi's alone, who takes it
    waiting = await world.conversation(caller, "queued")
    assert waiting["routed_to"]["id"] == chi.id
    await chi.wrap_up(first)
    await chi.offered(talk)
    await chi.accept(talk)
    await world.hear_each_other(chi, caller)


async def test_a_call_is_passed_to_a_number(world: World) -> None:
    # given a talk, and somebody outside
    ana, caller, talk = await on_a_call(world)
    outside = await world.phones.number("+442079460001", world.tone())

    # when (written as people write numbers)
    shown = await press(ana, talk, "transfer", to={"number": "+44 (20) 7946-0001"})

    # then she writes, and those two hear each other
    assert (shown["state"], shown["outcome"]) == ("wrap_up", "transferred")
    await outside.answered()
    await eventually(
        lambda: caller.line.hears(outside.hz) and outside.line.hears(caller.hz), within=5
    )
    await eventually(ana.line.hears_nothing)

    # and what she writes, and the end of it here, does not disturb them
    since = time.monotonic()
    await ana.wrap_up(talk, notes="to the bank")
    assert (await world.closed(talk))["outcome"] == "transferred"
    await eventually(lambda: time.monotonic() > since + 1)
    await eventually(lambda: caller.line.hears(outside.hz))
    assert outside.rings == 1

    # and when they hang up, nothing is left of it
    await outside.line.hang_up()
    await caller.line.ended()


@pytest.mark.parametrize("written", [False, True])
async def test_who_is_not_answered_outside_comes_back(world: World, written: bool) -> None:
    # given a number that rings, and the agent's wrap-up closed meanwhile, or not
    ana, caller, talk = await on_a_call(world)
    age = (await world.conversation(caller, "active"))["queued_at"]
    outside = await world.phones.number("+442079460002", world.tone(), answers=False)
    await press(ana, talk, "transfer", to={"number": outside.name})
    await eventually(lambda: outside.rings == 1)
    await eventually(lambda: caller.line.hears_other_than(ana.phone.hz))
    await ana.put(f"conversations/{talk}/notes", {"notes": "to the bank"})
    if written:
        await ana.become("busy")
        await ana.wrap_up(talk)
        await world.closed(talk)

    # when they refuse
    await outside.line.hang_up()

    # then the caller is in the queue again with the same conversation, age and skills, once
    waiting = await world.conversation(caller, "queued")
    assert (waiting["id"], waiting["queued_at"], waiting["skills"]) == (talk, age, ["Billing"])
    assert waiting["outcome"] is None
    assert waiting["segments"][0]["notes"] == "to the bank"
    ben = await world.at_work("ben")
    await ben.offered(talk)
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)
    assert outside.rings == 1


async def test_a_number_that_does_not_exist_gives_the_caller_back(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    ben = await world.at_work("ben")
    await press(ana, talk, "transfer", to={"number": "+442079460099"})
    await ben.offered(talk)
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)


async def test_the_customer_hangs_up_while_it_rings_outside(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    outside = await world.phones.number("+442079460003", world.tone(), answers=False)
    await press(ana, talk, "transfer", to={"number": outside.name})
    await eventually(lambda: outside.rings == 1)
    await caller.line.hang_up()
    await eventually(lambda: outside.line.over)
    await ana.wrap_up(talk)
    assert (await world.closed(talk))["outcome"] == "transferred"


@pytest.mark.parametrize(
    ("to", "status", "kind"),
    [
        ({"skill": "Juggling"}, 422, "unknown-skill"),
        ({"agent": "nobody@example.com"}, 422, "unknown-agent"),
        ({"agent": "ana@example.com"}, 409, "wrong-state"),
        ({"skill": "Spanish", "agent": "chi@example.com"}, 422, "validation"),
        ({}, 422, "validation"),
        ({"planet": "Mars"}, 422, "validation"),
        ({"number": "+44 20 x"}, 422, "validation"),
        ({"number": "+44 909 879 0123"}, 422, "validation"),
        ({"number": "0900 123"}, 422, "validation"),
        ({"number": "sip:100@example.com"}, 422, "validation"),
        ({"number": "100&PJSIP/200@trunk"}, 422, "validation"),
    ],
)
async def test_a_transfer_that_cannot_be_changes_nothing(
    world: World, to: dict[str, str], status: int, kind: str
) -> None:
    # given
    ana, caller, talk = await on_a_call(world)

    # when
    with pytest.raises(Refused) as refused:
        await press(ana, talk, "transfer", to=to)

    # then she is told why, and they go on
    assert (refused.value.status, refused.value.type) == (status, kind)
    await world.hear_each_other(ana, caller)
    assert (await world.conversation(caller, "active"))["agent"]["id"] == ana.id
