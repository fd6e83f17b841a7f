"""What a tape of AMI events says about calls: pure functions, seconds by Asterisk's clock.

entered   the caller is about to enter Queue() or Stasis() (UserEvent of the dialplan)
talked    the second of caller and agent came into their bridge
ended     the first of them left it
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

ENTERED = "BenchEntered"
HOLDING = "holding_bridge"


@dataclass(slots=True)
class Call:
    """One customer; None where it did not come to that."""

    number: str
    entered: float
    rang: float | None = None
    talked: float | None = None
    gone: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One agent's talk."""

    agent: str
    caller: str
    began: float
    ended: float


@dataclass(slots=True)
class Tale:
    """All of one run."""

    calls: dict[str, Call] = field(default_factory=dict)
    """By the caller's channel."""
    turns: list[Turn] = field(default_factory=list)

    def idle(self) -> list[float]:
        """Seconds from an agent's talk to their next, whose caller waited all that time."""
        return list(_idle(self))

    @property
    def missed(self) -> int:
        """Callers who never talked."""
        return sum(call.talked is None for call in self.calls.values())


def read(events: Iterable[Mapping[str, str]]) -> Tale:
    """The tale that a tape tells."""
    reader = _Reader()
    for event in events:
        reader.take(event, float(event.get("Timestamp", "0")))
    return reader.tale


class _Reader:
    def __init__(self) -> None:
        self.tale = Tale()
        self._inside: dict[str, list[str]] = {}
        self._talks: dict[str, tuple[str, str, float]] = {}  # by bridge: agent, caller, began
        self._names: dict[str, str] = {}
        self._rings: dict[str, float] = {}  # by the phone's own channel

    def take(self, event: Mapping[str, str], at: float) -> None:
        match event.get("Event"):
            case "UserEvent" if event.get("UserEvent") == ENTERED:
                self.tale.calls[event["Uniqueid"]] = Call(event["CallerIDNum"], at)
            case "Newstate" if event.get("ChannelStateDesc") == "Ringing":
                self._rang(event, at)
            case "BridgeEnter" if event.get("BridgeTechnology") != HOLDING:
                self._enter(event, at)
            case "BridgeLeave":
                self._leave(event, at)
            case "Hangup":
                call = self.tale.calls.get(event["Uniqueid"])
                if call is not None:
                    call.gone = at

    def _rang(self, event: Mapping[str, str], at: float) -> None:
        self._rings.setdefault(event["Uniqueid"], at)
        call = self.tale.calls.get(event["Linkedid"])
        if call is not None and call.rang is None:
            call.rang = at

    def _enter(self, event: Mapping[str, str], at: float) -> None:
        bridge, channel = event["BridgeUniqueid"], event["Uniqueid"]
        self._names[channel] = event["Channel"]
        inside = self._inside.setdefault(bridge, [])
        if channel not in inside:
            inside.append(channel)
        caller = next((one for one in inside if one in self.tale.calls), None)
        if event.get("BridgeNumChannels") != "2" or caller is None:
            return
        # A persistent leg may stand in its bridge since before the tape began.
        agent = next((one for one in inside if one != caller), "")
        self._talks[bridge] = (agent_of(self._names.get(agent, ""), bridge), caller, at)
        call = self.tale.calls[caller]
        if call.talked is None:
            call.talked = at
        if call.rang is None:  # a phone that was called for them, and not by them
            call.rang = self._rings.get(agent)

    def _leave(self, event: Mapping[str, str], at: float) -> None:
        bridge, channel = event["BridgeUniqueid"], event["Uniqueid"]
        inside = self._inside.get(bridge, [])
        if channel in inside:
            inside.remove(channel)
        if (talk := self._talks.pop(bridge, None)) is not None:
            self.tale.turns.append(Turn(*talk, at))


def agent_of(channel: str, bridge: str) -> str:
    """Whose phone it is: a persistent leg is known by its bridge, others by their endpoint."""
    if bridge.startswith("leg-"):
        return bridge.partition("-bridge")[0]
    return channel.rpartition("-")[0]


def _idle(tale: Tale) -> Iterator[float]:
    freed: dict[str, float] = {}
    for turn in sorted(tale.turns, key=lambda turn: turn.began):
        since = freed.get(turn.agent)
        if since is not None and tale.calls[turn.caller].entered < since:
            yield turn.began - since
        freed[turn.agent] = turn.ended
