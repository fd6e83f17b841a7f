"""Back to the bot, and from a bot that does not take its caller, or dies: in virtual time."""

from dataclasses import replace

import pytest

from app.acd import Arrival, QueueRequest, WrongState
from app.acd.bot_commands import TAKE_MS
from app.domain.bot_side import BotSide
from app.domain.conversation import Outcome, State
from tests.integration.acd.world import World


@pytest.fixture
async def bots(world: World) -> World:
    """Ana talks with a caller who came from a bot."""
    await world.agent("ana", "billing")
    arrival = replace(world.arrival("call"), channel_id="line", bot_app="a bot")
    await world.acd.enqueue(QueueRequest("call", ("billing",), arrival=arrival))
    await world.talk("call")
    world.now += 60_000
    return world


async def test_a_call_that_came_without_a_bot_is_not_handed_back(talking: World) -> None:
    with pytest.raises(WrongState, match="without"):
        await talking.acd.hand_back("call", "ana")
    assert await talking.state("call") is State.ACTIVE


@pytest.mark.parametrize("how", ["in time", "told"])
async def test_a_bot_that_does_not_take_the_caller_loses_them(bots: World, how: str) -> None:
    before = await bots.c("call")
    await bots.acd.hand_back("call", "ana")
    if how == "told":
        await bots.acd.bot_lost("call", "line", "no_bot")
    else:
        await bots.later(TAKE_MS - 1)
        assert await bots.state("call") is State.BOT
        await bots.later(1)
    call = await bots.c("call")
    assert (call.state, call.queued_at, call.skills) == (
        State.QUEUED,
        before.queued_at,
        ("billing",),
    )
    assert call.bot and call.bot.until is None
    # it is still where the bot is, until it is seen here
    assert call.bot.has_caller
    await bots.acd.here("call", "another line")
    assert (await bots.c("call")).bot == call.bot
    await bots.acd.here("call", "line")
    assert (await bots.c("call")).bot == replace(call.bot, has_caller=False)
    # and a late word about the bot changes nothing
    assert not (await bots.acd.bot_lost("call", "line", "bot_lost")).events


async def test_a_bot_that_dies_before_it_hands_over_loses_its_caller(
    world: World,
) -> None:
    arrival = replace(
        world.arrival("call"), channel_id="line", bot_app="a bot", bot_has=True, skills=("billing",)
    )
    await world.acd.start(arrival)
    world.now += 5_000
    assert not (await world.acd.bot_lost("call", "another line", "bot_lost")).events
    await world.acd.bot_lost("call", "line", "bot_lost")
    call = await world.c("call")
    assert (call.state, call.skills, call.queued_at) == (State.QUEUED, ("billing",), world.now)


async def test_a_bot_has_its_time_anew_where_nobody_looked_on(bots: World) -> None:
    # given a caller who was handed back, and nobody who looks at deadlines for longer than allowed
    await bots.acd.hand_back("call", "ana")
    bots.now += TAKE_MS * 2
    await bots.acd.bot_again("call")

    # then the bot has its time from now on, and no more
    await bots.later(TAKE_MS - 1)
    assert await bots.state("call") is State.BOT
    await bots.later(1)
    assert await bots.state("call") is State.QUEUED
    await bots.acd.bot_again("call")
    bots.now += TAKE_MS
    assert not (await bots.acd.due()).events


async def test_hand_back_goes_to_the_bot_and_opens_a_wrap_up(bots: World) -> None:
    talking, acd = bots, bots.acd
    await acd.hand_back("call", "ana", notes="wants to pay")
    given = await talking.c("call")
    assert given.state is State.BOT
    assert given.bot == BotSide("a bot", True, 1, talking.now + TAKE_MS, "wants to pay")
    assert given.segments[0].notes == "wants to pay"
    assert not (await acd.hand_back("call", "ana")).events  # again
    await acd.bot_took("call")
    talking.now += TAKE_MS
    assert not (await acd.due()).events
    assert (await talking.a("ana")).wrap_ups == 1
    # the caller hangs up on the bot while Ana still writes
    result = await acd.leave("call", Outcome.BOT_COMPLETED)
    assert result.conversations["call"].state is State.WRAP_UP
    await acd.close_wrap_up("call", "ana")
    call = await talking.c("call")
    assert (call.state, call.outcome) == (State.CLOSED, Outcome.BOT_COMPLETED)


async def test_the_bot_takes_a_waiting_one_back(world: World) -> None:
    arrival = replace(world.arrival("call"), channel_id="line", bot_app="a bot")
    await world.acd.enqueue(QueueRequest("call", ("billing",), arrival=arrival))
    await world.acd.hand_back("call")
    assert await world.state("call") is State.BOT
    await world.agent("ana", "billing")
    assert await world.state("call") is State.BOT


async def test_a_line_is_one_conversations_at_a_time(world: World) -> None:
    # given a call that a bot began
    def begins(name: str, line: str) -> Arrival:
        return replace(world.arrival(name), channel_id=line, bot_app="a bot", bot_has=True)

    await world.acd.start(begins("one-first", "line"))

    # when it begins another one on the same line, it is that one; another bot is refused
    again = await world.acd.start(begins("one-second", "line"))
    assert list(again.conversations) == ["one-first"]
    with pytest.raises(WrongState, match="one-first"):
        await world.acd.start(begins("two-first", "line"))

    # when people have it, nobody begins anything on it
    await world.acd.enqueue(QueueRequest("one-first", ("billing",)))
    with pytest.raises(WrongState):
        await world.acd.start(begins("one-second", "line"))

    # and once it is over, and forgotten, the line is free, and nothing of it is kept
    await world.acd.leave("one-first", Outcome.ABANDONED)
    await world.acd.forget(["one-first"])
    assert [key async for key in world.redis.scan_iter("*:line:*")] == []
    await world.acd.start(begins("two-first", "line"))
    assert await world.state("two-first") is State.BOT
