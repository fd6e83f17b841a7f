"""When a caller is told their place, and which."""

from app.telephony.announcements import first_told
from app.telephony.facts import WaitTold
from app.telephony.wants import CallWant, Place
from tests.unit.telephony.asterisk_double import Bench


def want(bench: Bench, position: int | None, place: Place = Place.WAITING) -> None:
    agent = "ana" if place is Place.TALKING else None
    bench.calls.want(CallWant("v1", "c1", place, agent, position=position))


async def test_first_after_a_while_then_now_and_then(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    want(bench, 2)

    assert await bench.announcements.look("c1") == 5
    bench.now = 5
    assert await bench.announcements.look("c1") == 30
    bench.mirror.silence("sound-c1-0")
    bench.now = 20
    assert await bench.announcements.look("c1") == 15
    bench.now = 35
    await bench.announcements.look("c1")

    assert bench.sent == [
        "POST channels/c1/variables",
        "POST channels/c1/play/sound-c1-0",
        "POST channels/c1/play/sound-c1-1",
    ]
    assert call.variables["RINGDESK_TOLD"] == "2"


async def test_never_a_worse_place_than_was_told(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    call.variables["RINGDESK_TOLD"] = "2"
    want(bench, 9)
    await bench.announcements.look("c1")
    bench.now = 5
    await bench.announcements.look("c1")

    assert call.variables["RINGDESK_TOLD"] == "2"
    assert bench.sent == ["POST channels/c1/play/sound-c1-0"]


async def test_accept_at_the_last_instant_keeps_it_quiet(bench: Bench) -> None:
    bench.waiting(bench.caller())
    want(bench, 2)
    await bench.announcements.look("c1")
    bench.now = 5
    bench.asterisk.during("POST channels/c1/variables", lambda: want(bench, None, Place.TALKING))
    await bench.announcements.look("c1")

    assert bench.sent == ["POST channels/c1/variables"]


async def test_nothing_without_a_place_or_outside_the_queue(bench: Bench) -> None:
    bench.caller()
    want(bench, 1)
    assert await bench.announcements.look("c1") is None
    bench.waiting(bench.mirror.lines["c1"])
    want(bench, None)
    assert await bench.announcements.look("c1") is None
    assert bench.sent == []


async def test_breadcrumbs_wait_for_the_end_of_an_announcement(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    bench.calls.want(CallWant("v1", "c1", Place.WAITING, variables={"RINGDESK_OWNER": "ana"}))
    playback = bench.playing(call)

    await bench.breadcrumbs.look("c1")
    assert bench.sent == []
    bench.mirror.silence(playback)
    await bench.breadcrumbs.look("c1")
    await bench.breadcrumbs.look("c1")
    assert bench.sent == ["POST channels/c1/variables"]


async def test_the_wait_is_told_up_and_kept_on_the_channel_once(bench: Bench) -> None:
    call = bench.waiting(bench.caller())
    bench.calls.want(CallWant("v1", "c1", Place.WAITING, position=3, wait=4))
    await bench.announcements.look("c1")
    bench.now = 5
    await bench.announcements.look("c1")
    told = [fact for fact in bench.facts if isinstance(fact, WaitTold)]
    assert [(fact.conversation_id, fact.minutes) for fact in told] == [("v1", 4)]
    assert first_told(call.variables) == (4, told[0].at)

    # when the next announcement says something else, then the first stays
    bench.mirror.silence("sound-c1-0")
    bench.calls.want(CallWant("v1", "c1", Place.WAITING, position=2, wait=1))
    bench.now = 35
    await bench.announcements.look("c1")
    assert first_told(call.variables) == (4, told[0].at)


def test_what_others_wrote_into_the_variable_is_nothing() -> None:
    for text in ("", "4", "4@", "@5", "x@5", "4@x", "9999@5"):
        assert first_told({"RINGDESK_TOLD_WAIT": text}) is None
