"""Music on the channel itself: from when a caller waits too long to be taken note of, or was left
by an agent's leg and is brought nowhere, and no more once they are brought anywhere."""

import asyncio

import pytest

from app.telephony.ari_errors import LinkDown
from app.telephony.hold_music import MUSIC, UNSETTLED_MS
from app.telephony.mirror import Line
from app.telephony.wants import HANDED_BACK, CallWant, Place
from tests.support.polling import eventually
from tests.unit.telephony.asterisk_double import Bench

BEGUN = ["POST channels/c1/variables", "POST channels/c1/moh"]


def arriving(bench: Bench) -> Line:
    """A call that came in this instant, from a bot."""
    line = bench.caller("c1")
    line.unsettled, line.came_at = True, bench.now_ms()
    return line


async def test_it_begins_when_nobody_settles_the_arrival(bench: Bench) -> None:
    arriving(bench)

    # when it is looked at in time, then it is to be looked at again
    assert await bench.music.look("c1") == pytest.approx(UNSETTLED_MS / 1000)
    assert bench.sent == []

    # and after that there is music, once
    bench.now += UNSETTLED_MS / 1000
    assert await bench.music.look("c1") is None
    assert await bench.music.look("c1") is None
    assert [one for one in bench.sent if "moh" in one] == BEGUN[1:]
    assert len(bench.sent) == 2


async def test_it_does_not_begin_where_the_arrival_was_settled_meanwhile(bench: Bench) -> None:
    line = arriving(bench)
    bench.now += 1
    bench.asterisk.during("POST channels/c1/variable", lambda: setattr(line, "unsettled", False))
    await bench.music.look("c1")
    assert not any("moh" in one for one in bench.sent)


async def test_it_does_not_begin_where_the_dialplan_began_it(bench: Bench) -> None:
    arriving(bench).variables[MUSIC] = "1"
    bench.now += 1
    assert await bench.music.look("c1") is None
    assert bench.sent == []


@pytest.mark.parametrize("name", [MUSIC, HANDED_BACK])
async def test_it_ends_before_the_call_is_brought_anywhere_and_once(
    bench: Bench, name: str
) -> None:
    # given a caller with music on their channel
    bench.waiting(bench.caller("other"))
    bench.caller("c1").variables[name] = "1"

    # when they are brought into the queue, and to an agent
    bench.calls.want(CallWant("v1", "c1", Place.WAITING))
    await bench.calls.look("c1")
    bench.standing_leg("ana")
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, agent_id="ana"))
    await bench.calls.look("c1")

    # then it ended first, and costs the connection to the agent nothing
    assert bench.sent == [
        "DELETE channels/c1/moh",
        "POST bridges/w/addChannel?channel=c1",
        "POST bridges/room-ana/addChannel?channel=c1",
    ]


async def test_it_is_ended_again_where_nobody_knows_whether_it_was(bench: Bench) -> None:
    # given a link that breaks while the music is being ended
    line = bench.caller("c1")
    line.variables[MUSIC] = "1"
    bench.asterisk.refuse("DELETE channels/c1/moh", LinkDown("cut"))
    bench.calls.want(CallWant("v1", "c1", Place.WAITING))
    with pytest.raises(LinkDown):
        await bench.calls.look("c1")

    # when it is back, then it is ended before anything else
    bench.waiting(bench.caller("other"))
    await bench.calls.look("c1")
    assert bench.sent == [
        "DELETE channels/c1/moh",
        "DELETE channels/c1/moh",
        "POST bridges/w/addChannel?channel=c1",
    ]


async def test_it_is_not_ended_before_it_began(bench: Bench) -> None:
    # given music that is being begun, as the queue answers after all
    line = arriving(bench)
    bench.now += 1
    bench.waiting(bench.caller("other"))
    let_it = bench.asterisk.hold("POST channels/c1/moh")
    beginning = asyncio.create_task(bench.music.look("c1"))
    await eventually(lambda: BEGUN[1] in bench.sent)

    # when the caller is brought into the queue
    line.unsettled = False
    bench.calls.want(CallWant("v1", "c1", Place.WAITING))
    bringing = asyncio.create_task(bench.calls.look("c1"))
    for _ in range(10):
        await asyncio.sleep(0)

    # then its end is asked for after its beginning: or it would play over the agent
    assert bench.sent[-1] == BEGUN[1]
    let_it.set()
    await asyncio.gather(beginning, bringing)
    assert bench.sent[-3:] == [
        BEGUN[1],
        "DELETE channels/c1/moh",
        "POST bridges/w/addChannel?channel=c1",
    ]


async def test_who_is_left_by_their_agents_leg_and_brought_nowhere_hears_it(bench: Bench) -> None:
    # given a talk, and a leg that is gone: whoever decides what follows does not answer
    room_id = bench.standing_leg("ana").bridge_id
    line = bench.caller("c1")
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, agent_id="ana"))
    await bench.calls.look("c1")
    assert line.bridge_id == room_id
    assert not bench.music.note_left("c1")
    leg = bench.mirror.leg("ana")
    assert leg is not None
    bench.mirror.remove(leg.id)

    # when that lasts, then there is music, once, also where it is looked at again
    assert bench.music.note_left("c1")
    assert not bench.music.note_left("c1")
    assert await bench.music.look("c1") == pytest.approx(UNSETTLED_MS / 1000)
    bench.now += UNSETTLED_MS / 1000
    await bench.music.look("c1")
    await bench.music.look("c1")
    await bench.calls.look("c1")
    assert bench.sent[1:] == BEGUN

    # and it ends when the leg is back in that bridge
    bench.standing_leg("ana")
    assert not bench.music.note_left("c1")
    assert not bench.calls.settled("c1")
    await bench.calls.look("c1")
    assert bench.sent[3:] == ["DELETE channels/c1/moh"]
    assert bench.calls.settled("c1")


async def test_a_leg_that_is_back_at_once_lets_nobody_hear_it(bench: Bench) -> None:
    bench.standing_leg("ana")
    bench.caller("c1")
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, agent_id="ana"))
    await bench.calls.look("c1")
    leg = bench.mirror.leg("ana")
    assert leg is not None
    bench.mirror.remove(leg.id)
    assert bench.music.note_left("c1")
    bench.standing_leg("ana")
    bench.now += 1
    await bench.music.look("c1")
    assert not any("moh" in one for one in bench.sent)


async def test_a_talk_that_is_found_is_left_alone(bench: Bench) -> None:
    """Who is on hold by their agent's phone has music of Asterisk's, which must not end."""
    # given a talk of an earlier process, whose caller once came in with music
    room_id = bench.standing_leg("ana").bridge_id
    line = bench.caller("c1")
    line.variables[MUSIC] = "1"
    bench.mirror.entered(line, str(room_id))
    bench.music.found(line)

    # then there is nothing to do
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, agent_id="ana"))
    assert bench.calls.settled("c1")

    # and when the leg leaves them they hear music, as everybody else
    leg = bench.mirror.leg("ana")
    assert leg is not None
    bench.mirror.remove(leg.id)
    assert bench.music.note_left("c1")
    bench.now += 1
    await bench.music.look("c1")
    assert bench.sent == BEGUN


async def test_who_was_left_by_a_leg_before_this_process_may_hear_music(bench: Bench) -> None:
    # given a caller who is found alone in an agent's bridge; when the leg is back there
    leg = bench.standing_leg("ana")
    room_id = str(leg.bridge_id)
    bench.mirror.remove(leg.id)
    line = bench.caller("c1")
    line.variables[MUSIC] = "1"
    bench.mirror.entered(line, room_id)
    bench.music.found(line)
    bench.standing_leg("ana")

    # then it is ended, for it may play
    bench.calls.want(CallWant("v1", "c1", Place.TALKING, agent_id="ana"))
    await bench.calls.look("c1")
    assert bench.sent == ["DELETE channels/c1/moh"]


async def test_it_begins_for_whom_a_bot_hands_over_once_more(bench: Bench) -> None:
    # given a caller who was handed back before: that was with music, which the bot has ended
    arriving(bench).variables[HANDED_BACK] = "1"
    bench.now += 1
    await bench.music.look("c1")
    assert bench.sent == BEGUN
