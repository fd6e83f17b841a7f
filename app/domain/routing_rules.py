"""Routing rules: what happens to a conversation by itself, and when. Pure; instants in ms.

Every condition of a rule must hold; one that is not set holds always. Rules stand in an order and
are looked at in it, each is applied once to a conversation at the most, and each sees what those
before it did. What would change nothing is not applied. A conversation that rings at an agent's is
left in peace: its rules are looked at when it waits again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.conversation import Channel, Conversation, Staffing, State

LOOKED_AT = frozenset({State.BOT, State.QUEUED})


class Compare(StrEnum):
    """How a captured parameter is compared; upper and lower case are alike."""

    EQUALS = "equals"
    CONTAINS = "contains"
    EXISTS = "exists"


class Choice(StrEnum):
    """What a customer who waits may choose by key."""

    CALLBACK = "callback"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A condition on one captured parameter."""

    name: str
    compare: Compare = Compare.EQUALS
    value: str = ""

    def holds(self, given: Mapping[str, Any]) -> bool:
        """Whether the parameter is as wanted."""
        if self.name not in given:
            return False
        found = _plain(given[self.name])
        if self.compare is Compare.EXISTS:
            return True
        wanted = self.value.casefold()
        return wanted in found if self.compare is Compare.CONTAINS else found == wanted


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a rule applies."""

    channels: tuple[Channel, ...] = ()
    state: State | None = None
    """Only with the bot, or only while it waits for people."""
    sentiment_below: float | None = None
    sentiment_above: float | None = None
    flow: str | None = None
    step: str | None = None
    parameters: tuple[Parameter, ...] = ()
    customer: str | None = None
    """The begin of the number, the whole address, or a part of the name."""
    entries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """`pt` means `pt-BR`, too."""
    skills: tuple[str, ...] = ()
    """Ids; one of them is required."""
    waiting_ms: int | None = None
    """It has waited for so long, or longer."""
    calendar: str | None = None
    """Its id; with `calendar_open`."""
    calendar_open: bool = False
    unstaffed: bool = False
    """Nobody who is signed in could serve it."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a rule does."""

    queue: tuple[str, ...] | None = None
    """To people with these skills (ids; none: anybody), from the bot or from another queue."""
    priority: int | None = None
    relax: tuple[str, ...] = ()
    """Ids of skills that are required no more."""
    overflow: tuple[str, ...] | None = None
    """Ids of the skills that are required instead, while it waits."""
    release: bool = False
    """From the one agent for whom it waits, to its skills."""
    announce: str | None = None
    """The name of a recording, told once."""
    offer: tuple[Choice, ...] = ()
    """What a waiting caller may choose from now on."""


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One line of the list."""

    id: str
    name: str
    conditions: Conditions
    actions: Actions
    enabled: bool = True

    @property
    def skills(self) -> frozenset[str]:
        """Ids of all skills that it names, in its conditions and in what it does."""
        does = self.actions
        named = (self.conditions.skills, does.queue or (), does.relax, does.overflow or ())
        return frozenset(skill for skills in named for skill in skills)


@dataclass(frozen=True, slots=True)
class Effect:
    """What applying a rule to a conversation comes to; None: stays as it is."""

    queue: bool = False
    """From the bot to people."""
    skills: tuple[str, ...] | None = None
    priority: int | None = None
    release: bool = False
    announce: str | None = None
    offer: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Now:
    """What a decision needs beside the conversation."""

    at: int
    closed: frozenset[str] = field(default_factory=frozenset)
    """Ids of the calendars that are closed."""


def first(
    rules: Iterable[RoutingRule], of: Conversation, now: Now
) -> tuple[RoutingRule, Effect] | None:
    """The first rule that is to be applied now, and what that does."""
    applied = {done.id for done in of.rules}
    for rule in rules:
        if rule.enabled and rule.id not in applied and holds(rule.conditions, of, now):
            found = effect(rule.actions, of)
            if found is not None:
                return rule, found
    return None


def next_at(rules: Iterable[RoutingRule], of: Conversation, now: Now) -> int | None:
    """When the first rule would apply by waiting alone; None: none."""
    if of.state is not State.QUEUED or of.queued_at is None:
        return None
    applied = {done.id for done in of.rules}
    due = [
        of.queued_at + rule.conditions.waiting_ms
        for rule in rules
        if rule.enabled
        and rule.id not in applied
        and rule.conditions.waiting_ms is not None
        and others_hold(rule.conditions, of, now)
        and effect(rule.actions, of) is not None
    ]
    return min((at for at in due if at > now.at), default=None)


def holds(wanted: Conditions, of: Conversation, now: Now) -> bool:
    """Whether all conditions hold."""
    return has_waited(wanted, of, now.at) and others_hold(wanted, of, now)


def has_waited(wanted: Conditions, of: Conversation, at: int) -> bool:
    """The condition on the waiting time."""
    if wanted.waiting_ms is None:
        return True
    waits = of.state is State.QUEUED and not of.held_back and of.queued_at is not None
    return waits and at - (of.queued_at or 0) >= wanted.waiting_ms


def others_hold(wanted: Conditions, of: Conversation, now: Now) -> bool:
    """All conditions but that on the waiting time."""
    if of.state not in LOOKED_AT or wanted.state not in {None, of.state}:
        return False
    feels = of.sentiment
    below, above = wanted.sentiment_below, wanted.sentiment_above
    return (
        (below is None or (feels is not None and feels < below))
        and (above is None or (feels is not None and feels > above))
        and (wanted.calendar is None or (wanted.calendar not in now.closed) is wanted.calendar_open)
        and (not wanted.unstaffed or (of.state is State.QUEUED and of.staffing is not Staffing.OK))
        and matches(wanted, of)
    )


def matches(wanted: Conditions, of: Conversation) -> bool:
    """The conditions on what the conversation is, whenever."""
    flow = of.flow or {}
    return (
        (not wanted.channels or of.channel in wanted.channels)
        and (wanted.flow is None or _plain(flow.get("name")) == wanted.flow.casefold())
        and (wanted.step is None or _plain(flow.get("step")) == wanted.step.casefold())
        and all(each.holds(of.parameters) for each in wanted.parameters)
        and (wanted.customer is None or _is_customer(wanted.customer, of))
        and (not wanted.entries or of.entry in wanted.entries)
        and (not wanted.languages or _speaks(of.language, wanted.languages))
        and (not wanted.skills or not set(wanted.skills).isdisjoint(of.skills))
    )


def effect(actions: Actions, of: Conversation) -> Effect | None:
    """What the actions would change of a conversation as it is; None: nothing."""
    waits = of.state is State.QUEUED
    queue = of.state is State.BOT and actions.queue is not None
    skills: tuple[str, ...] = of.skills
    if actions.queue is not None:
        skills = actions.queue
    if waits and actions.overflow is not None:
        skills = actions.overflow
    if waits or queue:
        skills = tuple(sorted(set(skills) - set(actions.relax)))
    on_line = of.channel_id is not None and of.channel is Channel.VOICE and not of.dialling
    priority = actions.priority if waits or queue else None
    found = Effect(
        queue=queue,
        skills=skills if skills != of.skills else None,
        priority=priority if priority != of.priority else None,
        release=actions.release and waits and of.routed_to is not None,
        announce=actions.announce if waits and on_line else None,
        offer=actions.offer if waits and on_line else (),
    )
    return None if found == Effect() else found


def _is_customer(wanted: str, of: Conversation) -> bool:
    wanted, who = wanted.casefold(), of.customer
    return (
        (who.number or "").startswith(wanted)
        or (who.email or "").casefold() == wanted
        or wanted in (who.name or "").casefold()
    )


def _speaks(language: str, wanted: tuple[str, ...]) -> bool:
    spoken = language.casefold().replace("_", "-")
    each = [one.casefold().replace("_", "-") for one in wanted]
    return any(spoken == one or spoken.startswith(f"{one}-") for one in each)


def _plain(value: object) -> str:
    """A captured value as somebody would write it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    return str(value).strip().casefold()
