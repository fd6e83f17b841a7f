"""The short stream of messages: who looked at SQL first misses nothing that is told afterwards."""

import asyncio

from app.acd import connect
from app.domain.message import Side
from app.messaging import Note, Notes, ReadUpTo
from tests.support.polling import eventually


async def test_what_is_told_before_the_reader_runs_is_handed_on(redis_url: str) -> None:
    # given a stream with something old on it, and a process that has just begun
    redis = connect(redis_url)
    notes, heard = Notes(redis), list[Note]()
    notes.listeners.append(heard.append)
    old, new = (ReadUpTo("c1", Side.DESK, seq) for seq in (1, 2))
    await notes.tell([old])
    await notes.begin()

    # when something is told before its reader runs
    await notes.tell([new])
    reader = asyncio.create_task(notes.run())

    # then that is handed on, and the old is not
    try:
        await eventually(lambda: heard)
        assert heard == [new]
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await redis.aclose()
