"""Opening hours: over midnight, on holidays, and where clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.calendar import Calendar, Holiday, Hours, Opening, Weekly, opening

BERLIN = "Europe/Berlin"
NEVER: Weekly = ((),) * 7
OFFICE: Weekly = ((Hours(540, 1020),),) * 5 + ((), ())
MINUTE = 60_000


def ms(text: str, zone: str = BERLIN, fold: int = 0) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(local.timestamp()) * 1000


def calendar(
    weekly: Weekly = OFFICE, *holidays: Holiday, zone: str = BERLIN, emergency: bool = False
) -> Calendar:
    return Calendar("c1", "Office", zone, weekly, holidays, emergency)


def test_open_until_the_evening_and_closed_until_monday() -> None:
    friday, evening = ms("2026-06-05T10:00"), ms("2026-06-05T17:00")
    assert opening(calendar(), friday) == Opening(True, evening)
    assert opening(calendar(), evening) == Opening(False, ms("2026-06-08T09:00"))


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    night = (Hours(22 * 60, 6 * 60),)
    saturday: Weekly = ((), (), (), (), (), night, ())
    early = ms("2026-06-07T05:59")  # a Sunday
    assert opening(calendar(saturday), early) == Opening(True, ms("2026-06-07T06:00"))
    # also into a holiday, whose own hours are others
    holiday = Holiday(date(2026, 6, 7), "", (Hours(600, 660),))
    kept = calendar(saturday, holiday)
    assert opening(kept, early) == Opening(True, ms("2026-06-07T06:00"))
    assert opening(kept, ms("2026-06-07T06:00")) == Opening(False, ms("2026-06-07T10:00"))


def test_hours_that_meet_are_one_opening_and_a_whole_week_never_ends() -> None:
    around: Weekly = ((Hours(0, 720), Hours(720, 1440)),) * 7
    assert opening(calendar(around), ms("2026-06-05T10:00")) == Opening(True, None)
    assert opening(calendar(NEVER), ms("2026-06-05T10:00")) == Opening(False, None)


def test_the_switch_closes_at_once_with_no_end_known() -> None:
    shut = calendar(emergency=True)
    assert opening(shut, ms("2026-06-05T10:00")) == Opening(False, None)


def test_a_holiday_takes_the_place_of_its_day() -> None:
    christmas = calendar(OFFICE, Holiday(date(2026, 12, 25), "Christmas"))
    assert opening(christmas, ms("2026-12-24T18:00")) == Opening(False, ms("2026-12-28T09:00"))


def test_the_skipped_hour_is_nobodys_and_the_repeated_one_open_twice() -> None:
    at_two: Weekly = ((Hours(120, 150),),) * 7
    spring, autumn = ms("2026-03-29T01:00"), ms("2026-10-25T01:00")
    assert opening(calendar(at_two), spring) == Opening(False, ms("2026-03-30T02:00"))
    first, second = ms("2026-10-25T02:00"), ms("2026-10-25T02:00", fold=1)
    assert opening(calendar(at_two), autumn) == Opening(False, first)
    assert opening(calendar(at_two), first) == Opening(True, first + 30 * MINUTE)
    assert opening(calendar(at_two), first + 30 * MINUTE) == Opening(False, second)


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 60), (0, 1441), (60, 0), (60, 60)])
def test_hours_that_cannot_be_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError):
        Hours(start, end)


minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
hours = st.builds(
    lambda a, b: Hours(a, b if b != a else b + 15), minutes, minutes.map(lambda m: m or 1440)
)
days = st.lists(hours, max_size=2).map(tuple)
weeks = st.tuples(*[days] * 7)
starts = st.sampled_from(
    ["2026-03-27", "2026-10-23", "2026-03-06", "2026-10-30", "2026-12-30", "2026-04-03"]
)
zones = st.sampled_from(
    [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/Havana"]
)


def model(kept: Calendar, at: int) -> bool:
    """The clock on the wall, and the hours as somebody would read them from a sign."""
    wall = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(kept.zone))
    shown = wall.replace(tzinfo=None)
    for back in (0, 1):
        day = shown.date() - timedelta(days=back)
        midnight = datetime.combine(day, time())
        own = {holiday.on: holiday.hours for holiday in kept.holidays}
        for each in own.get(day, kept.weekly[day.weekday()]):
            begin = midnight + timedelta(minutes=each.start)
            end = midnight + timedelta(minutes=each.end)
            if end < begin:
                end += timedelta(days=1)
            if begin <= shown < end:
                return True
    return False


@given(weeks, starts, zones, st.integers(0, 3 * 96 - 1), st.booleans())
@example(((Hours(120, 150),),) * 7, "2026-10-24", BERLIN, 30, False)
@example(((Hours(1380, 135),),) * 7, "2026-10-24", BERLIN, 90, True)
def test_as_the_sign_at_the_door_says_quarter_by_quarter(
    week: Weekly, start: str, zone: str, quarter: int, holiday: bool
) -> None:
    """Every change of these zones is at a quarter of an hour; six days are walked."""
    first = datetime.fromisoformat(start)
    special = [Holiday((first + timedelta(days=2)).date(), "", (Hours(600, 90),))]
    kept = calendar(week, *(special if holiday else []), zone=zone)
    at = ms(start, "UTC") + quarter * 15 * MINUTE
    found = opening(kept, at)
    assert found.open is model(kept, at)
    end = at + 3 * 24 * 60 * MINUTE
    walked = next(
        (t for t in range(at, end, 15 * MINUTE) if model(kept, t) is not found.open), None
    )
    if walked is not None:
        assert found.until == walked
    else:
        assert found.until is None or found.until >= end
