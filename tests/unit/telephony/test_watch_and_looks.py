"""Silent phones out of reach; looks one at a time; facts in order; contacts; variables."""

import asyncio
import json
from urllib.parse import unquote

import pytest

from app.telephony.ari_errors import Conflict, NotFound, ServerFault
from app.telephony.ari_events import Channel, ChannelHold, ChannelUnhold
from app.telephony.ari_resources import Channels
from app.telephony.call_variables import DIALLED, NAMES, read_variables
from app.telephony.contacts import Contacts
from app.telephony.facts import LegSilent
from app.telephony.keeper import Keeper
from app.telephony.lanes import LIMIT, Lanes, LanesFull
from tests.support.polling import eventually
from tests.unit.telephony.asterisk_double import Bench


async def test_silent_phone_out_of_reach_is_ended_after_two_seconds(bench: Bench) -> None:
    leg = bench.standing_leg()
    bench.watch.unreachable.add("trunk")
    bench.asterisk.answer("GET channels/leg-ana-1/rtp", {"rxcount": 50})

    assert await bench.watch.look("ana") == 0.5
    bench.now = 1.9
    assert await bench.watch.look("ana") == pytest.approx(0.1)
    bench.now = 2.0
    assert await bench.watch.look("ana") is None

    assert bench.sent[-1] == "DELETE channels/leg-ana-1"
    assert leg.lost


async def test_phone_that_speaks_is_never_ended(bench: Bench) -> None:
    bench.standing_leg()
    bench.watch.unreachable.add("trunk")
    for packets in range(20):
        bench.asterisk.answer("GET channels/leg-ana-1/rtp", {"rxcount": packets})
        bench.now += 1
        await bench.watch.look("ana")
    assert not [request for request in bench.sent if request.startswith("DELETE")]

    # when it is in reach again, it is looked at now and then
    bench.watch.unreachable.clear()
    assert await bench.watch.look("ana") == 5
    assert not [request for request in bench.sent if request.startswith("DELETE")]


async def test_silence_alone_makes_a_leg_suspect_and_ends_it_after_its_time(bench: Bench) -> None:
    leg = bench.standing_leg()
    await listen(bench, "ana", {"leg-ana-1": 1})
    await listen(bench, "ana", {"leg-ana-1": 2})
    assert bench.facts == [LegSilent("ana", leg.id, False, bench.now_ms())]

    # given silence from here on: said once, after 15 s
    for _ in range(3):
        assert bench.facts[1:] == []
        await listen(bench, "ana", {"leg-ana-1": 2}, after=5)
    for _ in range(8):
        await listen(bench, "ana", {"leg-ana-1": 2}, after=5)
    assert [fact.silent for fact in bench.facts if isinstance(fact, LegSilent)] == [False, True]
    assert not is_ended(bench)

    # when the time is over, then it is lost
    await listen(bench, "ana", {"leg-ana-1": 2}, after=5)
    assert is_ended(bench)


async def test_a_suspect_leg_that_speaks_again_is_none(bench: Bench) -> None:
    bench.standing_leg()
    await listen(bench, "ana", {"leg-ana-1": 1})
    await listen(bench, "ana", {"leg-ana-1": 1}, after=20)
    await listen(bench, "ana", {"leg-ana-1": 2}, after=5)
    assert [fact.silent for fact in bench.facts if isinstance(fact, LegSilent)] == [True, False]


async def test_a_silent_leg_is_never_ended_while_the_customer_speaks(bench: Bench) -> None:
    bench.standing_leg()
    caller = bench.caller("c1")
    bench.mirror.entered(caller, "room-ana")
    for packets in range(60):
        await listen(bench, "ana", {"leg-ana-1": 1, "c1": packets}, after=5)
    assert not is_ended(bench)

    # but when there is silence both ways
    for _ in range(3):
        await listen(bench, "ana", {"leg-ana-1": 1, "c1": 60}, after=5)
    assert is_ended(bench)


async def test_a_phone_that_put_us_on_hold_is_not_suspect(bench: Bench) -> None:
    leg = bench.standing_leg()
    await listen(bench, "ana", {"leg-ana-1": 1})
    bench.translator.take(ChannelHold(Channel(leg.id)))
    for _ in range(30):
        await listen(bench, "ana", {"leg-ana-1": 1}, after=5)
    assert not any(isinstance(fact, LegSilent) and fact.silent for fact in bench.facts)
    assert not is_ended(bench)

    # and its silence counts from when it took us back
    bench.translator.take(ChannelUnhold(Channel(leg.id)))
    for _ in range(3):
        await listen(bench, "ana", {"leg-ana-1": 1}, after=5)
    assert [fact.silent for fact in bench.facts if isinstance(fact, LegSilent)] == [False, True]


async def test_a_silent_phone_that_goes_out_of_reach_has_its_two_seconds(bench: Bench) -> None:
    bench.standing_leg()
    await listen(bench, "ana", {"leg-ana-1": 1})
    await listen(bench, "ana", {"leg-ana-1": 1}, after=30)
    bench.watch.unreachable.add("trunk")
    await listen(bench, "ana", {"leg-ana-1": 1}, after=5)
    await listen(bench, "ana", {"leg-ana-1": 1}, after=1.9)
    assert not is_ended(bench)
    await listen(bench, "ana", {"leg-ana-1": 1}, after=0.1)
    assert is_ended(bench)


def is_ended(bench: Bench) -> bool:
    return "DELETE channels/leg-ana-1" in bench.sent


async def listen(bench: Bench, agent: str, packets: dict[str, int], after: float = 0) -> None:
    """A look after so many seconds, at which so many packets have come."""
    bench.now += after
    for channel, count in packets.items():
        bench.asterisk.answer(f"GET channels/{channel}/rtp", {"rxcount": count})
    await bench.watch.look(agent)


async def test_one_look_at_a_time_and_once_more_after_a_touch() -> None:
    looks: list[str] = []
    go = asyncio.Event()

    async def look(key: str) -> None:
        looks.append(f"begin {key}")
        await go.wait()
        looks.append(f"end {key}")

    keeper = Keeper(look, lambda: True)
    for _ in range(5):
        keeper.touch("a")
    keeper.touch("b")
    await eventually(lambda: len(looks) == 2)
    for _ in range(5):
        keeper.touch("a")
    go.set()
    await eventually(lambda: len(looks) == 6)
    assert looks.count("begin a") == 2
    assert looks.index("end a") < len(looks) - 1
    await keeper.close()


async def test_refusals_and_faults_are_looked_at_again() -> None:
    errors: list[Exception] = [Conflict("busy", 409), ServerFault("odd", 500)]
    looks = 0

    async def look(key: str) -> float | None:
        nonlocal looks
        looks += 1
        if errors:
            raise errors.pop(0)
        return None

    keeper = Keeper(look, lambda: True)
    keeper.touch("a")
    await eventually(lambda: looks == 3)
    await keeper.close()


async def test_nothing_is_looked_at_before_it_is_time() -> None:
    looks: list[str] = []

    async def look(key: str) -> None:
        looks.append(key)

    keeper = Keeper(look, lambda: False)
    keeper.touch_all(["a", "b"])
    await asyncio.sleep(0)
    assert looks == []


async def test_facts_of_one_key_keep_their_order_and_others_do_not_wait() -> None:
    taken: list[str] = []
    go = asyncio.Event()

    async def take(item: str) -> None:
        if item == "a1":
            await go.wait()
        if item == "a2":
            raise RuntimeError("nobody takes this one")
        taken.append(item)

    lanes: Lanes[str] = Lanes(take)
    for item in ("a1", "a2", "a3", "b1"):
        lanes.put(item[0], item)
    await eventually(lambda: taken == ["b1"])
    go.set()
    await lanes.idle()
    assert taken == ["b1", "a1", "a3"]


async def test_lanes_are_bounded() -> None:
    async def take(item: int) -> None:
        await asyncio.Event().wait()

    lanes: Lanes[int] = Lanes(take)
    for item in range(LIMIT):
        lanes.put("a", item)
    with pytest.raises(LanesFull):
        lanes.put("b", 0)
    await lanes.close()


def test_while_ami_is_away_what_ari_says_is_believed_and_told_once() -> None:
    contacts = Contacts()
    assert contacts.believe("u1", True)
    assert not contacts.believe("u1", True)
    assert contacts.reachable("u1")
    assert contacts.believe("u1", False)
    assert not contacts.reachable("u1")

    # and AMI's own list counts as soon as it is back
    contacts.believe("u1", True)
    assert contacts.replace([]) == [("u1", False)]


def test_endpoint_is_reachable_while_one_contact_is() -> None:
    contacts = Contacts()

    def status(uri: str, status: str) -> tuple[str, bool] | None:
        kind = {"event": "ContactStatus", "endpointname": "u1", "uri": uri}
        return contacts.take({**kind, "contactstatus": status})

    assert status("a", "Reachable") == ("u1", True)
    assert status("b", "Created") is None
    assert status("a", "Unreachable") is None
    assert status("b", "Removed") == ("u1", False)
    assert status("a", "Reachable") == ("u1", True)
    listed = [{"event": "ContactList", "endpoint": "u2", "uri": "c", "status": "Reachable"}]
    assert sorted(contacts.replace(listed)) == [("u1", False), ("u2", True)]


class _Variables:
    """Answers EVAL with what stands on a channel."""

    def __init__(self, values: dict[str, str], whole: bool = True) -> None:
        self._values = values
        self._whole = whole

    async def command(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        asked = unquote(uri.partition("variable=")[2])
        if asked.startswith("EVAL("):
            if not self._whole:
                raise ServerFault("not UTF-8", 500)
            text = asked[5:-1]
            for name in (*NAMES, DIALLED):
                text = text.replace(f"${{{name}}}", self._values.get(name, ""))
            return _json(text)
        if asked not in self._values:
            raise NotFound("not set", 404)
        return _json(self._values[asked])

    async def call(self, method: str, uri: str, body: bytes | None = None) -> bytes:
        raise AssertionError(uri)


def _json(value: str) -> bytes:
    return json.dumps({"value": value}).encode()


@pytest.mark.parametrize("whole", [True, False])
async def test_variables_come_as_they_are(whole: bool) -> None:
    values = {
        "RINGDESK_SKILLS": "Billing|a|b||",
        "RINGDESK_PARAMETERS": "x" * 100_000,
        "RINGDESK_AGENT": "a\r\nb",
        DIALLED: "200",
    }
    found = await read_variables(Channels(_Variables(values, whole)), "c1")
    assert found == values
