"""What is asked of Asterisk for a customer's call, in which order, and what is not."""

import asyncio

import pytest

from app.telephony.ari_errors import BadRequest, LinkDown, NotFound, Unprocessable
from app.telephony.talk_recorder import RECORDING
from app.telephony.wants import CallWant, LegWant, Place
from tests.unit.telephony.asterisk_double import Bench


def want(place: Place, agent: str | None = None, channel: str = "c1") -> CallWant:
    return CallWant("v1", channel, place, agent)


async def test_first_caller_is_answered_and_waits_with_music(bench: Bench) -> None:
    bench.caller(up=False)
    bench.calls.want(want(Place.WAITING))

    await bench.calls.look("c1")

    assert bench.sent == [
        "POST channels/c1/answer",
        "POST bridges/waiting-1",
        "POST bridges/waiting-1/addChannel?channel=c1",
        "POST bridges/waiting-1/moh",
    ]


async def test_next_caller_shares_the_bridge(bench: Bench) -> None:
    bench.waiting(bench.caller("c0"))
    bench.caller("c1")
    bench.calls.want(want(Place.WAITING))

    await bench.calls.look("c1")

    assert bench.sent == ["POST bridges/w/addChannel?channel=c1"]


async def test_bridge_without_music_is_left_and_taken_away(bench: Bench) -> None:
    bench.waiting(bench.caller())
    bench.mirror.retire("w")
    bench.calls.want(want(Place.WAITING))
    await bench.calls.look("c1")
    bench.mirror.retire("waiting-1")
    await bench.calls.look("c1")

    assert bench.sent == [
        "POST bridges/waiting-1",
        "POST bridges/waiting-1/addChannel?channel=c1",
        "POST bridges/waiting-1/moh",
        "POST bridges/waiting-2",
        "DELETE bridges/w",
        "POST bridges/waiting-2/addChannel?channel=c1",
        "POST bridges/waiting-2/moh",
    ]


async def test_many_callers_at_once_make_one_bridge(bench: Bench) -> None:
    for n in range(5):
        bench.caller(f"c{n}")
        bench.calls.want(want(Place.WAITING, channel=f"c{n}"))

    await asyncio.gather(*(bench.calls.look(f"c{n}") for n in range(5)))

    assert bench.sent.count("POST bridges/waiting-1") == 1
    assert bench.sent.count("POST bridges/waiting-1/moh") == 1
    assert len([request for request in bench.sent if "addChannel" in request]) == 5


async def test_repeated_looks_do_nothing(bench: Bench) -> None:
    bench.waiting(bench.caller())
    bench.calls.want(want(Place.WAITING))

    for _ in range(3):
        await bench.calls.look("c1")

    assert bench.sent == []
    assert bench.calls.settled("c1")


async def test_talk_is_one_move(bench: Bench) -> None:
    bench.standing_leg()
    bench.waiting(bench.caller())
    bench.calls.want(want(Place.TALKING, "ana"))

    await bench.calls.look("c1")

    assert bench.sent == ["POST bridges/room-ana/addChannel?channel=c1"]


async def test_everything_that_plays_is_stopped_before_the_move(bench: Bench) -> None:
    leg = bench.standing_leg()
    call = bench.waiting(bench.caller())
    bench.playing(leg, "v1")
    bench.playing(call)
    bench.calls.want(want(Place.TALKING, "ana"))

    await bench.calls.look("c1")

    assert bench.sent == [
        "DELETE playbacks/sound-c1-0",
        "DELETE playbacks/sound-leg-ana-1-0",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_playback_that_ends_at_the_same_instant_is_no_obstacle(bench: Bench) -> None:
    bench.standing_leg()
    call = bench.waiting(bench.caller())
    bench.playing(call)
    bench.asterisk.refuse("DELETE playbacks", NotFound("over", 404))
    bench.calls.want(want(Place.TALKING, "ana"))

    await bench.calls.look("c1")

    assert bench.sent[-1] == "POST bridges/room-ana/addChannel?channel=c1"


async def test_mute_is_lifted_and_strangers_leave_first(bench: Bench) -> None:
    leg = bench.standing_leg()
    leg.muted = True
    bench.mirror.entered(bench.caller("old"), "room-ana")
    bench.waiting(bench.caller())
    bench.calls.want(want(Place.TALKING, "ana"))

    await bench.calls.look("c1")

    assert bench.sent == [
        "DELETE channels/leg-ana-1/mute",
        "POST bridges/room-ana/removeChannel",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_talk_waits_for_a_leg_that_does_not_stand(bench: Bench) -> None:
    bench.waiting(bench.caller())
    bench.calls.want(want(Place.TALKING, "ana"))

    assert await bench.calls.look("c1") is None
    assert bench.sent == []


async def test_want_that_changes_during_a_step_counts_from_the_next(bench: Bench) -> None:
    bench.standing_leg()
    bench.caller(up=False)
    bench.calls.want(want(Place.WAITING))
    bench.asterisk.during(
        "POST channels/c1/answer", lambda: bench.calls.want(want(Place.TALKING, "ana"))
    )

    await bench.calls.look("c1")

    assert bench.sent == [
        "POST channels/c1/answer",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_hangup_during_the_move(bench: Bench) -> None:
    bench.standing_leg()
    bench.waiting(bench.caller())
    bench.calls.want(want(Place.TALKING, "ana"))
    bench.asterisk.refuse("POST bridges/room-ana/addChannel", BadRequest("gone", 400))
    bench.asterisk.during("POST bridges/room-ana/addChannel", lambda: bench.mirror.remove("c1"))

    await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.sent == ["POST bridges/room-ana/addChannel?channel=c1"]


async def test_bridge_that_is_gone_is_forgotten_and_made_again(bench: Bench) -> None:
    bench.waiting(bench.caller("c0"))
    bench.caller("c1")
    bench.calls.want(want(Place.WAITING))
    bench.asterisk.refuse("POST bridges/w/addChannel", NotFound("no bridge", 404))

    with pytest.raises(NotFound):
        await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.sent[1:] == [
        "POST bridges/waiting-1",
        "POST bridges/waiting-1/addChannel?channel=c1",
        "POST bridges/waiting-1/moh",
    ]


async def test_channel_that_is_not_ours_yet_is_tried_again(bench: Bench) -> None:
    bench.waiting(bench.caller("c0"))
    bench.caller("c1")
    bench.calls.want(want(Place.WAITING))
    bench.asterisk.refuse("POST bridges/w/addChannel", Unprocessable("not in Stasis", 422))

    with pytest.raises(Unprocessable):
        await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.mirror.lines["c1"].bridge_id == "w"


async def test_reply_between_the_two_events_of_a_move_repeats_nothing(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    bench.standing_leg()
    bench.calls.want(want(Place.TALKING, "ana"))
    bench.asterisk.during("POST bridges/room-ana/addChannel", lambda: bench.mirror.left(call, "w"))

    await bench.calls.look("c1")
    bench.mirror.entered(call, "room-ana")
    await bench.calls.look("c1")

    assert bench.sent == ["POST bridges/room-ana/addChannel?channel=c1"]


async def test_event_of_an_earlier_visit_gets_time_to_be_explained(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    bench.standing_leg()
    bench.calls.want(want(Place.TALKING, "ana"))
    bench.asterisk.during(
        "POST bridges/room-ana/addChannel", lambda: bench.mirror.left(call, "room-ana")
    )

    # when it is told during the move that the call left where it is to go
    later = await bench.calls.look("c1")

    # then nothing is repeated before the events had time; if they say nothing, it is
    assert later == pytest.approx(0.2)
    assert len(bench.sent) == 1
    await bench.calls.look("c1")
    assert len(bench.sent) == 2


async def test_unanswered_stop_is_asked_for_again(bench: Bench) -> None:
    bench.standing_leg()
    bench.playing(bench.waiting(bench.caller()))
    bench.calls.want(want(Place.TALKING, "ana"))
    bench.asterisk.refuse("DELETE playbacks", LinkDown("cut"))

    with pytest.raises(LinkDown):
        await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.sent == [
        "DELETE playbacks/sound-c1-0",
        "DELETE playbacks/sound-c1-0",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_gone_is_hung_up_once_and_again_only_after_a_while(bench: Bench) -> None:
    bench.caller()
    bench.calls.want(want(Place.GONE))

    first = await bench.calls.look("c1")
    again = await bench.calls.look("c1")
    bench.now += 2.1
    await bench.calls.look("c1")

    assert (first, again) == (2.0, 2.0)
    assert bench.sent == ["DELETE channels/c1", "DELETE channels/c1"]


async def test_gone_before_it_was_hung_up(bench: Bench) -> None:
    bench.caller()
    bench.calls.want(want(Place.GONE))
    bench.asterisk.refuse("DELETE channels/c1", NotFound("gone", 404))

    assert await bench.calls.look("c1") is None
    assert bench.calls.wants == {}


async def test_released_is_left_alone(bench: Bench) -> None:
    bench.playing(bench.waiting(bench.caller()))
    bench.calls.want(want(Place.RELEASED))

    await bench.calls.look("c1")

    assert bench.sent == ["DELETE playbacks/sound-c1-0"]
    assert bench.calls.wants == {}


async def test_talks_are_counted_by_agent(bench: Bench) -> None:
    bench.calls.want(want(Place.TALKING, "ana"))
    bench.calls.want(want(Place.TALKING, "ana", "c2"))
    bench.calls.want(want(Place.WAITING))

    assert bench.calls.wanting("ana") == {"c2"}
    bench.calls.forget("c2")
    assert bench.calls.wanting("ana") == frozenset()


async def test_who_is_wanted_muted_is_muted_before_the_customer_comes(bench: Bench) -> None:
    bench.standing_leg()
    bench.waiting(bench.caller())
    bench.legs.want(LegWant("ana", None, True, muted=True))
    bench.calls.want(want(Place.TALKING, "ana"))

    await bench.calls.look("c1")

    assert bench.sent == [
        "POST channels/leg-ana-1/mute",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_a_call_is_sent_on_once_after_its_announcement_was_stopped(bench: Bench) -> None:
    bench.playing(bench.waiting(bench.caller()))
    sent_on = CallWant("v1", "c1", Place.FORWARDED, number="+4420")
    bench.calls.want(sent_on)

    await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.sent == ["DELETE playbacks/sound-c1-0", "POST channels/c1/continue"]
    assert "c1" not in bench.calls.wants


async def test_a_recording_ends_before_the_call_goes_to_its_bot(bench: Bench) -> None:
    bench.caller().variables[RECORDING] = "ringdesk-talk-7-djE"
    bench.calls.want(CallWant("v1", "c1", Place.HANDED_BACK, app="bot", back=1))

    await bench.calls.look("c1")

    moved = "POST channels/c1/move"
    assert bench.sent.index("StopMixMonitor c1") < bench.sent.index(moved)


async def test_a_call_that_is_not_ours_any_more_is_not_sent_on(bench: Bench) -> None:
    bench.caller().in_app = False
    bench.calls.want(CallWant("v1", "c1", Place.FORWARDED, number="+4420"))

    await bench.calls.look("c1")

    assert bench.sent == []
    assert "c1" not in bench.calls.wants
