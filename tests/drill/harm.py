"""Does to a stack what a schedule says, and puts it right again."""

import asyncio
import signal
import time
from dataclasses import dataclass

from tests.drill.schedule import Fault, Kind
from tests.drill.stack import DrillStack


@dataclass
class Done:
    """A fault as it was: instants of the monotonic clock, `until` None while it lasts."""

    fault: Fault
    since: float
    until: float | None = None
    calm: float | None = None
    """When everything answered again afterwards."""

    def covers(self, instant: float) -> bool:
        """Whether this instant lies in it, recovery included."""
        return self.since <= instant and (self.calm is None or instant <= self.calm)


class Harm:
    """Does it. `done` grows as the schedule goes on."""

    def __init__(self, stack: DrillStack) -> None:
        self._stack = stack
        self.done: list[Done] = []

    @property
    def lasting(self) -> list[Done]:
        """What is not put right yet."""
        return [done for done in self.done if done.until is None]

    async def follow(self, faults: list[Fault], began: float) -> None:
        """All of the schedule."""
        async with asyncio.TaskGroup() as all_:
            for fault in faults:
                await asyncio.sleep(max(0.0, began + fault.at - time.monotonic()))
                all_.create_task(self._do(fault))

    async def _do(self, fault: Fault) -> None:
        done = Done(fault, time.monotonic())
        self.done.append(done)
        print(f"  {fault}", flush=True)
        match fault.kind:
            case Kind.KILL:
                await self._kill(fault)
            case Kind.FREEZE:
                await self._freeze(fault)
            case _ if fault.target == "database" and self._stack.database == "sqlite":
                await self._lock(fault)
            case _:
                await self._spoil_wire(fault)
        done.until = time.monotonic()

    async def _kill(self, fault: Fault) -> None:
        stack = self._stack
        match fault.target:
            case "database":
                await asyncio.to_thread(stack.kill_database)
                await asyncio.sleep(fault.seconds)
                await asyncio.to_thread(stack.restart_database)
            case "service":
                await asyncio.to_thread(stack.kill9)
                await asyncio.sleep(fault.seconds)
                await asyncio.to_thread(stack.restart)
            case name:
                stack.kill9(name)
                await asyncio.sleep(fault.seconds)

    async def _freeze(self, fault: Fault) -> None:
        self._stack.signal(fault.target, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            self._stack.signal(fault.target, signal.SIGCONT)

    async def _lock(self, fault: Fault) -> None:
        def hold() -> None:
            with self._stack.locked_database(slow=fault.kind is Kind.SLOW):
                time.sleep(fault.seconds)

        await asyncio.to_thread(hold)

    async def _spoil_wire(self, fault: Fault) -> None:
        set_ = self._stack.wire
        await asyncio.to_thread(set_, fault.target, fault.kind.value, fault.delay)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await asyncio.to_thread(set_, fault.target, "pass")
