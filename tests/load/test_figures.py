"""The benchmarks' statistics, their command line, and what they read from a tape of AMI events."""

import json
import math
from pathlib import Path

import pytest

from app.__main__ import main
from app.bench import PARTS, call_times, dialplan, parts
from app.bench.ami_tape import parse
from app.bench.figures import Spread, percentile, table
from app.bench.report import Report, Say
from app.config import Refusal


def test_percentiles_are_values_that_were_measured() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert percentile(hundred, 50) == 50
    assert percentile(hundred, 99) == 99
    assert percentile(hundred, 100) == 100
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7
    assert percentile([1.0, 2.0, 3.0], 50) == 2
    assert math.isnan(percentile([], 50))


def test_a_spread_does_not_care_for_the_order() -> None:
    spread = Spread.of([3.0, 1.0, 2.0])
    assert (spread.count, spread.p50, spread.p99, spread.largest) == (3, 2, 3, 3)
    assert json.dumps(Spread.of([]).as_json(), allow_nan=False).count("null") == 3


def test_a_table_lines_up() -> None:
    lines = table(("what", "ms"), [("short", 1.234), ("rather long", math.nan)]).splitlines()
    assert lines[2] == "| short       | 1.23 |"
    assert lines[3] == "| rather long |    – |"
    assert len({len(line) for line in lines}) == 1


TAPE = """\
Event: UserEvent
Timestamp: 10.000
UserEvent: BenchEntered
Uniqueid: c1
CallerIDNum: 49301

Event: UserEvent
Timestamp: 10.100
UserEvent: BenchEntered
Uniqueid: c2
CallerIDNum: 49302

Event: BridgeEnter
Timestamp: 10.001
BridgeUniqueid: waiting
BridgeTechnology: holding_bridge
BridgeNumChannels: 2
Uniqueid: c1
Channel: PJSIP/trunk-1

Event: Newstate
Timestamp: 10.002
Linkedid: c1
Uniqueid: a1
ChannelStateDesc: Ringing

Event: BridgeEnter
Timestamp: 10.003
BridgeUniqueid: b1
BridgeNumChannels: 1
Uniqueid: a1
Channel: PJSIP/queue001-0a

Event: BridgeEnter
Timestamp: 10.004
BridgeUniqueid: b1
BridgeNumChannels: 2
Uniqueid: c1
Channel: PJSIP/trunk-1

Event: BridgeLeave
Timestamp: 13.000
BridgeUniqueid: b1
Uniqueid: a1
Channel: PJSIP/queue001-0a

Event: BridgeLeave
Timestamp: 13.001
BridgeUniqueid: b1
Uniqueid: c1
Channel: PJSIP/trunk-1

Event: BridgeEnter
Timestamp: 14.000
BridgeUniqueid: b2
BridgeNumChannels: 1
Uniqueid: a2
Channel: PJSIP/queue001-0b

Event: BridgeEnter
Timestamp: 14.000
BridgeUniqueid: b2
BridgeNumChannels: 2
Uniqueid: c2
Channel: PJSIP/trunk-2

Event: BridgeLeave
Timestamp: 17.000
BridgeUniqueid: b2
Uniqueid: c2
Channel: PJSIP/trunk-2

""".replace("\n", "\r\n").encode()


def test_a_tape_tells_when_callers_rang_and_talked_and_how_long_an_agent_idled() -> None:
    tale = call_times.read(parse(TAPE))
    first, second = tale.calls["c1"], tale.calls["c2"]
    assert first.rang == pytest.approx(10.002)
    assert first.talked == pytest.approx(10.004)
    assert second.talked == pytest.approx(14.0)
    assert tale.missed == 0
    # The one agent was free at 13.0, and the second caller waited until 14.0.
    assert tale.idle() == pytest.approx([1.0])


def test_a_leg_that_stood_before_the_tape_began_is_known_by_its_bridge() -> None:
    stood = TAPE.replace(b"b1", b"leg-ana-bridge-1").split(b"\r\n\r\n")
    without_leg = [block for block in stood if b"Uniqueid: a1" not in block]
    tale = call_times.read(parse(b"\r\n\r\n".join(without_leg)))
    assert tale.calls["c1"].talked == pytest.approx(10.004)
    assert tale.turns[0].agent == "leg-ana"


def test_a_phone_that_was_called_by_itself_rang_for_whom_it_talked_with() -> None:
    own = TAPE.replace(b"Linkedid: c1\r\nUniqueid: a1", b"Linkedid: a1\r\nUniqueid: a1")
    assert own != TAPE
    tale = call_times.read(parse(own))
    assert tale.calls["c1"].rang == pytest.approx(10.002)
    assert tale.calls["c2"].rang is None


def test_both_queues_of_asterisk_have_their_agents() -> None:
    queues = dialplan.queues_conf(["queue000"], ["1000"])
    assert "member => PJSIP/queue000\n" in queues
    assert "member => Local/1000@bench-agents/n,0,1000,Agent:1000\n" in queues
    assert "[1000](quick)" in dialplan.agents_conf(["1000"])


def test_the_command_line_tells_of_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["bench", "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert all(f"{name}: " in " ".join(told.split()) for name in PARTS)


def test_an_unknown_part_is_refused_with_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["bench", "speed"])
    assert left.value.code == 2
    assert "'speed' is none of start, acd, events, messages, voice" in capsys.readouterr().err


async def test_only_the_named_parts_run_and_one_that_cannot_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[tuple[str, float]] = []

    async def measured(say: Say, seconds: float) -> Report:
        ran.append(("events", seconds))
        return Report("events", "Events", figures={"lines": [1]})

    async def refused(say: Say, seconds: float) -> Report:
        raise Refusal("no SIPp here")

    monkeypatch.setitem(parts.PARTS, "events", parts.Part(measured, 5, ""))
    monkeypatch.setitem(parts.PARTS, "voice", parts.Part(refused, 5, ""))
    said: list[str] = []

    assert await parts.run(["voice", "events"], 2, said.append, tmp_path) == 1
    assert ran == [("events", 2)]
    assert "voice: no SIPp here" in said
    assert json.loads((tmp_path / "events.json").read_text())["lines"] == [1]
