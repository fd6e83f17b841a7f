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
    await arrivals.taken(Arrival(Channel("c1"), ()))
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
