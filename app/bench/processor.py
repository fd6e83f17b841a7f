"""CPU time and memory of processes, from /proc (proc(5))."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int | None) -> float:
    """What this process has used so far (utime and stime of stat), its threads included; 0 for one
    that is gone."""
    try:
        # The name, in brackets, may hold blanks: fields are counted behind it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory_bytes(pid: int | None) -> int:
    """What this process has in memory now (statm's resident pages); 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class CpuMeter:
    """CPU seconds of named processes since it was made."""

    pids: Mapping[str, int | None]
    began: Mapping[str, float]

    @classmethod
    def of(cls, pids: Mapping[str, int | None]) -> "CpuMeter":
        """Begin to count."""
        return cls(pids, {name: cpu_seconds(pid) for name, pid in pids.items()})

    def used(self) -> dict[str, float]:
        """Seconds so far, by name."""
        return {name: cpu_seconds(pid) - self.began[name] for name, pid in self.pids.items()}
