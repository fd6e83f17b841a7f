"""From figures to what the wallboard and the reports answer, as JSON or as CSV."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from app.api import report_shapes as shapes
from app.api.live import Live
from app.api.ports import DirectoryPort
from app.api.views import instant, moment, named
from app.domain import csv_table
from app.domain.agent import Agent, Status
from app.domain.conversation import Conversation, State
from app.domain.figures import Figures, Thresholds
from app.domain.intervals import Interval
from app.records import AgentKey, AgentReport, QueueKey

ANY_SKILL = "any agent"
NO_ENTRY = "not known"
WAITS = frozenset({State.QUEUED, State.OFFERED})
KEYS: dict[str, Callable[[QueueKey], Sequence[str | None]]] = {
    "skill": lambda key: key.skills or (None,),
    "channel": lambda key: (key.channel,),
    "entry": lambda key: (key.entry,),
}


def figures(of: Figures) -> shapes.Figures:
    """With rates, and seconds for milliseconds."""
    counts = {f.name for f in fields(Figures)} & set(shapes.Figures.__struct_fields__)
    return shapes.Figures(
        **{name: getattr(of, name) for name in counts},
        service_level=_rounded(of.service_level),
        service_level_early_out=_rounded(of.service_level_early_out),
        abandon_rate=_rounded(of.abandon_rate),
        speed_of_answer_seconds=_seconds(of.speed_of_answer_ms),
        longest_wait_seconds=of.longest_wait_ms / 1000,
        handling_seconds=_seconds(of.handling_ms),
        talk_seconds=of.talk_ms / 1000,
        hold_seconds=of.hold_ms / 1000,
        wrap_up_seconds=of.wrap_up_ms / 1000,
    )


def total(found: Iterable[Figures]) -> Figures:
    """All together."""
    return sum(found, Figures())


def queue_rows(
    found: dict[QueueKey, Figures], by: str, directory: DirectoryPort
) -> list[shapes.QueueRow]:
    """One row for each skill, channel or entry, by name."""
    rows: dict[str | None, Figures] = {}
    for key, more in found.items():
        for one in KEYS[by](key):
            rows[one] = rows.get(one, Figures()) + more
    names = {one: _name(one, by, directory) for one in rows}
    ordered = sorted(rows, key=lambda one: (one is None, names[one].casefold()))
    return [shapes.QueueRow(one, names[one], figures(rows[one])) for one in ordered]


def interval_rows(
    found: dict[QueueKey, Figures], within: Sequence[Interval]
) -> list[shapes.IntervalRow]:
    """One row for each interval."""
    sums = [Figures()] * len(within)
    for key, more in found.items():
        sums[key.interval] = sums[key.interval] + more
    return [
        shapes.IntervalRow(instant(one.from_at), instant(one.to_at), figures(each))
        for one, each in zip(within, sums, strict=True)
    ]


def agent_rows(
    found: dict[AgentKey, AgentReport], within: Sequence[Interval], directory: DirectoryPort
) -> list[shapes.AgentRow]:
    """By interval, then by name."""
    rows = [_agent_row(key, report, within, directory) for key, report in found.items()]
    return sorted(rows, key=lambda row: (row.from_, row.agent.name.casefold(), row.agent.id))


def _agent_row(
    key: AgentKey, report: AgentReport, within: Sequence[Interval], directory: DirectoryPort
) -> shapes.AgentRow:
    told, stretch = report.figures, within[key.interval]
    statuses = sorted(report.statuses, key=lambda s: (s.status, s.reason or ""))
    return shapes.AgentRow(
        agent=named(key.agent_id, directory),
        from_=instant(stretch.from_at),
        to=instant(stretch.to_at),
        signed_in_seconds=told.signed_in_ms / 1000,
        leg_seconds=told.leg_ms / 1000,
        statuses=[shapes.StatusSeconds(Status(s.status), s.reason, s.ms / 1000) for s in statuses],
        offers=told.offers,
        accepted=told.accepted,
        rejected=told.rejected,
        missed=told.missed,
        parts=told.parts,
        transferred=told.transferred,
        talk_seconds=told.talk_ms / 1000,
        hold_seconds=told.hold_ms / 1000,
        wrap_up_seconds=told.wrap_up_ms / 1000,
        handling_seconds=_seconds(told.handling_ms),
    )


def now_of(live: Live) -> shapes.NowOfAll:
    """The live picture in numbers."""
    talks, agents = list(live.conversations.values()), list(live.agents.values())
    on_call = [a for a in agents if a.load.voice > 0]
    available = [a for a in agents if a.status is Status.AVAILABLE and a.load.voice == 0]
    busy = [a for a in agents if a.status is Status.BUSY and a.load.voice == 0]
    waiting = [c for c in talks if waits(c)]
    return shapes.NowOfAll(
        waiting=len(waiting),
        longest_waiting_since=_oldest(waiting),
        active=sum(c.state is State.ACTIVE for c in talks),
        with_bot=sum(c.state is State.BOT for c in talks),
        wrap_ups=sum(a.wrap_ups for a in agents),
        available=len(available),
        on_call=len(on_call),
        busy=len(busy),
        offline=len(agents) - len(on_call) - len(available) - len(busy),
    )


def skills_now(
    live: Live, today: dict[QueueKey, Figures], directory: DirectoryPort
) -> list[shapes.SkillNow]:
    """Each skill that somebody has or asks for, by name."""
    sums: dict[str, Figures] = {}
    for key, more in today.items():
        for skill in key.skills:
            sums[skill] = sums.get(skill, Figures()) + more
    waiting = [c for c in live.conversations.values() if waits(c)]
    agents = [a for a in live.agents.values() if a.status is not Status.OFFLINE]
    ids = {skill.id for skill in directory.skills()} | sums.keys()
    rows = [
        _skill_now(one, directory.skill_name(one), waiting, agents, sums.get(one, Figures()))
        for one in ids
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def _skill_now(
    id: str, name: str, waiting: list[Conversation], agents: list[Agent], today: Figures
) -> shapes.SkillNow:
    theirs = [c for c in waiting if id in c.skills]
    have = [a for a in agents if id in a.skills]
    return shapes.SkillNow(
        id=id,
        name=name,
        waiting=len(theirs),
        longest_waiting_since=_oldest(theirs),
        agents=len(have),
        available=sum(a.status is Status.AVAILABLE and a.load.voice == 0 for a in have),
        figures=figures(today),
    )


def waits(conversation: Conversation) -> bool:
    """Whether somebody waits for a person in it."""
    return conversation.state in WAITS and not conversation.held_back


def thresholds(of: Thresholds, percent: float) -> shapes.ReportThresholds:
    """As they are set."""
    return shapes.ReportThresholds(of.service_level_ms / 1000, percent, of.short_abandon_ms / 1000)


def as_csv(rows: Sequence[Any]) -> str:
    """A table with the fields of the rows as columns; seconds and rates as plain numbers.

    Agents' times by status and reason are a column each, such as `busy: lunch`.
    """
    flat = [_flat(msgspec.structs.asdict(row)) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    return csv_table.write(columns, [[_cell(row.get(name)) for name in columns] for row in flat])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name == "figures":
            found |= msgspec.structs.asdict(value)
        elif name == "agent":
            found |= {"agent_id": value.id, "agent": value.name}
        elif name == "statuses":
            for one in value:
                label = f"{one.status}: {one.reason}" if one.reason else str(one.status)
                found[f"{label} (seconds)"] = one.seconds
        else:
            found[name.removesuffix("_")] = value
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _name(id: str | None, by: str, directory: DirectoryPort) -> str:
    if id is None:
        return ANY_SKILL if by == "skill" else NO_ENTRY
    return directory.skill_name(id) if by == "skill" else id


def _oldest(waiting: list[Conversation]) -> datetime | None:
    return moment(min((c.queued_at for c in waiting if c.queued_at), default=None))


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 4)


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else round(ms / 1000, 3)
