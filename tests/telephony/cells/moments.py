"""Given: brings the real product to a moment of a call, for each kind of leg."""

from collections.abc import Awaitable, Callable

from tests.support.polling import eventually
from tests.telephony.cells.cell import MOMENTS, Scene
from tests.telephony.cells.handsets import sounds

LONG = 20.0
"""Seconds that a step may take on a slow machine that does many at once."""
NOBODYS = "700"
"""A number whose skill no agent has; those after it are each for the agent of one moment."""
COLLEAGUE = "at-hand"
COLLEAGUES = "Advice"
"""Who is consulted, and the skill that they are asked for."""


def number_of(moment: str) -> str:
    """What a customer dials for the agent of this moment."""
    return f"7{MOMENTS.index(moment) + 1:02}"


async def queued(scene: Scene) -> None:
    """The customer waits for a skill that the agent, who is idle, does not have."""
    await _call(scene, NOBODYS)
    await _state(scene, "queued")
    await eventually(scene.customer.line.hears_something, within=LONG)


async def ringing(scene: Scene) -> None:
    """The agent's phone rings: a tone on the leg that stands, or the phone itself."""
    await _call(scene, number_of(scene.cell.moment))
    await _state(scene, "offered")
    await scene.agent.offered(scene.talk, within=LONG)
    await eventually(lambda: rings(scene), within=LONG)


async def about_to_accept(scene: Scene) -> None:
    """All of `accepting` but its last step, which comes right before the event."""
    await ringing(scene)
    await pick_up(scene)


async def pick_up(scene: Scene) -> None:
    """A number that rings is answered, and asks for a 1."""
    if scene.cell.leg == "per-call-number":
        if not scene.handset.up:
            await scene.handset.answer()
        await eventually(lambda: scene.handset.sounds(but=0), within=LONG)


async def accept(scene: Scene) -> None:
    """The agent has accepted, by whatever their phone is made for; nobody hears anybody yet."""
    if scene.cell.persistent:
        await scene.agent.accept(scene.talk)
        return
    if scene.cell.sip:
        await scene.handset.answer()
    else:
        await scene.agent.line.press("1")
    await _state(scene, "active")


async def talking(scene: Scene) -> None:
    """Each hears the other."""
    await about_to_accept(scene)
    await accept(scene)
    await talk_together(scene)


async def held(scene: Scene) -> None:
    """The customer hears music, and the agent has kept them."""
    await talking(scene)
    await scene.agent.post(f"conversations/{scene.talk}/hold", {})
    await eventually(lambda: hears_music(scene), within=LONG)


async def consulting(scene: Scene) -> None:
    """The agent talks with a colleague, and the customer hears music."""
    await talking(scene)
    colleague = scene.colleague = await scene.world.person(COLLEAGUE)
    await colleague.use_number(await scene.world.phones.number("+442399", scene.world.tone()))
    await colleague.become("available")
    asked = {"to": {"skill": COLLEAGUES}, "mode": "consult"}
    await scene.agent.post(f"conversations/{scene.talk}/transfer", asked)
    await colleague.offered(scene.talk, within=LONG)
    await colleague.accept(scene.talk)
    await eventually(lambda: hears_colleague(scene) and hears_music(scene), within=LONG)


async def wrap_up(scene: Scene) -> None:
    """The customer has hung up, and the agent writes."""
    await talking(scene)
    await scene.customer.line.hang_up()
    await _state(scene, "wrap_up")


GIVEN: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "queued": queued,
    "ringing": ringing,
    "accepting": about_to_accept,
    "talking": talking,
    "held": held,
    "consulting": consulting,
    "wrap-up": wrap_up,
}


async def talk_together(scene: Scene) -> None:
    """Wait until the tones flow both ways."""
    await eventually(lambda: hears_agent(scene) and hears_caller(scene), within=LONG)


def hears_agent(scene: Scene) -> bool:
    """Whether the customer hears the agent."""
    return scene.customer.line.hears(scene.handset.hz)


def hears_caller(scene: Scene) -> bool:
    """Whether the agent hears the customer."""
    return scene.handset.carries(scene.customer.hz)


def hears_colleague(scene: Scene) -> bool:
    """Whether the agent hears who they consult."""
    return scene.colleague is not None and scene.handset.carries(scene.colleague.phone.hz)


def hears_music(scene: Scene) -> bool:
    """Whether the customer hears something, and of late not the agent."""
    return sounds(scene.customer.line, scene.handset.hz, last=2.5)


def rings(scene: Scene) -> bool:
    """Whether the agent's phone rings for the call, in the way of its kind."""
    if scene.cell.persistent:
        return scene.handset.up and scene.handset.sounds(but=scene.customer.hz)
    return scene.handset.ringing


async def _call(scene: Scene, number: str) -> None:
    scene.caller = await scene.world.call(number)


async def _state(scene: Scene, state: str) -> None:
    conversation = await scene.world.conversation(scene.customer, state, within=LONG)
    if not scene.talk:
        scene.talk, scene.queued_at = str(conversation["id"]), str(conversation["queued_at"])
