"""Runs the cells of one kind of leg and one event together; each one's outcome is kept.

A kill costs seconds however many calls it meets: so all moments of a batch are there when it
comes, each with an agent, a skill and a customer of its own. Only the chosen cells are played.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from tests.support.far_phones import FarPhone, FarPhones
from tests.support.people import Agent
from tests.support.residue import settled, unexpiring_answers
from tests.support.world import World
from tests.telephony.cells.cell import Cell, Scene
from tests.telephony.cells.expectations import THEN
from tests.telephony.cells.handsets import answers_by_itself, plug_in
from tests.telephony.cells.happenings import WHEN, Batch
from tests.telephony.cells.moments import GIVEN, accept
from tests.telephony.cells.seen import goes_on, settles
from tests.telephony.cells.stacks import CellStack, agent_of

SETTLED = 40.0
"""Seconds: a loss is seen within 5, a caller keeps a lost agent for 3; the rest is patience."""
Outcome = dict[Cell | None, BaseException | None]
"""What went wrong with each cell; under None: what was left of the batch."""


async def play(stack: CellStack, cells: Iterable[Cell]) -> Outcome:
    """Given, when, then, and a clean slate."""
    outcome: Outcome = dict.fromkeys(cells)
    outcome[None] = None
    async with World(stack) as world:
        async with _phones(world, list(cells)) as (far, agents):
            batch = Batch(stack, world, far)
            await _stage(batch, agents, outcome)
            event = next(iter(agents)).event
            last_step = [s for s in batch.scenes.values() if s.cell.moment == "accepting"]
            await _each(last_step, accept, outcome)
            batch.scenes = {c: s for c, s in batch.scenes.items() if outcome[c] is None}
            await WHEN[event](batch)
            await _each(batch.scenes.values(), _then, outcome)
        outcome[None] = await _left(world)
    return outcome


async def _then(scene: Scene) -> None:
    await settles(scene, THEN[scene.cell], SETTLED)
    await goes_on(scene)


async def _each(
    scenes: Iterable[Scene], step: Callable[[Scene], Awaitable[None]], outcome: Outcome
) -> None:
    """All of them side by side; a failure is that cell's alone."""
    chosen = [scene for scene in scenes if outcome[scene.cell] is None]
    ended = await asyncio.gather(*(step(scene) for scene in chosen), return_exceptions=True)
    for scene, error in zip(chosen, ended, strict=True):
        outcome[scene.cell] = error


@asynccontextmanager
async def _phones(
    world: World, cells: list[Cell]
) -> AsyncIterator[tuple[FarPhones | None, dict[Cell, tuple[Agent, FarPhone | None]]]]:
    """Everybody signed in; phones that will lose their power are in a process of their own."""
    people = await asyncio.gather(*(world.person(agent_of(cell.moment)) for cell in cells))
    agents = dict(zip(cells, people, strict=True))
    if not (cells[0].sip and cells[0].event == "phone-lost"):
        yield None, {cell: (agent, None) for cell, agent in agents.items()}
        return
    accounts = [
        (*world.sip_user(agent), world.tone(), answers_by_itself(cell))
        for cell, agent in agents.items()
    ]
    async with FarPhones(world.stack.sip, accounts) as far:
        phones = dict(zip(cells, far.phones.values(), strict=True))
        yield far, {cell: (agents[cell], phones[cell]) for cell in cells}


async def _stage(
    batch: Batch, agents: dict[Cell, tuple[Agent, FarPhone | None]], outcome: Outcome
) -> None:
    async def one(cell: Cell) -> None:
        agent, far = agents[cell]
        handset = await plug_in(batch.world, agent, cell, far)
        batch.scenes[cell] = Scene(cell, batch.world, agent, handset)
        await GIVEN[cell.moment](batch.scenes[cell])

    ended = await asyncio.gather(*map(one, agents), return_exceptions=True)
    for cell, error in zip(agents, ended, strict=True):
        outcome[cell] = error


async def _left(world: World) -> BaseException | None:
    """Whether anything stays once everybody has gone home."""
    try:
        await world.phones.hang_up_all(customers=True)
        for agent in world.agents:
            await agent.go_home()
        residue = await settled(world, within=20)
        assert (residue.channels, residue.open_in_sql, residue.entries) == (0, 0, {})
        await world.nothing_left()
        assert await unexpiring_answers(world.behind) == []
    except BaseException as error:
        return error
    return None
