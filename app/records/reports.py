"""The figures, counted by the database: by quarter of an hour first, then put together.

What they mean stands in app/domain/figures.py.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import gcd
from typing import Any

import sqlalchemy as sa

from app.domain.figures import AgentFigures, Figures, Thresholds
from app.domain.intervals import Interval
from app.domain.spans import SpanKind
from app.domain.visits import OfferEnd, VisitEnd
from app.records.columns import storable
from app.records.database import Database
from app.records.schema import stat_offers, stat_parts, stat_spans, stat_visits


@dataclass(frozen=True, slots=True)
class QueueKey:
    """What waits and parts are grouped by."""

    interval: int
    """Its index among those that were asked for."""
    channel: str
    entry: str | None
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgentKey:
    """What an agent's figures are grouped by."""

    interval: int
    agent_id: str


@dataclass(frozen=True, slots=True)
class StatusTime:
    """How long an agent was in a status, for one reason, within an interval."""

    status: str
    reason: str | None
    ms: int


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent's figures and times of one interval."""

    figures: AgentFigures
    statuses: tuple[StatusTime, ...] = ()


class Reports:
    """Reads the statistics; nothing here writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(
        self, within: Sequence[Interval], thresholds: Thresholds, now: int
    ) -> dict[QueueKey, Figures]:
        """The queue's figures. The intervals follow each other; `now` in ms."""
        found: dict[QueueKey, Figures] = {}
        grid = _Grid(within)
        async with self._database.read() as connection:
            for chosen in (_visits(grid, thresholds, now), _queue_parts(grid)):
                for row in await connection.execute(chosen):
                    key = _key(grid, row)
                    found[key] = found.get(key, Figures()) + Figures(**_figures(row))
        return found

    async def agents(
        self, within: Sequence[Interval], now: int, agent_id: str | None = None
    ) -> dict[AgentKey, AgentReport]:
        """The agents' figures, or one agent's; spans are cut at the intervals' ends."""
        found: dict[AgentKey, AgentReport] = {}
        grid = _Grid(within)
        async with self._database.read() as connection:
            for chosen in (_offers(grid, agent_id), _agent_parts(grid, agent_id)):
                for row in await connection.execute(chosen):
                    key = AgentKey(grid.interval(row.n), row.agent_id)
                    _add(found, key, AgentFigures(**_figures(row)))
            for row in await connection.execute(_spans(within, now, agent_id)):
                _add_time(found, AgentKey(row.n, row.agent_id), row)
        return found


def _add(found: dict[AgentKey, AgentReport], key: AgentKey, more: AgentFigures) -> None:
    stands = found.get(key, AgentReport(AgentFigures()))
    found[key] = replace(stands, figures=stands.figures + more)


def _add_time(found: dict[AgentKey, AgentReport], key: AgentKey, row: sa.Row[Any]) -> None:
    if row.kind == SpanKind.LEG:
        _add(found, key, AgentFigures(leg_ms=row.ms))
        return
    _add(found, key, AgentFigures(signed_in_ms=row.ms))
    stands = found[key]
    time = StatusTime(row.value, row.reason, row.ms)
    found[key] = replace(stands, statuses=(*stands.statuses, time))


class _Grid:
    """The intervals as steps of one length, by which the database can group."""

    def __init__(self, within: Sequence[Interval]) -> None:
        self._starts = [one.from_at for one in within]
        self.from_at, self.to_at = within[0].from_at, within[-1].to_at
        cuts = self._starts[1:]
        self._step = gcd(*(cut - cuts[0] for cut in cuts)) if cuts else 0
        self._step = self._step or max(1, self.to_at - self.from_at)
        first = cuts[0] if cuts else self.from_at
        self._base = first - -(-(first - self.from_at) // self._step) * self._step

    def number(self, at: sa.Column[Any]) -> sa.ColumnElement[int]:
        """The step in which an instant is."""
        return (at - self._base) // self._step

    def inside(self, at: sa.Column[Any]) -> sa.ColumnElement[bool]:
        """Whether it is in any."""
        return sa.and_(at >= self.from_at, at < self.to_at)

    def interval(self, number: int) -> int:
        """The index of the interval that a step belongs to."""
        at = max(self._base + number * self._step, self.from_at)
        return bisect_right(self._starts, at) - 1


def _sum(condition: sa.ColumnElement[bool], value: Any = 1) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0), _Big)


def _total(value: Any) -> sa.ColumnElement[int]:
    # PostgreSQL adds up bigints to numeric
    return sa.cast(sa.func.coalesce(sa.func.sum(value), 0), _Big)


_Big = sa.BigInteger


def _visits(grid: _Grid, of: Thresholds, now: int) -> sa.Select[Any]:
    c = stat_visits.c
    n = grid.number(c.started_at).label("n")
    wait = sa.func.coalesce(c.ended_at, sa.literal(now, _Big)) - c.started_at
    live = c.callback.is_(sa.false())

    def is_(result: VisitEnd) -> sa.ColumnElement[bool]:
        return sa.and_(live, c.result == result.value)

    answered, abandoned = is_(VisitEnd.ANSWERED), is_(VisitEnd.ABANDONED)
    early = wait <= of.service_level_ms
    counts = sa.and_(abandoned, wait >= of.short_abandon_ms)
    return (
        sa.select(
            n,
            c.channel,
            c.entry,
            c.skills,
            _sum(live).label("offered"),
            _sum(answered).label("answered"),
            _sum(sa.and_(answered, early)).label("answered_within"),
            _sum(counts).label("abandoned"),
            _sum(sa.and_(counts, early)).label("abandoned_within"),
            _sum(sa.and_(abandoned, wait < of.short_abandon_ms)).label("short_abandoned"),
            _sum(sa.or_(is_(VisitEnd.LEFT), is_(VisitEnd.TO_BOT))).label("left"),
            _sum(is_(VisitEnd.FAILED)).label("failed"),
            _sum(is_(VisitEnd.WAITING)).label("waiting"),
            _sum(c.callback.is_(sa.true())).label("callbacks"),
            _sum(answered, wait).label("wait_ms"),
            sa.func.coalesce(sa.func.max(sa.case((live, wait))), 0).label("longest_wait_ms"),
        )
        .where(grid.inside(c.started_at))
        .group_by(n, c.channel, c.entry, c.skills)
    )


_FINISHED = sa.and_(stat_parts.c.talk_ms.is_not(None), stat_parts.c.wrap_ms.is_not(None))


def _part_sums() -> list[sa.ColumnElement[int]]:
    c = stat_parts.c
    return [
        _total(sa.literal(1)).label("parts"),
        _sum(c.ended_by == "transfer").label("transferred"),
        _sum(_FINISHED).label("finished"),
        _sum(_FINISHED, c.talk_ms).label("talk_ms"),
        _sum(_FINISHED, c.hold_ms).label("hold_ms"),
        _sum(_FINISHED, c.wrap_ms).label("wrap_up_ms"),
    ]


def _queue_parts(grid: _Grid) -> sa.Select[Any]:
    c = stat_parts.c
    n = grid.number(c.from_at).label("n")
    return (
        sa.select(n, c.channel, c.entry, c.skills, *_part_sums())
        .where(grid.inside(c.from_at))
        .group_by(n, c.channel, c.entry, c.skills)
    )


def _agent_parts(grid: _Grid, agent_id: str | None) -> sa.Select[Any]:
    c = stat_parts.c
    n = grid.number(c.from_at).label("n")
    chosen = sa.select(n, c.agent_id, *_part_sums()).where(grid.inside(c.from_at))
    return _only(chosen, c.agent_id, agent_id).group_by(n, c.agent_id)


def _offers(grid: _Grid, agent_id: str | None) -> sa.Select[Any]:
    c = stat_offers.c
    n = grid.number(c.offered_at).label("n")
    chosen = sa.select(
        n,
        c.agent_id,
        _total(sa.literal(1)).label("offers"),
        _sum(c.result == OfferEnd.ACCEPTED.value).label("accepted"),
        _sum(c.result == OfferEnd.REJECTED.value).label("rejected"),
        _sum(c.result == OfferEnd.MISSED.value).label("missed"),
    ).where(grid.inside(c.offered_at))
    return _only(chosen, c.agent_id, agent_id).group_by(n, c.agent_id)


def _spans(within: Sequence[Interval], now: int, agent_id: str | None) -> sa.Select[Any]:
    """Time by agent, kind, value and reason, each span cut at the intervals' ends."""
    c = stat_spans.c
    columns = (sa.column("n", sa.Integer), sa.column("a", _Big), sa.column("z", _Big))
    rows = [(n, one.from_at, min(one.to_at, now)) for n, one in enumerate(within)]
    w = sa.values(*columns, literal_binds=True).data(rows).cte("w")
    ends = sa.func.coalesce(c.to_at, sa.literal(now, _Big))
    last = sa.case((ends < w.c.z, ends), else_=w.c.z)
    first = sa.case((c.from_at > w.c.a, c.from_at), else_=w.c.a)
    chosen = (
        sa.select(w.c.n, c.agent_id, c.kind, c.value, c.reason, _total(last - first).label("ms"))
        .join_from(stat_spans, w, sa.and_(c.from_at < w.c.z, ends > w.c.a))
        .where(sa.or_(c.to_at > within[0].from_at, c.to_at.is_(None)))
        .where(c.from_at < within[-1].to_at)
    )
    return _only(chosen, c.agent_id, agent_id).group_by(
        w.c.n, c.agent_id, c.kind, c.value, c.reason
    )


def _only(chosen: sa.Select[Any], column: sa.Column[Any], id: str | None) -> sa.Select[Any]:
    return chosen if id is None else chosen.where(column == storable(id))


def _figures(row: sa.Row[Any]) -> dict[str, int]:
    """The columns that have a figure's name."""
    names = {f.name for f in fields(Figures)} | {f.name for f in fields(AgentFigures)}
    return {name: value for name, value in row._mapping.items() if name in names}


def _key(grid: _Grid, row: sa.Row[Any]) -> QueueKey:
    skills = tuple(row.skills.split("\n")) if row.skills else ()
    return QueueKey(grid.interval(row.n), row.channel, row.entry, skills)
