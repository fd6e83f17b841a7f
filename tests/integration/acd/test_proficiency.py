"""Proficiency goes before idle time where the setting says so, and the offer says why."""

from app.acd import AgentProfile, Distributor
from app.domain.agent import Status
from app.domain.leg import LegMove
from tests.integration.acd.world import World


async def an_agent(world: World, name: str, **levels: int) -> None:
    """Available, with a leg, and with these skills."""
    profile = AgentProfile(name, name.title(), skills=frozenset(levels), levels=levels)
    await world.acd.put_agent(profile, status=Status.AVAILABLE)
    await world.acd.change_leg(name, LegMove.CONNECT)
    world.now += 1_000


async def test_without_the_setting_only_idle_time_counts(world: World) -> None:
    await an_agent(world, "ana", billing=1)
    await an_agent(world, "ben", billing=5)
    await world.enqueue("c", "billing")
    assert await world.offered_to("c") == "ana"
    why = (await world.c("c")).why
    assert why is not None
    assert (why.eligible, why.proficiency) == (("ben",), None)


async def test_with_it_the_best_in_all_that_is_required_comes_first_then_idle_time(
    world: World,
) -> None:
    # given four agents, the least proficient of them idle longest
    world.rules(weigh_proficiency=True)
    await an_agent(world, "ana", billing=1, spanish=5)
    await an_agent(world, "ben", billing=4, spanish=3)
    await an_agent(world, "chi", billing=3, spanish=4)
    await an_agent(world, "dan", billing=5)
    # when calls for both skills come, then the best together goes first, and of two equal ones who
    # was idle longest; the order of the others is theirs, too
    await world.enqueue("one", "billing", "spanish")
    why = (await world.c("one")).why
    assert await world.offered_to("one") == "ben"
    assert why is not None
    assert (why.eligible, why.proficiency) == (("chi", "ana"), 7)
    await world.enqueue("two", "billing", "spanish")
    assert await world.offered_to("two") == "chi"
    # and for one skill it is this skill alone that counts
    await world.enqueue("three", "billing")
    assert await world.offered_to("three") == "dan"


async def test_a_changed_proficiency_counts_at_once_and_a_tie_is_not_weighed(
    world: World, acd: Distributor
) -> None:
    # given two agents, and the setting
    world.rules(weigh_proficiency=True)
    await an_agent(world, "ana", billing=3)
    await an_agent(world, "ben", billing=4)
    # when Ana becomes better, then the next call is hers
    levels = {"billing": 5}
    better = AgentProfile("ana", "Ana", skills=frozenset(levels), levels=levels)
    await acd.put_agent(better)
    await world.enqueue("c", "billing")
    assert await world.offered_to("c") == "ana"
    assert (await world.a("ana")).levels == levels
    # and what is routed to one agent goes to them, whoever is better
    await world.enqueue("own", "billing", to="ben")
    assert await world.offered_to("own") == "ben"
    why = (await world.c("own")).why
    assert why is not None
    assert why.proficiency is None
