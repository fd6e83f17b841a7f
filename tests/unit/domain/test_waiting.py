"""How long a caller may still wait, and what they are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.waiting import LONGEST_MS, MINUTE, estimate, mean, minutes, told_ms

TIMES = st.floats(min_value=10_000, max_value=3_600_000)
WAITS = st.integers(0, LONGEST_MS)


@pytest.mark.parametrize(
    ("place", "handling", "agents", "wait"),
    [
        (1, 180_000, 1, 180_000),
        (4, 180_000, 2, 360_000),
        (1, 180_000, 6, 30_000),
        (100, 600_000, 1, LONGEST_MS),
        (1, 180_000, 0, None),
    ],
)
def test_the_estimate(place: int, handling: float, agents: int, wait: int | None) -> None:
    assert estimate(place, handling, agents) == wait


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (0, 0),
        (59_999, 0),
        (60_000, 1),
        (60_001, 2),
        (300_000, 5),
        (300_001, 10),
        (1_800_000, 30),
        (1_800_001, 40),
        (LONGEST_MS, 60),
    ],
)
def test_what_is_said(wait: int, said: int) -> None:
    assert minutes(wait) == said


@given(st.integers(1, 500), st.integers(1, 500), TIMES, st.integers(1, 500))
def test_a_later_place_never_waits_shorter_and_more_agents_never_longer(
    place: int, more: int, handling: float, agents: int
) -> None:
    here = estimate(place, handling, agents)
    assert here is not None
    assert here <= (estimate(place + more, handling, agents) or 0)
    assert here >= (estimate(place, handling, agents + more) or 0)
    assert 0 <= here <= LONGEST_MS


@given(WAITS, WAITS)
def test_what_is_said_grows_with_the_wait_and_is_never_shorter_than_it(one: int, two: int) -> None:
    if one <= two:
        assert minutes(one) <= minutes(two)
    assert minutes(one) == 0 or one <= told_ms(minutes(one)) <= max(one * 2, one + MINUTE)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50))
def test_the_mean_stays_within_its_bounds(times: list[float]) -> None:
    found: float | None = None
    for time in times:
        found = mean(found, time)
    assert found is not None
    assert 10_000 <= found <= 3_600_000
