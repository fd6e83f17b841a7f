"""What stays in Asterisk, Redis, the database and the process: counted, to be compared."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.support.asterisk_view import Behind
from tests.support.polling import eventually
from tests.support.world import World

PREFIX = "{ringdesk}:"
ANSWERS = "cmd"
"""Remembered answers to commands: each expires by itself, after 10 minutes at the most."""
DIALS = "dials"
"""An agent's calls outside of one day: each expires by itself, after two days."""
LAZY = {"idle:*", "wait:*", "staffing"}
"""Indexes of what is empty now, taken away when they are next looked at: as many as there are
skill sets at the most, however many calls come."""
OF_AGENTS = ("inbox\n", "closing\n", "idle_leg\n")
"""Deadlines of agents, not of work: their Inboxes' and their idle legs'."""
_PER_ID = {"c", "a", "mine", "writes", "own", "serves", "fits", "idle", "wait", ANSWERS}
"""First words of keys that are followed by an id."""


@dataclass(frozen=True)
class Residue:
    """What is there now. `keys` counts Redis keys by pattern, remembered answers left out."""

    channels: int
    bridges: int
    """Standing ones: the waiting room's, and one of each leg."""
    keys: dict[str, int]
    lazy: int
    """Keys of LAZY patterns, which may be there or not."""
    entries: dict[str, int]
    """Members of the sets, hashes and sorted sets that stand for open work."""
    idle_legs: int
    """Deadlines of legs over a number that stand while their agents take no calls: one of each such
    agent, however many calls there were."""
    open_in_sql: int

    @classmethod
    async def of(cls, world: World) -> "Residue":
        """Count."""
        behind = world.behind
        channels, bridges, keys = await asyncio.gather(
            behind.channels(), behind.ari("GET", "bridges"), _keys(behind)
        )
        patterns = Counter(map(_pattern, keys))
        return cls(
            channels=len(channels),
            bridges=len(bridges),
            keys={pattern: n for pattern, n in patterns.items() if pattern not in LAZY},
            lazy=sum(patterns[pattern] for pattern in LAZY),
            entries=await _entries(behind, keys),
            idle_legs=sum(due.startswith("idle_leg\n") for due in await _due(behind)),
            open_in_sql=await asyncio.to_thread(_open_in_sql, world.stack.folder),
        )


def of_process(world: World) -> dict[str, int]:
    """Threads and open files of the service; its pools let both vary by a few."""
    process = Path(f"/proc/{world.stack.pid('service')}")
    return {name: len(list((process / name).iterdir())) for name in ("task", "fd")}


async def settled(world: World, within: float = 8.0) -> Residue:
    """What is there once archive and Asterisk have caught up, and no work is open."""
    seen: list[Residue] = []

    async def calm() -> Residue | None:
        now = await Residue.of(world)
        seen[:] = [*seen[-2:], now]
        still = len(seen) == 3 and all(one == now for one in seen)
        return now if still and not now.entries and not now.open_in_sql else None

    try:
        return await eventually(calm, within=within, every=0.1)
    except AssertionError:
        raise AssertionError(f"no rest within {within} s: {seen}") from None


async def open_work(behind: Behind) -> dict[str, int]:
    """What Redis holds of work that is not done."""
    return await _entries(behind, await _keys(behind))


async def unexpiring_answers(behind: Behind) -> list[str]:
    """Remembered answers that would stay for ever: there must be none."""
    answers = [key for key in await _keys(behind, answers=True) if _pattern(key).startswith("cmd")]
    asking = behind.redis.pipeline(transaction=False)
    for key in answers:
        asking.pttl(key)
    times = await asking.execute()
    return [key for key, ttl in zip(answers, times, strict=True) if ttl == -1]


async def _keys(behind: Behind, answers: bool = False) -> list[str]:
    keys = [str(key) async for key in behind.redis.scan_iter(count=1000)]
    expiring = tuple(f"{PREFIX}{word}:" for word in (ANSWERS, DIALS))
    return keys if answers else [k for k in keys if not k.startswith(expiring)]


def _pattern(key: str) -> str:
    words = key.removeprefix(PREFIX).split(":")
    return f"{words[0]}:*" if len(words) > 1 and words[0] in _PER_ID else ":".join(words)


async def _entries(behind: Behind, keys: list[str]) -> dict[str, int]:
    """Sizes of what holds work: conversations, their deadlines, waiting, in hand."""
    redis, found = behind.redis, Counter[str]()
    for key in keys:
        pattern = _pattern(key)
        if pattern in {"conversations", "mine:*", "writes:*"}:
            found[pattern] += await redis.scard(key)
        elif pattern == "own:*" or (pattern == "wait:*" and key.count(":") > 2):
            found[pattern] += await redis.zcard(key)
        elif pattern == "deadlines":
            found[pattern] += sum(not due.startswith(OF_AGENTS) for due in await _due(behind))
    return {pattern: size for pattern, size in found.items() if size}


async def _due(behind: Behind) -> list[str]:
    """Everything that has a time at which it happens: what, and of whom or which."""
    return [str(member) for member in await behind.redis.zrange(f"{PREFIX}deadlines", 0, -1)]


def _open_in_sql(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ringdesk.db")) as database:
        query = "SELECT count(*) FROM conversations WHERE state != 'closed'"
        return int(database.execute(query).fetchone()[0])
