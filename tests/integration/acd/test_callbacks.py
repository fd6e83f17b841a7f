"""Customers who are to be called, and callers who leave the queue alive, in virtual time."""

import asyncio
from dataclasses import replace

import pytest

from app.acd import WrongState
from app.acd.types import QueueRequest
from app.domain.agent import Status
from app.domain.conversation import Callback, Outcome, Result, State, WrapUp
from app.domain.leg import LegMove
from app.domain.routing import Reason, explain
from tests.integration.acd.world import NOON, World

RETRY = 900_000
"""Rules.callback_retry_ms."""
NUMBER = "+15550100"


async def a_callback(world: World, name: str = "m", number: str | None = NUMBER) -> None:
    """Somebody left a message ten minutes ago and is to be called by who has x."""
    arrival = replace(world.arrival(name), callback=Callback(number, recording=True))
    request = QueueRequest(name, ("x",), queued_at=world.now - 600_000, arrival=arrival)
    await world.acd.enqueue(request)


async def dialling(world: World) -> str:
    """ana took the callback m; the channel on which the customer is being called."""
    await world.agent("ana", "x")
    await a_callback(world)
    assert await world.talk("m") == "ana"
    return (await world.c("m")).channel_id or ""


async def test_the_customer_is_called_on_a_channel_of_its_own_once_an_agent_took_it(
    world: World,
) -> None:
    # given a callback, which waits with the age it has earned
    await world.agent("ana", "x")
    await a_callback(world)
    waiting = await world.c("m")
    assert (waiting.channel_id, waiting.queued_at) == (None, NOON - 600_000)

    # when she accepts, twice
    await world.talk("m")
    first = await world.c("m")
    assert not (await world.acd.accept("m", "ana")).events

    # then it is being dialled, once, and nobody talks yet
    now = await world.c("m")
    assert now.callback == Callback(NUMBER, tries=1, dialling=True, recording=True)
    assert now.channel_id == first.channel_id
    assert now.channel_id is not None
    assert not now.talking

    # and when the customer answers, they talk as anybody
    await world.acd.answered("m", now.channel_id)
    assert (await world.c("m")).talking
    await world.acd.end("m", "agent", "ana")
    assert await world.state("m") is State.WRAP_UP


async def test_three_calls_in_vain_and_it_has_failed(world: World) -> None:
    # given
    channel = await dialling(world)
    for tries in (1, 2):
        # when nobody answers
        await world.acd.leave("m", channel_id=channel)

        # then the agent is free at once, without a wrap-up, and gets it not before its time
        now, ana = await world.c("m"), await world.a("ana")
        assert (now.state, now.channel_id, now.agent_id) == (State.QUEUED, None, None)
        assert now.callback == Callback(NUMBER, tries, world.now + RETRY, recording=True)
        assert now.segments[-1].wrap_up is WrapUp.NONE
        assert (ana.load.voice, ana.wrap_ups, ana.offer) == (0, 0, None)
        await world.later(RETRY - 1)
        assert await world.offered_to("m") is None
        await world.later(1)
        assert await world.offered_to("m") == "ana"
        assert (await world.c("m")).queued_at == NOON - 600_000
        await world.talk("m")
        assert (await world.c("m")).channel_id != channel
        channel = (await world.c("m")).channel_id or ""

    # and when the third is in vain, too
    await world.acd.leave("m", channel_id=channel)
    now = await world.c("m")
    assert (now.state, now.outcome, now.callback and now.callback.tries) == (
        State.CLOSED, Outcome.FAILED, 3,
    )  # fmt: skip
    assert (await world.a("ana")).load.voice == 0


async def test_held_back_it_is_not_waiting_for_anybody(world: World) -> None:
    # given one that was in vain, and a younger call
    await world.acd.leave("m", channel_id=await dialling(world))
    await world.enqueue("c", "x")

    # then the younger one is offered, and explain says why the older is not
    assert await world.offered_to("c") == "ana"
    held = await world.c("m")
    assert held.held_back
    assert await world.acd.positions(["m"]) == {}
    verdicts = explain(await world.acd.agents(), held, world.now, world.acd.rules)
    assert all(Reason.NOT_BEFORE in verdict.reasons for verdict in verdicts)


@pytest.mark.parametrize("how", ["end", "requeue", "busy", "leg"])
async def test_an_agent_who_goes_before_the_answer_leaves_no_wrap_up(
    world: World, how: str
) -> None:
    # given
    channel = await dialling(world)
    await world.agent("ben", "x")
    await world.later(1)

    # when she goes while it rings at the customer's
    if how == "end":
        await world.acd.end("m", "agent", "ana")
    elif how == "requeue":
        await world.acd.requeue("m", "ana")
    elif how == "busy":
        await world.acd.set_status("ana", Status.BUSY, requeue_call=True)
    else:
        await world.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
        await world.later(10_000)

    # then nobody else gets it as long as it rings
    now = await world.c("m")
    assert (now.state, now.dialling, now.channel_id) == (State.QUEUED, True, channel)
    assert await world.offered_to("m") is None
    assert (await world.a("ana")).wrap_ups == 0

    # and a customer who answers in that instant waits for the next, as anybody
    await world.acd.answered("m", channel)
    assert await world.offered_to("m") == "ben"


async def test_a_call_that_nothing_is_heard_of_was_in_vain(world: World) -> None:
    # given a customer who is being called when everything that knew of it dies
    channel = await dialling(world)
    await world.later(90_000)
    missed = await world.c("m")
    assert (missed.state, missed.held_back, missed.channel_id) == (State.QUEUED, True, None)

    # when late news of that call comes, then it changes nothing
    assert not (await world.acd.answered("m", channel)).events
    assert not (await world.acd.leave("m", channel_id=channel)).events
    assert (await world.c("m")).callback == missed.callback


async def test_while_it_rings_there_is_nobody_to_hold_or_to_pass_on(world: World) -> None:
    await dialling(world)
    for refused in (
        world.acd.hold("m", "ana", True),
        world.acd.note_digits("m", "ana", 1),
        world.acd.transfer("m", "ana", skills=("y",)),
        world.acd.forward("m", "ana", "+15550111"),
        world.acd.exit("m", Result.EXIT_KEY),
    ):
        with pytest.raises(WrongState):
            await refused


async def test_without_a_number_it_is_listened_to_and_nobody_is_called(world: World) -> None:
    await world.agent("ana", "x")
    await a_callback(world, number=None)
    await world.talk("m")
    now = await world.c("m")
    assert (now.state, now.channel_id, now.dialling) == (State.ACTIVE, None, False)
    await world.acd.end("m", "agent", "ana")
    await world.acd.close_wrap_up("m", "ana")
    assert (await world.c("m")).outcome is Outcome.COMPLETED


async def test_who_calls_in_while_held_back_is_offered_at_once_at_their_age(world: World) -> None:
    # given one that was in vain
    await world.acd.leave("m", channel_id=await dialling(world))

    # when the customer calls, and once more the same is told
    await world.acd.join("m", "channel-1", ())
    assert not (await world.acd.join("m", "channel-1", ())).events

    # then
    now = await world.c("m")
    assert (now.channel_id, now.queued_at, now.held_back) == ("channel-1", NOON - 600_000, False)
    assert await world.offered_to("m") == "ana"
    assert await world.acd.next_deadline() == (now.offer and now.offer.expires_at)

    # and nobody is called when she accepts
    await world.talk("m")
    assert (await world.c("m")).talking
    with pytest.raises(WrongState):
        await world.acd.join("m", "channel-2", ())


async def test_who_calls_in_while_being_called_is_with_their_agent_at_once(world: World) -> None:
    channel = await dialling(world)
    await world.acd.join("m", "channel-1", ())
    now = await world.c("m")
    assert (now.channel_id, now.agent_id, now.talking) == ("channel-1", "ana", True)
    # the end of the call to them is no end of the talk
    assert not (await world.acd.leave("m", channel_id=channel)).events
    assert await world.state("m") is State.ACTIVE


async def test_asterisk_is_lost_while_it_rings(world: World) -> None:
    await dialling(world)
    await world.acd.fail("m", "Asterisk was restarted")
    assert (await world.c("m")).held_back


async def test_a_lost_redis_dials_nobody_twice(world: World) -> None:
    # given one that is being dialled, and one that was in vain
    await world.acd.leave("m", channel_id=await dialling(world))
    await a_callback(world, "n")
    await world.talk("n")
    kept = [await world.c("m"), await world.c("n")]

    # when Redis is filled again
    await world.redis.flushall()
    await world.acd.begin_epoch("second")
    await world.agent("ana", "x")
    for one in kept:
        await world.acd.restore(one)

    # then each is where it was, and falls due at its time
    for one in kept:
        back = await world.c(one.id)
        assert (back.callback, back.channel_id) == (one.callback, one.channel_id)
        assert (back.state, back.agent_id) == (one.state, one.agent_id)
    await world.later(90_000)
    assert (await world.c("n")).held_back
    await world.later(RETRY)
    assert {await world.offered_to("m"), await world.offered_to("n")} == {"ana", None}


# --- out of the queue, alive


async def waits(world: World, longest: int | None = 60_000, key: str | None = None) -> None:
    """Caller c waits for x."""
    arrival = replace(world.arrival("c"), channel_id="channel")
    await world.acd.enqueue(
        QueueRequest("c", ("x",), arrival=arrival, max_wait_ms=longest, exit_key=key)
    )


async def test_the_longest_wait_is_over_once_and_exactly(world: World) -> None:
    # given
    await waits(world)
    await world.later(59_999)
    assert await world.state("c") is State.QUEUED

    # when
    over = await world.later(1)

    # then
    assert [e.data.get("cause") for e in over.events] == ["max_wait"]
    now = await world.c("c")
    assert (now.state, now.outcome, now.result) == (
        State.CLOSED, Outcome.TRANSFERRED, Result.MAX_WAIT,
    )  # fmt: skip
    assert not (await world.later(60_000)).events

    # and who comes back from the dialplan goes on, at their age, for as long again
    await world.acd.come_back("c", 60_000)
    now = await world.c("c")
    assert (now.queued_at, now.result, now.leave_at) == (NOON, None, world.now + 60_000)


async def test_a_phone_that_rings_at_that_instant_stops_ringing(world: World) -> None:
    await world.agent("ana", "x")
    await waits(world, 5_000)
    assert await world.offered_to("c") == "ana"
    await world.later(5_000)
    assert await world.state("c") is State.CLOSED
    assert (await world.a("ana")).offer is None
    with pytest.raises(WrongState):
        await world.acd.accept("c", "ana")


async def test_who_was_taken_once_is_not_sent_away_any_more(world: World) -> None:
    await world.agent("ana", "x")
    await waits(world)
    await world.talk("c")
    await world.acd.requeue("c", "ana")
    await world.later(120_000)
    assert await world.state("c") in {State.QUEUED, State.OFFERED}


@pytest.mark.parametrize("round_", range(10))
async def test_accept_and_exit_at_the_same_instant(world: World, round_: int) -> None:
    # given a call that rings at ana's
    await world.agent("ana", "x")
    await waits(world, key="9")
    await world.rang("c")
    leave, accept = world.acd.exit("c", Result.EXIT_KEY), world.acd.accept("c", "ana")

    # when the caller leaves as she accepts
    both = (leave, accept) if round_ % 2 else (accept, leave)
    done = await asyncio.gather(*both, return_exceptions=True)

    # then one of the two happened
    refused = [one for one in done if isinstance(one, WrongState)]
    assert len(refused) == 1
    now, ana = await world.c("c"), await world.a("ana")
    if now.result is None:
        assert (now.state, now.agent_id, ana.load.voice) == (State.ACTIVE, "ana", 1)
    else:
        assert (now.state, ana.load.voice, ana.offer) == (State.CLOSED, 0, None)


async def test_the_exit_key_is_kept_and_bad_ones_are_refused(world: World) -> None:
    await waits(world, None, "#")
    assert (await world.c("c")).exit_key == "#"
    for bad in ("", "12", "x"):
        with pytest.raises(ValueError, match="exit_key"):
            await waits(world, None, bad)
    assert not (await world.later(10**9)).events
    first = await world.acd.exit("c", Result.UNAVAILABLE)
    assert first.events
    assert not (await world.acd.exit("c", Result.UNAVAILABLE)).events


async def test_outside_hours_a_callback_is_neither_offered_nor_waits_until_they_open(
    world: World,
) -> None:
    # given a callback that is offered
    await world.agent("ana", "x")
    await a_callback(world)
    assert await world.offered_to("m") == "ana"

    # when the house closes, then the offer is withdrawn, and nothing comes before it opens
    opens = world.now + 3_600_000
    await world.acd.callback_hours("m", opens)
    held = await world.c("m")
    assert (held.state, held.held_back) == (State.QUEUED, True)
    assert held.callback is not None
    assert (held.callback.not_before, held.callback.outside_hours) == (opens, True)
    await world.later(3_599_999)
    assert await world.offered_to("m") is None
    await world.later(1)
    assert await world.offered_to("m") == "ana"

    # and when it opens earlier than was known, it comes at once; a try in vain waits its own time
    await world.acd.callback_hours("m", world.now + 3_600_000)
    await world.acd.callback_hours("m", None)
    assert await world.offered_to("m") == "ana"
    await world.talk("m")
    channel = (await world.c("m")).channel_id
    await world.acd.leave("m", channel_id=channel)
    await world.acd.callback_hours("m", None)
    retry = (await world.c("m")).callback
    assert retry is not None
    assert retry.not_before == world.now + RETRY


async def test_a_message_left_at_night_waits_for_the_morning(world: World) -> None:
    await world.agent("ana", "x")
    opens = world.now + 3_600_000
    callback = Callback(NUMBER, not_before=opens, recording=True)
    arrival = replace(world.arrival("m"), callback=callback)
    await world.acd.enqueue(QueueRequest("m", ("x",), arrival=arrival))
    assert await world.offered_to("m") is None
    await world.later(3_600_000)
    assert await world.offered_to("m") == "ana"


async def test_who_waits_chooses_to_be_called_once_and_keeps_their_place(world: World) -> None:
    # given callers whom nobody can serve
    await world.enqueue("c", "x")
    line = replace(world.arrival("d"), channel_id="line")
    await world.acd.enqueue(QueueRequest("d", ("x",), arrival=line))
    world.now += 60_000

    # when one chooses it, twice, then the line is theirs again, and they keep their place
    for _ in "ab":
        await world.acd.choose_callback("d", "line", NUMBER, None)
    kept = await world.c("d")
    assert kept.callback == Callback(NUMBER)
    assert (kept.channel_id, kept.queued_at) == (None, NOON)
    await world.acd.leave("d", channel_id="line")  # late word that they hung up
    assert await world.state("d") is State.QUEUED

    # and who is on no line, or with somebody, cannot
    with pytest.raises(WrongState):
        await world.acd.choose_callback("c", "line", NUMBER, None)
    await world.agent("ana", "x")
    assert await world.talk("c") == "ana"
    with pytest.raises(WrongState):
        await world.acd.choose_callback("c", "line", NUMBER, None)
