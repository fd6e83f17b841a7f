"""An agent asks somebody else while the customer waits with music: who hears whom, step by step."""

import asyncio

import pytest

from tests.support.consults import (
    asked,
    back_with,
    consult,
    consulting,
    consulting_outside,
    free_again,
    music,
    on_a_call,
    press,
    together,
)
from tests.support.people import Refused
from tests.support.polling import eventually
from tests.support.world import World

pytestmark = pytest.mark.slow


# An agent


async def test_a_skill_is_consulted_swapped_and_gets_the_customer(world: World) -> None:
    # given a talk, and a colleague with another skill
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")

    # when she asks for Spanish, twice by mistake
    shown = await consult(ana, talk, skill="Spanish")
    again = await consult(ana, talk, skill="Spanish")

    # then the call is still hers, the customer hears music, and she nothing
    assert (shown["state"], shown["agent"]["id"], shown["held"]) == ("active", ana.id, True)
    assert shown["consult"]["state"] == "offered"
    assert shown["consult"]["to"]["skill"] == "Spanish"
    assert again["consult"]["since"] == shown["consult"]["since"]
    await music(caller.line, ana.line.hz)
    await eventually(ana.line.hears_nothing)

    # and the colleague sees on the offer who asks, about what, and why them
    offer = await asked(chi, talk)
    assert offer["consult"]["by"] == {"id": ana.id, "name": "Ana"}
    assert offer["customer"]["number"] == caller.number
    assert offer["why"]["requirement"] == ["Spanish"]

    # when they accept
    taken = await chi.accept(talk)

    # then those two talk, and the customer has music
    assert (taken["consult"]["state"], taken["consult"]["agent"]["id"]) == ("talking", chi.id)
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)

    # when she goes to the customer, and back
    assert (await press(ana, talk, "transfer/swap"))["consult"]["state"] == "swapped"
    await together(ana.line, caller.line)
    await music(chi.line, ana.line.hz, caller.hz)
    assert (await press(ana, talk, "transfer/swap"))["consult"]["state"] == "talking"
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)

    # when she gives the customer away, and once more by mistake
    done = await press(ana, talk, "transfer/complete")
    assert (await press(ana, talk, "transfer/complete"))["version"] == done["version"]

    # then chi has them, ana writes, and each writes about their own part
    assert (done["state"], done["agent"]["id"], done["consult"]) == ("active", chi.id, None)
    await world.hear_each_other(chi, caller)
    await eventually(ana.line.hears_nothing)
    await ana.wrap_up(talk, notes="wants Spanish")
    await caller.line.hang_up()
    await world.conversation(caller, "wrap_up")
    await chi.wrap_up(talk, notes="done")
    kept = await world.closed(talk)
    parts = [(s["agent"]["id"], s["ended_by"], s["notes"]) for s in kept["segments"]]
    assert parts == [(ana.id, "transfer", "wants Spanish"), (chi.id, "customer", "done")]
    assert kept["outcome"] == "completed"
    assert (ana.phone.rings, chi.phone.rings) == (1, 1)
    await world.nothing_left_but_legs()


async def test_the_timeline_keeps_the_consult(world: World) -> None:
    # given
    ana, _, talk, _ = await consulting(world)
    await press(ana, talk, "transfer/swap")
    await press(ana, talk, "transfer/cancel")

    # then its steps stand in the archive, in order
    async def steps() -> bool:
        kept = await world.supervisor.get(f"conversations/{talk}/timeline")
        kinds = [e["type"] for e in kept["items"] if e["type"].startswith("consult")]
        return kinds[:1] == ["consult_started"] and kinds[-2:] == [
            "consult_swapped",
            "consult_ended",
        ]

    await eventually(steps, within=10, every=0.1)


async def test_a_cancelled_consult_leaves_everybody_as_before(world: World) -> None:
    # given
    ana, caller, talk, chi = await consulting(world)

    # when, and again
    done = await press(ana, talk, "transfer/cancel")
    assert (await press(ana, talk, "transfer/cancel"))["version"] == done["version"]

    # then
    await back_with(world, ana, caller, talk)
    await free_again(chi)

    # and chi gets the next call
    other = await world.call("202")
    await world.talking(chi, other)


async def test_an_agent_accepts_by_pressing_1(world: World) -> None:
    # given
    ana, caller, talk = await on_a_call(world)
    ben = await world.at_work("ben")

    # when
    await consult(ana, talk, agent="ben@example.com")
    await asked(ben, talk)
    await ben.line.press("1")

    # then
    await together(ana.line, ben.line)
    await music(caller.line, ana.line.hz, ben.line.hz)


async def test_an_agent_who_refuses_gives_the_customer_back(world: World) -> None:
    # given two with the skill, of whom she wants one
    ana, caller, talk = await on_a_call(world)
    ben = await world.at_work("ben")
    await consult(ana, talk, agent=ben.id)
    await asked(ben, talk)

    # when
    await ben.line.press("2")

    # then
    await back_with(world, ana, caller, talk)
    await free_again(ben)


async def test_the_only_one_with_the_skill_refuses(world: World) -> None:
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    await consult(ana, talk, skill="Spanish")
    await asked(chi, talk)
    await chi.reject(talk)
    await back_with(world, ana, caller, talk)
    await free_again(chi)


async def test_who_does_not_answer_gives_the_customer_back(hasty_world: World) -> None:
    # given offers that last 2 s
    world = hasty_world
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    await consult(ana, talk, agent=chi.id)
    await asked(chi, talk)

    # when nobody presses anything
    await back_with(world, ana, caller, talk)

    # then chi is free for the next, and the late accept is refused
    await free_again(chi)
    with pytest.raises(Refused) as refused:
        await chi.accept(talk)
    assert refused.value.status == 409


async def test_a_phone_that_is_rung_per_call_is_consulted(world: World) -> None:
    # given a colleague whose desk phone rings for each call, and answers
    ana, caller, talk = await on_a_call(world)
    chi = await world.person("chi")
    await chi.put("me/preferences", {"leg": "per_call"})
    user, password = world.sip_user(chi)
    await chi.use_desk_phone(await world.phones.desk_phone(user, password, world.tone()))
    await chi.become("available")

    # when
    await consult(ana, talk, skill="Spanish")
    await chi.phone.answered()

    # then answering accepted it
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)
    await press(ana, talk, "transfer/swap")
    await together(ana.line, caller.line)
    await music(chi.line, ana.line.hz, caller.hz)

    # and the customer comes to that phone, which was rung once
    await press(ana, talk, "transfer/complete")
    await world.hear_each_other(chi, caller)
    assert chi.phone.rings == 1
    await chi.end(talk)
    await chi.line.ended()


# Who hangs up


async def test_the_customer_hangs_up_while_they_consult(world: World) -> None:
    # given
    ana, caller, talk, chi = await consulting(world)

    # when
    await caller.line.hang_up()

    # then she writes, and chi is free
    ended = await world.conversation(caller, "wrap_up")
    assert (ended["segments"][-1]["ended_by"], ended["consult"]) == ("customer", None)
    await free_again(chi)
    await eventually(ana.line.hears_nothing)
    await ana.wrap_up(talk)
    await world.nothing_left_but_legs()


@pytest.mark.parametrize("whom", ["agent", "number"])
async def test_an_agent_who_hangs_up_hands_over(world: World, whom: str) -> None:
    # given a consult that was answered
    if whom == "agent":
        ana, caller, talk, chi = await consulting(world)
        other = chi.line
    else:
        ana, caller, talk, outside = await consulting_outside(world)
        other = outside.line

    # when her phone is hung up
    await ana.line.hang_up()

    # then those two talk, and she writes
    await together(caller.line, other)
    seen = await ana.get(f"conversations/{talk}")
    assert (seen["segments"][0]["ended_by"], seen["segments"][0]["wrap_up"]) == ("transfer", "open")
    await other.hang_up()
    await caller.line.ended()


async def test_an_agent_who_hangs_up_before_an_answer_ends_the_call(world: World) -> None:
    # given chi's phone rings
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    await consult(ana, talk, skill="Spanish")
    await asked(chi, talk)

    # when
    await ana.line.hang_up()

    # then
    await caller.line.ended()
    await world.conversation(caller, "wrap_up")
    await free_again(chi)


async def test_the_consulted_hangs_up(world: World) -> None:
    # given
    ana, caller, talk, chi = await consulting(world)

    # when
    await chi.line.hang_up()

    # then she talks to the customer, and chi's phone is called for the next
    await back_with(world, ana, caller, talk)
    await chi.leg_is("connected")
    await free_again(chi)


async def test_the_consulted_leaves_on_the_page(world: World) -> None:
    ana, caller, talk, chi = await consulting(world)
    await chi.end(talk)
    await back_with(world, ana, caller, talk)
    await free_again(chi)


@pytest.mark.parametrize("swapped", [False, True])
async def test_the_agents_phone_is_lost(world: World, swapped: bool) -> None:
    # given
    ana, caller, talk, chi = await consulting(world)
    if swapped:
        await press(ana, talk, "transfer/swap")
        await together(ana.line, caller.line)

    # when her phone's connection breaks
    channel = await world.leg_channel(ana)
    await world.behind.ari("DELETE", f"channels/{channel}", reason="congestion")

    # then chi is free, the customer hears music and keeps her for the rejoin time
    await free_again(chi)
    await music(caller.line, ana.line.hz, chi.line.hz)
    seen = await world.conversation(caller, "active")
    assert seen["consult"] is None
    assert seen["rejoin_until"] is not None

    # when she is back in time
    await ana.post("me/leg", {})
    await ana.leg_is("connected")
    await world.hear_each_other(ana, caller)


# Wrong moves


@pytest.mark.parametrize(
    ("to", "status", "kind"),
    [
        ({"skill": "Juggling"}, 422, "unknown-skill"),
        ({"agent": "nobody@example.com"}, 422, "unknown-agent"),
        ({"agent": "ana@example.com"}, 409, "wrong-state"),
        ({"agent": "chi@example.com"}, 409, "wrong-state"),  # not available
        ({"number": "call me"}, 422, "validation"),
        ({"skill": "Spanish", "number": "+44"}, 422, "validation"),
    ],
)
async def test_a_consult_that_cannot_be_changes_nothing(
    world: World, to: dict[str, str], status: int, kind: str
) -> None:
    ana, caller, talk = await on_a_call(world)
    before = await ana.get(f"conversations/{talk}")
    with pytest.raises(Refused) as refused:
        await consult(ana, talk, **to)
    assert (refused.value.status, refused.value.type) == (status, kind)
    assert (await ana.get(f"conversations/{talk}"))["version"] == before["version"]
    await world.hear_each_other(ana, caller)


@pytest.mark.parametrize("button", ["swap", "complete", "cancel"])
async def test_buttons_without_a_consult_change_nothing(world: World, button: str) -> None:
    ana, caller, talk = await on_a_call(world)
    before = await ana.get(f"conversations/{talk}")
    with pytest.raises(Refused) as refused:
        await press(ana, talk, f"transfer/{button}")
    assert (refused.value.status, refused.value.type) == (409, "wrong-state")
    assert (await ana.get(f"conversations/{talk}"))["version"] == before["version"]
    await world.hear_each_other(ana, caller)


@pytest.mark.parametrize("button", ["swap", "complete", "cancel"])
async def test_the_consulted_has_no_say(world: World, button: str) -> None:
    ana, _, talk, chi = await consulting(world)
    with pytest.raises(Refused) as refused:
        await press(chi, talk, f"transfer/{button}")
    assert (refused.value.status, refused.value.type) == (409, "not-yours")
    await together(ana.line, chi.line)


async def test_complete_and_cancel_at_the_same_instant(world: World) -> None:
    # given
    ana, caller, talk, chi = await consulting(world)

    # when both are pressed, and the consulted leaves
    await asyncio.gather(
        press(ana, talk, "transfer/complete"),
        press(ana, talk, "transfer/cancel"),
        return_exceptions=True,
    )

    # then the customer has one of them, and both ends agree
    seen = await world.supervisor.get(f"conversations/{talk}")
    assert seen["consult"] is None
    owner = ana if seen["agent"]["id"] == ana.id else chi
    await world.hear_each_other(owner, caller)
    assert {(await a.me())["load"]["voice"] for a in (ana, chi)} == {0, 1}
