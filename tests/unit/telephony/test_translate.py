"""Asterisk's events, in and out of order, and the facts that come of them."""

import json

import pytest

from app.telephony.alerts import Alerts
from app.telephony.ami_events import contact_change, security_alert
from app.telephony.ari_events import decode
from app.telephony.facts import (
    CallGone,
    LegDigit,
    LegFailed,
    LegFault,
    LegGone,
    LegRinging,
    SecurityAlert,
    TalkJoined,
)
from app.telephony.mirror import Line
from tests.unit.telephony.asterisk_double import Bench


def take(bench: Bench, type: str, **fields: object) -> None:
    """One event, as Asterisk writes it."""
    event = decode(json.dumps({"type": type, "application": "ringdesk", **fields}).encode())
    assert event is not None
    bench.translator.take(event)


def channel(id: str, state: str = "Up", name: str = "PJSIP/trunk-00000001") -> dict[str, object]:
    return {"id": id, "name": name, "state": state, "caller": {"name": "", "number": "1"}}


def bridge(id: str, name: str) -> dict[str, object]:
    return {"id": id, "name": name, "channels": []}


def test_arrival_is_told_once_though_it_starts_twice(bench: Bench) -> None:
    take(bench, "StasisStart", channel=channel("c1", "Ring"), args=["queue"])
    take(bench, "StasisStart", channel=channel("c1", "Ring"), args=["queue"])

    assert bench.touched == ["arrived c1"]
    assert not bench.mirror.lines["c1"].up


def test_caller_who_hangs_up(bench: Bench) -> None:
    bench.caller("c1")
    take(bench, "ChannelHangupRequest", channel=channel("c1"), cause=16)
    take(bench, "StasisEnd", channel=channel("c1"))
    take(bench, "ChannelDestroyed", channel=channel("c1"), cause=16)

    assert bench.facts == [CallGone("c1", 16, True, 7)]


def test_caller_who_is_moved_elsewhere(bench: Bench) -> None:
    bench.caller("c1")
    take(bench, "StasisEnd", channel=channel("c1"))

    assert bench.facts == [CallGone("c1", 0, False, 7)]


def test_leg_answers_before_its_request_does(bench: Bench) -> None:
    bench.mirror.add(Line("leg-ana-1", agent_id="ana"))
    take(bench, "StasisStart", channel=channel("leg-ana-1"), args=["leg", "ana"])

    leg = bench.mirror.leg("ana")
    assert leg is not None
    assert (leg.in_app, leg.up, leg.endpoint) == (True, True, "trunk")
    assert bench.touched == ["leg ana"]


def test_agent_id_with_a_dash_and_a_stranger_who_poses_as_a_leg(bench: Bench) -> None:
    take(bench, "StasisStart", channel=channel("leg-a-b-1f"), args=["leg", "a-b"])
    take(bench, "StasisStart", channel=channel("1795.1"), args=["leg", "ana"])

    assert bench.mirror.leg("a-b") is not None
    assert bench.mirror.leg("ana") is None
    assert bench.touched == ["leg a-b", "arrived 1795.1"]


@pytest.mark.parametrize(
    ("request_fields", "cause", "ours", "far_end", "lost"),
    [
        ({}, 16, False, True, False),  # BYE
        ({"cause": 16}, 16, False, True, False),  # BYE with a Reason header
        ({"soft": True}, 16, True, False, False),  # we hung up
        ({"soft": True}, 44, False, False, True),  # rtp_timeout
        ({}, 38, False, False, True),  # network out of order
        (None, 0, False, False, True),  # it vanished
    ],
)
def test_how_a_leg_ended(
    bench: Bench,
    request_fields: dict[str, object] | None,
    cause: int,
    ours: bool,
    far_end: bool,
    lost: bool,
) -> None:
    bench.standing_leg().ended_by_us = ours
    if request_fields is not None:
        take(bench, "ChannelHangupRequest", channel=channel("leg-ana-1"), **request_fields)
    take(bench, "ChannelDestroyed", channel=channel("leg-ana-1"), cause=cause)

    assert bench.facts == [LegGone("ana", "leg-ana-1", cause, far_end, lost, 7)]
    assert bench.mirror.leg("ana") is None


@pytest.mark.parametrize(
    ("cause", "fault"),
    [
        (17, LegFault.BUSY),
        (19, LegFault.NO_ANSWER),
        (21, LegFault.REJECTED),
        (1, LegFault.UNREACHABLE),
        (38, LegFault.UNREACHABLE),
    ],
)
def test_dialled_in_vain(bench: Bench, cause: int, fault: LegFault) -> None:
    bench.mirror.add(Line("leg-ana-1", agent_id="ana"))
    take(bench, "ChannelDestroyed", channel=channel("leg-ana-1", "Ringing"), cause=cause)

    assert bench.facts == [LegFailed("ana", fault, 7)]


def test_keys_count_only_while_an_offer_rings(bench: Bench) -> None:
    leg = bench.standing_leg()
    take(bench, "ChannelDtmfReceived", channel=channel(leg.id), digit="1")
    playback = bench.playing(leg, "v1")
    take(bench, "ChannelDtmfReceived", channel=channel(leg.id), digit="1")
    take(bench, "PlaybackFinished", playback={"id": playback, "state": "done"})
    take(bench, "ChannelDtmfReceived", channel=channel(leg.id), digit="2")

    assert bench.facts == [LegDigit("ana", "1", "v1", 7)]


def rings(bench: Bench, leg: Line, conversation: str) -> None:
    """An offer's tone can be heard, in place of any other."""
    if leg.sound is not None:
        take(bench, "PlaybackFinished", playback={"id": leg.sound.id, "state": "done"})
    sound = bench.mirror.play(leg, conversation)
    take(bench, "PlaybackStarted", playback={"id": sound.id, "state": "playing"})


def presses(bench: Bench, leg: Line, held_ms: int = 100) -> list[LegDigit]:
    """The key 1 is let go of; the digits that the desk heard of so far."""
    take(bench, "ChannelDtmfReceived", channel=channel(leg.id), digit="1", duration_ms=held_ms)
    return [fact for fact in bench.facts if isinstance(fact, LegDigit)]


@pytest.mark.parametrize(
    ("after", "held_ms", "meant"),
    [(0.05, 100, False), (0.7, 300, False), (0.55, 100, False), (0.65, 100, True), (5, 100, True)],
)
def test_a_key_meant_for_the_offer_before_is_not_the_next_ones(
    bench: Bench, after: float, held_ms: int, meant: bool
) -> None:
    leg = bench.standing_leg()
    rings(bench, leg, "v1")
    bench.now = 3
    rings(bench, leg, "v2")

    bench.now = 3 + after
    assert [d.conversation_id for d in presses(bench, leg, held_ms)] == ["v2"] * meant


def test_a_key_counts_at_once_where_nothing_rang_before(bench: Bench) -> None:
    leg = bench.standing_leg()
    rings(bench, leg, "v1")
    bench.now = 0.1
    assert len(presses(bench, leg)) == 1

    # also a while after another offer; but never when it was down before the ringing began
    take(bench, "PlaybackFinished", playback={"id": leg.sound.id, "state": "done"})  # type: ignore[union-attr]
    bench.now = 1.2
    rings(bench, leg, "v2")
    bench.now = 1.3
    assert len(presses(bench, leg, held_ms=110)) == 1
    assert len(presses(bench, leg, held_ms=90)) == 2


def test_ringing_is_told_when_it_can_be_heard(bench: Bench) -> None:
    sound = bench.mirror.play(bench.standing_leg(), "v1")
    take(bench, "PlaybackStarted", playback={"id": sound.id, "state": "playing"})

    assert bench.facts == [LegRinging("ana", "v1", 7)]


def test_tone_that_was_stopped_before_it_began_is_no_ringing(bench: Bench) -> None:
    sound = bench.mirror.play(bench.standing_leg(), "v1")
    sound.stopped = True
    take(bench, "PlaybackStarted", playback={"id": sound.id, "state": "playing"})

    assert bench.facts == []
    assert bench.touched[-1] == "sound leg-ana-1"


def test_talk_begins_when_both_are_in_the_bridge(bench: Bench) -> None:
    bench.standing_leg()
    bench.caller("c1").conversation_id = "v1"
    take(
        bench,
        "ChannelEnteredBridge",
        bridge=bridge("room-ana", "leg-ana"),
        channel=channel("c1"),
    )

    assert bench.facts == [TalkJoined("v1", "c1", "ana", 7)]


def test_left_event_of_the_old_bridge_comes_late(bench: Bench) -> None:
    call = bench.waiting(bench.caller("c1"))
    bench.standing_leg()
    take(
        bench,
        "ChannelEnteredBridge",
        bridge=bridge("room-ana", "leg-ana"),
        channel=channel("c1"),
    )
    take(bench, "ChannelLeftBridge", bridge=bridge("w", "waiting"), channel=channel("c1"))

    assert call.bridge_id == "room-ana"
    assert bench.mirror.in_room("w") == set()


def test_holding_bridge_that_stood_empty_is_left_by_whoever_came_late(bench: Bench) -> None:
    bench.waiting(bench.caller("c1"))
    bench.mirror.entered(bench.caller("c2"), "w")  # its reply came before the event of c1
    left = {**bridge("w", "waiting"), "channels": ["the music"]}
    take(bench, "ChannelLeftBridge", bridge=left, channel=channel("c1"))

    assert bench.mirror.waiting_id is None
    assert bench.mirror.retired == {"w"}
    assert bench.touched == ["call c1", "call c2"]


def test_bridge_that_goes_touches_all_who_were_in_it(bench: Bench) -> None:
    bench.waiting(bench.caller("c1"))
    take(bench, "BridgeDestroyed", bridge=bridge("w", "waiting"))

    assert bench.touched == ["call c1"]
    assert bench.mirror.waiting_id is None


@pytest.mark.parametrize(
    "message",
    [b"", b"[]", b"{}", b'{"type":"NoSuchEvent"}', b'{"type":"StasisStart"}', b"\xff\xfe", b"nul"],
)
def test_what_we_do_not_know_is_nothing(message: bytes) -> None:
    assert decode(message) is None


def test_events_about_channels_we_do_not_know_are_nothing(bench: Bench) -> None:
    for kind in ("StasisEnd", "ChannelDestroyed", "ChannelHangupRequest", "ChannelStateChange"):
        take(bench, kind, channel=channel("nobody"), cause=16)
    take(bench, "PlaybackFinished", playback={"id": "nothing"})

    assert (bench.facts, bench.touched) == ([], [])


def test_contacts_and_alerts_from_ami() -> None:
    status = {"event": "ContactStatus", "endpointname": "u1", "uri": "sip:u1@x"}
    assert contact_change({**status, "contactstatus": "Reachable"}) == ("u1", "sip:u1@x", True)
    assert contact_change({**status, "contactstatus": "Unreachable"}) == ("u1", "sip:u1@x", False)
    assert contact_change({**status, "contactstatus": "Removed"}) == ("u1", "sip:u1@x", False)
    assert contact_change({**status, "contactstatus": "Odd"}) is None
    assert contact_change({"event": "Newchannel"}) is None
    address = {"service": "PJSIP", "remoteaddress": "IPV6/UDP/2001:db8::7/5060"}
    alert = security_alert({"event": "InvalidPassword", "accountid": "u1", **address}, 7)
    assert alert == SecurityAlert("InvalidPassword", "u1", "2001:db8::7", 7, "PJSIP")
    assert security_alert({"event": "InvalidPassword"}, 7) is not None
    assert security_alert({"event": "SuccessfulAuth"}, 7) is None


def test_a_scan_does_not_set_the_pace_of_alerts() -> None:
    alerts = Alerts()
    scan = [SecurityAlert("InvalidAccountID", "100", "", 5_000 + n) for n in range(900)]

    assert [alerts.may_tell(alert) for alert in scan].count(True) == 10
    assert alerts.may_tell(SecurityAlert("InvalidAccountID", "100", "", 6_000))
