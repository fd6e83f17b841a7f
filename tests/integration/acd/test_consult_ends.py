"""What ends a consult from outside, and what comes at the same instant: in virtual time."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

import pytest

from app.acd import NotYours, WrongState
from app.domain.agent import Status
from app.domain.consult import ConsultState
from app.domain.conversation import State
from app.domain.leg import LegMove
from tests.integration.acd.consults import (
    a_talk,
    back_with_ana,
    consulting,
    nothing_hidden,
)
from tests.integration.acd.world import World

Loss = Callable[[World], Awaitable[object]]


LOSSES: dict[str, Loss] = {
    "customer": lambda w: w.acd.leave("c"),
    "end": lambda w: w.acd.end("c", "agent", "ana"),
    "failed": lambda w: w.acd.fail("c", "Asterisk was restarted"),
    "requeue": lambda w: w.acd.requeue("c", "ana"),
    "blind": lambda w: w.acd.transfer("c", "ana", skills=("x",)),
    "forward": lambda w: w.acd.forward("c", "ana", "+441"),
    "status": lambda w: w.acd.set_status("ana", Status.BUSY, requeue_call=True),
    "removed": lambda w: w.acd.remove_agent("ana"),
    "lost": lambda w: w.acd.change_leg("ana", LegMove.DISCONNECT, lost=True),
}


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("how", LOSSES)
async def test_whatever_happens_to_the_call_frees_the_consulted(
    world: World, how: str, answered: bool
) -> None:
    # given
    await (consulting if answered else a_talk)(world)
    if not answered:
        await world.agent("yan", "y")
        await world.acd.consult("c", "ana", skills=("y",))

    # when
    await LOSSES[how](world)

    # then
    c = await world.c("c")
    assert (c.consult, c.held) == (None, False)
    yan = await world.a("yan")
    assert (yan.load.voice, yan.offer, yan.wrap_ups) == (0, None, 0)
    await nothing_hidden(world)
    if how == "lost":  # she has the rejoin time, as ever
        assert c.rejoin_until is not None
        await world.acd.change_leg("ana", LegMove.CONNECT)
        await back_with_ana(world)


@pytest.mark.parametrize("how", ["hang up", "lost", "busy", "removed"])
async def test_the_consulted_goes_and_the_customer_is_back(world: World, how: str) -> None:
    # given
    await consulting(world)

    # when
    match how:
        case "hang up":
            await world.acd.end("c", "agent", "yan", hung_up=True)
            assert not (await world.acd.end("c", "agent", "yan")).events  # again
        case "lost":
            await world.acd.change_leg("yan", LegMove.DISCONNECT, lost=True)
        case "busy":
            await world.acd.set_status("yan", Status.BUSY, requeue_call=True)
        case _:
            await world.acd.remove_agent("yan")

    # then
    await back_with_ana(world)
    await nothing_hidden(world)


async def test_a_hang_up_before_an_answer_ends_the_call(world: World) -> None:
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.consult("c", "ana", skills=("y",))
    await world.acd.end("c", "agent", "ana", hung_up=True)
    assert await world.state("c") is State.WRAP_UP
    assert (await world.a("yan")).offer is None


def all_moves(world: World, name: str) -> list[Callable[[], Awaitable[object]]]:
    """What can happen to a consult that is held out to yan."""
    return [
        lambda: world.acd.accept(name, "yan"),
        lambda: world.acd.reject(name, "yan"),
        lambda: world.acd.cancel_consult(name, "ana"),
        lambda: world.acd.swap_consult(name, "ana"),
        lambda: world.acd.complete_consult(name, "ana"),
        lambda: world.acd.leave(name),
        lambda: world.acd.end(name, "agent", "yan"),
    ]


async def test_whatever_comes_at_the_same_instant_both_sides_agree(world: World) -> None:
    # given two agents, one who is asked, and all that can happen to a consult, in any order
    await world.agent("ana", "x")
    await world.agent("yan", "y")
    dice = random.Random(7)
    for n in range(40):
        name = f"c{n}"
        await world.enqueue(name, "x")
        assert await world.talk(name) == "ana"
        await world.acd.consult(name, "ana", skills=("y",))
        chosen = dice.sample(all_moves(world, name), 4)

        # when
        await asyncio.gather(*(each() for each in chosen), return_exceptions=True)

        # then nobody has half a call: a consult's phone is counted, as the owner's is
        c = await world.c(name)
        busy = {c.agent_id, c.consulted} - {None}
        for agent in ("ana", "yan"):
            found = await world.a(agent)
            assert found.load.voice == (agent in busy), chosen
            consulted = c.consult.offer if c.consult else None
            assert found.offer == (name if consulted and consulted.agent_id == agent else None)
        assert c.consult is None or c.state is State.ACTIVE
        assert c.held == (c.consult is not None and c.consult.state is not ConsultState.SWAPPED)

        # and it all ends
        await _over(world, name)


async def _over(world: World, name: str) -> None:
    with contextlib.suppress(WrongState):
        await world.acd.leave(name)
    for agent in ("ana", "yan"):
        with contextlib.suppress(WrongState, NotYours):
            await world.acd.close_wrap_up(name, agent)
    assert await world.state(name) is State.CLOSED
    await nothing_hidden(world)
