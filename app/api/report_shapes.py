"""What the wallboard and the reports answer. The figures are explained in app/domain/figures.py."""

from msgspec import Struct

from app.api.shapes import Instant, Named
from app.domain.agent import Status


class Figures(Struct, frozen=True):
    """A queue's figures. Rates are 0 to 1, and null where there is nothing to divide by."""

    offered: int
    answered: int
    answered_within: int
    """Within the service level's threshold."""
    abandoned: int
    abandoned_within: int
    short_abandoned: int
    """Below the short-abandon threshold; left out of every rate."""
    left: int
    """Handed back to the dialplan or to the bot."""
    failed: int
    waiting: int
    callbacks: int
    parts: int
    """Agents' parts that began."""
    transferred: int
    service_level: float | None
    """Answered within T / (answered + abandoned)."""
    service_level_early_out: float | None
    """Answered within T / (answered + abandoned - abandoned within T)."""
    abandon_rate: float | None
    speed_of_answer_seconds: float | None
    longest_wait_seconds: float
    handling_seconds: float | None
    """Talk, hold and wrap-up per finished part."""
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float


class ReportThresholds(Struct, frozen=True):
    """What the figures are measured against: settings."""

    service_level_seconds: float
    service_level_percent: float
    """What is aimed at."""
    short_abandon_seconds: float


class QueueRow(Struct, frozen=True):
    """The figures of one skill, channel or entry; id null: without one."""

    id: str | None
    name: str
    figures: Figures


class IntervalRow(Struct, frozen=True, rename={"from_": "from"}):
    """The figures of what began in one interval."""

    from_: Instant
    to: Instant
    figures: Figures


class QueueReport(Struct, frozen=True, rename={"from_": "from"}):
    """One row for each key; a conversation that requires two skills counts for both."""

    by: str
    tz: str
    from_: Instant
    to: Instant
    thresholds: ReportThresholds
    total: Figures
    items: list[QueueRow]


class IntervalReport(Struct, frozen=True, rename={"from_": "from"}):
    """One row for each interval, empty ones included."""

    by: str
    tz: str
    from_: Instant
    to: Instant
    thresholds: ReportThresholds
    total: Figures
    items: list[IntervalRow]


class StatusSeconds(Struct, frozen=True):
    """How long an agent was in a status, for one reason."""

    status: Status
    reason: str | None
    seconds: float


class AgentRow(Struct, frozen=True, rename={"from_": "from"}):
    """One agent's figures of one interval; their time is cut at its ends."""

    agent: Named
    from_: Instant
    to: Instant
    signed_in_seconds: float
    leg_seconds: float
    """With a connected leg."""
    statuses: list[StatusSeconds]
    offers: int
    accepted: int
    rejected: int
    missed: int
    parts: int
    transferred: int
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    handling_seconds: float | None


class AgentsReport(Struct, frozen=True, rename={"from_": "from"}):
    """One row for each agent and interval in which there is anything to tell."""

    by: str
    tz: str
    from_: Instant
    to: Instant
    items: list[AgentRow]


class NowOfAll(Struct, frozen=True):
    """The live picture in numbers."""

    waiting: int
    longest_waiting_since: Instant | None
    active: int
    """With agents."""
    with_bot: int
    wrap_ups: int
    available: int
    """Agents who are Available and have no call."""
    on_call: int
    busy: int
    offline: int


class SkillNow(Struct, frozen=True):
    """One skill: now, and today."""

    id: str
    name: str
    waiting: int
    longest_waiting_since: Instant | None
    agents: int
    """Who has it and is signed in."""
    available: int
    figures: Figures


class Wallboard(Struct, frozen=True):
    """Now, and today since midnight of the time zone."""

    at: Instant
    tz: str
    since: Instant
    thresholds: ReportThresholds
    now: NowOfAll
    today: Figures
    skills: list[SkillNow]
