"""The private servers of one machine, together, and the lock on their state folder."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from app.config import Settings
from app.embedded.asterisk import asterisk_server
from app.embedded.endpoints import Endpoints
from app.embedded.server import EmbeddedError, Ports, Secrets, Server, write_private
from app.embedded.supervisor import Supervisor
from app.embedded.valkey import valkey_server

Say = Callable[[str], None]
CARE_SECONDS = 30.0


class Embedded:
    """What the settings leave unset, running: a private Redis, a private Asterisk, both, neither.

    One service at a time uses a state folder; the servers there outlive it when it is killed.
    """

    def __init__(
        self, lock: "StateLock", endpoints: Endpoints, supervisors: tuple[Supervisor, ...]
    ) -> None:
        self._lock = lock
        self._supervisors = supervisors
        self.endpoints = endpoints

    @classmethod
    async def start(cls, settings: Settings, say: Say = print) -> "Embedded":
        """Adopt or start the servers, and write `run/endpoints.json` once all of them answer.

        `say` gets one line per server. Raises EmbeddedError: another service holds the state
        folder, a port is taken, or a server does not answer.
        """
        run = settings.state_dir / "run"
        lock = StateLock.take(run)
        try:
            ports, secrets = Ports(run / "ports.json"), Secrets(run / "secrets.json")
            servers = _wanted(settings, ports, secrets)
            supervisors = tuple(Supervisor(server, settings.state_dir) for server in servers)
            await _start_all(supervisors, say)
            endpoints = Endpoints.choose(settings, ports, secrets)
            endpoints.write(run / "endpoints.json")
        except BaseException:
            lock.release()
            raise
        return cls(lock, endpoints, supervisors)

    async def watch(self) -> None:
        """Start again what dies; runs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for supervisor in self._supervisors:
                name = supervisor.server.name
                tasks.create_task(supervisor.watch(), name=f"watch {name}")
                if supervisor.server.care is not None:
                    tasks.create_task(_care(supervisor.server.care), name=f"care for {name}")
            await asyncio.Event().wait()

    async def stop(self) -> None:
        """End the servers that are ours, then give the state folder back."""
        await asyncio.gather(*(supervisor.stop() for supervisor in self._supervisors))
        await self.release()

    async def release(self) -> None:
        """Give the state folder back and leave the servers running for the next start."""
        self._lock.release()


class StateLock:
    """`run/service.lock`, held while a service lives; the kernel frees it when that is killed."""

    def __init__(self, run: Path, file: IO[str]) -> None:
        self._run = run
        self._file = file

    @classmethod
    def take(cls, run: Path) -> "StateLock":
        """Raises EmbeddedError when another service holds it, or the folder cannot be written."""
        try:
            run.mkdir(parents=True, exist_ok=True)
            run.chmod(0o700)
            file = (run / "service.lock").open("a+")
        except OSError as error:
            raise EmbeddedError(f"the state folder cannot be used: {error}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise EmbeddedError(_in_use(run)) from None
        write_private(run / "service.pid", f"{os.getpid()}\n")
        return cls(run, file)

    def release(self) -> None:
        """Harmless when repeated."""
        if not self._file.closed:
            (self._run / "service.pid").unlink(missing_ok=True)
            self._file.close()


def _in_use(run: Path) -> str:
    try:
        who = f" (process {(run / 'service.pid').read_text().strip()})"
    except OSError:
        who = ""
    return (
        f"another Ringdesk{who} uses the state folder {run.parent}: "
        "stop it, or set RINGDESK_STATE_DIR to another folder"
    )


def _wanted(settings: Settings, ports: Ports, secrets: Secrets) -> list[Server]:
    servers = []
    if settings.embedded_redis:
        servers.append(valkey_server(settings, ports, secrets))
    if settings.embedded_asterisk:
        servers.append(asterisk_server(settings, ports, secrets))
    return servers


async def _care(care: Callable[[], object]) -> None:
    while True:
        await asyncio.to_thread(care)
        await asyncio.sleep(CARE_SECONDS)


async def _start_all(supervisors: tuple[Supervisor, ...], say: Say) -> None:
    """Side by side; when one fails, those started now are stopped and those adopted go on."""
    starts = [asyncio.ensure_future(_start_one(supervisor, say)) for supervisor in supervisors]
    try:
        await asyncio.gather(*starts)
    except BaseException:
        for start in starts:
            start.cancel()
        await asyncio.gather(*starts, return_exceptions=True)
        await asyncio.gather(*(s.stop() for s in supervisors if not s.adopted))
        raise


async def _start_one(supervisor: Supervisor, say: Say) -> None:
    await supervisor.start()
    how = "adopted, it was still running" if supervisor.adopted else "started"
    say(f"{supervisor.server.name}: {how} (process {supervisor.pid}, log {supervisor.log})")
