"""An agent and a customer who talk, and what the agent presses."""

from typing import Any

from tests.support.people import Agent
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


async def held(ana: Agent, caller: Caller) -> None:
    """The customer hears music, the agent nothing."""
    await eventually(lambda: caller.line.hears_other_than(ana.phone.hz))
    await eventually(ana.line.hears_nothing)
