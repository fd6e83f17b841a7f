"""A private PostgreSQL server for tests, on a free port of loopback, gone with them.

initdb refuses to run as root, so under root it all runs as the user `postgres` (or `nobody`).
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")


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


@contextmanager
def postgres_server(port: int) -> Iterator[str]:
    """Run a server on 127.0.0.1:`port`; the URL of its database `postgres`.

    Raises MissingPostgres, and CalledProcessError when the server does not start.
    """
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="ringdesk-pg-"))
    try:
        _own(folder)
        data = str(folder / "data")
        _run(binaries / "initdb", "-D", data, "-U", "ringdesk", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder}"
        control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w"]
        _run(*control, "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+asyncpg://ringdesk@127.0.0.1:{port}/postgres"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _run(*command: str | Path) -> None:
    user = _user()
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
