"""Customers are called once; callers are handed back to the dialplan once."""

import pytest

from app.telephony.ari_errors import AriError, LinkDown, NotFound
from app.telephony.facts import CallGone
from app.telephony.wants import CallOut, CallWant, LegWant, Place
from tests.unit.telephony.asterisk_double import Bench

CHANNEL = "callback-m1-7"
ORIGINATE = f"POST channels/{CHANNEL}"
SUBSCRIBE = "POST applications/ringdesk/subscription"


def calling(place: Place = Place.CALLING) -> CallWant:
    return CallWant("m1", CHANNEL, place)


def out(number: str = "+4930123") -> CallOut:
    return CallOut(CHANNEL, number, {"RINGDESK_CONVERSATION": "m1"})


async def test_a_customer_is_called_once_however_often_it_is_wanted(bench: Bench) -> None:
    bench.calls.call_out(out())
    for _ in range(3):
        bench.calls.want(calling())
        await bench.calls.look(CHANNEL)

    assert bench.sent == [ORIGINATE, SUBSCRIBE]
    assert bench.mirror.lines[CHANNEL].dialling


async def test_without_the_order_nobody_is_called(bench: Bench) -> None:
    # a next process is told what is wanted, never to dial
    bench.calls.want(calling())
    await bench.calls.look(CHANNEL)
    assert bench.sent == []


@pytest.mark.parametrize("lost", [ORIGINATE, SUBSCRIBE])
async def test_a_lost_answer_repeats_nothing(bench: Bench, lost: str) -> None:
    bench.asterisk.refuse(lost, LinkDown("gone"))
    bench.calls.call_out(out())
    bench.calls.want(calling())
    with pytest.raises(LinkDown):
        await bench.calls.look(CHANNEL)
    sent = list(bench.sent)

    await bench.calls.look(CHANNEL)

    assert bench.sent == sent
    assert not bench.facts


@pytest.mark.parametrize("refused", [ORIGINATE, SUBSCRIBE])
async def test_a_refused_call_is_told_as_over(bench: Bench, refused: str) -> None:
    bench.asterisk.refuse(refused, AriError("no", 500) if refused == ORIGINATE else NotFound("-"))
    bench.calls.call_out(out())
    bench.calls.want(calling())

    await bench.calls.look(CHANNEL)

    assert bench.facts == [CallGone(CHANNEL, 0, True, 7)]
    assert CHANNEL not in bench.mirror.lines


@pytest.mark.parametrize("number", ["", "1&2", "trunk/5", "٣"])
async def test_what_is_no_number_is_not_dialled(bench: Bench, number: str) -> None:
    bench.calls.call_out(out(number))
    bench.calls.want(calling())
    await bench.calls.look(CHANNEL)
    assert bench.sent == []
    assert bench.facts == [CallGone(CHANNEL, 0, True, 7)]


async def test_an_order_that_is_taken_back_in_time_is_not_carried_out(bench: Bench) -> None:
    bench.calls.call_out(out())
    bench.calls.want(calling(Place.UNCALLED))
    await bench.calls.look(CHANNEL)
    bench.calls.want(calling())
    await bench.calls.look(CHANNEL)
    assert bench.sent == []


async def test_a_call_that_rings_is_taken_back_and_one_that_was_answered_is_not(
    bench: Bench,
) -> None:
    bench.calls.call_out(out())
    bench.calls.want(calling())
    await bench.calls.look(CHANNEL)
    bench.calls.want(calling(Place.UNCALLED))
    await bench.calls.look(CHANNEL)
    assert bench.sent[2:] == [f"DELETE channels/{CHANNEL}"]

    line = bench.mirror.lines[CHANNEL]
    line.dialling, line.in_app = False, True
    await bench.calls.look(CHANNEL)
    assert len(bench.sent) == 3


async def test_the_agent_hears_ringing_until_the_customer_is_there(bench: Bench) -> None:
    bench.standing_leg()
    want = LegWant("ana", None, True, calling="m1")
    bench.legs.want(want)
    await bench.legs.look("ana")
    await bench.legs.look("ana")
    assert bench.sent == ["POST channels/leg-ana-1/play/sound-leg-ana-1-0"]

    bench.legs.want(LegWant("ana", None, True))
    await bench.legs.look("ana")
    assert bench.sent[1:] == ["DELETE playbacks/sound-leg-ana-1-0"]


async def test_a_caller_goes_back_to_the_dialplan_with_the_reason_set_before(bench: Bench) -> None:
    bench.waiting(bench.caller())
    bench.calls.want(CallWant("v1", "c1", Place.EXITED, result="max_wait"))

    await bench.calls.look("c1")
    await bench.calls.look("c1")

    assert bench.sent == ["POST channels/c1/variables", "POST channels/c1/continue"]
