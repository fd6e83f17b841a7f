"""The one reader of the event stream: it feeds telephony and the sockets.

The process that ran a script shows its result to telephony at once (`act`); the stream tells
everybody else, and shows again nothing that was shown already.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict

from redis.exceptions import RedisError

from app.acd import Distributor, EpochLost, Result, StreamReader
from app.desk.effects import Effects
from app.desk.feed import Change, Feed
from app.domain.agent import Agent
from app.domain.conversation import Conversation
from app.domain.events import StreamEvent
from app.logs import EVENTS, about

log = logging.getLogger("ringdesk.dispatch")
events_log = logging.getLogger(EVENTS)

REMEMBERED = 2_000
"""Events of our own results that are remembered until the stream brings them, which is at once. A
result is some kilobytes: the limit is reached only while the stream cannot be read, and what is
forgotten then is read again as if another process had done it."""
PAUSE_SECONDS = 0.2
"""Between two tries to read while Redis is away."""


class Dispatch:
    """Carries events from the stream to whoever must know."""

    def __init__(
        self, distributor: Distributor, reader: StreamReader, effects: Effects, feed: Feed
    ) -> None:
        self._distributor = distributor
        self._reader = reader
        self._effects = effects
        self._feed = feed
        self._acted: OrderedDict[str, Result] = OrderedDict()
        self._last = "0-0"
        self._carried = (0, 0)
        """The newest event that the stream brought, which it never brings again."""
        self._epoch = ""

    async def act(self, result: Result) -> Result:
        """Show a result to telephony at once; the stream will tell the others."""
        for event in () if result.repeated else result.events:  # a repeat's came long ago
            if _key(event.id) > self._carried:  # the stream may be quicker than the answer
                self._acted[event.id] = result
        while len(self._acted) > REMEMBERED:
            self._acted.popitem(last=False)
        await self._effects.apply(result)
        return result

    async def show(self, conversation: Conversation) -> None:
        """Show one state to telephony."""
        await self._effects.show([conversation], [])

    async def show_everything(self) -> None:
        """Show the whole live state to telephony again, as after a reconnection."""
        self._effects.forget()
        picture = await self._distributor.picture()
        await self._effects.show(
            list(picture.conversations.values()), list(picture.agents.values())
        )

    async def run(self) -> None:
        """Read for ever; waits for Redis while it is away."""
        await self._begin()
        while True:
            try:
                events = await self._reader.read(self._last, block_ms=1000, count=500)
                if events:
                    await self._carry(events)
                    self._last = events[-1].id
            except (RedisError, OSError, EpochLost) as error:
                log.warning("the event stream cannot be read: %s", type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    def seq(self, stream_id: str) -> str:
        """The opaque sequence that watchers see."""
        return f"{self._epoch}-{stream_id}"

    async def changes_after(self, seq: str, limit: int = 2000) -> list[Change] | None:
        """What came after `seq`; None when that can no longer be told."""
        epoch, _, stream_id = seq.partition("-")
        first = await self._reader.first_id()
        if epoch != self._epoch or first is None or _key(stream_id) < _key(first):
            return None
        events = await self._reader.read(stream_id, block_ms=0, count=limit)
        return None if len(events) == limit else await self._changes(events)

    async def begin_epoch(self) -> None:
        """A new epoch began: what is read from now on counts within it.

        The first time the place in the stream is noted before: a picture of this epoch may be read
        from now on, and whatever comes after it must be told, also if `run` begins later.
        """
        if not self._epoch:
            self._last = await self._reader.last_id()
        self._epoch = await self._distributor.epoch() or ""

    async def _begin(self) -> None:
        while not self._epoch:
            with contextlib.suppress(RedisError, OSError):
                await self.begin_epoch()
            if not self._epoch:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _carry(self, events: list[StreamEvent]) -> None:
        own = self._own(events)
        others = [e for e in events if e.id not in own]
        read = {change.event.id: change for change in await self._changes(others)}
        await self._effects.show(
            [c.conversation for c in read.values() if c.conversation],
            [c.agent for c in read.values() if c.agent],
        )
        for event in events:
            if events_log.isEnabledFor(logging.INFO):
                with about(conversation=event.conversation_id, agent=event.agent_id):
                    events_log.info("%s", event.type.value)
            result = own.get(event.id)
            self._feed.publish(self._own_change(event, result) if result else read[event.id])

    def _own(self, events: list[StreamEvent]) -> dict[str, Result]:
        """Our results to these events. None that is older is waited for any longer: a result that
        the stream has passed would be kept for ever."""
        own = {e.id: self._acted[e.id] for e in events if e.id in self._acted}
        self._carried = max(self._carried, _key(events[-1].id))
        for passed in [one for one in self._acted if _key(one) <= self._carried]:
            del self._acted[passed]
        return own

    def _own_change(self, event: StreamEvent, result: Result) -> Change:
        """What a script of ours led to is known already: nothing is read again."""
        return Change(
            self.seq(event.id),
            event,
            result.conversations.get(event.conversation_id or ""),
            result.agents.get(event.agent_id or ""),
        )

    async def _changes(self, events: list[StreamEvent]) -> list[Change]:
        """Each event with what it touched, read once for the whole batch."""
        conversations = await self._conversations(
            {e.conversation_id for e in events if e.conversation_id}
        )
        agents = await self._agents({e.agent_id for e in events if e.agent_id})
        return [
            Change(
                self.seq(e.id),
                e,
                conversations.get(e.conversation_id or ""),
                agents.get(e.agent_id or ""),
            )
            for e in events
        ]

    async def _conversations(self, ids: set[str]) -> dict[str, Conversation]:
        found = await asyncio.gather(*(self._distributor.conversation(i) for i in ids))
        return {c.id: c for c in found if c}

    async def _agents(self, ids: set[str]) -> dict[str, Agent]:
        found = await asyncio.gather(*(self._distributor.agent(i) for i in ids))
        return {a.id: a for a in found if a}


def _key(stream_id: str) -> tuple[int, int]:
    head, _, tail = stream_id.partition("-")
    return (int(head), int(tail or 0)) if head.isdecimal() else (0, 0)
