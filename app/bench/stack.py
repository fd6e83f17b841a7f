"""A private copy of the service for the benchmarks: a state folder, ports and servers of its own.

The service runs as a process, so that its CPU time is its own. Everything that is started here is
ended by its process id, also when the benchmark is interrupted.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from app.config import Refusal, Settings, load

HOUSE = Path(__file__).parents[2]
READY = "Ringdesk is ready:"
SERVERS = ("redis", "asterisk")
PORTS = range(20100, 21000)
"""Where free ports are looked for."""
PASSWORD = "only-for-the-benchmark"
STOP_SECONDS = 20.0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ringdesk-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port(*kinds: socket.SocketKind) -> int:
    """A port of loopback that nobody has, and that is not given again. Raises Refusal."""
    for port in PORTS:
        if port not in _given and all(_is_free(port, kind) for kind in kinds):
            _given.add(port)
            return port
    raise Refusal(f"no port from {PORTS.start} to {PORTS.stop - 1} is free on 127.0.0.1")


_given: set[int] = set()


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Stack:
    """One service and its Redis and Asterisk; `settings` are names without RINGDESK_."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.http = f"127.0.0.1:{free_port(socket.SOCK_STREAM, socket.SOCK_DGRAM)}"
        self.sip = f"127.0.0.1:{free_port(socket.SOCK_STREAM, socket.SOCK_DGRAM)}"
        self._environment = {
            "RINGDESK_HTTP": self.http,
            "RINGDESK_STATE_DIR": str(folder),
            "RINGDESK_SIP_BIND": self.sip,
            "RINGDESK_DEMO": "0",
            "RINGDESK_ADMIN_PASSWORD": PASSWORD,
            **{f"RINGDESK_{name}": value for name, value in settings.items()},
        }
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "service.log"

    @property
    def settings(self) -> Settings:
        """The settings as the service has them."""
        return load(self._whole_environment(), Path(os.devnull))

    @property
    def endpoints(self) -> dict[str, Any]:
        """Where Redis, ARI and AMI are, with their passwords."""
        told: dict[str, Any] = json.loads((self.folder / "run" / "endpoints.json").read_text())
        return told

    @property
    def cookie(self) -> str:
        """Name of the cookie with an agent's sign-in."""
        return f"ringdesk_{self.http.rpartition(':')[2]}"

    async def start(self, within: float = 60.0) -> float:
        """Start the service; the seconds until it said that it is ready. Raises Refusal."""
        self.folder.mkdir(parents=True, exist_ok=True)
        began, already = time.monotonic(), self._readies()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app", "run"),
                cwd=self.folder,
                env=self._whole_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl+C is ours to handle
            )
        while self._readies() == already:
            if self._process.returncode is not None or time.monotonic() - began > within:
                raise Refusal(f"the private service did not start:\n{self.tail()}")
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def stop(self) -> float:
        """End the service and its servers, whatever state they are in; the seconds it took."""
        began = time.monotonic()
        pids = [self.pid(name) for name in SERVERS]
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
            except (TimeoutError, asyncio.CancelledError):
                await self.kill()
                for pid in pids:
                    self._kill_server(pid)
                raise
        for pid in pids:
            self._kill_server(pid)
        return time.monotonic() - began

    async def kill(self) -> None:
        """kill -9 of the service alone: its servers go on."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def pid(self, name: str) -> int | None:
        """Process id of `service`, `redis` or `asterisk`; None when it does not run."""
        try:
            return int((self.folder / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None

    def tail(self, lines: int = 20) -> str:
        """The last lines that the service wrote."""
        return "\n".join(self._said().splitlines()[-lines:])

    def _kill_server(self, pid: int | None) -> None:
        """One that outlived its service; the folder in its command line shows that it is ours."""
        if pid is None:
            return
        with suppress(OSError):
            if str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)

    def _whole_environment(self) -> Mapping[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RINGDESK_")}
        where = {k: v for k, v in os.environ.items() if k == "RINGDESK_ASTERISK_DIR"}
        python = {"PYTHONPATH": str(HOUSE), "PYTHONUNBUFFERED": "1"}
        return {**kept, **where, **python, **self._environment}

    def _said(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _readies(self) -> int:
        return self._said().count(READY)


@asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[Stack]:
    """A started stack, which is stopped afterwards in any case."""
    try:
        await stack.start()
        yield stack
    finally:
        await asyncio.shield(asyncio.ensure_future(stack.stop()))
