"""Routing rules in the live queue, in virtual time: recorded, once, and no deadline is lost."""

import asyncio

import pytest

from app.acd import WrongState
from app.domain.applied import RuleApplied
from app.domain.conversation import State
from app.domain.events import EventType
from app.domain.routing_rules import Actions, Conditions, Effect, RoutingRule, first, next_at
from app.domain.routing_rules import Now as Instant
from tests.integration.acd.world import NOON, World

RELAX = RoutingRule("r1", "Wider", Conditions(waiting_ms=5_000), Actions(relax=("y",)))
TO_PEOPLE = RoutingRule("r2", "Unhappy", Conditions(sentiment_below=0), Actions(queue=("x",)))


async def test_two_processes_apply_a_rule_once(world: World) -> None:
    # given a caller whose rule is due
    await world.agent("ana", "x")
    await world.enqueue("c", "x", "y")
    world.now += 5_000
    before = await world.c("c")
    found = first([RELAX], before, Instant(world.now))
    assert found is not None
    assert found[1] == Effect(skills=("x",))

    # when two processes decide the same at once, then it happened once and rings
    results = await asyncio.gather(
        *(world.acd.apply_rule(before, *found, "no longer needs y") for _ in "ab")
    )
    kinds = [e.type for result in results for e in result.events]
    assert kinds.count(EventType.RULE_APPLIED) == 1
    assert await world.offered_to("c") == "ana"
    now = await world.c("c")
    assert now.rules == (RuleApplied("r1", "Wider", world.now, "no longer needs y"),)
    assert now.queued_at == NOON
    assert first([RELAX], now, Instant(world.now)) is None


async def test_what_changed_meanwhile_is_decided_anew(world: World) -> None:
    await world.enqueue("c", "x", "y")
    world.now += 5_000
    old = await world.c("c")
    await world.acd.update_context("c", sentiment=0.5)
    found = first([RELAX], old, Instant(world.now))
    assert found is not None
    with pytest.raises(WrongState):
        await world.acd.apply_rule(old, *found, "")
    assert (await world.c("c")).rules == ()


async def test_a_call_goes_from_the_bot_to_people_with_its_place_from_now_on(world: World) -> None:
    await world.agent("ana", "x")
    await world.acd.start(world.arrival("c"))
    world.now += 60_000
    await world.acd.update_context("c", sentiment=-0.1)
    found = first([TO_PEOPLE], await world.c("c"), Instant(world.now))
    assert found is not None
    result = await world.acd.apply_rule(await world.c("c"), *found, "moved")
    assert EventType.CONVERSATION_QUEUED in [e.type for e in result.events]
    assert await world.offered_to("c") == "ana"
    assert (await world.c("c")).queued_at == world.now

    # and while it rings, no rule disturbs it
    assert first([RELAX], await world.c("c"), Instant(world.now + 60_000)) is None


async def test_a_deadline_comes_again_until_somebody_looked(world: World) -> None:
    # given a relaxation that is scheduled for its second
    await world.enqueue("c", "y")
    waiting = await world.c("c")
    at = next_at([RELAX], waiting, Instant(world.now))
    assert at == NOON + 5_000
    await world.acd.schedule_rules("c", at)

    # when whoever popped it dies, then it comes again, until it was looked at
    assert "c" not in (await world.later(4_999)).conversations
    assert "c" in (await world.later(1)).conversations
    assert "c" in (await world.later(2_000)).conversations
    await world.acd.schedule_rules("c", None)
    assert not (await world.later(60_000)).conversations
    assert await world.state("c") is State.QUEUED


async def test_what_was_applied_comes_back_after_a_loss_of_redis(world: World) -> None:
    await world.enqueue("c", "x", "y")
    world.now += 5_000
    found = first([RELAX], await world.c("c"), Instant(world.now))
    assert found is not None
    await world.acd.apply_rule(await world.c("c"), *found, "no longer needs y")
    kept = await world.c("c")
    await world.redis.flushall()
    await world.acd.begin_epoch("second")
    await world.acd.restore(kept)
    again = await world.c("c")
    assert (again.rules, again.skills) == (kept.rules, ("x",))
