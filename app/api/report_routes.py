"""The wallboard, and reports on the queue, the agents and the hours of a day."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any, Literal

from aiohttp import hdrs, web
from pydantic import AfterValidator, ConfigDict, Field

from app.api import report_shapes as shapes
from app.api import report_views as views
from app.api.access import AGENTS, SUPERVISORS
from app.api.problems import Problem, ProblemType, invalid
from app.api.requests import Line, Request
from app.api.route import API, Call, Route, route
from app.api.views import instant
from app.domain.conversation import Channel
from app.domain.figures import Figures, Thresholds
from app.domain.intervals import By, Interval, intervals, midnight, parsed, zone_of
from app.records import QueueKey

DAY_MS = 86_400_000
CSV = "text/csv"


def _zone(name: str) -> str:
    zone_of(name)
    return name


Zone = Annotated[str, Field(max_length=60), AfterValidator(_zone)]


class WallboardQuery(Request):
    """In whose day."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    tz: Zone = "UTC"


class ReportQuery(WallboardQuery):
    """From when to when: days (midnight in the zone) or RFC 3339 times; today when left out."""

    from_: Annotated[str | None, Field(alias="from", max_length=40)] = None
    to: Annotated[str, Field(max_length=40)] | None = None
    format: Literal["json", "csv"] | None = None


class QueueQuery(ReportQuery):
    """One row for each skill, channel or entry."""

    by: Literal["skill", "channel", "entry"] = "skill"
    channel: Channel | None = None


class IntervalsQuery(ReportQuery):
    """One row for each interval, of everything or of one skill or channel."""

    by: Literal["15min", "hour", "day", "all"] = "hour"
    channel: Channel | None = None
    skill: Line | None = None


class AgentsQuery(ReportQuery):
    """One row for each agent, or for each agent and interval; agents get their own."""

    by: Literal["all", "day", "hour", "15min"] = "all"
    agent: Line | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What was asked for, in ms."""

    zone: tzinfo
    from_at: int
    to_at: int


async def wallboard(call: Call[WallboardQuery]) -> shapes.Wallboard:
    """Now, and today since midnight."""
    hub, desk = call.api.hub, call.api.desk
    await hub.wait()
    at = desk.now()
    since = midnight(at, zone_of(call.input.tz))
    limits, told = _thresholds(call)
    today = await call.api.today.figures(since, limits, at)
    return shapes.Wallboard(
        at=instant(at),
        tz=call.input.tz,
        since=instant(since),
        thresholds=told,
        now=views.now_of(hub.live),
        today=views.figures(views.total(today.values())),
        skills=views.skills_now(hub.live, today, desk.directory),
    )


async def queue(call: Call[QueueQuery]) -> shapes.QueueReport | web.Response:
    """The queue's figures by skill, channel or entry."""
    asked, spans = call.input, _range(call)
    limits, told = _thresholds(call)
    found = await _queue(call, _cut(spans, By.ALL), limits)
    rows = views.queue_rows(found, asked.by, call.api.desk.directory)
    if _wants_csv(call):
        return _csv(views.as_csv(rows), "queue")
    return shapes.QueueReport(
        by=asked.by,
        tz=asked.tz,
        from_=instant(spans.from_at),
        to=instant(spans.to_at),
        thresholds=told,
        total=views.figures(views.total(found.values())),
        items=rows,
    )


async def by_interval(call: Call[IntervalsQuery]) -> shapes.IntervalReport | web.Response:
    """The queue's figures by interval."""
    asked, spans = call.input, _range(call)
    within = _cut(spans, By(asked.by))
    limits, told = _thresholds(call)
    found = await _queue(call, within, limits)
    rows = views.interval_rows(found, within)
    if _wants_csv(call):
        return _csv(views.as_csv(rows), "intervals")
    return shapes.IntervalReport(
        by=asked.by,
        tz=asked.tz,
        from_=instant(spans.from_at),
        to=instant(spans.to_at),
        thresholds=told,
        total=views.figures(views.total(found.values())),
        items=rows,
    )


async def agents(call: Call[AgentsQuery]) -> shapes.AgentsReport | web.Response:
    """Agents' time, offers and work."""
    asked, spans = call.input, _range(call)
    within = _cut(spans, By(asked.by))
    found = await call.api.records.reports.agents(within, call.api.desk.now(), _whose(call))
    rows = views.agent_rows(found, within, call.api.desk.directory)
    if _wants_csv(call):
        return _csv(views.as_csv(rows), "agents")
    return shapes.AgentsReport(
        by=asked.by,
        tz=asked.tz,
        from_=instant(spans.from_at),
        to=instant(spans.to_at),
        items=rows,
    )


def _range(call: Call[Any]) -> Range:
    """From today's midnight for a day, where nothing else is said. Raises Problem: validation."""
    asked: ReportQuery = call.input
    zone = zone_of(asked.tz)
    today = midnight(call.api.desk.now(), zone)
    from_at = _instant("from", asked.from_, zone, today)
    to_at = _instant("to", asked.to, zone, midnight(from_at + DAY_MS + DAY_MS // 2, zone))
    return Range(zone, from_at, to_at)


def _instant(field: str, text: str | None, zone: tzinfo, otherwise: int) -> int:
    if text is None:
        return otherwise
    try:
        return parsed(text, zone)
    except ValueError as error:
        raise invalid(field, str(error)) from None


def _cut(of: Range, by: By) -> list[Interval]:
    try:
        return intervals(of.from_at, of.to_at, by, of.zone)
    except ValueError as error:
        raise invalid("to", str(error)) from None


async def _queue(
    call: Call[Any], within: list[Interval], limits: Thresholds
) -> dict[QueueKey, Figures]:
    asked: QueueQuery | IntervalsQuery = call.input
    found = await call.api.records.reports.queue(within, limits, call.api.desk.now())
    if asked.channel is not None:
        found = {key: more for key, more in found.items() if key.channel == asked.channel}
    if isinstance(asked, IntervalsQuery) and asked.skill is not None:
        skill = call.api.desk.directory.skill_id(asked.skill) or asked.skill
        found = {key: more for key, more in found.items() if skill in key.skills}
    return found


def _whose(call: Call[AgentsQuery]) -> str | None:
    """The agent whom the report is about; None: all. Raises Problem: forbidden."""
    me, asked = call.caller, call.input.agent
    if asked is None:
        return None if me.is_supervisor else me.id
    person = call.api.desk.directory.find_person(asked)
    wanted = person.id if person else asked
    if not me.is_supervisor and wanted != me.id:
        raise Problem(ProblemType.FORBIDDEN, "agents see their own figures")
    return wanted


def _thresholds(call: Call[Any]) -> tuple[Thresholds, shapes.ReportThresholds]:
    settings = call.api.desk.service_settings
    level, short, percent = (
        float(settings.get(key))
        for key in ("service_level_seconds", "short_abandon_seconds", "service_level_percent")
    )
    of = Thresholds(round(level * 1000), round(short * 1000))
    return of, views.thresholds(of, percent)


def _wants_csv(call: Call[Any]) -> bool:
    asked: ReportQuery = call.input
    if asked.format is not None:
        return asked.format == "csv"
    return CSV in call.request.headers.get(hdrs.ACCEPT, "")


def _csv(text: str, name: str) -> web.Response:
    attachment = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}.csv"'}
    return web.Response(body=text.encode(), content_type=CSV, charset="utf-8", headers=attachment)


def _report(
    path: str, handler: Any, summary: str, takes: type[Request], answers: Any, roles: Any
) -> Route[Any]:
    told = f"{summary}; as CSV with format=csv or Accept: text/csv"
    return route(
        "GET",
        f"{API}/reports/{path}",
        handler,
        summary=told,
        takes=takes,
        answers=answers,
        roles=roles,
        problems=(ProblemType.VALIDATION,),
    )


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        f"{API}/wallboard",
        wallboard,
        summary="Now, and today since midnight of the time zone",
        takes=WallboardQuery,
        answers=shapes.Wallboard,
        roles=SUPERVISORS,
        problems=(ProblemType.VALIDATION, ProblemType.UNAVAILABLE),
    ),
    _report(
        "queue",
        queue,
        "The queue's figures by skill, channel or entry",
        QueueQuery,
        shapes.QueueReport,
        SUPERVISORS,
    ),
    _report(
        "intervals",
        by_interval,
        "The queue's figures by quarter of an hour, hour or day",
        IntervalsQuery,
        shapes.IntervalReport,
        SUPERVISORS,
    ),
    _report(
        "agents",
        agents,
        "Agents' time by status, offers and work; agents get their own",
        AgentsQuery,
        shapes.AgentsReport,
        AGENTS,
    ),
)
