"""The servers of a drill, as a process of its own: what a machine's init system and network are.

Redis and Asterisk run in a state folder of their own and are started again when they die. The
service reaches them, and its database, over wires; a line on standard input sets one:
`NAME pass|cut|hold|slow [SECONDS]`, and is answered with the same line. The end of standard input
ends all of it.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import uvloop

from app.config import load
from app.embedded import Embedded
from tests.drill.wire import Wire


async def main(database_port: int) -> None:
    """Serve until standard input ends. Says on standard output, as JSON, where the wires begin."""
    embedded = await Embedded.start(load(), lambda line: None)
    told = embedded.endpoints
    targets = {
        "redis": ("127.0.0.1", urlsplit(told.redis_url).port or 0),
        "ari": ("127.0.0.1", urlsplit(told.ari_url).port or 0),
        "ami": (told.ami_host, told.ami_port),
        "database": ("127.0.0.1", database_port),
    }
    watching = asyncio.create_task(embedded.watch())
    try:
        async with AsyncExitStack() as stack:
            wires = {
                name: await stack.enter_async_context(Wire(*target))
                for name, target in targets.items()
            }
            print(json.dumps({name: wire.port for name, wire in wires.items()}), flush=True)
            await _obey(wires)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await embedded.stop()


async def _obey(wires: dict[str, Wire]) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, mode, *delay = line.split()
        wires[name].set(mode, float(delay[0]) if delay else 0.0)
        print(line.strip(), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
