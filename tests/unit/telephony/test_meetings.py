"""What is asked of Asterisk where a third party takes part in a conversation."""

import asyncio

from app.telephony.ari_errors import Conflict
from app.telephony.wants import CallWant, LegAddress, LegWant, Place
from tests.unit.telephony.asterisk_double import Bench

PHONE = LegAddress(number="+4420")


def leg(agent: str, room: str | None = None, held: bool = False) -> LegWant:
    return LegWant(agent, PHONE, up=True, engaged=True, room=room, held=held)


def call(place: Place, agent: str | None = None, party: str | None = None) -> CallWant:
    return CallWant("v1", "c1", place, agent, number="+4420", party=party)


async def seated(bench: Bench, *agents: str) -> None:
    """Legs in the bridge of conversation v1."""
    for agent in agents:
        bench.standing_leg(agent)
        bench.legs.want(leg(agent, "v1"))
        await bench.legs.look(agent)
    bench.sent.clear()


async def test_two_legs_at_once_make_one_bridge(bench: Bench) -> None:
    for agent in ("ana", "chi"):
        bench.standing_leg(agent)
        bench.legs.want(leg(agent, "v1"))

    await asyncio.gather(*(bench.legs.look(agent) for agent in ("ana", "chi")))

    assert bench.sent.count("POST bridges/talk-1") == 1
    moved = [request for request in bench.sent if "addChannel" in request]
    assert moved == [
        "POST bridges/talk-1/addChannel?channel=leg-ana-1",
        "POST bridges/talk-1/addChannel?channel=leg-chi-1",
    ]
    await bench.legs.look("ana")
    assert len([request for request in bench.sent if "addChannel" in request]) == 2


async def test_what_rings_is_stopped_before_the_move(bench: Bench) -> None:
    sound = bench.playing(bench.standing_leg("chi"), "v1")
    bench.legs.want(leg("chi", "v1"))
    await bench.legs.look("chi")
    assert bench.sent[0] == "POST bridges/talk-1"
    assert bench.sent.index(f"DELETE playbacks/{sound}") < len(bench.sent) - 1
    assert bench.sent[-1] == "POST bridges/talk-1/addChannel?channel=leg-chi-1"


async def test_a_held_leg_hears_the_music_of_those_who_wait(bench: Bench) -> None:
    await seated(bench, "ana", "chi")
    bench.legs.want(leg("chi", held=True))
    bench.legs.want(leg("ana"))
    await bench.legs.look("chi")
    await bench.legs.look("ana")
    assert bench.sent == [
        "POST bridges/waiting-2",
        "POST bridges/waiting-2/addChannel?channel=leg-chi-1",
        "POST bridges/waiting-2/moh",
        "POST bridges/room-ana/addChannel?channel=leg-ana-1",
    ]


async def test_the_customer_comes_into_the_conversations_bridge(bench: Bench) -> None:
    await seated(bench, "ana")
    bench.waiting(bench.caller())
    bench.calls.want(call(Place.CONFERRING))
    assert not bench.calls.settled("c1")
    await bench.calls.look("c1")
    assert bench.sent == ["POST bridges/talk-1/addChannel?channel=c1"]
    assert bench.calls.settled("c1")


async def test_an_empty_bridge_goes_once_nobody_is_wanted_in_it(bench: Bench) -> None:
    # given one who is in it, then only one who is wanted in it
    await seated(bench, "ana")
    await bench.meetings.look("v1")
    bench.mirror.left(bench.mirror.lines["leg-ana-1"], "talk-1")
    await bench.meetings.look("v1")
    assert bench.sent == []

    # when she is wanted elsewhere
    bench.legs.want(leg("ana"))
    await bench.meetings.look("v1")
    await bench.meetings.look("v1")
    assert bench.sent == ["DELETE bridges/talk-1"]


async def test_a_bridge_that_is_made_too_late_is_looked_at(bench: Bench) -> None:
    # given a look that still goes by what was wanted a moment ago
    await bench.meetings.look("v1")
    await bench.meetings.id("v1")

    # then somebody is told to look again, and it does not stay
    assert bench.made == ["v1"]
    await bench.meetings.look("v1")
    assert bench.sent == ["POST bridges/talk-1", "DELETE bridges/talk-1"]


async def test_a_customer_and_a_number_leave_for_the_dialplan_in_this_order(bench: Bench) -> None:
    # given a number that was consulted
    await seated(bench, "party-7")
    bench.waiting(bench.caller())
    bench.calls.want(call(Place.FORWARDED, party="party-7"))

    # when: first the number, and until it left nothing more
    await bench.calls.look("c1")
    await bench.calls.look("c1")
    assert bench.sent == [
        "POST channels/c1/variables",
        "POST channels/leg-party-7-1/continue",
    ]
    assert "party-7" not in bench.legs.wants

    # then the customer
    bench.mirror.lines["leg-party-7-1"].in_app = False
    await bench.calls.look("c1")
    assert bench.sent[2:] == ["POST channels/c1/continue"]
    assert "c1" not in bench.calls.wants


async def test_a_number_that_hung_up_meanwhile_sends_the_customer_back(bench: Bench) -> None:
    bench.waiting(bench.caller())
    bench.calls.want(call(Place.FORWARDED, party="party-7"))
    await bench.calls.look("c1")
    assert bench.sent == ["POST channels/c1/continue"]


async def test_a_number_that_cannot_be_moved_does_not_hold_the_customer(bench: Bench) -> None:
    await seated(bench, "party-7")
    bench.waiting(bench.caller())
    bench.asterisk.refuse("POST channels/leg-party-7-1/continue", Conflict("elsewhere", 409))
    bench.calls.want(call(Place.FORWARDED, party="party-7"))
    await bench.calls.look("c1")
    bench.mirror.remove("leg-party-7-1")
    await bench.calls.look("c1")
    assert bench.sent[-1] == "POST channels/c1/continue"


async def test_a_number_that_nobody_wants_any_more_is_hung_up(bench: Bench) -> None:
    # given what an earlier process left behind, and an agent's leg
    bench.standing_leg("party-7")
    bench.standing_leg("ana")

    # when
    bench.legs.dismiss_strangers()
    await bench.legs.look("party-7")

    # then
    assert bench.sent == ["DELETE channels/leg-party-7-1"]
    assert set(bench.legs.wants) == {"party-7"}
