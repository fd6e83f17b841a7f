"""When: each event, done to every cell of a batch at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.support.far_phones import FarPhones
from tests.support.polling import eventually
from tests.support.world import World
from tests.telephony.cells.cell import Cell, Scene
from tests.telephony.cells.moments import LONG, hears_agent, hears_music
from tests.telephony.cells.stacks import CellStack

OUT_OF_ORDER = "38"
"""Q.850 "network out of order": what a phone network says that drops a call by itself."""


@dataclass
class Batch:
    """The cells of one kind of leg and one event, which run together."""

    stack: CellStack
    world: World
    far: FarPhones | None
    scenes: dict[Cell, Scene] = field(default_factory=dict)

    async def ready(self) -> None:
        """Wait until the service says that every part answers."""
        await eventually(lambda: self.says({"ready": True}), within=3 * LONG, every=0.1)

    async def says(self, wanted: dict[str, bool]) -> bool:
        """Whether `/readyz` answers, and so."""
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{self.stack.url}/readyz") as reply,
            ):
                told = await reply.json()
        except (aiohttp.ClientError, OSError):
            return False
        found = {**told, **told["parts"]} if "parts" in told else told
        return all(found.get(name) is value for name, value in wanted.items())

    async def hear_on(self) -> None:
        """Meanwhile every customer goes on hearing what they heard."""
        for scene in self.scenes.values():
            if scene.cell.moment in {"queued", "ringing", "held", "consulting"}:
                await eventually(lambda: hears_music(scene), within=LONG)  # noqa: B023
            elif scene.cell.moment == "talking":
                await eventually(lambda: hears_agent(scene), within=LONG)  # noqa: B023


async def caller_hangs_up(batch: Batch) -> None:
    await asyncio.gather(*(s.customer.line.hang_up() for s in batch.scenes.values()))


async def agent_hangs_up(batch: Batch) -> None:
    """BYE on a call, 486 or 603 to one that rings."""
    await asyncio.gather(*(s.agent.line.hang_up() for s in batch.scenes.values()))


async def status_busy(batch: Batch) -> None:
    await asyncio.gather(*(s.agent.become("busy") for s in batch.scenes.values()))


async def phone_lost(batch: Batch) -> None:
    """A registered phone loses its power; a number is dropped by its network."""
    if batch.far is not None:
        await batch.far.vanish()
    else:
        await asyncio.gather(*(_drop(scene) for scene in batch.scenes.values()))


async def _drop(scene: Scene) -> None:
    behind = scene.world.behind
    leg = f"leg-{scene.agent.id}-"
    channel = next(c["id"] for c in await behind.channels() if c["id"].startswith(leg))
    await behind.ari("DELETE", f"channels/{channel}", reason_code=OUT_OF_ORDER)


async def service_killed(batch: Batch) -> None:
    batch.stack.kill9("service")
    await batch.hear_on()
    await asyncio.to_thread(batch.stack.restart)
    await batch.ready()


async def redis_killed(batch: Batch) -> None:
    await _kill(batch, "redis")
    await batch.hear_on()
    await batch.ready()


async def redis_flushed(batch: Batch) -> None:
    epoch = batch.world.supervisor.picture.seq.partition("-")[0]
    await batch.world.behind.redis.flushall()
    seen = batch.world.supervisor.picture
    await eventually(lambda: seen.seq.partition("-")[0] != epoch, within=LONG)
    await batch.ready()


async def asterisk_killed(batch: Batch) -> None:
    await _kill(batch, "asterisk")
    await batch.ready()


async def _kill(batch: Batch, server: str) -> None:
    before = batch.stack.pid(server)
    batch.stack.kill9(server)
    await eventually(lambda: batch.stack.pid(server) not in {None, before}, within=LONG)


async def ari_black_holed(batch: Batch) -> None:
    """Nothing that the service sends to ARI gets through, nor is anything closed; then it is."""
    batch.stack.relay.swallow()
    await eventually(lambda: batch.says({"ari": False}), within=LONG, every=0.1)
    await batch.hear_on()
    batch.stack.relay.carry()
    await batch.ready()


WHEN: dict[str, Callable[[Batch], Awaitable[None]]] = {
    "caller-hangs-up": caller_hangs_up,
    "agent-hangs-up": agent_hangs_up,
    "phone-lost": phone_lost,
    "service-killed": service_killed,
    "redis-killed": redis_killed,
    "redis-flushed": redis_flushed,
    "asterisk-killed": asterisk_killed,
    "ari-black-holed": ari_black_holed,
    "status-busy": status_busy,
}
