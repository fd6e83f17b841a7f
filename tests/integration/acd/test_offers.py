"""Offers: to whom, how long, and what refusing or missing one does."""

import pytest

from app.acd import Distributor, NotYours, WrongState
from app.domain.agent import MISSED_OFFERS, Status
from app.domain.conversation import Channel, State, Why
from app.domain.events import EventType
from app.domain.leg import LegMove, LegState
from tests.integration.acd.world import World


async def test_a_waiting_call_is_offered_to_the_agent_idle_longest(world: World) -> None:
    await world.agent("ana", "billing")
    world.now += 5
    await world.agent("ben", "billing", "spanish")
    world.now += 100

    result = await world.enqueue("call", "billing")

    assert [e.type for e in result.events] == [
        EventType.CONVERSATION_QUEUED,
        EventType.CONVERSATION_OFFERED,
    ]
    call = result.conversations["call"]
    assert (call.state, call.attempts) == (State.OFFERED, 1)
    assert call.why == Why(("billing",), ("ben",), idle_ms=105)
    assert result.agents["ana"].offer == "call"


async def test_an_agent_who_gets_free_takes_the_oldest(world: World) -> None:
    await world.enqueue("first", "billing")
    world.now += 10
    await world.enqueue("second", "billing")
    await world.agent("ana", "billing")
    assert (await world.state("first"), await world.state("second")) == (
        State.OFFERED,
        State.QUEUED,
    )


async def test_a_step_of_priority_counts_as_one_head_start(world: World) -> None:
    await world.enqueue("old", "billing")
    world.now += 59_999
    await world.enqueue("urgent", "billing", priority=1)
    await world.agent("ana", "billing")
    assert await world.offered_to("urgent") == "ana"


async def test_but_a_low_one_overtakes_by_ageing(world: World) -> None:
    await world.enqueue("old", "billing")
    world.now += 60_001
    await world.enqueue("urgent", "billing", priority=1)
    await world.agent("ana", "billing")
    assert await world.offered_to("old") == "ana"


async def test_every_required_skill_is_needed(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing", "spanish")
    assert await world.state("call") is State.QUEUED
    await world.agent("ben", "spanish", "billing", "chess")
    assert await world.offered_to("call") == "ben"


async def test_the_offers_clock_starts_when_the_phone_rings(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.later(9_000)

    result = await world.rang("call")

    offer = result.conversations["call"].offer
    assert offer and (offer.rang, offer.expires_at) == (True, world.now + 20_000)
    assert result.agents["ana"].leg.state is LegState.RINGING
    world.now += 1_000
    again = await world.rang("call")
    assert again.events == () and again.conversations["call"].offer == offer


async def test_ringing_of_an_attempt_that_is_over_is_refused(
    world: World, acd: Distributor
) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    with pytest.raises(WrongState):
        await acd.rang("call", "ana", 2)


async def test_a_chat_rings_at_once(world: World) -> None:
    await world.agent("ana", "billing", leg=False)
    result = await world.enqueue("chat", "billing", channel=Channel.CHAT)
    offer = result.conversations["chat"].offer
    assert offer and offer.rang and offer.expires_at == world.now + 20_000


async def test_a_rejected_call_goes_to_somebody_else_at_its_old_place(world: World) -> None:
    await world.agent("ana", "billing")
    world.now += 1
    await world.agent("ben", "billing")
    await world.enqueue("call", "billing")
    queued_at = world.now
    await world.later(3_000)

    result = await world.acd.reject("call", "ana")

    call = result.conversations["call"]
    assert (call.offer and call.offer.agent_id, call.queued_at) == ("ben", queued_at)
    assert call.excluded == {"ana": world.now + 30_000}


async def test_when_others_were_tried_who_refused_first_gets_it_again(world: World) -> None:
    await world.agent("ana", "billing")
    world.now += 1
    await world.agent("ben", "billing")
    await world.enqueue("call", "billing")
    await world.acd.reject("call", "ana")
    await world.acd.reject("call", "ben")
    assert await world.offered_to("call") == "ana"
    assert set((await world.c("call")).excluded) == {"ben"}


async def test_with_nobody_else_it_comes_back_after_the_exclusion(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.acd.reject("call", "ana")
    await world.later(29_999)
    assert await world.state("call") is State.QUEUED
    result = await world.later(1)
    assert EventType.EXCLUSION_ENDED in [e.type for e in result.events]
    assert await world.offered_to("call") == "ana"


async def test_who_refused_gets_other_work_meanwhile(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("one", "billing")
    world.now += 1
    await world.enqueue("two", "billing")
    await world.acd.reject("one", "ana")
    assert (await world.offered_to("one"), await world.offered_to("two")) == (None, "ana")


async def test_an_offer_that_never_rang_is_no_missed_one(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    result = await world.later(10_000)
    expired = next(e for e in result.events if e.type is EventType.OFFER_EXPIRED)
    assert expired.data["rang"] == 0
    ana = await world.a("ana")
    assert (ana.missed, ana.status) == (0, Status.AVAILABLE)
    assert "ana" in (await world.c("call")).excluded


async def test_two_missed_offers_in_a_row_set_busy(world: World) -> None:
    await world.agent("ana", "billing")
    for call in ("one", "two"):
        await world.enqueue(call, "billing")
        await world.rang(call)
        await world.later(20_000)
    ana = await world.a("ana")
    assert (ana.status, ana.status_reason, ana.missed) == (Status.BUSY, MISSED_OFFERS, 2)
    await world.acd.set_status("ana", Status.AVAILABLE)
    assert (await world.a("ana")).missed == 0


async def test_missed_offers_leave_active_chats_alone(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    await world.talk("chat")
    for other in ("one", "two"):
        await world.enqueue(other, "billing", channel=Channel.CHAT)
        await world.later(20_000)
    assert (await world.a("ana")).status is Status.BUSY
    assert (await world.c("chat")).agent_id == "ana"


@pytest.mark.parametrize("between", ["accept", "reject"])
async def test_an_answer_between_breaks_the_row(world: World, between: str) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("one", "billing")
    await world.rang("one")
    await world.later(20_000)
    await world.enqueue("two", "billing")
    await world.rang("two")
    if between == "accept":
        await world.acd.accept("two", "ana")
        await world.acd.end("two", "agent", "ana")
        await world.acd.close_wrap_up("two", "ana")
    else:
        await world.acd.reject("two", "ana")
    assert (await world.a("ana")).missed == 0


async def test_accept_makes_it_active_and_quiets_the_leg(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.rang("call")
    world.now += 700

    result = await world.acd.accept("call", "ana", 1)

    call, ana = result.conversations["call"], result.agents["ana"]
    assert (call.state, call.agent_id, call.offer) == (State.ACTIVE, "ana", None)
    assert [(s.agent_id, s.from_at, s.to_at) for s in call.segments] == [("ana", world.now, None)]
    assert (ana.load.voice, ana.offer, ana.leg.state) == (1, None, LegState.CONNECTED)
    assert ana.idle_since == world.now


async def test_accepting_again_is_fine_and_does_nothing(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.talk("call")
    again = await acd.accept("call", "ana")
    assert again.events == () and again.conversations["call"].agent_id == "ana"


async def test_nobody_takes_what_is_offered_to_another(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    world.now += 1
    await world.agent("ben", "billing")
    await world.enqueue("call", "billing")
    before = await world.c("call")
    for refused in (acd.accept, acd.reject):
        with pytest.raises(NotYours):
            await refused("call", "ben")
    assert await world.c("call") == before
    await acd.accept("call", "ana")
    with pytest.raises(NotYours):
        await acd.accept("call", "ben")


async def test_an_answer_to_an_earlier_attempt_is_refused(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await acd.reject("call", "ana", 1)
    await world.later(30_000)
    with pytest.raises(WrongState):
        await acd.accept("call", "ana", 1)
    await acd.accept("call", "ana", 2)


async def test_accepting_what_waits_or_is_over_is_refused(world: World, acd: Distributor) -> None:
    await world.agent("ana", "other")
    await world.enqueue("call", "billing")
    with pytest.raises(WrongState):
        await acd.accept("call", "ana")
    await acd.leave("call")
    with pytest.raises(WrongState):
        await acd.accept("call", "ana")


async def test_one_offer_at_a_time_over_all_channels_by_age(world: World) -> None:
    await world.enqueue("mail", "billing", channel=Channel.EMAIL)
    world.now += 1
    await world.enqueue("call", "billing")
    await world.agent("ana", "billing")
    # the leg came up before the Inbox, so the call was there first
    assert (await world.offered_to("call"), await world.offered_to("mail")) == ("ana", None)
    await world.acd.change_leg("ana", LegMove.DISCONNECT)
    assert (await world.offered_to("call"), await world.offered_to("mail")) == (None, "ana")


async def test_a_lost_leg_withdraws_a_call_but_not_a_chat(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.rang("call")
    result = await acd.change_leg("ana", LegMove.DISCONNECT, "phone lost", lost=True)
    assert result.conversations["call"].state is State.QUEUED
    assert result.conversations["call"].excluded == {}
    assert result.agents["ana"].leg.detail == "phone lost"
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    await acd.change_leg("ana", LegMove.DISCONNECT)
    assert await world.offered_to("chat") == "ana"


async def test_a_customer_who_goes_while_it_rings_frees_the_agent(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.rang("call")
    result = await world.acd.leave("call")
    assert [e.type for e in result.events] == [
        EventType.OFFER_WITHDRAWN,
        EventType.CONVERSATION_CLOSED,
    ]
    ana = result.agents["ana"]
    assert (ana.offer, ana.leg.state) == (None, LegState.CONNECTED)


async def test_a_hand_over_repeated_word_for_word_changes_nothing(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.rang("call")
    again = await world.enqueue("call", "billing")
    assert again.events == () and again.conversations["call"].attempts == 1


async def test_a_moved_conversation_loses_its_offer(world: World) -> None:
    await world.agent("ana", "billing")
    world.now += 1
    await world.agent("chi", "spanish")
    await world.enqueue("call", "billing")
    result = await world.enqueue("call", "spanish")
    assert [e.data.get("move") for e in result.events] == ["withdraw", "queue", "offer"]
    assert await world.offered_to("call") == "chi"
    assert (await world.a("ana")).offer is None
