"""Keeps one server of the state folder running: adopts or starts it, watches it, stops it.

The server outlives the service. A start adopts the process that runs already; `watch` starts
again what died, at once, and slows down only when it keeps dying; only `stop` ends it.
"""

import asyncio
import logging
import signal
import subprocess
import time
from pathlib import Path

from app.embedded.process import Process, ProcessFile, last_line, spawn
from app.embedded.server import EmbeddedError, Server, is_free

log = logging.getLogger("ringdesk.embedded")

PROBE_PAUSE_SECONDS = 0.025
PROBE_SECONDS = 2.0
"""A readiness probe that has not answered by then counts as no."""
QUICK_SECONDS = 3.0
"""A server that lived shorter than this died quickly."""
QUICK_DEATHS = 5
"""So many quick deaths in a row are answered at once; then come pauses that double from 1 s."""
LONGEST_PAUSE_SECONDS = 30.0


class Supervisor:
    """One server's life, from adoption or start to stop."""

    def __init__(self, server: Server, state_dir: Path) -> None:
        self.server = server
        self.log = state_dir / "log" / f"{server.name}.log"
        self._file = ProcessFile(state_dir / "run", server)
        self._process: Process | None = None
        self._child: subprocess.Popen[bytes] | None = None  # kept so that it can be reaped
        self._stopping = False
        self.adopted = False

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.alive else None

    async def start(self) -> None:
        """Adopt the running server (then `adopted` is true), else start it.

        Raises EmbeddedError when it does not answer within its `start_seconds`.
        """
        self._process = self._file.find()
        self.adopted = self._process is not None and await self._answers()
        if self.adopted:
            return
        if self._process is not None:
            log.warning("%s runs but does not answer; it is started again", self.server.name)
            await self._end()
        self._require_free()
        await self._launch()

    async def watch(self) -> None:
        """Start it again whenever it dies, for ever; returns only once it is being stopped."""
        deaths = 0
        while True:
            born = time.monotonic()
            if self._process:
                await self._process.gone()
            if self._stopping:
                return
            deaths = deaths + 1 if time.monotonic() - born < QUICK_SECONDS else 1
            await self._restart(deaths)

    async def stop(self) -> None:
        """End it: SIGTERM, and after its `stop_seconds` SIGKILL for all of its group."""
        self._stopping = True
        self._process = self._process or self._file.find()
        await self._end()
        self._file.clear()

    async def _restart(self, deaths: int) -> None:
        self._reap()
        log.error("%s died (%s); starting it again", self.server.name, last_line(self.log))
        if deaths > QUICK_DEATHS:
            await asyncio.sleep(min(2.0 ** (deaths - QUICK_DEATHS - 1), LONGEST_PAUSE_SECONDS))
        try:
            await self._launch()
            log.info("%s is back", self.server.name)
        except (EmbeddedError, OSError) as error:
            log.error("%s", error)

    async def _launch(self) -> None:
        if self._stopping:
            return
        if self.server.before_start:
            self.server.before_start()
        try:
            self._child = spawn(self.server, self.log)
        except OSError as error:
            raise EmbeddedError(f"{self.server.name} cannot be started: {error}") from error
        self._process = Process.at(self._child.pid)
        if self._process is not None:
            self._file.record(self._process)
        if not await self._answers():
            died = not self._running()
            await self._end()
            raise EmbeddedError(self._failure(died))

    async def _answers(self) -> bool:
        """Whether it answers before its `start_seconds` are over and before it dies."""
        end = time.monotonic() + self.server.start_seconds
        while time.monotonic() < end and self._running() and not self._stopping:
            if await self._probe():
                return True
            await asyncio.sleep(PROBE_PAUSE_SECONDS)
        return self._stopping

    async def _probe(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await self.server.ready()
        except Exception as error:  # whatever a probe trips over, the server is not ready
            log.debug("%s is not ready: %r", self.server.name, error)
            return False

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self.server.stop_seconds):
                await process.gone()
        except TimeoutError:
            log.warning("%s did not stop on SIGTERM; killed", self.server.name)
            process.signal(signal.SIGKILL, group=True)
            await process.gone()
        self._reap()

    def _running(self) -> bool:
        return self._process is not None and self._process.alive

    def _reap(self) -> None:
        """Take the exit status of a child that ended, or it stays a zombie."""
        if self._child is not None:
            self._child.poll()

    def _require_free(self) -> None:
        for what, address in self.server.listens.items():
            try:
                free = is_free(address)
            except OSError as error:
                raise EmbeddedError(f"{address} ({what}) cannot be used: {error}") from error
            if not free:
                raise EmbeddedError(
                    f"{address}, wanted by {self.server.name}, is taken by another program: "
                    f"stop that, or change {what}"
                )

    def _failure(self, died: bool) -> str:
        how = "ended" if died else f"did not answer within {self.server.start_seconds:g} s"
        return f"{self.server.name} {how}: {last_line(self.log) or 'no output'} (see {self.log})"
