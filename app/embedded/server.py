"""What the supervisor needs to know about a server: how to start it, recognise it, stop it.

`Ports` and `Secrets` are chosen once per state folder and kept, so that a server that outlived
the service is found again where it was.
"""

import errno
import json
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.config import Address, Refusal


class EmbeddedError(Refusal):
    """An embedded server cannot be used; the message is one line for the person at the shell."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server process of the state folder. Durations are seconds."""

    name: str
    """Names the files: `run/<name>.pid`, `log/<name>.log`."""
    argv: tuple[str, ...]
    """The program, by absolute path, and its arguments; it must stay in the foreground."""
    ready: Callable[[], Awaitable[bool]]
    """Whether it answers. Asked again and again while it starts; an exception counts as no."""
    identify: str
    """A string that stands in this server's command line and in no other's (a path of the state
    folder, say): a process whose id was reused by somebody else is not taken for ours."""
    env: Mapping[str, str] = field(default_factory=dict)
    """The whole environment of the process; empty for a copy of our own."""
    cwd: Path | None = None
    before_start: Callable[[], None] | None = None
    """Runs before each start, never before an adoption: renders configuration, removes leftovers.
    May block for a moment; raises EmbeddedError when the start is hopeless."""
    listens: Mapping[str, Address] = field(default_factory=dict)
    """What must be free before a first start: address by what the person can change ("the setting
    RINGDESK_SIP_BIND", say). Checked for UDP and TCP, so that a taken port is one clear line."""
    care: Callable[[], object] | None = None
    """Done about every CARE_SECONDS in a thread while the service runs, such as rotating logs."""
    start_seconds: float = 20.0
    stop_seconds: float = 10.0
    """From SIGTERM to SIGKILL."""


class Ports:
    """Ports of one state folder: picked free once, then kept in `run/ports.json`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = _read_object(path)

    @property
    def kept_in(self) -> str:
        """Where the ports stand, for messages."""
        return f"its line in {self._path}"

    def pick(self, name: str) -> int:
        """The port kept under this name; the first time one that is free on loopback, TCP and UDP.

        Raises EmbeddedError when there is none.
        """
        if name not in self._ports:
            self._ports[name] = _free_port(set(self._ports.values()))
            write_private(self._path, json.dumps(self._ports, indent=1))
        return self._ports[name]


class Secrets:
    """Passwords of one state folder: made once, then kept in `run/secrets.json`, mode 0600."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._secrets: dict[str, str] = _read_object(path)

    def get(self, name: str) -> str:
        """The secret kept under this name: 32 letters and digits, random the first time."""
        if name not in self._secrets:
            self._secrets[name] = secrets.token_hex(16)
            write_private(self._path, json.dumps(self._secrets, indent=1))
        return self._secrets[name]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, all of it or nothing (rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read_object(path: Path) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise EmbeddedError(f"{path} is not JSON: repair it, or remove it to begin anew") from None
    return kept


def is_free(address: Address) -> bool:
    """Whether a server could listen there, on TCP and on UDP. Raises OSError for a bad host."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:  # a connection that lingers from before is no owner
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address.host.strip("[]"), address.port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    return False
                raise
    return True


def _free_port(taken: set[int]) -> int:
    # Below the kernel's ephemeral range: a port from inside it can be in use as the near end of
    # some connection just when a server that died wants it back.
    ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    first, last = (20000, ephemeral - 1) if ephemeral > 21000 else (1024, 65535)
    for _ in range(1000):
        port = first + secrets.randbelow(last - first + 1)
        if port not in taken and is_free(Address("127.0.0.1", port)):
            return port
    raise EmbeddedError(f"no port from {first} to {last} is free on 127.0.0.1: stop what uses them")
