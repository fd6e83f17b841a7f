"""The agent's phone of each kind of leg: made, registered, connected, and its agent available."""

import itertools
import time

from tests.support.far_phones import FarPhone
from tests.support.people import Agent
from tests.support.phones import Line, Phone
from tests.support.world import World
from tests.telephony.cells.cell import Cell, Handset

PAUSE = 4.5
"""Seconds in which a ring tone sounds at least once (tone zone `us`: 2 s on, 4 s off)."""
_numbers = itertools.count(int(time.time()) % 100_000 * 100)


class NearHandset:
    """A phone of this process."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.hz = phone.hz

    @property
    def ringing(self) -> bool:
        line = self._line()
        return line is not None and not line.up and not line.over

    @property
    def up(self) -> bool:
        line = self._line()
        return line is not None and line.up

    def carries(self, hz: int) -> bool:
        line = self._line()
        return line is not None and line.hears(hz)

    def sounds(self, but: int) -> bool:
        line = self._line()
        return line is not None and sounds(line, but, PAUSE)

    async def answer(self) -> None:
        await self.phone.line.call.answer()

    def _line(self) -> Line | None:
        return self.phone.lines[-1] if self.phone.lines else None


class FarHandset:
    """A phone of the process that vanishes."""

    def __init__(self, phone: FarPhone) -> None:
        self.phone = phone
        self.hz = phone.hz

    @property
    def ringing(self) -> bool:
        return self.phone.rings > 0 and not self.phone.up and not self.phone.over

    @property
    def up(self) -> bool:
        return self.phone.up

    def carries(self, hz: int) -> bool:
        return self.phone.hears == hz

    def sounds(self, but: int) -> bool:
        return self.phone.hears not in {0.0, but}

    async def answer(self) -> None:
        await self.phone.answer()


def sounds(line: Line, but: int, last: float) -> bool:
    """Whether there was sound in the last so many seconds, and of late not this tone."""
    now = time.monotonic()
    frames = line.heard.frames(now - last)
    lately = line.heard.frames(now - 0.3).carry(but)
    other = frames.loud() & ~frames.carry(but)
    return bool(other.any()) and not bool(len(lately) and lately.any())


def answers_by_itself(cell: Cell) -> bool:
    """A leg that stays is picked up once; of the others a person does it, when the story says."""
    return cell.persistent


async def plug_in(world: World, agent: Agent, cell: Cell, far: FarPhone | None) -> Handset:
    """A phone for this agent, set as theirs, and connected; its agent is available."""
    handset = FarHandset(far) if far else await _near(world, agent, cell)
    kind = "persistent" if cell.persistent else "per_call"
    audio = "sip" if cell.sip else "number"
    await agent.put("me/preferences", {"leg": kind, "audio": audio})
    await agent.connect(audio)
    await agent.become("available")
    return handset


async def _near(world: World, agent: Agent, cell: Cell) -> Handset:
    answers = answers_by_itself(cell)
    if cell.sip:
        phone = await world.phones.desk_phone(*world.sip_user(agent), world.tone(), answers)
    else:
        number = f"+4423{next(_numbers)}"
        phone = await world.phones.number(number, world.tone(), answers)
        await agent.put("me/preferences", {"phone_number": number})
    agent.phone = phone
    return NearHandset(phone)
