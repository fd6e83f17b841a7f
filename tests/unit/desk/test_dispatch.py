"""What a script of ours led to goes to the watchers as it was told; only others' work is read."""

import asyncio
from typing import Any, cast

from app.acd import Result
from app.desk.dispatch import Dispatch
from app.desk.feed import Change, Feed
from app.domain.conversation import Channel, Conversation, Customer, State
from app.domain.events import EventType, StreamEvent


class Queue:
    """The live queue and its stream: counts what is read."""

    def __init__(self, events: list[StreamEvent], there: Conversation) -> None:
        self.events = events
        self.there = there
        self.reads: list[str] = []

    async def conversation(self, conversation_id: str) -> Conversation:
        self.reads.append(conversation_id)
        return self.there

    async def epoch(self) -> str:
        return "e"

    async def last_id(self) -> str:
        return "0-0"

    async def read(self, after: str, block_ms: int, count: int) -> list[StreamEvent]:
        events, self.events = self.events, []
        if not events:
            await asyncio.Event().wait()
        return events


class Effects:
    """Notes what is shown to telephony."""

    def __init__(self) -> None:
        self.shown: list[Conversation] = []

    async def apply(self, result: Result) -> None:
        self.shown += result.conversations.values()

    async def show(self, conversations: list[Conversation], agents: list[Any]) -> None:
        self.shown += conversations


def talk(state: State, version: int) -> Conversation:
    return Conversation("c1", state, Channel.VOICE, Customer(), created_at=0, version=version)


def event(number: int, kind: EventType) -> StreamEvent:
    return StreamEvent(f"{number}-0", kind, number, "c1")


async def watched(dispatch: Dispatch, feed: Feed, count: int) -> list[Change]:
    """The next changes that a watcher gets."""
    async with feed.subscribe() as changes:
        running = asyncio.create_task(dispatch.run())
        try:
            async with asyncio.timeout(5):
                return [await anext(changes) for _ in range(count)]
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_our_own_results_are_told_in_order_and_not_read_again() -> None:
    # given two scripts of ours, whose events the stream brings in one batch
    queued, active = talk(State.QUEUED, 1), talk(State.ACTIVE, 2)
    first, second = event(1, EventType.CONVERSATION_QUEUED), event(2, EventType.OFFER_ACCEPTED)
    queue, effects, feed = Queue([first, second], active), Effects(), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, effects), feed)
    await dispatch.act(Result((first,), {"c1": queued}))
    await dispatch.act(Result((second,), {"c1": active}))

    # when they come
    changes = await watched(dispatch, feed, 2)

    # then watchers see each as it was, telephony sees nothing twice, and Redis is not asked
    assert [c.conversation for c in changes] == [queued, active]
    assert effects.shown == [queued, active]
    assert queue.reads == []


async def test_what_another_process_did_is_read_and_shown() -> None:
    active = talk(State.ACTIVE, 2)
    queue, effects, feed = Queue([event(1, EventType.OFFER_ACCEPTED)], active), Effects(), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, effects), feed)

    (change,) = await watched(dispatch, feed, 1)

    assert change.conversation == active
    assert effects.shown == [active]
    assert queue.reads == ["c1"]
