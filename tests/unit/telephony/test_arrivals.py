"""A call that comes in: what is known of it before anything is written, and what is wanted."""

from app.telephony.ari_events import Channel
from app.telephony.arrivals import Arrival, Arrivals
from app.telephony.call_variables import RESULT
from app.telephony.wants import CallWant, Place
from tests.unit.telephony.asterisk_double import Bench


async def test_what_is_not_on_a_channel_is_not_written_as_empty(bench: Bench) -> None:
    # given a call that came without a reason, and whose conversation has none
    bench.caller("c1")
    bench.asterisk.answer("GET channels/c1/variable", {"value": ""})
    arrivals = Arrivals("ringdesk", bench.channels, bench.mirror, bench.now_ms)
    await arrivals.taken(Arrival(Channel("c1"), (), bench.mirror.lines["c1"]))
    bench.calls.want(CallWant("v1", "c1", Place.WAITING, variables={RESULT: "", "X": "1"}))

    # then an empty one is not written: under way for long, it would meet the reason that came later
    assert bench.breadcrumbs.missing("c1") == {"X": "1"}


async def test_nobody_hangs_up_a_call_of_which_the_desk_does_not_know_yet(bench: Bench) -> None:
    # given a caller who left, and came again
    line = bench.caller("c1")
    line.arriving = True

    # when the end of the first time is told
    assert not bench.calls.want(CallWant("v1", "c1", Place.GONE))

    # then nothing is done about it; once the desk was told, an end is meant
    await bench.calls.look("c1")
    assert bench.sent == []
    line.arriving = False
    assert bench.calls.want(CallWant("v2", "c1", Place.GONE))


async def test_who_came_again_is_not_hung_up_for_a_want_of_before(bench: Bench) -> None:
    # given a call that left, of which the end was told, and that came again at once
    bench.calls.want(CallWant("v1", "c1", Place.GONE))
    line = bench.caller("c1")
    line.arriving = True

    # when it is looked at, then nothing is done, and nothing is left to do
    assert await bench.calls.look("c1") is None
    assert (bench.sent, bench.calls.wants) == ([], {})


async def test_the_reading_of_an_earlier_arrival_does_not_speak_for_a_later_one(
    bench: Bench,
) -> None:
    # given a call that came, left, and came again before its first variables were read
    first = bench.caller("c1")
    first.arriving = True
    bench.mirror.remove("c1")
    again = bench.caller("c1")
    again.arriving = True
    bench.asterisk.answer("GET channels/c1/variable", {"value": ""})

    # when the first ones are read
    arrivals = Arrivals("ringdesk", bench.channels, bench.mirror, bench.now_ms)
    await arrivals.taken(Arrival(Channel("c1"), (), first))

    # then the second time is still to be told
    assert (first.arriving, again.arriving) == (False, True)


async def test_a_call_that_its_bot_takes_back_while_we_move_it_is_let_go(bench: Bench) -> None:
    # given a caller who is on the way into the waiting room
    bench.calls.want(CallWant("v1", "c1", Place.WAITING))
    bench.waiting(bench.caller("other"))
    bench.caller("c1")
    bench.asterisk.during("POST bridges/w/addChannel", lambda: bench.mirror.remove("c1"))

    # when the bot takes them back in that instant
    await bench.calls.look("c1")

    # then they hear their bot, and not our music
    assert bench.sent == [
        "POST bridges/w/addChannel?channel=c1",
        "POST bridges/w/removeChannel",
    ]
    assert bench.mirror.in_room("w") == {"other"}


async def test_nothing_is_written_on_a_call_before_the_desk_has_settled_it(bench: Bench) -> None:
    # given a call that came again, of which is wanted what was wanted the time before
    line = bench.caller("c1")
    line.unsettled = True
    bench.calls.want(CallWant("v1", "c1", Place.WAITING, variables={"RINGDESK_SKILLS": "Spanish"}))

    # then what its bot wrote meanwhile stands; once it is settled, what is wanted is written
    assert bench.breadcrumbs.missing("c1") == {}
    line.unsettled = False
    assert bench.breadcrumbs.missing("c1") == {"RINGDESK_SKILLS": "Spanish"}


async def test_an_end_that_still_waits_for_its_look_is_not_for_who_came_again(bench: Bench) -> None:
    # given a call that left while it was being looked at: its end is told, and looked at later
    bench.calls.want(CallWant("v1", "c1", Place.GONE))

    # when it comes again, and its variables are read before that look
    bench.caller("c1")
    bench.calls.came("c1")

    # then nobody is hung up
    await bench.calls.look("c1")
    assert bench.sent == []
