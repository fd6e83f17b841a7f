"""Server processes as the kernel shows them: started, recognised, ended.

A process is known by its id, its boot and its start time, so that an id used again by somebody
else is never taken for ours. The id stands alone in `run/<name>.pid` for people and scripts.
"""

import asyncio
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.embedded.server import Server, write_private

COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # Asterisk writes it even when nobody looks
LOG_LIMIT = 10_000_000
"""Bytes of a log that are carried over a start; a longer one becomes `<name>.log.1`."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process, even when its id has been used again since."""

    pid: int
    born: str

    @classmethod
    def at(cls, pid: int) -> "Process | None":
        """The process that has this id now; None when there is none or it is a zombie."""
        stat = _stat(pid)
        if stat is None or stat[0] in "ZX":
            return None
        return cls(pid, _birth(stat))

    @property
    def alive(self) -> bool:
        return Process.at(self.pid) == self

    def command(self) -> tuple[str, ...]:
        """Its arguments; empty when it is gone."""
        try:
            raw = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except OSError:
            return ()
        return tuple(os.fsdecode(word) for word in raw.rstrip(b"\0").split(b"\0"))

    async def gone(self) -> None:
        """Wait until it has ended, our child or not (pidfd_open(2))."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(handle, ended.set)
        try:
            # Not `alive`: a first thread that ended is a zombie while others still hold the port.
            stat = _stat(self.pid)
            if stat and _birth(stat) == self.born:
                await ended.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)

    def signal(self, number: int, group: bool = False) -> None:
        """Send a signal to it, or to all of its group; nothing when it is gone."""
        if self.alive:
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.pid, number)


class ProcessFile:
    """`run/<name>.pid` of one server, and beside it what proves whose process that is."""

    def __init__(self, run: Path, server: Server) -> None:
        self._pid = run / f"{server.name}.pid"
        self._born = run / f"{server.name}.born"
        self._server = server

    def find(self) -> Process | None:
        """Our server's process when it runs, whoever started it."""
        return self._recorded() or self._unrecorded()

    def record(self, process: Process) -> None:
        write_private(self._born, f"{process.pid} {process.born}\n")
        write_private(self._pid, f"{process.pid}\n")

    def clear(self) -> None:
        self._pid.unlink(missing_ok=True)
        self._born.unlink(missing_ok=True)

    def _recorded(self) -> Process | None:
        try:
            pid, born = self._born.read_text().strip().split(" ", 1)
            process = Process(int(pid), born)
        except (OSError, ValueError):
            return None
        ours = any(self._server.identify in word for word in process.command())
        return process if ours and process.alive else None

    def _unrecorded(self) -> Process | None:
        """Found by its arguments: the service was killed between start and record."""
        arguments = self._server.argv[1:]  # a launcher may have put another program before them
        for process in _leaders():
            if arguments and process.command()[-len(arguments) :] == arguments:
                self.record(process)
                return process
        return None


def spawn(server: Server, log: Path) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, which outlives ours. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        return subprocess.Popen(
            server.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=server.cwd,
            env=dict(server.env) or None,
            umask=0o077,  # recordings, the append-only file and logs are the owner's alone
            start_new_session=True,
        )


def last_line(log: Path) -> str:
    """The last line with text in a log, to say why a server ended."""
    try:
        text = COLOUR.sub("", log.read_bytes()[-4000:].decode(errors="replace"))
    except OSError:
        return ""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _leaders() -> Iterator[Process]:
    """Processes that lead a session and belong to us."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            stat = _stat(int(entry.name))
            with suppress(OSError):
                ours = entry.stat().st_uid == os.getuid()
                process = Process.at(int(entry.name))
                if stat and ours and process and stat[3] == entry.name:
                    yield process


def _stat(pid: int) -> list[str] | None:
    """The fields of proc(5) `stat` from the state on: 0 state, 3 session, 19 start time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _birth(stat: list[str]) -> str:
    """When it began, unlike that of any other process with its id: boot and clock ticks."""
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {stat[19]}"
