"""Waiting callers who are told that nobody comes, and choose by key; and the houses that close."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.people import Person
from tests.support.picture import Json
from tests.support.polling import eventually
from tests.support.stack import PASSWORD
from tests.support.world import Caller, World

PATIENT = 60.0
BEEP_HZ = 700
"""Asterisk's own beep, to 50 Hz."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@asynccontextmanager
async def administrator(world: World) -> AsyncIterator[Person]:
    """Somebody who may set everything, signed in."""
    admin = Person(world.stack, "admin")
    await admin.sign_in(PASSWORD)
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def settings(world: World, **values: object) -> AsyncIterator[None]:
    """Service-wide settings for one story, put back afterwards."""
    async with administrator(world) as admin:
        try:
            await admin.put("settings", values)
            yield
        finally:
            await admin.put("settings", dict.fromkeys(values))


@dataclass(frozen=True)
class House:
    """A calendar that is open around the clock, but for the switch."""

    admin: Person
    id: str
    given: Json

    async def shut(self, closed: bool = True) -> None:
        """Close it by hand, or open it again."""
        await self.admin.put(f"calendars/{self.id}", {**self.given, "emergency_close": closed})


@asynccontextmanager
async def house(world: World, **of: list[str]) -> AsyncIterator[House]:
    """A calendar of these skills or entries for one story, removed afterwards."""
    always = {day: [{"begin": "00:00", "end": "24:00"}] for day in DAYS}
    given = {"name": "The house", "time_zone": "UTC", "hours": always, **of}
    async with administrator(world) as admin:
        made = await admin.post("calendars", given)
        try:
            yield House(admin, made["id"], given)
        finally:
            await admin.delete(f"calendars/{made['id']}")


async def is_told(world: World, caller: Caller, why: str, within: float = PATIENT) -> None:
    """Wait until the caller is told why nobody comes, and what they may choose."""
    channel = await world.behind.channel_of(caller.number)

    async def told() -> bool:
        return await world.behind.variable(channel, "RINGDESK_NOTICED") == why

    await eventually(told, within=within)


async def becomes_a_callback(world: World, caller: Caller, talk: str) -> Json:
    """They press 1, once: it waits as a callback at its place, and the line is theirs again."""
    before = await world.supervisor.get(f"conversations/{talk}")
    await caller.line.press("1")

    async def kept() -> Json | None:
        seen = await world.supervisor.get(f"conversations/{talk}")
        return seen if seen["callback"] else None

    found = await eventually(kept, within=PATIENT)
    assert (found["state"], found["queued_at"]) == ("queued", before["queued_at"])
    assert found["callback"]["number"] == caller.number
    await eventually(lambda: caller.line.over, within=PATIENT)
    return found


async def leaves_a_message(world: World, caller: Caller) -> None:
    """They hear the beep, speak, and hang up; the callback that comes of it is closed again."""
    beeped = False

    async def hears_beep() -> bool:
        nonlocal beeped
        beeped = beeped or caller.line.strongest() == BEEP_HZ
        return beeped

    first = (await world.supervisor.get("conversations", q=caller.number))["items"][0]
    await eventually(hears_beep, within=30)
    await asyncio.sleep(3)
    await caller.line.hang_up()
    left = await world.conversation(caller, "queued", within=15)
    assert left["id"] != first["id"]
    assert left["callback"]["recording"]
    assert left["queued_at"] == first["queued_at"]
    again = await world.phones.call("202", world.tone(), caller.number)
    await eventually(lambda: again.up)
    await asyncio.sleep(1)
    await again.hang_up()
    await world.closed(left["id"], within=10)
