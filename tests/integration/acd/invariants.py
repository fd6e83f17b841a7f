"""DESIGN "The ACD", invariants: checked on what Redis holds and on what the commands returned."""

from collections import Counter
from collections.abc import Iterable

from app.acd import Picture, Result
from app.domain import conversation as conversations
from app.domain.conversation import OPENS_WRAP_UP, Channel, Conversation, Move, State, WrapUp
from app.domain.events import EventType, StreamEvent
from app.domain.routing import Rules, obstacles

WAITS = (State.QUEUED, State.OFFERED)


def check_ownership(picture: Picture) -> None:
    """Never two owners: both sides of every offer, load and wrap-up agree."""
    loads: Counter[tuple[str, str]] = Counter()
    wrap_ups: Counter[str] = Counter()
    offers = {}
    for c in picture.conversations.values():
        assert (c.state is State.ACTIVE) == (c.agent_id is not None)
        assert (c.state is State.OFFERED) == (c.offer is not None)
        assert (c.state is State.CLOSED) == (c.closed_at is not None)
        if c.agent_id:
            loads[c.agent_id, c.channel] += 1
            assert [s.agent_id for s in c.segments if s.to_at is None] == [c.agent_id]
        else:
            assert all(s.to_at is not None for s in c.segments)
        if c.offer:
            assert c.offer.agent_id not in offers
            offers[c.offer.agent_id] = c.id
        wrap_ups.update(s.agent_id for s in c.open_wrap_ups)
        assert c.state is not State.WRAP_UP or c.open_wrap_ups
    for a in picture.agents.values():
        for channel in Channel:
            assert loads.pop((a.id, channel), 0) == getattr(a.load, channel)
        assert wrap_ups.pop(a.id, 0) == a.wrap_ups
        assert offers.pop(a.id, None) == a.offer
        assert a.load.voice <= 1
    assert not (loads or wrap_ups or offers), "held by somebody who is not on the books"


def check_caps(before: Picture, after: Picture) -> None:
    """Never over a cap: who was given more is within it (a cap may be lowered under the load)."""
    for a in after.agents.values():
        old = before.agents.get(a.id)
        for channel in (Channel.CHAT, Channel.EMAIL):
            load = getattr(a.load, channel)
            if load > (getattr(old.load, channel) if old else 0):
                assert load <= getattr(a.caps, channel)


def check_nobody_waits(picture: Picture, now: int, rules: Rules) -> None:
    """Never a waiting conversation beside an eligible idle agent."""
    for c in picture.conversations.values():
        if c.state is State.QUEUED:
            able = [a.id for a in picture.agents.values() if not obstacles(a, c, now, rules)]
            assert not able, f"{c.id} waits beside {able}"


def check_order(result: Result, after: Picture) -> None:
    """Never an older one passed over by a newer of the same requirement and priority."""
    for event in result.events:
        if event.type is not EventType.CONVERSATION_OFFERED:
            continue
        got = after.conversations[str(event.conversation_id)]
        for c in after.conversations.values():
            alike = (c.skills, c.priority, c.channel) == (got.skills, got.priority, got.channel)
            untied = c.routed_to is None and got.routed_to is None
            if c.state is State.QUEUED and alike and untied and event.agent_id not in c.excluded:
                assert (c.queued_at or 0) >= (got.queued_at or 0), f"{got.id} before {c.id}"


def check_wrap_ups(before: Picture, after: Picture, may_close: Iterable[tuple[str, int]]) -> None:
    """A wrap-up that was open still is, unless its agent closed it, left, or its limit passed."""
    allowed = set(may_close)
    for c in before.conversations.values():
        for n, s in enumerate(c.segments):
            if s.wrap_up is WrapUp.OPEN and (c.id, n) not in allowed:
                assert after.conversations[c.id].segments[n].wrap_up is WrapUp.OPEN


class Replay:
    """Conversations' states from their events alone, through the domain's table."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.open: Counter[str] = Counter()

    def apply(self, events: Iterable[StreamEvent]) -> None:
        for event in events:
            key = event.conversation_id
            if event.type is EventType.WRAP_UP_CLOSED and key:
                self.open[key] -= 1
            if key and (what := event.data.get("move")):
                move = Move(what)
                state = self.states.get(key, State.NEW)
                self.open[key] += move in OPENS_WRAP_UP and state is State.ACTIVE
                self.states[key] = conversations.move(state, move, self.open[key] > 0)

    def check(self, found: Iterable[Conversation]) -> None:
        for c in found:
            assert self.states[c.id] is c.state
