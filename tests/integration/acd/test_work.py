"""What is in hand: the talk, the wrap-up, statuses, legs that are lost, caps."""

import pytest

from app.acd import AgentProfile, Distributor, NotYours, WrongState
from app.domain.agent import Caps, Status
from app.domain.conversation import Channel, Outcome, State, WrapUp
from app.domain.events import EventType
from app.domain.leg import LegMove
from tests.integration.acd.world import FOR_EVER, World


async def test_end_opens_the_wrap_up_and_closing_it_closes(talking: World) -> None:
    result = await talking.acd.end("call", "agent", "ana")
    call = result.conversations["call"]
    assert (call.state, call.agent_id, call.outcome) == (State.WRAP_UP, None, None)
    assert call.segments[0].wrap_up is WrapUp.OPEN
    assert (call.segments[0].ended_by, call.segments[0].to_at) == ("agent", talking.now)
    assert (result.agents["ana"].load.voice, result.agents["ana"].wrap_ups) == (0, 1)
    talking.now += 5_000

    result = await talking.acd.close_wrap_up("call", "ana", "paid twice", "refund")

    call = result.conversations["call"]
    assert (call.state, call.outcome, call.closed_at) == (
        State.CLOSED,
        Outcome.COMPLETED,
        talking.now,
    )
    assert (call.segments[0].notes, call.segments[0].disposition) == ("paid twice", "refund")
    assert (result.agents["ana"].wrap_ups, result.agents["ana"].idle_since) == (0, talking.now)


async def test_while_a_wrap_up_is_open_nothing_new_comes(talking: World) -> None:
    await talking.acd.leave("call")
    await talking.enqueue("next", "billing")
    talking.now += 1
    await talking.enqueue("chat", "billing", channel=Channel.CHAT)
    await talking.later(3_600_000)
    assert (await talking.a("ana")).wrap_ups == 1
    assert (await talking.offered_to("next"), await talking.offered_to("chat")) == (None, None)
    await talking.acd.close_wrap_up("call", "ana")
    assert await talking.offered_to("next") == "ana"


async def test_a_limit_closes_the_wrap_up(talking: World) -> None:
    talking.rules(wrap_up_ms=30_000)
    ended = await talking.acd.end("call", "customer")
    assert ended.conversations["call"].segments[0].wrap_up_until == talking.now + 30_000
    await talking.later(29_999)
    assert await talking.state("call") is State.WRAP_UP
    await talking.later(1)
    assert await talking.state("call") is State.CLOSED


async def test_ending_and_closing_again_is_fine(talking: World) -> None:
    acd = talking.acd
    await acd.end("call", "agent", "ana")
    assert (await acd.end("call", "agent", "ana")).events == ()
    await acd.close_wrap_up("call", "ana", "first")
    again = await acd.close_wrap_up("call", "ana", "second")
    assert again.events == () and again.conversations["call"].segments[0].notes == "first"


async def test_others_cannot_end_close_or_write(talking: World) -> None:
    acd = talking.acd
    await talking.agent("ben", "billing")
    for refused in (
        acd.end("call", "agent", "ben"),
        acd.requeue("call", "ben"),
        acd.hand_back("call", "ben"),
        acd.write_notes("call", "ben", "mine"),
        acd.close_wrap_up("call", "ben"),
    ):
        with pytest.raises(NotYours):
            await refused
    with pytest.raises(WrongState):
        await acd.close_wrap_up("call", "ana")
    await acd.end("call", "customer")
    with pytest.raises(WrongState):
        await acd.end("call", "customer")
    with pytest.raises(WrongState):
        await acd.requeue("call", "ana")


async def test_notes_are_kept_while_talking_and_writing(talking: World) -> None:
    acd = talking.acd
    await acd.write_notes("call", "ana", "calls about")
    await acd.end("call", "customer")
    await acd.write_notes("call", "ana", "calls about a bill")
    assert (await acd.write_notes("call", "ana", "calls about a bill")).events == ()
    await acd.close_wrap_up("call", "ana")
    assert (await talking.c("call")).segments[0].notes == "calls about a bill"
    with pytest.raises(WrongState):
        await acd.write_notes("call", "ana", "too late")


async def test_requeue_puts_it_back_for_somebody_else(talking: World) -> None:
    before = await talking.c("call")
    await talking.agent("ben", "billing")
    result = await talking.acd.requeue("call", "ana")
    call = result.conversations["call"]
    assert (call.offer and call.offer.agent_id, call.queued_at) == ("ben", before.queued_at)
    assert (call.segments[0].ended_by, call.segments[0].wrap_up) == ("requeue", WrapUp.NONE)
    assert result.agents["ana"].load.voice == 0


async def test_a_failure_leaves_no_wrap_up(talking: World) -> None:
    result = await talking.acd.fail("call", "channel gone")
    call = result.conversations["call"]
    assert (call.state, call.outcome) == (State.CLOSED, Outcome.FAILED)
    assert call.segments[0].ended_by == "failed"
    assert (result.agents["ana"].load.voice, result.agents["ana"].wrap_ups) == (0, 0)
    assert (await talking.acd.fail("call", "again")).events == ()


async def test_a_lost_phone_keeps_the_caller_for_the_rejoin_time(talking: World) -> None:
    result = await talking.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    assert result.conversations["call"].rejoin_until == talking.now + 10_000
    await talking.later(9_999)
    result = await talking.acd.change_leg("ana", LegMove.CONNECT)
    assert EventType.AGENT_REJOINED in [e.type for e in result.events]
    await talking.later(60_000)
    assert (await talking.c("call")).agent_id == "ana"


async def test_who_does_not_come_back_loses_the_call(talking: World) -> None:
    before = await talking.c("call")
    await talking.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    await talking.later(5_000)
    await talking.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)  # no longer for that
    await talking.later(5_000)
    call = await talking.c("call")
    assert (call.state, call.queued_at, call.excluded) == (State.QUEUED, before.queued_at, {})
    assert (call.segments[0].ended_by, call.segments[0].wrap_up) == ("lost", WrapUp.NONE)
    assert (await talking.a("ana")).load.voice == 0
    await talking.acd.change_leg("ana", LegMove.CONNECT)
    assert await talking.offered_to("call") == "ana"


async def test_without_a_rejoin_time_it_is_queued_at_once(talking: World) -> None:
    talking.rules(rejoin_ms=0)
    await talking.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    assert await talking.state("call") is State.QUEUED


async def test_busy_returns_offers_and_skill_routed_chats_but_no_call(world: World) -> None:
    world.rules(messages_during_call=True)
    await world.agent("ana", "billing")
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    await world.talk("chat")
    await world.enqueue("own", channel=Channel.CHAT, to="ana")
    await world.talk("own")
    await world.enqueue("call", "billing")
    await world.talk("call")
    await world.enqueue("mail", "billing", channel=Channel.EMAIL)
    assert await world.offered_to("mail") == "ana"

    await world.acd.set_status("ana", Status.BUSY, "lunch")

    states = {name: await world.state(name) for name in ("chat", "own", "call", "mail")}
    assert states == {
        "chat": State.QUEUED,
        "own": State.ACTIVE,
        "call": State.ACTIVE,
        "mail": State.QUEUED,
    }
    assert (await world.c("chat")).segments[0].ended_by == "status"
    assert (await world.a("ana")).status_reason == "lunch"


async def test_a_call_returns_if_the_agent_says_so(talking: World) -> None:
    await talking.acd.set_status("ana", Status.OFFLINE, requeue_call=True)
    call = await talking.c("call")
    assert (call.state, call.segments[0].ended_by) == (State.QUEUED, "status")


async def test_after_current_waits_for_the_wrap_up(talking: World) -> None:
    acd = talking.acd
    await acd.set_status("ana", Status.BUSY, "lunch", after_current=True)
    ana = await talking.a("ana")
    assert (ana.status, ana.status_pending) == (Status.AVAILABLE, Status.BUSY)
    await acd.end("call", "customer")
    await talking.enqueue("next", "billing")
    assert (await talking.a("ana")).status is Status.AVAILABLE
    result = await acd.close_wrap_up("call", "ana")
    ana = result.agents["ana"]
    assert (ana.status, ana.status_reason, ana.status_pending) == (Status.BUSY, "lunch", None)
    assert await talking.state("next") is State.QUEUED


async def test_after_current_with_empty_hands_is_now(world: World) -> None:
    await world.agent("ana", "billing")
    await world.acd.set_status("ana", Status.BUSY, after_current=True)
    assert (await world.a("ana")).status is Status.BUSY


async def test_who_changes_their_mind_stays_available(talking: World) -> None:
    await talking.acd.set_status("ana", Status.BUSY, after_current=True)
    await talking.acd.set_status("ana", Status.AVAILABLE)
    assert (await talking.a("ana")).status_pending is None


async def test_the_cap_holds(world: World) -> None:
    await world.agent("ana", "billing", caps=Caps(chat=2, email=0))
    for name in ("one", "two", "three"):
        await world.enqueue(name, "billing", channel=Channel.CHAT)
        world.now += 1
    await world.enqueue("mail", "billing", channel=Channel.EMAIL)
    await world.talk("one")
    await world.talk("two")
    assert (await world.a("ana")).load.chat == 2
    assert [await world.state(n) for n in ("three", "mail")] == [State.QUEUED, State.QUEUED]


async def test_a_lowered_cap_withdraws_the_offer(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing", caps=Caps(chat=2))
    for name in ("one", "two"):
        await world.enqueue(name, "billing", channel=Channel.CHAT)
        world.now += 1
    await world.talk("one")
    profile = AgentProfile("ana", "Ana", skills=frozenset({"billing"}), caps=Caps(chat=1))
    await acd.put_agent(profile)
    assert await world.state("two") is State.QUEUED
    assert (await acd.put_agent(profile)).events == ()


async def test_a_chat_in_hand_sends_the_next_to_a_colleague(world: World) -> None:
    await world.agent("ana", "billing")
    world.now += 1
    await world.agent("ben", "billing")
    for name, expected in (("one", "ana"), ("two", "ben"), ("three", "ana"), ("four", "ben")):
        world.now += 1
        await world.enqueue(name, "billing", channel=Channel.CHAT)
        assert await world.talk(name) == expected


async def test_during_a_call_messages_come_only_if_the_rule_says_so(talking: World) -> None:
    await talking.enqueue("chat", "billing", channel=Channel.CHAT)
    assert await talking.state("chat") is State.QUEUED
    talking.rules(messages_during_call=True)
    await talking.acd.set_inbox("ana", FOR_EVER - 1)
    assert await talking.offered_to("chat") == "ana"


async def test_no_chat_without_an_open_inbox(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing", inbox=False)
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    assert await world.state("chat") is State.QUEUED
    await acd.set_inbox("ana", world.now + 30_000)
    assert await world.offered_to("chat") == "ana"
    await world.acd.reject("chat", "ana")
    world.now += 30_000  # nobody has handled the deadline yet
    await world.enqueue("late", "billing", channel=Channel.CHAT)
    assert await world.state("late") is State.QUEUED
    result = await world.acd.due()
    assert EventType.AGENT_CHANGED in [e.type for e in result.events]


async def test_picking_a_waiting_chat(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing", inbox=False)
    await world.agent("ben", "spanish")
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    with pytest.raises(WrongState):
        await acd.pick("chat", "ana")  # no Inbox
    with pytest.raises(WrongState):
        await acd.pick("chat", "ben")  # other skills
    await acd.set_inbox("ana", FOR_EVER)
    await acd.reject("chat", "ana")

    result = await acd.pick("chat", "ana")

    chat = result.conversations["chat"]
    assert (chat.agent_id, chat.why and chat.why.how) == ("ana", "picked")
    assert (await acd.pick("chat", "ana")).events == ()
    with pytest.raises(NotYours):
        await acd.pick("chat", "ben")


async def test_a_waiting_call_cannot_be_picked(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing", leg=False)
    await world.enqueue("call", "billing")
    with pytest.raises(WrongState):
        await acd.pick("call", "ana")


async def test_removing_an_agent_returns_everything(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("chat", "billing", channel=Channel.CHAT)
    await world.talk("chat")
    await world.enqueue("ended", "billing", channel=Channel.CHAT)
    await world.talk("ended")
    await world.enqueue("call", "billing")
    assert await world.offered_to("call") == "ana"
    await acd.end("ended", "customer")
    await world.enqueue("own", "billing", to="ana")

    await acd.remove_agent("ana")

    states = [await world.state(n) for n in ("chat", "ended", "call", "own")]
    assert states == [State.QUEUED, State.CLOSED, State.QUEUED, State.QUEUED]
    assert await acd.agent("ana") is None and await acd.agents() == []
    assert (await acd.remove_agent("ana")).events == ()
    await world.agent("ben", "billing", leg=False)
    assert await world.offered_to("chat") == "ben"
