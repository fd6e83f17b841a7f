"""What is asked of Asterisk for an agent's leg, in which order; when a phone may ring again."""

from dataclasses import replace

import pytest

from app.telephony.ari_errors import LinkDown, NotFound, ServerFault, Timeout
from app.telephony.facts import LegFailed, LegFault, LegGone, LegRinging, LegUp
from app.telephony.mirror import Line
from app.telephony.wants import CallWant, LegAddress, LegWant, Place
from tests.unit.telephony.asterisk_double import Bench

NUMBER = LegAddress(number="5551")


def want(
    up: bool = True,
    ringing: str | None = None,
    address: LegAddress | None = NUMBER,
    attempt: int = 0,
) -> LegWant:
    return LegWant("ana", address, up, ringing, attempt=attempt)


def answered(bench: Bench) -> Line:
    """The phone that was dialled answered: it is in our application."""
    leg = bench.mirror.leg("ana")
    assert leg is not None
    leg.up = leg.in_app = True
    return leg


def ended(bench: Bench) -> None:
    """The leg is no more."""
    leg = bench.mirror.leg("ana")
    assert leg is not None
    bench.mirror.remove(leg.id)
    bench.legs.ended(leg)


async def test_bridge_is_made_then_the_phone_called(bench: Bench) -> None:
    bench.legs.want(want())

    for _ in range(3):
        await bench.legs.look("ana")

    assert bench.sent == ["POST bridges/leg-ana-bridge-1", "POST channels/leg-ana-2"]
    assert bench.facts == []


async def test_answered_leg_goes_into_its_bridge_and_is_told_once(bench: Bench) -> None:
    bench.legs.want(want())
    await bench.legs.look("ana")
    leg = answered(bench)

    for _ in range(3):
        await bench.legs.look("ana")

    assert bench.sent[2:] == ["POST bridges/leg-ana-bridge-1/addChannel?channel=leg-ana-2"]
    assert bench.facts == [LegUp("ana", leg.id, 7)]


async def test_event_before_the_reply_makes_no_second_leg(bench: Bench) -> None:
    bench.legs.want(want())
    bench.asterisk.during("POST channels/leg-ana-2", lambda: answered(bench))

    await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.sent.count("POST channels/leg-ana-2") == 1
    assert isinstance(bench.facts[0], LegUp)


async def test_ring_and_quiet(bench: Bench) -> None:
    bench.standing_leg()
    bench.legs.want(want(ringing="v1"))
    await bench.legs.look("ana")
    await bench.legs.look("ana")
    bench.legs.want(want())
    await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.sent == [
        "POST channels/leg-ana-1/play/sound-leg-ana-1-0",
        "DELETE playbacks/sound-leg-ana-1-0",
    ]


async def test_next_offer_rings_with_a_tone_of_its_own(bench: Bench) -> None:
    bench.standing_leg()
    bench.legs.want(want(ringing="v1"))
    await bench.legs.look("ana")
    bench.legs.want(want(ringing="v2"))
    await bench.legs.look("ana")

    assert bench.sent == [
        "POST channels/leg-ana-1/play/sound-leg-ana-1-0",
        "DELETE playbacks/sound-leg-ana-1-0",
        "POST channels/leg-ana-1/play/sound-leg-ana-1-1",
    ]
    # and the end of the old one, told late, is not taken for the new one's
    bench.mirror.silence("sound-leg-ana-1-0")
    leg = bench.mirror.leg("ana")
    assert leg is not None
    assert leg.sounding is not None


async def test_nothing_rings_into_a_talk_that_is_being_connected(bench: Bench) -> None:
    bench.standing_leg()
    bench.caller("c1")
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, "ana"))
    bench.legs.want(want(ringing="v1"))

    await bench.legs.look("ana")

    assert bench.sent == []


async def test_a_talk_whose_customer_is_gone_keeps_no_leg_from_ringing(bench: Bench) -> None:
    bench.standing_leg()
    bench.calls.want(CallWant("v1", "gone", Place.TALKING, "ana"))
    bench.legs.want(want(ringing="v2"))

    await bench.legs.look("ana")

    assert bench.sent == ["POST channels/leg-ana-1/play/sound-leg-ana-1-0"]


async def test_tone_of_an_earlier_process_is_taken_over_and_ended(bench: Bench) -> None:
    leg = bench.standing_leg()
    bench.playing(leg)
    bench.legs.want(want(ringing="v1"))
    await bench.legs.look("ana")

    assert bench.sent == []
    assert bench.facts == [LegRinging("ana", "v1", 7)]

    bench.legs.want(want())
    await bench.legs.look("ana")
    assert bench.sent == ["DELETE playbacks/sound-leg-ana-1-0"]


async def test_leg_that_ended_is_not_called_again_by_itself(bench: Bench) -> None:
    bench.legs.want(want())
    await bench.legs.look("ana")
    answered(bench)
    await bench.legs.look("ana")
    ended(bench)
    before = len(bench.sent)

    bench.legs.want(want())
    bench.legs.want(want(ringing="v1"))
    await bench.legs.look("ana")

    assert len(bench.sent) == before


@pytest.mark.parametrize("how", ["down once", "attempt", "other number"])
async def test_what_makes_a_phone_ring_again(bench: Bench, how: str) -> None:
    bench.legs.want(want())
    await bench.legs.look("ana")
    answered(bench)
    ended(bench)

    if how == "down once":
        bench.legs.want(want(up=False))
        bench.legs.want(want())
    elif how == "attempt":
        bench.legs.want(want(attempt=1))
    else:
        bench.legs.want(want(address=LegAddress(number="5552")))
    await bench.legs.look("ana")

    assert len([request for request in bench.sent if "channels/leg-ana" in request]) == 2


async def test_leg_that_is_not_wanted_is_hung_up_then_its_bridge_goes(bench: Bench) -> None:
    bench.standing_leg()
    bench.legs.want(want(up=False))
    await bench.legs.look("ana")
    await bench.legs.look("ana")
    ended(bench)
    await bench.legs.look("ana")

    assert bench.sent == ["DELETE channels/leg-ana-1", "DELETE bridges/room-ana"]


async def test_other_number_ends_the_old_leg_and_calls_the_new(bench: Bench) -> None:
    bench.legs.want(want())
    await bench.legs.look("ana")
    answered(bench)
    await bench.legs.look("ana")
    bench.legs.want(want(address=LegAddress(endpoint="desk-ana")))
    await bench.legs.look("ana")
    ended(bench)
    await bench.legs.look("ana")

    assert bench.sent[-2:] == ["DELETE channels/leg-ana-2", "POST channels/leg-ana-3"]


async def test_refused_origination_is_told_once(bench: Bench) -> None:
    bench.asterisk.refuse("POST channels/leg-ana", ServerFault("Allocation failed", 500))
    bench.legs.want(want())
    await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.facts == [LegFailed("ana", LegFault.UNREACHABLE, 7)]
    assert len(bench.sent) == 2


async def test_no_address_is_told_once(bench: Bench) -> None:
    bench.legs.want(want(address=None))
    await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.facts == [LegFailed("ana", LegFault.NO_ADDRESS, 7)]
    assert bench.sent == []


@pytest.mark.parametrize("error", [Timeout("no answer"), LinkDown("cut")])
async def test_origination_without_an_answer_is_looked_up_not_repeated(
    bench: Bench, error: LinkDown | Timeout
) -> None:
    bench.asterisk.refuse("POST channels/leg-ana", error)
    bench.legs.want(want())
    with pytest.raises(type(error)):
        await bench.legs.look("ana")

    # when Asterisk has it after all
    bench.asterisk.answer("GET channels/leg-ana-2", {"id": "leg-ana-2", "state": "Ringing"})
    await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.sent.count("POST channels/leg-ana-2") == 1


async def test_origination_that_never_was(bench: Bench) -> None:
    bench.asterisk.refuse("POST channels/leg-ana", Timeout("no answer"))
    bench.legs.want(want())
    with pytest.raises(Timeout):
        await bench.legs.look("ana")
    bench.asterisk.refuse("GET channels/leg-ana-2", NotFound("none", 404))
    await bench.legs.look("ana")

    assert bench.facts == [LegFailed("ana", LegFault.UNREACHABLE, 7)]


async def test_leg_that_is_gone_when_it_is_hung_up(bench: Bench) -> None:
    bench.standing_leg()
    bench.legs.want(want(up=False))
    bench.asterisk.refuse("DELETE channels/leg-ana-1", NotFound("gone", 404))
    await bench.legs.look("ana")

    assert bench.facts == [LegGone("ana", "leg-ana-1", 0, False, False, 7)]


async def test_mute_is_set_once_and_lifted_once(bench: Bench) -> None:
    leg = bench.standing_leg()
    muted = LegWant("ana", NUMBER, True, muted=True)
    for wanted in (muted, muted, want(), want()):
        bench.legs.want(wanted)
        await bench.legs.look("ana")

    assert bench.sent == ["POST channels/leg-ana-1/mute", "DELETE channels/leg-ana-1/mute"]
    assert leg.muted is False


async def test_mute_of_which_no_answer_came_is_set_again(bench: Bench) -> None:
    bench.standing_leg()
    bench.asterisk.refuse("POST channels/leg-ana-1/mute", Timeout("no answer"))
    bench.legs.want(LegWant("ana", NUMBER, True, muted=True))
    with pytest.raises(Timeout):
        await bench.legs.look("ana")
    await bench.legs.look("ana")

    assert bench.sent == ["POST channels/leg-ana-1/mute"] * 2


async def test_mute_that_is_taken_back_meanwhile_is_lifted(bench: Bench) -> None:
    leg = bench.standing_leg()
    bench.legs.want(LegWant("ana", NUMBER, True, muted=True))
    bench.asterisk.during("POST channels/leg-ana-1/mute", lambda: bench.legs.want(want()))
    await bench.legs.look("ana")

    assert bench.sent == ["POST channels/leg-ana-1/mute", "DELETE channels/leg-ana-1/mute"]
    assert leg.muted is False


async def test_a_leg_near_its_carriers_limit_is_renewed_when_idle(bench: Bench) -> None:
    # given a leg of a number, and 1000 s as the longest call
    line = bench.standing_leg()
    line.muted = False
    bench.legs.want(want())
    assert await bench.legs.look("ana") == pytest.approx(750, abs=0.1)

    # when its time comes in a talk, in one on hold, or during an offer, then it stays
    bench.now = 800
    for busy in (replace(want(), engaged=True), want(ringing="v1")):
        bench.legs.want(busy)
        await bench.legs.look("ana")
    assert "DELETE channels/leg-ana-1" not in bench.sent

    # when it is idle, then it is hung up once, and called anew
    bench.mirror.silence("sound-leg-ana-1-0")
    bench.legs.want(want())
    await bench.legs.look("ana")
    await bench.legs.look("ana")
    assert bench.sent.count("DELETE channels/leg-ana-1") == 1
    ended(bench)
    await bench.legs.look("ana")
    assert bench.sent[-1] == "POST channels/leg-ana-1"


async def test_a_desk_phone_has_no_carrier_and_no_limit(bench: Bench) -> None:
    bench.standing_leg()
    bench.now = 5000
    bench.legs.want(want(address=LegAddress(endpoint="desk")))
    assert await bench.legs.look("ana") is None
    assert bench.sent == []
