"""Callers of the demo bot: they wait for what it says, and press its keys."""

from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.world import Caller, World

PATIENCE = 40.0


async def told(world: World, talk: str, text: str, times: int = 1) -> Json:
    """Wait until this stands in the transcript (so many times)."""

    async def found() -> Json | None:
        conversation = await world.supervisor.get(f"conversations/{talk}")
        said = [turn for turn in conversation["transcript"] if text in turn["text"]]
        return conversation if len(said) >= times else None

    return await eventually(found, within=PATIENCE, every=0.05)


async def press(world: World, caller: Caller, talk: str, keys: str) -> None:
    """Each key once the bot has heard the one before, which the transcript tells."""
    before = await world.supervisor.get(f"conversations/{talk}")
    heard = [turn["text"] for turn in before["transcript"]]
    for at, key in enumerate(keys):
        await caller.line.press(key)
        times = heard.count(f"[key {key}]") + keys[: at + 1].count(key)
        await told(world, talk, f"[key {key}]", times)


async def with_the_bot(world: World) -> tuple[Caller, str]:
    """A caller who hears the bot's choices, and the conversation's id."""
    caller = await world.call("100")
    talk = str((await world.conversation(caller, "bot", within=PATIENCE))["id"])
    await told(world, talk, "Press 1 for Billing")
    await eventually(caller.line.hears_something, within=PATIENCE)
    return caller, talk


async def timeline(world: World, talk: str) -> list[str]:
    """What became of a conversation, from the archive, once it is closed there."""

    async def whole() -> list[str] | None:
        past = await world.supervisor.get(f"conversations/{talk}/timeline")
        types = [entry["type"] for entry in past["items"]]
        return types if "conversation_closed" in types else None

    return await eventually(whole, within=PATIENCE, every=0.1)
