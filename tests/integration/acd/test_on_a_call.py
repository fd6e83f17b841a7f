"""What an agent does on a call: hold, mute, digits, and passing it on, in virtual time."""

import pytest

from app.acd import DialLimit, NotYours, UnknownAgent, WrongState
from app.domain.agent import Status
from app.domain.conversation import Channel, Outcome, State, WrapUp
from app.domain.events import EventType
from app.domain.leg import LegMove
from tests.integration.acd.world import World

TIME = 30_000
"""Rules.transfer_ms."""
DAY_MS = 86_400_000


async def a_talk(world: World) -> None:
    """ana talks with caller c, who asked for x."""
    await world.agent("ana", "x")
    await world.enqueue("c", "x")
    assert await world.talk("c") == "ana"


@pytest.mark.parametrize("field", ["held", "muted"])
async def test_held_and_muted_are_noted_once_and_end_with_the_talk(
    world: World, field: str
) -> None:
    # given
    await a_talk(world)
    command = world.acd.hold if field == "held" else world.acd.mute

    # when it is said twice, and the customer leaves
    first = await command("c", "ana", True)
    again = await command("c", "ana", True)
    assert getattr(await world.c("c"), field)
    await world.acd.leave("c")

    # then
    assert [str(e.type) for e in first.events] == [f"conversation_{field}"]
    assert not again.events
    assert not getattr(await world.c("c"), field)
    assert await world.state("c") is State.WRAP_UP


async def test_what_was_never_on_can_be_taken_off(world: World) -> None:
    await a_talk(world)
    assert not (await world.acd.hold("c", "ana", False)).events
    assert not (await world.acd.mute("c", "ana", False)).events


async def test_a_requeued_or_lost_call_is_not_held_any_more(world: World) -> None:
    # given a held call
    await a_talk(world)
    await world.acd.hold("c", "ana", True)

    # when the leg is lost: the agent may still come back to the held call, then no more
    await world.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    assert (await world.c("c")).held
    await world.later(10_000)

    # then
    assert await world.state("c") is State.QUEUED
    assert not (await world.c("c")).held


@pytest.mark.parametrize("command", ["hold", "mute", "digits", "transfer"])
async def test_only_who_has_the_call_may(world: World, command: str) -> None:
    # given ana's call, and ben
    await a_talk(world)
    await world.agent("ben", "x")
    before = await world.c("c")

    def tries(agent: str):  # type: ignore[no-untyped-def]
        match command:
            case "hold":
                return world.acd.hold("c", agent, True)
            case "mute":
                return world.acd.mute("c", agent, True)
            case "digits":
                return world.acd.note_digits("c", agent, 1)
            case _:
                return world.acd.transfer("c", agent, skills=("y",))

    # then
    with pytest.raises(NotYours):
        await tries("ben")
    assert await world.c("c") == before

    # and nobody once it is over
    await world.acd.end("c", "agent", "ana")
    with pytest.raises(WrongState):
        await tries("ana")


async def test_digits_are_sent_only_where_the_customer_hears_them(world: World) -> None:
    await a_talk(world)
    sent = await world.acd.note_digits("c", "ana", 4, command_id="once")
    again = await world.acd.note_digits("c", "ana", 4, command_id="once")
    assert (sent.repeated, again.repeated) == (False, True)
    assert sent.events[0].data == {"count": 4}
    await world.acd.hold("c", "ana", True)
    with pytest.raises(WrongState):
        await world.acd.note_digits("c", "ana", 1)


async def test_nobody_holds_a_chat(world: World) -> None:
    await world.agent("ana", "x")
    await world.enqueue("m", "x", channel=Channel.CHAT)
    await world.talk("m")
    with pytest.raises(WrongState):
        await world.acd.hold("m", "ana", True)


async def test_a_transfer_to_a_skill_waits_at_its_old_age(world: World) -> None:
    # given a talk, and a newer caller who waits for the other skill
    await a_talk(world)
    await world.later(5_000)
    await world.enqueue("newer", "y")
    age = (await world.c("c")).queued_at

    # when
    result = await world.acd.transfer("c", "ana", skills=("y",))

    # then the agent's part is over and they write, the caller waits in front of the newer one
    c = await world.c("c")
    assert (c.state, c.skills, c.queued_at, c.agent_id) == (State.QUEUED, ("y",), age, None)
    assert [(s.ended_by, s.wrap_up) for s in c.segments] == [("transfer", WrapUp.OPEN)]
    assert (await world.a("ana")).wrap_ups == 1
    assert result.events[0].type is EventType.CONVERSATION_TRANSFERRED
    await world.agent("yan", "y")
    assert await world.offered_to("c") == "yan"

    # and while the next one talks, the first still writes
    await world.talk("c")
    assert await world.state("c") is State.ACTIVE
    await world.acd.close_wrap_up("c", "ana")
    await world.acd.end("c", "agent", "yan")
    assert await world.state("c") is State.WRAP_UP


async def test_a_transfer_to_an_agent_is_theirs_alone_for_a_while(world: World) -> None:
    # given a talk, a colleague of another skill who is on a call, and one of the same skill
    await a_talk(world)
    await world.agent("yan", "y")
    await world.enqueue("other", "y")
    await world.talk("other")
    age = (await world.c("c")).queued_at

    # when
    await world.acd.transfer("c", "ana", to="yan")
    await world.agent("ben", "x")

    # then it waits for yan, not for ben, until the time is over
    await world.later(TIME - 1)
    assert (await world.c("c")).routed_to == "yan"
    await world.later(1)
    assert await world.offered_to("c") == "ben"
    c = await world.c("c")
    assert (c.skills, c.queued_at, c.routed_to) == (("x",), age, None)


async def test_who_takes_a_transfer_in_time_keeps_it(world: World) -> None:
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.transfer("c", "ana", to="yan")
    assert await world.talk("c") == "yan"
    await world.later(TIME * 2)
    c = await world.c("c")
    assert (c.state, c.agent_id, [s.agent_id for s in c.segments]) == (
        State.ACTIVE,
        "yan",
        ["ana", "yan"],
    )


@pytest.mark.parametrize("end", ["taken", "over"])
async def test_a_transfer_that_is_taken_or_over_waits_for_nobody(world: World, end: str) -> None:
    # given a transfer that has its time
    await a_talk(world)
    await world.agent("yan", "y")
    await world.acd.transfer("c", "ana", to="yan")
    waits = "transfer\nc\n1"
    assert waits in await deadlines(world)

    # when it is taken, or the customer hangs up, then that time is forgotten
    if end == "taken":
        assert await world.talk("c") == "yan"
    else:
        await world.acd.leave("c")
    assert waits not in await deadlines(world)


async def deadlines(world: World) -> list[str]:
    """Everything that has a time at which it happens."""
    return [str(one) for one in await world.redis.zrange("{ringdesk}:deadlines", 0, -1)]


async def test_a_transfer_that_rings_when_its_time_is_over_comes_back(world: World) -> None:
    # given a colleague whose phone begins to ring late
    await a_talk(world)
    await world.agent("yan", "y")
    await world.enqueue("other", "y")
    await world.talk("other")
    await world.acd.transfer("c", "ana", to="yan")
    await world.later(TIME - 5_000)
    await world.acd.end("other", "agent", "yan")
    await world.acd.close_wrap_up("other", "yan")
    assert await world.offered_to("c") == "yan"
    await world.rang("c")

    # when
    await world.later(5_000)

    # then
    assert await world.state("c") is State.QUEUED
    assert (await world.a("yan")).offer is None


async def test_a_refused_transfer_comes_back_to_its_skills(world: World) -> None:
    await a_talk(world)
    await world.agent("yan", "y")
    await world.agent("ben", "x")
    await world.acd.transfer("c", "ana", to="yan")
    await world.acd.reject("c", "yan")
    assert await world.offered_to("c") == "ben"


@pytest.mark.parametrize("away", ["offline", "busy", "no leg"])
async def test_a_transfer_to_somebody_who_is_not_available_comes_back_at_once(
    world: World, away: str
) -> None:
    await a_talk(world)
    status = {"offline": Status.OFFLINE, "busy": Status.BUSY}.get(away, Status.AVAILABLE)
    await world.agent("yan", "y", status=status, leg=away != "no leg")
    await world.agent("ben", "x")
    await world.acd.transfer("c", "ana", to="yan")
    assert await world.offered_to("c") == "ben"


async def test_a_transfer_that_cannot_be_changes_nothing(world: World) -> None:
    await a_talk(world)
    before = await world.c("c")
    with pytest.raises(UnknownAgent):
        await world.acd.transfer("c", "ana", to="nobody")
    with pytest.raises(WrongState):
        await world.acd.transfer("c", "ana", to="ana")
    assert await world.c("c") == before


async def test_saying_a_transfer_again_changes_nothing(world: World) -> None:
    await a_talk(world)
    await world.acd.transfer("c", "ana", skills=("y",))
    assert not (await world.acd.transfer("c", "ana", skills=("y",))).events
    with pytest.raises(WrongState):
        await world.acd.transfer("c", "ana", skills=("z",))


async def test_a_transferred_caller_who_hangs_up_leaves_the_wrap_up(world: World) -> None:
    await a_talk(world)
    await world.acd.hold("c", "ana", True)
    await world.acd.transfer("c", "ana", skills=("y",))
    await world.acd.leave("c")
    assert await world.state("c") is State.WRAP_UP
    await world.acd.close_wrap_up("c", "ana")
    assert await world.state("c") is State.CLOSED


async def test_a_supervisor_may_tie_it_to_another_meanwhile(world: World) -> None:
    # given a transfer that waits for yan, then tied to zoe by a supervisor
    await a_talk(world)
    for name in ("yan", "zoe"):
        await world.agent(name, "y")
        await world.enqueue(f"of-{name}", "y")
        await world.talk(f"of-{name}")
    await world.acd.transfer("c", "ana", to="yan")
    await world.enqueue("c", "x", to="zoe")

    # when the transfer's time is over, then the new tie stands
    await world.later(TIME)
    assert (await world.c("c")).routed_to == "zoe"


async def test_a_transfer_that_waits_is_restored_with_its_time(world: World) -> None:
    # given a transfer to somebody on a call, and Redis losing everything
    await a_talk(world)
    await world.agent("yan", "y")
    await world.enqueue("other", "y")
    await world.talk("other")
    await world.acd.transfer("c", "ana", to="yan")
    kept = await world.c("c")
    await world.redis.flushall()
    await world.acd.begin_epoch("second")

    # when it is restored, then it does not wait for yan for ever
    await world.agent("yan", "y")
    await world.acd.set_status("yan", Status.BUSY)
    await world.acd.restore(kept)
    assert (await world.c("c")).routed_to == "yan"
    await world.later(TIME)
    assert (await world.c("c")).routed_to is None


async def test_a_call_sent_outside_is_over_unless_it_comes_back(world: World) -> None:
    # given
    await a_talk(world)
    age = (await world.c("c")).queued_at

    # when it is sent on, and said again
    await world.acd.forward("c", "ana", "+4420")
    assert not (await world.acd.forward("c", "ana", "+4420")).events
    c = await world.c("c")
    assert (c.state, c.outcome, c.forward_to) == (State.WRAP_UP, Outcome.TRANSFERRED, "+4420")

    # when nobody answers there, then it waits at its old age, and comes back once
    await world.later(7_000)
    await world.acd.come_back("c")
    c = await world.c("c")
    assert (c.state, c.outcome, c.forward_to) == (State.QUEUED, None, None)
    assert (c.queued_at, c.skills) == (age, ("x",))
    with pytest.raises(WrongState):
        await world.acd.come_back("c")

    # and its end is an ordinary one
    await world.acd.close_wrap_up("c", "ana")
    await world.talk("c")
    await world.acd.end("c", "customer")
    await world.acd.close_wrap_up("c", "ana")
    assert (await world.c("c")).outcome is Outcome.COMPLETED


async def test_a_call_may_come_back_after_the_wrap_up_was_closed(world: World) -> None:
    await a_talk(world)
    await world.acd.forward("c", "ana", "+4420")
    await world.acd.close_wrap_up("c", "ana")
    closed = await world.c("c")
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.TRANSFERRED)

    # also one that had left the live queue
    await world.acd.forget(["c"])
    await world.acd.restore(closed)
    await world.acd.come_back("c")
    c = await world.c("c")
    assert (c.state, c.closed_at) == (State.OFFERED, None)
    assert [s.wrap_up for s in c.segments] == [WrapUp.CLOSED]


async def test_only_who_has_the_call_sends_it_outside(world: World) -> None:
    await a_talk(world)
    await world.agent("ben", "x")
    with pytest.raises(NotYours):
        await world.acd.forward("c", "ben", "+4420")
    await world.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    with pytest.raises(WrongState):
        await world.acd.forward("c", "ana", "+4420")
    assert await world.state("c") is State.ACTIVE


async def test_an_agents_calls_outside_of_a_day_are_counted_and_end(world: World) -> None:
    # given an agent who has sent two calls outside, and may send two a day
    await a_talk(world)
    await world.acd.forward("c", "ana", "+4420", day_limit=2)
    await world.acd.forward("c", "ana", "+4420", day_limit=2)  # said again, not sent again
    await world.acd.come_back("c")
    await world.acd.close_wrap_up("c", "ana")
    await world.talk("c")
    await world.acd.forward("c", "ana", "+4421", day_limit=2)
    await world.acd.come_back("c")
    await world.acd.close_wrap_up("c", "ana")
    await world.talk("c")

    # when a third follows, then nothing happens to the call, and emergency calls go on
    before = await world.c("c")
    with pytest.raises(DialLimit, match="all 2 calls"):
        await world.acd.forward("c", "ana", "+4422", day_limit=2)
    assert await world.c("c") == before

    # and the next day is a new one
    world.now = (world.now // DAY_MS + 1) * DAY_MS
    await world.acd.forward("c", "ana", "+4422", day_limit=2)
    assert (await world.c("c")).forward_to == "+4422"


async def test_an_emergency_call_goes_out_whatever_was_called_before(world: World) -> None:
    await a_talk(world)
    await world.acd.forward("c", "ana", "+4420", day_limit=1)
    await world.acd.come_back("c")
    await world.acd.close_wrap_up("c", "ana")
    await world.talk("c")
    await world.acd.forward("c", "ana", "112")
    assert (await world.c("c")).forward_to == "112"
