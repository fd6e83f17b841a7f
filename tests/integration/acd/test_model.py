"""Random operation sequences: Redis and the plain model always agree, and the invariants hold.

In virtual time on a real server. `HYPOTHESIS_PROFILE=long` goes much deeper.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.acd import (
    AgentProfile,
    Arrival,
    Distributor,
    DistributorError,
    Picture,
    QueueRequest,
    Result,
    StreamReader,
    connect,
)
from app.domain.agent import Agent, Caps, Status
from app.domain.bot_side import BotSide
from app.domain.conversation import Channel, Conversation, Customer, Outcome, State
from app.domain.leg import LegMove
from app.domain.routing import Rules
from tests.integration.acd import invariants
from tests.integration.acd.model import Model
from tests.integration.acd.server import Valkey
from tests.integration.acd.world import NOON

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
SETTINGS = settings(
    max_examples=2000 if LONG else 250,
    stateful_step_count=120 if LONG else 50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not LONG,
    print_blob=True,
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
)

agents = st.sampled_from([f"a{n}" for n in range(4)])
names = st.sampled_from([f"c{n}" for n in range(8)])
skills = st.sampled_from([(), ("x",), ("x",), ("x", "y"), ("y",), ("z",)])
levels = st.sampled_from([{}, {"x": 5}, {"x": 1, "y": 5}, {"y": 4}])
flags = st.booleans()
few = st.integers(0, 2)
durations = st.sampled_from([0, 1, 1, 5, 999, 5_000, 10_000, 10_001, 20_000, 30_000, 90_000])
CUSTOMER = Customer(number="+15550100")


class Machine(RuleBasedStateMachine):
    """Each rule does one thing in both; `_both` compares."""

    server: Valkey

    @initialize(
        wrap_up=st.sampled_from([0, 15_000]),
        rejoin=st.sampled_from([0, 10_000]),
        during_call=flags,
        weigh=flags,
        staff=st.lists(st.sampled_from([("x",), ("x", "y")]), min_size=1, max_size=3),
    )
    def begin(
        self,
        wrap_up: int,
        rejoin: int,
        during_call: bool,
        weigh: bool,
        staff: list[tuple[str, ...]],
    ) -> None:
        rules = Rules(
            wrap_up_ms=wrap_up,
            rejoin_ms=rejoin,
            messages_during_call=during_call,
            weigh_proficiency=weigh,
        )
        self.runner = asyncio.Runner()
        self.redis = connect(self.server.url)
        self.model = Model(rules, NOON)
        self.acd = Distributor(self.redis, rules, lambda: self.model.now)
        self.run(self.redis.flushall())
        self.run(self.acd.begin_epoch("e"))
        self.before: Picture = self.run(self.acd.picture())
        self.replay = invariants.Replay()
        self.events: list[Any] = []
        self.may_close: list[tuple[str, int]] = []
        for n, has in enumerate(staff):
            self.put_agent(f"a{n}", has, {}, 2, 2, Status.AVAILABLE)
            self.change_leg(f"a{n}", LegMove.CONNECT, False)
            self.set_inbox(f"a{n}", 9_000_000)

    def run(self, step: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await step

        return self.runner.run(awaited())

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            assert self.run(StreamReader(self.redis).read("0-0", 0, 100_000)) == self.events
            self.run(self.redis.aclose())
            self.runner.close()

    def _both(self, real: Awaitable[Result], plain: Callable[[], None]) -> None:
        expected, found, result = None, None, Result()
        try:
            plain()
        except DistributorError as error:
            expected = type(error)
        try:
            result = self.run(real)
        except DistributorError as error:
            found = type(error)
        assert found is expected
        self._compare(result)

    def _compare(self, result: Result) -> None:
        self.events += result.events
        after = self.run(self.acd.picture())
        assert {a.id: replace(a, version=0) for a in after.agents.values()} == self.model.a
        found = {c.id: replace(c, version=0) for c in after.conversations.values()}
        assert found == self.model.c
        assert self.run(self.acd.next_deadline()) == self.model.next_deadline()
        for key, c in result.conversations.items():
            assert after.conversations[key] == c
        for key, a in result.agents.items():
            assert after.agents[key] == a
        self._versions(after, result)
        self._invariants(after, result)
        self.before, self.may_close = after, []

    def _versions(self, after: Picture, result: Result) -> None:
        """What changed has a newer version, is in the result, and is named by an event."""
        for key, c in after.conversations.items():
            old = self.before.conversations.get(key)
            if c != old:
                assert key in result.conversations
                assert old is None or c.version > old.version
        for key, a in after.agents.items():
            known = self.before.agents.get(key)
            # prolonging an open Inbox is no news to anybody
            if known is None or replace(known, inbox_until=a.inbox_until) != a:
                assert key in result.agents
                assert known is None or a.version > known.version
        named = {e.conversation_id for e in result.events} | {e.agent_id for e in result.events}
        changed = {
            k for k, c in after.conversations.items() if self.before.conversations.get(k) != c
        }
        assert changed <= named

    def _invariants(self, after: Picture, result: Result) -> None:
        rules = self.model.rules
        invariants.check_ownership(after)
        invariants.check_caps(self.before, after)
        invariants.check_nobody_waits(after, self.model.now, rules)
        invariants.check_order(result, after)
        invariants.check_wrap_ups(self.before, after, self.may_close)
        self.replay.apply(result.events)
        self.replay.check(after.conversations.values())
        waiting = [c.id for c in after.conversations.values() if c.state in invariants.WAITS]
        assert set(self.run(self.acd.positions(waiting))) == set(waiting)

    # --- agents

    @rule(id=agents, has=skills, good=levels, chat=few, email=few, status=st.sampled_from(Status))
    def put_agent(
        self,
        id: str,
        has: tuple[str, ...],
        good: dict[str, int],
        chat: int,
        email: int,
        status: Status,
    ) -> None:
        caps, held = Caps(chat, email), frozenset(has)
        told = {skill: level for skill, level in good.items() if skill in held}
        profile = AgentProfile(id, id, skills=held, levels=good, caps=caps)
        agent = Agent(id, id, skills=held, levels=told, caps=caps, status=status)
        self._both(self.acd.put_agent(profile, status=status), lambda: self.model.put_agent(agent))

    @rule(id=agents, sure=st.sampled_from([False, False, True]))
    def remove_agent(self, id: str, sure: bool) -> None:
        if sure:
            self.may_close = self._segments_of(id)
            self._both(self.acd.remove_agent(id), lambda: self.model.remove_agent(id))

    @rule(
        id=agents,
        status=st.sampled_from([Status.AVAILABLE, *Status]),
        reason=st.sampled_from([None, "lunch"]),
        after_current=flags,
        requeue=flags,
    )
    def set_status(
        self, id: str, status: Status, reason: str | None, after_current: bool, requeue: bool
    ) -> None:
        self._both(
            self.acd.set_status(id, status, reason, after_current, requeue),
            lambda: self.model.set_status(id, status, reason, after_current, requeue),
        )

    @rule(id=agents)
    def come_back(self, id: str) -> None:
        if id in self.model.a:
            self.set_status(id, Status.AVAILABLE, None, False, False)
            self.change_leg(id, LegMove.CONNECT, False)
            self.set_inbox(id, 9_000_000)

    @rule(
        id=agents,
        move=st.sampled_from([LegMove.CONNECT, LegMove.CONNECT, *LegMove]),
        lost=flags,
    )
    def change_leg(self, id: str, move: LegMove, lost: bool) -> None:
        self._both(
            self.acd.change_leg(id, move, lost=lost),
            lambda: self.model.change_leg(id, move, lost),
        )

    @rule(id=agents, ms=durations)
    def set_inbox(self, id: str, ms: int) -> None:
        until = self.model.now + ms
        self._both(self.acd.set_inbox(id, until), lambda: self.model.set_inbox(id, until))

    # --- conversations

    def _new(self, name: str, channel: Channel) -> tuple[Arrival, Conversation]:
        now = self.model.now
        return (
            Arrival(name, channel, CUSTOMER, now, channel_id=name, bot_app="a bot"),
            Conversation(
                name, State.NEW, channel, CUSTOMER, now, channel_id=name, bot=BotSide("a bot")
            ),
        )

    @rule(name=names, channel=st.sampled_from(Channel))
    def start(self, name: str, channel: Channel) -> None:
        arrival, new = self._new(name, channel)
        self._both(self.acd.start(arrival), lambda: self.model.start(new))

    @rule(
        name=names,
        channel=st.sampled_from([Channel.VOICE, *Channel]),
        need=skills,
        priority=st.sampled_from([0, 0, 1, 10]),
        to=st.one_of(st.none(), st.none(), agents),
        age=st.one_of(st.none(), durations),
        known=flags,
    )
    def enqueue(
        self,
        name: str,
        channel: Channel,
        need: tuple[str, ...],
        priority: int,
        to: str | None,
        age: int | None,
        known: bool,
    ) -> None:
        arrival, new = self._new(name, channel)
        at = None if age is None else self.model.now - age
        request = QueueRequest(
            name, need, priority, to, queued_at=at, arrival=None if known else arrival
        )
        self._both(
            self.acd.enqueue(request),
            lambda: self.model.enqueue(None if known else new, name, need, priority, to, at),
        )

    @rule(channel=st.sampled_from([Channel.VOICE, *Channel]), need=skills)
    def one_more(self, channel: Channel, need: tuple[str, ...]) -> None:
        free = [f"c{n}" for n in range(8) if f"c{n}" not in self.model.c]
        if free:
            self.enqueue(free[0], channel, need, 0, None, None, False)

    @rule(channel=st.sampled_from([Channel.VOICE, *Channel]), need=skills, id=agents)
    def served_at_once(self, channel: Channel, need: tuple[str, ...], id: str) -> None:
        self.come_back(id)
        self.one_more(channel, need)
        while offered := self._offered():
            assert offered[0].offer
            self.accept(offered[0].id, offered[0].offer.agent_id, None)

    def _offered(self) -> list[Conversation]:
        return [c for c in self.model.c.values() if c.offer]

    @precondition(lambda self: self._offered())
    @rule(data=st.data(), rings=flags)
    def answer(self, data: st.DataObject, rings: bool) -> None:
        c = data.draw(st.sampled_from(self._offered()))
        assert c.offer
        agent_id, attempt = c.offer.agent_id, c.offer.attempt
        if rings:
            self.rang(c.id, agent_id, attempt)
        self.accept(c.id, agent_id, None)

    @precondition(lambda self: self._offered())
    @rule(data=st.data(), times=st.integers(1, 3))
    def refuse(self, data: st.DataObject, times: int) -> None:
        c = data.draw(st.sampled_from(self._offered()))
        for _ in range(times):
            if offer := self.model.c[c.id].offer:
                self.reject(c.id, offer.agent_id, offer.attempt)

    @precondition(lambda self: any(c.state is State.QUEUED for c in self.model.c.values()))
    @rule(data=st.data(), id=agents)
    def pick_waiting(self, data: st.DataObject, id: str) -> None:
        c = data.draw(st.sampled_from(self.model.waiting()))
        self.pick(c.id, id)

    @precondition(lambda self: any(a.load.voice for a in self.model.a.values()))
    @rule(data=st.data(), back=flags)
    def phone_lost(self, data: st.DataObject, back: bool) -> None:
        talking = [a.id for a in self.model.a.values() if a.load.voice]
        id_ = data.draw(st.sampled_from(talking))
        self.change_leg(id_, LegMove.DISCONNECT, True)
        self.time_passes(9_999)
        if back:
            self.change_leg(id_, LegMove.CONNECT, False)
        self.time_passes(1)

    @precondition(lambda self: any(a.load.voice + a.load.chat for a in self.model.a.values()))
    @rule(data=st.data(), status=st.sampled_from(Status), after_current=flags, requeue=flags)
    def status_in_work(
        self, data: st.DataObject, status: Status, after_current: bool, requeue: bool
    ) -> None:
        working = [a.id for a in self.model.a.values() if a.load.voice + a.load.chat]
        id_ = data.draw(st.sampled_from(working))
        self.set_status(id_, status, None, after_current, requeue)

    @precondition(lambda self: self._offered())
    @rule(data=st.data())
    def ring(self, data: st.DataObject) -> None:
        c = data.draw(st.sampled_from(self._offered()))
        assert c.offer
        self.rang(c.id, c.offer.agent_id, c.offer.attempt)

    @rule(
        name=names,
        id=agents,
        attempt=few,
        what=st.deferred(lambda: st.sampled_from(sorted(ANYHOW))),
    )
    def anyhow(self, name: str, id: str, attempt: int, what: str) -> None:
        """Any command about anything, mostly not allowed."""
        ANYHOW[what](self, name, id, attempt)

    def rang(self, name: str, id: str, attempt: int) -> None:
        self._both(self.acd.rang(name, id, attempt), lambda: self.model.rang(name, id, attempt))

    def accept(self, name: str, id: str, attempt: int | None) -> None:
        self._both(self.acd.accept(name, id, attempt), lambda: self.model.accept(name, id, attempt))

    def reject(self, name: str, id: str, attempt: int | None) -> None:
        self._both(self.acd.reject(name, id, attempt), lambda: self.model.reject(name, id, attempt))

    def pick(self, name: str, id: str) -> None:
        self._both(self.acd.pick(name, id), lambda: self.model.pick(name, id))

    def requeue(self, name: str, id: str) -> None:
        self._both(self.acd.requeue(name, id), lambda: self.model.requeue(name, id))

    @precondition(lambda self: any(c.agent_id for c in self.model.c.values()))
    @rule(data=st.data(), how=st.sampled_from(["end", "requeue", "hand_back", "customer"]))
    def conclude(self, data: st.DataObject, how: str) -> None:
        active = [c for c in self.model.c.values() if c.agent_id]
        c = data.draw(st.sampled_from(active))
        if how == "end":
            self.end(c.id, c.agent_id)
        elif how == "customer":
            self.leave(c.id, Outcome.ABANDONED)
        elif how == "requeue":
            self.requeue(c.id, str(c.agent_id))
        else:
            self.hand_back(c.id, c.agent_id)

    @precondition(lambda self: any(c.agent_id for c in self.model.c.values()))
    @rule(
        data=st.data(),
        need=skills,
        to=st.one_of(st.none(), agents),
        field=st.sampled_from(["held", "muted"]),
        on=flags,
        again=flags,
    )
    def on_a_call(
        self,
        data: st.DataObject,
        need: tuple[str, ...],
        to: str | None,
        field: str,
        on: bool,
        again: bool,
    ) -> None:
        active = [c for c in self.model.c.values() if c.agent_id]
        c = data.draw(st.sampled_from(active))
        for _ in range(1 + again):
            self.control(c.id, str(c.agent_id), field, on)
        self.digits(c.id, str(c.agent_id))
        for _ in range(data.draw(st.integers(0, 2))):
            self.transfer(c.id, str(c.agent_id), None if to else need, to)

    @precondition(lambda self: any(a.load.voice for a in self.model.a.values()))
    @rule(data=st.data(), written=flags, comes_back=flags)
    def sent_outside(self, data: st.DataObject, written: bool, comes_back: bool) -> None:
        active = [c for c in self.model.c.values() if c.agent_id and c.channel is Channel.VOICE]
        c = data.draw(st.sampled_from(active))
        self.forward(c.id, str(c.agent_id))
        if written:
            self.close_wrap_up(c.id, str(c.agent_id), None)
        if comes_back:
            self.customer_comes_back(c.id)

    def forward(self, name: str, id: str) -> None:
        self._both(self.acd.forward(name, id, "+44"), lambda: self.model.forward(name, id, "+44"))

    def customer_comes_back(self, name: str) -> None:
        self._both(self.acd.come_back(name), lambda: self.model.come_back(name))

    def control(self, name: str, id: str, field: str, on: bool) -> None:
        command = self.acd.hold if field == "held" else self.acd.mute
        self._both(command(name, id, on), lambda: self.model.control(name, id, field, on))

    def digits(self, name: str, id: str) -> None:
        self._both(self.acd.note_digits(name, id, 1), lambda: self.model.note_digits(name, id))

    def transfer(self, name: str, id: str, need: tuple[str, ...] | None, to: str | None) -> None:
        self._both(
            self.acd.transfer(name, id, skills=need, to=to),
            lambda: self.model.transfer(name, id, need, to),
        )

    def end(self, name: str, id: str | None) -> None:
        self._both(self.acd.end(name, "agent", id), lambda: self.model.end(name, "agent", id))

    def leave(self, name: str, outcome: Outcome) -> None:
        self._both(self.acd.leave(name, outcome), lambda: self.model.leave(name, outcome))

    def hand_back(self, name: str, id: str | None) -> None:
        self._both(self.acd.hand_back(name, id), lambda: self.model.hand_back(name, id))

    def fail(self, name: str) -> None:
        self._both(self.acd.fail(name, "gone"), lambda: self.model.fail(name))

    def close_wrap_up(self, name: str, id: str, notes: str | None) -> None:
        self.may_close = self._segments_of(id)
        self._both(
            self.acd.close_wrap_up(name, id, notes),
            lambda: self.model.close_wrap_up(name, id, notes),
        )

    @precondition(lambda self: any(c.open_wrap_ups for c in self.model.c.values()))
    @rule(data=st.data())
    def done_writing(self, data: st.DataObject) -> None:
        open_ = [(c.id, s.agent_id) for c in self.model.c.values() for s in c.open_wrap_ups]
        name, writer = data.draw(st.sampled_from(open_))
        self.close_wrap_up(name, writer, None)

    @rule()
    def forget(self) -> None:
        names = list(self.model.c)
        self.run(self.acd.forget(names))
        self.model.forget(names)
        for name in names:
            if name not in self.model.c:
                self.replay.states.pop(name)
                self.replay.open.pop(name, None)
        self.before = self.run(self.acd.picture())

    # --- time

    @rule(ms=durations)
    def time_passes(self, ms: int) -> None:
        """Everything that falls due is handled when it does."""
        until = self.model.now + ms
        while (at := self.model.next_deadline()) is not None and at <= until:
            self.model.now = max(at, self.model.now)
            self.due()
        self.model.now = until
        self._compare(Result())

    @rule(ms=durations)
    def time_passes_unhandled(self, ms: int) -> None:
        """Deadlines fall due and nobody has handled them yet."""
        self.model.now += ms

    @rule()
    def due(self) -> None:
        limit = self.model.rules.wrap_up_ms
        self.may_close = [
            (c.id, n)
            for c in self.model.c.values()
            for n, s in enumerate(c.segments)
            if limit and s.to_at is not None and s.to_at + limit <= self.model.now
        ]
        self._both(self.acd.due(limit=10_000), self.model.due)

    def _segments_of(self, id: str) -> list[tuple[str, int]]:
        return [
            (c.id, n)
            for c in self.model.c.values()
            for n, s in enumerate(c.segments)
            if s.agent_id == id
        ]


ANYHOW: dict[str, Callable[[Machine, str, str, int], None]] = {
    "rang": Machine.rang,
    "accept": Machine.accept,
    "reject": Machine.reject,
    "pick": lambda m, name, agent, _: m.pick(name, agent),
    "hold": lambda m, name, agent, n: m.control(name, agent, "held", n > 0),
    "mute": lambda m, name, agent, n: m.control(name, agent, "muted", n > 0),
    "digits": lambda m, name, agent, _: m.digits(name, agent),
    "transfer": lambda m, name, agent, n: m.transfer(name, agent, ("x",), None),
    "transfer to": lambda m, name, agent, n: m.transfer(name, agent, None, f"a{n}"),
    "forward": lambda m, name, agent, _: m.forward(name, agent),
    "come back": lambda m, name, _, __: m.customer_comes_back(name),
    "requeue": lambda m, name, agent, _: m.requeue(name, agent),
    "end": lambda m, name, agent, n: m.end(name, agent if n else None),
    "leave": lambda m, name, _, n: m.leave(name, Outcome.BOT_COMPLETED),
    "hand_back": lambda m, name, agent, n: m.hand_back(name, agent if n else None),
    "fail": lambda m, name, _, __: m.fail(name),
    "close_wrap_up": lambda m, name, agent, n: m.close_wrap_up(name, agent, [None, "", "noted"][n]),
}


@pytest.fixture
def machine(valkey: Valkey) -> Iterator[type[Machine]]:
    Machine.server = valkey
    yield Machine


@pytest.mark.timeout(7200 if LONG else 600)
def test_redis_and_the_plain_model_agree(machine: type[Machine]) -> None:
    run_state_machine_as_test(machine, settings=SETTINGS)
