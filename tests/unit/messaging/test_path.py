"""The message path with a store and notes that record: what is told to whom, and when."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway

from app.domain.message import Author, Message, NewMessage, ReadMark, Stored
from app.messaging import MessagePath, Note
from tests.support.polling import eventually


class Shelf:
    """Stores in memory; `broken` texts cannot be stored."""

    def __init__(self) -> None:
        self.rows: list[Message] = []
        self.told: set[tuple[str, int]] = set()
        self.batches: list[int] = []
        self.broken: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()

    async def commit(
        self,
        new: Sequence[NewMessage],
        told: Sequence[tuple[str, int]],
        read: Sequence[ReadMark],
    ) -> list[Stored]:
        await self.gate.wait()
        if any(one.text in self.broken for one in new):
            raise ValueError("broken")
        self.told.update(told)
        if new:
            self.batches.append(len(new))
        return [self._put(one) for one in new]

    async def untold(self, before: int, limit: int = 500) -> list[Message]:
        return [
            m for m in self.rows if m.at < before and (m.conversation_id, m.seq) not in self.told
        ]

    def _put(self, new: NewMessage) -> Stored:
        for row in self.rows:
            if (row.conversation_id, row.client_id) == (new.conversation_id, new.client_id):
                return Stored(row, False)
        seq = 1 + sum(row.conversation_id == new.conversation_id for row in self.rows)
        row = Message(new.conversation_id, seq, new.author, "", new.client_id, new.text, new.at)
        self.rows.append(row)
        return Stored(row, True)


class Crier:
    """Notes what is told; `away` is Redis that does not answer."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.away = False

    async def tell(self, notes: Iterable[Note]) -> None:
        if self.away:
            raise RedisAway
        self.heard += [note.message.seq for note in notes]  # type: ignore[union-attr]


async def nothing(messages: Sequence[Message]) -> None:
    """Nobody else listens."""


@asynccontextmanager
async def running(path: MessagePath) -> Any:
    task = asyncio.create_task(path.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def crier() -> Crier:
    return Crier()


@pytest.fixture
def path(shelf: Shelf, crier: Crier) -> MessagePath:
    return MessagePath(shelf, crier, lambda: 10_000, nothing)  # type: ignore[arg-type]


def new(client_id: str, text: str = "hello", at: int = 0) -> NewMessage:
    return NewMessage("c1", Author.CUSTOMER, "", client_id, text, at)


async def test_what_waits_shares_one_commit_and_keeps_its_order(
    path: MessagePath, shelf: Shelf, crier: Crier
) -> None:
    # given a disk that is busy with the first message
    shelf.gate.clear()
    async with running(path):
        first = path.submit(new("m0"))
        await asyncio.sleep(0)
        rest = [path.submit(new(f"m{n}")) for n in range(1, 10)]
        shelf.gate.set()
        # when it is free again, then all are stored in their order, few commits for many messages
        answers = [message.seq for message in await asyncio.gather(first, *rest)]
        assert answers == list(range(1, 11))
        assert len(shelf.batches) <= 2
        await eventually(lambda: crier.heard == answers, within=15)


async def test_the_same_again_is_answered_and_told_once(
    path: MessagePath, shelf: Shelf, crier: Crier
) -> None:
    async with running(path):
        one = await path.submit(new("m1"))
        again = await path.submit(new("m1", "other words"))
        assert again == one
        await path.submit(new("m2"))
        await eventually(lambda: crier.heard == [1, 2], within=15)


async def test_one_that_cannot_be_stored_takes_no_other_with_it(
    path: MessagePath, shelf: Shelf
) -> None:
    shelf.broken.add("poison")
    shelf.gate.clear()
    async with running(path):
        waiting = [path.submit(new(f"m{n}", t)) for n, t in enumerate(("a", "poison", "b"))]
        shelf.gate.set()
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [f.text if isinstance(f, Message) else type(f) for f in found] == ["a", ValueError, "b"]


async def test_the_sweep_tells_what_redis_could_not_be_told(
    path: MessagePath, shelf: Shelf, crier: Crier
) -> None:
    # given a message that was stored while Redis was away
    crier.away = True
    async with running(path):
        await path.submit(new("m1"))
        assert crier.heard == []
        # when Redis is back, then it is told, and noted as told
        crier.away = False
        await eventually(lambda: crier.heard == [1], within=15)
        await eventually(lambda: ("c1", 1) in shelf.told, within=15)
