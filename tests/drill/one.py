"""One drill: `python -m tests.drill.one SEED FOLDER`; exits with 1 if something was found."""

import asyncio
import sys
import time
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.drill.agents import Worker, hire
from tests.drill.audit import audit_agents, audit_calls, audit_leftovers
from tests.drill.costs import costs, keep, table, usual_gap
from tests.drill.floor import Floor
from tests.drill.harm import Harm
from tests.drill.mails import Mails
from tests.drill.schedule import database, plan, traffic_seconds
from tests.drill.stack import DrillStack
from tests.drill.traffic import Calls, Chats, Traffic
from tests.drill.watch import Watch
from tests.support.mailing import mail_desk
from tests.support.world import World

OFFER_SECONDS, REJOIN_SECONDS = 5, 5
CALM_WITHIN = 45.0
"""Seconds from the end of the schedule until all is well again."""
SERVED_WITHIN = 45.0
"""Seconds from then until the last customer is served."""


async def drill(floor: Floor) -> dict[str, int]:
    """Traffic and harm, then the audit; how the calls ended."""
    async with mail_desk(floor.stack) as desk:
        return await _drill(floor, Calls(floor), Chats(floor), Mails(floor, desk))


async def _drill(floor: Floor, calls: Calls, chats: Chats, mails: Mails) -> dict[str, int]:
    kinds: list[Traffic] = [calls, chats, mails]
    workers = await hire(floor, chats.visits, mails.threads)
    faults = plan(floor.seed)
    watch = Watch(floor)
    always = [_task(watch.run()), *(_task(worker.work()) for worker in workers)]
    print(f"  {len(workers)} agents at work; {len(faults)} faults", flush=True)
    began = time.monotonic()
    async with asyncio.TaskGroup() as all_:
        for kind in kinds:
            all_.create_task(kind.run(traffic_seconds(faults)))
        all_.create_task(floor.harm.follow(faults, began))
    await _calm(watch, floor)
    for to in ("200", "201", "202"):
        calls.come(patient=True, to=to)
    await asyncio.gather(*(kind.leave(SERVED_WITHIN) for kind in kinds))
    await _served(floor)
    return await _audit(floor, kinds, workers, always)


async def _audit(
    floor: Floor, kinds: list[Traffic], workers: list[Worker], always: list[asyncio.Task[None]]
) -> dict[str, int]:
    await audit_leftovers(floor, workers)
    for task in always:
        if task.done() and not task.cancelled():
            task.result()  # an agent or the watch broke: the drill's own fault, and no result
        task.cancel()
    await asyncio.gather(*always, return_exceptions=True)
    await audit_agents(floor, workers)
    ends = await audit_calls(floor)
    for kind in kinds:
        await kind.audit()
    for word in ("Traceback", "never awaited", "exception was never retrieved"):
        if word in floor.stack.said():
            floor.find(f"the service's log has “{word}”")
    return ends


async def _calm(watch: Watch, floor: Floor) -> None:
    end = time.monotonic() + CALM_WITHIN
    while not watch.calm:
        if time.monotonic() > end:
            floor.find(f"not calm {CALM_WITHIN:.0f} s after the last fault")
            return
        await asyncio.sleep(0.1)


async def _served(floor: Floor) -> None:
    """Wrap-ups are written, too."""
    end = time.monotonic() + 20
    while floor.conversations and time.monotonic() < end:
        await asyncio.sleep(0.2)
    for talk in floor.conversations:
        floor.find(f"stuck: {talk['id']} {talk['channel']} is {talk['state']}")


async def run(seed: int, folder: Path) -> bool:
    """Whether it passed; prints what happened."""
    kind = database(seed)
    print(f"seed {seed}: {kind}, in {folder}", flush=True)
    began = time.monotonic()
    hurry = {
        "OFFER_SECONDS": str(OFFER_SECONDS),
        "REJOIN_SECONDS": str(REJOIN_SECONDS),
        "MAIL_RETRY_SECONDS": "1,2,4",
    }
    stack = DrillStack(folder, kind, **hurry)
    ends: dict[str, int] = {}
    try:
        await asyncio.to_thread(stack.start)
        world = World(stack)
        async with world:
            floor = Floor(world, stack, Harm(stack), seed)
            try:
                ends = await drill(floor)
            except Exception as error:
                floor.find(f"the drill could not go on: {error!r}")
                traceback.print_exc()
            world.agents.clear()  # they need not go home: all of it ends here
    finally:
        await asyncio.to_thread(stack.stop)
    _report(floor, ends, time.monotonic() - began)
    keep(folder / "result.json", floor, ends)
    return not floor.findings


def _report(floor: Floor, ends: dict[str, int], seconds: float) -> None:
    print(table(costs(floor)))
    print(f"  without a fault the longest time without an offer was {usual_gap(floor):.1f} s")
    if floor.left_in_silence:
        print(f"  left in silence by an agent who hung up, nobody there: {floor.left_in_silence}")
    print(f"  {len(floor.journeys)} calls: {ends}; refused: {dict(floor.refused)}")
    print(f"  agents: {dict(floor.did.most_common())}")
    print(f"  the drill itself was late by {floor.lag:.2f} s at the most; {seconds:.0f} s in all")
    for finding in floor.findings:
        print(f"  FOUND {finding}")


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)


if __name__ == "__main__":
    sys.exit(not asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2]))))
