"""Talks that are recorded, and what their files have in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from wave import open as open_wave

from tests.support.people import Agent, Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.sound import Frames, Recording
from tests.support.world import Caller, World


@asynccontextmanager
async def recorded(world: World, skill: str) -> AsyncIterator[Person]:
    """Talks for this skill are recorded; the administrator who said so."""
    admin = Person(world.stack, "admin")
    await admin.sign_in()
    try:
        await _record(admin, skill, True)
        yield admin
    finally:
        await _record(admin, skill, False)
        await admin.close()


async def _record(admin: Person, name: str, on: bool) -> None:
    skill = next(s for s in (await admin.get("skills"))["items"] if s["name"] == name)
    await admin.put(f"skills/{skill['id']}", {"name": name, "recorded": on})


async def on_a_call(world: World) -> tuple[Agent, Caller, str]:
    """chi and a customer for Spanish hear each other, and it is being recorded."""
    chi = await world.at_work("chi")
    caller = await world.call("202")
    talk = await world.talking(chi, caller)
    await is_written(world, caller)
    return chi, caller, talk


async def is_written(world: World, caller: Caller, on: bool = True) -> None:
    """Wait until this caller's talk is being recorded, or is not."""
    channel = await world.behind.channel_of(caller.number)

    async def as_wanted() -> bool:
        found = next(c for c in await world.behind.channels() if c["id"] == channel)
        name = str(found["channelvars"].get("RINGDESK_RECORDING", ""))
        return name.startswith("ringdesk-talk-") if on else not name

    await eventually(as_wanted, within=30, every=0.05)


async def parts(world: World, talk: str, count: int) -> list[Json]:
    """Wait until so many parts are listed."""

    async def listed() -> list[Json] | None:
        items: list[Json] = (await world.supervisor.get(f"conversations/{talk}/recordings"))[
            "items"
        ]
        return items if len(items) == count else None

    return await eventually(listed, within=30)


async def heard(person: Person, part: Json) -> Frames:
    """What is on the recording."""
    async with person._http.get(f"recordings/{part['id']}") as answer:
        assert answer.status == 200
        sound = await answer.read()
    with open_wave(BytesIO(sound)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        pcm = file.readframes(file.getnframes())
    recording = Recording()
    recording.add(pcm, 1.0)
    return recording.frames(0)
