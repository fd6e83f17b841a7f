"""The life of the process: servers, parts, tasks and the HTTP site, up and down again."""

import asyncio
import errno
import gc
import os
import signal
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import TypeVar

from aiohttp import web
from redis.exceptions import AuthenticationError

from app.acd import is_away as redis_is_away
from app.api import make_app
from app.config import Address, Refusal, Settings
from app.desk.desk import Desk
from app.embedded import DemoBot, Embedded, Endpoints, is_free
from app.records import Records
from app.records import is_away as database_is_away
from app.service.first_start import Say, demo_bot, first_people
from app.service.wiring import House

T = TypeVar("T")
CANCEL_AGAIN_SECONDS = 0.2
SERVER_AGAIN_SECONDS = 0.5
"""Between two tries to reach a database server or a Redis that is away."""
PATIENCE_SECONDS = 10.0
"""Until somebody who waits for the start is told what is missing."""


class Service:
    """One running Ringdesk: builds the parts, runs them, takes them down."""

    def __init__(self, settings: Settings, say: Say = print) -> None:
        self._settings = settings
        self._say = say
        self._stack = AsyncExitStack()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until SIGINT or SIGTERM, which stop the embedded servers too."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, self._stop.set)
        if not is_free(self._settings.http):
            raise _taken(self._settings.http, OSError(errno.EADDRINUSE, ""))
        embedded = await Embedded.start(self._settings, self._say)
        try:
            async with self._stack:
                await self._serve(embedded)
        finally:
            await (embedded.stop() if self._stop.is_set() else embedded.release())

    async def _serve(self, embedded: Embedded) -> None:
        records = await self._patiently(self._records)
        if records is None:
            return
        bot = await self._demo_bot(embedded.endpoints, records)
        house = await self._patiently(lambda: self._house(embedded.endpoints, records))
        if house is None:
            return
        runner = await self._listen(house.desk, records)
        async with asyncio.TaskGroup() as tasks:
            owned = [tasks.create_task(embedded.watch(), name="embedded")]
            owned += [tasks.create_task(run(), name=name) for name, run in house.loops.items()]
            await self._until_ready(house.desk, bot)
            await self._stop.wait()
            self._say("Ringdesk is stopping")
            await runner.cleanup()
            await _end(owned)

    async def _patiently(self, open_: Callable[[], Awaitable[T]]) -> T | None:
        """What `open_` brings; waits for a database server or a Redis of somebody else's that is
        away, as after a power cut, when all start at once. None: stopped meanwhile."""
        told = float("-inf")
        while not self._stop.is_set():
            try:
                return await open_()
            except AuthenticationError as error:
                raise Refusal(
                    f"Redis refuses the password of RINGDESK_REDIS_URL: {error}"
                ) from None
            except Exception as error:
                away = self._who_is_away(error)
                if away is None:
                    raise
                if (now := asyncio.get_running_loop().time()) - told > PATIENCE_SECONDS:
                    told = now
                    self._say(f"still waiting for: {away} ({type(error).__name__})")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), SERVER_AGAIN_SECONDS)
        return None

    def _who_is_away(self, error: Exception) -> str | None:
        """The server that is not our own and may come back, if the error tells of one."""
        if not self._settings.embedded_redis and redis_is_away(error):
            return "redis"
        own = self._settings.database_url.startswith("sqlite")
        return "database" if not own and database_is_away(error) else None

    async def _records(self) -> Records:
        """The records, with those on the books who have to be."""
        async with AsyncExitStack() as opening:
            records = await Records.open(self._settings.database_url)
            opening.push_async_callback(records.close)
            await first_people(records, self._settings, self._say)
            self._stack.push_async_exit(opening.pop_all())
            return records

    async def _house(self, endpoints: Endpoints, records: Records) -> House:
        async with AsyncExitStack() as opening:
            house = House(self._settings, endpoints, records)
            await house.open(opening)
            self._stack.push_async_exit(opening.pop_all())
            return house

    async def _demo_bot(self, endpoints: Endpoints, records: Records) -> DemoBot | None:
        bot = await demo_bot(endpoints, records, self._settings)
        if bot is None:
            return None
        running = asyncio.create_task(bot.run(), name="demo bot")  # starts beside all that follows

        async def end() -> None:
            await _end([running])
            if self._stop.is_set():
                await bot.stop()

        self._stack.push_async_callback(end)
        return bot

    async def _listen(self, desk: Desk, records: Records) -> web.AppRunner:
        runner = web.AppRunner(make_app(desk, records, self._settings), access_log=None)
        await runner.setup()
        http = self._settings.http
        try:
            site = web.TCPSite(runner, http.host, http.port, ssl_context=_tls(self._settings))
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise _taken(http, error) from None
        return runner

    async def _until_ready(self, desk: Desk, bot: DemoBot | None) -> None:
        told = asyncio.get_running_loop().time()
        while down := [name for name, up in (await desk.health()).items() if not up]:
            if asyncio.get_running_loop().time() - told > PATIENCE_SECONDS:
                told = asyncio.get_running_loop().time()
                self._say(f"still waiting for: {', '.join(down)} (see the log above)")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.05)
                return
        if bot is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.up.wait(), PATIENCE_SECONDS)
        # What stands now stays: a full collection would look at all of it again and again, and
        # hold up every call for a tenth of a second (https://docs.python.org/3/library/gc.html).
        gc.collect()
        gc.freeze()
        self._say(f"Ringdesk is ready: {self._settings.public_url}")


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """HTTPS where a certificate is set. Raises Refusal."""
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise Refusal(f"RINGDESK_TLS_CERT and RINGDESK_TLS_KEY do not fit: {error}") from None
    return context


def _taken(address: Address, error: OSError) -> Refusal:
    why = os.strerror(error.errno) if error.errno else str(error)
    return Refusal(f"{address} cannot be used ({why}): set RINGDESK_HTTP to another address")


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel until they are done: on Python 3.11 `wait_for` can swallow a cancellation."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
