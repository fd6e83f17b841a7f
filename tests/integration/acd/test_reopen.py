"""A customer writes again after the end: the same conversation waits anew."""

import pytest

from app.acd import WrongState
from app.domain.agent import Status
from app.domain.conversation import Channel, Conversation, Outcome, State, WrapUp
from app.domain.events import EventType
from tests.integration.acd.world import World


async def _closed_mail(world: World) -> Conversation:
    await world.agent("ana", "billing")
    await world.enqueue("mail", "billing", channel=Channel.EMAIL, priority=3)
    await world.talk("mail")
    await world.acd.end("mail", "ana")
    await world.acd.close_wrap_up("mail", "ana")
    closed = await world.c("mail")
    assert closed.state is State.CLOSED
    return closed


async def test_a_closed_mail_waits_again_from_now_on_and_is_offered(world: World) -> None:
    closed = await _closed_mail(world)
    await world.later(60_000)
    # when the customer writes again
    result = await world.acd.reopen(closed)
    # then it is offered for the skills that it had, with the earlier part kept
    assert next(e.type for e in result.events) is EventType.CONVERSATION_RETURNED
    again = await world.c("mail")
    assert (again.state, again.outcome, again.closed_at) == (State.OFFERED, None, None)
    assert (again.queued_at, again.priority, again.skills) == (world.now, 3, ("billing",))
    assert [s.agent_id for s in again.segments] == ["ana"]
    # and doing it again changes nothing
    assert (await world.acd.reopen(closed)).events == ()


async def test_one_that_left_redis_is_made_again_from_the_archives_copy(world: World) -> None:
    closed = await _closed_mail(world)
    await world.acd.forget(["mail"])
    assert await world.acd.conversation("mail") is None
    await world.later(60_000)
    await world.acd.reopen(closed)
    again = await world.c("mail")
    assert (again.state, again.customer, again.entry) == (
        State.OFFERED,
        closed.customer,
        closed.entry,
    )
    assert again.version > closed.version
    assert await world.talk("mail") == "ana"


async def test_while_the_agent_still_writes_both_go_on(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("mail", "billing", channel=Channel.EMAIL)
    await world.talk("mail")
    await world.acd.end("mail", "ana")
    ended = await world.c("mail")
    assert ended.state is State.WRAP_UP
    await world.acd.reopen(ended)
    again = await world.c("mail")
    # ana owes a wrap-up, so it waits
    assert (again.state, again.segments[0].wrap_up) == (State.QUEUED, WrapUp.OPEN)
    await world.acd.close_wrap_up("mail", "ana")
    assert await world.offered_to("mail") == "ana"


async def test_it_waits_for_the_same_agent_unless_they_are_gone(world: World) -> None:
    closed = await _closed_mail(world)
    await world.agent("ben", "billing")
    await world.acd.reopen(closed, "ana")
    assert (await world.c("mail")).routed_to == "ana"
    assert await world.talk("mail") == "ana"
    await world.acd.end("mail", "ana")
    await world.acd.close_wrap_up("mail", "ana")
    await world.acd.set_status("ana", Status.OFFLINE)
    await world.acd.reopen(await world.c("mail"), "ana")
    assert (await world.c("mail")).routed_to is None
    assert await world.offered_to("mail") == "ben"


async def test_a_call_that_is_over_does_not_go_on(world: World) -> None:
    await world.enqueue("call", "billing")
    await world.acd.leave("call", Outcome.ABANDONED)
    with pytest.raises(WrongState, match="call"):
        await world.acd.reopen(await world.c("call"))
