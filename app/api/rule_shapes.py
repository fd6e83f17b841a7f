"""Routing rules as administrators send them and see them."""

import re
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import AfterValidator, Field, model_validator

from app.api import shapes
from app.api.admin_requests import ShortName
from app.api.requests import Line, Request, SkillNames
from app.domain.conversation import Channel
from app.domain.routing_rules import Choice, Compare

MAX_EACH = 50
"""Entries, languages, parameters of one rule."""
MAX_WAIT_SECONDS = 86_400
_PROMPT = re.compile(r"[A-Za-z0-9_-]{1,60}")


def _prompt(text: str) -> str:
    if not _PROMPT.fullmatch(text):
        raise ValueError("must be the name of a recording: letters, digits, - and _")
    return text


Feeling = Annotated[float, Field(ge=-1, le=1)]
Lines = Annotated[list[Line], Field(max_length=MAX_EACH)]


class ParameterGiven(Request):
    """A condition on a captured parameter."""

    name: Line
    compare: Compare = Compare.EQUALS
    value: Annotated[str, Field(max_length=200)] = ""


class CalendarGiven(Request):
    """Whether a calendar is open."""

    id: Line
    open: bool


class WhenGiven(Request):
    """Conditions: all of those that are given must hold, and there must be one."""

    channels: Annotated[list[Channel], Field(max_length=3)] = Field(default_factory=list)
    state: Literal["bot", "queued"] | None = None
    sentiment_below: Feeling | None = None
    sentiment_above: Feeling | None = None
    flow: Line | None = None
    step: Line | None = None
    parameters: Annotated[list[ParameterGiven], Field(max_length=MAX_EACH)] = Field(
        default_factory=list
    )
    customer: Line | None = None
    entries: Lines = Field(default_factory=list)
    languages: Lines = Field(default_factory=list)
    skills: SkillNames = Field(default_factory=list)
    waiting_seconds: Annotated[int, Field(ge=0, le=MAX_WAIT_SECONDS)] | None = None
    calendar: CalendarGiven | None = None
    unstaffed: bool = False

    @model_validator(mode="after")
    def _sensible(self) -> "WhenGiven":
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("give at least one condition")
        if self.state == "bot" and self.waiting_seconds is not None:
            raise ValueError("with the bot nobody waits: waiting_seconds needs state queued")
        if self.state == "bot" and self.unstaffed:
            raise ValueError("with the bot nobody waits: unstaffed needs state queued")
        below, above = self.sentiment_below, self.sentiment_above
        if below is not None and above is not None and above >= below:
            raise ValueError("no sentiment is both above and below that")
        return self


class QueueGiven(Request):
    """To people with these skills; none: anybody."""

    skills: SkillNames = Field(default_factory=list)


class ThenGiven(Request):
    """Actions: at least one."""

    queue: QueueGiven | None = None
    priority: Annotated[int, Field(ge=0, le=10)] | None = None
    relax: SkillNames = Field(default_factory=list)
    overflow: Annotated[SkillNames, Field(min_length=1)] | None = None
    release_agent: bool = False
    announce: Annotated[str, AfterValidator(_prompt)] | None = None
    offer: Annotated[list[Choice], Field(max_length=2)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sensible(self) -> "ThenGiven":
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("give at least one action")
        if self.queue is not None and self.overflow is not None:
            raise ValueError("queue and overflow both say which skills are needed: give one")
        return self


class RuleGiven(Request):
    """A rule to try."""

    when: WhenGiven
    then: ThenGiven


class RuleChange(RuleGiven):
    """A rule, as a whole; rules are looked at in their order, each is applied once."""

    name: ShortName
    enabled: bool = True
    position: Annotated[int, Field(ge=0, le=1000)] | None = None


class RuleParameter(Struct, frozen=True):
    """A condition on a captured parameter."""

    name: str
    compare: Compare
    value: str


class RuleCalendar(Struct, frozen=True):
    """Whether a calendar is open."""

    id: str
    open: bool


class RuleWhen(Struct, frozen=True):
    """Conditions: all of those that are given must hold."""

    channels: list[Channel]
    state: Literal["bot", "queued"] | None
    sentiment_below: float | None
    sentiment_above: float | None
    flow: str | None
    step: str | None
    parameters: list[RuleParameter]
    customer: str | None
    entries: list[str]
    languages: list[str]
    skills: list[str]
    waiting_seconds: int | None
    calendar: RuleCalendar | None
    unstaffed: bool


class RuleQueue(Struct, frozen=True):
    """To people with these skills; none: anybody."""

    skills: list[str]


class RuleThen(Struct, frozen=True):
    """What the rule does."""

    queue: RuleQueue | None
    priority: int | None
    relax: list[str]
    overflow: list[str] | None
    release_agent: bool
    announce: str | None
    offer: list[Choice]


class RoutingRule(Struct, frozen=True):
    """One rule; `position` counts from 0."""

    id: str
    position: int
    name: str
    enabled: bool
    when: RuleWhen
    then: RuleThen


class RoutingRuleList(Struct, frozen=True):
    """All rules, in the order in which they are looked at."""

    items: list[RoutingRule]
    next: str | None = None


class PreviewedConversation(Struct, frozen=True):
    """A conversation of the last day that the rule would have been applied to."""

    id: str
    channel: Channel
    customer: shapes.Customer
    created_at: shapes.Instant
    state: str
    skills: list[str]
    waited_seconds: float | None
    sentiment: float | None


class RulePreview(Struct, frozen=True):
    """What the rule would have matched of the last day: `looked_at` conversations, at most 5,000
    and the newest; `items` are the first 100 of those that match."""

    matched: int
    looked_at: int
    items: list[PreviewedConversation]
