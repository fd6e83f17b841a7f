"""Desk phones together in a process of their own, so that all of them can vanish at one instant.

No BYE, no answers, no sound: a power cut. The parent's side is `FarPhones`; run as a module this
file is the phones, which say every 50 ms how they are and obey what is written to them.
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

from tests.support.phones import Phone, PhoneNetwork
from tests.support.polling import eventually
from tests.support.ports import free_port

_ROOT = Path(__file__).parents[2]
Account = tuple[str, str, int, bool]
"""SIP user, password, tone (Hz), whether it answers by itself."""


class FarPhone:
    """One of them, as the parent knows it."""

    def __init__(self, phones: "FarPhones", user: str, hz: int) -> None:
        self._phones = phones
        self.user = user
        self.hz = hz
        self.rings = 0
        self.up = False
        self.over = True
        self.hears = 0.0
        """Frequency of the strongest tone of the last 0.2 s; 0 for silence."""

    async def answer(self) -> None:
        """Answer the latest call, and every later one."""
        await self._phones.tell("answer", self.user)


class FarPhones:
    """Registers all accounts, obeys, tells what they hear; `vanish` kills the process."""

    def __init__(self, asterisk: str, accounts: list[Account]) -> None:
        listen = f"127.0.0.1:{free_port()}"
        self._arguments = (listen, asterisk, json.dumps(accounts))
        self.phones = {user: FarPhone(self, user, hz) for user, _, hz, _ in accounts}
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._registered = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, *self._arguments, stdin=PIPE, stdout=PIPE, cwd=_ROOT
        )
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(20):
            await self._registered.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.vanish()

    async def tell(self, *words: str) -> None:
        """Write one command."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(words).encode() + b"\n")
        await self._process.stdin.drain()

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
            for user, news in json.loads(text).items():
                phone = self.phones[user]
                phone.rings, phone.hears = news["rings"], news["hears"]
                phone.up, phone.over = news["up"], news["over"]
            self._registered.set()


async def _be_phones(listen: str, asterisk: str, accounts: list[Account]) -> None:
    async with PhoneNetwork(listen, asterisk) as network:
        phones = {
            user: await network.desk_phone(user, password, hz, answers)
            for user, password, hz, answers in accounts
        }
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_obey(phones))
            while True:
                print(json.dumps({u: _news(p) for u, p in phones.items()}), flush=True)
                await asyncio.sleep(0.05)


def _news(phone: Phone) -> dict[str, object]:
    line = phone.lines[-1] if phone.lines else None
    up = line is not None and line.up
    return {
        "rings": phone.rings,
        "up": up,
        "over": line is None or line.over,
        "hears": line.strongest() if line is not None and up else 0.0,
    }


async def _obey(phones: dict[str, Phone]) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while words := (await reader.readline()).decode().split():
        verb, user = words
        assert verb == "answer", verb
        phones[user].answers = True
        await eventually(lambda: phones[user].rings)  # noqa: B023 - awaited in the same turn
        await phones[user].line.call.answer()


if __name__ == "__main__":
    asyncio.run(_be_phones(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
