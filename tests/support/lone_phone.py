"""A desk phone in a process of its own, so that it can vanish: no BYE, no answers, no sound.

The parent's side is `LonePhone`; run as a module this file is the phone.
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.phones import PhoneNetwork
from tests.support.polling import eventually
from tests.support.ports import free_port

_ROOT = Path(__file__).parents[2]


class LonePhone:
    """Registers, answers every call with its tone, tells what it hears; `vanish` kills it."""

    def __init__(self, asterisk: str, user: str, password: str, hz: int) -> None:
        listen = f"127.0.0.1:{free_port()}"
        self.hz = hz
        self._arguments = (listen, asterisk, user, password, str(hz))
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self.rings = 0
        self.up = False
        self.hears = 0.0
        """Frequency of the strongest tone of the last 0.2 s; 0 for silence."""
        self.registered = False

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, *self._arguments, stdout=PIPE, cwd=_ROOT
        )
        self._reader = asyncio.create_task(self._read())
        await eventually(lambda: self.registered, within=15)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.vanish()

    async def vanish(self) -> float:
        """Be gone at once, without a word; the instant of it."""
        assert self._process is not None
        assert self._reader is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        gone_at = time.monotonic()
        await self._process.wait()
        await self._reader
        return gone_at

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for text in self._process.stdout:
            news = json.loads(text)
            self.registered = True
            self.rings, self.up, self.hears = news["rings"], news["up"], news["hears"]


async def _be_a_phone(listen: str, asterisk: str, user: str, password: str, hz: str) -> None:
    async with PhoneNetwork(listen, asterisk) as network:
        phone = await network.desk_phone(user, password, int(hz))
        while True:
            up = bool(phone.lines) and phone.line.up
            hears = phone.line.strongest() if up else 0.0
            print(json.dumps({"rings": phone.rings, "up": up, "hears": hears}), flush=True)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(_be_a_phone(*sys.argv[1:]))
