"""Then: what the customer hears, where the conversation is, what the agent hears and sees."""

import time
from dataclasses import astuple, dataclass

from tests.support.people import Refused
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.telephony.cells import moments
from tests.telephony.cells.cell import Scene
from tests.telephony.cells.moments import (
    hears_agent,
    hears_caller,
    hears_colleague,
    hears_music,
    rings,
)

REST = 0.6
"""Seconds for which all of it must stay as expected: what only passes by is no outcome."""


@dataclass(frozen=True)
class Seen:
    """One row of the table, as expected or as found."""

    caller: str
    """music, agent, colleague, over, nothing."""
    conversation: str
    """State; `held` or the outcome with it."""
    phone: str
    """caller, colleague, ring, idle, silent, prompt, off, mute, gone: see the table."""
    agent: str
    """Status and leg."""
    page: str
    """What the Inbox shows of the call: nothing, offer, call, held call, consult, wrap-up."""

    def __str__(self) -> str:
        return " | ".join(astuple(self))


async def settles(scene: Scene, wanted: Seen, within: float) -> None:
    """Wait until all is as wanted, and stays so."""
    since: float | None = None
    found = wanted

    async def rests() -> bool:
        nonlocal since, found
        found = await look(scene, wanted)
        if found != wanted:
            since = None
        elif since is None:
            since = time.monotonic()
        return since is not None and time.monotonic() - since >= REST

    try:
        await eventually(rests, within=within, every=0.15)
    except AssertionError:
        raise AssertionError(
            f"{scene.cell}\n  wanted {wanted}\n  found  {found}\n"
            f"  states {scene.world.supervisor.picture.history.get(scene.talk)}"
        ) from None


async def look(scene: Scene, wanted: Seen) -> Seen:
    """What can be heard and seen now; `wanted` helps where more than one word is true."""
    conversation = await scene.world.supervisor.get(f"conversations/{scene.talk}")
    assert conversation["queued_at"] == scene.queued_at, "the caller lost their age"
    me = await scene.agent.me()
    return Seen(
        caller=_caller(scene, wanted.caller),
        conversation=_conversation(conversation, scene),
        phone=_phone(scene, wanted.phone),
        agent=f"{me['status']} {me['leg']['state']}",
        page=await _page(scene),
    )


def _caller(scene: Scene, wanted: str) -> str:
    """Tones are told by frequency; music is whatever else can be heard."""
    if scene.customer.line.over:
        return "over"
    if hears_agent(scene):
        return "agent"
    if scene.colleague and scene.customer.line.hears(scene.colleague.phone.hz):
        return "colleague"
    if scene.customer.line.hears_nothing(1.0) and wanted == "nothing":
        return "nothing"
    return "music" if hears_music(scene) else "nothing"


def _conversation(conversation: Json, scene: Scene) -> str:
    state = str(conversation["state"])
    if state == "closed":
        return f"{state} {conversation['outcome']}"
    if conversation["consult"]:
        return f"{state} consult"
    if scene.colleague and (conversation["agent"] or {}).get("id") == scene.colleague.id:
        return f"{state} passed on"
    return f"{state} held" if conversation["held"] else state


def _phone(scene: Scene, wanted: str) -> str:
    handset = scene.handset
    if wanted == "gone":
        return wanted
    if hears_caller(scene):
        return "caller"
    if hears_colleague(scene):
        return "colleague"
    sounds = handset.sounds(but=scene.customer.hz)
    if wanted == "mute":
        return "sound" if sounds else "mute"
    if rings(scene):
        return "ring"
    if sounds and handset.up:
        return "prompt"
    if handset.up and (not scene.cell.persistent or wanted == "silent"):
        return "silent"
    return "off" if scene.cell.persistent and not handset.up else "idle"


async def _page(scene: Scene) -> str:
    for shown in (await scene.agent.get("inbox"))["conversations"]:
        if shown["id"] == scene.talk:
            return _card(shown, scene.agent.id)
    return "nothing"


def _card(shown: Json, me: str) -> str:
    """How the agent's page shows a conversation."""
    state = shown["state"]
    if state == "offered" and shown["offer"] and shown["offer"]["agent"]["id"] == me:
        return "offer"
    if state == "active" and shown["agent"]["id"] == me:
        return "consult" if shown["consult"] else "held call" if shown["held"] else "call"
    mine = [s for s in shown["segments"] if s["agent"]["id"] == me]
    return "wrap-up" if any(s["wrap_up"] == "open" for s in mine) else f"waiting ({state})"


async def goes_on(scene: Scene) -> None:
    """Nothing is stuck: whatever is open can be brought to its proper end."""
    conversation = await scene.world.supervisor.get(f"conversations/{scene.talk}")
    match _conversation(conversation, scene):
        case "queued":
            await scene.customer.line.hang_up()
            await _closes(scene, "abandoned")
        case "wrap_up":
            await _write(scene)
        case "active passed on":
            await _end_with_colleague(scene)
        case "offered" | "active" | "active held" | "active consult" as state:
            await _talk(scene, state)


async def _talk(scene: Scene, state: str) -> None:
    if state == "offered":
        await moments.pick_up(scene)
        await moments.accept(scene)
    elif state == "active held":
        await scene.agent.post(f"conversations/{scene.talk}/unhold", {})
    elif state == "active consult":
        await scene.agent.post(f"conversations/{scene.talk}/transfer/cancel", {})
    await moments.talk_together(scene)
    await scene.agent.end(scene.talk)
    await scene.customer.line.ended(within=moments.LONG)
    await _write(scene)


async def _end_with_colleague(scene: Scene) -> None:
    assert scene.colleague is not None
    await scene.colleague.end(scene.talk)
    await scene.customer.line.ended(within=moments.LONG)
    await scene.colleague.wrap_up(scene.talk, notes="advised")
    await _write(scene)


async def _write(scene: Scene) -> None:
    try:
        await scene.agent.wrap_up(scene.talk, notes=str(scene.cell))
    except Refused as refused:
        raise AssertionError(f"the wrap-up cannot be closed: {refused}") from refused
    await _closes(scene, "completed")


async def _closes(scene: Scene, outcome: str) -> None:
    assert (await scene.world.closed(scene.talk, within=20))["outcome"] == outcome
