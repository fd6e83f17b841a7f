"""Schedules of the fault drills: the seed decides everything."""

import pytest

from tests.drill.schedule import FAULTS, FIRST_AT, Kind, plan, traffic_seconds


def test_a_seed_gives_the_same_schedule_again() -> None:
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)


@pytest.mark.parametrize("seed", range(60))
def test_a_schedule_is_in_order_and_short(seed: int) -> None:
    faults = plan(seed)
    assert len({(fault.kind, fault.target) for fault in faults}) == FAULTS
    assert [f.at for f in faults] == sorted(f.at for f in faults)
    assert faults[0].at >= FIRST_AT
    assert traffic_seconds(faults) < 90


def test_hundred_seeds_have_all_there_is() -> None:
    done = {(f.kind, f.target) for seed in range(100) for f in plan(seed)}
    assert {kind for kind, _ in done} == set(Kind)
    assert {target for kind, target in done if kind is Kind.KILL} == {
        "service",
        "redis",
        "asterisk",
        "database",
    }
    assert {target for kind, target in done if kind is Kind.HOLD} == {
        "redis",
        "ari",
        "ami",
        "database",
    }


def test_what_is_harmed_twice_at_once_is_not_the_same_part() -> None:
    for seed in range(200):
        for one, other in zip(plan(seed), plan(seed)[1:], strict=False):
            assert other.at >= one.at + one.seconds or other.target != one.target
