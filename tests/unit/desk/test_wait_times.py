"""What passes by becomes a mean; what a caller was told is compared with what came."""

from dataclasses import replace

from app.desk.voice_picture import VoicePicture
from app.desk.wait_times import WaitTimes
from app.domain.agent import Agent, Leg, Status
from app.domain.conversation import Channel, Conversation, Customer, Segment, State, WrapUp
from app.domain.leg import LegState

UP = Leg(state=LegState.CONNECTED)
CALL = Conversation("c", State.QUEUED, Channel.VOICE, Customer(), 0, skills=("x",))


class Desk:
    """A picture with agents, a clock, and what was told of errors."""

    def __init__(self, *agents: Agent) -> None:
        self.now = 0
        picture = VoicePicture()
        for agent in agents:
            picture.see_agent(agent)
        self.waits = WaitTimes(picture, lambda: self.now)
        self.errors: list[tuple[int, float]] = []
        self.waits.on_error = lambda said, seconds: self.errors.append((said, seconds))

    def handled(self, id: str, ms: int, wrap_up_ms: int = 0) -> None:
        """A conversation took so long, and its wrap-up."""
        part = Segment("ana", from_at=self.now, to_at=self.now + ms, wrap_up=WrapUp.OPEN)
        self.waits.see(replace(CALL, id=id, state=State.WRAP_UP, segments=(part,)))
        self.now += ms + wrap_up_ms
        closed = replace(part, wrap_up=WrapUp.CLOSED)
        for _ in range(2):
            self.waits.see(replace(CALL, id=id, state=State.CLOSED, segments=(closed,)))


def agent(name: str, *skills: str, status: Status = Status.AVAILABLE, leg: Leg = UP) -> Agent:
    return Agent(name, name, skills=frozenset(skills), status=status, leg=leg)


def test_until_something_was_measured_three_minutes_each_are_expected() -> None:
    assert Desk(agent("ana", "x")).waits.minutes(CALL, 2) == 10  # 6 minutes, in steps


def test_talk_and_wrap_up_of_a_conversation_count_once() -> None:
    desk = Desk(agent("ana", "x"))
    desk.handled("one", 40_000, 20_000)
    assert desk.waits.minutes(CALL, 2) == 2
    desk.handled("two", 40_000, 20_000)
    assert desk.waits.minutes(CALL, 3) == 3


def test_only_who_works_and_can_counts() -> None:
    others = (
        agent("bea", "y"),
        agent("cy", "x", status=Status.BUSY),
        agent("di", "x", leg=Leg(state=LegState.DISCONNECTED)),
    )
    assert Desk(*others).waits.minutes(CALL, 1) is None
    assert Desk(agent("ana", "x", "y"), *others).waits.minutes(CALL, 1) == 3
    assert Desk(agent("ana", "x"), agent("ed", "x", "z"), *others).waits.minutes(CALL, 1) == 2
    hers = replace(CALL, routed_to="bea")
    assert Desk(agent("ana", "x"), *others).waits.minutes(hers, 1) == 3


def test_the_first_thing_told_is_compared_with_the_wait_from_then_on() -> None:
    desk = Desk()
    desk.waits.told("c", 2, 10_000)
    desk.waits.told("c", 1, 20_000)
    desk.now = 160_000
    taken = replace(CALL, state=State.ACTIVE, agent_id="ana")
    desk.waits.see(taken)
    desk.waits.see(taken)
    assert desk.errors == [(2, 30.0)]


def test_chats_are_nobodys_place_in_the_line() -> None:
    desk = Desk(agent("ana", "x"))
    part = Segment("ana", from_at=0, to_at=3_000_000)
    desk.waits.see(replace(CALL, channel=Channel.CHAT, segments=(part,)))
    assert desk.waits.minutes(CALL, 1) == 3
