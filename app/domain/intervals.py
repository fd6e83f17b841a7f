"""Stretches of a report: quarters of an hour, hours and days in a time zone. Pure.

Days begin at local midnight and have 23 to 25 hours where clocks are changed. All of today's zones
stand a multiple of 15 minutes from UTC, which is therefore the smallest stretch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

SLOT_MS = 15 * 60 * 1000
MAX_INTERVALS = 1_000
MAX_DAYS = 400
YEARS = (2000, 2200)


class By(StrEnum):
    """How long a stretch is; `all`: the whole range is one."""

    ALL = "all"
    QUARTER = "15min"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Interval:
    """From one instant up to, and without, another; ms since the epoch."""

    from_at: int
    to_at: int


class TooLong(ValueError):
    """More than a report may span; the text says how much it may."""


def intervals(from_at: int, to_at: int, by: By, zone: tzinfo) -> list[Interval]:
    """The range cut at the zone's own hours and midnights. Raises TooLong, ValueError (empty)."""
    if to_at <= from_at:
        raise ValueError("the end must be after the beginning")
    if to_at - from_at > (MAX_DAYS * 24 + 1) * 3_600_000:
        raise TooLong(f"at most {MAX_DAYS} days")
    if by is By.ALL:
        return [Interval(from_at, to_at)]
    after = {By.QUARTER: _after_quarter, By.HOUR: _after_hour, By.DAY: _after_day}[by]
    found: list[Interval] = []
    at = from_at
    while at < to_at:
        if len(found) == MAX_INTERVALS:
            raise TooLong(
                f"at most {MAX_INTERVALS} intervals: take longer ones, or a shorter range"
            )
        ends = min(_next(after, at, zone), to_at)
        found.append(Interval(at, ends))
        at = ends
    return found


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name. Raises ValueError."""
    if name == "UTC":  # also where the system has no time zone data
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder
        raise ValueError("must be a time zone's name, such as Europe/Madrid") from None


def parsed(text: str, zone: tzinfo) -> int:
    """The instant (ms) of an RFC 3339 time, or of a day's midnight there. Raises ValueError."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "must be a day or a time, such as 2026-03-31 or 2026-03-31T09:00Z"
        ) from None
    if given.tzinfo is None:
        if given.time() != time():
            raise ValueError("must say its offset from UTC")
        given = given.replace(tzinfo=zone)
    if not YEARS[0] <= given.year <= YEARS[1]:
        raise ValueError(f"must be in the years {YEARS[0]} to {YEARS[1]}")
    return _ms(given)


def midnight(now: int, zone: tzinfo) -> int:
    """When the local day of this instant began."""
    day = _local(now, zone).date()
    return _ms(datetime.combine(day, time(), zone))


def _next(after: Callable[[datetime], datetime], at: int, zone: tzinfo) -> int:
    return _ms(after(_local(at, zone)))


def _after_quarter(local: datetime) -> datetime:
    # in UTC: a step of the wall clock would go wrong where clocks are changed
    slot = _ms(local) // SLOT_MS
    return datetime.fromtimestamp((slot + 1) * SLOT_MS / 1000, UTC)


def _after_hour(local: datetime) -> datetime:
    begun = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    later = local.astimezone(UTC) - begun + timedelta(hours=1)
    there = later.astimezone(local.tzinfo)
    return later - timedelta(minutes=there.minute) if there.minute else later


def _after_day(local: datetime) -> datetime:
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)


def _local(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
