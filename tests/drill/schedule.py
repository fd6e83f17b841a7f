"""What is harmed, when and for how long: everything by the seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

from tests.drill.stack import Database

FAULTS = 5
FIRST_AT = 6.0
"""Seconds after the first customers, so that talks stand when the first fault comes."""
BETWEEN = (3.0, 7.0)
AT_ONCE = 0.2
"""How likely a fault begins while the one before it lasts."""
AFTERWARDS = 6.0
"""Seconds of traffic after the last one."""


class Kind(StrEnum):
    """What is done. `kill` is kill -9; `freeze` is SIGSTOP, as of a machine that is paused; the
    others are the wire's modes (tests/drill/wire.py) and the database's lock."""

    KILL = "kill"
    FREEZE = "freeze"
    CUT = "cut"
    HOLD = "hold"
    SLOW = "slow"
    LOCK = "lock"


@dataclass(frozen=True)
class Fault:
    """`at` is in seconds of the traffic; `seconds` until it is put right (for what is killed: until
    it is started again, where the machine does not do that at once)."""

    at: float
    kind: Kind
    target: str
    seconds: float
    delay: float = 0.0

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.kind} {self.target}"

    def __str__(self) -> str:
        slow = f", {self.delay * 1000:.0f} ms each way" if self.delay else ""
        return f"{self.at:5.1f} s: {self.name} for {self.seconds:.1f} s{slow}"


@dataclass(frozen=True)
class _Sort:
    kind: Kind
    target: str
    seconds: tuple[float, float]
    delay: tuple[float, float] = (0.0, 0.0)


_EVERYWHERE = (
    _Sort(Kind.KILL, "service", (0.3, 3.0)),
    _Sort(Kind.KILL, "redis", (0.1, 0.1)),
    _Sort(Kind.KILL, "asterisk", (0.1, 0.1)),
    _Sort(Kind.FREEZE, "service", (1.0, 4.0)),
    _Sort(Kind.FREEZE, "redis", (1.0, 6.0)),
    _Sort(Kind.FREEZE, "asterisk", (1.0, 4.0)),
    _Sort(Kind.CUT, "redis", (0.1, 4.0)),
    _Sort(Kind.CUT, "ari", (0.1, 4.0)),
    _Sort(Kind.CUT, "ami", (0.1, 4.0)),
    _Sort(Kind.HOLD, "redis", (1.0, 8.0)),
    _Sort(Kind.HOLD, "ari", (1.0, 8.0)),
    _Sort(Kind.HOLD, "ami", (1.0, 8.0)),
    _Sort(Kind.SLOW, "redis", (4.0, 8.0), (0.01, 0.06)),
    _Sort(Kind.SLOW, "ari", (4.0, 8.0), (0.01, 0.06)),
)
_SQLITE = (
    _Sort(Kind.LOCK, "database", (1.0, 7.0)),
    _Sort(Kind.SLOW, "database", (4.0, 8.0)),
)
_POSTGRESQL = (
    _Sort(Kind.KILL, "database", (0.3, 3.0)),
    _Sort(Kind.CUT, "database", (0.1, 4.0)),
    _Sort(Kind.HOLD, "database", (1.0, 8.0)),
    _Sort(Kind.SLOW, "database", (4.0, 8.0), (0.02, 0.15)),
)


def database(seed: int) -> Database:
    """Every second seed is about PostgreSQL."""
    return "postgresql" if seed % 2 else "sqlite"


def plan(seed: int) -> list[Fault]:
    """The faults of a seed, in the order of their beginnings; each sort comes once at the most."""
    chance = random.Random(f"schedule {seed}")
    sorts = [*_EVERYWHERE, *(_SQLITE if database(seed) == "sqlite" else _POSTGRESQL)]
    faults: list[Fault] = []
    at = FIRST_AT
    for sort in chance.sample(sorts, FAULTS):
        seconds = chance.uniform(*sort.seconds)
        last = faults[-1] if faults else None
        if last and last.target != sort.target and chance.random() < AT_ONCE:
            start = last.at + last.seconds * chance.random()
        else:
            start = at
        delay = chance.uniform(*sort.delay)
        faults.append(Fault(start, sort.kind, sort.target, seconds, delay))
        at = max(at, start + seconds) + chance.uniform(*BETWEEN)
    return sorted(faults, key=lambda fault: fault.at)


def traffic_seconds(faults: list[Fault]) -> float:
    """How long customers keep coming."""
    return max(fault.at + fault.seconds for fault in faults) + AFTERWARDS
