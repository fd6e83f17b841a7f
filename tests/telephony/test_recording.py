"""Talks are recorded where a skill says so, and nothing of a pause reaches the file."""

import asyncio
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from redis.asyncio import Redis

from tests.support.people import Agent, Refused
from tests.support.polling import eventually
from tests.support.sound import RATE, tone
from tests.support.world import World
from tests.telephony.recorded import heard, is_written, on_a_call, parts, recorded

pytestmark = pytest.mark.slow
NOTICE_HZ = 3050
"""Nobody else's; see World.tone."""
NOTICE_SECONDS = 2


async def test_what_is_said_in_a_pause_is_in_no_file(world: World) -> None:
    async with recorded(world, "Spanish") as admin:
        # given chi and a customer for Spanish, who was told that the call is recorded
        chi, caller, talk = await on_a_call(world)
        assert (await chi.get(f"conversations/{talk}"))["recording"] == "on"
        await asyncio.sleep(1)

        # when she pauses, the customer reads out a secret, and she resumes
        paused = await chi.post(f"conversations/{talk}/recording/pause")
        assert paused["recording"] == "paused"
        await parts(world, talk, 1)  # it has ended: it is in the archive while they talk on
        ordinary, secret = caller.hz, world.tone()
        caller.line.hz = secret
        await eventually(lambda: chi.line.hears(secret))
        await asyncio.sleep(1)
        caller.line.hz = ordinary
        await eventually(lambda: chi.line.hears(ordinary) and not chi.line.hears(secret, last=0.5))
        resumed = await chi.post(f"conversations/{talk}/recording/resume")
        assert resumed["recording"] == "on"
        await asyncio.sleep(2)
        await chi.end(talk)
        await chi.wrap_up(talk)

        # then there are two parts, each with both voices, and neither with the secret
        for part in await parts(world, talk, 2):
            sound = await heard(chi, part)
            assert sound.carry(ordinary).sum() > 10, part
            assert sound.carry(chi.phone.hz).sum() > 10, part
            assert not sound.carry(secret).any(), part
        # and a colleague without a part in it hears nothing of it
        ana = await world.person("ana")
        [first, second] = await parts(world, talk, 2)
        with pytest.raises(Refused, match="not-found"):
            await ana.get(f"recordings/{first['id']}")
        # and an administrator takes one away, which is noted
        with pytest.raises(Refused, match="forbidden"):
            await chi.delete(f"recordings/{first['id']}")
        await admin.delete(f"recordings/{first['id']}")
        assert await parts(world, talk, 1) == [second]
        await heard(chi, second)
        log = [e for e in (await admin.get("audit", limit="50"))["items"] if e["target_id"] == talk]
        acts = [entry["act"] for entry in log]
        assert {"recording.paused", "recording.resumed", "recording.removed"} <= set(acts)
        # as it is who heard which part: once, however many pieces a player asks for
        played = [e for e in log if e["act"] == "recording.played"]
        assert {e["who_id"] for e in played} == {chi.id}
        assert {e["after"]["recording"] for e in played} == {first["id"], second["id"]}


async def test_the_customer_is_told_to_the_end_and_once_before_they_meet_anybody(
    world: World,
) -> None:
    async with recorded(world, "Spanish"), told_by_a_tone(world):
        # given chi, and a customer who is offered to her
        chi = await world.at_work("chi")
        caller = await world.call("202")
        talk = (await world.conversation(caller, "offered"))["id"]
        await chi.offered(talk)

        # when she accepts, then they hear the whole announcement, and she nothing of it
        began = time.monotonic()
        await chi.accept(talk)
        await world.hear_each_other(chi, caller)
        notice = caller.line.heard.frames(began)
        told = notice.arrived[notice.carry(NOTICE_HZ)]
        assert len(told) >= NOTICE_SECONDS * 40, "a fifth of it may have been late"
        assert chi.line.never_heard(NOTICE_HZ, began)

        # and neither hears the other before it is over
        for line, hz in ((caller.line, chi.phone.hz), (chi.line, caller.hz)):
            met = line.first_heard(hz, began)
            assert met is not None and met > told[-1] - 0.1, (hz, met, told)

        # when somebody else gets them, then they are not told again
        await is_written(world, caller)
        ben = await world.at_work("ben")
        again = time.monotonic()
        await chi.requeue(talk)
        await ben.offered(talk)
        await ben.accept(talk)
        await world.hear_each_other(ben, caller)
        assert caller.line.never_heard(NOTICE_HZ, again)
        await ben.end(talk)
        await ben.wrap_up(talk)

        # and no file has the announcement
        for part in await parts(world, talk, 2):
            sound = await heard(ben, part)
            assert not sound.carry(NOTICE_HZ).any(), part


@asynccontextmanager
async def told_by_a_tone(world: World) -> AsyncIterator[None]:
    """The admins recorded what is announced to whom is recorded."""
    file = world.stack.folder / "sounds" / "en" / "recording-notice.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(tone(NOTICE_HZ, 0, NOTICE_SECONDS * RATE))
    try:
        yield
    finally:
        file.unlink()


async def test_a_talk_for_another_skill_is_not_recorded(world: World) -> None:
    async with recorded(world, "Spanish"):
        ana = await world.at_work("ana")
        caller = await world.call("200")
        talk = await world.talking(ana, caller)
        assert (await ana.get(f"conversations/{talk}"))["recording"] is None
        with pytest.raises(Refused, match="wrong-state"):
            await ana.post(f"conversations/{talk}/recording/pause")
        channel = await world.behind.channel_of(caller.number)
        variables = next(c for c in await world.behind.channels() if c["id"] == channel)
        assert not variables["channelvars"].get("RINGDESK_RECORDING")


async def test_a_killed_service_leaves_the_recording_running(own_world: World) -> None:
    world = own_world
    async with recorded(world, "Spanish"):
        # given a talk that is recorded
        chi, caller, talk = await on_a_call(world)
        await asyncio.sleep(1)
        # when the service is killed and started again, and they talk on
        world.stack.kill9()
        world.stack.restart()
        await world.hear_each_other(chi, caller)
        await asyncio.sleep(2)
        await caller.line.hang_up()
        # then all of it is in one part
        [part] = await parts(world, talk, 1)
        sound = await heard(chi, part)
        assert part["seconds"] > 3
        assert sound.carry(caller.hz).mean() > 0.5


async def test_a_pause_outlasts_a_flushed_redis_and_a_killed_service(own_world: World) -> None:
    world = own_world
    async with recorded(world, "Spanish"):
        # given a talk whose recording is paused, which the archive knows
        chi, caller, talk = await on_a_call(world)
        await chi.post(f"conversations/{talk}/recording/pause")
        await eventually(lambda: _noted(world, talk, "recording_paused"), within=30, every=0.1)
        await parts(world, talk, 1)
        # when Redis loses everything, once under the running service, once while it is dead
        for dead in (False, True):
            epoch = world.supervisor.picture.seq.partition("-")[0]
            if dead:
                world.stack.kill9()
            async with Redis.from_url(world.stack.endpoints["redis"]["url"]) as redis:
                await redis.flushall()
            if dead:
                await asyncio.to_thread(world.stack.restart)
            await eventually(partial(_another_epoch, world, epoch), within=30)
            # then it is paused still, and nothing of what is said then is recorded
            await eventually(partial(_is, chi, talk, "paused"), within=30, every=0.1)
            await world.hear_each_other(chi, caller, within=30)
            await asyncio.sleep(1)
        await chi.post(f"conversations/{talk}/recording/resume")
        await eventually(partial(_is, chi, talk, "on"), within=30, every=0.1)
        await asyncio.sleep(1)
        await caller.line.hang_up()
        # there are the part before, and the one after
        await parts(world, talk, 2)


async def _another_epoch(world: World, epoch: str) -> bool:
    return world.supervisor.picture.seq.partition("-")[0] != epoch


async def _is(agent: Agent, talk: str, recording: str) -> bool:
    try:
        seen = await agent.get(f"conversations/{talk}")
    except Refused:
        return False  # it is being rebuilt
    return (seen["state"], seen["recording"]) == ("active", recording)


async def _noted(world: World, talk: str, what: str) -> bool:
    past = await world.supervisor.get(f"conversations/{talk}/timeline")
    return what in [entry["type"] for entry in past["items"]]
