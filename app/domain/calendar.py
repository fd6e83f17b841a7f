"""When a house is open: hours of the week in a time zone, holidays, a switch that closes it. Pure.

The clock on the wall decides: an instant is open if the local time that a clock in the zone shows
lies within the hours. So an hour that the clocks skip is nobody's, and one that they show twice
is open twice. Hours belong to the day on which they begin, also past midnight; a holiday's own
hours (none: closed) stand in the place of that day's weekly ones.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 370
"""How far the next change is looked for: every holiday comes within a year."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day until another (not included); `end` at or before `start` is of
    the next day, and 1440 is midnight. Raises ValueError."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY_MINUTES and 0 < self.end <= DAY_MINUTES):
            raise ValueError("from 00:00 to 23:59, until 00:01 to 24:00")
        if self.start == self.end:
            raise ValueError("begin and end are the same: write 00:00 to 24:00 for a whole day")

    @property
    def overnight(self) -> bool:
        """Whether they end on the day after."""
        return self.end < self.start


Weekly = tuple[tuple[Hours, ...], ...]
"""Seven days, Monday first."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One day with hours of its own; none means closed."""

    on: date
    name: str = ""
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours, and what they are for."""

    id: str
    name: str
    zone: str
    """An IANA name such as Europe/Berlin."""
    weekly: Weekly
    holidays: tuple[Holiday, ...] = ()
    emergency: bool = False
    """Closed by hand, whatever the hours say."""
    skills: tuple[str, ...] = ()
    """Ids of skills whose work keeps these hours."""
    entries: tuple[str, ...] = ()
    """Numbers, mailboxes and widgets whose customers do."""

    def applies(self, skills: Iterable[str], entry: str | None) -> bool:
        """Whether a conversation keeps these hours."""
        return entry in self.entries or not set(self.skills).isdisjoint(skills)


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or closed, and until when (ms since the epoch; None: no end is known)."""

    open: bool
    until: int | None


def opening(calendar: Calendar, at: int) -> Opening:
    """Open until, or closed until. `at` in ms since the epoch."""
    if calendar.emergency:
        return Opening(False, None)
    now = is_open(calendar, at)
    zone = ZoneInfo(calendar.zone)
    day = datetime.fromtimestamp(at // 1000, zone).date()
    for week in range(LOOK_AHEAD_DAYS // 7 + 1):
        for edge in _edges(calendar, zone, day + timedelta(days=7 * week)):
            if edge > at and is_open(calendar, edge) is not now:
                return Opening(now, edge)
    return Opening(now, None)


def is_open(calendar: Calendar, at: int) -> bool:
    """Whether the clock on the wall lies within the hours. `at` in ms since the epoch."""
    if calendar.emergency:
        return False
    local = datetime.fromtimestamp(at // 1000, ZoneInfo(calendar.zone))
    minute, today = local.hour * 60 + local.minute, local.date()
    yesterday = today - timedelta(days=1)
    begun = any(
        h.start <= minute and (h.overnight or minute < h.end) for h in hours_of(calendar, today)
    )
    return begun or any(h.overnight and minute < h.end for h in hours_of(calendar, yesterday))


def hours_of(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    """The hours that begin on a day: a holiday's own, else the weekly ones."""
    own = next((holiday for holiday in calendar.holidays if holiday.on == day), None)
    return calendar.weekly[day.weekday()] if own is None else own.hours


def _edges(calendar: Calendar, zone: ZoneInfo, first: date) -> list[int]:
    """Every instant (ms) of the week from this day on at which the answer may change, in order."""
    found: set[int] = set()
    for offset in range(-2, 9):  # what begins on one day may end on the next
        day = first + timedelta(days=offset)
        found.update(_shifts(zone, day))
        for hours in hours_of(calendar, day):
            found.update(_instants(zone, day, hours.start))
            found.update(_instants(zone, day + timedelta(days=hours.overnight), hours.end))
    end = next(_instants(zone, first + timedelta(days=7), 0))
    return sorted(edge for edge in found if edge <= end)


def _instants(zone: ZoneInfo, day: date, minute: int) -> Iterator[int]:
    """When a clock in the zone shows this minute: once, or twice when it is set back."""
    shown = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    for fold in (0, 1):
        yield _ms(shown.replace(fold=fold))


def _shifts(zone: ZoneInfo, day: date) -> Iterator[int]:
    """The instant of the day at which clocks are changed, if they are."""
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    low, high = _ms(first) // 1000, _ms(first + timedelta(hours=48)) // 1000
    if _offset(zone, low) == _offset(zone, high):
        return
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    yield high * 1000


def _offset(zone: ZoneInfo, second: int) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


def _ms(at: datetime) -> int:
    return round(at.timestamp()) * 1000
