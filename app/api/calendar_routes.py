"""Calendars: when the house is open, for which skills and entries."""

import datetime
import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from msgspec import Struct
from pydantic import AfterValidator, Field, model_validator

from app.api.access import ADMINS
from app.api.admin_requests import ShortName
from app.api.auditing import audited
from app.api.books import skill_ids
from app.api.problems import ProblemType as P
from app.api.requests import Line, Nothing, Request, SkillNames
from app.api.route import API, Call, Route, route
from app.api.shapes import Instant
from app.api.views import moment
from app.domain import calendar as domain

PATH = f"{API}/calendars"
MAX_HOURS = 10
"""Intervals of a day."""
MAX_HOLIDAYS = 400
MAX_ENTRIES = 200
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError("must be a time such as 09:00, or 24:00 for midnight at the end")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Berlin")
    return text


Time = Annotated[str, Field(max_length=5), AfterValidator(_time)]


class HoursGiven(Request):
    """From until: an end at or before the begin is of the next day."""

    begin: Time
    end: Time

    @model_validator(mode="after")
    def _possible(self) -> "HoursGiven":
        _hours(self)
        return self


DayGiven = Annotated[list[HoursGiven], Field(max_length=MAX_HOURS)]


class WeekGiven(Request):
    """The hours of each day; a day that is left out is closed."""

    monday: DayGiven = Field(default_factory=list)
    tuesday: DayGiven = Field(default_factory=list)
    wednesday: DayGiven = Field(default_factory=list)
    thursday: DayGiven = Field(default_factory=list)
    friday: DayGiven = Field(default_factory=list)
    saturday: DayGiven = Field(default_factory=list)
    sunday: DayGiven = Field(default_factory=list)


class HolidayGiven(Request):
    """A day with hours of its own; none: closed."""

    date: datetime.date
    name: Annotated[str, Field(max_length=100)] = ""
    hours: DayGiven = Field(default_factory=list)


class CalendarChange(Request):
    """A calendar, as a whole."""

    name: ShortName
    time_zone: Annotated[str, Field(max_length=60), AfterValidator(_zone)]
    hours: WeekGiven = WeekGiven()
    holidays: Annotated[list[HolidayGiven], Field(max_length=MAX_HOLIDAYS)] = Field(
        default_factory=list
    )
    emergency_close: bool = False
    skills: SkillNames = Field(default_factory=list)
    entries: Annotated[list[Line], Field(max_length=MAX_ENTRIES)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_day_once(self) -> "CalendarChange":
        days = [holiday.date for holiday in self.holidays]
        if twice := {day for day in days if days.count(day) > 1}:
            raise ValueError(f"there are two holidays on {min(twice)}")
        return self


class OpeningHours(Struct, frozen=True):
    """From until; an end at or before the begin is of the next day."""

    begin: str
    end: str


class OpeningWeek(Struct, frozen=True):
    """The hours of each day of the week."""

    monday: list[OpeningHours]
    tuesday: list[OpeningHours]
    wednesday: list[OpeningHours]
    thursday: list[OpeningHours]
    friday: list[OpeningHours]
    saturday: list[OpeningHours]
    sunday: list[OpeningHours]


class Holiday(Struct, frozen=True):
    """A day with hours of its own; none: closed."""

    date: datetime.date
    name: str
    hours: list[OpeningHours]


class Calendar(Struct, frozen=True):
    """Opening hours; `open` is as of now, and holds until `until` (null: no end is known)."""

    id: str
    name: str
    time_zone: str
    hours: OpeningWeek
    holidays: list[Holiday]
    emergency_close: bool
    skills: list[str]
    entries: list[str]
    open: bool
    until: Instant | None


class CalendarList(Struct, frozen=True):
    """All calendars."""

    items: list[Calendar]
    next: str | None = None


async def list_calendars(call: Call[Nothing]) -> CalendarList:
    """All calendars."""
    return CalendarList([_shown(call, one) for one in await call.api.desk.routing.calendars()])


async def add_calendar(call: Call[CalendarChange]) -> Calendar:
    """Add a calendar; in force at once."""
    saved = _shown(call, await call.api.desk.routing.put_calendar(_meant(call, "")))
    await audited(call, "calendar.added", (saved.id, saved.name), after=saved)
    return saved


async def change_calendar(call: Call[CalendarChange]) -> Calendar:
    """Replace a calendar; in force at once, also for who waits."""
    before = await _found(call)
    saved = _shown(call, await call.api.desk.routing.put_calendar(_meant(call, call.id)))
    await audited(call, "calendar.changed", (saved.id, saved.name), before, saved)
    return saved


async def remove_calendar(call: Call[Nothing]) -> None:
    """Remove a calendar that no routing rule asks."""
    before = await _found(call)
    await call.api.desk.routing.remove_calendar(call.id)
    await audited(call, "calendar.removed", (call.id, before.name if before else None), before)


async def _found(call: Call[Any]) -> Calendar | None:
    known = await call.api.desk.routing.calendars()
    return next((_shown(call, one) for one in known if one.id == call.id), None)


def _meant(call: Call[CalendarChange], id: str) -> domain.Calendar:
    given = call.input
    return domain.Calendar(
        id=id,
        name=given.name,
        zone=given.time_zone,
        weekly=tuple(_day(getattr(given.hours, day)) for day in DAYS),
        holidays=tuple(domain.Holiday(h.date, h.name, _day(h.hours)) for h in given.holidays),
        emergency=given.emergency_close,
        skills=tuple(sorted(skill_ids(call, given.skills))),
        entries=tuple(given.entries),
    )


def _shown(call: Call[Any], of: domain.Calendar) -> Calendar:
    now = call.api.desk.routing.opening(of)
    directory = call.api.desk.directory
    return Calendar(
        id=of.id,
        name=of.name,
        time_zone=of.zone,
        hours=OpeningWeek(*(_told(day) for day in of.weekly)),
        holidays=[Holiday(h.on, h.name, _told(h.hours)) for h in of.holidays],
        emergency_close=of.emergency,
        skills=sorted(directory.skill_name(skill) for skill in of.skills),
        entries=list(of.entries),
        open=now.open,
        until=moment(now.until),
    )


def _day(given: list[HoursGiven]) -> tuple[domain.Hours, ...]:
    return tuple(_hours(one) for one in given)


def _hours(given: HoursGiven) -> domain.Hours:
    return domain.Hours(_minute(given.begin), _minute(given.end) or domain.DAY_MINUTES)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _told(hours: tuple[domain.Hours, ...]) -> list[OpeningHours]:
    return [OpeningHours(_clock(each.start), _clock(each.end)) for each in hours]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


ROUTES: tuple[Route[Any], ...] = (
    route(
        "GET",
        PATH,
        list_calendars,
        summary="All calendars",
        takes=Nothing,
        answers=CalendarList,
        roles=ADMINS,
    ),
    route(
        "POST",
        PATH,
        add_calendar,
        summary="Add a calendar",
        takes=CalendarChange,
        answers=Calendar,
        roles=ADMINS,
        status=201,
        problems=(P.UNKNOWN_SKILL,),
    ),
    route(
        "PUT",
        f"{PATH}/{{id}}",
        change_calendar,
        summary="Replace a calendar",
        takes=CalendarChange,
        answers=Calendar,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.UNKNOWN_SKILL),
    ),
    route(
        "DELETE",
        f"{PATH}/{{id}}",
        remove_calendar,
        summary="Remove a calendar that no routing rule asks",
        takes=Nothing,
        roles=ADMINS,
        problems=(P.NOT_FOUND, P.WRONG_STATE),
    ),
)
