"""What a conversation's events say for the statistics: waits, offers, and agents' parts. Pure.

All of it follows from the conversation and its timeline, so that telling a conversation twice, or
again after a restart, gives the same rows. Where the timeline has a gap (a live queue that was
lost between two writes), the conversation's own state decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

from app.domain.conversation import Conversation, Outcome, Segment, State, WrapUp
from app.domain.events import EventType


class Happening(Protocol):
    """An event of a conversation's timeline. `at` in ms since the epoch."""

    @property
    def type(self) -> str:
        """An EventType."""
        ...

    @property
    def at(self) -> int:
        """When."""
        ...

    @property
    def agent_id(self) -> str | None:
        """Whom it names."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """What else is told."""
        ...


class VisitEnd(StrEnum):
    """How a wait for a person ended."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the customer left
    LEFT = "left"  # handed back to the dialplan: too long a wait, or the customer's own key
    TO_BOT = "to_bot"
    FAILED = "failed"


class OfferEnd(StrEnum):
    """What became of an offer to an agent."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSED = "missed"  # it rang, and nobody answered
    UNREACHED = "unreached"  # it never rang
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Visit:
    """One wait in the queue, from entering it until it ends. Instants in ms."""

    started_at: int
    skills: str
    """Ids joined by line feeds: those that were required when the wait ended."""
    ended_at: int | None = None
    result: VisitEnd = VisitEnd.WAITING
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer to one agent; consults count too. Instants in ms."""

    agent_id: str
    offered_at: int
    consult: bool
    result: OfferEnd = OfferEnd.OPEN


@dataclass(frozen=True, slots=True)
class Part:
    """One agent's part (segment). Instants and durations in ms; None: not over yet."""

    agent_id: str
    from_at: int
    skills: str
    to_at: int | None
    ended_by: str | None
    talk_ms: int | None
    hold_ms: int | None
    wrap_ms: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that one conversation adds to the statistics."""

    visits: tuple[Visit, ...]
    offers: tuple[Asked, ...]
    parts: tuple[Part, ...]


E = EventType
ENTERS: Final = frozenset({E.CONVERSATION_REQUEUED, E.CONVERSATION_RETURNED, E.CALLBACK_DUE})
ANSWERS: Final = frozenset({E.OFFER_ACCEPTED, E.CONVERSATION_PICKED, E.CONVERSATION_TAKEN_OVER})
OVER: Final = frozenset({E.CONVERSATION_CLOSED, E.CONVERSATION_ENDED})
LEAVES: Final = {
    "leave": VisitEnd.ABANDONED,
    "exit": VisitEnd.LEFT,
    "fail": VisitEnd.FAILED,
}
OFFER_ENDS: Final = {
    E.OFFER_ACCEPTED: OfferEnd.ACCEPTED,
    E.OFFER_REJECTED: OfferEnd.REJECTED,
    E.OFFER_EXPIRED: OfferEnd.MISSED,
    E.OFFER_WITHDRAWN: OfferEnd.WITHDRAWN,
}
HOLDS: Final = {
    E.CONVERSATION_HELD: True,
    E.CONVERSATION_UNHELD: False,
    E.CONSULT_STARTED: True,
    E.CONSULT_ENDED: False,
}
COUNTED: Final = frozenset(
    {*ENTERS, *ANSWERS, *OVER, *OFFER_ENDS, *HOLDS}
    | {E.CONVERSATION_QUEUED, E.CONVERSATION_TRANSFERRED, E.CONVERSATION_OFFERED}
    | {E.CONVERSATION_HANDED_BACK, E.CALLBACK_MISSED, E.CALLBACK_JOINED}
    | {E.CONSULT_CHANGED, E.CONSULT_SWAPPED, E.WRAP_UP_CLOSED}
)
"""The events that are looked at; others need not be read."""


def tell(conversation: Conversation, timeline: Sequence[Happening]) -> Told:
    """What this conversation adds, from all of its COUNTED events in order."""
    waits, offers = _Waits(conversation), _Offers()
    for event in timeline:
        waits.take(event)
        offers.take(event)
    waits.reconcile()
    over = conversation.state is State.CLOSED
    return Told(
        tuple(waits.visits),
        tuple(offers.ended() if over else offers.made),
        tuple(_parts(conversation, timeline, waits.needs)),
    )


class _Waits:
    """Folds the events into visits."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._need = "\n".join(conversation.skills)
        self.needs: list[tuple[int, str]] = []
        self.visits: list[Visit] = []

    def take(self, event: Happening) -> None:
        move = event.data.get("move")
        if "need" in event.data:
            self._need = str(event.data["need"])
            self.needs.append((event.at, self._need))
        if (
            event.type == E.CONVERSATION_QUEUED
            or event.type in ENTERS
            or (event.type == E.CONVERSATION_TRANSFERRED and move == "transfer")
        ):
            self._enter(event.at)
        elif event.type in ANSWERS:
            self._end(event.at, VisitEnd.ANSWERED, event.agent_id)
        elif event.type == E.CONVERSATION_HANDED_BACK:
            self._end(event.at, VisitEnd.TO_BOT)
        elif event.type == E.CALLBACK_MISSED:
            self._end(event.at, VisitEnd.FAILED)
        elif event.type in OVER and move in LEAVES:
            self._end(event.at, LEAVES[str(move)])

    def reconcile(self) -> None:
        """Where the last event does not lead to where the conversation is, its own state tells."""
        it = self._conversation
        waits = it.state in {State.QUEUED, State.OFFERED} and not it.held_back
        last = it.segments[-1] if it.segments else None
        waiting = self._waiting()
        if waits and waiting is None:
            self._enter(last.to_at if last and last.to_at else it.queued_at or it.created_at)
        elif waiting is not None and not waits:
            if last is not None and last.from_at >= waiting.started_at:
                self._end(last.from_at, VisitEnd.ANSWERED, last.agent_id)
            elif it.state in {State.CLOSED, State.WRAP_UP}:
                left = it.outcome is Outcome.ABANDONED
                self._end(
                    it.closed_at or waiting.started_at,
                    VisitEnd.ABANDONED if left else VisitEnd.FAILED,
                )

    def _waiting(self) -> Visit | None:
        last = self.visits[-1] if self.visits else None
        return last if last is not None and last.ended_at is None else None

    def _enter(self, at: int) -> None:
        waiting = self._waiting()
        if waiting is not None:  # moved while it waits: the same wait goes on
            self.visits[-1] = replace(waiting, skills=self._need)
            return
        # The first wait counts from when the customer began to wait, with us or before us.
        queued_at = self._conversation.queued_at
        first = not self.visits and queued_at is not None
        self.visits.append(Visit(min(at, queued_at) if first and queued_at else at, self._need))

    def _end(self, at: int, result: VisitEnd, agent_id: str | None = None) -> None:
        waiting = self._waiting()
        if waiting is not None:
            at = max(at, waiting.started_at)
            self.visits[-1] = replace(waiting, ended_at=at, result=result, agent_id=agent_id)


class _Offers:
    """Folds the events into offers; at most one of a kind stands at a time."""

    def __init__(self) -> None:
        self.made: list[Asked] = []

    def take(self, event: Happening) -> None:
        consult = event.type == E.CONSULT_CHANGED
        what = str(event.data.get("what")) if consult else event.type
        if what == E.CONVERSATION_OFFERED and event.agent_id:
            self.made.append(Asked(event.agent_id, event.at, consult))
        elif what in OFFER_ENDS:
            end = OFFER_ENDS[EventType(what)]
            if end is OfferEnd.MISSED and not event.data.get("rang"):
                end = OfferEnd.UNREACHED
            self._end(consult, end)

    def ended(self) -> list[Asked]:
        """None stands any more: the conversation is closed."""
        return [
            replace(one, result=OfferEnd.WITHDRAWN) if one.result is OfferEnd.OPEN else one
            for one in self.made
        ]

    def _end(self, consult: bool, result: OfferEnd) -> None:
        for n in range(len(self.made) - 1, -1, -1):
            if self.made[n].consult == consult:
                if self.made[n].result is OfferEnd.OPEN:
                    self.made[n] = replace(self.made[n], result=result)
                return


def _parts(
    conversation: Conversation, timeline: Sequence[Happening], needs: list[tuple[int, str]]
) -> list[Part]:
    closed = {
        int(event.data.get("segment", 0)): event.at
        for event in timeline
        if event.type == E.WRAP_UP_CLOSED
    }
    holds = _holds(timeline)
    return [
        _part(conversation, segment, closed.get(n), holds, needs)
        for n, segment in enumerate(conversation.segments, 1)
    ]


def _part(
    conversation: Conversation,
    segment: Segment,
    closed_at: int | None,
    holds: list[tuple[int, int | None]],
    needs: list[tuple[int, str]],
) -> Part:
    need = "\n".join(conversation.skills)
    for at, known in needs:
        if at <= segment.from_at:
            need = known
    if segment.to_at is None:
        return Part(segment.agent_id, segment.from_at, need, None, None, None, None, None)
    begins, ends = segment.from_at, max(segment.to_at, segment.from_at)
    held = sum(
        max(0, min(ends, until if until is not None else ends) - max(begins, since))
        for since, until in holds
    )
    wrap = 0 if segment.wrap_up is WrapUp.NONE else None
    if segment.wrap_up is WrapUp.CLOSED:
        wrap = max(0, (closed_at or conversation.closed_at or ends) - ends)
    return Part(
        segment.agent_id,
        begins,
        need,
        ends,
        segment.ended_by,
        talk_ms=ends - begins - held,
        hold_ms=held,
        wrap_ms=wrap,
    )


def _holds(timeline: Sequence[Happening]) -> list[tuple[int, int | None]]:
    """When the customer waited with music while an agent had them; the end of a part ends it."""
    found: list[tuple[int, int | None]] = []
    since: int | None = None
    for event in timeline:
        on = HOLDS.get(EventType(event.type)) if event.type in HOLDS else None
        if event.type == E.CONSULT_SWAPPED:
            on = event.data.get("state") == "talking"
        if event.type in ANSWERS or event.type == E.CONVERSATION_TRANSFERRED:
            on = False
        if on and since is None:
            since = event.at
        elif on is False and since is not None:
            found.append((since, event.at))
            since = None
    return [*found, (since, None)] if since is not None else found
