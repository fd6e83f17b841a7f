"""The service with a Redis, an Asterisk and a database that are not its own, over wires."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from tests.support.ports import free_port
from tests.support.postgres import PostgresServer
from tests.support.stack import SERVERS, Stack

Database = Literal["sqlite", "postgresql"]
HOLDS_SECONDS, LETS_SECONDS = 0.4, 0.05
"""How a slow disk is made of SQLite's one lock: held, and let go of."""


class DrillStack(Stack):
    """As `Stack`; `wire` sets a wire, and everything can be killed and frozen."""

    def __init__(self, folder: Path, database: Database, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.database = database
        self._backstage: subprocess.Popen[str] | None = None
        self._postgres: PostgresServer | None = None
        self._wiring = threading.Lock()

    def _start(self, within: float = 180.0) -> float:
        """A machine that others use may take minutes: that is no finding."""
        return super()._start(within)

    @property
    def servers(self) -> Path:
        """The state folder of Redis and Asterisk."""
        return self.folder / "servers"

    @property
    def endpoints(self) -> dict[str, Any]:
        """Redis, ARI and AMI past the wires."""
        told: dict[str, Any] = json.loads((self.servers / "run" / "endpoints.json").read_text())
        return told

    def start(self) -> float:
        """As Stack; the first time the servers are started, too."""
        if self._backstage is None:
            self._raise_curtain()
        return super().start()

    def stop(self) -> None:
        """End everything."""
        if self._process is not None and not self._dead():
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._backstage is not None:
            pids = {name: self.pid(name) for name in SERVERS}
            assert self._backstage.stdin is not None
            self._backstage.stdin.close()
            try:
                self._backstage.wait(30)
            except subprocess.TimeoutExpired:
                self._backstage.kill()
                self._backstage.wait()
            for pid in pids.values():
                self._end_leftover(pid)
        if self._postgres is not None:
            self._postgres.remove()

    def pid(self, name: str = "service") -> int | None:
        """As Stack, for the database, too."""
        if name == "database":
            return self._postgres.pid if self._postgres else None
        return _read_pid((self.servers if name in SERVERS else self.folder) / "run", name)

    def asterisk_says(self, lines: int = 25) -> str:
        """The last notices, warnings and errors of Asterisk."""
        log = self.servers / "log" / "asterisk" / "messages.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def wire(self, name: str, mode: str, delay: float = 0.0) -> None:
        """Set a wire (tests/drill/wire.py); it is so on return."""
        with self._wiring:
            assert self._backstage is not None
            assert self._backstage.stdin is not None
            assert self._backstage.stdout is not None
            self._backstage.stdin.write(f"{name} {mode} {delay}\n")
            self._backstage.stdin.flush()
            self._backstage.stdout.readline()

    def signal(self, name: str, number: signal.Signals) -> None:
        """Freeze a part (SIGSTOP) and let it go on (SIGCONT)."""
        if pid := self.pid(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL."""
        assert self._postgres is not None
        self._postgres.kill9()

    def restart_database(self) -> None:
        """Start it again."""
        assert self._postgres is not None
        self._postgres.start()

    @contextlib.contextmanager
    def locked_database(self, slow: bool) -> Iterator[None]:
        """SQLite's lock for writers is somebody else's: all the time, or (slow) mostly."""
        done = threading.Event()
        holder = threading.Thread(target=self._hold_lock, args=(done, slow))
        holder.start()
        try:
            yield
        finally:
            done.set()
            holder.join()

    def _hold_lock(self, done: threading.Event, slow: bool) -> None:
        database = sqlite3.connect(self.folder / "ringdesk.db", timeout=30, isolation_level=None)
        with contextlib.closing(database):
            while not done.is_set():
                database.execute("BEGIN IMMEDIATE")
                done.wait(HOLDS_SECONDS if slow else None)
                database.execute("ROLLBACK")
                done.wait(LETS_SECONDS)

    def _raise_curtain(self) -> None:
        self.servers.mkdir(parents=True)
        port = free_port()
        if self.database == "postgresql":
            self._postgres = PostgresServer(port)
            self._postgres.start()
        environment = {**self.environment(), "RINGDESK_STATE_DIR": str(self.servers)}
        with (self.folder / "backstage.log").open("ab") as errors:
            self._backstage = subprocess.Popen(
                [sys.executable, "-m", "tests.drill.backstage", str(port)],
                cwd=self.servers,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._backstage.stdout is not None
        wires = json.loads(self._backstage.stdout.readline())
        self._settings |= self._over(wires)

    def _over(self, wires: dict[str, int]) -> dict[str, str]:
        """The service's settings: everything over its wire."""
        redis, ari, ami = (self.endpoints[name] for name in ("redis", "ari", "ami"))
        settings = {
            "REDIS_URL": _moved(redis["url"], wires["redis"]),
            "ARI_URL": _moved(ari["url"], wires["ari"]),
            "ARI_PASSWORD": ari["password"],
            "AMI_HOST": "127.0.0.1",
            "AMI_PORT": str(wires["ami"]),
            "AMI_PASSWORD": ami["password"],
            "ASTERISK_CONSOLE": str(self.servers / "asterisk" / "run" / "asterisk.ctl"),
        }
        if self._postgres is not None:
            settings["DATABASE_URL"] = _moved(self._postgres.url, wires["database"])
        return settings


def _moved(url: str, port: int) -> str:
    """The same address at another port of loopback."""
    parts = urlsplit(url)
    before, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{before}{at}127.0.0.1:{port}"))


def _read_pid(run: Path, name: str) -> int | None:
    try:
        pid = int((run / f"{name}.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if Path(f"/proc/{pid}/cmdline").exists() else None
