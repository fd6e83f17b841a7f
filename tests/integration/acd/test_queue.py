"""Into the queue, agent-specific work, staffing, positions, the stream, the epoch, limits."""

import asyncio

import pytest
from redis.asyncio import Redis

from app.acd import (
    UNSET,
    AgentProfile,
    Distributor,
    EpochLost,
    Lease,
    QueueRequest,
    ServerClock,
    StreamReader,
    UnknownAgent,
    UnknownConversation,
    WrongState,
)
from app.domain.agent import Caps, Status
from app.domain.conversation import Channel, Customer, Fault, Outcome, Staffing, State
from app.domain.events import EventType
from app.domain.leg import LegMove
from tests.integration.acd.world import World


async def test_a_bot_opens_hands_over_and_tells_more(world: World, acd: Distributor) -> None:
    await acd.start(world.arrival("call"))
    assert (await acd.start(world.arrival("call"))).events == ()
    assert await world.state("call") is State.BOT
    await acd.update_context(
        "call", sentiment=-0.25, flow={"name": "bill", "step": 3}, parameters={"ünï": [1, {}, []]}
    )
    await acd.enqueue(QueueRequest("call", ("billing",), reason="wants a person"))

    call = await world.c("call")

    assert (call.state, call.sentiment, call.flow) == (
        State.QUEUED,
        -0.25,
        {"name": "bill", "step": 3},
    )
    assert (call.parameters, call.reason) == ({"ünï": [1, {}, []]}, "wants a person")
    await acd.update_context("call", sentiment=None, flow=None, parameters=UNSET)
    call = await world.c("call")
    assert (call.sentiment, call.flow, call.parameters) == (None, None, {"ünï": [1, {}, []]})


async def test_a_caller_may_bring_the_age_already_earned(world: World) -> None:
    await world.enqueue("here", "billing")
    await world.enqueue("returned", "billing", queued_at=world.now - 90_000)
    await world.enqueue("future", "billing", queued_at=world.now + 90_000)
    assert (await world.c("future")).queued_at == world.now
    assert await world.acd.positions(["here", "returned", "future", "nobody"]) == {
        "returned": 1,
        "future": 2,
        "here": 3,
    }
    await world.agent("ana", "billing")
    assert await world.offered_to("returned") == "ana"
    assert await world.acd.positions(["returned", "here"]) == {"returned": 1, "here": 2}


async def test_faults_are_those_of_the_last_hand_over(world: World, acd: Distributor) -> None:
    fault = Fault("unknown-skill", "no skill Biling")
    request = QueueRequest("call", ("billing",), faults=(fault,), arrival=world.arrival("call"))
    await acd.enqueue(request)
    assert (await world.c("call")).faults == (fault,)
    await acd.enqueue(QueueRequest("call", ("billing",)))
    assert (await world.c("call")).faults == ()


async def test_what_is_unknown_is_said(world: World, acd: Distributor) -> None:
    with pytest.raises(UnknownConversation):
        await acd.enqueue(QueueRequest("nothing", ()))
    with pytest.raises(UnknownAgent):
        await acd.set_status("nobody", Status.BUSY)
    await world.enqueue("call")
    with pytest.raises(UnknownAgent):
        await acd.accept("call", "nobody")
    with pytest.raises(WrongState):
        await acd.end("call", "customer")


async def test_an_active_or_closed_one_cannot_be_queued(world: World) -> None:
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    await world.talk("call")
    with pytest.raises(WrongState):
        await world.enqueue("call", "spanish")
    await world.acd.leave("call")
    await world.acd.close_wrap_up("call", "ana")
    with pytest.raises(WrongState):
        await world.enqueue("call", "billing")


async def test_agent_specific_work_waits_for_that_agent_alone(world: World) -> None:
    await world.agent("ana", status=Status.BUSY)
    await world.agent("ben", "billing")
    await world.enqueue("own", "billing", to="ana")
    await world.later(600_000)
    assert await world.state("own") is State.QUEUED
    await world.acd.set_status("ana", Status.AVAILABLE)
    own = await world.c("own")
    assert (own.offer and own.offer.agent_id, own.why and own.why.how) == ("ana", "agent")
    await world.acd.set_status("ana", Status.OFFLINE)
    own = await world.c("own")
    assert (own.state, own.routed_to, own.staffing) == (
        State.QUEUED,
        "ana",
        Staffing.NONE_SIGNED_IN,
    )


@pytest.mark.parametrize("how", ["reject", "expire", "requeue"])
async def test_refusing_it_ends_the_tie(world: World, acd: Distributor, how: str) -> None:
    await world.agent("ana")
    await world.agent("ben", "billing")
    await world.enqueue("own", "billing", to="ana")
    await world.rang("own")
    if how == "expire":
        result = await world.later(20_000)
    else:
        if how == "requeue":
            await acd.accept("own", "ana")
        result = await (acd.reject if how == "reject" else acd.requeue)("own", "ana")
    assert EventType.CONVERSATION_RELEASED in [e.type for e in result.events]
    own = await world.c("own")
    assert (own.routed_to, own.offer and own.offer.agent_id) == (None, "ben")


async def test_a_lost_agent_keeps_the_tie(world: World) -> None:
    world.rules(rejoin_ms=0)
    await world.agent("ana")
    await world.enqueue("own", to="ana")
    await world.talk("own")
    await world.acd.change_leg("ana", LegMove.DISCONNECT, lost=True)
    assert (await world.c("own")).routed_to == "ana"


async def test_a_supervisor_releases_it(world: World) -> None:
    await world.agent("ana", status=Status.OFFLINE)
    await world.agent("ben", "billing")
    await world.enqueue("own", "billing", to="ana")
    await world.enqueue("own", "billing")
    assert await world.offered_to("own") == "ben"


async def test_nobody_can_serve_it_is_said_at_once(world: World) -> None:
    result = await world.enqueue("call", "chess")
    assert result.conversations["call"].staffing is Staffing.NONE_SKILLED
    assert EventType.STAFFING_CHANGED in [e.type for e in result.events]
    await world.agent("ana", "chess", status=Status.OFFLINE)
    assert (await world.c("call")).staffing is Staffing.NONE_SIGNED_IN
    await world.acd.set_status("ana", Status.BUSY)
    assert (await world.c("call")).staffing is Staffing.OK
    await world.acd.set_status("ana", Status.OFFLINE)
    assert (await world.c("call")).staffing is Staffing.NONE_SIGNED_IN
    await world.acd.put_agent(AgentProfile("ana", "Ana"))
    assert (await world.c("call")).staffing is Staffing.NONE_SKILLED
    await world.acd.put_agent(AgentProfile("ana", "Ana", skills=frozenset({"chess"})))
    await world.acd.remove_agent("ana")
    assert (await world.c("call")).staffing is Staffing.NONE_SKILLED


async def test_waiting_for_an_agent_who_is_not_there(world: World) -> None:
    await world.enqueue("own", to="ana")
    assert (await world.c("own")).staffing is Staffing.NONE_SKILLED
    await world.agent("ana", status=Status.OFFLINE)
    assert (await world.c("own")).staffing is Staffing.NONE_SIGNED_IN
    await world.acd.set_status("ana", Status.BUSY)
    assert (await world.c("own")).staffing is Staffing.OK


async def test_a_repeat_gets_the_first_answer(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    request = QueueRequest("call", ("billing",), arrival=world.arrival("call"))
    first = await acd.enqueue(request, command_id="one")
    await acd.leave("call")
    again = await acd.enqueue(request, command_id="one")
    assert again.repeated and not first.repeated
    assert (again.events, again.conversations, again.agents) == (
        first.events,
        first.conversations,
        first.agents,
    )
    assert await world.state("call") is State.CLOSED
    await acd.leave("call", command_id="one")  # the same id of another command is another


async def test_the_stream_has_every_event_in_order(world: World, redis: Redis) -> None:
    reader = StreamReader(redis)
    assert (await reader.first_id(), await reader.last_id()) == ("0-0", "0-0")
    assert await reader.read("0-0", block_ms=20) == []
    waiting = asyncio.create_task(reader.read("0-0", block_ms=3_000))
    seen = list((await world.acd.put_agent(AgentProfile("ana", "Ana"))).events)
    assert await waiting == seen
    seen += (await world.enqueue("one")).events
    seen += (await world.acd.leave("one")).events
    assert await reader.read("0-0", block_ms=0) == seen
    assert await reader.between(seen[0].id, seen[2].id) == seen[1:3]
    await reader.trim(seen[-1].id)
    assert await reader.read("0-0", block_ms=0) == seen[-1:]
    assert (await reader.first_id(), await reader.last_id()) == (seen[-1].id, seen[-1].id)


async def test_the_picture_is_everything_at_one_instant(world: World, acd: Distributor) -> None:
    await world.agent("ana", "billing")
    result = await world.enqueue("call", "billing")
    picture = await acd.picture()
    assert (picture.epoch, picture.stream_id) == ("first", result.events[-1].id)
    assert picture.conversations == {"call": await world.c("call")}
    assert picture.agents == {"ana": await world.a("ana")}
    assert await acd.conversations() == [await world.c("call")]
    assert await acd.agents() == [await world.a("ana")]


async def test_closed_ones_are_forgotten_and_others_are_not(world: World) -> None:
    await world.enqueue("open", "billing")
    await world.enqueue("closed", "billing")
    await world.acd.leave("closed")
    await world.acd.forget(["open", "closed", "never"])
    assert [c.id for c in await world.acd.conversations()] == ["open"]


async def test_requirements_nobody_uses_any_more_are_swept(world: World, redis: Redis) -> None:
    await world.agent("ana", "common", "s1", leg=False)
    await world.enqueue("kept", "common")
    for first in range(0, 1_100, 100):
        names = [f"s{n}" for n in range(first, first + 100)]
        await asyncio.gather(*(world.enqueue(name, name) for name in names))
        await asyncio.gather(*(world.acd.leave(name) for name in names))
    assert await redis.hlen("{ringdesk}:needs") < 300
    world.now += 1
    await world.enqueue("again", "s1")
    await world.acd.change_leg("ana", LegMove.CONNECT)
    assert await world.offered_to("kept") == "ana"
    await world.acd.reject("kept", "ana")
    assert await world.offered_to("again") == "ana"


async def test_a_burst_waits_its_turn(world: World) -> None:
    await asyncio.gather(*(world.enqueue(f"c{n}") for n in range(300)))
    assert len(await world.acd.conversations()) == 300


async def test_without_an_epoch_nothing_moves(world: World, redis: Redis) -> None:
    await world.enqueue("call")
    await redis.delete("{ringdesk}:epoch")
    for refused in (world.enqueue("next"), world.acd.due(), world.acd.picture()):
        with pytest.raises(EpochLost):
            await refused
    assert await world.acd.epoch() is None
    assert await world.acd.begin_epoch("second")
    assert not await world.acd.begin_epoch("third")
    assert await world.acd.epoch() == "second"
    assert await world.acd.begin_epoch("fourth", only_if_missing=False)
    assert await world.acd.epoch() == "fourth"


async def test_a_server_that_lost_what_it_runs_gets_it_again(world: World, redis: Redis) -> None:
    await redis.function_flush()
    await world.enqueue("call")
    await redis.script_flush()
    assert await world.acd.positions(["call"]) == {"call": 1}


async def test_functions_outlast_a_server_that_lost_all_data(world: World, redis: Redis) -> None:
    libraries = await redis.function_list("ringdesk_*")
    await redis.flushall()
    assert await redis.function_list("ringdesk_*") == libraries
    assert len(libraries) == 1
    assert await world.acd.begin_epoch("second")
    await world.enqueue("call")


async def test_deadlines_of_what_is_over_are_gone(world: World) -> None:
    await world.agent("ana", "billing", inbox=False)
    await world.enqueue("call", "billing")
    assert await world.acd.next_deadline() == world.now + 10_000
    await world.rang("call")
    assert await world.acd.next_deadline() == world.now + 20_000
    await world.acd.reject("call", "ana")
    assert await world.acd.next_deadline() == world.now + 30_000
    await world.acd.leave("call", Outcome.ABANDONED)
    assert await world.acd.next_deadline() is None


async def test_bytes_or_text_both_clients_do(valkey, world: World) -> None:  # type: ignore[no-untyped-def]
    await world.agent("ana", "billing")
    await world.enqueue("call", "billing")
    raw = Redis.from_url(valkey.url)
    other = Distributor(raw, world.acd.rules, lambda: world.now)
    assert await other.picture() == await world.acd.picture()
    assert (await other.accept("call", "ana")).agents["ana"].load.voice == 1
    assert await other.conversation("call") == await world.c("call")
    assert await other.epoch() == "first"
    reader = StreamReader(raw)
    assert await reader.read("0-0") == await StreamReader(world.redis).read("0-0")
    assert await reader.last_id() == await StreamReader(world.redis).last_id()
    await raw.aclose()


async def test_a_lease_has_one_owner(redis: Redis) -> None:
    one, two = Lease(redis, "link", "one", 60_000), Lease(redis, "link", "two", 60_000)
    assert await one.hold() and await one.hold()
    assert not await two.hold()
    await two.release()
    assert not await two.hold()
    await one.release()
    assert await two.hold()


async def test_the_servers_clock(redis: Redis) -> None:
    clock = ServerClock(redis)
    await clock.measure()
    seconds, micros = await redis.time()
    assert abs(clock.now() - (seconds * 1000 + micros // 1000)) < 50


LONG = "x" * 200


async def test_limits_hold_at_their_edge(world: World, acd: Distributor) -> None:
    fifty = tuple(f"s{n}" for n in range(50))
    await acd.put_agent(AgentProfile(LONG, "n" * 1000, skills=frozenset(fifty), caps=Caps(10, 0)))
    await acd.enqueue(QueueRequest(LONG, fifty, 10, reason="r" * 1000, arrival=world.arrival(LONG)))
    await acd.update_context(LONG, parameters={"a": "x" * (65_536 - 8)})
    assert (await world.c(LONG)).skills == tuple(sorted(fifty))
    assert (await world.c(LONG)).staffing is Staffing.NONE_SIGNED_IN

    def queue(**changes: object) -> QueueRequest:
        values = {"conversation_id": "c", "arrival": world.arrival("c"), **changes}
        return QueueRequest(**values)  # type: ignore[arg-type]

    for request in (
        queue(skills=(*fifty, "one more")),
        queue(skills=("",)),
        queue(skills=("a\nb",)),
        queue(skills=(LONG + "x",)),
        queue(priority=11),
        queue(priority=-1),
        queue(queued_at=-1),
        queue(routed_to=""),
        queue(reason="r" * 1001),
        queue(conversation_id="", arrival=world.arrival("")),
        queue(conversation_id="other"),
        queue(conversation_id="a\r\nb", arrival=world.arrival("a\r\nb")),
        queue(faults=(Fault("c", "d" * 65_536),)),
    ):
        with pytest.raises(ValueError, match=":"):
            await acd.enqueue(request)
    for profile in (
        AgentProfile("", "n"),
        AgentProfile("a", "n" * 1001),
        AgentProfile("a", "n", caps=Caps(11, 0)),
        AgentProfile("a", "n", caps=Caps(0, -1)),
        AgentProfile("a", "n", skills=frozenset(f"s{n}" for n in range(501))),
    ):
        with pytest.raises(ValueError, match=":"):
            await acd.put_agent(profile)
    with pytest.raises(ValueError, match="parameters"):
        await acd.update_context(LONG, parameters={"a": "x" * (65_536 - 7)})
    assert [c.id for c in await acd.conversations()] == [LONG]


async def test_names_of_every_kind_survive(world: World, acd: Distributor) -> None:
    name = "Zoë 🎧 {x} 100% \\ ' \" : |"
    await world.agent(name, name)
    result = await acd.enqueue(
        QueueRequest(
            name,
            (name,),
            arrival=world.arrival(name, Channel.EMAIL),
        )
    )
    assert result.conversations[name].customer == Customer(number="+15550100")
    assert await world.talk(name) == name
    assert (await world.c(name)).segments[0].agent_id == name
