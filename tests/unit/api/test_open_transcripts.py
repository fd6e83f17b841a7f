"""The transcripts of the live picture: two who read at once."""

import asyncio
from types import SimpleNamespace
from typing import Any

from app.api.transcripts import OpenTranscripts
from app.records import Turn

TALK = "b0123456789ab-1"
FIRST, SECOND = (Turn(f"t{n}", "customer", "hello", n) for n in (1, 2))


class SlowReads:
    """Transcripts whose readings are answered when the test says so, with what was there."""

    def __init__(self) -> None:
        self.stored: list[Turn] = []
        self.answers: list[asyncio.Future[None]] = []

    async def turns(self, conversation_id: str) -> list[Turn]:
        """As stored when the reading began."""
        found = list(self.stored)
        self.answers.append(asyncio.get_running_loop().create_future())
        await self.answers[-1]
        return found


async def test_an_older_reading_that_is_answered_later_takes_no_turn_away() -> None:
    # given a reading that began when one turn was stored, and one when two were
    slow = SlowReads()
    records: Any = SimpleNamespace(transcripts=slow)
    open_ones = OpenTranscripts(records)
    slow.stored.append(FIRST)
    older = asyncio.create_task(open_ones.read(TALK))
    await asyncio.sleep(0)
    slow.stored.append(SECOND)
    newer = asyncio.create_task(open_ones.read(TALK))
    await asyncio.sleep(0)

    # when the newer one is answered first
    slow.answers[1].set_result(None)
    assert await newer == [FIRST, SECOND]
    slow.answers[0].set_result(None)

    # then the older one tells nothing, and undoes nothing
    assert await older == []
    assert list(open_ones.known(TALK)) == [FIRST, SECOND]
