"""An agent asks somebody else while the customer is held: in virtual time."""

import pytest

from app.acd import NotYours, Result, UnknownAgent, WrongState
from app.domain.agent import Status
from app.domain.consult import ConsultState
from app.domain.conversation import Channel, Outcome, State, WrapUp
from app.domain.events import EventType
from app.domain.leg import LegMove
from tests.integration.acd.consults import (
    TIME,
    a_talk,
    asked,
    back_with_ana,
    consulting,
    nothing_hidden,
    rings,
)
from tests.integration.acd.invariants import check_nobody_waits
from tests.integration.acd.world import World


async def test_a_consult_is_an_offer_of_its_own_and_the_state_stays(world: World) -> None:
    # given a talk, and two colleagues with y, one of whom is idle for longer
    await a_talk(world)
    await world.agent("yan", "y")
    await world.later(1_000)
    await world.agent("yve", "y")

    # when
    result = await world.acd.consult("c", "ana", skills=("y",))

    # then the one who is idle longest is asked, with reasons, and the call stays ana's, held
    c = await world.c("c")
    assert (c.state, c.agent_id, c.held, c.offer) == (State.ACTIVE, "ana", True, None)
    assert c.consult is not None
    assert (c.consult.state, await asked(world)) == (ConsultState.OFFERED, "yan")
    assert c.consult.why is not None
    assert (c.consult.why.requirement, c.consult.why.eligible) == (("y",), ("yve",))
    assert (await world.a("yan")).offer == "c"
    assert result.events[0].type is EventType.CONSULT_STARTED
    assert {e.conversation_id for e in result.events} == {"c"}
    assert set(result.conversations) == {"c"}
    assert set((await world.acd.picture()).conversations) == {"c"}

    # and asking the same again changes nothing, asking somebody else is refused
    assert not (await world.acd.consult("c", "ana", skills=("y",))).events
    with pytest.raises(WrongState):
        await world.acd.consult("c", "ana", to="yve")


async def test_who_accepts_is_on_a_call(world: World) -> None:
    # when
    await consulting(world)

    # then they get no other call, and the customer keeps their agent
    c = await world.c("c")
    assert c.consult is not None
    assert (c.consult.state, c.consulted, c.agent_id) == (ConsultState.TALKING, "yan", "ana")
    assert ((await world.a("yan")).load.voice, (await world.a("yan")).offer) == (1, None)
    await world.enqueue("other", "y")
    assert await world.offered_to("other") is None
    assert not (await world.acd.accept("c", "yan")).events  # again

    # and they have as long as they like
    await world.later(10 * TIME)
    assert (await world.c("c")).consulted == "yan"


async def test_swapping_takes_turns(world: World) -> None:
    # given nobody to swap with yet
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.consult("c", "ana", to="yan")
    with pytest.raises(WrongState):
        await world.acd.swap_consult("c", "ana")
    with pytest.raises(WrongState):
        await world.acd.complete_consult("c", "ana")
    await rings(world, "yan")
    await world.acd.accept("c", "yan")

    # when she goes to the customer and back; then one of them waits at a time
    seen = []
    for _ in range(3):
        before = (await world.a("yan")).version
        await world.acd.swap_consult("c", "ana")
        c = await world.c("c")
        assert c.consult is not None
        assert (await world.a("yan")).version > before
        seen.append((c.consult.state, c.held))
    swapped, talking = (ConsultState.SWAPPED, False), (ConsultState.TALKING, True)
    assert seen == [swapped, talking, swapped]

    # and the same command twice is one swap
    await world.acd.swap_consult("c", "ana", command_id="once")
    await world.acd.swap_consult("c", "ana", command_id="once")
    assert (await world.c("c")).held


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("how", ["page", "phone"])
async def test_completing_gives_the_customer_to_the_consulted(
    world: World, swapped: bool, how: str
) -> None:
    # given
    await consulting(world)
    if swapped:
        await world.acd.swap_consult("c", "ana")

    # when she completes it, or just hangs up
    async def completed() -> Result:
        if how == "page":
            return await world.acd.complete_consult("c", "ana")
        return await world.acd.end("c", "agent", "ana", hung_up=True)

    await completed()

    # then two parts, one wrap-up, and the call is yan's
    c = await world.c("c")
    assert (c.state, c.agent_id, c.held, c.consult) == (State.ACTIVE, "yan", False, None)
    assert [(s.agent_id, s.ended_by, s.wrap_up) for s in c.segments] == [
        ("ana", "transfer", WrapUp.OPEN),
        ("yan", None, WrapUp.NONE),
    ]
    assert ((await world.a("ana")).load.voice, (await world.a("yan")).load.voice) == (0, 1)
    await nothing_hidden(world)

    # and once more changes nothing, by anybody else it is refused
    if how == "page":
        assert not (await completed()).events
    with pytest.raises((NotYours, WrongState)):
        await world.acd.complete_consult("c", "yan")
    await world.acd.end("c", "agent", "yan")
    assert await world.state("c") is State.WRAP_UP


async def test_cancelling_frees_the_consulted(world: World) -> None:
    # given
    await consulting(world)

    # when, and again
    await world.acd.cancel_consult("c", "ana")
    assert not (await world.acd.cancel_consult("c", "ana")).events

    # then
    await back_with_ana(world)
    assert (await world.a("yan")).load.voice == 0
    await nothing_hidden(world)
    await world.enqueue("next", "y")
    assert await world.offered_to("next") == "yan"
    with pytest.raises(WrongState):
        await world.acd.complete_consult("c", "ana")


async def test_cancelling_takes_the_offer_back(world: World) -> None:
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.consult("c", "ana", skills=("y",))
    await world.acd.cancel_consult("c", "ana")
    await back_with_ana(world)
    assert (await world.a("yan")).offer is None
    await nothing_hidden(world)
    with pytest.raises(NotYours):
        await world.acd.accept("c", "yan")


async def test_each_is_asked_once_and_then_the_customer_is_back(world: World) -> None:
    # given two who could be asked
    await a_talk(world)
    await world.agent("yan", "y")
    await world.later(1_000)
    await world.agent("yve", "y")
    await world.acd.consult("c", "ana", skills=("y",))

    # when the first refuses, then the other is asked
    await rings(world, "yan")
    await world.acd.reject("c", "yan")
    assert await asked(world) == "yve"

    # when the other refuses, too, then nobody is left
    await rings(world, "yve")
    await world.acd.reject("c", "yve")
    await back_with_ana(world)
    await nothing_hidden(world)
    assert (await world.a("yan")).offer is None


@pytest.mark.parametrize("how", ["reject", "expire", "leg", "busy", "removed"])
async def test_an_agent_who_cannot_be_consulted_ends_it(world: World, how: str) -> None:
    # given yan alone is asked, though yve has the skill, too
    await a_talk(world)
    await world.agent("yve", "y")
    await world.agent("yan", "y")
    await world.acd.consult("c", "ana", to="yan")
    assert await asked(world) == "yan"
    await rings(world, "yan")

    # when
    match how:
        case "reject":
            await world.acd.reject("c", "yan")
        case "expire":
            await world.later(20_000)
        case "leg":
            await world.acd.change_leg("yan", LegMove.DISCONNECT, lost=True)
        case "busy":
            await world.acd.set_status("yan", Status.BUSY)
        case _:
            await world.acd.remove_agent("yan")

    # then
    await back_with_ana(world)
    await nothing_hidden(world)


async def test_nobody_free_in_time_gives_the_customer_back(world: World) -> None:
    # given the only one with y is on a call
    await a_talk(world)
    await world.agent("yan", "y")
    await world.enqueue("other", "y")
    await world.talk("other")
    await world.acd.consult("c", "ana", skills=("y",))
    assert (await world.c("c")).consult is not None

    # when
    await world.later(TIME - 1)
    assert (await world.c("c")).consult is not None
    await world.later(1)

    # then
    await back_with_ana(world)
    await nothing_hidden(world)


async def test_who_becomes_free_meanwhile_is_asked_at_once(world: World) -> None:
    await a_talk(world)
    await world.agent("yan", "y")
    await world.enqueue("other", "y")
    await world.talk("other")
    await world.acd.consult("c", "ana", to="yan")
    await world.later(5_000)
    await world.acd.end("other", "customer")
    await world.acd.close_wrap_up("other", "yan")
    assert await asked(world) == "yan"


@pytest.mark.parametrize("whom", ["skill", "away", "unknown", "self"])
async def test_whom_nobody_can_ask_is_refused_at_once(world: World, whom: str) -> None:
    # given yan is signed in nowhere, and has the only phone for y
    await a_talk(world)
    await world.agent("yan", "y", status=Status.OFFLINE, leg=False)
    before = await world.c("c")

    # when
    with pytest.raises(UnknownAgent if whom == "unknown" else WrongState):
        match whom:
            case "skill":
                await world.acd.consult("c", "ana", skills=("y",))
            case "away":
                await world.acd.consult("c", "ana", to="yan")
            case "unknown":
                await world.acd.consult("c", "ana", to="nobody")
            case _:
                await world.acd.consult("c", "ana", to="ana")

    # then
    assert await world.c("c") == before
    await nothing_hidden(world)


async def test_a_number_is_consulted_and_gets_the_customer(world: World) -> None:
    # given
    await a_talk(world)
    await world.acd.consult("c", "ana", number="+4420")
    c = await world.c("c")
    assert c.consult is not None
    assert (c.consult.state, c.consult.number) == (ConsultState.OFFERED, "+4420")

    # when it answers, late words about another consult change nothing
    with pytest.raises(WrongState):
        await world.acd.party_answered("c", 2)
    await world.acd.party_answered("c", 1)
    await world.acd.party_answered("c", 1)
    c = await world.c("c")
    assert c.consult is not None
    assert c.consult.state is ConsultState.TALKING

    # and when it is completed, then it is over for us
    await world.acd.complete_consult("c", "ana")
    c = await world.c("c")
    assert (c.state, c.outcome, c.forward_to) == (State.WRAP_UP, Outcome.TRANSFERRED, "+4420")
    assert (c.forward_joined, c.consult) == (1, None)
    assert not (await world.acd.complete_consult("c", "ana")).events

    # unless they come back
    await world.acd.come_back("c")
    c = await world.c("c")
    assert (c.state, c.forward_to, c.forward_joined) == (State.QUEUED, None, 0)


async def test_a_number_that_does_not_answer_gives_the_customer_back(world: World) -> None:
    await a_talk(world)
    await world.acd.consult("c", "ana", number="+4420")
    await world.acd.party_gone("c", 1, "busy")
    await back_with_ana(world)
    await world.acd.consult("c", "ana", number="+4420")
    with pytest.raises(WrongState):
        await world.acd.party_gone("c", 1, "busy")  # the first one's, late
    await world.later(TIME)
    await back_with_ana(world)


@pytest.mark.parametrize("on", [True, False])
async def test_hold_is_the_consults_while_it_lasts(world: World, on: bool) -> None:
    await consulting(world)
    before = await world.c("c")
    with pytest.raises(WrongState):
        await world.acd.hold("c", "ana", on)
    assert await world.c("c") == before


@pytest.mark.parametrize("what", ["consult", "swap", "complete", "cancel"])
async def test_only_who_has_the_call_may(world: World, what: str) -> None:
    await (a_talk if what == "consult" else consulting)(world)
    await world.agent("ben", "x")
    before = await world.c("c")
    for agent in ("ben", "yan")[: 1 if what == "consult" else 2]:
        with pytest.raises(NotYours):
            match what:
                case "consult":
                    await world.acd.consult("c", agent, number="+1555")
                case "swap":
                    await world.acd.swap_consult("c", agent)
                case "complete":
                    await world.acd.complete_consult("c", agent)
                case _:
                    await world.acd.cancel_consult("c", agent)
    assert await world.c("c") == before


async def test_nobody_consults_in_a_chat(world: World) -> None:
    await world.agent("ana", "x")
    await world.agent("yan", "y")
    await world.enqueue("m", "x", channel=Channel.CHAT)
    await world.talk("m")
    with pytest.raises(WrongState):
        await world.acd.consult("m", "ana", skills=("y",))


async def test_a_consult_waits_at_the_customers_age_and_priority(world: World) -> None:
    # given c is older than a caller who waits for y, and yan is busy
    await a_talk(world)
    await world.later(5_000)
    await world.agent("yan", "y", status=Status.BUSY)
    await world.enqueue("newer", "y")
    await world.acd.consult("c", "ana", skills=("y",))

    # when yan can
    await world.acd.set_status("yan", Status.AVAILABLE)

    # then the consult comes first, and after its end the caller
    assert await asked(world) == "yan"
    await world.acd.cancel_consult("c", "ana")
    assert await world.offered_to("newer") == "yan"
    check_nobody_waits(await world.acd.picture(), world.now, world.acd.rules)


async def test_a_conversation_is_consulted_about_again_and_again(world: World) -> None:
    # given a first consult that was missed, and a second one
    await a_talk(world)
    await world.agent("yan", "y")
    attempts = []
    for _ in range(2):
        await world.acd.consult("c", "ana", to="yan")
        c = await world.c("c")
        assert c.consult is not None
        attempts.append(c.consult.attempts)
        await world.later(10_000)  # their phone was not reached
        await back_with_ana(world)

    # then no two rings of a phone have the same number
    assert len(set(attempts)) == 2
    assert c.attempts not in attempts
    await nothing_hidden(world)
