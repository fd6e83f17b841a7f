"""What a script of ours led to goes to the watchers as it was told; only others' work is read."""

import asyncio
import gc
from typing import Any, cast

from app.acd import Result
from app.desk.dispatch import REMEMBERED, Dispatch
from app.desk.feed import Change, Feed
from app.domain.conversation import Channel, Conversation, Customer, State
from app.domain.events import EventType, StreamEvent


class Queue:
    """The live queue and its stream: counts what is read."""

    def __init__(self, events: list[StreamEvent], there: Conversation) -> None:
        self.events = events
        self.there = there
        self.reads: list[str] = []
        self.last = "0-0"
        self.after: list[str] = []

    async def conversation(self, conversation_id: str) -> Conversation:
        self.reads.append(conversation_id)
        return self.there

    async def epoch(self) -> str:
        return "e"

    async def last_id(self) -> str:
        return self.last

    async def read(self, after: str, block_ms: int, count: int) -> list[StreamEvent]:
        self.after.append(after)
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


def results(of: Conversation) -> int:
    """How many results about this conversation are kept by anybody."""
    gc.collect()
    found = [one for one in gc.get_objects() if isinstance(one, Result)]
    return sum(one.conversations.get(of.id) is of for one in found)


def result(number: int, of: Conversation) -> Result:
    return Result((event(number, EventType.OFFER_ACCEPTED),), {of.id: of})


async def test_what_happens_between_the_first_picture_and_the_first_reading_is_told() -> None:
    # given a picture that can be read as soon as the epoch is known
    ended = event(6, EventType.CONVERSATION_QUEUED)
    queue, feed = Queue([ended], talk(State.QUEUED, 6)), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, Effects()), feed)
    queue.last = "5-0"
    await dispatch.begin_epoch()

    # when something happens before the stream is read
    queue.last = "6-0"
    (change,) = await watched(dispatch, feed, 1)

    # then it is told: a page would show for ever what was before
    assert (queue.after[0], change.event.id) == ("5-0", "6-0")


async def test_a_result_whose_events_the_stream_told_before_us_is_not_kept() -> None:
    # given events that the reader had before whoever ran their scripts had the answers
    active = talk(State.ACTIVE, 2)
    events = [event(number, EventType.OFFER_ACCEPTED) for number in range(1, 101)]
    queue, effects, feed = Queue(events, active), Effects(), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, effects), feed)
    await watched(dispatch, feed, 100)
    effects.shown.clear()

    # when the answers come
    for number in range(1, 101):
        await dispatch.act(result(number, active))

    # then telephony was shown them, and nothing waits for what never comes again
    assert len(effects.shown) == 100
    assert results(active) == 0


async def test_a_result_that_the_stream_passes_over_is_not_kept() -> None:
    # given results whose events are not on the stream any more when it is read again
    active = talk(State.ACTIVE, 2)
    later = event(1_000, EventType.OFFER_ACCEPTED)
    queue, effects, feed = Queue([later], active), Effects(), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, effects), feed)
    for number in range(1, 101):
        await dispatch.act(result(number, active))
    assert results(active) == 100

    # when the stream brings what came after them
    await watched(dispatch, feed, 1)

    # then none of them is waited for
    assert results(active) == 0


async def test_while_the_stream_is_away_only_so_many_results_are_kept() -> None:
    active = talk(State.ACTIVE, 2)
    queue, effects, feed = Queue([], active), Effects(), Feed()
    dispatch = Dispatch(cast(Any, queue), cast(Any, queue), cast(Any, effects), feed)
    for number in range(1, REMEMBERED + 11):
        await dispatch.act(result(number, active))
    assert results(active) == REMEMBERED
