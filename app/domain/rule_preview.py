"""What a routing rule would have done to conversations of the past: a preview. Pure.

What was true at some instant counts: the feelings that were told on the way, how long the customer
waited in the end. Skills, flow and parameters are those of the end, for earlier ones are not kept.
"""

from dataclasses import dataclass

from app.domain.calendar import Calendar, is_open
from app.domain.conversation import Conversation, Staffing, State
from app.domain.routing_rules import Conditions, RoutingRule, matches


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation of the last day, with what it went through."""

    conversation: Conversation
    sentiments: tuple[float, ...] = ()
    """Every one that was told, in order."""
    by_bot: bool = False
    """The AI handled it at first."""
    unstaffed: bool = False
    """Nobody could serve it at some time of its wait."""


def would_match(rule: RoutingRule, past: Past, calendar: Calendar | None, now: int) -> bool:
    """Whether all conditions held at some time of it. `now` in ms, for what still waits."""
    wanted, of = rule.conditions, past.conversation
    return (
        _state(wanted, past)
        and _feelings(wanted, past)
        and _waited(wanted, of, now)
        and _calendar(wanted, of, calendar)
        and (not wanted.unstaffed or past.unstaffed or of.staffing is not Staffing.OK)
        and matches(wanted, of)
    )


def waited_ms(of: Conversation, now: int) -> int | None:
    """How long the customer waited for the first agent; None: never for people."""
    if of.queued_at is None:
        return None
    first = of.segments[0].from_at if of.segments else of.closed_at or now
    return max(0, first - of.queued_at)


def _state(wanted: Conditions, past: Past) -> bool:
    by_bot = past.by_bot or past.conversation.state is State.BOT
    waited = past.conversation.queued_at is not None
    asked = {None: by_bot or waited, State.BOT: by_bot, State.QUEUED: waited}
    return asked.get(wanted.state, False)


def _feelings(wanted: Conditions, past: Past) -> bool:
    below, above = wanted.sentiment_below, wanted.sentiment_above
    if below is None and above is None:
        return True
    last = past.conversation.sentiment
    told = past.sentiments + ((last,) if last is not None else ())
    return any((below is None or s < below) and (above is None or s > above) for s in told)


def _waited(wanted: Conditions, of: Conversation, now: int) -> bool:
    if wanted.waiting_ms is None:
        return True
    waited = waited_ms(of, now)
    return waited is not None and waited >= wanted.waiting_ms


def _calendar(wanted: Conditions, of: Conversation, calendar: Calendar | None) -> bool:
    if wanted.calendar is None or calendar is None:
        return wanted.calendar is None
    return is_open(calendar, of.queued_at or of.created_at) is wanted.calendar_open
