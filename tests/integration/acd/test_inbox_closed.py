"""The last Inbox is lost for good: what returns, and who becomes Busy, in virtual time."""

from app.domain.agent import INBOX_CLOSED, Status
from app.domain.conversation import Channel, State
from app.domain.leg import LegMove
from tests.integration.acd.world import World

GRACE, CLOSED = 30_000, 120_000
"""Rules.inbox_grace_ms and inbox_closed_ms."""


async def page_lost(world: World, name: str = "ana") -> None:
    """The agent's last page goes now."""
    await world.acd.set_inbox(name, world.now + GRACE, world.now + CLOSED)


async def status(world: World, name: str = "ana") -> tuple[Status, str | None]:
    agent = await world.acd.agent(name)
    assert agent is not None
    return agent.status, agent.status_reason


async def test_with_neither_page_nor_leg_an_agent_becomes_busy_after_two_minutes(
    world: World,
) -> None:
    await world.agent("ana", "x", leg=False)
    await page_lost(world)
    await world.later(CLOSED - 1)
    assert await status(world) == (Status.AVAILABLE, None)
    await world.later(1)
    assert await status(world) == (Status.BUSY, INBOX_CLOSED)


async def test_a_page_that_comes_back_in_time_changes_nothing(world: World) -> None:
    await world.agent("ana", "x", leg=False)
    await page_lost(world)
    await world.later(CLOSED - 1)
    await world.acd.set_inbox("ana", world.now + 10 * CLOSED, world.now + 11 * CLOSED)
    await world.later(CLOSED)
    assert await status(world) == (Status.AVAILABLE, None)


async def test_who_has_a_leg_needs_no_page_until_the_leg_goes(world: World) -> None:
    # given an agent with a leg, whose page has been gone for long
    await world.agent("ana", "x")
    await page_lost(world)
    await world.later(10 * CLOSED)
    assert await status(world) == (Status.AVAILABLE, None)
    await world.enqueue("c", "x")
    assert await world.offered_to("c") == "ana"
    await world.acd.reject("c", "ana")

    # when the leg goes, too
    await world.acd.change_leg("ana", LegMove.DISCONNECT)

    # then nobody would notice work
    assert await status(world) == (Status.BUSY, INBOX_CLOSED)


async def test_with_a_page_again_a_lost_leg_alone_changes_no_status(world: World) -> None:
    await world.agent("ana", "x")
    await page_lost(world)
    await world.later(CLOSED)
    await world.acd.set_inbox("ana", world.now + 10 * CLOSED, world.now + 11 * CLOSED)
    await world.acd.change_leg("ana", LegMove.DISCONNECT)
    assert await status(world) == (Status.AVAILABLE, None)


async def test_who_chooses_available_without_a_page_is_there_and_a_lost_leg_alone_changes_nothing(
    world: World,
) -> None:
    # given an agent whose page has been gone for long, and who chooses a status over the API
    await world.agent("ana", "x")
    await page_lost(world)
    await world.later(CLOSED)
    await world.acd.set_status("ana", Status.AVAILABLE)

    # when the leg goes
    await world.acd.change_leg("ana", LegMove.DISCONNECT)

    # then it is as for those who never had a page: the leg alone says that no call can come
    assert await status(world) == (Status.AVAILABLE, None)

    # and a page that is opened and lost afterwards counts as before
    await world.acd.set_inbox("ana", world.now + GRACE, world.now + CLOSED)
    await world.later(CLOSED)
    assert await status(world) == (Status.BUSY, INBOX_CLOSED)


async def test_chats_by_skill_return_at_their_old_place_leg_or_not_and_ties_stay(
    world: World,
) -> None:
    # given a chat by skill and one for ana alone in her hands
    await world.agent("ana", "x")
    await world.enqueue("chat", "x", channel=Channel.CHAT)
    assert await world.talk("chat") == "ana"
    await world.enqueue("hers", "x", channel=Channel.CHAT, to="ana")
    assert await world.talk("hers") == "ana"
    age = (await world.c("chat")).queued_at

    # when her page is gone for good
    await page_lost(world)
    await world.later(CLOSED)

    # then a colleague gets the first, and the other is still hers
    await world.agent("ben", "x")
    assert await world.offered_to("chat") == "ben"
    assert (await world.c("chat")).queued_at == age
    assert (await world.c("hers")).agent_id == "ana"
    assert (await status(world))[0] is Status.AVAILABLE


async def test_a_talk_goes_on_and_a_pending_status_comes_by_itself(world: World) -> None:
    await world.agent("ana", "x")
    await world.enqueue("c", "x")
    assert await world.talk("c") == "ana"
    await world.acd.set_status("ana", Status.OFFLINE, after_current=True)
    await page_lost(world)
    await world.later(CLOSED)
    assert await world.state("c") is State.ACTIVE
    await world.acd.end("c", "customer")
    await world.acd.close_wrap_up("c", "ana")
    assert await status(world) == (Status.OFFLINE, None)


async def test_who_is_busy_already_keeps_their_reason(world: World) -> None:
    await world.agent("ana", "x", leg=False)
    await world.acd.set_status("ana", Status.BUSY, "lunch")
    await page_lost(world)
    await world.later(CLOSED)
    assert await status(world) == (Status.BUSY, "lunch")
