"""A row that the database refuses holds up no other, and its conversation stays in Redis."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from app.desk.archiving import Archiving
from app.domain.conversation import Channel, Conversation, Customer, State
from app.domain.events import EventType, StreamEvent
from app.records import ArchiveItem

BAD = "c2"


class Archive:
    """Stores items, and raises what it was given for the bad conversation."""

    def __init__(self, refusal: Exception) -> None:
        self.refusal = refusal
        self.stored: list[tuple[str, str | None]] = []

    async def apply(self, batch: Sequence[ArchiveItem]) -> None:
        for item in batch:
            if item.conversation and item.conversation.id == BAD:
                raise self.refusal
        self.stored += [(i.stream_id, i.conversation.id if i.conversation else None) for i in batch]


def archiving(archive: Archive) -> Any:
    records = cast(Any, SimpleNamespace(archive=archive))
    return Archiving(cast(Any, None), cast(Any, None), records)


def item(number: int) -> ArchiveItem:
    conversation = Conversation(f"c{number}", State.CLOSED, Channel.VOICE, Customer(), created_at=0)
    event = StreamEvent(f"{number}-0", EventType.CONVERSATION_CLOSED, 0, conversation.id)
    return ArchiveItem(event.id, event, conversation)


@pytest.mark.parametrize(
    "refusal",
    [
        DBAPIError("insert", None, Exception("value out of int32 range")),
        OverflowError("Python int too large to convert to SQLite INTEGER"),
    ],
)
async def test_one_bad_row_holds_up_no_other(refusal: Exception) -> None:
    archive = Archive(refusal)
    kept = await archiving(archive)._apply([item(1), item(2), item(3)])
    assert archive.stored == [("1-0", "c1"), ("2-0", None), ("3-0", "c3")]
    assert kept == {BAD}


async def test_a_database_that_is_away_is_waited_for() -> None:
    archive = Archive(OperationalError("insert", None, Exception("connection refused")))
    with pytest.raises(OperationalError):
        await archiving(archive)._apply([item(1), item(2)])
    assert archive.stored == []
