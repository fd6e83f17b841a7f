"""What is asked of Asterisk for a phone that is rung per call, in which order, and what is told."""

from dataclasses import replace

import pytest

from app.domain.leg import LegKind
from app.telephony.ari_errors import Conflict, NotFound, ServerFault
from app.telephony.ari_events import (
    Channel,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    ChannelStateChange,
    Dial,
    StasisStart,
)
from app.telephony.facts import (
    LegAnswered,
    LegDigit,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    LegUp,
)
from app.telephony.mirror import Line
from app.telephony.wants import LegAddress, LegWant
from tests.unit.telephony.asterisk_double import Bench

IDLE = LegWant("ana", LegAddress(endpoint="desk"), True, kind=LegKind.PER_CALL)
OFFER = replace(IDLE, ringing="v1", attempt=1)
TALK = replace(IDLE, talking="v1", attempt=1)
DIAL = ["POST channels/create", "POST channels/leg-ana-2/dial"]
DIAL_AGAIN = ["POST channels/create", "POST channels/leg-ana-3/dial"]
ROOM = "leg-ana-bridge-1"


async def look(bench: Bench, want: LegWant, times: int = 3) -> float | None:
    bench.legs.want(want)
    later = None
    for _ in range(times):
        later = await bench.legs.look("ana")
    return later


def channel(state: str) -> Channel:
    return Channel("leg-ana-2", "PJSIP/desk-00000001", state)


def rings(bench: Bench) -> None:
    bench.translator.take(ChannelStateChange(channel("Ringing")))


def answers(bench: Bench) -> None:
    bench.translator.take(StasisStart(channel("Up"), ["leg", "ana"]))


def ends(bench: Bench, cause: int, far: bool = True) -> None:
    if far:
        bench.translator.take(ChannelHangupRequest(channel("Up"), cause))
    bench.translator.take(ChannelDestroyed(channel("Up"), cause))


def presses(bench: Bench, digit: str) -> None:
    bench.translator.take(ChannelDtmfReceived(channel("Up"), digit))


def leg(bench: Bench) -> Line:
    line = bench.mirror.leg("ana")
    assert line is not None
    return line


async def test_connected_phone_is_not_dialled(bench: Bench) -> None:
    await look(bench, IDLE)

    assert bench.sent == []


async def test_offer_rings_the_phone_once_and_its_180_starts_the_clock(bench: Bench) -> None:
    await look(bench, OFFER)

    assert bench.sent == [f"POST bridges/{ROOM}", *DIAL]
    assert bench.facts == []

    rings(bench)
    await look(bench, OFFER)
    assert bench.facts == [LegRinging("ana", "v1", 7)]
    assert bench.sent[3:] == []


async def test_183_is_ringing_too(bench: Bench) -> None:
    await look(bench, OFFER)
    bench.translator.take(Dial(channel("Down"), "PROGRESS"))
    await look(bench, OFFER)

    assert bench.facts == [LegRinging("ana", "v1", 7)]


async def test_answering_is_told_before_the_leg_stands_in_its_bridge(bench: Bench) -> None:
    await look(bench, OFFER)
    rings(bench)
    answers(bench)
    await look(bench, OFFER)
    await look(bench, TALK)

    assert bench.sent[3:] == [f"POST bridges/{ROOM}/addChannel?channel=leg-ana-2"]
    assert bench.facts == [
        LegRinging("ana", "v1", 7),
        LegAnswered("ana", "v1", 1, 7),
        LegUp("ana", "leg-ana-2", 7),
    ]


async def test_offer_that_ended_stops_the_ringing(bench: Bench) -> None:
    await look(bench, OFFER)
    rings(bench)
    await look(bench, IDLE)
    ends(bench, 16, far=False)
    await look(bench, IDLE)

    assert bench.sent[3:] == ["DELETE channels/leg-ana-2"]
    assert bench.facts == [LegGone("ana", "leg-ana-2", 16, False, False, 7)]


async def test_answered_for_one_caller_is_never_used_for_the_next(bench: Bench) -> None:
    await look(bench, OFFER)
    answers(bench)
    await look(bench, replace(OFFER, ringing="v2"), times=1)

    assert bench.sent[3:] == ["DELETE channels/leg-ana-2"]
    assert not [fact for fact in bench.facts if isinstance(fact, LegAnswered)]

    ends(bench, 16, far=False)
    await look(bench, replace(OFFER, ringing="v2"))
    assert bench.sent[4:] == DIAL_AGAIN


async def test_next_attempt_for_the_same_caller_rings_anew(bench: Bench) -> None:
    await look(bench, OFFER)
    ends(bench, 17)
    await look(bench, OFFER)
    await look(bench, replace(OFFER, attempt=2))

    assert bench.sent[1:] == [*DIAL, *DIAL_AGAIN]


@pytest.mark.parametrize(
    ("cause", "fault"),
    [
        (17, LegFault.BUSY),
        (21, LegFault.REJECTED),
        (23, LegFault.REJECTED),
        (19, LegFault.NO_ANSWER),
        (1, LegFault.UNREACHABLE),
        (34, LegFault.UNREACHABLE),
    ],
)
async def test_refusals_name_the_offer(bench: Bench, cause: int, fault: LegFault) -> None:
    await look(bench, OFFER)
    ends(bench, cause)

    assert bench.facts == [LegFailed("ana", fault, 7, "v1", False)]


async def test_phone_that_says_nothing_is_given_up(bench: Bench) -> None:
    later = await look(bench, OFFER)
    assert later == 9

    bench.now = 9.1
    await look(bench, OFFER, times=1)
    await look(bench, OFFER, times=1)
    assert bench.sent[3:] == ["DELETE channels/leg-ana-2"]
    assert bench.facts == [LegFailed("ana", LegFault.UNREACHABLE, 9107, "v1", False)]

    ends(bench, 16, far=False)
    await look(bench, OFFER)
    assert bench.sent[4:] == []


async def test_refused_origination_is_told_once(bench: Bench) -> None:
    bench.asterisk.refuse("POST channels/create", ServerFault("Allocation failed", 500))
    await look(bench, OFFER)

    assert bench.facts == [LegFailed("ana", LegFault.UNREACHABLE, 7, "v1")]
    assert bench.sent == [f"POST bridges/{ROOM}", DIAL[0]]


async def test_a_phone_that_could_be_created_and_not_dialled_is_taken_away(bench: Bench) -> None:
    bench.asterisk.refuse(DIAL[1], ServerFault("Failed to dial", 500))
    await look(bench, OFFER)

    assert bench.facts == [LegFailed("ana", LegFault.UNREACHABLE, 7, "v1")]
    assert bench.sent[1:] == [*DIAL, "DELETE channels/leg-ana-2"]


async def test_a_channel_that_is_not_in_our_application_yet_is_dialled_again(bench: Bench) -> None:
    early = Conflict("Channel not in Stasis application", 409)
    bench.asterisk.refuse(DIAL[1], early, early)
    await look(bench, OFFER)

    assert bench.facts == []
    assert bench.sent[1:] == [*DIAL, DIAL[1], DIAL[1]]


async def test_a_channel_that_was_only_created_is_not_answered(bench: Bench) -> None:
    await look(bench, OFFER)
    bench.translator.take(StasisStart(channel("Down"), ["leg", "ana"]))
    await look(bench, OFFER)

    assert bench.facts == []
    assert bench.sent[1:] == DIAL


async def test_next_process_takes_a_phone_that_was_answered_meanwhile(bench: Bench) -> None:
    bench.mirror.add(Line("leg-ana-2", agent_id="ana", up=True, in_app=True))
    bench.asterisk.answer("GET channels/leg-ana-2/variable", {"value": "1 v1"})
    await look(bench, OFFER)
    await look(bench, TALK)

    assert bench.facts[:2] == [LegRinging("ana", "v1", 7), LegAnswered("ana", "v1", 1, 7)]
    assert "POST bridges/leg-ana-bridge-1/addChannel?channel=leg-ana-2" in bench.sent


async def test_prompt_is_repeated_until_1(bench: Bench) -> None:
    asked = replace(OFFER, confirm=True)
    await look(bench, asked)
    answers(bench)
    await look(bench, asked)
    bench.mirror.silence("sound-leg-ana-2-0")
    await look(bench, asked)
    presses(bench, "3")
    await look(bench, asked)

    assert bench.sent[3:] == [
        "POST channels/leg-ana-2/play/sound-leg-ana-2-0",
        "POST channels/leg-ana-2/play/sound-leg-ana-2-1",
    ]
    assert bench.facts == [LegDigit("ana", "3", "v1", 7)]

    presses(bench, "1")
    await look(bench, asked)
    assert bench.sent[5:] == [
        "DELETE playbacks/sound-leg-ana-2-1",
        f"POST bridges/{ROOM}/addChannel?channel=leg-ana-2",
    ]
    assert bench.facts[1:] == [LegAnswered("ana", "v1", 1, 7), LegUp("ana", "leg-ana-2", 7)]


async def test_hung_up_before_1_is_a_refusal(bench: Bench) -> None:
    asked = replace(OFFER, confirm=True)
    await look(bench, asked)
    answers(bench)
    await look(bench, asked)
    ends(bench, 16)

    assert bench.facts == [LegFailed("ana", LegFault.REJECTED, 7, "v1", False)]


async def test_hung_up_at_once_after_answering_ends_the_talk(bench: Bench) -> None:
    await look(bench, OFFER)
    answers(bench)
    await bench.legs.look("ana")
    ends(bench, 16)

    assert bench.facts[-1] == LegGone("ana", "leg-ana-2", 16, True, False, 7)


async def test_lost_talk_rings_again_only_when_it_is_asked_for(bench: Bench) -> None:
    await look(bench, OFFER)
    answers(bench)
    await look(bench, TALK)
    ends(bench, 44)
    await look(bench, TALK)
    assert bench.facts[-1] == LegGone("ana", "leg-ana-2", 44, False, True, 7)
    before = len(bench.sent)

    bench.legs.want(replace(TALK, up=False))
    await look(bench, TALK)
    assert bench.sent[before:] == DIAL_AGAIN


async def test_next_process_adopts_a_phone_that_rings(bench: Bench) -> None:
    bench.mirror.add(Line("leg-ana-2", agent_id="ana", ringing=True))
    bench.asterisk.answer("GET channels/leg-ana-2/variable", {"value": "1 v1"})
    await look(bench, OFFER)

    assert bench.sent == ["GET channels/leg-ana-2/variable"]
    assert bench.facts == [LegRinging("ana", "v1", 7)]


async def test_next_process_ends_a_phone_that_rings_for_nobody(bench: Bench) -> None:
    bench.mirror.add(Line("leg-ana-2", agent_id="ana"))
    bench.asterisk.refuse("GET channels/leg-ana-2/variable", NotFound("not set", 404))
    await look(bench, OFFER, times=1)

    assert bench.sent == ["GET channels/leg-ana-2/variable", "DELETE channels/leg-ana-2"]


async def test_leg_in_its_bridge_stays_in_a_talk_that_is_not_known_yet(bench: Bench) -> None:
    line = bench.standing_leg()
    await look(bench, replace(IDLE, talking=""))

    assert "DELETE channels/leg-ana-1" not in bench.sent
    assert leg(bench) is line


async def test_disconnecting_hangs_the_phone_up(bench: Bench) -> None:
    await look(bench, OFFER)
    await look(bench, replace(OFFER, up=False))

    assert bench.sent[3:] == ["DELETE channels/leg-ana-2"]
