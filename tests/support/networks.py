"""A network of a story's own: this process in one namespace, a computer in another, and a cable.

The cable can be cut so that packets vanish: no FIN, no RST, no ICMP, and neither end's interface
goes down. Each end then sends to a hardware address that nobody has. Namespaces without a name die
with their last process, so that nothing stays behind, whatever happens.
"""

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

HERE, THERE = "10.207.0.1", "10.207.0.2"
_NEAR, _FAR = "rd-here", "rd-there"
_NOBODY = "02:00:00:00:00:99"


def possible() -> bool:
    """Whether this user may make namespaces and cables (it takes root)."""
    probe = ("unshare", "--net", "ip", "link", "add", _NEAR, "type", "veth", "peer", "name", _FAR)
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class Computer:
    """Another computer, at the end of a cable; this process must be in a namespace of its own."""

    def __init__(self) -> None:
        # Lives until we do: it reads what we never write.
        self._holder = subprocess.Popen(("unshare", "--net", "cat"), stdin=subprocess.PIPE)
        self._addresses: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._wait_for_namespace()
        pid = str(self._holder.pid)
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", _NEAR, "type", "veth", "peer", "name", _FAR, "netns", pid)
        for name, address, inside in ((_NEAR, HERE, ()), (_FAR, THERE, self._inside())):
            _run(*inside, "ip", "address", "add", f"{address}/24", "dev", name)
            _run(*inside, "ip", "link", "set", name, "up")
            self._addresses[name] = _hardware(name, inside)
        _run(*self._inside(), "ip", "link", "set", "lo", "up")
        self.mend()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._holder.kill()
        self._holder.communicate()
        with suppress(subprocess.CalledProcessError):  # it may have gone with its namespace
            _run("ip", "link", "delete", _NEAR)

    def program(self, name: str, folder: Path) -> str:
        """A script that runs a program there."""
        script = folder / f"there-{Path(name).name}"
        script.write_text(f'#!/bin/sh\nexec {" ".join(self._inside())} {name} "$@"\n')
        script.chmod(0o755)
        return str(script)

    def cut(self) -> None:
        """From now on every packet vanishes, either way."""
        self._neighbours(_NOBODY, _NOBODY)

    def mend(self) -> None:
        """Packets arrive again."""
        self._neighbours(self._addresses[_FAR], self._addresses[_NEAR])

    def _neighbours(self, theirs: str, ours: str) -> None:
        words = ("ip", "neighbour", "replace")
        _run(*words, THERE, "lladdr", theirs, "dev", _NEAR, "nud", "permanent")
        _run(*self._inside(), *words, HERE, "lladdr", ours, "dev", _FAR, "nud", "permanent")

    def _inside(self) -> tuple[str, ...]:
        return ("nsenter", f"--net=/proc/{self._holder.pid}/ns/net")

    def _wait_for_namespace(self) -> None:
        """Until `cat` runs, the process is still in our namespace."""
        while Path(f"/proc/{self._holder.pid}/comm").read_text().strip() != "cat":
            assert self._holder.poll() is None, "no namespace could be made"
            os.sched_yield()


def _hardware(name: str, inside: tuple[str, ...]) -> str:
    told = _run(*inside, "ip", "-brief", "link", "show", name)
    return told.split()[2]


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
