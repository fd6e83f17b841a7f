"""Processes that this test run started, and their children."""

import os
from pathlib import Path


def descendants(named: str) -> list[int]:
    """The process ids below our own whose program has this in its name."""
    parents = {pid: parent for pid, parent in map(_parent, _pids()) if parent is not None}
    found = []
    for pid in parents:
        above: int | None = pid
        while above is not None and above != os.getpid():
            above = parents.get(above)
        if above is not None and named in _program(pid):
            found.append(pid)
    return found


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]


def _parent(pid: int) -> tuple[int, int | None]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return pid, None
    return pid, int(stat.rpartition(")")[2].split()[1])  # proc(5): after the name, state and parent


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
    except OSError:
        return ""
