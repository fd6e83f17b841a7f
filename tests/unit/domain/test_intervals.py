"""Hours and days as the clocks of a place show them."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.intervals import MAX_DAYS, By, TooLong, intervals, midnight, parsed, zone_of

HOUR = 3_600_000
ZONES = ("UTC", "Europe/Madrid", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York")


def ms(*parts: int) -> int:
    """An instant in UTC."""
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(("day", "hours"), [("03-29", 23), ("10-25", 25), ("07-01", 24)])
def test_days_are_as_long_as_the_clocks_make_them(day: str, hours: int) -> None:
    # given a zone in which clocks are changed
    zone = zone_of("Europe/Madrid")
    begins = parsed(f"2026-{day}", zone)
    # when three days are cut, then this one has its own number of hours
    first, *_ = intervals(begins, begins + 3 * 24 * HOUR, By.DAY, zone)
    assert first.to_at - first.from_at == hours * HOUR
    assert len(intervals(first.from_at, first.to_at, By.HOUR, zone)) == hours
    assert len(intervals(first.from_at, first.to_at, By.QUARTER, zone)) == hours * 4


def test_midnight_is_the_places_own() -> None:
    assert midnight(ms(2026, 1, 1, 18, 30), zone_of("Asia/Kathmandu")) == ms(2026, 1, 1, 18, 15)
    assert midnight(ms(2026, 1, 1, 18, 30), UTC) == ms(2026, 1, 1)


@given(
    st.integers(ms(2025, 1, 1), ms(2027, 1, 1)),
    st.integers(1, 9 * 24 * HOUR),
    st.sampled_from(By),
    st.sampled_from(ZONES),
)
def test_the_pieces_are_the_range_and_end_where_the_clock_says(
    from_at: int, lasts: int, by: By, name: str
) -> None:
    zone = zone_of(name)
    found = intervals(from_at, from_at + lasts, by, zone)
    assert (found[0].from_at, found[-1].to_at) == (from_at, from_at + lasts)
    assert all(one.from_at < one.to_at for one in found)
    for one, other in pairwise(found):
        assert one.to_at == other.from_at
        local = datetime.fromtimestamp(other.from_at / 1000, zone)
        assert local.minute % 15 == local.second == local.microsecond == 0
        if by is By.DAY:
            assert (local.hour, local.minute) == (0, 0)
        # Lord Howe's clocks move by half an hour: only there an hour begins at half past, once
        if by is By.HOUR and name != "Australia/Lord_Howe":
            assert local.minute == 0


def test_limits_at_their_edge() -> None:
    begins = ms(2026, 1, 1)
    whole = begins + 1_000 * 15 * 60_000
    assert len(intervals(begins, whole, By.QUARTER, UTC)) == 1_000
    with pytest.raises(TooLong, match="1000 intervals"):
        intervals(begins, whole + 1, By.QUARTER, UTC)
    assert len(intervals(begins, begins + MAX_DAYS * 24 * HOUR, By.DAY, UTC)) == MAX_DAYS
    with pytest.raises(TooLong, match="400 days"):
        intervals(begins, begins + (MAX_DAYS + 1) * 24 * HOUR, By.DAY, UTC)
    with pytest.raises(ValueError, match="after the beginning"):
        intervals(begins, begins, By.DAY, UTC)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../passwd", "Europe", "UTC\x00"])
def test_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        zone_of(name)


def test_a_day_is_its_midnight_in_the_zone() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert parsed("2026-07-01", madrid) == ms(2026, 6, 30, 22)
    assert parsed("2026-07-01T09:00+02:00", UTC) == ms(2026, 7, 1, 7)
    for text in ("1.7.2026", "2026-07-01T09:00", "9999-01-01", "-", "2026-13-01"):
        with pytest.raises(ValueError, match="must"):
            parsed(text, UTC)
