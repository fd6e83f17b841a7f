"""Service-wide settings: limits at their edges, and what the distributor makes of them."""

import math

import pytest

from app.domain.agent import Role
from app.domain.routing import Rules
from app.domain.service_settings import BY_KEY, SPECS, Spec, complete, may_pick, rules


def test_without_any_setting_the_rules_are_the_defaults() -> None:
    assert rules(complete({})) == Rules()


@pytest.mark.parametrize("spec", [s for s in SPECS if isinstance(s.default, float)])
def test_numbers_are_taken_up_to_their_limits_and_not_beyond(spec: Spec) -> None:
    assert spec.checked(spec.minimum) == spec.minimum
    assert spec.checked(int(spec.maximum)) == spec.maximum
    beyond: list[object] = [spec.minimum - 0.1, spec.maximum + 0.1, math.nan, math.inf]
    for bad in [*beyond, "20", True, None, []]:
        with pytest.raises(ValueError, match="must be a number"):
            spec.checked(bad)


def test_switches_and_choices_take_nothing_else() -> None:
    assert BY_KEY["messages_during_call"].checked(True) is True
    with pytest.raises(ValueError, match="true or false"):
        BY_KEY["messages_during_call"].checked(1)
    assert BY_KEY["pick_chat"].checked("nobody") == "nobody"
    with pytest.raises(ValueError, match="one of everybody, supervisors, nobody"):
        BY_KEY["pick_chat"].checked("somebody")


def test_who_may_pick() -> None:
    roles = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
    assert [may_pick("everybody", role) for role in roles] == [True, True, True]
    assert [may_pick("supervisors", role) for role in roles] == [False, True, True]
    assert [may_pick("nobody", role) for role in roles] == [False, False, False]
