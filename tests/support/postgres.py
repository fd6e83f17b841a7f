"""A private PostgreSQL server for tests, on a free port of loopback, gone with them.

initdb refuses to run as root, so under root it all runs as the user `postgres` (or `nobody`).
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_STARTS = 20


class MissingPostgres(Exception):
    """The server's programs are not on this machine."""


def find_binaries() -> Path:
    """The folder with initdb and postgres, newest version first. Raises MissingPostgres."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda b: _number(b.parent.name), reverse=True)
    for folder in [*found, *versions]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise MissingPostgres("these tests need PostgreSQL: install Debian's package postgresql")


class PostgresServer:
    """A server on 127.0.0.1:`port` with a folder of its own. Raises MissingPostgres."""

    def __init__(self, port: int) -> None:
        self._binaries = find_binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="ringdesk-pg-"))
        self._data = self._folder / "data"
        self._port = port
        self.url = f"postgresql+asyncpg://ringdesk@127.0.0.1:{port}/postgres"

    @property
    def pid(self) -> int | None:
        """The process of the server; None when there is none."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if Path(f"/proc/{pid}").exists() else None

    def start(self) -> None:
        """Start it, the first time on new data. Raises CalledProcessError when it does not start.

        After `kill9` the processes of its connections may take a moment to notice, during which it
        does not start: it is tried again.
        """
        _own(self._folder)
        if not self._data.exists():
            _run(
                *(self._binaries / "initdb", "-D", self._data, "-U", "ringdesk"),
                *("-A", "trust", "-E", "UTF8", "-N"),
            )
        options = f"-c listen_addresses=127.0.0.1 -p {self._port} "
        options += f"-c unix_socket_directories={self._folder}"
        for attempt in range(_STARTS):
            try:
                self._control("-l", self._folder / "log", "-o", options, "start")
                return
            except subprocess.CalledProcessError:
                if attempt == _STARTS - 1:
                    raise
                time.sleep(0.3)

    def kill9(self) -> None:
        """SIGKILL the server."""
        pid = self.pid
        assert pid is not None, "PostgreSQL does not run"
        os.kill(pid, signal.SIGKILL)

    def remove(self) -> None:
        """Stop it, and take its data away."""
        try:
            if self.pid is not None:
                self._control("-m", "immediate", "stop")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *what: str | Path) -> None:
        _run(self._binaries / "pg_ctl", "-D", self._data, "-w", *what, quiet=True)


@contextmanager
def postgres_server(port: int) -> Iterator[str]:
    """Run a server on 127.0.0.1:`port`; the URL of its database `postgres`.

    Raises MissingPostgres, and CalledProcessError when the server does not start.
    """
    server = PostgresServer(port)
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


def _user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _own(folder: Path) -> None:
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _run(*command: str | Path, quiet: bool = False) -> None:
    user = _user()
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
