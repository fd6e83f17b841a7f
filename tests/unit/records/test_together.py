"""Group commit: who is stored with whom, and who is told what."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from app.records.together import MOST, Together


@dataclass
class Disk:
    """Stores batches when it is let; a part `bad…` cannot be stored, nor what comes with it."""

    batches: list[list[str]] = field(default_factory=list)
    permits: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    away: bool = False
    tried: int = 0

    def let(self, times: int = 1_000) -> None:
        """So many batches may be stored."""
        for _ in range(times):
            self.permits.release()

    async def write(self, parts: Sequence[str]) -> None:
        self.tried += 1
        await self.permits.acquire()
        if self.away:
            raise ConnectionError("the database is away")
        if any(part.startswith("bad") for part in parts):
            raise ValueError(", ".join(parts))
        self.batches.append(list(parts))


def begun(together: Together[str], *parts: str) -> list["asyncio.Task[None]"]:
    """A caller for each."""
    return [asyncio.create_task(together.add(part)) for part in parts]


async def until_tried(disk: Disk, times: int = 1) -> None:
    """Until the disk was asked so often."""
    async with asyncio.timeout(5):
        while disk.tried < times:
            await asyncio.sleep(0)


async def test_who_comes_while_one_is_stored_is_stored_together_and_in_order() -> None:
    disk = Disk()
    together = Together(disk.write)
    # given one who is being stored, and more who came meanwhile
    callers = begun(together, "one", "two", "three", "four")
    await until_tried(disk)
    assert not any(caller.done() for caller in callers)
    # when the disk is done
    disk.let()
    await asyncio.gather(*callers)
    # then the others were one batch
    assert [part for batch in disk.batches for part in batch] == ["one", "two", "three", "four"]
    assert len(disk.batches) == 2


async def test_one_that_cannot_be_stored_is_told_alone() -> None:
    disk = Disk()
    together = Together(disk.write)
    callers = begun(together, "one", "two", "bad", "three")
    await until_tried(disk)
    disk.let()
    told = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(each) for each in told] == [type(None), type(None), ValueError, type(None)]
    assert sorted(part for batch in disk.batches for part in batch) == ["one", "three", "two"]


async def test_a_database_that_is_away_is_asked_once_for_all() -> None:
    disk = Disk(away=True)
    together = Together(disk.write)
    callers = begun(together, "one", "two", "three")
    await until_tried(disk)
    disk.let()
    told = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(each) for each in told] == [ConnectionError] * 3
    assert disk.tried == 2


async def test_who_writes_and_is_cancelled_leaves_the_others_to_write_themselves() -> None:
    disk = Disk()
    together = Together(disk.write)
    # given one who writes for two more than itself
    first = begun(together, "one")
    await until_tried(disk)
    others = begun(together, "two", "three", "four")
    await asyncio.sleep(0)
    disk.let(1)
    await first[0]
    await until_tried(disk, 2)
    # when it is cancelled in the middle
    others[0].cancel()
    disk.let()
    told = await asyncio.gather(*others, return_exceptions=True)
    # then what it wrote is not there, and the others are, once
    assert isinstance(told[0], asyncio.CancelledError)
    assert told[1:] == [None, None]
    assert disk.batches == [["one"], ["three", "four"]]


async def test_who_is_cancelled_while_they_wait_is_not_stored() -> None:
    disk = Disk()
    together = Together(disk.write)
    callers = begun(together, "one", "two", "three")
    await until_tried(disk)
    callers[1].cancel()
    await asyncio.sleep(0)
    disk.let()
    await asyncio.gather(*callers, return_exceptions=True)
    assert [part for batch in disk.batches for part in batch] == ["one", "three"]


async def test_a_long_line_takes_several_transactions() -> None:
    disk = Disk()
    together = Together(disk.write)
    callers = begun(together, *(f"part {n}" for n in range(MOST * 2 + 2)))
    await until_tried(disk)
    disk.let()
    await asyncio.gather(*callers)
    assert max(map(len, disk.batches)) == MOST
    assert sum(map(len, disk.batches)) == MOST * 2 + 2


async def test_an_error_is_not_kept_for_the_next() -> None:
    disk = Disk()
    disk.let()
    together = Together(disk.write)
    with pytest.raises(ValueError, match="bad"):
        await together.add("bad")
    await together.add("good")
    assert disk.batches == [["good"]]
