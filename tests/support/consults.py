"""Who hears whom while an agent asks somebody else: what the stories about consults begin with."""

from typing import Any

from tests.support.people import Agent
from tests.support.phones import Line, Phone
from tests.support.polling import eventually
from tests.support.world import Caller, World


async def on_a_call(world: World) -> tuple[Agent, Caller, str]:
    """ana and a customer for Billing hear each other."""
    ana = await world.at_work("ana")
    caller = await world.call("200")
    return ana, caller, await world.talking(ana, caller)


async def press(agent: Agent, talk: str, button: str, **body: Any) -> dict[str, Any]:
    """Press a button of the page."""
    return await agent.post(f"conversations/{talk}/{button}", body)


async def consult(who: Agent, talk: str, **to: str) -> dict[str, Any]:
    """Ask somebody."""
    return await press(who, talk, "transfer", to=to, mode="consult")


async def together(one: Line, other: Line) -> None:
    """These two hear each other, and nobody else."""
    await eventually(lambda: one.hears(other.hz) and other.hears(one.hz), within=15)


async def music(line: Line, *others: int) -> None:
    """This line has sound that is none of these tones."""
    await eventually(lambda: all(line.hears_other_than(hz) for hz in others), within=15)


async def asked(agent: Agent, talk: str) -> dict[str, Any]:
    """The consult is held out to this agent, and their phone rings."""
    return await agent.offered(talk)


async def consulting(world: World) -> tuple[Agent, Caller, str, Agent]:
    """ana talks with chi, the customer hears music."""
    ana, caller, talk = await on_a_call(world)
    chi = await world.at_work("chi")
    await consult(ana, talk, skill="Spanish")
    await asked(chi, talk)
    await chi.accept(talk)
    await together(ana.line, chi.line)
    await music(caller.line, ana.line.hz, chi.line.hz)
    return ana, caller, talk, chi


async def free_again(agent: Agent) -> None:
    """No offer, no call, no wrap-up, a leg that stands and is silent."""
    await eventually(agent.line.hears_nothing)
    me = await agent.me()
    assert (me["offer"], me["load"]["voice"], me["wrap_ups"]) == (None, 0, 0)


async def back_with(world: World, ana: Agent, caller: Caller, talk: str) -> None:
    """The consult is over; the customer is hers as before."""

    async def over() -> bool:
        seen = await ana.get(f"conversations/{talk}")
        return seen["consult"] is None and not seen["held"]

    await eventually(over, within=15, every=0.05)
    await world.hear_each_other(ana, caller)
    seen = await ana.get(f"conversations/{talk}")
    assert (seen["state"], seen["agent"]["id"], len(seen["segments"])) == ("active", ana.id, 1)


async def number(world: World, answers: bool = True) -> Phone:
    """Somebody outside with a phone."""
    return await world.phones.number(f"+44207946{world.tone():04}", world.tone(), answers=answers)


async def consulting_outside(world: World) -> tuple[Agent, Caller, str, Phone]:
    """ana talks with somebody outside, the customer hears music."""
    ana, caller, talk = await on_a_call(world)
    outside = await number(world)
    await consult(ana, talk, number=outside.name)
    await outside.answered()
    await together(ana.line, outside.line)
    await music(caller.line, ana.line.hz, outside.hz)
    return ana, caller, talk, outside
