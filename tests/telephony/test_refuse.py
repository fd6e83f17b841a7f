"""Refused and missed offers: nobody loses their place, and one absent agent stops nobody."""

import pytest

from tests.conftest import OFFER_SECONDS
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World


async def test_a_rejected_call_goes_to_the_next_agent(world: World) -> None:
    # given two agents with the skill, and a caller offered to the one idle longest
    ana = await world.at_work("ana")
    ben = await world.at_work("ben")
    caller = await world.call("200")
    offered = await world.conversation(caller, "offered")
    await ana.offered(offered["id"])

    # when she rejects on her page
    await ana.reject(offered["id"])

    # then the other gets it, with the age it had; her phone is quiet and she stays available
    moved = await ben.offered(offered["id"])
    assert moved["queued_at"] == offered["queued_at"]
    assert moved["offer"]["attempt"] == offered["offer"]["attempt"] + 1
    await ana.leg_is("connected")
    await eventually(ana.line.hears_nothing)
    assert (await ana.me())["status"] == "available"


async def test_key_2_rejects(world: World) -> None:
    # given an offer to the only agent
    ana = await world.at_work("ana")
    caller = await world.call("200")
    offered = await world.conversation(caller, "offered")
    await ana.offered(offered["id"])

    # when
    await ana.line.press("2")

    # then the caller waits at the old place, with music, and not for her just now
    waiting = await world.conversation(caller, "queued")
    assert waiting["queued_at"] == offered["queued_at"]
    await eventually(caller.line.hears_something)
    answer = await world.supervisor.get(f"conversations/{offered['id']}/explain")
    assert "excluded" in next(v["reasons"] for v in answer["agents"] if v["id"] == ana.id)


async def test_an_agent_who_misses_two_offers_goes_busy(hasty_world: World) -> None:
    # given one agent who does not answer, and two callers
    world = hasty_world
    ana = await world.at_work("ana")
    first = await world.call("200")
    first_offered = await world.conversation(first, "offered")
    second = await world.call("200")
    await world.conversation(second, "queued")

    # when the first offer expires, then the second caller rings
    await world.conversation(second, "offered", within=OFFER_SECONDS + 3)
    expired = await world.conversation(first, "queued")
    assert expired["queued_at"] == first_offered["queued_at"]

    # when that expires too, then she is Busy, and both wait
    await ana.is_("busy", "missed offers", within=OFFER_SECONDS + 3)
    await world.conversation(second, "queued")
    await world.conversation(first, "queued")
    await eventually(ana.line.hears_nothing)


async def test_a_missed_call_goes_to_somebody_else(hasty_world: World) -> None:
    # given
    world = hasty_world
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)

    # when nobody answers
    await ben.offered(talk, within=OFFER_SECONDS + 3)

    # then the other can
    await ben.accept(talk)
    await world.hear_each_other(ben, caller)
    assert (await ana.me())["status"] == "available"


async def test_a_talk_that_is_put_back_waits_at_its_old_place(world: World) -> None:
    # given a talk with ana, a colleague, and a customer who called later
    ana = await world.at_work("ana")
    caller = await world.call("200")
    talk = await world.talking(ana, caller)
    age = (await world.conversation(caller, "active"))["queued_at"]
    later = await world.call("200")
    await world.conversation(later, "queued")

    # when she puts it back: she owes no wrap-up, and gets the later one, not this one again
    await ana.requeue(talk)
    await ana.offered((await world.conversation(later, "offered"))["id"])
    await eventually(lambda: caller.line.hears_other_than(ana.phone.hz))

    # then the colleague who comes now gets it, with its age
    ben = await world.at_work("ben")
    moved = await ben.offered(talk)
    assert moved["queued_at"] == age
    assert [segment["wrap_up"] for segment in moved["segments"]] == ["none"]


async def test_accepting_what_somebody_else_has_is_refused(world: World) -> None:
    # given a call that ana rejected and ben took
    ana, ben = await world.at_work("ana"), await world.at_work("ben")
    caller = await world.call("200")
    talk = (await world.conversation(caller, "offered"))["id"]
    await ana.offered(talk)
    await ana.reject(talk)
    await ben.offered(talk)
    await ben.accept(talk)

    # when ana accepts after all
    with pytest.raises(Refused) as refused:
        await ana.accept(talk)

    # then she is told no, and nothing changed
    assert refused.value.status in {403, 404, 409}
    await world.hear_each_other(ben, caller)
