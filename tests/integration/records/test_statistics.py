"""The statistics in SQL say what really happened, counted once, across repeats and restarts."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.acd import DistributorError, StreamReader, connect
from app.domain.agent import Status
from app.domain.conversation import Channel, Outcome, State
from app.domain.events import EventType
from app.domain.figures import Figures, Thresholds
from app.domain.intervals import By, Interval, intervals, midnight
from app.domain.leg import LegMove
from app.domain.routing import Rules
from app.records import ArchiveItem, Records
from tests.integration.acd.server import Valkey
from tests.integration.acd.world import NOON, World
from tests.integration.records.observer import Observer

AGENTS = {"ana": ["billing"], "ben": ["billing", "spanish"], "chi": ["spanish"]}
T = Thresholds(service_level_ms=20_000, short_abandon_ms=5_000)
MINUTE, DAY = 60_000, 86_400_000
WHOLE = [Interval(NOON - DAY, NOON + 30 * DAY)]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(Path(tmp_path_factory.mktemp("ringdesk-statistics")))
    server.start()
    yield server
    server.kill()


class Floor:
    """A floor at work in virtual time, whose stream is carried into SQL now and then."""

    def __init__(self, world: World, records: Records, reader: StreamReader) -> None:
        self.world, self.acd, self.records = world, world.acd, records
        self.seen = Observer(world, world.now)
        self.offers: Counter[tuple[str, str]] = Counter()
        self._reader = reader
        self._last: list[ArchiveItem] = []

    async def step(self, ms: int) -> None:
        """Time passes; each deadline on the way is looked at when it falls due."""
        until = self.world.now + ms
        while (due := await self.acd.next_deadline()) is not None and due <= until:
            self.world.now = max(due, self.world.now)
            await self.seen.time_passes()
            for event in (await self.acd.due()).events:
                if event.type is EventType.OFFER_EXPIRED and event.data["rang"]:
                    self.offers[str(event.agent_id), "missed"] += 1
            await self.seen.look()
        self.world.now = until
        await self.seen.time_passes()

    async def archive(self, repeat: bool = False) -> None:
        """Carry what is in the stream; the same batch again, where asked."""
        items = self._last if repeat else await self._read()
        await self.records.archive.apply(items)
        self._last = items

    async def _read(self) -> list[ArchiveItem]:
        events = await self._reader.read(await self.records.archive.cursor(), 0, 100_000)
        items = []
        for event in events:
            about = event.conversation_id
            now = await self.acd.conversation(about) if about else None
            items.append(ArchiveItem(event.id, event, now))
        return items


@pytest.fixture
async def floor(valkey: Valkey, records: Records) -> AsyncIterator[Floor]:
    """Three agents, signed in."""
    redis = connect(valkey.url)
    await redis.flushall()
    world = World(redis, Rules(wrap_up_ms=45_000))
    await world.acd.begin_epoch("first")
    yield Floor(world, records, StreamReader(redis))
    await redis.aclose()


async def everybody(floor: Floor) -> None:
    """All agents sign in and connect."""
    for name, skills in AGENTS.items():
        await floor.world.agent(name, *skills)


@pytest.mark.parametrize("seed", range(2))
async def test_the_figures_are_what_somebody_with_a_stop_watch_would_write_down(
    floor: Floor, seed: int
) -> None:
    # given an hour and more of a busy floor, archived in odd batches, some of them twice
    dice, numbers = random.Random(seed), iter(range(10_000))
    await everybody(floor)
    await floor.seen.look()
    for _ in range(110):
        await something_happens(floor, dice, numbers)
        await floor.seen.look()
        await floor.step(dice.choice([0, 300, 4_000, 9_000, 21_000, 70_000]))
        if dice.random() < 0.2:
            await floor.archive(repeat=dice.random() < 0.3)
    # when everything is carried, and once more
    await floor.archive()
    await floor.archive(repeat=True)
    # then both agree, in total and by skill, quarter of an hour, agent, status and reason
    await compare_queue(floor)
    await compare_agents(floor)


async def something_happens(floor: Floor, dice: random.Random, numbers: Iterator[int]) -> None:
    """Whatever the dice say; what is not possible now changes nothing."""
    act = dice.choice(
        [a_customer_comes] * 4 + [an_offer_is_answered] * 3 + [at_the_desk] * 3 + REST
    )
    try:
        await act(floor, dice, dice.choice(list(AGENTS)), f"c{next(numbers)}")
    except DistributorError:
        return


async def a_customer_comes(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    skills = dice.choice([("billing",), ("spanish",), ("billing", "spanish")])
    channel = dice.choice([Channel.VOICE, Channel.VOICE, Channel.CHAT])
    earlier = floor.world.now - dice.choice([0, 0, 8_000])
    await floor.world.enqueue(name, *skills, channel=channel, queued_at=earlier)


async def a_customer_leaves(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    picture = await floor.acd.picture()
    waiting = [c.id for c in picture.conversations.values() if c.state is State.QUEUED]
    if waiting:
        await floor.acd.leave(dice.choice(waiting), Outcome.ABANDONED)


async def it_moves_to_spanish(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    picture = await floor.acd.picture()
    waiting = [c.id for c in picture.conversations.values() if c.state is State.QUEUED]
    if waiting:
        await floor.world.enqueue(dice.choice(waiting), "spanish")


async def an_offer_is_answered(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    offered = (await floor.world.a(agent)).offer
    if offered is None:
        return
    await floor.world.rang(offered)
    if dice.random() < 0.75:
        await floor.acd.accept(offered, agent)
        floor.offers[agent, "accepted"] += 1
    elif dice.random() < 0.6:
        await floor.acd.reject(offered, agent)
        floor.offers[agent, "rejected"] += 1


async def at_the_desk(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    picture = await floor.acd.picture()
    mine = [c for c in picture.conversations.values() if c.agent_id == agent]
    if not mine:
        return
    one, move = dice.choice(mine), dice.randrange(5)
    if move <= 1:
        await floor.acd.hold(one.id, agent, not one.held)
    elif move == 2:
        await floor.acd.requeue(one.id, agent)
    else:
        await floor.acd.end(one.id, agent)


async def a_status_is_chosen(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    status = dice.choice([*Status, Status.AVAILABLE, Status.AVAILABLE])
    reason = dice.choice([None, "lunch"]) if status is Status.BUSY else None
    await floor.acd.set_status(agent, status, reason, after_current=dice.random() < 0.3)


async def a_leg_goes_or_comes(floor: Floor, dice: random.Random, agent: str, name: str) -> None:
    await floor.acd.change_leg(agent, dice.choice([LegMove.CONNECT, LegMove.DISCONNECT]), lost=True)


REST = [a_customer_leaves, it_moves_to_spanish, a_status_is_chosen, a_leg_goes_or_comes]


async def compare_queue(floor: Floor) -> None:
    waits = floor.seen.waits
    assert len(waits) > 10
    now, reports = floor.world.now, floor.records.reports
    quarters = intervals(NOON - 60 * MINUTE, NOON + 12 * 60 * MINUTE, By.QUARTER, ZoneInfo("UTC"))
    for within in (WHOLE, quarters):
        found: dict[tuple[int, tuple[str, ...]], Figures] = {}
        for key, more in (await reports.queue(within, T, now)).items():
            place = (key.interval, key.skills)
            found[place] = found.get(place, Figures()) + more
        for place, figures in found.items():
            stretch = within[place[0]]
            theirs = [
                w
                for w in waits
                if stretch.from_at <= w.began < stretch.to_at and w.skills == place[1]
            ]
            lasted = {id(w): (w.ended if w.ended is not None else now) - w.began for w in theirs}
            answered = [lasted[id(w)] for w in theirs if w.how == "answered"]
            left = [lasted[id(w)] for w in theirs if w.how == "abandoned"]
            kept = [ms for ms in left if ms >= T.short_abandon_ms]
            assert figures.offered == len(theirs)
            assert (figures.answered, figures.wait_ms) == (len(answered), sum(answered))
            assert figures.answered_within == sum(ms <= 20_000 for ms in answered)
            assert figures.abandoned == len(kept)
            assert figures.abandoned_within == sum(ms <= 20_000 for ms in kept)
            assert figures.short_abandoned == len(left) - len(kept)
            assert figures.waiting == sum(w.how == "waiting" for w in theirs)
            assert figures.longest_wait_ms == max(lasted.values(), default=0)
        assert sum(f.offered for f in found.values()) == len(waits)


async def compare_agents(floor: Floor) -> None:
    seen, now = floor.seen.times, floor.world.now
    found = await floor.records.reports.agents(WHOLE, now)
    assert {key.agent_id for key in found} == set(AGENTS)
    for key, report in found.items():
        agent, figures = key.agent_id, report.figures
        statuses = {(s.status, s.reason): s.ms for s in report.statuses if s.ms}
        assert statuses == {k[1:]: ms for k, ms in seen.items() if k[0] == agent and k[1] in STATUS}
        assert figures.leg_ms == seen[agent, "leg", None]
        assert figures.signed_in_ms == sum(statuses.values())
        for what in ("accepted", "rejected", "missed"):
            assert getattr(figures, what) == floor.offers[agent, what]
    # what is finished adds up to all that was seen once nobody talks or writes any more
    for agent in AGENTS:
        await floor.acd.set_status(agent, Status.OFFLINE, requeue_call=True)
        await floor.seen.look()
    await floor.step(60_000)
    await floor.archive()
    for key, report in (await floor.records.reports.agents(WHOLE, floor.world.now)).items():
        told = report.figures
        assert told.talk_ms == seen[key.agent_id, "talk", None]
        assert told.hold_ms == seen[key.agent_id, "hold", None]
        assert told.wrap_up_ms == seen[key.agent_id, "wrap", None]


STATUS = {status.value for status in Status}


async def test_who_is_signed_in_over_midnight_is_cut_at_the_zones_midnight(floor: Floor) -> None:
    # given Ana, who signed in at noon UTC and is still there 50 hours later
    await floor.world.agent("ana", "billing")
    await floor.archive()
    zone = ZoneInfo("Asia/Kathmandu")
    begins = midnight(NOON, zone)
    now = NOON + 50 * 60 * MINUTE
    # when her days are asked for
    days = intervals(begins, begins + 3 * DAY, By.DAY, zone)
    found = await floor.records.reports.agents(days, now)
    # then each day has its part, and they add up
    parts = {key.interval: report.figures.signed_in_ms for key, report in found.items()}
    first, second = days[0].to_at - NOON, days[1].to_at - days[0].to_at
    assert parts == {0: first, 1: second, 2: now - days[1].to_at}


async def test_a_flushed_queue_loses_no_figure_and_counts_none_twice(floor: Floor) -> None:
    # given a call that waits and one in hand, both archived
    await floor.world.agent("ana", "billing")
    await floor.world.enqueue("talk", "billing")
    await floor.world.talk("talk")
    await floor.world.enqueue("wait", "billing")
    await floor.archive()
    await floor.step(10_000)
    # when Redis loses everything, and it is rebuilt from SQL
    open_ = await floor.records.archive.open()
    await floor.world.redis.flushall()
    await floor.acd.begin_epoch("second")
    await floor.world.agent("ana", "billing")
    for one in open_:
        await floor.acd.restore(one)
    await floor.step(10_000)
    await floor.acd.end("talk", "ana")
    await floor.acd.close_wrap_up("talk", "ana")
    await floor.archive()
    # then both were offered once, one was answered, and Ana's time has no gap and no double
    figures = sum(
        (await floor.records.reports.queue(WHOLE, T, floor.world.now)).values(), Figures()
    )
    assert (figures.offered, figures.answered, figures.waiting) == (2, 1, 1)
    assert (figures.parts, figures.talk_ms) == (1, 20_000)
    (report,) = (await floor.records.reports.agents(WHOLE, floor.world.now)).values()
    assert report.figures.signed_in_ms == 20_000
